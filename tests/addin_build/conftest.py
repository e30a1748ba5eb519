"""What is built, once for all tests, and one office program for those that need it."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from addin.build import build_addin
from addin.build.project import macro_folder, read_sources
from tests.addin_build.basic_office import BasicOffice, NoOffice


@pytest.fixture(scope="session")
def sources() -> dict[str, str]:
    return read_sources(macro_folder())


@pytest.fixture(scope="session")
def xlam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_addin(tmp_path_factory.mktemp("addin"))[0]


@pytest.fixture(scope="session")
def plain_template() -> bytes:
    """A workbook as our template is: several sheets, page set-up, names, protection."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        for name in ("封面", "一、主动公开", "综述"):
            sheet = book.add_worksheet(name)
            sheet.write(0, 0, name)
            sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.fit_to_pages(1, 0)  # so that this one has a sheetPr already
        sheet.protect()
        book.define_name("年份", "=封面!$A$1")
    return data.getvalue()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BasicOffice]:
    """A LibreOffice of this test session's own."""
    try:
        program = BasicOffice(tmp_path_factory.mktemp("profile"))
    except NoOffice as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(reason))
    yield program
    program.end()
