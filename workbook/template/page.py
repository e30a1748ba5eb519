"""One sheet as it is written: boxes instead of zero-based cells, and nothing guessed from a text.

A thin cover over XlsxWriter, the only module besides `build` and `styles` that speaks to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from xlsxwriter.worksheet import Worksheet

from workbook.form.boxes import Box, quoted
from workbook.problems import UnusableInput
from workbook.template.live import Cached
from workbook.template.styles import Styles
from workbook.template.tables import CELL_LIMIT

MARGIN_SIDE, MARGIN_TOP, MARGIN_BOTTOM = 0.59, 0.7, 0.7  # inches: 1.5 cm at the sides
FOOTER = '&C&"宋体,Regular"&9第 &P 页　共 &N 页'
DASH = "—"


class StatedSheet(Worksheet):  # type: ignore[misc, unused-ignore]
    """A worksheet that says two things XlsxWriter leaves out.

    An empty formula result is text: without the type readers take the cell for one that was never
    calculated. And a row whose height is only an estimate (`flexible`, counted from 1) may still be fitted
    by the program when its text changes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flexible: set[int] = set()

    def _xml_start_tag_unencoded(self, tag: str, attributes: list[Any] | None = None) -> None:
        if tag == "row" and attributes and attributes[0][1] in self.flexible:
            attributes = [pair for pair in attributes if pair[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)

    def _xml_formula_element(self, formula: str, result: object, attributes: list[Any]) -> None:
        if result == "":
            attributes = [*attributes, ("t", "str")]
        super()._xml_formula_element(formula, result, attributes)


class Page:
    """A sheet and the formats of its book."""

    def __init__(self, book: Any, name: str, styles: Styles, tab: str) -> None:
        self.book = book
        self.name = name
        self.styles = styles
        self.sheet = book.add_worksheet(name, StatedSheet)
        self.sheet.set_tab_color(tab)

    def widths(self, widths: Sequence[float]) -> None:
        """Column widths from the first column on."""
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def height(self, row: int, height: float, flexible: bool = False) -> None:
        """A row's height in points; a flexible one is fitted anew when a text in it changes."""
        self.sheet.set_row(row - 1, min(409.0, round(height, 1)))
        if flexible:
            self.sheet.flexible.add(row)

    def put(self, box: Box, value: object, style: Any) -> None:
        """A value in a box, merged where it is more than one cell.

        str is written as text whatever it looks like, Decimal and int as a number, Cached as a formula with
        its value, None as an empty cell. Raises UnusableInput for a text no cell can hold.
        """
        row, column = box.top - 1, box.left - 1
        if not box.single:
            self.sheet.merge_range(row, column, box.bottom - 1, box.right - 1, "", style)
        match value:
            case None:
                self.sheet.write_blank(row, column, None, style)
            case Cached(formula, cached):
                self.sheet.write_formula(row, column, f"={formula}", style, _plain(cached))
            case str():
                if len(value) > CELL_LIMIT:
                    raise UnusableInput(
                        f"“{self.name}”{box.a1()}的内容有{len(value)}字，一格最多{CELL_LIMIT}字。"
                    )
                self.sheet.write_string(row, column, value, style)
            case int() | Decimal():
                self.sheet.write_number(row, column, float(value), style)
            case _:
                raise TypeError(f"{value!r} in {self.name}!{box.a1()}")

    def name_box(self, name: str, box: Box) -> None:
        """Give a box a defined name."""
        self.book.define_name(name, f"={quoted(self.name)}!{box.a1(fixed=True)}")

    def validate(self, boxes: Iterable[Box], options: dict[str, object]) -> None:
        """One data validation over several boxes."""
        cells = [[box.top - 1, box.left - 1, box.bottom - 1, box.right - 1] for box in boxes]
        if not cells:
            return
        first, rest = cells[0], cells[1:]
        self.sheet.data_validation(*first, {**options, "other_cells": rest} if rest else options)

    def colour_when(self, boxes: Sequence[Box], formula: str, style: Any, stop: bool = False) -> None:
        """A conditional format by formula (without "="), relative to the first box's first cell."""
        first = boxes[0]
        self.sheet.conditional_format(
            first.top - 1, first.left - 1, first.bottom - 1, first.right - 1,
            {
                "type": "formula", "criteria": f"={formula}", "format": style, "stop_if_true": stop,
                "multi_range": " ".join(box.a1() for box in boxes),
            },
        )  # fmt: skip

    def protect(self, sorting: bool = False) -> None:
        """Lock what is locked, without a password; sizes of rows and columns stay free."""
        # Without "objects" nobody could put a note of her own on a cell.
        options: dict[str, bool] = {"format_columns": True, "format_rows": True, "objects": True}
        if sorting:
            options |= {"sort": True, "autofilter": True}
        self.sheet.protect("", options)

    def print_setup(self, landscape: bool = False, area: Box | None = None, one_page: bool = False) -> None:
        """A4, fitted to one page's width, centred, page number below."""
        sheet = self.sheet
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(MARGIN_SIDE, MARGIN_SIDE, MARGIN_TOP, MARGIN_BOTTOM)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 1 if one_page else 0)
        sheet.set_footer(FOOTER)
        if area is not None:
            sheet.print_area(area.top - 1, area.left - 1, area.bottom - 1, area.right - 1)


def _plain(value: float | str) -> float | int | str:
    return int(value) if isinstance(value, float) and value.is_integer() else value
