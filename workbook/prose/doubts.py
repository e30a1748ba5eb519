"""Which figures of a checked report cannot be stated, and the words for it.

A figure is in doubt when it is not known, or when an error sits in it: the cells a located cause corrects,
with the computed totals that carry them along; where the wrong cell cannot be told, the cells the error is
marked at. Other figures of the same equality stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.form.values import Oddity
from workbook.rules.findings import Cause, CheckResult, Finding, Severity
from workbook.rules.procedures.figures import WHY
from workbook.rules.wording import place_words

NO_CAUSE = 0  # a figure that is not known and that no finding speaks of

_BLANK = "未填"
_MOST_PLACES = 2


class Doubts:
    """The doubtful figures of one checked report, by the cause that makes them so."""

    def __init__(self, result: CheckResult) -> None:
        self.result = result
        self.filing = result.filing
        # A result nobody grouped yet: every finding is its own cause.
        causes = result.causes or tuple(
            Cause(number, (index,), finding.mark)
            for number, (index, finding) in enumerate(enumerate(result.findings), start=1)
        )
        self._causes = {cause.number: cause for cause in causes}
        # The first cause that holds a figure up is enough: the next one shows when that is mended.
        self._wrong: dict[CellId, int] = {}
        self._speaking: dict[CellId, int] = {}
        for cause in causes:
            for cell in self._wrong_cells(cause):
                self._wrong.setdefault(cell, cause.number)
            for cell in (cell for finding in self._findings(cause) for cell in _named(finding)):
                self._speaking.setdefault(cell, cause.number)

    def of(self, cells: Iterable[CellId]) -> dict[int, tuple[CellId, ...]]:
        """Cause → the cells among these that it puts in doubt; empty where all can be stated."""
        found: dict[int, list[CellId]] = {}
        for cell in dict.fromkeys(cells):
            numbers: set[int] = set()
            if cell in self._wrong:
                numbers = {self._wrong[cell]}
            elif not is_known(self.filing, cell):
                numbers = {self._why_unknown(root) for root in self._roots(cell)}
            for number in numbers:
                found.setdefault(number, []).append(cell)
        return {number: tuple(doubtful) for number, doubtful in sorted(found.items())}

    def words(self, number: int, cells: Iterable[CellId]) -> str:
        """What is the matter with these cells: 表三“自然人”列“（七）总计”与各项合计不一致（SUM-02）."""
        cells = tuple(dict.fromkeys(cells))
        missing = [cell for cell in cells if not is_known(self.filing, cell)]
        unknown = tuple(dict.fromkeys(root for cell in missing for root in self._roots(cell)))
        cause = self._causes.get(number)
        if cause is None:
            return self._places(unknown) + self._why(unknown[0])
        codes = f"（{'、'.join(dict.fromkeys(finding.rule for finding in self._grave(cause)))}）"
        if unknown and self._is_empty(unknown[0].table) and self._why(unknown[0]) == _BLANK:
            return f"{self._table(unknown[0])}没有填报{codes}"
        if unknown:
            return self._places(unknown) + self._why(unknown[0]) + codes
        wrong = tuple(change.cell for change in cause.changes) or tuple(
            dict.fromkeys(mark for finding in self._grave(cause) if (mark := finding.mark))
        )
        wrong = wrong or cells
        return self._places(wrong) + self._matter(wrong[0], cause) + codes

    def _findings(self, cause: Cause) -> list[Finding]:
        return [self.result.findings[index] for index in cause.findings]

    def _grave(self, cause: Cause) -> list[Finding]:
        """The errors of a cause; all its findings where it has none."""
        findings = self._findings(cause)
        return [finding for finding in findings if finding.severity is Severity.ERROR] or findings

    def _wrong_cells(self, cause: Cause) -> set[CellId]:
        errors = [item for item in self._findings(cause) if item.severity is Severity.ERROR]
        if not errors:
            return set()
        if not cause.changes:
            return {cell for finding in errors for cell in _named(finding)}
        wrong = {change.cell for change in cause.changes}
        # A formula total is right by itself and moves with its parts: what it says now will not stay.
        moved = True
        while moved:
            along = {
                total
                for total, parts in self.filing.edition.totals.items()
                if total not in wrong and self._is_formula(total) and wrong.intersection(parts)
            }
            wrong |= along
            moved = bool(along)
        return wrong

    def _is_formula(self, cell: CellId) -> bool:
        fact = self.filing.facts.get(cell)
        return fact is not None and fact.formula is not None

    def _roots(self, cell: CellId) -> tuple[CellId, ...]:
        """What an unknown cell waits for: a formula total for its parts, any other for itself."""
        parts = self.filing.edition.totals.get(cell, ()) if self._is_formula(cell) else ()
        unknown = [part for part in parts if not is_known(self.filing, part)]
        return tuple(root for part in unknown for root in self._roots(part)) or (cell,)

    def _why_unknown(self, cell: CellId) -> int:
        """The cause that speaks of an unknown cell, else of its empty table."""
        if cell in self._speaking:
            return self._speaking[cell]
        if self._is_empty(cell.table):
            others = self.filing.edition.by_id[cell.table].cells
            return next((self._speaking[other] for other in others if other in self._speaking), NO_CAUSE)
        return NO_CAUSE

    def _is_empty(self, table: str) -> bool:
        return all(not is_known(self.filing, cell) for cell in self.filing.edition.by_id[table].cells)

    def _why(self, cell: CellId) -> str:
        fact = self.filing.facts.get(cell)
        if cell in self.filing.uncertain:
            return "读不准"
        if fact is None or fact.oddity is Oddity.BLANK:
            return _BLANK
        return WHY.get(fact.oddity, "读不出")

    def _matter(self, cell: CellId, cause: Cause) -> str:
        if not any("left" in finding.facts for finding in self._grave(cause)):
            return "须核对"
        parts = self.filing.edition.totals.get(cell, ())
        if parts and all(is_known(self.filing, part) for part in parts):
            total = sum((self.filing.value(part) or Decimal(0) for part in parts), Decimal(0))
            if total != self.filing.value(cell):
                return "与各项合计不一致"
        return "与有关各项不平衡"

    def _places(self, cells: tuple[CellId, ...]) -> str:
        edition = self.filing.edition
        shown = "和".join(place_words(edition, cell) for cell in cells[:_MOST_PLACES])
        return f"{self._table(cells[0])}{shown}" + (f"等{len(cells)}格" if len(cells) > _MOST_PLACES else "")

    def _table(self, cell: CellId) -> str:
        return self.filing.edition.by_id[cell.table].label


def is_known(filing: Filing, cell: CellId) -> bool:
    """Whether a report gives a figure for the cell that can be stated."""
    return cell not in filing.uncertain and filing.value(cell) is not None


def _named(finding: Finding) -> tuple[CellId, ...]:
    return finding.cells or ((finding.mark,) if finding.mark else ())
