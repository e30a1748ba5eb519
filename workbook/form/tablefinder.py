"""Find a statutory table by its labels, wherever it has moved: labels are the truth, names only a hint.

Thousands of forms come back with rows inserted, columns shifted, sheets renamed, labels broken over lines.
A row is found by its label, a column by its header; a line that is not found is named, never guessed by
counting, unless exactly one place is left for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from workbook.files.grid import Kind, Position, Sheet
from workbook.form.edition import Block, CellId, Line, Table
from workbook.form.filing import Observation, Place, Remark
from workbook.form.labelledsheet import LONGEST_LABEL, LabelledSheet, label_plain
from workbook.form.tableoddities import added_lines, changed_formulas, merged_figures
from workbook.form.values import is_stored_number

_HEADER_ROWS = 8
_MOST_COPIES = 20  # of one label; more is no form, and the search is quadratic
_ALIKE = 0.6
_SHORT = 8  # characters of what is typed in a figure's place: 约十件
_MOST_ROWS = 500  # looked at for a line that has lost its label; the longest table has 25


@dataclass(slots=True)
class FoundTable:
    """A table as found in one sheet: where each figure stands, and what was odd about the form."""

    table: Table
    sheet: Sheet
    cells: dict[CellId, Position]
    observations: list[Observation] = field(default_factory=list)
    zeros: list[CellId] = field(default_factory=list)  # parts of a group printed undivided
    swallowed: list[CellId] = field(default_factory=list)  # merged with a neighbour that holds the number
    exact: int = 0  # labels found as printed
    top: int = 0
    bottom: int = 0

    def on(self, sheet: Sheet) -> FoundTable:
        """The same, found on a sheet of the same kin."""
        return FoundTable(
            self.table,
            sheet,
            self.cells,
            self.observations,
            self.zeros,
            self.swallowed,
            self.exact,
            self.top,
            self.bottom,
        )

    @property
    def is_whole(self) -> bool:
        """Whether every line of the table is there as printed."""
        return not any(item.remark in _ALTERED for item in self.observations)

    @property
    def missing(self) -> list[CellId]:
        """Printed figures for which no place was found."""
        zeros = set(self.zeros)
        return [cell for cell in self.table.cells if cell not in self.cells and cell not in zeros]


_ALTERED = frozenset(
    {
        Remark.LINE_MISSING,
        Remark.LINE_ADDED,
        Remark.LABEL_CHANGED,
        Remark.LABEL_VARIANT,
        Remark.UNDIVIDED,
    }
)


def find_table(table: Table, labelled: LabelledSheet) -> FoundTable | None:
    """The table in a sheet, or None where too few of its labels stand there."""
    kin = labelled.kin
    key = "table", id(table), labelled.sheet.name
    if kin is not None and key in kin.found:
        # The table is kept beside what was found, so that no other can come to bear its number.
        known: FoundTable | None
        _, known = kin.found[key]  # type: ignore[misc]
        return known.on(labelled.sheet) if known is not None else None
    found = None if _sought(table).isdisjoint(labelled.index) else _search(table, labelled)
    # All of it stands on labels, unless a number was met where a label should be, and is quoted.
    if kin is not None and (found is None or not any(is_stored_number(o.found) for o in found.observations)):
        kin.found[key] = table, found
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


def _search(table: Table, labelled: LabelledSheet) -> FoundTable | None:
    found = FoundTable(table, labelled.sheet, {})
    rows_seen = 0
    floor = 0
    for block in table.blocks:
        find = _find_across if block.across else _find_block
        seen = find(block, labelled, found, floor)
        rows_seen += seen
        floor = max([floor, *(position.row for position in found.cells.values())])
    expected = sum(1 if block.across else len(block.row_leaves) for block in table.blocks)
    if not found.cells or rows_seen * 2 < expected:
        return None
    rows = [position.row for position in found.cells.values()]
    found.top, found.bottom = min(rows), max(rows)
    observations, found.swallowed = merged_figures(table.id, labelled.sheet, found.cells)
    found.observations += observations
    found.observations += changed_formulas(table, labelled.sheet, found.cells)
    return found


def _remark(
    found: FoundTable, remark: Remark, expected: str, text: str = "", position: Position | None = None
) -> None:
    place = Place(found.sheet.name, str(position)) if position else None
    found.observations.append(Observation(remark, found.table.id, text, expected, place))


# --- blocks of rows under a header ------------------------------------------------------------------


def _find_block(block: Block, labelled: LabelledSheet, found: FoundTable, floor: int) -> int:
    """Place a block's figures; how many of its row labels were found."""
    placed = _rows_by_label(block, labelled, floor)
    if not placed:
        for row in block.row_leaves:
            _remark(found, Remark.LINE_MISSING, row.label)
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
            _remark(found, Remark.LABEL_VARIANT, row.label, labelled.sheet.text(*position).strip(), position)
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
    cells = labelled.sheet.cells

    def is_used(column: int) -> bool:
        header = range(first - 1, max(0, first - _HEADER_ROWS), -1)
        return any(Position(row, column) in cells for row in (*header, *rows))

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
        if is_used(guess):
            columns[column_id] = guess
    return columns


def _note_columns(
    block: Block, labelled: LabelledSheet, found: FoundTable, columns: dict[str, int], first: int
) -> None:
    for column in block.column_leaves:
        if column.id not in columns:
            _remark(found, Remark.LINE_MISSING, column.label)
            continue
        at = columns[column.id]
        header = [
            (row, labelled.sheet.text(row, at).strip())
            for row in range(first - 1, max(0, first - _HEADER_ROWS), -1)
            if labelled.sheet.text(row, at).strip()
        ]
        words = {label_plain(text) for _, text in header}
        if label_plain(column.label) in words:
            continue
        variants = [label_plain(wording) for wording in column.variants]
        variant = next((text for _, text in header if label_plain(text) in variants), None)
        row, text = header[0] if header else (first - 1, "")
        remark = Remark.LABEL_VARIANT if variant else Remark.LABEL_CHANGED
        _remark(found, remark, column.label, variant or text or "（空）", Position(row, at))


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
        _remark(found, Remark.UNDIVIDED, group.label, labels[places[0]], Position(places[0], 1))
        return
    if len(places) == len(gap):
        pairs = list(zip(gap, places, strict=True))
    else:
        pairs = list(_alike(gap, places, labels))
    for line, row in pairs:
        rows[line.id] = row
        _remark(found, Remark.LABEL_CHANGED, line.label, labels[row] or "（空）", Position(row, first_figure))
    for line in gap:
        if line.id not in rows:
            _remark(found, Remark.LINE_MISSING, line.label)


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


# --- blocks printed across: one line of figures -----------------------------------------------------


def _find_across(block: Block, labelled: LabelledSheet, found: FoundTable, _floor: int) -> int:
    """Place the figures of a block whose rows stand side by side over one line."""
    groups = len(block.row_leaves)
    by_label = {column.id: labelled.find(column) for column in block.column_leaves}
    header_row = _header_row(by_label, groups)
    if header_row is None:
        return 0
    columns: dict[tuple[str, str], int] = {}
    starts = _group_starts(block, labelled, header_row)
    for column in block.column_leaves:
        places = [position.column for position, _ in by_label[column.id] if position.row == header_row]
        if len(places) == groups:
            for row, at in zip(block.row_leaves, sorted(places), strict=True):
                columns[row.id, column.id] = at
    for row in block.row_leaves:
        for offset, column in enumerate(block.column_leaves):
            if (row.id, column.id) in columns:
                continue
            start = starts.get(row.id) or _start_of_group(block, columns, row.id)
            if start is None:
                _remark(found, Remark.LINE_MISSING, f"{row.label}·{column.label}")
                continue
            at = start + offset
            columns[row.id, column.id] = at
            text = labelled.sheet.text(header_row, at).strip() or "（空）"
            _remark(found, Remark.LABEL_CHANGED, column.label, text, Position(header_row, at))
    value_row = _value_row(labelled.sheet, header_row, list(columns.values()))
    for (row_id, column_id), at in columns.items():
        found.cells[CellId(found.table.id, row_id, column_id)] = Position(value_row, at)
    found.exact += sum(1 for column in block.column_leaves if by_label[column.id])
    return 1


def _header_row(by_label: dict[str, list[tuple[Position, bool]]], groups: int) -> int | None:
    """The row in which most of the column labels stand once for every group."""
    votes: dict[int, int] = {}
    for places in by_label.values():
        in_row: dict[int, int] = {}
        for position, _ in places:
            in_row[position.row] = in_row.get(position.row, 0) + 1
        for row, count in in_row.items():
            votes[row] = votes.get(row, 0) + min(count, groups)
    best = max(votes, key=lambda row: (votes[row], -row), default=None)
    return best if best is not None and votes[best] * 2 >= groups * len(by_label) else None


def _group_starts(block: Block, labelled: LabelledSheet, header_row: int) -> dict[str, int]:
    starts: dict[str, int] = {}
    for row in block.row_leaves:
        above = [p for p, _ in labelled.find(row) if header_row - 4 <= p.row < header_row]
        if above:
            starts[row.id] = above[-1].column
    return starts


def _start_of_group(block: Block, columns: dict[tuple[str, str], int], row: str) -> int | None:
    """Where a group begins, from any of its columns that was found."""
    for offset, column in enumerate(block.column_leaves):
        if (row, column.id) in columns:
            return columns[row, column.id] - offset
    return None


def _value_row(sheet: Sheet, header_row: int, columns: list[int]) -> int:
    """The row of figures under the header: the next one, or one below it where only that holds figures."""
    for row in range(header_row + 1, header_row + 4):
        here = [cell for column in columns if (cell := sheet.cells.get(Position(row, column))) is not None]
        # A paragraph or the next heading under a table left empty is no figure.
        texts = sum(1 for cell in here if cell.kind is Kind.TEXT and cell.formula is None)
        short = any(len(cell.text) <= _SHORT for cell in here)
        if here and (texts < len(here) or texts > 1 or short):
            return row
    return header_row + 1
