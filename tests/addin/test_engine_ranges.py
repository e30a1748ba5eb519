"""Ranges, sheets and names behave as on Excel, through xlwings' public API."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlwings as xw
from openpyxl.styles import PatternFill

from addin.libreoffice.problems import OfficeProblem, OfficeRefused

pytestmark = [
    pytest.mark.office,
    pytest.mark.filterwarnings("ignore::EncodingWarning:openpyxl.worksheet._writer"),
]


# values and formulas -------------------------------------------------------------------------------


def test_a_range_gives_a_scalar_a_list_or_rows(sheet: xw.Sheet) -> None:
    sheet["B2"].value = [[1, 2], [3, 4]]
    assert sheet["B2"].value == 1
    assert sheet["B2:C2"].value == [1, 2]
    assert sheet["B2:B3"].value == [1, 3]
    assert sheet["B2:C3"].options(numbers=int).value == [[1, 2], [3, 4]]
    assert sheet["B2"].options(ndim=2).value == [[1]]
    assert sheet["B2"].options(expand="table").value == [[1, 2], [3, 4]]
    assert sheet["A1:C3"].value == [[None] * 3, [None, 1, 2], [None, 3, 4]]
    assert sheet["Z9"].value is None


def test_texts_are_taken_as_excel_takes_them(sheet: xw.Sheet) -> None:
    sheet["A1:A4"].value = [["12"], ["'12"], ["TRUE"], ["=1+2"]]
    assert sheet["A1:A4"].value == [12, "12", True, 3]
    sheet["B1:B4"].number_format = "@"
    sheet["B1:B4"].value = [["12"], ["007"], ["TRUE"], ["=1+2"]]
    assert sheet["B1:B4"].value == ["12", "007", "TRUE", "=1+2"]
    sheet["A1:B1"].value = ["34", "56"]  # formats differ
    assert sheet["A1:B1"].value == [34, "56"]


def test_formulas_are_read_and_written_in_excels_notation(book: xw.Book) -> None:
    sheet = book.sheets.add("表 三")
    other = book.sheets.add("表四")
    other["A1:B2"].value = [[1, 2], [3, 4]]
    formulas = (("=SUM('表 三'!B1,表四!$A$1:$B$2)", '=IF(A1>1,"是,否","")'), ("文", "5"))
    sheet["A1"].formula = formulas
    assert sheet["A1:B2"].formula == (("=SUM(B1,表四!$A$1:$B$2)", '=IF(A1>1,"是,否","")'), ("文", "5")) or (
        sheet["A1:B2"].formula == formulas
    )
    assert sheet["A2"].formula == "文"
    assert sheet["D4"].formula == ""
    sheet["E1"].value = [[True, "TRUE", 1.5]]
    assert sheet["E1:G1"].formula == (("TRUE", "TRUE", "1.5"),)
    sheet["C1:C3"].formula = "=A1*2"
    assert [row[0] for row in sheet["C1:C3"].formula] == ["=A1*2", "=A2*2", "=A3*2"]


def test_a_formula_that_cannot_be_read_is_refused(sheet: xw.Sheet) -> None:
    with pytest.raises(OfficeRefused, match="公式"):
        sheet["A1"].value = "=1+*2"
    assert sheet["A1"].formula == ""
    sheet["A1"].value = "=没有这个函数(1)"  # Excel takes it and shows #NAME?
    assert sheet["A1"].options(err_to_str=True).value == "#NAME?"


def test_a_column_of_formulas_is_written_at_once_beside_notes(sheet: xw.Sheet) -> None:
    sheet["B2"].add_note("别人的")
    sheet["A1"].value = [["=1+1", "=2+2"], ["=3+3", "=4+4"], ['=HYPERLINK("#A1","位置")', "文"]]
    assert sheet["A1:B3"].value == [[2, 4], [6, 8], ["位置", "文"]]
    assert sheet["B2"].note.text == "别人的"
    with pytest.raises(OfficeRefused, match="公式"):
        sheet["D1"].value = [["=1+1"], ["=1+*2"]]


def test_several_areas_are_one_range_for_formats_only(sheet: xw.Sheet) -> None:
    areas = sheet["A1:A2,C3"]
    assert areas.address == "$A$1:$A$2"
    areas.conditional_formats.add_custom("=TRUE", fill_color="#ff0000")
    assert len(sheet["C3"].conditional_formats) == len(sheet["A2"].conditional_formats) == 1
    assert len(sheet["B2"].conditional_formats) == 0
    with pytest.raises(OfficeRefused, match="分开的区域"):
        areas.value = 1


def test_a_constant_error_is_shown_without_an_equals_sign(calc: xw.App, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.append(["#REF!", 1])
    made.save(tmp_path / "错.xlsx")
    assert calc.books.open(tmp_path / "错.xlsx").sheets[0]["A1:B1"].formula == (("#REF!", "1"),)


def test_whole_columns_and_rows(sheet: xw.Sheet) -> None:
    sheet["B2"].value = [[1, 2], [3, 4]]
    column = sheet["B:B"]
    assert (column.address, column.shape, column.value[:4]) == ("$B:$B", (1048576, 1), [None, 1, 3, None])
    assert sheet["2:3"].address == "$2:$3"
    assert sheet["2:2"].value[:4] == [None, 1, 2, None]
    with pytest.raises(OfficeRefused, match="太大"):
        _ = sheet.cells.value
    assert sheet[1, 1].value == 1


def test_contents_are_cleared_and_formats_stay(sheet: xw.Sheet) -> None:
    sheet["A1"].value, sheet["A1"].color = 5, (255, 0, 0)
    sheet["A1"].clear_contents()
    assert (sheet["A1"].value, sheet["A1"].color) == (None, (255, 0, 0))
    sheet["B9"].value = "文"
    sheet.clear_contents()
    assert sheet["B9"].value is None


# addresses -----------------------------------------------------------------------------------------


def test_addresses(book: xw.Book) -> None:
    sheet = book.sheets.add("表 三")
    cells = sheet.range((2, 3), (4, 5))
    assert cells.address == "$C$2:$E$4"
    assert cells.get_address(False, False) == "C2:E4"
    assert cells.get_address(include_sheetname=True) == "'表 三'!$C$2:$E$4"
    assert (cells.row, cells.column, cells.shape, cells.count) == (2, 3, (3, 3), 9)
    assert cells(2, 2).address == cells(5).address == "$D$3"
    assert cells.last_cell.address == "$E$4"
    assert sheet["D3"].offset(1, 1).address == "$E$4"
    assert sheet["D3"].resize(2, 2).address == "$D$3:$E$4"
    assert sheet.range("E4", "C2") == cells
    assert [row.address for row in cells.rows] == ["$C$2:$E$2", "$C$3:$E$3", "$C$4:$E$4"]
    with pytest.raises(OfficeProblem, match="没有"):
        sheet.range("没有的名称")
    with pytest.raises(IndexError):
        sheet.range((0, 1))


def test_used_range_current_region_and_end(sheet: xw.Sheet) -> None:
    assert sheet.used_range.address == "$A$1"
    sheet["C3"].value = [[1, 2, 3], [4, None, 6], [7, 8, 9]]
    sheet["H9"].value = "远"
    assert sheet.used_range.address == "$C$3:$H$9"
    assert sheet["D4"].current_region.address == "$C$3:$E$5"
    assert sheet["C3"].end("down").address == "$C$5"
    assert sheet["C5"].end("up").address == "$C$3"
    assert sheet["C3"].end("right").address == "$E$3"
    assert sheet["C4"].end("right").address == "$E$4"  # over a gap to the next filled cell
    assert sheet["E3"].end("left").address == "$C$3"
    assert sheet["C5"].end("down").address == "$C$1048576"
    assert sheet["E5"].end("right").address == "$XFD$5"
    assert sheet["C9"].end("right").address == "$H$9"
    assert sheet["C3"].end("up").address == "$C$1"


# formats -------------------------------------------------------------------------------------------


def test_colours_are_set_read_and_taken_away(calc: xw.App, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active["A1"].fill = PatternFill("solid", fgColor="FFFF00")
    made.save(tmp_path / "色.xlsx")
    sheet = calc.books.open(tmp_path / "色.xlsx").sheets[0]
    assert sheet["A1"].color == (255, 255, 0)
    for given in ((255, 199, 206), "#FFC7CE", 0xCEC7FF):
        sheet["A1:B2"].color = given
        assert sheet["B2"].color == (255, 199, 206)
    sheet["A1"].color = None
    assert sheet["A1"].color is None
    assert sheet["A1:B1"].color is None  # the cells differ
    assert sheet["A1"].font.color == (0, 0, 0)
    sheet["A1"].font.color = (156, 0, 6)
    assert sheet["A1"].font.color == (156, 0, 6)


@pytest.mark.parametrize("code", ["0.00", "@", "General", "yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "#,##0", "0%"])
def test_number_formats_are_spelt_as_in_excel(sheet: xw.Sheet, code: str) -> None:
    sheet["A1:B2"].number_format = code
    assert sheet["B2"].number_format == code


def test_cells_are_merged_and_only_the_first_value_stays(sheet: xw.Sheet) -> None:
    sheet["A1"].value = [[1, 2], [3, 4]]
    sheet["A1:B2"].merge()
    assert sheet["B2"].merge_cells and sheet["B2"].merge_area.address == "$A$1:$B$2"
    assert sheet["A1:B2"].value == [[1, None], [None, None]]
    sheet["A1"].unmerge()
    sheet["A1:B2"].unmerge()
    assert not sheet["A1"].merge_cells and sheet["A1"].merge_area.address == "$A$1"
    sheet["C1:D2"].merge(across=True)
    assert sheet["C2"].merge_area.address == "$C$2:$D$2"


def test_wrapping_heights_and_widths(sheet: xw.Sheet) -> None:
    sheet["A1"].value = "一段很长的综述。" * 20
    sheet["A1"].wrap_text = True
    sheet["A1"].column_width = 30
    sheet["A1"].row_height = 15
    assert (sheet["A1"].wrap_text, sheet["A1"].row_height) == (True, pytest.approx(15, abs=0.1))
    assert sheet["A1"].column_width == pytest.approx(30, abs=0.2)
    sheet["A1"].rows.autofit()
    assert sheet["A1"].row_height > 60


# notes ---------------------------------------------------------------------------------------------


def test_notes_are_added_changed_listed_and_deleted(sheet: xw.Sheet) -> None:
    assert sheet["B2"].note is None
    sheet["B2"].add_note("【年报核查】\n1 少计5件。\r\n  请改为5。")
    sheet["A9"].add_note("同事")
    assert sheet["B2"].note.text == "【年报核查】\n1 少计5件。\n  请改为5。"
    sheet["B2"].note.text = "改"
    assert {n.location.address: n.text for n in sheet.notes} == {"$B$2": "改", "$A$9": "同事"}
    assert sheet.notes["A9"].text == "同事" and len(sheet.book.notes) == 2
    for note in sheet.notes:
        if note.text == "改":
            note.delete()
    assert [n.location.address for n in sheet.notes] == ["$A$9"]
    sheet["B2"].add_note("再来")
    assert sheet["B2"].note.text == "再来"


def test_notes_come_from_a_file_and_go_into_it(calc: xw.App, tmp_path: Path) -> None:
    path = tmp_path / "批注.xlsx"
    made = openpyxl.Workbook()
    made.active["A1"].comment = openpyxl.comments.Comment("请核对", "王科长")
    made.save(path)
    book = calc.books.open(path)
    assert book.sheets[0]["A1"].note.text == "请核对"
    book.sheets[0]["B2"].add_note("【年报核查】\n1")
    book.save()
    cells = openpyxl.load_workbook(path).active
    assert [cells[a].comment.text for a in ("A1", "B2")] == ["请核对", "【年报核查】\n1"]


# sheets --------------------------------------------------------------------------------------------


def test_sheets_are_added_found_renamed_hidden_and_deleted(book: xw.Book) -> None:
    first = book.sheets[0]
    result = book.sheets.add("校验结果", after=first)
    front = book.sheets.add(before=first)
    assert [s.name for s in book.sheets] == [front.name, first.name, "校验结果"]
    assert book.sheets.active == front and result.index == 3
    front.name = "封面"
    assert book.sheets["封面"] == front and len(book.sheets) == 3
    with pytest.raises(KeyError):
        _ = book.sheets["没有"]
    with pytest.raises(TypeError):  # on Excel this is always False: a trap for whoever writes it
        _ = "封面" in book.sheets
    result.visible = False
    assert not result.visible
    with pytest.raises(OfficeRefused, match="隐藏"):
        result.activate()
    front.delete()
    with pytest.raises(OfficeRefused, match="至少"):
        first.visible = False
    with pytest.raises(OfficeRefused, match="至少"):
        first.delete()
    assert [s.name for s in book.sheets] == [first.name, "校验结果"]


# names ---------------------------------------------------------------------------------------------


def test_names_are_defined_read_and_followed(book: xw.Book) -> None:
    sheet = book.sheets.add("表 三")
    sheet["B2"].value = [[1, 2], [3, 4]]
    book.names.add("表三_合计", "='表 三'!$B$2:$C$3")
    sheet["E5"].name = "落款"
    book.names.add("常数", "=1+2")
    assert book.names["表三_合计"].refers_to == "='表 三'!$B$2:$C$3"
    assert book.names["表三_合计"].refers_to_range.value == [[1, 2], [3, 4]]
    assert sheet["表三_合计"].address == "$B$2:$C$3"
    assert sheet["E5"].name.name == "落款" and sheet["E6"].name is None
    assert "常数" in book.names and "没有" not in book.names
    assert sorted(n.name for n in book.names) == ["常数", "落款", "表三_合计"]
    with pytest.raises(OfficeRefused, match="没有指向单元格"):
        _ = book.names["常数"].refers_to_range
    book.names["常数"].refers_to = "='表 三'!$A$1"
    assert book.names["常数"].refers_to_range.address == "$A$1"
    with pytest.raises(OfficeRefused):  # the name points to another sheet
        book.sheets[0 if book.sheets[0].name != "表 三" else 1].range("落款")
    book.names["常数"].delete()
    assert "常数" not in book.names


def test_a_sheets_own_name_is_listed_with_its_sheet(book: xw.Book) -> None:
    sheet = book.sheets.add("表 三")
    book.names.add("'表 三'!小计", "='表 三'!$A$1")
    assert [n.name for n in book.names] == ["'表 三'!小计"]
    assert [n.name for n in sheet.names] == ["'表 三'!小计"]
    assert sheet["小计"].address == "$A$1"
