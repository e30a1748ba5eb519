"""The report before any format: what is printed, how tables are merged, and that nothing is made up."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.publishing.samples import EDITIONS, WORDS, report
from workbook.form.edition import CellId
from workbook.form.filing import Fact
from workbook.form.values import Oddity
from workbook.published.grids import PAGE_WIDTH, Grid, GridCell
from workbook.published.layout import Heading, Paragraph, lay_out_report, printed_figure

LICENCES = CellId("proactive", "licences", "decisions")


def grids(edition: str) -> dict[str, Grid]:
    laid = lay_out_report(report(edition))
    return {part.id: part for part in laid.parts if isinstance(part, Grid)}


def cell_of(grid: Grid, text: str) -> GridCell:
    (found,) = [cell for cell in grid.cells if cell.text == text and cell.role != "figure"]
    return found


def size(cell: GridCell) -> tuple[int, int]:
    return cell.box.bottom - cell.box.top + 1, cell.box.right - cell.box.left + 1


@pytest.mark.parametrize("edition", EDITIONS)
def test_cells_cover_each_table_exactly_once(edition: str) -> None:
    for grid in grids(edition).values():
        covered = [
            (row, column)
            for cell in grid.cells
            for row in cell.box.rows
            for column in range(cell.box.left, cell.box.right + 1)
        ]
        assert len(covered) == len(set(covered)), grid.id
        assert len(covered) == grid.rows * len(grid.widths), grid.id
        assert sum(grid.widths) == pytest.approx(PAGE_WIDTH)


@pytest.mark.parametrize(("edition", "dispositions", "rows"), [("2019", 20, 26), ("2021", 22, 28)])
def test_the_merges_of_table_three_are_the_forms(edition: str, dispositions: int, rows: int) -> None:
    grid = grids(edition)["applications"]
    assert (grid.rows, len(grid.widths), grid.head) == (rows, 10, 3)
    assert size(cell_of(grid, "三、本年度办理结果")) == (dispositions, 1)
    assert size(cell_of(grid, "（三）不予公开")) == (8, 1)
    assert size(cell_of(grid, "（四）无法提供")) == (3, 1)
    assert size(cell_of(grid, "（五）不予处理")) == (5, 1)
    assert size(cell_of(grid, "（六）其他处理")) == ((1, 2) if edition == "2019" else (3, 1))
    assert size(cell_of(grid, "（一）予以公开")) == (1, 2)
    assert size(cell_of(grid, "一、本年新收政府信息公开申请数量")) == (1, 3)
    assert size(cell_of(grid, "申请人情况")) == (1, 7)
    assert size(cell_of(grid, "法人或其他组织")) == (1, 5)
    assert size(cell_of(grid, "自然人")) == (2, 1)
    corner = cell_of(grid, "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）")
    assert size(corner) == (3, 3)


@pytest.mark.parametrize("edition", EDITIONS)
def test_table_four_has_its_three_groups(edition: str) -> None:
    grid = grids(edition)["challenges"]
    assert (grid.rows, len(grid.widths), grid.head) == (4, 15, 3)
    assert size(cell_of(grid, "行政复议")) == (2, 5)
    assert size(cell_of(grid, "行政诉讼")) == (1, 10)
    assert size(cell_of(grid, "未经复议直接起诉")) == size(cell_of(grid, "复议后起诉")) == (1, 5)


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_figure_is_headed_by_its_column_and_its_row(edition: str) -> None:
    laid = grids(edition)
    for grid in laid.values():
        for cell in grid.cells:
            if cell.role == "figure":
                roles = [grid.cells[head].role for head in cell.heads]
                assert "header" in roles
                assert grid.id == "challenges" or "row" in roles
    received = next(
        cell
        for cell in laid["applications"].cells
        if cell.role == "figure" and cell.box.top == 4 and cell.box.left == 5
    )
    assert {laid["applications"].cells[head].text for head in received.heads} == {
        "申请人情况", "法人或其他组织", "商业企业", "一、本年新收政府信息公开申请数量",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (478, "478"),
        (0, "0"),
        (None, ""),
        ("/", "/"),
        ("251000元", "251000元"),
        ("１２", "１２"),
        ("约十件", "约十件"),
        ('=HYPERLINK("x")', '=HYPERLINK("x")'),
        ("12\x07\u202e件", "12件"),
    ],
)
def test_figures_are_printed_as_typed(given: object, printed: str) -> None:
    assert printed_figure(report("2021", {str(LICENCES): given}), LICENCES) == printed


def test_amounts_keep_their_decimals() -> None:
    filing = report("2021", {"proactive.fees[amount]": 25.106})
    assert printed_figure(filing, CellId("proactive", "fees", "amount")) == "25.106"


def test_a_declared_zero_is_printed_and_a_blank_is_not() -> None:
    blank = report("2021", {str(LICENCES): None})
    assert printed_figure(replace(blank, declared_zero=True), LICENCES) == "0"
    assert printed_figure(blank, LICENCES) == ""


def test_a_formula_is_printed_as_what_it_gives_and_a_lost_date_as_it_shows() -> None:
    filing = report("2021")
    stale = Fact(LICENCES, Decimal(7), Decimal(6), Oddity.STALE, formula="SUM(A1:A2)")
    date = Fact(LICENCES, None, "1月2日", Oddity.DATE)
    assert printed_figure(replace(filing, facts={**filing.facts, LICENCES: stale}), LICENCES) == "7"
    assert printed_figure(replace(filing, facts={**filing.facts, LICENCES: date}), LICENCES) == "1月2日"


@pytest.mark.parametrize("edition", EDITIONS)
def test_order_of_print(edition: str) -> None:
    filing = report(edition)
    laid = lay_out_report(filing, datetime.date(2026, 1, 5))
    assert "".join(laid.title) == f"某市某局{filing.year}年政府信息公开工作年度报告"
    assert laid.signature == ("某市某局", "2026年1月5日")
    assert [part.text for part in laid.parts if isinstance(part, Heading)] == [
        section.heading for section in filing.edition.sections
    ]
    kinds = [part.id if isinstance(part, Grid) else part.text for part in laid.parts]
    start = kinds.index("三、收到和处理政府信息公开申请情况")
    assert kinds[start + 1 : start + 4] == ["全年没有收到申请。", "applications", "注：本表按国家格式填写。"]


def test_subheadings_are_told_from_the_text() -> None:
    laid = lay_out_report(report("2021"))
    leads = [(part.lead, part.text) for part in laid.parts if isinstance(part, Paragraph) and part.lead]
    assert leads == [("（一）主动公开。", "全年公开信息128条。"), ("（二）依申请公开", "")]


def test_every_word_is_printed_and_no_other() -> None:
    laid = lay_out_report(report("2021"))
    said = [part.lead + part.text for part in laid.parts if isinstance(part, Paragraph)]
    assert said == [line for text in WORDS.values() for line in text.split("\n")]
    assert laid.signature == ("某市某局",)


def test_without_organ_and_year_nothing_stands_in_for_them() -> None:
    laid = lay_out_report(report("2021", organ={}, year=None))
    assert laid.title == ("政府信息公开工作年度报告",)
    assert laid.signature == ()
