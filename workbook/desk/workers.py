"""Processes that read what came from outside: bounded in memory and time, replaced when they die.

One process does one task at a time, so that a task that hangs or runs out of memory costs itself only: the
standard library's pool cannot end a running task, and falls as a whole with one process that died.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import multiprocessing
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from workbook.problems import Problem, UnusableInput

_SPAWN = multiprocessing.get_context("spawn")  # the only way on Windows; and no lock of ours is inherited
_START_SECONDS = 60.0


class Busy(Problem):
    """More checks are waiting than the desk takes on."""


class Refused(Problem):
    """A worker ran out of time or memory, or died, over one task."""


class _Worker:
    """One process and the line to it."""

    def __init__(self, tasks: str, memory: int | None) -> None:
        self._line, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(theirs, tasks, memory), daemon=True)
        self._process.start()
        theirs.close()

    def call(self, task: str, arguments: tuple[object, ...], seconds: float) -> tuple[str, Any]:
        """What a task came to: ("done", value), ("problem", words), or ("died" | "late", "")."""
        try:
            self._line.send((task, arguments))
            if not self._line.poll(seconds):
                return "late", ""
            outcome: tuple[str, Any] = self._line.recv()
        except (EOFError, OSError):
            return "died", ""
        return outcome

    def end(self) -> None:
        """The process is gone when this returns."""
        with contextlib.suppress(OSError):
            self._line.close()
        self._process.kill()
        self._process.join(timeout=5)


class Workers:
    """A few worker processes shared by all visitors; use it with `async with`."""

    def __init__(self, tasks: str, *, count: int, memory: int | None, seconds: float, waiting: int) -> None:
        self._tasks, self._memory, self._seconds = tasks, memory, seconds
        self._count, self._most = count, waiting
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._all: set[_Worker] = set()
        self._waiting = 0
        self._halted = False

    async def __aenter__(self) -> Self:
        for worker in await asyncio.gather(*(asyncio.to_thread(self._begin) for _ in range(self._count))):
            self._idle.put_nowait(worker)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.halt()

    async def halt(self) -> None:
        """End every process, whatever it does; tasks under way are refused."""
        self._halted = True
        await asyncio.gather(*(asyncio.to_thread(worker.end) for worker in tuple(self._all)))
        self._all.clear()

    async def run(self, task: str, *arguments: object) -> Any:
        """A task's value. Raises UnusableInput with its words, Refused, or Busy."""
        if self._waiting >= self._most:
            raise Busy("现在核对的人较多，请过一两分钟再试，文件不必重选。")
        self._waiting += 1
        try:
            worker = await self._idle.get()
        finally:
            self._waiting -= 1
        outcome = "died"
        try:
            # Shielded: a visitor who leaves must not leave a worker behind that is still busy.
            call = asyncio.create_task(asyncio.to_thread(worker.call, task, arguments, self._seconds))
            outcome, value = await asyncio.shield(call)
        except asyncio.CancelledError:
            outcome, value = await call
            raise
        finally:
            await self._give_back(worker, whole=outcome in ("done", "problem"))
        match outcome:
            case "done":
                return value
            case "problem":
                raise UnusableInput(value)
            case "late":
                raise Refused(
                    f"这份文件核对了{self._seconds:.0f}秒还没有完，已停止。请删去与年报无关的内容后再试。"
                )
            case _:
                raise Refused("这份文件没有核对完。请删去与年报无关的内容（大图片、多余的工作表）后再试。")

    async def _give_back(self, worker: _Worker, *, whole: bool) -> None:
        if not whole:
            self._all.discard(worker)
            await asyncio.to_thread(worker.end)
            if self._halted:
                return
            worker = await asyncio.to_thread(self._begin)
        self._idle.put_nowait(worker)

    def _begin(self) -> _Worker:
        worker = _Worker(self._tasks, self._memory)
        self._all.add(worker)
        worker.call("ready", (), _START_SECONDS)
        return worker


def _serve(line: Connection, tasks: str, memory: int | None) -> None:
    """Inside a worker: one task after the other until the line is closed."""
    known: Mapping[str, Callable[..., Any]] = importlib.import_module(tasks).TASKS
    limited = False
    while True:
        try:
            task, arguments = line.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        try:
            outcome = ("done", known[task](*arguments))
        except Problem as problem:
            outcome = ("problem", str(problem))
        except MemoryError:
            return  # what is left of this process cannot be trusted
        if not limited and memory is not None:
            _limit_memory(memory)  # after the first task: rules and editions are loaded by then
            limited = True
        with contextlib.suppress(OSError):
            line.send(outcome)


def _limit_memory(memory: int) -> None:
    """A ceiling above what the process uses now, where the system can set one (Windows cannot)."""
    try:
        resource = importlib.import_module("resource")
        with open("/proc/self/statm", encoding="ascii") as facts:  # noqa: PTH123
            used = int(facts.read().split()[0]) * int(resource.getpagesize())
    except (ImportError, OSError):
        return
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
