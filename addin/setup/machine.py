"""What installing touches of the PC, as one small seam: folders, registry, start menu, `unopkg`.

Tests hand in a machine of their own. Windows' modules are imported only on Windows, and only when asked for.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from workbook.problems import UnusableInput, UnwritableOutput


class Registry(Protocol):
    """Texts under HKEY_CURRENT_USER."""

    def read(self, key: str, name: str) -> str | None:
        """A text; None if there is none."""

    def write(self, key: str, name: str, value: str) -> None:
        """Set a text; the key is made if need be."""

    def delete(self, key: str, name: str) -> None:
        """Take a text away, if it is there."""

    def remove_if_empty(self, key: str) -> None:
        """Take a key of ours away that holds nothing any more."""

    def subkeys(self, key: str) -> list[str]:
        """The keys below one; none if it is not there."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One user's PC."""

    system: str  # as sys.platform
    registry: Registry | None
    addins: Path  # where Excel looks for add-ins
    programs: Path  # where the program of a frozen installation goes
    start_menu: Path
    program: Path  # what the button starts
    frozen: bool = False
    excel_open: bool = False


def this_machine() -> Machine:
    """The PC we are on. Raises UnusableInput on one we cannot install on."""
    if sys.platform == "win32":
        roaming, local = (_folder_of(name) for name in ("APPDATA", "LOCALAPPDATA"))
        frozen = bool(getattr(sys, "frozen", False))
        here = Path(sys.executable).parent if frozen else Path(sysconfig.get_path("scripts"))
        return Machine(
            system="win32",
            registry=WindowsRegistry(),
            addins=roaming / "Microsoft" / "AddIns",
            programs=local / "Gouji" / "gouji-addin",
            start_menu=roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs",
            program=here / "gouji-addin.exe",
            frozen=frozen,
            excel_open=_excel_open(),
        )
    if sys.platform == "linux":
        nowhere = Path()
        return Machine("linux", None, nowhere, nowhere, nowhere, nowhere)
    raise UnusableInput("这个系统上不能自动安装。请在Windows（Excel）或Linux（LibreOffice）上安装。")


def _excel_open() -> bool:
    """Whether this user has an Excel open, even one without a window in sight."""
    if sys.platform == "win32":
        library: Any = importlib.import_module("ctypes").windll.user32
        return bool(library.FindWindowW("XLMAIN", None))
    return False


def _folder_of(variable: str) -> Path:
    """A folder Windows names in a variable; every user has these two."""
    value = os.environ.get(variable)
    if not value:
        raise UnusableInput(f"系统没有给出用户文件夹（环境变量{variable}），不能安装。")
    return Path(value)


class WindowsRegistry:
    """The real one."""

    def __init__(self) -> None:
        self._api: Any = importlib.import_module("winreg")

    def read(self, key: str, name: str) -> str | None:
        """A text; None if there is none."""
        with contextlib.suppress(FileNotFoundError), self._open(key, self._api.KEY_READ) as opened:
            return str(self._api.QueryValueEx(opened, name)[0])
        return None

    def write(self, key: str, name: str, value: str) -> None:
        """Set a text; the key is made if need be."""
        try:
            with self._api.CreateKeyEx(self._api.HKEY_CURRENT_USER, key, 0, self._api.KEY_WRITE) as opened:
                self._api.SetValueEx(opened, name, 0, self._api.REG_SZ, value)
        except OSError as error:
            raise UnwritableOutput(f"写不进注册表HKCU\\{key}，请联系信息部门。〔{error}〕") from error

    def delete(self, key: str, name: str) -> None:
        """Take a text away, if it is there."""
        with contextlib.suppress(FileNotFoundError), self._open(key, self._api.KEY_WRITE) as opened:
            self._api.DeleteValue(opened, name)

    def remove_if_empty(self, key: str) -> None:
        """Take a key of ours away that holds nothing any more."""
        with contextlib.suppress(FileNotFoundError):
            with self._open(key, self._api.KEY_READ) as opened:
                keys, values, _ = self._api.QueryInfoKey(opened)
            if not keys and not values:
                self._api.DeleteKey(self._api.HKEY_CURRENT_USER, key)

    def subkeys(self, key: str) -> list[str]:
        """The keys below one; none if it is not there."""
        with contextlib.suppress(FileNotFoundError), self._open(key, self._api.KEY_READ) as opened:
            count = self._api.QueryInfoKey(opened)[0]
            return [str(self._api.EnumKey(opened, number)) for number in range(count)]
        return []

    def _open(self, key: str, access: int) -> Any:
        return self._api.OpenKey(self._api.HKEY_CURRENT_USER, key, 0, access)


def is_marked(path: Path) -> bool:
    """Whether a file bears the Mark of the Web: Excel shows nothing of a marked add-in, and says nothing."""
    return Path(f"{path}:Zone.Identifier").exists()


def unblock(path: Path) -> None:
    """Take the Mark of the Web off."""
    with contextlib.suppress(OSError):
        Path(f"{path}:Zone.Identifier").unlink()


def make_shortcut(place: Path, program: Path) -> bool:
    """A start menu entry for `gouji attach`; False where the script host is barred: no reason to give up."""
    try:
        shell = importlib.import_module("win32com.client").Dispatch("WScript.Shell")
        link = shell.CreateShortcut(str(place))
        link.TargetPath, link.WorkingDirectory = str(program), str(program.parent)
        link.Arguments = "attach"  # needs a console, which the button's own program has not
        link.Save()
    except Exception:  # COM errors have no common class
        return False
    return True


def unopkg(arguments: Sequence[str]) -> str:
    """Run LibreOffice's own installer of extensions and return what it printed.

    Raises UnusableInput where LibreOffice is missing, UnwritableOutput where it refuses.
    """
    program = shutil.which("unopkg") or "/usr/lib/libreoffice/program/unopkg"
    if not Path(program).is_file():
        raise UnusableInput("这台电脑没有安装LibreOffice（找不到unopkg）。")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    locale = "" if "utf" in clean.get("LC_ALL", clean.get("LANG", "")).lower() else "C.UTF-8"
    done = subprocess.run(  # noqa: S603 - a fixed program, arguments of our own
        [program, *arguments],
        cwd=Path(program).resolve().parent,
        env=clean | ({"LC_ALL": locale} if locale else {}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=180,
        check=False,
    )
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[:200]
        if "as root" in said:
            raise UnusableInput("请用平时使用LibreOffice的用户安装，不要用root。")
        raise UnwritableOutput(f"LibreOffice没有接受扩展，请先关闭LibreOffice再试。〔{said}〕")
    return done.stdout
