"""名册和任务设置: read as written, every mistake told with its cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.campaign.city import UNITS, YEAR, save_roster
from workbook.campaign.records import Correction, Unit
from workbook.campaign.roster import Roster, read_roster
from workbook.campaign.rosterbook import roster_book
from workbook.campaign.settings import Settings, read_settings
from workbook.campaign.settingsbook import settings_book
from workbook.campaign.sheettable import ListMistakes
from workbook.form.edition import CellId
from workbook.problems import UnusableInput
from workbook.rules.findings import Severity
from workbook.rules.local import LocalChange, RefusedChange, localised
from workbook.rules.rulebook import load_rulebook


def numbered(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    return tuple(replace(unit, order=number) for number, unit in enumerate(units, start=1))


def test_a_roster_written_and_read_is_the_same(tmp_path: Path) -> None:
    told = Correction(CellId("applications", "carried_forward", "total"), Decimal(3), "漏计一件")
    units = numbered(
        (
            *UNITS,
            Unit(
                "0104",
                "某市数据局",
                ("数据局", "大数据局"),
                level="other",
                parent="01",
                contact="张三",
                telephone="0571-1",
                rule_power=False,
                vertical=True,
                temporary=True,
                predecessors=("0105", "0106"),
                corrections=(told,),
            ),
        )
    )
    path = tmp_path / "名册.xlsx"
    path.write_bytes(roster_book(Roster(units)))
    assert read_roster(path).units == units


def edited(path: Path, cells: dict[str, str | int], merge: str = "") -> Path:
    book = openpyxl.load_workbook(path)
    for address, value in cells.items():
        book["单位名册"][address] = value
    if merge:
        book["单位名册"].merge_cells(merge)
    book.save(path)
    return path


def test_every_mistake_of_a_roster_is_told_at_once_with_its_cell(tmp_path: Path) -> None:
    path = edited(
        save_roster(tmp_path / "名册.xlsx"),
        {"A6": "0100", "E7": "9999", "D8": "地级", "B9": "", "E4": "02", "G5": "全部", "A10": "０2/1"},
        merge="I10:I11",
    )
    with pytest.raises(ListMistakes) as caught:
        read_roster(path)
    told = {(item.cell, item.words[:7]) for item in caught.value.mistakes}
    cells = {cell for cell, _ in told}
    assert {"A6", "E7", "D8", "B9", "E4", "G5", "A10", "I10:I11"} <= cells
    assert any("重复" in item.words for item in caught.value.mistakes if item.cell == "A6")
    assert any("循环" in item.words for item in caught.value.mistakes if item.cell == "E4")
    assert any("不在名册中" in item.words for item in caught.value.mistakes if item.cell == "E7")
    assert "名册.xlsx有" in str(caught.value)


def test_codes_kept_as_numbers_are_read_as_they_look(tmp_path: Path) -> None:
    path = edited(save_roster(tmp_path / "名册.xlsx", UNITS[:1]), {"A4": 110101})
    assert read_roster(path).units[0].code == "110101"


def test_a_file_that_is_no_roster_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "别的.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(UnusableInput, match="找不到表头"):
        read_roster(path)


def test_settings_written_and_read_are_the_same(tmp_path: Path) -> None:
    limit = next(iter(load_rulebook().by_code["PLS-01"].limits))
    settings = Settings(
        YEAR,
        name="某市年报",
        notice="某政办〔2026〕1号",
        due={
            "own_office": date(2026, 1, 21),
            "department": date(2026, 1, 25),
            "government": date(2026, 2, 20),
            "township": date(2026, 1, 28),
        },
        local=(
            LocalChange("CEL-04", "某政办〔2026〕1号", severity=Severity.ERROR),
            LocalChange("PLS-01", "某政办〔2026〕2号", limit=limit, value=Decimal("0.5")),
            LocalChange("YOY-06", "某政办〔2026〕1号", off=True),
        ),
        required=((CellId("applications", "received", "total"), "每年都要写"),),
    )  # fmt: skip
    path = tmp_path / "任务设置.xlsx"
    path.write_bytes(settings_book(settings))
    assert read_settings(path) == settings


def test_a_date_typed_as_words_or_after_the_statutory_one(tmp_path: Path) -> None:
    path = tmp_path / "任务设置.xlsx"
    path.write_bytes(settings_book(Settings(YEAR)))
    book = openpyxl.load_workbook(path)
    book["期限"]["B4"] = "2026年1月21日"
    book.save(path)
    assert read_settings(path).due["own_office"] == date(2026, 1, 21)
    book["期限"]["C5"] = "2026-04-01"
    book["期限"]["B5"] = "一月底"
    book.save(path)
    with pytest.raises(ListMistakes) as caught:
        read_settings(path)
    assert {item.cell for item in caught.value.mistakes} == {"B5", "C5"}


@pytest.mark.parametrize(
    "change",
    [
        LocalChange("SUM-01", "某办〔2026〕1号", severity=Severity.WARNING),
        LocalChange("BAL-01", "某办〔2026〕1号", off=True),
        LocalChange("YOY-06", "", off=True),
        LocalChange("XXX-01", "某办〔2026〕1号", off=True),
        LocalChange("PLS-01", "某办〔2026〕1号", limit="没有的", value=Decimal(1)),
    ],
    ids=["合计不能降低", "收办平衡不能停用", "没有文号", "没有这条规则", "没有这个阈值"],
)
def test_local_changes_that_are_refused(change: LocalChange) -> None:
    with pytest.raises(RefusedChange):
        localised(load_rulebook(), [change])


def test_a_local_change_prints_its_notice_and_leaves_the_rule_book_alone() -> None:
    book = load_rulebook()
    changed = localised(book, [LocalChange("CEL-04", "某办〔2026〕1号", severity=Severity.ERROR)])
    severities = {outcome.severity for test in changed.by_code["CEL-04"].tests for outcome in test.outcomes}
    assert severities == {Severity.ERROR}
    assert "本地要求（某办〔2026〕1号）" in str(changed.by_code["CEL-04"].basis)
    assert "本地要求" not in str(book.by_code["CEL-04"].basis)
    assert "YOY-06" not in localised(book, [LocalChange("YOY-06", "某办〔2026〕1号", off=True)]).by_code
