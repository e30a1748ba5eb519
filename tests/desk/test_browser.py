"""The pages in Debian's Chromium: dropped, read, downloaded; accessible; nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.desk.conftest import accessible, demo_form, pictured, watched

pytestmark = pytest.mark.office


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that fails the test on a script error or a request to another host."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors = watched(page, address)
    yield page
    page.close()
    assert errors == []


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_form(tmp_path_factory.mktemp("年报 件") / "宁波市科技局2019年度报告.xlsx")


def test_dropped_and_read(page: Page, address: str, sample: Path, tmp_path: Path) -> None:
    page.goto(address)
    accessible(page)
    page.set_input_files("#file", sample)
    page.get_by_role("button", name="开始核对").click()
    page.wait_for_url("**/visit/*")
    accessible(page)
    bad = page.locator("[id='f-applications.dispositions.total[natural_person]']")
    assert "error" in (bad.get_attribute("class") or "") and bad.inner_text().startswith("0")
    bad.locator("a").hover()
    assert "请改为5" in page.locator(".why").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".why").count() == 0
    pictured(page, tmp_path, "核对台")


def test_downloads(page: Page, address: str, sample: Path, tmp_path: Path) -> None:
    page.goto(address)
    page.set_input_files("#file", sample)
    page.get_by_role("button", name="开始核对").click()
    page.wait_for_url("**/visit/*")
    with page.expect_download() as commented:
        page.get_by_role("link", name="下载带批注的副本").click()
    assert commented.value.suggested_filename == "宁波市科技局2019年度报告（已核查）.xlsx"
    with page.expect_download() as repaired:
        page.get_by_role("button", name="下载改好的副本").click()
    mended = tmp_path / "改好.xlsx"
    repaired.value.save_as(mended)
    page.goto(address)
    page.set_input_files("#file", mended)
    page.get_by_role("button", name="开始核对").click()
    page.wait_for_url("**/visit/*")
    assert "SUM-02" not in page.content()


def test_several_at_once_by_keyboard(page: Page, address: str, sample: Path, tmp_path: Path) -> None:
    other = tmp_path / "说明.xlsx"
    other.write_bytes(b"no workbook")
    page.goto(address)
    page.set_input_files("#file", [sample, other])
    page.get_by_role("button", name="开始核对").focus()
    page.keyboard.press("Enter")
    done = page.locator("[data-progress] li a")
    done.wait_for()
    assert done.inner_text() == sample.name
    assert page.locator("[data-progress] .bad").inner_text()
    accessible(page)


def test_several_on_a_page_of_their_own(page: Page, address: str, sample: Path, tmp_path: Path) -> None:
    """As a browser without script sends them."""
    other = tmp_path / "说明.xlsx"
    other.write_bytes(b"no workbook")
    page.goto(address)
    page.set_input_files("#file", [sample, other])
    page.evaluate("document.querySelector('[data-drop]').submit()")
    page.wait_for_url("**/check")
    pictured(page, tmp_path, "几份")
    assert page.locator(".files .bad").count() == 1


def test_without_script(browser: Browser, address: str, sample: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.set_input_files("#file", sample)
    page.get_by_role("button", name="开始核对").click()
    assert "2处错误" in page.locator(".notice").first.inner_text()
    context.close()
