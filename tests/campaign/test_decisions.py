"""What the officer decides: states, reasons, publication, correction, closing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.campaign.city import NOON, OFFICER, UNITS, check, hand_in, receipts_of, states_of
from workbook.campaign import decisions
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Hand, Ledger
from workbook.campaign.records import Fate, State
from workbook.campaign.states import require_step
from workbook.form.edition import CellId
from workbook.problems import UnusableInput
from workbook.results.gathering import gather
from workbook.results.units import corrected

RECEIVED = "applications.received[natural_person]"
GRANTED = "applications.dispositions.granted[natural_person]"
DAY = dt.timedelta(days=1)


def test_every_decision_needs_its_reason_and_a_report(campaign: CampaignFolder) -> None:
    with pytest.raises(UnusableInput, match="理由"):
        decisions.pass_over(campaign, "0101", "  ")
    with pytest.raises(UnusableInput, match="还没有有效的报告"):
        decisions.pass_over(campaign, "0101", "已核对")
    with pytest.raises(UnusableInput, match="没有这个单位"):
        decisions.lock(campaign, "9999")
    with pytest.raises(UnusableInput, match="未报"):
        decisions.lock(campaign, "0101")


def test_passing_over_one_rule_leaves_the_others(campaign: CampaignFolder) -> None:
    hand_in(campaign, "0102", {RECEIVED: 5, "proactive.normative_documents[issued]": 3})
    check(campaign)
    assert decisions.pass_over(campaign, "0102", "另附说明", rule="STK-02", hand=OFFICER) is State.RETURNED
    assert decisions.pass_over(campaign, "0102", "领导同意", hand=OFFICER) is State.ACCEPTED


def test_what_was_given_back_by_hand_stays_so_until_a_new_revision(campaign: CampaignFolder) -> None:
    hand_in(campaign, "0101")
    check(campaign)
    decisions.give_back(campaign, "0101", "没有盖章", OFFICER)
    check(campaign)
    assert states_of(campaign)["0101"].state is State.RETURNED
    hand_in(campaign, "0101", {RECEIVED: 1, GRANTED: 1}, name="0101 盖章.xlsx", when=NOON + DAY)
    check(campaign)
    assert states_of(campaign)["0101"].state is State.ACCEPTED


def test_after_locking_a_new_file_is_listed_not_taken_over(campaign: CampaignFolder) -> None:
    hand_in(campaign, "0101")
    check(campaign)
    decisions.lock(campaign, "0101", hand=OFFICER)
    hand_in(campaign, "0101", {RECEIVED: 1, GRANTED: 1}, name="0101 再报.xlsx", when=NOON + DAY)
    check(campaign)
    assert receipts_of(campaign)["0101 再报.xlsx"].fate is Fate.LATE_REVISION
    state = states_of(campaign)["0101"]
    assert state.state is State.LOCKED
    assert state.receipt is not None and state.receipt.path.endswith("2025年度.xlsx")


def test_publication_and_correction_with_its_effect(campaign: CampaignFolder) -> None:
    hand_in(campaign, "0101")
    check(campaign)
    with pytest.raises(UnusableInput, match="https"):
        decisions.publish(campaign, "0101", "javascript:alert(1)", dt.date(2026, 1, 24), OFFICER)
    with pytest.raises(UnusableInput, match="今天之后"):
        decisions.publish(campaign, "0101", "https://www.example.gov.cn/a", dt.date(2026, 2, 24), OFFICER)
    decisions.publish(campaign, "0101", "https://www.example.gov.cn/a", dt.date(2026, 1, 24), OFFICER)
    state = states_of(campaign)["0101"]
    assert state.state is State.PUBLISHED
    assert [(item.url, item.on) for item in state.publications] == [
        ("https://www.example.gov.cn/a", dt.date(2026, 1, 24))
    ]
    decisions.correct(campaign, "0101", "漏计一件申请", OFFICER)
    assert states_of(campaign)["0101"].state is State.RETURNED
    assert states_of(campaign)["0101"].receipt is not None, "the published figures count until then"
    hand_in(campaign, "0101", {RECEIVED: 1, GRANTED: 1}, name="0101 更正.xlsx", when=NOON + DAY)
    check(campaign)
    assert states_of(campaign)["0101"].state is State.CORRECTED
    gathered = gather(campaign, dt.date(2026, 2, 1))
    effect = gathered.corrections["0101"]
    assert effect[CellId.parse(RECEIVED)] == (0, 1)
    assert effect[CellId("applications", "received", "total")] == (0, 1)
    assert gathered.corrections.keys() == {"0101"}
    [row] = corrected(gathered).query("行.str.contains('新收') and 列 == '总计'").to_dict("records")
    assert (row["公布时"], row["更正后"], row["汇总数因此增减"]) == (0, 1, 1)
    later = replace(OFFICER, at=OFFICER.at + DAY)
    decisions.publish(campaign, "0101", "https://www.example.gov.cn/b", dt.date(2026, 1, 25), later)
    assert states_of(campaign)["0101"].state is State.PUBLISHED


def test_a_file_set_aside_no_longer_counts(campaign: CampaignFolder) -> None:
    hand_in(campaign, "0101")
    wrong = hand_in(campaign, "0101", {RECEIVED: 5}, name="发错的.xlsx", when=NOON + DAY)
    check(campaign)
    assert states_of(campaign)["0101"].state is State.RETURNED
    decisions.set_aside(campaign, f"inbox/{wrong.name}", "发错了", OFFICER)
    assert states_of(campaign)["0101"].state is State.ACCEPTED
    check(campaign)
    assert receipts_of(campaign)["发错的.xlsx"].fate is Fate.SET_ASIDE


def test_closing_says_what_is_missing_and_then_locks(campaign: CampaignFolder) -> None:
    for unit in UNITS[1:]:
        hand_in(campaign, unit.code)
    check(campaign)
    closing = decisions.close(campaign, OFFICER)
    assert not closing.closed
    assert [unit.code for unit in closing.missing] == ["01"]
    hand_in(campaign, "01")
    check(campaign)
    assert decisions.close(campaign, OFFICER).closed
    assert {state.state for state in states_of(campaign).values()} == {State.LOCKED}


def test_who_and_when_stand_in_the_history(campaign: CampaignFolder) -> None:
    hand_in(campaign, "0101")
    check(campaign)
    decisions.lock(campaign, "0101", hand=Hand("李四", NOON + 3 * DAY))
    last = states_of(campaign)["0101"].history[-1]
    assert (last.who, last.at, last.before, last.after) == (
        "李四", NOON + 3 * DAY, State.ACCEPTED, State.LOCKED,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.MISSING, State.ACCEPTED),
        (State.MISSING, State.PUBLISHED),
        (State.RETURNED, State.LOCKED),
        (State.LOCKED, State.ACCEPTED),
        (State.PUBLISHED, State.MISSING),
    ],
)
def test_steps_that_are_not_allowed(before: State, after: State) -> None:
    with pytest.raises(UnusableInput, match="不能改为"):
        require_step("某局", before, after)


def test_a_failed_decision_leaves_nothing_behind(campaign: CampaignFolder) -> None:
    with pytest.raises(UnusableInput), decisions.deciding(campaign) as ledger:
        ledger.note(half="done")
        raise UnusableInput("中途停下")
    with Ledger(campaign.ledger) as ledger:
        assert ledger.meta("half") is None
