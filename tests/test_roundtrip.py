"""fill → facts gives back what went in, also after what happens to a form on its way."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from tests.filled import document, edition_named
from workbook.files.scan import read_grid
from workbook.form.edition import CellId
from workbook.form.facts import facts_document, filing_from_document
from workbook.form.filing import Filing
from workbook.form.reader import read_filing
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book

BOOK = load_rulebook()
TYPED = st.one_of(
    st.integers(0, 99_999),
    st.integers(0, 3),
    st.none(),
    st.sampled_from(["/", "3件", "约十件", "1,234", "５", "-", "251000元", "=1+1", "@x"]),
)
AMOUNTS = st.one_of(st.integers(0, 10**6), st.decimals(0, 10**5, places=4).map(float), st.none())


@st.composite
def facts(draw: st.DrawFn, edition: str, *, typed_totals: bool) -> dict[str, Any]:
    """Random figures for every input cell, and for every total too where totals are typed."""
    form = edition_named(edition)
    cells = [cell for cell in form.cells if typed_totals or cell not in form.totals]
    return {str(cell): draw(AMOUNTS if form.kind(cell).value == "amount" else TYPED) for cell in cells}


def filled(edition: str, given_facts: dict[str, Any], path: Path, **more: Any) -> Filing:
    filing = filing_from_document(document(edition, given_facts, **more), "test")
    path.write_bytes(build_book(filing.edition, BOOK, filing=filing))
    return filing


def came_back(path: Path, given_facts: dict[str, Any]) -> dict[str, tuple[object, object]]:
    """What differs between the figures that went in and those that came out."""
    read = facts_document(read_filing(read_grid(path)))["facts"]
    return {key: (value, read[key]) for key, value in given_facts.items() if read[key] != value}


VARIANTS = [("2019", True), ("2019", False), ("2021", True), ("2021", False)]


@pytest.mark.parametrize(("edition", "typed_totals"), VARIANTS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_went_in_comes_out(
    edition: str, typed_totals: bool, data: st.DataObject, tmp_path_factory: Any
) -> None:
    given_facts = data.draw(facts(edition, typed_totals=typed_totals))
    path = tmp_path_factory.mktemp("往返") / "表 一.xlsx"
    filled(edition, given_facts, path)
    assert came_back(path, given_facts) == {}


def rows_inserted(book: openpyxl.Workbook) -> None:
    for sheet in book:
        if sheet.title.startswith(("二", "三", "四")):
            _insert_rows(sheet, 2)


def _insert_rows(sheet: Worksheet, count: int) -> None:
    """Insert above everything, merges moved along as a program would."""
    merges = [str(area) for area in sheet.merged_cells.ranges]
    for area in merges:
        sheet.unmerge_cells(area)
    sheet.insert_rows(1, count)
    for area in merges:
        moved = openpyxl.worksheet.cell_range.CellRange(area)
        moved.shift(row_shift=count)
        sheet.merge_cells(moved.coord)


def sheets_renamed(book: openpyxl.Workbook) -> None:
    for number, sheet in enumerate(book.worksheets):
        if sheet.title != "gouji":
            sheet.title = f"工作表{number}"


def sheets_reversed(book: openpyxl.Workbook) -> None:
    book._sheets.reverse()
    book.active = 1


def labels_broken(book: openpyxl.Workbook) -> None:
    for sheet in book:
        if not sheet.title.startswith(("二", "三", "四")):
            continue
        for row in sheet.iter_rows():
            for cell in row:
                text = cell.value
                if isinstance(cell, MergedCell) or not isinstance(text, str) or not cell.protection.locked:
                    continue
                if len(text) > 4 and not text.startswith("="):
                    cell.value = text[:3] + "\n" + text[3:]


def names_deleted(book: openpyxl.Workbook) -> None:
    for name in list(book.defined_names):
        del book.defined_names[name]


@pytest.mark.parametrize("edition", ["2019", "2021"])
@pytest.mark.parametrize(
    "change", [rows_inserted, sheets_renamed, sheets_reversed, labels_broken, names_deleted]
)
def test_a_form_changed_on_its_way_is_read_the_same(
    edition: str, change: Callable[[openpyxl.Workbook], None], tmp_path: Path
) -> None:
    form = edition_named(edition)
    given_facts = {str(cell): number for number, cell in enumerate(form.cells, start=1)}
    filled(edition, given_facts, tmp_path / "原.xlsx")
    book = openpyxl.load_workbook(tmp_path / "原.xlsx")
    change(book)
    book.save(tmp_path / "改.xlsx")
    assert came_back(tmp_path / "改.xlsx", given_facts) == {}


def test_a_form_just_filled_reads_completely_totals_included(tmp_path: Path) -> None:
    form = edition_named("2021")
    given_facts = {str(cell): 2 for cell in form.cells if cell not in form.totals}
    filled("2021", given_facts, tmp_path / "新.xlsx")
    read = read_filing(read_grid(tmp_path / "新.xlsx"))
    for total, parts in form.totals.items():
        assert read.value(total) == sum(read.value(part) or 0 for part in parts), total
        assert read.facts[total].formula is not None
    cached = openpyxl.load_workbook(tmp_path / "新.xlsx", data_only=True)
    place = read.place(CellId("applications", "dispositions.total", "total"))
    assert place is not None
    assert cached[place.sheet][place.cell].value == 21 * 6 * 2


def test_words_and_headings_come_back(tmp_path: Path) -> None:
    sections = {
        "preamble": "本年报根据条例编制。",
        "overview": "第一段。\n第二段，含“引号”与<尖括号>&符号。\n　　第三段前有空格。",
        "applications": "表前的话。",
        "challenges": "未发生。",
        "problems": "=不是公式\n+也不是",
        "other": "无其他需要报告的事项。",
    }
    filed = filled("2021", {"proactive.licences[decisions]": 1}, tmp_path / "文.xlsx", sections=sections)
    read = read_filing(read_grid(tmp_path / "文.xlsx"))
    assert {key: read.sections[key] for key in sections} == sections
    assert read.headings == {s.id: s.heading for s in filed.edition.sections}


def test_declared_zeros_come_back(tmp_path: Path) -> None:
    filled("2021", {"proactive.licences[decisions]": 1}, tmp_path / "零.xlsx", declared_zero=True)
    read = read_filing(read_grid(tmp_path / "零.xlsx"))
    assert read.declared_zero
    assert read.value(CellId("applications", "received", "total")) == 0


@pytest.mark.office
@pytest.mark.parametrize(("edition", "typed_totals"), VARIANTS)
def test_saved_once_by_libreoffice(edition: str, typed_totals: bool, tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is missing in CI")
        pytest.skip("LibreOffice is not installed")
    form = edition_named(edition)
    odd = {"applications.received[business]": "/", "applications.brought_forward[other]": "3件"}
    given_facts = {
        str(cell): number
        for number, cell in enumerate(form.cells, start=1)
        if typed_totals or cell not in form.totals
    } | odd
    sections = {"overview": "第一段。\n第二段。"}
    filled(edition, given_facts, tmp_path / "原.xlsx", sections=sections)
    out = tmp_path / "存"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx",
         "--outdir", str(out), str(tmp_path / "原.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert came_back(out / "原.xlsx", given_facts) == {}
    assert read_filing(read_grid(out / "原.xlsx")).sections["overview"] == sections["overview"]
