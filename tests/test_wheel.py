"""The built wheel carries everything it needs: one check from another directory, away from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--wheel-dir", str(folder), str(ROOT)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    [wheel] = folder.glob("gouji-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "here")
    return folder / "here"


def run(unpacked: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The wheel's own code with the libraries beside it; the checkout is not on the path."""
    path = os.pathsep.join([str(unpacked), sysconfig.get_paths()["purelib"]])
    base = getattr(sys, "_base_executable", sys.executable)
    return subprocess.run(
        [base, "-m", "workbook.cli", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


def test_the_wheel_runs_a_check_from_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    folder = tmp_path / "别处 的文件夹"
    folder.mkdir()
    shown = run(unpacked, folder, "demo", "--out", "出")
    assert shown.returncode == 1, shown.stderr
    checked = run(unpacked, folder, "check", "--json", "出/宁波市科技局2019年度报告.xlsx")
    assert checked.returncode == 1, checked.stderr
    assert json.loads(checked.stdout)[0]["organ"] == "宁波市科技局"


def test_the_wheel_holds_editions_rules_sentences_and_macros(unpacked: Path) -> None:
    assert (unpacked / "workbook" / "form" / "editions" / "2021.yaml").is_file()
    assert (unpacked / "workbook" / "rules" / "data" / "3-sum.yaml").is_file()
    assert (unpacked / "workbook" / "_templates" / "narrative.yaml").is_file()
    assert (unpacked / "addin" / "_macros" / "modLauncher.bas").is_file()
    assert not (unpacked / "tests").exists()
