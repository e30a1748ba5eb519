"""Notes and tints in the details: whose they are, where they go, how large they are, what returns."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill

from tests.files.amend_books import CORPUS, MAIN, OFFICE, PACKAGE, by_hand, by_xlsxwriter, parts_of, zipped
from workbook.files.amend import OWN_MARK, Amendment, Note, Shade, Tint, amended
from workbook.files.archive import Archive
from workbook.files.grid import MAX_COLUMN, MAX_ROW, Position
from workbook.files.noteboxes import Geometry, box_size
from workbook.problems import UnusableInput


def run(data: bytes, *notes: Note, tints: tuple[Tint, ...] = (), remove_own: bool = True):
    with Archive.open(data) as archive:
        return amended(archive, Amendment(notes, tints, remove_own=remove_own))


def note(cell: str, text: str = "甲", *alternatives: str, sheet: str = "表1") -> Note:
    return Note(sheet, cell, f"{OWN_MARK}\n{text}", alternatives)


def sheet_xml(data: bytes, number: int = 1) -> str:
    return parts_of(data)[f"xl/worksheets/sheet{number}.xml"].decode()


def test_a_foreign_note_sends_ours_to_the_next_free_cell() -> None:
    source = CORPUS["openpyxl with comments"]()
    _, outcome = run(
        source, note("B2", "甲", "C3", "C4"), note("C3", "乙"), note("A1", "丙"), note("A1", "丁", "C4")
    )
    assert [(done.cell, done.note.text[-1]) for done in outcome.placed] == [("A1", "丙"), ("C4", "甲")]
    assert [left.text[-1] for left in outcome.unplaced] == ["乙", "丁"]


def test_threaded_comments_are_other_peoples() -> None:
    source = CORPUS["threaded comments"]()
    data, outcome = run(source, note("B2", "甲", "C3", "D3"))
    assert [done.cell for done in outcome.placed] == ["D3"]
    before, after = (parts_of(d)["xl/comments1.xml"].decode() for d in (source, data))
    assert re.search(r"<comment .*?</comment>", before, re.DOTALL)[0] in after


def test_a_missing_sheet_leaves_the_note_unplaced() -> None:
    _data, outcome = run(by_hand(), note("A1", sheet="没有"), tints=(Tint("没有", "A1", Shade.ERROR),))
    assert len(outcome.unplaced) == 1 and not outcome.parts_changed
    assert outcome.warnings == ("工作簿中没有可写的工作表“没有”，写给它的内容没有写入。",)


def test_names_of_sheets_ignore_case_and_hold_quotes() -> None:
    _, outcome = run(by_xlsxwriter(), note("A1", sheet="空'表 甲"))
    assert [done.cell for done in outcome.placed] == ["A1"]


@pytest.mark.parametrize("address", ["", "E0", "E", "25", "E25:F26", "XFE1", "A1048577", "'表1'!A1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(UnusableInput, match="不是单元格地址"):
        run(by_hand(), note(address))


def test_what_a_person_added_to_our_note_is_told() -> None:
    data, _ = run(by_hand(), note("A1"))
    parts: dict[str, str | bytes] = dict(parts_of(data))
    parts["xl/comments1.xml"] = parts["xl/comments1.xml"].replace("甲".encode(), "甲 已改，王五".encode())
    _, outcome = run(zipped(parts))
    assert [(r.sheet, r.cell, r.text) for r in outcome.removed] == [
        ("表1", "A1", f"{OWN_MARK}\n甲 已改，王五")
    ]


def test_a_note_survives_every_sign() -> None:
    text = f"{OWN_MARK}\n<a & b> \"引\" 'x' \x01 _x000D_ \t制表 😀 \ud800"
    data, _ = run(by_hand(), Note("表1", "A1", text))
    _, outcome = run(data)
    assert outcome.removed[0].text == text


def test_remove_own_false_adds_to_what_is_there() -> None:
    source = by_xlsxwriter()
    once, _ = run(source, note("A1"), tints=(Tint("表1", "A1", Shade.ERROR),))
    more, outcome = run(
        once, note("A1", "乙", "A2"), tints=(Tint("表1", "A2", Shade.WARNING),), remove_own=False
    )
    assert [done.cell for done in outcome.placed] == ["A2"] and not outcome.removed
    back, outcome = run(more)
    assert len(outcome.removed) == 2
    assert parts_of(back) == parts_of(source)


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_saved_anew_by_openpyxl_our_things_still_come_off() -> None:
    data, _ = run(by_hand(), note("A1"), tints=(Tint("表1", "A1:B2", Shade.ERROR),))
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["表1"]["C3"].comment = Comment("别人的", "科长")
    fill = PatternFill("solid", bgColor="FF00FF00")
    book["表1"].conditional_formatting.add("A1:B2", FormulaRule(["TRUE"], fill=fill))
    stream = io.BytesIO()
    book.save(stream)
    cleared, outcome = run(stream.getvalue())
    assert [removed.cell for removed in outcome.removed] == ["A1"]
    sheet = openpyxl.load_workbook(io.BytesIO(cleared))["表1"]
    assert sheet["A1"].comment is None and sheet["C3"].comment.text == "别人的"
    assert "gouji" not in sheet_xml(cleared) and sheet_xml(cleared).count("<cfRule") == 1
    again, _ = run(cleared, note("A1"), tints=(Tint("表1", "A1", Shade.ERROR),))
    assert run(again, note("A1"), tints=(Tint("表1", "A1", Shade.ERROR),))[0] == again


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_saved_anew_and_empty_the_parts_go() -> None:
    data, _ = run(by_hand(), note("A1"))
    stream = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(data)).save(stream)
    parts = parts_of(run(stream.getvalue())[0])
    assert not [name for name in parts if "omment" in name]
    assert b"legacyDrawing" not in parts["xl/worksheets/sheet1.xml"]


def _priorities(data: bytes) -> dict[str, int]:
    found = re.findall(r"<cfRule [^>]*?priority=\"(\d+)\".*?</cfRule>", sheet_xml(data), re.DOTALL)
    texts = re.findall(r"<cfRule .*?</cfRule>", sheet_xml(data), re.DOTALL)
    return {text: int(number) for text, number in zip(texts, found, strict=True)}


def test_our_tint_ranks_before_every_other_format_and_stands_first() -> None:
    data, _ = run(by_xlsxwriter(), tints=(Tint("表1", "A1", Shade.WARNING), Tint("表1", "A1", Shade.ERROR)))
    ranks = _priorities(data)
    assert sorted(ranks.values()) == [1, 2, 3, 4, 5]
    assert ["gouji" in text for text in ranks] == [True, True, False, False, False]
    assert [rank for text, rank in ranks.items() if "gouji" in text] == [1, 2]
    assert "gouji:error" in next(iter(ranks))


def test_where_there_is_room_other_formats_are_not_moved() -> None:
    sheet = (
        '<sheetData/><conditionalFormatting sqref="A1"><cfRule type="expression" priority="9">'
        "<formula>1</formula></cfRule></conditionalFormatting>"
    )
    data, _ = run(by_hand(sheet), tints=(Tint("表1", "A1", Shade.ERROR),))
    assert sheet.removeprefix("<sheetData/>") in sheet_xml(data)


def test_a_pivots_formats_are_never_moved() -> None:
    sheet = (
        '<sheetData/><conditionalFormatting pivot="1" sqref="A1"><cfRule type="expression" priority="1">'
        "<formula>1</formula></cfRule></conditionalFormatting>"
    )
    data, _ = run(by_hand(sheet), tints=(Tint("表1", "A1", Shade.ERROR),))
    assert sheet.removeprefix("<sheetData/>") in sheet_xml(data)


def test_a_merged_range_of_formats_loses_only_our_rule() -> None:
    theirs = '<cfRule type="expression" priority="2"><formula>1</formula></cfRule>'
    ours = "<cfRule type='expression' dxfId='5' priority='1'><formula>N('gouji:error')=0</formula></cfRule>"
    cf = "<conditionalFormatting sqref='A1'>{}</conditionalFormatting>"
    source = by_hand("<sheetData/>" + cf.format(theirs + ours) + cf.format(ours))
    assert sheet_xml(run(source)[0]) == sheet_xml(by_hand("<sheetData/>" + cf.format(theirs)))


def test_an_equal_format_is_used_again() -> None:
    styles = (
        f'<styleSheet xmlns="{MAIN}"><dxfs count="2"><dxf/><dxf><fill><patternFill><bgColor rgb="FFFFC7CE"/>'
        "</patternFill></fill></dxf></dxfs></styleSheet>"
    )
    source = by_hand(
        rels=f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/>',
        more={"xl/styles.xml": styles},
    )
    data, outcome = run(source, tints=(Tint("表1", "A1", Shade.ERROR),))
    assert outcome.parts_changed == ("xl/worksheets/sheet1.xml",)
    assert 'dxfId="1"' in sheet_xml(data)


def test_many_notes_and_tints() -> None:
    cells = [f"{column}{row}" for row in range(1, 701) for column in "BDF"]
    source = CORPUS["openpyxl with comments"]()
    data, outcome = run(
        source, *map(note, cells), tints=tuple(Tint("表1", cell, Shade.ERROR) for cell in cells)
    )
    assert len(outcome.placed) == 2099  # B2 is taken
    drawing = parts_of(data)["xl/drawings/commentsDrawing1.vml"].decode()
    ids = re.findall(r"<\w+:shape [^>]*?id=\"_x0000_s(\d+)\"", drawing)
    assert len(set(ids)) == len(ids) == 2102
    assert re.search(r'  +data="1,2,3"', drawing)
    assert parts_of(run(data)[0]) == parts_of(source)


def test_more_and_more_notes_in_a_drawing_of_ours() -> None:
    first, _ = run(by_hand(), note("A1"))
    cells = [f"C{row}" for row in range(1, 1100)]
    more, outcome = run(first, *map(note, cells), remove_own=False)
    assert len(outcome.placed) == 1099
    assert parts_of(run(more)[0]) == parts_of(by_hand())


def test_a_signature_breaks_and_it_is_said() -> None:
    parts: dict[str, str | bytes] = dict(parts_of(by_hand()))
    parts["_xmlsignatures/sig1.xml"] = "<Signature/>"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"]
    _, outcome = run(zipped(parts), note("A1"))
    assert len(outcome.warnings) == 1 and "签名将失效" in outcome.warnings[0]
    assert not run(zipped(parts))[1].warnings


@pytest.mark.parametrize("bad", ["<!DOCTYPE x [<!ENTITY a 'b'>]>{}", "{}<", "<q:a>{}</q:a>"])
def test_a_broken_or_hostile_part_is_refused(bad: str) -> None:
    parts: dict[str, str | bytes] = dict(parts_of(by_hand()))
    parts["xl/worksheets/sheet1.xml"] = bad.format(parts["xl/worksheets/sheet1.xml"].decode())
    with pytest.raises(UnusableInput, match=r"sheet1\.xml"):
        run(zipped(parts), note("A1"))


def test_nothing_broken_is_ever_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbook.files.notes.escape_string", lambda text: text)
    with pytest.raises(AssertionError, match="well-formed"):
        run(by_hand(), Note("表1", "A1", f"{OWN_MARK} <"))


def test_boxes_fit_their_text_within_bounds() -> None:
    assert box_size("短") == (254, 62)
    width, height = box_size("\n".join(["一" * 20] * 10))
    assert (width, height) == (254, 174)
    wide, high = box_size("字" * 5000)
    assert wide > width and high == 32 * 16 + 14


@pytest.mark.parametrize("cell", [(1, 1), (25, 5), (1, MAX_COLUMN), (MAX_ROW, 1), (MAX_ROW, MAX_COLUMN)])
def test_boxes_stay_on_the_sheet_and_off_their_cell(cell: tuple[int, int]) -> None:
    left, _, top, _, right, _, bottom, _ = Geometry("<w><sheetData/></w>", cell[0]).anchor(
        Position(*cell), box_size("字" * 100)
    )
    assert 0 <= left < right < MAX_COLUMN and 0 <= top < bottom < MAX_ROW
    assert left > cell[1] - 1 or right < cell[1] - 1


def test_boxes_know_widths_heights_hidden_and_merged_cells() -> None:
    sheet = (
        '<w><sheetFormatPr defaultRowHeight="30" defaultColWidth="20"/><cols>'
        '<col min="4" max="4" width="50"/><col min="5" max="5" hidden="1"/></cols>'
        '<sheetData><row r="1" ht="60"/><row r="2" hidden="1"/></sheetData>'
        '<mergeCells><mergeCell ref="A1:C1"/></mergeCells></w>'
    )
    geometry = Geometry(sheet, 1)
    assert [geometry.width(c) for c in (3, 4, 5)] == [140, 350, 0]
    assert [geometry.height(r) for r in (1, 2, 3)] == [80, 0, 40]
    assert geometry.anchor(Position(1, 1), (200, 100)) == (3, 12, 0, 2, 3, 212, 2, 22)


def test_relations_with_odd_targets_are_found() -> None:
    comments = (
        f'<x:comments xmlns:x="{MAIN}"><x:authors><x:author>科长</x:author></x:authors><x:commentList>'
        '<x:comment ref="B2" authorId="0"><x:text><x:t>别人的</x:t></x:text></x:comment>'
        "</x:commentList></x:comments>"
    )
    for target in (
        "/xl/comments1.xml",
        "../comments1.xml",
        "..\\Comments1.xml",
        "../x/../comments1.xml",
        "%2E%2E/comments1.xml",
    ):
        rels = (
            f'<pr:Relationships xmlns:pr="{PACKAGE}"><pr:Relationship Id="rId1" Type="{OFFICE}/comments" '
            f'Target="{target}"/></pr:Relationships>'
        )
        source = by_hand(more={"xl/comments1.xml": comments, "xl/worksheets/_rels/sheet1.xml.rels": rels})
        data, outcome = run(source, note("B2", "甲", "B3"))
        assert [done.cell for done in outcome.placed] == ["B3"], target
        assert parts_of(run(data)[0]) == parts_of(source)
