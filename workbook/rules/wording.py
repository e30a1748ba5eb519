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
from workbook.rules.findings import Cause, Change, CheckResult, Finding
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


# How the slip of the hand behind a change is said to the clerk, in brackets.
_SLIPS = {
    "digit_changed": "似有一位数字打错",
    "digit_dropped": "似少打了一位",
    "digit_added": "似多打了一位",
    "digits_swapped": "似相邻两位打颠倒了",
    "sign": "似多打了负号",
    "unit_slip": "似错了单位",
    "shifted_row": "似与相邻的行填串了",
    "shifted_column": "似与相邻的列填串了",
    "total_in_part": "填的正是合计数",
    "part_in_total": "填的正是其中一个分项的数",
    "last_year_pasted": "填的正是上年的数",
}
_MOST_CHANGES = 3


def located_message(cause: Cause, lead: Finding, filing: Filing) -> str | None:
    """What the located cell holds and should hold; None where the finding's own words speak of that cell."""
    if not cause.changes or lead.mark == cause.mark or cause.mark != cause.changes[0].cell:
        return None
    first = cause.changes[0]
    unit = filing.edition.unit(first.cell)
    stands = f"填{figure(first.before)}{unit}" if first.before is not None else "没有填"
    should = "应为" if cause.unique else "很可能应为"
    return f"{place_words(filing.edition, first.cell)}{stands}，{should}{figure(first.after)}{unit}。"


def located_remedy(cause: Cause, result: CheckResult, rulebook: RuleBook) -> str | None:
    """What to do where the wrong cell is known, or likely; None where the finding's own remedy stands."""
    edition = result.filing.edition
    if not cause.changes or not (cause.unique or cause.alternatives):
        return None
    if not cause.unique:
        also = _ways(edition, cause.alternatives[:2])
        return f"很可能{_way(edition, cause.changes)}{_slip(cause)}；也可能{also}。请对照台账核对后改正。"
    if all(change.before is None for change in cause.changes):
        return _filling(edition, cause.changes)
    # What a figure may be at all (CEL-01) is no sum that comes right.
    mended = [result.findings[index] for index in cause.findings]
    mended = [finding for finding in mended if finding.expected is not None] or mended
    labels = list(dict.fromkeys(rulebook.by_code[finding.rule].label for finding in mended))
    first, others = cause.changes[0], cause.changes[1:]
    shown = "".join(
        f"，{place_words(edition, change.cell)}也改为{figure(change.after)}"
        for change in others[:_MOST_CHANGES]
    )
    more = f"，另有{len(others) - _MOST_CHANGES}格见批注" if len(others) > _MOST_CHANGES else ""
    return f"请改为{figure(first.after)}{_slip(cause)}{shown}{more}；改后{'、'.join(labels)}自动相符。"


def undecided_hint(cause: Cause, edition: Edition) -> str:
    """What is added to a finding's remedy where the wrong cell cannot be told; "" where there is nothing."""
    if cause.changes:
        return ""
    if not cause.in_time and not cause.alternatives:
        return "几处同时不符，未能在时限内推算出错在哪一格，请逐项核对。"
    # More than a few ways are no help: then the column is named and the clerk looks at the register.
    if 0 < len(cause.alternatives) <= _MOST_CHANGES:
        return f"可能的改法：{_ways(edition, cause.alternatives)}。"
    return ""


def _slip(cause: Cause) -> str:
    words = _SLIPS.get(cause.kind or "")
    return f"（{words}）" if words else ""


def _way(edition: Edition, changes: tuple[Change, ...]) -> str:
    said = [f"{place_words(edition, c.cell)}应为{figure(c.after)}" for c in changes[:_MOST_CHANGES]]
    return "、".join(said) + ("等" if len(changes) > _MOST_CHANGES else "")


def _ways(edition: Edition, ways: tuple[tuple[Change, ...], ...]) -> str:
    return "，或".join(_way(edition, changes) for changes in ways)


def _filling(edition: Edition, changes: tuple[Change, ...]) -> str:
    """Blanks that the filled figures determine."""
    zeros = sum(1 for change in changes if change.after == 0)
    filled = tuple(change for change in changes if change.after != 0)
    said = [f"{_way(edition, filled)}"] if filled else []
    said += [f"{'其余' if filled else ''}{zeros}格应为0"] if zeros else []
    return f"请补填；按已填的数推算，{'，'.join(said)}。"


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
    """Where a finding is shown: its cell, else the place it names; of prose the paragraph."""
    if finding.section is not None:
        return finding.place
    if finding.mark is not None and (place := filing.place(finding.mark)):
        return place
    return finding.place
