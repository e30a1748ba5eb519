"""The checker: three-valued throughout, and exactly the equalities that a wrong cell stands in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import balanced_filings, counted_cells, filing_of, steady, with_figures
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.form.filing import Filing, Organ
from workbook.rules.binding import (
    Bound,
    BoundAbsolute,
    BoundArithmetic,
    BoundComparison,
    BoundDenial,
    BoundJunction,
    BoundMembership,
    Cells,
    Context,
)
from workbook.rules.checker import check_filing
from workbook.rules.evaluate import Unknown, evaluate
from workbook.rules.expression import Number, Text
from workbook.rules.findings import CheckResult
from workbook.rules.rulebook import load_rulebook

BOOK = load_rulebook()
EDITIONS = all_editions()
by_edition = pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)

HERE = CellId("applications", "received", "total")
BLANK = Cells((HERE,), False, "")
TRUE: Bound = BoundComparison("=", Number(Decimal(1)), Number(Decimal(1)))
FALSE: Bound = BoundComparison("=", Number(Decimal(1)), Number(Decimal(2)))
OPEN: Bound = BoundComparison("=", BLANK, Number(Decimal(0)))


def value_of(node: Bound) -> object:
    """True, False, a figure, or None where it cannot be told."""
    found = evaluate(node, lambda _cell, _prior: Unknown("空格"), {"organ.level": "county"})
    return None if isinstance(found, Unknown) else found


@pytest.mark.parametrize(("one", "other"), list(product((TRUE, FALSE, OPEN), repeat=2)))
def test_and_and_or_are_kleenes(one: Bound, other: Bound) -> None:
    values = {value_of(one), value_of(other)}
    both = False if False in values else None if None in values else True
    either = True if True in values else None if None in values else False
    assert value_of(BoundJunction("and", (one, other))) is both
    assert value_of(BoundJunction("or", (one, other))) is either


def test_not_of_the_unknown_is_unknown() -> None:
    assert [value_of(BoundDenial(node)) for node in (TRUE, FALSE, OPEN)] == [False, True, None]


@pytest.mark.parametrize(
    "node",
    [
        BoundArithmetic("+", BLANK, Number(Decimal(1))),
        BoundArithmetic("*", Number(Decimal(0)), BLANK),
        BoundArithmetic("/", Number(Decimal(1)), Number(Decimal(0))),
        BoundAbsolute(BLANK),
        BoundComparison("<=", Number(Decimal(0)), BLANK),
        BoundMembership(Context("scope"), ("own",)),
    ],
)
def test_what_stands_on_an_unknown_is_unknown(node: Bound) -> None:
    assert value_of(node) is None


@pytest.mark.parametrize(
    ("operator", "truths"),
    [
        ("=", "010"),
        ("!=", "101"),
        ("<", "100"),
        ("<=", "110"),
        (">", "001"),
        (">=", "011"),
    ],
)
def test_comparisons(operator: str, truths: str) -> None:
    two = Number(Decimal(2))
    found = [value_of(BoundComparison(operator, Number(Decimal(n)), two)) for n in (1, 2, 3)]
    assert found == [truth == "1" for truth in truths]


def test_arithmetic_and_words() -> None:
    six, two = Number(Decimal(6)), Number(Decimal(2))
    assert [value_of(BoundArithmetic(o, two, six)) for o in "+-*"] == [8, -4, 12]
    assert value_of(BoundArithmetic("/", six, two)) == 3
    assert value_of(BoundAbsolute(BoundArithmetic("-", two, six))) == 4
    assert value_of(BoundMembership(Context("organ.level"), ("county", "township"))) is True
    assert value_of(BoundComparison("=", Context("organ.level"), Text("county"))) is True


# --- balanced filings, and one wrong cell -------------------------------------------------------------


def broken(result: CheckResult) -> set[tuple[str, str]]:
    """The SUM and BAL equalities that do not hold: code and marked cell."""
    return {(f.rule, str(f.mark)) for f in result.findings if f.rule[:3] in ("SUM", "BAL")}


def standing_in(cell: CellId) -> set[tuple[str, str]]:
    """The equalities a cell stands in, worked out from the printed form, not from the rule book."""
    if cell.table == "challenges":
        return {("SUM-03", f"challenges.{cell.row}[total]")}
    found = {("SUM-01", f"applications.{cell.row}[total]")}
    column_total = f"applications.dispositions.total[{cell.column}]"
    if cell.row.startswith("dispositions."):
        found.add(("SUM-02", column_total))
    if cell.row in ("received", "brought_forward", "carried_forward", "dispositions.total"):
        found.add(("BAL-01", column_total))
    return found


@by_edition
@steady
@given(data=st.data())
def test_a_balanced_filing_breaks_no_equality(edition: Edition, data: st.DataObject) -> None:
    result = check_filing(data.draw(balanced_filings(edition)), BOOK)
    assert broken(result) == set()
    counted = result.passed_by_rule
    rows = len(edition.by_id["applications"].blocks[0].row_leaves)
    assert [counted[code] for code in ("SUM-01", "SUM-02", "SUM-03", "BAL-01")] == [rows, 7, 3, 7]
    assert not [u for u in result.undecided if u.rule[:3] in ("SUM", "BAL")]


@by_edition
@steady
@given(data=st.data())
def test_one_wrong_cell_breaks_exactly_the_equalities_it_stands_in(
    edition: Edition, data: st.DataObject
) -> None:
    filing = data.draw(balanced_filings(edition))
    cell = data.draw(counted_cells(edition, "applications", "challenges"))
    amount = data.draw(st.integers(-9999, 9999).filter(bool))
    wrong = with_figures(filing, {cell: (filing.value(cell) or 0) + amount})
    result = check_filing(wrong, BOOK)
    assert broken(result) == standing_in(cell)
    for finding in result.findings:
        if finding.rule[:3] in ("SUM", "BAL"):
            assert finding.difference is not None
            assert abs(finding.difference) == abs(amount)


@by_edition
@steady
@given(data=st.data())
def test_a_blank_cell_leaves_exactly_its_equalities_undecided(edition: Edition, data: st.DataObject) -> None:
    filing = data.draw(balanced_filings(edition))
    cell = data.draw(counted_cells(edition, "applications", "challenges"))
    facts = {key: None if key == cell else filing.value(key) for key in filing.facts}
    holed = filing_of(edition, {key: None if v is None else int(v) for key, v in facts.items()})
    result = check_filing(holed, BOOK)
    undecided = {(u.rule, str(u.mark)): u.why for u in result.undecided if u.rule[:3] in ("SUM", "BAL")}
    if holed.missing_tables:
        return
    assert undecided == dict.fromkeys(standing_in(cell), "空格")
    assert broken(result) == set()
    assert [f.rule for f in result.findings if f.rule == "CEL-04"] == ["CEL-04"]


@by_edition
def test_an_empty_form_is_three_missing_tables_and_no_list_of_blanks(edition: Edition) -> None:
    result = check_filing(filing_of(edition, {}), BOOK)
    assert [finding.rule for finding in result.findings] == ["TPL-02"] * 3
    assert not [u for u in result.undecided if u.rule.startswith("SUM") and u.why != "缺表"]


@by_edition
def test_a_declared_zero_stands_for_every_blank(edition: Edition) -> None:
    result = check_filing(filing_of(edition, {}, declared_zero=True), BOOK)
    assert {finding.rule for finding in result.findings} == {"CEL-04"}
    assert {finding.severity.value for finding in result.findings} == {"warning"}
    assert len(result.findings) == 3
    assert result.passed_by_rule["BAL-01"] == 7


# --- last year's report ---------------------------------------------------------------------------------


def zeros(edition: Edition, **fields: object) -> Filing:
    return filing_of(edition, dict.fromkeys(edition.cells, 0), **fields)


def test_across_the_editions_only_what_both_print_is_compared() -> None:
    old, new = EDITIONS
    result = check_filing(zeros(new, year=2021), BOOK, zeros(old, year=2020))
    assert not [u for u in result.undecided if u.rule.startswith("YOY") and u.why != "文字未读"]
    assert result.passed_by_rule["YOY-02"] == 6
    compared = result.passed_by_rule["YOY-06"]
    assert compared == 5  # received, dispositions.total, three decisions; not fees[amount], not in_force
    assert not [f for f in result.findings if f.rule.startswith("YOY")]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"year": 2021}, "所给的是2021年年报，不是上年的"),
        ({"year": 2022, "scope": "consolidated"}, "上年年报口径不同（本级与全口径不比较）"),
    ],
)
def test_another_years_or_scopes_report_is_not_compared(fields: dict[str, object], why: str) -> None:
    new = EDITIONS[-1]
    result = check_filing(zeros(new, year=2023, scope="own"), BOOK, zeros(new, **fields))
    assert {u.why for u in result.undecided if u.rule == "YOY-01"} == {why}


def test_last_years_missing_table_is_said_to_be_last_years() -> None:
    new = EDITIONS[-1]
    prior = replace(zeros(new, year=2022), missing_tables={"challenges": "是图片"})
    result = check_filing(zeros(new, year=2023), BOOK, prior)
    assert {u.why for u in result.undecided if u.rule == "YOY-09"} == {"上年年报缺表"}


# --- what a finding carries -----------------------------------------------------------------------------


def test_a_finding_carries_what_its_explanation_hangs_on() -> None:
    new = EDITIONS[-1]
    filing = with_figures(zeros(new, year=2023), {CellId("applications", "brought_forward", "total"): 2})
    prior = with_figures(zeros(new, year=2022), {CellId("applications", "carried_forward", "total"): 3})
    result = check_filing(filing, BOOK, prior)
    finding = next(f for f in result.findings if f.rule == "YOY-01")
    assert (finding.value, finding.expected, finding.difference) == (2, 3, 1)
    assert dict(finding.operands) == {
        "applications.brought_forward[total]": Decimal(2),
        "prev.applications.carried_forward[total]": Decimal(3),
    }


def test_counts_are_of_applications() -> None:
    for edition in EDITIONS:
        result = check_filing(zeros(edition), BOOK)
        assert result.passed == sum(result.passed_by_rule.values())
        assert result.failed == len(result.findings) == 0


@pytest.mark.parametrize(
    ("level", "power", "may"),
    [
        ("prefecture", None, True),
        ("state_department", None, True),
        ("county", None, False),
        ("office", None, None),
        ("other", None, None),
        (None, None, None),
        ("township", True, True),
        ("province", False, False),
    ],
)
def test_who_may_make_rules(level: str | None, power: bool | None, may: bool | None) -> None:
    assert Organ("某", level, power).may_make_rules is may


def test_an_uncertain_figure_is_not_compared() -> None:
    new = EDITIONS[-1]
    cell = CellId("challenges", "reconsideration", "total")
    filing = replace(with_figures(zeros(new), {cell: 9}), uncertain={cell: "读不准"})
    result = check_filing(filing, BOOK)
    assert ("SUM-03", str(cell)) not in broken(result)
    assert "数字读不准" in {u.why for u in result.undecided if u.mark == cell}
