"""One formula on one filing, exactly: it holds, fails with everything its message needs, or is undecided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.form.values import figure
from workbook.rules.binding import (
    Application,
    Bound,
    BoundComparison,
    Cells,
    addends,
)
from workbook.rules.evaluate import Lookup, Unknown, Value, evaluate
from workbook.rules.findings import Finding, Given, Undecided
from workbook.rules.procedures.figures import why_unknown
from workbook.rules.rule import Rule


def lookup(filing: Filing, prior: Filing | None, no_prior: str) -> Lookup:
    """The figures of a filing and of last year's, each or why it is not known."""

    def read(cell: CellId, is_prior: bool) -> Decimal | Unknown:
        source = prior if is_prior else filing
        if source is None:
            return Unknown(no_prior)
        unread = cell in source.uncertain or cell.table in source.missing_tables
        value = None if unread else source.value(cell)
        if value is not None:
            return value
        return Unknown(("上年年报" if is_prior else "") + why_unknown(source, cell))

    return read


def context_of(filing: Filing) -> Mapping[str, Value]:
    """What the formulas may ask of the report itself; the same object for reports that say the same."""
    organ = filing.organ
    return _context(organ.level, organ.may_make_rules, organ.temporary, filing.scope, filing.year)


@lru_cache(maxsize=4_096)
def _context(
    level: str | None,
    may_make_rules: bool | None,
    temporary: bool | None,
    scope: str | None,
    year: int | None,
) -> Mapping[str, Value]:
    rules = may_make_rules if may_make_rules is not None else Unknown("不清楚本单位有无规章制定权")
    return {
        "organ.level": level or Unknown("不知单位级别"),
        "organ.may_make_rules": rules,
        "organ.temporary": temporary if temporary is not None else Unknown("不清楚单位性质"),
        "scope": scope or Unknown("没有写明口径"),
        "year": Decimal(year) if year is not None else Unknown("没有写明年度"),
    }


def judge(
    rule: Rule, application: Application, figures: Lookup, context: Mapping[str, Value]
) -> Finding | Undecided | None:
    """None where the application holds."""
    verdict = evaluate(application.formula, figures, context)
    if isinstance(verdict, Unknown):
        return Undecided(rule.code, application.mark, verdict.why)
    if verdict:
        return None
    left, right = _sides(application, figures, context)
    full = {**context, "left": left, "right": right}
    outcomes = rule.tests[application.test].outcomes
    chosen = next(
        number
        for number, condition in enumerate(application.conditions)
        if condition is None or evaluate(condition, figures, full) is True
    )
    value = figures(application.mark, False)
    given: dict[str, Given] = {
        word: _given(evaluate(node, figures, full)) for word, node in application.placeholders[chosen]
    }
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        given |= {
            "left": left,
            "right": right,
            "difference": abs(left - right),
            "off": ("少计" if left < right else "多计") + figure(abs(left - right)),
        }
    if application.sides:
        given |= {
            "left_parts": _parts(application.sides[0], figures, context),
            "parts": _parts(application.sides[1], figures, context),
        }
    if isinstance(value, Decimal):
        given["value"] = value
    return Finding(
        rule=rule.code,
        outcome=chosen,
        severity=outcomes[chosen].severity,
        mark=application.mark,
        value=value if isinstance(value, Decimal) else None,
        expected=_expected(application, value, left, right),
        given=tuple(given.items()),
        operands=_operands(application.reads, application.reads_prior, figures),
        test=application.test,
    )


def _sides(application: Application, figures: Lookup, context: Mapping[str, Value]) -> tuple[Value, Value]:
    if application.sides is None:
        return Unknown(""), Unknown("")
    left, right = application.sides
    return evaluate(left, figures, context), evaluate(right, figures, context)


def _expected(application: Application, value: object, left: Value, right: Value) -> Decimal | None:
    """What the marked cell would have to be for the equality to hold, all else unchanged."""
    if not isinstance(value, Decimal) or not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return None
    formula = application.formula
    if not isinstance(formula, BoundComparison) or formula.operator != "=":
        return None
    for side, sign in ((formula.left, 1), (formula.right, -1)):
        for term in addends(side):
            if isinstance(term, Cells) and not term.prior and term.cells == (application.mark,):
                return value - sign * (left - right)
    return None


def _parts(side: Bound, figures: Lookup, context: Mapping[str, Value]) -> str:
    """The addends of a side that are not zero, by their labels: 予以公开1、其他处理3."""
    shown = [
        f"{term.label}{figure(value)}"
        for term in addends(side)
        if isinstance(term, Cells)
        and isinstance(value := evaluate(term, figures, context), Decimal)
        and value != 0
    ]
    return "、".join(shown) or "各项均为0"


def _given(value: Value) -> Given:
    if isinstance(value, Unknown):
        return None
    return ("是" if value else "否") if isinstance(value, bool) else value


def _operands(
    cells: Iterable[CellId], prior_cells: Iterable[CellId], figures: Lookup
) -> tuple[tuple[str, Given], ...]:
    now = [(str(cell), _given(figures(cell, False))) for cell in cells]
    return tuple(now + [(f"prev.{cell}", _given(figures(cell, True))) for cell in prior_cells])
