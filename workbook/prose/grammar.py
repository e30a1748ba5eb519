"""The words of the prose as data: which cell a phrase names, which claim it makes, whose number it is.

The files of `data/` are read strictly; every row and column is resolved against every edition, so that a
misspelt name is an error with file and line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.form.strict import Entry, read_strict
from workbook.problems import BrokenDefinition
from workbook.prose.patterns import bind
from workbook.rules.binding import Bound, UnknownName
from workbook.rules.expression import Node, SyntaxProblem, parse

DATA_FOLDER = Path(__file__).parent / "data"

_STOPS = "，。；：！？、（）\n"
_GAP = f"[^{_STOPS}\\d]{{0,14}}"


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
    if table is None or (term.column is not None and term.column not in table.columns):
        return False
    return not term.rows or any(set(rows) <= table.rows.keys() for rows in term.rows)


def pattern(source: str) -> str:
    """A phrase of the grammar as a regular expression: （甲|乙）, [甲], …, ^ and #; all else is literal."""
    made: list[str] = []
    for sign in source:
        match sign:
            case "(" | "（":
                made.append("(?:")
            case ")" | "）":
                made.append(")")
            case "[":
                made.append("(?:")
            case "]":
                made.append(")?")
            case "|":
                made.append("|")
            case "…":
                made.append(_GAP)
            case "#":
                made.append(r"(?:(?:的|共|有|为|是|达|计|约|近|超过)*)\Z")
            case "^":
                made.append(r"\A(?:(?:其中|的|共|已|另有|另|还有|并|·)*)")
            case _:
                made.append(re.escape(sign))
    return "".join(made)


@lru_cache(maxsize=2)
def load_grammar(folder: Path = DATA_FOLDER) -> Grammar:
    """The whole grammar. Raises BrokenDefinition naming file and line."""
    settings = read_strict(folder / "settings.yaml").fields()
    patterns = {key: _compiled(item) for key, item in settings.take("patterns").pairs().items()}
    lists = {key: item.texts() for key, item in settings.take("lists").pairs().items()}
    settings.done()
    report = read_strict(folder / "report.yaml").fields()
    for key, item in report.take("patterns").pairs().items():
        if key in patterns:
            item.broken(f"pattern {key!r} stands in settings.yaml too")
        patterns[key] = _one_of(item)
    report.done()
    terms = _entries(folder / "terms.yaml", "terms", _term)
    claims = _entries(folder / "claims.yaml", "claims", _claim)
    return Grammar(tuple(terms), tuple(claims), patterns, lists)


def _entries(path: Path, key: str, read):  # type: ignore[no-untyped-def]
    fields = read_strict(path).fields()
    found = [read(item) for item in fields.take(key).items()]
    fields.done()
    seen: set[str] = set()
    for item in found:
        if item.id in seen:
            raise BrokenDefinition(f"{item.place}: id {item.id!r} stands here twice")
        seen.add(item.id)
    return found


def _compiled(entry: Entry) -> re.Pattern[str]:
    try:
        return re.compile(entry.text())
    except re.error as error:
        entry.broken(f"no pattern: {error}")


def _one_of(entry: Entry) -> re.Pattern[str]:
    """Lines of which any may stand, as one pattern."""
    try:
        return re.compile("|".join(entry.texts()))
    except re.error as error:
        entry.broken(f"no pattern: {error}")


def _phrases(entry: Entry) -> re.Pattern[str]:
    try:
        return re.compile("|".join(pattern(item.text()) for item in entry.items()))
    except re.error as error:
        entry.broken(f"no phrase: {error}")


def _row(entry: Entry) -> tuple[str, ...]:
    try:
        return entry.texts()
    except BrokenDefinition:
        return (entry.text(),)


def _term(entry: Entry) -> Term:
    fields = entry.fields()
    words = fields.take("words")
    table = fields.get("table", Entry.text, None)
    row: tuple[str, ...] = fields.get("row", _row, ())
    others: tuple[tuple[str, ...], ...] = fields.get(
        "or", lambda item: tuple(_row(part) for part in item.items()), ()
    )
    units: str = fields.get("units", Entry.text, "")
    term = Term(
        id=fields.take("id").text(),
        label=fields.take("label").text(),
        table=table,
        rows=((row, *others) if row else ()),
        column=fields.get("column", Entry.text, None),
        defaults=fields.get("default", _row, ("total",)),
        kind=fields.take("kind").text(),
        rule=fields.get("rule", Entry.text, None),
        rank=fields.take("rank").whole(),
        needs=fields.get("needs", _compiled, None),
        unless=fields.get("unless", _compiled, None),
        beside=fields.get("beside", Entry.text, None),
        units=frozenset(units.split("|")) if units else frozenset(),
        loose=fields.get("loose", Entry.flag, False),
        at_most=fields.get("atmost", Entry.flag, False),
        words=_phrases(words),
        at_start=any(item.text().startswith("^") for item in words.items()),
        examples=fields.get("examples", lambda item: tuple(_example(part) for part in item.items()), ()),
        place=entry.place,
    )
    fields.done()
    _resolve(term, entry)
    return term


def _resolve(term: Term, entry: Entry) -> None:
    if term.table is None:
        return
    tables = [edition.by_id[term.table] for edition in all_editions() if term.table in edition.by_id]
    if not tables:
        entry.broken(f"no edition prints a table {term.table!r}")
    for row in (row for rows in term.rows for row in rows):
        if not any(row in table.rows for table in tables):
            entry.broken(f"no edition prints a row {row!r}")
    columns = [term.column] if term.column else list(term.defaults) if term.rows else []
    for column in columns:
        if not any(column in table.columns for table in tables):
            entry.broken(f"no edition prints a column {column!r}")


def _example(entry: Entry) -> Example:
    fields = entry.fields()
    text = fields.take("text").text()
    reads: dict[str, tuple[CellId, ...]] = {}
    for written, cells in fields.take("reads").pairs().items():
        try:
            reads[written] = tuple(CellId.parse(part.strip()) for part in cells.text().split("+"))
        except ValueError:
            cells.broken(f"no cells: {cells.text()!r}")
        if written not in text:
            cells.broken(f"{written!r} does not stand in the sentence")
    fields.done()
    return Example(text, reads)


def _claim(entry: Entry) -> Claim:
    fields = entry.fields()
    holds = fields.take("holds")
    try:
        node = parse(holds.text())
    except SyntaxProblem as error:
        holds.broken(str(error))
    claim = Claim(
        id=fields.take("id").text(),
        rule=fields.take("rule").text(),
        outcome=fields.take("outcome").text(),
        words=_compiled(fields.take("words")),
        needs=fields.get("needs", _compiled, None),
        unless=fields.get("unless", _compiled, None),
        but=fields.get("but", _compiled, None),
        of=frozenset(fields.get("of", Entry.text, "").split("|")) - {""},
        holds=node,
        source=holds.text(),
        says=fields.take("says").text(),
        examples=tuple((text, item.flag()) for text, item in fields.take("examples").pairs().items()),
        place=entry.place,
    )
    fields.done()
    if all(claim.bound(edition) is None for edition in all_editions()):
        holds.broken(f"no edition prints what {holds.text()!r} speaks of")
    return claim
