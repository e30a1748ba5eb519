"""Damaged reports: nothing is silently wrong, and what is whole is still read.

`tests/benchmarks/misreading.py` measures thousands of them.
"""

from __future__ import annotations

import pytest

from tests.published.damaged_reports import KINDS, made, read, wrong
from workbook.form.filing import Filing

CASES = 60  # of each kind
MOST_UNCERTAIN = 0.45  # of the figures; two harms in three make rows that nobody can place


@pytest.mark.parametrize("kind", KINDS)
def test_no_figure_of_a_damaged_report_is_silently_wrong(kind: str) -> None:
    figures = doubted = 0
    for seed in range(CASES):
        case = made(kind, seed)
        filing = read(case)
        assert isinstance(filing, Filing), f"{kind} {seed} {case.harms}: refused"
        assert wrong(case, filing) == {}, f"{kind} {seed} {case.layout} {case.zero!r} {case.harms}"
        figures += len(case.truth)
        doubted += sum(1 for cell in case.truth if cell in filing.uncertain or cell not in filing.facts)
    assert doubted < MOST_UNCERTAIN * figures
