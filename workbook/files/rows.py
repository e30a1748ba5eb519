"""Cuts the rows of a sheet into cells, accounting for every character by a strict grammar.

What the grammar accepts is well-formed and holds nothing else; what it does not is left to `canonical`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from operator import attrgetter

from workbook.files.archive import Archive
from workbook.files.grid import Cell, Kind, Position, parse_a1
from workbook.files.known import Known
from workbook.files.knownrows import split_rows
from workbook.files.meaning import UNKNOWN_FORMULA, Calculated
from workbook.files.rowheads import Unusual, last_rows, row_heads
from workbook.files.sharedformula import moved
from workbook.files.sharedstrings import BLANK

_PIECE = 1024 * 1024  # characters of a sheet cut into cells at a time

_PARTS = ("pairs", "texts", "numbers", "shared", "size")
_pairs, _texts, _numbers, _shared, _size = map(attrgetter, _PARTS)

_Masters = dict[str, tuple[str, Position]]  # shared formulas by number: text and first cell


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


_places = _Places()


class RowCutter:
    """Reads the cells of one book's sheets, sheet by sheet, and counts them against the limit."""

    def __init__(self, archive: Archive, known: Known, strings: Sequence[Cell]) -> None:
        self._archive, self._strings = archive, strings
        self._known, self._meanings = known, known.meanings
        self._left = archive.limits.cells
        self._formulas_left = archive.limits.formulas

    def known_cells(self, rows: bytes, prefixes: frozenset[str]) -> dict[Position, Cell] | None:
        """The cells of rows in UTF-8, each row as it was met before or proved now.

        `prefixes` are those the sheet declares. None where `cells` must say what is the matter. Raises
        UnusableInput for more cells than the limits allow.
        """
        known, strings = self._known.rows(prefixes), self._strings
        formulas_left = self._formulas_left
        *written, last = split_rows(rows)
        try:
            known.prove_last(last)
            met = list(map(known.__getitem__, written))
            cells = dict(chain.from_iterable(map(_pairs, met)))
            texts = list(map(strings.__getitem__, chain.from_iterable(map(_numbers, met))))
            cells.update(zip(chain.from_iterable(map(_texts, met)), texts, strict=True))
            masters: _Masters = {}
            for place, meaning in chain.from_iterable(map(_shared, met)):
                cells[place] = self._calculated(meaning, place, masters)
        except (Unusual, IndexError):
            self._formulas_left = formulas_left
            return None
        if len(cells) != sum(map(len, map(_pairs, met))):  # one stands twice
            self._formulas_left = formulas_left
            return None
        if BLANK in texts:
            cells = {place: cell for place, cell in cells.items() if cell is not BLANK}
        self._spend(sum(map(_size, met)))
        return cells

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
        except Unusual:
            return None
        except KeyError as error:
            if "&" in error.args[0]:
                return None
            what = f"工作表“{sheet}”中有无效的单元格地址{error.args[0][:20]}"
            raise self._archive.broken(what) from error
        except IndexError as error:
            raise self._archive.broken(f"工作表“{sheet}”引用了不存在的共享文字") from error
        used = set(" ".join(prefixes).split())
        if any(text.find(f' xmlns:{prefix}="', 0, start) < 0 for prefix in used):
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
        prefixes.add(last_rows(last))
        cell: Cell
        for row in rows:
            pieces = row.split('<c r="')
            prefixes.add(row_heads[pieces[0]])
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
                    raise Unusual
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
