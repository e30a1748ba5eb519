"""What a procedure is given and what it may answer; the registry that the rule book names them by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from workbook.form.edition import CellId, Edition, Table
from workbook.form.filing import Fact, Filing, Place
from workbook.form.values import Oddity
from workbook.rules.findings import Given


@dataclass(frozen=True, slots=True)
class Passed:
    """The rule holds on that many cells, tables or headings."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class Failed:
    """The rule is broken, in one of its named outcomes."""

    outcome: str
    mark: CellId | None = None
    value: Decimal | None = None
    expected: Decimal | None = None
    given: Mapping[str, Given] | None = None
    cells: tuple[CellId, ...] = ()
    place: Place | None = None
    section: str | None = None  # of prose, as in Finding
    quote: str | None = None
    stated: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """The rule could not be judged."""

    why: str
    mark: CellId | None = None


Verdict: TypeAlias = Passed | Failed | Open


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One table of a filing with what most checks ask first: which oddities it has at all, which formulas.

    `facts` has an entry for every cell of the table, in its order; None where the table is missing.
    """

    table: Table
    facts: list[Fact] | None
    oddities: frozenset[Oddity] = frozenset()
    formulas: tuple[Fact, ...] = ()


def survey_of(filing: Filing) -> tuple[Surveyed, ...]:
    """Every table of a filing, looked through once for all checks."""
    return tuple(_surveyed(filing, table) for table in filing.edition.tables)


def _surveyed(filing: Filing, table: Table) -> Surveyed:
    if table.id in filing.missing_tables:
        return Surveyed(table, None)
    stored = filing.facts
    try:
        facts = [stored[cell] for cell in table.cells]
    except KeyError:
        facts = [stored.get(cell) or Fact(cell, None, None, Oddity.BLANK) for cell in table.cells]
    formulas = tuple([fact for fact in facts if fact.formula is not None])
    return Surveyed(table, facts, frozenset([fact.oddity for fact in facts]), formulas)


@dataclass(frozen=True, slots=True)
class Case:
    """One filing under examination, last year's beside it (None: `no_prior` says why), a rule's limits.

    `published` is the page it was published on, read back, where somebody brought it.
    """

    filing: Filing
    prior: Filing | None
    no_prior: str
    limits: Mapping[str, Decimal]
    looked_through: tuple[Surveyed, ...] | None = None  # the survey, where somebody has made it already
    published: Filing | None = None

    @property
    def edition(self) -> Edition:
        """The form of the filing."""
        return self.filing.edition

    @property
    def survey(self) -> tuple[Surveyed, ...]:
        """Every table of the form as `survey_of` sees it."""
        return survey_of(self.filing) if self.looked_through is None else self.looked_through

    def tables(self) -> Iterator[tuple[Table, list[Fact] | None]]:
        """Every table of the form with its facts, None where the table is missing."""
        for item in self.survey:
            yield item.table, item.facts


Check: TypeAlias = Callable[[Case], Iterator[Verdict]]


@dataclass(frozen=True)
class Procedure:
    """A named check that arithmetic cannot word: its outcomes, the words its messages may use, its limits.

    `run` is None where the answers come from a reader above the rules: the report's prose.
    """

    name: str
    outcomes: tuple[str, ...]
    gives: frozenset[str]
    limits: frozenset[str]
    run: Check | None


PROCEDURES: dict[str, Procedure] = {}


def procedure(name: str, outcomes: str, gives: str = "", limits: str = "") -> Callable[[Check], Check]:
    """Register a check under a name; outcomes, words and limits are given as space-separated lists."""

    def register(check: Check) -> Check:
        PROCEDURES[name] = Procedure(
            name, tuple(outcomes.split()), frozenset(gives.split()), frozenset(limits.split()), check
        )
        return check

    return register


def answered_elsewhere(name: str, outcomes: str, gives: str = "", limits: str = "") -> None:
    """A name the rule book may use whose answers a reader above the rules gives (`workbook.prose.verify`)."""
    PROCEDURES[name] = Procedure(
        name, tuple(outcomes.split()), frozenset(gives.split()), frozenset(limits.split()), None
    )
