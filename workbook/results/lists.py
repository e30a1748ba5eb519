"""The sheets of the results workbook in their order, and each as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from workbook.results.faults import between_levels, by_cell, by_rule, changed_rules, every_finding
from workbook.results.gathering import Gathered
from workbook.results.units import (
    assessment,
    by_unit,
    compared,
    copied,
    corrected,
    overview,
    received,
    reminders,
)
from workbook.rules.rulebook import RuleBook


def result_tables(gathered: Gathered, rulebook: RuleBook) -> dict[str, pd.DataFrame]:
    """Sheet name → table, in the order of the workbook."""
    return {
        "总览": overview(gathered),
        "按单位": by_unit(gathered),
        "问题明细": every_finding(gathered),
        "按规则": by_rule(gathered, rulebook),
        "按栏目": by_cell(gathered),
        "催报": reminders(gathered),
        "考核依据": assessment(gathered),
        "上下级核对": between_levels(gathered),
        "雷同": copied(gathered),
        "与上年比较": compared(gathered),
        "更正影响": corrected(gathered),
        "收件": received(gathered),
        "规则变动影响": changed_rules(gathered),
    }


def written_out(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, bytes]]:
    """(file name, content) of each table as CSV for analysts; a text that a program might run is quoted."""
    for name, table in tables.items():
        safe = table.map(_safe)
        yield f"{name}.csv", safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _safe(value: object) -> object:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"):
        return "'" + value
    return value
