"""The fuzz run: valid files spoilt in every way, each checked in a worker with time and memory limited.

    python -m tests.fuzz.mutate --count 100000 --record tests/fuzz/record.json

A case fails if the worker dies or hangs, raises anything but one Chinese line, needs more than its limits,
or reads figures from an archive that zipfile finds damaged. Failing files are kept under --found.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import select
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.fuzz.mutations import mutated

SECONDS, MEGABYTES = 2.0, 300
_HANGS = 30.0  # wall clock, for a machine that others use too; CPU time is what SECONDS limits
_FRESH = 5_000  # files a worker checks before a new one takes over


@dataclass
class Record:
    """What a run came to."""

    count: int = 0
    seed: int = 0
    read: int = 0
    refused: int = 0
    slowest: float = 0.0  # CPU seconds of one file
    peak: int = 0  # megabytes a worker ever held
    seconds: float = 0.0  # wall clock of the run
    failures: list[str] = field(default_factory=list)
    by_base: dict[str, dict[str, int]] = field(default_factory=dict)


def bases() -> dict[str, bytes]:
    """The valid files: our forms as built, resaved, annotated, typed; a bare one; facts as JSON and CSV."""
    import openpyxl

    from tests.damaged import SECTIONS
    from tests.filled import document, save_form
    from workbook.files.amend import amended
    from workbook.files.archive import Archive
    from workbook.review import review_amendment, review_file
    from workbook.rules.rulebook import load_rulebook

    with tempfile.TemporaryDirectory() as folder:
        form = save_form(Path(folder) / "2021.xlsx", "2021", balanced("2021"), sections=SECTIONS, year=2022)
        old = save_form(Path(folder) / "2019.xlsx", "2019", balanced("2019"))
        stream = io.BytesIO()
        openpyxl.load_workbook(form).save(stream)
        with Archive.open(old) as archive:
            book = load_rulebook()
            noted, _ = amended(archive, review_amendment(review_file(old, book), book))
        facts = json.dumps(document("2021", balanced("2021")), ensure_ascii=False, indent=0)
        table = "id,value\nyear,2022\nedition,2021\norgan,某局\n" + "".join(
            f"{cell},{number}\n" for cell, number in balanced("2021").items()
        )
        return {
            "form.xlsx": form.read_bytes(),
            "resaved.xlsx": stream.getvalue(),
            "annotated.xlsx": noted,
            "bare.xlsx": _bare(),
            "facts.json": facts.encode(),
            "facts.csv": table.encode(),
        }


def balanced(edition: str) -> dict[str, int]:
    """Figures in which every sum holds: what is broken is the mutation's work, and the locator is quick."""
    from tests.filled import zeros

    return zeros(edition, totals=False) | {
        "applications.received[natural_person]": 12,
        "applications.received[business]": 3,
        "applications.dispositions.granted[natural_person]": 7,
        "applications.dispositions.granted_in_part[natural_person]": 4,
        "applications.dispositions.granted[business]": 3,
        "applications.carried_forward[natural_person]": 1,
        "challenges.reconsideration[upheld]": 2,
        "proactive.licences[decisions]": 478,
    }


def _bare() -> bytes:
    """The three tables on one sheet, nothing else: small, so that most bytes matter."""
    import xlsxwriter

    from tests.form.drawn import drawn_grid
    from workbook.form.edition import all_editions

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    edition = all_editions()[1]
    figures = {cell: Decimal(balanced("2021").get(str(cell), 0)) for cell in edition.cells}
    for sheet in drawn_grid(edition, figures).sheets:
        page = book.add_worksheet(sheet.name)
        for position, cell in sheet.cells.items():
            value: Any = float(cell.text) if cell.kind.value == "number" else cell.text
            page.write(position.row - 1, position.column - 1, value)
    book.close()
    return stream.getvalue()


class Worker:
    """A worker process with its limits set before it runs a line of ours; restarted when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._served = 0

    def check(self, path: Path) -> dict[str, Any]:
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
        self._served += 1
        process = self._process
        assert process.stdin and process.stdout
        try:
            process.stdin.write(f"{path}\n")
            process.stdin.flush()
        except BrokenPipeError:
            self.close()
            return {"kind": "died", "text": "", "seconds": 0.0, "megabytes": 0}
        ready, _, _ = select.select([process.stdout], [], [], _HANGS)
        answer = process.stdout.readline() if ready else ""
        if answer:
            found: dict[str, Any] = json.loads(answer)
            return found
        self.close()
        return {"kind": "died" if ready else "hung", "text": "", "seconds": _HANGS, "megabytes": 0}

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


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
    if kind == "read" and name.endswith(".xlsx") and is_damaged(data):
        return "figures read from a damaged archive"
    return ""


def run(
    count: int, seed: int, found: Path | None = None, tell: Callable[[str], None] = lambda line: None
) -> Record:
    """Check `count` mutated files."""
    record = Record(count=count, seed=seed)
    valid = bases()
    names = list(valid)
    tally: dict[str, Counter[str]] = {name: Counter() for name in names}
    worker, started = Worker(), time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="fuzz", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))  # noqa: PTH112
    try:
        for index in range(count):
            chance = random.Random(f"{seed}:{index}")
            name = names[index % len(names)]
            data = mutated(valid[name], chance)
            path = folder / name
            path.write_bytes(data)
            answer = worker.check(path)
            record.slowest = max(record.slowest, answer["seconds"])
            record.peak = max(record.peak, answer["megabytes"])
            tally[name][answer["kind"]] += 1
            wrong = complaint(name, data, answer)
            if wrong:
                record.failures.append(f"{seed}:{index} {name} {wrong}")
                tell(record.failures[-1])
                if found is not None:
                    found.mkdir(parents=True, exist_ok=True)
                    (found / f"{seed}-{index}-{name}").write_bytes(data)
                    (found / f"{seed}-{index}.txt").write_text(f"{wrong}\n{answer['text']}", encoding="utf-8")
            if index % 5_000 == 4_999:
                tell(
                    f"{index + 1} checked, {len(record.failures)} failed, {time.monotonic() - started:.0f} s"
                )
    finally:
        worker.close()
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    record.seconds = round(time.monotonic() - started, 1)
    record.slowest = round(record.slowest, 2)
    record.read = sum(counter["read"] for counter in tally.values())
    record.refused = sum(counter["refused"] for counter in tally.values())
    record.by_base = {name: dict(counter) for name, counter in tally.items()}
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
    record = run(given.count, given.seed, given.found, lambda line: print(line, flush=True))
    text = json.dumps(asdict(record), ensure_ascii=False, indent=1)
    print(text)
    if given.record:
        given.record.write_text(text + "\n", encoding="utf-8")
    return 1 if record.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
