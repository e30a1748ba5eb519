"""The fuzz run: valid files spoilt in every way, each checked in a worker with time and memory limited.

    python -m tests.fuzz.mutate --count 100000 --record tests/fuzz/record.json

A case fails if the worker dies or hangs, raises anything but one Chinese line, needs more than its limits,
reads figures from an archive that zipfile finds damaged, or does not take its own notes off without a trace.
Failing files are kept under --found. A run that was broken off goes on from its record.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import random
import select
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.bases import bases
from tests.fuzz.mutations import mutated
from tests.fuzz.worker import STAGES
from workbook.files.atomic import replace_file

SECONDS, MEGABYTES = 2.0, 300
_HANGS, _NEVER = 20.0, 900.0  # a case without an answer: seconds of CPU, of the clock
_WEIGHTS = (54, 20, 24, 2)  # of the stages: a fresh form takes twenty times as long as reading one
_FRESH = 5_000  # files a worker checks before a new one takes over


@dataclass
class Record:
    """What a run came to, or has come to so far."""

    count: int = 0  # files to be checked
    seed: int = 0
    done: int = 0
    read: int = 0
    refused: int = 0
    slowest: float = 0.0  # CPU seconds of one file
    slowest_case: str = ""
    peak: int = 0  # megabytes a worker ever held
    seconds: float = 0.0  # wall clock of the run
    python: str = platform.python_version()
    failures: list[str] = field(default_factory=list)
    by_base: dict[str, dict[str, int]] = field(default_factory=dict)
    by_stage: dict[str, int] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Written so that a run broken off can go on; the old record stays until the new one is whole."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        replace_file(path, text.encode() + b"\n")


def resumed(path: Path | None, count: int, seed: int) -> Record:
    """The record of a run of that seed that was broken off, else a new one."""
    if path is not None and path.exists():
        found = Record(**json.loads(path.read_text(encoding="utf-8")))
        if (found.count, found.seed) == (count, seed) and found.done < count:
            return found
    return Record(count=count, seed=seed)


class Worker:
    """A worker process with its limits set before it runs a line of ours; restarted when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._served = 0

    def check(self, path: Path, stage: str = "read") -> dict[str, Any]:
        """The worker's answer; kind "died" or "hung" where there was none."""
        if self._process is None or self._served >= _FRESH:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.fuzz.worker"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                text=True, encoding="utf-8", preexec_fn=_limited,  # noqa: PLW1509 - no threads here
                cwd=Path(__file__).parents[2],
            )  # fmt: skip
            self._served = 0
            self._answer(self._process)  # it is ready: loading the rules is no part of a case
        self._served += 1
        process = self._process
        assert process.stdin
        try:
            process.stdin.write(f"{stage} {path}\n")
            process.stdin.flush()
        except BrokenPipeError:
            self.close()
            return {"kind": "died", "text": "", "seconds": 0.0, "megabytes": 0}
        answer = self._answer(process)
        if answer:
            found: dict[str, Any] = json.loads(answer)
            return found
        hung = process.poll() is None and answer is None
        self.close()
        return {"kind": "hung" if hung else "died", "text": "", "seconds": 0.0, "megabytes": 0}

    @staticmethod
    def _answer(process: subprocess.Popen[str]) -> str | None:
        """The worker's next line; "" if it has died, None if it works on without an end."""
        assert process.stdout
        began, started = _cpu_seconds(process.pid), time.monotonic()
        while not select.select([process.stdout], [], [], 5.0)[0]:
            # A machine that others use too may let a worker wait for minutes: only its own work counts.
            if _cpu_seconds(process.pid) - began > _HANGS or time.monotonic() - started > _NEVER:
                return None
        return process.stdout.readline()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _cpu_seconds(process: int) -> float:
    fields = (
        Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    )
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _limited() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def is_damaged(data: bytes) -> bool:
    """Whether zipfile, which is not ours, finds the archive broken or a checksum wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return archive.testzip() is not None
        except Exception:
            return True


def complaint(name: str, data: bytes, answer: dict[str, Any]) -> str:
    """What is wrong with an answer; "" if nothing is."""
    kind, text = answer["kind"], answer["text"]
    if kind not in ("read", "refused"):
        return f"{kind}: {text.strip().splitlines()[-1] if text else ''}"
    if answer["seconds"] > SECONDS:
        return f"slow: {answer['seconds']:.1f} s"
    if kind == "refused" and ("\n" in text or not any("一" <= sign <= "龥" for sign in text)):
        return f"no Chinese line: {text[:200]}"
    if kind == "read" and name.endswith((".xlsx", ".xlsm")) and is_damaged(data):
        return "figures read from a damaged archive"
    return ""


def case(valid: dict[str, bytes], seed: int, index: int) -> tuple[str, bytes, str]:
    """The name, content and stage of one case; the same for the same seed and index."""
    name = list(valid)[index % len(valid)]
    chance = random.Random(f"{seed}:{index}")
    data = mutated(valid[name], chance)
    return name, data, chance.choices(STAGES, _WEIGHTS)[0]


def run(record: Record, kept: Path | None = None, found: Path | None = None) -> Record:
    """Check the mutated files that a record has not counted yet; `kept` is where it is saved meanwhile."""
    valid = bases()
    tally = {name: Counter(record.by_base.get(name, {})) for name in valid}
    stages = Counter(record.by_stage)
    worker, started, before = Worker(), time.monotonic(), record.seconds
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="fuzz", dir=memory if memory.is_dir() else None))

    def count_up() -> None:
        record.seconds = round(before + time.monotonic() - started, 1)
        record.read = sum(counter["read"] for counter in tally.values())
        record.refused = sum(counter["refused"] for counter in tally.values())
        record.by_base = {name: dict(counter) for name, counter in tally.items()}
        record.by_stage = dict(stages)
        if kept is not None:
            record.save(kept)

    try:
        for index in range(record.done, record.count):
            name, data, stage = case(valid, record.seed, index)
            path = folder / name
            path.write_bytes(data)
            answer = worker.check(path, stage)
            if answer["seconds"] > record.slowest:
                record.slowest = round(answer["seconds"], 2)
                record.slowest_case = f"{record.seed}:{index} {name} {stage}"
            record.peak = max(record.peak, answer["megabytes"])
            tally[name][answer["kind"]] += 1
            stages[stage] += 1
            record.done += 1
            wrong = complaint(name, data, answer)
            if wrong:
                record.failures.append(f"{record.seed}:{index} {name} {stage} {wrong}")
                if found is not None:
                    found.mkdir(parents=True, exist_ok=True)
                    (found / f"{record.seed}-{index}-{stage}-{name}").write_bytes(data)
                    (found / f"{record.seed}-{index}.txt").write_text(
                        f"{wrong}\n{answer['text']}", encoding="utf-8"
                    )
            if record.done % 1_000 == 0:
                count_up()
    finally:
        worker.close()
        shutil.rmtree(folder)
    count_up()
    return record


def main() -> int:
    """Run from the command line; exit 1 if any case failed."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--count", type=int, default=2_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--record", type=Path)
    options.add_argument("--found", type=Path, default=Path("/tmp/gouji-fuzz"))
    given = options.parse_args()
    record = run(resumed(given.record, given.count, given.seed), given.record, given.found)
    print(json.dumps(asdict(record), ensure_ascii=False, indent=1))
    return 1 if record.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
