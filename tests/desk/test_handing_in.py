"""A unit's link, handing in, the receipt, and what the campaign's ledger says of it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.campaign.city import book_of, check, filled, plain_form, receipts_of, states_of
from tests.desk.conftest import code_of
from tests.filled import zeros
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Ledger
from workbook.campaign.records import Fate, State
from workbook.files.scan import read_grid
from workbook.form.reader import read_filing

GOOD = zeros("2021", totals=False)
WRONG = GOOD | {"applications.received[natural_person]": 3}  # received, nothing done, nothing carried forward
ODD = GOOD | {"proactive.normative_documents[issued]": 3}  # of three issued none in force: STK-02 asks why


def form_of(campaign: CampaignFolder, unit: str, figures: dict[str, object], target: Path) -> Path:
    return filled(book_of(campaign, unit), figures, target)


def dropped(desk: TestClient, code: str, path: Path) -> str:
    """The address of the visit."""
    files = {"file": (path.name, path.read_bytes())}
    answer = desk.post("/check", files=files, data={"unit": code}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def handed_in(desk: TestClient, visit: str, **form: str) -> str:
    """The code on the receipt."""
    answer = desk.post(
        f"{visit}/submit", data={"person": "李某", "anyway": "1"} | form, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rpartition("/")[2]


def settled(campaign: CampaignFolder, code: str) -> None:
    """Wait until what was handed in has been examined."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with Ledger(campaign.ledger) as ledger:
            submission = ledger.submission(code)
            assert submission is not None
            if any(item.key == submission.key for item in ledger.receipts()):
                return
        time.sleep(0.05)
    raise AssertionError("not examined in time")


def test_from_the_link_to_the_receipt(desk: TestClient, campaign: CampaignFolder, tmp_path: Path) -> None:
    code = code_of(campaign, "0101")
    page = desk.get(f"/u/{code}")
    assert "某市科学技术局" in page.text and "未报" in page.text
    blank = tmp_path / "空白.xlsx"
    blank.write_bytes(desk.get(f"/u/{code}/form").content)
    identity = read_filing(read_grid(blank)).identity
    assert identity is not None and identity.unit == "0101"
    mine = filled(blank, GOOD, tmp_path / "科技局 年报.xlsx")
    visit = dropped(desk, code, mine)
    receipt = handed_in(desk, visit)
    settled(campaign, receipt)
    shown = desk.get(f"/receipt/{receipt}").text
    assert receipt in shown and "科技局 年报.xlsx" in shown and "完好" in shown
    # Stored exactly as it came, below the inbox.
    (stored,) = (campaign.inbox / "网页报送").rglob("*科技局 年报.xlsx")
    assert stored.read_bytes() == mine.read_bytes()
    state = states_of(campaign)["0101"]
    came = next(step for step in state.history if step.after is State.RECEIVED)
    assert came.who == "某市科学技术局 李某" and state.receipt is not None
    assert state.receipt.matched_by == "link" and state.receipt.fate is Fate.CURRENT
    # A recheck from the command line comes to the same.
    before = [(step.after, step.who, step.reason) for step in state.history]
    check(campaign)
    after = states_of(campaign)["0101"]
    assert [(step.after, step.who, step.reason) for step in after.history] == before
    assert len(receipts_of(campaign)) == 1


def test_the_receipt_tells_the_very_file(desk: TestClient, campaign: CampaignFolder, tmp_path: Path) -> None:
    code = code_of(campaign, "0102")
    mine = form_of(campaign, "0102", GOOD, tmp_path / "财政.xlsx")
    receipt = handed_in(desk, dropped(desk, code, mine))
    same = desk.post(f"/receipt/{receipt}", files={"file": ("别名.xlsx", mine.read_bytes())})
    assert "一个字节不差" in same.text
    other = desk.post(f"/receipt/{receipt}", files={"file": ("财政.xlsx", mine.read_bytes() + b" ")})
    assert "不相同" in other.text
    typed = desk.get("/receipt", params={"code": receipt.lower().replace("-", " ")}, follow_redirects=False)
    assert typed.headers["location"] == f"/receipt/{receipt}"
    # The stored file tampered with: the receipt says so.
    (stored,) = (campaign.inbox / "网页报送").rglob("*财政.xlsx")
    stored.write_bytes(b"another")
    assert "核不上" in desk.get(f"/receipt/{receipt}").text


def test_handed_in_twice_is_one_receipt(desk: TestClient, campaign: CampaignFolder, tmp_path: Path) -> None:
    code = code_of(campaign, "0102")
    first = form_of(campaign, "0102", GOOD, tmp_path / "一.xlsx")
    second = form_of(campaign, "0102", WRONG, tmp_path / "二.xlsx")
    visit = dropped(desk, code, first)
    receipt = handed_in(desk, visit)
    assert handed_in(desk, visit) == receipt == handed_in(desk, dropped(desk, code, first))
    assert handed_in(desk, dropped(desk, code, second)) != receipt
    again = desk.post(f"{visit}/submit", data={"person": "李某", "anyway": "1"})
    assert again.status_code == 422 and "完全相同" in again.text
    assert len(list((campaign.inbox / "网页报送").rglob("*.xlsx"))) == 2


def test_errors_hold_it_back_until_the_clerk_insists(
    desk: TestClient, campaign: CampaignFolder, tmp_path: Path
) -> None:
    code = code_of(campaign, "0101")
    visit = dropped(desk, code, form_of(campaign, "0101", WRONG, tmp_path / "错.xlsx"))
    answer = desk.post(f"{visit}/submit", data={"person": "李某"})
    assert answer.status_code == 422 and "没有提交" in answer.text
    nobody = desk.post(f"{visit}/submit", data={"anyway": "1"})
    assert nobody.status_code == 422 and "填报人" in nobody.text
    receipt = handed_in(desk, visit)
    settled(campaign, receipt)
    page = desk.get(f"/u/{code}").text
    assert "退回" in page and "BAL-01" in page
    copy = desk.get(f"/u/{code}/commented")
    assert copy.content[:2] == b"PK"


def test_explanations_on_the_page_are_kept_like_those_in_the_sheet(
    desk: TestClient, campaign: CampaignFolder, tmp_path: Path
) -> None:
    code = code_of(campaign, "0101")
    visit = dropped(desk, code, form_of(campaign, "0101", ODD, tmp_path / "表.xlsx"))
    page = desk.get(visit).text
    fields = re.findall(r'name="(said-\d+)"', page)
    assert fields, "nothing to explain in the test's form"
    said = {field: f"说明之{number}：上年系统停用" for number, field in enumerate(fields)}
    receipt = handed_in(desk, visit, **said)
    settled(campaign, receipt)
    state = states_of(campaign)["0101"]
    assert state.receipt is not None
    with Ledger(campaign.ledger) as ledger:
        given = {item.explanation for item in ledger.findings(state.receipt.key) if item.explanation}
    assert given == set(said.values())
    # The next draft with the same findings carries them on, and the copy shows them.
    again = form_of(campaign, "0101", ODD, tmp_path / "又一份.xlsx")
    page = desk.get(dropped(desk, code, again)).text
    assert "说明之0" in page


def test_another_units_workbook_is_refused(
    desk: TestClient, campaign: CampaignFolder, tmp_path: Path
) -> None:
    theirs = form_of(campaign, "0102", GOOD, tmp_path / "财政局的表.xlsx")
    named = plain_form(tmp_path / "没有标识.xlsx", "某市财政局")
    for path in (theirs, named):
        visit = dropped(desk, code_of(campaign, "0101"), path)
        page = desk.get(visit).text
        assert "不能由某市科学技术局报送" in page
        answer = desk.post(f"{visit}/submit", data={"person": "李某", "anyway": "1"})
        assert answer.status_code == 422
    assert not (campaign.inbox / "网页报送").exists()


def test_the_link_proves_who_sends_where_the_name_is_odd(
    desk: TestClient, campaign: CampaignFolder, tmp_path: Path
) -> None:
    odd = plain_form(tmp_path / "改名.xlsx", "某市科技创新促进中心")
    visit = dropped(desk, code_of(campaign, "0101"), odd)
    assert "请核对" in desk.get(visit).text
    settled(campaign, handed_in(desk, visit))
    assert states_of(campaign)["0101"].receipt is not None
    check(campaign)  # from the inbox alone it comes to the same
    assert states_of(campaign)["0101"].receipt is not None


def test_a_file_only_checked_is_claimed_with_a_code(
    desk: TestClient, campaign: CampaignFolder, tmp_path: Path
) -> None:
    mine = form_of(campaign, "0101", GOOD, tmp_path / "表.xlsx")
    visit = dropped(desk, "", mine)
    assert desk.post(f"{visit}/submit", data={"person": "李某", "anyway": "1"}).status_code == 400
    claimed = desk.post(f"{visit}/claim", data={"code": code_of(campaign, "0101").lower()})
    assert claimed.status_code == 200 and "提交给办公室" in claimed.text
    other = desk.post(f"{visit}/claim", data={"code": code_of(campaign, "0102")})
    assert other.status_code == 422
    handed_in(desk, visit)


def test_codes_cannot_be_guessed_or_tried_without_end(desk: TestClient, campaign: CampaignFolder) -> None:
    code = code_of(campaign, "0101")
    wrong = ("0" * 16, "../0101", "0101", code[:-1], code + "0", "%00", "一" * 16)
    for one in wrong:
        assert desk.get(f"/u/{one}").status_code in (404, 422)
        assert desk.get(f"/receipt/{one}").status_code in (404, 422)
    for _ in range(40):
        last = desk.get("/u/0000-0000-0000-0000")
    assert last.status_code == 429 and desk.get(f"/u/{code}").status_code == 429


def test_a_locked_unit_cannot_hand_in(desk: TestClient, campaign: CampaignFolder, tmp_path: Path) -> None:
    from workbook.campaign.decisions import lock, pass_over

    code = code_of(campaign, "0101")
    receipt = handed_in(desk, dropped(desk, code, form_of(campaign, "0101", GOOD, tmp_path / "表.xlsx")))
    settled(campaign, receipt)
    pass_over(campaign, "0101", "都看过")
    lock(campaign, "0101")
    visit = dropped(desk, code, form_of(campaign, "0101", WRONG, tmp_path / "新稿.xlsx"))
    answer = desk.post(f"{visit}/submit", data={"person": "李某", "anyway": "1"})
    assert answer.status_code == 422 and "已锁定" in answer.text
    assert len(list((campaign.inbox / "网页报送").rglob("*.xlsx"))) == 1


@pytest.mark.parametrize("name", ["../../外面.xlsx", "C:\\x\\年报.xlsx", "名" * 120 + ".xlsx", "~$锁.xlsx"])
def test_whatever_the_file_is_called_it_lies_in_the_inbox(
    desk: TestClient, campaign: CampaignFolder, tmp_path: Path, name: str
) -> None:
    data = form_of(campaign, "0101", GOOD, tmp_path / "表.xlsx").read_bytes()
    answer = desk.post(
        "/check",
        files={"file": (name, data)},
        data={"unit": code_of(campaign, "0101")},
        follow_redirects=False,
    )
    receipt = handed_in(desk, answer.headers["location"])
    settled(campaign, receipt)
    with Ledger(campaign.ledger) as ledger:
        submission = ledger.submission(receipt)
    assert submission is not None
    path = (campaign.path / submission.path).resolve()
    assert path.is_relative_to(campaign.inbox.resolve()) and path.read_bytes() == data
    assert states_of(campaign)["0101"].receipt is not None


def test_a_word_report_may_come_instead_of_the_form(
    desk: TestClient, campaign: CampaignFolder, tmp_path: Path
) -> None:
    code = code_of(campaign, "0101")
    visit = dropped(desk, code, form_of(campaign, "0101", GOOD, tmp_path / "表.xlsx"))
    word = tmp_path / "年报.docx"
    word.write_bytes(desk.get(f"{visit}/word").content)
    visit = dropped(desk, code, word)
    assert "三张表" in desk.get(visit).text
    assert desk.get(f"{visit}/commented").status_code == 422  # no workbook to write into
    settled(campaign, handed_in(desk, visit))
    state = states_of(campaign)["0101"]
    assert state.receipt is not None and state.receipt.path.endswith(".docx")
    assert desk.get(f"/u/{code}/commented").status_code == 422


def test_while_there_are_errors_there_is_no_word_report(
    desk: TestClient, campaign: CampaignFolder, tmp_path: Path
) -> None:
    visit = dropped(desk, code_of(campaign, "0101"), form_of(campaign, "0101", WRONG, tmp_path / "错.xlsx"))
    assert "下载Word年报" not in desk.get(visit).text
    answer = desk.get(f"{visit}/word")
    assert answer.status_code == 422 and "改正后" in answer.text
