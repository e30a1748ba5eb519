"""Data files are found in the installed package and in a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbook.problems import BrokenDefinition
from workbook.resources import template_folder


def test_the_checkout_has_its_templates() -> None:
    assert (template_folder() / "narrative.yaml").is_file()


def test_the_wheel_comes_first_then_the_checkout(tmp_path: Path) -> None:
    package = tmp_path / "workbook"
    package.mkdir()
    with pytest.raises(BrokenDefinition, match="_templates"):
        template_folder(package)
    (tmp_path / "templates").mkdir()
    with pytest.raises(BrokenDefinition):
        template_folder(package)  # somebody else's folder in site-packages
    (tmp_path / "pyproject.toml").touch()
    assert template_folder(package) == tmp_path / "templates"
    (package / "_templates").mkdir()
    assert template_folder(package) == package / "_templates"
