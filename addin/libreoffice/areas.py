"""Where a range lies: its corner and shape, its address, and the ways from there to other ranges."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from addin.libreoffice.native import RangeApi
from addin.libreoffice.notation import sheet_prefix
from addin.libreoffice.uno_bridge import struct, translated
from workbook.files.grid import MAX_COLUMN, MAX_ROW, column_letters

if TYPE_CHECKING:
    from addin.libreoffice.ranges import Range
    from addin.libreoffice.sheets import Sheet

_STEPS = {"d": (1, 0), "u": (-1, 0), "r": (0, 1), "l": (0, -1)}


@translated
class Area(base_classes.Range):
    """A rectangle; rows and columns count from 1. The UNO range is made only when a call needs it.

    `others` are the further rectangles of an address such as "A1:B2,C3". As in Excel, all that is read is
    of the first; conditional formats are laid on all of them, and nothing else can be written to them.
    """

    def __init__(self, sheet: Sheet, row: int, column: int, height: int = 1, width: int = 1) -> None:
        self._sheet, self._place = sheet, (row, column, height, width)
        self.others: tuple[Range, ...] = ()

    def is_open(self) -> bool:
        """False once its book has been closed."""
        return self._sheet.is_open()

    @cached_property
    def xl(self) -> Any:
        """The UNO range."""
        row, column, height, width = self._place
        return self._sheet.xl.getCellRangeByPosition(
            column - 1, row - 1, column + width - 2, row + height - 2
        )

    @cached_property
    def first_cell(self) -> Any:
        """The UNO cell in the upper left corner."""
        return self._sheet.xl.getCellByPosition(self.column - 1, self.row - 1)

    @cached_property
    def api(self) -> RangeApi:
        """The UNO range with Excel's Locked and AllowEdit."""
        return RangeApi(self.xl)

    @property
    def addresses(self) -> tuple[Any, ...]:
        """The UNO CellRangeAddress of every rectangle."""
        sheet = self._sheet.index - 1
        return tuple(
            struct(
                "com.sun.star.table.CellRangeAddress",
                Sheet=sheet,
                StartColumn=area.column - 1,
                StartRow=area.row - 1,
                EndColumn=area.column + area.shape[1] - 2,
                EndRow=area.row + area.shape[0] - 2,
            )
            for area in (self, *self.others)
        )

    @property
    def is_sheet(self) -> bool:
        """True for every cell of the sheet."""
        return self.shape == (MAX_ROW, MAX_COLUMN)

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        """Sheet name, row, column, height, width."""
        return (self._sheet.name, *self._place)

    @property
    def sheet(self) -> Sheet:
        """The sheet it lies on."""
        return self._sheet

    @property
    def row(self) -> int:
        """First row."""
        return self._place[0]

    @property
    def column(self) -> int:
        """First column."""
        return self._place[1]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return self._place[2:]

    def __len__(self) -> int:
        return self._place[2] * self._place[3]

    def __call__(self, row: int, column: int | None = None) -> Range:
        """One cell by row and column within the range, or by its number, row by row (all from 1)."""
        if column is None:
            down, right = divmod(row - 1, self.shape[1])
            row, column = down + 1, right + 1
        return self._sheet.box(self.row + row - 1, self.column + column - 1)

    def get_address(
        self, row_absolute: bool = True, col_absolute: bool = True, external: bool = False
    ) -> str:
        """Like Excel's Address: $A$1:$B$2, whole columns $A:$B, whole rows $1:$2."""
        row, column, height, width = self._place
        down, right = "$" * bool(row_absolute), "$" * bool(col_absolute)
        letters, last_letters = column_letters(column), column_letters(column + width - 1)
        if height == MAX_ROW:
            address = f"{right}{letters}:{right}{last_letters}"
        elif width == MAX_COLUMN:
            address = f"{down}{row}:{down}{row + height - 1}"
        else:
            address = f"{right}{letters}{down}{row}"
            if len(self) > 1:
                address += f":{right}{last_letters}{down}{row + height - 1}"
        if not external:
            return address
        book, sheet = self._sheet.book.name, self._sheet.name
        if sheet_prefix(sheet).startswith("'") or not book.replace(".", "").isalnum():
            return "'" + f"[{book}]{sheet}".replace("'", "''") + f"'!{address}"
        return f"[{book}]{sheet}!{address}"

    @property
    def address(self) -> str:
        """The absolute address without the sheet."""
        return self.get_address()

    @property
    def current_region(self) -> Range:
        """The filled area around the range, up to blank rows and columns."""
        cursor = self._sheet.xl.createCursorByRange(self.xl)
        cursor.collapseToCurrentRegion()
        return self._sheet.wrap(cursor)

    def end(self, direction: str) -> Range:
        """Where Ctrl+arrow lands: the end of a filled stretch, the next filled cell, or the margin."""
        down, right = _STEPS[direction[0]]
        used = self._sheet.used_range
        last = (
            max(self.row, used.row + used.shape[0] - 1),
            max(self.column, used.column + used.shape[1] - 1),
        )
        line = self._sheet.box(1, self.column, last[0]) if down else self._sheet.box(self.row, 1, 1, last[1])
        filled = [text != "" for row in line.xl.getFormulaArray() for text in row]
        step, here = down + right, (self.row if down else self.column) - 1
        margin = (MAX_ROW if down else MAX_COLUMN) - 1 if step > 0 else 0

        def is_filled(place: int) -> bool:
            return 0 <= place < len(filled) and filled[place]

        if is_filled(here) and is_filled(here + step):
            while is_filled(here + step):
                here += step
        else:
            here += step
            while 0 <= here < len(filled) and not filled[here]:
                here += step
            if not is_filled(here):
                here = margin
        return self._sheet.box(here + 1, self.column) if down else self._sheet.box(self.row, here + 1)

    def select(self) -> None:
        """Select it in the window, its sheet brought to the front."""
        self._sheet.activate()
        self._sheet.book.controller.select(self.xl)
