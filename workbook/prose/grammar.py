"""The words of the prose as they are used: which cell a phrase names, which claim it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from workbook.form.edition import CellId, Edition
from workbook.prose.patterns import bind
from workbook.prose.standing import SUMMED
from workbook.rules.binding import Bound, UnknownName
from workbook.rules.expression import Node

_MOST_LABELS = 4_000


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that shows a term: the numbers in it as written → the cells they state, added."""

    text: str
    reads: Mapping[str, tuple[CellId, ...]]


@dataclass(frozen=True)
class Term:
    """A phrase for a row, a column or both; the head of `data/terms.yaml` says what each field means.

    `rows` are alternatives, each the ids of the rows added; `defaults` the columns tried where none is named.
    """

    id: str
    label: str
    table: str | None
    rows: tuple[tuple[str, ...], ...]
    column: str | None
    defaults: tuple[str, ...]
    kind: str
    rule: str | None
    rank: int
    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    beside: str | None
    units: frozenset[str]
    loose: bool
    at_most: bool
    words: re.Pattern[str]
    at_start: bool
    examples: tuple[Example, ...]
    place: str


@dataclass(frozen=True)
class Claim:
    """A statement without a number: what must hold in the tables where its words stand."""

    id: str
    rule: str
    outcome: str
    words: re.Pattern[str]
    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    but: re.Pattern[str] | None
    of: frozenset[str]  # kinds, one of which the number right before must be of; empty: any, or none
    holds: Node
    source: str
    says: str
    examples: tuple[tuple[str, bool], ...]
    place: str

    def bound(self, edition: Edition) -> Bound | None:
        """The condition with its cells; None where the edition does not print them."""
        cache: dict[str, Bound | None] = self.__dict__.setdefault("_bound", {})
        if edition.id not in cache:
            try:
                cache[edition.id] = bind(self.holds, edition, edition)
            except UnknownName:
                cache[edition.id] = None
        return cache[edition.id]


@dataclass(frozen=True)
class Grammar:
    """Everything the prose is read by; `patterns` and `lists` are its named words."""

    terms: tuple[Term, ...]
    claims: tuple[Claim, ...]
    patterns: Mapping[str, re.Pattern[str]]
    lists: Mapping[str, tuple[str, ...]]

    @cached_property
    def by_id(self) -> dict[str, Term]:
        """Terms by id."""
        return {term.id: term for term in self.terms}

    def standing_in(self, label: str) -> tuple[tuple[Term, int, int, bool], ...]:
        """Every term whose words stand in a label, from where to where, and whether its `unless` does too.

        Labels recur from report to report: the last few thousand are remembered.
        """
        cache: dict[str, tuple[tuple[Term, int, int, bool], ...]] = self.__dict__.setdefault("_standing", {})
        if label not in cache:
            if len(cache) >= _MOST_LABELS:
                cache.clear()
            cache[label] = tuple(
                (term, *match.span(), term.unless is not None and term.unless.search(label) is not None)
                for term in self.terms
                if (match := term.words.search(label)) is not None and match.end() > match.start()
            )
        return cache[label]

    def of_edition(self, edition: Edition) -> Grammar:
        """The grammar without the terms of rows and columns that an edition does not print."""
        cache: dict[str, Grammar] = self.__dict__.setdefault("_of_edition", {})
        if edition.id not in cache:
            terms = tuple(term for term in self.terms if _is_printed(term, edition))
            cache[edition.id] = replace(self, terms=terms)
        return cache[edition.id]


def _is_printed(term: Term, edition: Edition) -> bool:
    if term.table is None:
        return True
    table = edition.by_id.get(term.table)
    if table is None:
        return False
    columns = SUMMED.get(term.column, (term.column,)) if term.column is not None else ()
    if any(column not in table.columns for column in columns):
        return False
    return not term.rows or any(set(rows) <= table.rows.keys() for rows in term.rows)
