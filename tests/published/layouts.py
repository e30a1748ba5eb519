"""Layouts in which reports are published: each takes printed tables and sections and gives a document."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.published.printed import Printed, Rows
from workbook.form.edition import Edition


@dataclass
class Report:
    """What a generated document holds: headings with words, and the tables of their sections."""

    edition: Edition
    organ: str
    year: int
    tables: dict[str, Rows]
    sections: Mapping[str, str] = field(default_factory=dict)
    preamble: str = ""

    @property
    def title(self) -> str:
        return f"{self.organ}{self.year}年政府信息公开工作年度报告"

    def parts(self) -> list[tuple[str, str | Rows]]:
        """("title" | "heading" | "text" | "table", content) in the document's order."""
        found: list[tuple[str, str | Rows]] = [("title", self.title), ("text", self.preamble)]
        for section in self.edition.sections:
            found.append(("heading", section.heading))
            found += [("text", line) for line in self.sections.get(section.id, "").split("\n") if line]
            found += [
                ("table", self.tables[t.id])
                for t in self.edition.tables
                if t.section == section.id and t.id in self.tables
            ]
        return [part for part in found if part[1]]


# --- text -------------------------------------------------------------------------------------------


def _text(report: Report, table: Callable[[Rows], list[str]]) -> str:
    lines: list[str] = []
    for kind, content in report.parts():
        if kind == "table":
            assert not isinstance(content, str)
            lines += ["", *table(content), ""]
        else:
            lines.append(str(content))
    return "\n".join(lines) + "\n"


def cell_a_line(rows: Rows) -> list[str]:
    return [cell.text for row in rows for cell in row]


def cell_a_line_spaced(rows: Rows) -> list[str]:
    return [line for row in rows for cell in row for line in (cell.text, "")]


def tab_rows(rows: Rows) -> list[str]:
    return [line for row in rows for line in (*("\t" + cell.text for cell in row), "")]


def tab_rows_filled(rows: Rows) -> list[str]:
    """As Word leaves it: an empty cell for each label that reaches down from above."""
    return [line for row in filled(rows) for line in (*("\t" + text for text in row), "")]


def pipes(rows: Rows) -> list[str]:
    return [" | ".join(cell.text for cell in row) for row in rows]


def pipes_closed(rows: Rows) -> list[str]:
    return ["".join(f"{cell.text} | " for cell in row) for row in rows]


def pipes_trailing(rows: Rows) -> list[str]:
    """Merged columns kept as pipes at the end of the row."""
    return [
        " | ".join(cell.text for cell in row) + " | " + "|" * sum(cell.across - 1 for cell in row)
        for row in rows
    ]


def pipes_behind(rows: Rows) -> list[str]:
    """Merged columns kept as empty cells right behind the merged one."""
    return [
        " | ".join(text for cell in row for text in (cell.text, *[""] * (cell.across - 1))) for row in rows
    ]


def markdown(rows: Rows) -> list[str]:
    lines = ["| " + " | ".join(row) + " |" for row in filled(rows)]
    return [lines[0], "|" + "---|" * len(filled(rows)[0]), *lines[1:]]


def pipe_ends_cell(rows: Rows) -> list[str]:
    return [f"{cell.text} |" for row in rows for cell in row]


def pipe_alone(rows: Rows) -> list[str]:
    return [line for row in rows for cell in row for line in (cell.text, "|")]


def empty_leading_cell(rows: Rows) -> list[str]:
    """Labels that reach down from above as empty leading cells."""
    return [" | ".join(row) for row in filled(rows)]


def tab_separated(rows: Rows) -> list[str]:
    return ["\t".join(row) for row in filled(rows)]


def commas(rows: Rows) -> list[str]:
    return [",".join(f'"{text}"' if "," in text else text for text in row) for row in filled(rows)]


def columns_of_spaces(rows: Rows) -> list[str]:
    return ["      ".join(cell.text for cell in row) for row in rows]


def single_spaces(rows: Rows) -> list[str]:
    return [" ".join(cell.text for cell in row) for row in rows]


def filled(rows: Rows) -> list[list[str]]:
    """The full rectangle, merged cells empty but for their upper left corner."""
    grid: list[dict[int, str]] = []
    reach: dict[int, int] = {}
    for row in rows:
        line: dict[int, str] = {}
        column = 0
        below = {at: left - 1 for at, left in reach.items() if left > 1}
        for at in reach:
            line[at] = ""
        for cell in row:
            while column in line:
                column += 1
            for step in range(cell.across):
                line[column + step] = cell.text if step == 0 else ""
                if cell.down > 1:
                    below[column + step] = cell.down - 1
            column += cell.across
        reach = below
        grid.append(line)
    return [[line.get(column, "") for column in range(max(line, default=0) + 1)] for line in grid]


# Whether blanks survive: without cells an empty one leaves no trace.
TEXT_LAYOUTS: dict[str, tuple[Callable[[Rows], list[str]], bool]] = {
    "一格一行": (cell_a_line, False),
    "一格一行、空行相隔": (cell_a_line_spaced, False),
    "制表符、行间空行": (tab_rows, True),
    "制表符、合并格留空": (tab_rows_filled, True),
    "竖线": (pipes, True),
    "竖线收尾": (pipes_closed, True),
    "合并列的竖线留在行尾": (pipes_trailing, True),
    "合并列的竖线留在格后": (pipes_behind, True),
    "Markdown": (markdown, True),
    "每格以竖线收尾": (pipe_ends_cell, True),
    "竖线单独成行": (pipe_alone, True),
    "合并行留空格": (empty_leading_cell, True),
    "制表符分列": (tab_separated, True),
    "逗号分列": (commas, True),
    "多个空格分列": (columns_of_spaces, False),
    "一个空格分列": (single_spaces, False),
}


def text_report(report: Report, layout: str) -> bytes:
    """The report as plain text with its tables in one of TEXT_LAYOUTS."""
    return _text(report, TEXT_LAYOUTS[layout][0]).encode("utf-8")


# --- web pages --------------------------------------------------------------------------------------


def _spans(cell: Printed) -> str:
    across = f' colspan="{cell.across}"' if cell.across > 1 else ""
    down = f' rowspan="{cell.down}"' if cell.down > 1 else ""
    return across + down


def html_table(rows: Rows) -> str:
    body = "".join(
        "<tr>" + "".join(f"<td{_spans(cell)}>{html.escape(cell.text)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table border=1><tbody>{body}</tbody></table>"


def word_table(rows: Rows) -> str:
    """As Word saves a page: a paragraph and a span in every cell, line breaks in the source."""
    body = "".join(
        "<tr>"
        + "".join(
            f'<td{_spans(cell)}>\r\n<p class="MsoNormal"><span>&nbsp;{html.escape(cell.text)}</span>'
            "<span>\r\n</span></p></td>"
            for cell in row
        )
        + "</tr>\r\n"
        for row in rows
    )
    return f"<table>{body}</table>"


def _letters(cell: Printed) -> str:
    short = cell.role == "head" and len(cell.text) < 7
    return "<br>".join(cell.text) if short else html.escape(cell.text)


def broken_letters_table(rows: Rows) -> str:
    """Labels broken over lines: 自<br>然<br>人."""
    body = "".join(
        "<tr>" + "".join(f"<th{_spans(cell)}>{_letters(cell)}</th>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table>{body}</table>"


def unmerged_table(rows: Rows) -> str:
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>" for row in filled(rows)
    )
    return f"<table>{body}</table>"


def nested_table(rows: Rows) -> str:
    return f"<table><tr><td><div>{html_table(rows)}</div></td></tr></table>"


def one_table_a_block(rows: Rows) -> str:
    """A new table for each block of 表二."""
    found: list[Rows] = []
    for row in rows:
        if len(row) == 1 or not found:
            found.append([])
        found[-1].append(row)
    return "<p></p>".join(html_table(block) for block in found)


def set_text(rows: Rows) -> str:
    return "<pre>" + html.escape("\n".join("\t".join(row) for row in filled(rows))) + "</pre>"


def boxes(rows: Rows) -> str:
    return "".join(
        "<div>" + "".join(f"<div>{html.escape(cell.text)}</div>" for cell in row) + "</div>" for row in rows
    )


def table_in_each_cell(rows: Rows) -> str:
    body = "".join(
        "<tr>"
        + "".join(f"<td{_spans(cell)}><table><tr><td>{html.escape(cell.text)}</table></td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    return f"<table>{body}</table>"


def paragraphs(rows: Rows) -> str:
    return "".join(f"<p>{html.escape(cell.text)}</p>" for row in rows for cell in row)


HTML_LAYOUTS: dict[str, tuple[Callable[[Rows], str], bool]] = {
    "普通表格": (html_table, True),
    "Word存的网页": (word_table, True),
    "标题逐字换行": (broken_letters_table, True),
    "不合并的表格": (unmerged_table, True),
    "表格套在表格里": (nested_table, True),
    "一块一张表": (one_table_a_block, True),
    "预排文本": (set_text, True),
    "块代替表格": (boxes, False),
    "每格套一张表": (table_in_each_cell, False),
    "一格一段": (paragraphs, False),
}

_NAVIGATION = (
    "<table><tr><td><ul><li>首页</li><li>政务公开</li><li>政府信息公开年报</li></ul></td><td>"
    "<select><option>2019</option></select></td></tr></table>"
    "<div>当前位置：<a>首页</a>&gt;<a>政府信息公开工作年度报告</a></div>"
    "<div style='display:none'>规章 7 7 7</div><script>var a='行政许可 5';</script>"
)
_FOOTER = (
    "<div>【打印本页】【关闭窗口】</div><div>主办单位：某市人民政府办公室 网站标识码3300000001 共1234条</div>"
)


def html_report(report: Report, layout: str, *, site: bool = False) -> bytes:
    """The report as a page, tables in one of HTML_LAYOUTS; `site` puts a government site around it."""
    table = HTML_LAYOUTS[layout][0]
    parts = []
    for kind, content in report.parts():
        if kind == "table":
            assert not isinstance(content, str)
            parts.append(table(content))
        elif kind == "title":
            parts.append(f"<h1>{html.escape(str(content))}</h1>")
        else:
            parts.append(f"<p>　　{html.escape(str(content))}</p>")
    body = "\n".join(parts)
    if site:
        article = f"<div class=main><div class=article>{body}</div></div>"
        body = f"<div id=head>{_NAVIGATION}</div>{article}<div>{_FOOTER}</div>"
    head = f"<head><meta charset=utf-8><title>{report.title}</title></head>"
    page = f"<!DOCTYPE html><html>{head}<body>{body}</body></html>"
    return page.encode("utf-8")


# --- Word -------------------------------------------------------------------------------------------


def web_archive(report: Report) -> bytes:
    """The report as browsers and Word save a page with all its pictures in one file (.mht)."""
    from email.mime.image import MIMEImage
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    whole = MIMEMultipart("related")
    page = html_report(report, "Word存的网页").decode("utf-8").replace("charset=utf-8", "charset=gb2312")
    whole.attach(MIMEText(page, "html", "gb2312"))
    whole.attach(MIMEImage(b"GIF89a", "gif"))
    return whole.as_bytes()


def xlsx_report(report: Report, *, merged: bool = True, sheets: bool = False) -> bytes:
    """The report as a workbook of somebody's own: all on one sheet, or each table on one of its own."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    at = 0
    for kind, content in report.parts():
        if kind != "table":
            at += 1
            sheet.cell(at, 1, str(content))
            continue
        assert not isinstance(content, str)
        if sheets:
            sheet, at = book.create_sheet(f"附表{len(book.sheetnames)}"), 2
        for number, row in enumerate(filled(content), start=at + 1):
            for column, text in enumerate(row, start=1):
                if text:
                    sheet.cell(number, column, float(text) if text.lstrip("-").isdigit() else text)
        if merged:
            _merge(sheet, content, at)
        at += len(content) + 1
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _merge(sheet: object, rows: Rows, above: int) -> None:
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows, start=above + 1):
        column = 1
        for cell in row:
            while (number, column) in taken:
                column += 1
            last = (number + cell.down - 1, column + cell.across - 1)
            taken |= {(r, c) for r in range(number, last[0] + 1) for c in range(column, last[1] + 1)}
            if last != (number, column):
                sheet.merge_cells(  # type: ignore[attr-defined]
                    start_row=number, start_column=column, end_row=last[0], end_column=last[1]
                )


def docx_report(report: Report, *, title_in_box: bool = False) -> bytes:
    """The report as a Word document with real merges; its title in a text box, as under a red letterhead."""
    import docx

    document = docx.Document()
    for kind, content in report.parts():
        if kind == "table":
            assert not isinstance(content, str)
            _docx_table(document, content)
        elif kind == "title" and title_in_box:
            _text_box(document.add_paragraph("　").runs[0], str(content))
        else:
            document.add_paragraph(str(content))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _docx_table(document: object, rows: Rows) -> None:
    grid = filled(rows)
    table = document.add_table(rows=len(grid), cols=len(grid[0]), style="Table Grid")  # type: ignore[attr-defined]
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            last = table.cell(
                min(number + cell.down, len(grid)) - 1, min(column + cell.across, len(grid[0])) - 1
            )
            area = {
                (number + down, column + across) for down in range(cell.down) for across in range(cell.across)
            }
            taken |= area
            first = table.cell(number, column)
            (first.merge(last) if len(area) > 1 else first).text = cell.text


def _text_box(run: object, text: str) -> None:
    """A box as Word writes it: a drawing, and beside it the same for older programs."""
    from docx.oxml import parse_xml

    spaces = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    words = f"<w:txbxContent><w:p><w:r><w:t>{html.escape(text)}</w:t></w:r></w:p></w:txbxContent>"
    run._r.append(  # type: ignore[attr-defined]
        parse_xml(
            f'<mc:AlternateContent {spaces}><mc:Choice Requires="wps"><w:drawing><wps:txbx>{words}</wps:txbx>'
            f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{words}</v:textbox></w:pict>"
            "</mc:Fallback></mc:AlternateContent>"
        )
    )
