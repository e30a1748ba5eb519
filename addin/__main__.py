"""The program behind the buttons: one task on the workbook that is open, one dialog at the end.

Called by the ribbon's launcher as `gouji-addin TASK --wb-hex=… --from_xl=1 --hwnd=…`; without a task it shows
the tasks in a menu (`gouji attach`). It reads nothing from the workbook's folder and takes no configuration
from the workbook.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import xlwings as xw

from addin.buttons import BUTTONS
from addin.running import (
    DONE,
    TOLD,
    WRONG_CALL,
    attached,
    book_in_front,
    log_folder,
    open_log,
    process_of,
    run,
    tell,
)
from addin.trouble import BUSY, words_for
from workbook.problems import Problem, UnusableInput

__all__ = ["log_folder", "main"]

_LOG = logging.getLogger("gouji.addin")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one task; 0 when done, 1 when the user was told what is wrong, 2 for a wrong call."""
    open_log()
    task, options = _parse(sys.argv[1:] if arguments is None else list(arguments))
    if not task:
        return _menu()
    if task not in BUTTONS:
        _LOG.error("unknown task %r", task)
        return WRONG_CALL
    app: xw.App | None = None
    try:
        app = _app(options)
        book = _book(app, options.get("wb-hex"))
    except Problem as problem:
        _LOG.info("%s: %s", task, problem)
        tell(app, str(problem))
        if app is None and sys.stderr is not None:  # a windowed program has no stderr
            print(problem, file=sys.stderr)
        return TOLD
    except Exception as error:
        _LOG.exception("%s", task)
        tell(app, words_for(error))
        return TOLD
    return run(task, app, book)


def _menu() -> int:
    from addin.attach import serve  # noqa: PLC0415 - a button's press needs no menu

    try:
        serve()
    except Problem as problem:
        _LOG.info("menu: %s", problem)
        print(problem, file=sys.stderr)
        return TOLD
    return DONE


def _parse(arguments: list[str]) -> tuple[str, dict[str, str]]:
    options = dict(item.removeprefix("--").partition("=")[::2] for item in arguments if item.startswith("--"))
    tasks = [item for item in arguments if not item.startswith("--")]
    return (tasks[0] if tasks else ""), options


def _app(options: dict[str, str]) -> xw.App:
    """The program the button was pressed in, told by its window; else the one in front.

    With a window given it is that Excel or none: another may have a book of the same name open.
    Raises UnusableInput where it does not answer, and what `attached` raises.
    """
    hwnd, profile = options.get("hwnd"), options.get("profile")
    if profile or not hwnd:  # a profile is LibreOffice's, whose windows have no numbers
        return attached(Path(profile) if profile else None)
    process = process_of(hwnd)
    for app in xw.apps:
        # By its process, too: the user may have gone on to another window of the same Excel
        if str(app.hwnd) == hwnd or (process is not None and app.pid == process):
            return app
    raise UnusableInput(BUSY)


def _book(app: xw.App, encoded: str | None) -> xw.Book | None:
    """The workbook the launcher named (in hex, since "=" and quotes break command lines).

    By its name alone, of which an Excel has no two: for a full name of a book in the cloud xlwings would
    read settings from a sheet of that book.
    """
    if encoded is None:
        return book_in_front(app)
    wanted = bytes.fromhex(encoded).decode("utf-16-be", "surrogatepass")
    return next((book for book in app.books if wanted and book.name == wanted), None)


if __name__ == "__main__":
    # Started for a button the program must not hold on to the folder it was started in, nor look there
    os.chdir(Path(sys.executable).parent)
    raise SystemExit(main())
