"""Which formulas of one filing do not plainly hold: whole numbers tested step by step, nothing worded yet."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.rules.binding import Unknown, Value, evaluate
from workbook.rules.linear import Comparison, Condition, Denied, Joined, Said
from workbook.rules.plan import Plan
from workbook.rules.wholes import Wholes


def doubtful_steps(plan: Plan, wholes: Wholes, context: Mapping[str, Value]) -> list[int]:
    """The numbers of the steps that fail or are unknown, in order; those not linear are among them."""
    values, scale, unknown = wholes.values, wholes.scale, wholes.unknown
    doubtful: list[int] = []
    for number, step in enumerate(plan.steps):
        row = step.row
        if row is not None:
            if row.holds(values, scale) and (not unknown or unknown.isdisjoint(row.reads)):
                continue
        elif step.condition is not None and _truth(step.condition, plan, wholes, context):
            continue
        doubtful.append(number)
    return doubtful


def said(condition: Said, context: Mapping[str, Value]) -> bool | None:
    """A truth about the report itself; None where it is not known."""
    value = evaluate(condition.node, _no_figure, context)
    return None if isinstance(value, Unknown) else bool(value)


def _no_figure(*_: object) -> Unknown:
    return Unknown("")


def _truth(condition: Condition, plan: Plan, wholes: Wholes, context: Mapping[str, Value]) -> bool | None:
    """True, False or None for unknown, as Kleene has it."""
    match condition:
        case Comparison():
            row = plan.rows[plan.numbers[condition]]
            known = wholes.unknown.isdisjoint(row.reads)
            return row.holds(wholes.values, wholes.scale) if known else None
        case Said():
            return said(condition, context)
        case Denied(inner):
            truth = _truth(inner, plan, wholes, context)
            return None if truth is None else not truth
        case Joined(operator, parts):
            decisive = operator == "or"
            truths = [_truth(part, plan, wholes, context) for part in parts]
            if decisive in truths:
                return decisive
            return None if None in truths else not decisive
