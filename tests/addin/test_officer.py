"""A January without a terminal: the officer's buttons on workbooks open in a live LibreOffice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from addin import libreoffice
from addin.buttons import press
from tests.campaign.city import UNITS, hand_in, save_roster
from workbook.campaign.folder import CampaignFolder
from workbook.problems import UnusableInput

pytestmark = pytest.mark.office


def said() -> str:
    return str(libreoffice.engine.dialogs.alerts[-1].prompt)


def test_a_january_from_roster_to_sums(calc: xw.App, tmp_path: Path) -> None:
    year = dt.datetime.now(tz=dt.UTC).year - 1
    roster = save_roster(tmp_path / "单位 名册.xlsx")
    book = calc.books.open(str(roster))
    press("new_campaign", calc, book)
    folder = CampaignFolder(tmp_path / f"{year}年度年报任务")
    assert f"共{len(UNITS)}个单位" in said() and folder.is_campaign()
    settings = calc.books.active
    assert settings.name == "任务设置.xlsx"
    press("hand_out", calc, settings)
    assert f"已生成{len(UNITS)}张表" in said()
    assert len(list(folder.outbox.glob("*.xlsx"))) == len(UNITS)
    received = "applications.received[natural_person]"
    hand_in(folder, "0101", {received: 3, "applications.dispositions.granted[natural_person]": 3})
    hand_in(folder, "0102", {received: 3})
    (folder.inbox / "附件.rar").write_bytes(b"Rar!")
    press("receive", calc, settings)
    assert "收到3个文件" in said() and "退回" in said()
    results = calc.books.active
    assert results.name == "汇总.xlsx" and "催报" in results.sheet_names
    results.close()
    assert list(folder.returned.glob("整改通知（某市财政局）*.docx"))
    press("remind", calc, settings)
    assert "某市财政局" in said() or "等" in said()
    reminders = calc.books.active
    assert reminders.sheets.active.name == "催报"
    reminders.close()
    press("roll_up", calc, settings)
    assert "已汇总2份年报" in said() and "缺报未计入" in said()
    whole = next(folder.results.glob("*（全口径）.xlsx"))
    sheet = openpyxl.load_workbook(whole)["汇总明细"]
    assert any(row[4] == "某市科学技术局" for row in sheet.iter_rows(min_row=4, values_only=True))


def test_a_workbook_elsewhere_is_no_campaign(calc: xw.App, tmp_path: Path) -> None:
    book = calc.books.open(str(save_roster(tmp_path / "名册.xlsx")))
    for task in ("hand_out", "receive", "remind", "roll_up"):
        with pytest.raises(UnusableInput, match="任务设置"):
            press(task, calc, book)
