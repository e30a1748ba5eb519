"""From the ribbon's callback to the note, in one document: VBA, command line, Python, LibreOffice.

All of it is ours but the start of the program, which needs Windows: there the test takes the line over.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from addin.build.package import macro_enabled
from addin.build.project import macro_folder, read_sources
from addin.libreoffice.office import Office
from addin.libreoffice.uno_bridge import properties
from tests.addin_build.test_build_office import CONTROL, PROGRAM, STAND_IN, arguments
from tests.filled import place_of, save_form, zeros
from workbook.files.amend import OWN_MARK
from workbook.files.grid import parse_a1

pytestmark = pytest.mark.office

_RUN_MACROS = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
_TOTAL = "applications.dispositions.total[natural_person]"


def pressed(document: Any, task: str, name: str) -> str:
    """The command line the ribbon's callback would start the program with."""
    library = document.BasicLibraries.ProjectName
    url = f"vnd.sun.star.script:{library}.modSystem.Pressed?language=Basic&location=document"
    line, _, _ = document.ScriptProvider.getScript(url).invoke((task, PROGRAM, True, name), (), ())
    return str(line)


@pytest.mark.parametrize("task", ["check", "clear"])
def test_button_python_note_in_the_same_document(office: Office, tmp_path: Path, task: str) -> None:
    plain = save_form(tmp_path / "plain.xlsx", "2021", zeros("2021") | {_TOTAL: 5})
    sources = read_sources(macro_folder()) | {"FakeControl.cls": CONTROL, "modSystem.bas": STAND_IN}
    path = tmp_path / "年报 a=b.xlsm"
    path.write_bytes(macro_enabled(plain.read_bytes(), sources, {}, "xlsm"))
    other = save_form(tmp_path / "other.xlsx", "2021", zeros("2021") | {_TOTAL: 5})
    desktop = office.connection.desktop
    macros = properties(MacroExecutionMode=_RUN_MACROS)
    opened = [desktop.loadComponentFromURL(file.as_uri(), "_blank", 0, macros) for file in (path, other)]
    document, bystander = opened  # the bystander is in front
    try:
        for step in dict.fromkeys(("check", task)):
            program, *rest = arguments(pressed(document, step, path.name))
            assert program == PROGRAM
            done = subprocess.run(
                [sys.executable, "-P", "-m", "addin", *rest, f"--profile={office.profile}"],
                env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
                capture_output=True,
                text=True,
                encoding="utf-8",
                check=False,
                timeout=120,
            )
            assert done.returncode == 0, done.stderr
        sheet, address = place_of(plain, _TOTAL)
        position = parse_a1(address)
        assert position is not None
        cell = document.Sheets.getByName(sheet).getCellByPosition(position.column - 1, position.row - 1)
        assert cell.getAnnotation().getString().startswith(OWN_MARK) is (task == "check")
        sheets = (bystander.Sheets.getByIndex(number) for number in range(bystander.Sheets.Count))
        assert not any(one.Annotations.Count for one in sheets), "another book was worked on"
    finally:
        for each in opened:
            each.close(True)
