"""Filings of every kind that offices send in, drawn from a seed: many clean, some with every oddity."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

from tests.strategies import totals_of
from workbook.form.edition import CellId, Edition
from workbook.form.filing import LEVELS, Fact, Filing, Organ, blank_tables
from workbook.form.values import Oddity

_WITHOUT_VALUE = (
    (Oddity.BLANK, None),
    (Oddity.PLACEHOLDER, "/"),
    (Oddity.NOT_A_NUMBER, "约十件"),
    (Oddity.DATE, "1月2日"),
    (Oddity.ERROR, "#REF!"),
    (Oddity.UNCALCULATED, None),
)
_FIGURES = (Decimal("0.1"), Decimal("-3"), Decimal("12.345678"), Decimal("999999999999999"), Decimal("1E-12"))


def drawn_filing(draw: random.Random, edition: Edition, year: int | None) -> Filing:
    """One filing: balanced figures, then a few faults, perhaps a table gone or all blanks declared zero."""
    figures = _balanced(draw, edition)
    facts = {cell: Fact(cell, Decimal(value), Decimal(value)) for cell, value in figures.items()}
    for cell in draw.sample(edition.cells, draw.choice((0, 0, 1, 2, 5, 40))):
        facts[cell] = _spoilt(draw, cell)
    if draw.random() < 0.2:
        facts = {cell: fact for cell, fact in facts.items() if draw.random() < 0.97}
    if draw.random() < 0.3:
        facts = dict(draw.sample(sorted(facts.items()), len(facts)))
    zero = draw.random() < 0.2
    missing = dict.fromkeys(blank_tables(edition, facts, zero), "")
    if draw.random() < 0.1:
        missing[draw.choice(edition.tables).id] = "没有内容"
    uncertain = dict.fromkeys(draw.sample(edition.cells, draw.choice((0, 0, 0, 3))), "读不准")
    return Filing(
        Organ(
            draw.choice((None, "某市某局")),
            draw.choice((None, *LEVELS)),
            draw.choice((None, None, True, False)),
            draw.choice((None, True, False)),
        ),
        year,
        edition.id,
        draw.choice((None, "own", "consolidated")),
        facts,
        declared_zero=zero,
        missing_tables=missing,
        uncertain=uncertain,
    )


def drawn_pair(draw: random.Random, editions: tuple[Edition, ...]) -> tuple[Filing, Filing | None]:
    """A filing with last year's: of the same or the older form, a wrong year, a copy of itself, or none."""
    edition = draw.choice(editions)
    last = edition.last_year or edition.first_year + 4
    filing = drawn_filing(draw, edition, draw.choice((None, *range(edition.first_year, last + 1))))
    if draw.random() < 0.3:
        return filing, None
    if draw.random() < 0.1:
        return filing, replace(filing, year=None)
    other = draw.choice(editions)
    right = filing.year - 1 if filing.year is not None else None
    return filing, drawn_filing(draw, other, right if draw.random() < 0.9 else 2015)


def _balanced(draw: random.Random, edition: Edition) -> dict[CellId, int]:
    most = draw.choice((2, 12, 400, 10**6))
    figures = {cell: draw.randrange(most) if draw.random() < 0.4 else 0 for cell in edition.cells}
    table = edition.by_id["applications"]
    for column in table.blocks[0].column_leaves:
        if not column.is_total:
            here = {row: CellId(table.id, row, column.id) for row in ("received", "brought_forward")}
            done = sum(
                figures[CellId(table.id, row.id, column.id)]
                for row in (*table.rows["dispositions"].addends, table.rows["carried_forward"])
            )
            figures[here["brought_forward"]] %= done + 1
            figures[here["received"]] = done - figures[here["brought_forward"]]
    return figures | totals_of(edition, figures)


def _spoilt(draw: random.Random, cell: CellId) -> Fact:
    kind = draw.random()
    if kind < 0.4:
        oddity, raw = draw.choice(_WITHOUT_VALUE)
        return Fact(cell, None, raw, oddity, formula=draw.choice((None, "SUM(B2:B4)")))
    value = draw.choice((*_FIGURES, Decimal(draw.randrange(3000))))
    oddity = draw.choice((Oddity.NONE, Oddity.NONE, Oddity.AS_TEXT, Oddity.STALE))
    formula = draw.choice((None, "SUM(B2:B4)", "[1]Sheet1!A1")) if oddity is not Oddity.STALE else "B2+B3"
    return Fact(cell, value, value if oddity is not Oddity.AS_TEXT else f"{value}件", oddity, None, formula)
