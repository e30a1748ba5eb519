"""Last year's reports by unit, kept beside the ledger for distribution, checks and roll-up.

A merged or split unit's last year is the sum of its predecessors; a corrected figure counts with its reason.
The file is written when the campaign is made or the roster changes, and read by every worker.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from workbook.campaign.documents import filing_document, filing_of_document, pack_document, unpack_document
from workbook.campaign.records import Unit
from workbook.campaign.roster import Roster
from workbook.form.edition import CellId
from workbook.form.editionfile import edition_for_year
from workbook.form.filing import Fact, Filing, Organ, blank_tables
from workbook.form.values import Oddity
from workbook.problems import UnusableInput, UnwritableOutput

SUMMED = "按前身单位合计"


@dataclass(frozen=True)
class LastYear:
    """One unit's figures of last year: a filing to compare with, its source, what is said of some figures.

    `doubts` are figures that could not be read with certainty: they are not in the filing.
    """

    filing: Filing
    source: str
    notes: Mapping[CellId, str] = field(default_factory=dict)
    doubts: Mapping[CellId, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Changes when a figure or a word of last year's report does."""
        return hashlib.sha256(_packed(self)).hexdigest()[:12]


def for_unit(
    unit: Unit, found: Mapping[str, Filing], year: int, confirmed: Mapping[CellId, Decimal]
) -> LastYear | None:
    """A unit's last year out of the reports by code: its own, or the sum of its predecessors'.

    `confirmed` are doubtful figures that the officer has looked up. None where there is no report, or where
    a predecessor's is missing (a part is no sum).
    """
    codes = unit.predecessors or (unit.code,)
    filings = [found[code] for code in codes if code in found]
    if len(filings) < len(codes) or not filings:
        return None
    filing = summed(filings, unit) if unit.predecessors else filings[0]
    source = "、".join(item.source for item in filings)
    notes: dict[CellId, str] = {}
    if unit.predecessors:
        source = f"{SUMMED}：{source}"
    doubts = dict(filing.uncertain)
    facts = dict(filing.facts)
    for cell, value in confirmed.items():
        if cell in facts:
            notes[cell] = "读不准的数，已人工核对"
            facts[cell] = Fact(cell, value, value)
            doubts.pop(cell, None)
    for correction in unit.corrections:
        if correction.cell in facts:
            before = filing.value(correction.cell)
            said = "" if before is None else f"原报{before}，"
            notes[correction.cell] = f"{said}更正：{correction.reason}"
            facts[correction.cell] = Fact(correction.cell, correction.value, correction.value)
            doubts.pop(correction.cell, None)
    filing = replace(
        filing, facts=facts, uncertain=doubts, year=filing.year or year, scope=filing.scope or unit.scope
    )
    return LastYear(filing, source, notes, doubts)


def summed(filings: Sequence[Filing], unit: Unit) -> Filing:
    """The predecessors' reports added up, cell by cell; unknown where one of them is unknown."""
    first = filings[0]
    facts: dict[CellId, Fact] = {}
    for cell in first.edition.cells:
        values = [_known(filing, cell) for filing in filings]
        known = [value for value in values if value is not None]
        total = sum(known, Decimal(0)) if len(known) == len(values) else None
        facts[cell] = Fact(cell, total, total, Oddity.NONE if total is not None else Oddity.BLANK)
    return Filing(
        organ=Organ(unit.name, unit.level, unit.rule_power, unit.temporary),
        year=first.year,
        edition_id=first.edition_id,
        scope=unit.scope,
        facts=facts,
        missing_tables=dict.fromkeys(blank_tables(first.edition, facts, declared_zero=False), "前身单位缺表"),
        source="、".join(filing.source for filing in filings),
    )


def _known(filing: Filing, cell: CellId) -> Decimal | None:
    if cell in filing.uncertain or cell.table in filing.missing_tables:
        return None
    return filing.value(cell)


def handed_figures(last: LastYear | None, year: int) -> dict[CellId, Decimal | None]:
    """The figures for the sheet 上年数, in the form that was in force."""
    edition = edition_for_year(year)
    if last is None or edition is None:
        return {}
    return {cell: _known(last.filing, cell) for cell in edition.cells}


# --- the file ---------------------------------------------------------------------------------------


def _packed(last: LastYear) -> bytes:
    return pack_document(
        {
            "filing": filing_document(last.filing),
            "source": last.source,
            "notes": {str(cell): text for cell, text in last.notes.items()},
            "doubts": {str(cell): text for cell, text in last.doubts.items()},
        }
    )


def _unpacked(packed: bytes) -> LastYear:
    document = unpack_document(packed)
    cells = {
        name: {CellId.parse(cell): text for cell, text in document[name].items()}
        for name in ("notes", "doubts")
    }
    filing = filing_of_document(document["filing"])
    return LastYear(filing, document["source"], **cells)


def save_last_year(path: Path, entries: Iterable[tuple[str, LastYear]]) -> None:
    """Write the whole file anew, in one transaction. Raises UnwritableOutput."""
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.executescript(
                "BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS last_year"
                " (unit TEXT PRIMARY KEY, digest TEXT NOT NULL, document BLOB NOT NULL) WITHOUT ROWID;"
                "DELETE FROM last_year;"
            )
            connection.executemany(
                "INSERT INTO last_year VALUES (?, ?, ?)",
                [(code, last.digest, _packed(last)) for code, last in entries],
            )
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise UnwritableOutput(f"上年数没有写成（{error}），请看ledger文件夹是否允许写入。") from error


class LastYearShelf:
    """The file opened for reading; an absent file is an empty shelf."""

    def __init__(self, path: Path) -> None:
        self._connection: sqlite3.Connection | None = None
        if path.is_file():
            # A path with spaces or Chinese must be quoted to be a URI; read-only keeps workers honest.
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def get(self, unit: str) -> LastYear | None:
        """A unit's last year. Raises UnusableInput for a damaged file."""
        if self._connection is None:
            return None
        try:
            row = self._connection.execute(
                "SELECT document FROM last_year WHERE unit = ?", (unit,)
            ).fetchone()
        except sqlite3.DatabaseError as error:
            raise UnusableInput("上年数的存档已损坏，请从备份恢复ledger文件夹。") from error
        return _unpacked(row[0]) if row else None

    def digests(self) -> dict[str, str]:
        """Unit → digest of its last year."""
        if self._connection is None:
            return {}
        return dict(self._connection.execute("SELECT unit, digest FROM last_year"))


def entries_for(
    roster: Roster,
    found: Mapping[str, Filing],
    year: int,
    confirmed: Mapping[str, Mapping[CellId, Decimal]],
) -> list[tuple[str, LastYear]]:
    """Every unit that has a last year."""
    entries = [
        (unit.code, for_unit(unit, found, year, confirmed.get(unit.code, {}))) for unit in roster.units
    ]
    return [(code, last) for code, last in entries if last is not None]
