"""汇总.xlsx: the tables on sheets, with fixed headers, filters, colours by severity and links to files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import pandas as pd

from workbook.results.gathering import Gathered

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDE = {
    **{"问题": 62, "怎样改": 46, "依据": 34, "催报内容（可直接粘贴）": 100, "文件": 48, "说明": 46},
    **{"单位名称": 28, "单位": 28, "名称": 26, "行": 34, "情况说明": 36, "认可理由": 30, "公布网址": 40},
    **{"相同的段落": 90, "雷同": 60, "对方单位": 28},
    **{"退回日期": 24, "分组": 26, "上级": 24, "工作表": 24},
}
_WRAPPED = frozenset(_WIDE) - {"文件", "公布网址"}
_COLOURS = {"错误": ("#FDE7E5", "#A3190F"), "须说明": ("#FFF1D6", "#7A4A00"), "提示": ("#E4F0FB", "#14507F")}
_LONGEST = 32_000  # characters a cell may hold, with room


def results_book(tables: Mapping[str, pd.DataFrame], gathered: Gathered) -> bytes:
    """The workbook's bytes."""
    target = io.BytesIO()
    with pd.ExcelWriter(target, engine="xlsxwriter", engine_kwargs={"options": _OPTIONS}) as writer:
        book = writer.book
        for name, table in tables.items():
            bare = table.map(lambda value: value[:_LONGEST] if isinstance(value, str) else value)
            bare.iloc[:0].to_excel(writer, sheet_name=name, index=False, startrow=1, header=False)
            _dress(book, writer.sheets[name], name, bare, gathered)
    return target.getvalue()


def _dress(book: Any, sheet: Any, name: str, table: pd.DataFrame, gathered: Gathered) -> None:
    font = {"font_name": "宋体", "font_size": 11, "valign": "top"}
    head = book.add_format(
        font | {"bold": True, "bg_color": "#EDF2F9", "border": 1, "text_wrap": True, "align": "center",
                "valign": "vcenter"}
    )  # fmt: skip
    plain = {"border": 1, "border_color": "#D0D0D0"}
    styles = {
        "text": book.add_format(font | plain),
        "wrap": book.add_format(font | plain | {"text_wrap": True}),
        "day": book.add_format(font | plain | {"num_format": "yyyy-mm-dd", "align": "center"}),
        "moment": book.add_format(font | plain | {"num_format": "yyyy-mm-dd hh:mm", "align": "center"}),
        "link": book.add_format(font | plain | {"font_color": "#10508A", "underline": 1}),
    }
    severe = {
        words: book.add_format(font | plain | {"bg_color": ground, "font_color": ink, "align": "center"})
        for words, (ground, ink) in _COLOURS.items()
    }
    title = f"{gathered.settings.year}年度年报　{name}　（{gathered.today.isoformat()}）"
    sheet.write_string(0, 0, title, book.add_format({"font_name": "黑体", "font_size": 14}))
    sheet.set_row(0, 28)
    sheet.set_row(1, 32)
    columns = list(table.columns)
    for at, column in enumerate(columns):
        sheet.write_string(1, at, str(column), head)
        sheet.set_column(at, at, _WIDE.get(column, 13))
    for row, values in enumerate(table.itertuples(index=False, name=None), start=2):
        for at, (column, value) in enumerate(zip(columns, values, strict=True)):
            _put(sheet, row, at, column, value, styles, severe)
    last = max(len(table) + 1, 2)
    sheet.autofilter(1, 0, last, max(len(columns) - 1, 0))
    sheet.freeze_panes(2, 2 if columns[:1] == ["单位代码"] else 1)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    if table.empty:
        sheet.write_string(2, 0, "没有。", styles["text"])


def _put(
    sheet: Any,
    row: int,
    at: int,
    column: str,
    value: Any,
    styles: Mapping[str, Any],
    severe: Mapping[str, Any],
) -> None:
    if value is None or value != value or value == "":  # noqa: PLR0124 - NaN, pandas' own nothing
        sheet.write_blank(row, at, None, styles["text"])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, at, value, styles["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, at, value, styles["day"])
    elif not isinstance(value, str):
        sheet.write_number(row, at, value, styles["text"])
    elif column == "文件" and "!" not in value and len(value) < 200:
        sheet.write_url(row, at, "external:" + quote("../" + value, safe="/"), styles["link"], value)
    elif column == "程度" and value in severe:
        sheet.write_string(row, at, value, severe[value])
    else:
        sheet.write_string(row, at, value, styles["wrap" if column in _WRAPPED else "text"])
