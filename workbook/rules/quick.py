"""Which formulas of one filing do not plainly hold: whole numbers tested step by step, nothing worded yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from workbook.rules.evaluate import Unknown, Value, evaluate
from workbook.rules.linear import Comparison, Condition, Denied, Joined, Said
from workbook.rules.plan import Plan
from workbook.rules.wholes import Wholes


@dataclass(frozen=True, slots=True)
class Waiting:
    """Neither true nor false: the first column that is not known, or what is not known of the report."""

    reason: int | Unknown


Truth: TypeAlias = bool | Waiting


def doubtful_steps(plan: Plan, wholes: Wholes, context: Mapping[str, Value]) -> list[int]:
    """The numbers of the steps that fail or are unknown, in order; those not linear are among them."""
    values, scale, unknown = wholes.values, wholes.scale, wholes.unknown
    doubtful: list[int] = []
    for number, step in enumerate(plan.steps):
        row = step.row
        if row is not None:
            if row.holds(values, scale) and (not unknown or unknown.isdisjoint(row.reads)):
                continue
        elif step.condition is not None and truth_of(step.condition, plan, wholes, context) is True:
            continue
        doubtful.append(number)
    return doubtful


def said(condition: Said, context: Mapping[str, Value]) -> Truth:
    """A truth about the report itself."""
    value = evaluate(condition.node, _no_figure, context)
    return Waiting(value) if isinstance(value, Unknown) else bool(value)


def _no_figure(*_: object) -> Unknown:
    return Unknown("")


def truth_of(condition: Condition, plan: Plan, wholes: Wholes, context: Mapping[str, Value]) -> Truth:
    """True, False, or why neither.

    What decides comes before what is unknown, and of two unknowns the first counts, as in `evaluate`.
    """
    match condition:
        case Comparison():
            row = plan.rows[plan.numbers[condition]]
            unknown = wholes.unknown
            for column in row.order if unknown else ():
                if column in unknown:
                    return Waiting(column)
            return row.holds(wholes.values, wholes.scale)
        case Said():
            return said(condition, context)
        case Denied(inner):
            truth = truth_of(inner, plan, wholes, context)
            return truth if isinstance(truth, Waiting) else not truth
        case Joined(operator, parts):
            decisive = operator == "or"
            waiting: Waiting | None = None
            for part in parts:
                truth = truth_of(part, plan, wholes, context)
                if isinstance(truth, Waiting):
                    waiting = waiting or truth
                elif truth is decisive:
                    return decisive
            return waiting or (not decisive)
