"""After reading: which revision of a unit counts, what became of every other file, and each unit's state.

Worked out from the whole ledger at once, so that neither the order of files nor where a run was cut off
makes a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workbook.campaign.ledger import Hand, Ledger
from workbook.campaign.records import Fate, State, StoredFinding, Unit
from workbook.campaign.states import FIXED, judged
from workbook.rules.findings import Severity

_FILING = "filing"  # the verdict of a report that may count
_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Revision:
    key: str
    path: str
    sha256: str
    saved: datetime
    arrived: datetime
    made_from: str | None
    sender: str | None = None  # who handed it in through the desk


def settle(ledger: Ledger, hand: Hand) -> None:
    """Bring fates, revisions and states up to date; to be called inside a transaction."""
    ledger.connection.execute(
        "UPDATE receipt SET fate = verdict, revision = NULL WHERE verdict <> ?", (_FILING,)
    )
    senders = {submission.key: submission.who for submission in ledger.submissions()}
    units = {unit.code: unit for unit in ledger.roster().units}
    by_unit: dict[str | None, list[_Revision]] = {}
    query = f"SELECT unit, {_REVISION} FROM receipt WHERE verdict = ?"  # noqa: S608 - our own words
    for unit, *row in ledger.connection.execute(query, (_FILING,)):
        by_unit.setdefault(unit, []).append(_revision(row, senders))
    for code, found in by_unit.items():
        if code is None or code not in units:
            # Outside a campaign, or of a unit gone from the list: every file stands for itself.
            _mark(ledger, _without_duplicates(ledger, found), None)
    for unit in units.values():
        _settle_unit(ledger, unit, by_unit.get(unit.code, []), hand)


def settle_unit(ledger: Ledger, code: str, hand: Hand) -> None:
    """The same for one unit of the roster, after something of its own came in."""
    unit = ledger.unit(code)
    senders = {submission.key: submission.who for submission in ledger.submissions(unit.code)}
    query = f"SELECT {_REVISION} FROM receipt WHERE unit = ? AND verdict = ?"  # noqa: S608 - our own words
    rows = ledger.connection.execute(query, (unit.code, _FILING)).fetchall()
    _settle_unit(ledger, unit, [_revision(row, senders) for row in rows], hand)


_REVISION = "key, path, sha256, saved, arrived, made_from"


def _revision(row: Sequence[Any], senders: Mapping[str, str]) -> _Revision:
    key, path, sha256, saved, arrived, made_from = row
    when = datetime.fromisoformat(saved), datetime.fromisoformat(arrived)
    return _Revision(key, path, sha256, *when, made_from, senders.get(key))


def in_order(revisions: Iterable[_Revision]) -> list[_Revision]:
    """Revisions from first to last: by when they were saved, never before what they were made from."""
    known = {revision.sha256: revision for revision in revisions}

    def effective(revision: _Revision, seen: frozenset[str] = frozenset()) -> tuple[datetime, int]:
        parent = known.get(revision.made_from or "")
        if parent is None or parent.sha256 in seen or parent is revision:
            return revision.saved, 0
        when, depth = effective(parent, seen | {revision.sha256})
        return max(revision.saved, when + _A_MOMENT), depth + 1

    return sorted(known.values(), key=lambda revision: (*effective(revision), revision.sha256))


def _without_duplicates(ledger: Ledger, found: list[_Revision]) -> list[_Revision]:
    """One of each content, the first by its time and path; the others are named as duplicates."""
    kept: dict[str, _Revision] = {}
    for revision in sorted(found, key=lambda item: (item.arrived, item.path)):
        if revision.sha256 in kept:
            why = f"与“{kept[revision.sha256].path}”完全相同"
            _fate(ledger, revision.key, Fate.DUPLICATE, None, why)
        else:
            kept[revision.sha256] = revision
    return list(kept.values())


def _fate(ledger: Ledger, key: str, fate: Fate, number: int | None, why: str) -> None:
    ledger.connection.execute(
        "UPDATE receipt SET fate = ?, revision = ?, why = ? WHERE key = ?", (fate.value, number, why, key)
    )


def _mark(ledger: Ledger, revisions: list[_Revision], current: str | None) -> None:
    """Fates of revisions in order; without a current one each is current by itself."""
    passed = False
    for number, revision in enumerate(revisions, start=1):
        if current is None:
            _fate(ledger, revision.key, Fate.CURRENT, None, "")
            continue
        fate = Fate.LATE_REVISION if passed else Fate.SUPERSEDED
        if revision.key == current:
            fate, passed = Fate.CURRENT, True
        _fate(ledger, revision.key, fate, number, "")


def _settle_unit(ledger: Ledger, unit: Unit, found: list[_Revision], hand: Hand) -> None:
    state, counted, correcting = ledger.state_of(unit.code)
    revisions = in_order(_without_duplicates(ledger, found))
    for revision in revisions:
        ledger.keep_explanations(unit.code, revision.key)
    if state in FIXED:
        _mark(ledger, revisions, counted)
        return
    if not revisions:
        if state is not State.MISSING and counted is not None:
            ledger.step(unit, State.MISSING, hand, "有效稿已搁置，没有其他报告", None)
        return
    current = revisions[-1]
    _mark(ledger, revisions, current.key)
    if current.key != counted:
        known = {change[0] for change in ledger.connection.execute(
            "SELECT receipt FROM history WHERE unit = ? AND after = ?", (unit.code, State.RECEIVED.value)
        )}  # fmt: skip
        for number, revision in enumerate(revisions, start=1):
            if revision.key not in known or revision is current:
                came = Hand(revision.sender or hand.who, revision.arrived)
                ledger.step(unit, State.RECEIVED, came, f"收到第{number}稿：{revision.path}", revision.key)
        state = State.RECEIVED
    if state in (State.RECEIVED, State.RETURNED):
        findings = ledger.findings(current.key)
        after = judged(findings, correcting is not None)
        if state is State.RETURNED and after is State.RETURNED:
            return
        if state is State.RETURNED and current.key == counted and _given_back_by_hand(ledger, unit):
            return
        ledger.step(unit, after, hand, said_of(findings), current.key)
        if after is State.CORRECTED:
            ledger.set_correcting(unit.code, None)


BY_HAND = "退回："


def _given_back_by_hand(ledger: Ledger, unit: Unit) -> bool:
    """Whether an officer gave this revision back: no recheck takes that away, only a new revision does."""
    row = ledger.connection.execute(
        "SELECT reason FROM history WHERE unit = ? ORDER BY id DESC LIMIT 1", (unit.code,)
    ).fetchone()
    return row is not None and row[0].startswith(BY_HAND)


def said_of(findings: list[StoredFinding]) -> str:
    """A check in one line for the history: 核查：错误2处、须说明1处（已说明1处）."""
    counts: Mapping[Severity, int] = {
        severity: len({item.cause for item in findings if item.severity is severity}) for severity in Severity
    }
    parts = [f"{severity.label}{count}处" for severity, count in counts.items() if count]
    explained = len({item.cause for item in findings if item.explanation})
    overruled = len({item.cause for item in findings if item.overruled is not None})
    parts += [f"已说明{explained}处"] if explained else []
    parts += [f"经办人放行{overruled}处"] if overruled else []
    return "核查：" + ("、".join(parts) or "没有发现问题")
