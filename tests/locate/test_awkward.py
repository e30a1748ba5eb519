"""Awkward reports: two tables wrong at once, blanks beside errors, rows left undivided, slips that cancel."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.filled import save_form, zeros
from tests.locate.oracle import optimum_of_report
from tests.locate.realistic import MAGNITUDES, filing_with, realistic_figures
from tests.locate.seeding import seeded
from tests.locate.test_slips import changes_of, hard, located, with_formulas
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.form.filing import Filing, Observation, Place, Remark
from workbook.form.values import Oddity
from workbook.locate.evidence import Evidence
from workbook.locate.repairs import suggested_repairs
from workbook.locate.system import system_of
from workbook.locate.weights import standard_weights
from workbook.review import review_file
from workbook.rules.checker import check_filing
from workbook.rules.findings import Change
from workbook.rules.rulebook import load_rulebook

BOOK = load_rulebook()
EDITIONS = all_editions()
by_edition = pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
by_magnitude = pytest.mark.parametrize("magnitude", MAGNITUDES)

# More of them: GOUJI_OPTIMALITY=2000 pytest tests/locate/test_awkward.py
MIXED = int(os.environ.get("GOUJI_OPTIMALITY", "20"))


def cell(text: str) -> CellId:
    return CellId.parse(f"applications.{text}")


@by_edition
def test_two_tables_wrong_at_once_are_two_causes(edition: Edition) -> None:
    figures = realistic_figures(edition, "district", random.Random(11))
    wrong, total = (
        cell("dispositions.granted[natural_person]"),
        CellId("challenges", "reconsideration", "total"),
    )
    shown = {**figures, wrong: figures[wrong] + 40, total: figures[total] + 9}
    one, other = hard(located(filing_with(edition, shown)))
    assert {one.mark, other.mark} == {wrong, total}
    located_one = one if one.mark == wrong else other
    assert located_one.unique and located_one.changes[0].after == figures[wrong]
    unlocated = other if one.mark == wrong else one
    assert not unlocated.unique and unlocated.alternatives  # five figures, one sum: any of them may be it


def test_declared_zeros_are_figures(tmp_path: Path) -> None:
    """其余空格均为0 is ticked: a blank is no unknown that could take up the difference."""
    edition = EDITIONS[-1]
    figures: dict[CellId, int | None] = {**realistic_figures(edition, "district", random.Random(4))}
    wrong = cell("dispositions.granted[natural_person]")
    right = figures[wrong]
    assert right is not None
    blank = {key: None for key, value in figures.items() if value == 0}
    filing = filing_with(edition, {**figures, **blank, wrong: right + 6})
    assert any(fact.oddity is Oddity.BLANK for fact in filing.facts.values())
    assert changes_of(located(replace(filing, declared_zero=True)))[wrong] == right


@pytest.mark.parametrize("formulas", [False, True])
def test_rows_left_undivided_are_never_changed(formulas: bool) -> None:
    """（六） printed as one row is read as its rest; the other two rows are not on the sheet."""
    edition = EDITIONS[-1]
    absent = ("dispositions.other.not_supplemented", "dispositions.other.fee_unpaid")
    figures = realistic_figures(edition, "district", random.Random(6))
    for key in edition.by_id["applications"].cells:
        if key.row in absent:
            figures[cell(f"dispositions.other.rest[{key.column}]")] += figures[key]
            figures[key] = 0
    wrong = cell("dispositions.other.rest[natural_person]")
    filing = filing_with(edition, {**figures, wrong: figures[wrong] + 2}, formulas=formulas)
    facts = {
        key: replace(fact, place=None if key.row in absent else Place("三", "A1"))
        for key, fact in filing.facts.items()
    }
    seen = (Observation(Remark.UNDIVIDED, "applications", "（六）其他处理"),)
    (cause,) = hard(located(replace(filing, facts=facts, observations=seen)))
    ways = [cause.changes, *cause.alternatives] if cause.changes else list(cause.alternatives)
    assert ways
    assert not any(change.cell.row in absent for way in ways for change in way)
    if not formulas:
        assert cause.unique and changes_of(located(replace(filing, facts=facts)))[wrong] == figures[wrong]


def test_signed_changes_and_decimals_of_table_two_stay_out_of_it() -> None:
    old, new = EDITIONS
    for edition, beside in (
        (old, {"proactive.licences[change]": Decimal(-8), "proactive.licences[previous_items]": Decimal(20)}),
        (new, {"proactive.fees[amount]": Decimal("25.123456")}),
    ):
        figures = realistic_figures(edition, "district", random.Random(8))
        wrong = cell("received[natural_person]")
        shown: dict[CellId, int | Decimal | None] = {**figures, wrong: figures[wrong] * 10 + 1}
        shown |= {CellId.parse(key): value for key, value in beside.items()}
        (cause,) = hard(located(filing_with(edition, shown)))
        assert cause.changes == (Change(wrong, Decimal(figures[wrong] * 10 + 1), Decimal(figures[wrong])),)
        assert cause.kind == "digit_added"


def test_a_fraction_of_a_case_is_the_wrong_figure() -> None:
    edition = EDITIONS[-1]
    figures = realistic_figures(edition, "district", random.Random(8))
    wrong = cell("dispositions.granted[natural_person]")
    for formulas in (False, True):
        shown: dict[CellId, int | Decimal | None] = {**figures, wrong: Decimal("3.5")}
        (cause,) = hard(located(filing_with(edition, shown, formulas=formulas)))  # type: ignore[arg-type]
        assert {change.cell: change.after for change in cause.changes} == {wrong: Decimal(figures[wrong])}


@by_magnitude
@pytest.mark.parametrize("formulas", [False, True])
@pytest.mark.parametrize("name", ["moved", "moved_across", "compensating"])
def test_errors_that_cancel_are_never_put_right_elsewhere(name: str, formulas: bool, magnitude: str) -> None:
    """A result booked in the wrong row or column: some sums hold, and which pair it is nobody can tell."""
    draw = random.Random(f"{name}{magnitude}{formulas}")
    if (name, formulas, magnitude) == ("compensating", False, "township"):
        return  # too few figures for four of them to cancel
    for number in range(20):
        case = seeded(name, EDITIONS[number % 2], magnitude, draw, formulas=formulas)
        for cause in located(case.filing).causes:
            best = cause.changes or (cause.alternatives[0] if cause.alternatives else ())
            elsewhere = any(change.cell not in case.truth for change in best)
            assert not elsewhere or (cause.confidence or 0) <= 0.5
            assert not (elsewhere and cause.unique)


def mixed_reports(count: int) -> list[Filing]:
    """Some totals typed, some computed, one to three cells wrong."""
    draw, found = random.Random("mixed"), []
    while len(found) < count:
        edition = draw.choice(EDITIONS)
        figures = realistic_figures(edition, draw.choice(list(MAGNITUDES)), draw)
        computed = {total for total in edition.totals if draw.random() < draw.choice([0, 0.3, 0.7, 1])}
        typed = [key for key in edition.cells if key.table != "proactive" and key not in computed]
        wrong = {key: figures[key] + draw.randint(1, 30) for key in draw.sample(typed, draw.randint(1, 3))}
        found.append(with_formulas(edition, {**figures, **wrong}, computed))
    return found


def test_what_is_called_unique_has_no_rival_by_another_solver_either() -> None:
    """Every other way to a report that adds up weighs more than the margin beyond the repair."""
    weights, met = standard_weights(), 0
    for number, filing in enumerate(mixed_reports(MIXED)):
        result = located(filing)
        causes = hard(result)
        if not causes or not all(cause.unique for cause in causes):
            continue
        system = system_of(check_filing(filing, BOOK), BOOK)
        evidence = Evidence(system, weights, BOOK, result, None, {})
        prices = dict(zip(system.structure.cells, evidence.change_weights, strict=True))
        repaired = {change.cell: int(change.after) for cause in causes for change in cause.changes}
        least = sum(prices[key] for key in repaired)
        rival = optimum_of_report(filing, prices, other_than=repaired)
        assert rival is None or rival > least + weights.rival_margin, number
        assert optimum_of_report(filing, prices) == least, number
        met += 1
    assert met > MIXED // 5


def test_prose_against_a_computed_total_holds_a_repair_back() -> None:
    """The wrong sign in a part: the total is a formula and follows, and the text states another total."""
    case = seeded("sign", EDITIONS[-1], "district", random.Random(1), formulas=True)
    (wrong,) = case.truth
    total = cell(f"{wrong.row}[total]")
    assert changes_of(located(case.filing)) == case.truth
    assert [change.cell for change in suggested_repairs(located(case.filing))] == [wrong]
    told = located(case.filing, prose={total: Decimal(case.right[total] + 5)})
    assert suggested_repairs(told, 0) == []
    agreed = located(case.filing, prose={total: Decimal(case.right[total])})
    assert [change.cell for change in suggested_repairs(agreed)] == [wrong]


def test_a_review_takes_what_the_sentences_state(tmp_path: Path) -> None:
    """A sentence that states the doubtful figure itself keeps it from being mended without asking."""
    facts = zeros("2021")
    for row, value in (("received", 5), ("dispositions.granted", 5), ("dispositions.total", 5)):
        for column in ("natural_person", "total"):
            facts[f"applications.{row}[{column}]"] = value
    facts["applications.received[total]"] = 0
    form = save_form(tmp_path / "报.xlsx", "2021", facts)
    total = cell("received[total]")
    silent = review_file(form, BOOK)
    assert {change.cell: change.after for change in suggested_repairs(silent.result)} == {total: Decimal(5)}
    words = {"overview": "2022年，本单位收到政府信息公开申请0件。"}
    told = review_file(save_form(tmp_path / "写.xlsx", "2021", facts, sections=words), BOOK)
    assert any(cause.against_prose for cause in told.result.causes)
    assert suggested_repairs(told.result) == []
