"""What xl/workbook.xml says: the worksheets in order with their parts, the names, the date system."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import NamedTuple

from workbook.files.archive import Archive
from workbook.files.relations import Relation, relations
from workbook.files.safexml import MAIN, Attributes, part_events


class SheetEntry(NamedTuple):
    """One worksheet: its name, the part that holds it, whether a person sees its tab."""

    name: str
    part: str
    visible: bool


@dataclass(slots=True)
class Book:
    """The book's plan, every part in it known to be there."""

    part: str
    sheets: list[SheetEntry] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    date1904: bool = False
    strings: str | None = None
    styles: str | None = None


def workbook_part(archive: Archive) -> str:
    """The part the package names as its document. Raises UnusableInput if there is none."""
    for relation in relations(archive, "").values():
        if relation.is_a("officeDocument") and relation.part:
            return relation.part
    part = archive.find("xl/workbook.xml")
    if part is None:
        raise archive.broken("缺少工作簿部件")
    return part


def read_book(archive: Archive) -> Book:
    """Read the plan of a book.

    Chart, dialogue and macro sheets and sheets whose part is missing are left out. Raises UnusableInput
    if nothing is left, if two sheets bear one name, or if the book exceeds its limits.
    """
    book = Book(workbook_part(archive))
    links = relations(archive, book.part)
    for relation in links.values():
        if relation.is_a("sharedStrings"):
            book.strings = relation.part
        elif relation.is_a("styles"):
            book.styles = relation.part
    said = _said(archive, book.part)
    book.names, book.date1904 = said.names, said.date1904
    _add_sheets(archive, book, links, said)
    if not book.sheets:
        raise archive.refuse("中没有可读的工作表", "请用Excel或WPS打开原件，另存为xlsx后重交")
    if len({sheet.name.lower() for sheet in book.sheets}) < len(book.sheets):
        raise archive.broken("有两张工作表同名")
    return book


_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_STRICT_LINK = "http://purl.oclc.org/ooxml/officeDocument/relationships id"
_WORKBOOK, _SHEET, _PROPERTIES, _NAME = (
    frozenset(f"{namespace} {local}" for namespace in MAIN)
    for local in ("workbook", "sheet", "workbookPr", "definedName")
)


@dataclass(slots=True)
class _Said:
    """What the workbook part says by itself; the sheets as name, link and whether one sees the tab."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    date1904: bool = False


# Workbooks written by one program from one template often have this part in common to the byte.
_cache: OrderedDict[object, _Said] = OrderedDict()
_CACHED, _CACHED_SIZE = 16, 64 * 1024


def _said(archive: Archive, part: str) -> _Said:
    fingerprint = archive.fingerprint(part)
    key = part, fingerprint, archive.limits.names, archive.limits.sheets
    known = _cache.get(key)
    if known is None:
        known = _Said()
        _Plan(archive, part, known).read()
        if len(fingerprint[3]) <= _CACHED_SIZE:
            _cache[key] = known
            if len(_cache) > _CACHED:
                _cache.popitem(last=False)
    return known


def _add_sheets(archive: Archive, book: Book, links: dict[str, Relation], said: _Said) -> None:
    parts: set[str] = set()
    for name, link, visible in said.sheets:
        relation = links.get(link)
        # A part that two sheets share is no writer's work, and would let a small file be read for ever.
        if not (relation and relation.part and relation.is_a("worksheet")) or relation.part in parts:
            continue
        parts.add(relation.part)
        book.sheets.append(SheetEntry(name, relation.part, visible))
        if len(book.sheets) > archive.limits.sheets:
            raise archive.refuse(f"的工作表超过{archive.limits.sheets}张", "请删去与年报无关的工作表后重交")


class _Plan:
    """The handlers that walk workbook.xml; elements count only at the depth where the schema has them."""

    def __init__(self, archive: Archive, part: str, said: _Said) -> None:
        self._archive, self._part, self._said = archive, part, said
        self._depth = 0
        self._name: str | None = None
        self._pieces: list[str] = []

    def read(self) -> None:
        part_events(self._archive, self._part, self._start, self._end, self._text)

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth == 3:
            if name in _SHEET:
                link = attributes.get(_LINK) or attributes.get(_STRICT_LINK) or ""
                visible = attributes.get("state", "visible") == "visible"
                self._said.sheets.append((attributes.get("name", ""), link, visible))
            elif name in _NAME and "localSheetId" not in attributes:
                self._name = attributes.get("name")
        elif self._depth == 2:
            if name in _PROPERTIES:
                self._said.date1904 = attributes.get("date1904") in ("1", "true", "on")
        elif self._depth == 1 and name not in _WORKBOOK:
            raise self._archive.broken(f"{self._part}不是工作簿部件")

    def _text(self, characters: str) -> None:
        if self._name is not None:
            self._pieces.append(characters)

    def _end(self, _: str) -> None:
        self._depth -= 1
        if self._name is not None:
            names, limit = self._said.names, self._archive.limits.names
            names.setdefault(self._name, "".join(self._pieces).strip())
            self._name = None
            self._pieces.clear()
            if len(names) > limit:
                raise self._archive.refuse(
                    f"的名称超过{limit}个", "请在“公式—名称管理器”中删去无用名称后重交"
                )
