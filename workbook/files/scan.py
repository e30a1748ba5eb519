"""Reads an .xlsx or .xlsm as a Grid: one own scan that sees values, formulas, errors, dates and names.

A sheet of the usual spelling is cut into rows and cells by a strict grammar (`rows`), and expat proves
what stands around them. Anything spelt otherwise goes through expat as a whole and is rewritten first
(`canonical`).
"""

from __future__ import annotations

import os
import re

from workbook.files.archive import DEFAULT, Archive, Limits
from workbook.files.bookpart import Book, SheetEntry, read_book
from workbook.files.canonical import canonical_sheet
from workbook.files.grid import Cell, Grid, Position, Sheet, parse_a1
from workbook.files.meaning import UNKNOWN_FORMULA, meanings
from workbook.files.relations import relations
from workbook.files.rows import RowCutter
from workbook.files.safexml import Attributes, is_usual, part_events, part_unproved
from workbook.files.sharedstrings import shared_strings

__all__ = ["UNKNOWN_FORMULA", "grid_of", "read_grid"]

_PROTECTION = re.compile(r'<sheetProtection\s[^>]*?\bsheet="(?:1|true)"')
_MERGED = re.compile(r'<mergeCell\s+ref="([^"&]*)"')


def read_grid(
    source: str | os.PathLike[str] | bytes, *, name: str | None = None, limits: Limits = DEFAULT
) -> Grid:
    """Read a workbook's cells, formulas, merged ranges, pictures and workbook names.

    `source` is a path or the file's bytes, `name` what messages and `Grid.source` call it.
    Raises UnusableInput, one Chinese line, for whatever is no intact workbook within the limits.
    """
    with Archive.open(source, limits, name=name) as archive:
        grid = grid_of(archive)
        archive.prove()
        return grid


def grid_of(archive: Archive) -> Grid:
    """The grid of an archive that is already open. Raises UnusableInput like `read_grid`."""
    book = read_book(archive)
    reader = _Reader(archive, book)
    sheets = tuple(reader.sheet(entry) for entry in book.sheets)
    return Grid(archive.name, sheets, book.names)


class _Reader:
    """Reads the sheets of one book one by one."""

    def __init__(self, archive: Archive, book: Book) -> None:
        self._archive = archive
        known = meanings(archive, book.styles, book.date1904)
        self._cutter = RowCutter(archive, known, shared_strings(archive, book.strings))

    def sheet(self, entry: SheetEntry) -> Sheet:
        """One worksheet, read the quick way or, if its spelling is unusual, rewritten first."""
        text = part_unproved(self._archive, entry.part)
        start, end = _data_bounds(text)
        content = None
        if start >= 0:
            frame = text[:start] + text[end:]
            if is_usual(frame, "worksheet", start):
                content = self._content(text, start, end, entry)
        if content is None:
            text = canonical_sheet(self._archive, entry.part)
            start, end = _data_bounds(text)
            content = self._content(text, start, end, entry)
            if content is None:
                raise self._archive.broken(f"{entry.part}中的单元格无法识别")
        cells, merged = content
        pictures = self._pictures(entry.part) if text.find("<drawing", end) >= 0 else 0
        return Sheet(entry.name, cells, merged, entry.visible, pictures, _is_protected(text, end))

    def _content(
        self, text: str, start: int, end: int, entry: SheetEntry
    ) -> tuple[dict[Position, Cell], tuple[tuple[Position, Position], ...]] | None:
        """Cells and merged ranges; None if they are written in an unusual way."""
        merged = _merged(text, end) if text.find("<mergeCell", end) >= 0 else ()
        if merged is None:
            return None
        cells = self._cutter.cells(text, start, end, entry.name)
        return None if cells is None else (cells, merged)

    def _pictures(self, part: str) -> int:
        """How many pictures the sheet's drawing holds."""
        count = 0

        def start(name: str, _: Attributes) -> None:
            nonlocal count
            count += name.endswith(" pic")

        for relation in relations(self._archive, part).values():
            if relation.is_a("drawing") and relation.part:
                part_events(self._archive, relation.part, start)
        return count


def _data_bounds(text: str) -> tuple[int, int]:
    """Where the content of the one <sheetData> begins and ends; (-1, -1) if it is not the usual one.

    With an empty one both are the place behind it.
    """
    opening = text.find("<sheetData")
    if opening < 0:
        return -1, -1
    start = text.find(">", opening) + 1
    tag = text[opening + 10 : start]
    end = start if tag in ("/>", " />") else text.find("</sheetData>", start)
    if end < 0 or (end > start and tag != ">") or text.find("<sheetData", end) >= 0:
        return -1, -1
    return start, end


def _is_protected(text: str, start: int) -> bool:
    """Whether the sheet's locked cells are locked, as said behind the rows."""
    found = _PROTECTION.search(text, start) if text.find("<sheetProtection", start) >= 0 else None
    return found is not None


def _merged(text: str, start: int) -> tuple[tuple[Position, Position], ...] | None:
    """The merged ranges written behind a place; None if the pattern misses any of the elements there."""
    references = _MERGED.findall(text, start)
    if len(references) != text.count("<mergeCell", start) - text.count("<mergeCells", start):
        return None
    ranges = []
    for reference in references:
        first, _, last = reference.partition(":")
        corner, opposite = parse_a1(first), parse_a1(last or first)
        if corner and opposite:
            ranges.append((corner, opposite))
    return tuple(ranges)
