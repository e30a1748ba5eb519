"""Rules from their files, read strictly: every complaint names file and line."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

from workbook.form.strict import Entry, Fields, read_strict
from workbook.rules.expression import Comparison, Name, Node, SyntaxProblem, names, parse
from workbook.rules.findings import Severity
from workbook.rules.procedures import PROCEDURES
from workbook.rules.rule import PLACEHOLDER, Basis, Message, Outcome, Rule, Test
from workbook.rules.sorts import Sort, WrongSort, require, sort_of

BASIS_STATES = ("原文已核", "待核", "核查经验")
EACH = ("row", "column", "cell", "report")

# Words every message may use; a formula's message may also hold any expression in the form's names.
_COMMON_WORDS = frozenset({"place", "row", "column", "table", "unit"})
_FORMULA_WORDS = _COMMON_WORDS | {"value"}
# Only a comparison has sides to speak of.
_COMPARISON_WORDS = frozenset({"left", "right", "difference", "off", "parts", "left_parts"})


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
        for word in PLACEHOLDER.findall(test.requires):
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
    for word in PLACEHOLDER.findall(text):
        if word in allowed:
            continue
        if not expressions:
            entry.broken(f"{{{word}}} is none of {', '.join(sorted(allowed))}")
        found[word] = _parsed(entry, word)
    if "{" in PLACEHOLDER.sub("", text) or "}" in PLACEHOLDER.sub("", text):
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
