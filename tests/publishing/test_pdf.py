"""PDF through LibreOffice: read back by pdfplumber, and what is said where it is missing or hangs."""

from __future__ import annotations

import datetime
import io
import os
import shutil
import sys
import time
from pathlib import Path

import pdfplumber
import pytest

from tests.publishing.samples import EDITIONS, report
from workbook.form.labels import plain
from workbook.problems import UnusableInput, UnwritableOutput
from workbook.published import libreoffice
from workbook.published.export import export_pdf
from workbook.published.grids import Grid
from workbook.published.layout import Paragraph, lay_out_report


def need_libreoffice() -> None:
    if shutil.which("soffice") is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is missing in CI")
        pytest.skip("LibreOffice is not installed")


@pytest.mark.office
@pytest.mark.parametrize("edition", EDITIONS)
def test_every_figure_and_word_is_in_the_pdf(edition: str) -> None:
    need_libreoffice()
    cells = report(edition).edition.cells
    filing = report(edition, {str(cell): number for number, cell in enumerate(cells, start=1)})
    laid = lay_out_report(filing)
    with pdfplumber.open(io.BytesIO(export_pdf(filing, datetime.date(2026, 1, 20)))) as pdf:
        tables = [table for page in pdf.pages for table in page.extract_tables()]
        text = plain("".join(page.extract_text() for page in pdf.pages))
        sizes = {(round(page.width), round(page.height)) for page in pdf.pages}
    assert sizes == {(595, 842)}
    shown = [plain(cell) for table in tables for row in table for cell in row if cell]
    printed = [cell.text for part in laid.parts if isinstance(part, Grid) for cell in part.cells]
    assert [text for text in printed if text.isdigit()] == [text for text in shown if text.isdigit()]
    assert {plain(text) for text in printed} <= set(shown)
    for part in laid.parts:
        if isinstance(part, Paragraph):
            assert plain(part.lead + part.text) in text


def test_without_libreoffice_the_clerk_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(libreoffice, "_USUAL_PLACES", ())
    with pytest.raises(UnwritableOutput, match="请先导出docx，用Word或WPS打开后另存为PDF"):
        export_pdf(report("2021"))


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in program is a shell script")
def test_a_program_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\n/bin/sleep 600 & echo $! > '{tmp_path}/child'\nwait\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnusableInput, match="没有转换完"):
        libreoffice.convert(b"x", ".docx", "pdf", timeout=1.5)
    child = int((tmp_path / "child").read_text(encoding="utf-8"))
    for _ in range(50):
        if not _runs(child):
            return
        time.sleep(0.1)
    pytest.fail("the program's child is still running")


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")  # dead and not yet buried counts as gone
    return not (status.is_file() and status.read_text(encoding="utf-8").split()[2] == "Z")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in program is a shell script")
def test_a_program_that_brings_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnusableInput, match="没有转换成功"):
        libreoffice.convert(b"x", ".docx", "pdf")
