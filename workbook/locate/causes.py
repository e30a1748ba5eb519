"""One slip, one complaint: which findings come of the same slip, and which cell it sits in.

Broken sums go to the locator (`slips.py`); what it explains becomes a cause with its repair. Other findings
join a cause whose repair mends them too; the rest are gathered by total or table, or stand alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from workbook.form.edition import CellId, ValueKind
from workbook.form.filing import Filing
from workbook.locate.blanks import determined_blanks, is_blank
from workbook.locate.clauses import clause_causes, mended_by
from workbook.locate.confidence import BLANK_CLASS, UNIT_CLASS, class_confidence
from workbook.locate.elimination import Exact
from workbook.locate.evidence import Candidate, Evidence
from workbook.locate.slips import Search, Slip, find_slips
from workbook.locate.system import System, exact, system_of
from workbook.locate.typing_errors import SHIFTED, WRONG_FIGURE, is_unit_slip
from workbook.locate.weights import Weights, standard_weights
from workbook.rules.equalities import hard_equalities
from workbook.rules.findings import Cause, Change, CheckResult, Finding, Severity
from workbook.rules.rulebook import RuleBook

_MOST_ALTERNATIVES = 5


def group_causes(
    result: CheckResult,
    rulebook: RuleBook,
    prior: Filing | None = None,
    prose: Mapping[CellId, Decimal] | None = None,
    weights: Weights | None = None,
) -> CheckResult:
    """The result with its findings gathered into causes, numbered in the order of their first finding.

    `prior` is last year's report, `prose` the figures that sentences state for cells; both only lend weight.
    """
    groups: list[Cause] = []
    if result.findings:
        groups = _causes(result, rulebook, prior, prose or {}, weights or standard_weights())
    groups.sort(key=lambda cause: min(cause.findings))
    return replace(
        result, causes=tuple(replace(cause, number=number) for number, cause in enumerate(groups, start=1))
    )


def _causes(
    result: CheckResult,
    rulebook: RuleBook,
    prior: Filing | None,
    prose: Mapping[CellId, Decimal],
    weights: Weights,
) -> list[Cause]:
    hard = {(item.rule, item.mark) for item in hard_equalities(rulebook, result.filing.edition)}
    sums = [number for number, item in enumerate(result.findings) if (item.rule, item.mark) in hard]
    blanks = any(finding.cells for finding in result.findings)
    groups: list[Cause] = []
    system: System | None = None
    if sums or blanks:
        system = system_of(result, rulebook)
    if sums and system is not None:
        evidence = Evidence(system, weights, rulebook, result, prior, prose)
        groups = _arithmetic_causes(result, evidence, sums)
    taken = {index for cause in groups for index in cause.findings}
    rest = [index for index in range(len(result.findings)) if index not in taken]
    for index in list(rest):
        finding = result.findings[index]
        is_prose = finding.section is not None
        joined = mended_by(groups, finding) if is_prose else _joins(groups, finding, system)
        if joined is not None:
            groups[joined] = replace(groups[joined], findings=(*groups[joined].findings, index))
            rest.remove(index)
    fills = determined_blanks(system) if system is not None and blanks else {}
    prose_rest = [index for index in rest if result.findings[index].section is not None]
    table_rest = [index for index in rest if result.findings[index].section is None]
    groups += [_proposing(cause, result, system, fills) for cause in _other_causes(result, table_rest)]
    return groups + clause_causes(result.findings, prose_rest)


def _joins(groups: list[Cause], finding: Finding, system: System | None) -> int | None:
    """The cause whose repair mends this finding too.

    Its repair puts the very value expected into the marked cell; or the finding says nothing but that the
    figure in a repaired cell cannot be one (negative, a fraction), or in a total computed from it.
    """
    alone = {name for name, _ in finding.operands} == {str(finding.mark)}
    impossible = finding.expected is None and alone and finding.severity is Severity.ERROR
    carried: Mapping[int, int] = {}
    if system is not None and finding.mark is not None and impossible:
        carried = system.structure.carried.get(finding.mark, {})
    for number, cause in enumerate(groups):
        for change in cause.changes:
            if system is not None and system.structure.number.get(change.cell) in carried:
                return number
            if change.cell == finding.mark and (impossible or change.after == finding.expected):
                return number
    return None


def _arithmetic_causes(result: CheckResult, evidence: Evidence, sums: list[int]) -> list[Cause]:
    system = evidence.system
    search = find_slips(evidence)
    causes = [_cause(result, slip, evidence) for slip in search.slips]
    taken = {index for cause in causes for index in cause.findings}
    left = [index for index in sums if index not in taken]
    return causes + [
        Cause(0, tuple(group), result.findings[group[0]].mark, in_time=not _was_late(search, system, group))
        for group in _sharing(system, left)
    ]


def _was_late(search: Search, system: System, group: list[int]) -> bool:
    return search.late and any(system.findings.get(row) in group for row in search.unexplained)


def _cause(result: CheckResult, slip: Slip, evidence: Evidence) -> Cause:
    system = evidence.system
    findings = tuple(sorted({system.findings[row] for row in slip.rows if row in system.findings}))
    ways = slip.explanations
    shown = [_changes(way, system) for way in ways[: _MOST_ALTERNATIVES + 1]]
    first = result.findings[findings[0]].mark
    return Cause(
        number=0,
        findings=findings,
        mark=shown[0][0].cell if slip.located else first,
        changes=shown[0] if slip.located else (),
        kind=ways[0].kind,
        unique=slip.unique,
        alternatives=tuple(shown[1:] if slip.located else shown[:_MOST_ALTERNATIVES]),
        confidence=slip.confidence,
        in_time=slip.in_time,
        against_prose=evidence.against_prose(ways[0].shifts),
    )


def _changes(way: Candidate, system: System) -> tuple[Change, ...]:
    return tuple(
        Change(
            system.cell(number),
            None if number in system.unknown else _decimal(system.values[number]),
            _decimal(system.values[number] + shift),
            way.kinds[number] if way.kind not in SHIFTED else way.kind,
        )
        for number, shift in way.shifts.items()
    )


def _decimal(value: Exact) -> Decimal:
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(value)


def _sharing(system: System, findings: list[int]) -> list[list[int]]:
    """Findings of broken sums gathered where their sums share a cell."""
    groups: list[tuple[set[CellId], list[int]]] = []
    equalities = system.structure.equalities
    rows = {index: row for row, index in system.findings.items()}
    for index in findings:
        cells, members = set(equalities[rows[index]].factors), [index]
        apart = []
        for other_cells, other_members in groups:
            if other_cells & cells:
                cells |= other_cells
                members = other_members + members
            else:
                apart.append((other_cells, other_members))
        groups = [*apart, (cells, members)]
    return [sorted(members) for _, members in groups]


def _other_causes(result: CheckResult, indices: Iterable[int]) -> list[Cause]:
    """A total's finding goes with those of its parts where they explain it; stale formulas go by table."""
    totals = result.filing.edition.totals
    groups: list[list[int]] = []
    left = list(indices)
    for index in left[:]:
        finding = result.findings[index]
        if finding.mark is None or finding.mark not in totals or finding.difference is None:
            continue
        parts = [
            other
            for other in left
            if other != index
            and result.findings[other].mark in totals[finding.mark]
            and result.findings[other].difference is not None
            and bool(result.findings[other].operands) == bool(finding.operands)
        ]
        if parts and sum(result.findings[other].difference or 0 for other in parts) == finding.difference:
            groups.append(sorted([index, *parts]))
            left = [other for other in left if other not in groups[-1]]
    by_kind: dict[object, list[int]] = {}
    for index in left:
        finding = result.findings[index]
        stale = finding.mark is not None and finding.expected is not None and finding.mark in totals
        key = (finding.rule, finding.mark.table) if stale and finding.mark else index
        by_kind.setdefault(key, []).append(index)
    groups += by_kind.values()
    return [Cause(number=0, findings=tuple(group), mark=_mark_of(result, group, totals)) for group in groups]


def _mark_of(
    result: CheckResult, group: list[int], totals: Mapping[CellId, tuple[CellId, ...]]
) -> CellId | None:
    marks = [mark for index in group if (mark := result.findings[index].mark) is not None]
    return next((mark for mark in marks if mark not in totals), marks[0] if marks else None)


def _proposing(cause: Cause, result: CheckResult, system: System | None, fills: Mapping[int, Exact]) -> Cause:
    """A cause outside the sums with the figures that follow for it: determined blanks, 元 entered as 万元."""
    if len(cause.findings) != 1:
        return cause
    finding = result.findings[cause.findings[0]]
    if finding.cells and system is not None:
        return _filled(cause, finding, system, fills)
    mark, value, expected = finding.mark, finding.value, finding.expected
    if mark is None or value is None or expected is None:
        return cause
    is_amount = result.filing.edition.kind(mark) is ValueKind.AMOUNT
    if not is_amount or not is_unit_slip(exact(value), exact(expected), is_amount=True):
        return cause
    change = Change(mark, value, expected, "unit_slip")
    return replace(cause, changes=(change,), kind="unit_slip", confidence=class_confidence(UNIT_CLASS))


def _filled(cause: Cause, finding: Finding, system: System, fills: Mapping[int, Exact]) -> Cause:
    numbers = system.structure.number
    changes: list[Change] = []
    for cell in finding.cells:
        number = numbers.get(cell)
        if number is None or number not in fills or not is_blank(system, number):
            continue
        after = fills[number]
        is_total = cell in system.filing.edition.totals
        kind = "blank_for_zero" if after == 0 else "total_not_filled" if is_total else WRONG_FIGURE
        changes.append(Change(cell, None, _decimal(after), kind))
    if not changes:
        return cause
    kinds = {change.kind for change in changes if change.after} or {"blank_for_zero"}
    return replace(
        cause,
        changes=tuple(changes),
        kind=kinds.pop() if len(kinds) == 1 else WRONG_FIGURE,
        unique=True,
        confidence=class_confidence(BLANK_CLASS),
    )


def tally(result: CheckResult) -> Counter[str]:
    """How many findings of each severity there are."""
    return Counter(finding.severity.value for finding in result.findings)
