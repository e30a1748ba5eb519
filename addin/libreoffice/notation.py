"""Formulas as Excel writes them and as LibreOffice's programming interface writes them.

Excel: =SUM('表 三'!A1,{1,2;3,4})    LibreOffice: =SUM($'表 三'.A1;{1;2|3;4})

Pure text, without an office. Not translated, because no workbook here has them: references through
several sheets (Sheet1:Sheet3!A1), other workbooks, and on the way in unions and intersections.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_TEXT = r'"(?:[^"]|"")*"'
_ERROR = r"\#(?:REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!)"
_NAME = r"[^\W\d]\w*"
_CELLS = r"(?=\$?[A-Za-z]{1,3}(?:\$?\d|:)|\$?\d+:|\#REF!)"

_FROM_CALC = re.compile(
    rf"(?P<keep>{_TEXT}|{_ERROR})|\$?(?:'(?P<quoted>(?:[^']|'')+)'|(?<![\w.])(?P<bare>{_NAME}))\.{_CELLS}"
    r"|(?P<sign>[{};|~!])"
)
_FROM_EXCEL = re.compile(
    rf"(?P<keep>{_TEXT}|{_ERROR})|(?:'(?P<quoted>(?:[^']|'')+)'|(?<![\w.])(?P<bare>{_NAME}(?:\.\w+)*))!"
    r"|(?P<sign>[{},;])"
)
_NEEDS_NO_QUOTES = re.compile(r"(?![A-Za-z]{1,3}\d+$|[Rr]\d*[Cc]\d*$)[^\W\d][\w.]*")


def to_excel(formula: str, sheets: Collection[str] = ()) -> str:
    """LibreOffice's formula in Excel's notation.

    `sheets` are the workbook's sheet names: only with them is `name.A1` known to be a reference to a
    sheet and not a function such as BETA.DIST.
    """
    known = {name.casefold() for name in sheets}
    depth = 0

    def translate(match: re.Match[str]) -> str:
        nonlocal depth
        if match["keep"]:
            return match["keep"]
        if match["quoted"]:
            return sheet_prefix(match["quoted"].replace("''", "'"))
        if match["bare"]:
            return sheet_prefix(match["bare"]) if match["bare"].casefold() in known else match[0]
        sign = match["sign"]
        depth += (sign == "{") - (sign == "}")
        if depth:
            return {";": ",", "|": ";"}.get(sign, sign)
        return {";": ",", "~": ",", "!": " "}.get(sign, sign)

    return _FROM_CALC.sub(translate, formula)


def to_calc(formula: str) -> str:
    """Excel's formula in the notation LibreOffice's setFormula and names expect."""
    depth = 0

    def translate(match: re.Match[str]) -> str:
        nonlocal depth
        if match["keep"]:
            return match["keep"]
        if match["quoted"]:
            return f"$'{match['quoted']}'."
        if match["bare"]:
            return f"$'{match['bare']}'."
        sign = match["sign"]
        depth += (sign == "{") - (sign == "}")
        if depth:
            return {",": ";", ";": "|"}.get(sign, sign)
        return {",": ";"}.get(sign, sign)

    return _FROM_EXCEL.sub(translate, formula)


def sheet_prefix(name: str) -> str:
    """A sheet's name before a reference, quoted exactly when Excel quotes it: 表三! but '表 三'!."""
    if _NEEDS_NO_QUOTES.fullmatch(name):
        return f"{name}!"
    return "'" + name.replace("'", "''") + "'!"
