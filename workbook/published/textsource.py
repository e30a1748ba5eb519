"""Plain text and Markdown as lines; the encoding is told from the bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbook.form.filing import Place
from workbook.problems import UnusableInput
from workbook.published.flow import Flow, Piece, TextLine

_MOST_LINES = 200_000
_LONGEST = 20_000  # characters kept of one line
_BARE_NUMBER = re.compile(r"\s*\d{1,3}\s*", re.ASCII)
_MARKDOWN = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?|[*+]\s+)")


def text_of(data: bytes, name: str) -> str:
    """Bytes as text: UTF-8, UTF-16 with its mark, else GB 18030. Raises UnusableInput for neither."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(codec, "replace")
    for codec in ("utf-8", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise UnusableInput(f"“{name}”的文字编码无法识别，请另存为UTF-8后再试。")


def text_flow(data: bytes, name: str, *, markdown: bool = False) -> Flow:
    """The lines of a text file. Raises UnusableInput."""
    text = text_of(data, name).replace("\r\n", "\n").replace("\r", "\n")
    pieces: list[Piece] = []
    number = 0
    pages = [page.split("\n") for page in text.split("\f")]
    numbered = _page_numbers(pages)
    for page, lines in enumerate(pages):
        for at, line in enumerate(lines):
            number += 1
            if (page, at) in numbered:
                continue
            if number > _MOST_LINES:
                raise UnusableInput(f"“{name}”超过{_MOST_LINES}行，不像是一份年报。")
            shown = line[:_LONGEST]
            if markdown:
                shown = _MARKDOWN.sub("", shown).replace("**", "")
            pieces.append(TextLine(shown, Place(f"第{number}行", ""), indented=_is_indented(shown)))
        number -= 1  # the page's end is no line of its own
    return Flow(name, pieces, wrapped=not markdown)


def _page_numbers(pages: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    """The lines (page, line) that are page numbers: bare ones at the end or the top of each page, in turn."""
    found: set[tuple[int, int]] = set()
    for step in (-1, 1):
        edges: list[tuple[int, int]] = []
        turns: set[int] = set()
        for page, lines in enumerate(pages[:-1] if step < 0 else pages[1:], start=0 if step < 0 else 1):
            filled = [at for at, line in enumerate(lines) if line.strip()]
            if not filled:
                continue
            at = filled[-1 if step < 0 else 0]
            if _BARE_NUMBER.fullmatch(lines[at]):
                edges.append((page, at))
                turns.add(int(lines[at]) - page)
            else:
                turns.add(-1_000)
        if len(edges) > 1 and len(turns) == 1:
            found |= set(edges)
    return found


def _is_indented(line: str) -> bool:
    return line.startswith(("　　", "\u2003\u2003"))
