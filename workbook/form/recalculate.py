"""What a cell's own formula gives: only the form's totals and plain SUM, + and − are evaluated.

Anything else is left undecided: a checker that half understands formulas invents figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from workbook.files.grid import Cell, Kind, Position, Sheet, parse_a1, positions
from workbook.files.memory import Memory
from workbook.form.values import read_number

_DEEPEST = 24
_MOST_CELLS = 5_000

# The totals of our own forms: empty until every part is filled (or zeros are declared).
_OWN_TOTAL = re.compile(
    r'IF\(OR\(COUNT\((?P<counted>[^()]*)\)=(?P<number>\d{1,9}),[^()]*="是"\),SUM\((?P<summed>[^()]*)\),""\)'
)
_TERM = re.compile(r"([+-]?)(?:SUM\(([^()]*)\)|(\$?[A-Z]{1,3}\$?\d+)|(\d+(?:\.\d+)?))", re.IGNORECASE)


class NotEvaluated(Exception):
    """The formula is not of the plain kind, or stands on something that is no number."""


def recalculate(sheet: Sheet, position: Position, declared_zero: bool) -> Decimal | None:
    """The value of a formula cell from the cells it adds; None where the form's total is still empty.

    Raises NotEvaluated.
    """
    return _Evaluation(sheet, declared_zero).of(position, 0)


def added_cells(formula: str) -> list[Position]:
    """The cells a total's formula adds up, without evaluating it.

    Raises NotEvaluated for a formula that does more than add cells.
    """
    own = own_total(formula)
    if own:
        return list(own.parts)
    found: list[Position] = []
    bare = "".join(formula.split())
    at = 0
    while at < len(bare):
        match = _TERM.match(bare, at)
        if not match or match[1] == "-" or match[4] is not None or (at and not match[1]):
            raise NotEvaluated
        found += _cells_of(match[2] if match[2] is not None else match[3], _MOST_CELLS - len(found))
        at = match.end()
    return found


class OwnTotal(NamedTuple):
    """A total of our own forms: the cells it adds up, and how many must be filled before it shows a sum."""

    parts: tuple[Position, ...]
    wanted: int


class _Totals(Memory[str, OwnTotal | None]):
    """A formula → the total of our own forms that it is; each form has a few dozen."""

    most, _LONGEST = 1_024, 300

    def __missing__(self, formula: str) -> OwnTotal | None:
        own = _OWN_TOTAL.fullmatch("".join(formula.split()))
        total = None
        if own:
            try:
                total = OwnTotal(tuple(_cells_of(own["summed"], _MOST_CELLS)), int(own["number"]))
            except NotEvaluated:
                total = None
        if len(formula) <= self._LONGEST and (total is None or len(total.parts) <= self._LONGEST):
            self.keep(formula, total)
        return total


_totals = _Totals()


def own_total(formula: str) -> OwnTotal | None:
    """What a total of our own forms adds up; None for any other formula."""
    return _totals[formula]


def _cells_of(arguments: str, limit: int) -> list[Position]:
    """The positions of "E8:E24,E30". Raises NotEvaluated for anything else, or for more than the limit."""
    found: list[Position] = []
    for argument in arguments.split(","):
        first, _, last = argument.partition(":")
        start, end = parse_a1(first), parse_a1(last or first)
        if start is None or end is None:
            raise NotEvaluated
        area = (abs(end.row - start.row) + 1) * (abs(end.column - start.column) + 1)
        if len(found) + area > limit:
            raise NotEvaluated
        found += positions(start, end)
    return found


class _Evaluation:
    def __init__(self, sheet: Sheet, declared_zero: bool) -> None:
        self.sheet = sheet
        self.declared_zero = declared_zero
        self.known: dict[Position, Decimal | None] = {}
        self.left = _MOST_CELLS  # of one figure's whole reckoning: a hostile chain of sums has no end

    def of(self, position: Position, depth: int) -> Decimal | None:
        """A cell's number: recalculated for a formula, None for a blank or text."""
        if depth > _DEEPEST:
            raise NotEvaluated
        if position not in self.known:
            cell = self.sheet.cells.get(position)
            self.known[position] = self._read(cell, depth) if cell else None
        return self.known[position]

    def _read(self, cell: Cell, depth: int) -> Decimal | None:
        if cell.formula is not None:
            return self._formula(cell.formula, depth)
        if cell.kind is Kind.NUMBER:
            return read_number(cell.text)
        if cell.kind in (Kind.ERROR, Kind.DATE, Kind.LOGICAL):
            raise NotEvaluated
        return None

    def _formula(self, formula: str, depth: int) -> Decimal | None:
        own = own_total(formula)
        if own:
            there = [value for value in self._all(own.parts, depth) if value is not None]
            if len(there) < own.wanted and not self.declared_zero:
                return None
            return sum(there, Decimal(0))
        bare = "".join(formula.split())
        total = Decimal(0)
        at = 0
        while at < len(bare):
            match = _TERM.match(bare, at)
            if not match or (at and not match[1]):
                raise NotEvaluated
            sign, summed, reference, number = match.groups()
            value = self._term(summed, reference, number, depth)
            total += -value if sign == "-" else value
            at = match.end()
        if not bare:
            raise NotEvaluated
        return total

    def _term(self, summed: str | None, reference: str | None, number: str | None, depth: int) -> Decimal:
        if summed is not None:
            return sum((value for value in self._range(summed, depth) if value is not None), Decimal(0))
        if reference is not None:
            position = parse_a1(reference)
            if position is None:
                raise NotEvaluated
            cell = self.sheet.cells.get(position)
            if cell is not None and cell.kind is Kind.TEXT and cell.formula is None and cell.text:
                raise NotEvaluated  # a program would say #VALUE! or convert the text: not ours to decide
            return self.of(position, depth + 1) or Decimal(0)
        return Decimal(number or 0)

    def _range(self, arguments: str, depth: int) -> list[Decimal | None]:
        return self._all(_cells_of(arguments, self.left), depth)

    def _all(self, cells: Sequence[Position], depth: int) -> list[Decimal | None]:
        self.left -= len(cells)
        if self.left < 0:
            raise NotEvaluated
        return [self.of(position, depth + 1) for position in cells]
