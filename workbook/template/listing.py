"""A plain list on a sheet of its own behind the form: what a roll-up is made of, for looking through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook.form.boxes import Box
from workbook.template.page import Page

_HEAD_ROW = 3


@dataclass(frozen=True)
class Listing:
    """A heading, a remark, titled columns with their widths in characters, and rows of texts and figures."""

    name: str
    heading: str
    remark: str
    columns: Sequence[tuple[str, float]]
    rows: Sequence[Sequence[str | int | Decimal | None]]


def write_listing(page: Page, listing: Listing) -> None:
    """The list with a fixed header and filters; nothing in it is to be changed."""
    styles, last = page.styles, len(listing.columns)
    page.widths([width for _, width in listing.columns])
    page.height(1, 36)
    page.put(Box(1, 1, 1, last), listing.heading, styles.title(16))
    page.height(2, 34)
    page.put(Box(2, 1, 2, last), listing.remark, styles.note(11))
    page.height(_HEAD_ROW, 26)
    head, cell = styles.column_head(), styles.list_cell("left", valign="vcenter")
    for column, (words, _) in enumerate(listing.columns, start=1):
        page.put(Box(_HEAD_ROW, column, _HEAD_ROW, column), words, head)
    bottom = _HEAD_ROW
    for bottom, values in enumerate(listing.rows, start=_HEAD_ROW + 1):
        for column, value in enumerate(values, start=1):
            page.put(Box(bottom, column, bottom, column), value, cell)
    page.sheet.autofilter(_HEAD_ROW - 1, 0, max(bottom, _HEAD_ROW + 1) - 1, last - 1)
    page.sheet.freeze_panes(_HEAD_ROW, 0)
    page.sheet.hide_gridlines(2)
    page.print_setup(area=Box(1, 1, max(bottom, _HEAD_ROW + 1), last))
    page.sheet.repeat_rows(_HEAD_ROW - 1)
