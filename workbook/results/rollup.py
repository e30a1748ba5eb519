"""Rolling up: own office + departments + lower governments, cell by cell, and what speaks against the sum.

A missing unit is listed, never counted as zero; a figure that cannot be carried into this year's form is
listed, never added; a unit under vertical management stays out (CON-04).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from workbook.campaign.records import Figures, Unit
from workbook.campaign.roster import Roster
from workbook.form.edition import CellId, Edition

OWN_LEVEL, ALL = "own", "consolidated"  # 本级: without lower governments; 全口径: with them


@dataclass(frozen=True, slots=True)
class Part:
    """What one unit contributes: its report's figures in the sum's form, and what could not be carried."""

    unit: Unit
    values: Mapping[CellId, Decimal]
    listed: Mapping[CellId, Decimal] = field(default_factory=dict)  # no counterpart in the sum's form
    moved: tuple[CellId, ...] = ()  # cells that took an undivided figure of the older form


@dataclass(frozen=True)
class RollUp:
    """A unit's consolidated figures, the parts they are made of, and the units that are not in them."""

    unit: Unit
    edition: Edition
    scope: str
    parts: tuple[Part, ...]
    missing: tuple[Unit, ...]
    vertical: tuple[Unit, ...]

    def total(self, cell: CellId) -> Decimal | None:
        """The sum of a cell over the parts that state it; None where none does."""
        values = [part.values[cell] for part in self.parts if cell in part.values]
        return sum(values, Decimal(0)) if values else None

    @property
    def figures(self) -> dict[CellId, Decimal]:
        """Every cell that anybody states."""
        return {cell: total for cell in self.edition.cells if (total := self.total(cell)) is not None}

    def silent(self, cell: CellId) -> list[Unit]:
        """Units whose report leaves a cell blank or unreadable: the sum is without them."""
        return [part.unit for part in self.parts if cell not in part.values]

    def off_totals(self) -> Iterator[tuple[CellId, Decimal, Decimal, list[Unit]]]:
        """(total, as reported and summed, recomputed from summed parts, units whose own total is off)."""
        for cell, parts in self.edition.totals.items():
            stated, addends = self.total(cell), [self.total(part) for part in parts]
            if stated is None or any(value is None for value in addends):
                continue
            recomputed = sum((value for value in addends if value is not None), Decimal(0))
            if stated != recomputed:
                yield cell, stated, recomputed, [p.unit for p in self.parts if _is_off(p, cell, parts)]


def _is_off(part: Part, total: CellId, cells: Sequence[CellId]) -> bool:
    if total not in part.values or any(cell not in part.values for cell in cells):
        return True
    return part.values[total] != sum((part.values[cell] for cell in cells), Decimal(0))


def carried(unit: Unit, figures: Figures, edition: Edition) -> Part:
    """A report's figures in another form: same ids; an undivided group into its last line; the rest listed.

    Source: the ids common to both editions; a leaf of 2019 that is a group in 2021 counts as its “其他”.
    """
    if figures.edition == edition.id:
        return Part(unit, figures.values)
    values: dict[CellId, Decimal] = {}
    listed: dict[CellId, Decimal] = {}
    moved: list[CellId] = []
    for cell, value in figures.values.items():
        rest = CellId(cell.table, f"{cell.row}.rest", cell.column)
        if cell in edition.cell_set:
            values[cell] = value
        elif rest in edition.cell_set:
            values[rest] = value
            moved.append(rest)
        else:
            listed[cell] = value
    for rest in moved:  # undivided: its other lines are 0
        for cell in edition.cells:
            same = cell.table == rest.table and cell.column == rest.column
            if same and cell.row.rpartition(".")[0] == rest.row.rpartition(".")[0]:
                values.setdefault(cell, Decimal(0))
    return Part(unit, values, listed, tuple(moved))


def roll_up(
    roster: Roster, reports: Mapping[str, Figures], unit: Unit | None, edition: Edition, scope: str = ALL
) -> RollUp:
    """The sum for a unit of the roster (None: everybody at the top), by units' reports that count.

    A lower government's own consolidated report stands for all below it; without one, its parts do.
    """
    parts: list[Part] = []
    missing: list[Unit] = []
    vertical: list[Unit] = []

    def take(member: Unit) -> None:
        if member.vertical:
            vertical.append(member)
        elif member.code in reports:
            parts.append(carried(member, reports[member.code], edition))
        elif below := roster.children(member.code):
            for child in below:
                take(child)
            if member.scope == OWN_LEVEL:
                missing.append(member)
        else:
            missing.append(member)

    if unit is not None and unit.scope == OWN_LEVEL:
        _take_own(unit, reports, edition, parts, missing)
    for member in roster.children(unit.code if unit else None):
        if scope == ALL or member.kind != "government":
            take(member)
    top = unit or Unit(code="", name="全部单位", kind="government", scope=ALL)
    return RollUp(top, edition, scope, tuple(parts), tuple(missing), tuple(vertical))


def _take_own(
    unit: Unit, reports: Mapping[str, Figures], edition: Edition, parts: list[Part], missing: list[Unit]
) -> None:
    """The report of a unit that has others below it and speaks for itself alone."""
    if unit.code in reports:
        parts.append(carried(unit, reports[unit.code], edition))
    else:
        missing.append(unit)
