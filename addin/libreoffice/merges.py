"""Merged cells of one sheet."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from addin.libreoffice.uno_bridge import translated


@translated
class MergeProbe:
    """One UNO cursor moved from cell to cell: a cursor apiece would be two objects for every question."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet

    @cached_property
    def _cursor(self) -> Any:
        return self._sheet.createCursorByRange(self._sheet.getCellByPosition(0, 0))

    def around(self, row: int, column: int) -> Any:
        """The UNO range address of the merged range around a cell (from 1), or of the cell alone."""
        cursor = self._cursor
        cursor.collapseToSize(1, 1)
        here = cursor.getRangeAddress()
        cursor.gotoOffset(column - 1 - here.StartColumn, row - 1 - here.StartRow)
        cursor.collapseToMergedArea()
        return cursor.getRangeAddress()
