"""Errors put into right reports on purpose: the classes of `rules.md` and of the interface's kinds."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tests.locate.realistic import filing_with, realistic_figures, totals
from workbook.form.edition import CellId, Edition
from workbook.form.filing import Filing

Figures = dict[CellId, int]
Wrong = dict[CellId, int | None]

TABLE = "applications"
NOTHING = "none"  # a right report
GIVEN_UP = 200  # how often a report is drawn anew until the error can be put into it


@dataclass(frozen=True)
class Seeded:
    """A wrong report and what is right: `truth` is every cell that was changed, with its right figure."""

    name: str
    filing: Filing
    prior: Filing | None
    prose: Mapping[CellId, Decimal]
    truth: Mapping[CellId, int]
    right: Mapping[CellId, int]


@dataclass(frozen=True)
class _Case:
    edition: Edition
    figures: Figures
    last_year: Figures
    formulas: bool
    draw: random.Random

    def cells(self, *, parts: bool | None = None) -> list[CellId]:
        """Cells of 表三 a person types: with formula totals the inputs only."""
        table, known = self.edition.by_id[TABLE], self.edition.totals
        return [
            cell
            for cell in table.cells
            if not (self.formulas and cell in known) and (parts is None or (cell not in known) == parts)
        ]

    def lines(self, by: str) -> list[list[CellId]]:
        """Typed cells in print order, by printed row or column."""
        found: dict[str, list[CellId]] = {}
        for cell in self.cells():
            found.setdefault(getattr(cell, by), []).append(cell)
        return list(found.values())


Seeder = Callable[[_Case], Wrong | None]
SEEDERS: dict[str, Seeder] = {}
ONE_CELL = (
    *("wrong_figure", "digit_changed", "digit_dropped", "digit_added", "digits_swapped", "sign"),
    *("total_not_filled", "total_in_part", "part_in_total", "last_year_pasted"),
)


def _seeder(name: str) -> Callable[[Seeder], Seeder]:
    def register(seeder: Seeder) -> Seeder:
        SEEDERS[name] = seeder
        return seeder

    return register


def seeded(
    name: str,
    edition: Edition,
    magnitude: str,
    draw: random.Random,
    *,
    formulas: bool = False,
    outside: bool = False,
) -> Seeded:
    """A report with one class of error in it; `outside`: last year's report and some prose are at hand."""
    for _ in range(GIVEN_UP):
        figures = realistic_figures(edition, magnitude, draw)
        case = _Case(edition, figures, _last_year(edition, magnitude, figures, draw), formulas, draw)
        wrong = SEEDERS[name](case)
        changed = {cell: value for cell, value in (wrong or {}).items() if value != figures[cell]}
        if not changed and name != NOTHING:
            continue
        filing = filing_with(edition, {**figures, **changed}, magnitude, formulas=formulas)
        year = (filing.year or 0) - 1
        with_last_year = outside or name in ("last_year_pasted", "unit_slip")
        prior = filing_with(edition, case.last_year, magnitude, year=year) if with_last_year else None
        return Seeded(
            name,
            filing,
            prior,
            _prose(figures, draw) if outside else {},
            {cell: figures[cell] for cell in changed},
            figures,
        )
    raise AssertionError(f"{name} does not fit into any {magnitude}")


def _last_year(edition: Edition, magnitude: str, figures: Figures, draw: random.Random) -> Figures:
    found = realistic_figures(edition, magnitude, draw)
    for cell in edition.by_id[TABLE].cells:
        if cell.row == "carried_forward":
            found[cell] = figures[CellId(TABLE, "brought_forward", cell.column)]
    for cell in edition.cells:
        if edition.unit(cell) == "万元":  # fees change little from year to year
            found[cell] = round(figures[cell] * draw.uniform(0.9, 1.1))
    return found | totals(edition, found)


def _prose(figures: Figures, draw: random.Random) -> dict[CellId, Decimal]:
    """What section 一 repeats of the table; one time in ten it is wrong."""
    cells = [CellId(TABLE, row, "total") for row in ("received", "dispositions.total", "carried_forward")]
    cells.append(CellId(TABLE, "received", "natural_person"))
    return {
        cell: Decimal(figures[cell] + (draw.randint(1, 9) if draw.random() < 0.1 else 0))
        for cell in cells
        if draw.random() < 0.5
    }


def _another(value: int, draw: random.Random) -> int:
    while True:
        found = max(0, draw.choice([value + draw.randint(-9, 9), draw.randint(0, 2 * value + 12)]))
        if found != value:
            return found


def _random_cells(count: int) -> Seeder:
    def seeder(case: _Case) -> Wrong:
        cells = case.draw.sample(case.cells(), count)
        return {cell: _another(case.figures[cell], case.draw) for cell in cells}

    return seeder


SEEDERS[NOTHING] = lambda _: {}
SEEDERS["wrong_figure"] = _random_cells(1)
for _count, _name in ((2, "two_errors"), (3, "three_errors"), (4, "four_errors"), (5, "five_errors")):
    SEEDERS[_name] = _random_cells(_count)


def _typed(least: int, slip: Callable[[str, random.Random], str | None]) -> Seeder:
    """A slip among the digits of one figure of at least `least`."""

    def seeder(case: _Case) -> Wrong | None:
        cells = [cell for cell in case.cells() if case.figures[cell] >= least]
        if not cells:
            return None
        cell = case.draw.choice(cells)
        typed = slip(str(case.figures[cell]), case.draw)
        return None if typed is None else {cell: int(typed)}

    return seeder


def _change(text: str, draw: random.Random) -> str | None:
    at = draw.randrange(len(text))
    digit = draw.choice([d for d in "0123456789" if d != text[at] and not (d == "0" and at == 0)])
    return text[:at] + digit + text[at + 1 :]


def _drop(text: str, draw: random.Random) -> str | None:
    at = draw.randrange(len(text))
    left = text[:at] + text[at + 1 :]
    return None if left.startswith("0") else left


def _double(text: str, draw: random.Random) -> str | None:
    at = draw.randrange(len(text))
    return text[: at + 1] + draw.choice([text[at], text[at], draw.choice("0123456789")]) + text[at + 1 :]


def _swap(text: str, draw: random.Random) -> str | None:
    at = draw.randrange(len(text) - 1)
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return None if swapped.startswith("0") else swapped


SEEDERS["digit_changed"] = _typed(1, _change)
SEEDERS["digit_dropped"] = _typed(10, _drop)
SEEDERS["digit_added"] = _typed(1, _double)
SEEDERS["digits_swapped"] = _typed(10, _swap)
SEEDERS["sign"] = _typed(1, lambda text, _: "-" + text)


def _shifted(by: str) -> Seeder:
    """One figure of a line, or several, typed one place further on; the last place was empty."""

    def seeder(case: _Case) -> Wrong | None:
        lines = [line for line in case.lines(by) if len(line) > 2]
        for _ in range(40):
            line = case.draw.choice(lines)
            size = case.draw.choice([1, 1, 1, 2, 3, 4, 12])
            start = case.draw.randrange(len(line) - 1)
            stretch = line[start : start + min(size, len(line) - start - 1) + 1]
            values = [case.figures[cell] for cell in stretch]
            if values[-1] == 0 and values[0]:
                return dict(zip(stretch, [0, *values[:-1]], strict=True))
        return None

    return seeder


SEEDERS["shifted_row"] = _shifted("column")
SEEDERS["shifted_column"] = _shifted("row")


@_seeder("total_not_filled")
def _not_filled(case: _Case) -> Wrong | None:
    filled = [cell for cell in case.edition.by_id[TABLE].totals if case.figures[cell]]
    return {case.draw.choice(filled): 0} if filled and not case.formulas else None


@_seeder("totals_not_filled")
def _none_filled(case: _Case) -> Wrong | None:
    """All totals of the column or of the line left at 0, or all there are."""
    totals = case.edition.by_id[TABLE].totals
    line, column = case.draw.choice([(True, False), (False, True), (True, True)])
    chosen = [t for t in totals if (line and t.column != "total") or (column and t.column == "total")]
    return None if case.formulas else dict.fromkeys(chosen, 0)


@_seeder("total_in_part")
def _total_in_part(case: _Case) -> Wrong | None:
    found = [
        (part, case.figures[total])
        for total, parts in case.edition.by_id[TABLE].totals.items()
        for part in parts
        if part not in case.edition.totals and case.figures[total] != case.figures[part]
    ]
    return dict([case.draw.choice(found)]) if found and not case.formulas else None


@_seeder("part_in_total")
def _part_in_total(case: _Case) -> Wrong | None:
    found = [
        (total, case.figures[part])
        for total, parts in case.edition.by_id[TABLE].totals.items()
        for part in parts
        if case.figures[part] and case.figures[total] != case.figures[part]
    ]
    return dict([case.draw.choice(found)]) if found and not case.formulas else None


@_seeder("last_year_pasted")
def _last_years(case: _Case) -> Wrong | None:
    found = [cell for cell in case.cells() if case.last_year[cell] not in (0, case.figures[cell])]
    return {cell: case.last_year[cell] for cell in case.draw.sample(found, 1)} if found else None


@_seeder("blank_for_zero")
def _blank(case: _Case) -> Wrong | None:
    """A blank with typed totals: what it is follows from the row."""
    cells = [cell for cell in case.cells() if case.figures[cell] == 0]
    return {case.draw.choice(cells): None} if cells and not case.formulas else None


@_seeder("blank_total")
def _blank_totals(case: _Case) -> Wrong | None:
    """M2: the column 总计 left blank on every row."""
    cells = [cell for cell in case.cells() if cell.column == "total"]
    return dict.fromkeys(cells) if cells else None


@_seeder("compensating")
def _compensating(case: _Case) -> Wrong | None:
    """M22: figures moved so that every sum still holds."""
    leaves = [row.id for row in case.edition.by_id[TABLE].rows["dispositions"].addends]
    columns = [c.id for c in case.edition.by_id[TABLE].blocks[0].column_leaves if not c.is_total]
    for _ in range(40):
        (one, other), (here, there) = case.draw.sample(leaves, 2), case.draw.sample(columns, 2)
        moved = {CellId(TABLE, one, here): -1, CellId(TABLE, other, here): 1}
        if not case.formulas:
            moved |= {CellId(TABLE, one, there): 1, CellId(TABLE, other, there): -1}
        after: Wrong = {cell: case.figures[cell] + shift for cell, shift in moved.items()}
        if all(value is not None and value >= 0 for value in after.values()):
            return after
    return None


@_seeder("moved")
def _moved(case: _Case) -> Wrong | None:
    """Half compensating: a result booked in the wrong row of its column; the row totals betray it."""
    leaves = [row.id for row in case.edition.by_id[TABLE].rows["dispositions"].addends]
    columns = [c.id for c in case.edition.by_id[TABLE].blocks[0].column_leaves if not c.is_total]
    found = [CellId(TABLE, row, column) for row in leaves for column in columns]
    found = [cell for cell in found if case.figures[cell]]
    if not found:
        return None
    source = case.draw.choice(found)
    target = CellId(TABLE, case.draw.choice([row for row in leaves if row != source.row]), source.column)
    size = case.draw.randint(1, case.figures[source])
    return {source: case.figures[source] - size, target: case.figures[target] + size}


@_seeder("moved_across")
def _moved_across(case: _Case) -> Wrong | None:
    """Half compensating too: some of a figure in the wrong column of its row; the column sums betray it."""
    table = case.edition.by_id[TABLE]
    columns = [column.id for column in table.blocks[0].column_leaves if not column.is_total]
    found = [cell for cell in table.inputs if case.figures[cell]]
    if not found:
        return None
    source = case.draw.choice(found)
    target = CellId(TABLE, source.row, case.draw.choice([c for c in columns if c != source.column]))
    size = case.draw.randint(1, case.figures[source])
    return {source: case.figures[source] - size, target: case.figures[target] + size}


@_seeder("unit_slip")
def _unit(case: _Case) -> Wrong | None:
    """元 entered as 万元; last year's report tells."""
    amounts = [
        cell
        for cell in case.edition.cells
        if case.edition.unit(cell) == "万元" and case.figures[cell] and case.last_year[cell]
    ]
    return {cell: case.figures[cell] * 10_000 for cell in amounts} or None


# Classes that a form with formula totals cannot have.
TYPED_ONLY = frozenset(
    {
        "total_not_filled",
        "totals_not_filled",
        "total_in_part",
        "part_in_total",
        "blank_for_zero",
        "blank_total",
    }
)
