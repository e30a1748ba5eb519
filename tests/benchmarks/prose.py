"""What reading the prose costs, and finding texts that are alike among a province's units.

Run: python -m tests.benchmarks.prose [units]. The ratios are what counts.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from tests.campaign.narratives import words_of
from tests.campaign.simulated import balanced, totals_of
from tests.filled import filing_of
from workbook.form.filing import Filing
from workbook.prose.similarity import essence, shingles, similarity
from workbook.prose.verify import verify_prose
from workbook.results.alike import alike_units
from workbook.rules.checker import check_filing
from workbook.rules.rulebook import RuleBook, load_rulebook

BOOK = load_rulebook()
FILINGS, PAIRWISE, PROVINCE = 200, 300, 15_000


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def report(seed: int) -> tuple[Filing, Filing]:
    """A report with a whole narrative, and last year's."""
    chance = random.Random(seed)
    before = balanced(chance, None)
    now = balanced(chance, before)
    return _filing(now, 2025, chance), _filing(before, 2024, chance)


def _filing(figures: dict, year: int, chance: random.Random) -> Filing:  # type: ignore[type-arg]
    facts = {str(cell): value for cell, value in {**figures, **totals_of(figures)}.items()}
    words = words_of("某市第1局", year, figures, chance)
    return replace(filing_of("2021", facts, sections=words), year=year)


def main(units: int) -> None:
    """Print the table."""
    reports = [report(seed) for seed in range(FILINGS)]
    verify_prose(*_args(reports[0]))
    tables = seconds(lambda: [check_filing(now, BOOK, before) for now, before in reports]) / FILINGS
    prose = seconds(lambda: [verify_prose(*_args(pair)) for pair in reports]) / FILINGS
    signs = sum(len(text) for now, _ in reports for text in now.sections.values()) / FILINGS
    print(f"表格核对 {tables * 1e3:.1f} 毫秒一份；文字核对 {prose * 1e3:.1f} 毫秒一份（平均{signs:.0f}字），"
          f"为表格的{prose / tables:.1f}倍")  # fmt: skip
    texts = {f"{number:05}": report(number)[0].sections for number in range(units)}
    all_pairs = [shingles(essence(said["overview"])) for said in list(texts.values())[:PAIRWISE]]
    count = PAIRWISE * (PAIRWISE - 1) / 2
    one_pair = seconds(lambda: [similarity(a, b) for a in all_pairs for b in all_pairs]) / PAIRWISE**2
    start = time.process_time()
    found = alike_units(texts, 0.9)
    banded = time.process_time() - start
    pairs = units * (units - 1) / 2
    plainly = one_pair * pairs * 2
    print(f"雷同：{units}个单位两部分文字 {banded:.1f} 秒，找到{len(found)}对；")
    print(f"逐对比较（由{count:.0f}对推算）要 {plainly:.0f} 秒，为{plainly / banded:.0f}倍")


def _args(pair: tuple[Filing, Filing]) -> tuple[Filing, RuleBook, Filing]:
    return pair[0], BOOK, pair[1]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PROVINCE)
