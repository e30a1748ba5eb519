"""The figures of a table that has been found: every cell as a fact, formulas held against what they give.

Where a sheet is like one read before, a figure of the same digits in the same cell is the same fact, and a
total whose parts add up to it needs no evaluation of its formula.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from operator import getitem

from workbook.files.grid import Cell, Kind, Position, Sheet
from workbook.form.edition import CellId
from workbook.form.filing import Fact, Place
from workbook.form.labelledsheet import Kin, kin_of
from workbook.form.recalculate import NotEvaluated, own_total, recalculate
from workbook.form.tablefinder import FoundTable
from workbook.form.values import Oddity, read_cell, read_number


def facts_of(found: FoundTable, declared_zero: bool) -> dict[CellId, Fact]:
    """Every printed cell of a table as found in its sheet."""
    kin = kin_of(found.sheet)
    if kin is None or found.observations or found.zeros:
        return _one_by_one(found, declared_zero)
    seen = _seen(found, kin)
    stored = list(map(found.sheet.cells.get, seen.positions))
    facts = list(map(getitem, seen.known, stored))
    if seen.totals:
        sure = [fact.value if fact.oddity is Oddity.NONE else None for fact in facts]
        for total in seen.totals:
            number = total.number
            if total.parts and _add_up(sure, total):
                continue
            sure[number] = None
            position = seen.positions[number]
            facts[number] = _fact(seen.cells[number], found.sheet, position, declared_zero)
    return dict(zip(seen.cells, facts, strict=True))


def _add_up(sure: list[Decimal | None], total: _Total) -> bool:
    """Whether a total and all its parts are sure and it is their sum."""
    stored = sure[total.number]
    if stored is None:
        return False
    try:
        added = sum([sure[part] for part in total.parts], _ZERO)  # type: ignore[type-var]
    except TypeError:  # quicker than asking every Decimal whether it is None
        return False
    return added == stored


_ZERO = Decimal(0)


class _Known(dict[Cell | None, Fact]):
    """What stands in one cell of the form → its fact, so far as no formula has to be evaluated."""

    _MOST, _LONGEST = 128, 32

    def __init__(self, cell: CellId, place: Place) -> None:
        super().__init__()
        self._cell, self._place = cell, place

    def __missing__(self, stored: Cell | None) -> Fact:
        value, oddity = read_cell(stored)
        formula = stored.formula if stored else None
        fact = Fact(self._cell, value, _raw(stored, value), oddity, self._place, formula)
        if stored is None or len(stored.text) <= self._LONGEST:
            if len(self) >= self._MOST:
                self.clear()
            self[stored] = fact
        return fact


@dataclass(frozen=True, slots=True)
class _Total:
    """A cell with a formula, by its number; `parts` are those it adds up, () where one has to look."""

    number: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A table's cells on sheets of one kin: where they stand, what was read there, parts before totals."""

    cells: tuple[CellId, ...]
    positions: tuple[Position, ...]
    known: tuple[_Known, ...]
    totals: tuple[_Total, ...]


def _seen(found: FoundTable, kin: Kin) -> _Seen:
    key = "figures", id(found.table), found.sheet.name
    if key in kin.found:
        known: _Seen
        _, known = kin.found[key]  # type: ignore[misc]
        return known
    cells = tuple(cell for cell in found.table.cells if cell in found.cells)
    positions = tuple(found.cells[cell] for cell in cells)
    places = (Place(found.sheet.name, str(position)) for position in positions)
    seen = _Seen(
        cells,
        positions,
        tuple(_Known(cell, place) for cell, place in zip(cells, places, strict=True)),
        tuple(_in_order(_totals(found.sheet, positions))),
    )
    kin.found[key] = found.table, seen
    return seen


def _totals(sheet: Sheet, positions: tuple[Position, ...]) -> dict[int, _Total]:
    """The cells with a formula, by number."""
    numbers = {position: number for number, position in enumerate(positions)}
    totals: dict[int, _Total] = {}
    for position, number in numbers.items():
        stored = sheet.cells.get(position)
        if stored is None or stored.formula is None:
            continue
        added = own_total(stored.formula)
        here = all(part in numbers for part in added)
        totals[number] = _Total(number, tuple(numbers[part] for part in added) if here else ())
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
    place = Place(sheet.name, str(position))
    value, oddity = read_cell(stored)
    raw = _raw(stored, value)
    if stored is None or stored.formula is None:
        return Fact(cell, value, raw, oddity, place)
    if oddity is Oddity.ERROR:
        return Fact(cell, None, raw, oddity, place, stored.formula)
    if stored.kind is Kind.UNCALCULATED and "#REF!" in stored.formula:
        return Fact(cell, None, "#REF!", Oddity.ERROR, place, stored.formula)  # what it will show
    try:
        given = recalculate(sheet, position, declared_zero)
    except NotEvaluated:
        return Fact(cell, value, raw, oddity, place, stored.formula, evaluated=False)
    if stored.kind is Kind.UNCALCULATED:
        known = Oddity.UNCALCULATED if given is not None else Oddity.BLANK
        return Fact(cell, given, None, known, place, stored.formula)
    if given is None:
        return Fact(cell, None, raw, Oddity.BLANK, place, stored.formula)
    given = read_number(str(given))
    if value is not None and given is not None and given == value:
        return Fact(cell, value, raw, oddity, place, stored.formula)
    return Fact(cell, given, raw, Oddity.STALE, place, stored.formula)


def _raw(stored: Cell | None, value: Decimal | None) -> Decimal | str | None:
    if stored is None:
        return None
    if stored.kind is Kind.NUMBER:
        return value if value is not None else stored.text
    return stored.shown or stored.text
