"use strict";
// Dropping with progress, the explanation beside a marked cell, copying and printing. Every page works without.
(function () {
  function part(name, text) {
    var made = document.createElement(name);
    if (text) { made.textContent = text; }
    return made;
  }

  var form = document.querySelector("[data-drop]");
  var box = document.querySelector("[data-progress]");
  if (form && box && window.FormData) {
    var input = form.querySelector("input[name=file]");
    var list = box.querySelector("ul");
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      send(input.files);
    });
    ["dragenter", "dragover"].forEach(function (name) {
      form.addEventListener(name, function (event) { event.preventDefault(); form.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      form.addEventListener(name, function (event) { event.preventDefault(); form.classList.remove("over"); });
    });
    form.addEventListener("drop", function (event) {
      if (event.dataTransfer && event.dataTransfer.files.length) { send(event.dataTransfer.files); }
    });
  }

  function send(files) {
    var waiting = Array.prototype.slice.call(files);
    var alone = waiting.length === 1;
    box.hidden = false;
    list.textContent = "";
    function next() {
      var file = waiting.shift();
      if (file) { one(file, alone, next); }
    }
    next(); next();
  }

  function one(file, alone, done) {
    var row = part("li", file.name + "：");
    var bar = part("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", file.name + "上传进度");
    var state = part("span", " 正在上传");
    row.appendChild(bar);
    row.appendChild(state);
    list.appendChild(row);
    var data = new FormData(form);
    data.delete("file");
    data.append("file", file, file.name);
    var request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = function (event) {
      if (event.lengthComputable) { bar.value = Math.round(event.loaded / event.total * 100); }
    };
    request.upload.onload = function () { state.textContent = " 正在核对"; bar.removeAttribute("value"); };
    request.onerror = function () { finish("没有传上去，请检查网络后重试。", null); };
    request.onload = function () {
      var found;
      try { found = JSON.parse(request.responseText); } catch (error) { found = { problem: "没有完成，请稍后再试。" }; }
      if (found.token && alone) { window.location.href = "/visit/" + found.token; return; }
      if (found.token) {
        var c = found.counts;
        var none = !(c.error || c.explain || c.warning);
        finish(none ? " 没有发现问题" : " 错误" + c.error + "处、须说明" + c.explain + "处、提示" + c.warning + "处", found.token);
      } else { finish(found.problem || "没有完成，请稍后再试。", null); }
    };
    function finish(words, token) {
      row.textContent = "";
      if (token) {
        var link = part("a", file.name);
        link.href = "/visit/" + token;
        row.appendChild(link);
        row.appendChild(part("span", "：" + words));
      } else {
        row.appendChild(part("span", file.name + "："));
        var bad = part("span", words);
        bad.className = "bad";
        row.appendChild(bad);
      }
      done();
    }
    request.send(data);
  }

  var shown = null;
  function hide() { if (shown) { shown.remove(); shown = null; } }
  function show(link) {
    hide();
    shown = part("div");
    shown.className = "why";
    shown.setAttribute("role", "tooltip");
    link.getAttribute("data-why").split(" ").forEach(function (number) {
      var item = document.getElementById("c" + number);
      if (!item) { return; }
      [".say", ".mend"].forEach(function (name) {
        var words = item.querySelector(name);
        if (words) { shown.appendChild(words.cloneNode(true)); }
      });
    });
    document.body.appendChild(shown);
    var place = link.getBoundingClientRect();
    var left = Math.min(place.left, document.documentElement.clientWidth - shown.offsetWidth - 8);
    shown.style.left = Math.max(8, left) + window.pageXOffset + "px";
    shown.style.top = place.bottom + 6 + window.pageYOffset + "px";
  }
  Array.prototype.forEach.call(document.querySelectorAll("[data-why]"), function (link) {
    link.addEventListener("mouseenter", function () { show(link); });
    link.addEventListener("focus", function () { show(link); });
    link.addEventListener("mouseleave", hide);
    link.addEventListener("blur", hide);
  });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { hide(); } });

  Array.prototype.forEach.call(document.querySelectorAll("[data-copy]"), function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var range = document.createRange();
      range.selectNodeContents(document.getElementById(button.getAttribute("data-copy")));
      var chosen = window.getSelection();
      chosen.removeAllRanges();
      chosen.addRange(range);
      button.textContent = document.execCommand("copy") ? "已复制" : "请按 Ctrl+C 复制";
    });
  });
  Array.prototype.forEach.call(document.querySelectorAll("[data-print]"), function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
