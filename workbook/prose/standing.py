"""The figures the prose is held against, and how they are called in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from workbook.form.edition import CellId, Edition
from workbook.form.filing import Filing
from workbook.form.values import figure
from workbook.rules.procedures.figures import why_unknown

TOTAL = "total"
APPLICATIONS = "applications"
RECEIVED, BROUGHT, CLOSED = "received", "brought_forward", "dispositions.total"
NEW = (RECEIVED,)
HANDLED = (RECEIVED, BROUGHT)  # all there was to deal with
LEGAL = "legal_entities"
# Sums of columns that prose speaks of and no table prints.
DECIDED = "decided"
SUMMED = {DECIDED: ("upheld", "corrected", "other")}
_CALLED = {TOTAL: "总计", DECIDED: "已审结各列"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing a number may state: the sum of some cells, this year's or last year's."""

    table: str
    rows: tuple[str, ...]
    column: str
    cells: tuple[CellId, ...]

    @property
    def mark(self) -> CellId | None:
        """The one cell to point at: the only one, or the first of a sum."""
        return self.cells[0] if self.cells else None


def reading_of(edition: Edition, table: str, rows: tuple[str, ...], column: str) -> Reading | None:
    """Rows and a column as cells; None where the edition does not print them all."""
    printed = edition.by_id.get(table)
    if printed is None:
        return None
    cells: list[CellId] = []
    for row, one in product(rows, SUMMED.get(column, (column,))):
        found = printed.resolve(row, one)
        if not found:
            return None
        cells += found
    return Reading(table, rows, column, tuple(dict.fromkeys(cells)))


class Figures:
    """This year's figures and last year's; `no_prior` says why there is none to compare with."""

    def __init__(self, filing: Filing, prior: Filing | None, no_prior: str) -> None:
        self.filing = filing
        self.prior = prior
        self.no_prior = no_prior
        self.edition = filing.edition

    def of(self, cells: Iterable[CellId], *, prior: bool = False) -> Decimal | None:
        """The sum of cells; None where one of them is not known."""
        source = self.prior if prior else self.filing
        if source is None:
            return None
        total = Decimal(0)
        for cell in cells:
            value = None
            if cell not in source.uncertain and cell.table not in source.missing_tables:
                value = source.value(cell)
            if value is None:
                return None
            total += value
        return total

    def why(self, cells: Iterable[CellId], *, prior: bool = False) -> str:
        """Why their sum is not known."""
        source = self.prior if prior else self.filing
        if source is None:
            return self.no_prior
        unknown = next((cell for cell in cells if self.of((cell,), prior=prior) is None), None)
        if unknown is None:
            return f"{'上年' if prior else ''}是0，算不出比例"  # growth of nothing
        return ("上年年报" if prior else "") + why_unknown(source, unknown)

    def units(self, reading: Reading) -> Decimal:
        """How many of the text's units one in the table is: money is read in 元, printed in 万元."""
        return Decimal(10000 if self.edition.unit(reading.cells[0]) == "万元" else 1)

    def words(self, reading: Reading) -> str:
        """表三“本年新收”总计, 表三“本年新收”“上年结转”总计之和."""
        table = self.edition.by_id[reading.table]
        rows = "".join(f"“{table.rows[row].short}”" for row in reading.rows)
        column = _CALLED.get(reading.column) or table.columns[reading.column].short
        several = len(reading.rows) > 1 or len(reading.cells) > len(reading.rows)
        return f"{table.label}{rows}{column}{'之和' if several else ''}"

    def elsewhere(self, value: Decimal, reading: Reading) -> str:
        """Another cell that holds the number, nearest first: 258是“予以公开”自然人; "" where none does."""
        if value == 0:
            return ""
        for cell in self._near(reading):
            if self.of((cell,)) == value:
                table = self.edition.by_id[cell.table]
                column = table.column_of(cell).short
                return f"{figure(value)}是“{table.rows[cell.row].short}·{column}”的数。"
        for rows in (("received", "brought_forward"), ("dispositions.total", "carried_forward")):
            pair = reading_of(self.edition, "applications", rows, TOTAL)
            if reading.table == "applications" and pair and self.of(pair.cells) == value:
                return f"{figure(value)}是{self.words(pair)}。"
        return ""

    def _near(self, reading: Reading) -> Iterator[CellId]:
        """Cells a clerk may have taken instead: of the same rows, of their groups' lines, then the others.

        Small numbers stand in many places by chance: farther cells count only from 10 upward.
        """
        table = self.edition.by_id[reading.table]
        mine = set(reading.cells)
        rows = {cell.row for cell in reading.cells} | set(reading.rows)
        yield from (cell for cell in table.cells if cell.row in rows and cell not in mine)
        # One of several lines added: 265 is 不掌握 alone.
        if len(reading.cells) > 1:
            yield from reading.cells
        value_is_telling = (self.of(reading.cells) or Decimal(0)) >= 10
        if value_is_telling:
            yield from (cell for cell in table.cells if cell.row not in rows and cell.column == TOTAL)
