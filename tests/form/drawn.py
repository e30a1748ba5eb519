"""Statutory tables drawn cell by cell as grids, independent of our own template's layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from workbook.files.grid import Cell, Grid, Kind, Position, Sheet
from workbook.form.edition import Block, CellId, Edition, Line, Table

Figures = dict[CellId, Decimal | str]


def drawn_table(
    table: Table,
    figures: Figures,
    *,
    top: int = 1,
    left: int = 1,
    relabel: Callable[[str], str] = lambda label: label,
) -> dict[Position, Cell]:
    """A table's labels and figures as sheet cells, its first row and column given."""
    cells: dict[Position, Cell] = {}
    row = top
    for block in table.blocks:
        row = _draw_block(cells, table, block, figures, row, left, relabel)
    return cells


def _draw_block(
    cells: dict[Position, Cell],
    table: Table,
    block: Block,
    figures: Figures,
    row: int,
    left: int,
    relabel: Callable[[str], str],
) -> int:
    def label(at: Position, text: str | None) -> None:
        if text:
            cells[at] = Cell(Kind.TEXT, relabel(text))

    if block.heading:
        label(Position(row, left), block.heading)
        row += 1
    if block.across:
        for number, group in enumerate(block.row_leaves):
            start = left + number * len(block.column_leaves)
            label(Position(row, start), group.label)
            for offset, column in enumerate(block.column_leaves):
                label(Position(row + 1, start + offset), column.label)
                _figure(
                    cells, Position(row + 2, start + offset), figures, CellId(table.id, group.id, column.id)
                )
        return row + 3
    depth = max(node.depth for node in block.rows)
    label(Position(row, left), block.corner)
    label(Position(row, left + depth), block.banner)
    header = row + (1 if block.banner else 0)
    levels = max(node.depth for node in block.columns)
    for offset, (group, column) in enumerate(_with_group(block.columns)):
        at = left + depth + offset
        if group is not None and column is group.leaves[0]:
            label(Position(header, at), group.label)
        label(Position(header + (levels - 1 if group is not None else 0), at), column.label)
    row = header + levels
    for path in _paths(block.rows):
        for level, node in enumerate(path):
            first = node.leaves[0] is path[-1]
            if first:
                label(Position(row, left + level), node.label)
        for offset, column in enumerate(block.column_leaves):
            cell = CellId(table.id, path[-1].id, column.id)
            _figure(cells, Position(row, left + depth + offset), figures, cell)
        row += 1
    return row


def _with_group(columns: tuple[Line, ...]) -> Iterator[tuple[Line | None, Line]]:
    for column in columns:
        for leaf in column.leaves:
            yield (column if column.parts else None), leaf


def _paths(rows: tuple[Line, ...]) -> Iterator[tuple[Line, ...]]:
    for row in rows:
        if row.parts:
            for path in _paths(row.parts):
                yield (row, *path)
        else:
            yield (row,)


def _figure(cells: dict[Position, Cell], at: Position, figures: Figures, cell: CellId) -> None:
    if cell in figures:
        value = figures[cell]
        kind = Kind.TEXT if isinstance(value, str) else Kind.NUMBER
        cells[at] = Cell(kind, str(value))


def drawn_grid(edition: Edition, figures: Figures, **options: object) -> Grid:
    """The edition's tables, one a sheet, after a title sheet."""
    title = Sheet(
        "封面", {Position(1, 1): Cell(Kind.TEXT, f"某市某局{edition.first_year}年度政府信息公开工作年度报告")}
    )
    sheets = [
        Sheet(f"Sheet{number}", drawn_table(table, figures, **options))  # type: ignore[arg-type]
        for number, table in enumerate(edition.tables, start=1)
    ]
    return Grid("某市某局.xlsx", (title, *sheets))


def numbered(edition: Edition) -> Figures:
    """A different figure in every cell: what is read shifted shows at once."""
    return {cell: Decimal(number) for number, cell in enumerate(edition.cells, start=1)}
