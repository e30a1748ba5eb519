"""How much room a wrapped Chinese text takes: programs do not fit a row that a file has just filled."""

from __future__ import annotations

import math

TALLEST_ROW = 409.0  # points, Excel's limit
STANDARD_WIDTH = 8.43


def column_points(width: float) -> float:
    """Points that a column of that width (in characters of the book's standard font) has for text."""
    return (width * 7 + 5) * 0.75 - 5


def lines_needed(text: str, points: float, size: float) -> int:
    """Lines a text takes at a font size; a full-width sign is as wide as it is high, ASCII half of that."""
    room = max(1.0, points / size)
    lines = 0
    for piece in text.split("\n"):
        wide = sum(0.55 if ord(sign) < 0x2E80 and sign not in "“”‘’—…·" else 1.0 for sign in piece)
        # A punctuation mark may not begin a line, so that about every other line loses a sign.
        lines += max(1, math.ceil(wide / max(1.0, math.floor(room) - (0.5 if room > 8 else 0.0))))
    return lines


def text_height(text: str, points: float, size: float, padding: float = 4) -> float:
    """Height in points of a wrapped text; not limited to what one row can have."""
    return lines_needed(text, points, size) * line_height(size) + padding


def line_height(size: float) -> float:
    """Height of one line; generous, because substitutes for 仿宋 and 宋体 stand taller."""
    return round(size * 1.45, 2)
