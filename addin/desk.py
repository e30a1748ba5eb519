"""The user's side of a button: one dialog at the end, progress in the status bar, everything as it was."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.livebook import LiveBook
from addin.tasks import TITLE
from addin.trouble import spoken
from workbook.problems import UnusableInput, UnwritableOutput


class Desk:
    """The program the user sits at, and the workbook that was open when she pressed the button."""

    def __init__(self, app: xw.App, book: xw.Book | None) -> None:
        self.app = app
        self._book = book
        self.waited = 0.0  # seconds a dialog of ours was open

    @property
    def live(self) -> LiveBook:
        """The open workbook. Raises UnusableInput where there is none."""
        if self._book is None:
            raise UnusableInput(
                "没有打开的工作簿。请先打开年报，再按这个按钮；在“受保护的视图”里打开的，先点“启用编辑”。"
            )
        return LiveBook(self._book)

    @property
    def has_book(self) -> bool:
        """Whether a workbook is open."""
        return self._book is not None

    def refresh(self) -> None:
        """Work the formulas out where the user has switched that off: old totals are not worth checking."""
        if self.app.calculation == "manual":
            self.app.calculate()

    def say(self, text: str) -> None:
        """Tell the user something; she presses 确定."""
        self._alert(text, "ok")

    def ask(self, text: str) -> bool:
        """Ask the user; True for 是."""
        return self._alert(text, "yes_no") == "yes"

    def choose_file(self, title: str, kind: str, suffixes: Sequence[str]) -> Path | None:
        """Let the user choose a file to open; None where she does not. Raises UnusableInput on macOS."""
        start = time.perf_counter()
        patterns = ";".join(f"*.{suffix}" for suffix in suffixes)
        program: Any = self.app.impl
        try:
            if hasattr(program, "choose_file"):  # LibreOffice
                chosen = program.choose_file(title, kind, patterns)
            elif sys.platform == "win32":
                with spoken():
                    chosen = self.app.api.GetOpenFilename(f"{kind} ({patterns}),{patterns}", 1, title)
            else:
                raise UnusableInput("在苹果电脑上请用命令导入：gouji import 年报.docx -o 年报.xlsx。")
        finally:
            self.waited += time.perf_counter() - start
        return Path(str(chosen)) if chosen else None  # Excel says False where she cancels

    def _alert(self, text: str, buttons: str) -> str | None:
        start = time.perf_counter()
        try:
            return self.app.alert(text, TITLE, buttons, "info")
        finally:
            self.waited += time.perf_counter() - start

    @contextlib.contextmanager
    def busy(self, words: str) -> Iterator[None]:
        """Work on the book: words in the status bar, no flicker; then selection and settings as before."""
        app = self.app
        updating, calculation = app.screen_updating, app.calculation
        selected = self.live.selected()
        app.status_bar = words
        app.screen_updating = False
        try:
            yield
        finally:
            if app.calculation != calculation:
                app.calculation = calculation
            if selected is not None and self.live.selected() != selected:
                self.live.select(*selected)
            app.screen_updating = updating
            app.status_bar = False


def own_folder() -> Path:
    """Where new files go: a folder of ours among the user's documents, never the workbook's own."""
    folder = Path.home() / "Documents" / "政务公开年报"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableOutput(f"建不了文件夹“{folder}”，请检查“文档”文件夹能否写入。") from error
    return folder


def unused(path: Path) -> Path:
    """The path itself, or with a number where a file of that name is there already."""
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_stem(f"{path.stem} {number}")
    return candidate
