"""The same question put to others: OR-tools' exact integer solver, and trying every set of cells."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations, product

from workbook.locate.solver import Problem


def optimum_by_ortools(problem: Problem) -> int | None:
    """The least weight by CP-SAT, another formulation: one switch for each cell; None if there is none."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    largest = sum(abs(int(value)) for value in problem.values) + sum(abs(int(due)) for due in problem.due) + 1
    shifts, costs = {}, []
    for cell, value in enumerate(problem.values):
        least = problem.lower[cell]
        low = -largest if least is None else least - int(value)
        shift = model.new_int_var(min(low, largest), largest, f"d{cell}")
        changed = model.new_bool_var(f"y{cell}")
        model.add(shift == 0).only_enforce_if(~changed)
        if cell in problem.forced:
            model.add(shift != 0)
        shifts[cell] = shift
        if cell not in problem.free:
            costs.append(problem.weights[cell] * changed)
    for row, due in zip(problem.rows, problem.due, strict=True):
        model.add(sum(factor * shifts[cell] for cell, factor in row.items()) == int(due))
    model.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    status = solver.solve(model)
    return round(solver.objective_value) if status == cp_model.OPTIMAL else None


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
