"""The least weighted change of a few cells after which a system of equalities holds (Fellegi–Holt).

An exact branch-and-bound of our own, in whole numbers, without any solver library: the system is tiny (42
equalities, at most 175 cells), a slip touches three equalities at most, and disjoint broken equalities bound
the weight from below so well that few nodes are visited. highspy (3 MB and NumPy) and OR-tools (30 MB) solve
the same program with "big M" constants; they would be the largest part of the frozen add-in, and HiGHS
decides in floating point what is a question of exact sums. OR-tools is the oracle in the tests.

How it works. A broken equality must contain a cell that changes. The search takes the broken equality with
the fewest cells left, branches over them, and eliminates the chosen cell from all other equalities (its
change follows from the equality), until none is broken. Every set of cells is met at most once: the cells
tried before are out of bounds in later branches. Where a figure would then fall below 0, one of the cells
that move it must change as well. Idea: I. P. Fellegi, D. Holt, A systematic approach to automatic edit and
imputation, JASA 71 (1976) 17–35.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbook.locate.elimination import Exact, Row, bits, pivot, whole
from workbook.locate.inequalities import Inequality, feasible_point


@dataclass(frozen=True, slots=True)
class Problem:
    """Σ factor × change = due for every row; cells are 0 … n−1.

    `values` is what stands in each cell, `lower` the least that may stand there (None: signed), `weights`
    what a change costs. `forced` must change (a negative count, a fraction), `free` (blanks) may take any
    value at no cost; `decimal` may hold fractions, every other cell whole numbers only.
    """

    rows: Sequence[Mapping[int, int]]
    due: Sequence[Exact]
    values: Sequence[Exact]
    lower: Sequence[int | None]
    weights: Sequence[int]
    forced: frozenset[int] = frozenset()
    free: frozenset[int] = frozenset()
    decimal: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Solution:
    """Which cells change, by how much, and what that costs; `open` if other amounts would do as well."""

    shifts: Mapping[int, Exact]
    weight: int
    open: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The least weighted solution first, then every other within the margin.

    `complete`: the search went to its end, so the first is the optimum and no solution within the margin is
    missing. Otherwise the solutions are merely solutions.
    """

    solutions: tuple[Solution, ...]
    complete: bool
    nodes: int


@dataclass(frozen=True, slots=True)
class Effort:
    """How far a search may go: nodes visited (the same on every machine), seconds, solutions kept."""

    nodes: int
    seconds: float
    solutions: int


_MOST_EXTRAS = 3  # cells changed only to keep another from falling below 0


def least_changes(problem: Problem, margin: int, effort: Effort) -> Answer:
    """The optimum and every solution that weighs at most `margin` more. Raises nothing."""
    return _Search(problem, margin, effort).run()


@dataclass(slots=True)
class _Search:
    problem: Problem
    margin: int
    effort: Effort
    order: list[int] = field(default_factory=list)  # own number → the problem's cell, lightest first
    weights: list[int] = field(default_factory=list)
    values: list[Exact] = field(default_factory=list)
    lower: list[int | None] = field(default_factory=list)
    free: int = 0
    best: int | None = None
    limit: int = 0  # what a solution may weigh in the present round
    found: dict[tuple[tuple[int, Exact], ...], Solution] = field(default_factory=dict)
    nodes: int = 0
    cut: bool = False
    until: float = 0.0

    def run(self) -> Answer:
        """Search to the end or to the limit of effort."""
        problem = self.problem
        # The lightest cell of a set is then its lowest bit, which makes the bound a matter of a few shifts.
        self.order = sorted(range(len(problem.values)), key=lambda cell: (problem.weights[cell], cell))
        number = {cell: own for own, cell in enumerate(self.order)}
        self.weights = [problem.weights[cell] for cell in self.order]
        self.values = [problem.values[cell] for cell in self.order]
        self.lower = [problem.lower[cell] for cell in self.order]
        self.free = sum(1 << number[cell] for cell in problem.free)
        self.until = time.monotonic() + self.effort.seconds
        rows: dict[int, Row] = {}
        for index, (factors, due) in enumerate(zip(problem.rows, problem.due, strict=True)):
            own = {number[cell]: factor for cell, factor in factors.items()}
            rows[index] = Row(sum(1 << cell for cell in own), dict(own), due)
        basis: dict[int, Row] = {}
        extras: list[int] = []
        spent = 0
        barred = 0
        for cell in sorted(
            (number[c] for c in problem.free | problem.forced), key=lambda c: not self._is_free(c)
        ):
            spent += 0 if self._is_free(cell) else self.weights[cell]
            barred |= 1 << cell
            home = min(
                (r for r in rows if rows[r].mask >> cell & 1),
                key=lambda r: (rows[r].due == 0, r),
                default=None,
            )
            if home is not None:
                rows, basis = pivot(rows, basis, home, cell)
            elif not self._is_free(cell):
                extras.append(cell)
        self._rounds(rows, basis, barred, spent, tuple(extras))
        kept = sorted(self.found.values(), key=lambda item: (item.weight, sorted(item.shifts.items())))
        limit = (self.best or 0) + self.margin
        return Answer(tuple(item for item in kept if item.weight <= limit), not self.cut, self.nodes)

    def _rounds(
        self, rows: dict[int, Row], basis: dict[int, Row], barred: int, spent: int, extras: tuple[int, ...]
    ) -> None:
        """Search with a limit that rises only as far as needed: most branches die of it at once."""
        step = min(self.weights, default=1)
        bound = spent + self._bound(rows, basis, barred)
        most = spent + sum(self.weights)
        while not self.cut and bound <= most:
            self.limit = bound + self.margin
            self._descend(rows, basis, barred, spent, extras)
            if self.best is not None and self.best <= bound:
                return
            # What was found weighs more than the bound: everything within the margin of it comes next.
            bound = self.best if self.best is not None else bound + step

    def _is_free(self, cell: int) -> bool:
        return bool(self.free >> cell & 1)

    def _descend(
        self, rows: dict[int, Row], basis: dict[int, Row], barred: int, spent: int, extras: tuple[int, ...]
    ) -> None:
        """Go on from a node: `barred` cells are decided (chosen, or left as they are)."""
        if self._stopped():
            return
        broken = [row for row in rows.values() if row.due]
        if not broken:
            self._settle(rows, basis, barred, spent, extras)
            return
        if self.limit - spent < 2 * self.weights[0]:
            self._finish(rows, basis, barred, spent, extras, broken)
            return
        home = min(
            (index for index in rows if rows[index].due),
            key=lambda index: ((rows[index].mask & ~barred).bit_count(), index),
        )
        children = []
        now = barred
        for cell in bits(rows[home].mask & ~barred):
            now |= 1 << cell
            cost = spent + self.weights[cell]
            if self._too_dear(cost):
                continue
            next_rows, next_basis = pivot(rows, basis, home, cell)
            bound = cost + self._bound(next_rows, next_basis, now)
            if not self._too_dear(bound):
                children.append((bound, cell, next_rows, next_basis, now, cost))
        children.sort(key=lambda child: child[:2])
        for bound, _, next_rows, next_basis, next_barred, cost in children:
            if self.cut:
                return
            if not self._too_dear(bound):
                self._descend(next_rows, next_basis, next_barred, cost, extras)

    def _finish(
        self,
        rows: dict[int, Row],
        basis: dict[int, Row],
        barred: int,
        spent: int,
        extras: tuple[int, ...],
        broken: list[Row],
    ) -> None:
        """One more change at most: it must be a cell of every broken row, in proportion."""
        mask = ~barred
        for row in broken:
            mask &= row.mask
        first = broken[0]
        for cell in bits(mask):
            cost = spent + self.weights[cell]
            if self._too_dear(cost):
                continue
            lead = first.factors[cell]
            if all(row.due * lead == first.due * row.factors[cell] for row in broken):
                home = min(index for index, row in rows.items() if row is first)
                next_rows, next_basis = pivot(rows, basis, home, cell)
                if not any(row.due for row in next_rows.values()):
                    # Cells before this one are barred only where a branch could meet the same set again.
                    self._settle(next_rows, next_basis, barred | 1 << cell, cost, extras)

    def _stopped(self) -> bool:
        self.nodes += 1
        late = not self.nodes % 64 and time.monotonic() > self.until
        if late or self.nodes > self.effort.nodes or len(self.found) >= self.effort.solutions:
            self.cut = True
        return self.cut

    def _too_dear(self, weight: int) -> bool:
        return weight > self.limit

    def _bound(self, rows: dict[int, Row], basis: dict[int, Row], barred: int) -> int:
        """What the rest costs at least: equalities without a common cell need a change each."""
        masks = []
        for row in rows.values():
            if row.due:
                mask = row.mask & ~barred
                if not mask:
                    return 1 << 60
                masks.append(mask)
        for cell, row in basis.items():
            # A figure below its least needs yet another change among the cells that move it.
            if self._fails(cell, row):
                mask = row.mask & ~barred
                if not mask:
                    return 1 << 60
                masks.append(mask)
        masks.sort(key=int.bit_count)
        return max(self._packed(masks), self._packed(masks[::-1])) if masks else 0

    def _packed(self, masks: list[int]) -> int:
        used = total = 0
        for mask in masks:
            if not mask & used:
                used |= mask
                total += self.weights[(mask & -mask).bit_length() - 1]
        return total

    def _fails(self, cell: int, row: Row) -> bool:
        value = self.values[cell] + row.due
        least = self.lower[cell]
        if row.mask & self.free:
            return False  # a blank can take up the difference
        return (least is not None and value < least) or not self._may_hold(cell, value)

    def _may_hold(self, cell: int, value: Exact) -> bool:
        whole = isinstance(value, int) or value.denominator == 1
        return whole or self.order[cell] in self.problem.decimal

    def _settle(
        self, rows: dict[int, Row], basis: dict[int, Row], barred: int, spent: int, extras: tuple[int, ...]
    ) -> None:
        """No equality is broken: keep the solution, or find what keeps its figures from falling below 0."""
        failing = [cell for cell, row in basis.items() if self._fails(cell, row)]
        if not failing and not extras:
            self._keep({cell: row.due for cell, row in basis.items()}, False)
            return
        if extras:
            point, loose = self._point(basis, extras)
            if point is not None:
                shifts = dict(zip(extras, point, strict=True))
                moved = {
                    cell: row.due - sum(row.factors.get(extra, 0) * shift for extra, shift in shifts.items())
                    for cell, row in basis.items()
                }
                self._keep(moved | shifts, loose)
                return
            if len(extras) >= _MOST_EXTRAS:
                self.cut = True
                return
            failing = list(basis)
        mask = 0
        for cell in failing:
            mask |= basis[cell].mask
        now = barred
        for cell in bits(mask & ~barred):
            now |= 1 << cell
            cost = spent + self.weights[cell]
            if self._too_dear(cost) or self._stopped():
                continue
            home = min((index for index in rows if rows[index].mask >> cell & 1), default=None)
            if home is None:
                self._settle(rows, basis, now, cost, (*extras, cell))
            else:  # a whole equality has to be kept: it says how the cell moves with its neighbours
                next_rows, next_basis = pivot(rows, basis, home, cell)
                self._settle(next_rows, next_basis, now, cost, extras)

    def _point(self, basis: dict[int, Row], extras: tuple[int, ...]) -> tuple[tuple[Exact, ...] | None, bool]:
        """Shifts of the extra cells that keep every figure valid, and whether others would do."""
        limits: list[Inequality] = []
        for cell, row in basis.items():
            least = self.lower[cell]
            if least is not None and not row.mask & self.free:
                factors = tuple(-row.factors.get(extra, 0) for extra in extras)
                limits.append((factors, least - self.values[cell] - row.due))
        for number, extra in enumerate(extras):
            least = self.lower[extra]
            if least is not None:
                unit = tuple(int(number == other) for other in range(len(extras)))
                limits.append((unit, least - self.values[extra]))
        return feasible_point(limits, len(extras))

    def _keep(self, shifts: Mapping[int, Exact], loose: bool) -> None:
        moved = {cell: whole(shift) for cell, shift in shifts.items() if shift and not self._is_free(cell)}
        real = {self.order[cell]: shift for cell, shift in moved.items()}
        if not self.problem.forced <= real.keys():
            return
        if not all(self._may_hold(cell, self.values[cell] + shift) for cell, shift in moved.items()):
            return
        # A chosen cell may turn out not to move at all: it costs nothing then.
        weight = sum(self.problem.weights[cell] for cell in real)
        if self._too_dear(weight):
            return
        if self.best is None or weight < self.best:
            self.best = weight
            self.limit = min(self.limit, weight + self.margin)
        key = tuple(sorted(real.items()))
        self.found.setdefault(key, Solution(dict(key), weight, loose))
        if len(self.found) > self.effort.solutions // 2:
            limit = self.best + self.margin
            self.found = {k: item for k, item in self.found.items() if item.weight <= limit}
