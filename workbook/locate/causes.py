"""One slip, one complaint: which findings come of the same slip, and which cell it sits in.

表三 is a two-way table with totals, so a wrong cell breaks a pattern of equalities that hardly any other
cell could break. Here the ordinary patterns are read off directly: one wrong figure, with or without the
totals that carried it along. What they do not explain is grouped by the cells it shares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from workbook.form.edition import CellId, Edition, ValueKind
from workbook.form.filing import Filing
from workbook.rules.findings import Cause, Change, CheckResult, Finding
from workbook.rules.rulebook import RuleBook


@dataclass(frozen=True, slots=True)
class _Equality:
    """Σ factor × cell = 0; `residual` is what the sum gives now, `finding` its index if it is broken."""

    factors: Mapping[CellId, int]
    residual: Decimal
    finding: int | None


@dataclass(frozen=True, slots=True)
class _Fix:
    """A change of typed cells after which every equality it touches holds."""

    changes: tuple[Change, ...]
    mends: frozenset[int]  # findings


def group_causes(result: CheckResult, rulebook: RuleBook) -> CheckResult:
    """The result with its findings gathered into causes, numbered in the order of their first finding."""
    groups = _arithmetic_causes(result, rulebook)
    taken = {index for cause in groups for index in cause.findings}
    rest = [index for index in range(len(result.findings)) if index not in taken]
    for index in list(rest):
        joined = _joins(groups, result.findings[index])
        if joined is not None:
            groups[joined] = replace(groups[joined], findings=(*groups[joined].findings, index))
            rest.remove(index)
    groups += _other_causes(result, rest)
    groups.sort(key=lambda cause: min(cause.findings))
    return replace(
        result, causes=tuple(replace(cause, number=number) for number, cause in enumerate(groups, start=1))
    )


def _joins(groups: list[Cause], finding: Finding) -> int | None:
    """The cause whose repair mends this finding too: it puts the very value expected into the marked cell."""
    for number, cause in enumerate(groups):
        if any(change.cell == finding.mark and change.after == finding.expected for change in cause.changes):
            return number
    return None


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


def _arithmetic_causes(result: CheckResult, rulebook: RuleBook) -> list[Cause]:
    equalities = list(_equalities(result, rulebook))
    broken = {item.finding for item in equalities if item.finding is not None}
    causes: list[Cause] = []
    while broken:
        fixes = [fix for fix in _fixes(result, equalities) if fix.mends <= broken]
        if not fixes:
            break
        best = max(len(fix.mends) for fix in fixes)
        widest = [fix for fix in fixes if len(fix.mends) == best]
        chosen = min(widest, key=lambda fix: (len(fix.changes), sorted(fix.mends)))
        rivals = [
            fix for fix in widest if fix.mends & chosen.mends and len(fix.changes) == len(chosen.changes)
        ]
        favoured = [fix for fix in rivals if _supported(fix, result)]
        if len(favoured) == 1:
            chosen = favoured[0]
        located = len(rivals) == 1 or len(favoured) == 1
        causes.append(_cause(result, chosen, rivals, located))
        broken -= chosen.mends
        equalities = [item for item in equalities if item.finding not in chosen.mends]
    return causes + [
        Cause(0, tuple(sorted(group)), result.findings[min(group)].mark)
        for group in _sharing([item for item in equalities if item.finding in broken])
    ]


def _cause(result: CheckResult, fix: _Fix, rivals: list[_Fix], located: bool) -> Cause:
    first = min(fix.mends)
    if not located:
        return Cause(
            number=0,
            findings=tuple(sorted(fix.mends)),
            mark=result.findings[first].mark,
            alternatives=tuple(rival.changes for rival in rivals[:5]),
        )
    totals = result.filing.edition.totals
    at_totals = all(change.cell in totals for change in fix.changes)
    return Cause(
        number=0,
        findings=tuple(sorted(fix.mends)),
        mark=fix.changes[0].cell,
        changes=fix.changes,
        kind="total_not_filled" if at_totals and not any(c.before for c in fix.changes) else "wrong_figure",
        unique=len(rivals) == 1,
        alternatives=tuple(rival.changes for rival in rivals if rival is not fix)[:5],
    )


def _supported(fix: _Fix, result: CheckResult) -> bool:
    """Whether another finding (last year's figure) asks for exactly this change."""
    return any(
        change.cell == finding.mark and change.after == finding.expected
        for change in fix.changes
        for number, finding in enumerate(result.findings)
        if number not in fix.mends
    )


def _equalities(result: CheckResult, rulebook: RuleBook) -> Iterator[_Equality]:
    """Every plain equality of the form whose figures are all known."""
    filing = result.filing
    broken = {(finding.rule, finding.mark): index for index, finding in enumerate(result.findings)}
    for rule, application in rulebook.applications(filing.edition, None):
        factors = application.equality
        if factors is None or not rule.covers_year(filing.year):
            continue
        figures = {cell: filing.value(cell) for cell in factors}
        if any(value is None for value in figures.values()):
            continue
        residual = sum(
            (factor * (figures[cell] or Decimal(0)) for cell, factor in factors.items()), Decimal(0)
        )
        finding = broken.get((rule.code, application.mark)) if residual else None
        if residual and finding is None:
            continue  # switched off or judged otherwise: no evidence
        yield _Equality(factors, residual, finding)


def _fixes(result: CheckResult, equalities: list[_Equality]) -> list[_Fix]:
    """Every change of one typed cell, with the totals that may have carried it, that mends all it touches."""
    by_cell: dict[CellId, list[_Equality]] = {}
    for item in equalities:
        for cell in item.factors:
            by_cell.setdefault(cell, []).append(item)
    filing = result.filing
    carriers = _carriers(filing.edition)
    found: dict[tuple[Change, ...], _Fix] = {}
    for item in (item for item in equalities if item.finding is not None):
        for cell, factor in item.factors.items():
            if _computed(filing, cell):
                continue
            shift = -item.residual / factor
            for along in _carried(filing, cell, carriers):
                fix = _try(filing, {cell: shift, **dict.fromkeys(along, shift)}, by_cell)
                if fix:
                    found.setdefault(fix.changes, fix)
    return list(found.values())


def _carriers(edition: Edition) -> dict[CellId, tuple[CellId, ...]]:
    """Cell → the totals it is a part of, totals of totals included."""
    direct: dict[CellId, list[CellId]] = {}
    for total, parts in edition.totals.items():
        for part in parts:
            direct.setdefault(part, []).append(total)
    return {
        cell: tuple(dict.fromkeys([*over, *(top for total in over for top in direct.get(total, ()))]))
        for cell, over in direct.items()
    }


def _carried(
    filing: Filing, cell: CellId, carriers: Mapping[CellId, tuple[CellId, ...]]
) -> Iterator[tuple[CellId, ...]]:
    """Which totals may have moved along: computed ones always, typed ones in any combination."""
    over = carriers.get(cell, ())
    always = [total for total in over if _computed(filing, total)]
    maybe = [total for total in over if not _computed(filing, total)]
    for size in range(len(maybe) + 1):
        for some in combinations(maybe, size):
            yield (*always, *some)


def _computed(filing: Filing, cell: CellId) -> bool:
    fact = filing.facts.get(cell)
    return fact is not None and fact.formula is not None


def _try(
    filing: Filing, shifts: Mapping[CellId, Decimal], by_cell: Mapping[CellId, list[_Equality]]
) -> _Fix | None:
    mends: set[int] = set()
    for item in {id(item): item for cell in shifts for item in by_cell.get(cell, ())}.values():
        moved = sum(
            (factor * shifts[cell] for cell, factor in item.factors.items() if cell in shifts), Decimal(0)
        )
        if item.residual + moved != 0:
            return None
        if item.finding is not None:
            mends.add(item.finding)
    changes = []
    for cell, shift in shifts.items():
        before = filing.value(cell)
        after = (before or Decimal(0)) + shift
        if after < 0 and filing.edition.kind(cell) is not ValueKind.SIGNED:
            return None
        if not _computed(filing, cell):
            changes.append(Change(cell, before, after))
    return _Fix(tuple(changes), frozenset(mends)) if changes and mends else None


def _sharing(broken: list[_Equality]) -> list[set[int]]:
    """Broken equalities gathered where they share a cell."""
    groups: list[tuple[set[CellId], set[int]]] = []
    for item in broken:
        cells, findings = set(item.factors), {item.finding} if item.finding is not None else set()
        apart = []
        for other_cells, other_findings in groups:
            if other_cells & cells:
                cells |= other_cells
                findings |= other_findings
            else:
                apart.append((other_cells, other_findings))
        groups = [*apart, (cells, findings)]
    return [findings for _, findings in groups if findings]


def tally(result: CheckResult) -> Counter[str]:
    """How many findings of each severity there are."""
    return Counter(finding.severity.value for finding in result.findings)
