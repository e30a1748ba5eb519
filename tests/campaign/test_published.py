"""Published reports in a campaign: last year's for its figures, this year's received in place of a form."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.campaign.city import UNITS, YEAR, check, open_campaign, save_roster, states_of
from tests.published.layouts import docx_report, html_report, text_report
from tests.published.reports import random_figures, report_of
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.lastyear import LastYearShelf
from workbook.campaign.opening import init
from workbook.form.edition import CellId
from workbook.form.editionfile import all_editions

EDITION = all_editions()[-1]
CARRIED = CellId("applications", "carried_forward", "total")


def published(organ: str, year: int, seed: str):  # type: ignore[no-untyped-def]
    figures = random_figures(EDITION, Random(seed))
    report = report_of(EDITION, figures, year)
    report.organ = organ
    return figures, report


def test_a_folder_of_published_reports_is_last_year(tmp_path: Path) -> None:
    """Word, a web page and a text; what a text does not say for certain is listed, not taken."""
    old = tmp_path / "上年公开件"
    old.mkdir()
    word, word_report = published(UNITS[1].name, YEAR - 1, "甲")
    page, page_report = published(UNITS[2].name, YEAR - 1, "乙")
    text, lacking = published(UNITS[3].name, YEAR - 1, "丙")
    (old / "一.docx").write_bytes(docx_report(word_report))
    (old / "二.html").write_bytes(html_report(page_report, "普通表格", site=True))
    lacking.tables = {
        table: [[cell for cell in row if cell.cell != CARRIED] for row in rows]
        for table, rows in lacking.tables.items()
    }
    (old / "三.txt").write_bytes(text_report(lacking, "竖线"))
    folder = tmp_path / "任务"
    made = init(folder, YEAR, save_roster(tmp_path / "名册.xlsx", UNITS[:4]), old)
    assert made.unmatched == ()
    campaign = CampaignFolder(folder)
    with LastYearShelf(campaign.last_year) as shelf:
        known = {unit.code: shelf.get(unit.code) for unit in UNITS[1:4]}
    for unit, figures in ((UNITS[1], word), (UNITS[2], page)):
        entry = known[unit.code]
        assert entry is not None and not entry.doubts
        assert str(entry.filing.facts[CARRIED].value) == figures[CARRIED]
    entry = known[UNITS[3].code]
    assert entry is not None and CARRIED in entry.doubts and entry.filing.value(CARRIED) is None
    assert made.doubtful == len(entry.doubts) == 7
    assert (
        str(entry.filing.facts[CellId("applications", "received", "total")].value)
        == text[CellId("applications", "received", "total")]
    )


def test_a_published_report_is_received_and_checked(tmp_path: Path) -> None:
    folder = open_campaign(tmp_path / "任务", UNITS[:4])
    _, report = published(UNITS[1].name, YEAR, "丁")
    (folder.inbox / "公开件.docx").write_bytes(docx_report(report))
    check(folder)
    receipt = states_of(folder)[UNITS[1].code].receipt
    assert receipt is not None and receipt.path.endswith("公开件.docx")
