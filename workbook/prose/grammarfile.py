"""The words of the prose as files: `data/` read strictly, by line.

Every row and column is resolved against every edition, so that a misspelt name is an error with file and
line. {name} within a regular expression stands for one of the words `data/words.yaml` lists under that name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from workbook.form.edition import CellId
from workbook.form.editionfile import all_editions
from workbook.form.strict import Entry, read_strict
from workbook.problems import BrokenDefinition
from workbook.prose.grammar import Claim, Example, Grammar, Term
from workbook.prose.standing import SUMMED
from workbook.rules.expression import SyntaxProblem, parse

DATA_FOLDER = Path(__file__).parent / "data"

_STOPS = "，。；：！？、（）\n"
_GAP = f"[^{_STOPS}\\d]{{0,14}}"
_Named = TypeVar("_Named", Term, Claim)

_NAMED = re.compile(r"\{([一-龥]+)\}")


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
    words = _Words(folder / "words.yaml")
    settings = read_strict(folder / "settings.yaml").fields()
    patterns = {key: words.regex(item) for key, item in settings.take("patterns").pairs().items()}
    lists = {key: item.texts() for key, item in settings.take("lists").pairs().items()}
    settings.done()
    report = read_strict(folder / "report.yaml").fields()
    for key, item in report.take("patterns").pairs().items():
        if key in patterns:
            item.broken(f"pattern {key!r} stands in settings.yaml too")
        patterns[key] = words.regex(item)
    report.done()
    terms = _entries(folder / "terms.yaml", "terms", lambda entry: _term(entry, words))
    claims = _entries(folder / "claims.yaml", "claims", lambda entry: _claim(entry, words))
    words.done()
    return Grammar(tuple(terms), tuple(claims), patterns, lists)


class _Words:
    """Lists of words with a name, and regular expressions that may speak of them."""

    def __init__(self, path: Path) -> None:
        fields = read_strict(path).fields()
        entries = fields.take("words").pairs()
        fields.done()
        self._entries = entries
        self._named: dict[str, str] = {}
        self._used: set[str] = set()
        for name, entry in entries.items():
            self._named[name] = f"(?:{self.regex(entry).pattern})"

    def regex(self, entry: Entry) -> re.Pattern[str]:
        """A text, or lines of which any may stand, as one pattern."""
        try:
            source = "|".join(entry.text_or_texts())
            return re.compile(_NAMED.sub(lambda found: self._of(found[1], entry), source))
        except re.error as error:
            entry.broken(f"no pattern: {error}")

    def _of(self, name: str, entry: Entry) -> str:
        if name not in self._named:
            entry.broken(f"words.yaml lists no words by the name {name!r}, or only below")
        self._used.add(name)
        return self._named[name]

    def done(self) -> None:
        """Raises BrokenDefinition for words that nothing speaks of."""
        for name, entry in self._entries.items():
            if name not in self._used:
                entry.broken(f"nothing speaks of the words {name!r}")


def _entries(path: Path, key: str, read: Callable[[Entry], _Named]) -> list[_Named]:
    fields = read_strict(path).fields()
    found = [read(item) for item in fields.take(key).items()]
    fields.done()
    seen: set[str] = set()
    for item in found:
        if item.id in seen:
            raise BrokenDefinition(f"{item.place}: id {item.id!r} stands here twice")
        seen.add(item.id)
    return found


def _phrases(entry: Entry) -> re.Pattern[str]:
    try:
        return re.compile("|".join(pattern(item.text()) for item in entry.items()))
    except re.error as error:
        entry.broken(f"no phrase: {error}")


def _term(entry: Entry, words: _Words) -> Term:
    fields = entry.fields()
    phrases = fields.take("words")
    table = fields.get("table", Entry.text, None)
    row: tuple[str, ...] = fields.get("row", Entry.text_or_texts, ())
    others: tuple[tuple[str, ...], ...] = fields.get(
        "or", lambda item: tuple(part.text_or_texts() for part in item.items()), ()
    )
    units: str = fields.get("units", Entry.text, "")
    term = Term(
        id=fields.take("id").text(),
        label=fields.take("label").text(),
        table=table,
        rows=((row, *others) if row else ()),
        column=fields.get("column", Entry.text, None),
        defaults=fields.get("default", Entry.text_or_texts, ("total",)),
        kind=fields.take("kind").text(),
        rule=fields.get("rule", Entry.text, None),
        rank=fields.take("rank").whole(),
        needs=fields.get("needs", words.regex, None),
        unless=fields.get("unless", words.regex, None),
        beside=fields.get("beside", Entry.text, None),
        units=frozenset(units.split("|")) if units else frozenset(),
        loose=fields.get("loose", Entry.flag, False),
        at_most=fields.get("atmost", Entry.flag, False),
        words=_phrases(phrases),
        at_start=any(item.text().startswith("^") for item in phrases.items()),
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
    for column in (one for named in columns for one in SUMMED.get(named, (named,))):
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


def _claim(entry: Entry, words: _Words) -> Claim:
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
        words=words.regex(fields.take("words")),
        needs=fields.get("needs", words.regex, None),
        unless=fields.get("unless", words.regex, None),
        but=fields.get("but", words.regex, None),
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
