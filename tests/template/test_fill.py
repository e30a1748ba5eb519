"""Filled forms: facts as given, nothing guessed, the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from tests.template.recalculation import load
from tests.template.samples import TEMPLATES, city, edition, filing, ningbo
from workbook.form import anchors
from workbook.form.edition import CellId
from workbook.form.editionfile import all_editions
from workbook.form.filing import Filing
from workbook.problems import UnusableInput
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book, master_file_name, save_master


def _filled(report: Filing, **options: bool) -> Workbook:
    return load(build_book(report.edition, load_rulebook(), filing=report, **options))


def _at(book: Workbook, name: str) -> object:
    sheet, _, cells = book.defined_names[name].attr_text.rpartition("!")
    return book[sheet.strip("'")][cells.split(":")[0].replace("$", "")].value


def _fact(book: Workbook, cell: str) -> object:
    return _at(book, anchors.cell_name(CellId.parse(cell)))


def _identity(book: Workbook) -> dict[str, object]:
    return {str(row[0].value): row[1].value for row in book["gouji"]["A1:B8"]}


def test_facts_are_written_as_given() -> None:
    book = _filled(
        filing(
            "2021",
            {
                "applications.received[natural_person]": 5,
                "applications.received[business]": "=1+1",
                "applications.received[research]": "５件",
                "applications.received[public_interest]": None,
                "applications.received[legal_services]": "https://example.org",
                "applications.received[other]": "007",
                "proactive.fees[amount]": Decimal("59237.2449"),
            },
        )
    )
    row = "applications.received"
    assert _fact(book, f"{row}[natural_person]") == 5
    assert _fact(book, f"{row}[business]") == "=1+1"
    assert _fact(book, f"{row}[research]") == "５件"
    assert _fact(book, f"{row}[public_interest]") is None
    assert _fact(book, f"{row}[legal_services]") == "https://example.org"
    assert _fact(book, f"{row}[other]") == "007"
    assert _fact(book, "proactive.fees[amount]") == 59237.2449
    sheet = book["三、依申请公开"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert not sheet._hyperlinks


def test_a_total_not_given_has_its_cached_value() -> None:
    columns = ("natural_person", "business", "research", "public_interest", "legal_services", "other")
    book = _filled(filing("2021", {f"applications.received[{column}]": 2 for column in columns}))
    assert _fact(book, "applications.received[total]") == 12
    assert _fact(book, "applications.brought_forward[total]") in (None, "")
    assert _identity(book)["totals"] == "formula"


def test_an_empty_total_is_stored_as_a_calculated_text() -> None:
    data = build_book(edition("2021"), load_rulebook())
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet5.xml").decode("utf-8")
    assert 't="str"><f>IF(OR(COUNT(' in sheet
    assert sheet.count("<v></v>") == sheet.count('t="str"><f>IF(OR(COUNT(')


def test_a_given_total_is_a_constant_and_the_identity_says_so() -> None:
    report = filing("2021", {"applications.dispositions.total[natural_person]": 0})
    data = build_book(report.edition, load_rulebook(), filing=report)
    book, formulas = load(data), load(data, values=False)
    assert _fact(formulas, "applications.dispositions.total[natural_person]") == 0
    assert str(_fact(formulas, "applications.dispositions.total[business]")).startswith("=IF(")
    assert _identity(book)["totals"] == "typed"


def test_typed_totals_are_cells_to_fill() -> None:
    book = load(build_book(edition("2019"), load_rulebook(), typed_totals=True), values=False)
    assert _fact(book, "applications.dispositions.total[total]") is None
    assert _identity(book)["totals"] == "typed"


def test_zero_fills_blanks_but_never_a_text_and_never_an_empty_table() -> None:
    report = filing(
        "2021", {"applications.received[business]": "/", "applications.carried_forward[other]": 3}
    )
    book = _filled(report, fill_zero=True)
    assert _fact(book, "applications.received[business]") == "/"
    assert _fact(book, "applications.carried_forward[other]") == 3
    assert _fact(book, "applications.received[natural_person]") == 0
    assert _fact(book, "applications.carried_forward[total]") == 3
    assert _fact(book, "applications.received[total]") in (None, "")
    assert _fact(book, "challenges.reconsideration[upheld]") is None
    assert _fact(book, "proactive.licences[decisions]") is None


def test_the_real_report_stands_in_the_form_as_published() -> None:
    report = ningbo()
    book = _filled(report)
    assert _fact(book, "applications.dispositions.total[natural_person]") == 0
    assert _fact(book, "applications.dispositions.other[natural_person]") == 3
    assert _fact(book, "proactive.licences[decisions]") == 478
    assert _at(book, anchors.heading_name("overview")) == report.headings["overview"]
    assert _at(book, anchors.cover_name("organ")) == report.organ.name
    assert _at(book, anchors.cover_name("level")) == "市级部门"
    assert _at(book, anchors.cover_name("year")) == 2019
    assert _at(book, anchors.status_name("applications")) == "第1列（自然人）不平衡，差5（等4处）"
    assert str(_at(book, anchors.status_name("proactive"))).startswith("“行政许可”请核对")
    assert str(_at(book, anchors.status_name("challenges"))).startswith("尚有12格未填")
    sheet, _, cells = book.defined_names[anchors.section_name("overview")].attr_text.rpartition("!")
    rows = [row[0].value for row in book[sheet.strip("'")][cells.replace("$", "")]]
    assert "\n".join(str(value) for value in rows if value) == report.sections["overview"]
    assert len(rows) >= 60


def test_the_city_report_is_balanced_in_the_form() -> None:
    book = _filled(city())
    for table in ("applications", "challenges"):
        assert _at(book, anchors.status_name(table)) == "平衡"
    assert _at(book, anchors.status_name("proactive")) == "已填齐"
    verdicts = [
        row[6].value
        for row in book["勾稽核对"].iter_rows(min_row=8)
        if str(row[0].value)[:3] in ("SUM", "BAL")
    ]
    assert verdicts == ["平衡"] * 42


def test_rows_of_paragraphs_still_grow_when_a_text_is_changed() -> None:
    report = filing("2021", {}, sections={"overview": "政务公开。" * 40})
    data = build_book(report.edition, load_rulebook(), filing=report)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet3.xml").decode("utf-8")
    row = next(tag for tag in re.findall("<row [^>]*>", sheet) if 'r="7"' in tag)
    assert " ht=" in row
    assert "customHeight" not in row


@pytest.mark.parametrize("section", ["overview", "applications", "preamble"])
def test_long_paragraphs_are_never_cut(section: str) -> None:
    text = "政务公开" * 900 + "。"
    report = filing("2021", {}, sections={section: f"{text}\n第二段。"})
    book = _filled(report)
    sheet_name, _, cells = book.defined_names[anchors.section_name(section)].attr_text.rpartition("!")
    sheet = book[sheet_name.strip("'")]
    area = sheet[cells.replace("$", "")]
    found = [row[0] for row in area if row[0].value]
    assert [cell.value for cell in found] == [text, "第二段。"]
    first, second = found
    heights = sum(sheet.row_dimensions[row].height or 0 for row in range(first.row, second.row))
    width = sum(
        sheet.column_dimensions[column].width * (entry.max - entry.min + 1)
        for column, entry in sheet.column_dimensions.items()
    )
    lines = len(text) * first.font.size / (width * 7 * 0.75)
    assert heights >= lines * first.font.size * 1.2
    assert all((sheet.row_dimensions[row].height or 0) <= 409 for row in range(first.row, second.row))


def test_a_text_no_cell_can_hold_is_refused_in_one_line() -> None:
    report = filing("2021", {"applications.received[other]": "件" * 40_000})
    with pytest.raises(UnusableInput, match="一格最多32767字"):
        build_book(report.edition, load_rulebook(), filing=report)


def test_a_section_no_cell_can_hold_is_divided_at_a_full_stop() -> None:
    text = "公开。" * 13_000
    book = _filled(filing("2021", {}, sections={"overview": text}))
    sheet, _, cells = book.defined_names[anchors.section_name("overview")].attr_text.rpartition("!")
    rows = [row[0].value for row in book[sheet.strip("'")][cells.replace("$", "")]]
    assert "".join(str(value) for value in rows if value) == text
    assert all(str(value).endswith("。") for value in rows if value)


def test_the_declaration_makes_blanks_zero() -> None:
    book = _filled(filing("2021", {"applications.received[other]": 0}, declared=True))
    assert _fact(book, "applications.received[total]") == 0
    assert _at(book, anchors.cover_name("zero")) == "是"
    assert _at(book, anchors.status_name("applications")) == "平衡"


def test_a_filing_of_another_edition_is_refused() -> None:
    with pytest.raises(ValueError, match="edition 2019"):
        build_book(edition("2021"), load_rulebook(), filing=ningbo())


@pytest.mark.parametrize("report", [None, city()], ids=["empty", "city"])
def test_the_same_input_gives_the_same_bytes(report: Filing | None) -> None:
    first, second = (build_book(edition("2021"), load_rulebook(), filing=report) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("edition_id", [form.id for form in all_editions()])
def test_the_committed_template_is_current(edition_id: str, tmp_path: Path) -> None:
    form = edition(edition_id)
    fresh = save_master(form, load_rulebook(), tmp_path, live_sentences(form, load_sentences()))
    committed = TEMPLATES / master_file_name(form)
    assert _parts(committed) == _parts(fresh), "run: gouji template, or tests/template/renew.py"


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}
