"""A county's campaign handed up as one file: figures, states and explanations, for the city to take over.

The package is a zip with one JSON document and its digest. It comes from outside: read within limits, every
value looked at before it is written, nothing in it run or unpacked to disk.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workbook.campaign.decisions import deciding
from workbook.campaign.documents import (
    filing_document,
    pack_document,
    stored_filing,
    unit_document,
    unpack_document,
)
from workbook.campaign.folder import CampaignFolder, make_folder
from workbook.campaign.ledger import Hand, Ledger
from workbook.campaign.records import Receipt, State, StoredFinding, Unit, UnitState
from workbook.campaign.settings import read_settings
from workbook.campaign.settle import settle
from workbook.files.archive import Archive, assemble, pack
from workbook.files.atomic import replace_file
from workbook.files.limits import MEGABYTE, Limits, file_bytes
from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.form.labels import plain
from workbook.form.values import read_number
from workbook.problems import UnusableInput
from workbook.rules.checker import check_filing
from workbook.rules.findings import Severity
from workbook.rules.local import CERTAIN
from workbook.rules.rulebook import load_rulebook
from workbook.rules.version import rules_version

FORMAT = 1
_CONTENT, _DIGEST = "package.json", "sha256.txt"
_LIMITS = Limits(
    file_size=256 * MEGABYTE, entries=8, unpacked=1024 * MEGABYTE, part_size=1024 * MEGABYTE, ratio=1_000
)
_LONGEST = 4_000  # characters of one text
_MOST_FINDINGS = 5_000  # of one report
_MOST_UNITS = 20_000
_LARGEST_DOCUMENT = 4 * MEGABYTE  # one report, unpacked


@dataclass(frozen=True, slots=True)
class Merged:
    """What was taken over: units, units that are not on this roster, and what should be looked at."""

    units: int
    unknown: int
    notes: tuple[str, ...]


def make_package(folder: CampaignFolder, out: Path, code: str | None = None, hand: Hand | None = None) -> int:
    """Write the package of a campaign (or of one unit and those below); gives how many units it holds.

    Raises UnusableInput, UnwritableOutput.
    """
    folder.require()
    hand = hand or Hand.mine()
    settings = read_settings(folder.settings)
    with Ledger(folder.ledger) as ledger:
        roster = ledger.roster()
        chosen = {unit.code for unit in roster.units}
        if code is not None:
            top = ledger.unit(code)
            chosen = {top.code, *(unit.code for unit in roster.below(top.code))}
        units = [_unit_entry(state, ledger) for state in ledger.states(settings) if state.unit.code in chosen]
        document = {
            "format": FORMAT,
            "year": ledger.year,
            "campaign": ledger.campaign,
            "name": settings.name,
            "made": hand.at.isoformat(),
            "who": hand.who,
            "rules": rules_version(),
            "units": units,
        }
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    digest = hashlib.sha256(content).hexdigest().encode("ascii")
    make_folder(out.parent)
    replace_file(out, assemble([pack(_CONTENT, content), pack(_DIGEST, digest)]))
    return len(units)


def _unit_entry(state: UnitState, ledger: Ledger) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "unit": unit_document(state.unit),
        "state": state.state.value,
        "history": [
            [change.at.isoformat(), change.who, change.before.value, change.after.value, change.reason]
            for change in state.history
        ],
        "publications": [[item.url, item.on.isoformat()] for item in state.publications],
        "report": None,
    }
    receipt = state.receipt
    filing = ledger.filing(receipt.key) if receipt else None
    if receipt is None or filing is None:
        return entry
    entry["report"] = {
        "file": receipt.path,
        "sha256": receipt.sha256,
        "arrived": receipt.arrived.isoformat(),
        "template_version": receipt.template_version,
        "checks": _tally(receipt),
        "document": base64.b64encode(pack_document(filing_document(filing))).decode("ascii"),
        "findings": [_finding_entry(item) for item in ledger.findings(receipt.key)],
    }
    return entry


def _tally(receipt: Receipt) -> list[int] | None:
    tally = receipt.tally
    if tally is None:
        return None
    return [tally.passed, tally.failed, tally.undecided, tally.errors, tally.explain, tally.warnings]


_TEXTS = ("rule", "outcome", "concept", "sheet", "cell", "message", "remedy", "basis", "key")


def _finding_entry(item: StoredFinding) -> dict[str, Any]:
    entry: dict[str, Any] = {name: getattr(item, name) for name in _TEXTS}
    return entry | {
        "severity": item.severity.value,
        "value": None if item.value is None else str(item.value),
        "expected": None if item.expected is None else str(item.expected),
        "cause": item.cause,
        "lead": item.lead,
        "operands": [list(pair) for pair in item.operands],
        "explanation": item.explanation,
        "overruled": item.overruled,
    }


# --- the city's side --------------------------------------------------------------------------------


class _Wrong(ValueError):
    """A package that is not of the shape; the words say where."""


def merge_package(folder: CampaignFolder, path: Path, hand: Hand | None = None) -> Merged:
    """Take a county's package over: its units' reports count as if they had come here, checks included.

    Units are told by code and name together, else by name alone. The equalities the form itself asks for are
    computed again; a report that claims to hold them and does not is named. Raises UnusableInput.
    """
    hand = hand or Hand.mine()
    document, digest = read_package(path)
    units = 0
    unknown = 0
    notes: list[str] = []
    made = _moment(document.get("made"), path.name, hand)
    with deciding(folder) as ledger:
        if document["year"] != ledger.year:
            raise UnusableInput(
                f"“{path.name}”是{document['year']}年度的上报包，本任务是{ledger.year}年度，没有汇入。"
            )
        roster = ledger.roster()
        by_name: dict[tuple[str, str], Unit] = {(plain(u.name), u.scope): u for u in roster.units}
        for number, entry in enumerate(document["units"], start=1):
            try:
                given = _text(entry["unit"]["name"]), _text(entry["unit"]["scope"])
                unit = by_name.get((plain(given[0]), given[1]))
                if unit is None:
                    unknown += 1
                    continue
                notes += _take_over(ledger, unit, entry, path.name, made, hand)
                units += 1
            except (_Wrong, KeyError, TypeError, ValueError, IndexError) as error:
                raise UnusableInput(
                    f"“{path.name}”第{number}个单位的内容不完整或被改过，没有汇入；请让下级重新生成上报包。"
                ) from error
        ledger.connection.execute(
            "INSERT OR REPLACE INTO merged VALUES (?, ?, ?, ?, ?)",
            (digest, path.name, str(document.get("name", ""))[:200], hand.at.isoformat(), hand.who),
        )
        settle(ledger, hand)
    return Merged(units, unknown, tuple(notes))


def read_package(path: Path) -> tuple[dict[str, Any], str]:
    """A package's document and digest. Raises UnusableInput for whatever is no whole package."""
    data = file_bytes(path, path.name, _LIMITS)
    broken = UnusableInput(f"“{path.name}”不是完整的上报包，请让下级重新生成后再报。")
    if not data.startswith(b"PK\x03\x04"):
        raise broken
    with Archive(data, path.name, _LIMITS) as archive:
        if set(archive.names) != {_CONTENT, _DIGEST}:
            raise broken
        content, digest = archive.read(_CONTENT), archive.read(_DIGEST).decode("ascii", "replace").strip()
    if hashlib.sha256(content).hexdigest() != digest:
        raise UnusableInput(f"“{path.name}”的内容与校验码不符，可能没有传完或被改过，请重新传送。")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise broken from error
    if not isinstance(document, dict) or not isinstance(document.get("units"), list):
        raise broken
    if document.get("format") != FORMAT:
        raise UnusableInput(f"“{path.name}”是别的版本的程序生成的，请双方更新到同一版本。")
    if len(document["units"]) > _MOST_UNITS or not isinstance(document.get("year"), int):
        raise broken
    return document, digest


def _moment(text: object, name: str, hand: Hand) -> datetime:
    """When a package was made, never later than now."""
    try:
        made = datetime.fromisoformat(_text(text))
    except ValueError as error:
        raise UnusableInput(f"“{name}”没有写明生成时间，请让下级重新生成后再报。") from error
    return min(made if made.tzinfo else made.astimezone(), hand.at)


def _take_over(
    ledger: Ledger, unit: Unit, entry: Mapping[str, Any], name: str, made: datetime, hand: Hand
) -> list[str]:
    """One unit's report into the ledger; gives what should be looked at."""
    for url, day in entry["publications"]:
        if not _text(url).startswith(("http://", "https://")):
            raise _Wrong("publication")
        known = ledger.connection.execute(
            "SELECT 1 FROM publication WHERE unit = ? AND url = ? AND day = ?", (unit.code, url, day)
        ).fetchone()
        if known is None:
            ledger.publish(unit.code, url, date.fromisoformat(day), hand)
    report = entry["report"]
    if report is None:
        return []
    state = State(entry["state"])
    packed = base64.b64decode(report["document"], validate=True)
    filing = _filing(packed)
    if filing.year is not None and filing.year != ledger.year:
        raise _Wrong("year")
    findings = [_finding_row(number, item) for number, item in enumerate(report["findings"])]
    if len(findings) > _MOST_FINDINGS:
        raise _Wrong("findings")
    tally = [int(count) for count in report["checks"]] if report["checks"] else [0] * 6
    if len(tally) != 6 or min(tally) < 0:
        raise _Wrong("checks")
    arrived = datetime.fromisoformat(report["arrived"])
    if arrived.tzinfo is None:
        raise _Wrong("arrived")
    arrived = min(arrived, hand.at)
    shown = f"package:{name}!{unit.code} {_text(report['file'])}"
    # The same report in a later package is the same revision, not a new one.
    content = json.dumps(report, sort_keys=True).encode("utf-8")
    sha256 = hashlib.sha256(unit.code.encode("utf-8") + content).hexdigest()
    ledger.keep_receipts(
        [
            {
                "key": sha256[:20], "path": shown, "sha256": sha256, "size": len(packed),
                "arrived": arrived.isoformat(), "saved": made.isoformat(), "present": 1,
                "verdict": "filing", "fate": "current", "why": "", "unit": unit.code,
                "matched_by": "package", "organ": filing.organ.name, "year": filing.year,
                "edition": filing.edition_id, "scope": filing.scope,
                "template_version": report["template_version"], "made_from": None, "passed": tally[0],
                "failed": tally[1], "undecided": tally[2], "errors": tally[3], "explain": tally[4],
                "warnings": tally[5], "basis": "package", "tried": "package", "staged": 0,
            }
        ]
    )  # fmt: skip
    ledger.keep_check(sha256[:20], findings, packed)
    for item in report["findings"]:
        if item["overruled"] is not None:
            ledger.overrule(unit.code, [item["key"]], f"下级放行：{_text(item['overruled'])}", hand)
    return _doubts(unit, filing, {row[1] for row in findings}, state)


def _filing(packed: bytes) -> Filing:
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(packed, _LARGEST_DOCUMENT)
    except zlib.error as error:
        raise _Wrong("document") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise _Wrong("document")
    if not isinstance(unpack_document(packed), dict):
        raise _Wrong("document")
    return stored_filing(packed)


def _doubts(unit: Unit, filing: Filing, said: set[Any], state: State) -> list[str]:
    """Equalities that do not hold although the package does not say so: never taken on trust."""
    result = check_filing(filing, load_rulebook())
    broken = sorted({f.rule for f in result.findings if f.rule.startswith(CERTAIN)} - said)
    if not broken:
        return []
    return [f"{unit.code} {unit.name}：上报为“{state.label}”，但{'、'.join(broken)}不平衡，请下级核实"]


def _finding_row(number: int, item: Mapping[str, Any]) -> tuple[Any, ...]:
    given = {name: None if item[name] is None else _text(item[name]) for name in _TEXTS}
    if any(given[name] is None for name in ("rule", "outcome", "message", "remedy", "basis", "key")):
        raise _Wrong("finding")
    if given["concept"] is not None:
        CellId.parse(given["concept"])
    operands = [[_text(name), None if value is None else _text(value)] for name, value in item["operands"]]
    explanation = None if item["explanation"] is None else _text(item["explanation"])
    numbers = [None if item[name] is None else str(_number(item[name])) for name in ("value", "expected")]
    return (
        number, given["rule"], Severity(item["severity"]).value, given["outcome"], given["concept"],
        given["sheet"], given["cell"], *numbers, given["message"], given["remedy"], given["basis"],
        int(item["cause"]), int(bool(item["lead"])), given["key"],
        json.dumps(operands, ensure_ascii=False), explanation,
    )  # fmt: skip


def _number(text: object) -> str:
    value = read_number(_text(text))
    if value is None:
        raise _Wrong("number")
    return str(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise _Wrong("text")
    return value
