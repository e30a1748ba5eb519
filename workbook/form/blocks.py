"""The blocks of a statutory table as printed texts and figures: label columns, header trees, merges.

Nothing here knows a particular table; everything follows from the trees of rows and columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from workbook.form.boxes import Box
from workbook.form.edition import Block, CellId, Line, Table


class Label(NamedTuple):
    """A printed text of a table: `role` is heading, corner, header, row or group."""

    box: Box
    text: str
    role: str
    size: float = 11


def label_depth(table: Table) -> int:
    """How many label columns a table needs."""
    return max((row.depth for block in table.blocks if not block.across for row in block.rows), default=0)


def figure_columns(block: Block) -> int:
    """How many sheet columns a block's figures cover."""
    return sum(block.widths) * (len(block.row_leaves) if block.across else 1)


def place_block(
    table: Table, block: Block, top: int, depth: int, labels: list[Label], cells: dict[CellId, Box]
) -> int:
    """Add a block's texts and figures from row `top` on; gives the first row after it."""
    return (_across if block.across else _down)(table, block, top, depth, labels, cells)


def _down(
    table: Table, block: Block, top: int, depth: int, labels: list[Label], cells: dict[CellId, Box]
) -> int:
    """Rows below each other, labels at the left."""
    banner = 1 if block.banner is not None else 0
    head = banner + max(column.depth for column in block.columns)
    figures = sum(block.widths)
    labels.append(Label(Box(top, 1, top + head - 1, depth), block.corner, "corner"))
    if block.banner is not None:
        labels.append(Label(Box(top, depth + 1, top, depth + figures), block.banner, "header"))
    columns = _header(block.columns, top + banner, top + head - 1, depth + 1, block.widths, labels)
    row = top + head
    for line in block.rows:
        row = _row_labels(line, row, 1, depth, labels)
    for offset, line in enumerate(block.row_leaves, start=top + head):
        for column, (left, right) in zip(block.column_leaves, columns, strict=True):
            cells[CellId(table.id, line.id, column.id)] = Box(offset, left, offset, right)
    return row


def _across(
    table: Table, block: Block, top: int, depth: int, labels: list[Label], cells: dict[CellId, Box]
) -> int:
    """Rows side by side, as upper levels of the header, over one line of figures."""
    row_levels = max(row.depth for row in block.rows)
    column_levels = max(column.depth for column in block.columns)
    group = (sum(block.widths),) * len(block.row_leaves)
    spans = _header(block.rows, top, top + row_levels - 1, depth + 1, group, labels)
    bottom = top + row_levels + column_levels - 1
    for line, (left, _) in zip(block.row_leaves, spans, strict=True):
        columns = _header(block.columns, top + row_levels, bottom, left, block.widths, labels)
        for column, (first, last) in zip(block.column_leaves, columns, strict=True):
            cells[CellId(table.id, line.id, column.id)] = Box(bottom + 1, first, bottom + 1, last)
    return bottom + 2


def _header(
    lines: Sequence[Line], top: int, bottom: int, left: int, widths: Sequence[int], labels: list[Label]
) -> list[tuple[int, int]]:
    """Labels of a column tree between two rows; gives first and last column of every leaf."""
    spans: list[tuple[int, int]] = []
    for line in lines:
        start = spans[-1][1] + 1 if spans else left
        if line.parts:
            mine = widths[len(spans) : len(spans) + len(line.leaves)]
            inner = _header(line.parts, top + 1, bottom, start, mine, labels)
            labels.append(Label(Box(top, inner[0][0], top, inner[-1][1]), line.label, "header"))
            spans.extend(inner)
        else:
            end = start + widths[len(spans)] - 1
            labels.append(Label(Box(top, start, bottom, end), line.label, "header"))
            spans.append((start, end))
    return spans


def _row_labels(line: Line, row: int, column: int, depth: int, labels: list[Label]) -> int:
    if not line.parts:
        labels.append(Label(Box(row, column, row, depth), line.label, "row"))
        return row + 1
    after = row
    for part in line.parts:
        after = _row_labels(part, after, column + 1, depth, labels)
    labels.append(Label(Box(row, column, after - 1, column), line.label, "group"))
    return after
