"""VBA source made plain ASCII, so that it reads the same whatever code page a PC has.

VBA keeps its source in an ANSI code page, and each lacks some of our signs (〇 ㎡ ² ✓). A literal with any
sign beyond ASCII becomes a call, "校验" → U("6821 9A8C") without the space, of the function U in
`macros/modText.bas`, which puts the UTF-16 units together again. Comments lose what is not ASCII.
"""

from __future__ import annotations

import re

from addin.build.ovba import CONTINUATION_LIMIT, LINE_LIMIT
from workbook.problems import BrokenDefinition

# A literal ends at a quotation mark that is not doubled; a comment runs to the end of its line.
_PIECE = re.compile(
    r"(?P<literal>\"(?:[^\"]|\"\")*\")|(?P<comment>'.*|\brem\b.*)|(?P<open>\")|(?P<code>[^\"'\w]|\w+)",
    re.IGNORECASE,
)
# Where VBA wants a constant, a call cannot stand.
_CONSTANT_ONLY = re.compile(
    r"\s*(?:attribute\b|#|(?:(?:public|private|global)\s+)?const\b|.*\boptional\b|.*\bconst\b)", re.IGNORECASE
)


def lowered(source: str, name: str) -> str:
    """Source (line feeds only) without a sign beyond ASCII.

    BrokenDefinition, with `name` and the line, where that is impossible, and where a line or statement
    becomes longer than VBA takes.
    """
    lines = []
    statement: list[str] = []
    for number, line in enumerate(source.split("\n"), 1):
        statement = [*statement, line]
        where = f"{name}:{number}"
        plain = line if line.isascii() else _lowered_line(line, " ".join(statement), where)
        if len(plain) > LINE_LIMIT:
            raise BrokenDefinition(f"{where}: {len(plain)} characters, a VBA line holds {LINE_LIMIT}")
        if not plain.endswith(" _"):
            statement = []
        elif len(statement) > CONTINUATION_LIMIT:
            raise BrokenDefinition(
                f"{where}: a VBA statement is continued at most {CONTINUATION_LIMIT} times"
            )
        lines.append(plain)
    return "\n".join(lines)


def _lowered_line(line: str, statement: str, where: str) -> str:
    out = []
    for piece in _PIECE.finditer(line):
        text = piece[0]
        if text.isascii():
            out.append(text)
        elif piece["literal"]:
            if _CONSTANT_ONLY.match(statement):
                raise BrokenDefinition(f"{where}: {text} stands where VBA wants a constant; use a function")
            out.append(_call(text[1:-1].replace('""', '"')))
        elif piece["comment"]:
            out.append(text.encode("ascii", "ignore").decode("ascii"))
        else:
            raise BrokenDefinition(f"{where}: {text!r} outside a literal or comment")
    return "".join(out).rstrip()


def _call(text: str) -> str:
    return f'U("{text.encode("utf-16-be").hex().upper()}")'
