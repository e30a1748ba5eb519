"""Excel that is busy, gone or unwilling: what comes over COM, raised where xlwings' public API raises it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest
import xlwings as xw

from addin import lean, running, trouble
from addin.livebook import LiveBook, opened
from workbook.files.amend import Amendment, Note
from workbook.problems import Problem


class com_error(Exception):
    """(hresult, text, (wcode, source, text, help file, help id, scode) or None, argument)"""


def wrapped(scode: int) -> com_error:
    """What Excel raises itself: "an exception occurred", and inside it which."""
    inside = (0, "Microsoft Excel", None, None, 0, scode - 2**32)
    return com_error(0x80020009 - 2**32, "发生意外。", inside, None)


def plain(hresult: int) -> com_error:
    """What COM raises before Excel is reached."""
    return com_error(hresult - 2**32, "被呼叫方拒绝接收呼叫。", None, None)


class ExcelBusyError(Exception):
    """As xlwings has it for a call that was never answered."""

    def __init__(self) -> None:
        super().__init__("Excel application is not responding")


CASES = {
    "单元格正在编辑": (wrapped(0x800AC472), trouble.BUSY),
    "呼叫被拒": (plain(0x80010001), trouble.BUSY),
    "稍后再试": (plain(0x8001010A), trouble.BUSY),
    "xlwings等不到": (ExcelBusyError(), trouble.BUSY),
    "只写在文字里": (RuntimeError("COM error 0x800AC472"), trouble.BUSY),
    "Excel关闭了": (plain(0x80010108), trouble.GONE),
    "Excel没有了": (plain(0x800706BA), trouble.GONE),
    "什么都是这一个": (wrapped(0x800A03EC), trouble.REFUSED),
    "管理员的Excel": (plain(0x80070005), trouble.NO_ACCESS),
}


class Fails:
    """A book, a sheet or a program that raises whatever it is asked for."""

    def __init__(self, error: Exception) -> None:
        object.__setattr__(self, "_error", error)

    def __getattr__(self, name: str) -> NoReturn:
        raise self._error

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise self._error


@pytest.mark.parametrize(("error", "words"), CASES.values(), ids=CASES)
def test_every_code_has_its_words(error: Exception, words: str) -> None:
    book = LiveBook(Fails(error))  # type: ignore[arg-type]
    steps: list[Callable[[], object]] = [book.grid, book.selected, book.own_notes]
    steps.append(lambda: book.write(Amendment(notes=(Note("表", "A1", "话"),))))
    for step in steps:
        with pytest.raises(Problem) as raised:
            step()
        assert str(raised.value) == words


def test_what_nobody_knows_is_told_in_the_programs_own_words_and_cut_short() -> None:
    with pytest.raises(Problem, match=r"^表格程序没有完成操作：.{1,120}$"):
        LiveBook(Fails(com_error(-5, "x" * 500, None, None))).grid()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (wrapped(0x800A03EC), "设有保护密码"),  # Excel's answer to a wrong password
        (wrapped(0x800AC472), "按回车结束编辑"),  # no password: the clerk is typing
    ],
)
def test_a_sheet_that_cannot_be_opened(error: Exception, words: str) -> None:
    class Api:
        ProtectContents = True
        Protection = None

        def Unprotect(self) -> None:
            raise error

    class Sheet:
        name = "三、依申请公开"
        api = Api()

    with pytest.raises(Problem, match=words), opened(Sheet()):  # type: ignore[arg-type]
        pytest.fail("it was opened")


class Program(Fails):
    """A program that shows boxes but does nothing else."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        object.__setattr__(self, "said", [])

    def alert(self, text: str, *_: object) -> str:
        self.said.append(text)
        return "ok"


@pytest.mark.parametrize("task", sorted(running.BUTTONS))
def test_every_button_says_once_that_excel_is_busy(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)  # some make a file before they need Excel
    error = wrapped(0x800AC472)
    app: Any = Program(error)
    book: Any = Fails(error)
    assert running.run(task, app, book) == running.TOLD
    assert app.said == [trouble.BUSY]


def test_an_unforeseen_fault_says_once_where_the_log_is() -> None:
    app: Any = Program(ZeroDivisionError("日志里看"))
    assert running.run("check", app, app) == running.TOLD
    [text] = app.said
    assert str(running.log_folder()) in text and "日志里看" not in text


def test_a_program_that_cannot_even_show_a_box_breaks_nothing() -> None:
    running.tell(Fails(plain(0x80010001)), "话")  # type: ignore[arg-type]
    running.tell(None, "话")


def test_xlwings_neither_waits_for_ever_nor_ends_other_excels() -> None:
    """In a process of its own: what xlwings has registered for its end must not run there."""
    code = """
import atexit
from types import ModuleType
com = ModuleType("xlwings._xlwindows")
com.N_COM_ATTEMPTS = 0
com.cleanup = lambda: print("taskkill")
atexit.register(com.cleanup)
if {tamed}:
    import sys
    sys.modules["xlwings._xlwindows"] = com
    import addin
    assert 0 < com.N_COM_ATTEMPTS < 10_000
"""
    said = {}
    for tamed in (True, False):
        done = subprocess.run(
            [sys.executable, "-c", code.replace("{tamed}", str(tamed))],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said[tamed] = done.stdout.strip()
    assert said == {True: "", False: "taskkill"}


@pytest.mark.skipif(sys.platform != "win32", reason="xlwings' COM part is there on Windows only")
def test_on_windows_it_is_tamed() -> None:
    com: ModuleType = sys.modules["xlwings._xlwindows"]
    assert com.N_COM_ATTEMPTS > 0 and callable(com.cleanup) and xw.__pro__ is False
    assert lean.tame is not None
