"""What a browser shows of a page: which elements are hidden, which break a line, how spaces run together."""

from __future__ import annotations

import re
from typing import Any

from workbook.problems import UnusableInput

SKIPPED = frozenset(
    [
        "script",
        "style",
        "head",
        "noscript",
        "template",
        "object",
        "iframe",
        "select",
        "option",
        "textarea",
        "svg",
        "math",
        "button",
    ]
)
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
CONTAINERS = frozenset(
    [
        "article",
        "aside",
        "body",
        "div",
        "footer",
        "form",
        "header",
        "main",
        "nav",
        "section",
        "td",
        "th",
        "ul",
        "ol",
        "center",
    ]
)

_MOST_ELEMENTS = 400_000
_MOST_CELLS = 60_000
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)", re.IGNORECASE
)
_HIDDEN_RULE = re.compile(
    r"([^{}]{1,400})\{[^{}]{0,2000}?(?:display\s*:\s*none|visibility\s*:\s*hidden)[^{}]{0,2000}?\}",
    re.IGNORECASE,
)


class Shown:
    """What of a page is shown, and how much of it has been looked at: a page without end is refused."""

    def __init__(self, name: str, root: Any) -> None:
        self.name = name
        self.hidden = _hidden_names(root)
        self.elements = 0
        self.cells = 0

    def count_element(self) -> None:
        """One element more. Raises UnusableInput beyond what a report has."""
        self.elements += 1
        if self.elements > _MOST_ELEMENTS:
            raise UnusableInput(f"“{self.name}”的元素超过{_MOST_ELEMENTS}个，不像是一份年报。")

    def count_cell(self) -> None:
        """One cell more, those that only reach down from above included. Raises UnusableInput likewise."""
        self.cells += 1
        if self.cells > _MOST_CELLS:
            raise UnusableInput(f"“{self.name}”的表格超过{_MOST_CELLS}格，不像是一份年报。")

    def is_hidden(self, element: Any) -> bool:
        """Whether an element's own attributes, or the page's style sheets, hide it."""
        given = element.attrib
        if not given:
            return False
        if "hidden" in given or (given.get("type") == "hidden" and element.tag == "input"):
            return True
        if _HIDING.search(given.get("style", "")):
            return True
        if not self.hidden:
            return False
        return f"#{given.get('id', '')}" in self.hidden or any(
            f".{name}" in self.hidden for name in given.get("class", "").split()
        )

    def text_of_cell(self, cell: Any) -> str:
        """A cell's text; its own lines are kept apart."""
        parts: list[str] = []
        stack: list[tuple[Any, bool]] = [(cell, False)]
        while stack:
            element, leaving = stack.pop()
            tag = element.tag if isinstance(element.tag, str) else ""
            block = tag in BLOCKS and element is not cell
            if leaving:
                if block:
                    parts.append("\n")
                if element is not cell and element.tail:
                    parts.append(_unbroken(element.tail))
                continue
            self.count_element()
            if not tag or tag in SKIPPED or (element is not cell and self.is_hidden(element)):
                if element.tail:
                    parts.append(_unbroken(element.tail))
                continue
            if block:
                parts.append("\n")
            if element.text:
                parts.append(_unbroken(element.text))
            stack.append((element, True))
            stack += [(child, False) for child in reversed(element)]
        text = "".join(parts)
        return "\n".join(line for part in text.split("\n") if (line := spaced(part)))


def _hidden_names(root: Any) -> frozenset[str]:
    """Classes and ids that the page's own style sheets hide, as ".name" and "#name"."""
    found: set[str] = set()
    for style in root.iter("style"):
        for rule in _HIDDEN_RULE.finditer((style.text or "")[:200_000]):
            for selector in rule[1].split(","):
                bare = selector.strip()
                if re.fullmatch(r"[a-z]*[.#][\w-]+", bare):
                    found.add(bare[re.search(r"[.#]", bare).start() :])  # type: ignore[union-attr]
    return frozenset(found)


def _unbroken(text: str) -> str:
    """The source's own line breaks are spaces to a browser."""
    return re.sub(r"[\r\n\t ]+", " ", text)


def spaced(text: str) -> str:
    """Runs of spaces and line breaks as one space; a break between Chinese signs as none."""
    bare = re.sub(r"(?<=[^\x00-\xff])[ \t]*[\r\n][\r\n\t ]*(?=[^\x00-\xff])", "", text.strip())
    return re.sub(r"[\r\n\t ]+", " ", bare.replace("\xa0", " ")).strip().strip("\u3000")
