"""What is published, read back, is what was submitted: three formats, both editions, random reports."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pytest

from tests.published.reports import silently_wrong
from tests.publishing.samples import EDITIONS, city
from tests.publishing.test_pdf import need_libreoffice
from tests.strategies import totals_of
from workbook.form.checkcode import check_code
from workbook.form.edition import CellId, Edition, ValueKind
from workbook.form.editionfile import edition_by_id
from workbook.form.facts import filing_from_document, raw_json
from workbook.form.filing import Filing
from workbook.form.labels import plain
from workbook.publication import compare_reports, export_for_signing, is_equal
from workbook.published.export import export
from workbook.review import open_filing, review_filing
from workbook.rules.rulebook import load_rulebook

pytest.importorskip("workbook.published.reading", reason="published reports are not read here yet")

DAY = datetime.date(2026, 1, 20)
SENTENCES = [
    "全年主动公开政府信息128条。",
    "未发生因政府信息公开引起的行政复议、行政诉讼。",
    "（一）主动公开情况",
    "（二）依申请公开。全年收到申请3件，均按期答复。",
    "1.健全制度。修订《指南》（2025版）。",
    "认真落实“放管服”要求，加强培训。",
    "存在的主要问题：一是人手不足；二是培训不够。",
    "改进情况：组织培训2次，参加人员120人次。",
    "二〇二五年，各项工作平稳推进。",
]


def random_report(edition: Edition, seed: int) -> Filing:
    """A report as offices send it: mostly zeros, some large figures, an amount, words."""
    chance = random.Random(seed)
    figures: dict[CellId, int | float] = {}
    for cell in edition.cells:
        large = chance.choice([chance.randint(1, 99), chance.randint(100, 15_000)])
        figures[cell] = 0 if chance.random() < 0.7 else large
    figures |= totals_of(edition, figures)  # type: ignore[arg-type]
    amount = next(cell for cell in edition.cells if edition.kind(cell) is ValueKind.AMOUNT)
    figures[amount] = round(chance.random() * 1000, seed)
    sections = {
        section: "\n".join(chance.sample(SENTENCES, chance.randint(1, 5)))
        for section in ("preamble", *(item.id for item in edition.sections))
    }
    document = {
        "organ": {"name": "某市某局"},
        "year": edition.last_year or edition.first_year + seed % 5,
        "edition": edition.id,
        "facts": {str(cell): value for cell, value in figures.items()},
        "sections": sections,
    }
    return filing_from_document(document, "test")


def came_back(filing: Filing, to: str, path: Path) -> None:
    path.write_bytes(export(filing, to, DAY))
    read, _ = open_filing(path)
    assert (read.year, read.edition_id) == (filing.year, filing.edition_id)
    assert plain(read.organ.name or "") == plain(filing.organ.name or "")
    assert not read.uncertain
    figures = {str(cell): raw_json(fact) for cell, fact in read.facts.items()}
    assert figures == {str(cell): raw_json(fact) for cell, fact in filing.facts.items()}
    for section, text in filing.sections.items():
        assert plain(read.sections.get(section) or "") == plain(text or ""), section
    assert check_code(read) == check_code(filing)
    assert is_equal(compare_reports(filing, read, load_rulebook()))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("to", ["docx", "html"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_word_and_page_come_back(edition: str, to: str, seed: int, tmp_path: Path) -> None:
    form = edition_by_id(edition)
    assert form is not None
    came_back(random_report(form, seed), to, tmp_path / f"年报.{to}")


@pytest.mark.office
@pytest.mark.parametrize("edition", EDITIONS)
def test_pdf_comes_back(edition: str, tmp_path: Path) -> None:
    need_libreoffice()
    form = edition_by_id(edition)
    assert form is not None
    came_back(random_report(form, 1), "pdf", tmp_path / "年报.pdf")


@pytest.mark.parametrize("to", ["docx", "html", pytest.param("pdf", marks=pytest.mark.office)])
@pytest.mark.parametrize("edition", EDITIONS)
def test_what_goes_to_be_signed_comes_back(edition: str, to: str, tmp_path: Path) -> None:
    """The sheet before the report, with its own table and check code, is none of the report."""
    if to == "pdf":
        need_libreoffice()
    form = edition_by_id(edition)
    assert form is not None
    filing = random_report(form, 2)
    review = review_filing(filing, None, Path("表.json"), load_rulebook(), None)
    path = tmp_path / f"审签稿.{to}"
    path.write_bytes(export_for_signing(review, load_rulebook(), to, DAY))
    read, _ = open_filing(path)
    assert silently_wrong(read, {cell: str(fact.value) for cell, fact in filing.facts.items()}) == {}
    assert (read.uncertain, dict(read.sections)) == ({}, dict(filing.sections))
    assert check_code(read) == check_code(filing)


@pytest.mark.parametrize("to", ["docx", "html"])
def test_a_large_city_s_report_comes_back(to: str, tmp_path: Path) -> None:
    came_back(city(), to, tmp_path / f"年报.{to}")
