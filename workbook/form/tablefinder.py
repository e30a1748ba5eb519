"""Find a statutory table by its labels, wherever it has moved: labels are the truth, names only a hint.

Thousands of forms come back with rows inserted, columns shifted, sheets renamed, labels broken over lines.
A row is found by its label, a column by its header; a line that is not found is named, never guessed by
counting, unless exactly one place is left for it.
"""

from __future__ import annotations

from workbook.form.acrossblock import find_across
from workbook.form.edition import Table
from workbook.form.foundtable import FoundTable
from workbook.form.kin import is_printed
from workbook.form.labelledsheet import LabelledSheet
from workbook.form.labels import label_plain
from workbook.form.rowblock import find_rows
from workbook.form.tableoddities import changed_formulas, merged_figures


def find_table(table: Table, labelled: LabelledSheet) -> FoundTable | None:
    """The table in a sheet, or None where too few of its labels stand there."""
    kin, name = labelled.kin, labelled.sheet.name
    if kin is not None and id(table) in kin.absent:
        return None
    if kin is None or not is_printed(table):
        return _search(table, labelled)
    known = kin.search(table, name, labelled.answers_alike)
    if known is None:
        labelled.answers.clear()
        found = _search(table, labelled)
        kin.remember(table, name, found, labelled.answers)
        return found
    return known.found.on(labelled.sheet) if known.found else None


def _search(table: Table, labelled: LabelledSheet) -> FoundTable | None:
    if _sought(table).isdisjoint(labelled.index):
        return None
    found = FoundTable(table, labelled.sheet, {})
    rows_seen = 0
    floor = 0
    for block in table.blocks:
        if block.across:
            rows_seen += find_across(block, labelled, found)
        else:
            rows_seen += find_rows(block, labelled, found, floor)
        floor = max([floor, *(position.row for position in found.cells.values())])
    expected = sum(1 if block.across else len(block.row_leaves) for block in table.blocks)
    if not found.cells or rows_seen * 2 < expected:
        return None
    rows = [position.row for position in found.cells.values()]
    found.top, found.bottom = min(rows), max(rows)
    observations, found.swallowed = merged_figures(table.id, labelled, found.cells)
    found.observations += observations
    found.observations += changed_formulas(table, labelled, found.cells)
    return found


def _sought(table: Table) -> frozenset[str]:
    """The labels without which nothing of a table is found: of its rows, or columns where it lies across."""
    known: frozenset[str] | None = table.__dict__.get("_sought")
    if known is None:
        lines = (
            line
            for block in table.blocks
            for line in (block.column_leaves if block.across else block.row_leaves)
        )
        wordings = (wording for line in lines for wording in (line.label, *line.variants))
        known = table.__dict__["_sought"] = frozenset(map(label_plain, wordings))
    return known
