"""The figures of a table that has been found: every cell as a fact, formulas held against what they give.

Where a table lies as in a sheet read before, a figure of the same digits in the same cell is the same fact,
and a total of our own form is reckoned from the facts of its parts without evaluating its formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import attrgetter, getitem

from workbook.files.grid import Cell, Kind, Position, Sheet
from workbook.files.memory import Memory
from workbook.form.edition import CellId
from workbook.form.filing import Fact, Place
from workbook.form.foundtable import FoundTable
from workbook.form.recalculate import NotEvaluated, OwnTotal, own_total, recalculate
from workbook.form.values import Oddity, read_cell, read_number


def facts_of(found: FoundTable, declared_zero: bool) -> dict[CellId, Fact]:
    """Every printed cell of a table as found in its sheet."""
    if len(found.cells) < len(found.table.cells):
        return _one_by_one(found, declared_zero)
    layout = found.shared.get("figures")
    if not isinstance(layout, _Layout):
        layout = found.shared["figures"] = _layout(found)
    cells = found.sheet.cells
    facts = list(map(getitem, layout.known, map(cells.get, layout.positions)))
    totals = layout.totals(tuple(map(_formula, facts)))
    if totals:
        _settle(found, layout, totals, facts, declared_zero)
    return dict(zip(layout.cells, facts, strict=True))


_formula = attrgetter("formula")
_ZERO = Decimal(0)


def _settle(
    found: FoundTable, layout: _Layout, totals: Iterable[_Total], facts: list[Fact], declared_zero: bool
) -> None:
    """Hold the facts of formula cells against what their formulas give, parts before totals."""
    sure = [fact.value if fact.oddity is Oddity.NONE else None for fact in facts]
    given: dict[int, Decimal | None] = {}
    for total in totals:
        number = total.number
        stored = sure[number]
        if stored is not None and total.parts and len(total.parts) >= total.wanted:
            try:
                if sum([sure[part] for part in total.parts], _ZERO) == stored:  # type: ignore[type-var]
                    given[number] = stored
                    continue
            except TypeError:  # quicker than asking every Decimal whether it is None
                pass
        sure[number] = None
        fact, position = facts[number], layout.positions[number]
        if _reckon(total, facts, given, declared_zero):
            facts[number] = _held_against(fact, found.sheet.cells[position].kind, given[number])
        else:
            facts[number] = _fact(fact.cell, found.sheet, position, declared_zero)


def _reckon(
    total: _Total, facts: Sequence[Fact], given: dict[int, Decimal | None], declared_zero: bool
) -> bool:
    """Put what a total's formula gives among the `given`; False where one has to evaluate it.

    As in `recalculate`: empty (None) until every part is filled, unless zeros are declared.
    """
    if not total.parts:
        return False
    added, filled = _ZERO, 0
    for part in total.parts:
        if part in given:
            value = given[part]
        else:
            fact = facts[part]
            if fact.formula is not None or fact.oddity not in _PLAIN:
                return False
            value = fact.value
        if value is not None:
            added += value
            filled += 1
    given[total.number] = added if declared_zero or filled >= total.wanted else None
    return True


_PLAIN = (Oddity.NONE, Oddity.BLANK)


class _Known(Memory[Cell | None, Fact]):
    """What stands in one cell of the form → its fact, so far as no formula has to be evaluated."""

    most, _LONGEST = 128, 32

    def __init__(self, cell: CellId, place: Place) -> None:
        super().__init__()
        self._cell, self._place = cell, place

    def __missing__(self, stored: Cell | None) -> Fact:
        value, oddity = read_cell(stored)
        formula = stored.formula if stored else None
        fact = Fact(self._cell, value, _raw(stored, value), oddity, self._place, formula)
        if stored is None or len(stored.text) <= self._LONGEST:
            self.keep(stored, fact)
        return fact


@dataclass(frozen=True, slots=True)
class _Total:
    """A cell with a formula, by its number; `parts` are those it adds up, () where one has to look.

    `wanted` is how many of them must be filled before it shows a sum.
    """

    number: int
    parts: tuple[int, ...]
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class _Layout:
    """A table's cells where they lie alike: their places, and what was read there."""

    cells: tuple[CellId, ...]
    positions: tuple[Position, ...]
    known: tuple[_Known, ...]
    _totals: dict[tuple[str | None, ...], tuple[_Total, ...]] = field(default_factory=dict)

    _MOST = 64

    def totals(self, formulas: tuple[str | None, ...]) -> tuple[_Total, ...]:
        """The cells with a formula, parts before totals, from the formulas of all cells."""
        known = self._totals.get(formulas)
        if known is None:
            if len(self._totals) >= self._MOST:
                self._totals.clear()
            known = tuple(_in_order(_totals(self.positions, formulas)))
            self._totals[formulas] = known
        return known


def _layout(found: FoundTable) -> _Layout:
    cells = found.table.cells
    positions = tuple(found.cells[cell] for cell in cells)
    places = (Place(found.sheet.name, str(position)) for position in positions)
    return _Layout(
        cells, positions, tuple(_Known(cell, place) for cell, place in zip(cells, places, strict=True))
    )


def _totals(positions: Sequence[Position], formulas: Sequence[str | None]) -> dict[int, _Total]:
    """The cells with a formula, by number."""
    numbers = {position: number for number, position in enumerate(positions)}
    totals: dict[int, _Total] = {}
    for number, formula in enumerate(formulas):
        if formula is None:
            continue
        own = own_total(formula) or OwnTotal((), 0)
        here = all(part in numbers for part in own.parts)
        parts = tuple(numbers[part] for part in own.parts) if here else ()
        totals[number] = _Total(number, parts, own.wanted)
    return totals


def _in_order(totals: dict[int, _Total]) -> Iterable[_Total]:
    """Totals after those they add up; those that go in a circle are left to be looked at."""
    ordered: dict[int, _Total] = {}
    waiting = dict(totals)
    while waiting:
        ready = [total for total in waiting.values() if not waiting.keys() & set(total.parts)]
        for total in ready or list(waiting.values()):
            ordered[total.number] = total if ready else _Total(total.number, ())
            del waiting[total.number]
    return ordered.values()


def _one_by_one(found: FoundTable, declared_zero: bool) -> dict[CellId, Fact]:
    facts: dict[CellId, Fact] = {}
    for cell in found.table.cells:
        position = found.cells.get(cell)
        if position is None:
            is_zero = cell in found.zeros
            facts[cell] = Fact(
                cell, Decimal(0) if is_zero else None, None, Oddity.NONE if is_zero else Oddity.BLANK
            )
        else:
            facts[cell] = _fact(cell, found.sheet, position, declared_zero)
    return facts


def _fact(cell: CellId, sheet: Sheet, position: Position, declared_zero: bool) -> Fact:
    stored = sheet.cells.get(position)
    value, oddity = read_cell(stored)
    formula = stored.formula if stored else None
    fact = Fact(cell, value, _raw(stored, value), oddity, Place(sheet.name, str(position)), formula)
    if stored is None or formula is None:
        return fact
    if oddity is Oddity.ERROR:
        return fact
    if stored.kind is Kind.UNCALCULATED and "#REF!" in formula:
        return replace(fact, value=None, raw="#REF!", oddity=Oddity.ERROR)  # what it will show
    try:
        given = recalculate(sheet, position, declared_zero)
    except NotEvaluated:
        return replace(fact, evaluated=False)
    return _held_against(fact, stored.kind, given)


def _held_against(fact: Fact, kind: Kind, given: Decimal | None) -> Fact:
    """The fact of a formula cell of some kind, from the fact as stored and what its formula gives."""
    if kind is Kind.ERROR:
        return fact
    cell, raw, place, formula = fact.cell, fact.raw, fact.place, fact.formula
    if kind is Kind.UNCALCULATED:
        known = Oddity.UNCALCULATED if given is not None else Oddity.BLANK
        return Fact(cell, given, None, known, place, formula)
    if given is None:
        return Fact(cell, None, raw, Oddity.BLANK, place, formula)
    given = read_number(str(given))
    if fact.value is not None and given == fact.value:
        return fact
    return Fact(cell, given, raw, Oddity.STALE, place, formula)


def _raw(stored: Cell | None, value: Decimal | None) -> Decimal | str | None:
    if stored is None:
        return None
    if stored.kind is Kind.NUMBER:
        return value if value is not None else stored.text
    return stored.shown or stored.text
