"""Rows placed by the number of their figures alone, held against what else the table shows.

Text with one cell a line keeps no trace of a blank, and a row whose label is lost runs into the one before:
too few and too many can then make the right number. Where a table shows such harm a row of 表三 is believed
only if it adds up as placed. Sums confirm; they never put a figure anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from workbook.form.edition import CellId, Table
from workbook.form.editionfile import all_editions
from workbook.published.figuretext import is_placeholder, read_figure
from workbook.published.rowplacing import PendingRow
from workbook.published.rowreading import RowReading

_UNTRACED = "文中的空格没有留下痕迹，这一行的数可能移了位"
_RUN_TOGETHER = "下一行的标题没有找到，这一行的数可能混有下一行的"
_UNLIKE = "这一行的格数与表中别的行不同，横向相加也对不上，可能移了位"


def doubt_unconfirmed(rows: Sequence[PendingRow]) -> None:
    """Take the figures from rows that the table gives reason to doubt and no sum confirms."""
    harmed = any(_is_short(pending) for pending in rows)
    before_gap = _before_a_missing_row(rows)
    odd = _unlike_most(rows)
    for pending in rows:
        row = pending.row
        if pending.aligned or not (row.figures or row.loose):
            continue
        confirmed = adds_up(pending)
        # A row left blank takes the next one's figures whole: then they add up, too.
        if not pending.segment.celled and row.node.id in before_gap and (harmed or confirmed is not True):
            _take_back(row, _RUN_TOGETHER)
        elif not pending.segment.celled and harmed and confirmed is False and pending.table == "applications":
            _take_back(row, _UNTRACED)
        elif row.node.id in odd and confirmed is False:
            _take_back(row, _UNLIKE)


def _take_back(row: RowReading, why: str) -> None:
    row.figures, row.loose, row.why = {}, [], why


def _is_short(pending: PendingRow) -> bool:
    """Whether a row set without cells shows fewer or more figures than it can have."""
    row = pending.row
    return not pending.segment.celled and not row.figures and not row.loose


def adds_up(pending: PendingRow) -> bool | None:
    """Whether a row of 表三 adds up as placed; None for all zeros and where nothing can be added."""
    row = pending.row
    if pending.table != "applications":
        return None
    texts = (
        {column: figure.text for column, figure in row.figures.items()}
        if row.figures
        else dict(zip(_order(), (token.text for token in row.loose), strict=False))
    )
    total = _number(texts.pop("total", ""))
    parts = [_number(text) for text in texts.values()]
    if total is None or None in parts:
        return False
    if not total and not any(parts):
        return None
    return sum(part for part in parts if part is not None) == total


def _order() -> list[str]:
    return [column.id for column in all_editions()[-1].by_id["applications"].blocks[0].column_leaves]


def _number(text: str) -> float | None:
    if not text or is_placeholder(text):
        return 0
    value = read_figure(text)[0]
    return None if value is None else float(value)


def _before_a_missing_row(rows: Sequence[PendingRow]) -> set[str]:
    """The rows behind which the edition, of those that print most of what was found, prints another."""
    here = {pending.row.node.id for pending in rows}
    shown = {(pending.row.node.id, column) for pending in rows for column in [*pending.columns, ""]}
    table = rows[0].table
    fitting = [(_printed_in(edition.by_id[table], shown), edition.by_id[table]) for edition in all_editions()]
    most = max(fits for fits, _ in fitting)
    gaps: set[str] | None = None
    for fits, form in fitting:
        if fits == most:
            found = [_as_found(leaf.id, here) for block in form.blocks for leaf in block.row_leaves]
            lost = {one for one, other in pairwise(found) if one and other is None}
            gaps = lost if gaps is None else gaps & lost
    return gaps or set()


def _printed_in(form: Table, shown: set[tuple[str, str]]) -> int:
    leaves = {leaf.id for block in form.blocks for leaf in block.row_leaves}
    return sum(
        1
        for row, column in shown
        if row in leaves and (not column or CellId(form.id, row, column) in form.cell_set)
    )


def _as_found(leaf: str, here: set[str]) -> str | None:
    """The row found for a printed one: itself, its undivided group, or the last of its parts."""
    if leaf in here:
        return leaf
    if (group := leaf.rpartition(".")[0]) in here:
        return group
    return max((row for row in here if row.startswith(f"{leaf}.")), default=None)


def _unlike_most(rows: Sequence[PendingRow]) -> set[str]:
    """Rows of cells whose number of figures, though right, is not that of most rows."""
    celled = [pending for pending in rows if pending.segment.celled and pending.table == "applications"]
    if any(pending.segment.drawn for pending in celled):
        reach = Counter(pending.segment.extent for pending in celled)
        usual = reach.most_common(1)[0][0]
        return {pending.row.node.id for pending in celled if pending.segment.extent != usual}
    wrong = sum(1 for pending in celled if not pending.row.figures and not pending.row.loose)
    return {pending.row.node.id for pending in celled} if 2 * wrong > len(celled) else set()
