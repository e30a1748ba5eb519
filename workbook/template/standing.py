"""What stands in every figure's cell of the book about to be written, totals computed.

The book's formulas are evaluated here too, so that a file just written reads the same in a program that does
not recalculate. The same rules as in the sheet: blank is never 0 unless the declaration says so, text is no
number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from workbook.form.edition import CellId, Edition
from workbook.form.filing import Fact, Filing
from workbook.form.values import Oddity
from workbook.rules.evaluate import Unknown


@dataclass(frozen=True, slots=True)
class Standing:
    """One cell: a number, a text exactly as typed, or nothing; `formula` where a total is computed."""

    number: Decimal | None = None
    text: str | None = None
    formula: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing was typed; a formula's cell is never blank in that sense."""
        return not self.formula and self.number is None and self.text is None


@dataclass(frozen=True)
class Standings:
    """Every cell of a book, the declaration, and whether any total was typed."""

    edition: Edition
    cells: Mapping[CellId, Standing]
    declared_zero: bool
    typed_totals: bool

    def figure(self, cell: CellId, prior: bool = False) -> Decimal | Unknown:
        """The number the sheet's formulas see; last year's figures are not in the book."""
        if prior:
            return Unknown("无上年年报")
        standing = self.cells[cell]
        if standing.number is not None:
            return standing.number
        if standing.blank and self.declared_zero:
            return Decimal(0)
        return Unknown("空格" if standing.blank or standing.formula else "不是数")

    def total(self, parts: Iterable[CellId]) -> Decimal | None:
        """What a total's formula gives: None while a part is open, unless zeros are declared."""
        numbers = [self.cells[part].number for part in parts]
        known = [number for number in numbers if number is not None]
        return sum(known, Decimal(0)) if self.declared_zero or len(known) == len(numbers) else None

    @property
    def formulas(self) -> frozenset[CellId]:
        """The totals that are computed."""
        return frozenset(cell for cell, standing in self.cells.items() if standing.formula)

    def typed(self, table: str) -> tuple[CellId, ...]:
        """The cells of a table that somebody has to fill."""
        return tuple(cell for cell in self.edition.by_id[table].cells if not self.cells[cell].formula)

    def unfilled(self, table: str) -> int:
        """How many of them are blank; none where the declaration covers them."""
        return 0 if self.declared_zero else sum(self.cells[cell].blank for cell in self.typed(table))

    def not_numbers(self, table: str) -> int:
        """How many of them hold a text."""
        return sum(self.cells[cell].text is not None for cell in self.typed(table))


def stand(edition: Edition, filing: Filing | None, *, typed_totals: bool, fill_zero: bool) -> Standings:
    """What to write: facts as given; a total that is not given stays a formula unless totals are typed.

    A total given as blank (null, not left out) is a blank constant.

    With `fill_zero` blank inputs of a table that has any figure become 0.
    """
    facts = filing.facts if filing else {}
    declared = filing.declared_zero if filing else False
    cells = {cell: _given(facts.get(cell)) for cell in edition.cells}
    for cell in edition.totals:
        fact = facts.get(cell)
        said_blank = fact is not None and fact.raw == ""
        if cells[cell].blank and not typed_totals and not said_blank:
            cells[cell] = Standing(formula=True)
        elif fact and fact.formula is not None and not typed_totals:
            # Read from a form whose totals are formulas: stays one where it says the same (tried below).
            cells[cell] = replace(cells[cell], formula=True)
    if fill_zero:
        for table in edition.tables:
            if all(cells[cell].blank or cells[cell].formula for cell in table.cells):
                continue
            for cell in table.inputs:
                if cells[cell].blank:
                    cells[cell] = Standing(Decimal(0))
    standings = Standings(edition, cells, declared, typed_totals)
    for total, parts in edition.totals.items():  # totals of totals come after their parts
        given = cells[total]
        if not given.formula:
            continue
        value = standings.total(parts)
        if given.number is not None and given.number != value:
            cells[total] = Standing(given.number)
        else:
            cells[total] = Standing(value, formula=True)
    typed = typed_totals or any(not cells[cell].formula for cell in edition.totals)
    return Standings(edition, cells, declared, typed)


def _given(fact: Fact | None) -> Standing:
    if fact is None or fact.oddity is Oddity.BLANK:
        return Standing()
    if fact.oddity in (Oddity.NONE, Oddity.STALE, Oddity.UNCALCULATED):
        return Standing(fact.value)
    if isinstance(fact.raw, Decimal):
        return Standing(fact.raw)
    return Standing(text=fact.raw) if fact.raw else Standing()


def prior_figures(prior: Filing | None) -> dict[CellId, Decimal]:
    """Last year's readable figures, for sentences that compare."""
    if prior is None:
        return {}
    found = {cell: prior.value(cell) for cell in prior.facts}
    return {cell: value for cell, value in found.items() if value is not None}
