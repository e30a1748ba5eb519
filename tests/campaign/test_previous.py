"""上年数: from last year's campaign or files, summed over predecessors, corrected with a reason."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.campaign.city import UNITS, YEAR, check, hand_in, open_campaign, plain_form, save_roster, states_of
from workbook.campaign.distribute import distribute
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.lastyear import LastYearShelf
from workbook.campaign.ledger import Ledger
from workbook.campaign.opening import init
from workbook.campaign.records import Correction, Unit
from workbook.files.scan import read_grid
from workbook.form.edition import CellId
from workbook.problems import UnusableInput

CARRIED = CellId.parse("applications.carried_forward[total]")
NATURAL = "applications.carried_forward[natural_person]"
RECEIVED = "applications.received[natural_person]"


def shelf(folder: CampaignFolder, code: str, cell: CellId = CARRIED) -> Decimal | None:
    with LastYearShelf(folder.last_year) as open_shelf:
        last = open_shelf.get(code)
    return None if last is None or cell in last.filing.uncertain else last.filing.value(cell)


def old_report(folder: Path, name: str, organ: str, carried: int) -> Path:
    return plain_form(
        folder / name, organ, {RECEIVED: carried, NATURAL: carried, str(CARRIED): carried}, year=YEAR - 1
    )


def test_predecessors_are_summed_and_a_correction_counts(tmp_path: Path) -> None:
    """Two bureaus became one: last year is their sum, known by the code in the file's name."""
    old = tmp_path / "上年"
    old_report(old, "0105 某市经信局 2024年度.xlsx", "", 2)
    old_report(old, "0106 某市商务局 2024年度.xlsx", "", 3)
    old_report(old, "财政.xlsx", "某市财政局", 4)
    told = Correction(CARRIED, Decimal(9), "更正函〔2025〕1号")
    units = (
        UNITS[0],
        Unit(
            "0107",
            "某市经信商务局",
            level="prefecture_department",
            parent="01",
            predecessors=("0105", "0106"),
        ),
        replace(UNITS[3], corrections=(told,)),
        Unit("0108", "某市新设局", level="prefecture_department", parent="01", predecessors=("0105", "0999")),
    )
    folder = open_campaign(tmp_path / "任务", units, previous=old)
    assert shelf(folder, "0107") == 5
    assert shelf(folder, "0102") == 9
    assert shelf(folder, "0108") is None, "a part of the predecessors is no sum"
    with LastYearShelf(folder.last_year) as open_shelf:
        known = open_shelf.get("0102")
    assert known is not None and known.notes[CARRIED] == "原报4，更正：更正函〔2025〕1号"
    distribute(folder)
    hand_in(folder, "0107")
    check(folder)
    receipt = states_of(folder)["0107"].receipt
    assert receipt is not None
    with Ledger(folder.ledger) as ledger:
        (said,) = [item for item in ledger.findings(receipt.key) if item.rule == "YOY-01"]
    assert "5" in said.message


def test_what_could_not_be_read_is_listed_and_taken_over_once_confirmed(tmp_path: Path) -> None:
    old = tmp_path / "上年"
    report = old_report(old, "财政.xlsx", "某市财政局", 4)
    book = openpyxl.load_workbook(report)
    sheet = next(
        sheet for sheet in book if any(cell.value == "四、结转下年度继续办理" for cell in sheet["A"])
    )
    row = next(cell.row for cell in sheet["A"] if cell.value == "四、结转下年度继续办理")
    sheet.delete_rows(row)
    book.save(report)
    plain_form(old / "外地.xlsx", "外地某局", year=YEAR - 1)
    (old / "旧表.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    folder = tmp_path / "任务"
    made = init(folder, YEAR, save_roster(tmp_path / "名册.xlsx", UNITS[:4]), old)
    campaign = CampaignFolder(folder)
    assert made.doubtful > 0
    assert {line.split("：")[0] for line in made.unmatched} == {"上年/外地.xlsx", "上年/旧表.xls"}
    assert shelf(campaign, "0102") is None
    listed = openpyxl.load_workbook(campaign.last_year_list)
    table = listed["上年数核对"]
    wanted = next(row for row in table.iter_rows(min_row=4) if "总计" in str(row[2].value)
                  and "结转下年度" in str(row[2].value))  # fmt: skip
    wanted[5].value = 4
    listed.save(campaign.last_year_list)
    check(campaign)
    assert shelf(campaign, "0102") == 4


def test_last_years_campaign_is_taken_as_it_stands(tmp_path: Path) -> None:
    """The ledger of the year before is enough: its files need not be there any more."""
    old = CampaignFolder(tmp_path / "2024")
    init(old.path, YEAR - 1, save_roster(tmp_path / "名册24.xlsx"))
    plain_form(
        old.inbox / "财政.xlsx", "某市财政局", {RECEIVED: 4, NATURAL: 4, str(CARRIED): 4}, year=YEAR - 1
    )
    check(old)
    (old.inbox / "财政.xlsx").unlink()
    folder = open_campaign(tmp_path / "2025", previous=old.path)
    assert shelf(folder, "0102") == 4
    assert "0101" in {
        row[0].value for row in openpyxl.load_workbook(folder.last_year_list)["没有上年数的单位"]
    }
    with pytest.raises(UnusableInput, match="2024年度"):
        init(tmp_path / "2026", YEAR + 1, save_roster(tmp_path / "名册26.xlsx"), old.path)


def test_a_changed_roster_is_taken_over_at_the_next_recheck(campaign: CampaignFolder) -> None:
    plain_form(campaign.inbox / "文化局.xlsx", "某市文化局")
    check(campaign)
    grown = (*UNITS, Unit("0109", "某市文化局", level="prefecture_department", parent="01"))
    save_roster(campaign.roster, grown)
    check(campaign)
    assert states_of(campaign)["0109"].receipt is not None
    assert len(read_grid(campaign.roster).sheets) == 3
