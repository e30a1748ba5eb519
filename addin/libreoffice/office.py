"""A soffice process of our own, or the user's that is already running.

Our own has its own profile folder and its own process group, so that it never meets the user's, and can
be ended for certain. It listens on a pipe, which other users of the machine cannot open (a port they could).
"""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from addin.libreoffice.problems import OfficeMissing, OfficeProblem
from addin.libreoffice.uno_bridge import Connection, connect

_USUAL_PLACES = ("/usr/lib/libreoffice/program/soffice", "/opt/libreoffice/program/soffice")
_COMMON = ("--norestore", "--nologo", "--nodefault", "--nofirststartwizard")
_USER_PROFILE = Path(".config/libreoffice/4")  # LibreOffice 4 to 24 on Linux
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="FirstRun"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="ShowTipOfTheDay"><value>false</value></prop></item>
</oor:items>
"""


def find_soffice() -> str:
    """The path of soffice; OfficeMissing if LibreOffice is not installed."""
    for place in (shutil.which("soffice"), shutil.which("libreoffice"), *_USUAL_PLACES):
        if place and Path(place).is_file():
            return place
    raise OfficeMissing("这台电脑没有安装LibreOffice（找不到soffice）。")


class Office:
    """One soffice of our own. `with Office() as office: …office.connection…` ends it for certain.

    `profile` is its profile folder (made if missing); without one, a temporary folder is used and removed
    at the end. `headless=False` opens real windows and needs a display.
    """

    def __init__(self, profile: Path | None = None, *, headless: bool = True, timeout: float = 60.0) -> None:
        self.headless, self.timeout = headless, timeout
        self._own_profile = profile is None
        temporary = Path(tempfile.gettempdir()) / f"gouji-office-{secrets.token_hex(8)}"  # made by start
        self.profile = temporary if profile is None else profile
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._waiting: threading.Thread | None = None  # in a call that may never return

    @property
    def connection(self) -> Connection:
        """The link to the running soffice; OfficeMissing if it has not been started."""
        if self._connection is None:
            raise OfficeMissing("LibreOffice还没有启动。")
        return self._connection

    @property
    def pid(self) -> int:
        """The process group, 0 if not running."""
        return 0 if self._process is None else self._process.pid

    def start(self) -> Connection:
        """Start it and wait until it answers; OfficeMissing if it does not within `timeout` seconds."""
        if sys.platform == "win32":
            raise OfficeMissing("Windows上请使用Excel；LibreOffice引擎只用于Linux。")
        if self._process is not None:
            return self.connection
        self._prepare_profile()
        pipe = _new_pipe()
        command = [find_soffice(), *_COMMON, *(["--headless"] if self.headless else [])]
        command += [
            f"-env:UserInstallation={self.profile.absolute().as_uri()}",
            f"--accept=pipe,name={pipe};urp",
        ]
        self._process = subprocess.Popen(  # noqa: S603 - a fixed program, arguments of our own
            command,
            cwd=self.profile,  # never the folder of somebody's workbook
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # soffice is a script around a splash screen around soffice.bin
        )
        atexit.register(self.stop)
        try:
            self._connection = self._wait(f"pipe,name={pipe}")
        except OfficeProblem:
            self.stop()
            raise
        finally:
            _remove_pipe(pipe)
        return self._connection

    def _wait(self, door: str) -> Connection:
        last = time.monotonic() + self.timeout
        while True:
            try:
                return connect(door, timeout=0.5, pid=self.pid)
            except OfficeMissing:
                ended = self._process is None or self._process.poll() is not None
                if ended or time.monotonic() > last:
                    raise

    def _prepare_profile(self) -> None:
        self.profile.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.profile / "tmp").mkdir(exist_ok=True)
        settings = self.profile / "user" / "registrymodifications.xcu"
        if not settings.exists():
            settings.parent.mkdir(exist_ok=True)
            settings.write_text(_SETTINGS, encoding="utf-8")

    def _environment(self) -> dict[str, str]:
        """Ours, without what could lead its Python astray, and able to open Chinese file names."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
        environment["TMPDIR"] = str(self.profile / "tmp")  # what a killed soffice leaves goes with it
        locale = next((v for k in ("LC_ALL", "LC_CTYPE", "LANG") if (v := environment.get(k))), "")
        if "utf" not in locale.lower():
            environment["LC_ALL"] = "C.UTF-8"
        if self.headless:
            environment["SAL_USE_VCLPLUGIN"] = "svp"
        return environment

    def healthy(self, timeout: float = 5.0) -> bool:
        """True if the process lives and answers in time (a UNO call by itself would wait for ever)."""
        if self._process is None or self._process.poll() is not None or self._connection is None:
            return False
        return self._returns_in_time(self._connection.ping, timeout)

    def _returns_in_time(self, call: Callable[[], None], timeout: float) -> bool:
        """True if a call returns without a problem in that many seconds; else its thread is left waiting."""
        if self._waiting is not None and self._waiting.is_alive():
            return False  # the call before has not come back: no use in a second one
        answered = threading.Event()

        def run() -> None:
            with contextlib.suppress(OfficeProblem):
                call()
                answered.set()

        self._waiting = threading.Thread(target=run, daemon=True)
        self._waiting.start()
        self._waiting.join(timeout)
        return answered.is_set()

    def restart(self) -> Connection:
        """End it, however it is, and start it again with the same profile; open documents are lost."""
        self.stop(keep_profile=True)
        return self.start()

    def stop(self, *, keep_profile: bool = False) -> None:
        """End the whole process group: asked to, if it still listens, else killed. Never raises."""
        asked = self.healthy(1.0)
        if asked:  # a soffice that is merely killed leaves lock files beside every open book
            self._returns_in_time(self.connection.close_everything, 5.0)
        process, self._process, self._connection = self._process, None, None
        if process is not None and sys.platform != "win32":
            if asked:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(3.0)
            for number, patience in ((signal.SIGTERM, 1.0 if asked else 0.0), (signal.SIGKILL, 5.0)):
                if not _group_lives(process.pid):
                    break
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, number)
                last = time.monotonic() + patience
                while _group_lives(process.pid) and time.monotonic() < last:
                    time.sleep(0.02)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1.0)
            if self._waiting is not None:
                self._waiting.join(2.0)  # its call has failed by now
        atexit.unregister(self.stop)
        if self._own_profile and not keep_profile:
            shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def attach(profile: Path | None = None, timeout: float = 20.0) -> Connection:
    """Connect to the LibreOffice that is already open (of that profile, else the user's own).

    A second soffice with the same profile hands its request over to the first, which then listens on a
    new pipe; the user's windows stay as they are. OfficeMissing if no LibreOffice is open.
    """
    home = Path.home() / _USER_PROFILE if profile is None else profile
    if not (home / ".lock").exists():
        raise OfficeMissing("LibreOffice没有打开。请先用LibreOffice打开年报表格，再试一次。")
    pipe = _new_pipe()
    command = [find_soffice(), *_COMMON, f"--accept=pipe,name={pipe};urp"]
    if profile is not None:
        command.append(f"-env:UserInstallation={profile.absolute().as_uri()}")
    with tempfile.TemporaryDirectory(prefix="gouji-attach-") as folder:
        subprocess.Popen(  # noqa: S603 - a fixed program, arguments of our own
            command,
            cwd=folder,
            env={**os.environ, "TMPDIR": folder},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ).wait(timeout)
    try:
        return connect(f"pipe,name={pipe}", timeout)
    finally:
        _remove_pipe(pipe)


def _new_pipe() -> str:
    return f"gouji-{os.getpid()}-{secrets.token_hex(8)}"


def _remove_pipe(name: str) -> None:
    """Take the pipe's file away: the link stays, nobody else can connect, and nothing is left behind."""
    Path(f"/tmp/OSL_PIPE_{os.getuid()}_{name}").unlink(missing_ok=True)  # noqa: S108 - LibreOffice's place


def _group_lives(group: int) -> bool:
    """True while a process of the group runs; one that has ended and waits to be collected does not."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, its_group = (
                status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:3]
            )
            if int(its_group) == group and state not in "ZX":
                return True
    return False
