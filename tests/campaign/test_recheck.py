"""核查: every received thing has a row, the right revision counts, only what changed is done again."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import random
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.campaign.city import (
    NOON,
    OFFICER,
    YEAR,
    book_of,
    check,
    hand_in,
    plain_form,
    receipts_of,
    send_back,
    stamp,
    states_of,
)
from tests.filled import notes_of
from workbook.campaign.decisions import pass_over
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Ledger
from workbook.campaign.overview import campaign_document, campaign_overview
from workbook.campaign.records import Fate, State
from workbook.campaign.settings import Settings
from workbook.campaign.settingsbook import settings_book
from workbook.rules.findings import Severity
from workbook.rules.local import LocalChange

RECEIVED = "applications.received[natural_person]"
DAY = dt.timedelta(days=1)


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def seeded(campaign: CampaignFolder) -> None:
    """Most things that can lie in an inbox."""
    hand_in(campaign, "0101")
    hand_in(campaign, "0102", {RECEIVED: 5}, name="财政/最终版2.xlsx")
    plain_form(campaign.inbox / "县" / "教育局报送.xlsx", "某县教育局", {RECEIVED: 2})
    plain_form(campaign.inbox / "文化局.xlsx", "某市文化局")
    plain_form(campaign.inbox / "气象2024.xlsx", "某市气象局", year=YEAR - 1)
    shutil.copy2(campaign.inbox / "财政/最终版2.xlsx", campaign.inbox / "副本(1).xlsx")
    # 乡镇 fills in the form of 县财政局 and renames the file.
    hand_in(campaign, "0202", name="0203 某县某某镇人民政府.xlsx")
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("里层.txt", "这不是年报")
    with zipfile.ZipFile(campaign.inbox / "打包.zip", "w") as packed:
        info = zipfile.ZipInfo("办公室报表.xlsx".encode("gbk").decode("cp437"))
        info.flag_bits = 0
        packed.writestr("再打包.zip", inner.getvalue())
        packed.write(book_of(campaign, "0100"), "办公室/x.xlsx")
    (campaign.inbox / "坏.xlsx").write_bytes(b"PK\x03\x04" + b"x" * 40)
    (campaign.inbox / "压缩.rar").write_bytes(b"Rar!\x1a\x07")
    (campaign.inbox / "压缩.7z").write_bytes(b"7z\xbc\xaf")
    (campaign.inbox / "文字.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (campaign.inbox / "表.et").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (campaign.inbox / "~$打开的.xlsx").write_bytes(b"x")
    (campaign.inbox / "Thumbs.db").write_bytes(b"x")
    for path in campaign.inbox.rglob("*"):
        stamp(path, NOON)


@pytest.fixture(scope="module")
def done(master: CampaignFolder, tmp_path_factory: pytest.TempPathFactory) -> CampaignFolder:
    """A seeded inbox, rechecked once."""
    folder = tmp_path_factory.mktemp("核查") / "年报 2025"
    shutil.copytree(master.path, folder)
    campaign = CampaignFolder(folder)
    seeded(campaign)
    before = digests(campaign.inbox)
    check(campaign)
    assert digests(campaign.inbox) == before, "nothing a unit sent may change"
    return campaign


def test_every_received_thing_has_a_row_and_a_fate(done: CampaignFolder) -> None:
    fates = {name: receipt.fate for name, receipt in receipts_of(done).items()}
    assert fates == {
        "0101 某市科学技术局 2025年度.xlsx": Fate.CURRENT,
        "最终版2.xlsx": Fate.DUPLICATE,
        "副本(1).xlsx": Fate.CURRENT,
        "教育局报送.xlsx": Fate.CURRENT,
        "文化局.xlsx": Fate.STRANGER,
        "气象2024.xlsx": Fate.WRONG_YEAR,
        "0203 某县某某镇人民政府.xlsx": Fate.COPIED,
        "打包.zip": Fate.ARCHIVE,
        "打包.zip!再打包.zip": Fate.ARCHIVE,
        "打包.zip!再打包.zip!里层.txt": Fate.OTHER_FORMAT,
        "x.xlsx": Fate.CURRENT,
        "坏.xlsx": Fate.UNREADABLE,
        "压缩.rar": Fate.OTHER_FORMAT,
        "压缩.7z": Fate.OTHER_FORMAT,
        "文字.doc": Fate.OTHER_FORMAT,
        "表.et": Fate.OTHER_FORMAT,
        "~$打开的.xlsx": Fate.IGNORED,
        "Thumbs.db": Fate.IGNORED,
    }


def test_what_cannot_be_read_says_what_to_do(done: CampaignFolder) -> None:
    receipts = receipts_of(done)
    assert "解压后重发" in receipts["压缩.rar"].why
    assert "另存为xlsx" in receipts["表.et"].why
    assert "另存为" in receipts["坏.xlsx"].why
    assert "2024年度" in receipts["气象2024.xlsx"].why
    assert "某县财政局" in receipts["0203 某县某某镇人民政府.xlsx"].why


def test_states_follow_the_findings(done: CampaignFolder) -> None:
    states = {code: state.state for code, state in states_of(done).items()}
    assert states["0101"] is State.ACCEPTED
    assert states["0102"] is State.RETURNED
    assert states["0201"] is State.RETURNED
    assert states["0203"] is State.MISSING, "a copied workbook is no report"
    assert states["0202"] is State.MISSING, "nor is it the other unit's"
    assert states["0103"] is State.MISSING


def test_a_copied_workbook_is_named_with_tpl_08(done: CampaignFolder) -> None:
    receipt = receipts_of(done)["0203 某县某某镇人民政府.xlsx"]
    assert receipt.unit == "0203"
    with Ledger(done.ledger) as ledger:
        found = {(item.rule, item.outcome) for item in ledger.findings(receipt.key)}
    assert ("TPL-08", "copied") in found


def test_failing_units_get_their_own_file_with_comments(done: CampaignFolder) -> None:
    (copy,) = done.returned.glob("0102 *")
    assert copy.name == "0102 某市财政局 2025年度（退回修改）.xlsx"
    assert any("年报核查" in text for text in notes_of(copy).values())
    assert not list(done.returned.glob("0101 *"))
    assert list(done.returned.glob("0203 *")), "who used another's form is told so"


def test_the_ledger_keeps_what_results_and_roll_up_need(done: CampaignFolder) -> None:
    with Ledger(done.ledger) as ledger:
        figures = {item.unit: item for item in ledger.figures()}
        current = dict(ledger.current_findings())
    assert set(figures) == {"0100", "0101", "0102", "0201"} or set(figures) == {"0101", "0102", "0201"}
    value = next(value for cell, value in figures["0102"].values.items() if str(cell) == RECEIVED)
    assert value == 5
    assert {"0102", "0201"} <= set(current)


def test_nothing_is_done_again_until_something_changes(done: CampaignFolder, tmp_path: Path) -> None:
    folder = CampaignFolder(shutil.copytree(done.path, tmp_path / "年报"))
    before = campaign_document(folder, findings=True)
    assert check(folder).examined == 0
    assert campaign_document(folder, findings=True) == before
    plain_form(folder.inbox / "新.xlsx", "某县财政局")
    assert check(folder).examined == 1


def test_the_order_of_files_and_the_number_of_workers_make_no_difference(
    done: CampaignFolder, master: CampaignFolder, tmp_path: Path
) -> None:
    wanted = campaign_document(done, findings=True, times=False)
    for number, workers in enumerate((1, 2)):
        folder = CampaignFolder(shutil.copytree(master.path, tmp_path / f"年报{number}"))
        paths = [path for path in done.inbox.rglob("*") if path.is_file()]
        random.Random(number).shuffle(paths)
        for path in paths:
            target = folder.inbox / path.relative_to(done.inbox)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        check(folder, workers=workers)
        assert campaign_document(folder, findings=True, times=False) == wanted


def test_a_mended_copy_supersedes_what_it_was_made_from(campaign: CampaignFolder) -> None:
    hand_in(campaign, "0102", {RECEIVED: 5})
    check(campaign)
    # The clerk's clock is wrong by a year: the copy still comes after the file it was made from.
    send_back(campaign, "0102", {RECEIVED: 0}, "副本(1).xlsx", NOON - 365 * DAY)
    check(campaign)
    receipts = receipts_of(campaign)
    assert receipts["副本(1).xlsx"].fate is Fate.CURRENT
    assert receipts["副本(1).xlsx"].revision == 2
    assert receipts["0102 某市财政局 2025年度.xlsx"].fate is Fate.SUPERSEDED
    state = states_of(campaign)["0102"]
    assert state.state is State.ACCEPTED
    assert [change.after.label for change in state.history] == ["已报", "退回", "已报", "通过"]
    assert not list(campaign.returned.glob("0102 *")), "the old copy is put away"
    assert list((campaign.returned / "已处理").glob("0102 *"))


def test_a_later_file_of_the_same_unit_supersedes(campaign: CampaignFolder) -> None:
    hand_in(campaign, "0101", {RECEIVED: 5}, name="科技局/1.xlsx")
    hand_in(campaign, "0101", name="科技局/2.xlsx", when=NOON + DAY)
    check(campaign)
    assert receipts_of(campaign)["2.xlsx"].fate is Fate.CURRENT
    assert states_of(campaign)["0101"].state is State.ACCEPTED


def test_the_day_it_came_decides_who_is_late(campaign: CampaignFolder) -> None:
    hand_in(campaign, "0101", when=dt.datetime(2026, 1, 19, 9, tzinfo=dt.UTC))
    check(campaign)
    state = states_of(campaign)["0101"]
    assert state.submitted == dt.date(2026, 1, 19)
    assert state.days_late(dt.date(2026, 3, 1)) == 0
    assert states_of(campaign)["0102"].days_late(dt.date(2026, 2, 3)) == 3


def test_a_changed_rule_set_reopens_nobody_who_was_accepted(campaign: CampaignFolder) -> None:
    hand_in(campaign, "0101")
    hand_in(campaign, "0102", {RECEIVED: 5})
    check(campaign)
    rules = {finding.rule for finding in findings_of(campaign, "0101")}
    rule = next(iter(sorted(rules)))
    harder = LocalChange(rule, "某政办〔2026〕3号", severity=Severity.ERROR)
    campaign.settings.write_bytes(settings_book(Settings(YEAR, local=(harder,))))
    summary = check(campaign)
    assert summary.would_fail == 1
    assert states_of(campaign)["0101"].state is State.ACCEPTED
    assert all(finding.severity is not Severity.ERROR for finding in findings_of(campaign, "0101"))
    assert "本地要求" in next(
        finding.basis for finding in findings_of(campaign, "0102") if finding.rule == rule
    ), "who is not accepted yet is held to the new rules"
    assert "按现在的要求会退回" in campaign_overview(campaign)
    assert check(campaign).examined == 0


def findings_of(campaign: CampaignFolder, code: str) -> list:  # type: ignore[type-arg]
    receipt = states_of(campaign)[code].receipt
    assert receipt is not None
    with Ledger(campaign.ledger) as ledger:
        return ledger.findings(receipt.key)


def explain(path: Path, rule: str, text: str) -> Path:
    """The clerk writes into 情况说明 of a form."""
    book = openpyxl.load_workbook(path)
    sheet = book["情况说明"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "具体说明" for cell in row))
    columns = {cell.value: cell.column for cell in head}
    sheet.cell(head[0].row + 1, columns["事项"], rule)
    sheet.cell(head[0].row + 1, columns["具体说明"], text)
    book.save(path)
    return stamp(path, NOON)


def test_an_explanation_survives_lapses_and_goes_up(campaign: CampaignFolder) -> None:
    odd = {"proactive.normative_documents[issued]": 3}  # STK-02: in force 0
    explain(hand_in(campaign, "0101", odd), "STK-02", "当年制发的均已转为长期有效，年底统一重编")
    check(campaign)
    state = states_of(campaign)["0101"]
    assert state.state is State.EXPLAINED
    (told,) = [item for item in findings_of(campaign, "0101") if item.rule == "STK-02"]
    assert told.explanation is not None and "统一重编" in told.explanation
    # The same figures sent again without the explanation: it is kept.
    hand_in(campaign, "0101", odd, name="0101 又报.xlsx", when=NOON + DAY)
    check(campaign)
    assert states_of(campaign)["0101"].state is State.EXPLAINED
    # Another figure: it lapses.
    hand_in(campaign, "0101", {"proactive.normative_documents[issued]": 4}, name="0101 三报.xlsx",
            when=NOON + 2 * DAY)  # fmt: skip
    check(campaign)
    assert states_of(campaign)["0101"].state is State.RETURNED


def test_an_overruled_unit_stays_passed(campaign: CampaignFolder) -> None:
    hand_in(campaign, "0102", {RECEIVED: 5})
    check(campaign)
    assert pass_over(campaign, "0102", "纸质件已核对，数字无误", hand=OFFICER) is State.ACCEPTED
    check(campaign)
    state = states_of(campaign)["0102"]
    assert state.state is State.ACCEPTED
    assert "纸质件已核对" in state.history[-1].reason
    assert {item.overruled for item in findings_of(campaign, "0102") if item.severity is Severity.ERROR} == {
        "纸质件已核对，数字无误"
    }


def test_a_forged_identity_is_no_identity(campaign: CampaignFolder) -> None:
    path = hand_in(campaign, "0101")
    book = openpyxl.load_workbook(path)
    sheet = book["gouji"]
    for row in sheet.iter_rows():
        if row[0].value == "unit":
            row[1].value = "0102"
    book.save(path)
    check(campaign)
    receipt = receipts_of(campaign)[path.name]
    assert receipt.unit == "0101" and receipt.matched_by == "name"
    with Ledger(campaign.ledger) as ledger:
        assert ("TPL-08", "forged") in {(i.rule, i.outcome) for i in ledger.findings(receipt.key)}
