"""The sentences of the narrative as data: `templates/narrative.yaml`, read strictly and checked as it loads.

Every name in a sentence is resolved against every edition the sentence covers, so that a misspelt row is an
error with file and line and never a gap in somebody's report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from workbook.form.edition import Edition
from workbook.form.editionfile import all_editions
from workbook.form.strict import Entry, read_strict
from workbook.problems import BrokenDefinition
from workbook.prose.patterns import (
    ITEM_WORDS,
    PLAIN,
    REPORT_WORDS,
    BoundListing,
    BoundPiece,
    Insert,
    Item,
    Listing,
    Piece,
    Word,
    bind,
    bind_pieces,
    cells_of,
    cells_of_pieces,
    read_condition,
    read_pieces,
)
from workbook.resources import template_folder
from workbook.rules.binding import Bound, UnknownName
from workbook.rules.expression import Name, Node, SyntaxProblem, parse

FILE = "narrative.yaml"

_ID = re.compile(r"[a-z_]+(\.[a-z_]+)*")


@dataclass(frozen=True, slots=True)
class ParagraphPattern:
    """Where sentences stand together: the section, and the words its first sentence is opened by."""

    id: str
    section: str
    lead: tuple[str | Word, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording of a sentence and the condition under which it is taken (None: always)."""

    when: Node | None
    pieces: tuple[Piece, ...]
    when_place: str
    text_place: str


@dataclass(frozen=True, slots=True)
class SentencePattern:
    """One sentence in its wordings; the first whose condition holds is written, none if none holds.

    `topic` names the sentence where it cannot be written; `since`/`until` are report years; a `live` one
    is of plain words and sums, so that a workbook can write it itself.
    """

    id: str
    paragraph: ParagraphPattern
    topic: str
    since: int | None
    until: int | None
    live: bool
    variants: tuple[Variant, ...]
    place: str

    def covers(self, edition: Edition) -> bool:
        """Whether some year of the sentence is governed by that edition."""
        first = max(self.since or edition.first_year, edition.first_year)
        last = min(year for year in (self.until, edition.last_year, 9999) if year is not None)
        return first <= last

    def covers_year(self, year: int | None, edition: Edition) -> bool:
        """Whether it speaks of that year; a year the edition does not govern is not held against it."""
        if year is None or not edition.governs(year):
            return True
        return (self.since or year) <= year <= (self.until or year)


@dataclass(frozen=True, slots=True)
class BoundVariant:
    """One wording with its cells."""

    when: Bound | None
    pieces: tuple[BoundPiece, ...]


@dataclass(frozen=True, slots=True)
class BoundSentence:
    """A sentence with its cells in one edition."""

    pattern: SentencePattern
    variants: tuple[BoundVariant, ...]


LivePieces: TypeAlias = tuple[str | Bound, ...]


@dataclass(frozen=True, slots=True)
class LiveSentence:
    """A sentence for a workbook's own formulas: the first variant whose condition holds (None: always),
    written as fixed words and sums; nothing where none holds."""

    id: str
    section: str
    variants: tuple[tuple[Bound | None, LivePieces], ...]


@dataclass(frozen=True, eq=False)
class SentenceBook:
    """All sentences in the order of the report; `paragraphs` in the order of its sections."""

    paragraphs: tuple[ParagraphPattern, ...]
    sentences: tuple[SentencePattern, ...]

    def bound(self, edition: Edition, prior: Edition) -> tuple[BoundSentence, ...]:
        """Every sentence that covers the edition, with its cells; `prior` is last year's edition."""
        cache: dict[tuple[str, str], tuple[BoundSentence, ...]] = self.__dict__.setdefault("_bound", {})
        key = (edition.id, prior.id)
        if key not in cache:
            cache[key] = tuple(
                BoundSentence(pattern, tuple(_bound(item, edition, prior) for item in pattern.variants))
                for pattern in self.sentences
                if pattern.covers(edition)
            )
        return cache[key]


def _bound(variant: Variant, edition: Edition, prior: Edition) -> BoundVariant:
    """Raises BrokenDefinition naming the line of the name that is no cell of the edition."""
    place = variant.when_place
    try:
        when = bind(variant.when, edition, prior) if variant.when else None
        place = variant.text_place
        return BoundVariant(when, bind_pieces(variant.pieces, edition, prior))
    except UnknownName as error:
        raise BrokenDefinition(f"{place}: {error} (edition {edition.id})") from error


def live_sentences(edition: Edition, book: SentenceBook) -> tuple[LiveSentence, ...]:
    """The live sentences of an edition: every place for a figure is a bound sum, every other piece a text."""
    return tuple(
        LiveSentence(
            sentence.pattern.id,
            sentence.pattern.paragraph.section,
            tuple(
                (
                    variant.when,
                    tuple(
                        piece if isinstance(piece, str) else piece.arguments[0]
                        for piece in variant.pieces
                        if isinstance(piece, str | Insert)
                    ),
                )
                for variant in sentence.variants
            ),
        )
        for sentence in book.bound(edition, edition)
        if sentence.pattern.live
    )


@lru_cache(maxsize=4)
def load_sentences(path: Path | None = None) -> SentenceBook:
    """The sentences of a file (the product's own where none is given), every name resolved.

    Raises BrokenDefinition naming file and line.
    """
    top = read_strict(path or template_folder() / FILE).fields()
    paragraphs = _paragraphs(top.take("paragraphs"))
    sentences: dict[str, SentencePattern] = {}
    for entry in top.take("sentences").items():
        pattern = _sentence(entry, paragraphs)
        if pattern.id in sentences:
            entry.broken(f"id {pattern.id!r} stands here twice")
        _resolve_everywhere(pattern)
        sentences[pattern.id] = pattern
    top.done()
    return SentenceBook(tuple(paragraphs.values()), tuple(sentences.values()))


def _paragraphs(entry: Entry) -> dict[str, ParagraphPattern]:
    sections = {section.id for edition in all_editions() for section in edition.sections}
    found: dict[str, ParagraphPattern] = {}
    for item in entry.items():
        fields = item.fields()
        lead_entry = fields.get("lead", lambda part: part, None)
        pieces = _pieces(lead_entry, REPORT_WORDS, {}) if lead_entry else ()
        lead = tuple(piece for piece in pieces if isinstance(piece, str | Word))
        if lead_entry and lead != pieces:
            lead_entry.broken("a lead holds no figures: it stands before sentences that may be missing")
        pattern = ParagraphPattern(_id(fields.take("id")), fields.take("section").choice(*sections), lead)
        fields.done()
        if pattern.id in found:
            item.broken(f"id {pattern.id!r} stands here twice")
        found[pattern.id] = pattern
    return found


def _id(entry: Entry) -> str:
    text = entry.text()
    if not _ID.fullmatch(text):
        entry.broken(f"{text!r} is no id")
    return text


def _sentence(entry: Entry, paragraphs: Mapping[str, ParagraphPattern]) -> SentencePattern:
    fields = entry.fields()
    lists_entry = fields.get("lists", lambda item: item, None)
    lists = {name: _listing(item) for name, item in lists_entry.pairs().items()} if lists_entry else {}
    variants = tuple(_variant(item, lists) for item in fields.take("variants").items())
    pattern = SentencePattern(
        id=_id(fields.take("id")),
        paragraph=paragraphs[fields.take("paragraph").choice(*paragraphs)],
        topic=fields.take("topic").text(),
        since=fields.get("since", Entry.whole, None),
        until=fields.get("until", Entry.whole, None),
        live=fields.get("live", Entry.flag, False),
        variants=variants,
        place=entry.place,
    )
    fields.done()
    if not variants or any(variant.when is None for variant in variants[:-1]):
        entry.broken("every variant but the last has a condition (when)")
    used = {id(piece) for variant in variants for piece in variant.pieces if isinstance(piece, Listing)}
    for name, listing in lists.items():
        if id(listing) not in used:
            entry.broken(f"no variant uses the list {name!r}")
    return pattern


def _variant(entry: Entry, lists: Mapping[str, Listing]) -> Variant:
    fields = entry.fields()
    when = fields.get("when", lambda item: item, None)
    text = fields.take("text")
    fields.done()
    if not text.text().strip():
        text.broken("empty text")
    return Variant(
        when=_condition(when) if when else None,
        pieces=_pieces(text, REPORT_WORDS, lists),
        when_place=(when or entry).place,
        text_place=text.place,
    )


def _listing(entry: Entry) -> Listing:
    fields = entry.fields()
    items = tuple(
        Item(source, _name(value, source), value.text(), value.place)
        for source, value in fields.take("items").pairs().items()
    )
    listing = Listing(
        items=items,
        each=_pieces(fields.take("each"), ITEM_WORDS, {}),
        alone=fields.get("alone", lambda item: _pieces(item, ITEM_WORDS, {}), None),
        lead=fields.get("lead", _words, ""),
        separator=fields.get("separator", _words, "、"),
    )
    fields.done()
    return listing


def _name(entry: Entry, source: str) -> Node:
    try:
        node = parse(source)
    except SyntaxProblem as error:
        entry.broken(str(error))
    if not isinstance(node, Name) or node.prior:
        entry.broken(f"an item of a list is one cell or group of this year's form, not {source!r}")
    return node


def _condition(entry: Entry) -> Node:
    try:
        return read_condition(entry.text())
    except SyntaxProblem as error:
        entry.broken(str(error))


def _pieces(entry: Entry, words: frozenset[str], lists: Mapping[str, Listing]) -> tuple[Piece, ...]:
    try:
        return read_pieces(entry.text(), words, lists)
    except SyntaxProblem as error:
        entry.broken(str(error))


def _words(entry: Entry) -> str:
    """Fixed words, which may be none at all."""
    pieces = [piece for piece in _pieces(entry, frozenset(), {}) if isinstance(piece, str)]
    if "".join(pieces) != entry.text():
        entry.broken("fixed words only")
    return entry.text()


def _resolve_everywhere(pattern: SentencePattern) -> None:
    """Bind to every edition covered; last year's names must be printed there too."""
    editions = [edition for edition in all_editions() if pattern.covers(edition)]
    if not editions:
        raise BrokenDefinition(f"{pattern.place}: {pattern.id} covers no edition")
    for variant in pattern.variants:
        for edition in editions:
            bound = _bound(variant, edition, edition)
            when = list(cells_of(bound.when)) if bound.when else []
            names = when + list(cells_of_pieces(bound.pieces))
            if any(not name.cells for name in names):
                place = variant.when_place if any(not n.cells for n in when) else variant.text_place
                raise BrokenDefinition(f"{place}: no such cell in last year's form (edition {edition.id})")
            if pattern.live and (any(name.prior for name in names) or not _is_plain(bound.pieces)):
                raise BrokenDefinition(
                    f"{variant.text_place}: a live sentence is of plain words and this year's sums"
                )


def _is_plain(pieces: tuple[BoundPiece, ...]) -> bool:
    return not any(
        isinstance(piece, BoundListing | Word) or (isinstance(piece, Insert) and piece.helper != PLAIN)
        for piece in pieces
    )
