"""From what was typed to a figure: the value where it can be read, and what is odd about it.

Reading is forgiving (a clerk sees everything at once), but blank is never 0 and nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache

from workbook.files.grid import Cell, Kind


class Oddity(Enum):
    """Why a figure is missing or was not simply a number; the CEL rules speak of each."""

    __hash__ = object.__hash__  # asked for every figure; Enum's own hashes the name anew each time

    NONE = "none"
    BLANK = "blank"
    PLACEHOLDER = "placeholder"  # "/", "－", 无 …: the value is unknown
    AS_TEXT = "as_text"  # "251000元", "1,234", "５": read, and said
    NOT_A_NUMBER = "not_a_number"
    DATE = "date"  # the program turned 1-2 into 1月2日: the figure is lost
    ERROR = "error"  # #REF! …
    UNCALCULATED = "uncalculated"  # a formula no program has calculated yet
    STALE = "stale"  # the stored value is not what the cell's own formula gives


PLACEHOLDERS = frozenset({
    "/", "\\", "╱", "-", "--", "—", "——", "－", "–", "―", "无", "無",
    "不适用", "N/A", "NA", "n/a", "#N/A", "○",
})  # fmt: skip

# More than this no office counts; beyond 15 digits a spreadsheet no longer holds a number exactly.
_LARGEST_DIGIT = 14
_FINEST_DIGIT = -12  # what is smaller is left over from binary arithmetic

_UNITS = "件个宗份起条项元次人"
_FIGURE = re.compile(
    rf"(?P<sign>[+\-−]|负|减少?|增加?|增长)?(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+)(?P<decimals>\.\d+)?(?P<unit>万元|亿元|万|[{_UNITS}])?",
    re.ASCII,
)
_MINUS = frozenset({"-", "−", "负", "减", "减少"})

# `Decimal` alone would also take "1_000", "１２３" and "٣".
_STORED = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def read_text(text: str) -> tuple[Decimal | None, Oddity]:
    """A figure from typed text: its value where the text holds exactly one number, and what is odd."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    if not bare:
        return None, Oddity.BLANK
    if bare in PLACEHOLDERS or text.strip() in PLACEHOLDERS:
        return None, Oddity.PLACEHOLDER
    match = _FIGURE.fullmatch(bare)
    if not match or match["unit"] in {"亿元", "万"}:
        return None, Oddity.NOT_A_NUMBER
    value = read_number(match["digits"].replace(",", "") + (match["decimals"] or ""))
    if value is None:
        return None, Oddity.NOT_A_NUMBER
    return (-value if match["sign"] in _MINUS else value), Oddity.AS_TEXT


def is_stored_number(text: str) -> bool:
    """Whether a text is what a number's cell may hold."""
    return _STORED.fullmatch(text) is not None


def read_number(text: str) -> Decimal | None:
    """A stored number's digits as a Decimal: shortest form, binary noise (0.30000000000000004) dropped.

    None for what is no finite number of an office's size. Small figures recur, and are the same object.
    """
    return _small_number(text) if len(text) <= _SMALL else _number(text)


def _number(text: str) -> Decimal | None:
    if not _STORED.fullmatch(text):
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value or value.adjusted() < _FINEST_DIGIT:
        return Decimal(0)
    if value.adjusted() > _LARGEST_DIGIT:  # compared by digits: abs() of 1E+999999999 overflows
        return None
    if len(value.as_tuple().digits) > 15 and value != value.to_integral_value():
        value = Decimal(format(value, ".15g"))
    if value == value.to_integral_value():
        return value.to_integral_value() + 0  # 3.0 → 3, -0 → 0
    return value.normalize()


_SMALL = 12  # characters
_small_number = lru_cache(maxsize=16_384)(_number)


def read_cell(cell: Cell | None) -> tuple[Decimal | None, Oddity]:
    """A figure from a workbook cell (None: nothing there)."""
    if cell is None:
        return None, Oddity.BLANK
    match cell.kind:
        case Kind.NUMBER:
            value = read_number(cell.text)
            return value, (Oddity.NONE if value is not None else Oddity.NOT_A_NUMBER)
        case Kind.TEXT:
            return read_text(cell.text)
        case Kind.DATE:
            return None, Oddity.DATE
        case Kind.ERROR:
            return None, Oddity.ERROR
        case Kind.UNCALCULATED:
            return None, Oddity.UNCALCULATED
        case Kind.LOGICAL:
            return None, Oddity.NOT_A_NUMBER


def figure(value: Decimal) -> str:
    """A value as a Chinese report prints it: no exponent, no trailing zeros, no grouping.

    What no cell can hold is left as it was written: 1E+999999999 spelt out fills the memory.
    """
    if value.is_finite() and abs(value.adjusted()) > 30:
        return str(value) if value else "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
