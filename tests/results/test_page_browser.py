"""The campaign's page in headless Chromium: searched, filtered, a unit opened; on a desk and on a phone.

The screenshots stay in the folder named by GOUJI_SCREENSHOTS, if set.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.campaign.city import UNITS, check, hand_in, handed_out
from workbook.results.write import write_results

pytestmark = pytest.mark.office
TODAY = dt.date(2026, 2, 10)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have chromium")
        pytest.skip("not installed: chromium")
    folder = handed_out(tmp_path_factory.mktemp("任务") / "某市 2025")
    received = "applications.received[natural_person]"
    hand_in(folder, "0101", {received: 3, "applications.dispositions.granted[natural_person]": 3})
    hand_in(folder, "0102", {received: 4})
    check(folder)
    written = write_results(folder.path, TODAY)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(written.paths[1].as_uri())
        yield page
        assert errors == []
        browser.close()


def shown(page: Page) -> list[str]:
    return [str(text) for text in page.locator("#units .unit").all_inner_texts()]


def test_everybody_is_listed_and_progress_is_told(page: Page) -> None:
    assert len(shown(page)) == len(UNITS)
    assert f"{len(UNITS)}" in page.locator("#cards").inner_text()
    assert "BAL-01" in page.locator("#rules").inner_text()


def test_search_and_filters(page: Page) -> None:
    page.fill("#q", "财政局")
    assert shown(page) == ["某市财政局", "某县财政局"]
    page.select_option("#state", "退回")
    assert shown(page) == ["某市财政局"]
    page.fill("#q", "")
    page.select_option("#state", "")
    page.select_option("#rule", "BAL-01")
    assert shown(page) == ["某市财政局"]
    page.select_option("#rule", "")
    page.select_option("#only", "late")
    assert "某市科学技术局" not in shown(page) and "某县财政局" in shown(page)
    page.select_option("#only", "")


def test_a_unit_opens_with_findings_and_operands(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="某市财政局").click()
    detail = page.locator(".detail")
    words = detail.inner_text()
    assert "请" in words and "BAL-01" in words and "所依据的数" in words
    assert "applications." not in words, "labels, not ids"
    pictures = Path(os.environ.get("GOUJI_SCREENSHOTS", tmp_path))
    page.screenshot(path=pictures / "报送与核对情况.png", full_page=True)
    page.get_by_role("button", name="某市财政局").click()
    assert page.locator(".detail").count() == 0


def test_it_is_readable_on_a_phone(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    pictures = Path(os.environ.get("GOUJI_SCREENSHOTS", tmp_path))
    page.screenshot(path=pictures / "报送与核对情况 手机.png")
