"""Direct patterns, read off without a search: one wrong figure, figures one place off, totals left at 0.

One wrong figure breaks exactly the sums it stands in, all by the same amount: where the broken sums share a
single cell it is found in microseconds. That it is the *least* change needs no proof (nothing is less than
one cell); that it is the only one follows because no two cells of the form's two-way tables stand in the
same sums. The search is for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbook.form.edition import ValueKind
from workbook.locate.elimination import Exact
from workbook.locate.system import System

_PAIR = 2


def single_changes(system: System, rows: tuple[int, ...]) -> list[dict[int, Exact]]:
    """Every change of one cell that mends all broken rows among `rows` and breaks none.

    Empty as well where blanks stand in these rows: then only the search can tell.
    """
    broken = [index for index in rows if index in system.broken]
    structure = system.structure
    mask = structure.masks[broken[0]]
    for index in broken[1:]:
        mask &= structure.masks[index]
    if not mask:
        return []
    if system.unknown and any(system.unknown.intersection(structure.rows[index]) for index in rows):
        return []
    within = frozenset(rows)
    wrong = {cell for cell in system.invalid if any(index in within for index, _ in structure.columns[cell])}
    found = []
    while mask:
        low = mask & -mask
        mask ^= low
        cell = low.bit_length() - 1
        shift = _mending_shift(system, cell, within, len(broken))
        if shift is not None and wrong <= {cell} and may_stand(system, cell, shift):
            found.append({cell: shift})
    return found


def _mending_shift(system: System, cell: int, within: frozenset[int], broken: int) -> Exact | None:
    """By how much the cell must move to mend every row it is in, if that mends them all."""
    shift: Exact | None = None
    mended = 0
    for index, factor in system.structure.columns[cell]:
        if index not in within:
            continue
        excess = system.broken.get(index, 0)
        own = -excess * factor if factor in (1, -1) else None
        if not excess or own is None or (shift is not None and own != shift):
            return None
        shift = own
        mended += 1
    return shift if mended == broken else None


def may_stand(system: System, cell: int, shift: Exact) -> bool:
    """Whether the cell may hold its figure plus the shift."""
    value = system.values[cell] + shift
    kind = system.kind(cell)
    if kind is not ValueKind.SIGNED and value < 0:
        return False
    return kind is ValueKind.AMOUNT or isinstance(value, int) or value.denominator == 1


def shifted_lines(system: System, rows: tuple[int, ...]) -> Iterator[tuple[dict[int, Exact], str]]:
    """Stretches of a printed row or column whose figures were typed one place further on, or back.

    All broken rows must come of it. Yields the changes and "shifted_row" (figures sit in the neighbouring
    row) or "shifted_column". What was pushed off the end is what the sums ask for.
    """
    broken = [index for index in rows if index in system.broken]
    if len(broken) < 2:
        return
    structure = system.structure
    # What lies in only one broken sum or two fixes the line: it must meet every broken sum.
    for (kind, line), mask in zip(structure.lines, structure.line_masks, strict=True):
        shifts = _along(system, broken, mask)
        if shifts is None or len(shifts) < 2 or not _mends_all(system, shifts):
            continue
        if _is_one_off(system, line, shifts):
            yield shifts, "shifted_row" if kind == "column" else "shifted_column"


def unfilled_totals(system: System, rows: tuple[int, ...]) -> dict[int, Exact] | None:
    """The typed totals left at 0 over parts that are not, with their sums; None where rows stay broken."""
    structure = system.structure
    broken = {index for index in rows if index in system.broken}
    at_nought = [(total, parts) for total, parts in structure.totals if not system.values[total]]
    empty = sum(1 << total for total, _ in at_nought)
    if not all(structure.masks[index] & empty for index in broken):
        return None
    shifts: dict[int, Exact] = {}
    for total, parts in at_nought:
        summed: Exact = 0
        for cell, factor in parts:
            summed += factor * (system.values[cell] + shifts.get(cell, 0))
        if summed and may_stand(system, total, summed):
            shifts[total] = summed
    own = {
        cell: shift for cell, shift in shifts.items() if any(r in rows for r, _ in structure.columns[cell])
    }
    touched = {index for cell in own for index, _ in structure.columns[cell]}
    return own if own and broken <= touched and _mends_all(system, own) else None


def _along(system: System, broken: list[int], mask: int) -> dict[int, Exact] | None:
    """The changes within a line that the sums across it ask for; None where a sum does not meet the line."""
    structure = system.structure
    shifts: dict[int, Exact] = {}
    for index in broken:
        shared = structure.masks[index] & mask
        if not shared:
            return None
        if shared & (shared - 1):
            continue  # the line's own sum, checked afterwards
        cell = shared.bit_length() - 1
        factor = structure.rows[index][cell]
        shift = -system.broken[index] * factor
        if factor not in (1, -1) or shifts.setdefault(cell, shift) != shift:
            return None
    return shifts


def _mends_all(system: System, shifts: Mapping[int, Exact]) -> bool:
    touched: dict[int, Exact] = {}
    for cell, shift in shifts.items():
        if not may_stand(system, cell, shift):
            return False
        for index, factor in system.structure.columns[cell]:
            touched[index] = touched.get(index, 0) + factor * shift
    return all(system.broken.get(index, 0) + moved == 0 for index, moved in touched.items())


def _is_one_off(system: System, line: tuple[int, ...], shifts: Mapping[int, Exact]) -> bool:
    """Whether the line's right figures, moved one place, are what stands there."""
    places = [place for place, cell in enumerate(line) if cell in shifts]
    first, last = places[0], places[-1]
    now = [system.values[cell] for cell in line[first : last + 1]]
    right = [value + shifts.get(cell, 0) for value, cell in zip(now, line[first : last + 1], strict=True)]
    on, back = right[:-1] == now[1:] and any(now[1:]), right[1:] == now[:-1] and any(now[:-1])
    if len(now) > _PAIR:
        return on or back
    # Of two figures that only change places some differ by the right amount by chance: one must be 0.
    return (on and right[-1] == 0) or (back and right[0] == 0)
