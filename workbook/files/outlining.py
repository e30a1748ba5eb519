"""How an outline is made: from rows that were read cell by cell, and what was read there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbook.files.grid import Cell, Position, parse_a1
from workbook.files.meaning import Meanings
from workbook.files.outline import Cut, NotAlike, Outline, filled
from workbook.files.sharedstrings import BLANK


class _Numbers(dict[bytes, Cell]):
    """Digits → the number's Cell with one formula (None: typed)."""

    _MOST = 1_024

    def __init__(self, known: Meanings, formula: str | None) -> None:
        super().__init__()
        self._known, self._formula = known, formula

    def __missing__(self, written: bytes) -> Cell:
        cell = self._known.number(written, self._formula)
        if cell is None:
            raise NotAlike
        if len(self) >= self._MOST:
            self.clear()
        self[written] = cell
        return cell


class _Others(dict[bytes, Cell]):
    """Value → Cell for a spelling that is no plain number and no shared text: dates, truths, results."""

    _MOST = 64

    def __init__(self, known: Meanings, before: str) -> None:
        super().__init__()
        self._known, self._before = known, before

    def __missing__(self, written: bytes) -> Cell:
        try:
            meaning = self._known[f"{self._before}<v>{written.decode('utf-8')}</v></c>"]
        except UnicodeError as error:
            raise NotAlike from error
        if type(meaning) is not Cell or meaning is BLANK:
            raise NotAlike
        if len(self) >= self._MOST:
            self.clear()
        self[written] = meaning
        return meaning


class _Texts(dict[bytes, Cell]):
    """Stands in for shared texts, which are another book's the next time."""

    def __missing__(self, _: bytes) -> Cell:
        return BLANK


def outline_of(
    rows: Cut,
    known: Meanings,
    strings: Sequence[Cell],
    cells: dict[Position, Cell],
    count: int,
    prefixes: tuple[str, ...],
) -> Outline | None:
    """The outline of rows that were read cell by cell, from what was read; None where it would not do."""
    places = list(_places(rows))
    if None in places:
        return None
    slots: dict[Position, tuple[int, str]] = {}
    for number, place in enumerate(places):
        if place is None or place[0] in slots:
            return None
        slots[place[0]] = number, place[1]
    values: list[dict[bytes, Cell]] = [_TEXTS] * len(places)
    texts: list[int] = []
    others: list[int] = []
    plain: dict[str | None, _Numbers] = {}
    for position, (number, before) in slots.items():
        sort = known.sort(before)
        if sort == "s":
            texts.append(number)
            continue
        cell = cells.get(position)
        if cell is None:
            return None
        if sort == "n":
            values[number] = plain.setdefault(cell.formula, _Numbers(known, cell.formula))
        else:
            others.append(number)
            values[number] = _Others(known, before)
    order = list(slots)
    if any(position not in slots for position in cells):
        order = sorted({*slots, *cells})
        if [position for position in order if position in cells] != list(cells):
            return None
    at = {position: number for number, position in enumerate(order)}
    fixed = tuple(cells.get(position, BLANK) for position in order) if len(order) > len(slots) else ()
    outline = Outline(
        rows.rests,
        tuple(order),
        tuple(values),
        tuple(texts),
        tuple(others),
        tuple(at[position] for position in slots) if fixed else (),
        fixed,
        count,
        prefixes,
    )
    try:
        again = filled(outline, rows.values, strings).cells
    except (NotAlike, IndexError):
        return None
    return outline if list(again.items()) == list(cells.items()) else None


_TEXTS = _Texts()


def _places(rows: Cut) -> Iterator[tuple[Position, str] | None]:
    """For each value its cell's place, and what is written between the address and the value."""
    for rest in rows.rests[: len(rows.values)]:
        _, found, last = rest.rpartition(b'<c r="')
        address, quote, before = last.decode("utf-8", "replace").partition('"')
        position = parse_a1(address) if found and quote else None
        yield (position, before) if position is not None else None
