"""The hard equalities over the cells that may change, the same for thousands of filings.

A computed total is no figure of its own: it is replaced by its parts, so it can never be among the changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, TypeAlias

from workbook.form.edition import CellId, Edition, ValueKind
from workbook.locate.elimination import Exact
from workbook.rules.equalities import Equality, hard_equalities, independent_rows
from workbook.rules.rulebook import RuleBook

_MOST_STRUCTURES = 64
_Reader: TypeAlias = Callable[[Sequence[Exact]], tuple[Any, ...]]


@dataclass(frozen=True)
class Structure:
    """The equalities over the cells that may change: computed totals are replaced by their parts.

    `rows` are numbered like `equalities`; a row without cells (a computed total's own sum) is empty.
    `carried` says for every computed total how much of each cell is in it.
    """

    edition: Edition
    equalities: tuple[Equality, ...]
    cells: tuple[CellId, ...]
    rows: tuple[Mapping[int, int], ...]
    carried: Mapping[CellId, Mapping[int, int]]

    @cached_property
    def number(self) -> dict[CellId, int]:
        """Cell → its number."""
        return {cell: number for number, cell in enumerate(self.cells)}

    @cached_property
    def kinds(self) -> tuple[ValueKind, ...]:
        """What may stand in each cell."""
        return tuple(self.edition.kind(cell) for cell in self.cells)

    @cached_property
    def are_totals(self) -> tuple[bool, ...]:
        """Whether each cell is a total the form prints."""
        return tuple(cell in self.edition.totals for cell in self.cells)

    @cached_property
    def totals(self) -> tuple[tuple[int, tuple[tuple[int, int], ...]], ...]:
        """The totals that may change, each with what its parts are made of: (total, ((cell, factor), …))."""
        return tuple(
            (number, tuple(item for part in parts for item in self.leaves(part).items()))
            for total, parts in self.edition.totals.items()
            if (number := self.number.get(total)) is not None
        )

    @cached_property
    def _readers(self) -> tuple[tuple[_Reader, _Reader], ...]:
        """For every row what takes its added and its subtracted figures out of all of them, in one call.

        One nought stands behind the figures; a reader takes it twice, so that it always gives a tuple.
        """
        nought = len(self.cells)
        found = []
        for row in self.rows:
            added = [cell for cell, factor in row.items() for _ in range(factor)]
            taken = [cell for cell, factor in row.items() for _ in range(-factor)]
            found.append((itemgetter(*added, nought, nought), itemgetter(*taken, nought, nought)))
        return tuple(found)

    def excesses(self, values: Sequence[Exact]) -> dict[int, Exact]:
        """The rows that do not hold with these figures, each with what is too much."""
        figures = (*values, 0)
        return {
            index: excess
            for index, (added, taken) in enumerate(self._readers)
            if (excess := sum(added(figures)) - sum(taken(figures)))
        }

    @cached_property
    def columns(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For every cell the rows it is in, with its factor."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.cells]
        for index, row in enumerate(self.rows):
            for cell, factor in row.items():
                found[cell].append((index, factor))
        return tuple(tuple(column) for column in found)

    @cached_property
    def masks(self) -> tuple[int, ...]:
        """For every row its cells as bits."""
        return tuple(sum(1 << cell for cell in row) for row in self.rows)

    @cached_property
    def islands(self) -> tuple[tuple[int, ...], ...]:
        """Sets of rows that have nothing to do with one another, each with an independent set of rows first.

        A row that follows from several islands (the column of totals, where all totals are formulas) is
        in none.
        """
        independent, _ = independent_rows(self.rows)
        groups: list[tuple[int, list[int]]] = []
        for index in independent:
            mask, members = self.masks[index], [index]
            apart = []
            for other_mask, other_members in groups:
                if other_mask & mask:
                    mask |= other_mask
                    members += other_members
                else:
                    apart.append((other_mask, other_members))
            groups = [*apart, (mask, members)]
        for index in range(len(self.rows)):
            if index in independent or not self.rows[index]:
                continue
            for mask, members in groups:
                if not self.masks[index] & ~mask:
                    members.append(index)
        return tuple(tuple(sorted(members)) for _, members in sorted(groups, key=lambda item: min(item[1])))

    def leaves(self, cell: CellId) -> Mapping[int, int]:
        """The cells a figure is made of: itself, or what a computed total adds up."""
        number = self.number.get(cell)
        return {number: 1} if number is not None else self.carried.get(cell, {})

    @cached_property
    def lines(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Printed rows and columns as cell numbers: ("row" | "column", cells in print order)."""
        tables: dict[str, list[int]] = {}
        for number, cell in enumerate(self.cells):
            tables.setdefault(cell.table, []).append(number)
        found: list[tuple[str, tuple[int, ...]]] = []
        for numbers in tables.values():
            for kind in ("row", "column"):
                by_line: dict[str, list[int]] = {}
                for number in numbers:
                    by_line.setdefault(getattr(self.cells[number], kind), []).append(number)
                found += [(kind, tuple(line)) for line in by_line.values() if len(line) > 1]
        return tuple(found)

    @cached_property
    def line_masks(self) -> tuple[int, ...]:
        """For every line its cells as bits."""
        return tuple(sum(1 << cell for cell in line) for _, line in self.lines)


def structure_of(
    rulebook: RuleBook, edition: Edition, year: int | None, definitions: Mapping[CellId, int]
) -> Structure:
    """The structure where each total of `definitions` is computed by that equality (by number).

    A total with the number −1 is computed in a way nobody knows: what it stands in is no evidence.
    """
    equalities = hard_equalities(rulebook, edition)
    cache: dict[object, Structure] = rulebook.__dict__.setdefault("_structures", {})
    key = (edition.id, year, frozenset(definitions.items()))
    if key not in cache:
        if len(cache) >= _MOST_STRUCTURES:
            cache.clear()
        cache[key] = _structure(edition, equalities, year, definitions)
    return cache[key]


def _structure(
    edition: Edition,
    equalities: tuple[Equality, ...],
    year: int | None,
    definitions: Mapping[CellId, int],
) -> Structure:
    def spelt_out(cell: CellId, depth: int = 0) -> dict[CellId, int] | None:
        index = definitions.get(cell)
        if index is None:
            return {cell: 1}
        if index < 0 or depth > 4:
            return None
        factors = equalities[index].factors
        found: dict[CellId, int] = {}
        for part, factor in factors.items():
            if part == cell:
                continue
            inner = spelt_out(part, depth + 1)
            if inner is None:
                return None
            for leaf, times in inner.items():
                found[leaf] = found.get(leaf, 0) - times * factor * factors[cell]
        return found

    whole: list[dict[CellId, int]] = []
    for equality in equalities:
        row: dict[CellId, int] = {}
        for cell, factor in equality.factors.items():
            inner = spelt_out(cell)
            if inner is None or not equality.since <= (year or equality.since) <= equality.until:
                row = {}
                break
            for leaf, times in inner.items():
                row[leaf] = row.get(leaf, 0) + factor * times
        whole.append({cell: factor for cell, factor in row.items() if factor})
    used = {cell for row in whole for cell in row}
    cells = tuple(cell for cell in edition.cells if cell in used)
    number = {cell: index for index, cell in enumerate(cells)}
    carried = {
        total: {number[cell]: factor for cell, factor in inner.items() if cell in number}
        for total in definitions
        if (inner := spelt_out(total)) is not None
    }
    rows = tuple({number[cell]: factor for cell, factor in row.items()} for row in whole)
    return Structure(edition, equalities, cells, rows, carried)
