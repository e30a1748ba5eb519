"""The command line in a process whose memory and time are limited from outside, before it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

MEGABYTES, SECONDS = 300, 10  # memory, and CPU time with the start of Python; the aim is 2 s a file
_WALL = 60  # for a machine that others use too

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="limits from outside need POSIX")


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    status: int
    out: str
    err: str


def gouji(*arguments: str | Path, environment: dict[str, str] | None = None) -> Ended:
    """Run `gouji` with these arguments; a run killed by its limits has a negative status."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "workbook.cli", *map(str, arguments)],
        capture_output=True, encoding="utf-8", errors="replace", timeout=_WALL, check=False,
        preexec_fn=_confine, cwd=Path(__file__).parents[2],
        env={**os.environ, **(environment or {})},
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


def _confine() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def is_clean(ended: Ended) -> bool:
    """Nothing a clerk should not see, nothing a terminal would obey."""
    said = ended.out + ended.err
    return not any(
        word in said for word in ("Traceback", "Error:", "\x1b", "\x00", "\u202e", "\u200b")
    ) and ended.status in (0, 1, 2)


def one_line(ended: Ended) -> str:
    """The one Chinese line with which an input was refused."""
    assert ended.status == 2, (ended.status, ended.out[-300:], ended.err[-1500:])
    assert is_clean(ended), ended.err[-1500:]
    assert ended.err.count("\n") == 1 and ended.err.endswith("。\n"), ended.err[-1500:]
    return ended.err
