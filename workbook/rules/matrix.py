"""Many filings at once: every formula of the rule book on all of them as one product of matrices.

Reckoned in whole numbers of 64 bits, so nothing is ever rounded; a filing whose sums could go beyond 2⁶³ is
tested by itself instead. The formulas' side is kept as its few factors that are not 0, a thirtieth of all.
What does not plainly hold is judged by the exact checker, so findings and reasons are those of
`check_filing`. Needs numpy, of the extra `campaign`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, chain
from operator import and_, or_
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbook.form.filing import Filing
from workbook.rules.checker import Visit, check_filing, comparable, concluded
from workbook.rules.evaluate import Value
from workbook.rules.findings import CheckResult
from workbook.rules.judging import context_of
from workbook.rules.linear import Comparison, Condition, Denied, Joined, Said
from workbook.rules.plan import Plan, plan_of
from workbook.rules.quick import said
from workbook.rules.rulebook import RuleBook
from workbook.rules.wholes import Wholes, wholes_of

Pair: TypeAlias = tuple[Filing, Filing | None]
_Truths: TypeAlias = NDArray[np.bool_]
_Numbers: TypeAlias = NDArray[np.int64]

_EXACT = 2**63
_MOST_AT_ONCE = 1_024  # filings; 2 MB of figures
_MOST_GAPS = 1_024

_TESTS: Mapping[str, Callable[[_Numbers], _Truths]] = {
    "=": lambda total: total == 0,
    "!=": lambda total: total != 0,
    "<": lambda total: total < 0,
    "<=": lambda total: total <= 0,
    ">": lambda total: total > 0,
    ">=": lambda total: total >= 0,
}


def check_filings(pairs: Sequence[Pair], rulebook: RuleBook) -> list[CheckResult]:
    """What `check_filing` says of each filing with last year's beside it (None where there is none)."""
    results: list[CheckResult | None] = [None] * len(pairs)
    for plan, group in _by_plan(pairs, rulebook):
        for start in range(0, len(group), _MOST_AT_ONCE):
            chunk = group[start : start + _MOST_AT_ONCE]
            rows = [item.wholes for item in chunk]
            contexts = [item.visit.context for item in chunk]
            for item, steps in zip(chunk, doubtful_of_all(plan, rows, contexts), strict=True):
                results[item.number] = concluded(item.visit, plan, item.wholes, steps)
    return [
        check_filing(filing, rulebook, prior) if result is None else result
        for (filing, prior), result in zip(pairs, results, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Item:
    """One filing of a group, by its number in the question."""

    number: int
    visit: Visit
    wholes: Wholes


def _by_plan(pairs: Sequence[Pair], rulebook: RuleBook) -> Iterable[tuple[Plan, list[_Item]]]:
    """The filings that a matrix can hold exactly, those of the same editions together."""
    groups: dict[tuple[str, str | None], tuple[Plan, list[_Item]]] = {}
    for number, (filing, given) in enumerate(pairs):
        prior, no_prior = comparable(filing, given)
        key = filing.edition_id, prior.edition_id if prior else None
        if key not in groups:
            groups[key] = plan_of(rulebook, filing.edition, prior.edition if prior else None), []
        plan, group = groups[key]
        wholes = wholes_of(filing, prior, plan)
        if wholes is not None and max(wholes.largest, wholes.scale) * weights_of(plan).norm < _EXACT:
            visit = Visit(filing, prior, no_prior, context_of(filing))
            group.append(_Item(number, visit, wholes))
    return groups.values()


@dataclass(frozen=True)
class Weights:
    """A plan's rows as a matrix with its zeros left out: `columns` and `factors` of one row after the other.

    `starts` is where each row begins; its constant, last, is the factor of a column that holds the scale.
    `norm` is the greatest sum of sizes of one row's factors.
    """

    columns: NDArray[np.intp]
    factors: _Numbers
    starts: NDArray[np.intp]
    norm: int
    by_operator: Mapping[str, NDArray[np.intp]]
    rows_of_steps: NDArray[np.intp]  # of steps that are one row and no more, in the order of `plain`
    plain: NDArray[np.intp]
    others: tuple[int, ...]
    gaps: dict[frozenset[int], _Truths]  # unknown columns → which rows are unknown then


def weights_of(plan: Plan) -> Weights:
    """The matrix of a plan, made when it is first asked for."""
    found: Weights | None = plan.__dict__.get("_weights")
    if found is None:
        found = plan.__dict__["_weights"] = _weights(plan)
    return found


def _weights(plan: Plan) -> Weights:
    scale = len(plan.cells) + len(plan.prior_cells)
    columns = [[*row.columns, scale] for row in plan.rows]
    factors = [[*row.factors, row.constant] for row in plan.rows]
    number_of = {id(row): number for number, row in enumerate(plan.rows)}
    plain = [(number, step.row) for number, step in enumerate(plan.steps) if step.row is not None]
    return Weights(
        np.array(list(chain.from_iterable(columns)), np.intp),
        np.array(list(chain.from_iterable(factors)), np.int64),
        np.array([0, *accumulate(map(len, columns))][:-1], np.intp),
        max((sum(map(abs, row)) for row in factors), default=1) or 1,
        {
            operator: np.array([n for n, row in enumerate(plan.rows) if row.operator == operator], np.intp)
            for operator in sorted({row.operator for row in plan.rows})
        },
        np.array([number_of[id(row)] for _, row in plain], np.intp),
        np.array([number for number, _ in plain], np.intp),
        tuple(number for number, step in enumerate(plan.steps) if step.row is None),
        {},
    )


def doubtful_of_all(
    plan: Plan, rows: Sequence[Wholes], contexts: Sequence[Mapping[str, Value]]
) -> list[list[int]]:
    """For each filing the numbers of the steps that fail or are unknown, in order."""
    if not rows:
        return []
    weights = weights_of(plan)
    figures = np.array([[*row.values, row.scale] for row in rows], np.int64)
    totals = np.zeros((len(rows), len(plan.rows)), np.int64)
    if plan.rows:
        np.add.reduceat(figures[:, weights.columns] * weights.factors, weights.starts, axis=1, out=totals)
    holds = np.empty(totals.shape, np.bool_)
    for operator, columns in weights.by_operator.items():
        holds[:, columns] = _TESTS[operator](totals[:, columns])
    unknown = _unknown(plan, weights, rows)
    passes = np.zeros((len(rows), len(plan.steps)), np.bool_)
    plain = weights.rows_of_steps
    passes[:, weights.plain] = holds[:, plain] & ~unknown[:, plain]
    distinct: dict[int, int] = {}
    which = [distinct.setdefault(id(context), len(distinct)) for context in contexts]
    several = dict(zip(which, contexts, strict=True))
    filings = _Filings(plan, holds, unknown, [several[n] for n in range(len(several))], np.array(which), {})
    for number in weights.others:
        condition = plan.steps[number].condition
        if condition is not None:
            passes[:, number] = filings.truth(condition)[0]
    doubtful: list[list[int]] = [[] for _ in rows]
    for filing, step in np.argwhere(~passes).tolist():
        doubtful[filing].append(step)
    return doubtful


def _unknown(plan: Plan, weights: Weights, rows: Sequence[Wholes]) -> _Truths:
    """Filing × row: whether a figure that the row reads is not known."""
    found = []
    for row in rows:
        gaps = weights.gaps.get(row.unknown)
        if gaps is None:
            if len(weights.gaps) >= _MOST_GAPS:
                weights.gaps.clear()
            gaps = np.array([not row.unknown.isdisjoint(line.reads) for line in plan.rows], np.bool_)
            weights.gaps[row.unknown] = gaps
        found.append(gaps)
    return np.stack(found)


@dataclass(frozen=True, slots=True)
class _Filings:
    """The rows of many filings, to be joined; a truth is two columns: where true, where false."""

    plan: Plan
    holds: _Truths
    unknown: _Truths
    contexts: Sequence[Mapping[str, Value]]  # each once: most organs of a kind say the same
    which: NDArray[np.intp]  # filing → its context
    said: dict[int, tuple[_Truths, _Truths]]

    def truth(self, condition: Condition) -> tuple[_Truths, _Truths]:
        """Where a condition is true, and where it is false."""
        match condition:
            case Comparison():
                row = self.plan.numbers[condition]
                known = ~self.unknown[:, row]
                return self.holds[:, row] & known, ~self.holds[:, row] & known
            case Said():
                return self._said(condition)
            case Denied(inner):
                true, false = self.truth(inner)
                return false, true
            case Joined(operator, parts):
                truths = [self.truth(part) for part in parts]
                some, every = (or_, and_) if operator == "or" else (and_, or_)
                return reduce(some, [truth[0] for truth in truths]), reduce(every, [t[1] for t in truths])

    def _said(self, condition: Said) -> tuple[_Truths, _Truths]:
        key = id(condition.node)
        if key not in self.said:
            answers = np.array([(a is True, a is False) for a in (said(condition, c) for c in self.contexts)])
            self.said[key] = answers[self.which, 0], answers[self.which, 1]
        return self.said[key]
