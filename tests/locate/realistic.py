"""Reports as offices send them, in three magnitudes, drawn with a seed: every SUM and BAL rule holds.

Shares and proportions follow the one complete city report at hand (`tests/data/city-2025.json`, figures from
a public test fixture): 96 % natural persons, 40 % granted, 25 % not held …; a township has mostly zeros.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from workbook.form.edition import CellId, Edition, ValueKind
from workbook.form.filing import Fact, Filing, Organ
from workbook.form.values import Oddity

CITY = Path(__file__).parents[1] / "data" / "city-2025.json"

# What a year brings in: applications received, reconsiderations, documents; and the organ's level.
MAGNITUDES: Mapping[str, tuple[tuple[int, int], int, str]] = {
    "township": ((0, 20), 1, "township"),
    "district": ((20, 100), 6, "county"),
    "capital": ((1500, 14000), 400, "prefecture"),
}

# Decisions on licences and penalties are cases, a big city's go into the millions.
_DECISIONS: Mapping[str, int] = {"township": 60, "district": 20_000, "capital": 11_000_000}

# The share still open at the end of a year; from so many applications on a normal draw is near enough.
_OPEN, _FEW = 0.06, 100

RECEIVED, BROUGHT, CARRIED = "received", "brought_forward", "carried_forward"


@cache
def _city() -> dict[str, int]:
    facts: dict[str, int] = json.loads(CITY.read_text(encoding="utf-8"))["facts"]
    return facts


def realistic_figures(edition: Edition, magnitude: str, draw: random.Random) -> dict[CellId, int]:
    """A figure for every cell; 表三 balances, every total is the sum of its parts."""
    (low, high), cases, _ = MAGNITUDES[magnitude]
    figures = dict.fromkeys(edition.cells, 0)
    table = edition.by_id["applications"]
    columns = [column.id for column in table.blocks[0].column_leaves if not column.is_total]
    leaves = table.rows["dispositions"].addends
    shares = [_share("received", column) for column in columns]
    names = [leaf.id for leaf in leaves]
    results = [max(_share(leaf.id, "total"), 1) for leaf in leaves]
    received = draw.randint(low, high)
    brought = draw.randint(0, max(received // 12, 1))
    for row, count in ((RECEIVED, received), (BROUGHT, brought)):
        for column, number in Counter(draw.choices(columns, shares, k=count)).items():
            figures[CellId("applications", row, column)] = number
    for column in columns:
        open_ones = sum(figures[CellId("applications", row, column)] for row in (RECEIVED, BROUGHT))
        carried = _some_of(open_ones, draw)
        figures[CellId("applications", CARRIED, column)] = carried
        for row, number in Counter(draw.choices(names, results, k=open_ones - carried)).items():
            figures[CellId("applications", row, column)] = number
    for cell in edition.cells:
        if cell.table == "challenges" and cell.column != "total":
            figures[cell] = draw.randint(0, cases) if draw.random() < 0.5 else 0
        elif cell.table == "proactive" and edition.kind(cell) is not ValueKind.SIGNED:
            barred = cell.row == "regulations" and magnitude != "capital"
            most = _DECISIONS[magnitude] if cell.column == "decisions" else high
            figures[cell] = 0 if barred else draw.randint(0, most)
    return figures | totals(edition, figures)


def _some_of(count: int, draw: random.Random) -> int:
    """How many of so many are still open at the end of the year: 6 % on average."""
    if count < _FEW:
        return sum(draw.random() < _OPEN for _ in range(count))
    spread = (count * _OPEN * (1 - _OPEN)) ** 0.5
    return min(max(round(draw.gauss(count * _OPEN, spread)), 0), count)


def _share(row: str, column: str) -> int:
    facts = _city()
    own = facts.get(f"applications.{row}[{column}]")
    if own is not None:
        return own
    return sum(facts.get(f"applications.{row}.{part}[{column}]", 0) for part in ("not_supplemented", "rest"))


def totals(edition: Edition, figures: Mapping[CellId, int]) -> dict[CellId, int]:
    """What every printed total must be."""
    found = dict(figures)
    for total, parts in edition.totals.items():
        found[total] = sum(found[part] for part in parts)
    return {total: found[total] for total in edition.totals}


def filing_with(
    edition: Edition,
    figures: Mapping[CellId, int | Decimal | None],
    magnitude: str = "district",
    *,
    formulas: bool = False,
    year: int | None = None,
) -> Filing:
    """A filing of these figures; with `formulas` every total is what its parts come to."""
    shown = dict(figures)
    if formulas and all(shown[cell] is not None for cell in edition.cells):
        shown |= totals(edition, shown)  # type: ignore[arg-type]
    facts = {}
    for cell, value in shown.items():
        exact = None if value is None else Decimal(value)
        facts[cell] = Fact(cell, exact, exact, Oddity.BLANK if exact is None else Oddity.NONE)
        if formulas and cell in edition.totals:
            facts[cell] = replace(facts[cell], formula="SUM(A1:A2)")
    return Filing(
        organ=Organ("某单位", MAGNITUDES[magnitude][2]),
        year=year or edition.last_year or edition.first_year + 2,
        edition_id=edition.id,
        scope="own",
        facts=facts,
    )
