"""The self-check of the rule set told: for a person in a terminal, and as JSON for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workbook.form.edition import CellId, Edition
from workbook.form.filing import LEVELS
from workbook.rules.rulebook import RuleBook
from workbook.rules.selfcheck import Coding, EditionCheck, SelfCheck

DISTANCE_WORDS: Mapping[int, str] = {
    1: "单独填错看不出",
    2: "单独填错能看出、不能只凭加总定位",
    3: "单独填错能定位、三格一起错可能看不出",
    4: "单独填错能定位、四格一起错才可能看不出",
    5: "五格一起错才可能看不出",
}


def render(report: SelfCheck, rulebook: RuleBook) -> str:
    """The report as a person reads it in a terminal."""
    lines = [line for item in report.editions for line in _lines(item, rulebook)]
    lines.append("规则自查：没有需要改的。" if report.sound else "规则自查：有需要改的规则，见上。")
    return "\n".join(lines)


def _lines(item: EditionCheck, rulebook: RuleBook) -> Iterator[str]:
    edition = item.edition
    yield f"{edition.id}年版：{len(edition.cells)}格，{item.equalities}项硬性等式"
    if item.contradictions:
        yield from (
            f"  矛盾：{clash.what}不能同时满足 {'、'.join(clash.rules)}" for clash in item.contradictions
        )
    else:
        yield f"  没有矛盾：{len(LEVELS)}种单位级别、两种口径、各年度，都有满足全部规则的年报"
    for cell, rules in item.barred.items():
        yield f"  只能填0：{_place(edition, cell)}（{'、'.join(rules)}）"
    for equality, others in item.redundant:
        label = rulebook.by_code[equality.rule].label
        place = _place(edition, equality.mark)
        yield f"  可由其余推出：{equality.rule} {label}（{place}），由另外{others}项等式推出"
    yield from (f"  没有规则管到：{_place(edition, cell)}" for cell in item.uncovered)
    if item.only_shape:
        places = "、".join(_place(edition, cell) for cell in item.only_shape)
        yield f"  只查是不是数、不与别处比对（{len(item.only_shape)}格）：{places}"
    for code in item.codings:
        yield f"  {'合计为公式' if code.formulas else '合计为手填'}：" + "；".join(_counts(code))


def _counts(code: Coding) -> Iterator[str]:
    for distance, words in DISTANCE_WORDS.items():
        if code.count(distance):
            yield f"{words}{code.count(distance)}格"


def _place(edition: Edition, cell: CellId) -> str:
    table = edition.by_id[cell.table]
    return f"{table.label}“{table.rows[cell.row].short}”的“{table.column_of(cell).short}”"


def self_check_document(report: SelfCheck) -> dict[str, Any]:
    """The report as `gouji rules --self-check --json` prints it; cells by their ids."""
    return {"sound": report.sound, "editions": [_edition_document(item) for item in report.editions]}


def _edition_document(item: EditionCheck) -> dict[str, Any]:
    return {
        "edition": item.edition.id,
        "cells": len(item.edition.cells),
        "equalities": item.equalities,
        "contradictions": [{"what": clash.what, "rules": list(clash.rules)} for clash in item.contradictions],
        "only_zero": [{"concept": str(cell), "rules": list(rules)} for cell, rules in item.barred.items()],
        "uncovered": [str(cell) for cell in item.uncovered],
        "not_compared": [str(cell) for cell in item.only_shape],
        "redundant": [
            {"rule": equality.rule, "concept": str(equality.mark), "follows_from": others}
            for equality, others in item.redundant
        ],
        "distances": {
            "formula" if code.formulas else "typed": {str(cell): n for cell, n in code.distance.items()}
            for code in item.codings
        },
    }
