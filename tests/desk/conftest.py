"""A desk in the test's own process (`client`), and one as a program on a port of this machine (`address`)."""

from __future__ import annotations

import os
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

from workbook.desk.app import create_app
from workbook.desk.settings import DeskSettings


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
