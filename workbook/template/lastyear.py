"""上年数: last year's figures on a locked sheet of their own, so that nobody types them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workbook.form.anchors import LAST_YEAR_AREA, LAST_YEAR_COLUMNS
from workbook.form.boxes import Box
from workbook.form.edition import CellId, Edition
from workbook.template.page import Page
from workbook.template.styles import SONG

FIRST_ROW = 4
NOTHING_KNOWN = "没有上年年报的数字，“与上年衔接”的各项请自行核对。"
_WIDTHS = (10, 64, 14, 44, 4)


@dataclass(frozen=True)
class HandedOut:
    """Last year's figures as they are handed out: whose form they were on, and what is to be said of some."""

    year: int
    edition: Edition
    figures: Mapping[CellId, Decimal | None]
    scope: str = "own"
    notes: Mapping[CellId, str] = field(default_factory=dict)
    remark: str = ""


def write_last_year(page: Page, handed: HandedOut) -> None:
    """A row a figure in the order of the form: table, labels, figure, remark, hidden id."""
    styles = page.styles
    page.widths(_WIDTHS)
    page.height(1, 40)
    page.put(Box(1, 1, 1, 4), f"{handed.year}年度年报的数字（供核对，不用填写）", styles.title(18))
    page.height(2, 34)
    page.put(Box(2, 1, 2, 4), handed.remark, styles.note(11))
    plain = styles.get(font_name=SONG, font_size=11)
    for row, text in enumerate((handed.edition.id, str(handed.year), handed.scope), start=1):
        page.put(Box(row, 6, row, 6), text, plain)
    head = styles.column_head()
    page.height(FIRST_ROW - 1, 24)
    for column, words in enumerate(LAST_YEAR_COLUMNS.values(), start=1):
        page.put(Box(FIRST_ROW - 1, column, FIRST_ROW - 1, column), words, head)
    middle, left = (styles.list_cell(align, valign="vcenter") for align in ("center", "left"))
    row = FIRST_ROW
    for table in handed.edition.tables:
        for cell in table.cells:
            place = f"{table.rows[cell.row].short}　{table.column_of(cell).short}"
            page.put(Box(row, 1, row, 1), table.label, middle)
            page.put(Box(row, 2, row, 2), place, left)
            page.put(Box(row, 3, row, 3), handed.figures.get(cell), middle)
            page.put(Box(row, 4, row, 4), handed.notes.get(cell), left)
            page.put(Box(row, 5, row, 5), str(cell), plain)
            row += 1
    page.name_box(LAST_YEAR_AREA, Box(FIRST_ROW, 1, row - 1, len(LAST_YEAR_COLUMNS)))
    page.sheet.set_column(4, 5, None, None, {"hidden": True})
    page.sheet.freeze_panes(FIRST_ROW - 1, 0)
    page.sheet.hide_gridlines(2)
    page.print_setup(area=Box(1, 1, row - 1, 4))
    page.sheet.repeat_rows(FIRST_ROW - 2)
    page.protect()
