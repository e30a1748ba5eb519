"""What the characters after a cell's address mean: ' s="4"><v>12</v></c>' is the number 12.

Thousands of workbooks from one template write the same few thousand spellings (most figures are small,
most cells look alike), so each spelling is parsed and proved once and remembered with the book's styles.
"""

from __future__ import annotations

import re
import sys
from typing import NamedTuple

from workbook.files.celltext import ATTRIBUTES, CONTENT, plain
from workbook.files.grid import Cell, Kind
from workbook.files.numberformat import Shows, shown, shown_iso
from workbook.files.sharedstrings import BLANK

# A formula is there, but its text is not: a shared one without its first cell or beyond the limit, a data
# table.
UNKNOWN_FORMULA = "?"
LONGEST_FORMULA = 8_192  # Excel's own maximum

# A complete grammar: what it matches is well-formed and holds nothing but what is taken from it.
_SPELLING = re.compile(
    rf"({ATTRIBUTES})"
    r"(?:/>|>"
    rf"(?:<f({ATTRIBUTES})(?:/>|>({CONTENT})</f>))?"
    rf"(?:(<v ?/>)|(<v>)({CONTENT})</v>)?"
    rf'(?:<is><t(?: xml:space="preserve")?>({CONTENT})</t></is>)?'
    r"</c>)\s*",
    re.ASCII,
)
_ATTRIBUTE = re.compile(r'([A-Za-z]\w*)="([^"]*)"')
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SHORT = 4  # digits of a figure that is likely to recur
_LONGEST_NUMBER = 64  # Excel writes 17 digits; a million would keep Decimal busy


class Calculated(NamedTuple):
    """A formula cell that must be finished at its place.

    `shared` is a shared formula's number or None, `string` a shared string's or None; `cell` the rest.
    """

    cell: Cell
    shared: str | None
    string: int | None


# A Cell as it stands, the index of a shared string, a formula to finish, or None: not the usual spelling.
Meaning = Cell | int | Calculated | None


class Meanings(dict[str, Meaning]):
    """Spelling → meaning for books of one styles part and one date system; forgets when it grows large."""

    _MOST, _LONGEST = 8_192, 200

    def __init__(self, formats: tuple[Shows, ...], date1904: bool, limit: int) -> None:
        super().__init__()
        self._formats, self._date1904, self._limit = formats, date1904, limit
        # What stood before a plain value and was proved: type "n" (a number, no date) or "s", and formula.
        self._proved: dict[str, tuple[str, str | None]] = {}

    def __missing__(self, spelling: str) -> Meaning:
        before, _, rest = spelling.rpartition("<v>")
        proved = self._proved.get(before)
        value = rest[:-8]
        if proved and rest.endswith("</v></c>"):
            type_, formula = proved
            meaning: Meaning = None
            if type_ == "s" and value.isascii() and value.isdigit():
                meaning = _index(value)
            elif type_ == "n" and len(value) <= _LONGEST_NUMBER and _NUMBER.fullmatch(value):
                meaning = Cell(Kind.NUMBER, value, formula)
            if meaning is not None:
                # A long figure hardly ever recurs, and would only drive out what does.
                return self._remembered(spelling, meaning) if len(value) <= _SHORT else meaning
        return self._remembered(spelling, self._parsed(spelling, before))

    def _remembered(self, spelling: str, meaning: Meaning) -> Meaning:
        if len(spelling) <= self._LONGEST:
            if len(self) >= self._MOST:
                self.clear()
            self[spelling] = meaning
        return meaning

    def _parsed(self, spelling: str, before: str) -> Meaning:
        match = _SPELLING.fullmatch(spelling)
        if match is None or "]]>" in spelling or "\r" in spelling:
            return None
        attributes, about_formula, formula, empty, tag, value, inline = match.groups()
        facts = _facts(attributes)
        about = _facts(about_formula) if about_formula else {}
        if facts is None or about is None or "r" in facts:  # the address stood before
            return None
        type_ = facts.get("t", "n")
        if not about_formula and (
            (type_ == "s" and not formula) or (type_ == "n" and not self._shows(facts.get("s", "0")))
        ):
            if len(self._proved) >= self._MOST:
                self._proved.clear()
            self._proved[before] = type_, plain(formula, LONGEST_FORMULA) if formula else None
        if about_formula or formula:
            return self._formula(facts, about, formula or "", value or "", bool(empty or tag))
        if type_ == "s":
            return _index(value) if value and value.strip() else BLANK
        if type_ == "inlineStr":
            content = inline or value
            return (_text(content, self._limit) or BLANK) if content else BLANK
        return (self._value(type_, facts, value) or BLANK) if value else BLANK

    def _formula(
        self, facts: dict[str, str], about: dict[str, str], formula: str, value: str, cached: bool
    ) -> Meaning:
        type_, text = facts.get("t", "n"), plain(formula, LONGEST_FORMULA)
        shared = about.get("si") if about.get("t") == "shared" else None
        index: int | None = None
        cell: Cell | None = None
        if type_ == "s" and value:
            index = _index(value)
        elif type_ in ("str", "inlineStr") and cached:
            cell = Cell(Kind.TEXT, plain(value, self._limit))
        elif value:
            cell = self._value(type_, facts, value)
        cell = (cell or Cell(Kind.UNCALCULATED, ""))._replace(formula=text or UNKNOWN_FORMULA)
        return cell if shared is None and index is None else Calculated(cell, shared, index)

    def _value(self, type_: str, facts: dict[str, str], value: str) -> Cell | None:
        """The Cell of a written value; None if a person sees nothing there."""
        if type_ == "n":
            digits = value.strip()
            if len(digits) > _LONGEST_NUMBER or not _NUMBER.fullmatch(digits):
                # No writer of repute does this; as text it becomes a complaint about this one cell.
                return _text(value, self._limit) if digits else None
            shows = self._shows(facts.get("s", "0"))
            if shows:
                return Cell(Kind.DATE, digits, None, shown(float(digits), shows, self._date1904))
            return Cell(Kind.NUMBER, digits)
        if type_ == "b":
            return Cell(Kind.LOGICAL, "TRUE" if value.strip() in ("1", "true") else "FALSE")
        cell = _text(value, self._limit)
        if cell and type_ == "e":
            return cell._replace(kind=Kind.ERROR)
        if cell and type_ == "d":
            return cell._replace(kind=Kind.DATE, shown=shown_iso(cell.text))
        return cell

    def _shows(self, style: str) -> Shows:
        index = int(style) if style.isdecimal() and len(style) < 9 else 0
        return self._formats[index] if index < len(self._formats) else Shows.NOTHING


def number(value: str, formula: str | None) -> Cell | None:
    """The Cell of a plain number's digits; None for what is none."""
    if len(value) > _LONGEST_NUMBER or not _NUMBER.fullmatch(value):
        return None
    return Cell(Kind.NUMBER, value, formula)


def _text(raw: str, limit: int) -> Cell | None:
    text = plain(raw, limit)
    return Cell(Kind.TEXT, text) if text else None


def _index(value: str) -> int:
    """A shared string's number; one that no table reaches for what is no number."""
    digits = value.strip()
    return int(digits) if digits.isdecimal() and len(digits) < 10 else sys.maxsize


def _facts(attributes: str) -> dict[str, str] | None:
    """The attributes of a tag; None if one stands twice, which is no XML, or changes the namespace."""
    pairs = _ATTRIBUTE.findall(attributes)
    facts = dict(pairs)
    return facts if len(facts) == len(pairs) and "xmlns" not in facts else None
