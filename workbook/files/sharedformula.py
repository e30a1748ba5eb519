"""A shared formula is written once, at its first cell; the others show it moved to their own place."""

from __future__ import annotations

import re

from workbook.files.grid import MAX_COLUMN, MAX_ROW, Position, column_letters, column_number

# Strings and quoted sheet names are passed over whole; a name, function or number is no reference.
_PIECE = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*'|\[[^\]]*\])"""
    r"""|(?<![\w.$])(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})(?![\w.(!])"""
    r"""|(?<![\w.$])(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})(?![\w.(!$])"""
    r"""|(?<![\w.$])(\$?)([1-9][0-9]{0,6}):(\$?)([1-9][0-9]{0,6})(?![\w.(!$])"""
)


def moved(formula: str, origin: Position, place: Position) -> str:
    """The formula of `origin` as `place` shows it: relative rows and columns move, "$" ones stay."""
    down, right = place.row - origin.row, place.column - origin.column

    def column(fixed: str, letters: str) -> str:
        if fixed:
            return "$" + letters
        # Excel wraps around at the sheet's edge.
        return column_letters((column_number(letters) - 1 + right) % MAX_COLUMN + 1)

    def row(fixed: str, number: str) -> str:
        return "$" + number if fixed else str((int(number) - 1 + down) % MAX_ROW + 1)

    def shift(match: re.Match[str]) -> str:
        passed, c1, letters, r1, number, c2, left, c3, right_, r2, top, r3, bottom = match.groups()
        if passed:
            return str(passed)
        if letters:
            return column(c1, letters) + row(r1, number)
        if left:
            return f"{column(c2, left)}:{column(c3, right_)}"
        return f"{row(r2, top)}:{row(r3, bottom)}"

    return _PIECE.sub(shift, formula)
