"""Formulas as linear comparisons: Σ factor × figure ∘ 0, joined by and, or, not.

Every formula of the rule book but a few says no more than that, and what is linear can be tested on whole
numbers, for one filing or for thousands at once. What is not linear stays with `binding.evaluate`; the two
agree wherever this module gives an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from workbook.form.edition import CellId
from workbook.rules.binding import (
    Bound,
    BoundAbsolute,
    BoundArithmetic,
    BoundComparison,
    BoundDenial,
    BoundJunction,
    BoundMembership,
    Cells,
    Context,
)
from workbook.rules.expression import Number, Text

Figure: TypeAlias = tuple[CellId, bool]  # a cell of this year's report, or (True) of last year's

# Factors finer or longer than this could be rounded by the exact checker's 28 digits, and are left to it.
_LONGEST_FACTOR = 6  # digits


@dataclass(frozen=True, slots=True, eq=False)  # known by identity, so that it is a quick key
class Comparison:
    """Σ factor × figure + constant ∘ 0 in whole numbers.

    `reads` are the figures as the formula names them, left to right, also where their factors cancel: one
    that is unknown makes the whole unknown.
    """

    operator: str
    factors: Mapping[Figure, int]
    constant: int
    reads: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A truth about the report itself (its organ, year, scope), the same for every cell."""

    node: Bound


@dataclass(frozen=True, slots=True)
class Joined:
    """and / or over two or more parts."""

    operator: str
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Denied:
    """not."""

    inner: Condition


Condition: TypeAlias = Comparison | Said | Joined | Denied


def condition_of(formula: Bound) -> Condition | None:
    """A formula as linear comparisons; None where it is not linear."""
    if not any(True for _ in figures_of(formula)):
        return Said(formula)
    match formula:
        case BoundComparison(operator, left, right):
            return _comparison(operator, left, right)
        case BoundJunction(operator, parts):
            found = [condition_of(part) for part in parts]
            known = tuple(part for part in found if part is not None)
            return Joined(operator, known) if len(known) == len(found) else None
        case BoundDenial(inner):
            part = condition_of(inner)
            return Denied(part) if part is not None else None
        case _:
            return None


def figures_of(node: Bound) -> Iterator[Figure]:
    """Every figure a formula reads, left to right, as often as it reads it."""
    match node:
        case Cells(cells, prior):
            for cell in cells:
                yield cell, prior
        case BoundArithmetic(_, left, right) | BoundComparison(_, left, right):
            yield from figures_of(left)
            yield from figures_of(right)
        case BoundMembership(inner, _) | BoundDenial(inner) | BoundAbsolute(inner):
            yield from figures_of(inner)
        case BoundJunction(_, parts):
            for part in parts:
                yield from figures_of(part)
        case Number() | Text() | Context():
            pass


def comparisons_of(condition: Condition) -> Iterator[Comparison]:
    """The comparisons a condition is made of, left to right."""
    match condition:
        case Comparison():
            yield condition
        case Joined(_, parts):
            for part in parts:
                yield from comparisons_of(part)
        case Denied(inner):
            yield from comparisons_of(inner)
        case Said():
            pass


_Sum: TypeAlias = dict[Figure | None, Decimal]  # None: the constant


def _comparison(operator: str, left: Bound, right: Bound) -> Condition | None:
    reads = tuple(dict.fromkeys((*figures_of(left), *figures_of(right))))
    if isinstance(left, BoundAbsolute) and operator in ("<", "<="):
        # |a| < b just where a < b and −a < b.
        inner, limit = _sum(left.inner), _sum(right)
        if inner is None or limit is None:
            return None
        both = (_minus(inner, limit), _minus({key: -factor for key, factor in inner.items()}, limit))
        return Joined("and", tuple(_whole(operator, side, reads) for side in both))
    first, second = _sum(left), _sum(right)
    if first is None or second is None:
        return None
    return _whole(operator, _minus(first, second), reads)


def _whole(operator: str, total: _Sum, reads: tuple[Figure, ...]) -> Comparison:
    """The comparison with zero, multiplied by the power of ten that makes its factors whole."""
    finest = min(int(factor.as_tuple().exponent) for factor in (Decimal(0), *total.values()))
    factors = {key: int(factor.scaleb(-finest)) for key, factor in total.items() if factor}
    constant = factors.pop(None, 0)
    return Comparison(operator, {key: f for key, f in factors.items() if key is not None}, constant, reads)


def _sum(node: Bound) -> _Sum | None:
    """Figure → factor of a linear expression; None for any other, and for factors too long to be safe."""
    match node:
        case Number(number):
            return {None: number} if _is_short(number) else None
        case Cells(cells, prior):
            return {(cell, prior): Decimal(1) for cell in cells}
        case BoundArithmetic("+", left, right):
            first, second = _sum(left), _sum(right)
            if first is None or second is None:
                return None
            return _minus(first, {key: -factor for key, factor in second.items()})
        case BoundArithmetic("-", left, right):
            first, second = _sum(left), _sum(right)
            return None if first is None or second is None else _minus(first, second)
        case BoundArithmetic("*", Number(times), inner) | BoundArithmetic("*", inner, Number(times)):
            total = _sum(inner)
            if total is None:
                return None
            product = {key: factor * times for key, factor in total.items()}
            return product if all(map(_is_short, (times, *product.values()))) else None
        case _:
            return None


def _is_short(number: Decimal) -> bool:
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST_FACTOR:
        return False
    return len(number.normalize().as_tuple().digits) <= _LONGEST_FACTOR


def _minus(first: _Sum, second: _Sum) -> _Sum:
    total = dict(first)
    for key, factor in second.items():
        total[key] = total.get(key, Decimal(0)) - factor
    return total
