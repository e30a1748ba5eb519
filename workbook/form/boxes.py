"""Rectangles of cells: edges, addresses, and the fewest rectangles that cover a set of cells.

Rows and columns count from 1, as in A1 notation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from workbook.files.grid import Position, column_letters


class Box(NamedTuple):
    """A rectangle of cells, edges included; one cell where the corners are the same."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def single(self) -> bool:
        """Whether it is one cell."""
        return self.top == self.bottom and self.left == self.right

    @property
    def corner(self) -> Position:
        """Its first cell, which holds the value where the box is merged."""
        return Position(self.top, self.left)

    @property
    def rows(self) -> range:
        """Its rows, top to bottom."""
        return range(self.top, self.bottom + 1)

    def a1(self, fixed: bool = False) -> str:
        """ "D8" or "D8:J30", with dollar signs where `fixed`."""
        sign = "$" if fixed else ""

        def one(row: int, column: int) -> str:
            return f"{sign}{column_letters(column)}{sign}{row}"

        first = one(self.top, self.left)
        return first if self.single else f"{first}:{one(self.bottom, self.right)}"


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


def rectangles(positions: Iterable[Position]) -> list[Box]:
    """Disjoint rectangles that cover exactly these cells, top left first."""
    columns: dict[int, list[int]] = {}
    for row, column in sorted(set(positions)):
        columns.setdefault(column, []).append(row)
    open_boxes: dict[tuple[int, int], Box] = {}
    done: list[Box] = []
    for column in sorted(columns):
        runs = list(_runs(columns[column]))
        ended = [key for key, box in open_boxes.items() if box.right < column - 1 or key not in runs]
        done.extend(open_boxes.pop(key) for key in ended)
        for top, bottom in runs:
            known = open_boxes.get((top, bottom))
            open_boxes[top, bottom] = (
                known._replace(right=column) if known else Box(top, column, bottom, column)
            )
    return sorted([*done, *open_boxes.values()])


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = previous = rows[0]
    for row in rows[1:]:
        if row != previous + 1:
            yield start, previous
            start = row
        previous = row
    yield start, previous
