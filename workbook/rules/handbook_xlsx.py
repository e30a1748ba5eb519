"""The handbook as an Excel workbook: one row an outcome, with an empty column for the reviewer's opinion."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from workbook.files.atomic import replace_file
from workbook.form.edition import Edition
from workbook.rules.handbook import (
    FAMILIES,
    OPINION,
    PENDING_TITLE,
    TITLE,
    RuleEntry,
    gravest,
    handbook_entries,
    introduction,
    pending,
)
from workbook.rules.rulebook import RuleBook

# Heading and width of each column, in characters.
_COLUMNS = (
    ("规则", 9),
    ("名称", 14),
    ("类别", 9),
    ("程度", 8),
    ("要求", 38),
    ("提示语", 38),
    ("怎样改", 26),
    ("适用", 12),
    ("依据状态", 10),
    ("依据", 22),
    (OPINION, 20),
)
_PENDING_COLUMNS = (("规则", 9), ("名称", 30), ("最高程度", 10), ("要求", 50), ("依据", 50), (OPINION, 40))
_CENTRED = frozenset({"规则", "类别", "程度", "最高程度", "依据状态"})
_FONT = "仿宋"
_FIXED = datetime(2021, 9, 26)  # noqa: DTZ001  (the same bytes whenever it is made; Office wants no zone here)


class _Styles:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        common = {"font_name": _FONT, "font_size": 11, "text_wrap": True, "border": 1, "valign": "vcenter"}
        self.head = book.add_format({**common, "font_name": "黑体", "align": "center", "bg_color": "#E7EEF7"})
        self.text = book.add_format({**common, "align": "left"})
        self.centred = book.add_format({**common, "align": "center"})
        self.title = book.add_format({"font_name": "黑体", "font_size": 16})
        self.plain = book.add_format(
            {"font_name": _FONT, "font_size": 12, "text_wrap": True, "valign": "top"}
        )

    def of(self, heading: str) -> Format:
        return self.centred if heading in _CENTRED else self.text


def handbook_xlsx(book: RuleBook, editions: Sequence[Edition], path: Path) -> None:
    """Write the handbook as .xlsx. Raises UnwritableOutput."""
    entries = handbook_entries(book, editions)
    buffer = io.BytesIO()
    sheets = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheets.set_properties({"title": TITLE, "created": _FIXED})
    styles = _Styles(sheets)
    rows = [row for entry in entries for row in _rows(entry)]
    _table(sheets.add_worksheet("规则"), TITLE, _COLUMNS, rows, styles)
    _table(
        sheets.add_worksheet("待核"),
        PENDING_TITLE,
        _PENDING_COLUMNS,
        [
            (e.code, e.label, gravest(e).label, "\n".join(e.requirements), e.basis, "")
            for e in pending(entries)
        ],
        styles,
    )
    _about(sheets.add_worksheet("说明"), editions, styles)
    sheets.close()
    replace_file(path, buffer.getvalue())


def _rows(entry: RuleEntry) -> list[tuple[str, ...]]:
    requirement = "\n".join(entry.requirements)
    limits = f"\n阈值：{entry.limits_line}。" if entry.limits else ""
    basis = entry.basis + (f"：“{entry.quote}”" if entry.quote else "")
    return [
        (
            entry.code,
            entry.label,
            FAMILIES.get(entry.family, (entry.family, ""))[0],
            outcome.severity.label,
            requirement + (limits if number == 0 else ""),
            (f"（{outcome.condition}）" if outcome.condition else "") + outcome.message,
            outcome.remedy,
            entry.applies.replace("；", "\n"),
            entry.basis_state,
            basis,
            "",
        )
        for number, outcome in enumerate(entry.outcomes)
    ]


def _table(
    sheet: Worksheet,
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]],
    styles: _Styles,
) -> None:
    for number, (heading, width) in enumerate(columns):
        sheet.set_column(number, number, width)
        sheet.write_string(0, number, heading, styles.head)
    sheet.set_row(0, 24)
    for at, row in enumerate(rows, start=1):
        sheet.set_row(at, _height(row, [width for _, width in columns]))
        for number, text in enumerate(row):
            style = styles.of(columns[number][0])
            if text:
                sheet.write_string(at, number, text, style)
            else:
                sheet.write_blank(at, number, None, style)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f'&C&"黑体"{title}')
    sheet.set_footer("&C第&P页，共&N页")


def _height(row: Sequence[str], widths: Sequence[int]) -> float:
    """The height wrapped text needs, in points: not every program fits rows when it opens a file."""
    lines = max(
        sum(max(1, -(-_measure(part) // (width - 2))) for part in text.split("\n"))
        for text, width in zip(row, widths, strict=True)
    )
    return min(409.0, 15.0 * lines + 5)


def _measure(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def _about(sheet: Worksheet, editions: Sequence[Edition], styles: _Styles) -> None:
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, TITLE, styles.title)
    for at, paragraph in enumerate(introduction(editions), start=2):
        sheet.write_string(at, 0, paragraph, styles.plain)
        sheet.set_row(at, 1.1 * _height([paragraph], [110]))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
