"""Where a command writes: suffixes, folders, whole files; the exit status of what was checked."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from workbook.files.atomic import replace_file
from workbook.problems import UnwritableOutput
from workbook.review import Review
from workbook.rules.findings import Severity


class Declare(Protocol):
    """Adds one command to the command line and gives its parser back for the arguments."""

    def __call__(
        self, name: str, run: Callable[[argparse.Namespace], int], help_text: str
    ) -> argparse.ArgumentParser: ...


def save(path: Path, data: bytes) -> None:
    """A whole file in one step, its folder made where missing. Raises UnwritableOutput."""
    make_folder(path.parent)
    replace_file(path, data)


def make_folder(folder: Path) -> None:
    """The folder, made with its parents where missing. Raises UnwritableOutput."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableOutput(f"建不了文件夹“{folder}”（{error.strerror}），请换一个位置。") from error


def require_same_suffix(book: Path, out: Path) -> None:
    """Before anything is read: a workbook with macros under the name of one without is refused by Excel."""
    if book.suffix.lower() != out.suffix.lower():
        raise UnwritableOutput(
            f"“{out.name}”的扩展名应与原件一致（{book.suffix}），否则Excel会拒绝打开，请改用{book.suffix}。"
        )


def require_suffix(path: Path, suffix: str) -> None:
    """Raises UnwritableOutput where a file would get a name that does not say what it is."""
    if path.suffix.lower() != suffix:
        raise UnwritableOutput(f"“{path.name}”的扩展名应是{suffix}。")


def exit_status(reviews: Iterable[Review]) -> int:
    """1 where a report has a finding of severity error, else 0."""
    return 1 if any(review.result.count(Severity.ERROR) for review in reviews) else 0
