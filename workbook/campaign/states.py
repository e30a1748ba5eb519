"""Where a unit may go from where it stands; every step is written down with date, person and reason."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.campaign.records import State, StoredFinding
from workbook.problems import UnusableInput

_NEXT: Mapping[State, frozenset[State]] = {
    State.MISSING: frozenset({State.RECEIVED}),
    State.RECEIVED: frozenset(
        {State.RETURNED, State.EXPLAINED, State.ACCEPTED, State.CORRECTED, State.MISSING, State.RECEIVED}
    ),
    State.RETURNED: frozenset(
        {State.RECEIVED, State.EXPLAINED, State.ACCEPTED, State.CORRECTED, State.MISSING, State.RETURNED}
    ),
    State.EXPLAINED: frozenset(
        {State.RECEIVED, State.RETURNED, State.ACCEPTED, State.LOCKED, State.PUBLISHED, State.MISSING}
    ),
    State.ACCEPTED: frozenset({State.RECEIVED, State.RETURNED, State.LOCKED, State.PUBLISHED, State.MISSING}),
    State.LOCKED: frozenset({State.RETURNED, State.PUBLISHED}),
    State.PUBLISHED: frozenset({State.RETURNED}),  # a correction reopens it
    State.CORRECTED: frozenset({State.RETURNED, State.LOCKED, State.PUBLISHED}),
}
# States that only a person's decision leaves, whatever files come.
FIXED = frozenset({State.LOCKED, State.PUBLISHED, State.CORRECTED})


def require_step(name: str, before: State, after: State) -> None:
    """Raises UnusableInput where a unit cannot go from one state to another."""
    if after not in _NEXT[before]:
        raise UnusableInput(f"“{name}”现在是“{before.label}”，不能改为“{after.label}”。")


def judged(findings: list[StoredFinding], correcting: bool) -> State:
    """The state that a revision's findings lead to: blocked, explained, or accepted."""
    if any(finding.blocks for finding in findings):
        return State.RETURNED
    if correcting:
        return State.CORRECTED
    explained = any(
        finding.explanation and finding.overruled is None and finding.severity.rank < 2
        for finding in findings
    )
    return State.EXPLAINED if explained else State.ACCEPTED
