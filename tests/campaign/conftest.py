"""One campaign made and handed out a session; every test gets its own copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.campaign.city import handed_out
from workbook.campaign.folder import CampaignFolder


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> CampaignFolder:
    return handed_out(tmp_path_factory.mktemp("任务 一") / "年报 2025")


@pytest.fixture
def campaign(master: CampaignFolder, tmp_path: Path) -> CampaignFolder:
    shutil.copytree(master.path, tmp_path / "年报 2025")
    return CampaignFolder(tmp_path / "年报 2025")
