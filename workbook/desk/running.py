"""One long piece of work of the officer's at a time, and what came of the last one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workbook.desk.workers import Workers
from workbook.problems import Problem, UnusableInput

_TASKS = "workbook.desk.chores"
_SECONDS = 3600.0
LABELS = {"recheck": "核查收件箱", "results": "更新汇总结果", "roll_up": "汇总成法定表"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a piece of work ended, in words."""

    label: str
    words: str
    well: bool
    at: datetime


class Running:
    """The officer's long work; started from a page, looked after by the next ones.

    Each has a process of its own that ends with it and takes along what it needed of memory.
    """

    def __init__(self) -> None:
        self._busy: set[Workers] = set()
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
            words, well = await self._run(task, *arguments), True
        except Problem as problem:
            words = str(problem)
        finally:
            self.last = Outcome(LABELS[task], words, well, datetime.now().astimezone())
            self.under_way = None

    async def zip_everything(self, campaign: Path, target: Path) -> None:
        """The whole folder as one zip."""
        await self._run("everything", campaign, target)

    async def stop(self) -> None:
        """End what is under way; the campaign's ledger stays whole."""
        await asyncio.gather(*(workers.halt() for workers in tuple(self._busy)))
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, task: str, *arguments: object) -> Any:
        async with Workers(_TASKS, count=1, memory=None, seconds=_SECONDS, waiting=1) as workers:
            self._busy.add(workers)
            try:
                return await workers.run(task, *arguments)
            finally:
                self._busy.discard(workers)
