"""A LibreOffice that opens what we built and calls its VBA: own profile, own process group, then killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SYSTEM_PACKAGES = "/usr/lib/python3/dist-packages"  # where Debian's python3-uno is
_START = 60.0  # seconds; the first start makes a profile
XLAM_FILTER = "Calc MS Excel 2007 VBA XML"  # by its name alone LibreOffice does not know .xlam


class NoOffice(Exception):
    """LibreOffice or its Python bridge is not there, or does not start."""


def _property(name: str, value: object) -> Any:
    """A UNO PropertyValue, made without uno's import hook: the engine's tests take that away again."""
    made = _bridge().createUnoStruct("com.sun.star.beans.PropertyValue")
    made.Name, made.Value = name, value
    return made


def _bridge() -> Any:
    sys.path.append(_SYSTEM_PACKAGES)
    try:
        import uno  # type: ignore[import-not-found]
    except ImportError as error:
        raise NoOffice(f"python3-uno cannot be imported: {error}") from error
    finally:
        sys.path.remove(_SYSTEM_PACKAGES)
    return uno


class Opened:
    """One open document and the Basic in it."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self.library = document.BasicLibraries.ProjectName

    @property
    def modules(self) -> set[str]:
        return set(self._document.BasicLibraries.getByName(self.library).ElementNames)

    @property
    def sheet_code_names(self) -> list[str]:
        return [sheet.CodeName for sheet in self._document.Sheets]

    def call(self, function: str, *arguments: object) -> Any:
        """What a VBA function "Module.Function" returns; one that does not compile returns nothing at all."""
        url = f"vnd.sun.star.script:{self.library}.{function}?language=Basic&location=document"
        return self._document.ScriptProvider.getScript(url).invoke(arguments, (), ())[0]


class BasicOffice:
    """The program; `opened` gives documents."""

    def __init__(self, profile: Path) -> None:
        program = shutil.which("soffice")
        if program is None:
            raise NoOffice("soffice is not installed")
        self._uno = _bridge()
        pipe = f"gouji{os.getpid()}{profile.stat().st_ino}"
        self._process = subprocess.Popen(
            [
                program,
                "--headless",
                "--norestore",
                "--nologo",
                f"-env:UserInstallation={profile.as_uri()}",
                f"--accept=pipe,name={pipe};urp;",
            ],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._desktop = self._connected(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except BaseException:
            self.end()
            raise

    def _connected(self, url: str) -> Any:
        local = self._uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        until = time.monotonic() + _START
        while time.monotonic() < until and self._process.poll() is None:
            try:
                context = resolver.resolve(url)
            except Exception:
                time.sleep(0.1)
            else:
                return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        raise NoOffice("soffice does not start")

    @contextlib.contextmanager
    def opened(self, path: Path) -> Iterator[Opened]:
        """A document, its macros allowed (MacroExecutionMode 4)."""
        facts: dict[str, object] = {"MacroExecutionMode": 4}
        if path.suffix == ".xlam":
            facts["FilterName"] = XLAM_FILTER
        arguments = tuple(_property(name, value) for name, value in facts.items())
        document = self._desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, arguments)
        assert document is not None, f"LibreOffice does not open {path}"
        try:
            yield Opened(document)
        finally:
            document.close(True)

    def end(self) -> None:
        """Kill the whole process group: soffice is a script that starts soffice.bin."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(30)
