"""A screen without a monitor: LibreOffice's real window under Xvfb, clicked with xdotool, photographed.

What is to be clicked is found by its name through LibreOffice's accessibility interface, so no pixel is
written down anywhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

PROGRAMS = ("Xvfb", "xdotool", "scrot", "unopkg")
_SIZE = "1500x950x24"
_MENU = 34  # com.sun.star.accessibility.AccessibleRole
_Found = TypeVar("_Found")


def missing() -> list[str]:
    """The programs this needs that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


class Screen:
    """An Xvfb of our own on a free display number; `with Screen() as screen:` ends it for certain."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.display = ""

    def __enter__(self) -> Self:
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", _SIZE, "-nolisten", "tcp"]
        self._process = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading, encoding="ascii") as told:
            self.display = ":" + told.readline().strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def _run(self, *command: str) -> None:
        subprocess.run(command, env={**os.environ, "DISPLAY": self.display}, check=True, timeout=20)

    def click(self, place: tuple[int, int]) -> None:
        self._run("xdotool", "mousemove", str(place[0]), str(place[1]), "sleep", "0.3", "click", "1")

    def hover(self, place: tuple[int, int]) -> None:
        x, y = place
        # Two steps: a tip opens on movement, not on appearing
        self._run("xdotool", "mousemove", str(x - 6), str(y - 3), "sleep", "0.3", "mousemove", str(x), str(y))

    def press(self, key: str) -> None:
        self._run("xdotool", "key", key)

    def photograph(self, path: Path) -> Path:
        self._run("scrot", "--overwrite", str(path))
        return path


def wait_for(what: Callable[[], _Found | None], seconds: float = 90.0) -> _Found:
    """Ask until there is an answer; AssertionError if none comes."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        found = what()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("nothing came in time")


def pressed(
    screen: Screen, button: Callable[[], tuple[int, int] | None], answer: Callable[[], _Found | None]
) -> _Found:
    """Press the button until something answers, as a person would whose first click went into a tip or a
    window just opening; AssertionError if none comes."""
    last = time.monotonic() + 120
    while time.monotonic() < last:
        screen.click(wait_for(button))
        try:
            return wait_for(answer, 20)
        except AssertionError:
            continue
    raise AssertionError("pressed again and again without an answer")


def _walk(context: Any, depth: int = 0) -> Iterator[Any]:
    yield context
    # Closed menus and a sheet's thousands of cells are not what we look for, and every step is a call
    if depth > 25 or context.getAccessibleRole() == _MENU:
        return
    count = context.getAccessibleChildCount()
    if count > 100:
        return
    for number in range(count):
        child = context.getAccessibleChild(number)
        if child is not None:
            yield from _walk(child.getAccessibleContext(), depth + 1)


def named(window: Any, name: str) -> tuple[int, int] | None:
    """Where on the screen the middle of what has that name is (a button, a menu, a cell)."""
    for context in _walk(window.getAccessibleContext()):
        if context.getAccessibleName() == name and hasattr(context, "getSize"):
            size = context.getSize()
            if size.Width > 1 and size.Height > 1:
                place = context.getLocationOnScreen()
                if place.X >= 0 and place.Y >= 0:
                    return place.X + size.Width // 2, place.Y + size.Height // 2
    return None


def in_any_window(connection: Any, name: str) -> tuple[int, int] | None:
    """The same in whatever windows are open, dialogs too, the newest first."""
    toolkit = connection.service("com.sun.star.awt.Toolkit")
    for number in reversed(range(toolkit.getTopWindowCount())):
        found = named(toolkit.getTopWindow(number), name)
        if found:
            return found
    return None


def cell(window: Any, row: int, column: int) -> tuple[int, int] | None:
    """Where on the screen a cell of the sheet in front is, from 0; None if it is not in view."""
    for context in _walk(window.getAccessibleContext()):
        if hasattr(context, "getAccessibleCellAt") and context.getAccessibleColumnCount() > 200:
            found = context.getAccessibleCellAt(row, column).getAccessibleContext()
            place, size = found.getLocationOnScreen(), found.getSize()
            if size.Width > 1 and size.Height > 1:  # of a split window's panes the one that shows it
                return place.X + size.Width // 2, place.Y + size.Height // 2
    return None
