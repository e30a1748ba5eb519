"""One workbook's visit, end to end: comments where they belong, gone when mended, explanations kept."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.filled import NATURAL, filing_of, notes_of, place_of, save_form, type_into, type_text, zeros
from workbook.comments import complaints
from workbook.files.amend import OWN_MARK, Amendment, Note, amend
from workbook.files.grid import Grid, Position
from workbook.files.scan import read_grid
from workbook.form.anchors import EXPLANATIONS, EXPLANATIONS_COLUMNS, RESULTS, RESULTS_COLUMNS
from workbook.form.facts import read_facts
from workbook.resources import template_folder
from workbook.review import Review, annotate, review_file
from workbook.rules.findings import Severity
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book

BOOK = load_rulebook()
TOTAL = f"applications.dispositions.total[{NATURAL}]"
TOTAL_OF_TOTALS = "applications.dispositions.total[total]"


@pytest.fixture
def ningbo(tmp_path: Path) -> Path:
    filing = read_facts(template_folder() / "ningbo-2019.json")
    path = tmp_path / "宁波市科技局 2019年度 报告.xlsx"
    path.write_bytes(build_book(filing.edition, BOOK, filing=filing))
    return path


def checked(path: Path, out: Path | None = None) -> tuple[Review, Path]:
    target = out or path.with_stem(path.stem + "（已核查）")
    review = review_file(path, BOOK)
    annotate(review, target, BOOK)
    return review, target


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def result_rows(path: Path) -> list[dict[str, str]]:
    sheet = read_grid(path).sheet(RESULTS)
    assert sheet is not None
    titles = {
        sheet.text(p.row, p.column): p for p in sheet.cells if sheet.cells[p].text in RESULTS_COLUMNS.values()
    }
    top = titles["序号"].row
    rows = sorted({p.row for p in sheet.cells if p.row > top})
    return [
        {name: sheet.text(row, titles[label].column) for name, label in RESULTS_COLUMNS.items()}
        for row in rows
    ]


def test_the_real_report_has_exactly_its_five_faults(ningbo: Path) -> None:
    review, _ = checked(ningbo)
    grave = [c for c in complaints(review.result, BOOK) if c.lead.severity is not Severity.WARNING]
    assert [(c.lead.rule, c.lead.severity.value, str(c.lead.mark)) for c in grave] == [
        ("TPL-02", "error", "challenges.reconsideration[upheld]"),
        ("SUM-02", "error", TOTAL),
        ("STK-04", "explain", "proactive.licences[decisions]"),
        ("NAR-12", "explain", "None"),  # 新媒体212条 against 微博89条 and 微信212条
        ("NAR-15", "explain", "None"),  # four names of the preamble are not the headings'
    ]
    slip = grave[1].cause
    assert [(str(c.cell), c.before, c.after) for c in slip.changes] == [
        (TOTAL, 0, 5),
        (TOTAL_OF_TOTALS, 0, 5),
    ]
    rules = sorted(review.result.findings[i].rule for i in slip.findings)
    assert rules == ["BAL-01", "BAL-01", "SUM-02", "SUM-02"]
    assert slip.unique


def test_the_comments_stand_at_the_faults_and_say_what_to_do(ningbo: Path) -> None:
    _, target = checked(ningbo)
    notes = notes_of(target)
    note = notes[place_of(ningbo, TOTAL)]
    assert note.startswith(OWN_MARK)
    assert (
        "“自然人”列“（七）总计”填0件，上面各项合计5件（予以公开1、部分公开1、其他处理3），少计5件。" in note
    )
    assert "请改为5" in note and "依据：" in note and "〔SUM-02 错误〕" in note
    pointer = notes[place_of(ningbo, TOTAL_OF_TOTALS)]
    assert pointer.startswith(OWN_MARK) and "应为5" in pointer and len(pointer) < 60
    assert "表四" in notes[place_of(ningbo, "challenges.reconsideration[upheld]")]
    assert "478" in notes[place_of(ningbo, "proactive.licences[decisions]")]
    assert all(text.startswith(OWN_MARK) for text in notes.values())


def test_the_original_is_not_touched(ningbo: Path) -> None:
    before = ningbo.read_bytes()
    checked(ningbo)
    assert ningbo.read_bytes() == before


def test_annotating_twice_is_annotating_once(ningbo: Path, tmp_path: Path) -> None:
    _, once = checked(ningbo, tmp_path / "一.xlsx")
    _, twice = checked(once, tmp_path / "二.xlsx")
    assert parts(once) == parts(twice)


def test_mending_takes_note_and_tint_away_and_leaves_the_rest(ningbo: Path, tmp_path: Path) -> None:
    clean = zeros("2019")
    clean |= {f"applications.received[{NATURAL}]": 2, "applications.received[total]": 2}
    form = save_form(tmp_path / "报.xlsx", "2019", clean, headings={})
    _, faulty = checked(form, tmp_path / "批.xlsx")
    assert notes_of(faulty)
    mended = type_into(
        faulty,
        {
            f"applications.dispositions.granted[{NATURAL}]": 2,
            "applications.dispositions.granted[total]": 2,
            TOTAL: 2,
            TOTAL_OF_TOTALS: 2,
        },
        tmp_path / "改.xlsx",
    )
    review, again = checked(mended, tmp_path / "再核.xlsx")
    assert not review.result.findings
    assert notes_of(again) == {}
    assert result_rows(again) == []
    # Nothing of ours is left on the table's sheet: it is as if the mended figures had been typed at once.
    plain = type_into(form, {f"applications.dispositions.granted[{NATURAL}]": 2,
                             "applications.dispositions.granted[total]": 2, TOTAL: 2, TOTAL_OF_TOTALS: 2},
                      tmp_path / "径改.xlsx")  # fmt: skip
    sheet_part = {
        name: data for name, data in parts(again).items() if name.startswith("xl/worksheets/sheet5")
    }
    assert sheet_part == {name: parts(plain)[name] for name in sheet_part}


def test_a_colleagues_note_is_never_touched(ningbo: Path, tmp_path: Path) -> None:
    sheet, cell = place_of(ningbo, TOTAL)
    elsewhere = place_of(ningbo, "applications.received[other]")
    foreign = tmp_path / "同事.xlsx"
    book = openpyxl.load_workbook(ningbo)
    for where, text in (((sheet, cell), "老王：此处待核"), (elsewhere, "小李：已问")):
        book[where[0]][where[1]].comment = openpyxl.comments.Comment(text, "同事")
    book.save(foreign)
    _, once = checked(foreign, tmp_path / "批.xlsx")
    notes = notes_of(once)
    assert notes[sheet, cell] == "老王：此处待核" and notes[elsewhere] == "小李：已问"
    ours = [place for place, text in notes.items() if "〔SUM-02" in text]
    assert len(ours) == 1 and ours[0] != (sheet, cell)
    _, twice = checked(once, tmp_path / "再批.xlsx")
    assert notes_of(twice) == notes


def test_in_place_keeps_the_original_beside_it(ningbo: Path) -> None:
    before = ningbo.read_bytes()
    review = review_file(ningbo, BOOK)
    outcome = annotate(review, ningbo, BOOK, in_place=True)
    assert outcome.backup is not None and outcome.backup.read_bytes() == before
    assert notes_of(ningbo)


def test_the_result_sheet_lists_every_complaint_with_a_link(ningbo: Path) -> None:
    review, target = checked(ningbo)
    rows = result_rows(target)
    assert [row["rule"] for row in rows] == [c.wording.code for c in complaints(review.result, BOOK)]
    assert [row["severity"] for row in rows[:3]] == ["错误", "错误", "须说明"]
    cells = [cell for row in openpyxl.load_workbook(target)[RESULTS].iter_rows() for cell in row]
    links = {cell.coordinate: cell.hyperlink.location for cell in cells if cell.hyperlink}
    sheet, cell = place_of(ningbo, TOTAL)
    assert f"'{sheet}'!{cell}" in links.values()
    assert len(links) == sum(1 for c in complaints(review.result, BOOK) if c.place and c.place.cell)


# --- explanations -----------------------------------------------------------------------------------


def doubtful_form(path: Path, **changes: int) -> Path:
    """A form with one thing to explain: 280 + 198 = 478."""
    figures = zeros("2019") | {
        "proactive.licences[previous_items]": 280,
        "proactive.licences[change]": 198,
        "proactive.licences[decisions]": 478,
    }
    return save_form(path, "2019", figures | changes)


def cell_of(grid: Grid, sheet_name: str, label: str, row: int) -> str:
    sheet = grid.sheet(sheet_name)
    assert sheet is not None
    title = next(p for p, cell in sheet.cells.items() if cell.text == label)
    return str(Position(title.row + row, title.column))


def explain(path: Path, text: str, row: int = 1) -> Path:
    return type_text(
        path, RESULTS, cell_of(read_grid(path), RESULTS, RESULTS_COLUMNS["explanation"], row), text
    )


def test_an_explanation_survives_a_recheck(tmp_path: Path) -> None:
    _, once = checked(doubtful_form(tmp_path / "报.xlsx"), tmp_path / "一.xlsx")
    explain(once, "确属巧合，已逐件核对。")
    review, twice = checked(once, tmp_path / "二.xlsx")
    assert list(review.result.explanations.values()) == ["确属巧合，已逐件核对。"]
    assert [row["explanation"] for row in result_rows(twice)] == ["确属巧合，已逐件核对。"]
    assert review_file(twice, BOOK).result.explanations == review.result.explanations


def test_an_explanation_survives_sorting(ningbo: Path, tmp_path: Path) -> None:
    _, once = checked(ningbo, tmp_path / "一.xlsx")
    explain(once, "确属巧合。", row=3)
    book = openpyxl.load_workbook(once)
    sheet = book[RESULTS]
    top = next(c.row for row in sheet.iter_rows() for c in row if c.value == "序号")
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=top + 1) if row[0].value]
    for offset, values in enumerate(reversed(rows)):
        for column, value in enumerate(values, start=1):
            sheet.cell(top + 1 + offset, column).value = value
    book.save(tmp_path / "排序.xlsx")
    result = review_file(tmp_path / "排序.xlsx", BOOK).result
    explained = {result.findings[i].rule: text for i, text in result.explanations.items()}
    assert explained == {"STK-04": "确属巧合。"}


def test_an_explanation_lapses_when_an_operand_changes_and_is_shown_for_confirmation(tmp_path: Path) -> None:
    _, once = checked(doubtful_form(tmp_path / "报.xlsx"), tmp_path / "一.xlsx")
    explain(once, "确属巧合。")
    changed = type_into(
        once,
        {"proactive.licences[change]": 200, "proactive.licences[decisions]": 480},
        tmp_path / "改.xlsx",
    )
    review, again = checked(changed, tmp_path / "二.xlsx")
    assert review.result.explanations == {}
    assert [(row["explanation"], row["lapsed"]) for row in result_rows(again)] == [("", "确属巧合。")]
    # It is still there at the next check, until it is confirmed.
    review, third = checked(again, tmp_path / "三.xlsx")
    assert [(row["explanation"], row["lapsed"]) for row in result_rows(third)] == [("", "确属巧合。")]


def test_an_explanation_written_before_the_check_is_bound_at_the_first_one(tmp_path: Path) -> None:
    form = doubtful_form(tmp_path / "报.xlsx")
    grid = read_grid(form)
    said = {"rule": "STK-04 处理决定数量被当成合计", "reason": "确属巧合", "text": "已逐件核对。"}
    for name, text in said.items():
        type_text(form, EXPLANATIONS, cell_of(grid, EXPLANATIONS, EXPLANATIONS_COLUMNS[name], 1), text)
    review, once = checked(form, tmp_path / "一.xlsx")
    assert list(review.result.explanations.values()) == ["确属巧合：已逐件核对。"]
    changed = type_into(
        once,
        {"proactive.licences[change]": 200, "proactive.licences[decisions]": 480},
        tmp_path / "改.xlsx",
    )
    assert review_file(changed, BOOK).result.explanations == {}


def test_an_error_is_not_explained_away(tmp_path: Path) -> None:
    form = save_form(tmp_path / "报.xlsx", "2019", zeros("2019") | {TOTAL: 1, TOTAL_OF_TOTALS: 1})
    _, once = checked(form, tmp_path / "一.xlsx")
    explain(once, "无")
    assert review_file(once, BOOK).result.count(Severity.ERROR) > 0


# --- blanks -----------------------------------------------------------------------------------------


def township(path: Path, declared: bool) -> Path:
    """A township that filled what it has and left 140 cells of 表三 blank."""
    facts = {
        f"applications.received[{NATURAL}]": 1,
        f"applications.dispositions.granted[{NATURAL}]": 1,
        "proactive.licences[decisions]": 12,
        f"challenges.reconsideration[{'upheld'}]": 0,
    }
    return save_form(path, "2021", facts, declared_zero=declared)


def test_blanks_are_one_complaint_a_table(tmp_path: Path) -> None:
    result = review_file(township(tmp_path / "镇.xlsx", declared=False), BOOK).result
    blanks = [f for f in result.findings if f.rule == "CEL-04"]
    assert [(f.mark.table, f.severity.value) for f in blanks if f.mark] == [
        ("proactive", "explain"), ("applications", "explain"), ("challenges", "explain"),
    ]  # fmt: skip
    assert len([f for f in result.findings if f.severity is not Severity.WARNING]) == 3


def test_declared_zeros_are_a_warning_a_table(tmp_path: Path) -> None:
    result = review_file(township(tmp_path / "镇.xlsx", declared=True), BOOK).result
    assert [(f.rule, f.severity.value) for f in result.findings if f.severity is not Severity.WARNING] == []
    assert [f.mark.table for f in result.findings if f.rule == "CEL-04" and f.mark] == [
        "proactive", "applications", "challenges",
    ]  # fmt: skip


# --- bad input --------------------------------------------------------------------------------------


def test_a_copy_with_a_foreign_mark_only_is_left_alone(ningbo: Path, tmp_path: Path) -> None:
    """`clear` of our notes: an empty amendment after an annotation gives back the original parts."""
    _, target = checked(ningbo, tmp_path / "批.xlsx")
    shutil.copy(target, tmp_path / "清.xlsx")
    amend(target, tmp_path / "清.xlsx", Amendment(), in_place=True)
    assert notes_of(tmp_path / "清.xlsx") == {}


def test_a_note_of_ours_written_by_hand_is_recognised_by_its_first_line(ningbo: Path, tmp_path: Path) -> None:
    note = Note("封面", "A1", f"{OWN_MARK}\n旧的提示")
    amend(ningbo, tmp_path / "旧.xlsx", Amendment(notes=(note,)))
    _, again = checked(tmp_path / "旧.xlsx", tmp_path / "新.xlsx")
    assert not any("旧的提示" in text for text in notes_of(again).values())


def test_a_filed_filing_equals_its_facts() -> None:
    filing = filing_of("2021", zeros("2021"))
    assert all(filing.value(cell) == 0 for cell in filing.edition.cells)
