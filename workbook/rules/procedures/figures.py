"""What stands in a cell: the CEL rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache

from workbook.form.edition import CellId, ValueKind
from workbook.form.filing import Fact, Filing
from workbook.form.values import Oddity, figure
from workbook.rules.findings import Given
from workbook.rules.procedures.case import Case, Failed, Open, Passed, Verdict, procedure

# Why a figure cannot be judged, in the words a clerk sees under 未能判断.
WHY: dict[Oddity, str] = {
    Oddity.BLANK: "空格",
    Oddity.PLACEHOLDER: "填了符号，数不明",
    Oddity.NOT_A_NUMBER: "不是数",
    Oddity.DATE: "成了日期，原数已丢失",
    Oddity.ERROR: "是错误值",
    Oddity.UNCALCULATED: "公式尚未计算",
}
MISSING_TABLE = "缺表"


def why_unknown(filing: Filing, cell: CellId) -> str:
    """Why a filing has no figure in a cell, in the words a clerk sees."""
    fact = filing.facts.get(cell)
    if fact is None or cell.table in filing.missing_tables:
        return MISSING_TABLE
    if cell in filing.uncertain:
        return "数字读不准"
    return WHY.get(fact.oddity, "空格")


_LONGEST_QUOTE = 24


def raw_text(fact: Fact) -> str:
    """What stands in the cell, as a person would read it out; of a long text its beginning."""
    if isinstance(fact.raw, Decimal):
        return figure(fact.raw)
    text = " ".join((fact.raw or "").split())
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "……"


@procedure("figure.whole", "negative fraction not_a_number", "raw")
def whole_numbers(case: Case) -> Iterator[Verdict]:
    """A count is a whole number, not negative unless the column is signed."""
    for item in case.survey:
        if item.facts is None:
            yield Open(MISSING_TABLE)
            continue
        counts = [item.facts[number] for number in item.table.counts]
        looked_at = counts
        if all(map(_is_count, {fact.value for fact in counts if fact.value is not None})):
            looked_at = [] if item.oddities == _ALL_SOUND else [f for f in counts if _is_open(f)]
        if len(looked_at) < len(counts):
            yield Passed(len(counts) - len(looked_at))
        for fact in looked_at:
            yield _whole(fact, item.table.column_of(fact.cell).kind, case.filing.declared_zero)


_ALL_SOUND = frozenset({Oddity.NONE})


def _is_open(fact: Fact) -> bool:
    return fact.value is None or fact.oddity is Oddity.NOT_A_NUMBER


def _is_count(value: Decimal) -> bool:
    return value >= 0 and value == value.to_integral_value()


def _whole(fact: Fact, kind: ValueKind, declared_zero: bool) -> Verdict:
    if fact.oddity is Oddity.NOT_A_NUMBER:
        return Failed("not_a_number", fact.cell, given={"raw": raw_text(fact)})
    if fact.value is None:
        if fact.oddity is Oddity.BLANK and declared_zero:
            return Passed()
        return Open(WHY[fact.oddity], fact.cell)
    if fact.value != fact.value.to_integral_value():
        return Failed("fraction", fact.cell, fact.value, given={"raw": raw_text(fact)})
    if fact.value < 0 and kind is ValueKind.COUNT:
        return Failed("negative", fact.cell, fact.value, given={"raw": raw_text(fact)})
    return Passed()


@procedure("figure.amount", "negative decimals not_a_number", "raw", limits="decimals")
def amounts(case: Case) -> Iterator[Verdict]:
    """An amount is a decimal, not negative, of no more decimals than 分 needs in its unit."""
    for table, facts in case.tables():
        if not table.amounts:
            continue
        if facts is None:
            yield Open(MISSING_TABLE)
            continue
        for number in table.amounts:
            fact = facts[number]
            given = {"raw": raw_text(fact)}
            exponent = fact.value.as_tuple().exponent if fact.value is not None else 0
            if fact.oddity is Oddity.NOT_A_NUMBER:
                yield Failed("not_a_number", fact.cell, given=given)
            elif fact.value is None:
                declared = fact.oddity is Oddity.BLANK and case.filing.declared_zero
                yield Passed() if declared else Open(WHY[fact.oddity], fact.cell)
            elif fact.value < 0:
                yield Failed("negative", fact.cell, fact.value, given=given)
            elif isinstance(exponent, int) and -exponent > case.limits["decimals"]:
                yield Failed("decimals", fact.cell, fact.value, given=given)
            else:
                yield Passed()


@procedure(
    "figure.unit_slip",
    "times_too_large times_too_small above_cap other_unit",
    "value previous as_yuan cap",
    limits="tolerance",
)
def unit_slips(case: Case) -> Iterator[Verdict]:
    """An amount about 10,000 times last year's (or a ten-thousandth), or above an organ's usual take."""
    for table, facts in case.tables():
        if not table.amounts:
            continue
        if facts is None:
            yield Open(MISSING_TABLE)
            continue
        for number in table.amounts:
            yield _unit_slip(case, facts[number])


def _unit_slip(case: Case, fact: Fact) -> Verdict:
    cell, value = fact.cell, case.filing.value(fact.cell)
    if value is None:
        return Open(WHY[fact.oddity], cell)
    if value <= 0:
        return Passed()
    in_wan = case.edition.unit(cell) == "万元"
    # A table of last year that does not print the cell leaves nothing to compare; that is no gap.
    compared = case.prior is None or cell in case.prior.edition.cell_set
    previous = case.prior.value(cell) if case.prior else None

    def given(**more: Given) -> dict[str, Given]:
        numbers = {"value": value, "previous": previous or Decimal(0), "as_yuan": value / 10000}
        return {word: figure(number) for word, number in numbers.items()} | more

    if previous is not None and previous > 0:
        low, high = 10000 * (1 - case.limits["tolerance"]), 10000 * (1 + case.limits["tolerance"])
        if low <= value / previous <= high:
            expected = value / 10000 if in_wan else None
            return Failed("times_too_large" if in_wan else "other_unit", cell, value, expected, given())
        if low <= previous / value <= high:
            expected = value * 10000 if in_wan else None
            return Failed("times_too_small" if in_wan else "other_unit", cell, value, expected, given())
    level = case.filing.organ.level
    cap = case.limits.get(f"cap.{level}")
    if in_wan and cap is not None and value > cap:
        return Failed("above_cap", cell, value, value / 10000, given(cap=figure(cap)))
    if compared and previous is None:
        return Open("上年年报" + why_unknown(case.prior, cell) if case.prior else case.no_prior, cell)
    if in_wan and level is None:
        return Open("不知单位级别", cell)
    return Passed()


@procedure("figure.blank", "declared total blank", "count cells")
def blanks(case: Case) -> Iterator[Verdict]:
    """No cell is left blank: one complaint a table."""
    for item in case.survey:
        table, facts = item.table, item.facts
        if facts is None:
            yield Open(MISSING_TABLE)
            continue
        if Oddity.BLANK not in item.oddities:
            yield Passed()
            continue
        # A total whose formula waits for its parts is not a blank of the clerk's.
        blank = [
            fact.cell
            for fact in facts
            if fact.oddity is Oddity.BLANK and fact.formula is None and fact.cell not in case.filing.uncertain
        ]
        if not blank:
            yield Passed()
            continue
        given = {"count": str(len(blank))}
        if case.filing.declared_zero:
            yield Failed("declared", blank[0], given=given, cells=tuple(blank))
            continue
        due = [
            cell
            for cell in blank
            if any((case.filing.value(part) or 0) != 0 for part in table.totals.get(cell, ()))
        ]
        yield Failed("total" if due else "blank", (due or blank)[0], given=given, cells=tuple(blank))


def _one_per_table(oddity: Oddity, outcome: str) -> Callable[[Case], Iterator[Verdict]]:
    def check(case: Case) -> Iterator[Verdict]:
        for item in case.survey:
            if item.facts is None:
                yield Open(MISSING_TABLE)
                continue
            if oddity not in item.oddities:
                yield Passed()
                continue
            odd = [fact for fact in item.facts if fact.oddity is oddity]
            given = {"count": str(len(odd)), "examples": _examples(odd)}
            yield Failed(outcome, odd[0].cell, odd[0].value, given=given, cells=tuple(f.cell for f in odd))

    return check


def _examples(facts: list[Fact]) -> str:
    shown = list(dict.fromkeys(raw_text(fact) for fact in facts))
    return "、".join(f"“{text}”" for text in shown[:3]) + ("等" if len(shown) > 3 else "")


procedure("figure.placeholder", "placeholder", "count cells examples")(
    _one_per_table(Oddity.PLACEHOLDER, "placeholder")
)
procedure("figure.as_text", "as_text", "count cells examples")(_one_per_table(Oddity.AS_TEXT, "as_text"))
procedure("figure.uncalculated", "uncalculated", "count cells examples")(
    _one_per_table(Oddity.UNCALCULATED, "uncalculated")
)


def _one_per_cell(oddity: Oddity, outcome: str) -> Callable[[Case], Iterator[Verdict]]:
    def check(case: Case) -> Iterator[Verdict]:
        for item in case.survey:
            if item.facts is None:
                yield Open(MISSING_TABLE)
                continue
            odd = [fact for fact in item.facts if fact.oddity is oddity] if oddity in item.oddities else []
            for fact in odd:
                stored = fact.raw if isinstance(fact.raw, Decimal) else None
                given = {"raw": raw_text(fact), "value": ""}
                yield Failed(outcome, fact.cell, stored, None, given)
            if len(odd) < len(item.facts):
                yield Passed(len(item.facts) - len(odd))

    return check


procedure("figure.date", "date", "raw value")(_one_per_cell(Oddity.DATE, "date"))
procedure("figure.error", "error", "raw value")(_one_per_cell(Oddity.ERROR, "error"))
# A formula that reaches outside the file: [1]Sheet1!A1, '[上年.xlsx]表三'!A1, a program's topic, the net.
_OUTSIDE = re.compile(r"\[\d+\]|\[[^\[\]]*\.xl\w*\]|\|\s*'|\b(?:WEBSERVICE|RTD|DDE)\(", re.IGNORECASE)


@lru_cache(maxsize=4_096)  # the same few hundred formulas in every workbook of a template
def _reach(formula: str) -> str:
    """The outcome of a formula that does not stay with living cells of its own file; "" for any other."""
    return "linked" if _OUTSIDE.search(formula) else "broken" if "#REF!" in formula else ""


@procedure("figure.stale", "stale linked broken", "raw value formula")
def stored_as_calculated(case: Case) -> Iterator[Verdict]:
    """What a formula's cell holds is what the formula gives, and the formula stays within the file."""
    for item in case.survey:
        if item.facts is None:
            yield Open(MISSING_TABLE)
            continue
        verdicts = [_as_calculated(fact) for fact in item.formulas]
        yield from (verdict for verdict in verdicts if not isinstance(verdict, Passed))
        fine = sum(isinstance(verdict, Passed) for verdict in verdicts)
        if fine:
            yield Passed(fine)


def _as_calculated(fact: Fact) -> Verdict:
    """One formula cell. A formula of another kind than plain sums is not judged, only where it leads."""
    outcome = _reach(fact.formula or "") if fact.oddity is not Oddity.ERROR else ""
    if outcome:
        given = {"raw": raw_text(fact), "value": "", "formula": f"={fact.formula}"}
        return Failed(outcome, fact.cell, fact.value, given=given)
    if fact.value is None:
        return Open(WHY.get(fact.oddity, "空格"), fact.cell)
    if fact.oddity is Oddity.STALE:
        stored = fact.raw if isinstance(fact.raw, Decimal) else None
        given = {"raw": raw_text(fact), "value": figure(fact.value), "formula": ""}
        return Failed("stale", fact.cell, stored, fact.value, given)
    return Passed() if fact.evaluated else Open("公式不是简单加减，没有重算", fact.cell)
