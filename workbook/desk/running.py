"""One long piece of work of the officer's at a time, and what came of the last one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workbook.desk.workers import Workers
from workbook.problems import Problem, UnusableInput

LABELS = {"recheck": "核查收件箱", "results": "更新汇总结果", "roll_up": "汇总成法定表"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a piece of work ended, in words."""

    label: str
    words: str
    well: bool
    at: datetime


class Running:
    """The officer's long work; started from a page, looked after by the next ones."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._task: asyncio.Task[None] | None = None
        self.under_way: tuple[str, datetime] | None = None
        self.last: Outcome | None = None

    def start(self, task: str, *arguments: object) -> None:
        """Begin. Raises UnusableInput while another one is under way."""
        if self.under_way is not None:
            raise UnusableInput(f"正在{self.under_way[0]}，请等它做完。")
        self.under_way = LABELS[task], datetime.now().astimezone()
        self._task = asyncio.create_task(self._do(task, arguments))

    async def _do(self, task: str, arguments: tuple[object, ...]) -> None:
        words, well = "没有做完。", False
        try:
            words, well = await self._workers.run(task, *arguments), True
        except Problem as problem:
            words = str(problem)
        finally:
            self.last = Outcome(LABELS[task], words, well, datetime.now().astimezone())
            self.under_way = None

    async def zip_everything(self, campaign: Path, target: Path) -> None:
        """The whole folder as one zip."""
        await self._workers.run("everything", campaign, target)
