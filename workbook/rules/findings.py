"""What a check says: findings with numbers, not sentences; Chinese is made of them at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from workbook.form.edition import CellId
from workbook.form.filing import Filing, Place

Given: TypeAlias = Decimal | str | None


class Severity(Enum):
    """How much a finding weighs; belongs to an outcome of a rule."""

    ERROR = "error"
    EXPLAIN = "explain"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """The word a clerk sees."""
        return {"error": "错误", "explain": "须说明", "warning": "提示"}[self.value]

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return ("error", "explain", "warning").index(self.value)


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken application of a rule.

    `mark` is the cell it is said at (None: the form itself, then `place` may name it); `value` and `expected`
    are what stands there and what the equality asks; `given` the numbers its message needs; `operands`
    every cell that took part, with its figure, so that an explanation can lapse when one changes.
    Of prose `mark` is the cell a clause should equal, `value` what the clause states and `expected` what
    the table holds; `place` is the paragraph's.
    """

    rule: str
    outcome: int
    severity: Severity
    mark: CellId | None
    value: Decimal | None = None
    expected: Decimal | None = None
    given: tuple[tuple[str, Given], ...] = ()
    operands: tuple[tuple[str, Given], ...] = ()
    place: Place | None = None
    test: int = 0
    cells: tuple[CellId, ...] = ()  # the cells to tint beside the mark, for one complaint over many cells
    section: str | None = None  # of prose: the section, the clause that holds the number, and the number
    quote: str | None = None
    stated: Decimal | None = None

    @property
    def difference(self) -> Decimal | None:
        """expected − value."""
        return None if self.value is None or self.expected is None else self.expected - self.value

    @property
    def facts(self) -> Mapping[str, Given]:
        """`given` as a mapping."""
        return dict(self.given)


@dataclass(frozen=True, slots=True)
class Undecided:
    """One application that could not be judged, and why (空格, 无上年年报, 文字未读 …)."""

    rule: str
    mark: CellId | None
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """A proposed correction of one figure; `kind` is the slip of the hand that explains it."""

    cell: CellId
    before: Decimal | None
    after: Decimal
    kind: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Cause:
    """One slip: the findings it explains (by index), where to say it, and its repair.

    `changes` is empty where the wrong cell cannot be told, `alternatives` then hold the likeliest first;
    `unique` whether no other equally small correction exists. `confidence` is how often such a repair was
    right on the benchmark; `in_time` False where the search was cut short; `against_prose` where the text
    of the report states another figure than the repair.
    """

    number: int
    findings: tuple[int, ...]
    mark: CellId | None
    changes: tuple[Change, ...] = ()
    kind: str | None = None
    unique: bool = False
    alternatives: tuple[tuple[Change, ...], ...] = ()
    confidence: float | None = None
    in_time: bool = True
    against_prose: bool = False


class Verdict(Enum):
    """What became of a number of the prose."""

    VERIFIED = "verified"
    ROUNDING = "rounding"
    WRONG = "wrong"
    UNVERIFIABLE = "unverifiable"

    @property
    def label(self) -> str:
        """The word a clerk sees."""
        return {
            "verified": "与表相符",
            "rounding": "尾数不符",
            "wrong": "与表不符",
            "unverifiable": "无从核对",
        }[self.value]


@dataclass(frozen=True, slots=True)
class StatedNumber:
    """One number of the prose: where it stands (`start`, `end`: offsets in its section) and its verdict.

    `cells` are the figures it was held against (their sum, or share and base), `prior_cells` last year's;
    `why` says in Chinese what it states, or why nothing can be said of it.
    """

    section: str
    start: int
    end: int
    text: str
    quote: str
    value: Decimal
    verdict: Verdict
    why: str
    cells: tuple[CellId, ...] = ()
    prior_cells: tuple[CellId, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Everything a check found in one filing; counts are of applications."""

    filing: Filing
    findings: tuple[Finding, ...]
    undecided: tuple[Undecided, ...]
    passed: int
    causes: tuple[Cause, ...] = ()
    explanations: Mapping[int, str] = field(default_factory=dict)  # finding index → the unit's 情况说明
    passed_by_rule: Mapping[str, int] = field(default_factory=dict)
    numbers: tuple[StatedNumber, ...] = ()  # every number of the prose, in the order of the report

    @property
    def failed(self) -> int:
        """How many applications failed."""
        return len(self.findings)

    @property
    def prose_counts(self) -> Mapping[Verdict, int]:
        """How many numbers of the prose have each verdict."""
        counts = dict.fromkeys(Verdict, 0)
        for number in self.numbers:
            counts[number.verdict] += 1
        return counts

    def count(self, severity: Severity) -> int:
        """How many findings have that severity."""
        return sum(1 for finding in self.findings if finding.severity is severity)
