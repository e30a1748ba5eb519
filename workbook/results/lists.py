"""The results as tables (pandas): by unit, by rule, by cell; findings, reminders, facts for assessment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from workbook.campaign.records import KINDS, State, UnitState
from workbook.form.edition import CellId, edition_by_id
from workbook.form.filing import LEVELS, SCOPES
from workbook.results.consistency import LABELS
from workbook.results.gathering import Gathered
from workbook.results.reminders import reminder
from workbook.rules.findings import Severity
from workbook.rules.rulebook import RuleBook

_COMPARED = (
    "applications.received[total]",
    "applications.brought_forward[total]",
    "applications.dispositions.total[total]",
    "applications.carried_forward[total]",
    "challenges.reconsideration[total]",
    "challenges.litigation_direct[total]",
    "challenges.litigation_after_reconsideration[total]",
)


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
        "与上年比较": compared(gathered),
        "收件": received(gathered),
        "规则变动影响": changed_rules(gathered),
    }


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
    return _frame(rows, ["分组", "单位数", "已办结", "逾期", *labels])


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
    return _frame(rows)


def every_finding(gathered: Gathered) -> pd.DataFrame:
    """A row a finding of the revisions that count."""
    rows = []
    for item in gathered.states:
        for finding in gathered.findings.get(item.unit.code, ()):
            state = "已由主管单位认可" if finding.overruled else "已说明" if finding.explanation else ""
            rows.append(
                {
                    "单位代码": item.unit.code,
                    "单位名称": item.unit.name,
                    "程度": finding.severity.label,
                    "规则": finding.rule,
                    "问题": finding.message,
                    "怎样改": finding.remedy,
                    "依据": finding.basis,
                    "工作表": finding.sheet or "",
                    "单元格": finding.cell or "",
                    "所填": _plain(finding.value),
                    "应为": _plain(finding.expected),
                    "同一原因": finding.cause,
                    "处理": state,
                    "情况说明": finding.explanation or "",
                    "认可理由": finding.overruled or "",
                }
            )
    columns = [
        *("单位代码", "单位名称", "程度", "规则", "问题", "怎样改", "依据", "工作表", "单元格"),
        *("所填", "应为", "同一原因", "处理", "情况说明", "认可理由"),
    ]
    return _frame(rows, columns)


def by_rule(gathered: Gathered, rulebook: RuleBook) -> pd.DataFrame:
    """The rules most broken first."""
    findings = every_finding(gathered)
    if findings.empty:
        return _frame([], ["规则", "名称", "错误", "须说明", "提示", "单位数", "条数"])
    counted = findings.pivot_table(
        index="规则", columns="程度", values="单位代码", aggfunc="count", fill_value=0
    ).reindex(columns=[severity.label for severity in Severity], fill_value=0)
    counted["单位数"] = findings.groupby("规则")["单位代码"].nunique()
    counted["条数"] = findings.groupby("规则").size()
    table = counted.reset_index()
    table.insert(1, "名称", [_rule_label(rulebook, code) for code in table["规则"]])
    return table.sort_values(["单位数", "条数", "规则"], ascending=[False, False, True]).reset_index(
        drop=True
    )


def _rule_label(rulebook: RuleBook, code: str) -> str:
    rule = rulebook.by_code.get(code)
    return rule.label if rule else LABELS.get(code, "")


def by_cell(gathered: Gathered) -> pd.DataFrame:
    """Where in the form most goes wrong."""
    rows: dict[tuple[str, str, str], tuple[int, set[str]]] = {}
    for code, findings in gathered.findings.items():
        for finding in findings:
            if finding.concept is None:
                continue
            place = _place(finding.concept)
            count, units = rows.setdefault(place, (0, set()))
            units.add(code)
            rows[place] = (count + 1, units)
    ordered = sorted(rows.items(), key=lambda item: (-len(item[1][1]), -item[1][0], item[0]))
    return _frame(
        [
            {"表": table, "行": row, "列": column, "单位数": len(units), "条数": count}
            for (table, row, column), (count, units) in ordered
        ],
        ["表", "行", "列", "单位数", "条数"],
    )


def _place(concept: str) -> tuple[str, str, str]:
    cell = CellId.parse(concept)
    for edition in filter(None, map(edition_by_id, ("2021", "2019"))):
        if cell in edition.cell_set:
            table = edition.by_id[cell.table]
            return table.label, table.rows[cell.row].short, table.column_of(cell).short
    return cell.table, cell.row, cell.column


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
    return _frame(
        rows, ["单位名称", "状态", "报送期限", "逾期天数", "联系人", "联系电话", "催报内容（可直接粘贴）"]
    )


def assessment(gathered: Gathered) -> pd.DataFrame:
    """Facts and dates, no score."""
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
            }
        )
    return _frame(rows)


def between_levels(gathered: Gathered) -> pd.DataFrame:
    """CON findings."""
    rows = [
        {
            "规则": item.rule,
            "名称": LABELS[item.rule],
            "程度": "未能判断" if item.undecided else Severity(item.severity).label,
            "单位名称": item.unit.name,
            "问题": item.words,
        }
        for item in gathered.mismatches
    ]
    return _frame(rows, ["规则", "名称", "程度", "单位名称", "问题"])


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
            row[f"{labels[cell]}（本年）"] = _plain(now.values.get(cell))
            row[f"{labels[cell]}（上年）"] = _plain(before.get(cell))
        rows.append(row)
    columns = [f"{labels[cell]}（{which}）" for cell in cells for which in ("本年", "上年")]
    return _frame(rows, ["单位代码", "单位名称", *columns])


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
    return _frame(rows, ["文件", "结果", "说明", "单位", "年度", "版式", "版本", "收到", "还在"])


def changed_rules(gathered: Gathered) -> pd.DataFrame:
    """Accepted units that today's rules would hold back; they stay accepted."""
    names = {unit.code: unit.name for unit in gathered.roster.units}
    rows = [
        {
            "单位名称": names.get(item.unit, item.unit),
            "程度": item.severity.label,
            "规则": item.rule,
            "问题": item.message,
        }
        for item in gathered.would_fail
    ]
    return _frame(rows, ["单位名称", "程度", "规则", "问题"])


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _frame(rows: list[dict[str, Any]], columns: list[str] | None = None) -> pd.DataFrame:
    """Columns keep what was put in: a column of whole numbers with gaps is not turned into fractions."""
    return pd.DataFrame(rows, columns=columns, dtype=object)


def written_out(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, bytes]]:
    """(file name, content) of each table as CSV for analysts; a text that a program might run is quoted."""
    for name, table in tables.items():
        safe = table.map(_safe)
        yield f"{name}.csv", safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _safe(value: object) -> object:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"):
        return "'" + value
    return value
