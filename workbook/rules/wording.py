"""Findings in Chinese: where, what stands there, what should, what to do, by what law; the code last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from workbook.files.grid import Position, column_letters, parse_a1
from workbook.form.edition import CellId, Edition
from workbook.form.filing import Filing, Place
from workbook.form.labels import legible
from workbook.form.values import figure
from workbook.rules.findings import Cause, CheckResult, Finding
from workbook.rules.rule import Message, Outcome, Rule
from workbook.rules.rulebook import RuleBook

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_MOST_RANGES = 6
# What somebody typed is quoted as far as one needs to recognise it.
_LONGEST = dict.fromkeys(("raw", "found", "expected", "formula", "here", "there", "source"), 80)


@dataclass(frozen=True, slots=True)
class Wording:
    """One finding as a clerk reads it."""

    message: str
    remedy: str
    basis: str
    code: str
    severity: str

    @property
    def tag(self) -> str:
        """ "〔SUM-02 错误〕"."""
        return f"〔{self.code} {self.severity}〕"


def word_finding(finding: Finding, filing: Filing, rulebook: RuleBook) -> Wording:
    """A finding's sentence, remedy and basis. Labels, never ids."""
    rule = rulebook.by_code[finding.rule]
    outcome = _outcome(rule, finding)
    return Wording(
        message=_fill(outcome.message, finding, filing),
        remedy=_fill(outcome.remedy, finding, filing),
        basis=str(rule.basis),
        code=rule.code,
        severity=finding.severity.label,
    )


def _outcome(rule: Rule, finding: Finding) -> Outcome:
    return rule.tests[finding.test].outcomes[finding.outcome]


def _fill(message: Message, finding: Finding, filing: Filing) -> str:
    given = finding.facts

    def value(match: re.Match[str]) -> str:
        word = match[1]
        if word in given:
            found = given[word]
            if isinstance(found, Decimal):
                return figure(found)
            return "未知" if found is None else legible(found, _LONGEST.get(word, 400))
        return _common(word, finding, filing)

    return _PLACEHOLDER.sub(value, message.text)


def _common(word: str, finding: Finding, filing: Filing) -> str:
    edition, mark = filing.edition, finding.mark
    if word == "cells":
        return cell_ranges(filing, finding.cells)
    if mark is None:
        return ""
    table = edition.by_id[mark.table]
    match word:
        case "place":
            return place_words(edition, mark)
        case "row":
            return table.rows[mark.row].short
        case "column":
            return table.column_of(mark).short
        case "table":
            return table.label
        case "unit":
            return edition.unit(mark)
        case _:
            return ""


def place_words(edition: Edition, cell: CellId) -> str:
    """A cell by its labels: “自然人”列“（七）总计”, “行政许可”的“处理决定数量”."""
    table = edition.by_id[cell.table]
    row, column = table.rows[cell.row].short, table.column_of(cell).short
    one_block = len(table.blocks) == 1 and not table.blocks[0].across
    return f"“{column}”列“{row}”" if one_block else f"“{row}”的“{column}”"


def located_remedy(cause: Cause, result: CheckResult, rulebook: RuleBook) -> str | None:
    """What to do where the wrong cell is known: the figure, and what then balances; None where it is not."""
    if not cause.changes or not cause.unique:
        return None
    first = cause.changes[0]
    labels = list(dict.fromkeys(rulebook.by_code[result.findings[i].rule].label for i in cause.findings))
    also = "".join(
        f"，{place_words(result.filing.edition, change.cell)}也改为{figure(change.after)}"
        for change in cause.changes[1:]
    )
    return f"请改为{figure(first.after)}{also}；改后{'、'.join(labels)}自动相符。"


def cell_ranges(filing: Filing, cells: Iterable[CellId]) -> str:
    """Where cells stand, as few ranges as rectangles allow: D6:I8、J9等."""
    by_sheet: dict[str, set[Position]] = {}
    for cell in cells:
        place = filing.place(cell)
        position = parse_a1(place.cell) if place else None
        if place and position:
            by_sheet.setdefault(place.sheet, set()).add(position)
    if not by_sheet:
        return "、".join(place_words(filing.edition, cell) for cell in list(cells)[:3])
    ranges = [text for positions in by_sheet.values() for text in rectangles(positions)]
    return "、".join(ranges[:_MOST_RANGES]) + ("等" if len(ranges) > _MOST_RANGES else "")


def rectangles(positions: set[Position]) -> Iterator[str]:
    """Cover positions with rectangles: runs within a row, joined over equal rows."""
    open_runs: dict[tuple[int, int], int] = {}
    last = 0
    for row in sorted({position.row for position in positions}):
        runs = list(_runs(sorted(p.column for p in positions if p.row == row)))
        for run, start in list(open_runs.items()):
            if run not in runs or row != last + 1:
                yield _range(start, last, run)
                del open_runs[run]
        for run in runs:
            open_runs.setdefault(run, row)
        last = row
    for run, start in open_runs.items():
        yield _range(start, last, run)


def _runs(columns: list[int]) -> Iterator[tuple[int, int]]:
    start = previous = columns[0]
    for column in columns[1:]:
        if column != previous + 1:
            yield start, previous
            start = column
        previous = column
    yield start, previous


def _range(top: int, bottom: int, run: tuple[int, int]) -> str:
    first, last = f"{column_letters(run[0])}{top}", f"{column_letters(run[1])}{bottom}"
    return first if first == last else f"{first}:{last}"


def finding_place(finding: Finding, filing: Filing) -> Place | None:
    """Where a finding is shown: its cell, else the place it names."""
    if finding.mark is not None and (place := filing.place(finding.mark)):
        return place
    return finding.place
