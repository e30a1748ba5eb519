"""The rule book: every rule as data, resolved against the editions when it is loaded.

A rule is written once and runs as a check of one filing, as live formulas in the template, over thousands
of filings at once, and as constraints for finding the wrong cell; nothing in the code knows a rule's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path

from workbook.form.edition import Edition
from workbook.form.editionfile import all_editions
from workbook.problems import BrokenDefinition
from workbook.rules.binding import Application, Scope, UnknownName, bind_application, bind_node
from workbook.rules.expression import Name, parse
from workbook.rules.procedures import PROCEDURES
from workbook.rules.rule import Rule, Test
from workbook.rules.rulefile import read_rules

RULE_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class RuleBook:
    """All rules in the order of the catalogue."""

    rules: tuple[Rule, ...]

    @cached_property
    def by_code(self) -> dict[str, Rule]:
        """Rules by code."""
        return {rule.code: rule for rule in self.rules}

    @cached_property
    def _limits(self) -> dict[str, Mapping[str, Decimal]]:
        return {test.procedure: rule.limits for rule in self.rules for test in rule.tests if test.procedure}

    def limits_of(self, procedure: str) -> Mapping[str, Decimal]:
        """The thresholds of the rule that names a procedure; none where no rule does."""
        return self._limits.get(procedure, {})

    def asked_of_readers(self, edition: Edition, year: int | None) -> tuple[tuple[Rule, int, str], ...]:
        """Rule, number of its test and procedure, wherever the answer comes from a reader above the rules."""
        cache: dict[object, tuple[tuple[Rule, int, str], ...]] = self.__dict__.setdefault("_asked", {})
        key = (edition.id, year)
        if key not in cache:
            cache[key] = tuple(
                (rule, number, test.procedure)
                for rule in self.rules
                if rule.covers(edition) and rule.covers_year(year)
                for number, test in enumerate(rule.tests)
                if test.procedure is not None and PROCEDURES[test.procedure].run is None
            )
        return cache[key]

    def applications(self, edition: Edition, prior: Edition | None) -> tuple[tuple[Rule, Application], ...]:
        """Every formula of every rule that covers the edition, bound to its cells."""
        key = (edition.id, prior.id if prior else None)
        cache: dict[object, tuple[tuple[Rule, Application], ...]] = self.__dict__.setdefault("_bound", {})
        if key not in cache:
            cache[key] = tuple(
                (rule, application)
                for rule in self.rules
                if rule.covers(edition)
                for application in bound_applications(rule, edition, prior or edition)
            )
        return cache[key]


def bound_applications(rule: Rule, edition: Edition, prior: Edition) -> list[Application]:
    """A rule's formulas bound to an edition; lines an edition does not print are left out.

    Raises BrokenDefinition for a name the edition does not know.
    """
    found: list[Application] = []
    for number, test in enumerate(rule.tests):
        if test.formula is None or test.mark is None:
            continue
        for index in _indices(test, edition):
            scope = Scope(edition, prior, test.table, test.each, index, rule.limits)
            try:
                application = bind_application(number, test.formula, test.mark, scope)
                if application is None:
                    continue
                conditions = tuple(
                    bind_node(outcome.when, scope) if outcome.when else None for outcome in test.outcomes
                )
                texts = tuple(
                    tuple((word, bind_node(node, scope)) for word, node in message.expressions)
                    for outcome in test.outcomes
                    for message in (outcome.message, outcome.remedy)
                )
            except UnknownName as error:
                raise BrokenDefinition(
                    f"{test.place}: {rule.code}: {error} (edition {edition.id})"
                ) from error
            found.append(
                application.with_outcomes(
                    conditions, tuple(texts[i] + texts[i + 1] for i in range(0, len(texts), 2))
                )
            )
    return found


def _indices(test: Test, edition: Edition) -> list[str]:
    """The rows, columns or cells a test goes over, those this edition prints."""
    if test.each == "report":
        return [""]
    if test.each == "cell":
        return [item for item in test.over if _prints(edition, test.table, item)]
    table = edition.by_id.get(test.table or "")
    if table is None:
        return []
    lines = table.rows if test.each == "row" else table.columns
    return (
        [item for item in test.over if item in lines]
        if test.over
        else [
            leaf.id
            for block in table.blocks
            for leaf in (block.row_leaves if test.each == "row" else block.column_leaves)
        ]
    )


def _prints(edition: Edition, table: str | None, item: str) -> bool:
    node = parse(item)
    if not isinstance(node, Name) or node.column is None:
        return False
    head, _, rest = node.path.partition(".")
    table_id, row = (head, rest) if head in edition.by_id else (table or "", node.path)
    return table_id in edition.by_id and bool(edition.by_id[table_id].resolve(row, node.column))


def load_rulebook(folder: Path = RULE_FOLDER) -> RuleBook:
    """The whole rule book; every name resolved against every edition its rule covers.

    Raises BrokenDefinition naming file and line.
    """
    return _load(folder)


@lru_cache(maxsize=4)
def _load(folder: Path) -> RuleBook:
    rules = [rule for path in sorted(folder.glob("*.yaml")) for rule in read_rules(path)]
    if not rules:
        raise BrokenDefinition(f"{folder}: no rules")
    seen: set[str] = set()
    for rule in rules:
        if rule.code in seen:
            raise BrokenDefinition(f"{rule.place}: code {rule.code} stands here twice")
        seen.add(rule.code)
        _resolve_everywhere(rule)
    return RuleBook(tuple(rules))


def _resolve_everywhere(rule: Rule) -> None:
    editions = [edition for edition in all_editions() if rule.covers(edition)]
    if not editions:
        raise BrokenDefinition(f"{rule.place}: {rule.code} covers no edition")
    for test in rule.tests:
        if test.table is not None and not any(test.table in edition.by_id for edition in editions):
            raise BrokenDefinition(f"{test.place}: {rule.code}: no edition prints a table {test.table!r}")
        for item in test.over:
            if not any(item in _indices(test, edition) for edition in editions):
                raise BrokenDefinition(f"{test.place}: {rule.code}: no edition prints {item!r}")
    for edition in editions:
        # A name of last year's that no form prints would switch the rule off without a word.
        bound = {
            (application.test, application.index)
            for prior in all_editions()
            for application in bound_applications(rule, edition, prior)
        }
        for number, test in enumerate(rule.tests):
            for index in _indices(test, edition) if test.formula else ():
                if (number, index) not in bound:
                    raise BrokenDefinition(
                        f"{test.place}: {rule.code}: no edition prints what it reads of last year ({index})"
                    )
