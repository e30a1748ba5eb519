"""Random filings for property tests: whole forms whose equalities hold, to be broken on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from workbook.form.edition import CellId, Edition, ValueKind
from workbook.form.facts import filing_from_document
from workbook.form.filing import Fact, Filing

# The same examples every time, however busy the machine: a test that fails must fail again.
steady = settings(max_examples=60, deadline=None, derandomize=True)

# Rows of 表三 outside the dispositions, whose difference the balance takes up.
RECEIVED, BROUGHT, CARRIED = "received", "brought_forward", "carried_forward"

_SMALL = st.one_of(st.integers(0, 9), st.integers(0, 3000))


@st.composite
def balanced_figures(draw: st.DrawFn, edition: Edition) -> dict[CellId, int]:
    """A figure for every cell of a form; 表三 and 表四 satisfy every SUM and BAL rule.

    Most cells are 0, as in the reports that offices send.
    """
    some = draw(st.dictionaries(st.sampled_from(edition.cells), _SMALL, max_size=40))
    figures = {cell: some.get(cell, 0) for cell in edition.cells}
    applications = edition.by_id["applications"]
    dispositions = applications.rows["dispositions"].addends
    for column in applications.blocks[0].column_leaves:
        if column.is_total:
            continue
        done = sum(figures[CellId("applications", row.id, column.id)] for row in dispositions)
        brought, received, carried = (
            CellId("applications", row, column.id) for row in (BROUGHT, RECEIVED, CARRIED)
        )
        figures[brought] %= done + figures[carried] + 1
        figures[received] = done + figures[carried] - figures[brought]
    return figures | totals_of(edition, figures)


def totals_of(edition: Edition, figures: Mapping[CellId, int]) -> dict[CellId, int]:
    """What every printed total must be, totals of totals included."""
    found = dict(figures)
    for total, parts in edition.totals.items():
        found[total] = sum(found[part] for part in parts)
    return {total: found[total] for total in edition.totals}


@st.composite
def balanced_filings(draw: st.DrawFn, edition: Edition) -> Filing:
    """A filing with typed totals, every cell filled, every SUM and BAL rule satisfied."""
    return filing_of(edition, draw(balanced_figures(edition)))


def filing_of(edition: Edition, figures: Mapping[CellId, int | str | None], **fields: object) -> Filing:
    """A filing with these figures, of the first year its edition governs."""
    document = {
        "year": edition.first_year,
        "edition": edition.id,
        "facts": {str(cell): value for cell, value in figures.items()},
        **fields,
    }
    return filing_from_document(document, "")


def with_figures(filing: Filing, changed: Mapping[CellId, int | Decimal | None]) -> Filing:
    """The filing with other figures in some cells."""
    facts = {
        cell: Fact(
            cell, None if value is None else Decimal(value), value if value is None else Decimal(value)
        )
        for cell, value in changed.items()
    }
    return replace(filing, facts={**filing.facts, **facts})


def counted_cells(edition: Edition, *tables: str) -> st.SearchStrategy[CellId]:
    """A cell of those tables that holds a count."""
    return st.sampled_from(
        [
            cell
            for table in tables
            for cell in edition.by_id[table].cells
            if edition.kind(cell) is ValueKind.COUNT
        ]
    )
