"""What a rule is: its requirements, the ways it can fail, its words and the law it stands on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from workbook.form.edition import Edition
from workbook.rules.expression import Name, Node
from workbook.rules.findings import Severity

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Message:
    """Chinese words with places for numbers: a word of the outcome, or an expression in the form's names."""

    text: str
    expressions: tuple[tuple[str, Node], ...]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every placeholder, as written."""
        return frozenset(PLACEHOLDER.findall(self.text))


@dataclass(frozen=True)
class Outcome:
    """One way a rule can fail: the first whose condition holds is taken."""

    name: str
    when: Node | None
    severity: Severity
    message: Message
    remedy: Message


@dataclass(frozen=True)
class Basis:
    """The law a rule stands on; without a quote it is 待核, without a text 核查经验."""

    state: str
    document: str
    place: str
    quote: str
    local: str = ""  # numbers of the notices by which a campaign changed the rule

    def __str__(self) -> str:
        local = f"；本地要求（{self.local}）" if self.local else ""
        if self.state == "核查经验":
            return "核查经验（非法定要求）" + local
        quote = f"：“{self.quote}”" if self.quote and self.quote not in self.place else ""
        unproved = "" if self.state == "原文已核" else "（待核）"
        return f"{self.document}{self.place}{quote}{unproved}{local}"


@dataclass(frozen=True)
class Test:
    """One requirement of a rule: a formula over rows, columns, cells or the report, or a named procedure.

    `requires` says in Chinese what a procedure asks; a formula speaks for itself in the form's labels.
    """

    each: str
    table: str | None
    over: tuple[str, ...]
    formula: Node | None
    source: str
    mark: Name | None
    procedure: str | None
    requires: str
    outcomes: tuple[Outcome, ...]
    place: str


@dataclass(frozen=True)
class Rule:
    """One rule of the catalogue; `since`/`until` are report years."""

    code: str
    label: str
    tests: tuple[Test, ...]
    basis: Basis
    limits: Mapping[str, Decimal]
    limit_labels: Mapping[str, str]
    since: int | None
    until: int | None
    note: str
    live: bool
    place: str

    def covers_year(self, year: int | None) -> bool:
        """Whether the rule speaks of that report year (an unknown year is not held against it)."""
        return year is None or ((self.since or year) <= year <= (self.until or year))

    def covers(self, edition: Edition) -> bool:
        """Whether some year of the rule is governed by that edition."""
        first = max(self.since or edition.first_year, edition.first_year)
        last = min(year for year in (self.until, edition.last_year, 9999) if year is not None)
        return first <= last
