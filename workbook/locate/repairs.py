"""Which repairs a program may apply by itself, when it is asked to: unique, well-founded, never computed."""

from __future__ import annotations

from workbook.rules.findings import Change, CheckResult

# `gouji repair --suggested` without a threshold of its own.
THRESHOLD = 0.9


def suggested_repairs(result: CheckResult, threshold: float = THRESHOLD) -> list[Change]:
    """The changes of every cause whose repair is unique and at least so certain, in the form's order.

    Left out: repairs that a figure in the prose speaks against, and totals that are formulas (they follow
    their parts). A cause is repaired as a whole or not at all. `result` must have been grouped.
    """
    order = {cell: number for number, cell in enumerate(result.filing.edition.cells)}
    chosen: dict[object, Change] = {}
    for cause in result.causes:
        if not cause.unique or cause.against_prose or (cause.confidence or 0) < threshold:
            continue
        facts = [result.filing.facts.get(change.cell) for change in cause.changes]
        if any(fact is not None and fact.formula is not None for fact in facts):
            continue
        for change in cause.changes:
            chosen.setdefault(change.cell, change)
    return sorted(chosen.values(), key=lambda change: order.get(change.cell, len(order)))
