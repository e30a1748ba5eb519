"""What stands between the cells of a sheet: the tags of its rows, by a strict grammar."""

from __future__ import annotations

import re

from workbook.files.celltext import repeats_attribute
from workbook.files.memory import Memory

_ROW_TAG = r"""<row(?:\s[A-Za-z][\w.]*(?::[A-Za-z]\w*)?="[^"<>&]*")*+\s?"""
_ROW_HEAD = re.compile(rf"\s*(?:{_ROW_TAG}/>\s*)*+{_ROW_TAG}>\s*", re.ASCII)
_LAST_ROWS = re.compile(rf"\s*(?:{_ROW_TAG}/>\s*)*+", re.ASCII)
_PREFIX = re.compile(r'\s([\w.]+):\w+="')


class Unusual(Exception):
    """The spelling is not the one the grammar knows."""


class _RowHeads(Memory[str, str]):
    """What stands before a row's first cell → the prefixes of its attributes, parted by spaces.

    Kept for the whole run: all workbooks of a template have the same few.
    """

    most, _LONGEST = 16_384, 400

    def __missing__(self, head: str) -> str:
        prefixes = _prefixes(_ROW_HEAD, head)
        if len(head) <= self._LONGEST:
            self.keep(head, prefixes)
        return prefixes


row_heads = _RowHeads()


def last_rows(text: str) -> str:
    """The prefixes used in the empty rows behind the last cell. Raises Unusual for anything else."""
    return _prefixes(_LAST_ROWS, text) if text else ""


def _prefixes(grammar: re.Pattern[str], text: str) -> str:
    if not grammar.fullmatch(text) or "xmlns" in text or repeats_attribute(text):
        raise Unusual
    return " ".join(set(_PREFIX.findall(text)))
