"""表二 and 表三 out of a document: rows by their labels, columns by their header and its order.

No row is ever shifted in silence. Where a row has fewer or more figures than its header has columns and
nothing tells which is which, every figure of that row is uncertain, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from workbook.published.figuretext import read_figure
from workbook.published.rowcolumns import LAST_WORDS, all_columns, drawn_columns, header_columns
from workbook.published.rowplacing import PendingRow, place, style_of
from workbook.published.rowreading import Figure, RowReading, TableReading
from workbook.published.rowtrust import adds_up, doubt_unconfirmed
from workbook.published.segments import Segment, Token
from workbook.published.wording import Node, likeness, normal, row_nodes

_TAIL = 6  # characters that may stand between a label and its figures: a group's name printed vertically
_APART, _PIECES_APART = 8, 160  # segments and pieces between two rows of one table
_NEARNESS = 0.0005
_GOOD = 0.9
_NUMBERED = re.compile(r"(?<!\d)\d[.](?!\d)|\([一二三四五六七]\)|(?:(?<=^)|(?<=[^、]))[一二四]、")
_STUCK = re.compile(r"[\d/无—-]+$")
_LEAST_BEGUN, _LONGEST_BEGUN = 3, 60  # characters of a label that goes on behind its figures
_LEAST = {"proactive": 2, "applications": 3}


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
    tokens = [token for token in segment.own_words if len(token.text) <= 240][-LAST_WORDS:]
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
    begun = _begun("".join(rest), nodes)
    if begun is not None:
        return [(index, _GOOD, text) for index in begun]
    scored = [(index, likeness(node, rest), text) for index, node in enumerate(nodes)]
    best = max((score for _, score, _ in scored), default=0.0)
    return [item for item in scored if item[1] > 0 and item[1] >= best - 0.02]


def _begun(text: str, nodes: Sequence[Node]) -> list[int] | None:
    """The rows whose labels begin where the words number one last; None where none is cut off there.

    Of a label wrapped beside its figures the rest follows them, and stands before the next label: that rest
    names no row of its own (法律行政法规禁止公开 3.危及). A figure may be stuck to what is cut off.
    """
    starts = [match.start() for match in _NUMBERED.finditer(text)]
    if not starts or len(text) - starts[-1] > _LONGEST_BEGUN:
        return None
    end = _STUCK.sub("", text[starts[-1] :])
    if len(end) < _LEAST_BEGUN:
        return None
    found = [
        index
        for index, node in enumerate(nodes)
        if any(label.startswith(end) and label != end for label in node.labels)
    ]
    return found or None


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
    first = segments[chain[0][0]]
    header: list[str] = []
    waiting: list[PendingRow] = []
    for number, index, score, label in chain:
        segment = segments[number]
        node = nodes[index]
        aligned = drawn_columns(table, node.id, segment)
        here = [column for column in aligned if column] or header_columns(table, node.id, segment)
        known = all_columns(table, node.id)
        header = here or [column for column in header if not column or column in known]
        where = (segment.own_words or segment.figures)[-1].place
        row = RowReading(node, label, where, score, celled=segment.celled, columns=header)
        waiting.append(PendingRow(table, row, segment, number, header, aligned))
    style = style_of(waiting)
    last = first.last_piece
    for pending in waiting:
        tokens = _with_rest(pending, segments)
        last = max(last, pending.segment.last_piece, tokens[-1].piece if tokens else 0)
        place(pending, tokens, style)
        if len(tokens) == len(pending.segment.figures):
            _doubt_broken_end(pending, segments)
            _doubt_broken_figures(pending, segments)
    doubt_unconfirmed(waiting)
    rows = {pending.row.node.id: pending.row for pending in waiting}
    if table == "applications" and not waiting[0].columns:
        _doubt_unknown_order(rows)
    head = first.words[: len(first.words) - len(first.own_words)] if first.own else first.words
    return TableReading(table, rows, first.first_piece, last, head)


def _with_rest(pending: PendingRow, segments: Sequence[Segment]) -> list[Token]:
    """A row's figures, with those on a line of their own below where only both together are enough."""
    tokens = list(pending.segment.figures)
    after = pending.number + 1
    if pending.segment.celled or len(tokens) in pending.counts or after >= len(segments):
        return tokens
    following = segments[after]
    if following.alone and not following.words and len(tokens) + len(following.figures) in pending.counts:
        return tokens + following.figures
    return tokens


def _doubt_broken_end(pending: PendingRow, segments: Sequence[Segment]) -> None:
    """A number alone below a row may be the rest of its last figure: then that one is uncertain."""
    row = pending.row
    after = segments[pending.number + 1] if pending.number + 1 < len(segments) else None
    if after is None or not after.alone or after.words or after.drawn or len(after.figures) > 1:
        return
    if after.first_piece - pending.segment.last_piece > 2 or adds_up(pending) is True:
        return
    last = row.figures[list(row.figures)[-1]] if row.figures else row.loose[-1] if row.loose else None
    if last is not None and (not last.text or read_figure(last.text)[0]):
        why = f"下一行单有一个数（{after.figures[0].text[:20]}），可能是这一格断开的"
        if isinstance(last, Figure):
            last.why = last.why or why
        else:
            row.loose, row.why = [], why


def _doubt_broken_figures(pending: PendingRow, segments: Sequence[Segment]) -> None:
    """Where a wrapped label goes on below with figures beside it, those are the rests of wrapped figures."""
    after = segments[pending.number + 1] if pending.number + 1 < len(segments) else None
    if after is None or pending.segment.celled or not after.words or after.celled:
        return
    rest = "".join(normal(token.text) for token in after.words)
    row = pending.row
    if len(after.figures) < min(pending.counts) and any(rest in label for label in row.node.labels):
        row.figures, row.loose = {}, []
        row.why = row.why or "这一行有数字折成两行，分不清怎样相接"


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
