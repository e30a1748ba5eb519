"""The one real button that can be pressed here: gouji.oxt in a fresh profile, clicked under Xvfb.

The screenshots stay in the folder named by GOUJI_SCREENSHOTS, if set (the guide's pictures are made so).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from addin.extension import build_extension
from addin.libreoffice.office import Office
from tests.addin.desktop import Screen, cell, in_any_window, missing, pressed, wait_for
from workbook.files.amend import OWN_MARK
from workbook.form.facts import read_facts
from workbook.resources import template_folder
from workbook.review import annotate, review_file
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book

pytestmark = pytest.mark.office

_NOBODY = 65534
_CHINESE = (
    '<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="UILocale" oor:op="fuse">'
    "<value>zh-CN</value></prop></item>"
)


@pytest.fixture
def folder(installed: None) -> Iterator[Path]:
    """A folder another user may enter: unopkg refuses to install for root, so root asks as "nobody"."""
    if lacking := missing():
        if os.environ.get("CI"):
            pytest.fail(f"CI must have {lacking}")
        pytest.skip(f"not installed: {', '.join(lacking)}")
    place = Path(tempfile.mkdtemp(prefix="gouji-desktop-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place, ignore_errors=True)


def installed_into(profile: Path, extension: Path) -> None:
    """`unopkg add` as a user would do it, into this profile."""
    other: dict[str, Any] = {}
    if os.getuid() == 0:
        for path in (profile, *profile.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)
        other = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
    command = ["unopkg", "add", f"-env:UserInstallation={profile.as_uri()}", str(extension)]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment = {**clean, "HOME": str(profile), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command,
        cwd=profile,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        **other,
    )
    assert done.returncode == 0, done.stderr


def in_chinese(profile: Path) -> None:
    """The profile's LibreOffice speaks Chinese if its language pack is there, English otherwise."""
    settings = profile / "user" / "registrymodifications.xcu"
    name_spaces = (
        'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    )
    empty = f'<?xml version="1.0" encoding="UTF-8"?>\n<oor:items {name_spaces}></oor:items>\n'
    text = settings.read_text(encoding="utf-8") if settings.exists() else empty
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(text.replace("</oor:items>", f"{_CHINESE}</oor:items>"), encoding="utf-8")


def ok_button(connection: Any) -> tuple[int, int] | None:
    named = (in_any_window(connection, name) for name in ("OK", "确定", "确定(O)"))
    return next((place for place in named if place), None)


def dismissed(screen: Screen, connection: Any) -> None:
    """Close the message, and a second one if the button was pressed twice."""
    last = time.monotonic() + 60
    while place := ok_button(connection):
        assert time.monotonic() < last, "the message stays open"
        screen.click(place)
        time.sleep(1)


def notes(document: Any) -> dict[tuple[str, int, int], str]:
    found = {}
    for sheet in (document.Sheets.getByIndex(number) for number in range(document.Sheets.Count)):
        for annotation in (sheet.Annotations.getByIndex(i) for i in range(sheet.Annotations.Count)):
            place = annotation.getPosition()
            found[(sheet.Name, place.Row, place.Column)] = annotation.getString()
    return found


def noted_cells(form: Path, copy: Path) -> set[tuple[str, int, int]]:
    """Where the command line puts its comments: sheet, row and column from 0."""
    rulebook = load_rulebook()
    annotate(review_file(form, rulebook), copy, rulebook)
    return {
        (sheet.title, cell.row - 1, cell.column - 1)
        for sheet in openpyxl.load_workbook(copy).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None
    }


def test_the_button_is_pressed_and_comments_appear(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = Path(os.environ.get("GOUJI_SCREENSHOTS", folder))
    form = folder / "宁波市科技局2019年报.xlsx"
    filing = read_facts(template_folder() / "ningbo-2019.json")
    form.write_bytes(build_book(filing.edition, load_rulebook(), filing=filing))
    [extension] = build_extension(folder)
    profile = folder / "profile"
    profile.mkdir()
    installed_into(profile, extension)
    in_chinese(profile)
    with Screen() as screen:
        monkeypatch.setenv("DISPLAY", screen.display)
        monkeypatch.setenv("SAL_USE_VCLPLUGIN", "gen")  # needs neither a window manager nor a session bus
        monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
        with Office(profile, headless=False, timeout=120) as office:
            connection = office.connection
            document = connection.desktop.loadComponentFromURL(form.as_uri(), "_blank", 0, ())
            controller = document.getCurrentController()
            window = controller.getFrame().getContainerWindow()
            screen.click(wait_for(lambda: in_any_window(connection, "校验"), 60))
            wait_for(lambda: ok_button(connection), 60)
            log = (folder / "state" / "Gouji" / "log" / "addin.log").read_text(encoding="utf-8")
            assert re.search(r"INFO check: [\d.]+ s|^$", log) and "ERROR" not in log, log
            found = notes(document)
            assert found.keys() == noted_cells(form, folder / "对照.xlsx")
            assert all(text.startswith(OWN_MARK) for text in found.values())
            screen.photograph(pictures / "校验完成.png")
            dismissed(screen, connection)
            # What the clerk does next: the cell with the error, and the mouse on it
            (name, row, column), _ = next(item for item in found.items() if "请改为5" in item[1])
            sheet = document.Sheets.getByName(name)
            controller.setActiveSheet(sheet)
            controller.select(sheet.getCellByPosition(column, row))
            last_pane = controller.getByIndex(controller.getCount() - 1)  # the one below the frozen rows
            last_pane.setFirstVisibleRow(row - 5)
            screen.hover(wait_for(lambda: cell(window, row, column)))
            time.sleep(2)  # LibreOffice waits before it shows a comment
            shown = screen.photograph(pictures / "批注.png")
            assert shown.stat().st_size > 20_000, "an empty screen"
            # The comment on show may take the first click for itself
            pressed(screen, lambda: in_any_window(connection, "下一处"), lambda: ok_button(connection))
            screen.photograph(pictures / "下一处.png")
            dismissed(screen, connection)
            log = (folder / "state" / "Gouji" / "log" / "addin.log").read_text(encoding="utf-8")
            assert log.count(" s") >= 2 and "ERROR" not in log
