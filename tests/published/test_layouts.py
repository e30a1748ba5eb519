"""Random reports in every layout: each figure is right or named uncertain; clean layouts leave no doubt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.published.layouts import (
    HTML_LAYOUTS,
    TEXT_LAYOUTS,
    Report,
    docx_report,
    html_report,
    text_report,
    web_archive,
    xlsx_report,
)
from tests.published.reports import ORGAN, random_figures, report_of, silently_wrong
from tests.published.variations import VARIATIONS
from tests.strategies import steady
from workbook.cli import main
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.form.facts import filing_from_document
from workbook.published.flow import Flow
from workbook.published.htmlsource import html_flow
from workbook.published.recognise import recognise
from workbook.published.textsource import text_flow
from workbook.review import open_filing
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book

EDITIONS = [edition.id for edition in all_editions()]
seeds = st.integers(0, 10_000)
editions = st.sampled_from(all_editions())


@pytest.mark.parametrize("edition_id", EDITIONS)
@pytest.mark.parametrize("layout", TEXT_LAYOUTS)
def test_text_layout_is_read_whole(layout: str, edition_id: str) -> None:
    edition = next(item for item in all_editions() if item.id == edition_id)
    figures = random_figures(edition, Random(layout))
    report = report_of(edition, figures)
    filing = recognise(text_flow(text_report(report, layout), "年报.txt")).filing
    assert silently_wrong(filing, figures) == {}
    assert filing.uncertain == {} and filing.missing_tables == {}
    assert (filing.organ.name, filing.year, filing.edition_id) == (ORGAN, report.year, edition_id)
    assert list(filing.headings) == [section.id for section in edition.sections]
    assert filing.sections["problems"] == report.sections["problems"]
    assert filing.sections["overview"] == report.sections["overview"]
    assert filing.sections["challenges"] == ""


@pytest.mark.parametrize("edition_id", EDITIONS)
@pytest.mark.parametrize("site", [False, True])
@pytest.mark.parametrize("layout", HTML_LAYOUTS)
def test_page_is_read_whole(layout: str, site: bool, edition_id: str) -> None:
    edition = next(item for item in all_editions() if item.id == edition_id)
    figures = random_figures(edition, Random(layout))
    report = report_of(edition, figures)
    filing = recognise(html_flow(html_report(report, layout, site=site), "年报.html")).filing
    assert silently_wrong(filing, figures) == {}
    assert filing.uncertain == {} and filing.missing_tables == {}
    assert (filing.organ.name, filing.year, filing.edition_id) == (ORGAN, report.year, edition_id)
    assert {key: filing.sections[key] for key in report.sections} == report.sections
    assert filing.sections["preamble"] == report.preamble


FILES: dict[str, tuple[str, Callable[[Report], bytes]]] = {
    "Word": ("年报.docx", docx_report),
    "标题在文本框里": ("年报.docx", lambda report: docx_report(report, title_in_box=True)),
    "单个文件网页": ("年报.mht", web_archive),
    "自己的版式": ("年报.xlsx", xlsx_report),
    "自己的版式、没有合并": ("年报.xlsx", lambda report: xlsx_report(report, merged=False)),
    "一表一页": ("年报.xlsx", lambda report: xlsx_report(report, sheets=True)),
}


@pytest.mark.parametrize("edition_id", EDITIONS)
@pytest.mark.parametrize("kind", FILES)
def test_file_is_read_whole(kind: str, edition_id: str, tmp_path: Path) -> None:
    edition = next(item for item in all_editions() if item.id == edition_id)
    figures = random_figures(edition, Random(edition_id))
    report = report_of(edition, figures)
    name, write = FILES[kind]
    path = tmp_path / f"某局 {name}"
    path.write_bytes(write(report))
    filing, _ = open_filing(path)
    assert silently_wrong(filing, figures) == {}
    assert filing.uncertain == {} and filing.missing_tables == {}
    assert (filing.organ.name, filing.year, filing.edition_id) == (ORGAN, report.year, edition_id)
    if kind != "一表一页":  # its sections' words stand apart from their tables
        assert {key: filing.sections[key] for key in report.sections} == report.sections


@given(
    editions,
    st.sampled_from(sorted(TEXT_LAYOUTS)),
    seeds,
    st.sampled_from(["/", "", "－", "0 ", " 0", "&nbsp;"]),
)
@steady
def test_other_zeros_in_text(edition, layout, seed, zero):  # type: ignore[no-untyped-def]
    """Zeros written otherwise, or left blank: as printed or uncertain, never moved."""
    figures = {c: zero if v == "0" else v for c, v in random_figures(edition, Random(seed)).items()}
    report = report_of(edition, figures)
    filing = recognise(text_flow(text_report(report, layout), "年报.txt")).filing
    assert silently_wrong(filing, figures) == {}
    if zero.strip() and zero != "&nbsp;":
        assert filing.uncertain == {}
    elif TEXT_LAYOUTS[layout][1]:
        # Of a row of 表二 with fewer figures than columns nothing may tell which blank is a figure.
        assert len(filing.uncertain) <= 8 and {cell.table for cell in filing.uncertain} <= {"proactive"}


@given(editions, st.sampled_from(sorted(HTML_LAYOUTS)), seeds, st.sampled_from(["/", "", "-", " 0 ", "\xa0"]))
@steady
def test_other_zeros_on_pages(edition, layout, seed, zero):  # type: ignore[no-untyped-def]
    figures = {c: zero if v == "0" else v for c, v in random_figures(edition, Random(seed)).items()}
    filing = recognise(html_flow(html_report(report_of(edition, figures), layout), "年报.html")).filing
    assert silently_wrong(filing, figures) == {}
    if HTML_LAYOUTS[layout][1]:
        assert filing.uncertain == {}


def without_cells(report: Report, gone: set[CellId]) -> Report:
    """The report with these figure cells missing altogether, not blank."""
    report.tables = {
        table: [[cell for cell in row if cell.cell not in gone] for row in rows]
        for table, rows in report.tables.items()
    }
    return report


@given(editions, st.sampled_from(sorted(TEXT_LAYOUTS)), seeds, st.integers(1, 6))
@steady
def test_cells_lost(edition, layout, seed, lost):  # type: ignore[no-untyped-def]
    """Some figure cells are missing altogether: their rows are uncertain, nothing moves over."""
    random = Random(seed)
    figures = random_figures(edition, random)
    gone = set(random.sample(list(edition.cells), lost))
    report = without_cells(report_of(edition, figures), gone)
    filing = recognise(text_flow(text_report(report, layout), "年报.txt")).filing
    kept = {cell: value for cell, value in figures.items() if cell not in gone}
    assert silently_wrong(filing, kept) == {}
    for cell in gone:
        assert cell in filing.uncertain or cell not in filing.facts or filing.facts[cell].value is None


@given(editions, st.sampled_from(sorted(HTML_LAYOUTS)), seeds, st.integers(1, 6))
@steady
def test_cells_lost_on_pages(edition, layout, seed, lost):  # type: ignore[no-untyped-def]
    random = Random(seed)
    figures = random_figures(edition, random)
    gone = set(random.sample(list(edition.cells), lost))
    report = without_cells(report_of(edition, figures), gone)
    filing = recognise(html_flow(html_report(report, layout), "年报.html")).filing
    assert silently_wrong(filing, {c: v for c, v in figures.items() if c not in gone}) == {}


@given(editions, st.sampled_from(sorted(TEXT_LAYOUTS)), seeds, st.integers(1, 5))
@steady
def test_rows_lost(edition, layout, seed, lost):  # type: ignore[no-untyped-def]
    """Rows that the document leaves out are uncertain; the others stand."""
    random = Random(seed)
    figures = random_figures(edition, random)
    report = report_of(edition, figures)
    gone: set[object] = set()
    tables = {}
    for table, rows in report.tables.items():
        out = set(random.sample(range(len(rows)), min(lost, len(rows) // 6)))
        gone |= {cell.cell for number in out for cell in rows[number] if cell.cell}
        tables[table] = [row for number, row in enumerate(rows) if number not in out]
    report.tables = tables
    filing = recognise(text_flow(text_report(report, layout), "年报.txt")).filing
    assert silently_wrong(filing, {c: v for c, v in figures.items() if c not in gone}) == {}


@given(editions, st.sampled_from(sorted(TEXT_LAYOUTS)), seeds, st.integers(1, 5))
@steady
def test_labels_lost(edition, layout, seed, lost):  # type: ignore[no-untyped-def]
    """Rows whose label is gone (a picture, a blank) are uncertain, and so is what they may have run into."""
    random = Random(seed)
    figures = random_figures(edition, random)
    report = report_of(edition, figures)
    labels = [c for rows in report.tables.values() for row in rows for c in row if c.role == "label"]
    gone = {id(cell) for cell in random.sample(labels, lost)}
    report.tables = {
        table: [[cell for cell in row if id(cell) not in gone] for row in rows]
        for table, rows in report.tables.items()
    }
    filing = recognise(text_flow(text_report(report, layout), "年报.txt")).filing
    assert silently_wrong(filing, figures) == {}


@given(editions, st.sampled_from(sorted(VARIATIONS)), st.sampled_from(sorted(TEXT_LAYOUTS)), seeds)
@steady
def test_variations_in_text(edition, variation, layout, seed):  # type: ignore[no-untyped-def]
    """Other words, numbers set otherwise, tables built otherwise: the same figures."""
    varied(edition, variation, seed, lambda report: text_flow(text_report(report, layout), "年报.txt"))


@given(editions, st.sampled_from(sorted(VARIATIONS)), st.sampled_from(sorted(HTML_LAYOUTS)), seeds)
@steady
def test_variations_on_pages(edition, variation, layout, seed):  # type: ignore[no-untyped-def]
    varied(edition, variation, seed, lambda report: html_flow(html_report(report, layout), "年报.html"))


def varied(edition: Edition, variation: str, seed: int, flow: Callable[[Report], Flow]) -> None:
    random = Random(seed)
    figures = random_figures(edition, random)
    report = report_of(edition, figures)
    change, is_certain = VARIATIONS[variation]
    change(report, random)
    printed = {c.cell: c.text for rows in report.tables.values() for row in rows for c in row if c.cell}
    filing = recognise(flow(report)).filing
    assert silently_wrong(filing, printed or figures) == {}
    if is_certain:
        assert filing.uncertain == {} and filing.missing_tables == {}


COMPARED: dict[str, Callable[[Report], bytes]] = {
    "公开.docx": docx_report,
    "公开.html": lambda report: html_report(report, "普通表格", site=True),
    "公开.mht": web_archive,
    "公开.txt": lambda report: text_report(report, "一格一行"),
    "公开.md": lambda report: text_report(report, "Markdown"),
    "公开.xlsx": xlsx_report,
}


@pytest.mark.parametrize("name", COMPARED)
def test_compare_takes_every_kind(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page against the form that was handed in: equal, and one figure that is not."""
    edition = all_editions()[-1]
    figures = random_figures(edition, Random(name))
    report = report_of(edition, figures)
    (tmp_path / name).write_bytes(COMPARED[name](report))
    sections = {**report.sections, "preamble": report.preamble}
    typed = {str(cell): int(value) for cell, value in figures.items()}
    known = {"organ": {"name": ORGAN}, "year": report.year, "edition": edition.id}
    filing = filing_from_document(known | {"facts": typed, "sections": sections}, "test")
    form = tmp_path / "提交.xlsx"
    form.write_bytes(build_book(edition, load_rulebook(), filing=filing, typed_totals=True))
    assert main(["compare", str(form), str(tmp_path / name)]) == 0, capsys.readouterr().out
    wrong = typed | {"applications.received[business]": typed["applications.received[business]"] + 1}
    other = filing_from_document(known | {"facts": wrong, "sections": sections}, "test")
    form.write_bytes(build_book(edition, load_rulebook(), filing=other, typed_totals=True))
    capsys.readouterr()
    assert main(["compare", str(form), str(tmp_path / name)]) == 1
    assert "商业企业" in capsys.readouterr().out
