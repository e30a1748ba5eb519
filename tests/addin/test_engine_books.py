"""The application and its books, through xlwings' public API."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from addin import libreoffice
from addin.libreoffice.office import Office
from addin.libreoffice.problems import OfficeRefused
from workbook.problems import UnusableInput, UnwritableOutput

pytestmark = [
    pytest.mark.office,
    pytest.mark.filterwarnings("ignore::EncodingWarning:openpyxl.worksheet._writer"),
]


def _made(path: Path) -> Path:
    made = openpyxl.Workbook()
    made.active["A1"] = "年报"
    made.save(path)
    return path


@pytest.mark.parametrize("name", ["a=b 年报.xlsx", "100% #1 & 'é' (汇总)+;.xlsx", "年 报 　表.xlsx"])
def test_a_book_with_a_difficult_path_is_opened_saved_and_found(
    calc: xw.App, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "a=b 年报 %20 文件夹"
    folder.mkdir()
    path = _made(folder / name)
    book = xw.Book(path)
    assert (book.name, book.fullname) == (name, str(path))
    assert xw.Book(path) == xw.books[name] == book and len(xw.books) == 1
    book.sheets[0]["A1"].value = "改"
    assert not book.api.Saved
    book.save()
    assert book.api.Saved
    copy = folder / f"副本 {name}"
    book.save(copy)
    assert book.fullname == str(copy)
    book.close()
    assert len(xw.books) == 0
    assert [openpyxl.load_workbook(p).active["A1"].value for p in (path, copy)] == ["改", "改"]


def test_a_new_book_is_saved_by_giving_it_a_path(book: xw.Book, tmp_path: Path) -> None:
    assert book.fullname == book.name
    book.sheets[0]["A1"].value = [[1, True], ["文", None]]
    book.save(tmp_path / "新.xlsx")
    assert book.name == "新.xlsx"
    assert list(openpyxl.load_workbook(tmp_path / "新.xlsx").active.values) == [(1, True), ("文", None)]


def test_what_cannot_be_opened_or_saved_is_said(book: xw.Book, tmp_path: Path) -> None:
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04junk")
    letter = tmp_path / "信.html"
    letter.write_text("<p>不是表格</p>", encoding="utf-8")
    for path in (broken, letter):
        with pytest.raises(UnusableInput, match=f"“{path.name}”打不开"):
            xw.Book(path)
    with pytest.raises(FileNotFoundError):
        xw.Book(tmp_path / "没有.xlsx")
    with pytest.raises(UnwritableOutput, match="保存不了"):
        book.save(tmp_path / "没有的文件夹" / "x.xlsx")
    with pytest.raises(UnwritableOutput, match="类型"):
        book.save(tmp_path / "x.doc")
    assert [b.name for b in xw.books] == [book.name]


def test_a_book_open_elsewhere_is_read_only_or_refused(calc: xw.App, tmp_path: Path) -> None:
    path, lock = _made(tmp_path / "占用.xlsx"), tmp_path / ".~lock.占用.xlsx#"
    book = xw.Book(path)
    ours = lock.read_text(encoding="utf-8")
    book.close()
    lock.write_text(",同事,pc,23.11.2026 15:00,file:///x;", encoding="utf-8")
    book = xw.Book(path)
    assert book.api.ReadOnly  # as Excel does when a colleague has it
    book.close()
    lock.write_text(ours.replace("office-profile", "another-profile"), encoding="utf-8")
    with pytest.raises(UnusableInput, match="正在别处打开"):  # our own user's other LibreOffice
        xw.Book(path)
    lock.unlink()


def test_a_books_macros_never_run(calc: xw.App, tmp_path: Path) -> None:
    book = calc.books.open(_made(tmp_path / "年报.xlsx"))
    arguments = {argument.Name: argument.Value for argument in book.api.getArgs()}
    assert arguments["MacroExecutionMode"] == 0


def test_a_book_opened_read_only_says_so(calc: xw.App, tmp_path: Path) -> None:
    book = xw.Book(_made(tmp_path / "年报.xlsx"), read_only=True)
    assert book.api.ReadOnly
    with pytest.raises(UnwritableOutput):
        book.save()


def test_books_are_listed_in_the_order_they_were_opened(calc: xw.App, tmp_path: Path) -> None:
    names = [calc.books.open(_made(tmp_path / f"{n}.xlsx")).name for n in ("丙", "甲", "乙")]
    assert [book.name for book in xw.books] == names == ["丙.xlsx", "甲.xlsx", "乙.xlsx"]
    assert xw.books[1].name == "甲.xlsx" and "没有.xlsx" not in [b.name for b in xw.books]
    with pytest.raises(KeyError):
        _ = xw.books["没有.xlsx"]


def test_the_application(calc: xw.App, office: Office) -> None:
    assert calc.engine.name == "libreoffice" and calc.engine.type == "desktop"
    assert calc.pid == office.pid and xw.apps.keys() == [office.pid] and xw.apps[office.pid] == calc
    assert calc.version.major >= 7 and not calc.visible


def test_screen_updating_is_switched_off_and_on_exactly_once(calc: xw.App) -> None:
    first, second = calc.books.add(), calc.books.add()
    for value in (False, False, True, True):
        calc.screen_updating = value
        assert calc.screen_updating is value
        assert first.api.hasControllersLocked() is second.api.hasControllersLocked() is (not value)
    calc.screen_updating = False
    first.close()
    calc.screen_updating = True
    assert not second.api.hasControllersLocked()


def test_calculation_is_switched_off_and_on(book: xw.Book) -> None:
    sheet = book.sheets[0]
    sheet["A1:B1"].value = [1, "=A1*2"]
    assert book.app.calculation == "automatic"
    with book.app.properties(calculation="manual"):
        assert book.app.calculation == "manual"
        sheet["A1"].value = 5
        assert sheet["B1"].value == 2
    assert (book.app.calculation, sheet["B1"].value) == ("automatic", 10)
    with pytest.raises(ValueError, match="calculation mode"):
        book.app.calculation = "sometimes"


def test_the_status_bar_is_taken_and_given_back(book: xw.Book) -> None:
    assert book.app.status_bar is False
    for text in ("校验中……", "校验中：表三"):
        book.app.status_bar = text
        assert book.app.status_bar == text
    other = xw.books.add()  # the window in front has changed
    book.app.status_bar = "完成"
    other.close()
    book.app.status_bar = False
    assert book.app.status_bar is False


def test_without_a_screen_a_message_box_is_recorded_and_never_waits(book: xw.Book) -> None:
    dialogs = libreoffice.engine.dialogs
    assert book.app.alert("校验完成：5处。", title="校验") == "ok"
    dialogs.answers.extend(["no", "cancel"])
    assert book.app.alert("空格填零？", buttons="yes_no") == "no"
    assert book.app.alert("继续？", buttons="ok_cancel", mode="critical") == "cancel"
    assert book.app.alert("继续？", buttons="yes_no_cancel") == "yes"
    assert [(a.prompt, a.title, a.answer) for a in dialogs.alerts] == [
        ("校验完成：5处。", "校验", "ok"),
        ("空格填零？", "", "no"),
        ("继续？", "", "cancel"),
        ("继续？", "", "yes"),
    ]


def test_other_switches_keep_what_they_are_told(calc: xw.App) -> None:
    with calc.properties(display_alerts=False, enable_events=False, interactive=False):
        assert (calc.display_alerts, calc.enable_events, calc.interactive) == (False, False, False)
    assert (calc.display_alerts, calc.enable_events, calc.interactive) == (True, True, True)


def test_the_selection_is_read_and_set(book: xw.Book) -> None:
    sheet, other = book.sheets[0], book.sheets.add("表四")
    sheet["B2:C3"].select()
    assert book.sheets.active == sheet and book.selection == sheet["B2:C3"]
    other["D4"].select()
    assert book.app.selection == other["D4"]
    other.visible = False
    with pytest.raises(OfficeRefused, match="隐藏"):
        other["A1"].select()


def test_one_program_runs_unchanged_on_the_mock_caller(book: xw.Book) -> None:
    """What an add-in function does, from `Book.caller()` to its last message."""
    book.set_mock_caller()
    try:
        caller = xw.Book.caller()
        with caller.app.properties(screen_updating=False, status_bar="校验中……"):
            sheet = caller.sheets[0]
            sheet["A1"].value = [["总计", 0], ["予以公开", 5]]
            if sheet["B1"].value != sheet["B2"].value:
                sheet["B1"].add_note("【年报核查】\n少计5件。")
                sheet["B1"].color = (255, 199, 206)
        assert caller.app.alert("1处") == "ok"
        assert sheet["B1"].note.text.startswith("【年报核查】")
        assert caller.app.status_bar is False
    finally:
        del xw.Book._mock_caller
