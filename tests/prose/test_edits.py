"""An edited narrative against the one generated now: what changed a number, what only its words."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from tests.filled import save_form, zeros
from tests.prose.narrative_cases import checked, city
from workbook.form.anchors import SUMMARY
from workbook.prose.edits import Change, Edit, find_edits
from workbook.prose.narrator import narrate
from workbook.prose.phrasebook import load_sentences
from workbook.review import review_file, write_narrative
from workbook.rules.findings import Verdict
from workbook.rules.rulebook import load_rulebook
from workbook.summary import COMPARED, SEPARATOR

BOOK = load_rulebook()
NARRATIVE = narrate(checked(city()), load_sentences())


def edited(*changes: tuple[str, str]) -> tuple[Edit, ...]:
    text = NARRATIVE.text
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return find_edits(text.split("\n"), NARRATIVE, city(), BOOK)


def test_nothing_edited_nothing_said() -> None:
    assert edited() == ()


def test_a_wording_is_kept() -> None:
    (edit,) = edited(("本年度新收政府信息公开申请", "一年来，共新收到政府信息公开申请"))
    assert edit.change is Change.WORDING and "可以保留" in edit.words


def test_a_changed_number_is_held_against_the_table() -> None:
    (edit,) = edited(("14069件", "14096件"))
    assert edit.change is Change.NUMBER
    assert [(number.text, number.verdict) for number in edit.numbers] == [("14096件", Verdict.WRONG)]
    assert "与表不符" in edit.words and "14069" in edit.words


def test_the_same_number_written_otherwise_is_no_change() -> None:
    (edit,) = edited(("14069件", "14,069件"))
    assert edit.change is Change.WORDING


def test_sentences_added_and_left_out() -> None:
    first = NARRATIVE.paragraphs["overview"][1].sentences[1].text
    added, gone = "组织培训3次。", first
    changes = edited((gone, added))
    assert {edit.change for edit in changes} == {Change.ADDED, Change.LEFT_OUT}
    (new,) = [edit for edit in changes if edit.change is Change.ADDED]
    assert new.text == "组织培训3次" and "自行核对" in new.words


def test_the_workbook_says_so_below_the_fresh_text(tmp_path: Path) -> None:
    facts = zeros("2021")
    for row in ("received", "dispositions.granted", "dispositions.total"):
        for column in ("natural_person", "total"):
            facts[f"applications.{row}[{column}]"] = 5
    form = save_form(tmp_path / "报.xlsx", "2021", facts)
    first = tmp_path / "一.xlsx"
    write_narrative(review_file(form, BOOK), first)
    book = openpyxl.load_workbook(first)
    for row in book[SUMMARY].iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and "申请5件" in cell.value:
                cell.value = cell.value.replace("申请5件", "申请6件", 1)
    book.save(first)
    second = tmp_path / "二.xlsx"
    write_narrative(review_file(first, BOOK), second)
    lines = [row[0] for row in openpyxl.load_workbook(second)[SUMMARY].iter_rows(values_only=True) if row[0]]
    assert lines.index(SEPARATOR) < lines.index(COMPARED)
    assert any("6件与表不符" in str(line) for line in lines[lines.index(COMPARED) :])
