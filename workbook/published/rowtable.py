"""表二 and 表三 out of a document: rows by their labels, columns by their header and its order.

No row is ever shifted in silence. Where a row has fewer or more figures than its header has columns and
nothing tells which is which, every figure of that row is uncertain, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from workbook.form.edition import Line, all_editions
from workbook.form.filing import Place
from workbook.published.figuretext import read_figure
from workbook.published.segments import Segment, Token
from workbook.published.wording import Node, likeness, normal, row_nodes

_LAST_WORDS = 14  # tokens before a figure that may be its label
_TAIL = 6  # characters that may stand between a label and its figures: a group's name printed vertically
_APART, _PIECES_APART = 8, 160  # segments and pieces between two rows of one table
_NEARNESS = 0.0005
_GOOD = 0.9
_LEAST = {"proactive": 2, "applications": 3}


@dataclass(slots=True)
class Figure:
    """What stands in one cell, as published; `why` says why it cannot be relied upon, "" where it can."""

    text: str
    place: Place
    why: str = ""


@dataclass(slots=True)
class RowReading:
    """One printed row: its label as found and its figures by column."""

    node: Node
    label: str
    place: Place
    score: float
    figures: dict[str, Figure] = field(default_factory=dict)
    loose: list[Token] = field(default_factory=list)  # the figures where no header names them
    why: str = ""  # why none of its figures can be placed
    celled: bool = True  # False where the label was pieced together from lines of text


@dataclass(slots=True)
class TableReading:
    """A statutory table as found, over all editions' rows and columns."""

    table: str
    rows: dict[str, RowReading]
    first_piece: int
    last_piece: int
    head: list[Token] = field(default_factory=list)  # the words above its first row


def is_row_label(text: str) -> bool:
    """Whether a normalised text is the label of a row of 表二 or 表三 as some edition prints it."""
    return text in _row_labels()


@lru_cache(maxsize=1)
def _row_labels() -> frozenset[str]:
    return frozenset(
        w for table in ("proactive", "applications") for node in row_nodes(table) for w in node.wordings
    )


def read_copies(table: str, segments: Sequence[Segment]) -> list[TableReading]:
    """Every copy of a table in the document, the one with most of the form's labels first."""
    nodes = row_nodes(table)
    candidates: list[tuple[int, int, float, str]] = []
    for number, segment in enumerate(segments):
        if not segment.words and not segment.figures:
            continue
        for index, score, label in _labels_of(segment, nodes):
            candidates.append((number, index, score, label))
    found: list[TableReading] = []
    used: set[int] = set()
    while len(found) < 4:
        chain = _best_chain([c for c in candidates if c[0] not in used], segments)
        good = sum(1 for _, _, score, _ in chain if score >= _GOOD)
        if good < _LEAST[table] or (found and 2 * len(chain) < len(found[0].rows)):
            break
        used |= {number for number, *_ in chain}
        found.append(_reading(table, nodes, chain, segments))
    return found


# --- labels -----------------------------------------------------------------------------------------


def _labels_of(segment: Segment, nodes: Sequence[Node]) -> list[tuple[int, float, str]]:
    """The rows that the words before a run of figures may name: index, likeness, the label as found."""
    tokens = [token for token in segment.own_words if len(token.text) <= 240][-_LAST_WORDS:]
    words = [normal(token.text) for token in tokens]
    if not words:
        return []
    known = {node_id for node_id in range(len(nodes)) if likeness(nodes[node_id], words[-1:]) >= _GOOD + 0.05}
    if known:
        return [(index, likeness(nodes[index], words[-1:]), tokens[-1].text) for index in known]
    last = _last_exact(words, nodes)
    rest = words[last + 1 :] if last is not None else words
    if last is not None and _is_filler("".join(rest), words[last]):
        return [
            (index, score - 0.01, tokens[last].text)
            for index, node in enumerate(nodes)
            if (score := likeness(node, [words[last]])) >= _GOOD + 0.05
        ]
    text = "".join(token.text for token in tokens[len(words) - len(rest) :])
    scored = [(index, likeness(node, rest), text) for index, node in enumerate(nodes)]
    best = max((score for _, score, _ in scored), default=0.0)
    return [item for item in scored if item[1] > 0 and item[1] >= best - 0.02]


def _last_exact(words: Sequence[str], nodes: Sequence[Node]) -> int | None:
    for index in range(len(words) - 1, -1, -1):
        if any(words[index] in node.labels for node in nodes):
            return index
    return None


def _is_filler(text: str, _label: str) -> bool:
    return len(text) <= _TAIL and not re.search(r"[\d.()]", text)


def _best_chain(
    candidates: Sequence[tuple[int, int, float, str]], segments: Sequence[Segment]
) -> list[tuple[int, int, float, str]]:
    """The longest row of labels in printed order, close together; of equal ones the first."""
    best: dict[int, tuple[float, int, int]] = {}  # node → (value, segment, candidate) of its best chain
    before: list[int | None] = []
    top: tuple[float, int] = (0.0, -1)
    for at, (number, index, score, _) in enumerate(candidates):
        value, link = score, None
        for other, (so_far, end, candidate) in best.items():
            near = number - end <= _APART and (
                segments[number].first_piece - segments[end].last_piece <= _PIECES_APART
            )
            gain = so_far + score - _NEARNESS * (number - end)
            if other < index and end < number and near and gain > value:
                value, link = gain, candidate
        before.append(link)
        known = best.get(index)
        if known is None or value >= known[0] or number - known[1] > _APART:
            best[index] = (value, number, at)
        if value > top[0] + 1e-9:
            top = (value, at)
    chain: list[tuple[int, int, float, str]] = []
    at_now: int | None = top[1] if top[1] >= 0 else None
    while at_now is not None:
        chain.append(candidates[at_now])
        at_now = before[at_now]
    return chain[::-1]


# --- columns ----------------------------------------------------------------------------------------


def _reading(
    table: str,
    nodes: Sequence[Node],
    chain: Sequence[tuple[int, int, float, str]],
    segments: Sequence[Segment],
) -> TableReading:
    rows: dict[str, RowReading] = {}
    first = segments[chain[0][0]]
    header: list[str] = []
    pending: list[tuple[RowReading, Segment, list[str], int]] = []
    for number, index, score, label in chain:
        segment = segments[number]
        node = nodes[index]
        here = _drawn_header(table, node.id, segment) or _header(table, node.id, segment)
        known = _all_columns(table, node.id)
        header = here or [column for column in header if not column or column in known]
        where = (segment.own_words or segment.figures)[-1].place
        row = RowReading(node, label, where, score, celled=segment.celled)
        rows[node.id] = row
        pending.append((row, segment, header, number))
    lead = _lead_style(table, pending)
    whole = _fullest(table, pending)
    last = first.last_piece
    for row, segment, columns, number in pending:
        tokens = list(segment.figures)
        following = segments[number + 1] if number + 1 < len(segments) else None
        expected = {len(columns)} if columns else _counts(table, row.node.id)
        if not segment.celled and len(tokens) not in expected and following and following.alone:
            joined = len(tokens) + len(following.figures)
            if not following.words and joined in expected:
                tokens += following.figures
        last = max(last, segment.last_piece, tokens[-1].piece if tokens else 0)
        least = whole.get(_kind_of_row(table, row, columns), 0)
        if segment.celled and least > max(expected) and len(tokens) < least:
            row.why = f"这一行有{len(tokens)}格，同样的行有{least}格，分不清缺的是哪一格"
        else:
            _place(table, row, tokens, columns, lead, segment)
    if table == "applications" and not pending[0][2]:
        _doubt_unknown_order(rows)
    head = first.words[: len(first.words) - len(first.own_words)] if first.own else first.words
    start = first.first_piece
    return TableReading(table, rows, start, last, head)


def _kind_of_row(table: str, row: RowReading, columns: list[str]) -> tuple[int, int]:
    """Rows alike have as many cells: the depth of their label, the number of their figures."""
    depth = row.node.id.count(".") if table == "applications" else 0
    return depth, len(columns) or max(_counts(table, row.node.id))


def _fullest(
    table: str, pending: Sequence[tuple[RowReading, Segment, list[str], int]]
) -> dict[tuple[int, int], int]:
    """For each kind of row the most cells of any: where blank cells fill up, a shorter row lacks one."""
    found: dict[tuple[int, int], int] = {}
    for row, segment, columns, _ in pending:
        if segment.celled:
            kind = _kind_of_row(table, row, columns)
            found[kind] = max(found.get(kind, 0), len(segment.figures))
    return found


def _place(
    table: str, row: RowReading, tokens: list[Token], columns: list[str], lead: str, segment: Segment
) -> None:
    """Give a row's figures their columns, or say why that cannot be done."""
    counts = {len(columns)} if columns else _counts(table, row.node.id)
    if not tokens:
        row.why = "这一行没有数字"
        return
    if len(tokens) not in counts and segment.celled:
        tokens = _without_fillers(tokens, counts, lead)
    if len(tokens) not in counts:
        spread = _by_width(tokens, counts)
        if spread is None:
            given = sum(1 for token in tokens if not token.is_blank)
            wanted = "或".join(str(count) for count in sorted(counts))
            glued = "，标题与数字连在一起" if any(token.glued for token in tokens) else ""
            row.why = f"这一行读出{given}个数，应有{wanted}个{glued}，分不清哪个是哪一格"
            return
        tokens = spread
    elif (
        segment.celled and lead != "none" and tokens[0 if lead == "lead" else -1].is_blank and len(tokens) > 1
    ):
        others = tokens[1:] if lead == "lead" else tokens[:-1]
        if lead == "lead" and not segment.drawn and not all(token.is_blank for token in others):
            row.why = "这一行的格数与别的行不同，分不清空格是补位的还是没有填"
            return
    if columns:
        row.figures = {
            column: _figure(token) for column, token in zip(columns, tokens, strict=True) if column
        }
    else:
        row.loose = tokens


def _doubt_unknown_order(rows: Mapping[str, RowReading]) -> None:
    """Without a header the form's order is only believed where rows do not add up against it."""
    right = wrong = 0
    for row in rows.values():
        values = [read_figure(token.text)[0] or 0 for token in row.loose]
        if any(values):
            fits = sum(values[:-1]) == values[-1]
            right, wrong = right + fits, wrong + (not fits)
    if wrong > right:
        for row in rows.values():
            row.loose, row.why = [], row.why or "没有看到完整的表头，横向相加也对不上，分不清哪一列是哪一类"


def _figure(token: Token) -> Figure:
    if token.merged:
        return Figure("", token.place, "与相邻的格合并成了一格")
    why = read_figure(token.text)[3]
    return Figure(token.text, token.place, why)


def _lead_style(table: str, pending: Sequence[tuple[RowReading, Segment, list[str], int]]) -> str:
    """Where rows have more cells than figures: whether the blank ones stand before or behind the figures.

    "lead", "trail", "none" (no row has more), "unknown" where nothing tells, "both" where they differ.
    """
    may_lead = may_trail = True
    more = False
    for row, segment, columns, _ in pending:
        counts = {len(columns)} if columns else _counts(table, row.node.id)
        tokens = segment.figures
        if not segment.celled or not counts or len(tokens) <= max(counts) or len(tokens) in counts:
            continue
        surplus = len(tokens) - max(counts)
        if all(token.is_blank for token in tokens):
            continue
        more = True
        may_lead = may_lead and all(token.is_blank for token in tokens[:surplus])
        may_trail = may_trail and all(token.is_blank for token in tokens[-surplus:])
    if not more:
        return "none"
    if may_lead and may_trail:
        return "unknown"
    return "lead" if may_lead else "trail" if may_trail else "both"


def _without_fillers(tokens: list[Token], counts: set[int], lead: str) -> list[Token]:
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
        return {"lead": front, "trail": back}.get(lead, tokens)
    if front_free or back_free:
        return front if front_free else back
    # Fillers at both ends leave no doubt only where exactly the wanted number of cells lies between them.
    inner = _stripped(tokens)
    return inner if len(inner) == wanted else tokens


def _stripped(tokens: list[Token]) -> list[Token]:
    filled = [index for index, token in enumerate(tokens) if not token.is_blank]
    return tokens[filled[0] : filled[-1] + 1] if filled else []


def _by_width(tokens: list[Token], counts: set[int]) -> list[Token] | None:
    """A grid's row in which one cell covers several columns: those are uncertain, the others stand."""
    if len(counts) != 1 or sum(token.width for token in tokens) != min(counts):
        return None
    spread: list[Token] = []
    for token in tokens:
        spread += (
            [token]
            if token.width == 1
            else [
                Token("", token.place, token.piece, True, token.column, 1, merged=True)
                for _ in range(token.width)
            ]
        )
    return spread


@lru_cache(maxsize=256)
def _columns(table: str, row: str) -> tuple[tuple[Line, ...], ...]:
    """The columns of a row in each edition that prints it; of a group, those of its block."""
    return tuple(
        block.column_leaves
        for edition in all_editions()
        for block in edition.by_id[table].blocks
        if any(node.id == row for top in block.rows for node in top.walk())
    )


@lru_cache(maxsize=256)
def _all_columns(table: str, row: str) -> frozenset[str]:
    return frozenset(column.id for columns in _columns(table, row) for column in columns)


def _counts(table: str, row: str) -> set[int]:
    """How many figures the row has in some edition."""
    return {len(columns) for columns in _columns(table, row)}


@lru_cache(maxsize=256)
def _header_words(table: str, row: str) -> tuple[tuple[str, str], ...]:
    """(word of the header, column), the longest words first."""
    found: dict[str, str] = {}
    for columns in _columns(table, row):
        for column in columns:
            for text in (column.label, *column.variants):
                found.setdefault(_key_word(text), column.id)
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


def _key_word(label: str) -> str:
    """What is left of a column's label when its year, unit and 数量 are gone: 本年(2023)制发件数 → 制发."""
    bare = re.sub(r"\([^()]*\)", "", normal(label)).replace("/", "")
    bare = re.sub(r"^(?:20\d\d年度?|本年度?)", "", bare)
    return re.sub(r"(?:数量|件数|件|数)$", "", bare) or bare


def _drawn_header(table: str, row: str, segment: Segment) -> list[str]:
    """The column of each figure of a grid's row by what stands above it; "" over a column of somebody's own.

    [] unless every column of an edition is found exactly once.
    """
    if not segment.drawn or not segment.figures or not segment.words[: segment.own]:
        return []
    above = [token for token in segment.words[: segment.own] if token.table == segment.table]
    words = _header_words(table, row)
    found: list[str] = []
    for figure in segment.figures:
        left, right = figure.column, figure.column + figure.width
        over = "".join(
            normal(token.text)
            for token in above
            if token.column < right and token.column + token.width > left
        )
        text = re.sub(r"\([^()]*\)", "", over).replace("/", "")
        found.append(next((column for word, column in words if text and _ends_with(text, word)), ""))
    named = [column for column in found if column]
    blank = [figure.is_blank for figure in segment.figures]
    while found and not found[0] and blank[0]:
        del found[0], blank[0]  # the label's own columns, where a table does not merge them
    while found and not found[-1] and blank[-1]:
        del found[-1], blank[-1]
    return found if len(set(named)) == len(named) and _is_full(table, row, dict.fromkeys(named, 0)) else []


def _ends_with(text: str, word: str) -> bool:
    return text.endswith(word) or re.sub(r"(?:数量|件数|件|数)$", "", text).endswith(word)


_GROUP = re.compile(r"法人(?:或|和|及)?其他组织")


def _header(table: str, row: str, segment: Segment) -> list[str]:
    """The columns in their order, as the words above the row's label name them; [] where they do not."""
    own = len(segment.own_words[-_LAST_WORDS:]) if segment.own else 0
    above = segment.words[: len(segment.words) - own] if own else segment.words
    text = "".join(normal(token.text) for token in above if len(token.text) <= 120)[-600:]
    text = re.sub(r"\([^()]*\)", "", text).replace("/", "")
    for anchor in ("申请人情况", "信息内容"):
        if anchor in text:
            text = text[text.rindex(anchor) + len(anchor) :]
    words = _header_words(table, row)
    group = _GROUP.search(text)
    if group is not None:
        text = text[: group.start()] + "\n" * len(group[0]) + text[group.end() :]
    places: dict[str, int] = {}
    for word, column in words:
        at = text.find(word)
        if at >= 0 and column not in places:
            places[column] = at
            text = text[:at] + "\n" * len(word) + text[at + len(word) :]
    if group is None or not places:
        ordered = sorted(places, key=places.__getitem__)
        standard = any([column.id for column in columns] == ordered for columns in _columns(table, row))
        # Without the group's name a header of two levels cannot be told from one of another order.
        return ordered if _is_full(table, row, places) and (standard or table == "proactive") else []
    return _grouped(table, row, places, group.start())


def _is_full(table: str, row: str, places: Mapping[str, int]) -> bool:
    return any({column.id for column in columns} == set(places) for columns in _columns(table, row)) or (
        table == "proactive" and bool(places)
    )


def _grouped(table: str, row: str, places: Mapping[str, int], group: int) -> list[str]:
    """The order of columns under a header of two levels: the group's own stand where the group does."""
    if not _is_full(table, row, places):
        return []
    tops = next(
        block for e in all_editions() for block in e.by_id[table].blocks if block.column_leaves
    ).columns
    inside = {leaf.id for top in tops if top.parts for leaf in top.leaves}
    ordered: list[tuple[int, list[str]]] = [
        (at, [column]) for column, at in places.items() if column not in inside
    ]
    ordered.append((group, sorted(inside & set(places), key=places.__getitem__)))
    return [column for _, columns in sorted(ordered) for column in columns]
