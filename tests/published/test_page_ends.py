"""What the end of a page does to a table: a row divided, numbers and running heads among its cells."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from tests.published.layouts import html_report
from tests.published.reports import random_figures, report_of, silently_wrong
from workbook.form.editionfile import all_editions
from workbook.published.flow import Flow, TableRow, TextLine
from workbook.published.htmlsource import html_flow
from workbook.published.recognise import recognise
from workbook.published.textsource import text_flow

EDITION = all_editions()[-1]
ROW = "applications.dispositions.denied.enquiry_matter"


def divided(flow: Flow, label: str, cut: int, figure: int | None = None) -> Flow:
    """The flow with a row of 表三 going on in the next page's table: its label cut, or a figure as well."""
    pieces = list(flow.pieces)
    rows = {n: piece for n, piece in enumerate(pieces) if isinstance(piece, TableRow)}
    at, row = next((n, row) for n, row in rows.items() if label in (cell.text for cell in row.cells))
    upper, lower = [], []
    for number, cell in enumerate(row.cells):
        keep = cut if cell.text == label else 1 if number == figure else len(cell.text)
        upper.append(replace(cell, text=cell.text[:keep]))
        lower.append(replace(cell, text=cell.text[keep:], merged=False))
    for number, piece in rows.items():
        if number > at and piece.table == row.table:
            pieces[number] = replace(piece, table=piece.table + 100)
    below = TableRow(tuple(lower), row.table + 100)
    return replace(flow, pieces=[*pieces[:at], replace(row, cells=tuple(upper)), below, *pieces[at + 1 :]])


@pytest.mark.parametrize("label", ["8.属于行政查询事项", "4.保护第三方合法权益", "5.属于三类内部事务信息"])
@pytest.mark.parametrize("cut", [3, 4, 6])
def test_a_row_divided_by_a_pages_end_is_one(label: str, cut: int) -> None:
    figures = random_figures(EDITION, Random(label))
    whole = html_flow(html_report(report_of(EDITION, figures), "普通表格"), "年报.html")
    filing = recognise(divided(whole, label, cut)).filing
    assert silently_wrong(filing, figures) == {}
    assert filing.uncertain == {}


def test_a_figure_divided_by_a_pages_end_is_uncertain() -> None:
    cells = [cell for cell in EDITION.cells if str(cell).startswith(ROW)]
    figures = random_figures(EDITION, Random(1)) | {cells[2]: "152790"}
    whole = html_flow(html_report(report_of(EDITION, figures), "普通表格"), "年报.html")
    row = next(
        p
        for p in whole.pieces
        if isinstance(p, TableRow)
        and any(c.text == "152790" for c in p.cells)
        and any("行政查询" in c.text for c in p.cells)
    )
    at = next(number for number, cell in enumerate(row.cells) if cell.text == "152790" and number > 3)
    filing = recognise(divided(whole, "8.属于行政查询事项", 4, figure=at)).filing
    assert silently_wrong(filing, figures) == {}
    assert set(filing.uncertain) == {cells[2]}


def test_two_figures_with_a_stroke_are_no_page_number() -> None:
    """ "1 / 96" in a row set below its label: three figures, one of them a stroke."""
    head = "本年制发件数 本年废止件数 现行有效件数\n"
    text = "规章\n1 / 96\n行政规范性文件\n12 96 /\n行政许可\n3\n行政处罚\n1\n行政强制\n/\n行政事业性收费\n1\n"
    filing = recognise(text_flow((head + text).encode(), "年报.txt")).filing
    found = {str(cell): fact.raw for cell, fact in filing.facts.items() if cell.row == "regulations"}
    assert [str(raw) for raw in found.values()] == ["1", "/", "96"]


def test_page_numbers_in_turn_are_dropped_and_a_single_figure_is_kept() -> None:
    lines = ["规章", "0", "0", "3", "\f规范", "1"]
    flow = text_flow("\n".join(lines).encode(), "年报.txt")
    assert [p.text for p in flow.pieces if isinstance(p, TextLine) and p.text] == [
        "规章",
        "0",
        "0",
        "3",
        "规范",
        "1",
    ]
    paged = text_flow("甲\n1\n\f乙\n2\n\f丙\n".encode(), "年报.txt")
    assert [p.text for p in paged.pieces if isinstance(p, TextLine) and p.text] == ["甲", "乙", "丙"]
