"""Sheets that officers fill in: titles, widths, drop-down lists and remarks, written with XlsxWriter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import xlsxwriter

# Nothing a person typed is turned into something else, and nothing runs.
SAFE_OPTIONS: Mapping[str, bool] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_SONG, _HEI = "宋体", "黑体"
_HEAD_FILL, _LINE = "#EDF2F9", "#BFBFBF"
_SPARE_ROWS = 400  # rows below the filled ones that keep their drop-down lists


@dataclass(frozen=True)
class ListColumn:
    """One column: its title, width in characters, what may be picked, and what is said about it."""

    title: str
    width: float
    choices: Sequence[str] = ()
    choices_from: str = ""  # a reference where the choices are too many for the validation itself
    help: str = ""
    needed: bool = False
    text: bool = True  # codes and telephones keep their leading zeros
    is_date: bool = False


@dataclass
class ListBook:
    """A workbook of such lists, closed by `close`."""

    target: Any
    book: Any = field(init=False)

    def __post_init__(self) -> None:
        self.book = xlsxwriter.Workbook(self.target, dict(SAFE_OPTIONS))

    def style(self, **properties: object) -> Any:
        """A cell format in the house's type."""
        return self.book.add_format({"font_name": _SONG, "font_size": 11, "valign": "vcenter", **properties})

    def add_list(
        self,
        name: str,
        heading: str,
        remark: str,
        columns: Sequence[ListColumn],
        rows: Iterable[Sequence[object]],
        spare: int = 0,
    ) -> Any:
        """A sheet: heading, remark, titles, rows and `spare` empty ones; gives the XlsxWriter sheet."""
        sheet = self.book.add_worksheet(name)
        last = len(columns) - 1
        title = self.style(font_name=_HEI, font_size=16)
        note = self.style(font_color="#595959", text_wrap=True, valign="top")
        head = self.style(bold=True, bg_color=_HEAD_FILL, border=1, text_wrap=True, align="center")
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, heading, title)
        total = sum(column.width for column in columns)
        sheet.set_row(1, 15.5 * max(1, -(-len(remark) * 2 // int(total))) + 4)
        sheet.merge_range(1, 0, 1, max(last, 1), "", note)
        sheet.write_string(1, 0, remark, note)
        sheet.set_row(2, 32)
        body = {
            kind: self.style(border=1, border_color=_LINE, text_wrap=True, **shape)
            for kind, shape in {
                "text": {"num_format": "@"},
                "number": {},
                "date": {"num_format": "yyyy-mm-dd", "align": "center"},
            }.items()
        }
        for at, column in enumerate(columns):
            kind = "date" if column.is_date else "text" if column.text else "number"
            sheet.set_column(at, at, column.width)
            sheet.write_string(2, at, column.title + ("*" if column.needed else ""), head)
            if column.help:
                sheet.write_comment(2, at, column.help, {"font_name": _SONG, "x_scale": 2, "y_scale": 1.2})
        bottom = 3
        for values in rows:
            for at, (column, value) in enumerate(zip(columns, values, strict=True)):
                kind = "date" if column.is_date else "text" if column.text else "number"
                self.put(sheet, bottom, at, value, body[kind])
            bottom += 1
        for at, column in enumerate(columns):
            kind = "date" if column.is_date else "text" if column.text else "number"
            for row in range(bottom, bottom + spare):
                sheet.write_blank(row, at, None, body[kind])
            self._validate(sheet, at, bottom + (_SPARE_ROWS if spare else 0), column)
        sheet.freeze_panes(3, 2 if len(columns) > 4 else 0)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        return sheet

    def put(self, sheet: Any, row: int, column: int, value: object, style: Any) -> None:
        """A value as what it is: a text stays text whatever it begins with."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, style)
        elif isinstance(value, str):
            sheet.write_string(row, column, value, style)
        else:
            sheet.write_number(row, column, float(value), style)  # type: ignore[arg-type]

    def _validate(self, sheet: Any, column: int, bottom: int, facts: ListColumn) -> None:
        options: dict[str, object] = {"error_title": facts.title, "error_type": "stop"}
        if facts.choices_from:
            options |= {
                "validate": "list",
                "source": facts.choices_from,
                "error_message": "请从下拉列表中选择。",
            }
        elif facts.choices:
            options |= {
                "validate": "list",
                "source": list(facts.choices),
                "error_message": "请从下拉列表中选择。",
            }
        elif facts.is_date:
            options |= {
                "validate": "date", "criteria": ">", "minimum": date(2008, 1, 1),
                "error_message": "请填日期，如2026-01-31。",
            }  # fmt: skip
        else:
            return
        sheet.data_validation(3, column, bottom, column, options)

    def close(self) -> None:
        """Write the file."""
        self.book.close()
