"""Plain text and Markdown as lines; the encoding is told from the bytes."""

from __future__ import annotations

import re

from workbook.form.filing import Place
from workbook.problems import UnusableInput
from workbook.published.flow import Flow, Piece, TextLine

_MOST_LINES = 200_000
_LONGEST = 20_000  # characters kept of one line
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
    for page in text.split("\f"):
        lines = page.split("\n")
        for line in lines:
            number += 1
            if number > _MOST_LINES:
                raise UnusableInput(f"“{name}”超过{_MOST_LINES}行，不像是一份年报。")
            shown = line[:_LONGEST]
            if markdown:
                shown = _MARKDOWN.sub("", shown).replace("**", "")
            pieces.append(TextLine(shown, Place(f"第{number}行", ""), indented=_is_indented(shown)))
        number -= 1  # the page's end is no line of its own
    return Flow(name, pieces, wrapped=not markdown)


def _is_indented(line: str) -> bool:
    return line.startswith(("　　", "\u2003\u2003"))
