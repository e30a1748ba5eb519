"""A block printed across: its rows side by side, as upper levels of the header, over one line of figures."""

from __future__ import annotations

from workbook.files.grid import Position
from workbook.form.edition import Block, CellId
from workbook.form.filing import Remark
from workbook.form.foundtable import FoundTable
from workbook.form.labelledsheet import LabelledSheet


def find_across(block: Block, labelled: LabelledSheet, found: FoundTable) -> int:
    """Place the figures of such a block; 1 where its line was found, else 0."""
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
                found.remark(Remark.LINE_MISSING, f"{row.label}·{column.label}")
                continue
            at = start + offset
            columns[row.id, column.id] = at
            text = labelled.text(header_row, at) or "（空）"
            found.remark(Remark.LABEL_CHANGED, column.label, text, Position(header_row, at))
    value_row = _value_row(labelled, header_row, tuple(columns.values()))
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


def _value_row(labelled: LabelledSheet, header_row: int, columns: tuple[int, ...]) -> int:
    """The row of figures under the header: the next one, or one below it where only that holds figures."""
    for row in range(header_row + 1, header_row + 4):
        if labelled.reads_like_figures(row, columns):
            return row
    return header_row + 1
