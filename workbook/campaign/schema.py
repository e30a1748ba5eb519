"""The ledger's tables, one migration a version: never changed once released, only added to."""

from __future__ import annotations

import sqlite3

from workbook.problems import UnusableInput

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE unit (
        code TEXT PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'missing', since TEXT, receipt TEXT, correcting TEXT, returned TEXT,
        active INTEGER NOT NULL DEFAULT 1
    ) WITHOUT ROWID;
    CREATE TABLE history (
        id INTEGER PRIMARY KEY, unit TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL,
        before TEXT NOT NULL, after TEXT NOT NULL, reason TEXT NOT NULL, receipt TEXT
    );
    CREATE INDEX history_unit ON history (unit, id);
    CREATE TABLE receipt (
        key TEXT PRIMARY KEY, path TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
        arrived TEXT NOT NULL, saved TEXT NOT NULL, present INTEGER NOT NULL, verdict TEXT NOT NULL,
        fate TEXT NOT NULL, why TEXT NOT NULL, unit TEXT, matched_by TEXT NOT NULL, revision INTEGER,
        organ TEXT, year INTEGER, edition TEXT, scope TEXT, template_version TEXT, made_from TEXT,
        passed INTEGER, failed INTEGER, undecided INTEGER, errors INTEGER, explain INTEGER, warnings INTEGER,
        basis TEXT NOT NULL, tried TEXT NOT NULL, staged INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX receipt_unit ON receipt (unit);
    CREATE TABLE finding (
        receipt TEXT NOT NULL, number INTEGER NOT NULL, rule TEXT NOT NULL, severity TEXT NOT NULL,
        outcome TEXT NOT NULL, concept TEXT, sheet TEXT, cell TEXT, value TEXT, expected TEXT,
        message TEXT NOT NULL, remedy TEXT NOT NULL, basis TEXT NOT NULL, cause INTEGER NOT NULL,
        lead INTEGER NOT NULL, key TEXT NOT NULL, operands TEXT NOT NULL, explanation TEXT,
        PRIMARY KEY (receipt, number)
    ) WITHOUT ROWID;
    CREATE TABLE filing (receipt TEXT PRIMARY KEY, document BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE explanation (
        unit TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, receipt TEXT NOT NULL,
        PRIMARY KEY (unit, key)
    ) WITHOUT ROWID;
    CREATE TABLE overruled (
        unit TEXT NOT NULL, key TEXT NOT NULL, reason TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (unit, key)
    ) WITHOUT ROWID;
    CREATE TABLE publication (
        id INTEGER PRIMARY KEY, unit TEXT NOT NULL, url TEXT NOT NULL, day TEXT NOT NULL,
        recorded TEXT NOT NULL, who TEXT NOT NULL
    );
    CREATE TABLE would_fail (
        unit TEXT NOT NULL, number INTEGER NOT NULL, rule TEXT NOT NULL, severity TEXT NOT NULL,
        message TEXT NOT NULL, PRIMARY KEY (unit, number)
    ) WITHOUT ROWID;
    CREATE TABLE previous (code TEXT PRIMARY KEY, document BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE merged (
        sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, unit TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    # What comes in through the desk: each unit's own code, and a row for every report handed in there.
    """
    CREATE TABLE link (
        unit TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, made TEXT NOT NULL, who TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE submission (
        code TEXT PRIMARY KEY, unit TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL,
        name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, at TEXT NOT NULL,
        who TEXT NOT NULL, said TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX submission_unit ON submission (unit, at);
    CREATE INDEX submission_key ON submission (key);
    """,
)
VERSION = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection, name: str) -> None:
    """Bring a ledger to today's version, a transaction a step. Raises UnusableInput for a newer one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise UnusableInput(f"{name}是较新的程序建立的（台账版本{version}），请更新本程序后再打开。")
    for number in range(version, VERSION):
        connection.executescript(
            f"BEGIN IMMEDIATE;{MIGRATIONS[number]}PRAGMA user_version = {number + 1};COMMIT;"
        )
