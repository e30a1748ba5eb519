"""A filing's figures as one row of whole numbers: what a formula can be tested on in a single step.

Decimals are multiplied by the power of ten that makes them all whole, so nothing is ever rounded; figures
too long for that are left to the exact checker.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.rules.plan import Plan

# Digits before and behind the point together. With sums of a few hundred cells and factors of six digits
# this stays within the 28 digits to which the exact checker reckons, so that both say the same.
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Wholes:
    """The values of a plan's columns × `scale`, 0 where unknown; `largest` is the greatest size of any."""

    values: list[int]
    scale: int
    unknown: frozenset[int]
    largest: int


class _Known(dict[Decimal | None, int | None]):
    """Figure → whole number; None for a blank, a decimal, one too long. Most are small and recur."""

    _MOST = 65_536

    def __missing__(self, figure: Decimal | None) -> int | None:
        whole = None
        if figure is not None and figure.is_finite() and figure.adjusted() < _MOST_DIGITS:
            whole = int(figure)
            if whole != figure:
                whole = None
        if len(self) >= self._MOST:
            self.clear()
        self[figure] = whole
        return whole


_known = _Known()


def wholes_of(filing: Filing, prior: Filing | None, plan: Plan) -> Wholes | None:
    """A filing's row, last year's figures behind this year's; None where a figure is too long."""
    figures = _figures(filing, plan.cells)
    if prior is not None:
        figures += _figures(prior, plan.prior_cells)
    values = list(map(_known.__getitem__, figures))
    if None not in values:
        whole: list[int] = values  # type: ignore[assignment]
        if prior is not None:
            return Wholes(whole, 1, _NOTHING, _largest(whole))
        return Wholes(whole + [0] * len(plan.prior_cells), 1, plan.prior_columns, _largest(whole))
    if prior is None:
        figures += [None] * len(plan.prior_cells)
        values += [None] * len(plan.prior_cells)
    unknown: list[int] = []
    decimals: dict[int, Decimal] = {}
    for column, value in enumerate(values):
        if value is None:
            figure = figures[column]
            if figure is None:
                unknown.append(column)
            else:
                decimals[column] = figure
    whole = [value or 0 for value in values]
    largest = _largest(whole)
    if not decimals:
        return Wholes(whole, 1, frozenset(unknown), largest)
    if not all(figure.is_finite() and abs(figure.adjusted()) < _MOST_DIGITS for figure in decimals.values()):
        return None
    places = max(0, *(-int(figure.as_tuple().exponent) for figure in decimals.values()))
    scale = 10**places
    longest = max(largest, *(abs(figure) for figure in decimals.values()))
    if longest * scale >= 10**_MOST_DIGITS:
        return None
    whole = [value * scale for value in whole]
    for column, figure in decimals.items():
        whole[column] = int(figure * scale)
    return Wholes(whole, scale, frozenset(unknown), _largest(whole))


def _largest(values: list[int]) -> int:
    most, least = max(values), min(values)
    return max(most, -least)


_NOTHING: frozenset[int] = frozenset()


def _figures(filing: Filing, cells: tuple[CellId, ...]) -> list[Decimal | None]:
    """The figures of some cells, None where the checker knows none."""
    facts = filing.facts
    if filing.declared_zero or filing.uncertain or filing.missing_tables:
        uncertain, missing, value = filing.uncertain, filing.missing_tables, filing.value
        return [None if cell in uncertain or cell.table in missing else value(cell) for cell in cells]
    if len(facts) == len(cells) and tuple(facts) == cells:
        return [fact.value for fact in facts.values()]
    try:
        return [facts[cell].value for cell in cells]
    except KeyError:
        return [filing.value(cell) for cell in cells]
