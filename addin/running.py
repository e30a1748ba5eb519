"""One press of a button, whoever passes it on: ribbon, LibreOffice's menu, or `gouji attach`.

Here a button's troubles become one Chinese dialog, and what nobody foresaw goes to the log in the user's own
folder.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import sys
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.buttons import BUTTONS
from addin.desk import Desk
from addin.tasks import TITLE
from addin.trouble import known_words, spoken
from workbook.problems import Problem, UnusableInput

_LOG = logging.getLogger("gouji.addin")

DONE, TOLD, WRONG_CALL = 0, 1, 2


def run(task: str, app: xw.App, book: xw.Book | None) -> int:
    """Run one task: 0 when done, 1 when the user was told what is wrong, 2 for a task there is none of."""
    if task not in BUTTONS:
        _LOG.error("unknown task %r", task)
        return WRONG_CALL
    start, desk = time.perf_counter(), Desk(app, book)
    try:
        BUTTONS[task](desk)
        _LOG.info("%s: %.2f s", task, time.perf_counter() - start - desk.waited)
    except Problem as problem:
        _LOG.info("%s: %s", task, problem)
        tell(app, str(problem))
        return TOLD
    except Exception as error:
        _LOG.exception("%s", task)
        tell(app, known_words(error) or f"没有做完，原因不明。请把日志发给维护人员：{log_folder()}")
        return TOLD
    return DONE


def tell(app: xw.App | None, text: str) -> None:
    """A box with bad news, by the program itself or, where it is too busy for that, by Windows.

    Nothing where neither can show one: then the log has it.
    """
    try:
        if app is not None:
            app.alert(text, TITLE, "ok", "critical")
            return
    except Exception:  # it is the program that has refused; COM errors have no common class
        _LOG.exception("no box for: %s", text)
    if sys.platform == "win32":
        _windows_box(text)


def _windows_box(text: str) -> None:
    warning_in_front = 0x30 | 0x10000 | 0x40000  # MB_ICONWARNING, MB_SETFOREGROUND, MB_TOPMOST
    library: Any = importlib.import_module("ctypes").windll.user32
    library.MessageBoxW(None, text, TITLE, warning_in_front)


def attached(profile: Path | None = None) -> xw.App:
    """The program in front: Excel on Windows and macOS, else the LibreOffice of that (or the user's) profile.

    Raises UnusableInput where none runs, OfficeMissing where LibreOffice cannot be reached.
    """
    if sys.platform == "linux":
        _use_libreoffice(profile)
    with spoken():
        app = xw.apps.active if len(xw.apps) else None
    if app is None:
        raise UnusableInput("没有找到正在运行的Excel。请先打开年报；已经打开的，请按回车结束编辑再试。")
    return app


def book_in_front(app: xw.App) -> xw.Book | None:
    """The workbook before the user, None where none is open. Raises UnwritableOutput if it is busy."""
    with spoken():
        return app.books.active if len(app.books) else None


def process_of(window: str) -> int | None:
    """The process a window (its handle in digits) belongs to; None if unknown, and off Windows."""
    if sys.platform == "win32" and window.isdigit():
        ctypes: Any = importlib.import_module("ctypes")
        number = ctypes.c_ulong()
        ctypes.windll.user32.GetWindowThreadProcessId(ctypes.c_void_p(int(window)), ctypes.byref(number))
        return number.value or None
    return None


def _use_libreoffice(profile: Path | None) -> None:
    from addin import libreoffice  # noqa: PLC0415 - Excel's side needs none of it
    from addin.libreoffice.office import attach  # noqa: PLC0415

    libreoffice.register().activate()
    if libreoffice.engine.connection is None:
        libreoffice.use(attach(profile))


def log_folder() -> Path:
    """The user's own folder for logs; never the workbook's."""
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_STATE_HOME")
    return Path(base) / "Gouji" / "log" if base else Path.home() / ".gouji" / "log"


def open_log() -> None:
    """Start logging into a file only the user can read. No log is no reason not to help the clerk."""
    logger = logging.getLogger("gouji")
    if any(isinstance(handler, RotatingFileHandler) for handler in logger.handlers):
        return
    folder = log_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / "addin.log", maxBytes=500_000, backupCount=2, encoding="utf-8")
        with contextlib.suppress(OSError):
            (folder / "addin.log").chmod(0o600)
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
