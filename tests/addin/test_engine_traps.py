"""The contract: one test for every trap in which LibreOffice differs from Excel (design notes, xlwings).

Only xlwings' public API is used to act; `.api` only to build what xlwings has no word for.
"""

# ruff: noqa: DTZ001 - a cell's date has no time zone

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from addin import libreoffice
from addin.libreoffice.office import Office
from addin.libreoffice.problems import OfficeGone, OfficeProblem, OfficeRefused, ProtectedSheet
from addin.libreoffice.uno_bridge import properties

pytestmark = [
    pytest.mark.office,
    pytest.mark.filterwarnings("ignore::EncodingWarning:openpyxl.worksheet._writer"),
]

MINE = "【年报核查】\n1 “自然人”列“（七）总计”填0件。"


# writing a block deletes the notes of the cells it writes ------------------------------------------


def test_writing_a_block_keeps_every_note_in_it(sheet: xw.Sheet) -> None:
    for address in ("A1", "B2", "C2", "C4"):
        sheet[address].add_note(f"同事的批注 {address}\n第二行")
    sheet["A1"].value = [[1, "二", 3.5], [4, None, "=A1+A2"], [7, 8, 9], [True, dt.date(2019, 1, 2), "尾"]]
    assert [(n.location.get_address(False, False), n.text) for n in sheet.notes] == [
        (a, f"同事的批注 {a}\n第二行") for a in ("A1", "B2", "C2", "C4")
    ]
    assert sheet["A1:C4"].value == [
        [1, "二", 3.5],
        [4, None, 5],
        [7, 8, 9],
        [True, dt.datetime(2019, 1, 2), "尾"],
    ]


@pytest.mark.parametrize(
    "act",
    [
        lambda cells: setattr(cells, "value", 5),
        lambda cells: setattr(cells, "value", [[1, 2], [3, 4]]),
        lambda cells: setattr(cells, "formula", "=1+1"),
        lambda cells: setattr(cells, "formula", [["=1", "=2"], ["=3", "=4"]]),
        lambda cells: setattr(cells, "value", None),
        lambda cells: cells.clear_contents(),
    ],
    ids=["scalar", "block", "one formula", "formulas", "nothing", "clear"],
)
def test_no_way_of_writing_loses_a_note(sheet: xw.Sheet, act: object) -> None:
    for cell in sheet["B2:C3"]:
        cell.add_note("留")
    act(sheet["B2:C3"])  # type: ignore[operator]
    assert [n.text for n in sheet.notes] == ["留"] * 4


def test_a_note_stays_the_same_note_when_its_cell_is_written(sheet: xw.Sheet) -> None:
    """Deleting it and putting its text back would lose what the user has done to its box."""
    sheet["A1"].add_note("请核对").api.setIsVisible(True)
    sheet["A1"].value = [[1, 2], [3, 4]]
    assert sheet["A1"].note.api.getIsVisible()


# dates, booleans and errors come back as floats or gaps --------------------------------------------


def test_dates_booleans_and_errors_have_their_types(calc: xw.App, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    cells = made.active
    cells["A1"], cells["A2"], cells["A3"] = dt.datetime(2020, 1, 2, 3, 4, 5), dt.date(2019, 12, 31), True
    cells["A4"], cells["A5"], cells["A6"], cells["A7"] = "=1=2", "=1/0", "#REF!", "=NA()"
    cells["A8"], cells["A9"] = 43832, "=A1"
    cells["A8"].number_format = 'yyyy"年"m"月"d"日"'
    cells["A10"], cells["A11"], cells["A12"] = 1, "007", dt.time(12)
    cells["A10"].number_format, cells["A11"].number_format = '0"件"', "@"
    cells["A13"], cells["A14"] = 1, "=A3"
    cells["A13"].number_format = 'G/通用格式"件"'
    made.save(tmp_path / "型.xlsx")
    column = calc.books.open(tmp_path / "型.xlsx").sheets[0]["A1:A15"]
    moment = dt.datetime(2020, 1, 2, 3, 4, 5)
    assert column.value == [
        moment, dt.datetime(2019, 12, 31), True, False, None, None, None, dt.datetime(2020, 1, 2), moment,
        1, "007", 0.5, 1, True, None,
    ]  # fmt: skip
    assert column.options(err_to_str=True).value[4:7] == ["#DIV/0!", "#REF!", "#N/A"]
    assert [type(value) for value in column.value[2:4]] == [bool, bool]
    assert column.options(dates=dt.date, numbers=int, empty="空").value[:2] == [
        dt.date(2020, 1, 2),
        dt.date(2019, 12, 31),
    ]


def test_what_was_written_is_read_back_with_its_type(sheet: xw.Sheet) -> None:
    written = [True, False, dt.datetime(2024, 2, 29, 8, 30), dt.datetime(2024, 3, 1), 0.1, "文\n字", None, -3]
    sheet["A1"].options(transpose=True).value = written
    assert sheet["A1:A8"].value == written
    assert sheet["A3"].number_format == "yyyy-mm-dd hh:mm:ss"


def test_a_boolean_format_that_stuck_does_not_make_numbers_boolean(sheet: xw.Sheet) -> None:
    sheet["A1:A3"].value = [[True], ["=1=1"], [False]]
    assert sheet["A1:A3"].value == [True, True, False]
    sheet["A1:A3"].value = [[1], [0], ["=SUM(1,0)"]]
    assert [type(value) for value in sheet["A1:A3"].value] == [float, float, float]


def test_a_1904_book_counts_from_1904(calc: xw.App, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    made.active["A1"] = dt.datetime(2020, 1, 2)
    made.save(tmp_path / "mac.xlsx")
    sheet = calc.books.open(tmp_path / "mac.xlsx").sheets[0]
    sheet["A2"].value = dt.datetime(2021, 1, 2)
    assert sheet["A1:A2"].value == [dt.datetime(2020, 1, 2), dt.datetime(2021, 1, 2)]


# Chinese text needs the Asian twin of every font property ------------------------------------------


def test_a_font_property_is_set_for_chinese_text_too(sheet: xw.Sheet) -> None:
    sheet["A1"].value = "政府信息公开"
    font = sheet["A1"].font
    font.bold, font.italic, font.size, font.name, font.color = True, True, 14, "宋体", "#9C0006"
    assert (font.bold, font.italic, font.size, font.name, font.color) == (True, True, 14, "宋体", (156, 0, 6))
    twins = ("CharWeight", "CharPosture", "CharHeight", "CharFontName")
    assert all(getattr(sheet["A1"].api, name) == getattr(sheet["A1"].api, f"{name}Asian") for name in twins)
    font.bold = font.italic = False
    assert (font.bold, font.italic, sheet["A1"].api.CharWeightAsian) == (False, False, 100)


# a protected sheet: LibreOffice drops or makes the change in silence, Excel raises ----------------


@pytest.fixture
def protected(sheet: xw.Sheet) -> xw.Sheet:
    """A protected sheet whose B column is open for input, with a note on A1."""
    sheet["A1:B3"].value = [["一", 1], ["二", 2], ["三", 3]]
    sheet["A1"].add_note("原有")
    unlocked = sheet["B1:B3"].api.CellProtection
    unlocked.IsLocked = False
    sheet["B1:B3"].api.uno.CellProtection = unlocked
    sheet.api.Protect("密码")
    return sheet


CHANGES = {
    "add a note": lambda s: s["A2"].add_note(MINE),
    "add a note on an open cell": lambda s: s["B2"].add_note(MINE),
    "change a note": lambda s: setattr(s["A1"].note, "text", "改"),
    "delete a note": lambda s: s["A1"].note.delete(),
    "write a locked cell": lambda s: setattr(s["A1"], "value", "改"),
    "write a block with one locked cell": lambda s: setattr(s["A1:B1"], "value", ["改", 9]),
    "write a formula": lambda s: setattr(s["A1"], "formula", "=1"),
    "clear": lambda s: s["A1:A3"].clear_contents(),
    "colour": lambda s: setattr(s["A1"], "color", (255, 0, 0)),
    "font": lambda s: setattr(s["A1"].font, "bold", True),
    "merge": lambda s: s["A1:A2"].merge(),
    "format": lambda s: setattr(s["B1"], "number_format", "0.00"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_protected_sheet_raises_and_nothing_changes(protected: xw.Sheet, change: object) -> None:
    with pytest.raises(ProtectedSheet, match="受保护"):
        change(protected)  # type: ignore[operator]
    assert protected["A1:B3"].value == [["一", 1], ["二", 2], ["三", 3]]
    assert [note.text for note in protected.notes] == ["原有"]
    assert (protected["A1"].color, protected["A1"].font.bold) == (None, False)


def test_an_open_cell_of_a_protected_sheet_can_be_written(protected: xw.Sheet) -> None:
    protected["B1:B3"].value = [[7], [8], [9]]
    assert protected["B1:B3"].value == [7, 8, 9]


def test_protection_can_be_asked_for_with_excels_own_words(protected: xw.Sheet) -> None:
    assert protected.api.ProtectContents and protected.api.ProtectDrawingObjects
    assert (protected["A1"].api.Locked, protected["B1"].api.Locked) == (True, False)
    assert protected["A1:B1"].api.Locked is None
    assert (protected["A1"].api.AllowEdit, protected["B1:B3"].api.AllowEdit) == (False, True)
    with pytest.raises(ProtectedSheet, match="密码"):
        protected.api.Unprotect("错")
    protected.api.Unprotect("密码")
    assert not protected.api.ProtectContents
    assert protected["A1"].api.AllowEdit


def test_a_protected_workbook_structure_raises(book: xw.Book) -> None:
    book.api.protect("")
    assert book.api.ProtectStructure
    name = book.sheets[0].name
    for change in (
        lambda: book.sheets.add("新"),
        lambda: setattr(book.sheets[0], "name", "改"),
        book.sheets[0].delete,
    ):
        with pytest.raises(ProtectedSheet, match="结构"):
            change()
    assert [sheet.name for sheet in book.sheets] == [name]


# UNO exceptions mask the real one inside `with` ----------------------------------------------------


def test_inside_with_the_real_problem_arrives_and_the_settings_come_back(book: xw.Book) -> None:
    with (
        pytest.raises(OfficeRefused, match="没有“不存在”这个区域"),
        book.app.properties(screen_updating=False),
    ):
        book.sheets[0]["不存在"].value = 1
    with pytest.raises(OfficeProblem) as caught, book.app.properties(screen_updating=False):
        book.sheets.add("名/称")  # UNO's own RuntimeException
    assert book.app.screen_updating
    chain = [caught.value.__context__, caught.value.__cause__]
    assert chain == [None, None]
    assert "〔" in str(caught.value) and "cxx" not in str(caught.value)


def test_a_closed_book_says_that_it_is_gone(book: xw.Book) -> None:
    sheet = book.sheets[0]
    book.close()
    with pytest.raises(OfficeGone, match="已经关闭"):
        sheet["A1"].value = 1
    with pytest.raises(OfficeGone):
        _ = book.name


# hidden documents never become the active one ------------------------------------------------------


def _open_hidden(office: Office) -> str:
    document = office.connection.desktop.loadComponentFromURL(
        "private:factory/scalc", "_blank", 0, properties(Hidden=True)
    )
    return str(document.getTitle())


def test_a_hidden_document_is_never_the_active_book(book: xw.Book, office: Office) -> None:
    hidden = _open_hidden(office)
    assert hidden in [b.name for b in xw.books]
    assert xw.books.active == book
    book.sheets[0]["B2"].select()
    assert book.app.selection.address == "$B$2"


def test_a_hidden_document_becomes_active_by_activating_it_which_shows_it(
    book: xw.Book, office: Office
) -> None:
    hidden = xw.books[_open_hidden(office)]
    hidden.activate()
    assert xw.books.active == hidden
    book.activate()
    assert xw.books.active == book


def test_a_hidden_document_alone_is_the_only_choice(calc: xw.App, office: Office) -> None:
    hidden = _open_hidden(office)
    assert xw.books.active.name == hidden


def test_a_letter_in_front_does_not_hide_the_book_from_us(book: xw.Book, office: Office) -> None:
    other = xw.books.add()
    book.activate()
    letter = office.connection.desktop.loadComponentFromURL("private:factory/swriter", "_blank", 0, ())
    try:
        assert xw.books.active == book
        assert len(xw.books) == 2 and other in list(xw.books)
    finally:
        letter.close(True)


def test_the_book_opened_last_is_the_active_one(calc: xw.App) -> None:
    first, second = xw.Book(), xw.Book()
    assert xw.books.active == second
    first.activate()
    assert xw.books.active == first


def test_without_a_book_there_is_no_active_one_but_a_clear_problem(calc: xw.App) -> None:
    with pytest.raises(OfficeRefused, match="没有打开的工作簿"):
        _ = xw.books.active
    assert calc.selection is None


# insertNew replaces a note where Excel raises ------------------------------------------------------


def test_a_second_note_on_a_cell_raises_and_the_first_stays(sheet: xw.Sheet) -> None:
    sheet["A1"].add_note("同事的")
    with pytest.raises(ValueError, match="already has a note"):
        sheet["A1"].add_note(MINE)
    with pytest.raises(OfficeRefused, match="已有批注"):
        sheet["A1"].impl.add_note(MINE)
    assert sheet["A1"].note.text == "同事的"


def test_a_note_that_somebody_else_makes_meanwhile_is_seen(sheet: xw.Sheet) -> None:
    assert sheet["A1"].note is None
    place = sheet["A1"].api.getCellByPosition(0, 0).CellAddress
    sheet.api.Annotations.insertNew(place, "用户刚写的")
    assert sheet["A1"].note.text == "用户刚写的"
    sheet["A1"].note.delete()
    assert sheet["A1"].note is None


# Range.note is the classic note, Range.comment the threaded one -----------------------------------


def test_threaded_comments_are_not_offered(sheet: xw.Sheet) -> None:
    sheet["A1"].add_note("批注")
    with pytest.raises(NotImplementedError):
        _ = sheet["A1"].comment


# cell by cell is 100 times slower than ranges ------------------------------------------------------


def test_blocks_go_in_one_call_and_notes_in_one_pass(sheet: xw.Sheet) -> None:
    """Loose limits (a busy computer must pass): cell by cell these would take a minute."""
    data = [[r * 37 + c if c % 3 else f"文本{r}" for c in range(37)] for r in range(1000)]
    start = time.perf_counter()
    sheet["A1"].value = data
    assert sheet.range((1, 1), (1000, 37)).value == data
    assert len(sheet.range((1, 1), (1000, 37)).formula) == 1000
    for row in range(1, 21):
        sheet.range((row, 5)).add_note(MINE)
    assert [note.text for note in sheet.notes] == [MINE] * 20
    assert time.perf_counter() - start < 15


# a soffice that is gone ----------------------------------------------------------------------------


def test_without_a_connection_there_is_a_clear_problem(calc: xw.App) -> None:
    libreoffice.use(None)
    assert len(xw.apps) == 0
    with pytest.raises(OfficeProblem, match="还没有连接"):
        xw.Book()
