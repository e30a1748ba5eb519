"""The user's side of a button: one dialog at the end, progress in the status bar, everything as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import xlwings as xw

from addin.livebook import LiveBook
from addin.tasks import TITLE
from workbook.problems import UnusableInput


class Desk:
    """The program the user sits at, and the workbook that was open when she pressed the button."""

    def __init__(self, app: xw.App, book: xw.Book | None) -> None:
        self.app = app
        self._book = book

    @property
    def live(self) -> LiveBook:
        """The open workbook. Raises UnusableInput where there is none."""
        if self._book is None:
            raise UnusableInput("没有打开的工作簿。请先打开年报，再按这个按钮。")
        return LiveBook(self._book)

    def say(self, text: str) -> None:
        """Tell the user something; she presses 确定."""
        self.app.alert(text, TITLE, "ok", "info")

    def ask(self, text: str) -> bool:
        """Ask the user; True for 是."""
        return self.app.alert(text, TITLE, "yes_no", "info") == "yes"

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
