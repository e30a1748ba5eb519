"""表四 out of a document: one line of figures under a header of groups.

The header decides how many figures there are: a header of seven columns over seven figures is the first
seven of the form, and the others are uncertain; fifteen columns over fourteen figures say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workbook.form.edition import Block, CellId
from workbook.form.editionfile import all_editions
from workbook.published.figuretext import read_figure
from workbook.published.rowcolumns import words_over
from workbook.published.rowplacing import figure_of, stripped
from workbook.published.rowreading import Figure
from workbook.published.segments import Segment
from workbook.published.wording import normal

TABLE = "challenges"
_LEAST_WORDS = 4  # of the five columns' words that must stand above
_ABOVE = 1_000  # characters of the words above that may be its header

# The words that tell a column, as they survive when 结果 and 维持 are printed on two lines.
_SIGNS = (
    ("upheld", "维持"),
    ("corrected", "纠正"),
    ("other", "其他"),
    ("pending", "审结"),
    ("total", "总计"),
)
_LEAF = re.compile("结果维持|结果纠正|其他结果|尚未审结|总计")
_LEAVES = {
    "结果维持": "upheld",
    "结果纠正": "corrected",
    "其他结果": "other",
    "尚未审结": "pending",
    "总计": "total",
}


class AcrossReading:
    """表四 as found: figures by cell, and why the others are missing."""

    def __init__(self, segment: Segment, figures: dict[CellId, Figure], why: str) -> None:
        self.figures = figures
        self.why = why
        self.first_piece = segment.first_piece
        self.last_piece = segment.last_piece
        self.head = segment.words


def read_challenges(segments: Sequence[Segment]) -> list[AcrossReading]:
    """Every copy of 表四, in the document's order."""
    block = all_editions()[-1].by_id[TABLE].blocks[0]
    found = []
    for number, segment in enumerate(segments):
        head = _head(segment)
        counts = _counts(head)
        if sum(1 for count in counts if count) < _LEAST_WORDS or (
            "行政复议" not in head and "复议" not in head
        ):
            continue
        reading = _by_rows(segments[number : number + 4], block) or _read(segment, head, counts, block)
        if reading is not None:
            found.append(reading)
    return found


def _head(segment: Segment) -> str:
    text = "".join(normal(token.text) for token in segment.words if len(token.text) <= 120)[-_ABOVE:]
    anchor = text.rfind("行政复议行政诉讼")
    return text[anchor:] if anchor >= 0 else text


def _counts(head: str) -> list[int]:
    text = head.replace("其他需要报告", "")
    return [text.count(sign) for _, sign in _SIGNS]


def _read(segment: Segment, head: str, counts: list[int], block: Block) -> AcrossReading | None:
    cells = [CellId(TABLE, row.id, column.id) for row in block.row_leaves for column in block.column_leaves]
    tokens = list(segment.figures)
    by_grid = _by_grid(segment, block)
    if by_grid:
        return AcrossReading(segment, by_grid, "")
    width = len(block.column_leaves)
    printed = _columns_printed(counts, width, len(cells))
    if segment.celled and not segment.drawn and len(tokens) > printed:
        # Blank cells at an end fill up or are figures left blank: only what lies between them can tell.
        inner = stripped(tokens)
        tokens = tokens[:printed] if not inner else inner if len(inner) == printed else tokens
    if not tokens:
        return None
    order = None if _is_turned(segment, head) else _order(head, cells, width)
    if order is None or len(tokens) != printed:
        given = sum(1 for token in tokens if not token.is_blank)
        why = (
            f"表头有{printed}栏，读出{given}个数，分不清哪个是哪一格"
            if order is not None
            else "表头各栏的顺序读不出来，分不清哪个数是哪一格"
        )
        return AcrossReading(segment, {}, why)
    figures = {cell: figure_of(token) for cell, token in zip(order[:printed], tokens, strict=True)}
    wrong = _groups_that_do_not_add_up(figures, block)
    shifted = segment.celled and not segment.drawn and segment.figures[0] is not tokens[0]
    # One group may be published wrong; where words are missing too, or two are wrong, the figures have moved.
    if wrong and (order != cells or printed < len(cells) or shifted or wrong > 1):
        return AcrossReading(segment, {}, "表头或数字有缺漏，各组相加都对不上，分不清哪个数是哪一格")
    return AcrossReading(segment, figures, "表中没有这一栏")


def _groups_that_do_not_add_up(figures: Mapping[CellId, Figure], block: Block) -> int:
    """How many of the groups that are there whole do not come to their totals, if those were filled in."""
    wrong = 0
    for row in block.row_leaves:
        group = [figures.get(CellId(TABLE, row.id, column.id)) for column in block.column_leaves]
        values = [read_figure(figure.text)[0] or 0 for figure in group if figure is not None]
        total = next(number for number, column in enumerate(block.column_leaves) if column.is_total)
        if len(values) == len(group):
            wrong += values[total] != 0 and sum(values) != 2 * values[total]
    return wrong


def _columns_printed(counts: list[int], width: int, most: int) -> int:
    """How many columns the header has: all, or the first so many where its words say exactly that."""
    total = sum(counts)
    if total >= most or min(counts) * width >= most:
        return most
    whole, rest = divmod(total, width)
    expected = [whole + (index < rest) for index in range(width)]
    return total if counts == expected else most


def _is_turned(segment: Segment, head: str) -> bool:
    """Whether 行政诉讼 stands before 行政复议; set on a line above, it may still stand further right."""
    if "行政诉讼行政复议" not in head:
        return False
    words = {normal(token.text): token for token in segment.words}
    one, other = words.get("行政复议"), words.get("行政诉讼")
    return one is None or other is None or one.piece == other.piece or one.column >= other.column


def _order(head: str, cells: list[CellId], width: int) -> list[CellId] | None:
    """The cells in the header's order; None where it is another than the form's and cannot be followed."""
    leaves = [_LEAVES[word] for word in _LEAF.findall(head)]
    groups = [head.find(word) for word in ("未经复议", "复议后起诉")]
    if min(groups) >= 0 and groups[0] > groups[1]:
        return None
    if len(leaves) != len(cells):
        return cells  # split over lines: only their number can be counted
    ordered: list[CellId] = []
    for start in range(0, len(cells), width):
        five = leaves[start : start + width]
        if len(set(five)) != width:
            return None
        ordered += [cells[start]._replace(column=column) for column in five]
    return ordered


def _by_grid(segment: Segment, block: Block) -> dict[CellId, Figure]:
    """By what stands above each figure of a grid; {} unless every cell of the form is found exactly once."""
    found: dict[CellId, Figure] = {}
    for figure, text in zip(segment.figures, words_over(segment) or (), strict=False):
        row = next((row.id for row in reversed(block.row_leaves) if normal(row.label) in text), None)
        column = next(
            (column.id for column in block.column_leaves if text.endswith(normal(column.label))), None
        )
        if row is None or column is None:
            continue
        cell = CellId(TABLE, row, column)
        if cell in found:
            return {}
        found[cell] = figure_of(figure)
    return found if len(found) == len(block.row_leaves) * len(block.column_leaves) else {}


def _by_rows(segments: Sequence[Segment], block: Block) -> AcrossReading | None:
    """表四 set with one group a line: 行政复议 and five figures, then the two kinds of litigation."""
    width = len(block.column_leaves)
    figures: dict[CellId, Figure] = {}
    used: list[Segment] = []
    for segment in segments:
        label = "".join(normal(token.text) for token in segment.own_words[-3:])
        row = next((r for r in reversed(block.row_leaves) if label.endswith(normal(r.label))), None)
        if row is None or len(segment.figures) != width or (used and not _consecutive(used[-1], segment)):
            break
        used.append(segment)
        for column, token in zip(block.column_leaves, segment.figures, strict=True):
            figures[CellId(TABLE, row.id, column.id)] = figure_of(token)
    if len(used) < 2 or len(figures) != width * len(used):
        return None
    reading = AcrossReading(used[0], figures, "表中没有这一行")
    reading.last_piece = used[-1].last_piece
    return reading


def _consecutive(one: Segment, other: Segment) -> bool:
    return other.first_piece - one.last_piece <= 3
