"""A task that hangs, dies or fills the memory costs itself only."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import pytest

from workbook.desk.workers import Busy, Refused, Workers
from workbook.problems import UnusableInput


def ready() -> None:
    return None


def twice(number: int) -> int:
    return 2 * number


def hang() -> None:
    time.sleep(60)


def die() -> None:
    os._exit(3)


def fill() -> int:
    return len(bytearray(4 << 30))


def crash() -> None:
    raise RuntimeError


def refuse() -> None:
    raise UnusableInput("不是年报。")


TASKS = {task.__name__: task for task in (ready, twice, hang, die, fill, crash, refuse)}


def together(*calls: tuple[Any, ...], count: int = 2, seconds: float = 2.0, waiting: int = 50) -> list[Any]:
    async def run() -> list[Any]:
        async with Workers(
            __name__, count=count, memory=256 << 20, seconds=seconds, waiting=waiting
        ) as workers:
            return await asyncio.gather(*(workers.run(*call) for call in calls), return_exceptions=True)

    return asyncio.run(run())


@pytest.mark.parametrize("bad", ["hang", "die", "fill", "crash"])
def test_one_bad_task_is_one_message_and_the_others_are_done(bad: str) -> None:
    outcomes = together((bad,), *(("twice", n) for n in range(12)), (bad,), ("twice", 21))
    assert isinstance(outcomes[0], Refused) and isinstance(outcomes[13], Refused)
    assert outcomes[1:13] == [2 * n for n in range(12)] and outcomes[14] == 42


def test_a_problem_with_the_file_comes_back_in_its_words() -> None:
    [problem, after] = together(("refuse",), ("twice", 1), count=1)
    assert isinstance(problem, UnusableInput) and str(problem) == "不是年报。"
    assert after == 2


def test_more_than_may_wait_are_asked_to_come_back() -> None:
    outcomes = together(*(("twice", n) for n in range(10)), count=1, waiting=3)
    assert sum(isinstance(outcome, Busy) for outcome in outcomes) >= 5
    assert sum(isinstance(outcome, int) for outcome in outcomes) >= 3
