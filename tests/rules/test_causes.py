"""One slip, one complaint: which findings come of one wrong figure, and when that cannot be told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import (
    balanced_figures,
    balanced_filings,
    counted_cells,
    filing_of,
    steady,
    with_figures,
)
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.form.facts import read_facts
from workbook.form.filing import Filing
from workbook.locate.causes import group_causes
from workbook.rules.checker import check_filing
from workbook.rules.findings import Cause, Change, CheckResult
from workbook.rules.rulebook import load_rulebook

BOOK = load_rulebook()
EDITIONS = all_editions()
by_edition = pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
NINGBO = Path(__file__).parents[2] / "templates" / "ningbo-2019.json"


def checked(filing: Filing, prior: Filing | None = None) -> CheckResult:
    return group_causes(check_filing(filing, BOOK, prior), BOOK)


def arithmetic(result: CheckResult) -> list[Cause]:
    """The causes that hold a broken equality."""
    return [
        cause
        for cause in result.causes
        if any(result.findings[index].rule[:3] in ("SUM", "BAL") for index in cause.findings)
    ]


def cell(text: str) -> CellId:
    return CellId.parse(f"applications.{text}")


def test_the_report_of_ningbo_has_one_cause_with_two_changes() -> None:
    result = checked(read_facts(NINGBO))
    (cause,) = arithmetic(result)
    assert cause.changes == (
        Change(cell("dispositions.total[natural_person]"), Decimal(0), Decimal(5)),
        Change(cell("dispositions.total[total]"), Decimal(0), Decimal(5)),
    )
    assert cause.unique
    assert cause.kind == "total_not_filled"
    rules = [result.findings[index].rule for index in cause.findings]
    assert sorted(rules) == ["BAL-01", "BAL-01", "SUM-02", "SUM-02"]


def test_the_missing_table_and_the_misread_column_are_causes_of_their_own() -> None:
    result = checked(read_facts(NINGBO))
    severe = [
        {result.findings[index].rule for index in cause.findings}
        for cause in result.causes
        if any(result.findings[index].severity.value != "warning" for index in cause.findings)
    ]
    assert severe == [{"TPL-02"}, {"SUM-02", "BAL-01"}, {"STK-04"}]


def balanced(edition: Edition) -> Filing:
    """A small balanced filing with a different figure in every column."""
    figures = dict.fromkeys(edition.cells, 0)
    columns = [c.id for c in edition.by_id["applications"].blocks[0].column_leaves if not c.is_total]
    for number, column in enumerate(columns, start=2):
        figures[CellId("applications", "dispositions.granted", column)] = number
        figures[CellId("applications", "dispositions.denied.deliberative", column)] = number * 10
        figures[CellId("applications", "received", column)] = number * 11 + 3
        figures[CellId("applications", "carried_forward", column)] = 3
    for total, parts in edition.totals.items():
        figures[total] = sum(figures[part] for part in parts)
    return filing_of(edition, figures)


@by_edition
@pytest.mark.parametrize(
    "wrong",
    [
        "dispositions.granted[business]",
        "received[natural_person]",
        "dispositions.total[research]",
        "dispositions.total[total]",
        "received[total]",
        "dispositions.denied.deliberative[total]",
    ],
)
def test_a_single_wrong_cell_is_found(edition: Edition, wrong: str) -> None:
    filing = balanced(edition)
    right = filing.value(cell(wrong))
    assert right is not None
    result = checked(with_figures(filing, {cell(wrong): right + 7}))
    (cause,) = arithmetic(result)
    assert cause.mark == cell(wrong)
    assert cause.changes == (Change(cell(wrong), right + 7, right),)
    assert cause.unique


@by_edition
def test_a_row_total_of_challenges_may_be_wrong_or_any_of_its_parts(edition: Edition) -> None:
    """One equality alone cannot tell which of its five figures is wrong."""
    filing = balanced(edition)
    total = CellId("challenges", "reconsideration", "total")
    result = checked(with_figures(filing, {total: 11}))
    (cause,) = arithmetic(result)
    assert not cause.unique
    assert not cause.changes
    assert cause.mark == total
    assert len(cause.alternatives) > 1
    assert (Change(total, Decimal(11), Decimal(0)),) in cause.alternatives


@by_edition
def test_two_independent_slips_are_two_causes(edition: Edition) -> None:
    filing = balanced(edition)
    one, other = cell("dispositions.granted[business]"), cell("received[legal_services]")
    values = {key: filing.value(key) or Decimal(0) for key in (one, other)}
    result = checked(with_figures(filing, {key: value + 5 for key, value in values.items()}))
    causes = arithmetic(result)
    assert {cause.mark for cause in causes} == {one, other}
    assert all(cause.unique and cause.changes[0].after == values[cause.changes[0].cell] for cause in causes)


@by_edition
def test_with_formula_totals_the_wrong_cell_of_a_column_is_not_unique(edition: Edition) -> None:
    """Computed totals follow every slip: only the balances break, each figure may be it."""
    filing = balanced(edition)
    wrong = cell("received[business]")
    figures = {key: int(filing.value(key) or 0) for key in edition.cells} | {wrong: 99}
    for total, parts in edition.totals.items():
        figures[total] = sum(figures[part] for part in parts)
    shown = filing_of(edition, figures)
    computed = {
        key: replace(fact, formula="SUM(A1:A2)") if key in edition.totals else fact
        for key, fact in shown.facts.items()
    }
    result = checked(replace(shown, facts=computed))
    causes = arithmetic(result)
    assert {result.findings[index].rule for cause in causes for index in cause.findings} == {"BAL-01"}
    assert len(causes) == 1
    assert not causes[0].unique
    assert not causes[0].changes
    assert causes[0].alternatives


def test_last_years_report_decides_between_equal_repairs() -> None:
    """Where the equalities leave a choice, the figure that last year's report asks for is taken."""
    edition = EDITIONS[-1]
    filing = balanced(edition)
    brought = cell("brought_forward[business]")
    figures = {key: int(filing.value(key) or 0) for key in edition.cells} | {brought: 2}
    for total, parts in edition.totals.items():
        figures[total] = sum(figures[part] for part in parts)
    shown = filing_of(edition, figures, year=2023)
    computed = {
        key: replace(fact, formula="SUM(A1:A2)") if key in edition.totals else fact
        for key, fact in shown.facts.items()
    }
    prior = filing_of(edition, dict.fromkeys(edition.cells, 0), year=2022)
    result = checked(replace(shown, facts=computed), prior)
    (cause,) = arithmetic(result)
    assert cause.changes == (Change(brought, Decimal(2), Decimal(0)),)
    rules = {result.findings[index].rule for index in cause.findings}
    assert rules >= {"BAL-01", "YOY-02"}


@by_edition
@steady
@given(data=st.data())
def test_no_cause_without_findings(edition: Edition, data: st.DataObject) -> None:
    result = checked(data.draw(balanced_filings(edition)))
    assert not arithmetic(result)
    assert len(result.causes) <= len(result.findings)


@by_edition
@steady
@given(data=st.data())
def test_every_finding_is_in_exactly_one_cause(edition: Edition, data: st.DataObject) -> None:
    figures = data.draw(balanced_figures(edition))
    cells = data.draw(
        st.lists(counted_cells(edition, "proactive", "applications", "challenges"), min_size=1, max_size=5)
    )
    values = st.one_of(st.none(), st.integers(-5, 5000), st.sampled_from(["/", "3件", "约十件"]))
    changed: dict[CellId, int | str | None] = {**figures, **{key: data.draw(values) for key in cells}}
    result = checked(filing_of(edition, changed))
    counted = Counter(index for cause in result.causes for index in cause.findings)
    assert counted == Counter(range(len(result.findings)))
    assert [cause.number for cause in result.causes] == list(range(1, len(result.causes) + 1))


@by_edition
@steady
@given(data=st.data())
def test_a_located_repair_mends_what_it_says_it_mends(edition: Edition, data: st.DataObject) -> None:
    filing = data.draw(balanced_filings(edition))
    key = data.draw(counted_cells(edition, "applications"))
    amount = data.draw(st.integers(1, 9999))
    result = checked(with_figures(filing, {key: (filing.value(key) or 0) + amount}))
    (cause,) = arithmetic(result)
    if cause.changes:
        mended = with_figures(result.filing, {change.cell: change.after for change in cause.changes})
        assert not arithmetic(checked(mended))
