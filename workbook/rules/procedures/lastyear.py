"""Comparisons with last year's report that no formula words: the same figures throughout."""

from __future__ import annotations

from collections.abc import Iterator

from workbook.rules.procedures.case import Case, Failed, Open, Passed, Verdict, procedure


@procedure("lastyear.same_figures", "same", "count", limits="figures")
def not_copied(case: Case) -> Iterator[Verdict]:
    """Not every figure equals last year's: that is a form that was sent again."""
    if case.prior is None:
        yield Open(case.no_prior)
        return
    both = [cell for cell in case.edition.cells if cell in case.prior.facts and cell in case.filing.facts]
    now = {cell: case.filing.value(cell) for cell in both}
    then = {cell: case.prior.value(cell) for cell in both}
    counted = [cell for cell in both if now[cell] or then[cell]]
    if len(counted) < case.limits["figures"] or any(now[cell] != then[cell] for cell in counted):
        yield Passed()
    else:
        yield Failed("same", counted[0], now[counted[0]], given={"count": str(len(counted))})
