"""Where one page of a document ends and the next begins: numbers and running heads, which are no content."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from workbook.published.figuretext import bare, is_figure
from workbook.published.flow import Cell, Flow, Piece, TableRow, TextLine
from workbook.published.wording import normal

_NUMBER = re.compile(
    r"\s*(?:[-—–－·]\s*\d{1,4}\s*[-—–－·]|第\s*\d{1,4}\s*页.{0,12}|P\.\s*\d{1,4}|Page\s+\d{1,4}(?:\s+-.*)?)\s*"
)
_OF = re.compile(r"\s*(?P<page>\d{1,3})\s*/\s*(?P<pages>\d{1,3})\s*", re.ASCII)
_HEAD = re.compile(r"政府信息公开(?:工作)?年度报告|政府信息公开年报")
_LONGEST = 60


def without_page_ends(flow: Flow, is_label: Callable[[str], bool]) -> Flow:
    """The flow without page numbers, and without the title where it stands again at a page's head.

    A ruled row that the page's end divides is one again, a figure of which half stands on either page none.
    `is_label` says of a normalised text whether some table prints it as a row's label.
    """
    numbers = _page_numbers(flow.pieces)
    heads = _running_heads(flow.pieces, numbers, is_label) if flow.wrapped else set()
    gone = numbers | heads
    pieces = [piece for at, piece in enumerate(flow.pieces) if at not in gone]
    return replace(flow, pieces=list(_rows_joined(pieces, is_label)))


def _page_numbers(pieces: Sequence[Piece]) -> set[int]:
    short = {
        at: piece.text
        for at, piece in enumerate(pieces)
        if isinstance(piece, TextLine) and len(piece.text) < _LONGEST
    }
    found = {at for at, text in short.items() if _NUMBER.fullmatch(text)}
    # "3 / 9" may be figures with a stroke between them: only in turn and of one number are they pages.
    parts = {at: match for at, text in short.items() if (match := _OF.fullmatch(text))}
    pages = Counter(match["pages"] for match in parts.values())
    for whole, times in pages.items():
        ofs = {at: int(match["page"]) for at, match in parts.items() if match["pages"] == whole}
        turns = list(ofs.values())
        if times > 1 and turns == list(range(turns[0], turns[0] + times)) and turns[-1] <= int(whole):
            found |= set(ofs)
    return found


def _running_heads(pieces: Sequence[Piece], numbers: set[int], is_label: Callable[[str], bool]) -> set[int]:
    """Later copies of the title beside a page number or amid a table."""
    found: set[int] = set()
    seen: set[str] = set()
    for at, piece in enumerate(pieces):
        if not isinstance(piece, TextLine) or len(piece.text) >= _LONGEST or not _HEAD.search(piece.text):
            continue
        text = normal(piece.text)
        if text in seen:
            around = [_next(pieces, at, step) for step in (-1, 1)]
            if any(
                near in numbers or _is_cell(pieces[near], is_label) for near in around if near is not None
            ):
                found.add(at)
        seen.add(text)
    return found


def _next(pieces: Sequence[Piece], at: int, step: int) -> int | None:
    """The nearest piece that is not a blank line."""
    at += step
    while 0 <= at < len(pieces):
        piece = pieces[at]
        if not isinstance(piece, TextLine) or bare(piece.text):
            return at
        at += step
    return None


def _is_cell(piece: Piece, is_label: Callable[[str], bool]) -> bool:
    return not isinstance(piece, TextLine) or is_figure(piece.text.strip()) or is_label(normal(piece.text))


def _rows_joined(pieces: Sequence[Piece], is_label: Callable[[str], bool]) -> Iterator[Piece]:
    before: Piece | None = None
    for piece in pieces:
        if (
            isinstance(before, TableRow)
            and isinstance(piece, TableRow)
            and _is_divided(before, piece, is_label)
        ):
            before = _joined(before, piece)
            continue
        if before is not None:
            yield before
        before = piece
    if before is not None:
        yield before


def _is_divided(one: TableRow, other: TableRow, is_label: Callable[[str], bool]) -> bool:
    """Whether a row goes on at the head of the next page's table: with its label's rest, or figures alone.

    Cells are held against each other from the right: what reaches over the page's end stands there anew.
    """
    if not (one.drawn and other.drawn) or one.table == other.table:
        return False
    for here, there in zip(reversed(one.cells), reversed(other.cells), strict=False):
        if _is_blank_or_figure(here) and _is_blank_or_figure(there):
            continue
        return bool(here.text and there.text) and is_label(normal(here.text + there.text))
    rest = [cell.text for cell in other.cells if bare(cell.text)]
    return bool(rest) and len(one.cells) == len(other.cells) and all(map(is_figure, rest))


def _is_blank_or_figure(cell: Cell) -> bool:
    return not bare(cell.text) or is_figure(cell.text)


def _joined(one: TableRow, other: TableRow) -> TableRow:
    cells = list(one.cells)
    for back in range(1, min(len(one.cells), len(other.cells)) + 1):
        here, there = one.cells[-back], other.cells[-back].text
        gap = "\n" if there and is_figure(there) else ""
        cells[-back] = replace(here, text=here.text + gap + there)
    return replace(one, cells=tuple(cells))
