"""The ledger as it is read: units with their states, receipts, findings, figures – all plain records."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from workbook.campaign.documents import figures_of, stored_filing, unit_from_document
from workbook.campaign.records import (
    Fate,
    Figures,
    Publication,
    Receipt,
    State,
    StateChange,
    StoredFinding,
    Submission,
    Tally,
    Unit,
    UnitState,
    WouldFail,
)
from workbook.campaign.roster import Roster
from workbook.campaign.settings import Settings
from workbook.form.filing import Filing
from workbook.rules.findings import Severity


class LedgerView:
    """Reading methods over an open ledger; lists come in the roster's order or by path, never by chance."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def meta(self, name: str) -> str | None:
        """A note about the campaign itself: campaign, year, roster …"""
        row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    @property
    def campaign(self) -> str:
        """The campaign's id, as it stands in every identity."""
        return self.meta("campaign") or ""

    @property
    def year(self) -> int:
        """The report year."""
        return int(self.meta("year") or 0)

    def roster(self) -> Roster:
        """The units of the campaign, in the order of the list."""
        rows = self.connection.execute("SELECT document FROM unit WHERE active ORDER BY position")
        return Roster(tuple(unit_from_document(json.loads(row[0])) for row in rows))

    def states(self, settings: Settings, code: str | None = None) -> list[UnitState]:
        """Every unit (or one) with its state and history; dates come from the settings."""
        receipts = {receipt.key: receipt for receipt in self.receipts(code)}
        one = ("", ()) if code is None else (" WHERE unit = ?", (code,))
        history: dict[str, list[StateChange]] = {}
        for unit, *rest in self.connection.execute(
            f"SELECT unit, at, who, before, after, reason, receipt FROM history{one[0]} ORDER BY id",  # noqa: S608
            one[1],
        ):
            history.setdefault(unit, []).append(_change(rest))
        publications: dict[str, list[Publication]] = {}
        for unit, url, day, recorded, who in self.connection.execute(
            f"SELECT unit, url, day, recorded, who FROM publication{one[0]} ORDER BY id",  # noqa: S608
            one[1],
        ):
            published = Publication(url, date.fromisoformat(day), datetime.fromisoformat(recorded), who)
            publications.setdefault(unit, []).append(published)
        came: dict[str, date] = {}
        for receipt in receipts.values():
            if receipt.unit is not None and receipt.revision is not None:
                day = receipt.arrived.astimezone().date()
                came[receipt.unit] = min(day, came.get(receipt.unit, day))
        found: list[UnitState] = []
        for document, state, since, receipt, correcting in self.connection.execute(
            "SELECT document, state, since, receipt, correcting FROM unit"
            " WHERE active AND code = COALESCE(?, code) ORDER BY position",
            (code,),
        ):
            unit = unit_from_document(json.loads(document))
            found.append(
                UnitState(
                    unit=unit,
                    state=State(state),
                    since=datetime.fromisoformat(since) if since else None,
                    receipt=receipts.get(receipt) if receipt else None,
                    due=settings.due_for(unit),
                    publish_due=settings.publish_due_for(unit),
                    history=tuple(history.get(unit.code, ())),
                    publications=tuple(publications.get(unit.code, ())),
                    correcting=correcting,
                    submitted=came.get(unit.code),
                )
            )
        return found

    def receipts(self, unit: str | None = None) -> list[Receipt]:
        """Every received thing (or those of one unit), by path."""
        where, given = (" WHERE unit = ?", (unit,)) if unit is not None else ("", ())
        query = f"SELECT {_RECEIPT} FROM receipt{where} ORDER BY path, key"  # noqa: S608 - our own words
        rows = self.connection.execute(query, given)
        return [_receipt(row) for row in rows]

    def submissions(self, unit: str | None = None) -> list[Submission]:
        """What was handed in through the desk (by one unit), in the order in which it came."""
        where, given = (" WHERE unit = ?", (unit,)) if unit is not None else ("", ())
        query = f"SELECT {_SUBMISSION} FROM submission{where} ORDER BY at, code"  # noqa: S608 - our own words
        return [_submission(row) for row in self.connection.execute(query, given)]

    def submission(self, code: str) -> Submission | None:
        """The report that a receipt's code is for."""
        query = f"SELECT {_SUBMISSION} FROM submission WHERE code = ?"  # noqa: S608 - our own words
        row = self.connection.execute(query, (code,)).fetchone()
        return _submission(row) if row else None

    def waiting(self, most: int) -> list[Submission]:
        """Reports handed in and not yet examined, the oldest first."""
        query = (
            f"SELECT {_SUBMISSION} FROM submission s WHERE NOT EXISTS"  # noqa: S608 - our own words
            " (SELECT 1 FROM receipt r WHERE r.key = s.key) ORDER BY at, code LIMIT ?"
        )
        return [_submission(row) for row in self.connection.execute(query, (most,))]

    def links(self) -> dict[str, str]:
        """Every unit's own code (报送码)."""
        return dict(self.connection.execute("SELECT unit, code FROM link"))

    def unit_of_link(self, code: str) -> Unit | None:
        """The unit whose code it is; None for a code that is nobody's (any more)."""
        row = self.connection.execute(
            "SELECT document FROM unit u JOIN link l ON l.unit = u.code WHERE l.code = ? AND u.active",
            (code,),
        ).fetchone()
        return unit_from_document(json.loads(row[0])) if row else None

    def said_of_unit(self, unit: str) -> tuple[dict[str, str], dict[str, str]]:
        """By finding key: what the unit has explained, and why an officer has passed it over."""
        explained = self.connection.execute("SELECT key, text FROM explanation WHERE unit = ?", (unit,))
        passed = self.connection.execute("SELECT key, reason FROM overruled WHERE unit = ?", (unit,))
        return dict(explained), dict(passed)

    def findings(self, receipt: str) -> list[StoredFinding]:
        """The findings of one revision, explanations and overrulings of its unit included."""
        return list(self._findings("WHERE f.receipt = ?", (receipt,)))

    def current_findings(self) -> Iterator[tuple[str, StoredFinding]]:
        """(unit code, finding) of every unit's revision that counts, unit by unit."""
        rows = self.connection.execute(
            f"SELECT u.code, {_FINDING} {_FINDING_FROM} JOIN unit u ON u.receipt = f.receipt AND u.active"
            " ORDER BY u.position, f.number"
        )
        for code, *row in rows:
            yield code, _finding(row)

    def _findings(self, where: str, given: tuple[object, ...]) -> Iterator[StoredFinding]:
        rows = self.connection.execute(f"SELECT {_FINDING} {_FINDING_FROM} {where} ORDER BY f.number", given)
        return (_finding(row) for row in rows)

    def filing(self, receipt: str) -> Filing | None:
        """A revision as it was read, without its file: organ, year, figures, sections; None if not stored."""
        row = self.connection.execute("SELECT document FROM filing WHERE receipt = ?", (receipt,)).fetchone()
        return stored_filing(row[0]) if row else None

    def current_filings(self) -> Iterator[tuple[Unit, Filing]]:
        """Every unit's report that counts, in the roster's order; units without one are left out."""
        rows = self.connection.execute(
            "SELECT u.document, g.document FROM unit u JOIN filing g ON g.receipt = u.receipt"
            " WHERE u.active ORDER BY u.position"
        )
        for unit, document in rows:
            yield unit_from_document(json.loads(unit)), stored_filing(document)

    def figures(self) -> Iterator[Figures]:
        """The figures of every unit's report that counts, for roll-up."""
        rows = self.connection.execute(
            "SELECT u.code, u.receipt, g.document FROM unit u JOIN filing g ON g.receipt = u.receipt"
            " WHERE u.active ORDER BY u.position"
        )
        for code, receipt, document in rows:
            yield figures_of(receipt, code, stored_filing(document))

    def previous(self) -> dict[str, Filing]:
        """Last year's reports by code, as they were found when the campaign was made."""
        rows = self.connection.execute("SELECT code, document FROM previous ORDER BY code")
        return {code: stored_filing(document) for code, document in rows}

    def would_fail(self) -> list[WouldFail]:
        """Accepted units that today's rules and settings would hold back."""
        rows = self.connection.execute(
            "SELECT w.unit, rule, severity, message FROM would_fail w JOIN unit u ON u.code = w.unit"
            " ORDER BY u.position, number"
        )
        return [WouldFail(unit, rule, Severity(severity), message) for unit, rule, severity, message in rows]


_RECEIPT = (
    "key, path, sha256, size, arrived, present, fate, why, unit, matched_by, revision, organ, year, edition,"
    " scope, template_version, passed, failed, undecided, errors, explain, warnings, basis"
)
_SUBMISSION = "code, unit, key, path, name, sha256, size, at, who, said"
_FINDING = (
    "f.receipt, f.number, f.rule, f.severity, f.outcome, f.concept, f.sheet, f.cell, f.value, f.expected,"
    " f.message, f.remedy, f.basis, f.cause, f.lead, f.key, f.operands,"
    " COALESCE(f.explanation, e.text), o.reason"
)
_FINDING_FROM = (
    "FROM finding f JOIN receipt r ON r.key = f.receipt"
    " LEFT JOIN explanation e ON e.unit = r.unit AND e.key = f.key"
    " LEFT JOIN overruled o ON o.unit = r.unit AND o.key = f.key"
)


def _receipt(row: tuple[Any, ...]) -> Receipt:
    (key, path, sha256, size, arrived, present, fate, why, unit, matched_by, revision, organ, year, edition,
     scope, version, passed, failed, undecided, errors, explain, warnings, basis) = row  # fmt: skip
    return Receipt(
        key=key,
        path=path,
        sha256=sha256,
        size=size,
        arrived=datetime.fromisoformat(arrived),
        present=bool(present),
        fate=Fate(fate),
        why=why,
        unit=unit,
        matched_by=matched_by,
        revision=revision,
        organ=organ,
        year=year,
        edition=edition,
        scope=scope,
        template_version=version,
        tally=None if passed is None else Tally(passed, failed, undecided, errors, explain, warnings),
        basis=basis,
    )


def _submission(row: tuple[Any, ...]) -> Submission:
    code, unit, key, path, name, sha256, size, at, who, said = row
    when = datetime.fromisoformat(at)
    return Submission(code, unit, key, path, name, sha256, size, when, who, json.loads(said))


def _finding(row: Any) -> StoredFinding:
    (receipt, number, rule, severity, outcome, concept, sheet, cell, value, expected, message, remedy, basis,
     cause, lead, key, operands, explanation, overruled) = row  # fmt: skip
    return StoredFinding(
        receipt=receipt,
        number=number,
        rule=rule,
        severity=Severity(severity),
        outcome=outcome,
        concept=concept,
        sheet=sheet,
        cell=cell,
        value=_decimal(value),
        expected=_decimal(expected),
        message=message,
        remedy=remedy,
        basis=basis,
        cause=cause,
        lead=bool(lead),
        key=key,
        operands=tuple((name, given) for name, given in json.loads(operands)),
        explanation=explanation,
        overruled=overruled,
    )


def _change(row: list[Any]) -> StateChange:
    at, who, before, after, reason, receipt = row
    return StateChange(datetime.fromisoformat(at), who, State(before), State(after), reason, receipt)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
