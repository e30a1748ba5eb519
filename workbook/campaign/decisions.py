"""What an officer decides about a unit: give back, pass, lock, publish, correct, set a file aside, close.

Every decision needs its reason where the law or the unit may ask for one, and is written into the history.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from workbook.campaign.folder import CampaignFolder, only_writer
from workbook.campaign.ledger import Hand, Ledger
from workbook.campaign.records import Fate, State, StoredFinding, Unit
from workbook.campaign.settings import read_settings
from workbook.campaign.settle import BY_HAND, said_of, settle
from workbook.campaign.states import judged
from workbook.problems import UnusableInput


@dataclass(frozen=True, slots=True)
class Closing:
    """Whether a campaign can be closed (CON-02): what stands in the way, by unit."""

    closed: bool
    missing: tuple[Unit, ...]
    open: tuple[tuple[Unit, State], ...]


_SEEN = "核阅通过"


@contextmanager
def deciding(folder: CampaignFolder) -> Iterator[Ledger]:
    """The ledger inside one transaction, with nobody else writing. Raises UnusableInput."""
    folder.require()
    with only_writer(folder), Ledger(folder.ledger) as ledger, ledger.transaction():
        yield ledger


def _need(reason: str, what: str) -> str:
    if not reason.strip():
        raise UnusableInput(f"{what}要写明理由。")
    return reason.strip()


def pass_over(
    folder: CampaignFolder,
    code: str,
    reason: str,
    *,
    rule: str | None = None,
    finding: int | None = None,
    cause: int | None = None,
    hand: Hand | None = None,
) -> State:
    """Pass a unit over findings: one by its number, all of a rule or a cause, or all that hold it back.

    Binds to the findings with the figures they have now. Gives the unit's state afterwards. Raises
    UnusableInput without a reason (where anything holds the report back), without a report, or where
    nothing fits.
    """
    hand = hand or Hand.mine()
    with deciding(folder) as ledger:
        unit = ledger.unit(code)
        state, receipt, correcting = ledger.state_of(unit.code)
        if receipt is None:
            _need(reason, "放行")
            raise UnusableInput(f"“{unit.name}”还没有有效的报告，无从放行。")
        chosen = [item for item in ledger.findings(receipt) if _is_meant(item, rule, finding, cause)]
        part = rule is not None or finding is not None or cause is not None
        if not chosen and part:
            raise UnusableInput(f"“{unit.name}”没有这样的问题，请核对规则编号或序号。")
        reason = _need(reason, "放行") if chosen else reason.strip() or _SEEN
        ledger.overrule(unit.code, [item.key for item in chosen], reason, hand)
        findings = ledger.findings(receipt)
        after = judged(findings, correcting is not None)
        if after is State.EXPLAINED and not part:
            after = State.ACCEPTED  # the officer has passed the whole report
        if after is not state and state not in (State.LOCKED, State.PUBLISHED, State.CORRECTED):
            ledger.step(unit, after, hand, f"放行：{reason}（{said_of(findings)}）", receipt)
            if after is State.CORRECTED:
                ledger.set_correcting(unit.code, None)
        return ledger.state_of(unit.code)[0]


def _is_meant(item: StoredFinding, rule: str | None, finding: int | None, cause: int | None) -> bool:
    if finding is not None:
        return item.number == finding - 1
    if cause is not None:
        return item.cause == cause
    return item.rule == rule if rule is not None else item.blocks


def give_back(folder: CampaignFolder, code: str, reason: str, hand: Hand | None = None) -> None:
    """Give a report back by hand; no recheck takes that away, only the unit's next revision does."""
    reason, hand = _need(reason, "退回"), hand or Hand.mine()
    with deciding(folder) as ledger:
        unit = ledger.unit(code)
        _, receipt, _ = ledger.state_of(unit.code)
        ledger.step(unit, State.RETURNED, hand, BY_HAND + reason, receipt)


def lock(folder: CampaignFolder, code: str, reason: str = "", hand: Hand | None = None) -> None:
    """Lock an accepted report: what comes later is listed, not taken over."""
    with deciding(folder) as ledger:
        unit = ledger.unit(code)
        _, receipt, _ = ledger.state_of(unit.code)
        ledger.step(unit, State.LOCKED, hand or Hand.mine(), f"锁定{reason and '：' + reason}", receipt)


def publish(folder: CampaignFolder, code: str, url: str, day: date, hand: Hand | None = None) -> None:
    """Record where and when a unit's report was published (PUB-02)."""
    if not url.startswith(("http://", "https://")) or len(url) > 2000 or any(sign.isspace() for sign in url):
        raise UnusableInput("公布网址应以http://或https://开头，中间没有空格。")
    hand = hand or Hand.mine()
    with deciding(folder) as ledger:
        unit = ledger.unit(code)
        state, receipt, _ = ledger.state_of(unit.code)
        if day > hand.at.astimezone().date():
            raise UnusableInput("公布日期在今天之后，请核对。")
        if state is not State.PUBLISHED:
            ledger.step(unit, State.PUBLISHED, hand, f"公布：{url}（{day.isoformat()}）", receipt)
        ledger.publish(unit.code, url, day, hand)


def correct(folder: CampaignFolder, code: str, reason: str, hand: Hand | None = None) -> None:
    """Reopen a published report for correction (PUB-04); its figures count until the corrected ones come."""
    reason, hand = _need(reason, "更正"), hand or Hand.mine()
    with deciding(folder) as ledger:
        unit = ledger.unit(code)
        state, receipt, _ = ledger.state_of(unit.code)
        if state not in (State.PUBLISHED, State.CORRECTED, State.LOCKED):
            raise UnusableInput(f"“{unit.name}”现在是“{state.label}”，还没有锁定或发布，直接重报即可。")
        ledger.note(**{f"published.{unit.code}": receipt})
        ledger.set_correcting(unit.code, reason)
        ledger.step(unit, State.RETURNED, hand, f"{BY_HAND}更正：{reason}", receipt)
        settle(ledger, hand)


def set_aside(folder: CampaignFolder, path: str, reason: str, hand: Hand | None = None) -> None:
    """Leave a received file out of account (sent by mistake, another unit's), with the reason beside it."""
    reason, hand = _need(reason, "搁置"), hand or Hand.mine()
    with deciding(folder) as ledger:
        found = [receipt for receipt in ledger.receipts() if path in (receipt.path, receipt.key)]
        if not found:
            raise UnusableInput(f"收件记录里没有“{path}”。")
        ledger.connection.executemany(
            "UPDATE receipt SET verdict = ?, why = ? WHERE key = ?",
            [(Fate.SET_ASIDE.value, f"{hand.who}：{reason}", receipt.key) for receipt in found],
        )
        settle(ledger, hand)


def close(folder: CampaignFolder, hand: Hand | None = None) -> Closing:
    """Lock every accepted report if nothing is missing or open; otherwise say what is (CON-02)."""
    hand = hand or Hand.mine()
    settings = read_settings(folder.settings)
    with deciding(folder) as ledger:
        states = ledger.states(settings)
        missing = tuple(item.unit for item in states if item.state is State.MISSING)
        waiting = tuple(
            (item.unit, item.state) for item in states if item.state in (State.RECEIVED, State.RETURNED)
        )
        if missing or waiting:
            return Closing(False, missing, waiting)
        for item in states:
            if item.state in (State.ACCEPTED, State.EXPLAINED):
                ledger.step(
                    item.unit, State.LOCKED, hand, "任务办结", item.receipt.key if item.receipt else None
                )
        ledger.note(closed=hand.at.isoformat())
        return Closing(True, (), ())
