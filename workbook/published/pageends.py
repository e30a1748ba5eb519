"""Where one page of a document ends and the next begins: numbers and running heads, which are no content."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from workbook.published.figuretext import bare, is_figure
from workbook.published.flow import Flow, Piece, TextLine
from workbook.published.wording import normal

_NUMBER = re.compile(
    r"\s*(?:[-—–－·]\s*\d{1,4}\s*[-—–－·]|第\s*\d{1,4}\s*页.{0,12}|P\.\s*\d{1,4}|Page\s+\d{1,4}(?:\s+-.*)?)\s*"
)
_OF = re.compile(r"\s*(?P<page>\d{1,3})\s*/\s*(?P<pages>\d{1,3})\s*", re.ASCII)
_HEAD = re.compile(r"政府信息公开(?:工作)?年度报告|政府信息公开年报")
_LONGEST = 60


def without_page_ends(flow: Flow, is_label: Callable[[str], bool]) -> Flow:
    """The flow without page numbers, and without the title where it stands again at a page's head.

    `is_label` says of a normalised text whether some table prints it as a row's label.
    """
    numbers = _page_numbers(flow.pieces)
    heads = _running_heads(flow.pieces, numbers, is_label) if flow.wrapped else set()
    gone = numbers | heads
    return replace(flow, pieces=[piece for at, piece in enumerate(flow.pieces) if at not in gone])


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
