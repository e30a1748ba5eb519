"""Checks one file after another for the fuzz run; the limits are set from outside, before it starts.

A line with a stage and a path comes in, a line of JSON goes out: what became of the file, CPU seconds, peak
memory. Every stage reads and checks the file; see STAGES for what it does besides.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from pathlib import Path

from workbook.files.amend import Amendment, Note, Shade, Tint, amended
from workbook.files.archive import Archive
from workbook.files.package import Package
from workbook.files.wiring import worksheets
from workbook.form.facts import facts_document
from workbook.form.labels import legible
from workbook.problems import BrokenDefinition, Problem
from workbook.repair import repair_review
from workbook.report import check_document, summary
from workbook.review import Review, review_amendment, review_file
from workbook.rules.rulebook import load_rulebook

_BOOK = load_rulebook()


# read: no more than that; annotate: our findings written; strangers: notes on any book, and off again;
# repair: a fresh form.
STAGES = ("read", "annotate", "strangers", "repair")


def outcome(path: Path, stage: str) -> tuple[str, str]:
    """("read", figures known) or ("refused", the line); any other exception is the caller's to report."""
    try:
        if stage == "strangers" and path.suffix in (".xlsx", ".xlsm"):
            noted_and_cleared(path)
        review = review_file(path, _BOOK)
        json.dumps(check_document(review, path.name, _BOOK), ensure_ascii=False).encode("utf-8", "replace")
        json.dumps(facts_document(review.result.filing), ensure_ascii=False).encode("utf-8", "replace")
        summary(review, _BOOK)
        if review.grid is not None:
            written(review, path, stage)
    except BrokenDefinition:
        raise
    except Problem as problem:
        return "refused", legible(str(problem), 1_000)
    known = sum(1 for fact in review.result.filing.facts.values() if fact.value is not None)
    return "read", str(known)


def written(review: Review, path: Path, stage: str) -> None:
    """What a stage writes of a review; the bytes are let go."""
    if stage == "annotate":
        with Archive.open(path) as archive:
            amended(archive, review_amendment(review, _BOOK))
    elif stage == "repair":
        repair_review(review, _BOOK)


def noted_and_cleared(path: Path) -> None:
    """Notes on a book whosever it is, read back, and taken off: every part must be what it was."""
    try:
        with Archive.open(path) as archive:
            sheet = worksheets(Package(archive))[0].name
            before, untouched = amended(archive, Amendment())
            wanted = Amendment(
                notes=(Note(sheet, "D4", "请核对", ("C4", "E4")), Note(sheet, "XFD1048576", "<a & b>")),
                tints=(Tint(sheet, "A1:C3", Shade.ERROR),),
            )
            noted, outcome = amended(archive, wanted)
    except (Problem, IndexError):
        return  # spoilt so that nothing can be written: said, and no file made
    with Archive.open(noted) as archive:
        archive.prove()
        bare, cleared = amended(archive, Amendment())
    if not untouched.parts_changed:
        assert len(cleared.removed) == len(outcome.placed), "a note of ours was not found again"
        with Archive.open(before) as old, Archive.open(bare) as new:
            assert old.names == new.names, "clearing left other parts"
            lost = [n for n in old.names if not n.endswith("/") and old.read(n) != new.read(n)]
            assert not lost, f"clearing left {lost} changed"


def _peak() -> int:
    """Megabytes this program ever held; ru_maxrss would count those of the process it was forked from."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def main() -> None:
    """Say that all is loaded, then serve until the input ends."""
    print("{}", flush=True)
    for line in sys.stdin:
        started = time.process_time()
        stage, _, path = line.rstrip("\n").partition(" ")
        try:
            kind, text = outcome(Path(path), stage)
        except Exception:
            kind, text = "crashed", traceback.format_exc()[-3_000:]
        seconds = time.process_time() - started
        peak = _peak()
        print(json.dumps({"kind": kind, "text": text, "seconds": seconds, "megabytes": peak}), flush=True)


if __name__ == "__main__":
    main()
