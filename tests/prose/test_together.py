"""One report and many: the same findings on tables and prose; texts without end are read up to a bound."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from tests.campaign.mistakes import MISTAKES
from tests.campaign.narratives import words_of
from tests.campaign.simulated import Figures, balanced, totals_of
from tests.filled import filing_of
from tests.prose.corpus import reports
from workbook.form.filing import Filing
from workbook.prose.verify import verify_prose
from workbook.review import check_report, review_filing, review_result
from workbook.rules.matrix import check_filings
from workbook.rules.rulebook import load_rulebook

BOOK = load_rulebook()
SOMEWHERE = Path("报.xlsx")


def filing(figures: Figures, words: dict[str, str], year: int) -> Filing:
    facts = {str(cell): value for cell, value in {**figures, **totals_of(figures)}.items()}
    return replace(filing_of("2021", facts, sections=words), year=year, words_read=True)


def pairs() -> list[tuple[Filing, Filing | None]]:
    """A report for each seeded mistake, last year's beside every second."""
    made: list[tuple[Filing, Filing | None]] = []
    for number, mistake in enumerate(MISTAKES):
        chance = random.Random(number)
        before = balanced(chance, None)
        now = balanced(chance, before)
        told = words_of("某市某局", 2025, now, chance, mistake)
        last = filing(before, words_of("某市某局", 2024, before, chance), 2024)
        made.append((filing(now, told, 2025), last if number % 2 else None))
    return made


def test_one_report_and_many_give_the_same() -> None:
    drawn = pairs()
    together = check_filings(drawn, BOOK)
    for (report, prior), checked in zip(drawn, together, strict=True):
        review = review_result(checked, None, SOMEWHERE, BOOK, prior)
        assert review.result == review_filing(report, None, SOMEWHERE, BOOK, prior).result
        exact = check_report(report, BOOK, prior)
        assert (review.result.findings, review.result.numbers) == (exact.findings, exact.numbers)
    backwards = check_filings(drawn[::-1], BOOK)[::-1]
    assert backwards == together


def test_the_mistakes_in_words_are_found_wherever_they_are_checked() -> None:
    for (report, prior), mistake in zip(pairs(), MISTAKES, strict=True):
        if mistake.asked and not mistake.figures and "NAR-21" not in mistake.rules:
            found = {finding.rule for finding in check_report(report, BOOK, prior).findings}
            assert mistake.rules <= found, mistake.name


def test_a_text_without_end_is_read_up_to_a_bound() -> None:
    report, prior = reports()["A"]
    for piece in ("收到申请1件，", "占1%", "其中1件", "分别为1件、2件、", "（（（（", "公民、法人"):
        text = piece * (40_000 // len(piece))
        check = verify_prose(replace(report, sections={"overview": text}), BOOK, prior)
        assert len(check.numbers) <= 1_000
