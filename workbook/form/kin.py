"""Sheets of one kin bear the form's labels in the same places: what one shows need not be sought on the next.

Which cells are blank, what numbers or words stand in the figures' places, how a cell looks makes no other
kin. What was found holds for another sheet of the kin where every question that was asked on the way, beyond
where the labels stand, is answered there as it was on the first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple, TypeAlias

from workbook.files.grid import Position, Sheet
from workbook.files.memory import Memory
from workbook.form.edition import Table
from workbook.form.editionfile import all_editions
from workbook.form.foundtable import FoundTable
from workbook.form.labels import label_plain

# A label longer than this is prose; the longest printed one has 37 characters.
LONGEST_LABEL = 120


class Answer(NamedTuple):
    """A question about a sheet beyond its labels (a method of `LabelledSheet`), and what it was told."""

    question: Callable[..., object]
    given: tuple[object, ...]
    said: object


Alike: TypeAlias = Callable[[Iterable[Answer]], bool]


class Search(NamedTuple):
    """What came of a search: the table or None, after these answers."""

    found: FoundTable | None
    answers: tuple[Answer, ...]


class Kin:
    """What was found on sheets of one kin, and after which answers."""

    __slots__ = ("_searches", "absent")

    _MOST_ALIKE, _MOST_ANSWERS = 8, 400

    def __init__(self) -> None:
        self._searches: dict[Hashable, list[Search]] = {}
        self.absent: set[int] = set()  # the numbers of tables that the labels alone rule out

    def search(self, table: Table, sheet: str, alike: Alike) -> Search | None:
        """An earlier search that would end the same on a sheet of this name, if there was one.

        `alike` says whether questions are answered there as they were.
        """
        searches = self._searches.get((id(table), sheet), ())
        return next((search for search in searches if alike(search.answers)), None)

    def remember(self, table: Table, sheet: str, found: FoundTable | None, answers: Sequence[Answer]) -> None:
        """Keep what came of a search, but not the sheet's cells; the oldest of many goes."""
        if found is None and not answers:
            self.absent.add(id(table))
        if len(answers) > self._MOST_ANSWERS:
            return
        searches = self._searches.setdefault((id(table), sheet), [])
        bare = found.on(Sheet(sheet, {})) if found else None
        searches.insert(0, Search(bare, tuple(answers)))
        del searches[self._MOST_ALIKE :]


Labels: TypeAlias = tuple[tuple[Position, str], ...]

_kin: OrderedDict[Labels, Kin] = OrderedDict()
_MOST_KIN, _MOST_LABELS = 512, 1_000


def kin_of(sheet: Sheet) -> Kin | None:
    """The kin of a sheet; None for one with more labels than any form has."""
    words = _words
    labels = tuple(
        (position, word)
        for position, cell in sheet.texts
        if (word := words[cell.text]) is not None and cell.formula is None
    )
    if len(labels) > _MOST_LABELS:
        return None
    known = _kin.get(labels)
    if known is None:
        known = _kin[labels] = Kin()
        if len(_kin) > _MOST_KIN:
            _kin.popitem(last=False)
    else:
        _kin.move_to_end(labels)
    return known


class _Words(Memory[str, str | None]):
    """A text → the label of the form that it is, as people read it; None for any other."""

    most = 16_384

    def __missing__(self, text: str) -> str | None:
        if len(text) > LONGEST_LABEL:
            return None
        word = label_plain(text)
        return self.keep(text, word if word in _printed().labels else None)


_words = _Words()


class _Printed(NamedTuple):
    """The tables of all editions, their numbers, and every wording of a label in them."""

    tables: tuple[Table, ...]  # kept, so that no other table can come to bear one's number
    numbers: frozenset[int]
    labels: frozenset[str]


@cache
def _printed() -> _Printed:
    tables = tuple(chain.from_iterable(edition.tables for edition in all_editions()))
    lines = (
        node
        for table in tables
        for block in table.blocks
        for top in (*block.rows, *block.columns)
        for node in top.walk()
    )
    wordings = (wording for line in lines for wording in (line.label, *line.variants))
    return _Printed(tables, frozenset(map(id, tables)), frozenset(map(label_plain, wordings)))


def is_printed(table: Table) -> bool:
    """Whether a table is one of our editions', so that all its labels count for the kin."""
    return id(table) in _printed().numbers
