"""Which number formats show a date or time, and what a person then sees in the cell.

A workbook stores a date as a count of days; only the cell's number format says that it is one.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import Flag, auto


class Shows(Flag):
    """The parts of a moment a number format puts on the screen."""

    NOTHING = 0
    YEAR = auto()
    MONTH = auto()
    DAY = auto()
    WEEKDAY = auto()
    HOUR = auto()
    MINUTE = auto()
    SECOND = auto()
    HALF_DAY = auto()  # 上午/下午
    ELAPSED = auto()  # [h]: hours go on past 24


_Y, _M, _D = Shows.YEAR, Shows.MONTH, Shows.DAY
_H, _MI, _S = Shows.HOUR, Shows.MINUTE, Shows.SECOND
_DATE, _CLOCK = _Y | _M | _D | Shows.WEEKDAY, _H | _MI | _S

# Formats without a code in the file; 27–36 and 50–58 as Chinese Excel shows them.
BUILT_IN: dict[int, Shows] = {
    14: _Y | _M | _D,
    15: _Y | _M | _D,
    16: _M | _D,
    17: _Y | _M,
    18: _H | _MI | Shows.HALF_DAY,
    19: _H | _MI | _S | Shows.HALF_DAY,
    20: _H | _MI,
    21: _H | _MI | _S,
    22: _Y | _M | _D | _H | _MI,
    27: _Y | _M,
    28: _M | _D,
    29: _M | _D,
    30: _Y | _M | _D,
    31: _Y | _M | _D,
    32: _H | _MI,
    33: _H | _MI | _S,
    34: _H | _MI | Shows.HALF_DAY,
    35: _H | _MI | _S | Shows.HALF_DAY,
    36: _Y | _M,
    45: _MI | _S,
    46: _H | _MI | _S | Shows.ELAPSED,
    47: _MI | _S,
    50: _Y | _M,
    51: _M | _D,
    52: _Y | _M,
    53: _M | _D,
    54: _M | _D,
    55: _H | _MI | Shows.HALF_DAY,
    56: _H | _MI | _S | Shows.HALF_DAY,
    57: _Y | _M,
    58: _M | _D,
}

_TOKEN = re.compile(
    r'"[^"]*"?'  # quoted text
    r"|\\.|_.|\*."  # escaped, space as wide as, fill with
    r"|\[(?P<elapsed>h+|m+|s+)\]"
    r"|\[[^\]]*\]?"  # colour, condition, locale
    r"|(?P<general>general|g/通用格式)"
    r"|(?P<half>am/pm|a/p|上午/下午)"
    r"|(?P<scientific>e[+-])"
    r"|(?P<letters>y+|m+|d+|h+|s+|a{3,4}|e+|g+|b+)"
    r"|(?P<end>;)"
    r"|.",
    re.IGNORECASE | re.DOTALL,
)
_LETTER = {"y": _Y, "e": _Y, "g": _Y, "b": _Y, "h": _H, "s": _S}
_LONGEST_CODE = 1_000  # Excel's own limit is about 250


def shows(code: str) -> Shows:
    """What a number format code puts on the screen of a moment; NOTHING if it is no date format.

    Only the first section counts: a date is a positive number.
    """
    found = Shows.NOTHING
    minutes_next = False  # "m" is minutes after hours and before seconds, else months
    months_last = False
    months = 0
    for match in _TOKEN.finditer(code[:_LONGEST_CODE]):
        group, token = match.lastgroup, match[0].lower()
        if group == "end":
            break
        if group in ("general", "scientific"):
            return Shows.NOTHING
        if group == "elapsed":
            part = {"h": _H, "m": _MI, "s": _S}[token[1]]
            found |= part | Shows.ELAPSED
            minutes_next, months_last = part is _H, False
        elif group == "half":
            found |= Shows.HALF_DAY
        elif group == "letters":
            if token[0] == "m":
                found |= _MI if minutes_next else _M
                months += not minutes_next
                months_last, minutes_next = not minutes_next, False
                continue
            if token[0] == "s" and months_last:  # "mm:ss": those were minutes after all
                months -= 1
                found = (found if months else found & ~_M) | _MI
            found |= _letters(token)
            minutes_next, months_last = token[0] == "h", False
    return found if found & (_DATE | _CLOCK) else Shows.NOTHING


def _letters(token: str) -> Shows:
    if token[0] == "d":
        return _D if len(token) <= 2 else Shows.WEEKDAY
    return Shows.WEEKDAY if token[0] == "a" else _LETTER[token[0]]


_FIRST = datetime(1899, 12, 30)  # noqa: DTZ001 – Excel's days have no time zone
_BEYOND = 2_958_466  # the day after 9999-12-31
_UNSHOWN = "########"  # what Excel fills a cell with that holds no possible date


def shown(serial: float, parts: Shows, date1904: bool = False) -> str:
    """A stored day count as a Chinese reader sees it: 2019年1月2日, 1月2日, 12:30, 下午1:05.

    The form follows `parts`; the separators are always the Chinese ones. "########" for no possible date.
    """
    if parts & Shows.ELAPSED:
        return _elapsed(serial, parts)
    if date1904:
        serial += 1462
    if not 0 <= serial < _BEYOND:
        return _UNSHOWN
    seconds = round(serial * 86_400)
    days, clock = divmod(seconds, 86_400)
    if days >= _BEYOND:
        return _UNSHOWN
    # Excel counts a 29 February 1900 that never was: before it the count is one short.
    moment = _FIRST + timedelta(days=days + (days < 60), seconds=clock)
    year, month, day = moment.year, moment.month, moment.day
    if days == 60:
        month, day = 2, 29
    elif days == 0:
        year, month, day = 1900, 1, 0
    return said(year, month, day, moment, parts)


def said(year: int, month: int, day: int, moment: datetime, parts: Shows) -> str:
    """The Chinese words for a calendar day and the clock time (and weekday) of `moment`."""
    date = ""
    if parts & _Y:
        date += f"{year}年"
    if parts & _M:
        date += f"{month}月"
    if parts & _D:
        date += f"{day}日"
    if parts & Shows.WEEKDAY:
        date += "星期" + "一二三四五六日"[moment.weekday()]
    return " ".join(filter(None, (date, _clock(moment, parts))))


def _clock(moment: datetime, parts: Shows) -> str:
    hour, half = moment.hour, ""
    if parts & Shows.HALF_DAY:
        half = "上午" if hour < 12 else "下午"
        hour = (hour - 1) % 12 + 1
    pieces = []
    if parts & _H:
        pieces.append(str(hour))
    if parts & _MI:
        pieces.append(f"{moment.minute:02d}")
    if parts & _S:
        pieces.append(f"{moment.second:02d}")
    text = ":".join(pieces)
    if parts & _CLOCK == _H:
        text += "时"
    return half + text if text else ""


def _elapsed(serial: float, parts: Shows) -> str:
    sign = "-" if serial < 0 else ""
    if abs(serial) >= _BEYOND:
        return _UNSHOWN
    left = round(abs(serial) * 86_400)
    pieces: list[str] = []
    for part, length in ((_H, 3600), (_MI, 60), (_S, 1)):
        if parts & part:
            amount, left = divmod(left, length)
            pieces.append(f"{amount:02d}" if pieces else str(amount))
    return sign + ":".join(pieces)


_ISO = re.compile(
    r"(?:(\d{4})-(\d\d?)-(\d\d?))?T?(?:(\d\d?):(\d\d)(?::(\d\d)(?:\.\d*)?)?)?(?:Z|[+-]\d\d:\d\d)?"
)


def shown_iso(text: str) -> str:
    """An ISO 8601 value (cells of strict files) in Chinese; as written if it is none."""
    match = _ISO.fullmatch(text.strip())
    if not match or not (match[1] or match[4]):
        return text
    year, month, day, hour, minute, second = (int(group or 0) for group in match.groups())
    parts = (_Y | _M | _D) if match[1] else Shows.NOTHING
    if hour or minute or second or not match[1]:
        parts |= _H | _MI | (_S if second else Shows.NOTHING)
    try:
        moment = datetime(year or 1900, month or 1, day or 1, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return text
    return said(moment.year, moment.month, moment.day, moment, parts)
