"""Old Word and WPS documents: turned into .docx by an installed office program, in a place of their own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from workbook.problems import UnusableInput

OLD_SUFFIXES = frozenset({".doc", ".wps", ".rtf", ".mht"})
TIMEOUT = 120.0  # seconds; the first start of a fresh profile takes ten
_SAVE_AS = "请用Word或WPS打开，另存为docx后再试"
_PROGRAMS = ("soffice", "libreoffice")
_USUAL = (
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
# Macros never run, whatever the document asks for.
_NO_MACROS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def office_program() -> str | None:
    """The path of an office program that converts documents, None where there is none."""
    for name in _PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    return next((path for path in _USUAL if Path(path).is_file()), None)


def as_docx(path: Path, name: str, timeout: float = TIMEOUT) -> bytes:
    """The document as .docx. Raises UnusableInput (请另存为docx) where nothing here can make it one."""
    program = office_program()
    if program is None:
        raise UnusableInput(f"“{name}”是旧版Word或WPS文字文档，本机没有能转换的办公软件，{_SAVE_AS}。")
    with tempfile.TemporaryDirectory(prefix="gouji-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        settings = home / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_NO_MACROS, encoding="utf-8")
        # A name of our own: whatever the file is called reaches no command line.
        source = home / ("report.rtf" if path.suffix.lower() == ".rtf" else "report.doc")
        shutil.copyfile(path, source)
        command = [
            program, f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless", "--norestore",
            "--nolockcheck", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(home / "out"), str(source),
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            raise UnusableInput(f"“{name}”转换超过{timeout:.0f}秒，{_SAVE_AS}。") from error
        except OSError as error:
            raise UnusableInput(f"“{name}”转换不了（{error.strerror}），{_SAVE_AS}。") from error
        made = home / "out" / "report.docx"
        if not made.is_file():
            raise UnusableInput(f"“{name}”不是能转换的文档，{_SAVE_AS}。")
        return made.read_bytes()
