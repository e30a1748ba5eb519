"""Defined names, of the workbook and of single sheets ("Sheet1!name", as Excel lists them)."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from addin.libreoffice import protection
from addin.libreoffice.notation import sheet_prefix, to_calc, to_excel
from addin.libreoffice.problems import OfficeRefused
from addin.libreoffice.uno_bridge import struct, translated

if TYPE_CHECKING:
    from addin.libreoffice.books import Book
    from addin.libreoffice.ranges import Range


@translated
class Names(base_classes.Names):
    """The names of one sheet, or (without a sheet) of the workbook and all its sheets."""

    def __init__(self, book: Book, sheet: Any = None) -> None:
        self._book, self._sheet = book, sheet

    @property
    def api(self) -> Any:
        """The UNO collection (of the workbook's own names, if this is the workbook's)."""
        return (self._sheet or self._book.xl).NamedRanges

    def _collections(self) -> list[tuple[str, Any]]:
        """The UNO collections, each with the prefix its names bear."""
        if self._sheet is not None:
            return [(sheet_prefix(self._sheet.getName()), self.api)]
        found = [("", self.api)]
        sheets = self._book.xl.getSheets()
        for index in range(sheets.getCount()):
            sheet = sheets.getByIndex(index)
            found.append((sheet_prefix(sheet.getName()), sheet.NamedRanges))
        return found

    def snapshot(self) -> list[tuple[str, Name]]:
        """Every name with its object, in LibreOffice's (alphabetical) order."""
        sheets = self._book.sheet_names  # asked for once, not once a name
        return [
            (prefix + name, Name(self._book, collection, prefix, name, sheets))
            for prefix, collection in self._collections()
            for name in collection.getElementNames()
        ]

    def __call__(self, key: int | str) -> Name:
        if isinstance(key, numbers.Number):
            return self.snapshot()[int(key) - 1][1]
        found = self._find(str(key))
        if found is None:
            raise KeyError(key)
        return found

    def _find(self, key: str) -> Name | None:
        own = self.api  # almost every name is asked for without a sheet: spare the walk through all sheets
        if "!" not in key:
            if own.hasByName(key):
                prefix = "" if self._sheet is None else sheet_prefix(self._sheet.getName())
                return Name(self._book, own, prefix, str(own.getByName(key).getName()))
            return None
        return next((name for full, name in self.snapshot() if full.casefold() == key.casefold()), None)

    def contains(self, key: int | str) -> bool:
        """True if there is such a name, in whatever case."""
        if isinstance(key, numbers.Number):
            return 1 <= int(key) <= len(self)
        return self._find(str(key)) is not None

    def __iter__(self) -> Iterator[Name]:
        return iter([name for _, name in self.snapshot()])

    def __len__(self) -> int:
        return len(self.snapshot())

    def add(self, name: str, refers_to: str) -> Name:
        """Define a name; an existing one is replaced, as in Excel. "Sheet1!name" belongs to that sheet."""
        protection.check_structure(self._book.xl)
        collection, prefix = self.api, "" if self._sheet is None else sheet_prefix(self._sheet.getName())
        if "!" in name:
            sheet_name, _, name = name.rpartition("!")
            sheet = self._book.sheets(sheet_name.strip("'").replace("''", "'"))
            collection, prefix = sheet.xl.NamedRanges, sheet_prefix(sheet.name)
        content = to_calc(refers_to).removeprefix("=")
        if collection.hasByName(name):
            collection.getByName(name).setContent(content)
        else:
            collection.addNewByName(name, content, struct("com.sun.star.table.CellAddress"), 0)
        return Name(self._book, collection, prefix, name)


@translated
class Name(base_classes.Name):
    """One defined name."""

    def __init__(
        self, book: Book, collection: Any, prefix: str, name: str, sheets: frozenset[str] | None = None
    ) -> None:
        self._book, self._collection, self._prefix, self._name = book, collection, prefix, name
        self._sheets = sheets

    @property
    def api(self) -> Any:
        """The UNO named range."""
        return self._collection.getByName(self._name)

    @property
    def name(self) -> str:
        """The name, with its sheet before it if it belongs to one."""
        return self._prefix + self._name

    @name.setter
    def name(self, value: str) -> None:
        plain = value.rpartition("!")[2]
        self.api.setName(plain)
        self._name = plain

    @property
    def refers_to(self) -> str:
        """What it stands for, as Excel writes it: ='表 三'!$A$1:$B$2."""
        return "=" + to_excel(str(self.api.getContent()), self._sheets or self._book.sheet_names)

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.api.setContent(to_calc(value).removeprefix("="))

    @property
    def refers_to_range(self) -> Range:
        """The cells it stands for; OfficeRefused if it stands for a number, a formula or nothing."""
        area = self.api.getReferredCells()
        if area is None:
            raise OfficeRefused(f"名称“{self.name}”没有指向单元格。")
        return self._book.wrap(area)

    def delete(self) -> None:
        """Remove it."""
        self._collection.removeByName(self._name)


def name_of_area(book: Book, address: Any) -> Name | None:
    """The first workbook name that stands for exactly these cells."""
    for _, name in book.names.snapshot():
        area = name.api.getReferredCells()
        if area is not None and area.getRangeAddress() == address:
            return name
    return None
