"""Ten thousand filings and one: the matrices, the quick test and the exact checker say the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.rules.random_filings import drawn_pair
from tests.strategies import filing_of
from workbook.form.edition import CellId
from workbook.form.editionfile import all_editions, edition_by_id
from workbook.form.filing import Fact, Filing
from workbook.rules.checker import Visit, check_filing, comparable, concluded
from workbook.rules.expression import parse
from workbook.rules.findings import CheckResult, Severity
from workbook.rules.judging import context_of
from workbook.rules.matrix import Pair, check_filings
from workbook.rules.plan import plan_of
from workbook.rules.rulebook import RuleBook, load_rulebook

BOOK = load_rulebook()
EDITIONS = all_editions()
SEEDS = range(1_200)


def exactly(filing: Filing, prior: Filing | None) -> CheckResult:
    """The same check with every formula evaluated as written, nothing tested on whole numbers."""
    prior, no_prior = comparable(filing, prior)
    plan = plan_of(BOOK, filing.edition, prior.edition if prior else None)
    visit = Visit(filing, prior, no_prior, context_of(filing))
    return concluded(visit, plan, None, range(len(plan.steps)))


def pairs(seeds: Sequence[int]) -> list[Pair]:
    return [drawn_pair(random.Random(seed), EDITIONS) for seed in seeds]


def test_thousands_at_once_one_by_one_and_formula_by_formula_give_the_same() -> None:
    drawn = pairs(SEEDS)
    together = check_filings(drawn, BOOK)
    for (filing, prior), result in zip(drawn, together, strict=True):
        exact = exactly(filing, prior)
        assert result == exact
        assert check_filing(filing, BOOK, prior) == exact
    codes = {finding.rule for result in together for finding in result.findings}
    assert len(codes) > 30  # the comparison is worth something only where rules fail
    assert any(not result.count(Severity.ERROR) for result in together)


def test_order_and_company_change_nothing() -> None:
    drawn = pairs(range(60))
    backwards = check_filings(drawn[::-1], BOOK)[::-1]
    assert check_filings(drawn, BOOK) == backwards
    assert [check_filings([pair], BOOK)[0] for pair in drawn] == backwards
    assert check_filings([], BOOK) == []


def test_every_formula_of_the_rule_book_is_linear() -> None:
    # Not a requirement, but what makes ten thousand filings quick; one that is not is judged exactly.
    for edition in EDITIONS:
        for prior in EDITIONS:
            plan = plan_of(BOOK, edition, prior)
            assert [step.rule.code for step in plan.steps if step.condition is None] == []


@pytest.mark.parametrize(
    "value",
    [
        "999999999999999",
        "9007199254740993",
        "92233720368547758",
        "0.000000000001",
        "123456789.123456",
        "1E+40",
        "-1E-30",
    ],
)
def test_figures_at_the_edge_of_what_a_number_holds(value: str) -> None:
    edition = edition_by_id("2021")
    assert edition is not None
    cells = [CellId("applications", "received", column) for column in ("natural_person", "total")]
    plain = filing_of(edition, dict.fromkeys(edition.cells, 0))
    for off in ("0", "1", "0.000001"):
        facts = {cells[0]: Decimal(value), cells[1]: Decimal(value) + Decimal(off)}
        changed = {cell: Fact(cell, figure, figure) for cell, figure in facts.items()}
        filing = replace(plain, facts={**plain.facts, **changed})
        assert check_filings([(filing, None)], BOOK) == [exactly(filing, None)]


def test_a_formula_that_is_not_linear_is_judged_exactly() -> None:
    rule = BOOK.by_code["YOY-06"]
    curved = replace(rule, tests=(replace(rule.tests[0], formula=parse("this * this <= 100")),))
    book = RuleBook((curved,))
    edition = EDITIONS[-1]
    plan = plan_of(book, edition, edition)
    assert plan.steps
    assert all(step.condition is None for step in plan.steps)
    drawn = [pair for pair in pairs(range(200)) if pair[0].edition_id == edition.id]
    results = check_filings(drawn, book)
    assert results == [check_filing(filing, book, prior) for filing, prior in drawn]
    assert any(result.findings for result in results)
    assert any(result.passed for result in results)
