"""What a value is on its way between Python, xlwings and a LibreOffice cell. Pure Python, no UNO.

LibreOffice knows numbers and texts only: dates and booleans are numbers with a format, errors are gaps.
"""

from __future__ import annotations

import datetime as dt
import math
import numbers
import re
from collections.abc import Callable, Sequence
from typing import Any

ERRORS = {
    32767: "#N/A",
    532: "#DIV/0!",
    524: "#REF!",
    525: "#NAME?",
    519: "#VALUE!",
    502: "#VALUE!",
    504: "#REF!",
    503: "#NUM!",
    521: "#NULL!",
}
"""LibreOffice's error numbers as Excel's errors; any other is shown as #VALUE!."""

SYNTAX_ERRORS = frozenset({501, *range(507, 518), 520})
"""Error numbers of a formula that cannot be read at all; Excel refuses to take it."""

_DAY = 86_400
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d+)?|[+-]?\.\d+")


class CellError(str):
    """An error value such as #REF! between the block read and xlwings' cleaning."""

    __slots__ = ()


def error_value(number: int) -> CellError:
    """LibreOffice's error number as the error Excel would show."""
    return CellError(ERRORS.get(number, "#VALUE!"))


def from_serial(serial: float, null_date: dt.datetime) -> dt.datetime:
    """A cell's day number as a date, to the millisecond (a float's day has no more to give)."""
    return null_date + dt.timedelta(seconds=round(serial * _DAY, 3))


def to_serial(moment: dt.date, null_date: dt.datetime) -> float:
    """A date or datetime as a day number; a time zone is dropped, as Excel has none."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    passed = moment.replace(tzinfo=None) - null_date
    return passed.days + (passed.seconds + passed.microseconds / 1e6) / _DAY


def typed(text: str) -> str | float | bool:
    """A text as Excel takes it when it is assigned to a cell that is not formatted as text.

    "12" and "1,234" become numbers, "TRUE" a boolean, "'12" the text 12. Dates, times, percentages and
    amounts of money stay text here, where Excel would guess by the language of the PC.
    """
    if text.startswith("'"):
        return text[1:]
    if _NUMBER.fullmatch(text.strip()):
        return float(text.replace(",", ""))
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    return text


def prepare(value: Any, _options: Any = None) -> Any:
    """xlwings' hook before writing: a Python value as the block writer takes it.

    None and not-a-number become "", every kind of number a float; text, dates and booleans pass.
    """
    if value is None:
        return ""
    if isinstance(value, str | bool | dt.date):
        return value
    if hasattr(value, "item"):  # a numpy scalar, without importing numpy for it
        return prepare(value.item())
    if isinstance(value, numbers.Number):
        number = float(value)  # type: ignore[arg-type]
        return "" if math.isnan(number) else number
    return value


def clean(
    data: Sequence[Sequence[Any]],
    build_date: Callable[..., Any],
    empty: Any,
    build_number: Callable[[float], Any] | None,
    error_as_text: bool,
) -> list[list[Any]]:
    """xlwings' hook after reading: apply its options (dates, empty, numbers, err_to_str) to a block."""

    def one(value: Any) -> Any:
        if type(value) is float:
            return value if build_number is None else build_number(value)
        if value is None or value == "":
            return empty
        if type(value) is CellError:
            return str(value) if error_as_text else None
        if isinstance(value, dt.datetime):
            return build_date(
                year=value.year,
                month=value.month,
                day=value.day,
                hour=value.hour,
                minute=value.minute,
                second=value.second,
                microsecond=value.microsecond,
                tzinfo=None,
            )
        return value

    return [[one(value) for value in row] for row in data]


def constant_text(value: Any) -> str:
    """A constant as Range.formula shows it: "" for a blank, 5 without a decimal point, TRUE."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return "" if value is None else str(value)
