"""The form as it is printed: names, labels, merges, what is locked, what fits on a page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.template.recalculation import load
from tests.template.samples import edition
from workbook.form import anchors
from workbook.form.edition import CellId, Edition, Line
from workbook.form.editionfile import all_editions
from workbook.form.labels import plain
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book

VARIANTS = [(form.id, typed) for form in all_editions() for typed in (False, True)]


@lru_cache(maxsize=8)
def _book(edition_id: str, typed: bool) -> Workbook:
    return load(build_book(edition(edition_id), load_rulebook(), typed_totals=typed), values=False)


def _area(book: Workbook, name: str) -> tuple[Worksheet, tuple[int, int, int, int]]:
    """Sheet and (left, top, right, bottom) of a defined name."""
    sheet, _, cells = book.defined_names[name].attr_text.rpartition("!")
    left, top, right, bottom = range_boundaries(cells)
    return book[sheet.strip("'")], (left, top, right, bottom)


def _printed(sheet: Worksheet, row: int, column: int) -> str:
    """What is printed at a place, through merges."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        span = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        cell = sheet.cell(span.min_row, span.min_col)
    return str(cell.value or "")


def _path(lines: tuple[Line, ...], leaf: Line) -> list[Line]:
    """From the outermost group to the line."""
    for line in lines:
        if line.id == leaf.id and not line.parts:
            return [line]
        if leaf in line.leaves:
            return [line, *_path(line.parts, leaf)]
    return []


def _cells(form: Edition) -> Iterator[tuple[CellId, list[Line], list[Line], bool]]:
    for table in form.tables:
        for block in table.blocks:
            for row in block.row_leaves:
                for column in block.column_leaves:
                    yield (
                        CellId(table.id, row.id, column.id),
                        _path(block.rows, row),
                        _path(block.columns, column),
                        block.across,
                    )


@pytest.mark.parametrize(("edition_id", "typed"), VARIANTS)
def test_every_name_points_at_the_cell_with_its_labels(edition_id: str, typed: bool) -> None:
    form, book = edition(edition_id), _book(edition_id, typed)
    seen: set[tuple[str, int, int]] = set()
    for cell, rows, columns, across in _cells(form):
        sheet, (left, top, _, _) = _area(book, anchors.cell_name(cell))
        _, (first, start, _, _) = _area(book, anchors.table_name(cell.table))
        assert sheet.title == form.section(form.by_id[cell.table].section).sheet
        above = [plain(_printed(sheet, row, left)) for row in range(start, top)]
        beside = [plain(_printed(sheet, top, column)) for column in range(first, left)]
        # Going up: the column's label, its groups; figures of the rows between are blank or formulas.
        headers = [plain(line.label) for line in reversed((rows if across else []) + columns)]
        texts = dict.fromkeys(text for text in reversed(above) if text and not text.startswith("="))
        assert list(texts)[: len(headers)] == headers, str(cell)
        if not across:
            labels = dict.fromkeys(text for text in beside if text and not text.startswith("="))
            assert list(labels) == [plain(line.label) for line in rows], str(cell)
        seen.add((sheet.title, top, left))
    assert len(seen) == len(form.cells)


@pytest.mark.parametrize("edition_id", ["2019", "2021"])
def test_all_anchors_are_there(edition_id: str) -> None:
    form, book = edition(edition_id), _book(edition_id, False)
    names = [
        *(anchors.cell_name(cell) for cell in form.cells),
        *(anchors.table_name(table.id) for table in form.tables),
        *(anchors.status_name(table.id) for table in form.tables),
        *(anchors.heading_name(section.id) for section in form.sections),
        *(anchors.section_name(section.id) for section in form.sections),
        anchors.section_name("preamble"),
        *(anchors.cover_name(field) for field in (*anchors.COVER_FIELDS, anchors.CHECK_CODE)),
        *(anchors.list_name(kind) for kind in ("levels", "scopes", "rules", "reasons")),
        anchors.SUMMARY_AREA, anchors.RESULTS_AREA, anchors.EXPLANATIONS_AREA, anchors.IDENTITY_AREA,
        anchors.LIVE_AREA,
    ]  # fmt: skip
    assert sorted(name for name in book.defined_names if name.startswith(anchors.PREFIX)) == sorted(names)
    for section in form.sections:
        sheet, (left, top, _, _) = _area(book, anchors.heading_name(section.id))
        assert (sheet.title, sheet.cell(top, left).value) == (section.sheet, section.heading)
    sheet, (_, top, _, bottom) = _area(book, anchors.RESULTS_AREA)
    assert bottom - top + 1 == anchors.RESULTS_ROWS
    header = [sheet.cell(top - 1, column).value for column in range(1, len(anchors.RESULTS_COLUMNS) + 1)]
    assert header == list(anchors.RESULTS_COLUMNS.values())
    assert sheet.column_dimensions["J"].hidden
    sheet, (_, top, _, bottom) = _area(book, anchors.EXPLANATIONS_AREA)
    assert bottom - top + 1 == anchors.EXPLANATIONS_ROWS
    header = [sheet.cell(top - 1, column).value for column in range(1, 6)]
    assert header == list(anchors.EXPLANATIONS_COLUMNS.values())


@pytest.mark.parametrize("edition_id", ["2019", "2021"])
def test_sheets_stand_in_the_order_of_the_report(edition_id: str) -> None:
    book = _book(edition_id, False)
    assert book.sheetnames == [
        "封面", "填报说明", "一、总体情况", "二、主动公开", "三、依申请公开", "四、复议诉讼",
        "五、问题和改进", "六、其他事项", "综述", "情况说明", "校验结果", "勾稽核对", "gouji",
    ]  # fmt: skip
    assert book["gouji"].sheet_state == "veryHidden"


def _spans(sheet: Worksheet) -> dict[str, tuple[int, int]]:
    """Printed text → rows and columns of its merged cells."""
    return {
        plain(str(sheet.cell(area.min_row, area.min_col).value)): (
            area.max_row - area.min_row + 1,
            area.max_col - area.min_col + 1,
        )
        for area in sheet.merged_cells.ranges
        if sheet.cell(area.min_row, area.min_col).value
    }


@pytest.mark.parametrize(("edition_id", "results"), [("2019", 20), ("2021", 22)])
def test_table_three_is_merged_as_printed(edition_id: str, results: int) -> None:
    spans = _spans(_book(edition_id, False)["三、依申请公开"])
    expected = {
        "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）": (3, 3),
        "申请人情况": (1, 7),
        "自然人": (2, 1),
        "法人或其他组织": (1, 5),
        "总计": (2, 1),
        "一、本年新收政府信息公开申请数量": (1, 3),
        "二、上年结转政府信息公开申请数量": (1, 3),
        "三、本年度办理结果": (results, 1),
        "（一）予以公开": (1, 2),
        "（二）部分公开（区分处理的，只计这一情形，不计其他情形）": (1, 2),
        "（三）不予公开": (8, 1),
        "（四）无法提供": (3, 1),
        "（五）不予处理": (5, 1),
        "（六）其他处理": (1, 2) if edition_id == "2019" else (3, 1),
        "（七）总计": (1, 2),
        "四、结转下年度继续办理": (1, 3),
    }
    assert {plain(text): span for text, span in expected.items()}.items() <= spans.items()


def test_table_four_is_merged_as_printed() -> None:
    spans = _spans(_book("2021", False)["四、复议诉讼"])
    expected = {"行政复议": (2, 5), "行政诉讼": (1, 10), "未经复议直接起诉": (1, 5), "复议后起诉": (1, 5)}
    assert expected.items() <= spans.items()


def test_table_two_stands_in_blocks_under_a_line_across() -> None:
    sheet = _book("2021", False)["二、主动公开"]
    spans = _spans(sheet)
    for clause in "一五六八":
        assert spans[plain(f"第二十条第（{clause}）项")] == (1, 4)
    assert spans["本年处理决定数量"] == (1, 3)
    merged = {str(area) for area in _book("2019", False)["二、主动公开"].merged_cells.ranges}
    assert {"C17:D17", "C20:D20"} <= merged  # the last two blocks have two columns over three


@pytest.mark.parametrize(("edition_id", "typed"), VARIANTS)
def test_only_what_a_clerk_fills_is_unlocked(edition_id: str, typed: bool) -> None:
    form, book = edition(edition_id), _book(edition_id, typed)
    free: dict[str, set[tuple[int, int]]] = {}

    def allow(name: str) -> None:
        sheet, (left, top, right, bottom) = _area(book, name)
        free.setdefault(sheet.title, set()).update(
            (row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)
        )

    for cell in form.cells:
        if typed or cell not in form.totals:
            allow(anchors.cell_name(cell))
    for section in ("preamble", *(section.id for section in form.sections)):
        allow(anchors.section_name(section))
    for field in anchors.COVER_FIELDS:
        allow(anchors.cover_name(field))
    for area in (anchors.SUMMARY_AREA, anchors.EXPLANATIONS_AREA, anchors.RESULTS_AREA):
        allow(area)
    for sheet in book:
        assert sheet.protection.sheet, sheet.title
        assert not sheet.protection.password
        unlocked = {
            (cell.row, cell.column) for row in sheet.iter_rows() for cell in row if not cell.protection.locked
        }
        assert unlocked == free.get(sheet.title, set()), sheet.title


@pytest.mark.parametrize(("edition_id", "typed"), VARIANTS)
def test_totals_are_formulas_unless_typed(edition_id: str, typed: bool) -> None:
    form, book = edition(edition_id), _book(edition_id, typed)
    for cell, parts in form.totals.items():
        sheet, (left, top, _, _) = _area(book, anchors.cell_name(cell))
        value = sheet.cell(top, left).value
        if typed:
            assert value is None
        else:
            assert str(value).startswith("=IF(OR(COUNT(")
            assert f"={len(parts)},gj.cover.zero=" in str(value)


A4_HEIGHT, A4_WIDTH, INCH = 842.0, 595.0, 72.0


@pytest.mark.parametrize("edition_id", ["2019", "2021"])
def test_every_table_sheet_prints_on_one_page(edition_id: str) -> None:
    form, book = edition(edition_id), _book(edition_id, False)
    for table in form.tables:
        sheet = book[form.section(table.section).sheet]
        left, top, right, bottom = range_boundaries(str(sheet.print_area).split("!")[-1])
        assert (left, top) == (1, 2)  # the status line is not printed
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # 1 is the default
        assert sheet.page_setup.fitToHeight == 0
        widths = [
            next(
                entry.width for entry in sheet.column_dimensions.values() if entry.min <= column <= entry.max
            )
            for column in range(left, right + 1)
        ]
        width = sum(int(w * 7 + 5) * 0.75 for w in widths)
        margins = sheet.page_margins
        scale = min(1.0, (A4_WIDTH - (margins.left + margins.right) * INCH) / width)
        assert scale > 0.8, "figures must stay readable"
        height = sum(sheet.row_dimensions[row].height or 15 for row in range(top, bottom + 1)) * scale
        assert height <= A4_HEIGHT - (margins.top + margins.bottom) * INCH, sheet.title


@pytest.mark.parametrize("edition_id", ["2019", "2021"])
def test_lists_to_choose_from(edition_id: str) -> None:
    form, book = edition(edition_id), _book(edition_id, False)
    sheet, (left, top, _, bottom) = _area(book, anchors.list_name("rules"))
    entries = [sheet.cell(row, left).value for row in range(top, bottom + 1)]
    codes = {rule.code: rule for rule in load_rulebook().rules}
    assert len(entries) >= 15
    for entry in entries:
        code, _, label = str(entry).partition(" ")
        assert codes[code].label == label
        assert codes[code].covers(form)
    assert "SUM-01" not in {str(entry)[:6] for entry in entries}  # an error is not explained away
