"""One LibreOffice for all the add-in's tests of a worker: its own profile, checked before every test.

`calc` gives the live application (through xlwings' public API), `book` a new empty book in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import xlwings as xw

from addin import libreoffice
from addin.libreoffice.office import Office, find_soffice
from addin.libreoffice.problems import OfficeMissing
from addin.libreoffice.uno_bridge import load_uno


@pytest.fixture(scope="session")
def installed() -> None:
    """Skip the test where LibreOffice or its Python bridge is missing; in CI that is a failure."""
    try:
        find_soffice()
        load_uno()
    except OfficeMissing as problem:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have LibreOffice: {problem}")
        pytest.skip(str(problem))


@pytest.fixture(scope="session")
def office(installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A headless soffice with a profile of its own; its whole process group is ended with the session."""
    with Office(tmp_path_factory.mktemp("office-profile"), timeout=120) as running:
        yield running


@pytest.fixture
def calc(office: Office) -> Iterator[xw.App]:
    """The live application, no book open. Restarted first if the test before has brought it down."""
    if not office.healthy(timeout=15):
        office.restart()
    before = xw.engines.active
    libreoffice.register().activate()
    libreoffice.use(office.connection)
    libreoffice.engine.dialogs.alerts.clear()
    libreoffice.engine.dialogs.answers.clear()
    yield xw.apps.active
    if office.healthy(timeout=15):
        for document in office.connection.spreadsheets():
            document.close(True)
    else:
        office.restart()
    libreoffice.use(None)
    xw.engines.active = before


@pytest.fixture
def book(calc: xw.App) -> xw.Book:
    """A new, empty book with one sheet."""
    return calc.books.add()


@pytest.fixture
def sheet(book: xw.Book) -> xw.Sheet:
    """The one sheet of a new book."""
    return book.sheets[0]
