"""导入Word年报 and 导出年报 on a live LibreOffice: what is filled, what is asked, what is said."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import xlwings as xw

from addin import libreoffice
from addin.buttons import press
from tests.addin.test_buttons import said
from tests.filled import save_form, zeros
from tests.published.layouts import Report, docx_report
from tests.published.reports import random_figures, report_of, silently_wrong
from workbook.files.scan import read_grid
from workbook.form.edition import CellId
from workbook.form.editionfile import all_editions
from workbook.form.reader import read_filing
from workbook.published.reading import read_published
from workbook.review import open_filing

pytestmark = pytest.mark.office

EDITION = all_editions()[-1]
BROUGHT = [cell for cell in EDITION.cells if cell.row == "brought_forward"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path / "Documents" / "政务公开年报"


def word_report(path: Path, year: int, **figures: str) -> tuple[dict[CellId, str], Report]:
    """A published report of random figures, the given ones set, as a Word document."""
    known = random_figures(EDITION, Random(year)) | {CellId.parse(k): v for k, v in figures.items()}
    report = report_of(EDITION, known, year)
    path.write_bytes(docx_report(report))
    return known, report


def choose(*answers: object) -> None:
    libreoffice.engine.dialogs.answers.extend(str(answer) for answer in answers)


def test_this_years_document_becomes_a_form_of_its_own(calc: xw.App, tmp_path: Path, home: Path) -> None:
    figures, report = word_report(tmp_path / "某局 年报.docx", 2024)
    choose(tmp_path / "某局 年报.docx")
    press("import_report", calc, None)
    [text] = said()
    [made] = home.glob("*.xlsx")
    assert str(made) in text and "没有读不准的数" in text
    filing, _ = open_filing(made)
    assert silently_wrong(filing, figures) == {} and filing.uncertain == {}
    assert filing.sections["problems"] == report.sections["problems"]
    assert [book.name for book in calc.books] == [made.name]


def test_what_could_not_be_read_is_said(calc: xw.App, tmp_path: Path) -> None:
    two_in_one = {"applications.received[business]": "3\n5"}
    _, report = word_report(tmp_path / "年报.docx", 2024, **two_in_one)
    del report.tables["challenges"]
    (tmp_path / "年报.docx").write_bytes(docx_report(report))
    choose(tmp_path / "年报.docx")
    press("import_report", calc, None)
    [text] = said()
    assert "没有读到表四" in text and "有1格没有读准" in text and "表三“本年新收”" in text


def test_last_years_document_fills_what_was_brought_forward(calc: xw.App, tmp_path: Path) -> None:
    figures, _ = word_report(tmp_path / "上年.docx", 2023)
    blank = {cell: value for cell, value in zeros("2021", totals=False).items() if "brought" not in cell}
    book = calc.books.open(str(save_form(tmp_path / "今年.xlsx", "2021", blank, year=2024)))
    choose(tmp_path / "上年.docx")
    press("import_report", calc, book)
    [text] = said()
    assert "2023年年报的“结转下年度”" in text
    book.save()
    filing = read_filing(read_grid(tmp_path / "今年.xlsx"))
    for cell in BROUGHT:
        assert str(filing.facts[cell].value) == figures[cell._replace(row="carried_forward")], cell


def test_figures_already_filled_are_only_changed_when_asked(calc: xw.App, tmp_path: Path) -> None:
    word_report(tmp_path / "上年.docx", 2023, **{"applications.carried_forward[research]": "41"})
    form = save_form(tmp_path / "今年.xlsx", "2021", zeros("2021", totals=False), year=2024)
    book = calc.books.open(str(form))
    choose(tmp_path / "上年.docx", "no")
    press("import_report", calc, book)
    [asked] = said()
    assert "改成年报上的数吗" in asked
    book.save()
    filing = read_filing(read_grid(form))
    assert all(filing.facts[cell].value == 0 for cell in BROUGHT)


def test_no_file_chosen_nothing_done(calc: xw.App, home: Path) -> None:
    press("import_report", calc, None)
    assert said() == [] and not home.exists()


def test_the_form_goes_out_as_a_word_document(calc: xw.App, tmp_path: Path, home: Path) -> None:
    form = save_form(
        tmp_path / "年报.xlsx", "2021", zeros("2021", totals=False), year=2024,
        sections={"overview": "全年没有收到申请。", "problems": "人手不足。", "other": "无。"},
    )  # fmt: skip
    book = calc.books.open(str(form))
    choose("yes")
    press("export_report", calc, book)
    texts = said()
    [made] = home.glob("*.docx")
    assert str(made) in texts[-1] and "2024年政府信息公开工作年度报告" in made.name
    read = read_published(made)
    assert (read.year, read.edition_id, read.uncertain) == (2024, "2021", {})
    assert all(fact.value == 0 for fact in read.facts.values())
    assert read.sections["problems"] == "人手不足。"
