"""Install, status, uninstall: what is done on Windows (Excel) and on Linux (LibreOffice), what is said."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from addin.build import build_addin
from addin.build.products import ADDIN_FILE
from addin.extension.build import build_extension
from addin.extension.parts import IDENTIFIER
from addin.setup.machine import Machine, Registry, is_marked, make_shortcut, unblock, unopkg
from workbook.problems import UnusableInput, UnwritableOutput

OFFICE_KEY = r"Software\Microsoft\Office"
OUR_KEY, OUR_VALUE = r"Software\Gouji", "Program"
SHORTCUT = "勾稽.lnk"
_USUAL_VERSION = "16.0"  # Excel 2016 to 2024 and Microsoft 365
_MOST_ADDINS = 200

_TRUST = (
    "Excel看不到“政务公开年报”选项卡时：文件→选项→加载项→转到，勾选“gouji”；",
    "仍没有的，多半是宏被禁止：文件→选项→信任中心→信任中心设置→受信任位置，添加",
    "{folder}（须由本人或信息部门操作，本程序不改安全设置）。",
    "从邮件、网页下载的文件带有“来自网络”标记，宏会被阻止：右键→属性→勾选“解除锁定”。本程序已为自己的文件解除。",
    "单位不许Excel启动程序的，打开年报后运行“gouji attach”，按序号操作，功能相同。",
)

Unopkg = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Report:
    """What was done or found, line by line; `complete` when the button is there."""

    lines: tuple[str, ...]
    complete: bool = field(default=True)


def install(machine: Machine, run_unopkg: Unopkg = unopkg) -> Report:
    """Put the button in; a second time puts in the present version. Raises Problem where that fails."""
    if machine.registry is None:
        return _install_extension(run_unopkg)
    _want_excel_closed(machine)
    program = _program(machine)
    target = _copied_addin(machine)
    versions = excel_versions(machine.registry)
    for version in versions:
        _register(machine.registry, version, target)
    machine.registry.write(OUR_KEY, OUR_VALUE, str(program))
    linked = (
        make_shortcut(machine.start_menu / SHORTCUT, program.with_name("gouji.exe"))
        if machine.start_menu.is_dir()
        else False
    )
    lines = [
        f"已安装：{target}（Excel {'、'.join(versions)}，只对当前用户）。请关闭并重新打开Excel。",
        f"按钮启动的程序：{program}",
        *(["“开始”菜单里有“勾稽”。"] if linked else []),
        *(line.format(folder=machine.addins) for line in _TRUST),
    ]
    return Report(tuple(lines))


def status(machine: Machine, run_unopkg: Unopkg = unopkg) -> Report:
    """What is installed."""
    if machine.registry is None:
        there = IDENTIFIER in run_unopkg(["list"])
        return Report(("LibreOffice扩展：" + ("已安装。" if there else "没有安装。"),), there)
    target = machine.addins / ADDIN_FILE
    stated = machine.registry.read(OUR_KEY, OUR_VALUE)
    there = bool(stated) and Path(stated or "").is_file()
    versions = excel_versions(machine.registry)
    loaded = [version for version in versions if _ours(opened(machine.registry, version))]
    lines = [
        f"加载项：{target if target.is_file() else '没有'}",
        f"Excel会加载它：{'、'.join(loaded) or '不会'}",
        f"程序：{stated if there else '没有（请重新安装）'}",
    ]
    in_the_way = [
        f"Excel {version}设为禁止所有宏，按钮不会出现。请按《信息部门说明》处理，或用“gouji attach”。"
        for version in versions
        if _macros_barred(machine.registry, version)
    ]
    if is_marked(target):
        in_the_way.append("加载项带有“来自网络”标记，Excel会不声不响地不用它。请再运行一次安装。")
    complete = target.is_file() and bool(loaded) and there and not in_the_way
    return Report((*lines, *in_the_way), complete)


def uninstall(machine: Machine, run_unopkg: Unopkg = unopkg) -> Report:
    """Take everything away that `install` has put there; workbooks keep their notes."""
    if machine.registry is None:
        if IDENTIFIER not in run_unopkg(["list"]):
            return Report(("LibreOffice扩展没有安装。",))
        run_unopkg(["remove", IDENTIFIER])
        return Report(("已卸载LibreOffice扩展。",))
    _want_excel_closed(machine)
    for version in excel_versions(machine.registry):
        present = opened(machine.registry, version)
        _write_opened(machine.registry, version, [text for text in present if not _ours([text])])
        # Where Excel remembers an add-in that the user has unticked
        manager = rf"{OFFICE_KEY}\{version}\Excel\Add-in Manager"
        machine.registry.delete(manager, str(machine.addins / ADDIN_FILE))
    machine.registry.delete(OUR_KEY, OUR_VALUE)
    machine.registry.remove_if_empty(OUR_KEY)
    kept = []
    for path in (machine.addins / ADDIN_FILE, machine.start_menu / SHORTCUT):
        try:
            path.unlink(missing_ok=True)
        except OSError:
            kept.append(path)
    lines = ["已卸载。请关闭并重新打开Excel。年报里的批注没有动，要清除请先按“清除批注”。"]
    lines += [f"正在使用，删不掉，请关闭Excel后再删：{path}" for path in kept]
    if machine.frozen:
        lines.append(f"程序文件夹可以手工删除：{machine.programs}")
    return Report(tuple(lines), not kept)


# --- Excel's list of add-ins ----------------------------------------------------------------------------


def excel_versions(registry: Registry) -> list[str]:
    """The Excels this user has used; the usual one if none has been opened yet."""
    known = [key for key in registry.subkeys(OFFICE_KEY) if re.fullmatch(r"\d+\.\d", key)]
    used = [key for key in known if "Excel" in registry.subkeys(rf"{OFFICE_KEY}\{key}")]
    return sorted(used, key=float) or [_USUAL_VERSION]


def opened(registry: Registry, version: str) -> list[str]:
    """What Excel opens when it starts: OPEN, OPEN1, OPEN2 …"""
    found = []
    for number in range(_MOST_ADDINS):
        text = registry.read(_options(version), _open_name(number))
        if text is not None:
            found.append(text)
    return found


def _macros_barred(registry: Registry, version: str) -> bool:
    """Whether the user or a policy forbids every macro without asking (VBAWarnings 4)."""
    settings = rf"{version}\Excel\Security"
    keys = (rf"{OFFICE_KEY}\{settings}", rf"Software\Policies\Microsoft\Office\{settings}")
    return any(registry.read(key, "VBAWarnings") == "4" for key in keys)


def _want_excel_closed(machine: Machine) -> None:
    """When it ends, an open Excel writes its list of add-ins as it knew it, and ours would be gone again."""
    if machine.excel_open:
        raise UnusableInput("Excel还开着。请保存后关闭所有Excel窗口，再运行一次。")


def _register(registry: Registry, version: str, target: Path) -> None:
    others = [text for text in opened(registry, version) if not _ours([text])]
    _write_opened(registry, version, [*others, f'"{target}"'])


def _write_opened(registry: Registry, version: str, texts: list[str]) -> None:
    """All of them without a gap: Excel stops reading at the first number that is missing."""
    for number, text in enumerate(texts):
        if registry.read(_options(version), _open_name(number)) != text:  # else its type stays, too
            registry.write(_options(version), _open_name(number), text)
    for number in range(len(texts), _MOST_ADDINS):
        registry.delete(_options(version), _open_name(number))


def _ours(texts: Sequence[str]) -> bool:
    return any(re.search(rf"(^|[\\/\"]){re.escape(ADDIN_FILE)}\"?$", text, re.IGNORECASE) for text in texts)


def _options(version: str) -> str:
    return rf"{OFFICE_KEY}\{version}\Excel\Options"


def _open_name(number: int) -> str:
    return f"OPEN{number or ''}"


# --- files ----------------------------------------------------------------------------------------------


def _copied_addin(machine: Machine) -> Path:
    with tempfile.TemporaryDirectory(prefix="gouji-install-") as folder:
        [built] = build_addin(Path(folder))
        target = machine.addins / ADDIN_FILE
        try:
            machine.addins.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(built, target)  # contents only: no mark comes along
        except OSError as error:
            raise UnwritableOutput(f"写不了{target}，请先关闭Excel再试。") from error
    unblock(target)
    return target


def _program(machine: Machine) -> Path:
    """What the button starts; a frozen program is first copied to its place, out of the download folder."""
    source = machine.program
    if not source.is_file():
        raise UnusableInput(f"找不到按钮要启动的程序{source}，请重新安装“勾稽”。")
    if not machine.frozen or source.parent == machine.programs:
        return source
    fresh, old = (machine.programs.with_name(f"{machine.programs.name}.{end}") for end in ("new", "old"))
    try:
        for remains in (fresh, old):
            if remains.exists():
                shutil.rmtree(remains)
        shutil.copytree(source.parent, fresh)
        for path in fresh.rglob("*"):
            if path.suffix.lower() in (".exe", ".dll", ".pyd"):
                unblock(path)
        # The folder as a whole: files of two versions side by side would not start
        if machine.programs.exists():
            machine.programs.rename(old)
        fresh.rename(machine.programs)
    except OSError as error:
        raise UnwritableOutput(f"写不了{machine.programs}，请先关闭Excel和“勾稽”再试。") from error
    shutil.rmtree(old, ignore_errors=True)
    return machine.programs / source.name


def _install_extension(run_unopkg: Unopkg) -> Report:
    with tempfile.TemporaryDirectory(prefix="gouji-install-") as folder:
        [built] = build_extension(Path(folder))
        run_unopkg(["add", "--force", str(built)])
    words = (
        "已装进LibreOffice（只对当前用户）。请重新打开LibreOffice：表格里有菜单“政务公开年报”和同名工具栏。"
    )
    return Report((words,))
