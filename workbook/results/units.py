"""The results a row a unit: progress, where each stands, reminders, facts for assessment, last year."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from workbook.campaign.records import KINDS, State, UnitState
from workbook.form.edition import CellId
from workbook.form.filing import LEVELS, SCOPES
from workbook.prose.judging import SECTION_WORDS
from workbook.results.faults import place_of
from workbook.results.frames import frame, plain
from workbook.results.gathering import Gathered
from workbook.results.reminders import reminder

_MOST_COPIES = 5  # named of one unit; the sheet 雷同 has them all
_COMPARED = (
    "applications.received[total]",
    "applications.brought_forward[total]",
    "applications.dispositions.total[total]",
    "applications.carried_forward[total]",
    "challenges.reconsideration[total]",
    "challenges.litigation_direct[total]",
    "challenges.litigation_after_reconsideration[total]",
)


def overview(gathered: Gathered) -> pd.DataFrame:
    """Progress by group of units: the groups of the roster's top level, then all."""
    labels = [state.label for state in State]
    rows: list[dict[str, Any]] = []
    for group, items in groups(gathered):
        counts = dict.fromkeys(labels, 0)
        for item in items:
            counts[item.state.label] += 1
        done = sum(counts[s.label] for s in State if s not in (State.MISSING, State.RECEIVED, State.RETURNED))
        late = sum(item.days_late(gathered.today) > 0 for item in items)
        rows.append({"分组": group, "单位数": len(items), "已办结": done, "逾期": late, **counts})
    return frame(rows, ["分组", "单位数", "已办结", "逾期", *labels])


def groups(gathered: Gathered) -> list[tuple[str, list[UnitState]]]:
    """Units under each unit that has others below it, units at the top by kind, and all together."""
    found: dict[str, list[UnitState]] = {}
    parents = {unit.parent for unit in gathered.roster.units if unit.parent}
    by_code = gathered.roster.by_code
    for item in gathered.states:
        unit = item.unit
        home = unit.code if unit.code in parents else unit.parent
        name = by_code[home].name if home and home in by_code else KINDS[unit.kind]
        found.setdefault(name, []).append(item)
    return [*found.items(), ("全部", list(gathered.states))]


def by_unit(gathered: Gathered) -> pd.DataFrame:
    """A row a unit: where it stands, when it came, what is wrong, where the file is."""
    rows = []
    for item in gathered.states:
        unit, receipt = item.unit, item.receipt
        tally = receipt.tally if receipt else None
        published = item.publications[-1] if item.publications else None
        rows.append(
            {
                "单位代码": unit.code,
                "单位名称": unit.name,
                "级别": LEVELS.get(unit.level or "", ""),
                "类别": KINDS[unit.kind],
                "口径": SCOPES[unit.scope],
                "上级": gathered.roster.by_code[unit.parent].name
                if unit.parent in gathered.roster.by_code
                else "",
                "状态": item.state.label,
                "状态日期": item.since.date() if item.since else None,
                "报送期限": item.due,
                "首次报送": item.submitted,
                "逾期天数": item.days_late(gathered.today) or None,
                "退回次数": item.times_returned or None,
                "错误": tally.errors if tally else None,
                "须说明": tally.explain if tally else None,
                "提示": tally.warnings if tally else None,
                "未能判断": tally.undecided if tally else None,
                "版本": receipt.revision if receipt else None,
                "文件": receipt.path if receipt else "",
                "公布日期": published.on if published else None,
                "公布网址": published.url if published else "",
                "联系人": unit.contact,
                "联系电话": unit.telephone,
            }
        )
    return frame(rows)


def reminders(gathered: Gathered) -> pd.DataFrame:
    """One message a unit."""
    rows = [
        {
            "单位名称": item.unit.name,
            "状态": item.state.label,
            "报送期限": item.due,
            "逾期天数": item.days_late(gathered.today) or None,
            "联系人": item.unit.contact,
            "联系电话": item.unit.telephone,
            "催报内容（可直接粘贴）": reminder(item, gathered),
        }
        for item in gathered.unsettled
    ]
    return frame(
        rows, ["单位名称", "状态", "报送期限", "逾期天数", "联系人", "联系电话", "催报内容（可直接粘贴）"]
    )


def assessment(gathered: Gathered) -> pd.DataFrame:
    """Facts and dates, no score."""
    alike = _copies(gathered)
    rows = []
    for item in gathered.states:
        returned = [change.at.date() for change in item.history if change.after is State.RETURNED]
        published = item.publications[0].on if item.publications else None
        late_public = (published - item.publish_due).days if published and item.publish_due else None
        rows.append(
            {
                "单位代码": item.unit.code,
                "单位名称": item.unit.name,
                "报送期限": item.due,
                "首次报送": item.submitted,
                "逾期天数": item.days_late(gathered.today) or None,
                "退回次数": len(returned) or None,
                "退回日期": "、".join(day.isoformat() for day in returned),
                "退回未改": "是" if item.state is State.RETURNED else "",
                "公布期限": item.publish_due,
                "公布日期": published,
                "公布逾期天数": late_public if late_public and late_public > 0 else None,
                "公布后更正": "是"
                if any(change.before is State.PUBLISHED for change in item.history)
                else "",
                "雷同": alike.get(item.unit.code, ""),
            }
        )
    return frame(rows)


def _copies(gathered: Gathered) -> dict[str, str]:
    """What of a unit's words nearly equals last year's or another unit's, by unit code."""
    said: dict[str, list[str]] = {}
    for code, findings in gathered.findings.items():
        for finding in findings:
            if finding.rule == "YOY-08" and finding.overruled is None:
                said.setdefault(code, []).append(finding.message.removesuffix("。"))
    for pair in gathered.alike:
        for code, other in ((pair.one, pair.other), (pair.other, pair.one)):
            name = gathered.roster.by_code[other].name
            words = f"{SECTION_WORDS[pair.section]}与{name}相似{round(pair.similarity * 100)}%"
            said.setdefault(code, []).append(words)
    return {code: "；".join(parts[:_MOST_COPIES]) for code, parts in said.items()}


def copied(gathered: Gathered) -> pd.DataFrame:
    """Pairs of units with a section in common, and what they share."""
    names = {unit.code: unit.name for unit in gathered.roster.units}
    rows = [
        {
            "单位名称": names[pair.one],
            "对方单位": names[pair.other],
            "部分": SECTION_WORDS[pair.section],
            "相似（%）": round(pair.similarity * 100),
            "相同的段落": "\n".join(pair.passages),
        }
        for pair in gathered.alike
    ]
    return frame(rows, ["单位名称", "对方单位", "部分", "相似（%）", "相同的段落"])


def compared(gathered: Gathered) -> pd.DataFrame:
    """The totals of each unit beside last year's."""
    cells = [cell for name in _COMPARED if (cell := CellId.parse(name)) in gathered.edition.cell_set]
    labels = {cell: _column_words(gathered, cell) for cell in cells}
    rows = []
    for item in gathered.states:
        now = gathered.reports.get(item.unit.code)
        if now is None:
            continue
        before = gathered.last.get(item.unit.code, {})
        row: dict[str, Any] = {"单位代码": item.unit.code, "单位名称": item.unit.name}
        for cell in cells:
            row[f"{labels[cell]}（本年）"] = plain(now.values.get(cell))
            row[f"{labels[cell]}（上年）"] = plain(before.get(cell))
        rows.append(row)
    columns = [f"{labels[cell]}（{which}）" for cell in cells for which in ("本年", "上年")]
    return frame(rows, ["单位代码", "单位名称", *columns])


def _column_words(gathered: Gathered, cell: CellId) -> str:
    table = gathered.edition.by_id[cell.table]
    return table.rows[cell.row].short.removeprefix("本年").strip()


def received(gathered: Gathered) -> pd.DataFrame:
    """A row a received thing, nothing left out."""
    names = {unit.code: unit.name for unit in gathered.roster.units}
    rows = [
        {
            "文件": item.path,
            "结果": item.fate.label,
            "说明": item.why,
            "单位": names.get(item.unit or "", item.organ or ""),
            "年度": item.year,
            "版式": item.edition or "",
            "版本": item.revision,
            "收到": item.arrived.replace(tzinfo=None),
            "还在": "" if item.present else "已移走",
        }
        for item in gathered.receipts
    ]
    return frame(rows, ["文件", "结果", "说明", "单位", "年度", "版式", "版本", "收到", "还在"])


def corrected(gathered: Gathered) -> pd.DataFrame:
    """What each correction after publication changes, and by how much it moves the sums."""
    names = {unit.code: unit.name for unit in gathered.roster.units}
    columns = ["单位代码", "单位名称", "表", "行", "列", "公布时", "更正后", "汇总数因此增减"]
    rows = []
    for code, changes in gathered.corrections.items():
        for cell, (was, now) in changes.items():
            moved = (now or Decimal(0)) - (was or Decimal(0))
            row = (code, names.get(code, code), *place_of(cell), plain(was), plain(now), plain(moved))
            rows.append(dict(zip(columns, row, strict=True)))
    return frame(rows, columns)
