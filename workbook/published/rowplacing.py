"""A row's figures given their columns, or the reason why that cannot be done.

In a grid the cells' own columns tell. Where rows are only cells behind one another, their number tells, and
rows alike are held against each other: blank cells that fill up a merged label are no figures, and a row
with fewer cells than its like has lost one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbook.published.figuretext import read_figure
from workbook.published.rowcolumns import column_counts
from workbook.published.rowreading import Figure, RowReading
from workbook.published.segments import Segment, Token

_FEW = 4  # rows of one kind
_STYLE = 3  # rows that make a way of setting a table
_DEEPEST = 3  # label columns of 表三: a label in the last covers no other


@dataclass(slots=True)
class PendingRow:
    """A row whose figures wait for their columns.

    `columns` are the header's in order, [] where no header names them; `aligned` the column over each figure
    of a grid's row, "" over a cell that is none of the form's, [] where the grid does not tell.
    """

    table: str
    row: RowReading
    segment: Segment
    number: int  # of the segment
    columns: list[str] = field(default_factory=list)
    aligned: list[str] = field(default_factory=list)

    @property
    def counts(self) -> set[int]:
        """How many figures the row may have."""
        return {len(self.columns)} if self.columns else column_counts(self.table, self.row.node.id)

    @property
    def depth(self) -> int:
        """How deep the form sets the row's label: 1 for 一、二、四, 3 for what stands under （三）."""
        return self.row.node.id.count(".") + 1 if self.table == "applications" else len(self.columns)


@dataclass(slots=True)
class CellStyle:
    """How the rows of one table were set: where blank cells fill up, how many cells rows alike have.

    `fillers`: "lead" (before the figures), "trail" (behind), "none" (no row has more cells than figures),
    "unknown" where nothing tells, "both" where rows differ.
    """

    fillers: str
    extents: Mapping[int, int]  # drawn table → the column behind the last cell of most rows
    lengths: Mapping[tuple[int, int], Counter[int]]  # kind of row → how many rows have how many cells
    heads: Mapping[int, frozenset[int]]  # row (its segment) → how far the rows of the head above it reach
    narrow: int = 0  # the cells that rows without fillers have where that is too few, else 0


def style_of(rows: Sequence[PendingRow]) -> CellStyle:
    """The style that a table's rows share."""
    fillers = _fillers(rows)
    reach: dict[int, Counter[int]] = {}
    heads: dict[int, frozenset[int]] = {}
    above: tuple[int, frozenset[int]] = (0, frozenset())  # the drawn table, the head last seen in it
    lengths: dict[tuple[int, int], Counter[int]] = {}
    for pending in rows:
        segment = pending.segment
        if segment.drawn:
            reach.setdefault(segment.table, Counter())[segment.extent] += 1
            head = {token.extent for token in segment.words[: segment.own] if token.table == segment.table}
            if head or above[0] != segment.table:
                above = segment.table, frozenset(head)
            heads[pending.number] = above[1]
        elif segment.celled and not (pending is rows[-1] and len(rows) > 2):
            # A table's last row often lacks the blanks at its end.
            lengths.setdefault(_kind(pending, fillers), Counter())[len(segment.figures)] += 1
    extents = {table: counts.most_common(1)[0][0] for table, counts in reach.items()}
    return CellStyle(fillers, extents, lengths, heads, _narrow(rows))


def _narrow(rows: Sequence[PendingRow]) -> int:
    """How many columns 表三 has where its deepest rows, whose labels cover no other cell, have too few."""
    found: Counter[int] = Counter(
        len(pending.segment.figures) for pending in rows if _is_deepest(pending) and pending.segment.celled
    )
    if found.total() < _FEW:
        return 0
    usual = found.most_common(1)[0][0]
    return usual if usual < min(min(pending.counts) for pending in rows) else 0


def _kind(pending: PendingRow, fillers: str) -> tuple[int, int]:
    """Rows of one kind have as many cells: by depth, and where fillers stand at the end by labels too."""
    labels = len(pending.segment.own_words) if fillers != "lead" else 0
    return pending.depth, labels


def _fillers(rows: Sequence[PendingRow]) -> str:
    """Where blank cells fill up, by the rows that have more cells than figures."""
    more = 0
    told: list[PendingRow] = []
    for pending in rows:
        tokens = pending.segment.figures
        if pending.aligned or not pending.segment.celled or _surplus(pending) <= 0:
            continue
        more += 1
        if not all(token.is_blank for token in tokens):
            told.append(pending)
    in_text = not any(pending.segment.drawn for pending in rows)
    # Of many rows one or two that have a cell more than their like have gained it by a mishap.
    if not told or (in_text and more < _STYLE and len(rows) > 2 * _FEW):
        return "none"
    # The last column's labels cover no cell: blanks fill up behind their figures in most rows, or in none.
    deep = [pending for pending in rows if _is_deepest(pending) and pending.segment.celled]
    if 2 * sum(1 for pending in deep if _surplus(pending) > 0) <= len(deep):
        told = [pending for pending in told if not _is_deepest(pending)] or told
    may_lead = all(_is_free(pending, lead=True) for pending in told)
    may_trail = all(_is_free(pending, lead=False) for pending in told)
    if may_lead and may_trail:
        return _confirmed(told)
    return "lead" if may_lead else "trail" if may_trail else "both"


def _surplus(pending: PendingRow) -> int:
    return len(pending.segment.figures) - max(pending.counts)


def _is_free(pending: PendingRow, *, lead: bool) -> bool:
    """Whether a row's first, or last, cells beyond its figures are blank."""
    tokens, surplus = pending.segment.figures, _surplus(pending)
    return all(token.is_blank for token in (tokens[:surplus] if lead else tokens[-surplus:]))


def _is_deepest(pending: PendingRow) -> bool:
    return pending.table == "applications" and pending.depth == _DEEPEST


def _confirmed(rows: Sequence[PendingRow]) -> str:
    """Which of the two ways makes every row of 表三 add up where the other makes none; else "unknown"."""
    lead = trail = 0
    for pending in rows:
        if pending.table == "applications":
            tokens, surplus = pending.segment.figures, _surplus(pending)
            lead += _adds_up(tokens[surplus:])
            trail += _adds_up(tokens[: len(tokens) - surplus])
    if max(lead, trail) < len(rows) or min(lead, trail):
        return "unknown"
    return "lead" if lead else "trail"


def _adds_up(tokens: Sequence[Token]) -> bool:
    values = [read_figure(token.text)[0] or 0 for token in tokens]
    return any(values) and sum(values) == 2 * values[-1]


def place(pending: PendingRow, tokens: list[Token], style: CellStyle) -> None:
    """Give a row's figures their columns, or say why that cannot be done."""
    row = pending.row
    if not tokens:
        row.why = "这一行没有数字"
        return
    if pending.aligned and not style.narrow:
        pairs = zip(pending.aligned, tokens, strict=True)
        row.figures = {column: figure_of(token) for column, token in pairs if column}
        return
    row.why = _unlike_others(pending, tokens, style)
    if row.why:
        return
    counts = pending.counts
    kept = tokens
    if len(kept) not in counts and _may_be_filled_up(pending, style):
        kept = _without_fillers(tokens, counts, style.fillers)
    if len(kept) not in counts:
        spread = _by_width(kept, counts)
        if spread is None:
            row.why = _wrong_number(kept, counts)
            return
        kept = spread
    elif _may_have_moved(pending, kept, tokens, style):
        row.why = "这一行的格数与别的行不同，分不清空格是补位的还是没有填"
        return
    if pending.columns:
        pairs = zip(pending.columns, kept, strict=True)
        row.figures = {column: figure_of(token) for column, token in pairs if column}
    else:
        row.loose = kept


def _may_be_filled_up(pending: PendingRow, style: CellStyle) -> bool:
    """Whether blank cells of a row may stand for what a merged label covers: the head then reaches as far."""
    segment = pending.segment
    if segment.drawn:
        heads = style.heads.get(pending.number)
        return not heads or segment.extent in heads
    return segment.celled and (style.fillers != "none" or all(token.is_blank for token in segment.figures))


def _wrong_number(tokens: Sequence[Token], counts: set[int]) -> str:
    given = sum(1 for token in tokens if not token.is_blank)
    wanted = "或".join(str(count) for count in sorted(counts))
    glued = "，标题与数字连在一起" if any(token.glued for token in tokens) else ""
    return f"这一行读出{given}个数，应有{wanted}个{glued}，分不清哪个是哪一格"


def _unlike_others(pending: PendingRow, tokens: Sequence[Token], style: CellStyle) -> str:
    """Why a row with blank cells cannot be read: it is shorter or longer than its like.

    A row of figures alone is told by their number.
    """
    segment = pending.segment
    if segment.celled and style.narrow:
        return f"表中多数行只有{style.narrow}个数，少了一列，分不清哪个是哪一格"
    if not segment.celled or not any(token.is_blank for token in tokens):
        return ""
    if segment.drawn:
        same = segment.extent == style.extents.get(segment.table, segment.extent)
        return "" if same else "这一行的格数与表中别的行不同，分不清哪个是哪一格"
    lengths = style.lengths.get(_kind(pending, style.fillers), Counter())
    usual = lengths.most_common(1)[0][0] if lengths else len(tokens)
    # Of a few rows that differ any may be the right one.
    unusual = len(tokens) != usual or (len(lengths) > 1 and lengths.total() <= _FEW)
    if style.fillers != "none" and unusual:
        return f"这一行有{len(tokens)}格，同样的行有{usual}格，分不清哪个是哪一格"
    return ""


def _may_have_moved(
    pending: PendingRow, kept: Sequence[Token], given: Sequence[Token], style: CellStyle
) -> bool:
    """Whether a blank cell at the end of a row's figures may be one that fills up."""
    if pending.segment.drawn or not pending.segment.celled or len(kept) < 2:
        return False
    if all(token.is_blank for token in kept):
        return False
    alike = style.lengths.get(_kind(pending, style.fillers), Counter()).total()
    if style.fillers in ("trail", "both") and kept[-1].is_blank and alike < 2:
        return True
    untouched = len(kept) == len(given)
    deep = _is_deepest(pending)
    return style.fillers in ("lead", "both") and untouched and not deep and kept[0].is_blank


def figure_of(token: Token) -> Figure:
    """A token as a figure, with the reason why it cannot be relied upon."""
    if token.merged:
        return Figure("", token.place, "与相邻的格合并成了一格")
    return Figure(token.text, token.place, read_figure(token.text)[3])


def _without_fillers(tokens: list[Token], counts: set[int], fillers: str) -> list[Token]:
    """A row's cells without the blank ones that only fill up a merged label."""
    wanted = max((count for count in counts if count <= len(tokens)), default=0)
    surplus = len(tokens) - wanted
    if not wanted or surplus <= 0:
        return tokens
    front, back = tokens[surplus:], tokens[:-surplus]
    front_free = all(token.is_blank for token in tokens[:surplus])
    back_free = all(token.is_blank for token in tokens[-surplus:])
    if all(token.is_blank for token in tokens):
        return front
    if front_free and back_free:
        return {"lead": front, "trail": back}.get(fillers, tokens)
    if front_free or back_free:
        return front if front_free else back
    # Fillers at both ends leave no doubt only where exactly the wanted number of cells lies between them.
    inner = stripped(tokens)
    return inner if len(inner) == wanted else tokens


def stripped(tokens: list[Token]) -> list[Token]:
    """Tokens without the blank ones at both ends."""
    filled = [index for index, token in enumerate(tokens) if not token.is_blank]
    return tokens[filled[0] : filled[-1] + 1] if filled else []


def _by_width(tokens: list[Token], counts: set[int]) -> list[Token] | None:
    """A grid's row in which one cell covers several columns: those are uncertain, the others stand."""
    if len(counts) != 1 or sum(token.width for token in tokens) != min(counts):
        return None
    spread: list[Token] = []
    for token in tokens:
        if token.width == 1:
            spread.append(token)
            continue
        merged = Token("", token.place, token.piece, True, token.column, 1, merged=True)
        spread += [merged] * token.width
    return spread
