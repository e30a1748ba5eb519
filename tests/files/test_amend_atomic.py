"""The old file or the new one, whole, at every moment; and one clear line when it cannot be done."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.files.amend_books import by_openpyxl, parts_of
from workbook.files import atomic
from workbook.files.amend import Amendment, Note, amend
from workbook.files.atomic import replace_file
from workbook.problems import UnusableInput, UnwritableOutput

NOTE = Amendment(notes=(Note("表1", "B2", "【年报核查】\n甲"),))


@pytest.fixture(name="book")
def _book(tmp_path: Path) -> Path:
    path = tmp_path / "年报.xlsx"
    path.write_bytes(by_openpyxl())
    return path


def test_the_source_is_never_overwritten_unasked(book: Path) -> None:
    old = book.read_bytes()
    with pytest.raises(UnwritableOutput, match="就是原件"):
        amend(book, book, NOTE)
    link = book.with_name("别名.xlsx")
    link.symlink_to(book)
    with pytest.raises(UnwritableOutput, match="就是原件"):
        amend(book, link, NOTE)
    assert book.read_bytes() == old


def test_a_backup_never_takes_an_older_ones_place(book: Path) -> None:
    first = book.read_bytes()
    one = amend(book, book, NOTE, backup=True)
    second = book.read_bytes()
    two = amend(book, book, Amendment(), backup=True)
    assert one.backup == book.with_name("年报.原件.xlsx") and one.backup.read_bytes() == first
    assert two.backup == book.with_name("年报.原件2.xlsx") and two.backup.read_bytes() == second
    assert parts_of(book.read_bytes()) == parts_of(first)


def test_without_hard_links_the_backup_is_copied(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = book.read_bytes()

    def unsupported(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", unsupported)
    kept = amend(book, book, NOTE, backup=True).backup
    assert kept and kept.read_bytes() == old != book.read_bytes()


def test_in_place_keeps_the_mode_and_follows_links(book: Path) -> None:
    book.chmod(0o640)
    link = book.with_name("别名.xlsx")
    link.symlink_to(book)
    amend(link, link, NOTE, in_place=True)
    assert link.is_symlink() and book.stat().st_mode & 0o777 == 0o640
    assert "xl/comments1.xml" in parts_of(book.read_bytes())
    assert sorted(path.name for path in book.parent.iterdir()) == ["别名.xlsx", "年报.xlsx"]


def _failing(monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(atomic.os, name, fail)


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘空间不足"),
        (PermissionError(errno.EACCES, "Permission denied"), "正被Excel等程序打开"),
        (OSError(errno.EROFS, "Read-only file system"), "不允许写入"),
        (OSError(errno.EIO, "Input/output error"), "没有写成"),
        (KeyboardInterrupt("^C"), ""),
    ],
)
def test_a_failure_leaves_the_old_file_and_no_trace(
    book: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException, words: str
) -> None:
    old = book.read_bytes()
    with monkeypatch.context() as patch:
        _failing(patch, step, error)
        with pytest.raises(UnwritableOutput if words else KeyboardInterrupt, match=words or "C") as caught:
            amend(book, book, NOTE, backup=True)
    if words:
        assert "\n" not in str(caught.value)
    assert book.read_bytes() == old
    assert [path.name for path in book.parent.iterdir()] == ["年报.xlsx"]


def test_places_that_cannot_be_written(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnwritableOutput, match="不存在"):
        amend(book, book.parent / "没有" / "出.xlsx", NOTE)
    (book.parent / "夹.xlsx").mkdir()
    with pytest.raises(UnwritableOutput, match="是文件夹"):
        amend(book, book.parent / "夹.xlsx", NOTE)
    with pytest.raises(UnwritableOutput, match=r"太长|没有写成"):
        amend(book, book.parent / ("长" * 200 + ".xlsx"), NOTE)
    monkeypatch.setattr(atomic.os, "access", lambda path, mode: False)
    with pytest.raises(UnwritableOutput, match="只读"):
        amend(book, book, NOTE, in_place=True)


def test_suffixes_and_sources(book: Path) -> None:
    with pytest.raises(UnwritableOutput, match=r"扩展名.*\.xlsx"):
        amend(book, book.with_suffix(".xlsm"), NOTE)
    book.write_bytes(b"")
    with pytest.raises(UnusableInput, match="空文件"):
        amend(book, book.with_name("出.xlsx"), NOTE)
    assert not book.with_name("出.xlsx").exists()


_WRITER = """
import sys
from pathlib import Path
from workbook.files.atomic import replace_file
path = Path(sys.argv[1])
print("ready", flush=True)
while True:
    for sign in (b"a", b"b"):
        replace_file(path, sign * 300_000)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_killed_at_any_moment_the_file_is_old_or_new(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    replace_file(path, b"a" * 300_000)
    chance = random.Random(1)
    for _ in range(12):
        with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout and process.stdout.readline() == b"ready\n"
            time.sleep(chance.random() / 50)
            process.kill()
        assert path.read_bytes() in (b"a" * 300_000, b"b" * 300_000)
