"""What a workbook looks like to everything above the file formats: sheets of cells, names, notes.

A grid comes from an .xlsx scan or from a live book; nothing here knows editions or rules.
Rows and columns count from 1, as in A1 notation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384

_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


class Kind(Enum):
    """The type a cell's value has in the file, before anyone asks what it means."""

    __hash__ = object.__hash__  # asked for every cell; Enum's own hashes the name anew each time

    NUMBER = "number"
    TEXT = "text"
    LOGICAL = "logical"
    ERROR = "error"
    DATE = "date"
    UNCALCULATED = "uncalculated"  # a formula without a cached value


class Position(NamedTuple):
    """Row and column, both from 1."""

    row: int
    column: int

    def __str__(self) -> str:
        return f"{column_letters(self.column)}{self.row}"


class Cell(NamedTuple):
    """One cell that holds something.

    `text` is the value exactly as the file writes it (a number's digits as stored, "#REF!", "TRUE"),
    `shown` what a person sees for a date ("1月2日"), else None; `formula` without its leading "=".
    """

    kind: Kind
    text: str
    formula: str | None = None
    shown: str | None = None


@dataclass(slots=True)
class Sheet:
    """One worksheet: only cells that hold something are present; `protected` None where nobody looked."""

    name: str
    cells: dict[Position, Cell]
    merged: tuple[tuple[Position, Position], ...] = ()
    visible: bool = True
    pictures: int = 0
    protected: bool | None = None
    _texts: tuple[tuple[Position, Cell], ...] | None = field(
        default=None, init=False, compare=False, repr=False
    )

    @property
    def texts(self) -> tuple[tuple[Position, Cell], ...]:
        """The cells that hold text, typed or given by a formula, row by row; gathered once."""
        if self._texts is None:
            text = Kind.TEXT
            found = [item for item in self.cells.items() if item[1][0] is text]
            found.sort()
            self._texts = tuple(found)
        return self._texts

    def text(self, row: int, column: int) -> str:
        """The stored text of a cell, "" where there is none."""
        cell = self.cells.get(Position(row, column))
        return cell.text if cell else ""


@dataclass(slots=True)
class Grid:
    """A whole workbook, as read: sheets in their order, defined names (workbook scope), its file name."""

    source: str
    sheets: tuple[Sheet, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name, or None."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    def area(self, name: str) -> tuple[Sheet, Position, Position] | None:
        """Where a defined name points: sheet, first and last cell; None if it is missing or broken."""
        return self.resolve(self.names[name]) if name in self.names else None

    def resolve(self, reference: str) -> tuple[Sheet, Position, Position] | None:
        """A reference such as 'Sheet 1'!$A$1:$B$2 in this book; None if it points nowhere."""
        parsed = (_short_reference if len(reference) <= _SHORT else _reference)(reference)
        if parsed is None:
            return None
        name, start, end = parsed
        sheet = self.sheet(name)
        return (sheet, start, end) if sheet else None


def _reference(text: str) -> tuple[str, Position, Position] | None:
    """The sheet's name, first and last cell of a reference; None if it points nowhere."""
    sheet, bang, cells = text.rpartition("!")
    if not bang or "#REF" in text:
        return None
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    first, _, last = cells.partition(":")
    start, end = parse_a1(first), parse_a1(last or first)
    return (sheet, start, end) if start and end else None


_SHORT = 100  # characters of a reference; those of a form recur in every book
_short_reference = lru_cache(maxsize=2_048)(_reference)


def parse_a1(address: str) -> Position | None:
    """ "$E$25" → (25, 5); None if it is no cell address."""
    match = _A1.fullmatch(address)
    if not match:
        return None
    row, column = int(match[2]), column_number(match[1])
    return Position(row, column) if row <= MAX_ROW and column <= MAX_COLUMN else None


def column_number(letters: str) -> int:
    """ "A" → 1, "AA" → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 → "A", 27 → "AA"."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def positions(first: Position, last: Position) -> Iterator[Position]:
    """Every position of a rectangle, row by row."""
    for row in range(first.row, last.row + 1):
        for column in range(first.column, last.column + 1):
            yield Position(row, column)


def quoted(sheet: str) -> str:
    """A sheet name as it stands in a formula or link: always in quotes, quotes doubled."""
    return "'" + sheet.replace("'", "''") + "'"
