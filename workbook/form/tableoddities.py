"""What is odd about a table beyond its labels: lines of somebody's own, merged figures, changed formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbook.files.grid import Position
from workbook.form.edition import Block, CellId, Table
from workbook.form.filing import Observation, Place, Remark
from workbook.form.labelledsheet import LabelledSheet
from workbook.form.labels import label_plain
from workbook.form.recalculate import NotEvaluated, added_cells

_HEADER_ROWS = 8
_MOST_MERGES = 2_000


def added_lines(
    block: Block, labelled: LabelledSheet, table: str, rows: Mapping[str, int], columns: Mapping[str, int]
) -> Iterator[Observation]:
    """Rows and columns among the block's own that carry figures of their own."""
    yield from _added_rows(block, labelled, table, rows, columns)
    yield from _added_columns(labelled, table, rows, columns)


def _added_rows(
    block: Block, labelled: LabelledSheet, table: str, rows: Mapping[str, int], columns: Mapping[str, int]
) -> Iterator[Observation]:
    taken = set(rows.values())
    groups = {label_plain(node.label) for top in block.rows for node in top.walk()}
    first = min(columns.values())
    for row in labelled.rows_with_figures(min(taken), max(taken), taken, first):
        label = labelled.row_label(row, first)
        if label_plain(label) not in groups:
            yield _added(labelled, table, label or f"第{row}行", Position(row, first))


def _added_columns(
    labelled: LabelledSheet, table: str, rows: Mapping[str, int], columns: Mapping[str, int]
) -> Iterator[Observation]:
    taken = set(columns.values())
    first, last, top = min(taken), max(taken), min(rows.values())
    at_rows = tuple(rows.values())
    for column in labelled.columns_used(at_rows, first + 1, last + 1, frozenset(taken)):
        header = labelled.text_above(top, column, _HEADER_ROWS)
        figures = any(labelled.has_figures(row, column, 1) for row in at_rows)
        # Right of the table only a column with a header of its own is taken for one of the table.
        if figures and (header is not None or column < last):
            at = Position(header[0] if header else top, column)
            yield _added(labelled, table, header[1] if header else f"{at}一列", at)


def _added(labelled: LabelledSheet, table: str, found: str, position: Position) -> Observation:
    place = Place(labelled.sheet.name, str(position))
    return Observation(Remark.LINE_ADDED, table, found, "", place)


def merged_figures(
    table: str, labelled: LabelledSheet, cells: Mapping[CellId, Position]
) -> tuple[list[Observation], list[CellId]]:
    """Figures merged with one another or with a label, and those that lost their place to a neighbour."""
    at = {position: cell for cell, position in cells.items()}
    top, bottom = min(p.row for p in at), max(p.row for p in at)
    left, right = min(p.column for p in at), max(p.column for p in at)
    observations: list[Observation] = []
    swallowed: list[CellId] = []
    near = (
        (first, last)
        for first, last in labelled.merged()
        if first.row <= bottom and last.row >= top and first.column <= right and last.column >= left
    )
    for number, (first, last) in enumerate(near):
        if number == _MOST_MERGES:
            break
        inside = [p for p in at if first.row <= p.row <= last.row and first.column <= p.column <= last.column]
        lost = [at[position] for position in inside if position != first]
        if lost:
            place = Place(labelled.sheet.name, str(first))
            observations.append(Observation(Remark.MERGED, table, f"{first}:{last}", "", place))
            swallowed += lost
    return observations, swallowed


def changed_formulas(
    table: Table, labelled: LabelledSheet, cells: Mapping[CellId, Position]
) -> Iterator[Observation]:
    """Totals whose formula adds up something else than the form's parts (or nothing one can follow)."""
    at = {position: cell for cell, position in cells.items()}
    totals = [
        total for total, parts in table.totals.items() if total in cells and all(p in cells for p in parts)
    ]
    places = tuple(cells[total] for total in totals)
    for total, position, formula in zip(totals, places, labelled.formulas(places), strict=True):
        if formula is None:
            continue
        try:
            added = {at[p] for p in added_cells(formula) if p in at}
        except NotEvaluated:
            added = set()
        if _leaves(table, added, total) != _leaves(table, set(table.totals[total]), total):
            place = Place(labelled.sheet.name, str(position))
            yield Observation(Remark.FORMULA_CHANGED, table.id, formula, "", place)


def _leaves(table: Table, cells: set[CellId], home: CellId) -> set[CellId]:
    """The inputs behind some cells, totals followed down to theirs."""
    found: set[CellId] = set()
    waiting = [cell for cell in cells if cell != home]
    while waiting:
        cell = waiting.pop()
        parts = table.totals.get(cell)
        if parts:
            waiting += parts
        else:
            found.add(cell)
    return found
