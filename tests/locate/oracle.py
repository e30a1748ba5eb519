"""The same question put to others: OR-tools' exact integer solver, and trying every set of cells."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from ortools.sat.python import cp_model

from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.locate.solver import Problem


def optimum_of_report(
    filing: Filing, prices: Mapping[CellId, int], other_than: Mapping[CellId, int] | None = None
) -> int | None:
    """The least price of changing 表三 and 表四 into a report that adds up, by CP-SAT.

    Written from the printed form, without the rule book and without anything of the locator: a variable for
    what each cell should be, a switch for whether that is what stands there. Totals that are formulas are
    expressions, blanks cost nothing. With `other_than` (figures of the changed cells) the least of all other
    ways. None where no report adds up.
    """
    model = cp_model.CpModel()
    figures = [fact.value for cell, fact in filing.facts.items() if cell.table != "proactive"]
    most = 1 + sum(abs(int(value)) for value in figures if value is not None)
    right: dict[CellId, Any] = {}
    costs = []

    def cell_of(table: str, row: str, column: str) -> CellId:
        cell = CellId(table, row, column)
        fact = filing.facts[cell]
        if cell not in right and fact.formula is None:
            right[cell] = model.new_int_var(0, most, str(cell))
            if fact.value is not None:
                stays = model.new_bool_var(f"{cell} stays")
                model.add(right[cell] == int(fact.value)).only_enforce_if(stays)
                costs.append(prices.get(cell, _ANY) * (1 - stays))
        return cell

    def sum_of(total: CellId, parts: list[CellId]) -> None:
        if total in right:
            model.add(right[total] == sum(right[part] for part in parts))
        else:
            right[total] = sum(right[part] for part in parts)

    table = filing.edition.by_id["applications"]
    results = [leaf.id for leaf in table.rows["dispositions"].addends]
    applicants = [column.id for column in table.blocks[0].column_leaves if column.id != "total"]
    for column in (*applicants, "total"):
        for row in (*_BALANCED, *results):
            total = cell_of(table.id, row, column)
            if column == "total":
                sum_of(total, [CellId(table.id, row, part) for part in applicants])
        total = cell_of(table.id, "dispositions.total", column)
        sum_of(total, [CellId(table.id, row, column) for row in results])
        new, old, left = (right[CellId(table.id, row, column)] for row in _BALANCED)
        model.add(new + old == right[total] + left)
        if column == "total":
            model.add(right[total] == sum(right[total._replace(column=part)] for part in applicants))
    for row in ("reconsideration", "litigation_direct", "litigation_after_reconsideration"):
        parts = [cell_of("challenges", row, column) for column in ("upheld", "corrected", "other", "pending")]
        sum_of(cell_of("challenges", row, "total"), parts)
    if other_than is not None:
        differing = []
        for cell, stands in right.items():
            value = filing.facts[cell].value
            if filing.facts[cell].formula is None and value is not None:
                differs = model.new_bool_var(f"{cell} differs")
                model.add(stands != other_than.get(cell, int(value))).only_enforce_if(differs)
                differing.append(differs)
        model.add_bool_or(differing)
    model.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    status = solver.solve(model)
    return round(solver.objective_value) if status == cp_model.OPTIMAL else None


_ANY = 100  # where totals are formulas 表四 always adds up
_BALANCED = ("received", "brought_forward", "carried_forward")


def optimum_by_trying(problem: Problem, most: int, largest: int) -> int | None:
    """The least weight over every set of at most `most` cells and every shift of at most `largest`."""
    best: int | None = None
    cells = range(len(problem.values))
    amounts = [amount for amount in range(-largest, largest + 1) if amount]
    for size in range(most + 1):
        for chosen in combinations(cells, size):
            weight = sum(problem.weights[cell] for cell in chosen)
            if (best is not None and weight >= best) or not problem.forced <= set(chosen):
                continue
            for shifts in product(amounts, repeat=size):
                if holds(problem, dict(zip(chosen, shifts, strict=True))):
                    best = weight
                    break
    return best


def holds(problem: Problem, shifts: Mapping[int, int | Fraction]) -> bool:
    """Whether the shifts mend every row and leave every figure valid."""
    for cell, shift in shifts.items():
        least = problem.lower[cell]
        if least is not None and problem.values[cell] + shift < least:
            return False
    return all(
        sum(factor * shifts.get(cell, 0) for cell, factor in row.items()) == due
        for row, due in zip(problem.rows, problem.due, strict=True)
    )
