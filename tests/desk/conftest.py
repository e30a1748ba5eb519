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

import httpx2
import pytest
from starlette.testclient import TestClient

from tests.campaign.city import handed_out
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Ledger
from workbook.desk.app import create_app, officers_of
from workbook.desk.settings import DeskSettings


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


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def started(*arguments: str) -> tuple[subprocess.Popen[bytes], str]:
    """`gouji serve` with those arguments, answering, and its address."""
    port = free_port()
    command = [sys.executable, "-X", "utf8", "-m", "workbook.cli", "serve", *arguments, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
