"""The table of texts a workbook keeps once and its cells refer to by number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import overload

from workbook.files.archive import Archive
from workbook.files.canonical import canonical_strings
from workbook.files.celltext import ATTRIBUTES, CONTENT, plain, repeats_attribute
from workbook.files.grid import Cell, Kind
from workbook.files.safexml import is_usual, part_text, part_unproved

BLANK = Cell(Kind.TEXT, "")  # nothing a person sees; known by identity

_T = rf'<t(?: xml:space="preserve")?(?:/>|>({CONTENT})</t>)'
_PLAIN = re.compile(_T)
_FONT = rf"(?:<rPr/>|<rPr>(?:<[A-Za-z]+{ATTRIBUTES}/>)*+</rPr>)?"
_PHONETIC = rf"(?:<rPh{ATTRIBUTES}>{_T}</rPh>)*+(?:<phoneticPr{ATTRIBUTES}/>)?"
# One text or runs, then what Japanese and Chinese Excel adds of readings, which nobody sees.
_RICH = re.compile(rf"((?:{_T})?(?:<r>{_FONT}{_T}</r>)*+){_PHONETIC}", re.ASCII)
_SMALL = 256 * 1024  # characters; larger tables are proved by expat and turned into cells only as needed


class _Texts(dict[str, Cell | None]):
    """What is written inside an <si> → its Cell, None if the grammar does not account for all of it.

    Labels are the same in thousands of workbooks, so each is parsed and proved once.
    """

    _MOST, _LONGEST = 8_192, 400

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __missing__(self, written: str) -> Cell | None:
        cell = self._parsed(written)
        if len(written) <= self._LONGEST:
            if len(self) >= self._MOST:
                self.clear()
            self[written] = cell
        return cell

    def _parsed(self, written: str) -> Cell | None:
        match = _RICH.fullmatch(written)
        if match is None or "]]>" in written or "\r" in written or repeats_attribute(written):
            return None
        runs = (plain(run, self._limit) for run in _PLAIN.findall(match[1]))
        text = "".join(runs)[: self._limit]
        return Cell(Kind.TEXT, text) if text else BLANK


class _LargeTable(Sequence[Cell]):
    """A table that expat has proved as a whole; its texts become Cells when asked for."""

    def __init__(self, archive: Archive, part: str, items: list[str], texts: _Texts) -> None:
        self._archive, self._part, self._items, self._texts = archive, part, items, texts

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Cell]: ...
    def __getitem__(self, index: int | slice) -> Cell | Sequence[Cell]:
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        cell = self._texts[self._items[index]]
        if cell is None:  # one odd text, and the whole table is rewritten
            self._items = _rewritten(self._archive, self._part)
            cell = self._texts[self._items[index]]
        return cell or BLANK


_known: dict[int, _Texts] = {}


def shared_strings(archive: Archive, part: str | None) -> Sequence[Cell]:
    """The shared texts as Cells by number, BLANK for an empty one; () for a book without the part.

    Raises UnusableInput if the part is no sound XML.
    """
    if part is None:
        return ()
    limit = archive.limits.text
    if limit not in _known:
        _known[limit] = _Texts(limit)
    known = _known[limit]
    small = archive.size(part) <= _SMALL
    text = part_unproved(archive, part) if small else part_text(archive, part)
    first, last = text.find("<si>"), text.rfind("</si>")
    if 0 <= first < last:
        frame = text[:first] + text[last + 5 :]
        if "<si" not in frame and is_usual(frame, "sst", len(frame)):
            items = text[first + 4 : last].split("</si><si>")
            if not small and text.count("<si") == len(items):
                return _LargeTable(archive, part, items, known)
            cells = [known[item] for item in items] if small else [None]
            if None not in cells:
                return cells  # type: ignore[return-value]
    items = _rewritten(archive, part)
    return [known[item] or BLANK for item in items]


def _rewritten(archive: Archive, part: str) -> list[str]:
    """What is written inside each <si> once the table has been through expat."""
    text = canonical_strings(archive, part)
    first, last = text.find("<si>"), text.rfind("</si>")
    return text[first + 4 : last].split("</si><si>") if first >= 0 else []
