"""A desk in the test's own process (`client`), and one as a program on a port of this machine (`address`)."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.testclient import TestClient

from tests.campaign.city import handed_out
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Ledger
from workbook.desk.app import create_app, officers_of
from workbook.desk.settings import DeskSettings
from workbook.form.facts import read_facts
from workbook.resources import template_folder
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book

OFFICER, SECRET = "王科员", "一个很长的口令2026"


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> CampaignFolder:
    """A small city's campaign, handed out."""
    return handed_out(tmp_path_factory.mktemp("任务 一") / "年报 2025")


@pytest.fixture
def campaign(master: CampaignFolder, tmp_path: Path) -> CampaignFolder:
    shutil.copytree(master.path, tmp_path / "年报 2025")
    return CampaignFolder(tmp_path / "年报 2025")


@pytest.fixture
def desk(campaign: CampaignFolder) -> Iterator[TestClient]:
    """A desk with that campaign; nobody is signed in."""
    settings = DeskSettings(store=campaign.path / "desk", campaign=campaign.path, workers=1)
    officers = officers_of(settings)
    officers.set_secret(OFFICER, SECRET)
    with TestClient(create_app(settings, officers), base_url="http://desk") as client:
        yield client


def code_of(campaign: CampaignFolder, unit: str) -> str:
    """A unit's 报送码."""
    with Ledger(campaign.ledger) as ledger:
        return ledger.links()[unit]


def sign_in(client: TestClient) -> str:
    """Sign the officer in; gives the token of her forms."""
    client.cookies.clear()
    form = {"name": OFFICER, "secret": SECRET}
    answer = client.post("/officer/signin", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    found = re.search(r'name="token" value="([^"]+)"', client.get("/officer").text)
    assert found is not None
    return found[1]


@pytest.fixture
def settings(tmp_path: Path) -> DeskSettings:
    return DeskSettings(store=tmp_path / "desk", workers=1)


@pytest.fixture
def client(settings: DeskSettings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), base_url="http://desk") as client:
        yield client


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium for one module: while it is there no other event loop runs in this thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def watched(page: Page, home: str) -> list[str]:
    """Script errors and requests to another host than the desk, as they happen."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # Chromium logs a page that says why something was not done as an error of its own.
    told = re.compile(r"status of (403|404|422)")
    page.on(
        "console",
        lambda message: (
            errors.append(message.text) if message.type == "error" and not told.search(message.text) else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            errors.append(request.url)
            if urlsplit(request.url).scheme in ("http", "https")
            and urlsplit(request.url).netloc != urlsplit(home).netloc
            else None
        ),
    )
    return errors


def accessible(page: Page) -> None:
    """No violation that axe knows of."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def pictured(page: Page, folder: Path, name: str) -> None:
    """The page accessible, at desk and phone width without a sideways scroll, and its picture at both.

    Pictures stay in the folder named by GOUJI_SCREENSHOTS, if set.
    """
    folder = Path(os.environ.get("GOUJI_SCREENSHOTS", folder))
    accessible(page)
    for kind, width, height in (("", 1280, 900), (" 手机", 390, 800)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.screenshot(path=folder / f"{name}{kind}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def demo_form(path: Path) -> Path:
    """The demo's source: the form filled as 宁波市科技局 published its report of 2019."""
    filing = read_facts(template_folder() / "ningbo-2019.json")
    path.write_bytes(build_book(filing.edition, load_rulebook(), filing=filing))
    return path


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def started(
    *arguments: str, output: Path | None = None, group: bool = False
) -> tuple[subprocess.Popen[bytes], str]:
    """`gouji serve` with those arguments, answering, and its address; what it says goes into a file.

    With `group` it is a process group of its own, with its workers.
    """
    port = free_port()
    command = [sys.executable, "-X", "utf8", "-m", "workbook.cli", "serve", *arguments, "--port", str(port)]
    with (output or Path(os.devnull)).open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, start_new_session=group)
    address = f"http://127.0.0.1:{port}"
    last = time.monotonic() + 60
    while time.monotonic() < last and process.poll() is None:
        try:
            httpx2.get(address, timeout=5, trust_env=False)
            return process, address
        except httpx2.TransportError:
            time.sleep(0.2)
    process.kill()
    raise AssertionError("the desk did not start")


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    process, address = started()
    yield address
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; skip without it, in CI fail."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have chromium")
        pytest.skip("not installed: chromium")
    return path
