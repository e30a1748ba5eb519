"""The program behind the buttons: one task on the workbook that is open, one dialog at the end.

Called by the ribbon's launcher as `gouji-addin TASK --wb-hex=… --from_xl=1 --hwnd=…`; without arguments it
attaches to the program that is running. It reads nothing from the workbook's folder and takes no
configuration from the workbook.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

import xlwings as xw

from addin.buttons import BUTTONS, press
from addin.tasks import TITLE
from workbook.problems import Problem

_LOG = logging.getLogger("gouji.addin")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one task; 0 when done, 1 when the user was told what is wrong, 2 for a wrong call."""
    _open_log()
    task, options = _parse(sys.argv[1:] if arguments is None else list(arguments))
    if task not in BUTTONS:
        _LOG.error("unknown task %r", task)
        return 2
    app: xw.App | None = None
    try:
        app = _app(options.get("hwnd"))
        press(task, app, _book(app, options.get("wb-hex")))
    except Problem as problem:
        _LOG.info("%s: %s", task, problem)
        _tell(app, str(problem))
        return 1
    except Exception:
        _LOG.exception("%s", task)
        _tell(app, f"没有完成。表内数字没有改动；请把日志发给维护人员：{log_folder()}")
        return 1
    return 0


def _parse(arguments: list[str]) -> tuple[str, dict[str, str]]:
    options = dict(item.removeprefix("--").partition("=")[::2] for item in arguments if item.startswith("--"))
    tasks = [item for item in arguments if not item.startswith("--")]
    return (tasks[0] if tasks else ""), options


def _app(hwnd: str | None) -> xw.App:
    """The program the button was pressed in, told by its window; else the one in front."""
    for app in xw.apps:
        if hwnd and str(app.hwnd) == hwnd:
            return app
    active = xw.apps.active
    if active is None:
        raise Problem("没有找到正在运行的Excel。请先打开年报。")
    return active


def _book(app: xw.App, encoded: str | None) -> xw.Book | None:
    """The workbook the launcher named (its path in hex, since "=" and quotes break command lines)."""
    if encoded is None:
        return app.books.active if len(app.books) else None
    path = bytes.fromhex(encoded).decode("utf-16-be", "surrogatepass")
    if not path:
        return None
    wanted = path.replace("\\", "/").rpartition("/")[2]
    return next((book for book in app.books if book.fullname == path or book.name == wanted), None)


def _tell(app: xw.App | None, text: str) -> None:
    if app is not None:
        app.alert(text, TITLE, "ok", "critical")


def log_folder() -> Path:
    """The user's own folder for logs; never the workbook's."""
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_STATE_HOME")
    return Path(base) / "Gouji" / "log" if base else Path.home() / ".gouji" / "log"


def _open_log() -> None:
    folder = log_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / "addin.log", maxBytes=500_000, backupCount=2, encoding="utf-8")
    except OSError:
        return  # no log is no reason not to help the clerk
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.getLogger("gouji").addHandler(handler)
    logging.getLogger("gouji").setLevel(logging.INFO)


if __name__ == "__main__":
    raise SystemExit(main())
