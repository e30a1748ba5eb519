"""Every hostile file by upload: a clear message or a result, the desk up, its memory bounded."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psutil
import pytest

from tests.desk.conftest import started
from tests.hostile import books
from tests.hostile.test_books import READ, REFUSED
from workbook.desk.settings import DeskSettings

MEGABYTE = 1024 * 1024
_WITHIN = 40.0  # seconds a file, on a machine that others use too: the desk's own limit and a new worker


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A desk as a program: its address and process."""
    process, address = started(output=tmp_path_factory.mktemp("窗口") / "窗口.txt")
    yield address, process.pid
    process.terminate()
    process.wait(20)


def used(pid: int) -> int:
    """Bytes of the desk and its workers together."""
    main = psutil.Process(pid)
    total = 0
    for process in (main, *main.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def uploaded(address: str, data: bytes) -> dict[str, object]:
    """What the page's script is told of an upload."""
    began = time.monotonic()
    answer = httpx2.post(
        f"{address}/check",
        files={"file": ("甲局.xlsx", data)},
        headers={"accept": "application/json"},
        timeout=120,
        trust_env=False,
    )
    assert time.monotonic() - began < _WITHIN
    found: dict[str, object] = answer.json()
    return found


def sound(address: str) -> None:
    """The desk still answers, and rightly."""
    found = uploaded(address, books.form())
    assert "token" in found, found


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_is_refused_in_one_sentence(desk: tuple[str, int], kind: str) -> None:
    address, pid = desk
    build, says = REFUSED[kind]
    found = uploaded(address, build())
    if kind == "a file of 70 MB" and found.get("problem") == "上传的文件太大。":
        says = "太大"  # the desk does not even take it
    problem = str(found.get("problem"))
    assert says in problem and "passwd" not in problem and "Traceback" not in problem, found
    assert "source" not in problem  # in the visitor's own file's name, not in ours
    assert used(pid) < _bound()
    sound(address)


@pytest.mark.parametrize("kind", READ)
def test_what_is_read_is_shown(desk: tuple[str, int], kind: str) -> None:
    address, pid = desk
    build, rule = READ[kind]
    found = uploaded(address, build())
    assert "token" in found, found
    shown = httpx2.get(f"{address}/visit/{found['token']}", timeout=60, trust_env=False)
    assert shown.status_code == 200 and rule in shown.text
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e]", shown.text)
    copy = httpx2.get(f"{address}/visit/{found['token']}/commented", timeout=120, trust_env=False)
    assert copy.status_code in (200, 422)
    assert used(pid) < _bound()
    sound(address)


def _bound() -> int:
    """The workers' ceilings and the web process, as the settings say."""
    settings = DeskSettings(store=Path())
    return settings.workers * (settings.worker_memory + 400 * MEGABYTE) + 600 * MEGABYTE


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("空.xlsx", b""),
        ("网页.xlsx", b"<html><script>alert(1)</script></html>"),
        ("页.html", b"<html><script>alert(1)</script><img src=http://127.0.0.1:1/x></html>"),
        ("程序.exe", b"MZ" + bytes(4096)),
        ("深.json", json.dumps({"facts": {}}).encode() + b"[" * 100_000),
        ("旧.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(8192)),
        ("压缩.rar", b"Rar!\x1a\x07\x00" + bytes(100)),
        ("坏.docx", b"PK\x03\x04" + bytes(500)),
        ("坏.pdf", b"%PDF-1.7\n" + bytes(500)),
    ],
)
def test_files_of_other_kinds_are_one_sentence(desk: tuple[str, int], name: str, data: bytes) -> None:
    address, _ = desk
    answer = httpx2.post(
        f"{address}/check",
        files={"file": (name, data)},
        headers={"accept": "application/json"},
        timeout=120,
        trust_env=False,
    )
    problem = answer.json()["problem"]
    assert "一" <= re.sub(r"[“\w.]*”", "", problem)[:1] <= "龥" or "“" in problem
    assert problem.endswith("。") and "\n" not in problem
    sound(address)
