"""Where everything of the form stands: sections, statutory tables and figures, sheet by sheet.

Worked out from the edition alone, before anything is written: label columns, header trees and merges follow
from the blocks of each table. Rows and columns count from 1, as in A1 notation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from workbook.files.grid import Position
from workbook.files.textsize import column_points, line_height, text_height
from workbook.form.blocks import Label, figure_columns, label_depth, place_block
from workbook.form.boxes import Box, quoted, rectangles
from workbook.form.edition import CellId, Edition, Table
from workbook.template.styles import MAX_ROW_HEIGHT, PROSE_SIZES

PREAMBLE = "preamble"

# Width of a table in characters: with 1.5 cm margins it fills A4 upright at about nine tenths.
TABLE_WIDTH = 104.0
BARE_WIDTH = 93.0  # of a table without label columns: narrow columns, where 结果维持 stands two and two
PROSE_WIDTH = 78.0
LEAF_LABEL, GROUP_LABEL, OUTER_LABEL, ONLY_LABEL = 31.0, 11.0, 6.5, 26.0

# Rows kept for paragraphs; a longer text gets as many as it needs.
PARAGRAPH_ROWS: Mapping[str, int] = {PREAMBLE: 4, "overview": 60, "problems": 40}
OTHER_PROSE_ROWS, BELOW_TABLE_ROWS = 20, 8
CELL_LIMIT = 32_767  # characters Excel keeps in one cell


@dataclass(frozen=True)
class TableLayout:
    """A statutory table on its sheet; `head` are its header rows, None where every block has its own."""

    table: Table
    sheet: str
    area: Box
    labels: tuple[Label, ...]
    cells: Mapping[CellId, Box]
    label_columns: int
    head: tuple[int, int] | None
    heights: Mapping[int, float]
    status: Box


class Paragraph(NamedTuple):
    """One paragraph of a section: its text, its rows, its font size and the height of each row."""

    text: str
    box: Box
    size: float
    height: float


@dataclass(frozen=True)
class SectionLayout:
    """A section: heading (None for the preamble) and the area of its paragraphs, one a row."""

    section: str
    sheet: str
    heading: Box | None
    area: Box
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class SheetLayout:
    """One sheet of the report: column widths, what stands on it, and its last row."""

    name: str
    widths: tuple[float, ...]
    title: Box | None
    sections: tuple[SectionLayout, ...]
    tables: tuple[TableLayout, ...]
    last_row: int


@dataclass(frozen=True)
class Layout:
    """Every place of the form."""

    edition: Edition
    sheets: tuple[SheetLayout, ...]
    cells: Mapping[CellId, tuple[str, Box]] = field(default_factory=dict)

    @property
    def tables(self) -> dict[str, TableLayout]:
        """Tables by id."""
        return {table.table.id: table for sheet in self.sheets for table in sheet.tables}

    @property
    def sections(self) -> dict[str, SectionLayout]:
        """Sections by id, "preamble" included."""
        return {section.section: section for sheet in self.sheets for section in sheet.sections}

    def position(self, cell: CellId) -> Position:
        """The cell that holds a figure (the first of a merged one)."""
        return self.cells[cell][1].corner

    def ranges(self, cells: Iterable[CellId], home: str | None = None) -> list[str]:
        """The fewest A1 ranges that hold exactly these figures, sheet by sheet, named unless on `home`."""
        by_sheet: dict[str, list[Position]] = {}
        for cell in cells:
            sheet, box = self.cells[cell]
            by_sheet.setdefault(sheet, []).append(box.corner)
        return [
            box.a1() if sheet == home else f"{quoted(sheet)}!{box.a1()}"
            for sheet, positions in by_sheet.items()
            for box in rectangles(positions)
        ]


def lay_out(edition: Edition, texts: Mapping[str, str | None]) -> Layout:
    """The whole form; `texts` are the sections' words, so that every paragraph has rows tall enough."""
    sheets = tuple(_sheet(edition, number, texts) for number in range(len(edition.sections)))
    cells = {
        cell: (table.sheet, box)
        for sheet in sheets
        for table in sheet.tables
        for cell, box in table.cells.items()
    }
    return Layout(edition, sheets, cells)


def _sheet(edition: Edition, number: int, texts: Mapping[str, str | None]) -> SheetLayout:
    """Top to bottom: status lines, on the first sheet title and preamble, heading, tables, paragraphs."""
    section = edition.sections[number]
    tables = [table for table in edition.tables if table.section == section.id]
    widths = _widths(tables)
    across = len(widths)
    points = sum(column_points(width) + 5 for width in widths) - 5
    row = 1
    statuses: list[Box] = []
    for _ in tables:
        statuses.append(Box(row, 1, row, across))
        row += 1
    title: Box | None = None
    sections: list[SectionLayout] = []
    if number == 0:
        title = Box(row, 1, row, across)
        area, paragraphs = _paragraphs(PREAMBLE, texts, row + 1, across, points, PARAGRAPH_ROWS[PREAMBLE])
        sections.append(SectionLayout(PREAMBLE, section.sheet, None, area, paragraphs))
        row = area.bottom + 1
    heading = Box(row, 1, row, across)
    row += 1
    laid: list[TableLayout] = []
    for table, status in zip(tables, statuses, strict=True):
        laid.append(_table(table, section.sheet, row, widths, status))
        row = laid[-1].area.bottom + 2
    rows = BELOW_TABLE_ROWS if tables else PARAGRAPH_ROWS.get(section.id, OTHER_PROSE_ROWS)
    area, paragraphs = _paragraphs(section.id, texts, row, across, points, rows, bool(tables))
    sections.append(SectionLayout(section.id, section.sheet, heading, area, paragraphs))
    return SheetLayout(section.sheet, widths, title, tuple(sections), tuple(laid), area.bottom)


def _widths(tables: Sequence[Table]) -> tuple[float, ...]:
    """Widths of a sheet's columns, from its widest table; one broad column where there is none."""
    if not tables:
        return (PROSE_WIDTH,)
    table = max(tables, key=lambda item: label_depth(item) + max(map(figure_columns, item.blocks)))
    depth = label_depth(table)
    figures = max(map(figure_columns, table.blocks))
    labels = (
        [ONLY_LABEL]
        if depth == 1
        else [OUTER_LABEL] * (depth - 2) + [GROUP_LABEL] * (depth > 1) + [LEAF_LABEL] * (depth > 1)
    )
    width = round(((TABLE_WIDTH if labels else BARE_WIDTH) - sum(labels)) / figures, 1)
    return (*labels, *[width] * figures)


def _table(table: Table, sheet: str, top: int, widths: Sequence[float], status: Box) -> TableLayout:
    depth = label_depth(table)
    figures = max(map(figure_columns, table.blocks))
    labels: list[Label] = []
    cells: dict[CellId, Box] = {}
    row = top
    head: tuple[int, int] | None = None
    for block in table.blocks:
        if block.heading is not None:
            labels.append(Label(Box(row, 1, row, depth + figures), block.heading, "heading"))
            row += 1
        first = row
        row = place_block(table, block, row, depth, labels, cells)
        if len(table.blocks) == 1:
            head = (first, min(box.top for box in cells.values()) - 1)
    area = Box(top, 1, row - 1, depth + figures)
    narrow = [label for label in labels if label.role == "header" and label.box.left == label.box.right]
    size = _even_size([(label.text, widths[label.box.left - 1]) for label in narrow])
    labels = [label._replace(size=size) if label in narrow else label for label in labels]
    heights = _heights(area, labels, cells, widths)
    return TableLayout(table, sheet, area, tuple(labels), cells, depth, head, heights, status)


def _even_size(narrow: Sequence[tuple[str, float]]) -> float:
    """The font size at which no narrow header leaves one sign alone on its last line.

    Programs differ in the margin they keep inside a cell; it must come out even with the widest and the
    narrowest.
    """

    def even(text: str, width: float, size: float) -> bool:
        rooms = [int((column_points(width) + slack) // size) for slack in (0, 3)]
        return all(room > 1 and (len(text) <= room or len(text) % room != 1) for room in rooms)

    sizes = (11.0, 10.0, 12.0, 10.5)
    return next((size for size in sizes if all(even(text, width, size) for text, width in narrow)), sizes[0])


_HEADER_ROW, _FIGURE_ROW = 22.0, 21.0


def _heights(
    area: Box, labels: Sequence[Label], cells: Mapping[CellId, Box], widths: Sequence[float]
) -> dict[int, float]:
    """Row heights: every label of a single row is shown whole."""
    figures = {box.top for box in cells.values()}
    roomy = len(figures) < 12  # a small table has air; the big one must stand on one page
    heights = {
        row: (28.0 if roomy else _FIGURE_ROW) if row in figures else (26.0 if roomy else _HEADER_ROW)
        for row in range(area.top, area.bottom + 1)
    }
    for label in labels:
        if label.box.top == label.box.bottom:
            points = sum(column_points(width) + 5 for width in widths[label.box.left - 1 : label.box.right])
            needed = text_height(label.text, points - 7, label.size, padding=3)
            heights[label.box.top] = max(heights[label.box.top], needed)
    return heights


def _paragraphs(
    section: str,
    texts: Mapping[str, str | None],
    top: int,
    across: int,
    points: float,
    rows: int,
    small: bool = False,
) -> tuple[Box, tuple[Paragraph, ...]]:
    """The paragraphs of a section from row `top` on, and the area kept for them."""
    laid: list[Paragraph] = []
    row = top
    for text in paragraphs_of(texts.get(section) or ""):
        size, height, count = _fit(text, points, PROSE_SIZES[1:] if small else PROSE_SIZES)
        laid.append(Paragraph(text, Box(row, 1, row + count - 1, across), size, height))
        row += count
    return Box(top, 1, max(top + rows, row) - 1, across), tuple(laid)


def _fit(text: str, points: float, sizes: Sequence[float]) -> tuple[float, float, int]:
    """Font size, row height and number of rows: the largest size that fits one row, else several rows."""
    for size in sizes:
        height = text_height(text, points, size, padding=6)
        if height <= MAX_ROW_HEIGHT:
            return size, round(height, 1), 1
    size = sizes[-1]
    height = text_height(text, points, size, padding=6)
    count = int(-(-height // (MAX_ROW_HEIGHT - line_height(size))))
    return size, round(height / count, 1), count


def paragraphs_of(text: str) -> list[str]:
    """A section's text, one paragraph an entry; empty lines at both ends dropped.

    A paragraph longer than a cell can hold is divided after a full stop.
    """
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    found: list[str] = []
    for line in lines:
        rest = line
        while len(rest) > CELL_LIMIT:
            stops = [match.end() for match in re.finditer("[。；！？]", rest[:CELL_LIMIT])]
            cut = stops[-1] if stops else CELL_LIMIT
            found.append(rest[:cut])
            rest = rest[cut:]
        found.append(rest)
    return found
