"""Seeded slips are located, named and put right; what cannot be told is not claimed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.locate.realistic import MAGNITUDES, filing_with, realistic_figures, totals
from tests.locate.seeding import TYPED_ONLY, Seeded, seeded
from tests.strategies import balanced_filings, steady
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.form.filing import Filing
from workbook.locate.causes import group_causes
from workbook.locate.repairs import suggested_repairs
from workbook.locate.weights import standard_weights
from workbook.rules.checker import check_filing
from workbook.rules.equalities import hard_equalities
from workbook.rules.findings import Cause, Change, CheckResult
from workbook.rules.rulebook import load_rulebook

BOOK = load_rulebook()
EDITIONS = all_editions()
by_edition = pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
by_magnitude = pytest.mark.parametrize("magnitude", MAGNITUDES)

DIGIT_KINDS = ("digit_changed", "digit_dropped", "digit_added", "digits_swapped", "sign")


def located(filing: Filing, prior: Filing | None = None, **more: object) -> CheckResult:
    return group_causes(check_filing(filing, BOOK, prior), BOOK, prior, **more)  # type: ignore[arg-type]


def hard(result: CheckResult) -> list[Cause]:
    """The causes of broken sums."""
    rules = {item.rule for item in hard_equalities(BOOK, result.filing.edition)}
    return [c for c in result.causes if any(result.findings[index].rule in rules for index in c.findings)]


def changes_of(result: CheckResult) -> dict[CellId, Decimal]:
    return {change.cell: change.after for cause in result.causes for change in cause.changes}


def cell(text: str) -> CellId:
    return CellId.parse(f"applications.{text}")


@by_edition
@by_magnitude
def test_every_cell_of_table_three_is_found_when_it_alone_is_wrong(edition: Edition, magnitude: str) -> None:
    """Typed totals: the distance of the code is four, so one wrong figure has one explanation."""
    draw = random.Random(magnitude)
    figures = realistic_figures(edition, magnitude, draw)
    for wrong in edition.by_id["applications"].cells:
        amount = figures[wrong] + draw.choice([-1, 1, 7, 30])
        filing = filing_with(
            edition, {**figures, wrong: amount if amount >= 0 else figures[wrong] + 1}, magnitude
        )
        (cause,) = hard(located(filing))
        assert cause.unique
        assert cause.mark == wrong
        assert [(change.cell, change.after) for change in cause.changes] == [(wrong, figures[wrong])]
        assert (cause.confidence or 0) > 0.95


@by_magnitude
@pytest.mark.parametrize(
    ("name", "least"), [("two_errors", 0.97), ("three_errors", 0.97), ("five_errors", 0.8)]
)
def test_several_errors_are_found_together(name: str, least: float, magnitude: str) -> None:
    right = 0
    for number in range(12):
        case = seeded(name, EDITIONS[number % 2], magnitude, random.Random(f"{name}{magnitude}{number}"))
        result = located(case.filing)
        right += changes_of(result) == case.truth
        # Five errors may by chance hide one another; that fewer changes then explain the rest is no mistake.
        count = sum(len(cause.changes) for cause in hard(result))
        assert count <= len(case.truth) or not all(cause.unique for cause in hard(result))
    assert right >= least * 12 - 1


@pytest.mark.parametrize("kind", DIGIT_KINDS)
def test_typing_errors_are_recognised_by_kind(kind: str) -> None:
    recognised = 0
    for number in range(40):
        magnitude = ("district", "capital")[number % 2]
        case = seeded(kind, EDITIONS[number % 2], magnitude, random.Random(f"{kind}{number}"))
        (cause,) = hard(located(case.filing))
        recognised += cause.kind == kind and changes_of(located(case.filing)) == case.truth
    assert recognised >= 0.95 * 40


@pytest.mark.parametrize(
    "kind", ["total_not_filled", "total_in_part", "shifted_row", "shifted_column", "unit_slip"]
)
def test_other_slips_are_recognised(kind: str) -> None:
    recognised = 0
    for number in range(20):
        case = seeded(kind, EDITIONS[-1], "district", random.Random(f"{kind}{number}"))
        result = located(case.filing, case.prior)
        recognised += kind in {cause.kind for cause in result.causes}
    assert recognised >= 18


@by_magnitude
@pytest.mark.parametrize(
    "name", sorted({"wrong_figure", "two_errors", "digit_changed", "shifted_column"} - TYPED_ONLY)
)
def test_formula_totals_leave_it_open_and_say_so(name: str, magnitude: str) -> None:
    """A wrong part breaks only the balance of its column: nothing is unique, no computed total changes."""
    for number in range(10):
        draw = random.Random(f"{name}{magnitude}{number}")
        case = seeded(name, EDITIONS[number % 2], magnitude, draw, formulas=True, outside=number % 2 == 0)
        result = located(case.filing, case.prior, prose=case.prose)
        computed = case.filing.edition.totals
        for cause in hard(result):
            assert not cause.unique
            ways = [cause.changes, *cause.alternatives] if cause.changes else list(cause.alternatives)
            assert len(ways) > 1
            assert not any(change.cell in computed for way in ways for change in way)
            assert cause.mark is not None
            columns = {change.cell.column for way in ways for change in way}
            assert cause.mark.column in columns | {"total"}


def test_an_impossible_figure_is_the_wrong_one_even_where_totals_are_formulas() -> None:
    case = seeded("sign", EDITIONS[-1], "district", random.Random(1), formulas=True)
    (cause,) = hard(located(case.filing))
    assert {change.cell: change.after for change in cause.changes} == case.truth
    assert cause.kind == "sign"
    result = located(case.filing)
    negative = [index for index, item in enumerate(result.findings) if item.rule == "CEL-01"]
    assert negative and set(negative) <= set(cause.findings)  # the computed total beside it too


@by_edition
@steady
@given(data=st.data())
def test_no_repair_without_findings(edition: Edition, data: st.DataObject) -> None:
    result = located(data.draw(balanced_filings(edition)))
    assert not hard(result)
    assert not any(cause.unique for cause in result.causes)


def test_the_prose_decides_between_equal_repairs() -> None:
    """A column out of balance by 4; the text says how many were received in all."""
    edition = EDITIONS[-1]
    figures = realistic_figures(edition, "district", random.Random(3))
    wrong = cell("received[natural_person]")
    shown = {**figures, wrong: figures[wrong] + 4}
    filing = filing_with(edition, shown, formulas=True)
    (alone,) = hard(located(filing))
    total = cell("received[total]")
    (told,) = hard(located(filing, prose={total: Decimal(figures[total])}))
    assert told.changes == (Change(wrong, Decimal(shown[wrong]), Decimal(figures[wrong])),)
    assert not told.unique
    assert (told.confidence or 0) > (alone.confidence or 0)


def test_last_years_figure_is_not_blamed() -> None:
    """brought_forward agrees with last year's report: it is no longer the likeliest of several."""
    edition = EDITIONS[-1]
    figures = realistic_figures(edition, "district", random.Random(5))
    brought = cell("brought_forward[natural_person]")
    filing = filing_with(
        edition, {**figures, cell("received[natural_person]"): figures[brought] + 1}, formulas=True, year=2023
    )
    last_year = dict.fromkeys(edition.cells, 0)
    for column in ("natural_person", "business", "research", "public_interest", "legal_services", "other"):
        last_year[cell(f"carried_forward[{column}]")] = figures[cell(f"brought_forward[{column}]")]
    prior = filing_with(edition, last_year | totals(edition, last_year), year=2022)
    (cause,) = hard(located(filing, prior))
    first = cause.changes or cause.alternatives[0]
    assert all(change.cell.row != "brought_forward" for change in first)


def test_a_formula_that_adds_something_else_is_a_cause_of_its_own() -> None:
    """The total is computed but leaves out a part: the formula is wrong, no figure is blamed."""
    edition = EDITIONS[-1]
    figures = realistic_figures(edition, "district", random.Random(8))
    filing = filing_with(edition, figures, formulas=True)
    total = cell("received[total]")
    wrong = replace(filing.facts[total], value=(filing.facts[total].value or Decimal(0)) + 3)
    result = located(replace(filing, facts={**filing.facts, total: wrong}))
    assert hard(result)
    for cause in hard(result):
        assert not cause.changes and not cause.unique
        assert cause.mark is not None and cause.mark.column == "total"


def test_blanks_that_follow_from_the_sums_are_proposed() -> None:
    case = seeded("blank_total", EDITIONS[-1], "district", random.Random(2))
    result = located(case.filing)
    (cause,) = [cause for cause in result.causes if cause.changes]
    assert {change.cell: change.after for change in cause.changes} == case.truth
    assert all(change.before is None for change in cause.changes)
    assert cause.kind == "total_not_filled"


def test_a_blank_nothing_determines_stays_blank() -> None:
    edition = EDITIONS[-1]
    figures: dict[CellId, int | None] = {**realistic_figures(edition, "district", random.Random(2))}
    figures[CellId("proactive", "licences", "decisions")] = None
    result = located(filing_with(edition, figures))
    assert not any(cause.changes for cause in result.causes)


def test_a_wrong_figure_is_found_beside_a_blank() -> None:
    edition = EDITIONS[-1]
    figures: dict[CellId, int | None] = {**realistic_figures(edition, "district", random.Random(4))}
    blank, wrong = cell("received[business]"), cell("dispositions.granted[natural_person]")
    right = figures[wrong]
    assert right is not None
    figures |= {blank: None, wrong: right + 6}
    (cause,) = hard(located(filing_with(edition, figures)))
    assert cause.changes == (Change(wrong, Decimal(right + 6), Decimal(right)),)


def test_what_is_not_found_in_time_is_said() -> None:
    case = seeded("five_errors", EDITIONS[-1], "capital", random.Random(6))
    weights = standard_weights()
    hurried = replace(weights, effort=replace(weights.effort, nodes=2))
    result = located(case.filing, weights=hurried)
    causes = hard(result)
    assert causes and not any(cause.unique for cause in causes)
    assert any(not cause.in_time for cause in causes)


def test_only_unique_and_well_founded_repairs_are_suggested() -> None:
    case = seeded("digit_changed", EDITIONS[-1], "district", random.Random(9))
    result = located(case.filing)
    assert {change.cell: change.after for change in suggested_repairs(result, 0.9)} == case.truth
    assert suggested_repairs(result, 1.01) == []
    against = replace(result, causes=tuple(replace(cause, against_prose=True) for cause in result.causes))
    assert suggested_repairs(against, 0.9) == []
    open_case = seeded("digit_changed", EDITIONS[-1], "district", random.Random(9), formulas=True)
    assert suggested_repairs(located(open_case.filing), 0.0) == []


def test_a_total_that_the_prose_contradicts_is_not_suggested() -> None:
    """The text repeats the figure that stands there: then the table may be right and its parts wrong."""
    case = seeded("total_not_filled", EDITIONS[-1], "district", random.Random(9))
    (total,) = case.truth
    result = located(case.filing, prose={total: Decimal(0)})
    assert suggested_repairs(result, 0.5) == []
    assert suggested_repairs(located(case.filing), 0.5)


def test_the_answer_is_the_same_every_time() -> None:
    def twice(case: Seeded) -> tuple[Cause, ...]:
        return located(case.filing, case.prior, prose=case.prose).causes

    for name in ("three_errors", "shifted_row", "moved"):
        case = seeded(name, EDITIONS[-1], "district", random.Random(name), outside=True)
        assert twice(case) == twice(case)


@by_edition
@steady
@given(data=st.data())
def test_whatever_is_typed_or_computed_every_promise_holds(edition: Edition, data: st.DataObject) -> None:
    """Some totals are formulas, some cells blank or negative: a unique repair mends its cause as a whole."""
    draw = random.Random(data.draw(st.integers(0, 10**6)))
    figures = realistic_figures(edition, draw.choice(list(MAGNITUDES)), draw)
    computed = {total for total in edition.totals if draw.random() < draw.choice([0, 0.5, 1])}
    cells = [key for key in edition.cells if key.table != "proactive" and key not in computed]
    wrong: dict[CellId, int | None] = {
        key: draw.choice([None, -3, figures[key] + draw.randint(1, 9), draw.randint(0, 30)])
        for key in draw.sample(cells, data.draw(st.integers(0, 5)))
    }
    result = located(with_formulas(edition, {**figures, **wrong}, computed))
    counted = sorted(index for cause in result.causes for index in cause.findings)
    assert counted == list(range(len(result.findings)))
    for cause in result.causes:
        ways = [cause.changes, *cause.alternatives]
        assert not any(change.cell in computed for way in ways for change in way)
        assert len(cause.alternatives) <= 5
    repaired = {change.cell: int(change.after) for c in result.causes if c.unique for change in c.changes}
    again = located(with_formulas(edition, {**figures, **wrong, **repaired}, computed))
    if all(cause.unique for cause in hard(result)):
        assert not hard(again)


def with_formulas(edition: Edition, figures: Mapping[CellId, int | None], computed: set[CellId]) -> Filing:
    """A filing in which these totals are formulas over what stands in their parts; blank where a part is."""
    whole = dict(figures)
    for total, parts in edition.totals.items():
        if total in computed:
            known = [whole[part] for part in parts]
            whole[total] = None if None in known else sum(value for value in known if value is not None)
    filing = filing_with(edition, whole)
    facts = {
        key: replace(fact, formula="SUM(A1:A2)") if key in computed else fact
        for key, fact in filing.facts.items()
    }
    return replace(filing, facts=facts)
