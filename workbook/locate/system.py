"""One filing over the form's hard equalities: its figures, and which sums are broken.

A `Structure` belongs to an edition and to the set of totals that are formulas; a `System` adds one filing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from workbook.form.edition import CellId, Edition, ValueKind
from workbook.form.filing import Filing, Remark
from workbook.form.values import Oddity
from workbook.locate.elimination import Exact
from workbook.locate.solver import Problem
from workbook.locate.structure import Structure, structure_of
from workbook.rules.equalities import Equality, hard_equalities
from workbook.rules.findings import CheckResult
from workbook.rules.rulebook import RuleBook


@dataclass(frozen=True)
class System:
    """One filing's figures in the structure; `broken` maps every row that does not hold to its excess.

    `unknown` are blanks (their value counts as 0 until something is known), `invalid` figures that no such
    cell may hold; `findings` maps rows to the finding that says they are broken. `unprinted` are rows that
    this form does not have (（六） left undivided): read as 0, never to be changed.
    """

    structure: Structure
    filing: Filing
    values: tuple[Exact, ...]
    unknown: frozenset[int]
    invalid: frozenset[int]
    broken: Mapping[int, Exact]
    findings: Mapping[int, int]
    unprinted: frozenset[int] = frozenset()

    def cell(self, number: int) -> CellId:
        """The cell of a number."""
        return self.structure.cells[number]

    def kind(self, number: int) -> ValueKind:
        """What may stand in a cell."""
        return self.structure.kinds[number]

    def problem(self, rows: tuple[int, ...], weights: Sequence[int]) -> tuple[Problem, tuple[int, ...]]:
        """The program of some rows, and the cells its numbers stand for."""
        structure = self.structure
        cells = tuple(sorted({cell for index in rows for cell in structure.rows[index]}))
        number = {cell: own for own, cell in enumerate(cells)}
        kinds = [self.kind(cell) for cell in cells]
        return (
            Problem(
                rows=[
                    {number[cell]: factor for cell, factor in structure.rows[index].items()} for index in rows
                ],
                due=[-self.broken.get(index, 0) for index in rows],
                values=[self.values[cell] for cell in cells],
                lower=[None if kind is ValueKind.SIGNED else 0 for kind in kinds],
                weights=[weights[cell] for cell in cells],
                forced=frozenset(number[cell] for cell in self.invalid if cell in number),
                free=frozenset(number[cell] for cell in self.unknown if cell in number),
                decimal=frozenset(own for own, kind in enumerate(kinds) if kind is ValueKind.AMOUNT),
            ),
            cells,
        )


def system_of(result: CheckResult, rulebook: RuleBook) -> System:
    """The equalities over a checked filing. Raises nothing."""
    filing = result.filing
    edition = filing.edition
    equalities = hard_equalities(rulebook, edition)
    form = _form(rulebook, edition)
    said = {(finding.rule, finding.mark): index for index, finding in enumerate(result.findings)}
    figures = _figures(filing, form)
    structure = structure_of(rulebook, edition, filing.year, _definitions(filing, form, equalities, figures))
    values = [figures.get(cell, 0) for cell in structure.cells]
    unknown = frozenset(n for n, cell in enumerate(structure.cells) if cell not in figures)
    broken: dict[int, Exact] = {}
    silent = set()
    for index, excess in structure.excesses(values).items():
        equality = equalities[index]
        if (equality.rule, equality.mark) in said or unknown.intersection(structure.rows[index]):
            broken[index] = excess
        else:
            silent.add(index)  # it does not hold and nobody complains: switched off, no evidence
    if silent:
        rows = tuple({} if index in silent else row for index, row in enumerate(structure.rows))
        structure = replace(structure, rows=rows)
    return System(
        structure=structure,
        filing=filing,
        values=tuple(values),
        unknown=unknown,
        invalid=frozenset(
            number
            for number, value in enumerate(values)
            # Nearly every figure is a whole number from 0 up, which any cell may hold.
            if (type(value) is not int or value < 0) and not _valid(value, structure.kinds[number])
        ),
        broken=broken,
        findings={
            index: said[equality.rule, equality.mark]
            for index, equality in enumerate(equalities)
            if (equality.rule, equality.mark) in said
        },
        unprinted=_unprinted(filing, structure),
    )


def _figures(filing: Filing, form: _Form) -> dict[CellId, Exact]:
    """The figures that are known for certain."""
    facts = filing.facts
    found: dict[CellId, Exact] = {}
    for cell in form.cells:
        fact = facts.get(cell)
        if fact is None:
            continue
        if fact.value is not None:
            found[cell] = exact(fact.value)
        elif fact.oddity is Oddity.BLANK and filing.declared_zero:
            found[cell] = 0
    if filing.uncertain or filing.missing_tables:
        return {
            cell: value
            for cell, value in found.items()
            if cell not in filing.uncertain and cell.table not in filing.missing_tables
        }
    return found


def _unprinted(filing: Filing, structure: Structure) -> frozenset[int]:
    if not any(item.remark is Remark.UNDIVIDED for item in filing.observations):
        return frozenset()
    return frozenset(
        number
        for number, cell in enumerate(structure.cells)
        if (fact := filing.facts.get(cell)) is not None and fact.value is not None and fact.place is None
    )


@dataclass(frozen=True)
class _Form:
    """What all filings of an edition share: every cell of a hard equality; for every total the equalities
    that say it is a sum, that over its own parts first.
    """

    cells: tuple[CellId, ...]
    sums: Mapping[CellId, tuple[int, ...]]


def _form(rulebook: RuleBook, edition: Edition) -> _Form:
    cache: dict[str, _Form] = rulebook.__dict__.setdefault("_hard_form", {})
    if edition.id not in cache:
        equalities = hard_equalities(rulebook, edition)
        every = (cell for equality in equalities for cell in equality.factors)
        cache[edition.id] = _Form(
            tuple(dict.fromkeys(every)),
            {
                cell: tuple(
                    sorted(
                        (index for index, item in enumerate(equalities) if _adds_up(item, cell)),
                        key=lambda index: set(equalities[index].factors) != {cell, *parts},
                    )
                )
                for cell, parts in edition.totals.items()
            },
        )
    return cache[edition.id]


def _definitions(
    filing: Filing, form: _Form, equalities: tuple[Equality, ...], figures: Mapping[CellId, Exact]
) -> dict[CellId, int]:
    """The equality each formula total is computed by; −1 where its formula adds something else."""
    found: dict[CellId, int] = {}
    for cell in filing.edition.totals:
        fact = filing.facts.get(cell)
        if fact is None or fact.formula is None:
            continue
        found[cell] = -1
        for index in form.sums.get(cell, ()):
            factors = equalities[index].factors
            excess = sum(factor * figures[part] for part, factor in factors.items() if part in figures)
            if not excess or cell not in figures:
                found[cell] = index
                break
    return found


def _adds_up(equality: Equality, total: CellId) -> bool:
    """Whether the equality says that the cell is the sum of all others."""
    lead = equality.factors.get(total)
    return lead is not None and all(
        factor == -lead for cell, factor in equality.factors.items() if cell != total
    )


def exact(value: Decimal) -> Exact:
    """A figure as an exact number: int where it is whole."""
    whole = int(value)
    return whole if whole == value else Fraction(value)


def _valid(value: Exact, kind: ValueKind) -> bool:
    if kind is ValueKind.AMOUNT:
        return value >= 0
    return isinstance(value, int) and (value >= 0 or kind is ValueKind.SIGNED)
