"""Last year's report as a handed-out form carries it: figures only, no words."""

from __future__ import annotations

from workbook.files.grid import Grid, Position, Sheet
from workbook.form.anchors import (
    LAST_YEAR,
    LAST_YEAR_FACTS,
    LAST_YEAR_FIGURES,
    LAST_YEAR_FIRST,
    LAST_YEAR_HEAD,
    LAST_YEAR_ID,
)
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import edition_by_id
from workbook.form.filing import SCOPES, Fact, Filing, Organ, blank_tables
from workbook.form.values import Oddity, read_cell


def read_last_year(grid: Grid) -> Filing | None:
    """The sheet 上年数 of a handed-out form as a filing; None where there is none or it says nothing.

    A figure that is missing there stays unknown: blank is never 0.
    """
    sheet = grid.sheet(LAST_YEAR)
    edition = edition_by_id(sheet.text(1, LAST_YEAR_FACTS)) if sheet else None
    if sheet is None or edition is None:
        return None
    facts = {cell: Fact(cell, None, None, Oddity.BLANK) for cell in edition.cells} | _facts(sheet, edition)
    if all(fact.value is None for fact in facts.values()):
        return None
    year, scope = sheet.text(2, LAST_YEAR_FACTS), sheet.text(3, LAST_YEAR_FACTS)
    return Filing(
        organ=Organ(None),
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        edition_id=edition.id,
        scope=scope if scope in SCOPES else None,
        facts=facts,
        missing_tables=dict.fromkeys(blank_tables(edition, facts, declared_zero=False), "没有上年数"),
        source=f"{grid.source}（{LAST_YEAR}）",
    )


def _facts(sheet: Sheet, edition: Edition) -> dict[CellId, Fact]:
    """The figures that are there, by the ids of their line and of the last row of column ids above it."""
    found: dict[CellId, Fact] = {}
    columns: dict[int, str] = {}
    lines = sorted(position for position in sheet.cells if position.column == LAST_YEAR_ID)
    for line in lines:
        said = sheet.cells[line].text
        at = range(LAST_YEAR_FIRST, LAST_YEAR_FIRST + LAST_YEAR_FIGURES)
        if said == LAST_YEAR_HEAD:
            columns = {column: name for column in at if (name := sheet.text(line.row, column))}
            continue
        table, _, row = said.partition(".")
        for column, name in columns.items():
            cell = CellId(table, row, name)
            value, oddity = read_cell(sheet.cells.get(Position(line.row, column)))
            if cell in edition.cell_set and value is not None:
                found[cell] = Fact(cell, value, value, oddity)
    return found
