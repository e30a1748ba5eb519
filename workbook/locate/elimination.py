"""Equalities in exact numbers, and the elimination of a cell from all but one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Exact: TypeAlias = int | Fraction


@dataclass(slots=True)
class Row:
    """An equality with the chosen cells eliminated: Σ factor × change = due."""

    mask: int
    factors: dict[int, Exact]
    due: Exact


def size_of(value: Exact) -> Exact:
    """The absolute value (mypy knows no abs of both kinds)."""
    return -value if value < 0 else value


def whole(value: Exact) -> Exact:
    """A fraction without a remainder as the whole number it is."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def pivot(
    rows: dict[int, Row], basis: dict[int, Row], home: int, cell: int
) -> tuple[dict[int, Row], dict[int, Row]]:
    """Solve one row for a cell and eliminate the cell everywhere else; the given rows stay as they are."""
    source = rows[home]
    lead = source.factors[cell]
    solved = source if lead == 1 else _scaled(source, lead)
    bit = 1 << cell
    next_rows = {
        index: _without(row, cell, solved) if row.mask & bit else row
        for index, row in rows.items()
        if index != home
    }
    next_basis = {
        other: _without(row, cell, solved) if row.mask & bit else row for other, row in basis.items()
    }
    factors = dict(solved.factors)
    del factors[cell]
    next_basis[cell] = Row(solved.mask ^ bit, factors, solved.due)
    return next_rows, next_basis


def _scaled(row: Row, lead: Exact) -> Row:
    if lead == -1:
        return Row(row.mask, {cell: -factor for cell, factor in row.factors.items()}, -row.due)
    return Row(
        row.mask,
        {cell: whole(Fraction(factor) / lead) for cell, factor in row.factors.items()},
        whole(Fraction(row.due) / lead),
    )


def _without(row: Row, cell: int, solved: Row) -> Row:
    """The row minus so many times the solved one that the cell drops out."""
    times = row.factors[cell]
    factors = dict(row.factors)
    mask = row.mask
    for other, factor in solved.factors.items():
        value = factors.get(other, 0) - times * factor
        if value:
            factors[other] = value
            mask |= 1 << other
        else:
            factors.pop(other, None)
            mask &= ~(1 << other)
    return Row(mask, factors, row.due - times * solved.due)
