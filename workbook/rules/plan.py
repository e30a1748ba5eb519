"""A rule book laid out for one edition: every formula over numbered columns, made once and used for all.

A column is a figure of this year's report or, behind those, of last year's.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from operator import mul

from workbook.form.edition import CellId, Edition
from workbook.rules.binding import Application
from workbook.rules.findings import Undecided
from workbook.rules.linear import Comparison, Condition, Figure, comparisons_of, condition_of, figures_of
from workbook.rules.rule import Rule, Test
from workbook.rules.rulebook import RuleBook

_MOST_REMEMBERED = 4_096
_TESTS: Mapping[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A comparison over columns: Σ factor × value + constant × scale ∘ 0.

    `order` are the columns as the formula names them; one of them unknown makes the whole unknown.
    """

    operator: str
    columns: tuple[int, ...]
    factors: tuple[int, ...]
    constant: int
    order: tuple[int, ...]
    reads: frozenset[int]

    def holds(self, values: Sequence[int], scale: int) -> bool:
        """Whether it holds on one filing's figures, all of them known and multiplied by `scale`."""
        total: int = sum(map(mul, self.factors, map(values.__getitem__, self.columns)))
        return _TESTS[self.operator](total + self.constant * scale, 0)


@dataclass(frozen=True, slots=True)
class Step:
    """One application with its condition (None: not linear); `row` where that is one comparison."""

    rule: Rule
    application: Application
    condition: Condition | None
    row: Row | None


@dataclass(frozen=True, slots=True)
class Item:
    """A rule of the plan that covers a year: its steps, and its tests that are procedures."""

    rule: Rule
    steps: range
    procedures: tuple[tuple[int, Test], ...]


@dataclass(frozen=True)
class Plan:
    """All formulas of a rule book on one edition, beside last year's edition.

    `cells` are this year's columns (every cell of the form), `prior_cells` last year's, numbered on from
    them; `rows` the comparisons, each once; `steps` the applications in the rule book's order.
    """

    cells: tuple[CellId, ...]
    prior_cells: tuple[CellId, ...]
    rows: tuple[Row, ...]
    numbers: Mapping[Comparison, int]
    steps: tuple[Step, ...]
    items: tuple[Item, ...]
    _undecided: dict[tuple[int, str], Undecided] = field(default_factory=dict)
    _of_year: dict[int | None, tuple[Item, ...]] = field(default_factory=dict)

    def of_year(self, year: int | None) -> tuple[Item, ...]:
        """The rules that speak of a report year, in the rule book's order."""
        known = self._of_year.get(year)
        if known is None:
            if len(self._of_year) >= _MOST_REMEMBERED:
                self._of_year.clear()
            known = self._of_year[year] = tuple(i for i in self.items if i.rule.covers_year(year))
        return known

    @cached_property
    def prior_columns(self) -> frozenset[int]:
        """The columns of last year's figures."""
        return frozenset(range(len(self.cells), len(self.cells) + len(self.prior_cells)))

    def figure(self, column: int) -> tuple[CellId, bool]:
        """The cell of a column, and whether it is last year's."""
        here = len(self.cells)
        return (self.cells[column], False) if column < here else (self.prior_cells[column - here], True)

    def undecided(self, number: int, why: str) -> Undecided:
        """An application that could not be judged; the same object for the same reason."""
        known = self._undecided.get((number, why))
        if known is None:
            if len(self._undecided) >= _MOST_REMEMBERED:
                self._undecided.clear()
            step = self.steps[number]
            known = Undecided(step.rule.code, step.application.mark, why)
            self._undecided[number, why] = known
        return known


def plan_of(rulebook: RuleBook, edition: Edition, prior: Edition | None) -> Plan:
    """The plan of a rule book for an edition, made when it is first asked for."""
    plans: dict[object, Plan] = rulebook.__dict__.setdefault("_plans", {})
    key = (edition.id, prior.id if prior else None)
    if key not in plans:
        plans[key] = _planned(rulebook, edition, prior)
    return plans[key]


def _planned(rulebook: RuleBook, edition: Edition, prior: Edition | None) -> Plan:
    bound = rulebook.applications(edition, prior)
    read = chain.from_iterable(figures_of(application.formula) for _, application in bound)
    prior_cells = tuple(dict.fromkeys(cell for cell, is_prior in read if is_prior))
    columns = {(cell, False): number for number, cell in enumerate(edition.cells)}
    columns |= {(cell, True): number for number, cell in enumerate(prior_cells, len(columns))}
    numbers: dict[Comparison, int] = {}
    rows: list[Row] = []
    steps: list[Step] = []
    numbered: dict[str, range] = {}
    for rule, application in bound:
        condition = condition_of(application.formula)
        for comparison in comparisons_of(condition) if condition is not None else ():
            if comparison not in numbers:
                numbers[comparison] = len(rows)
                rows.append(_row(comparison, columns))
        start = numbered[rule.code].start if rule.code in numbered else len(steps)
        row = rows[numbers[condition]] if isinstance(condition, Comparison) else None
        steps.append(Step(rule, application, condition, row))
        numbered[rule.code] = range(start, len(steps))
    items = tuple(
        Item(
            rule,
            numbered.get(rule.code, range(0)),
            tuple((number, test) for number, test in enumerate(rule.tests) if test.procedure is not None),
        )
        for rule in rulebook.rules
        if rule.covers(edition)
    )
    return Plan(edition.cells, prior_cells, tuple(rows), numbers, tuple(steps), items)


def _row(comparison: Comparison, columns: Mapping[Figure, int]) -> Row:
    return Row(
        comparison.operator,
        tuple(columns[figure] for figure in comparison.factors),
        tuple(comparison.factors.values()),
        comparison.constant,
        tuple(columns[figure] for figure in comparison.reads),
        frozenset(columns[figure] for figure in comparison.reads),
    )
