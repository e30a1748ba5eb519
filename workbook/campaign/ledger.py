"""The ledger: one SQLite file that knows every unit, every received thing and every step, and who made it.

One writer at a time, everything in transactions: a run that is killed leaves what it had committed, whole.
"""

from __future__ import annotations

import getpass
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from workbook.campaign.documents import filing_document, pack_document, unit_document, unit_from_document
from workbook.campaign.ledgerview import LedgerView
from workbook.campaign.records import State, Submission, Unit
from workbook.campaign.roster import Roster
from workbook.campaign.schema import migrate
from workbook.campaign.states import require_step
from workbook.form.filing import Filing
from workbook.problems import UnusableInput

_WAIT = 30.0  # seconds for another program's transaction


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does something, and when."""

    who: str
    at: datetime

    @classmethod
    def mine(cls) -> Hand:
        """Whoever is logged on, now, with the local offset."""
        try:
            who = getpass.getuser()
        except (OSError, KeyError, ImportError):
            who = "未知"
        return cls(who, datetime.now().astimezone().replace(microsecond=0))


class Ledger(LedgerView):
    """An open ledger; use it with `with`."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open a ledger, bringing it to today's version. Raises UnusableInput where there is none."""
        if not create and not path.is_file():
            raise UnusableInput(f"找不到台账“{path}”，请先新建任务。")
        try:
            connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            migrate(connection, path.name)
        except sqlite3.DatabaseError as error:
            raise UnusableInput(f"台账“{path}”打不开或已损坏（{error}），请从备份恢复。") from error
        super().__init__(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside happens or nothing does."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def note(self, **values: object) -> None:
        """Keep notes about the campaign itself."""
        self.connection.executemany(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [(name, str(value)) for name, value in values.items()],
        )

    def keep_roster(self, roster: Roster) -> None:
        """Take over a roster: new units come in, those gone from the list rest with their history."""
        self.connection.execute("UPDATE unit SET active = 0")
        self.connection.executemany(
            "INSERT INTO unit (code, position, name, document) VALUES (?, ?, ?, ?) ON CONFLICT (code)"
            " DO UPDATE SET position = excluded.position, name = excluded.name,"
            " document = excluded.document, active = 1",
            [
                (unit.code, unit.order, unit.name, json.dumps(unit_document(unit), ensure_ascii=False))
                for unit in roster.units
            ],
        )

    def keep_previous(self, filings: Mapping[str, Filing]) -> None:
        """Keep last year's reports by code, predecessors' included, for when the roster changes."""
        self.connection.executemany(
            "INSERT OR REPLACE INTO previous VALUES (?, ?)",
            [(code, pack_document(filing_document(filing))) for code, filing in sorted(filings.items())],
        )

    # --- received things ------------------------------------------------------------------------------

    def keep_receipts(self, rows: Iterable[dict[str, Any]]) -> None:
        """Write receipts (columns of the table by name); the arrival first noted stays."""
        for row in rows:
            columns = ", ".join(row)
            marks = ", ".join(f":{name}" for name in row)
            renewed = ", ".join(
                f"{name} = excluded.{name}" for name in row if name not in ("key", "arrived", "fate")
            )
            self.connection.execute(
                f"INSERT INTO receipt ({columns}) VALUES ({marks}) ON CONFLICT (key) DO UPDATE SET {renewed}",  # noqa: S608
                row,
            )

    def keep_check(self, receipt: str, findings: Sequence[Sequence[object]], document: bytes | None) -> None:
        """Replace a receipt's findings and stored report."""
        self.connection.execute("DELETE FROM finding WHERE receipt = ?", (receipt,))
        marks = ", ".join("?" * 18)
        self.connection.executemany(
            f"INSERT INTO finding VALUES ({marks})",  # noqa: S608
            [(receipt, *finding) for finding in findings],
        )
        if document is not None:
            self.connection.execute("INSERT OR REPLACE INTO filing VALUES (?, ?)", (receipt, document))

    def keep_explanations(self, unit: str, receipt: str) -> None:
        """What a unit's revision explains is kept for the same finding with the same figures."""
        self.connection.execute(
            "INSERT INTO explanation SELECT ?, key, explanation, receipt FROM finding"
            " WHERE receipt = ? AND explanation IS NOT NULL"
            " ON CONFLICT (unit, key) DO UPDATE SET text = excluded.text, receipt = excluded.receipt",
            (unit, receipt),
        )

    def keep_submission(self, submission: Submission) -> None:
        """Write down that a report was handed in through the desk."""
        self.connection.execute(
            "INSERT INTO submission VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                submission.code, submission.unit, submission.key, submission.path, submission.name,
                submission.sha256, submission.size, submission.at.isoformat(), submission.who,
                json.dumps(dict(submission.said), ensure_ascii=False),
            ),
        )  # fmt: skip

    # --- units ----------------------------------------------------------------------------------------

    def unit(self, code: str) -> Unit:
        """A unit of the roster by code or by its exact name. Raises UnusableInput for an unknown one."""
        found = self.connection.execute(
            "SELECT document FROM unit WHERE active AND (code = ? OR name = ?)", (code, code)
        ).fetchall()
        if len(found) != 1:
            known = "名册中有几个同名的，请用单位代码" if found else "名册中没有这个单位"
            raise UnusableInput(f"“{code}”：{known}。")
        return unit_from_document(json.loads(found[0][0]))

    def state_of(self, code: str) -> tuple[State, str | None, str | None]:
        """A unit's state, the receipt that counts, and the reason of a correction under way."""
        row = self.connection.execute(
            "SELECT state, receipt, correcting FROM unit WHERE code = ?", (code,)
        ).fetchone()
        return State(row[0]), row[1], row[2]

    def step(self, unit: Unit, after: State, hand: Hand, reason: str, receipt: str | None) -> None:
        """Take a unit to another state and write it down. Raises UnusableInput where it cannot go there."""
        before, _, _ = self.state_of(unit.code)
        require_step(unit.name, before, after)
        at = hand.at.isoformat()
        self.connection.execute(
            "UPDATE unit SET state = ?, since = ?, receipt = ? WHERE code = ?",
            (after.value, at, receipt, unit.code),
        )
        self.connection.execute(
            "INSERT INTO history (unit, at, who, before, after, reason, receipt)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (unit.code, at, hand.who, before.value, after.value, reason, receipt),
        )

    def set_correcting(self, code: str, reason: str | None) -> None:
        """Note that a published report is being corrected, or that it no longer is."""
        self.connection.execute("UPDATE unit SET correcting = ? WHERE code = ?", (reason, code))

    def overrule(self, code: str, keys: Iterable[str], reason: str, hand: Hand) -> None:
        """The officer passes a unit over findings, with a written reason."""
        self.connection.executemany(
            "INSERT OR REPLACE INTO overruled VALUES (?, ?, ?, ?, ?)",
            [(code, key, reason, hand.who, hand.at.isoformat()) for key in keys],
        )

    def publish(self, code: str, url: str, day: date, hand: Hand) -> None:
        """Note where and when a report was published."""
        self.connection.execute(
            "INSERT INTO publication (unit, url, day, recorded, who) VALUES (?, ?, ?, ?, ?)",
            (code, url, day.isoformat(), hand.at.isoformat(), hand.who),
        )

    def keep_would_fail(self, code: str, rows: Sequence[tuple[str, str, str]]) -> None:
        """What today's rules would hold against an accepted unit: rule, severity, message."""
        self.connection.execute("DELETE FROM would_fail WHERE unit = ?", (code,))
        self.connection.executemany(
            "INSERT INTO would_fail VALUES (?, ?, ?, ?, ?)",
            [(code, number, *row) for number, row in enumerate(rows)],
        )
