"""The rows of a sheet without their values: read once, then known again in every workbook of a template.

Workbooks of one template differ in the values alone; everything else between <sheetData> and its end is the
same bytes. Those bytes, proved when the first such sheet was read cell by cell, prove nothing new the second
time: only the values that stand between them do. What differs in one byte is read cell by cell.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import getitem

from workbook.files.grid import Cell, Position
from workbook.files.sharedstrings import BLANK

_OPEN, _CLOSE = b"<v>", b"</v>"
_LONGEST_INDEX = 9


class NotAlike(Exception):
    """A value that the outline does not account for: the sheet must be read cell by cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A sheet's rows without values; `positions` and `values` in the file's order.

    `texts` are the numbers (among the values) of cells that refer to a shared text, `others` of those that
    are no plain numbers either; `at` is where each value's cell stands among all, `fixed` what stands at the
    other places. `count` is how many cells the rows have, blank ones included.
    """

    rests: list[bytes]
    positions: tuple[Position, ...]
    values: tuple[dict[bytes, Cell], ...]
    texts: tuple[int, ...]
    others: tuple[int, ...]
    at: tuple[int, ...]
    fixed: tuple[Cell, ...]
    count: int
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet's cells and the words on it; with one outline and the same words, only digits can differ."""

    cells: dict[Position, Cell]
    outline: Outline
    words: tuple[str, ...]


class Likeness:
    """What a sheet has in common with others: its outline, the words on it, its merged ranges."""

    __slots__ = ("_hash", "_said")

    def __init__(self, filled: Filled, merged: tuple[tuple[Position, Position], ...]) -> None:
        self._said = filled.outline, filled.words, merged
        self._hash = hash((filled.words, len(merged)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Likeness) and self._said == other._said

    def __hash__(self) -> int:
        return self._hash


@dataclass(slots=True)
class Cut:
    """Rows cut at their values: `rests` what stands before, between and behind them."""

    rests: list[bytes]
    values: list[bytes] = field(default_factory=list)

    @property
    def key(self) -> tuple[int, int]:
        """What is compared first."""
        return len(self.rests), sum(map(len, self.rests))


def cut(rows: bytes) -> Cut:
    """The rows of a sheet (between <sheetData> and </sheetData>) cut at every value."""
    first, *pieces = rows.split(_OPEN)
    if not pieces:
        return Cut([first])
    values, _, rests = zip(*map(bytes.partition, pieces, repeat(_CLOSE)), strict=True)
    return Cut([first, *rests], list(values))


class Outlines:
    """The outlines met with one styles part; the oldest go when there are many."""

    _MOST_BYTES, _MOST_ALIKE = 8 * 1024 * 1024, 16

    def __init__(self) -> None:
        self._by_key: OrderedDict[tuple[int, int], list[Outline]] = OrderedDict()
        self._bytes = 0

    def find(self, rows: Cut) -> Outline | None:
        """The outline of these rows, if they have been met before."""
        for outline in self._by_key.get(rows.key, ()):
            if outline.rests == rows.rests:
                return outline
        return None

    def keep(self, outline: Outline) -> None:
        """Remember an outline."""
        key = len(outline.rests), sum(map(len, outline.rests))
        alike = self._by_key.setdefault(key, [])
        self._by_key.move_to_end(key)
        alike.append(outline)
        self._bytes += key[1]
        if len(alike) > self._MOST_ALIKE:
            del alike[0]
            self._bytes -= key[1]
        while self._bytes > self._MOST_BYTES and self._by_key:
            old, dropped = self._by_key.popitem(last=False)
            self._bytes -= old[1] * len(dropped)


class _Indices(dict[bytes, int]):
    """Digits → the number of a shared text; only what is written in digits alone."""

    _MOST = 8_192

    def __missing__(self, written: bytes) -> int:
        if not written.isdigit() or len(written) > _LONGEST_INDEX:  # of bytes: ASCII digits
            raise NotAlike
        if len(self) >= self._MOST:
            self.clear()
        self[written] = number = int(written)
        return number


_indices = _Indices()


def filled(outline: Outline, values: Sequence[bytes], strings: Sequence[Cell]) -> Filled:
    """The cells of rows with this outline. Raises NotAlike where a value is not of the kind it was.

    Raises IndexError for a shared text that does not exist.
    """
    cells = list(map(getitem, outline.values, values))
    texts = [strings[_indices[values[number]]] for number in outline.texts]
    for number, cell in zip(outline.texts, texts, strict=True):
        cells[number] = cell
    words = [cell.text for cell in texts]
    empty = "" in words
    words += [cells[number].text for number in outline.others]
    if outline.fixed:
        every = list(outline.fixed)
        for at, cell in zip(outline.at, cells, strict=True):
            every[at] = cell
        cells = every
    found = dict(zip(outline.positions, cells, strict=True))
    if empty:
        found = {position: cell for position, cell in found.items() if cell is not BLANK}
    return Filled(found, outline, tuple(words))
