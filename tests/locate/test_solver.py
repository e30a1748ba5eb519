"""The search finds the least weighted change, and all of its equals, or says that it was cut short."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.locate.oracle import holds, optimum_by_trying, optimum_of_report
from tests.locate.realistic import MAGNITUDES
from tests.locate.seeding import seeded
from tests.strategies import steady
from workbook.form.edition import CellId
from workbook.form.editionfile import all_editions
from workbook.form.filing import Fact, Filing
from workbook.form.values import Oddity
from workbook.locate.inequalities import feasible_point
from workbook.locate.solver import Effort, Problem, least_changes
from workbook.locate.system import system_of
from workbook.locate.weights import standard_weights
from workbook.rules.checker import check_filing
from workbook.rules.rulebook import load_rulebook

BOOK = load_rulebook()
WEIGHTS = standard_weights()
EFFORT = Effort(nodes=20_000, seconds=60, solutions=400)

# The full comparison: GOUJI_OPTIMALITY=2000 pytest tests/locate/test_solver.py
FULL_TABLES = int(os.environ.get("GOUJI_OPTIMALITY", "40"))


@st.composite
def small_tables(draw: st.DrawFn) -> Problem:
    """A table of two or three rows and columns with typed totals, a few figures of it wrong."""
    height, width = draw(st.integers(1, 2)), draw(st.integers(2, 3))
    inner = [[draw(st.integers(0, 3)) for _ in range(width)] for _ in range(height)]
    whole = [[*row, sum(row)] for row in inner]
    whole.append([sum(row[column] for row in whole) for column in range(width + 1)])
    values = [value for row in whole for value in row]
    number = {
        (row, column): row * (width + 1) + column for row in range(height + 1) for column in range(width + 1)
    }
    for _ in range(draw(st.integers(1, 3))):
        values[draw(st.integers(0, len(values) - 1))] = draw(st.integers(-2, 4))
    rows = [
        {number[row, column]: 1 if column < width else -1 for column in range(width + 1)}
        for row in range(height + 1)
    ]
    rows += [
        {number[row, column]: 1 if row < height else -1 for row in range(height + 1)}
        for column in range(width + 1)
    ]
    due = [-sum(factor * values[cell] for cell, factor in row.items()) for row in rows]
    weights = [draw(st.sampled_from([90, 100, 110])) for _ in values]
    return Problem(
        rows=rows,
        due=due,
        values=values,
        lower=[0] * len(values),
        weights=weights,
        forced=frozenset(cell for cell, value in enumerate(values) if value < 0),
    )


@steady
@given(small_tables())
def test_small_tables_get_the_optimum_that_trying_everything_gives(problem: Problem) -> None:
    answer = least_changes(problem, 35, EFFORT)
    assert answer.complete
    best = answer.solutions[0]
    # Figures are at most a dozen; four changes are more than any such table needs.
    expected = optimum_by_trying(problem, min(len(best.shifts), 3), 12)
    if len(best.shifts) <= 3:
        assert best.weight == expected
    else:
        assert expected is None or expected >= best.weight


@steady
@given(small_tables())
def test_every_solution_mends_every_sum_and_is_within_the_margin(problem: Problem) -> None:
    answer = least_changes(problem, 35, EFFORT)
    weights = [solution.weight for solution in answer.solutions]
    assert weights == sorted(weights)
    for solution in answer.solutions:
        assert holds(problem, solution.shifts)
        assert solution.weight == sum(problem.weights[cell] for cell in solution.shifts)
        assert solution.weight <= weights[0] + 35
        assert all(solution.shifts.values())
        assert problem.forced <= solution.shifts.keys()
    assert len({tuple(sorted(s.shifts.items())) for s in answer.solutions}) == len(answer.solutions)


@steady
@given(small_tables())
def test_all_equally_small_solutions_are_found(problem: Problem) -> None:
    """Uniqueness stands on this: single and double changes are counted by trying them all."""
    answer = least_changes(problem, 0, EFFORT)
    best = answer.solutions[0]
    if len(best.shifts) > 2 or any(solution.open for solution in answer.solutions):
        return
    found = {frozenset(s.shifts) for s in answer.solutions if len(s.shifts) == len(best.shifts)}
    assert found == set(_all_of_size(problem, len(best.shifts), best.weight))


def _all_of_size(problem: Problem, size: int, weight: int) -> Iterator[frozenset[int]]:
    from itertools import combinations, product

    amounts = [amount for amount in range(-12, 13) if amount]
    for cells in combinations(range(len(problem.values)), size):
        if sum(problem.weights[cell] for cell in cells) != weight or not problem.forced <= set(cells):
            continue
        for shifts in product(amounts, repeat=size):
            if holds(problem, dict(zip(cells, shifts, strict=True))):
                yield frozenset(cells)
                break


def full_reports(count: int) -> Iterator[Filing]:
    """One to five random errors in 表三, three magnitudes, typed and formula totals, some with blanks."""
    draw = random.Random("optimality")
    names = ("wrong_figure", "two_errors", "three_errors", "four_errors", "five_errors", "moved", "sign")
    produced = 0
    while produced < count:
        edition = draw.choice(all_editions())
        formulas = draw.random() < 0.2
        name = draw.choice(names[:5] if formulas else names)
        try:
            case = seeded(name, edition, draw.choice(list(MAGNITUDES)), draw, formulas=formulas)
        except AssertionError:
            continue
        facts = dict(case.filing.facts)
        if not formulas and draw.random() < 0.2:
            for cell in draw.sample(edition.by_id["applications"].cells, draw.randint(1, 3)):
                facts[cell] = Fact(cell, None, None, Oddity.BLANK)
        produced += 1
        yield replace(case.filing, facts=facts)


def problems_of(filing: Filing, draw: random.Random) -> tuple[list[Problem], dict[CellId, int]]:
    """The programs the locator solves for a report, and what changing each cell costs there."""
    system = system_of(check_filing(filing, BOOK), BOOK)
    change = WEIGHTS.change
    prices = tuple(draw.choice([change["typed_total"], 100, 108, 118]) for _ in system.structure.cells)
    hit = [rows for rows in system.structure.islands if any(row in system.broken for row in rows)]
    return [system.problem(rows, prices)[0] for rows in hit], dict(
        zip(system.structure.cells, prices, strict=True)
    )


def test_full_tables_get_the_optimum_of_another_solver() -> None:
    """With the effort and margin that users get, it weighs the same as another formulation's optimum."""
    draw = random.Random("prices")
    effort = replace(WEIGHTS.effort, seconds=60)  # the steps users get, however busy the machine
    for number, filing in enumerate(full_reports(FULL_TABLES)):
        problems, prices = problems_of(filing, draw)
        answers = [least_changes(problem, WEIGHTS.rival_margin, effort) for problem in problems]
        assert all(answer.complete for answer in answers), number
        assert sum(answer.solutions[0].weight for answer in answers) == optimum_of_report(filing, prices), (
            number
        )


def test_a_blank_takes_any_value_for_nothing() -> None:
    """3 + blank = 5, and 4 + 1 = 6 beside it: only the second needs a change."""
    problem = Problem(
        rows=[{0: 1, 1: 1, 2: -1}, {3: 1, 4: 1, 5: -1}],
        due=[2, 1],
        values=[3, 0, 5, 4, 1, 6],
        lower=[0] * 6,
        weights=[100] * 6,
        free=frozenset({1}),
    )
    answer = least_changes(problem, 0, EFFORT)
    assert [dict(solution.shifts) for solution in answer.solutions] == [{3: 1}, {4: 1}, {5: -1}]


def test_a_figure_never_falls_below_its_least() -> None:
    """1 + 0 = 0: only lowering the 1 or raising the total will do."""
    problem = Problem([{0: 1, 1: 1, 2: -1}], [-1], [1, 0, 0], [0] * 3, [100] * 3)
    answer = least_changes(problem, 0, EFFORT)
    assert [dict(solution.shifts) for solution in answer.solutions] == [{0: -1}, {2: 1}]


def test_a_signed_cell_may_fall_below_nought() -> None:
    problem = Problem([{0: 1, 1: -1}, {0: 1}], [0, -5], [3, 3], [None, None], [100, 100])
    (solution,) = least_changes(problem, 0, EFFORT).solutions
    assert solution.shifts == {0: -5, 1: -5}


def test_decimals_stay_exact() -> None:
    """0.1 + 0.2 against 0.4, amounts: no binary noise, and counts may not take a fraction."""
    tenth = Fraction(1, 10)
    problem = Problem(
        [{0: 1, 1: 1, 2: -1}],
        [tenth],
        [tenth, 2 * tenth, 4 * tenth],
        [0] * 3,
        [100] * 3,
        decimal=frozenset({0, 1, 2}),
    )
    shifts = [dict(solution.shifts) for solution in least_changes(problem, 0, EFFORT).solutions]
    assert shifts == [{0: tenth}, {1: tenth}, {2: -tenth}]


def test_a_cell_may_have_to_change_only_to_keep_another_from_falling_below_nought() -> None:
    """x − y = 4 with x = 1, y = 0 where x may change but stands in another sum with a full cell."""
    problem = Problem(
        rows=[{0: 1, 1: -1}, {0: 1, 2: 1}],
        due=[-3, 0],
        values=[1, 0, 0],
        lower=[0, 0, 0],
        weights=[100, 100, 100],
    )
    answer = least_changes(problem, 0, EFFORT)
    assert [dict(solution.shifts) for solution in answer.solutions] == [{1: 3}]


def test_effort_is_limited_and_said() -> None:
    report = seeded("five_errors", all_editions()[-1], "district", random.Random(1)).filing
    (problem,), _ = problems_of(report, random.Random(1))
    answer = least_changes(problem, 35, Effort(nodes=1, seconds=60, solutions=10))
    assert not answer.complete


def test_nothing_broken_needs_no_change() -> None:
    problem = Problem([{0: 1, 1: -1}], [0], [1, 1], [0, 0], [100, 100])
    answer = least_changes(problem, 0, EFFORT)
    assert answer.complete
    assert [dict(solution.shifts) for solution in answer.solutions] == [{}]


@steady
@given(
    st.lists(st.tuples(st.tuples(*[st.integers(-2, 2)] * 2), st.integers(-4, 4)), max_size=5),
)
def test_a_feasible_point_is_one(inequalities: list[tuple[tuple[int, int], int]]) -> None:
    def fits(x: int, y: int) -> bool:
        return all(a * x + b * y >= bound for (a, b), bound in inequalities)

    point, _ = feasible_point(list(inequalities), 2)
    if point is None:
        assert not any(fits(x, y) for x in range(-9, 10) for y in range(-9, 10))
    elif all(isinstance(value, int) for value in point):
        assert fits(int(point[0]), int(point[1])) or not _unimodular(inequalities)


def _unimodular(inequalities: list[tuple[tuple[int, int], int]]) -> bool:
    return all(abs(factor) <= 1 for (a, b), _ in inequalities for factor in (a, b))
