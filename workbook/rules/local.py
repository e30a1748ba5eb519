"""本地要求: a campaign may move thresholds and severities or switch a rule off, and says by which notice.

What the form itself makes certain (SUM, BAL) cannot be lowered. The rule book stays as it is; a changed
copy is what the campaign checks with, and each changed rule prints its notice beside the basis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from workbook.problems import UnusableInput
from workbook.rules.findings import Severity
from workbook.rules.rule import Rule, Test
from workbook.rules.rulebook import RuleBook

CERTAIN = ("SUM-", "BAL-")


@dataclass(frozen=True, slots=True)
class LocalChange:
    """One line of the local notice: for a rule (or one outcome of it) another severity, off, or a limit."""

    rule: str
    notice: str  # the notice's number, e.g. ×政办〔2026〕1号
    outcome: str | None = None  # None: every outcome
    severity: Severity | None = None
    off: bool = False
    limit: str | None = None
    value: Decimal | None = None


class RefusedChange(UnusableInput):
    """A local change that cannot be made; `change` is the one."""

    def __init__(self, change: LocalChange, words: str) -> None:
        self.change = change
        super().__init__(words)

    def __reduce__(self) -> tuple[type[RefusedChange], tuple[LocalChange, str]]:
        return RefusedChange, (self.change, str(self))


def localised(rulebook: RuleBook, changes: Sequence[LocalChange]) -> RuleBook:
    """The rule book with the local changes made; the same book where there are none. Raises RefusedChange."""
    if not changes:
        return rulebook
    for change in changes:
        refuse_wrong(rulebook, change)
    off = {change.rule for change in changes if change.off}
    return RuleBook(
        tuple(
            _changed(rule, [change for change in changes if change.rule == rule.code])
            for rule in rulebook.rules
            if rule.code not in off
        )
    )


def refuse_wrong(rulebook: RuleBook, change: LocalChange) -> None:
    """Raises RefusedChange where a change names what is not there, or lowers what is certain."""
    rule = rulebook.by_code.get(change.rule)
    if rule is None:
        raise RefusedChange(change, f"没有“{change.rule}”这条规则。")
    if not change.notice:
        raise RefusedChange(change, f"{change.rule}的本地要求没有写明依据文号。")
    outcomes = {outcome.name for test in rule.tests for outcome in test.outcomes}
    if change.outcome is not None and change.outcome not in outcomes:
        known = "、".join(sorted(outcomes))
        raise RefusedChange(change, f"{change.rule}没有“{change.outcome}”这种情形，有：{known}。")
    certain = change.rule.startswith(CERTAIN)
    lowered = change.severity is not None and change.severity is not Severity.ERROR
    if certain and (change.off or lowered or change.limit is not None):
        raise RefusedChange(change, f"{change.rule}是表格本身的勾稽关系，不能停用或降低程度。")
    if change.limit is not None and change.limit not in rule.limits:
        known = "、".join(rule.limits) or "没有阈值"
        raise RefusedChange(change, f"{change.rule}没有“{change.limit}”这个阈值（{known}）。")
    if change.limit is not None and change.value is None:
        raise RefusedChange(change, f"{change.rule}的阈值“{change.limit}”没有给出数。")


def _changed(rule: Rule, changes: Iterable[LocalChange]) -> Rule:
    for change in changes:
        limits = dict(rule.limits)
        if change.limit is not None and change.value is not None:
            limits[change.limit] = change.value
        tests = rule.tests
        if change.severity is not None:
            tests = tuple(_graver(test, change.outcome, change.severity) for test in rule.tests)
        notices = rule.basis.local.split("、") if rule.basis.local else []
        local = "、".join(dict.fromkeys((*notices, change.notice)))
        rule = replace(rule, limits=limits, tests=tests, basis=replace(rule.basis, local=local))
    return rule


def _graver(test: Test, outcome: str | None, severity: Severity) -> Test:
    return replace(
        test,
        outcomes=tuple(
            replace(item, severity=severity) if outcome in (None, item.name) else item
            for item in test.outcomes
        ),
    )
