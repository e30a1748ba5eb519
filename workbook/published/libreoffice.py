"""LibreOffice as a converter of documents: one run, a profile of its own, an end whatever happens."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from workbook.problems import UnusableInput, UnwritableOutput

_USUAL_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
)
TIMEOUT = 120.0  # seconds; the first start of a fresh profile takes ten on a slow computer

_ITEM = (
    '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)
# Chinese where the text does not say; no macros; no linked files fetched; nothing kept for a recovery.
_SETTINGS = "".join([
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">',
    _ITEM.format(path="Setup/L10N", name="ooLocale", value="zh-CN"),
    _ITEM.format(path="Office.Common/Security/Scripting", name="MacroSecurityLevel", value="3"),
    _ITEM.format(path="Office.Common/Security/Scripting", name="DisableMacrosExecution", value="true"),
    _ITEM.format(path="Office.Writer/Content/Update", name="Link", value="0"),
    _ITEM.format(path="Office.Recovery/AutoSave", name="Enabled", value="false"),
    "</oor:items>",
])  # fmt: skip


def find_soffice() -> Path | None:
    """The program, or None where LibreOffice is not installed."""
    found = (shutil.which("soffice"), shutil.which("libreoffice"), *_USUAL_PLACES)
    return next((Path(place) for place in found if place and Path(place).is_file()), None)


def convert(data: bytes, suffix: str, to: str, timeout: float = TIMEOUT) -> bytes:
    """A document in another format; `to` is an extension, with a filter and its options where wanted.

    Raises UnwritableOutput where LibreOffice is missing or cannot be started, UnusableInput where it does not
    come to an end in `timeout` seconds or brings nothing.
    """
    program = find_soffice()
    if program is None:
        raise UnwritableOutput(
            "生成PDF需要LibreOffice，本机没有安装；请先导出docx，用Word或WPS打开后另存为PDF。"
        )
    with tempfile.TemporaryDirectory(prefix="gouji-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        source = folder / f"report{suffix}"
        source.write_bytes(data)
        _run(
            [
                str(program), f"-env:UserInstallation={profile.as_uri()}",
                "--headless", "--nologo", "--norestore", "--nolockcheck",
                "--convert-to", to, "--outdir", str(folder / "out"), str(source),
            ],
            timeout,
        )  # fmt: skip
        made = folder / "out" / f"report.{to.partition(':')[0]}"
        if not made.is_file():
            raise UnusableInput("LibreOffice没有转换成功；请重试，或改用Word、WPS转换。")
        return made.read_bytes()


def _run(command: list[str], timeout: float) -> None:
    """Run to the end; on time out everything it started goes with it (soffice is a chain of processes)."""
    posix = sys.platform != "win32"
    try:
        process = subprocess.Popen(  # noqa: S603  (our own arguments; the document's name is ours too)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=posix,
        )
    except OSError as error:
        raise UnwritableOutput(f"LibreOffice启动不了（{error.strerror}）；请改用Word、WPS转换。") from error
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired as error:
        raise UnusableInput(f"LibreOffice在{timeout:.0f}秒内没有转换完；请改用Word、WPS转换。") from error
    finally:
        if process.poll() is None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        taskkill = shutil.which("taskkill")
        if taskkill:
            subprocess.run(  # noqa: S603
                [taskkill, "/T", "/F", "/PID", str(process.pid)], check=False, capture_output=True
            )
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)


def installed_fonts() -> frozenset[str]:
    """The names of this computer's fonts where fontconfig can tell them; empty elsewhere."""
    lister = shutil.which("fc-list")
    if lister is None:
        return frozenset()
    try:
        done = subprocess.run(  # noqa: S603
            [lister, ":", "family"], check=False, capture_output=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    text = done.stdout.decode("utf-8", "replace").replace("\\", "")
    return frozenset(name.strip() for line in text.splitlines() for name in line.split(","))
