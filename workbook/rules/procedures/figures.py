"""What stands in a cell: the CEL rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from workbook.form.edition import ValueKind
from workbook.form.filing import Fact
from workbook.form.values import Oddity, figure
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


def raw_text(fact: Fact) -> str:
    """What stands in the cell, as a person would read it out."""
    return (
        figure(fact.raw) if isinstance(fact.raw, Decimal) else str(fact.raw if fact.raw is not None else "")
    )


@procedure("figure.whole", "negative fraction not_a_number", "raw")
def whole_numbers(case: Case) -> Iterator[Verdict]:
    """A count is a whole number, not negative unless the column is signed."""
    for _, facts in case.tables():
        if facts is None:
            yield Open(MISSING_TABLE)
            continue
        for fact in facts:
            kind = case.edition.kind(fact.cell)
            if kind is ValueKind.AMOUNT:
                continue
            yield _whole(fact, kind, case.filing.declared_zero)


def _whole(fact: Fact, kind: ValueKind, declared_zero: bool) -> Verdict:
    given = {"raw": raw_text(fact)}
    if fact.oddity is Oddity.NOT_A_NUMBER:
        return Failed("not_a_number", fact.cell, given=given)
    if fact.value is None:
        if fact.oddity is Oddity.BLANK and declared_zero:
            return Passed()
        return Open(WHY[fact.oddity], fact.cell)
    if fact.value != fact.value.to_integral_value():
        return Failed("fraction", fact.cell, fact.value, given=given)
    if fact.value < 0 and kind is ValueKind.COUNT:
        return Failed("negative", fact.cell, fact.value, given=given)
    return Passed()


@procedure("figure.amount", "negative decimals not_a_number", "raw")
def amounts(case: Case) -> Iterator[Verdict]:
    """An amount is a decimal, not negative, of no more decimals than 分 needs in its unit."""
    for _, facts in case.tables():
        if facts is None:
            yield Open(MISSING_TABLE)
            continue
        for fact in facts:
            if case.edition.kind(fact.cell) is not ValueKind.AMOUNT:
                continue
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
    "figure.unit_slip", "times_too_large times_too_small above_cap", "value previous as_yuan cap level"
)
def unit_slips(case: Case) -> Iterator[Verdict]:
    """An amount about 10,000 times last year's (or a ten-thousandth), or above an organ's usual take."""
    for _, facts in case.tables():
        if facts is None:
            yield Open(MISSING_TABLE)
            continue
        for fact in facts:
            if case.edition.kind(fact.cell) is ValueKind.AMOUNT:
                yield _unit_slip(case, fact)


def _unit_slip(case: Case, fact: Fact) -> Verdict:
    if fact.value is None:
        declared = fact.oddity is Oddity.BLANK and case.filing.declared_zero
        return Passed() if declared else Open(WHY[fact.oddity], fact.cell)
    previous = case.prior.value(fact.cell) if case.prior else None
    given = {
        "value": figure(fact.value),
        "previous": figure(previous) if previous is not None else "",
        "as_yuan": figure(fact.value / 10000),
        "cap": "",
        "level": "",
    }
    low, high = 10000 * (1 - case.limits["tolerance"]), 10000 * (1 + case.limits["tolerance"])
    if previous and previous > 0 and fact.value > 0:
        if low <= fact.value / previous <= high:
            return Failed("times_too_large", fact.cell, fact.value, fact.value / 10000, given)
        if low <= previous / fact.value <= high:
            return Failed("times_too_small", fact.cell, fact.value, fact.value * 10000, given)
    cap = case.limits.get(f"cap.{case.filing.organ.level}")
    if case.edition.unit(fact.cell) == "万元" and cap is not None and fact.value > cap:
        given |= {"cap": figure(cap)}
        return Failed("above_cap", fact.cell, fact.value, fact.value / 10000, given)
    if previous is None and cap is None and fact.value != 0:
        return Open(case.no_prior or "上年该格无数", fact.cell)
    return Passed()


@procedure("figure.blank", "declared total blank", "count cells")
def blanks(case: Case) -> Iterator[Verdict]:
    """No cell is left blank: one complaint a table."""
    for table, facts in case.tables():
        if facts is None:
            yield Open(MISSING_TABLE)
            continue
        # A total whose formula waits for its parts is not a blank of the clerk's.
        blank = [fact.cell for fact in facts if fact.oddity is Oddity.BLANK and fact.formula is None]
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
        for _, facts in case.tables():
            if facts is None:
                yield Open(MISSING_TABLE)
                continue
            odd = [fact for fact in facts if fact.oddity is oddity]
            if not odd:
                yield Passed()
                continue
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
        for _, facts in case.tables():
            if facts is None:
                yield Open(MISSING_TABLE)
                continue
            fine = 0
            for fact in facts:
                if fact.oddity is oddity:
                    stored = fact.raw if isinstance(fact.raw, Decimal) else None
                    expected = fact.value if oddity is Oddity.STALE else None
                    given = {"raw": raw_text(fact), "value": figure(expected) if expected is not None else ""}
                    yield Failed(outcome, fact.cell, stored, expected, given)
                else:
                    fine += 1
            yield Passed(fine)

    return check


procedure("figure.date", "date", "raw value")(_one_per_cell(Oddity.DATE, "date"))
procedure("figure.error", "error", "raw value")(_one_per_cell(Oddity.ERROR, "error"))
procedure("figure.stale", "stale", "raw value")(_one_per_cell(Oddity.STALE, "stale"))
