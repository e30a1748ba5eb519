"""Install, status and uninstall on a PC made of a dictionary and a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from addin.build.products import ADDIN_FILE
from addin.commands import build
from addin.extension import build_extension
from addin.extension.build import SHOWN
from addin.setup.machine import Machine
from addin.setup.steps import OFFICE_KEY, OUR_KEY, OUR_VALUE, install, opened, status, uninstall
from addin.tasks import TASKS
from workbook.problems import UnusableInput


class Paper:
    """A registry on paper."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str], str] = {}
        self.keys: set[str] = set()
        self.removed: list[str] = []

    def read(self, key: str, name: str) -> str | None:
        return self.texts.get((key, name))

    def write(self, key: str, name: str, value: str) -> None:
        self.texts[(key, name)] = value

    def delete(self, key: str, name: str) -> None:
        self.texts.pop((key, name), None)

    def remove_if_empty(self, key: str) -> None:
        if not any(known == key for known, _ in self.texts):
            self.removed.append(key)

    def subkeys(self, key: str) -> list[str]:
        below = {
            known.removeprefix(key + "\\").split("\\")[0]
            for known in self.keys
            if known.startswith(key + "\\")
        }
        return sorted(below)


@pytest.fixture
def paper() -> Paper:
    registry = Paper()
    registry.keys = {rf"{OFFICE_KEY}\16.0\Excel", rf"{OFFICE_KEY}\15.0\Excel", rf"{OFFICE_KEY}\14.0\Word",
                     rf"{OFFICE_KEY}\Common\Excel"}  # fmt: skip
    return registry


@pytest.fixture
def pc(tmp_path: Path, paper: Paper) -> Machine:
    download = tmp_path / "下载" / "gouji-addin"
    download.mkdir(parents=True)
    (download / "gouji-addin.exe").write_bytes(b"MZ")
    (download / "gouji-addin.exe:Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3", encoding="ascii")
    return Machine(
        system="win32",
        registry=paper,
        addins=tmp_path / "张三" / "Microsoft" / "AddIns",
        programs=tmp_path / "张三" / "Gouji" / "gouji-addin",
        start_menu=tmp_path / "none",
        program=download / "gouji-addin.exe",
        frozen=True,
    )


def options(version: str) -> str:
    return rf"{OFFICE_KEY}\{version}\Excel\Options"


def test_installed_loaded_and_gone_again(pc: Machine, paper: Paper) -> None:
    paper.texts[(options("16.0"), "OPEN")] = '/R "C:\\别人的.xlam"'
    before = dict(paper.texts)
    assert not status(pc).complete
    report = install(pc)
    said = "\n".join(report.lines)
    assert "受信任位置" in said and "来自网络" in said and "gouji attach" in said
    target = pc.addins / ADDIN_FILE
    assert target.read_bytes()[:2] == b"PK"
    assert opened(paper, "16.0") == ['/R "C:\\别人的.xlam"', f'"{target}"']
    assert opened(paper, "15.0") == [f'"{target}"'] and opened(paper, "14.0") == []
    assert paper.texts[(OUR_KEY, OUR_VALUE)] == str(pc.programs / "gouji-addin.exe")
    assert not (pc.programs / "gouji-addin.exe:Zone.Identifier").exists(), "the program's mark is off"
    assert status(pc).complete
    present = dict(paper.texts)
    install(pc)
    assert paper.texts == present, "a second time changes nothing"
    assert uninstall(pc).complete
    assert paper.texts == before and not target.exists() and not status(pc).complete
    assert paper.removed == [OUR_KEY]


def test_no_gap_is_left(pc: Machine, paper: Paper) -> None:
    install(pc)
    paper.texts[(options("16.0"), "OPEN1")] = '"后来的.xlam"'
    uninstall(pc)
    assert opened(paper, "16.0") == ['"后来的.xlam"'] and (options("16.0"), "OPEN1") not in paper.texts


def test_what_others_have_set_is_not_even_rewritten(pc: Machine, paper: Paper) -> None:
    paper.texts[(options("16.0"), "OPEN")] = "别人的.xlam"
    written: list[str] = []
    write = paper.write

    def noted(key: str, name: str, value: str) -> None:
        written.append(name)
        write(key, name, value)

    paper.write = noted  # type: ignore[method-assign]
    install(pc)
    assert sorted(written) == ["OPEN", "OPEN1", OUR_VALUE], "15.0 has had none, 16.0 has had one"


def test_unticked_in_excel_and_then_taken_away(pc: Machine, paper: Paper) -> None:
    install(pc)
    manager = rf"{OFFICE_KEY}\16.0\Excel\Add-in Manager"
    paper.texts[(manager, str(pc.addins / ADDIN_FILE))] = ""
    paper.texts[(manager, "C:\\别人的.xlam")] = ""
    uninstall(pc)
    assert [name for key, name in paper.texts if key == manager] == ["C:\\别人的.xlam"]


@pytest.mark.parametrize("step", [install, uninstall])
def test_an_open_excel_would_undo_it(pc: Machine, paper: Paper, step: Callable[[Machine], object]) -> None:
    before = dict(paper.texts)
    with pytest.raises(UnusableInput, match="Excel还开着"):
        step(replace(pc, excel_open=True))
    assert paper.texts == before and not pc.addins.exists()


def test_a_newer_program_leaves_nothing_of_the_older(pc: Machine) -> None:
    install(pc)
    (pc.programs / "旧版本的.dll").write_bytes(b"")
    pc.program.write_bytes(b"MZ new")
    install(pc)
    assert [path.name for path in pc.programs.iterdir() if "Zone" not in path.name] == ["gouji-addin.exe"]
    assert (pc.programs / "gouji-addin.exe").read_bytes() == b"MZ new"
    assert [path.name for path in pc.programs.parent.iterdir()] == [pc.programs.name]


@pytest.mark.parametrize("root", [r"Software", r"Software\Policies"])
def test_status_says_what_is_in_the_way(pc: Machine, paper: Paper, root: str) -> None:
    install(pc)
    (pc.addins / f"{ADDIN_FILE}:Zone.Identifier").write_text("ZoneId=3", encoding="ascii")
    paper.texts[(rf"{root}\Microsoft\Office\16.0\Excel\Security", "VBAWarnings")] = "4"
    report = status(pc)
    assert not report.complete
    assert (
        "16.0设为禁止所有宏" in report.lines[3] and "来自网络" in report.lines[4] and len(report.lines) == 5
    )


def test_a_mark_on_the_addin_is_taken_off(pc: Machine) -> None:
    mark = pc.addins / f"{ADDIN_FILE}:Zone.Identifier"
    pc.addins.mkdir(parents=True)
    mark.write_text("ZoneId=3", encoding="ascii")
    install(pc)
    assert not mark.exists()


def test_a_program_that_is_gone_is_said(pc: Machine) -> None:
    pc.program.unlink()
    with pytest.raises(UnusableInput, match="找不到按钮要启动的程序"):
        install(pc)


def test_linux_goes_through_unopkg() -> None:
    calls: list[list[str]] = []
    listed = ""

    def unopkg(arguments: Sequence[str]) -> str:
        calls.append(list(arguments))
        return listed

    machine = Machine("linux", None, Path(), Path(), Path(), Path())
    assert "政务公开年报" in install(machine, unopkg).lines[0]
    assert calls[0][:2] == ["add", "--force"] and calls[0][2].endswith("gouji.oxt")
    assert not status(machine, unopkg).complete
    listed = "Identifier: org.gouji.buttons"
    assert status(machine, unopkg).complete and uninstall(machine, unopkg).complete
    assert calls[-1] == ["remove", "org.gouji.buttons"]


def test_everything_is_built_twice_the_same(tmp_path: Path) -> None:
    one, two = build(tmp_path / "1"), build(tmp_path / "2")
    assert [path.name for path in one] == [
        "gouji.xlam",
        "政府信息公开工作年度报告（2019年版）.xlsm",
        "政府信息公开工作年度报告（2021年版）.xlsm",
        "gouji.oxt",
    ]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_the_extension_holds_every_button_and_no_pro_part(tmp_path: Path) -> None:
    import zipfile
    from xml.etree import ElementTree

    with zipfile.ZipFile(build_extension(tmp_path)[0]) as package:
        names = package.namelist()
        addons = package.read("Addons.xcu").decode("utf-8")
        for name in names:
            if name.endswith((".xml", ".xcu")):
                ElementTree.fromstring(package.read(name))
    for task in SHOWN:
        assert addons.count(f"<value>vnd.gouji.task:{task.id}</value>") == 2, "menu and toolbar"
        assert addons.count(f">{task.label}</value>") == 2
    assert "管理员" not in addons and len(SHOWN) == len(TASKS) - 5
    assert names[0] == "META-INF/manifest.xml"
    assert not [name for name in names if "/pro/" in name or "PRO" in name or name.endswith((".so", ".pyc"))]
    assert {f"licences/{name}.txt" for name in ("xlwings", "PyYAML", "XlsxWriter")} <= {
        name.removeprefix("program/") for name in names
    }


def test_the_menu_runs_what_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    from addin import attach

    class App:
        books: tuple[object, ...] = ()

    pressed: list[str] = []
    busy = iter([None, None, UnusableInput("表格程序正忙"), None, None])

    def attached(_profile: Path | None) -> App:
        if problem := next(busy):
            raise problem
        return App()

    monkeypatch.setattr(attach, "attached", attached)
    monkeypatch.setattr(attach, "open_log", lambda: None)
    monkeypatch.setattr(attach, "run", lambda task, app, book: pressed.append(task))
    answers = iter(["1", "x", "99", "1", " 3 ", "0"])
    shown: list[str] = []
    assert attach.serve(lambda _: next(answers), shown.append) == 2
    assert pressed == [TASKS[0].id, TASKS[2].id]
    assert all(task.label in shown[0] for task in TASKS) and shown.count("没有这个序号。") == 2
    assert shown.count("表格程序正忙") == 1, "said, and the menu goes on"
