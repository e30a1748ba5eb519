"""Blanks that the filled figures determine: the obvious rest of a sum, and zeros where nothing is left."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.form.values import Oddity
from workbook.locate.decoder import may_stand
from workbook.locate.elimination import Exact
from workbook.locate.system import System


def determined_blanks(system: System) -> dict[int, Exact]:
    """Blank cells whose figure follows from sums over filled ones, with that figure; zeros included.

    Empty where the filled figures contradict one another: then any of them may be wrong.
    """
    structure = system.structure
    if not system.unknown or any(row in system.findings for row in system.broken):
        return {}
    known: dict[int, Exact] = {}
    moved = True
    while moved:
        moved = False
        for row in structure.rows:
            open_cells = [cell for cell in row if cell in system.unknown and cell not in known]
            if not open_cells:
                continue
            rest = -sum(factor * known.get(cell, system.values[cell]) for cell, factor in row.items())
            found = _solved(row, open_cells, rest)
            for cell, value in found.items():
                if not may_stand(system, cell, value):
                    return {}
                known[cell] = value
                moved = True
    for row in structure.rows:
        if any(cell in system.unknown and cell not in known for cell in row):
            continue
        if sum(factor * known.get(cell, system.values[cell]) for cell, factor in row.items()) != 0:
            return {}
    return known


def _solved(row: Mapping[int, int], open_cells: list[int], rest: Exact) -> dict[int, Exact]:
    """The blanks of one sum that it determines by itself: Σ factor × blank = rest."""
    if len(open_cells) == 1:
        factor = row[open_cells[0]]
        return {open_cells[0]: rest * factor} if factor in (1, -1) else {}
    signs = {row[cell] > 0 for cell in open_cells}
    # Figures are not negative: nothing left over for several blanks of one sign means that all are 0.
    return dict.fromkeys(open_cells, 0) if rest == 0 and len(signs) == 1 else {}


def is_blank(system: System, number: int) -> bool:
    """Whether the cell was left empty by a person (not a placeholder, not a formula that waits)."""
    fact = system.filing.facts.get(system.cell(number))
    return fact is not None and fact.oddity is Oddity.BLANK and fact.formula is None
