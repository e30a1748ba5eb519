"""The command line of the campaign, and recheck of a folder that is no campaign."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest

from tests.campaign.city import UNITS, check, hand_in, plain_form, save_roster
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.loose import result_folder
from workbook.cli import main

RECEIVED = "applications.received[natural_person]"


def test_a_campaign_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blank = tmp_path / "空白名册.xlsx"
    assert main(["campaign", "roster-template", "-o", str(blank)]) == 0
    assert openpyxl.load_workbook(blank).sheetnames[0] == "单位名册"
    roster = save_roster(tmp_path / "名册.xlsx", UNITS[:3])
    folder = tmp_path / "年报"
    assert main(["campaign", "init", str(folder), "--year", "2025", "--roster", str(roster)]) == 0
    assert main(["campaign", "init", str(folder), "--year", "2025", "--roster", str(roster)]) == 2
    assert main(["campaign", "distribute", str(folder)]) == 0
    campaign = CampaignFolder(folder)
    hand_in(campaign, "0101", {RECEIVED: 5})
    capsys.readouterr()
    assert main(["recheck", str(folder), "--workers", "1"]) == 1
    out = capsys.readouterr()
    assert "退回1个" in out.out
    assert "已核查1/1" in out.err
    assert main(["campaign", "status", str(folder), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [unit["state"] for unit in document["units"]] == ["未报", "未报", "退回"]
    assert main(["campaign", "pass", str(folder), "0101", "--reason", "已电话核对"]) == 0
    assert main(["campaign", "lock", str(folder), "0101"]) == 0
    day = ["--url", "https://www.example.gov.cn/1", "--date", "2026-01-30"]
    assert main(["campaign", "publish", str(folder), "某市科学技术局", *day]) == 0
    assert main(["campaign", "correct", str(folder), "0101", "--reason", "漏报"]) == 0
    assert main(["campaign", "return", str(folder), "0101", "--reason", "重报"]) == 0
    assert main(["campaign", "close", str(folder)]) == 1
    assert main(["campaign", "package", str(folder), "-o", str(tmp_path / "包.zip")]) == 0
    assert main(["campaign", "merge", str(folder), str(tmp_path / "包.zip")]) == 0
    (received,) = campaign.inbox.iterdir()
    aside = ["campaign", "set-aside", str(folder), f"inbox/{received.name}", "--reason", "发错"]
    assert main(aside) == 0
    assert main(["recheck", str(folder), "--json", "--workers", "1"]) in (0, 1)


def test_mistakes_of_a_roster_are_printed_one_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roster = save_roster(tmp_path / "名册.xlsx", UNITS[:3])
    book = openpyxl.load_workbook(roster)
    book["单位名册"]["A5"], book["单位名册"]["E6"] = "0101", "77"
    book.save(roster)
    assert main(["campaign", "init", str(tmp_path / "年报"), "--year", "2025", "--roster", str(roster)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert "2处要改" in lines[0]
    assert any("A6" in line and "重复" in line for line in lines[1:])
    assert any("E6" in line and "不在名册中" in line for line in lines[1:])
    assert not (tmp_path / "年报").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["campaign", "distribute", "没有的文件夹"],
        ["campaign", "status", "."],
        ["recheck", "没有的文件夹"],
        ["recheck", ".", "--workers", "0"],
        ["campaign", "package", ".", "-o", "a.rar"],
    ],
)
def test_bad_input_is_one_chinese_line(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_any_folder_can_be_rechecked_with_the_results_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "报来 的表"
    plain_form(folder / "甲" / "好.xlsx", "某局")
    plain_form(folder / "错.xlsx", '=HYPERLINK("http://x","某局")', {RECEIVED: 5})
    (folder / "压缩.rar").write_bytes(b"Rar!")
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    assert main(["recheck", str(folder), "--workers", "1"]) == 1
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before
    out = result_folder(folder)
    assert out == tmp_path / "报来 的表（核查结果）"
    assert (out / "returned" / "错.xlsx").is_file()
    with (out / "核查结果.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {row[0]: row for row in csv.reader(stream)}
    assert rows["报来 的表/错.xlsx"][4] == "有错误"
    assert rows["报来 的表/错.xlsx"][1].startswith("'=")
    assert "解压后重发" in rows["报来 的表/压缩.rar"][9]
    sheet = openpyxl.load_workbook(out / "核查结果.xlsx").active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    capsys.readouterr()
    assert main(["recheck", str(folder), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert {item["file"] for item in document} == {
        f"报来 的表/{name}" for name in ("甲/好.xlsx", "错.xlsx", "压缩.rar")
    }
    assert any(finding["rule"] == "BAL-01" for item in document for finding in item["findings"])


def test_two_runs_at_once_do_not_meet(campaign: CampaignFolder) -> None:
    from workbook.campaign.folder import only_writer
    from workbook.problems import UnusableInput

    with only_writer(campaign), pytest.raises(UnusableInput, match="另一个程序"):
        check(campaign)
    check(campaign)


def test_a_ledger_of_a_later_program_is_left_alone(campaign: CampaignFolder) -> None:
    import sqlite3

    connection = sqlite3.connect(campaign.ledger)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert main(["campaign", "status", str(campaign.path)]) == 2
