"""Patterns of sentences: fixed words with places for figures, words and lists.

In a pattern's text every `{…}` is one of

    {applications.received[total]}      a figure: any sum or difference in the names of the rule language
    {share(a, b)}                       a as a percentage of b, two decimals: 20.00%
    {growth(now, before)}               增长17.24%, 下降3.20%, 持平
    {change(a)}                         增加198, 减少8: a signed figure in words; 0 must not come here
    {year} {organ}                      words about the report: 2025年, the organ's name
    {reasons}                           a list of the sentence

and in the text of a list's item also `{label}` and `{this}`, the item's own name and figure. A text holds no
digit of its own: whatever number a sentence states comes from the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeAlias, TypeVar

from workbook.form.edition import CellId, Edition
from workbook.problems import BrokenDefinition
from workbook.rules.binding import (
    Bound,
    BoundAbsolute,
    BoundArithmetic,
    BoundComparison,
    BoundDenial,
    BoundJunction,
    BoundMembership,
    Cells,
    Context,
    Scope,
    UnknownName,
    bind_node,
)
from workbook.rules.expression import (
    Absolute,
    Arithmetic,
    Comparison,
    Denial,
    Junction,
    Name,
    Node,
    Number,
    SyntaxProblem,
    Text,
    parse,
)

T = TypeVar("T")

PLAIN = "figure"
HELPERS: Mapping[str, int] = {"share": 2, "growth": 2, "change": 1}  # name → number of arguments
REPORT_WORDS = frozenset({"year", "organ"})
ITEM_WORDS = REPORT_WORDS | {"label"}

_PLACE = re.compile(r"\{([^{}]*)\}")
_CALL = re.compile(r"([a-z]+)\((.*)\)")
_LIMITS: Mapping[str, Decimal] = {}


@dataclass(frozen=True, slots=True)
class Insert(Generic[T]):
    """A place for a figure: how it is written (PLAIN or one of HELPERS) and of what."""

    helper: str
    arguments: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A place for a word about the report, or for the label of a list's item."""

    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: its name as written, and its label ("" for the edition's own)."""

    source: str
    node: Node
    label: str
    place: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Items that are not 0, each in the words of `each`.

    Two or more are opened by `lead`; a single one is written as `alone` where that is given.
    """

    items: tuple[Item, ...]
    each: tuple[Piece, ...]
    alone: tuple[Piece, ...] | None
    lead: str
    separator: str


Piece: TypeAlias = str | Insert[Node] | Word | Listing


@dataclass(frozen=True, slots=True)
class BoundItem:
    """An item with its cells; its words are bound for itself, `this` being its figure."""

    value: Bound
    each: tuple[str | Insert[Bound] | Word, ...]
    alone: tuple[str | Insert[Bound] | Word, ...]


@dataclass(frozen=True, slots=True)
class BoundListing:
    """A list with its cells."""

    items: tuple[BoundItem, ...]
    lead: str
    separator: str


BoundPiece: TypeAlias = str | Insert[Bound] | Word | BoundListing


def read_pieces(text: str, words: frozenset[str], lists: Mapping[str, Listing]) -> tuple[Piece, ...]:
    """The pieces of a pattern's text. Raises SyntaxProblem."""
    plain = _PLACE.sub("", text)
    if "{" in plain or "}" in plain:
        raise SyntaxProblem(f"a brace without its partner in {text!r}")
    if any(character.isdigit() for character in plain):
        raise SyntaxProblem(f"a number of its own in {text!r}: figures come from the form")
    pieces: list[Piece] = []
    at = 0
    for match in _PLACE.finditer(text):
        if match.start() > at:
            pieces.append(text[at : match.start()])
        pieces.append(_piece(match[1].strip(), words, lists))
        at = match.end()
    return (*pieces, text[at:]) if at < len(text) else tuple(pieces)


def _piece(source: str, words: frozenset[str], lists: Mapping[str, Listing]) -> Piece:
    if source in words:
        return Word(source)
    if source in lists:
        return lists[source]
    call = _CALL.fullmatch(source)
    if not call or call[1] not in HELPERS:
        return Insert(PLAIN, (_amount(source),))
    # Names hold no commas, so arguments part at every one.
    arguments = tuple(_amount(part) for part in call[2].split(","))
    if len(arguments) != HELPERS[call[1]]:
        raise SyntaxProblem(f"{call[1]} takes {HELPERS[call[1]]} figures: {source!r}")
    return Insert(call[1], arguments)


def _amount(source: str) -> Node:
    node = parse(source)
    if not isinstance(node, Name | Arithmetic | Absolute):
        raise SyntaxProblem(f"{source!r} is no figure")
    if "/" in source:
        raise SyntaxProblem(f"a quotient is written share(a, b): {source!r}")
    return node


def read_condition(source: str) -> Node:
    """The tree of a condition. Raises SyntaxProblem."""
    node = parse(source)
    if not isinstance(node, Comparison | Junction | Denial):
        raise SyntaxProblem(f"{source!r} is no condition")
    return node


def bind(node: Node, edition: Edition, prior: Edition, this: str = "") -> Bound:
    """A formula's names as cells; `this` is the name that stands for the list item at hand.

    Raises UnknownName for whatever is no cell of the form: a sentence knows all it speaks of.
    """
    scope = Scope(edition, prior, None, "cell" if this else "report", this, _LIMITS)
    bound = bind_node(node, scope)
    for part in _leaves(bound):
        if isinstance(part, Context | Text):
            raise UnknownName(f"no cell {part.path if isinstance(part, Context) else part.value!r}")
    return bound


def bind_pieces(pieces: tuple[Piece, ...], edition: Edition, prior: Edition) -> tuple[BoundPiece, ...]:
    """The pieces of a text with their cells. Raises UnknownName, BrokenDefinition for an item of a list."""
    return tuple(
        _bind_listing(piece, edition, prior)
        if isinstance(piece, Listing)
        else _bind_simple(piece, edition, prior, "", "")
        for piece in pieces
    )


def _bind_listing(listing: Listing, edition: Edition, prior: Edition) -> BoundListing:
    items = []
    for item in listing.items:
        try:
            value = bind(item.node, edition, prior)
            label = item.label or (value.label if isinstance(value, Cells) else "")
            each = _bind_words(listing.each, edition, prior, item.source, label)
            alone = _bind_words(listing.alone or listing.each, edition, prior, item.source, label)
        except UnknownName as error:
            raise BrokenDefinition(f"{item.place}: {error} (edition {edition.id})") from error
        items.append(BoundItem(value, each, alone))
    return BoundListing(tuple(items), listing.lead, listing.separator)


def _bind_words(
    pieces: tuple[Piece, ...], edition: Edition, prior: Edition, this: str, label: str
) -> tuple[str | Insert[Bound] | Word, ...]:
    return tuple(
        _bind_simple(piece, edition, prior, this, label) for piece in pieces if not isinstance(piece, Listing)
    )


def _bind_simple(
    piece: str | Insert[Node] | Word, edition: Edition, prior: Edition, this: str, label: str
) -> str | Insert[Bound] | Word:
    match piece:
        case Insert(helper, arguments):
            return Insert(helper, tuple(bind(node, edition, prior, this) for node in arguments))
        case Word("label"):
            return label
        case _:
            return piece


def cells_of(*nodes: Bound) -> Iterator[Cells]:
    """Every name in bound formulas, left to right, as the cells it means."""
    for node in nodes:
        for part in _leaves(node):
            if isinstance(part, Cells):
                yield part


def cells_of_pieces(pieces: tuple[BoundPiece, ...]) -> Iterator[Cells]:
    """Every name in the pieces of a text; a list's items count whether they are 0 or not."""
    for piece in pieces:
        if isinstance(piece, Insert):
            yield from cells_of(*piece.arguments)
        elif isinstance(piece, BoundListing):
            for item in piece.items:
                yield from cells_of(item.value)
                yield from cells_of_pieces(item.each)
                yield from cells_of_pieces(item.alone)


def _leaves(node: Bound) -> Iterator[Number | Text | Cells | Context]:
    match node:
        case BoundArithmetic(_, left, right) | BoundComparison(_, left, right):
            yield from _leaves(left)
            yield from _leaves(right)
        case BoundMembership(inner, _) | BoundDenial(inner) | BoundAbsolute(inner):
            yield from _leaves(inner)
        case BoundJunction(_, parts):
            for part in parts:
                yield from _leaves(part)
        case Number() | Text() | Cells() | Context():
            yield node


def split_cells(names: Iterator[Cells]) -> tuple[tuple[CellId, ...], tuple[CellId, ...]]:
    """This year's cells and last year's, each once, in the order met."""
    now: dict[CellId, None] = {}
    then: dict[CellId, None] = {}
    for name in names:
        (then if name.prior else now).update(dict.fromkeys(name.cells))
    return tuple(now), tuple(then)
