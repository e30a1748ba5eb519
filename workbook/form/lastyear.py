"""Last year's report as a handed-out form carries it: figures only, no words."""

from __future__ import annotations

from workbook.files.grid import Grid, Position
from workbook.form.anchors import LAST_YEAR, LAST_YEAR_COLUMNS
from workbook.form.edition import CellId, edition_by_id
from workbook.form.filing import Fact, Filing, Organ, blank_tables
from workbook.form.labels import plain
from workbook.form.values import Oddity, read_cell

_DEEPEST_HEAD = 12


def read_last_year(grid: Grid) -> Filing | None:
    """The sheet 上年数 of a handed-out form as a filing; None where there is none or it says nothing.

    A figure that is missing there stays unknown: blank is never 0.
    """
    sheet = grid.sheet(LAST_YEAR)
    edition = edition_by_id(sheet.text(1, 6)) if sheet else None
    if sheet is None or edition is None:
        return None
    titles = {plain(label): name for name, label in LAST_YEAR_COLUMNS.items()}
    columns: dict[str, int] = {}
    for position, head in sheet.cells.items():
        if position.row <= _DEEPEST_HEAD and (name := titles.get(plain(head.text))) is not None:
            columns.setdefault(name, position.column)
    if "cell" not in columns or "value" not in columns:
        return None
    facts = {cell: Fact(cell, None, None, Oddity.BLANK) for cell in edition.cells}
    for position, named in sheet.cells.items():
        if position.column != columns["cell"] or position.row <= 3:
            continue
        try:
            cell = CellId.parse(named.text)
        except ValueError:
            continue
        stored = sheet.cells.get(Position(position.row, columns["value"]))
        value, oddity = read_cell(stored)
        if cell in facts and value is not None:
            facts[cell] = Fact(cell, value, value, oddity)
    if all(fact.value is None for fact in facts.values()):
        return None
    year, scope = sheet.text(2, 6), sheet.text(3, 6)
    return Filing(
        organ=Organ(None),
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        edition_id=edition.id,
        scope=scope if scope in ("own", "consolidated") else None,
        facts=facts,
        missing_tables=dict.fromkeys(blank_tables(edition, facts, declared_zero=False), "没有上年数"),
        source=f"{grid.source}（{LAST_YEAR}）",
    )
