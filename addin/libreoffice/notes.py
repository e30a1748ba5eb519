"""Cell notes (the classic ones; LibreOffice calls them annotations)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from addin.libreoffice import protection
from addin.libreoffice.blocks import ANNOTATION
from addin.libreoffice.native import NoteApi
from addin.libreoffice.problems import OfficeRefused
from addin.libreoffice.uno_bridge import struct, translated

if TYPE_CHECKING:
    from addin.libreoffice.ranges import Range
    from addin.libreoffice.sheets import Sheet

_MEMORY = 0.5  # seconds


@translated
class Note(base_classes.Note):
    """The note of one cell. `location` is that cell; the UNO annotation is fetched when it is needed."""

    def __init__(self, location: Range, annotation: Any = None) -> None:
        self._location, self._annotation = location, annotation

    @property
    def annotation(self) -> Any:
        """The UNO annotation."""
        if self._annotation is None:
            self._annotation = self._location.first_cell.getAnnotation()
        return self._annotation

    @property
    def api(self) -> NoteApi:
        """The UNO annotation with Excel's Shape."""
        return NoteApi(self.annotation)

    @property
    def location(self) -> Range:
        """The cell the note hangs on."""
        return self._location

    @property
    def author(self) -> str:
        """Who wrote it, "" if LibreOffice does not know."""
        return str(self.annotation.getAuthor())

    @property
    def text(self) -> str:
        """The whole text; lines end with a line feed."""
        return str(self.annotation.getString())

    @text.setter
    def text(self, value: str) -> None:
        protection.check_notes(self._location.sheet.xl)
        self.annotation.setString(value)

    def delete(self) -> None:
        """Take the note off; nothing else of the cell changes."""
        protection.check_notes(self._location.sheet.xl)
        self._location.first_cell.clearContents(ANNOTATION)


@translated
class NotedCells:
    """Which cells of one sheet have notes.

    Asking LibreOffice cell by cell costs three objects each. So the answer for the whole sheet is kept,
    for as long as the number of notes is still right and at most half a second: nobody deletes one note
    and writes another in that time, and a note overlooked would be a note overwritten.
    """

    def __init__(self, sheet: Any, annotations: Any) -> None:
        self._sheet, self._annotations = sheet, annotations
        self._cells: set[tuple[int, int]] = set()
        self._good_until = 0.0

    def __contains__(self, place: tuple[int, int]) -> bool:
        """True if the cell at (row, column), from 1, has a note, however empty."""
        if self._annotations.getCount() != len(self._cells) or time.monotonic() > self._good_until:
            found = self._sheet.queryContentCells(ANNOTATION).getRangeAddresses()
            self._cells = {
                (row + 1, column + 1)
                for a in found
                for row in range(a.StartRow, a.EndRow + 1)
                for column in range(a.StartColumn, a.EndColumn + 1)
            }
            self._good_until = time.monotonic() + _MEMORY
        return place in self._cells

    def add(self, place: tuple[int, int]) -> None:
        """Remember a note we have just made."""
        self._cells.add(place)


def find(location: Range) -> Note | None:
    """The note of a range's first cell, None if there is none."""
    return Note(location) if (location.row, location.column) in location.sheet.noted_cells else None


def add(location: Range, text: str) -> Note:
    """Hang a new note on a cell. ProtectedSheet on a protected sheet, OfficeRefused if it has one."""
    sheet = location.sheet
    protection.check_notes(sheet.xl)
    if (location.row, location.column) in sheet.noted_cells:  # insertNew would replace it in silence
        raise OfficeRefused(f"单元格{location.get_address(False, False)}已有批注。")
    place = struct(
        "com.sun.star.table.CellAddress",
        Sheet=sheet.index - 1,
        Row=location.row - 1,
        Column=location.column - 1,
    )
    sheet.annotations.insertNew(place, text)
    sheet.noted_cells.add((location.row, location.column))
    return Note(location)


def of_sheet(sheet: Sheet) -> list[Note]:
    """All notes of a sheet, in one pass."""
    found, annotations = [], sheet.annotations.createEnumeration()
    while annotations.hasMoreElements():
        annotation = annotations.nextElement()
        place = annotation.getPosition()
        found.append(Note(sheet.box(place.Row + 1, place.Column + 1), annotation))
    return found
