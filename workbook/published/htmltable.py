"""A page's tables laid out: each row's cells with their columns, spans from above included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from workbook.form.filing import Place
from workbook.published.flow import Cell
from workbook.published.htmltext import Shown

_WIDEST, _TALLEST = 200, 2_000  # columns and rows one cell may span; browsers stop at 1000 and 65534
_LAYOUT_TEXT = 300  # characters in one cell that make a table a page's layout


def is_data(table: Any) -> bool:
    """Whether a table holds data, not the layout of the page: no table within, no article in a cell."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    for cell in table.iter("td", "th"):
        length = 0
        for text in cell.itertext():
            length += len(text.strip())
            if length > _LAYOUT_TEXT:
                return False
    return True


def laid_out(table: Any, number: int, shown: Shown) -> Iterator[list[Cell]]:
    """The cells of each row of a page's `number`th table, those that reach down from above included.

    Raises UnusableInput where it has more cells than any report's.
    """
    return _Layout(number, shown).rows(table)


class _Layout:
    def __init__(self, number: int, shown: Shown) -> None:
        self.number = number
        self.shown = shown

    def rows(self, table: Any) -> Iterator[list[Cell]]:
        reaching: dict[int, tuple[int, int]] = {}  # column → (rows still to cover, width)
        rows = [row for row in _rows(table) if not self.shown.is_hidden(row)]
        for number, row in enumerate(rows, start=1):
            cells: list[Cell] = []
            column = 0
            below: dict[int, tuple[int, int]] = {}
            own = [cell for cell in row if cell.tag in ("td", "th") and not self.shown.is_hidden(cell)]
            for order, cell in enumerate(own, start=1):
                column = self._pass(reaching, column, cells, below, number)
                width, height = _span(cell, "colspan", _WIDEST), _span(cell, "rowspan", _TALLEST)
                place = Place(f"第{self.number}表", f"第{number}行第{order}格")
                cells.append(Cell(self.shown.text_of_cell(cell), place, column, width))
                if height > 1:
                    below[column] = (height - 1, width)
                column += width
                self.shown.count_cell()
            self._pass(reaching, column, cells, below, number, to_end=True)
            reaching = below
            yield cells

    def _pass(
        self,
        reaching: dict[int, tuple[int, int]],
        column: int,
        cells: list[Cell],
        below: dict[int, tuple[int, int]],
        number: int,
        to_end: bool = False,
    ) -> int:
        """Step over the columns that cells from above still cover."""
        while reaching:
            start = column if column in reaching else min(reaching) if to_end else None
            if start is None:
                break
            left, width = reaching.pop(start)
            if start < column:
                continue  # a cell of this row lies over it: a badly built table
            cells.append(Cell("", Place(f"第{self.number}表", f"第{number}行"), start, width, merged=True))
            self.shown.count_cell()
            if left > 1:
                below[start] = (left - 1, width)
            column = start + width
        return column


def _span(cell: Any, name: str, most: int) -> int:
    digits = re.match(r"\s*(\d{1,6})", cell.get(name, ""))
    return max(1, min(int(digits[1]), most)) if digits else 1


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")
