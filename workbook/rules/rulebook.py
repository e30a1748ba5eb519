"""The rule book: every rule as data, read strictly from `data/*.yaml` and resolved when it is loaded.

A rule is written once and runs as a check of one filing, as live formulas in the template, over thousands
of filings at once, and as constraints for finding the wrong cell; nothing in the code knows a rule's code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from pathlib import Path

from workbook.form.edition import Edition, all_editions
from workbook.form.strict import Entry, Fields, read_strict
from workbook.problems import BrokenDefinition
from workbook.rules.binding import Application, Scope, UnknownName, bind_application, bind_node
from workbook.rules.expression import Comparison, Name, Node, SyntaxProblem, names, parse
from workbook.rules.findings import Severity
from workbook.rules.procedures import PROCEDURES
from workbook.rules.sorts import Sort, WrongSort, require, sort_of

RULE_FOLDER = Path(__file__).parent / "data"

BASIS_STATES = ("原文已核", "待核", "核查经验")
EACH = ("row", "column", "cell", "report")

# Words every message may use; a formula's message may also hold any expression in the form's names.
_COMMON_WORDS = frozenset({"place", "row", "column", "table", "unit"})
_FORMULA_WORDS = _COMMON_WORDS | {"value"}
# Only a comparison has sides to speak of.
_COMPARISON_WORDS = frozenset({"left", "right", "difference", "off", "parts", "left_parts"})

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Message:
    """Chinese words with places for numbers: a word of the outcome, or an expression in the form's names."""

    text: str
    expressions: tuple[tuple[str, Node], ...]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every placeholder, as written."""
        return frozenset(_PLACEHOLDER.findall(self.text))


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

    def __str__(self) -> str:
        if self.state == "核查经验":
            return "核查经验（非法定要求）"
        quote = f"：“{self.quote}”" if self.quote and self.quote not in self.place else ""
        return f"{self.document}{self.place}{quote}" + ("" if self.state == "原文已核" else "（待核）")


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


@dataclass(frozen=True)
class RuleBook:
    """All rules in the order of the catalogue."""

    rules: tuple[Rule, ...]

    @cached_property
    def by_code(self) -> dict[str, Rule]:
        """Rules by code."""
        return {rule.code: rule for rule in self.rules}

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


def read_rules(path: Path) -> list[Rule]:
    """The rules of one file. Raises BrokenDefinition naming file and line."""
    return [_rule(entry) for entry in read_strict(path).items()]


def _rule(entry: Entry) -> Rule:
    fields = entry.fields()
    code = fields.take("code").text()
    if not re.fullmatch(r"[A-Z]{3}-\d\d", code):
        entry.broken(f"{code!r} is no code")
    label = fields.take("label").text()
    limits: dict[str, tuple[Decimal, str]] = fields.get("limits", _limits, {})
    basis = _basis(fields.take("basis"))
    since = fields.get("since", Entry.whole, None)
    until = fields.get("until", Entry.whole, None)
    note = fields.get("note", Entry.text, "")
    live = fields.get("live", Entry.flag, False)
    tests: list[Test] = fields.get("tests", _tests, [])
    if not tests:
        tests = [_test(fields)]
    else:
        fields.done()
    for test in tests:
        lacking = PROCEDURES[test.procedure].limits - limits.keys() if test.procedure else set()
        if lacking:
            entry.broken(f"{code}: {test.procedure} needs limit {sorted(lacking)[0]!r}")
        for word in _PLACEHOLDER.findall(test.requires):
            if word not in limits:
                entry.broken(f"{code}: {{{word}}} is no limit of this rule")
    rule = Rule(
        code=code,
        label=label,
        tests=tuple(tests),
        basis=basis,
        limits={name: value for name, (value, _) in limits.items()},
        limit_labels={name: words for name, (_, words) in limits.items()},
        since=since,
        until=until,
        note=note,
        live=live,
        place=entry.place,
    )
    if rule.basis.state == "核查经验" and any(
        outcome.severity is Severity.ERROR for test in rule.tests for outcome in test.outcomes
    ):
        entry.broken(f"{code}: a rule without a text is never an error")
    return rule


def _tests(entry: Entry) -> list[Test]:
    return [_test(part.fields()) for part in entry.items()]


def _limits(entry: Entry) -> dict[str, tuple[Decimal, str]]:
    return {key: _limit(value) for key, value in entry.pairs().items()}


def _limit(entry: Entry) -> tuple[Decimal, str]:
    fields = entry.fields()
    given = fields.take("value").text()
    label = fields.take("label").text()
    fields.done()
    try:
        value = Decimal(given)
    except InvalidOperation:
        entry.broken(f"{given!r} is no number")
    if not value.is_finite():
        entry.broken(f"{given!r} is no number")
    return value, label


def _basis(entry: Entry) -> Basis:
    fields = entry.fields()
    state = fields.take("state").choice(*BASIS_STATES)
    basis = Basis(
        state,
        fields.get("document", Entry.text, ""),
        fields.get("place", Entry.text, ""),
        fields.get("quote", Entry.text, ""),
    )
    fields.done()
    if state != "核查经验" and not basis.document:
        entry.broken("a basis in a text names its document")
    if (state == "原文已核") != bool(basis.quote):
        entry.broken("原文已核 needs a quote, and only it has one")
    return basis


def _test(fields: Fields) -> Test:
    entry = fields.entry
    procedure = fields.get("check", Entry.text, None)
    source = fields.get("formula", Entry.text, "")
    if bool(source) == bool(procedure):
        entry.broken("a test has either a formula or a check")
    each = fields.get("each", lambda item: item.choice(*EACH), "report")
    table = fields.get("table", Entry.text, None)
    over: tuple[str, ...] = fields.get("over", Entry.texts, ())
    if each in ("row", "column") and table is None:
        entry.broken(f"each {each} of which table?")
    if each == "cell" and not over:
        entry.broken("each cell needs its cells under over")
    if each == "report" and over:
        entry.broken("over what? each is missing")
    for item in over if each == "cell" else ():
        _parsed(entry, item)
    mark = fields.get("mark", lambda item: _parsed(item, item.text()), None)
    if source and (not isinstance(mark, Name) or mark.prior):
        entry.broken("a formula needs a cell of this year's to mark")
    if procedure is not None and procedure not in PROCEDURES:
        entry.broken(f"there is no check {procedure!r}; there are {', '.join(sorted(PROCEDURES))}")
    formula = _parsed(entry, source, "truth") if source else None
    words = PROCEDURES[procedure].gives if procedure is not None else _FORMULA_WORDS
    if isinstance(formula, Comparison):
        words |= _COMPARISON_WORDS
    test = Test(
        each=each,
        table=table,
        over=over,
        formula=formula,
        source=source,
        mark=mark if isinstance(mark, Name) else None,
        procedure=procedure,
        requires=fields.take("requires").text() if procedure is not None else "",
        outcomes=tuple(
            _outcome(item, _COMMON_WORDS | words, formula) for item in fields.take("outcomes").items()
        ),
        place=entry.place,
    )
    fields.done()
    if not test.outcomes:
        entry.broken("no outcome")
    if procedure is None:
        if any(outcome.when is None for outcome in test.outcomes[:-1]) or test.outcomes[-1].when is not None:
            entry.broken("every outcome but the last has a condition (when)")
    elif sorted(outcome.name for outcome in test.outcomes) != sorted(PROCEDURES[procedure].outcomes):
        entry.broken(f"outcomes of {procedure} are {', '.join(PROCEDURES[procedure].outcomes)}")
    return test


def _outcome(entry: Entry, words: frozenset[str], formula: Node | None) -> Outcome:
    fields = entry.fields()
    when = fields.get("when", lambda item: _parsed(item, item.text(), "truth"), None)
    if when is not None and formula is None:
        entry.broken("a check names its outcomes itself; when is for formulas")
    outcome = Outcome(
        name=fields.get("name", Entry.text, ""),
        when=when,
        severity=Severity(fields.take("severity").choice(*(item.value for item in Severity))),
        message=_message(fields.take("message"), words, formula is not None),
        remedy=_message(fields.take("remedy"), words, formula is not None),
    )
    fields.done()
    spoken = [when] if when is not None else []
    spoken += [node for message in (outcome.message, outcome.remedy) for _, node in message.expressions]
    if not isinstance(formula, Comparison) and any(
        name.path in ("left", "right") and name.column is None for node in spoken for name in names(node)
    ):
        entry.broken("left and right are the sides of a comparison")
    return outcome


def _message(entry: Entry, allowed: frozenset[str], expressions: bool) -> Message:
    text = entry.text().strip()
    if not text:
        entry.broken("empty message")
    found: dict[str, Node] = {}
    for word in _PLACEHOLDER.findall(text):
        if word in allowed:
            continue
        if not expressions:
            entry.broken(f"{{{word}}} is none of {', '.join(sorted(allowed))}")
        found[word] = _parsed(entry, word)
    if "{" in _PLACEHOLDER.sub("", text) or "}" in _PLACEHOLDER.sub("", text):
        entry.broken("a brace without its partner")
    return Message(text, tuple(found.items()))


def _parsed(entry: Entry, source: str, wanted: Sort | None = None) -> Node:
    try:
        node = parse(source)
        if wanted is None:
            sort_of(node)
        else:
            require(node, wanted)
    except SyntaxProblem as error:
        entry.broken(str(error))
    except WrongSort as error:
        entry.broken(f"{source!r} {error}")
    return node


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
