"""Books recalculated by LibreOffice from their own formulas, and what then stands in them."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

# Always recalculate on load; the default trusts cached values.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""


def soffice() -> str:
    """The program, or a skip where there is none; in CI that is a failure."""
    found = shutil.which("soffice")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice (soffice) is not installed")
        pytest.skip("LibreOffice (soffice) is not installed")
    return found


def _convert(books: Mapping[str, bytes], folder: Path, target_format: str) -> dict[str, str]:
    """Every book opened, recalculated and saved in `folder`/out by one LibreOffice; file stems by key."""
    program = soffice()
    source, target, profile = folder / "in", folder / "out", folder / "profile"
    for made in (source, target, profile / "user"):
        made.mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    stems = {key: f"{number:04}" for number, key in enumerate(books)}
    for key, stem in stems.items():
        (source / f"{stem}.xlsx").write_bytes(books[key])
    command = [
        program, "--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to", target_format, "--outdir", str(target),
        *(str(source / f"{stem}.xlsx") for stem in stems.values()),
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        output, _ = process.communicate(timeout=900)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    missing = [key for key, stem in stems.items() if not any(target.glob(f"{stem}*"))]
    assert not missing, f"LibreOffice wrote nothing for {missing}: {output.decode(errors='replace')[-500:]}"
    return stems


def recalculate(books: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """Books recalculated and saved as .xlsx; paths by the same keys."""
    stems = _convert(books, folder, "xlsx:Calc MS Excel 2007 XML")
    return {key: folder / "out" / f"{stem}.xlsx" for key, stem in stems.items()}


Rows = list[list[str]]

# Comma, quotes, UTF-8, values not as shown, every sheet to a file of its own: twice as fast as .xlsx.
_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


def recalculate_to_rows(books: Mapping[str, bytes], folder: Path) -> dict[str, dict[str, Rows]]:
    """Books recalculated, as text: key → sheet → rows from A1."""
    found: dict[str, dict[str, Rows]] = {}
    for key, stem in _convert(books, folder, _CSV).items():
        found[key] = {}
        for path in (folder / "out").glob(f"{stem}-*.csv"):
            with path.open(encoding="utf-8", newline="") as stream:
                found[key][path.stem.partition("-")[2]] = list(csv.reader(stream))
    return found


_NAME = re.compile(r'<definedName name="([^"]+)"[^>]*>([^<]+)</definedName>')


def defined_names(book: bytes) -> dict[str, str]:
    """Every defined name of a book and where it points."""
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        return dict(_NAME.findall(package.read("xl/workbook.xml").decode("utf-8")))


def load(book: bytes | Path, values: bool = True) -> Workbook:
    """A book as openpyxl reads it: cached values, or formulas."""
    source = io.BytesIO(book) if isinstance(book, bytes) else book
    return openpyxl.load_workbook(source, data_only=values)


def plain_value(value: object) -> object:
    """A cell's value for comparison: numbers as Decimal to nine places, nothing and "" the same."""
    if value is None or value == "":
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return round(Decimal(str(value)), 9).normalize() + 0
    return str(value).replace("\r\n", "\n")
