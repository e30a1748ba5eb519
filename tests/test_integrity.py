"""A damaged form: each damage is a finding with its place and how to mend it, and `repair` saves the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest

from tests.damaged import (
    FOURTH,
    SECTIONS,
    THIRD,
    Damage,
    cell_rewritten,
    figures,
    find,
    place,
    repacked,
    saved_by_hand,
    shift_columns,
    shift_rows,
    whole_form,
)
from tests.filled import edition_named, save_form, type_into, zeros
from workbook.files.grid import Cell, Kind, Position, Sheet
from workbook.files.scan import read_grid
from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.form.reader import read_filing
from workbook.repair import repair_review
from workbook.repaired import Repaired, repair_summary
from workbook.review import Review, review_file, review_filing
from workbook.rules.findings import Change
from workbook.rules.rulebook import load_rulebook
from workbook.rules.wording import finding_place, word_finding

BOOK = load_rulebook()
RECEIVED = "applications.received[{}]"
TOTAL = "applications.dispositions.total[natural_person]"

# What says something about the form; the rest speaks of the figures.
FORM_RULES = ("TPL-", "CEL-08", "CEL-09", "CEL-10")
RESAVED = {("CEL-09", "warning")}  # by a program that keeps no calculated values


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return whole_form(tmp_path / "报表.xlsx")


def said(review: Review) -> set[tuple[str, str]]:
    return {
        (finding.rule, finding.severity.value)
        for finding in review.result.findings
        if finding.rule.startswith(FORM_RULES)
    }


def words(review: Review, rule: str) -> list[str]:
    """Message, remedy and place of each finding of a rule."""
    found = []
    for finding in review.result.findings:
        if finding.rule == rule:
            wording = word_finding(finding, review.result.filing, BOOK)
            found.append(f"{wording.message}{wording.remedy}@{finding_place(finding, review.result.filing)}")
    return found


def saved(repaired: Repaired, edition: str = "2021") -> Filing:
    """The new form, which must have nothing odd about it."""
    filing = read_filing(read_grid(repaired.data, name="新表.xlsx"))
    again = review_filing(filing, read_grid(repaired.data, name="新表.xlsx"), Path("新表.xlsx"), BOOK, None)
    assert {rule for rule, _ in said(again)} <= {"TPL-05"}, words(again, "TPL-03")
    assert filing.edition_id == edition
    assert filing.sections["overview"] == SECTIONS["overview"] and filing.organ.name == "某市某局"
    return filing


def brought_over(repaired: Repaired, lost: set[str] = frozenset(), edition: str = "2021") -> None:  # type: ignore[assignment]
    """Every figure is in the new form but the lost ones, and those are listed."""
    filing = saved(repaired, edition)
    expected = {cell: value for cell, value in figures("2021").items() if cell not in lost}
    got = {cell: filing.value(CellId.parse(cell)) for cell in figures("2021")}
    assert {cell: got[cell] for cell in expected} == expected
    assert all(got[cell] is None for cell in lost)
    assert bool(lost) <= bool(repaired.left)


@dataclass(frozen=True)
class Harm:
    """A damage, what is said of it (rule, severity), words of the finding with its place, figures lost."""

    name: str
    damage: Damage
    expected: set[tuple[str, str]]
    rule: str = ""
    says: tuple[str, ...] = ()
    lost: Callable[[str], bool] = lambda cell: False

    def __str__(self) -> str:
        return self.name


def rows(book: openpyxl.Workbook, label: str) -> int:
    return find(book[THIRD], label)[0]


def delete_names(book: openpyxl.Workbook) -> None:
    for name in list(book.defined_names):
        del book.defined_names[name]


def reverse_sheets(book: openpyxl.Workbook) -> None:
    book._sheets.reverse()
    book.active = 1


def rename_sheets(book: openpyxl.Workbook) -> None:
    for number, sheet in enumerate(book.worksheets):
        if sheet.title != "gouji":
            sheet.title = f"工作表{number}"


def hide(book: openpyxl.Workbook) -> None:
    book[THIRD].sheet_state = "hidden"


def duplicate(book: openpyxl.Workbook) -> None:
    book.copy_worksheet(book[THIRD]).title = "表三副本"


def insert_blank_rows(book: openpyxl.Workbook) -> None:
    shift_rows(book[THIRD], rows(book, "1.属于国家秘密"), 2)


def insert_filled_row(book: openpyxl.Workbook) -> None:
    at = rows(book, "1.属于国家秘密")
    shift_rows(book[THIRD], at, 1)
    book[THIRD].cell(at, 3).value = "0.属于工作秘密"
    book[THIRD].cell(at, 4).value = 7


def delete_row(book: openpyxl.Workbook) -> None:
    shift_rows(book[THIRD], rows(book, "2.重复申请"), -1)


def insert_blank_column(book: openpyxl.Workbook) -> None:
    shift_columns(book[THIRD], find(book[THIRD], "科研机构")[1], 1)


def insert_filled_column(book: openpyxl.Workbook) -> None:
    sheet = book[THIRD]
    row, column = find(sheet, "科研机构")
    shift_columns(sheet, column, 1)
    sheet.cell(row, column).value = "外国组织"
    sheet.cell(rows(book, "一、本年新收政府信息公开申请数量"), column).value = 7


def delete_column(book: openpyxl.Workbook) -> None:
    shift_columns(book[THIRD], find(book[THIRD], "科研机构")[1], -1)


def delete_last_column(book: openpyxl.Workbook) -> None:
    sheet = book[THIRD]
    at = max(
        cell.column
        for row in sheet.iter_rows(max_row=8)
        for cell in row
        if cell.value == "总计"
    )  # fmt: skip
    shift_columns(sheet, at, -1)


def merge(book: openpyxl.Workbook) -> None:
    sheet, cell = book[THIRD], find(book[THIRD], "科研机构")
    row = rows(book, "一、本年新收政府信息公开申请数量")
    sheet.merge_cells(start_row=row, end_row=row, start_column=cell[1], end_column=cell[1] + 1)


def relabel(book: openpyxl.Workbook) -> None:
    row, column = find(book[THIRD], "2.重复申请")
    book[THIRD].cell(row, column).value = "2.多次申请"


def relabel_column(book: openpyxl.Workbook) -> None:
    row, column = find(book[THIRD], "科研机构")
    book[THIRD].cell(row, column).value = "研究单位"


def trick_labels(book: openpyxl.Workbook) -> None:
    row, column = find(book[THIRD], "2.重复申请")
    book[THIRD].cell(row, column).value = "\u202e2.\u200b重\u2060复申请\u202c"


def unprotect(book: openpyxl.Workbook) -> None:
    book[THIRD].protection.sheet = False
    book[FOURTH].protection.sheet = False


def shorten_sum(book: openpyxl.Workbook) -> None:
    row, column = find(book[THIRD], "（七）总计")
    cell = book[THIRD].cell(row, 4)
    assert str(cell.value).startswith("=IF(OR(COUNT(") and column < 4
    cell.value = f"=SUM(D{row - 5}:D{row - 1})"


def spoil_sum(book: openpyxl.Workbook) -> None:
    row, _ = find(book[THIRD], "（七）总计")
    book[THIRD].cell(row, 4).value = "=SUM(#REF!)"


def spoil_identity(book: openpyxl.Workbook) -> None:
    for row in book["gouji"].iter_rows(max_col=2):
        if row[0].value == "totals":
            row[1].value = "???"


HARMS = [
    Harm("saved without calculated values", lambda book: None, set(), "CEL-09", ("保存一次", THIRD)),
    Harm(
        "names deleted", delete_names, {("TPL-03", "warning")},
        "TPL-03", ("名称被删除或失效（gj.cover.organ", "用“修复”移到新表", "@封面"),
    ),
    Harm(
        "sheets moved", reverse_sheets, {("TPL-03", "warning")},
        "TPL-03", ("次序被移动，从“六、其他事项”起", "拖动工作表标签", "@六、其他事项"),
    ),
    Harm(
        "sheets renamed", rename_sheets, {("TPL-03", "warning")},
        "TPL-03", (f"工作表“{THIRD}”被改名为“工作表4”", "改回原来的名称", "@工作表4"),
    ),
    Harm("blank rows inserted", insert_blank_rows, {("TPL-04", "warning")}),
    Harm("a blank column inserted", insert_blank_column, {("TPL-04", "warning")}),
    Harm("invisible signs in a label", trick_labels, set()),
    Harm(
        "a sheet hidden", hide, {("TPL-03", "warning")},
        "TPL-03", (f"“{THIRD}”被隐藏", "取消隐藏", f"@{THIRD}"),
    ),
    Harm(
        "a sheet duplicated", duplicate, {("TPL-03", "error")},
        "TPL-03", ("有两张表三（另一张在“表三副本”）", f"已按“{THIRD}”的一张核对", "@表三副本"),
    ),
    Harm(
        "a row added", insert_filled_row, {("TPL-03", "error"), ("TPL-04", "warning")},
        "TPL-03", ("表三多出“0.属于工作秘密”", f"@{THIRD}!D"),
    ),
    Harm(
        "a row deleted", delete_row, {("TPL-03", "error"), ("TPL-04", "warning")},
        "TPL-03", ("表三缺少“2.重复申请”", "请恢复这一行"), lambda cell: "declined.duplicate" in cell,
    ),
    Harm(
        "a column added", insert_filled_column, {("TPL-03", "error"), ("TPL-04", "warning")},
        "TPL-03", ("表三多出“外国组织”", f"@{THIRD}!"),
    ),
    Harm(
        "a column deleted", delete_column, {("TPL-03", "error"), ("TPL-04", "warning")},
        "TPL-03", ("表三缺少“科研机构”",), lambda cell: "applications" in cell and "[research]" in cell,
    ),
    Harm("the last column deleted", delete_last_column, {("TPL-03", "error")}, "TPL-03", ("表三缺少“总计”",)),
    Harm(
        "figures merged", merge, {("TPL-03", "error")},
        "TPL-03", ("表三有数字格被合并（F", "取消合并", f"@{THIRD}!F"),
        lambda cell: cell == RECEIVED.format("public_interest"),
    ),
    Harm(
        "a row's label changed", relabel, {("TPL-03", "error")},
        "TPL-03", ("表三的“2.重复申请”被改成了“2.多次申请”", "请恢复原来的文字", f"@{THIRD}!"),
    ),
    Harm(
        "a column's label changed", relabel_column, {("TPL-03", "error")},
        "TPL-03", ("“科研机构”被改成了“研究单位”",),
    ),
    Harm(
        "protection removed", unprotect, {("TPL-03", "warning")},
        "TPL-03", ("保护已被取消", f"“{THIRD}”、“{FOURTH}”", "保护工作表", f"@{THIRD}"),
    ),
    Harm(
        "a sum that leaves out rows", shorten_sum, {("TPL-04", "warning")},
        "TPL-04", ("表三有1个合计格的公式不是表式原来的（D", f"@{THIRD}!D"),
    ),
    Harm(
        "a sum over deleted cells", spoil_sum, {("CEL-08", "error"), ("TPL-04", "warning")},
        "CEL-08", ("“自然人”列“（七）总计”显示#REF!", f"@{THIRD}!D"),
    ),
    Harm(
        "the identity spoilt", spoil_identity, {("TPL-08", "error")},
        "TPL-08", ("隐藏标识被改动或损坏", "修复"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("harm", HARMS, ids=str)
def test_a_damage_is_said_with_its_place_and_repaired(harm: Harm, form: Path, tmp_path: Path) -> None:
    review = review_file(saved_by_hand(form, harm.damage, tmp_path / "回来.xlsx"), BOOK)
    assert said(review) - RESAVED == harm.expected, words(review, harm.rule)
    found = " ".join(words(review, harm.rule))
    for part in harm.says:
        assert part in found, found
    lost = {cell for cell in figures("2021") if harm.lost(cell)}
    repaired = repair_review(review, BOOK)
    brought_over(repaired, lost)
    filing = read_filing(read_grid(repaired.data))
    assert all(filing.facts[total].formula is not None for total in filing.edition.totals)


def test_an_undamaged_form_has_nothing_to_say_and_is_repaired_to_itself(form: Path) -> None:
    review = review_file(form, BOOK)
    assert said(review) == set()
    repaired = repair_review(review, BOOK)
    brought_over(repaired)
    assert not repaired.left and not repaired.kept and not repaired.changes and repaired.restored == 0


def test_totals_overwritten_by_figures_become_formulas_again(form: Path) -> None:
    right = read_filing(read_grid(form)).value(CellId.parse(TOTAL))
    sheet, cell = place(form, TOTAL)
    type_into(form, {TOTAL: right})
    review = review_file(form, BOOK)
    assert said(review) == {("TPL-04", "warning")}
    assert (
        words(review, "TPL-04")[0].endswith(f"@{sheet}!{cell}")
        and f"（{cell}）" in words(review, "TPL-04")[0]
    )
    repaired = repair_review(review, BOOK)
    brought_over(repaired)
    assert repaired.restored == 1
    assert saved(repaired).facts[CellId.parse(TOTAL)].formula is not None


def test_a_total_that_differs_from_its_parts_is_kept_as_reported(form: Path) -> None:
    type_into(form, {TOTAL: 3})
    repaired = repair_review(review_file(form, BOOK), BOOK)
    assert read_filing(read_grid(repaired.data)).value(CellId.parse(TOTAL)) == 3
    assert [item.concept for item in repaired.kept] == [CellId.parse(TOTAL)]
    assert "与分项之和" in repaired.kept[0].what and repaired.kept[0].where


def test_corrections_are_made_on_the_way_only_when_asked_and_listed(tmp_path: Path) -> None:
    figures = zeros("2021", totals=False) | {
        RECEIVED.format("natural_person"): 5,
        "applications.dispositions.granted[natural_person]": 5,
    }
    form = save_form(tmp_path / "报表.xlsx", "2021", figures)
    type_into(form, {TOTAL: 3})
    review = review_file(form, BOOK)
    kept = read_filing(read_grid(repair_review(review, BOOK).data))
    assert kept.value(CellId.parse(TOTAL)) == 3
    repaired = repair_review(review, BOOK, (Change(CellId.parse(TOTAL), Decimal(3), Decimal(5)),))
    assert len(repaired.changes) == 1
    fresh = read_filing(read_grid(repaired.data))
    assert fresh.value(CellId.parse(TOTAL)) == 5 and fresh.facts[CellId.parse(TOTAL)].formula is not None
    assert "3 → 5" in repair_summary(repaired, Path("新.xlsx"))


def test_a_stale_value_is_said_and_the_right_one_brought_over(form: Path, tmp_path: Path) -> None:
    sheet, cell = place(form, TOTAL)
    formula = read_grid(form).sheet(sheet).cells[_position(cell)].formula  # type: ignore[union-attr]
    assert formula
    inside = f"<f>{escape(formula)}</f><v>1</v>"
    stale = repacked(form, tmp_path / "旧值.xlsx", cell_rewritten(sheet, cell, inside))
    review = review_file(stale, BOOK)
    assert said(review) == {("CEL-10", "warning")}
    assert "存的是1" in words(review, "CEL-10")[0] and f"@{sheet}!{cell}" in words(review, "CEL-10")[0]
    brought_over(repair_review(review, BOOK))


def _position(cell: str) -> Position:
    from workbook.files.grid import parse_a1

    found = parse_a1(cell)
    assert found
    return found


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("[1]Sheet1!B7", "取自本文件之外"),
        ("'[上年.xlsx]表三'!B7", "取自本文件之外"),
        ("cmd|'/c calc'!A0", "取自本文件之外"),
        ("Sheet1!#REF!", "引用的格已被删除"),
    ],
)
def test_a_formula_that_leads_out_of_the_file_is_said(
    form: Path, tmp_path: Path, formula: str, says: str
) -> None:
    received = RECEIVED.format("business")
    sheet, cell = place(form, received)
    stored = figures("2021")[received]
    inside = f"<f>{formula}</f><v>{stored}</v>"
    review = review_file(repacked(form, tmp_path / "外链.xlsx", cell_rewritten(sheet, cell, inside)), BOOK)
    assert said(review) == {("CEL-10", "warning")}
    assert says in words(review, "CEL-10")[0] and words(review, "CEL-10")[0].endswith(f"@{sheet}!{cell}")
    brought_over(repair_review(review, BOOK))


def test_an_error_value_is_lost_and_listed(form: Path, tmp_path: Path) -> None:
    received = RECEIVED.format("business")
    sheet, cell = place(form, received)
    broken = repacked(form, tmp_path / "错.xlsx", cell_rewritten(sheet, cell, "<v>#REF!</v>", ' t="e"'))
    review = review_file(broken, BOOK)
    assert ("CEL-08", "error") in said(review)
    repaired = repair_review(review, BOOK)
    filing = read_filing(read_grid(repaired.data))
    assert filing.value(CellId.parse(received)) is None
    assert [(item.concept, item.where) for item in repaired.left] == [
        (CellId.parse(received), f"{sheet}!{cell}")
    ]


def test_what_is_no_number_is_moved_as_typed_and_listed(form: Path) -> None:
    odd = {
        RECEIVED.format("natural_person"): "约十件",
        RECEIVED.format("business"): "/",
        RECEIVED.format("research"): "12件",
        "proactive.fees[amount]": "251000元",
    }
    type_into(form, odd)
    repaired = repair_review(review_file(form, BOOK), BOOK)
    filing = read_filing(read_grid(repaired.data))
    raws = {cell: filing.facts[CellId.parse(cell)].raw for cell in odd}
    assert raws == odd | {RECEIVED.format("research"): 12}
    assert {str(item.concept) for item in repaired.kept if item.concept} >= odd.keys()


def test_the_wrong_editions_form_moves_into_the_right_one(tmp_path: Path) -> None:
    old = whole_form(tmp_path / "旧版.xlsx", "2019", year=2022)
    review = review_file(old, BOOK)
    assert ("TPL-01", "error") in said(review)
    assert "应使用2021年版" in words(review, "TPL-01")[0] and "@封面!" in words(review, "TPL-01")[0]
    repaired = repair_review(review, BOOK)
    filing = saved(repaired)
    both = set(edition_named("2019").cells) & set(edition_named("2021").cells)
    given = figures("2019")
    inputs = {cell for cell in both if str(cell) in given}
    assert {cell: filing.value(cell) for cell in inputs} == {cell: given[str(cell)] for cell in inputs}
    gone = {cell for cell in map(CellId.parse, given) if cell not in both}
    assert gone and {item.concept for item in repaired.left} >= gone


def add_sheets(book: openpyxl.Workbook, other: Path) -> None:
    for sheet in openpyxl.load_workbook(other):
        if sheet.title in ("二、主动公开", THIRD):
            copy = book.create_sheet(f"旧{sheet.title}")
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None and not str(cell.value).startswith("="):
                        copy.cell(cell.row, cell.column).value = cell.value


@pytest.mark.parametrize("year", [2022, 2020])
def test_both_forms_in_one_file_are_said_and_the_years_own_is_read(
    form: Path, tmp_path: Path, year: int
) -> None:
    old = whole_form(tmp_path / "旧版.xlsx", "2019")
    first, second = ("2021", "2019") if year == 2022 else ("2019", "2021")
    base = whole_form(tmp_path / "新版.xlsx", first, year=year)
    other = old if second == "2019" else form
    review = review_file(
        saved_by_hand(base, lambda book: add_sheets(book, other), tmp_path / "两版.xlsx"), BOOK
    )
    assert review.result.filing.edition_id == first
    assert ("TPL-01", "error") in said(review)
    found = words(review, "TPL-01")
    assert len(found) == 2 and f"同时有{first}年版和{second}年版的表二（后者在“旧二、主动公开”）" in found[0]
    assert found[0].endswith("@旧二、主动公开")
    repaired = repair_review(review, BOOK)
    filing = saved(repaired, first)
    assert {c: filing.value(CellId.parse(c)) for c in figures(first)} == figures(first)
    assert any("旧三、依申请公开" in item.what for item in repaired.left)


def with_picture(sheet: Sheet, *, keep_table: bool) -> Sheet:
    """A picture pasted where the table was, or over an empty one."""
    cells = {
        p: cell
        for p, cell in sheet.cells.items()
        if p.row <= 2 or (keep_table and cell.kind is Kind.TEXT and cell.formula is None)
    }
    return replace(sheet, cells=cells, pictures=1)


@pytest.mark.parametrize(
    ("keep_table", "renamed", "says"),
    [(False, False, "该处是图片"), (False, True, "该处是图片"), (True, False, "贴的是图片")],
)
def test_a_picture_in_place_of_a_table_is_said(
    form: Path, keep_table: bool, renamed: bool, says: str
) -> None:
    grid = read_grid(form)
    sheets = tuple(
        with_picture(replace(s, name="Sheet9" if renamed else s.name), keep_table=keep_table)
        if s.name == FOURTH
        else s
        for s in grid.sheets
    )
    damaged = replace(grid, sheets=sheets)
    review = review_filing(read_filing(damaged), damaged, form, BOOK, None)
    assert ("TPL-02", "error") in said(review)
    found = words(review, "TPL-02")[0]
    assert says in found and f"@{'Sheet9' if renamed else FOURTH}" in found
    repaired = repair_review(review, BOOK)
    lost = {cell for cell in figures("2021") if cell.startswith("challenges")}
    filing = read_filing(read_grid(repaired.data))
    assert all(
        filing.value(CellId.parse(cell)) == n for cell, n in figures("2021").items() if cell not in lost
    )
    said_left = " ".join(item.what for item in repaired.left)
    assert "表四：原件中" in said_left and "图片" in said_left


def test_last_years_figures_left_in_are_said(form: Path, tmp_path: Path) -> None:
    last = read_filing(read_grid(whole_form(tmp_path / "上年.xlsx", year=2021)))
    review = review_file(form, BOOK, last)
    found = words(review, "YOY-07")
    assert (
        len(found) == 1
        and "都与上年年报相同" in found[0]
        and "误交了上年的表" in found[0]
        and "@二、主动公开!" in found[0]
    )
    brought_over(repair_review(review, BOOK))


def test_explanations_and_the_covers_small_print_move_too(form: Path, tmp_path: Path) -> None:
    from tests.filled import type_text
    from workbook.explanations import header_row, read_explanations
    from workbook.form.anchors import EXPLANATIONS, EXPLANATIONS_COLUMNS, cover_name

    grid = read_grid(form)
    header = header_row(grid.sheet(EXPLANATIONS), EXPLANATIONS_COLUMNS)  # type: ignore[arg-type]
    assert header
    row, columns = header
    for name, text in (("rule", "STK-02 现行有效件数"), ("reason", "确属巧合"), ("text", "已核对。")):
        type_text(form, EXPLANATIONS, str(Position(row + 1, columns[name])), text)
    area = grid.area(cover_name("telephone"))
    assert area
    type_text(form, area[0].name, str(area[1]), "0574-12345678")
    repaired = repair_review(review_file(form, BOOK), BOOK)
    assert repaired.explanations == 1
    new = read_grid(repaired.data)
    assert [item.text for item in read_explanations(new).prepared] == ["确属巧合：已核对。"]
    place_ = new.area(cover_name("telephone"))
    assert place_ and place_[0].text(*place_[1]) == "0574-12345678"


def test_sheets_of_others_are_listed(form: Path, tmp_path: Path) -> None:
    def add(book: openpyxl.Workbook) -> None:
        book.create_sheet("工作底稿")["A1"] = "底稿"

    repaired = repair_review(review_file(saved_by_hand(form, add, tmp_path / "多页.xlsx"), BOOK), BOOK)
    brought_over(repaired)
    assert [(item.where, "没有搬入" in item.what) for item in repaired.left] == [("工作底稿", True)]


def test_a_paragraph_under_an_empty_table_is_no_figure(form: Path) -> None:
    sheet = read_grid(form).sheet(FOURTH)
    assert sheet
    cells = {p: c for p, c in sheet.cells.items() if c.kind is Kind.TEXT and c.formula is None}
    cells[Position(8, 1)] = Cell(Kind.TEXT, "本年度未发生行政复议、行政诉讼。")
    grid = read_grid(form)
    grid = replace(
        grid, sheets=tuple(replace(s, cells=cells) if s.name == FOURTH else s for s in grid.sheets)
    )
    filing = read_filing(grid)
    assert filing.missing_tables == {"challenges": ""}
