"""The statutory tables as they are printed: rows of cells with their spans, set from figures for the tests.

Written from the printed form, apart from the program's own template: what reads a table must not be tested
with what wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from workbook.form.edition import Block, CellId, Edition, Line, Table

Figures = Mapping[CellId, str]


@dataclass(frozen=True)
class Printed:
    """One printed cell: what stands there, how far it reaches, and what it is."""

    text: str
    across: int = 1
    down: int = 1
    role: str = "head"  # head, label, figure
    cell: CellId | None = None


Rows = list[list[Printed]]


def printed_tables(edition: Edition, figures: Figures) -> dict[str, Rows]:
    """Every table of an edition, its figures in place."""
    return {table.id: printed_table(table, figures) for table in edition.tables}


def printed_table(table: Table, figures: Figures) -> Rows:
    """The rows of a table, block under block."""
    if table.blocks[0].across:
        return _across(table, figures)
    if len(table.blocks) == 1:
        return _deep(table, table.blocks[0], figures)
    return [row for block in table.blocks for row in _flat(table, block, figures)]


def _flat(table: Table, block: Block, figures: Figures) -> Rows:
    """A block of 表二: heading, header, one row a line."""
    widths = block.widths
    rows: Rows = [[Printed(block.heading or "", across=4)]]
    rows.append(
        [Printed(block.corner)]
        + [Printed(column.label, width) for column, width in zip(block.column_leaves, widths, strict=True)]
    )
    for line in block.row_leaves:
        cells = [CellId(table.id, line.id, column.id) for column in block.column_leaves]
        rows.append(
            [Printed(line.label, role="label")]
            + [
                Printed(figures[cell], width, role="figure", cell=cell)
                for cell, width in zip(cells, widths, strict=True)
            ]
        )
    return rows


def _deep(table: Table, block: Block, figures: Figures) -> Rows:
    """表三: three label columns under a header of three rows."""
    inner = [leaf for column in block.columns if column.parts for leaf in column.leaves]
    rows: Rows = [
        [Printed(block.corner, 3, 3), Printed(block.banner or "", len(block.column_leaves))],
        [Printed(column.label, len(column.leaves), 1 if column.parts else 2) for column in block.columns],
        [Printed(leaf.label) for leaf in inner],
    ]
    for top in block.rows:
        _label_rows(table, block, top, 3, [], rows, figures)
    return rows


def _label_rows(
    table: Table, block: Block, line: Line, columns: int, before: list[Printed], rows: Rows, figures: Figures
) -> None:
    if not line.parts:
        cells = [CellId(table.id, line.id, column.id) for column in block.column_leaves]
        rows.append(
            [*before, Printed(line.label, columns, role="label")]
            + [Printed(figures[cell], role="figure", cell=cell) for cell in cells]
        )
        return
    group = [*before, Printed(line.label, 1, len(line.leaves), role="label")]
    for number, part in enumerate(line.parts):
        _label_rows(table, block, part, columns - 1, group if number == 0 else [], rows, figures)


def _across(table: Table, figures: Figures) -> Rows:
    """表四: three rows of header over one of figures."""
    block = table.blocks[0]
    width = len(block.column_leaves)
    first, second = block.rows
    columns = [Printed(column.label) for column in block.column_leaves]
    figures_row = [
        Printed(figures[cell], role="figure", cell=cell)
        for row in block.row_leaves
        for column in block.column_leaves
        for cell in (CellId(table.id, row.id, column.id),)
    ]
    return [
        [Printed(first.label, width), Printed(second.label, width * len(second.parts))],
        [replace(column, down=2) for column in columns]
        + [Printed(part.label, width) for part in second.parts],
        [column for _ in second.parts for column in columns],
        figures_row,
    ]


def changed(rows: Rows, change: Callable[[Printed], Printed]) -> Rows:
    """The rows with every cell passed through a function."""
    return [[change(cell) for cell in row] for row in rows]
