"""Cuts the rows of a sheet into cells, accounting for every character by a strict grammar.

What the grammar accepts is well-formed and holds nothing else; what it does not is left to `canonical`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import repeat

from workbook.files.archive import Archive
from workbook.files.celltext import repeats_attribute
from workbook.files.grid import Cell, Kind, Position, parse_a1
from workbook.files.meaning import UNKNOWN_FORMULA, Calculated, Meanings
from workbook.files.outline import Cut, Filled, NotAlike, filled
from workbook.files.outlining import outline_of
from workbook.files.sharedformula import moved
from workbook.files.sharedstrings import BLANK

_ROW_TAG = r"""<row(?:\s[A-Za-z][\w.]*(?::[A-Za-z]\w*)?="[^"<>&]*")*+\s?"""
_ROW_HEAD = re.compile(rf"\s*(?:{_ROW_TAG}/>\s*)*+{_ROW_TAG}>\s*", re.ASCII)
_LAST_ROWS = re.compile(rf"\s*(?:{_ROW_TAG}/>\s*)*+", re.ASCII)
_PREFIX = re.compile(r'\s([\w.]+):\w+="')
_PIECE = 1024 * 1024  # characters of a sheet cut into cells at a time

_Masters = dict[str, tuple[str, Position]]  # shared formulas by number: text and first cell


class _Unusual(Exception):
    """The spelling is not the one the grammar knows."""


class _Places(dict[str, Position]):
    """ "B12" → Position, kept for the whole run: all workbooks use the same few hundred addresses."""

    _MOST = 65_536

    def __missing__(self, address: str) -> Position:
        place = parse_a1(address)
        if place is None:
            raise KeyError(address)
        if len(self) >= self._MOST:
            self.clear()
        self[address] = place
        return place


class _RowHeads(dict[str, str]):
    """What stands before a row's first cell → the prefixes of its attributes, parted by spaces; kept too."""

    _MOST, _LONGEST = 16_384, 400

    def __missing__(self, head: str) -> str:
        prefixes = _row_prefixes(_ROW_HEAD, head)
        if len(head) <= self._LONGEST:
            if len(self) >= self._MOST:
                self.clear()
            self[head] = prefixes
        return prefixes


def _row_prefixes(grammar: re.Pattern[str], text: str) -> str:
    if not grammar.fullmatch(text) or "xmlns" in text or repeats_attribute(text):
        raise _Unusual
    return " ".join(set(_PREFIX.findall(text)))


_places = _Places()
_row_heads = _RowHeads()


class RowCutter:
    """Reads the cells of one book's sheets, sheet by sheet, and counts them against the limit."""

    def __init__(self, archive: Archive, meanings: Meanings, strings: Sequence[Cell]) -> None:
        self._archive, self._meanings, self._strings = archive, meanings, strings
        self._left = archive.limits.cells
        self._formulas_left = archive.limits.formulas
        self._outlines = meanings.outlines
        self.prefixes: tuple[str, ...] = ()  # of attributes in the rows read last

    def known_cells(self, rows: Cut, head: str, sheet: str) -> Filled | None:
        """The cells of rows that are spelt like some met before; None for others.

        Raises UnusableInput like `cells`.
        """
        outline = self._outlines.find(rows)
        if outline is None or any(f' xmlns:{prefix}="' not in head for prefix in outline.prefixes):
            return None
        try:
            found = filled(outline, rows.values, self._strings)
        except NotAlike:
            return None
        except IndexError as error:
            raise self._archive.broken(f"工作表“{sheet}”引用了不存在的共享文字") from error
        self._spend(outline.count)
        return found

    def remember(self, rows: Cut, cells: dict[Position, Cell]) -> Filled | None:
        """Keep the outline of rows whose cells have been read one by one, for the workbooks to come."""
        if self._formulas_left < 0:
            return None  # formulas left out here may be written out in another book
        count = sum(rest.count(b"<c ") for rest in rows.rests)
        outline = outline_of(rows, self._meanings, self._strings, cells, count, self.prefixes)
        if outline is None:
            return None
        self._outlines.keep(outline)
        return filled(outline, rows.values, self._strings)

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            limit = self._archive.limits.cells
            raise self._archive.refuse(f"的单元格超过{limit}个", "请删去与年报无关的内容后重交")

    def cells(self, text: str, start: int, end: int, sheet: str) -> dict[Position, Cell] | None:
        """The cells between two places of a sheet's text; None if their spelling is unusual.

        Raises UnusableInput for an address or shared text that does not exist, a cell that stands twice,
        or more cells than the limits allow.
        """
        cells: dict[Position, Cell] = {}
        masters: _Masters = {}
        prefixes: set[str] = set()
        filled, position = 0, start
        try:
            while position < end:
                # In pieces, so that a big sheet never stands in memory as a list of cells as well.
                beyond = text.find("</row>", position + _PIECE, end) if end - position > _PIECE else -1
                beyond = end if beyond < 0 else beyond + len("</row>")
                filled += self._piece(cells, text[position:beyond], masters, prefixes)
                position = beyond
        except _Unusual:
            return None
        except KeyError as error:
            if "&" in error.args[0]:
                return None
            what = f"工作表“{sheet}”中有无效的单元格地址{error.args[0][:20]}"
            raise self._archive.broken(what) from error
        except IndexError as error:
            raise self._archive.broken(f"工作表“{sheet}”引用了不存在的共享文字") from error
        self.prefixes = tuple(sorted(set(" ".join(prefixes).split())))
        if any(text.find(f' xmlns:{prefix}="', 0, start) < 0 for prefix in self.prefixes):
            return None
        if filled != len(cells):
            raise self._archive.broken(f"工作表“{sheet}”中有单元格出现两次")
        return cells

    def _piece(self, cells: dict[Position, Cell], text: str, masters: _Masters, prefixes: set[str]) -> int:
        """Put whole rows' cells into the dict; how many held something."""
        known, places, blank, cell_type = self._meanings, _places, BLANK, Cell
        strings = self._strings
        count = blanks = 0
        rows = text.split("</row>")
        last = rows.pop()
        if last:
            prefixes.add(_row_prefixes(_LAST_ROWS, last))
        cell: Cell
        for row in rows:
            pieces = row.split('<c r="')
            prefixes.add(_row_heads[pieces[0]])
            del pieces[0]
            count += len(pieces)
            for address, _, spelling in map(str.partition, pieces, repeat('"')):
                place = places[address]
                meaning = known[spelling]
                if meaning is blank:
                    blanks += 1
                    continue
                kind = type(meaning)
                if kind is cell_type:
                    cell = meaning  # type: ignore[assignment]
                elif kind is int:
                    cell = strings[meaning]  # type: ignore[index]
                    if cell is blank:
                        blanks += 1
                        continue
                elif meaning is None:
                    raise _Unusual
                else:
                    cell = self._calculated(meaning, place, masters)  # type: ignore[arg-type]
                cells[place] = cell
        self._spend(count)
        return count - blanks

    def _calculated(self, meaning: Calculated, place: Position, masters: _Masters) -> Cell:
        """A formula cell finished at its place: shared formulas moved there, shared strings looked up."""
        cell, shared, string = meaning
        if string is not None:
            cell = cell._replace(kind=Kind.TEXT, text=self._strings[string].text)
        if shared is not None:
            if cell.formula is not None and cell.formula != UNKNOWN_FORMULA:
                masters[shared] = cell.formula, place
            elif shared in masters:
                self._formulas_left -= len(masters[shared][0])
                if self._formulas_left >= 0:
                    cell = cell._replace(formula=moved(*masters[shared], place))
        return cell
