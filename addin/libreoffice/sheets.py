"""The sheets of a book."""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from addin.libreoffice import blocks, notes, protection
from addin.libreoffice.merges import MergeProbe
from addin.libreoffice.names import Names
from addin.libreoffice.native import SheetApi
from addin.libreoffice.notes import Note, NotedCells
from addin.libreoffice.problems import OfficeRefused
from addin.libreoffice.ranges import Range
from addin.libreoffice.uno_bridge import translated
from workbook.files.grid import MAX_COLUMN, MAX_ROW, Position, column_number, parse_a1

if TYPE_CHECKING:
    from addin.libreoffice.books import Book

_WHOLE_COLUMNS = re.compile(r"([A-Za-z]{1,3}):([A-Za-z]{1,3})")
_WHOLE_ROWS = re.compile(r"([1-9]\d{0,6}):([1-9]\d{0,6})")


@translated
class Sheets(base_classes.Sheets):
    """All sheets of one book, in their order."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def api(self) -> Any:
        """The UNO collection."""
        return self._book.xl.getSheets()

    @property
    def active(self) -> Sheet:
        """The sheet in front."""
        return Sheet(self._book, self._book.controller.getActiveSheet())

    def __call__(self, key: int | str) -> Sheet:
        """A sheet by its number (from 1) or its name in whatever case; KeyError if there is none."""
        sheets = self.api
        if isinstance(key, numbers.Number):
            if not 1 <= int(key) <= sheets.getCount():
                raise KeyError(key)
            return Sheet(self._book, sheets.getByIndex(int(key) - 1))
        for name in sheets.getElementNames():
            if name.casefold() == str(key).casefold():
                return Sheet(self._book, sheets.getByName(name))
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        # On Excel `"name" in book.sheets` is always False (xlwings compares a sheet with a text)
        raise TypeError("ask `name in [sheet.name for sheet in book.sheets]`: Excel answers this one wrongly")

    def __len__(self) -> int:
        return int(self.api.getCount())

    def __iter__(self) -> Iterator[Sheet]:
        sheets = self.api
        return iter([Sheet(self._book, sheets.getByIndex(i)) for i in range(sheets.getCount())])

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """A new sheet, brought to the front; without a place it goes before the one in front."""
        protection.check_structure(self._book.xl)
        if before is not None:
            place = before.index - 1
        elif after is not None:
            place = after.index
        else:
            place = self.active.index - 1
        if name is None:
            taken = {existing.casefold() for existing in self.api.getElementNames()}
            name = next(n for i in range(1, len(taken) + 2) if (n := f"Sheet{i}").casefold() not in taken)
        self.api.insertNewByName(name, place)
        made = self(name)
        made.activate()
        return made


@translated
class Sheet(base_classes.Sheet):
    """One sheet."""

    def __init__(self, book: Book, xl: Any) -> None:
        self._book, self.xl = book, xl

    def is_open(self) -> bool:
        """False once its book has been closed."""
        return self._book.is_open()

    @cached_property
    def api(self) -> SheetApi:
        """The UNO sheet with Excel's ProtectContents, Protect and Unprotect."""
        return SheetApi(self.xl)

    @property
    def book(self) -> Book:
        """The book it belongs to."""
        return self._book

    @cached_property
    def annotations(self) -> Any:
        """The UNO collection of its notes."""
        return self.xl.getAnnotations()

    @cached_property
    def noted_cells(self) -> NotedCells:
        """Which cells have notes."""
        return NotedCells(self.xl, self.annotations)

    @property
    def name(self) -> str:
        """What its tab says."""
        return str(self.xl.getName())

    @name.setter
    def name(self, value: str) -> None:
        protection.check_structure(self._book.xl)
        self.xl.setName(value)

    @property
    def names(self) -> Names:
        """The names that belong to this sheet only."""
        return Names(self._book, self.xl)

    @property
    def index(self) -> int:
        """Its place among the sheets, from 1."""
        return int(self.xl.getRangeAddress().Sheet) + 1

    @property
    def visible(self) -> bool:
        """Whether its tab is shown."""
        return bool(self.xl.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        protection.check_structure(self._book.xl)
        if not value and self.visible and sum(sheet.visible for sheet in self._book.sheets) == 1:
            raise OfficeRefused("至少要有一张显示的工作表。")  # LibreOffice would just not do it
        self.xl.setPropertyValue("IsVisible", bool(value))

    # parts -----------------------------------------------------------------------------------------

    def box(self, row: int, column: int, height: int = 1, width: int = 1) -> Range:
        """A range by its corner (from 1) and shape; IndexError outside the sheet."""
        if row < 1 or column < 1 or row + height - 1 > MAX_ROW or column + width - 1 > MAX_COLUMN:
            raise IndexError(f"第{row}行第{column}列起的{height}行{width}列不在工作表内。")
        return Range(self, row, column, height, width)

    def wrap(self, area: Any) -> Range:
        """The range of a UNO object that has a RangeAddress on this sheet."""
        return self.boxed(area.getRangeAddress())

    def boxed(self, place: Any) -> Range:
        """The range of a UNO CellRangeAddress of this sheet."""
        return self.box(
            place.StartRow + 1,
            place.StartColumn + 1,
            place.EndRow - place.StartRow + 1,
            place.EndColumn - place.StartColumn + 1,
        )

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        """A range from "B2", "A1:C3", "A:C", "1:3", several of these ("A1:B2,C3"), a name, (row, column),
        (row, column, height, width), or two corners of any of these kinds. OfficeRefused if a text is
        neither address nor name here.
        """
        if arg2 is not None:
            one, other = self.range(arg1), self.range(arg2)
            top, left = min(one.row, other.row), min(one.column, other.column)
            bottom = max(one.row + one.shape[0], other.row + other.shape[0])
            right = max(one.column + one.shape[1], other.column + other.shape[1])
            return self.box(top, left, bottom - top, right - left)
        if isinstance(arg1, Range):
            return arg1
        if isinstance(arg1, tuple):
            return self.box(*arg1)
        corners = [_corners(part) for part in str(arg1).split(",")]
        boxes = [self.box(*place) for place in corners if place is not None]
        if len(boxes) == len(corners):
            boxes[0].others = tuple(boxes[1:])
            return boxes[0]
        for collection in (self.xl.NamedRanges, self._book.xl.NamedRanges):
            if collection.hasByName(arg1):
                area = collection.getByName(arg1).getReferredCells()
                if area is not None and area.getRangeAddress().Sheet == self.index - 1:
                    return self.wrap(area)
        raise OfficeRefused(f"工作表“{self.name}”上没有“{arg1}”这个区域或名称。")

    @property
    def cells(self) -> Range:
        """Every cell of the sheet."""
        return self.box(1, 1, MAX_ROW, MAX_COLUMN)

    @property
    def used_range(self) -> Range:
        """From the first used row and column to the last; A1 on an empty sheet."""
        cursor = self.xl.createCursor()
        cursor.gotoEndOfUsedArea(False)
        cursor.gotoStartOfUsedArea(True)
        return self.wrap(cursor)

    @property
    def notes(self) -> list[Note]:
        """All notes, read in one pass."""
        return notes.of_sheet(self)

    @cached_property
    def merge_probe(self) -> MergeProbe:
        """Finds merged ranges."""
        return MergeProbe(self.xl)

    # actions ---------------------------------------------------------------------------------------

    def activate(self) -> None:
        """Bring it to the front of its window; a hidden sheet refuses, as in Excel."""
        if not self.visible:
            raise OfficeRefused(f"工作表“{self.name}”是隐藏的，不能选到它。")
        self._book.controller.setActiveSheet(self.xl)

    def select(self) -> None:
        """The same as `activate`."""
        self.activate()

    def delete(self) -> None:
        """Remove the sheet; the last visible one refuses, as in Excel."""
        protection.check_structure(self._book.xl)
        if self.visible and sum(sheet.visible for sheet in self._book.sheets) == 1:
            raise OfficeRefused("至少要有一张显示的工作表。")
        self._book.xl.getSheets().removeByName(self.name)

    def clear_contents(self) -> None:
        """Empty every cell; formats and notes stay."""
        used = self.used_range
        protection.check_contents(self.xl, used.xl)
        used.xl.clearContents(blocks.CONTENTS)

    def autofit(self, axis: str | None = None) -> None:
        """Fit columns ("c"), rows ("r") or both to what they hold."""
        self.used_range.autofit(axis)


def _corners(text: str) -> tuple[int, int, int, int] | None:
    """Row, column, height, width of "B2", "A1:C3", "A:C" or "1:3"; None if it is no address."""
    text = text.replace("$", "")
    if whole := _WHOLE_COLUMNS.fullmatch(text):
        first, last = Position(1, column_number(whole[1])), Position(MAX_ROW, column_number(whole[2]))
    elif whole := _WHOLE_ROWS.fullmatch(text):
        first, last = Position(int(whole[1]), 1), Position(int(whole[2]), MAX_COLUMN)
    else:
        start, colon, end = text.partition(":")
        corner = parse_a1(start)
        opposite = parse_a1(end) if colon else corner
        if corner is None or opposite is None:
            return None
        first, last = corner, opposite
    top, left = min(first.row, last.row), min(first.column, last.column)
    return top, left, abs(first.row - last.row) + 1, abs(first.column - last.column) + 1
