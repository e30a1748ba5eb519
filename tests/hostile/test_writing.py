"""Writing into a workbook: killed at any moment, the disk full, the folder closed, the file held."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.books import form, wrong_form
from tests.hostile.confined import gouji, needs_posix, one_line

pytestmark = needs_posix


def test_killed_at_two_hundred_moments_the_file_is_old_or_new(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.killing", str(tmp_path), "200", "20261123"],
        capture_output=True, encoding="utf-8", timeout=200, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    counts = json.loads(done.stdout)
    assert counts["old"] + counts["new"] == 200 and counts["else"] == 0, counts
    assert counts["bad backups"] == 0, counts
    assert min(counts["old"], counts["new"]) > 10, counts  # the moments fall before and after


def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: the kernel refuses the write alike."""
    book = tmp_path / "年报.xlsx"
    book.write_bytes(form())
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000));"
        "from workbook.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, "check", "--in-place", str(book)],
        capture_output=True, encoding="utf-8", timeout=60, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 2 and "磁盘空间不足" in done.stderr and done.stderr.count("\n") == 1, (
        done.stderr
    )
    assert book.read_bytes() == form() and [path.name for path in tmp_path.iterdir()] == ["年报.xlsx"]


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_closed_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "夹"
    folder.mkdir()
    book = folder / "年报.xlsx"
    book.write_bytes(form())
    folder.chmod(0o555)
    try:
        assert "不允许写入" in one_line(gouji("check", "--in-place", book))
    finally:
        folder.chmod(0o755)
    assert book.read_bytes() == form()


def test_clear_gives_back_the_bytes_that_annotate_was_given(tmp_path: Path) -> None:
    book, notes = tmp_path / "年报.xlsx", tmp_path / "批注.json"
    book.write_bytes(form())
    notes.write_text(
        json.dumps([{"sheet": "封面", "cell": "C5", "text": "请核对", "severity": "error"}]), encoding="utf-8"
    )
    once, twice, cleared = (tmp_path / f"{name}.xlsx" for name in "一二清")
    assert gouji("annotate", book, notes, "-o", once).status == 0
    assert gouji("annotate", once, notes, "-o", twice).status == 0
    assert gouji("clear", twice, "-o", cleared).status == 0
    assert once.read_bytes() == twice.read_bytes() != cleared.read_bytes() == form()
    checked, bare = tmp_path / "核.xlsx", tmp_path / "净.xlsx"
    book.write_bytes(wrong_form())
    assert gouji("check", book, "--annotate", checked).status == 1
    assert gouji("clear", checked, "-o", bare).status == 0
    assert checked.read_bytes() != bare.read_bytes() == wrong_form()


def test_the_suffix_must_stay(tmp_path: Path) -> None:
    book, notes = tmp_path / "年报.xlsx", tmp_path / "批注.json"
    book.write_bytes(form())
    notes.write_text("[]", encoding="utf-8")
    for arguments in (("annotate", book, notes), ("clear", book)):
        assert "扩展名" in one_line(gouji(*arguments, "-o", tmp_path / "出.xlsm"))
    assert "就是原件" in one_line(gouji("annotate", book, notes, "-o", book))
    assert "就是原件" in one_line(gouji("repair", book, "-o", book))
