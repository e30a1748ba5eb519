"""下发: a form a unit, its cover locked, its identity proved, last year's figures beside it."""

from __future__ import annotations

import stat
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.campaign.city import UNITS, YEAR, book_of, open_campaign, plain_form
from tests.filled import type_into, zeros
from workbook.campaign.distribute import distribute, safe_file_name
from workbook.campaign.folder import CampaignFolder, read_key
from workbook.campaign.identity import identity_digest, is_ours
from workbook.campaign.ledger import Ledger
from workbook.campaign.records import Unit
from workbook.files.scan import read_grid
from workbook.form.anchors import COVER, IDENTITY_SHEET, LAST_YEAR, TEMPLATE_VERSIONS
from workbook.form.edition import CellId
from workbook.form.editionfile import edition_by_id
from workbook.form.filing import Filing, Identity, Organ
from workbook.form.lastyear import read_last_year
from workbook.form.reader import read_filing
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.repair import repair_review
from workbook.review import review_file
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book
from workbook.template.lastyear import NOTHING_KNOWN, HandedOut

CARRIED = "applications.carried_forward[total]"
BROUGHT = "applications.brought_forward[total]"


def test_every_unit_gets_a_form_that_a_person_finds(campaign: CampaignFolder) -> None:
    names = {path.name for path in campaign.outbox.glob("*.xlsx")}
    assert len(names) == len(UNITS)
    assert "0101 某市科学技术局 2025年度.xlsx" in names
    assert "02 某市某县人民政府 2025年度（全口径）.xlsx" in names
    letter = (campaign.outbox / "0101 某市科学技术局 2025年度（通知）.txt").read_text(encoding="utf-8-sig")
    assert "某市科学技术局：" in letter
    assert "2026年1月31日" in letter


def test_the_identity_is_proved_by_the_key_and_says_nothing_of_figures(campaign: CampaignFolder) -> None:
    path = book_of(campaign, "0101")
    identity = read_filing(read_grid(path)).identity
    key = read_key(campaign)
    with Ledger(campaign.ledger) as ledger:
        name = ledger.campaign
    assert identity is not None and key is not None
    assert (identity.unit, identity.year, identity.organ) == ("0101", YEAR, "某市科学技术局")
    assert is_ours(identity, key, name)
    assert not is_ours(replace(identity, unit="0102"), key, name)
    assert not is_ours(identity, b"x" * 32, name)
    filled = type_into(path, zeros("2021", totals=False) | {"applications.received[natural_person]": 9}, path)
    again = read_filing(read_grid(filled)).identity
    assert again == identity


@pytest.mark.skipif(sys.platform == "win32", reason="文件权限只在POSIX系统上能这样看")
def test_the_key_is_readable_by_its_owner_alone(campaign: CampaignFolder, master: CampaignFolder) -> None:
    assert stat.S_IMODE(master.key_file.stat().st_mode) == 0o600


def test_the_cover_is_filled_and_locked_and_the_figures_open(campaign: CampaignFolder) -> None:
    book = openpyxl.load_workbook(book_of(campaign, "0101"))
    cover = book[COVER]
    values = {cell.value: cell for row in cover.iter_rows() for cell in row if cell.value is not None}
    assert cover.protection.sheet
    for value in ("某市科学技术局", "市级部门", YEAR, "本级"):
        assert values[value].protection.locked
    contact = next(cell for value, cell in values.items() if value == "联系人")
    assert not cover.cell(contact.row, contact.column + 1).protection.locked
    assert book[LAST_YEAR].protection.sheet
    assert book[IDENTITY_SHEET].sheet_state == "veryHidden"


def test_what_is_cast_reads_like_what_is_built(campaign: CampaignFolder, tmp_path: Path) -> None:
    """The mould must give, unit by unit, what the template itself would have given."""
    edition = edition_by_id("2021")
    assert edition is not None
    unit = next(unit for unit in UNITS if unit.code == "0101")
    key = read_key(campaign)
    with Ledger(campaign.ledger) as ledger:
        name = ledger.campaign
    assert key is not None
    identity = Identity("2021", TEMPLATE_VERSIONS[-1], False, unit.name, YEAR, unit.code, name,
                        identity_digest(key, name, unit.code, "2021", YEAR))  # fmt: skip
    filing = Filing(Organ(unit.name, unit.level), YEAR, "2021", unit.scope, {}, identity=identity)
    built = tmp_path / book_of(campaign, "0101").name
    built.write_bytes(
        build_book(
            edition,
            load_rulebook(),
            filing=filing,
            sentences=live_sentences(edition, load_sentences()),
            handed=HandedOut(YEAR - 1, edition, {}, unit.scope, remark=NOTHING_KNOWN),
        )
    )
    cast, direct = read_grid(book_of(campaign, "0101")), read_grid(built)
    assert dict(cast.names) == dict(direct.names)
    for one, other in zip(cast.sheets, direct.sheets, strict=True):
        assert (one.name, one.cells, one.merged, one.visible, one.protected) == (
            other.name, other.cells, other.merged, other.visible, other.protected,
        )  # fmt: skip


def last_year(tmp_path: Path, **figures: object) -> CampaignFolder:
    """A campaign with last year's report of 0101 found in a folder."""
    old = tmp_path / "上年"
    plain_form(old / "科技局2024.xlsx", "某市科技局", {CARRIED: 3, "applications.received[natural_person]": 3}
               | figures, year=YEAR - 1)  # fmt: skip
    made = open_campaign(tmp_path / "任务", UNITS[:4], previous=old)
    distribute(made)
    return made


def test_last_years_figures_come_on_a_sheet_of_their_own(tmp_path: Path) -> None:
    folder = last_year(tmp_path)
    grid = read_grid(book_of(folder, "0101"))
    known = read_last_year(grid)
    assert known is not None
    assert (known.year, known.scope) == (YEAR - 1, "own")
    assert known.value(CellId.parse(CARRIED)) == Decimal(3)
    assert known.value(CellId.parse(BROUGHT)) == Decimal(0)
    # They are never taken for this year's: this year's form is empty.
    filing = read_filing(grid)
    assert set(filing.missing_tables) == {"proactive", "applications", "challenges"}
    assert read_last_year(read_grid(book_of(folder, "0102"))) is None


def test_the_handed_out_figures_stand_in_for_last_years_report(tmp_path: Path) -> None:
    folder = last_year(tmp_path)
    mine = type_into(book_of(folder, "0101"), zeros("2021", totals=False), tmp_path / "报.xlsx")
    found = {finding.rule for finding in review_file(mine, load_rulebook()).result.findings}
    assert "YOY-01" in found


def test_names_of_units_make_harmless_file_names() -> None:
    assert safe_file_name('a/b\\c:d*e?"<>|..') == "abcde"
    assert safe_file_name("..") == "单位"
    assert len(safe_file_name("长" * 200)) <= 60


def test_a_unit_named_like_a_formula_stays_text(tmp_path: Path) -> None:
    units = (Unit("01", '=1+1<某局>&"', level="other"),)
    folder = open_campaign(tmp_path / "任务", units)
    distribute(folder)
    (path,) = folder.outbox.glob("*.xlsx")
    grid = read_grid(path)
    area = grid.area("gj.cover.organ")
    assert area is not None
    cell = area[0].cells[area[1]]
    assert (cell.text, cell.formula) == ('=1+1<某局>&"', None)


def test_repair_brings_last_years_figures_and_the_identity_along(tmp_path: Path) -> None:
    folder = last_year(tmp_path)
    book = load_rulebook()
    damaged = type_into(book_of(folder, "0101"), zeros("2021", totals=False), tmp_path / "坏.xlsx")
    fresh = tmp_path / "新.xlsx"
    fresh.write_bytes(repair_review(review_file(damaged, book), book).data)
    known = read_last_year(read_grid(fresh))
    assert known is not None and known.value(CellId.parse(CARRIED)) == Decimal(3)
    before, after = (read_filing(read_grid(path)).identity for path in (damaged, fresh))
    assert before is not None and before == after
