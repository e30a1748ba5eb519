"""A clerk's and an officer's whole way in Debian's Chromium: dropped, mended, handed in, accepted."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.campaign.city import save_roster
from tests.desk.conftest import OFFICER, SECRET, code_of, demo_form, pictured, started, watched
from tests.filled import notes_of, type_into
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.opening import init
from workbook.campaign.records import Unit
from workbook.cli import main
from workbook.form.editionfile import edition_by_id

pytestmark = pytest.mark.office

UNITS = (
    Unit("33", "宁波市人民政府", level="prefecture", kind="government", scope="consolidated"),
    Unit("3301", "宁波市科技局", (), "prefecture_department", "33", contact="周某", telephone="0574-0000"),
    Unit("3302", "宁波市某局", (), "prefecture_department", "33"),
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, CampaignFolder, str]]:
    """A desk with a campaign, as a program: its address, the folder, the once-only code it printed."""
    home = tmp_path_factory.mktemp("网页 收件")
    init(home / "年报 2019", 2019, save_roster(home / "名册.xlsx", UNITS))
    process, address = started(str(home / "年报 2019"), output=home / "窗口.txt")
    said = (home / "窗口.txt").read_text(encoding="utf-8")
    code = re.search(r"设置码 (\S+)", said)
    assert code is not None, said
    yield address, CampaignFolder(home / "年报 2019"), code[1]
    process.terminate()
    process.wait(20)
    # What the desk says in its window is where it answers and the code, never what was in a request.
    said = (home / "窗口.txt").read_text(encoding="utf-8")
    assert len(said.splitlines()) == 2, said


@pytest.fixture
def page(browser: Browser, office: tuple[str, CampaignFolder, str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors = watched(page, office[0])
    yield page
    context.close()
    assert errors == []


def drop(page: Page, path: Path) -> None:
    page.set_input_files("#file", path)
    page.get_by_role("button", name="开始核对").click()
    page.wait_for_url("**/visit/*")


def signed_in(page: Page, address: str, code: str, tmp_path: Path) -> None:
    """The officer signs in; the first time she sets her secret with the code from the window."""
    page.goto(f"{address}/officer/signin")
    if page.get_by_text("还没有设置经办人口令").count():
        page.get_by_role("link", name="用设置码设置口令").click()
        page.fill("#code", code)
        page.fill("#name", OFFICER)
        page.fill("#secret", SECRET)
        page.fill("#again", SECRET)
        pictured(page, tmp_path, "设置口令")
        page.get_by_role("button", name="设置", exact=True).click()
        page.wait_for_url("**/signin")
    page.fill("#name", OFFICER)
    page.fill("#secret", SECRET)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/officer")


def by_libreoffice(path: Path, tmp_path: Path) -> Path:
    """The book opened and saved by LibreOffice."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("not installed: soffice")
    profile = tmp_path / "profile"
    out = tmp_path / "存"
    command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=180)
    return out / path.name


def test_the_whole_way(page: Page, office: tuple[str, CampaignFolder, str], tmp_path: Path) -> None:
    address, campaign, code = office
    source = demo_form(tmp_path / "宁波市科技局2019年度报告.xlsx")

    # The clerk comes with her code, drops the demo's source: three results at their cells.
    page.goto(address)
    pictured(page, tmp_path, "首页")
    page.fill("#code", code_of(campaign, "3301").lower())
    page.get_by_role("button", name="进入报送").click()
    expect(page.locator("h1")).to_contain_text("宁波市科技局")
    pictured(page, tmp_path, "单位 未报")
    drop(page, source)
    pictured(page, tmp_path, "核对结果")
    total = page.locator("[id='f-applications.dispositions.total[natural_person]']")
    assert "error" in (total.get_attribute("class") or "")
    total.locator("a").hover()
    assert "请改为5" in page.locator(".why").inner_text()
    licences = page.locator("[id='f-proactive.licences[decisions]']")
    assert "explain" in (licences.get_attribute("class") or "")
    assert "这张表没有读到" in page.locator("#t-challenges ~ .notice").inner_text()

    # The commented copy opens in LibreOffice with the notes that `check --annotate` writes.
    with page.expect_download() as copy:
        page.get_by_role("link", name="下载带批注的副本").click()
    annotated = tmp_path / "副本" / copy.value.suggested_filename
    copy.value.save_as(annotated)
    main(["check", str(source), "--annotate", str(tmp_path / "命令行.xlsx")])
    assert notes_of(annotated) == notes_of(tmp_path / "命令行.xlsx")
    saved = notes_of(by_libreoffice(annotated, tmp_path))
    assert {place: re.sub(r"\s", "", text) for place, text in saved.items()} == {
        place: re.sub(r"\s", "", text) for place, text in notes_of(annotated).items()
    }

    # Not handed in while it has errors.
    page.fill("#person", "周某")
    page.get_by_role("button", name="提交给办公室").click()
    expect(page.get_by_role("alert")).to_contain_text("没有提交")

    # Mended, dropped again, what is not to be mended explained, handed in.
    edition = edition_by_id("2019")
    assert edition is not None
    zeros = {str(cell): 0 for cell in edition.cells if cell.table == "challenges"}
    whole = {
        "applications.dispositions.total[natural_person]": 5,
        "applications.dispositions.total[total]": 5,
    }
    mended = type_into(source, zeros | whole, tmp_path / "宁波市科技局2019年度报告 改.xlsx")
    page.get_by_role("link", name="改好后再核对").click()
    drop(page, mended)
    pictured(page, tmp_path, "改好后")
    for question in page.locator(".finding.explain").all():
        question.locator("summary").click()
        question.locator("textarea").fill("三个数确属巧合，处理决定均有台账。")
    page.fill("#person", "周某")
    page.get_by_role("button", name="提交给办公室").click()
    page.wait_for_url("**/receipt/*")
    receipt = page.locator(".receipt").inner_text()
    expect(page.locator("main")).to_contain_text("已收到，文件完好")
    for _ in range(50):
        if page.locator(".state").count():
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(page.locator(".state")).to_have_text("已说明")
    pictured(page, tmp_path, "回执")
    page.set_input_files("#file", mended)
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("一个字节不差")
    (stored,) = (campaign.inbox / "网页报送").rglob("*.xlsx")
    assert stored.read_bytes() == mended.read_bytes()

    # The officer signs in, looks and accepts.
    page.goto(f"{address}/officer")
    pictured(page, tmp_path, "登录")
    signed_in(page, address, code, tmp_path)
    pictured(page, tmp_path, "进度")
    page.get_by_role("link", name="已说明").click()
    pictured(page, tmp_path, "单位列表")
    page.get_by_role("link", name="宁波市科技局").click()
    expect(page.locator("main")).to_contain_text("三个数确属巧合")
    expect(page.locator("main")).to_contain_text(receipt)
    pictured(page, tmp_path, "一个单位")
    page.get_by_role("button", name="通过").click()
    expect(page.locator(".where .state")).to_have_text("通过")
    for name in ("催报", "报送网址", "经办人"):
        page.get_by_role("link", name=name, exact=True).click()
        pictured(page, tmp_path, name)

    # The clerk sees it.
    page.goto(f"{address}/u/{code_of(campaign, '3301')}")
    expect(page.locator(".where .state")).to_have_text("通过")
    pictured(page, tmp_path, "单位 通过")
    page.goto(f"{address}/receipt")
    pictured(page, tmp_path, "查回执")
    book = openpyxl.load_workbook(stored)
    assert book.sheetnames


def test_returned_and_results(page: Page, office: tuple[str, CampaignFolder, str], tmp_path: Path) -> None:
    """Handed in with errors: the clerk reads why it came back; the officer has results and sums made."""
    address, campaign, code = office
    source = demo_form(tmp_path / "某局.xlsx")
    page.goto(f"{address}/u/{code_of(campaign, '3301')}")
    drop(page, source)
    page.fill("#person", "周某")
    page.check("input[name=anyway]")
    page.get_by_role("button", name="提交给办公室").click()
    page.wait_for_url("**/receipt/*")
    for _ in range(50):
        if page.locator(".state").count():
            break
        page.wait_for_timeout(200)
        page.reload()
    page.goto(f"{address}/u/{code_of(campaign, '3301')}")
    expect(page.locator(".where .state")).to_have_text("退回")
    pictured(page, tmp_path, "单位 退回")
    page.goto(f"{address}/nowhere")
    pictured(page, tmp_path, "没有完成")
    signed_in(page, address, code, tmp_path)
    page.get_by_role("button", name="核查收件箱").click()
    for _ in range(100):
        if page.get_by_role("status").count() and "正在" not in page.get_by_role("status").first.inner_text():
            break
        page.wait_for_timeout(300)
        page.reload()
    expect(page.get_by_role("status").first).to_contain_text("汇总结果已更新")
    pictured(page, tmp_path, "进度 有结果")
    page.get_by_role("link", name="单位", exact=True).click()
    page.get_by_role("link", name="宁波市科技局").click()
    page.locator("summary", has_text="放行这一处").first.click()
    pictured(page, tmp_path, "一个单位 退回")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/signin")
