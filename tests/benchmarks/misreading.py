"""How often damaged reports are misread in silence, and how often a figure is doubted without need.

Run as `python tests/benchmarks/misreading.py [cases] [seed] [shown]`. Each case is a made-up report in one of
the layouts of `tests/published`, harmed in one to three ways of `tests/published/damage.py`; `shown` prints
that many of the cases with a figure read as certain that was another.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.published.damaged_reports import KINDS, Case, made, read, wrong


def main(cases: int = 4_000, seed: int = 1, shown: int = 0) -> None:
    of = {kind: Counter[str]() for kind in KINDS}
    harms: Counter[str] = Counter()
    harmed: Counter[str] = Counter()
    for number in range(cases):
        kind = KINDS[number % len(KINDS)]
        case = made(kind, seed * 1_000_003 + number)
        filing = read(case)
        count = of[kind]
        count["cases"] += 1
        harmed.update(case.harms)
        if filing is None:
            count["refused"] += 1
            continue
        count["figures"] += len(case.truth)
        count["uncertain"] += len(filing.uncertain) + sum(
            len(filing.edition.by_id[table].cells) for table in filing.missing_tables
        )
        bad = wrong(case, filing)
        if bad:
            count["wrong cases"] += 1
            count["wrong figures"] += len(bad)
            harms.update(case.harms)
            if shown > 0:
                shown -= 1
                show(case, bad)
    for kind, count in of.items():
        share = count["uncertain"] / max(1, count["figures"])
        print(
            f"{kind}: {count['cases']} cases, {count['refused']} refused, {count['figures']} figures, "
            f"{count['wrong figures']} silently wrong in {count['wrong cases']} cases, {share:.1%} uncertain"
        )
    print({harm: f"{number}/{harmed[harm]}" for harm, number in harms.most_common()})


def show(case: Case, bad: dict[str, tuple[object, str]]) -> None:
    print(f"--- {case.kind} {case.seed} {case.edition.id} {case.layout} zero={case.zero!r} {case.harms}")
    for cell, (there, truth) in list(bad.items())[:6]:
        print(f"    {cell}: {there!r} for {truth!r}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
