"""What a ledger knows, as plain records: for results, roll-up, package and desk to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from workbook.form.edition import CellId
from workbook.rules.findings import Severity

KINDS: Mapping[str, str] = {
    "own_office": "本级办公厅（室）",
    "department": "部门",
    "government": "下级政府",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure of last year that was corrected after it was reported (上年更正数), with its reason."""

    cell: CellId
    value: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One reporting unit of the roster; `order` is its place in the list, from 1."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    level: str | None = None  # a key of LEVELS
    parent: str | None = None
    kind: str = "department"  # a key of KINDS
    scope: str = "own"  # own | consolidated
    contact: str = ""
    telephone: str = ""
    rule_power: bool | None = None
    vertical: bool = False  # 垂直管理: stays out of the local roll-up
    temporary: bool | None = None
    predecessors: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    order: int = 0


class State(Enum):
    """Where a unit stands in the campaign."""

    MISSING = "missing"
    RECEIVED = "received"
    RETURNED = "returned"
    EXPLAINED = "explained"
    ACCEPTED = "accepted"
    LOCKED = "locked"
    PUBLISHED = "published"
    CORRECTED = "corrected"

    @property
    def label(self) -> str:
        """The word an officer sees."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    State.MISSING: "未报",
    State.RECEIVED: "已报",
    State.RETURNED: "退回",
    State.EXPLAINED: "已说明",
    State.ACCEPTED: "通过",
    State.LOCKED: "已锁定",
    State.PUBLISHED: "已发布",
    State.CORRECTED: "已更正",
}

# States that a changed rule set never reopens.
SETTLED = frozenset({State.EXPLAINED, State.ACCEPTED, State.LOCKED, State.PUBLISHED, State.CORRECTED})


class Fate(Enum):
    """What became of a received thing."""

    CURRENT = "current"  # the revision that counts
    SUPERSEDED = "superseded"  # an earlier revision of the same unit
    DUPLICATE = "duplicate"  # byte for byte what another row holds
    STRANGER = "stranger"  # a report of nobody on the roster
    AMBIGUOUS = "ambiguous"  # the name fits several units
    WRONG_YEAR = "wrong_year"
    COPIED = "copied"  # a workbook handed out to another unit
    LATE_REVISION = "late_revision"  # came after the unit was locked or published
    UNREADABLE = "unreadable"
    OTHER_FORMAT = "other_format"  # .rar .7z .doc .et …: to be sent again
    CRASHED = "crashed"  # reading it killed a worker
    ARCHIVE = "archive"  # a zip whose members have rows of their own
    IGNORED = "ignored"  # ~$ lock files, Thumbs.db
    SET_ASIDE = "set_aside"  # by the officer, with a reason

    @property
    def label(self) -> str:
        """The words an officer sees."""
        return _FATE_LABELS[self]


_FATE_LABELS = {
    Fate.CURRENT: "有效稿",
    Fate.SUPERSEDED: "已被后稿替代",
    Fate.DUPLICATE: "重复文件",
    Fate.STRANGER: "名册中没有此单位",
    Fate.AMBIGUOUS: "单位无法确定",
    Fate.WRONG_YEAR: "年度不符",
    Fate.COPIED: "借用其他单位的表",
    Fate.LATE_REVISION: "锁定或发布后收到的新稿",
    Fate.UNREADABLE: "无法读取",
    Fate.OTHER_FORMAT: "格式不收，须重报",
    Fate.CRASHED: "读取时程序中断",
    Fate.ARCHIVE: "压缩包（内含文件另列）",
    Fate.IGNORED: "临时文件，不计",
    Fate.SET_ASIDE: "已搁置",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How a check went: counts of applications, and of findings by severity."""

    passed: int = 0
    failed: int = 0
    undecided: int = 0
    errors: int = 0
    explain: int = 0
    warnings: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """One received thing: a file of the inbox, or a member of a zip there (`inbox/a.zip!b.xlsx`).

    `key` depends on path and content alone. `unit` is the unit it belongs to or claims to come from;
    `revision` counts the unit's revisions from 1 in the order they were made.
    """

    key: str
    path: str
    sha256: str
    size: int
    arrived: datetime
    present: bool
    fate: Fate
    why: str = ""
    unit: str | None = None
    matched_by: str = ""  # identity | link | name | alias | path | officer | package
    revision: int | None = None
    organ: str | None = None
    year: int | None = None
    edition: str | None = None
    scope: str | None = None
    template_version: str | None = None
    tally: Tally | None = None  # None where nothing could be checked
    basis: str = ""  # what the check was made with: rules, settings, last year


@dataclass(frozen=True, slots=True)
class Submission:
    """A report handed in through the desk; `code` stands on its receipt, `key` is the ledger's.

    `said` is what the unit says of its findings, by finding key (joined with ";" where they share a row).
    """

    code: str
    unit: str
    key: str
    path: str
    name: str
    sha256: str
    size: int
    at: datetime
    who: str
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """One finding of a revision in words and figures; `explanation` also where an earlier revision gave it.

    `cause` groups findings of one slip, `lead` marks the one that speaks for it. `key` is
    `workbook.explanations.finding_key`: rule, cell and the operands' digest.
    """

    receipt: str
    number: int
    rule: str
    severity: Severity
    outcome: str
    concept: str | None
    sheet: str | None
    cell: str | None
    value: Decimal | None
    expected: Decimal | None
    message: str
    remedy: str
    basis: str
    cause: int
    lead: bool
    key: str
    operands: tuple[tuple[str, str | None], ...] = ()
    explanation: str | None = None
    overruled: str | None = None  # the officer's reason

    @property
    def difference(self) -> Decimal | None:
        """expected − value."""
        return None if self.value is None or self.expected is None else self.expected - self.value

    @property
    def blocks(self) -> bool:
        """Whether the unit must still do something about it."""
        if self.overruled is not None or self.severity is Severity.WARNING:
            return False
        return self.severity is Severity.ERROR or not self.explanation


@dataclass(frozen=True, slots=True)
class StateChange:
    """One step of a unit's history."""

    at: datetime
    who: str
    before: State
    after: State
    reason: str
    receipt: str | None


@dataclass(frozen=True, slots=True)
class Publication:
    """Where and when a unit's report was published."""

    url: str
    on: date
    recorded: datetime
    who: str


@dataclass(frozen=True, slots=True)
class WouldFail:
    """An accepted unit that a changed rule set (or setting) would now hold back."""

    unit: str
    rule: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit with its state, its revision that counts, and how it came there (oldest step first)."""

    unit: Unit
    state: State
    since: datetime | None
    receipt: Receipt | None
    due: date | None
    publish_due: date | None
    history: tuple[StateChange, ...] = ()
    publications: tuple[Publication, ...] = ()
    correcting: str | None = None  # reason of a correction under way after publication
    submitted: date | None = None  # the day the unit's first valid report came, whenever it was looked at

    @property
    def times_returned(self) -> int:
        """How often a report was given back."""
        return sum(change.after is State.RETURNED for change in self.history)

    def days_late(self, today: date) -> int:
        """Days after the date of its kind of unit: until it came, or until today; 0 where in time."""
        if self.due is None:
            return 0
        return max(0, ((self.submitted or today) - self.due).days)


@dataclass(frozen=True, slots=True)
class Figures:
    """A stored revision's figures: only those that could be read, blanks are absent unless declared zero.

    `words`: section → text, of the sections that units are compared by.
    """

    receipt: str
    unit: str
    edition: str
    scope: str | None
    year: int | None
    values: Mapping[CellId, Decimal] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
