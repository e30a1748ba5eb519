"""How a campaign stands, for the terminal and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Ledger
from workbook.campaign.records import Fate, Receipt, State, StoredFinding, UnitState
from workbook.campaign.settings import read_settings
from workbook.form.facts import number_json
from workbook.form.labels import legible

_MOST_UNITS = 40
_QUIET = frozenset({Fate.CURRENT, Fate.SUPERSEDED, Fate.ARCHIVE, Fate.IGNORED})


def campaign_overview(folder: CampaignFolder, today: date | None = None) -> str:
    """The state of a campaign as a person reads it."""
    return "\n".join(_lines(folder, today or date.today()))  # noqa: DTZ011 - the officer's own day


def _lines(folder: CampaignFolder, today: date) -> Iterator[str]:
    folder.require()
    settings = read_settings(folder.settings)
    with Ledger(folder.ledger) as ledger:
        states = ledger.states(settings)
        receipts = ledger.receipts()
        would_fail = ledger.would_fail()
    counts = Counter(state.state for state in states)
    shown = "，".join(f"{state.label}{counts[state]}个" for state in State if counts[state])
    yield f"{settings.name or '年报任务'}：共{len(states)}个单位，{shown}。"
    late = [state for state in states if state.state is State.MISSING and state.due and state.due < today]
    if late:
        yield f"逾期未报{len(late)}个："
        yield from _some(f"  {_named(state)}，应于{state.due}前报" for state in late)
    back = [state for state in states if state.state is State.RETURNED]
    if back:
        yield f"待改正{len(back)}个："
        yield from _some(f"  {_named(state)}：{legible(state.history[-1].reason)}" for state in back)
    odd = [receipt for receipt in receipts if receipt.fate not in _QUIET]
    if odd:
        yield f"需要看一下的文件{len(odd)}个："
        yield from _some(_odd(receipt) for receipt in odd)
    if would_fail:
        units = list(dict.fromkeys(item.unit for item in would_fail))
        yield f"规则或设置改过，已通过的单位中有{len(units)}个按现在的要求会退回（状态不变）："
        yield from _some(f"  {item.unit} {item.rule}：{legible(item.message, 80)}" for item in would_fail)


def _odd(receipt: Receipt) -> str:
    return (
        f"  {legible(receipt.path)}：{receipt.fate.label}{'，' + legible(receipt.why) if receipt.why else ''}"
    )


def _named(state: UnitState) -> str:
    return f"{state.unit.code} {legible(state.unit.name, 40)}"


def _some(lines: Iterator[str]) -> Iterator[str]:
    every = list(lines)
    yield from every[:_MOST_UNITS]
    if len(every) > _MOST_UNITS:
        yield f"  ……另有{len(every) - _MOST_UNITS}个"


def campaign_document(
    folder: CampaignFolder, *, findings: bool = False, times: bool = True
) -> dict[str, Any]:
    """The whole ledger as JSON: units in the roster's order, received things by path.

    With `findings` every revision's findings too; without `times` what depends on the clock is left out.
    """
    folder.require()
    settings = read_settings(folder.settings)
    with Ledger(folder.ledger) as ledger:
        states = ledger.states(settings)
        receipts = ledger.receipts()
        paths = {receipt.key: receipt.path for receipt in receipts}
        return {
            "year": ledger.year,
            "units": [_unit(state, paths, times) for state in states],
            "received": [
                _received(receipt, ledger.findings(receipt.key) if findings else None, times)
                for receipt in receipts
            ],
            "would_fail": [
                {
                    "unit": item.unit,
                    "rule": item.rule,
                    "severity": item.severity.value,
                    "message": item.message,
                }
                for item in ledger.would_fail()
            ],
        }


def _unit(state: UnitState, paths: dict[str, str], times: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "code": state.unit.code,
        "name": state.unit.name,
        "parent": state.unit.parent,
        "scope": state.unit.scope,
        "state": state.state.label,
        "file": state.receipt.path if state.receipt else None,
        "due": state.due.isoformat() if state.due else None,
        "history": [
            {
                "before": change.before.label,
                "after": change.after.label,
                "who": change.who,
                "reason": change.reason,
                "file": paths.get(change.receipt or ""),
                **({"at": change.at.isoformat()} if times else {}),
            }
            for change in state.history
        ],
        "publications": [{"url": item.url, "date": item.on.isoformat()} for item in state.publications],
    }
    if times:
        document["submitted"] = state.submitted.isoformat() if state.submitted else None
    return document


def _received(receipt: Receipt, findings: list[StoredFinding] | None, times: bool) -> dict[str, Any]:
    tally = receipt.tally
    document: dict[str, Any] = {
        "file": receipt.path,
        "sha256": receipt.sha256,
        "fate": receipt.fate.value,
        "fate_label": receipt.fate.label,
        "why": receipt.why,
        "unit": receipt.unit,
        "matched_by": receipt.matched_by,
        "revision": receipt.revision,
        "organ": receipt.organ,
        "year": receipt.year,
        "edition": receipt.edition,
        "scope": receipt.scope,
        "template_version": receipt.template_version,
        "checks": None
        if tally is None
        else {"passed": tally.passed, "failed": tally.failed, "undecided": tally.undecided},
    }
    if times:
        document |= {"arrived": receipt.arrived.isoformat(), "present": receipt.present}
    if findings is not None:
        document["findings"] = [finding_document(item) for item in findings]
    return document


def finding_document(item: StoredFinding) -> dict[str, Any]:
    """A stored finding in the shape of `check --json`, with what campaign and officer know of it."""
    return {
        "rule": item.rule,
        "severity": item.severity.value,
        "outcome": item.outcome,
        "concept": item.concept,
        "sheet": item.sheet,
        "cell": item.cell,
        "value": _number(item.value),
        "expected": _number(item.expected),
        "difference": _number(item.difference),
        "message": item.message,
        "basis": item.basis,
        "remedy": item.remedy,
        "cause": item.cause,
        "explanation": item.explanation,
        "overruled": item.overruled,
    }


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else number_json(value)
