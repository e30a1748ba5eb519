"""The form's hard equalities over one filing: what a locator may change, and which sums are broken.

Two layers, because one is the same for thousands of filings: a `Structure` belongs to an edition and to the
set of totals that are formulas; a `System` adds one filing's figures. A computed total is no figure of its
own: it is replaced by its parts, so it can never be among the changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from operator import itemgetter
from typing import Any, TypeAlias

from workbook.form.edition import CellId, Edition, ValueKind
from workbook.form.filing import Filing, Remark
from workbook.form.values import Oddity
from workbook.locate.solver import Exact, Problem
from workbook.rules.equalities import Equality, hard_equalities, independent_rows
from workbook.rules.findings import CheckResult
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


@dataclass(frozen=True)
class System:
    """One filing's figures in the structure; `broken` maps every row that does not hold to its excess.

    `unknown` are blanks (their value counts as 0 until something is known), `invalid` figures that no such
    cell may hold; `findings` maps rows to the finding that says they are broken. `unprinted` are rows that
    this form does not have (（六） left undivided): read as 0, never to be changed.
    """

    structure: Structure
    filing: Filing
    values: tuple[Exact, ...]
    unknown: frozenset[int]
    invalid: frozenset[int]
    broken: Mapping[int, Exact]
    findings: Mapping[int, int]
    unprinted: frozenset[int] = frozenset()

    def cell(self, number: int) -> CellId:
        """The cell of a number."""
        return self.structure.cells[number]

    def kind(self, number: int) -> ValueKind:
        """What may stand in a cell."""
        return self.structure.kinds[number]

    def problem(self, rows: tuple[int, ...], weights: Sequence[int]) -> tuple[Problem, tuple[int, ...]]:
        """The program of some rows, and the cells its numbers stand for."""
        structure = self.structure
        cells = tuple(sorted({cell for index in rows for cell in structure.rows[index]}))
        number = {cell: own for own, cell in enumerate(cells)}
        kinds = [self.kind(cell) for cell in cells]
        return (
            Problem(
                rows=[
                    {number[cell]: factor for cell, factor in structure.rows[index].items()} for index in rows
                ],
                due=[-self.broken.get(index, 0) for index in rows],
                values=[self.values[cell] for cell in cells],
                lower=[None if kind is ValueKind.SIGNED else 0 for kind in kinds],
                weights=[weights[cell] for cell in cells],
                forced=frozenset(number[cell] for cell in self.invalid if cell in number),
                free=frozenset(number[cell] for cell in self.unknown if cell in number),
                decimal=frozenset(own for own, kind in enumerate(kinds) if kind is ValueKind.AMOUNT),
            ),
            cells,
        )


def system_of(result: CheckResult, rulebook: RuleBook) -> System:
    """The equalities over a checked filing. Raises nothing."""
    filing = result.filing
    edition = filing.edition
    equalities = hard_equalities(rulebook, edition)
    form = _form(rulebook, edition)
    said = {(finding.rule, finding.mark): index for index, finding in enumerate(result.findings)}
    figures = _figures(filing, form)
    structure = structure_of(rulebook, edition, filing.year, _definitions(filing, form, equalities, figures))
    values = [figures.get(cell, 0) for cell in structure.cells]
    unknown = frozenset(n for n, cell in enumerate(structure.cells) if cell not in figures)
    broken: dict[int, Exact] = {}
    silent = set()
    for index, excess in structure.excesses(values).items():
        equality = equalities[index]
        if (equality.rule, equality.mark) in said or unknown.intersection(structure.rows[index]):
            broken[index] = excess
        else:
            silent.add(index)  # it does not hold and nobody complains: switched off, no evidence
    if silent:
        rows = tuple({} if index in silent else row for index, row in enumerate(structure.rows))
        structure = replace(structure, rows=rows)
    return System(
        structure=structure,
        filing=filing,
        values=tuple(values),
        unknown=unknown,
        invalid=frozenset(
            number
            for number, value in enumerate(values)
            # Nearly every figure is a whole number from 0 up, which any cell may hold.
            if (type(value) is not int or value < 0) and not _valid(value, structure.kinds[number])
        ),
        broken=broken,
        findings={
            index: said[equality.rule, equality.mark]
            for index, equality in enumerate(equalities)
            if (equality.rule, equality.mark) in said
        },
        unprinted=_unprinted(filing, structure),
    )


def _figures(filing: Filing, form: _Form) -> dict[CellId, Exact]:
    """The figures that are known for certain."""
    facts = filing.facts
    found: dict[CellId, Exact] = {}
    for cell in form.cells:
        fact = facts.get(cell)
        if fact is None:
            continue
        if fact.value is not None:
            found[cell] = exact(fact.value)
        elif fact.oddity is Oddity.BLANK and filing.declared_zero:
            found[cell] = 0
    if filing.uncertain or filing.missing_tables:
        return {
            cell: value
            for cell, value in found.items()
            if cell not in filing.uncertain and cell.table not in filing.missing_tables
        }
    return found


def _unprinted(filing: Filing, structure: Structure) -> frozenset[int]:
    if not any(item.remark is Remark.UNDIVIDED for item in filing.observations):
        return frozenset()
    return frozenset(
        number
        for number, cell in enumerate(structure.cells)
        if (fact := filing.facts.get(cell)) is not None and fact.value is not None and fact.place is None
    )


@dataclass(frozen=True)
class _Form:
    """What all filings of an edition share: every cell of a hard equality; for every total the equalities
    that say it is a sum, that over its own parts first.
    """

    cells: tuple[CellId, ...]
    sums: Mapping[CellId, tuple[int, ...]]


def _form(rulebook: RuleBook, edition: Edition) -> _Form:
    cache: dict[str, _Form] = rulebook.__dict__.setdefault("_hard_form", {})
    if edition.id not in cache:
        equalities = hard_equalities(rulebook, edition)
        every = (cell for equality in equalities for cell in equality.factors)
        cache[edition.id] = _Form(
            tuple(dict.fromkeys(every)),
            {
                cell: tuple(
                    sorted(
                        (index for index, item in enumerate(equalities) if _adds_up(item, cell)),
                        key=lambda index: set(equalities[index].factors) != {cell, *parts},
                    )
                )
                for cell, parts in edition.totals.items()
            },
        )
    return cache[edition.id]


def _definitions(
    filing: Filing, form: _Form, equalities: tuple[Equality, ...], figures: Mapping[CellId, Exact]
) -> dict[CellId, int]:
    """The equality each formula total is computed by; −1 where its formula adds something else."""
    found: dict[CellId, int] = {}
    for cell in filing.edition.totals:
        fact = filing.facts.get(cell)
        if fact is None or fact.formula is None:
            continue
        found[cell] = -1
        for index in form.sums.get(cell, ()):
            factors = equalities[index].factors
            excess = sum(factor * figures[part] for part, factor in factors.items() if part in figures)
            if not excess or cell not in figures:
                found[cell] = index
                break
    return found


def _adds_up(equality: Equality, total: CellId) -> bool:
    """Whether the equality says that the cell is the sum of all others."""
    lead = equality.factors.get(total)
    return lead is not None and all(
        factor == -lead for cell, factor in equality.factors.items() if cell != total
    )


def exact(value: Decimal) -> Exact:
    """A figure as an exact number: int where it is whole."""
    whole = int(value)
    return whole if whole == value else Fraction(value)


def _valid(value: Exact, kind: ValueKind) -> bool:
    if kind is ValueKind.AMOUNT:
        return value >= 0
    return isinstance(value, int) and (value >= 0 or kind is ValueKind.SIGNED)
