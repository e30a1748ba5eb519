"""What we built, compiled and run by LibreOffice: the only VBA there is on this side of Excel."""

from __future__ import annotations

import contextlib
import io
import re
import string
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from addin.build import build_macro_template
from addin.build.ovba import Module
from addin.build.package import addin
from addin.build.project import modules, vba_project
from addin.tasks import TASKS
from tests.addin_build.basic_office import BasicOffice, Opened

pytestmark = pytest.mark.office

HOSTILE = (
    "a=b 年报.xlsx",
    'x" & calc & ".xlsx',
    "%PATH%.xlsx",
    "年报'$(x).xlsx",
    "〇㎡ ^&|<>!`;.xlsx",
    "龥😀 --hwnd=0 --wb=x.xlsx",
    "尾\\",
    "",
)
SIGNS = "〇㎡℡²•✓勾稽——（）“”龥Ωé"

# A control as Office hands it over, and functions that call ours from inside the project.
CONTROL = "Option Explicit\nPublic Tag As String\n"
CALLER = f"""Attribute VB_Name = "modCaller"
Option Explicit

Public Function Press(ByVal task As String) As String
    Dim control As FakeControl
    Set control = New FakeControl
    control.Tag = task
    OnTask control
    Press = "pressed"
End Function

Public Function Line(ByVal program As String, ByVal task As String, ByVal book As String) As String
    Line = CommandLine(program, task, book, "4711")
End Function

Public Function IsPath(ByVal path As String) As Boolean
    IsPath = IsProgramPath(path)
End Function

Public Function Book() As String
    Book = ActiveBook()
End Function

Public Function Signs() As String
    Signs = "{SIGNS}"
End Function
"""
# Stands in for modSystem, the one module that touches Windows: notes down what would be started or said.
STAND_IN = """Attribute VB_Name = "modSystem"
Option Explicit
Public Installed As String
Public Allowed As Boolean
Public BookName As String
Public Noted As String

Public Function InstalledProgram() As String
    InstalledProgram = Installed
End Function
Public Function IsProgramPath(ByVal path As String) As Boolean
    IsProgramPath = True
End Function
Public Function Started(ByVal program As String, ByVal command As String) As Boolean
    Noted = command
    Started = Allowed
End Function
Public Function ActiveBook() As String
    ActiveBook = BookName
End Function
Public Function ExcelWindow() As String
    ExcelWindow = "4711"
End Function
Public Sub Tell(ByVal message As String)
    Noted = message
End Sub

Public Function Pressed(ByVal task As String, ByVal program As String, ByVal may As Boolean, _
                        ByVal book As String) As String
    Dim control As FakeControl
    Set control = New FakeControl
    Installed = program
    Allowed = may
    BookName = book
    Noted = ""
    control.Tag = task
    OnTask control
    Pressed = Noted
End Function
"""
PROGRAM = "C:\\Users\\王 五\\AppData\\Local\\Gouji\\gouji-addin\\gouji-addin.exe"


@contextlib.contextmanager
def opened(office: BasicOffice, path: Path, sources: dict[str, str]) -> Iterator[Opened]:
    path.write_bytes(addin(sources, {}, "t", "d"))
    with office.opened(path) as document:
        yield document


@pytest.fixture(scope="module", name="real")
def _real(
    office: BasicOffice, sources: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    more = sources | {"FakeControl.cls": CONTROL, "modCaller.bas": CALLER}
    with opened(office, tmp_path_factory.mktemp("real") / "real.xlam", more) as document:
        yield document


@pytest.fixture(scope="module", name="stood_in")
def _stood_in(
    office: BasicOffice, sources: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    more = sources | {"FakeControl.cls": CONTROL, "modSystem.bas": STAND_IN}
    with opened(office, tmp_path_factory.mktemp("stood_in") / "stood.xlam", more) as document:
        yield document


def arguments(line: str) -> list[str]:
    """A command line as a Windows program receives it, after CommandLineToArgvW."""
    program, _, rest = line[1:].partition('"') if line.startswith('"') else line.partition(" ")
    found: list[str] = []
    current, quoted, begun, place = "", False, False, 0
    while place < len(rest):
        slashes = len(rest[place:]) - len(rest[place:].lstrip("\\"))
        place += slashes
        sign = rest[place : place + 1]
        if sign == '"':
            current += "\\" * (slashes // 2)
            begun = True
            if slashes % 2:
                current += '"'
            else:
                quoted = not quoted
        else:
            current += "\\" * slashes
            if sign in {" ", "\t", ""} and not quoted:
                if begun or current:
                    found.append(current)
                current, begun = "", False
            else:
                current += sign
        place += 1
    return [program, *found, *([current] if begun or current else [])]


# the add-in itself


def test_the_addin_opens_with_every_module(office: BasicOffice, xlam: Path, sources: dict[str, str]) -> None:
    with office.opened(xlam) as document:
        assert document.library == "Gouji"
        assert document.modules == {file.rpartition(".")[0] for file in sources} | {"Sheet1"}
        assert document.call("modText.HexOf", "年a") == "5E740061"


def test_canary_every_module_compiles(real: Opened) -> None:
    """One module that does not compile silences all of them, as the next test shows."""
    assert real.call("modCaller.Signs") == SIGNS
    assert real.call("modCaller.Book") == "real.xlam"
    # To the end of the real launcher: there is no program here, and telling so needs no one to press OK.
    assert real.call("modCaller.Press", "check") == "pressed"


def test_the_canary_would_die(office: BasicOffice, sources: dict[str, str], tmp_path: Path) -> None:
    broken = {"modBroken.bas": "Option Explicit\nPublic Sub S()\n    If Then\nEnd Sub\n"}
    caller = {"FakeControl.cls": CONTROL, "modCaller.bas": CALLER}
    with opened(office, tmp_path / "broken.xlam", sources | caller | broken) as document:
        assert document.call("modCaller.Signs") != SIGNS


@pytest.mark.parametrize("page", [936, 1252, 932, 1251])
def test_chinese_survives_every_code_page(
    office: BasicOffice, sources: dict[str, str], page: int, tmp_path: Path
) -> None:
    made = modules(sources | {"FakeControl.cls": CONTROL, "modCaller.bas": CALLER}, ["Sheet1"])
    path = tmp_path / "page.xlam"
    path.write_bytes(with_project(addin(sources, {}, "t", "d"), made, page))
    with office.opened(path) as document:
        assert document.call("modCaller.Signs") == SIGNS


def test_template_with_macros(office: BasicOffice, plain_template: bytes, tmp_path: Path) -> None:
    path = tmp_path / "年报.xlsm"
    path.write_bytes(build_macro_template(plain_template))
    with office.opened(path) as document:
        assert document.sheet_code_names == ["Sheet1", "Sheet2", "Sheet3"]
        assert {"Sheet1", "Sheet2", "Sheet3", "ThisWorkbook", "modRibbon"} <= document.modules
        assert document.call("modText.U", "68218A8C") == bytes.fromhex("68218A8C").decode("utf-16-be")


# from the ribbon to the command line


@pytest.mark.parametrize("task", [task.id for task in TASKS])
def test_every_button_reaches_the_launcher(stood_in: Opened, task: str) -> None:
    line = stood_in.call("modSystem.Pressed", task, PROGRAM, True, "年报.xlsx")
    assert arguments(line)[:2] == [PROGRAM, task]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_arrive_whole_and_touch_nothing(stood_in: Opened, name: str) -> None:
    line = stood_in.call("modSystem.Pressed", "check", PROGRAM, True, name)
    program, task, book, from_xl, window = arguments(line)
    assert (program, task, from_xl, window) == (PROGRAM, "check", "--from_xl=1", "--hwnd=4711")
    key, digits = book.split("=")
    assert key == "--wb-hex"
    assert bytes.fromhex(digits).decode("utf-16-be") == name
    # Nothing there that WScript.Shell.Run, cmd.exe or a parser could take for a sign of its own.
    assert set(line.removeprefix(f'"{PROGRAM}"')) <= set(string.ascii_letters + string.digits + " -_=")


def test_no_program_is_said_in_chinese(stood_in: Opened) -> None:
    said = stood_in.call("modSystem.Pressed", "check", "", True, "年报.xlsx")
    assert said.startswith("没有找到“勾稽”程序。")


def test_a_policy_that_bars_it_is_said_in_chinese(stood_in: Opened) -> None:
    said = stood_in.call("modSystem.Pressed", "check", PROGRAM, False, "年报.xlsx")
    assert said.startswith("Excel没有获准启动“勾稽”程序") and "“开始”菜单" in said


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        (PROGRAM, True),
        ("d:\\Gouji\\Gouji-Addin.EXE", True),
        ("gouji-addin.exe", False),  # would be looked for in the current folder: the workbook's
        ("..\\gouji-addin.exe", False),
        ("\\\\server\\share\\gouji-addin.exe", False),
        ('C:\\a" & calc & ".exe', False),
        ("C:\\%TEMP%\\a.exe", False),
        ("C:\\a.exe /c calc", False),
        ("C:\\a.bat", False),
        ("", False),
    ],
)
def test_which_programs_the_registry_may_name(real: Opened, path: str, taken: bool) -> None:
    assert real.call("modCaller.IsPath", path) is taken


# the tests' own tools


def test_the_stand_in_has_the_real_modules_procedures(sources: dict[str, str]) -> None:
    heads = re.compile(r"^Public (?:Sub|Function) \w+\(.*\).*$", re.MULTILINE)
    assert set(heads.findall(sources["modSystem.bas"])) <= set(heads.findall(STAND_IN))


def test_arguments_are_parsed_as_windows_does() -> None:
    assert arguments(r'"C:\a b\x.exe" a "b c" "d\"e" f\\ "g\\" ""') == [
        "C:\\a b\\x.exe", "a", "b c", 'd"e', "f\\\\", "g\\", "",
    ]  # fmt: skip


def with_project(package: bytes, made: list[Module], page: int) -> bytes:
    """An add-in with another project in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            binary = vba_project(made, page) if name == "xl/vbaProject.bin" else before.read(name)
            after.writestr(name, binary)
    return out.getvalue()
