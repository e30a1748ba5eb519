"""The page in a browser: nothing blocked, cut off on a phone or inaudible; fit to print."""

from __future__ import annotations

import datetime
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from tests.publishing.samples import EDITIONS, city, report
from workbook.published.export import export_html

pytestmark = pytest.mark.office
DAY = datetime.date(2026, 1, 20)


@pytest.fixture(name="page", scope="module")
def _page() -> Iterator[Page]:
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have chromium")
        pytest.skip("not installed: chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def opened(page: Page, data: bytes, folder: Path, width: int) -> list[str]:
    """The page shown at a width; gives what the browser complained about."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": width, "height": 800})
    path = folder / "年报 公开.html"
    path.write_bytes(data)
    page.goto(path.as_uri())
    return said


@pytest.mark.parametrize("width", [1200, 360])
def test_nothing_is_blocked_cut_off_or_inaudible(page: Page, width: int, tmp_path: Path) -> None:
    assert opened(page, export_html(city(), DAY), tmp_path, width) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.querySelector('td')).borderTopStyle") == "solid"
    cut = "[...document.querySelectorAll('td.figure')].filter(c => c.scrollWidth > c.clientWidth + 1).length"
    assert page.evaluate(cut) == 0
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_printed_on_a4_each_table_keeps_to_its_page(page: Page, edition: str, tmp_path: Path) -> None:
    opened(page, export_html(report(edition), DAY), tmp_path, 1200)
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        assert {(round(sheet.width), round(sheet.height)) for sheet in pdf.pages} == {(595, 842)}
        rows = [len(table) for sheet in pdf.pages for table in sheet.extract_tables()]
    assert (26 if edition == "2019" else 28) in rows
    assert 4 in rows
