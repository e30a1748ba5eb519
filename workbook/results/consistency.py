"""CON rules: what can only be seen when reports are laid side by side.

Findings of a campaign, not of a filing: they name units, and the officer follows them up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook.campaign.records import Fate, Figures, Receipt, State, Unit, UnitState
from workbook.campaign.roster import Roster
from workbook.form.edition import CellId, Edition
from workbook.form.labels import plain
from workbook.form.values import figure
from workbook.prose.judging import SECTION_WORDS
from workbook.results.alike import Alike
from workbook.results.rollup import ALL, carried, roll_up
from workbook.rules.wording import place_words

LABELS: Mapping[str, str] = {
    "CON-01": "全口径年报等于各部分之和",
    "CON-02": "名册单位都有一份有效年报",
    "CON-03": "没有单位重复计算",
    "CON-05": "上级不小于任一下级",
    "CON-07": "共同被告案件只由原机关统计",
    "YOY-08": "与其他单位文字不雷同",
    "PUB-01": "按期报送",
    "PUB-02": "按期公布",
}
_LONGEST_SHOWN = 60  # signs of a passage that two units share
_MOST_CELLS = 40  # cells named of one unit; a report of another kind differs everywhere


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing seen between reports; `undecided` where it cannot be judged yet, and why is in the words."""

    rule: str
    severity: str  # error | explain | warning
    unit: Unit
    words: str
    cell: CellId | None = None
    undecided: bool = False


def mismatches(
    roster: Roster,
    states: Sequence[UnitState],
    receipts: Sequence[Receipt],
    reports: Mapping[str, Figures],
    edition: Edition,
) -> Iterator[Mismatch]:
    """Every CON finding of a campaign, in the order of the rules, units in the roster's order."""
    yield from _as_submitted(roster, reports, edition)
    yield from _complete(states, receipts)
    yield from _counted_once(roster)
    yield from _above_its_parts(roster, reports, edition)
    yield from _same_cases(roster, reports, edition)


def pair_mismatches(pair: Alike, roster: Roster) -> Iterator[Mismatch]:
    """YOY-08 between units: said of both, for nobody can tell who copied."""
    section = SECTION_WORDS[pair.section]
    shown = f"，如“{_short(pair.passages[0])}”" if pair.passages else ""
    alike = f"几乎相同（相似{round(pair.similarity * 100)}%）{shown}。"
    for code, other in ((pair.one, pair.other), (pair.other, pair.one)):
        words = f"{section}与“{roster.by_code[other].name}”{alike}"
        yield Mismatch("YOY-08", "explain", roster.by_code[code], words)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "……"


def _as_submitted(roster: Roster, reports: Mapping[str, Figures], edition: Edition) -> Iterator[Mismatch]:
    """CON-01."""
    for unit in roster.units:
        if unit.scope != ALL or unit.code not in reports or not roster.children(unit.code):
            continue
        summed = roll_up(roster, reports, unit, edition)
        if summed.missing:
            names = "、".join(item.name for item in summed.missing[:5])
            more = f"等{len(summed.missing)}个单位" if len(summed.missing) > 5 else ""
            yield Mismatch(
                "CON-01", "explain", unit, f"{names}{more}还没有报，暂不能核对全口径年报。", None, True
            )
            continue
        own = carried(unit, reports[unit.code], edition).values
        off = [
            (cell, own[cell], total)
            for cell, total in summed.figures.items()
            if cell in own and own[cell] != total and not summed.silent(cell)
        ]
        for cell, stated, total in off[:_MOST_CELLS]:
            words = (
                f"{place_words(edition, cell)}填{figure(stated)}，本级、各部门与下级政府合计{figure(total)}，"
                f"相差{figure(abs(stated - total))}。"
            )
            yield Mismatch("CON-01", "explain", unit, words, cell)


def _complete(states: Sequence[UnitState], receipts: Sequence[Receipt]) -> Iterator[Mismatch]:
    """CON-02."""
    for item in states:
        if item.state is State.MISSING:
            yield Mismatch("CON-02", "error", item.unit, "还没有收到有效的年报。")
        elif item.state is State.RETURNED:
            yield Mismatch("CON-02", "error", item.unit, "年报已退回，还没有收到改好的。")
    nobody = Unit(code="", name="（名册外）")
    wrong = {Fate.STRANGER, Fate.AMBIGUOUS, Fate.WRONG_YEAR, Fate.COPIED}
    units = {item.unit.code: item.unit for item in states}
    for receipt in receipts:
        if receipt.present and receipt.fate in wrong:
            unit = units.get(receipt.unit or "", nobody)
            why = f"（{receipt.why}）" if receipt.why else ""
            yield Mismatch("CON-02", "error", unit, f"文件“{receipt.path}”{receipt.fate.label}{why}。")


def _counted_once(roster: Roster) -> Iterator[Mismatch]:
    """CON-03: 办公厅（室） speaks for 政府本级; a 街道 belongs to its county and not to the city as well."""
    offices: dict[str | None, list[Unit]] = defaultdict(list)
    named: dict[str, list[Unit]] = defaultdict(list)
    for unit in roster.units:
        if unit.kind == "own_office":
            offices[unit.parent].append(unit)
        named[plain(unit.name)].append(unit)
    for several in offices.values():
        if len(several) > 1:
            names = "、".join(unit.name for unit in several)
            yield Mismatch("CON-03", "explain", several[1], f"同一级有几个“本级办公厅（室）”：{names}。")
    for several in named.values():
        for unit in several:
            above = _ancestors(roster, unit)
            if any(other is not unit and other.parent in above for other in several):
                words = f"“{unit.name}”在名册中不止一处，汇总时会重复计算。"
                yield Mismatch("CON-03", "explain", unit, words)


def _ancestors(roster: Roster, unit: Unit) -> set[str | None]:
    """The codes of everything above a unit's parent, and of the parent itself; None is the top."""
    above: set[str | None] = {None}
    code = unit.parent
    while code is not None and code not in above:
        above.add(code)
        parent = roster.by_code.get(code)
        code = parent.parent if parent else None
    return above


def _above_its_parts(roster: Roster, reports: Mapping[str, Figures], edition: Edition) -> Iterator[Mismatch]:
    """CON-05: counts are never negative, so a whole is never less than one of its parts."""
    for unit in roster.units:
        if unit.scope != ALL or unit.code not in reports:
            continue
        whole = carried(unit, reports[unit.code], edition).values
        found = 0
        for child in roster.children(unit.code):
            if child.vertical or child.code not in reports:
                continue
            part = carried(child, reports[child.code], edition).values
            for cell in edition.cells:
                signed = cell.column == "change"
                if signed or cell not in whole or part.get(cell, Decimal(0)) <= whole[cell]:
                    continue
                found += 1
                if found <= _MOST_CELLS:
                    words = (
                        f"{place_words(edition, cell)}填{figure(whole[cell])}，"
                        f"下级“{child.name}”一家就有{figure(part[cell])}。"
                    )
                    yield Mismatch("CON-05", "explain", unit, words, cell)


def _same_cases(roster: Roster, reports: Mapping[str, Figures], edition: Edition) -> Iterator[Mismatch]:
    """CON-07: a checklist line where a government's office and a unit below report the same cases.

    Source: 国办公开办函〔2016〕201号 – cases in which the reconsideration organ is only 共同被告 are counted
    by the original organ alone.
    """
    table = edition.by_id.get("challenges")
    if table is None:
        return
    rows = [row for row in dict.fromkeys(cell.row for cell in table.cells) if "litigation" in row]
    for office in roster.units:
        if office.kind != "own_office" or office.code not in reports:
            continue
        for other in roster.children(office.parent):
            if other is office or other.code not in reports or other.kind != "department":
                continue
            for row in rows:
                cells = [cell for cell in table.cells if cell.row == row]
                mine, theirs = ([reports[u.code].values.get(cell) for cell in cells] for u in (office, other))
                if mine == theirs and any(mine):
                    label = table.rows[row].short
                    words = f"“{label}”与“{other.name}”所报相同，请核对共同被告案件是否两处都算了。"
                    yield Mismatch("CON-07", "warning", office, words, cells[-1])
