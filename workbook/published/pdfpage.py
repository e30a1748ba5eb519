"""The pieces of a PDF's pages: rows of ruled tables, and the lines of text around them.

Real spaces are kept; the gap that a word processor sets between Chinese and Latin signs is none. A gap as
wide as a column's is written as two spaces, so that tables without rules can be read as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Char = Mapping[str, Any]
Box = tuple[float, float, float, float]  # left, top, right, bottom in points, from the page's upper left

_MOST_RULES = 20_000  # lines and boxes of one page; a full 表三 has 250
_EDGE = 0.08  # of a page's height: where page numbers stand
_NEAR = 2.5  # points


@dataclass(slots=True)
class Line:
    """One line of text with where it stands."""

    text: str
    left: float
    top: float
    right: float
    size: float


@dataclass(slots=True)
class Row:
    """A row of a ruled table: (text, column, width, merged from above) of each cell."""

    cells: list[tuple[str, int, int, bool]]
    top: float
    table: int
    number: int


def page_parts(page: Any) -> tuple[list[Line], list[Row], int]:
    """Lines, table rows and the number of large pictures of one page."""
    chars = [char for char in page.chars if str(char["text"]).strip() or char["text"] == " "]
    rows: list[Row] = []
    taken: list[Box] = []
    if 4 <= len(page.rects) + len(page.lines) + len(page.curves) <= _MOST_RULES:
        for number, table in enumerate(page.find_tables(), start=1):
            found, boxes = _table_rows(table, chars, number)
            rows += found
            taken += boxes
    loose = [char for char in chars if not any(_inside(char, box) for box in taken)]
    lines = [line for line in lines_of(loose) if not _is_page_number(line, float(page.height))]
    wide = sum(1 for image in page.images if image["x1"] - image["x0"] > 0.4 * float(page.width))
    return lines, rows, wide


def _is_page_number(line: Line, height: float) -> bool:
    at_edge = line.top < _EDGE * height or line.top > (1 - _EDGE) * height
    bare = line.text.strip(" -—–·第页/共")
    return at_edge and bare.isdigit() and len(bare) <= 4


# --- ruled tables -----------------------------------------------------------------------------------


def _table_rows(table: Any, chars: Sequence[Char], number: int) -> tuple[list[Row], list[Box]]:
    """The rows of two cells or more, and the boxes they take up."""
    boxes: list[Box] = [tuple(cell) for cell in table.cells]
    edges = _edges([box[0] for box in boxes] + [box[2] for box in boxes])
    tops = _edges([box[1] for box in boxes] + [box[3] for box in boxes])
    by_row: dict[int, list[tuple[Box, bool]]] = {}
    for box in boxes:
        first, last = _index(tops, box[1]), _index(tops, box[3])
        for row in range(first, max(last, first + 1)):
            by_row.setdefault(row, []).append((box, row > first))
    within = [char for char in chars if _inside(char, table.bbox)]
    contents: dict[Box, list[Char]] = {box: [] for box in boxes}
    for char in within:
        home = next((box for box in boxes if _inside(char, box)), None)
        if home is not None:
            contents[home].append(char)
    texts = {box: "\n".join(line.text.strip() for line in lines_of(found)) for box, found in contents.items()}
    rows: list[Row] = []
    taken: list[Box] = []
    for row in sorted(by_row):
        members = sorted(by_row[row])
        own = [box for box, merged in members if not merged]
        if len(members) < 2 or not own:
            continue
        cells = []
        for box, merged in members:
            column = _index(edges, box[0])
            width = max(1, _index(edges, box[2]) - column)
            cells.append(("" if merged else texts[box], column, width, merged))
        rows.append(Row(cells, tops[row], number, len(rows) + 1))
        taken += own
    return rows, taken


def _edges(values: list[float]) -> list[float]:
    """Positions of rules, those that are one line to the eye taken together."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _index(edges: list[float], value: float) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - value))


def _inside(char: Char, box: Sequence[float]) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])


# --- lines ------------------------------------------------------------------------------------------


def lines_of(chars: Sequence[Char]) -> list[Line]:
    """Characters as lines, top to bottom."""
    groups: list[list[Char]] = []
    for char in sorted(chars, key=lambda item: (item["top"] + item["bottom"], item["x0"])):
        middle = (char["top"] + char["bottom"]) / 2
        size = char["bottom"] - char["top"]
        if groups:
            last = groups[-1][0]
            known = (last["top"] + last["bottom"]) / 2
            if abs(middle - known) <= 0.45 * max(size, last["bottom"] - last["top"], 1.0):
                groups[-1].append(char)
                continue
        groups.append([char])
    return [
        line for group in groups if (line := _line(sorted(group, key=lambda item: item["x0"]))) is not None
    ]


def _line(chars: list[Char]) -> Line | None:
    parts: list[str] = []
    before: Char | None = None
    for char in chars:
        if before is not None:
            if char["text"] == before["text"] and abs(char["x0"] - before["x0"]) < 0.6:
                continue  # bold made by printing twice
            gap = char["x0"] - before["x1"]
            size = max(char["bottom"] - char["top"], 1.0)
            if gap > 1.3 * size:
                parts.append("  ")
            elif gap > 0.25 * size and _is_latin(before["text"]) and _is_latin(char["text"]):
                parts.append(" ")
        parts.append(str(char["text"]))
        before = char
    text = "".join(parts).rstrip()
    if not text.strip():
        return None
    shown = [char for char in chars if char["text"].strip()]
    return Line(
        text.lstrip(),
        shown[0]["x0"],
        min(char["top"] for char in shown),
        shown[-1]["x1"],
        max(char["bottom"] - char["top"] for char in shown),
    )


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()
