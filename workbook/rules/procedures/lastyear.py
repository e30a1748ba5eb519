"""Comparisons with last year's report that no formula words: the same figures throughout."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from workbook.form.edition import CellId
from workbook.rules.procedures.case import Case, Failed, Open, Passed, Verdict, procedure


@procedure("lastyear.same_figures", "same", "count", limits="figures")
def not_copied(case: Case) -> Iterator[Verdict]:
    """Not every figure equals last year's: that is a form that was sent again."""
    if case.prior is None:
        yield Open(case.no_prior)
        return
    counted: list[CellId] = []
    same: Decimal | None = None
    for cell in case.edition.cells:
        if cell not in case.prior.facts or cell not in case.filing.facts:
            continue
        now, then = case.filing.value(cell), case.prior.value(cell)
        if not now and not then:
            continue
        if now != then:
            yield Passed()
            return
        same = now if not counted else same
        counted.append(cell)
    if len(counted) < case.limits["figures"]:
        yield Passed()
    else:
        yield Failed("same", counted[0], same, given={"count": str(len(counted))})
