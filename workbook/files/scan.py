"""Reads an .xlsx or .xlsm as a Grid: one own scan that sees values, formulas, errors, dates and names.

A sheet of the usual spelling is cut into rows and cells by a strict grammar (`rows`), and expat proves
what stands around them. Anything spelt otherwise goes through expat as a whole and is rewritten first
(`canonical`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from workbook.files.archive import DEFAULT, Archive, Limits
from workbook.files.bookpart import Book, SheetEntry, read_book
from workbook.files.canonical import canonical_sheet
from workbook.files.grid import Cell, Grid, Position, Sheet, parse_a1
from workbook.files.known import known_of
from workbook.files.meaning import UNKNOWN_FORMULA
from workbook.files.relations import relations
from workbook.files.rows import RowCutter
from workbook.files.safexml import (
    USUAL,
    Attributes,
    is_usual,
    part_bytes,
    part_events,
    proved_characters,
)
from workbook.files.sharedstrings import shared_strings

__all__ = ["UNKNOWN_FORMULA", "grid_of", "read_grid"]

_PROTECTION = re.compile(r'<sheetProtection\s[^>]*?\bsheet="(?:1|true)"')
_DECLARED = re.compile(r'\sxmlns:([\w.]+)="')
_MERGED = re.compile(r'<mergeCell\s+ref="([^"&]*)"')


def read_grid(
    source: str | os.PathLike[str] | bytes,
    *,
    name: str | None = None,
    limits: Limits = DEFAULT,
    skip: Collection[str] = (),
) -> Grid:
    """Read a workbook's cells, formulas, merged ranges, pictures and workbook names.

    `source` is a path or the file's bytes, `name` what messages and `Grid.source` call it. Of the sheets
    named in `skip` only the bytes are proved whole; they are not in the grid.
    Raises UnusableInput, one Chinese line, for whatever is no intact workbook within the limits.
    """
    with Archive.open(source, limits, name=name) as archive:
        grid = grid_of(archive, skip)
        archive.prove()
        return grid


def grid_of(archive: Archive, skip: Collection[str] = ()) -> Grid:
    """The grid of an archive that is already open. Raises UnusableInput like `read_grid`."""
    book = read_book(archive)
    reader = _Reader(archive, book)
    sheets = tuple(reader.sheet(entry) for entry in book.sheets if entry.name not in skip)
    return Grid(archive.name, sheets, book.names)


class _Reader:
    """Reads the sheets of one book one by one."""

    def __init__(self, archive: Archive, book: Book) -> None:
        self._archive = archive
        known = known_of(archive, book.styles, book.date1904)
        self._cutter = RowCutter(archive, known, shared_strings(archive, book.strings))

    def sheet(self, entry: SheetEntry) -> Sheet:
        """One worksheet: known again, read the quick way or, if its spelling is unusual, rewritten first."""
        data = part_bytes(self._archive, entry.part)
        parted = _parted(data)
        seen = self._frame(entry.part, parted.head, parted.tail) if parted else None
        if parted and seen:
            cells = self._cutter.known_cells(parted.rows, seen.prefixes)
            if cells is not None:
                return self._framed(entry, cells, seen)
        text = proved_characters(self._archive, entry.part, data)
        start, end = _data_bounds(text)
        content = None
        if start >= 0:
            outside = text[:start] + text[end:]
            if is_usual(outside, "worksheet", start):
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

    def _framed(self, entry: SheetEntry, cells: dict[Position, Cell], seen: _Frame) -> Sheet:
        pictures = self._pictures(entry.part) if seen.drawing else 0
        return Sheet(entry.name, cells, seen.merged, entry.visible, pictures, seen.protected)

    def _frame(self, part: str, head: bytes, tail: bytes) -> _Frame | None:
        """What stands around the rows; None where it is not the usual."""
        known = _frames.get((head, tail), _UNSEEN)
        if known is not _UNSEEN:
            return known
        text = proved_characters(self._archive, part, head + tail)
        start = len(head.decode("utf-8"))
        seen = None
        if is_usual(text, "worksheet", start):
            merged = _merged(text, start) if text.find("<mergeCell", start) >= 0 else ()
            if merged is not None:
                drawing = text.find("<drawing", start) >= 0
                prefixes = frozenset(_DECLARED.findall(text, 0, start))
                seen = _Frame(prefixes, merged, _is_protected(text, start), drawing)
        if len(text) <= _LONGEST_FRAME:
            if len(_frames) >= _MOST_FRAMES:
                _frames.clear()
            _frames[head, tail] = seen
        return seen

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


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is said around the rows of a sheet: prefixes declared; merges, protection, a drawing."""

    prefixes: frozenset[str]
    merged: tuple[tuple[Position, Position], ...]
    protected: bool
    drawing: bool


# Untouched sheets of one template have the same frame in thousands of workbooks.
_frames: dict[tuple[bytes, bytes], _Frame | None] = {}
_MOST_FRAMES, _LONGEST_FRAME = 512, 16_384
_UNSEEN = _Frame(frozenset(), (), False, False)
_LARGEST = 512 * 1024  # bytes of a sheet; the largest of our forms has 80,000, and outlines cost memory
_ROWS, _ROWS_END = b"<sheetData>", b"</sheetData>"
_USUAL = (USUAL, b"<worksheet")


class _Parted(NamedTuple):
    """A sheet in three: what stands before its rows, they themselves, what stands behind."""

    head: bytes
    rows: bytes
    tail: bytes


def _parted(data: bytes) -> _Parted | None:
    """A sheet whose rows stand where they usually do; None for another."""
    if len(data) > _LARGEST:
        return None
    head, opened, rest = data.partition(_ROWS)
    rows, closed, tail = rest.partition(_ROWS_END)
    if not closed or not data.startswith(_USUAL) or b"<sheetData" in head or b"<sheetData" in tail:
        return None
    return _Parted(head + opened, rows, closed + tail)


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
