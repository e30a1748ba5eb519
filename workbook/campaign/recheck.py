"""Recheck: whatever has come in is taken in, checked and settled, as often as one likes.

Only what changed is checked again: another file, other rules, other settings, other figures of last year.
Every chunk is committed as it comes, so that a run cut off goes on where it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbook.campaign.examine import Context, Examined, receipt_row
from workbook.campaign.folder import INBOX, CampaignFolder, only_writer, read_key
from workbook.campaign.intake import Arrived, arrived_by_link, walk
from workbook.campaign.lastyear import LastYearShelf
from workbook.campaign.ledger import Hand, Ledger
from workbook.campaign.opening import take_over_roster
from workbook.campaign.pool import examine_all
from workbook.campaign.records import SETTLED, Fate, State
from workbook.campaign.returned import place_returned
from workbook.campaign.settings import Settings, need_same_year, read_settings
from workbook.campaign.settle import settle
from workbook.problems import UnusableInput
from workbook.rules.version import rules_version

Progress = Callable[[int, int], None]
# Fates of files whose check is worth renewing when rules change.
_RENEWED = frozenset({Fate.CURRENT, Fate.COPIED, Fate.LATE_REVISION})


@dataclass(frozen=True)
class Rechecked:
    """What a run did, and how the campaign stands after it."""

    received: int
    examined: int
    fates: Mapping[Fate, int]
    states: Mapping[State, int]
    would_fail: int
    returned: int
    errors: int  # units whose report that counts has a finding of severity error


def recheck(
    folder: CampaignFolder,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    hand: Hand | None = None,
) -> Rechecked:
    """Recheck a campaign. Raises UnusableInput, UnwritableOutput for what no later run can mend by itself."""
    folder.require()
    hand = hand or Hand.mine()
    folder.make()
    with only_writer(folder), Ledger(folder.ledger) as ledger:
        settings = read_settings(folder.settings)
        need_same_year(settings, ledger.year)
        take_over_roster(folder, ledger)
        context = context_of(folder, ledger, settings)
        arrived = list(walk(folder.inbox, INBOX, folder.unpacked))
        examined = take_in(ledger, arrived, context, hand, workers, scheduler, progress)
        with ledger.transaction():
            settle(ledger, hand)
        returned = place_returned(folder, ledger, context)
        return _account(ledger, settings, len(arrived), examined, returned)


def context_of(folder: CampaignFolder, ledger: Ledger, settings: Settings, *, copies: bool = True) -> Context:
    """What the campaign's files are examined with today; without `copies` nothing is annotated meanwhile."""
    return Context(
        roster=ledger.roster(),
        key=read_key(folder),
        campaign=ledger.campaign,
        year=ledger.year,
        local=settings.local,
        rules=rules_version(),
        settings=settings.digest,
        last_year=folder.last_year,
        staging=folder.staging if copies else None,
        required=tuple(cell for cell, _ in settings.required),
    )


def take_in(
    ledger: Ledger,
    arrived: Sequence[Arrived],
    context: Context,
    hand: Hand,
    workers: int | None,
    scheduler: str | None,
    progress: Progress | None,
) -> int:
    """Write a row for everything that came and examine what is new or due; gives how much was examined."""
    came = {submission.key: submission for submission in ledger.submissions()}
    arrived = [
        arrived_by_link(came[item.key], item.location)
        if item.key in came
        else replace(item, arrived=min(item.arrived, hand.at), saved=min(item.saved, hand.at))
        for item in arrived
    ]
    known = {
        row[0]: row[1:]
        for row in ledger.connection.execute("SELECT key, verdict, fate, unit, tried, passed FROM receipt")
    }
    plain = [item for item in arrived if item.fate is not None]
    with ledger.transaction() as connection:
        connection.execute("UPDATE receipt SET present = 0 WHERE path NOT LIKE 'package:%'")
        connection.executemany(
            "UPDATE receipt SET present = 1 WHERE key = ?",
            [(item.key,) for item in arrived if item.key in known],
        )
        ledger.keep_receipts(
            receipt_row(item, item.fate, item.why, "") for item in plain if item.key not in known
        )
    due = _due([item for item in arrived if item.fate is None], known, context)
    done = 0
    for answers in examine_all(
        due,
        context,
        workers=workers,
        scheduler=scheduler,
    ):
        with ledger.transaction():
            for answer in answers:
                record(ledger, answer)
        done += len(answers)
        if progress is not None:
            progress(done, len(due))
    return len(due)


def _due(items: Sequence[Arrived], known: Mapping[str, tuple[Any, ...]], context: Context) -> list[Arrived]:
    """What has not been examined yet, or not with today's rules, settings, roster and last year."""
    with LastYearShelf(context.last_year) as shelf:
        digests = shelf.digests()
    units = context.roster.by_code
    due: list[Arrived] = []
    for item in items:
        if item.key not in known:
            due.append(item)
            continue
        verdict, fate, unit, tried, passed = known[item.key]
        checked = passed is not None and unit in units
        wanted = context.basis(units[unit], digests.get(unit, "")) if checked else context.basis(None, "")
        if verdict == Fate.SET_ASIDE.value or tried == wanted:
            continue
        if not checked or Fate(fate) in _RENEWED:
            due.append(item)
    return due


def record(ledger: Ledger, answer: Examined) -> None:
    """One examined file into the ledger; an accepted unit's check is not replaced, only held against it."""
    row = ledger.connection.execute(
        "SELECT u.code, u.state FROM unit u JOIN receipt r ON r.key = u.receipt"
        " WHERE u.receipt = ? AND r.passed IS NOT NULL",
        (answer.key,),
    ).fetchone()
    if row is not None and State(row[1]) in SETTLED:
        ledger.connection.execute(
            "UPDATE receipt SET tried = ? WHERE key = ?", (answer.row["tried"], answer.key)
        )
        ledger.keep_would_fail(row[0], _held_back(ledger, row[0], answer))
        return
    ledger.keep_receipts([answer.row])
    ledger.keep_check(answer.key, answer.findings, answer.document)


def _held_back(ledger: Ledger, unit: str, answer: Examined) -> list[tuple[str, str, str]]:
    excused = {
        key
        for (key,) in ledger.connection.execute(
            "SELECT key FROM overruled WHERE unit = ? UNION SELECT key FROM explanation WHERE unit = ?",
            (unit, unit),
        )
    }
    overruled = {
        key for (key,) in ledger.connection.execute("SELECT key FROM overruled WHERE unit = ?", (unit,))
    }
    held: list[tuple[str, str, str]] = []
    for finding in answer.findings:
        rule, severity, message, key, explanation = (finding[at] for at in (1, 2, 9, 14, 16))
        answered = key in overruled if severity == "error" else key in excused or explanation is not None
        if severity != "warning" and not answered:
            held.append((rule, severity, message))
    return held


def _account(ledger: Ledger, settings: Settings, received: int, examined: int, returned: int) -> Rechecked:
    states = ledger.states(settings)
    return Rechecked(
        received=received,
        examined=examined,
        fates=Counter(receipt.fate for receipt in ledger.receipts()),
        states=Counter(state.state for state in states),
        would_fail=len({item.unit for item in ledger.would_fail()}),
        returned=returned,
        errors=sum(
            1 for state in states if state.receipt and state.receipt.tally and state.receipt.tally.errors
        ),
    )


def campaign_at(path: Path) -> CampaignFolder:
    """The campaign in a folder. Raises UnusableInput where there is no such folder."""
    if not path.is_dir():
        raise UnusableInput(f"找不到文件夹“{path}”，请核对位置。")
    return CampaignFolder(path)
