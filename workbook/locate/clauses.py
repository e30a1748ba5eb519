"""Findings on prose gathered into causes: one wrong clause, one complaint.

A wrong number often breaks several rules: the share beside it, the sum it is a part of, the other place where
the same figure stands. What a repair of the table mends as well belongs to the table's cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbook.rules.findings import Cause, Finding


def mended_by(causes: Sequence[Cause], finding: Finding) -> int | None:
    """The cause whose repair puts the very figure into a cell that the clause states, if any."""
    if finding.section is None or finding.mark is None or finding.value is None:
        return None
    for number, cause in enumerate(causes):
        for change in cause.changes:
            if change.cell == finding.mark and change.after == finding.value:
                return number
    return None


def clause_causes(findings: Sequence[Finding], indices: Iterable[int]) -> list[Cause]:
    """Causes of findings on prose: those of one sentence on one cell, or on a sum it is part of."""
    groups: list[list[int]] = []
    for index in indices:
        finding = findings[index]
        group = next((group for group in groups if any(_belongs(finding, findings[i]) for i in group)), None)
        if group is None:
            groups.append([index])
        else:
            group.append(index)
    return [Cause(number=0, findings=tuple(group), mark=findings[group[0]].mark) for group in groups]


def _belongs(finding: Finding, other: Finding) -> bool:
    facts, others = finding.facts, other.facts
    same_cell = finding.mark is not None and finding.mark == other.mark
    if same_cell and "there" in facts and other.rule != finding.rule:
        return True  # the same figure stated twice: one of the two places is the wrong one
    if facts.get("sentence") is None or facts.get("sentence") != others.get("sentence"):
        return False
    return same_cell or ("whole" in facts and other.expected is not None and "whole" not in others)
