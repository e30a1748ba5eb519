"""Hold one filing against the rule book: every application passes, fails, or is undecided with a reason."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbook.form.filing import Filing
from workbook.rules.evaluate import Lookup, Unknown, Value
from workbook.rules.findings import CheckResult, Finding, Given, Undecided
from workbook.rules.judging import context_of, judge, lookup
from workbook.rules.plan import Plan, plan_of
from workbook.rules.procedures import PROCEDURES, Case, Failed, Open
from workbook.rules.procedures.case import survey_of
from workbook.rules.quick import Waiting, doubtful_steps, truth_of
from workbook.rules.rule import Rule
from workbook.rules.rulebook import RuleBook
from workbook.rules.wholes import Wholes, wholes_of

NO_PRIOR = "无上年年报"


def check_filing(
    filing: Filing, rulebook: RuleBook, prior: Filing | None = None, published: Filing | None = None
) -> CheckResult:
    """Every application of every rule on a filing, last year's report beside it where there is one.

    `published` is what was published of it, read back; only some rules ask for it.

    The result's causes are empty: grouping is the locator's work. Raises nothing for what a clerk can mend.
    """
    prior, no_prior = comparable(filing, prior)
    plan = plan_of(rulebook, filing.edition, prior.edition if prior else None)
    context = context_of(filing)
    wholes = wholes_of(filing, prior, plan)
    doubtful = range(len(plan.steps)) if wholes is None else doubtful_steps(plan, wholes, context)
    return concluded(Visit(filing, prior, no_prior, context, published), plan, wholes, doubtful)


@dataclass(frozen=True, slots=True)
class Visit:
    """One filing under check: last year's beside it (None: `no_prior` says why), what formulas may ask."""

    filing: Filing
    prior: Filing | None
    no_prior: str
    context: Mapping[str, Value]
    published: Filing | None = None


def concluded(visit: Visit, plan: Plan, wholes: Wholes | None, doubtful: Iterable[int]) -> CheckResult:
    """The result for a filing whose formulas all hold but the doubtful steps, which are judged exactly.

    `doubtful` are numbers of the plan's steps in their order; whatever is in doubt must be among them.
    """
    filing, prior, no_prior = visit.filing, visit.prior, visit.no_prior
    figures = lookup(filing, prior, no_prior)
    findings: list[Finding] = []
    undecided: list[Undecided] = []
    passed: Counter[str] = Counter()
    survey = survey_of(filing)
    waiting = deque(doubtful)
    for item in plan.of_year(filing.year):
        rule, steps = item.rule, item.steps
        holding = len(steps)
        while waiting and waiting[0] < steps.stop:
            number = waiting.popleft()
            if number < steps.start:
                continue  # of a rule that does not speak of this year
            verdict = _verdict(plan, number, wholes, figures, visit)
            if isinstance(verdict, Finding):
                findings.append(verdict)
                holding -= 1
            elif isinstance(verdict, Undecided):
                undecided.append(verdict)
                holding -= 1
        if holding:
            passed[rule.code] += holding
        for number, test in item.procedures:
            run = PROCEDURES[test.procedure or ""].run
            if run is None:
                continue  # a rule on prose: `workbook.prose.verify` answers for it
            case = Case(filing, prior, no_prior, rule.limits, survey, visit.published)
            for answer in run(case):
                if isinstance(answer, Failed):
                    findings.append(finding_of(rule, number, answer, filing))
                elif isinstance(answer, Open):
                    undecided.append(Undecided(rule.code, answer.mark, answer.why))
                else:
                    passed[rule.code] += answer.count
    return CheckResult(
        filing, tuple(findings), tuple(undecided), sum(passed.values()), passed_by_rule=dict(passed)
    )


def _verdict(
    plan: Plan, number: int, wholes: Wholes | None, figures: Lookup, visit: Visit
) -> Finding | Undecided | None:
    """None where the step holds."""
    step = plan.steps[number]
    if wholes is not None and wholes.unknown and step.row is not None:
        for column in step.row.order:
            if column in wholes.unknown:
                return plan.undecided(number, _why(column, plan, figures, visit))
    elif wholes is not None and wholes.unknown and step.condition is not None:
        truth = truth_of(step.condition, plan, wholes, visit.context)
        if isinstance(truth, Waiting):
            return plan.undecided(number, _why(truth.reason, plan, figures, visit))
    return judge(step.rule, step.application, figures, visit.context)


def _why(reason: int | Unknown, plan: Plan, figures: Lookup, visit: Visit) -> str:
    """Why a column or a word of the context is not known."""
    if isinstance(reason, Unknown):
        return reason.why
    if visit.prior is None and reason >= len(plan.cells):
        return visit.no_prior
    value = figures(*plan.figure(reason))
    return value.why if isinstance(value, Unknown) else ""


def comparable(filing: Filing, prior: Filing | None) -> tuple[Filing | None, str]:
    """Last year's filing if it may be compared with this one, and why not otherwise."""
    if prior is None:
        return None, NO_PRIOR
    if filing.year is not None and prior.year is not None and prior.year != filing.year - 1:
        return None, f"所给的是{prior.year}年年报，不是上年的"
    if filing.scope and prior.scope and filing.scope != prior.scope:
        return None, "上年年报口径不同（本级与全口径不比较）"
    return prior, ""


def finding_of(rule: Rule, number: int, answer: Failed, filing: Filing) -> Finding:
    """A procedure's answer as a finding of the rule's test of that number."""
    test = rule.tests[number]
    chosen = next(i for i, outcome in enumerate(test.outcomes) if outcome.name == answer.outcome)
    given = dict(answer.given or {})
    cells = answer.cells or ((answer.mark,) if answer.mark else ())
    operands: list[tuple[str, Given]] = [
        (str(cell), filing.facts[cell].raw if cell in filing.facts else None) for cell in cells
    ]
    if answer.section is not None:
        # A clause explained stays explained while it states the same number, wherever its words move.
        operands += [(answer.section, answer.stated if answer.stated is not None else answer.quote)]
    return Finding(
        rule=rule.code,
        outcome=chosen,
        severity=test.outcomes[chosen].severity,
        mark=answer.mark,
        value=answer.value,
        expected=answer.expected,
        given=tuple(given.items()),
        operands=tuple(operands or given.items()),
        place=answer.place,
        test=number,
        cells=() if answer.section is not None else answer.cells,
        section=answer.section,
        quote=answer.quote,
        stated=answer.stated,
    )
