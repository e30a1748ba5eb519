"""Rows and cells as they are written, met once and known again in every workbook of a template.

A row whose bytes were proved means the same wherever they stand; so does a cell, from its address to the next
one's. What has not been met is proved by the same grammar as a sheet that is read for the first time, so
that which cells are blank, hold words or are typed otherwise makes no difference; what the grammar does not
account for is left to be read the slow way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from workbook.files.grid import Cell, Kind, Position, parse_a1
from workbook.files.meaning import Calculated, Meaning, Meanings, number
from workbook.files.rowheads import Unusual, last_rows, row_heads
from workbook.files.safexml import allowed_text
from workbook.files.sharedstrings import BLANK

_CELL, _VALUE, _VALUE_END, _ROW_END = b'<c r="', b"<v>", b"</v>", b"</row>"

Pair: TypeAlias = tuple[Position, Meaning]


class _Numbers(dict[bytes, Cell | None]):
    """Digits → the number's Cell with one formula (None: typed); None for what is no number."""

    _LONGEST = 20

    def __init__(self, formula: str | None) -> None:
        super().__init__()
        self._formula = formula
        self._most = 1_024 if formula is None else 64  # a formula stands in one cell

    def __missing__(self, written: bytes) -> Cell | None:
        cell = number(written.decode("ascii", "replace"), self._formula)
        if len(written) <= self._LONGEST:
            if len(self) >= self._most:
                self.clear()
            self[written] = cell
        return cell


class _Figure(NamedTuple):
    """A cell that holds a plain number: its place, and what any digits between its tags mean."""

    place: Position
    numbers: _Numbers


class _Cells(dict[bytes, Pair]):
    """A cell's writing without the opening of its address → its place and what it means.

    Raises Unusual for a writing that the grammar does not know.
    """

    _MOST, _LONGEST, _SHORT = 16_384, 400, 3
    _MOST_FIGURES = 4_096

    def __init__(self, known: Meanings) -> None:
        super().__init__()
        self._known = known
        # By what stands before and behind the digits.
        self._figures: dict[tuple[bytes, bytes], _Figure] = {}
        self._typed = _Numbers(None)

    def __missing__(self, written: bytes) -> Pair:
        before, _, rest = written.partition(_VALUE)
        value, _, after = rest.partition(_VALUE_END)
        figure = self._figures.get((before, after))
        if figure is not None and (cell := figure.numbers[value]) is not None:
            pair: Pair = figure.place, cell
            if len(value) > self._SHORT:
                return pair  # a long figure hardly ever recurs
        else:
            pair = self._proved(written)
            meaning = pair[1]
            if type(meaning) is Cell and meaning.kind is Kind.NUMBER:
                if len(self._figures) >= self._MOST_FIGURES:
                    self._figures.clear()
                numbers = self._typed if meaning.formula is None else _Numbers(meaning.formula)
                self._figures[before, after] = _Figure(pair[0], numbers)
        if len(written) <= self._LONGEST:
            if len(self) >= self._MOST:
                self.clear()
            self[written] = pair
        return pair

    def _proved(self, written: bytes) -> Pair:
        text = allowed_text(written)
        address, quote, spelling = (text or "").partition('"')
        place, meaning = parse_a1(address), self._known[spelling] if quote else None
        if place is None or meaning is None:
            raise Unusual
        return place, meaning


class Row(NamedTuple):
    """What one row says: its cells that hold something, in their order, those to be finished among them.

    `texts` are the places of cells that refer to a shared text, `numbers` the texts' numbers; `shared` other
    cells that are finished with what stands elsewhere in the book. `size` is how many cells there are, blank
    ones included.
    """

    pairs: Sequence[Pair]
    texts: Sequence[Position]
    numbers: Sequence[int]
    shared: Sequence[tuple[Position, Calculated]]
    size: int


class KnownRows(dict[bytes, Row]):
    """A row's writing without its end tag → what it says.

    For sheets that declare the same prefixes, in books of one styles part. Raises Unusual for a writing that
    the grammar does not know.
    """

    _MOST_BYTES, _PER_ROW, _PER_CELL = 6 * 1024 * 1024, 200, 100
    _MOST_ONCE, _MOST_HEADS, _LONGEST_HEAD = 16_384, 4_096, 400

    def __init__(self, known: Meanings, prefixes: frozenset[str]) -> None:
        super().__init__()
        self._cells, self._prefixes = _Cells(known), prefixes
        self._bytes = 0
        self._heads: set[bytes] = set()  # what stood before a row's first cell and was proved
        # Hashes of rows met once: most rows of figures never come again, and would only fill the memory.
        self._once: set[int] = set()

    def __missing__(self, written: bytes) -> Row:
        head, *cells = written.split(_CELL)
        if head not in self._heads:
            text = allowed_text(head)
            if text is None:
                raise Unusual
            self._declared(row_heads[text])
            if len(self._heads) >= self._MOST_HEADS:
                self._heads.clear()
            if len(head) <= self._LONGEST_HEAD:
                self._heads.add(head)
        blank, cell_type = BLANK, Cell
        pairs: list[Pair] = []
        texts: list[Position] = []
        numbers: list[int] = []
        shared: list[tuple[Position, Calculated]] = []
        for pair in map(self._cells.__getitem__, cells):
            place, meaning = pair
            if meaning is blank:
                continue
            pairs.append(pair)
            if type(meaning) is cell_type:
                continue
            if type(meaning) is int:
                texts.append(place)
                numbers.append(meaning)
            else:
                shared.append(pair)  # type: ignore[arg-type]
        row = Row(pairs, texts, numbers, shared, len(cells))
        mark = hash(written)
        if mark not in self._once:
            if len(self._once) >= self._MOST_ONCE:
                self._once.clear()
            self._once.add(mark)
            return row
        self._bytes += len(written) + self._PER_ROW + self._PER_CELL * len(pairs)
        if self._bytes > self._MOST_BYTES:
            self.clear()
            self._bytes = 0
        self[written] = row
        return row

    def prove_last(self, written: bytes) -> None:
        """Prove what stands behind the last row that has an end tag: empty rows at most."""
        text = allowed_text(written)
        if text is None:
            raise Unusual
        self._declared(last_rows(text))

    def _declared(self, prefixes: str) -> None:
        if prefixes and not self._prefixes.issuperset(prefixes.split()):
            raise Unusual


def split_rows(rows: bytes) -> list[bytes]:
    """What stands between <sheetData> and </sheetData>, cut at the rows' ends; last what is behind them."""
    return rows.split(_ROW_END)
