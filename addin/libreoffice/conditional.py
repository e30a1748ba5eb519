"""Conditional formats of a range: those with a formula of one's own, the only kind the add-in lays.

LibreOffice keeps the look of a rule in a cell style; ours are named after their colour and shared.
Rules of other kinds are there, but tell only that they are "unknown".
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from addin.libreoffice import protection
from addin.libreoffice.fonts import to_uno
from addin.libreoffice.notation import to_calc, to_excel
from addin.libreoffice.uno_bridge import translated

if TYPE_CHECKING:
    from addin.libreoffice.books import Book
    from addin.libreoffice.ranges import Range

_CONDITION = 0  # com.sun.star.sheet.ConditionEntryType
_EXPRESSION = 24  # com.sun.star.sheet.ConditionFormatOperator
_STYLE = "Gouji_{:06X}"


@translated
class ConditionalFormat:
    """One rule. `formula` is in Excel's notation with its "=", None for rules of other kinds."""

    def __init__(self, collection: ConditionalFormats, api: Any, index: int) -> None:
        self._collection = collection
        self.api = api
        self._index = index

    @cached_property
    def _entry(self) -> Any:
        return self.api.getByIndex(self._index)

    @cached_property
    def type(self) -> str:
        """ "custom" for a formula, "unknown" for the rest."""
        entry = self._entry
        own = entry.getType() == _CONDITION and entry.Operator == _EXPRESSION
        return "custom" if own else "unknown"

    @property
    def formula(self) -> str | None:
        """The condition, e.g. '=A1>3'."""
        if self.type != "custom":
            return None
        return "=" + to_excel(str(self._entry.Formula1), self._collection.sheet_names)

    def delete(self) -> None:
        """Take the rule away from all cells it applies to."""
        protection.check_format(self._collection.area.sheet.xl)
        if self.api.getCount() == 1:
            self._collection.api.removeByID(self.api.ID)
        else:
            self.api.removeByIndex(self._index)


@translated
class ConditionalFormats:
    """The rules that touch a range."""

    def __init__(self, area: Range) -> None:
        self.area = area

    @cached_property
    def api(self) -> Any:
        """The UNO collection of the sheet."""
        return self.area.sheet.xl.ConditionalFormats

    @cached_property
    def sheet_names(self) -> frozenset[str]:
        """The book's sheets, asked for once for all rules."""
        return self.area.sheet.book.sheet_names

    def _rules(self) -> list[ConditionalFormat]:
        """Last entry first, so that deleting one leaves the numbers of those still to come."""
        everywhere = self.area.is_sheet  # then where each rule applies need not be asked: an object apiece
        here = () if everywhere else self.area.addresses
        found = []
        for each in self.api.getConditionalFormats() if self.api.getLength() else ():
            if everywhere or any(_touch(a, b) for a in here for b in each.Range.getRangeAddresses()):
                found += [ConditionalFormat(self, each, n) for n in reversed(range(each.getCount()))]
        return found

    def __len__(self) -> int:
        return len(self._rules())

    def __iter__(self) -> Iterator[ConditionalFormat]:
        return iter(self._rules())

    def __call__(self, index: int) -> ConditionalFormat:
        return self._rules()[index - 1]

    def add_custom(self, spec: Mapping[str, Any]) -> ConditionalFormat:
        """Add a rule with a formula and a fill colour on top of the others."""
        protection.check_format(self.area.sheet.xl)
        book = self.area.sheet.book
        ranges = book.xl.createInstance("com.sun.star.sheet.SheetCellRanges")
        ranges.addRangeAddresses(self.area.addresses, False)
        number = self.api.createByRange(ranges)
        rule = next(item for item in reversed(self.api.getConditionalFormats()) if number == item.ID)
        rule.createEntry(_CONDITION, 0)
        entry = rule.getByIndex(0)
        entry.Operator = _EXPRESSION
        entry.Formula1 = to_calc(spec["formula"]).removeprefix("=")
        entry.StyleName = _style(book, spec.get("fill_color"))
        return ConditionalFormat(self, rule, 0)


def _style(book: Book, colour: tuple[int, int, int] | None) -> str:
    """The cell style with that background, made where the book has none."""
    number = to_uno(colour) if colour is not None else -1
    name = _STYLE.format(number & 0xFFFFFF)
    styles = book.cell_styles
    if not styles.hasByName(name):
        styles.insertByName(name, book.xl.createInstance("com.sun.star.style.CellStyle"))
        with _unlocked(book.xl):
            styles.getByName(name).CellBackColor = number
    return name


@contextlib.contextmanager
def _unlocked(document: Any) -> Iterator[None]:
    """A style takes no colour while any sheet of the book is protected: all are opened, and closed again."""
    sheets = document.getSheets()
    locked = [sheet for n in range(sheets.getCount()) if (sheet := sheets.getByIndex(n)).isProtected()]
    opened = []
    try:
        for sheet in locked:
            with contextlib.suppress(Exception):  # a wrong password raises; asked below
                sheet.unprotect("")
            protection.check_unprotected(sheet)
            opened.append(sheet)
        yield
    finally:
        for sheet in opened:
            sheet.protect("")


def _touch(one: Any, other: Any) -> bool:
    return bool(
        one.Sheet == other.Sheet
        and one.StartRow <= other.EndRow
        and other.StartRow <= one.EndRow
        and one.StartColumn <= other.EndColumn
        and other.StartColumn <= one.EndColumn
    )
