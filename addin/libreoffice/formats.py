"""Number formats of one document: what kind of value they make of a number, and Excel's spelling."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from addin.libreoffice.uno_bridge import struct

_DATE, _TIME, _TEXT, _LOGICAL = 2, 4, 256, 1024  # com.sun.star.util.NumberFormat
_QUOTED = re.compile(r'("[^"]*"|\[[^\]]*\]|\\.|AM/PM)')
_GENERAL_IN_CHINESE = "G/通用格式"  # how a Chinese Excel or WPS spells General


class Kind(Enum):
    """What a cell's number format says of the number in it."""

    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    LOGICAL = "logical"


class Formats:
    """The number formats of a document, each looked up once."""

    def __init__(self, document: Any) -> None:
        self._formats = document.getNumberFormats()
        self._locale = struct("com.sun.star.lang.Locale", Language="en", Country="US")
        self._kinds: dict[int, Kind] = {}

    def kind(self, key: int) -> Kind:
        """What numbers with this format are. A pure time stays a number, as in Excel."""
        if key not in self._kinds:
            entry = self._formats.getByKey(key)
            bits = entry.Type
            if bits & _LOGICAL:
                kind = Kind.LOGICAL
            elif bits & _TEXT:
                kind = Kind.TEXT
            elif bits & _DATE and "通用格式" not in entry.FormatString:  # LibreOffice takes its G for an era
                kind = Kind.DATE
            else:
                kind = Kind.NUMBER
            self._kinds[key] = kind
        return self._kinds[key]

    def code(self, key: int) -> str:
        """A format in Excel's spelling: General, 0.00, yyyy-mm-dd."""
        if self.is_general(key):
            return "General"
        entry = self._formats.getByKey(key)
        code = str(entry.FormatString)
        if entry.Type & (_DATE | _TIME):  # LibreOffice spells these in capitals
            code = "".join(p if i % 2 else p.lower() for i, p in enumerate(_QUOTED.split(code)))
        return code

    def key(self, code: str) -> int:
        """The key of a format given in Excel's spelling, added to the document if it is new."""
        code = code.replace(_GENERAL_IN_CHINESE, "General")
        key = int(self._formats.queryKey(code, self._locale, False))
        return key if key >= 0 else int(self._formats.addNew(code, self._locale))

    def logical(self) -> int:
        """The key of the boolean format."""
        return int(self._formats.getStandardFormat(_LOGICAL, self._locale))

    @staticmethod
    def is_general(key: int) -> bool:
        """True for the format of a cell that nobody has formatted, in any language."""
        return key % 10_000 == 0  # every language has its own ten thousand keys, General first
