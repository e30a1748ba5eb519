"""A point that satisfies a handful of linear inequalities, by Fourier–Motzkin elimination in exact numbers.

Only the solver's rarest case needs it: a cell changed for no other reason than to keep another figure from
falling below 0. Three unknowns at most, some twenty inequalities.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias

Exact: TypeAlias = int | Fraction
Inequality: TypeAlias = tuple[tuple[Exact, ...], Exact]  # Σ factor × unknown ≥ bound


def feasible_point(inequalities: list[Inequality], unknowns: int) -> tuple[tuple[Exact, ...] | None, bool]:
    """Whole numbers that satisfy every inequality, each as near 0 as it can be, and whether others would too.

    None where there are none, (None, False).
    """
    if unknowns == 0:
        return ((), False) if all(bound <= 0 for _, bound in inequalities) else (None, False)
    above, below, rest = [], [], []
    for factors, bound in inequalities:
        last = factors[-1]
        if last > 0:
            above.append((factors, bound))
        elif last < 0:
            below.append((factors, bound))
        else:
            rest.append((factors[:-1], bound))
    for up, up_bound in above:
        for down, down_bound in below:
            # Scaled so that the last unknown cancels.
            over, under = -down[-1], up[-1]
            joined = tuple(over * a + under * b for a, b in zip(up[:-1], down[:-1], strict=True))
            rest.append((joined, over * up_bound + under * down_bound))
    others, loose = feasible_point(rest, unknowns - 1)
    if others is None:
        return None, False
    low = max((_limit(item, others) for item in above), default=None)
    high = min((_limit(item, others) for item in below), default=None)
    least = None if low is None else ceil(low)
    most = None if high is None else floor(high)
    if least is not None and most is not None and least > most:
        return None, False
    nearest = max(least, 0) if least is not None else 0
    if most is not None:
        nearest = min(nearest, most)
    return (*others, nearest), loose or least is None or most is None or least < most


def _limit(inequality: Inequality, others: tuple[Exact, ...]) -> Fraction:
    factors, bound = inequality
    known = sum((a * b for a, b in zip(factors[:-1], others, strict=True)), Fraction(0))
    return (Fraction(bound) - known) / factors[-1]
