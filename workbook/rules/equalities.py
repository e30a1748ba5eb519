"""The rule book's hard equalities as plain linear algebra: sums that must hold on every filing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from workbook.form.edition import CellId, Edition
from workbook.rules.findings import Severity
from workbook.rules.rulebook import RuleBook


@dataclass(frozen=True, slots=True)
class Equality:
    """Σ factor × cell = 0 on filings of the years its rule covers; `rule` and `mark` name its finding."""

    rule: str
    mark: CellId
    factors: Mapping[CellId, int]
    since: int
    until: int


def hard_equalities(rulebook: RuleBook, edition: Edition) -> tuple[Equality, ...]:
    """The equalities of this year's figures that nobody may explain away: every outcome is an error."""
    cache: dict[str, tuple[Equality, ...]] = rulebook.__dict__.setdefault("_hard_equalities", {})
    if edition.id not in cache:
        found = []
        for rule, application in rulebook.applications(edition, None):
            outcomes = rule.tests[application.test].outcomes
            factors = application.equality
            if factors and all(outcome.severity is Severity.ERROR for outcome in outcomes):
                found.append(
                    Equality(rule.code, application.mark, factors, rule.since or 0, rule.until or 9999)
                )
        cache[edition.id] = tuple(found)
    return cache[edition.id]


def independent_rows(
    rows: Sequence[Mapping[int, int]],
) -> tuple[frozenset[int], dict[int, frozenset[int]]]:
    """Which rows follow from no others, and for each of the rest the rows it follows from.

    Short rows are taken first, so that what is left over is the longest sum. Empty rows are in neither.
    """
    kept: list[tuple[int, dict[int, Fraction], dict[int, Fraction]]] = []  # pivot, reduced row, combination
    independent: set[int] = set()
    follows: dict[int, frozenset[int]] = {}
    for index in sorted(range(len(rows)), key=lambda item: (len(rows[item]), item)):
        if not rows[index]:
            continue
        row = {cell: Fraction(factor) for cell, factor in rows[index].items()}
        made_of = {index: Fraction(1)}
        for pivot, other, members in kept:
            times = row.get(pivot)
            if times:
                _subtract(row, other, times)
                _subtract(made_of, members, times)
        if row:
            pivot = min(row)
            lead = row[pivot]
            kept.append(
                (
                    pivot,
                    {cell: factor / lead for cell, factor in row.items()},
                    {member: factor / lead for member, factor in made_of.items()},
                )
            )
            independent.add(index)
        else:
            follows[index] = frozenset(made_of) - {index}
    return frozenset(independent), follows


def _subtract(row: dict[int, Fraction], other: Mapping[int, Fraction], times: Fraction) -> None:
    for cell, factor in other.items():
        value = row.get(cell, Fraction(0)) - times * factor
        if value:
            row[cell] = value
        else:
            row.pop(cell, None)
