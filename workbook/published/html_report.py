"""The report as one HTML page: nothing fetched, tables that can be heard as well as seen, fit to print.

Every figure names the cells that head it (WCAG 2.2, technique H43), each table has a caption and scrolls
sideways by itself on a narrow screen. Texts are escaped; the page holds no script and forbids any.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from workbook.published.grids import Grid, GridCell
from workbook.published.layout import Heading, Paragraph, Part, Report

_STYLE_FILE = Path(__file__).with_name("report.css")
# What a column needs on a narrow screen (five digits, two signs side by side), and a table at most.
_COLUMN_REM, _TABLE_REM = 5.2, 44.0
_FINE = 9.5  # points, and smaller
_WHOLE = 9  # signs of a figure that is never broken; what is longer is no figure of any office


def report_html(report: Report, front: Sequence[Part] = (), front_title: str = "") -> bytes:
    """The bytes of a page in UTF-8; `front` are parts set on a page before the report."""
    style = _STYLE_FILE.read_text(encoding="utf-8") + "\n".join(
        rule for part in (*front, *report.parts) if isinstance(part, Grid) for rule in _widths(part)
    )
    return "\n".join(_lines(report, front, front_title, style)).encode("utf-8")


def _lines(report: Report, front: Sequence[Part], front_title: str, style: str) -> Iterator[str]:
    digest = b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    yield '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    # Numbers in the text are no telephone numbers.
    yield '<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">'
    yield f"<title>{escape(''.join(report.title))}</title>"
    yield f'<style>{style}</style>\n</head>\n<body>\n<main id="report">'
    if front:
        yield f'<section class="front">\n<h1>{escape(front_title)}</h1>'
        yield from _parts(front)
        yield "</section>"
    yield "<h1>" + "".join(f"<span>{escape(line)}</span>" for line in report.title) + "</h1>"
    yield from _parts(report.parts)
    if report.signature:
        signed = "".join(f"<p>{escape(line)}</p>" for line in report.signature)
        yield f"<footer><div>{signed}</div></footer>"
    yield "</main>\n</body>\n</html>\n"


def _parts(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        match part:
            case Heading(text):
                yield f"<h2>{escape(text)}</h2>"
            case Paragraph(text, lead):
                opening = f'<span class="lead">{escape(lead)}</span>' if lead else ""
                yield f"<p>{opening}{escape(text)}</p>"
            case Grid():
                yield from _table(part)


def _widths(grid: Grid) -> Iterator[str]:
    whole = sum(grid.widths)
    yield f"#{grid.id} {{ min-width: {min(_TABLE_REM, _COLUMN_REM * len(grid.widths)):.1f}rem; }}"
    for number, width in enumerate(grid.widths, start=1):
        yield f"#{grid.id} col:nth-child({number}) {{ width: {100 * width / whole:.2f}%; }}"


def _table(grid: Grid) -> Iterator[str]:
    blocks = " blocks" if len(grid.breaks) > 1 else ""
    caption = f"{grid.id}-caption"
    yield f'<div class="wide{blocks}" role="region" tabindex="0" aria-labelledby="{caption}">'
    yield f'<table id="{grid.id}">\n<caption id="{caption}">{escape(grid.caption)}</caption>'
    yield "<colgroup>" + "<col>" * len(grid.widths) + "</colgroup>"
    yield "<thead>" if grid.head else "<tbody>"
    for row in range(1, grid.rows + 1):
        if grid.head and row == grid.head + 1:
            yield "</thead>\n<tbody>"
        cells = (_cell(grid, number) for number, cell in enumerate(grid.cells) if cell.box.top == row)
        yield "<tr>" + "".join(cells) + "</tr>"
    yield "</tbody>\n</table>\n</div>"


def _cell(grid: Grid, number: int) -> str:
    cell = grid.cells[number]
    box = cell.box
    attributes = ""
    if box.right > box.left:
        attributes += f' colspan="{box.right - box.left + 1}"'
    if box.bottom > box.top:
        attributes += f' rowspan="{box.bottom - box.top + 1}"'
    classes = [cell.role] if cell.role in ("heading", "figure", "sign") else []
    classes += ["whole"] * (cell.role == "figure" and len(cell.text) <= _WHOLE)
    classes += ["left"] * cell.left + ["fine"] * (cell.size <= _FINE)
    if classes:
        attributes += f' class="{" ".join(classes)}"'
    if cell.heads:
        attributes += ' headers="' + " ".join(f"{grid.id}-{head}" for head in cell.heads) + '"'
    scope = _scope(cell)
    if scope is None:
        return f"<td{attributes}>{escape(cell.text)}</td>"
    return f'<th id="{grid.id}-{number}" scope="{scope}"{attributes}>{escape(cell.text)}</th>'


def _scope(cell: GridCell) -> str | None:
    """What a heading cell heads; None for a cell that heads nothing."""
    match cell.role:
        case "header" | "heading" | "corner":
            return "colgroup" if cell.box.right > cell.box.left and cell.role != "corner" else "col"
        case "row":
            return "row"
        case "group":
            return "rowgroup" if cell.box.bottom > cell.box.top else "row"
        case _:
            return None
