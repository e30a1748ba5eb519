"""A block of rows under a header: rows by their labels, columns by their headers, gaps by likeness.

A line that is not found is named, never guessed by counting, unless exactly one place is left for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from workbook.files.grid import Position
from workbook.form.edition import Block, CellId, Line
from workbook.form.filing import Remark
from workbook.form.foundtable import FoundTable
from workbook.form.kin import LONGEST_LABEL
from workbook.form.labelledsheet import LabelledSheet
from workbook.form.labels import label_plain
from workbook.form.tableoddities import added_lines

_HEADER_ROWS = 8
_MOST_COPIES = 20  # of one label; more is no form, and the search is quadratic
_ALIKE = 0.6
_MOST_ROWS = 500  # looked at for a line that has lost its label; the longest table has 25


def find_rows(block: Block, labelled: LabelledSheet, found: FoundTable, floor: int) -> int:
    """Place a block's figures; how many of its row labels were found."""
    placed = _rows_by_label(block, labelled, floor)
    if not placed:
        for row in block.row_leaves:
            found.remark(Remark.LINE_MISSING, row.label)
        return 0
    first = min(position.row for position, _ in placed.values())
    label_column = max(position.column for position, _ in placed.values())
    columns = _columns_by_header(block, labelled, {p.row for p, _ in placed.values()}, label_column)
    if not columns:
        return 0
    known = len(placed)
    found.exact += sum(1 for _, variant in placed.values() if not variant) + len(columns)
    for row in block.row_leaves:
        if row.id in placed and placed[row.id][1]:
            position = placed[row.id][0]
            found.remark(Remark.LABEL_VARIANT, row.label, labelled.text(*position), position)
    rows = {row: position.row for row, (position, _) in placed.items()}
    first_figure = min(columns.values())
    _fill_row_gaps(block, labelled, found, rows, first_figure)
    _note_columns(block, labelled, found, columns, first)
    for row in block.row_leaves:
        for column in block.column_leaves:
            if row.id in rows and column.id in columns:
                cell = CellId(found.table.id, row.id, column.id)
                found.cells[cell] = Position(rows[row.id], columns[column.id])
    found.observations += added_lines(block, labelled, found.table.id, rows, columns)
    return known


def _rows_by_label(block: Block, labelled: LabelledSheet, floor: int) -> dict[str, tuple[Position, bool]]:
    """Row id → its label's place: the longest chain in printed order, the closest together of equal ones.

    A label that stands elsewhere too (in a guide, in a second copy) cannot break the order that way.
    """
    places = [
        (index, position, variant)
        for index, row in enumerate(block.row_leaves)
        for position, variant in labelled.find(row)[:_MOST_COPIES]
        if position.row > floor
    ]
    places.sort(key=lambda item: (item[1].row, item[0]))
    # For each place the best chain that ends there: (length, −span), and the place before it.
    best: list[tuple[int, int]] = []
    before: list[int | None] = []
    for at, (index, position, _) in enumerate(places):
        score, chosen = (1, 0), None
        for earlier in range(at):
            other_index, other, _ = places[earlier]
            if other_index < index and other.row < position.row:
                length, span = best[earlier]
                if (length + 1, span - (position.row - other.row)) > score:
                    score, chosen = (length + 1, span - (position.row - other.row)), earlier
        best.append(score)
        before.append(chosen)
    end = max(range(len(places)), key=lambda at: (best[at], -at), default=None)
    placed: dict[str, tuple[Position, bool]] = {}
    while end is not None:
        index, position, variant = places[end]
        placed[block.row_leaves[index].id] = (position, variant)
        end = before[end]
    return placed


def _columns_by_header(
    block: Block, labelled: LabelledSheet, rows: set[int], label_column: int
) -> dict[str, int]:
    """Column id → sheet column: the nearest label above the first row; a gap between neighbours is filled.

    Only by a column that has a header of its own or figures: an empty one is where a column was deleted.
    """
    columns: dict[str, int] = {}
    first = min(rows)
    looked_at = (*range(first - 1, max(0, first - _HEADER_ROWS), -1), *sorted(rows))
    for column in block.column_leaves:
        above = [
            position
            for position, _ in labelled.find(column)
            if first - _HEADER_ROWS <= position.row < first
            and position.column > label_column
            and position.column not in columns.values()
        ]
        if above:
            nearest = max(position.row for position in above)
            columns[column.id] = min(p.column for p in above if p.row == nearest)
    ids = [column.id for column in block.column_leaves]
    for index, column_id in enumerate(ids):
        if column_id in columns or not columns:
            continue
        before = columns.get(ids[index - 1]) if index else None
        after = columns.get(ids[index + 1]) if index + 1 < len(ids) else None
        is_last = index + 1 == len(ids) and len(columns) == len(ids) - 1
        if before is not None and (is_last or (after is not None and after - before == 2)):
            guess = before + 1
        elif after is not None and index == 0 and after - 1 > label_column:
            guess = after - 1
        else:
            continue
        if labelled.is_used(guess, looked_at):
            columns[column_id] = guess
    return columns


def _note_columns(
    block: Block, labelled: LabelledSheet, found: FoundTable, columns: dict[str, int], first: int
) -> None:
    for column in block.column_leaves:
        if column.id not in columns:
            found.remark(Remark.LINE_MISSING, column.label)
            continue
        at = columns[column.id]
        if any(
            place.column == at and max(0, first - _HEADER_ROWS) < place.row < first and not variant
            for place, variant in labelled.find(column)
        ):
            continue
        if labelled.wording_above(first, at, _HEADER_ROWS, (column.label,)):
            continue
        variant = labelled.wording_above(first, at, _HEADER_ROWS, column.variants)
        row, text = labelled.text_above(first, at, _HEADER_ROWS) or (first - 1, "")
        remark = Remark.LABEL_VARIANT if variant else Remark.LABEL_CHANGED
        found.remark(remark, column.label, variant or text or "（空）", Position(row, at))


def _fill_row_gaps(
    block: Block, labelled: LabelledSheet, found: FoundTable, rows: dict[str, int], first_figure: int
) -> None:
    """Place rows whose label was not found: by likeness, or where exactly their number of places is left."""
    leaves = block.row_leaves
    index = 0
    while index < len(leaves):
        if leaves[index].id in rows:
            index += 1
            continue
        start = index
        while index < len(leaves) and leaves[index].id not in rows:
            index += 1
        gap = leaves[start:index]
        above = rows[leaves[start - 1].id] if start else None
        below = rows[leaves[index].id] if index < len(leaves) else None
        _fill_gap(gap, block, labelled, found, rows, (above, below), first_figure)


def _fill_gap(
    gap: Sequence[Line],
    block: Block,
    labelled: LabelledSheet,
    found: FoundTable,
    rows: dict[str, int],
    bounds: tuple[int | None, int | None],
    first_figure: int,
) -> None:
    above, below = bounds
    if above is None and below is not None:
        places = labelled.rows_between(below - len(gap), below - 1)
    elif below is None and above is not None:
        places = labelled.rows_between(above + 1, above + len(gap))
    elif above is not None and below is not None:
        places = labelled.rows_between(above + 1, below - 1)[:_MOST_ROWS]
    else:
        return
    labels = {row: labelled.row_label(row, first_figure) for row in places}
    places = [row for row in places if labels[row] or labelled.has_figures(row, first_figure)]
    if group := _undivided(gap, block, labelled, places):
        rows[gap[-1].id] = places[0]
        found.zeros += [
            CellId(found.table.id, line.id, column.id) for line in gap[:-1] for column in block.column_leaves
        ]
        found.remark(Remark.UNDIVIDED, group.label, labels[places[0]], Position(places[0], 1))
        return
    if len(places) == len(gap):
        pairs = list(zip(gap, places, strict=True))
    else:
        pairs = list(_alike(gap, places, labels))
    for line, row in pairs:
        rows[line.id] = row
        found.remark(Remark.LABEL_CHANGED, line.label, labels[row] or "（空）", Position(row, first_figure))
    for line in gap:
        if line.id not in rows:
            found.remark(Remark.LINE_MISSING, line.label)


def _undivided(gap: Sequence[Line], block: Block, labelled: LabelledSheet, places: list[int]) -> Line | None:
    """The group that is printed as one line where the form divides it."""
    if len(places) != 1 or len(gap) < 2:
        return None
    for top in block.rows:
        for node in top.walk():
            whole = node.parts and [leaf.id for leaf in node.leaves] == [line.id for line in gap]
            if whole and any(position.row == places[0] for position, _ in labelled.find(node)):
                return node
    return None


def _alike(gap: Sequence[Line], places: list[int], labels: dict[int, str]) -> Iterator[tuple[Line, int]]:
    """Pair lines with the rows whose words are most like theirs, in order."""
    start = 0
    for line in gap:
        wanted = label_plain(line.label)
        scored = [
            (SequenceMatcher(None, wanted, label_plain(labels[row][:LONGEST_LABEL])).ratio(), row)
            for row in places[start:]
        ]
        best = max(scored, default=(0.0, 0))
        if best[0] >= _ALIKE:
            start = places.index(best[1]) + 1
            yield line, best[1]
