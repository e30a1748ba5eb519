"""Tables as they are printed: cells with their merges, which cell heads which, widths that fit the page.

The shape of a statutory table follows from the edition (`workbook.form.blocks`), as in the workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbook.form.blocks import Label, figure_columns, label_depth, place_block
from workbook.form.boxes import Box
from workbook.form.edition import CellId, Table

# The text area of an official document (GB/T 9704-2012, 5.2.1): 210 − 28 − 26 mm.
PAGE_WIDTH = 156.0
PADDING = 0.7  # left and right of a cell's text

_POINTS = 72 / 25.4  # in a millimetre
_ONLY_LABEL, _OUTER_LABEL, _GROUP_LABEL, _LEAF_LABEL = 42.0, 13.0, 19.0, 46.0
_SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5)


@dataclass(frozen=True, slots=True)
class GridCell:
    """One printed cell; `role` is heading, corner, header, group, row or figure, in our own lists also text.

    `heads` are the numbers (in the grid's cells) of the cells that head a figure.
    """

    box: Box
    text: str
    role: str
    size: float
    heads: tuple[int, ...] = ()
    left: bool = False  # set flush left, not centred


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its cells row by row, the widths of its columns, how many rows repeat on the next page.

    `caption` names it for those who do not see it; `row_height` is the least height of a row in points. A
    table stays on one page where it can, but for `breaks`.
    """

    id: str
    caption: str
    widths: tuple[float, ...]
    cells: tuple[GridCell, ...]
    head: int = 0
    row_height: float = 24.0
    breaks: frozenset[int] = frozenset()  # rows after which a page may end

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return max(cell.box.bottom for cell in self.cells)


def statutory_grid(table: Table, caption: str, figure: Callable[[CellId], str]) -> Grid:
    """A statutory table with its figures as texts."""
    depth = label_depth(table)
    columns = max(map(figure_columns, table.blocks))
    widths = _widths(table, depth, columns)
    leaf_sizes = _header_sizes(widths)
    made: list[tuple[Box, str, str, list[Label]]] = []
    row, head = 1, 0
    breaks: set[int] = set()
    texts: list[str] = []
    for block in table.blocks:
        labels: list[Label] = []
        figures: dict[CellId, Box] = {}
        if block.heading is not None:
            labels.append(Label(Box(row, 1, row, depth + columns), block.heading, "heading"))
            row += 1
        row = place_block(table, block, row, depth, labels, figures)
        breaks.add(row - 1)
        made += [(label.box, label.text, label.role, []) for label in labels]
        for cell, box in figures.items():
            texts.append(figure(cell))
            made.append((box, texts[-1], "figure", [label for label in labels if _heads(label, box)]))
        if len(table.blocks) == 1:
            head = min(box.top for box in figures.values()) - 1
    made.sort(key=lambda item: item[0])
    number = {box: place for place, (box, _, _, _) in enumerate(made)}
    narrow = min(widths[depth:])
    figure_size = _fitting(texts, narrow)
    small = len(made) > 100
    return Grid(
        id=table.id,
        caption=caption,
        widths=widths,
        head=head,
        breaks=frozenset(breaks),
        row_height=17.5 if small else 26.0,
        cells=tuple(
            GridCell(
                box,
                text,
                role,
                figure_size if role == "figure" else _label_size(role, box, text, leaf_sizes, small),
                tuple(number[label.box] for label in heads),
                left=role == "row" and depth > 1,
            )
            for box, text, role, heads in made
        ),
    )


def _heads(label: Label, box: Box) -> bool:
    across = label.box.left <= box.left and box.right <= label.box.right
    beside = label.box.top <= box.top and box.bottom <= label.box.bottom
    return across if label.role in ("header", "heading") else beside and label.role in ("row", "group")


def _widths(table: Table, depth: int, columns: int) -> tuple[float, ...]:
    labels = (
        [_ONLY_LABEL] * depth if depth < 2 else [_OUTER_LABEL] * (depth - 2) + [_GROUP_LABEL, _LEAF_LABEL]
    )
    room = PAGE_WIDTH - sum(labels)
    wide = _wide_columns(table, columns)
    # A header of three signs (自然人) stands in one line, those of four and six divide by twos; totals are
    # the longest figures.
    extra = 2.2 if 0 < len(wide) < columns and room / columns < 13 else 0.0
    share = (room - extra * len(wide)) / columns
    return (*labels, *(share + extra if column in wide else share for column in range(columns)))


def _wide_columns(table: Table, columns: int) -> set[int]:
    block = table.blocks[0]
    if block.across or len(block.column_leaves) != columns:
        return set()
    return {column for column, leaf in enumerate(block.column_leaves) if len(leaf.label) % 2 or leaf.is_total}


def _header_sizes(widths: Sequence[float]) -> Callable[[str, Box], float]:
    """The size at which a header of one narrow column leaves no single sign on its last line."""

    def size_of(text: str, box: Box) -> float:
        width = (sum(widths[box.left - 1 : box.right]) - 2 * PADDING) * _POINTS
        return next((size for size in _SIZES[:6] if _divides(text, int(width // size))), _SIZES[0])

    return size_of


def _divides(text: str, room: int) -> bool:
    return room > 1 and (len(text) <= room or len(text) % room != 1)


def _label_size(role: str, box: Box, text: str, sizes: Callable[[str, Box], float], small: bool) -> float:
    if role == "header":
        return sizes(text, box)
    if not small:
        return 12.0 if role == "heading" else 10.5
    return 10.5 if role == "corner" or box.left == 1 else 9.0


def _fitting(texts: Sequence[str], width: float) -> float:
    """The largest size at which the longest figure stands in one line."""
    longest = max((sum(1.0 if ord(sign) > 0xFF else 0.5 for sign in text) for text in texts), default=0)
    room = (width - 2 * PADDING) * _POINTS
    return next((size for size in _SIZES if longest * size <= room), _SIZES[-1])
