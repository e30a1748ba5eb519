"""Checks one file after another for the fuzz run; the limits are set from outside, before it starts.

A line with a path comes in, a line of JSON goes out: what became of the file, CPU seconds, peak memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import traceback
from pathlib import Path

from workbook.files.amend import amended
from workbook.files.archive import Archive
from workbook.form.facts import facts_document
from workbook.form.labels import legible
from workbook.problems import BrokenDefinition, Problem
from workbook.report import check_document, summary
from workbook.review import review_amendment, review_file
from workbook.rules.rulebook import load_rulebook

_BOOK = load_rulebook()


def outcome(path: Path, *, annotate: bool) -> tuple[str, str]:
    """("read", figures known) or ("refused", the line); any other exception is the caller's to report."""
    try:
        review = review_file(path, _BOOK)
        json.dumps(check_document(review, path.name, _BOOK), ensure_ascii=False).encode("utf-8", "replace")
        json.dumps(facts_document(review.result.filing), ensure_ascii=False).encode("utf-8", "replace")
        summary(review, _BOOK)
        if annotate and review.grid is not None:
            with Archive.open(path) as archive:
                amended(archive, review_amendment(review, _BOOK))
    except BrokenDefinition:
        raise
    except Problem as problem:
        return "refused", legible(str(problem), 1_000)
    known = sum(1 for fact in review.result.filing.facts.values() if fact.value is not None)
    return "read", str(known)


def main() -> None:
    """Serve until the input ends."""
    for number, line in enumerate(sys.stdin):
        started = time.process_time()
        try:
            kind, text = outcome(Path(line.rstrip("\n")), annotate=number % 4 == 0)
        except Exception:
            kind, text = "crashed", traceback.format_exc()[-3_000:]
        seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"kind": kind, "text": text, "seconds": seconds, "megabytes": peak}), flush=True)


if __name__ == "__main__":
    main()
