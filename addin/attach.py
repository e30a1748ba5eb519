"""The buttons as a numbered menu, for PCs where Office may not start programs: `gouji attach`.

The user starts it himself; it works on the workbook in front, with the same functions the ribbon calls.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from addin.running import attached, book_in_front, open_log, run
from addin.tasks import TASKS, TITLE
from workbook.problems import Problem

_QUIT = "0"


def menu() -> str:
    """The menu as shown: a number, the button's name, what it does."""
    lines = [f"{number:>2}  {task.label}　{task.screentip}" for number, task in enumerate(TASKS, 1)]
    return "\n".join([TITLE, *lines, f"{_QUIT:>2}  退出"])


def serve(
    ask: Callable[[str], str] = input,
    show: Callable[[str], None] = print,
    profile: Path | None = None,
) -> int:
    """Show the menu and run what is chosen, until 0 or the end of input. Returns how many tasks were run.

    Raises Problem where no Excel and no LibreOffice runs.
    """
    open_log()
    attached(profile)
    done = 0
    show(menu())
    while True:
        try:
            chosen = ask("请输入序号后按回车：").strip()
        except (EOFError, KeyboardInterrupt):
            return done
        if chosen == _QUIT:
            return done
        if not (chosen.isascii() and chosen.isdigit() and 1 <= int(chosen) <= len(TASKS)):
            show("没有这个序号。")
            continue
        task = TASKS[int(chosen) - 1]
        try:
            app = attached(profile)  # each time: she may have closed Excel and opened it again
            book = book_in_front(app)
        except Problem as problem:
            show(str(problem))
            continue
        show(f"{task.label}：{book.name if book else '没有打开的工作簿'}。对话框在表格程序里。")
        run(task.id, app, book)
        done += 1
