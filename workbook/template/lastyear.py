"""上年数: last year's figures on a locked sheet of their own, so that nobody types them again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from workbook.form.anchors import (
    LAST_YEAR_AREA,
    LAST_YEAR_FACTS,
    LAST_YEAR_FIGURES,
    LAST_YEAR_FIRST,
    LAST_YEAR_HEAD,
    LAST_YEAR_ID,
    LAST_YEAR_NOTE,
)
from workbook.form.boxes import Box
from workbook.form.edition import Block, CellId, Edition, Table
from workbook.form.filing import Filing
from workbook.template.page import Page
from workbook.template.styles import SONG

NOTHING_KNOWN = "没有上年年报的数字，“与上年衔接”的各项请自行核对。"
_KEPT = "由下发的原表移来。与贵单位留存的年报不同的，请告知下发单位。"
_LABEL_WIDTH, _FIGURE_WIDTH, _NOTE_WIDTH = 46, 11, 40

RowKey: TypeAlias = tuple[str, str]  # table, row


@dataclass(frozen=True)
class HandedOut:
    """Last year's figures as they are handed out: on whose form, and a remark a line where needed."""

    year: int
    edition: Edition
    figures: Mapping[CellId, Decimal | None]
    scope: str = "own"
    notes: Mapping[RowKey, str] = field(default_factory=dict)
    remark: str = ""


def handed_out(last: Filing) -> HandedOut:
    """The sheet again, from the figures that an earlier form carried."""
    figures = {cell: last.value(cell) for cell in last.facts}
    return HandedOut(last.year or 0, last.edition, figures, last.scope or "own", remark=_KEPT)


def line_keys(edition: Edition) -> tuple[RowKey, ...]:
    """Every line of the form in the order of the sheet."""
    return tuple(dict.fromkeys((cell.table, cell.row) for cell in edition.cells))


def line_notes(edition: Edition, notes: Mapping[CellId, str]) -> dict[RowKey, str]:
    """Remarks on figures as remarks on their lines: 总计：原报4，更正：…."""
    found: dict[RowKey, list[str]] = {}
    for cell in edition.cells:
        if cell in notes:
            label = edition.by_id[cell.table].column_of(cell).short
            found.setdefault((cell.table, cell.row), []).append(f"{label}：{notes[cell]}")
    return {key: "；".join(parts) for key, parts in found.items()}


def write_last_year(page: Page, handed: HandedOut) -> None:
    """Table by table as in the form: a line a row, its figures, a remark."""
    styles = page.styles
    page.widths((_LABEL_WIDTH, *(_FIGURE_WIDTH,) * LAST_YEAR_FIGURES, _NOTE_WIDTH))
    page.height(1, 40)
    page.put(
        Box(1, 1, 1, LAST_YEAR_NOTE), f"{handed.year}年度年报的数字（供核对，不用填写）", styles.title(18)
    )
    page.height(2, 34)
    page.put(Box(2, 1, 2, LAST_YEAR_NOTE), handed.remark, styles.note(11))
    plain = styles.get(font_name=SONG, font_size=11)
    for row, text in enumerate((handed.edition.id, str(handed.year), handed.scope), start=1):
        page.put(Box(row, LAST_YEAR_FACTS, row, LAST_YEAR_FACTS), text, plain)
    row = 3
    for table in handed.edition.tables:
        for block in table.blocks:
            row = _write_block(page, row, table, block, handed)
    page.name_box(LAST_YEAR_AREA, Box(3, 1, row - 1, LAST_YEAR_ID))
    page.sheet.set_column(LAST_YEAR_ID - 1, LAST_YEAR_FACTS - 1, None, None, {"hidden": True})
    page.sheet.hide_gridlines(2)
    page.print_setup(area=Box(1, 1, row - 1, LAST_YEAR_NOTE), one_page=True)
    page.protect()


def _write_block(page: Page, row: int, table: Table, block: Block, handed: HandedOut) -> int:
    """One block from a row on; gives the row after it."""
    styles = page.styles
    plain = styles.get(font_name=SONG, font_size=11)
    head = styles.column_head()
    middle, left = (styles.list_cell(align, valign="vcenter") for align in ("center", "left"))
    page.put(Box(row, LAST_YEAR_ID, row, LAST_YEAR_ID), LAST_YEAR_HEAD, plain)
    for column, line in enumerate(block.column_leaves, start=LAST_YEAR_FIRST):
        page.put(Box(row, column, row, column), line.id, plain)
    page.sheet.set_row(row - 1, None, None, {"hidden": True})
    row += 1
    page.height(row, 32)
    title = f"{table.label}　{block.heading}" if block.heading else table.label
    page.put(Box(row, 1, row, 1), title, head)
    for column, line in enumerate(block.column_leaves, start=LAST_YEAR_FIRST):
        page.put(Box(row, column, row, column), line.short, head)
    page.put(Box(row, LAST_YEAR_NOTE, row, LAST_YEAR_NOTE), "说明", head)
    row += 1
    for line in block.row_leaves:
        page.height(row, 20)
        page.put(Box(row, 1, row, 1), line.short, left)
        for column, cell in _cells(table, line.id, block):
            page.put(Box(row, column, row, column), handed.figures.get(cell), middle)
        page.put(Box(row, LAST_YEAR_NOTE, row, LAST_YEAR_NOTE), handed.notes.get((table.id, line.id)), left)
        page.put(Box(row, LAST_YEAR_ID, row, LAST_YEAR_ID), f"{table.id}.{line.id}", plain)
        row += 1
    return row


def _cells(table: Table, row: str, block: Block) -> Iterator[tuple[int, CellId]]:
    for column, line in enumerate(block.column_leaves, start=LAST_YEAR_FIRST):
        yield column, CellId(table.id, row, line.id)
