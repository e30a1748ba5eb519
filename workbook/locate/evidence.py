"""What speaks for or against blaming a cell: last year's report, the prose, and the slips of the hand.

None of it is a constraint: YOY breaks legitimately, prose may be as wrong as the table. It decides between
changes that the sums leave open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from workbook.form.edition import CellId, Edition, ValueKind
from workbook.form.filing import Filing
from workbook.locate.elimination import Exact, size_of
from workbook.locate.system import System, exact
from workbook.locate.typing_errors import SHIFTED, WRONG_FIGURE, typing_error
from workbook.locate.weights import Weights
from workbook.rules.binding import (
    Bound,
    BoundComparison,
    Cells,
    addends,
)
from workbook.rules.evaluate import Unknown, evaluate
from workbook.rules.findings import CheckResult
from workbook.rules.rulebook import RuleBook


@dataclass(frozen=True)
class Candidate:
    """One explanation of broken sums: what changes by how much, how little that is, how believable.

    `weight` counts the changes, `cost` is the weight less the credit of what speaks for it; `kinds` says
    which slip of the hand explains each change.
    """

    shifts: Mapping[int, Exact]
    weight: int
    cost: int
    kind: str
    kinds: Mapping[int, str]
    open: bool = False  # the cells are right, but other figures would do as well
    backed: bool = False  # last year's report or the prose asks for the new figures
    offset: bool = False  # two changes cancel one another in a sum that was never broken
    moved: bool = False  # one movement of the hand made all the changes


@dataclass(frozen=True)
class Evidence:
    """Everything known beside the sums of one filing; `prose` is what sentences say a cell is."""

    system: System
    weights: Weights
    rulebook: RuleBook
    result: CheckResult
    prior: Filing | None
    prose: Mapping[CellId, Decimal]

    @cached_property
    def asked(self) -> dict[CellId, Exact]:
        """What last year's report makes of this year's cells: by its own figures, else by the findings."""
        found = {
            finding.mark: exact(finding.expected)
            for finding in self.result.findings
            if finding.mark is not None
            and finding.expected is not None
            and any(name.startswith("prev.") for name, _ in finding.operands)
        }
        if self.prior is not None:
            found |= _asked_by(self.prior, self.system.filing, self.rulebook)
        return found

    @cached_property
    def stated(self) -> dict[CellId, Exact]:
        """What the prose says, in exact numbers."""
        return {cell: exact(value) for cell, value in self.prose.items()}

    @cached_property
    def change_weights(self) -> tuple[int, ...]:
        """What changing each cell of the structure costs."""
        change, structure = self.weights.change, self.system.structure
        typed_total, ordinary = change["typed_total"], change["ordinary"]
        found = [typed_total if is_total else ordinary for is_total in structure.are_totals]
        for asked, backing in ((self.asked, "backed_by_last_year"), (self.stated, "backed_by_prose")):
            for cell, value in asked.items():
                number = structure.number.get(cell)
                if number is None or number in self.system.unknown:
                    continue
                if self.system.values[number] == value:
                    found[number] += change[backing]
        return tuple(found)

    def judge(
        self, shifts: Mapping[int, Exact], *, loose: bool = False, slip: str | None = None
    ) -> Candidate:
        """An explanation with its weight, its credit and the slips that explain it.

        `slip` names one movement that made all the changes at once.
        """
        kinds = {cell: self.kind_of(cell, shift) for cell, shift in shifts.items()}
        weight = sum(self.change_weights[cell] for cell in shifts)
        offset = self._offsets(shifts)
        credit = 0
        if slip is None:
            credit = sum(self._credit(cell, kinds[cell]) for cell in shifts)
            totals = self.system.filing.edition.totals
            if offset and len(shifts) == 2 and not any(self.system.cell(cell) in totals for cell in shifts):
                credit = max(credit, self.weights.credit["misbooked"])
        outside, backed = self._outside(shifts)
        cost = (weight if slip is None else min(weight, self._slip_weight(slip))) - credit - outside
        common = set(kinds.values())
        kind = slip or (common.pop() if len(common) == 1 else WRONG_FIGURE)
        return Candidate(
            dict(sorted(shifts.items())), weight, cost, kind, kinds, loose, backed, offset, slip is not None
        )

    def kind_of(self, number: int, shift: Exact) -> str:
        """The slip of the hand that a change undoes."""
        system = self.system
        cell = system.cell(number)
        filing, totals = system.filing, system.filing.edition.totals
        before = None if number in system.unknown else system.values[number]
        last_year = _value(self.prior, cell)
        wholes = [
            value
            for total in _wholes(filing.edition).get(cell, ())
            if total in system.structure.number and (value := _value(filing, total)) is not None
        ]
        parts = [value for part in totals.get(cell, ()) if (value := _value(filing, part)) is not None]
        return typing_error(
            before,
            system.values[number] + shift,
            is_total=cell in totals,
            wholes=wholes,
            parts=parts,
            last_year=last_year,
            is_amount=system.kind(number) is ValueKind.AMOUNT,
        )

    def against_prose(self, shifts: Mapping[int, Exact]) -> bool:
        """Whether the prose states another figure than the changes put into a cell or a computed total."""
        if not self.stated:
            return False
        return any(self.stated.get(cell, after) != after for cell, after in self._told(shifts).items())

    def _slip_weight(self, slip: str) -> int:
        return self.weights.slip["shifted" if slip in SHIFTED else "totals_not_filled"]

    def _offsets(self, shifts: Mapping[int, Exact]) -> bool:
        """Whether two changes stand in the same sum and that sum was right: they cancel one another there."""
        if len(shifts) < 2:
            return False
        met: set[int] = set()
        for cell in shifts:
            for index, _ in self.system.structure.columns[cell]:
                if index in met and index not in self.system.broken:
                    return True
                met.add(index)
        return False

    def _credit(self, number: int, kind: str) -> int:
        credit = self.weights.credit
        value = self.system.values[number]
        if kind == "digit_changed" and size_of(value) < 10:
            return credit["digit_of_one"]
        if kind == WRONG_FIGURE:
            return credit["left_zero"] if value == 0 else 0
        return credit[kind]

    def _told(self, shifts: Mapping[int, Exact]) -> dict[CellId, Exact]:
        """The figures after the changes, of the changed cells and of the computed totals that follow them."""
        system = self.system
        found: dict[CellId, Exact] = {
            system.cell(number): system.values[number] + shift for number, shift in shifts.items()
        }
        for total, carried in system.structure.carried.items():
            moved = sum(carried.get(number, 0) * shift for number, shift in shifts.items())
            now = _value(system.filing, total)
            if moved and now is not None:
                found[total] = now + moved
        return found

    def _outside(self, shifts: Mapping[int, Exact]) -> tuple[int, bool]:
        """Credit of last year's report and of the prose for the new figures, computed totals included."""
        if not self.asked and not self.stated:
            return 0, False
        credit = self.weights.credit
        won, backed = 0, False
        for cell, value in self._told(shifts).items():
            if cell in self.asked and self.asked[cell] == value:
                won, backed = won + credit["agrees_with_last_year"], True
            if cell in self.stated:
                agrees = self.stated[cell] == value
                won += credit["agrees_with_prose" if agrees else "against_prose"]
                backed = backed or agrees
        return won, backed


def _value(filing: Filing | None, cell: CellId) -> Exact | None:
    value = filing.value(cell) if filing is not None and cell not in filing.uncertain else None
    return None if value is None else exact(value)


def _wholes(edition: Edition) -> Mapping[CellId, tuple[CellId, ...]]:
    """Cell → the totals it is a part of."""
    cache: dict[str, Mapping[CellId, tuple[CellId, ...]]] = edition.__dict__.setdefault("_wholes", {})
    if edition.id not in cache:
        found: dict[CellId, list[CellId]] = {}
        for table in edition.tables:
            for total, parts in table.totals.items():
                for part in parts:
                    found.setdefault(part, []).append(total)
        cache[edition.id] = {cell: tuple(totals) for cell, totals in found.items()}
    return cache[edition.id]


def _asked_by(prior: Filing, filing: Filing, rulebook: RuleBook) -> dict[CellId, Exact]:
    """The cells for which a rule equates this year's figure with last year's, and what it comes to."""
    if filing.year is not None and prior.year is not None and prior.year != filing.year - 1:
        return {}
    if filing.scope and prior.scope and filing.scope != prior.scope:
        return {}

    def last_year(cell: CellId, is_prior: bool) -> Decimal | Unknown:
        value = prior.value(cell) if is_prior and cell not in prior.uncertain else None
        return Unknown("") if value is None else value

    found = {}
    for cell, side in _comparisons(rulebook, filing, prior.edition):
        value = evaluate(side, last_year, {})
        if isinstance(value, Decimal):
            found[cell] = exact(value)
    return found


def _comparisons(rulebook: RuleBook, filing: Filing, prior: Edition) -> tuple[tuple[CellId, Bound], ...]:
    cache: dict[object, tuple[tuple[CellId, Bound], ...]] = rulebook.__dict__.setdefault("_last_year", {})
    key = (filing.edition.id, prior.id)
    if key not in cache:
        found: list[tuple[CellId, Bound]] = []
        for _, application in rulebook.applications(filing.edition, prior):
            formula = application.formula
            if not isinstance(formula, BoundComparison) or formula.operator != "=":
                continue
            left, right = formula.left, formula.right
            alone = isinstance(left, Cells) and not left.prior and len(left.cells) == 1
            only_prior = all(isinstance(term, Cells) and term.prior for term in addends(right))
            if isinstance(left, Cells) and alone and only_prior:
                found.append((left.cells[0], right))
        cache[key] = tuple(found)
    return cache[key]
