"""A sheet as a form's reader sees it: where which label stands, and what stands in a row."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Hashable
from functools import cached_property, lru_cache

from workbook.files.grid import Kind, Position, Sheet
from workbook.form.edition import Line
from workbook.form.labels import plain

# A label longer than this is prose; the longest printed one has 37 characters.
LONGEST_LABEL = 120

label_plain = lru_cache(maxsize=65_536)(plain)


class Kin:
    """What all sheets of one likeness have in common, by identity; readers hang what they found on it."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: dict[object, object] = {}


_kin: OrderedDict[Hashable, Kin] = OrderedDict()
_MOST_KIN = 512


def kin_of(sheet: Sheet) -> Kin | None:
    """The kin of a sheet; None where nothing is known of its likeness to others."""
    if sheet.likeness is None:
        return None
    known = _kin.get(sheet.likeness)
    if known is None:
        known = _kin[sheet.likeness] = Kin()
        if len(_kin) > _MOST_KIN:
            _kin.popitem(last=False)
    else:
        _kin.move_to_end(sheet.likeness)
    return known


class LabelledSheet:
    """A sheet with an index of its texts, as people read them."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    @cached_property
    def kin(self) -> Kin | None:
        """What is known of sheets like this one."""
        return kin_of(self.sheet)

    @cached_property
    def index(self) -> dict[str, list[Position]]:
        """Where each text stands, top to bottom."""
        index: dict[str, list[Position]] = {}
        for position, cell in self.sheet.cells.items():
            if cell.kind is Kind.TEXT and cell.formula is None and len(cell.text) <= LONGEST_LABEL:
                index.setdefault(label_plain(cell.text), []).append(position)
        for found in index.values():
            found.sort()
        return index

    @cached_property
    def rows(self) -> dict[int, list[Position]]:
        """The filled cells of each row that has any, left to right."""
        found: dict[int, list[Position]] = {}
        for position in sorted(self.sheet.cells):
            found.setdefault(position.row, []).append(position)
        return found

    @cached_property
    def filled_rows(self) -> list[int]:
        """The rows that have any cell, in order: a sheet may have a million others between them."""
        return list(self.rows)

    def rows_between(self, first: int, last: int) -> list[int]:
        """The filled rows from `first` to `last`."""
        rows = self.filled_rows
        return rows[bisect_left(rows, first) : bisect_right(rows, last)]

    def find(self, line: Line) -> list[tuple[Position, bool]]:
        """Where a line's label stands (with True where it is a known other wording), top to bottom."""
        exact = [(position, False) for position in self.index.get(label_plain(line.label), ())]
        others = [
            (position, True)
            for wording in line.variants
            for position in self.index.get(label_plain(wording), ())
        ]
        return sorted(exact + others)

    def texts_in_row(self, row: int, before: int) -> list[Position]:
        """Cells of a row left of a column that hold text, left to right."""
        return [
            position
            for position in self.rows.get(row, ())
            if position.column < before
            and (cell := self.sheet.cells[position]).kind is Kind.TEXT
            and cell.text.strip()
        ]

    def row_label(self, row: int, before: int) -> str:
        """The innermost label of a row."""
        texts = self.texts_in_row(row, before)
        return self.sheet.cells[texts[-1]].text.strip() if texts else ""

    def has_figures(self, row: int, first: int, width: int = 8) -> bool:
        """Whether a number stands in a row from a column on."""
        cells = self.sheet.cells
        return any(
            (cell := cells.get(Position(row, column))) is not None and cell.kind is Kind.NUMBER
            for column in range(first, first + width)
        )
