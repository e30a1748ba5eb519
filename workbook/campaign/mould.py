"""One form built once, then cast for unit after unit: only the parts that differ are written anew.

Building a form takes a third of a second, casting a few thousandths. What differs is marked while building:
texts by characters that no text uses, last year's figures by numbers that no office reports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from workbook.campaign.records import Unit
from workbook.files.archive import Archive, RawEntry, assemble, pack
from workbook.files.markup import escape_string
from workbook.form.edition import CellId, Edition
from workbook.form.filing import Filing, Identity, Organ
from workbook.form.values import figure
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.rules.rulebook import RuleBook
from workbook.template.build import TEMPLATE_VERSION, build_book
from workbook.template.lastyear import HandedOut, RowKey, line_keys

_OPEN, _CLOSE = "\ue0f0", "\ue0f1"  # private use: stand in no roster
_TEXT_MARK = re.compile(f"{_OPEN}([a-z0-9.]+){_CLOSE}")
_FIRST_NUMBER = 987_650_000_000
_NUMBER_MARK = re.compile(r'<c r="([A-Z]+[0-9]+)" s="([0-9]+)"><v>98765(0[0-9]{6})</v></c>')

Piece = str | Callable[["Casting"], str]


@dataclass(frozen=True)
class Casting:
    """What one unit's form says that others' do not."""

    unit: Unit
    campaign: str
    digest: str
    remark: str
    figures: Mapping[CellId, Decimal | None]
    notes: Mapping[RowKey, str]


@dataclass(frozen=True)
class _Part:
    """A part of the package: as it lies in the file, or in pieces of which some differ."""

    raw: RawEntry
    pieces: tuple[Piece, ...] | None


class Mould:
    """The form of one edition, year, level and scope."""

    def __init__(
        self, edition: Edition, rulebook: RuleBook, year: int, level: str | None, scope: str, last: Edition
    ) -> None:
        """Build the form and find what differs from unit to unit; `last` is the form of the year before."""
        self._cells, self._lines = last.cells, line_keys(last)
        filing = Filing(
            organ=Organ(_mark("organ"), level),
            year=year,
            edition_id=edition.id,
            scope=scope,
            facts={},
            identity=Identity(
                edition.id, TEMPLATE_VERSION, False, _mark("organ"), year,
                _mark("unit"), _mark("campaign"), _mark("digest"),
            ),
        )  # fmt: skip
        handed = HandedOut(
            year=year - 1,
            edition=last,
            figures={cell: Decimal(_FIRST_NUMBER + at) for at, cell in enumerate(self._cells)},
            scope=scope,
            notes={line: _mark(f"note.{at}") for at, line in enumerate(self._lines)},
            remark=_mark("remark"),
        )
        sentences = live_sentences(edition, load_sentences())
        data = build_book(edition, rulebook, filing=filing, sentences=sentences, handed=handed)
        with Archive.open(data, name="母表") as archive:
            self._parts = [self._part(archive, name) for name in archive.names]

    def _part(self, archive: Archive, name: str) -> _Part:
        text = archive.read(name).decode("utf-8")
        pieces = list(self._pieces(text))
        return _Part(archive.raw(name), None if len(pieces) == 1 else tuple(pieces))

    def _pieces(self, text: str) -> list[Piece]:
        found: list[Piece] = []
        last = 0
        marks = [*_TEXT_MARK.finditer(text), *_NUMBER_MARK.finditer(text)]
        for mark in sorted(marks, key=lambda match: match.start()):
            found.append(text[last : mark.start()])
            found.append(
                self._word(mark[1]) if mark.re is _TEXT_MARK else self._number(mark[1], mark[2], int(mark[3]))
            )
            last = mark.end()
        found.append(text[last:])
        return found

    def _word(self, name: str) -> Callable[[Casting], str]:
        if name.startswith("note."):
            line = self._lines[int(name.removeprefix("note."))]
            return lambda casting: escape_string(casting.notes.get(line, ""))
        read: Mapping[str, Callable[[Casting], str]] = {
            "organ": lambda casting: casting.unit.name,
            "unit": lambda casting: casting.unit.code,
            "campaign": lambda casting: casting.campaign,
            "digest": lambda casting: casting.digest,
            "remark": lambda casting: casting.remark,
        }
        return lambda casting: escape_string(read[name](casting))

    def _number(self, address: str, style: str, at: int) -> Callable[[Casting], str]:
        cell = self._cells[at]
        blank = f'<c r="{address}" s="{style}"'

        def write(casting: Casting) -> str:
            value = casting.figures.get(cell)
            return f"{blank}/>" if value is None else f"{blank}><v>{figure(value)}</v></c>"

        return write

    def cast(self, casting: Casting) -> bytes:
        """The form of one unit, whole."""
        return assemble(
            part.raw
            if part.pieces is None
            else pack(
                part.raw.name,
                "".join(piece if isinstance(piece, str) else piece(casting) for piece in part.pieces).encode(
                    "utf-8"
                ),
                like=part.raw,
            )
            for part in self._parts
        )


def _mark(name: str) -> str:
    return f"{_OPEN}{name}{_CLOSE}"
