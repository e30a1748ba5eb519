"""The results a row a finding: every one, by rule, by cell, between levels; what changed rules would find."""

from __future__ import annotations

import pandas as pd

from workbook.form.edition import CellId
from workbook.form.editionfile import edition_by_id
from workbook.results.consistency import LABELS
from workbook.results.frames import frame, plain
from workbook.results.gathering import Gathered
from workbook.rules.findings import Severity
from workbook.rules.rulebook import RuleBook


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
                    "所填": plain(finding.value),
                    "应为": plain(finding.expected),
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
    return frame(rows, columns)


def by_rule(gathered: Gathered, rulebook: RuleBook) -> pd.DataFrame:
    """The rules most broken first."""
    findings = every_finding(gathered)
    if findings.empty:
        return frame([], ["规则", "名称", "错误", "须说明", "提示", "单位数", "条数"])
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
            place = place_of(CellId.parse(finding.concept))
            count, units = rows.setdefault(place, (0, set()))
            units.add(code)
            rows[place] = (count + 1, units)
    ordered = sorted(rows.items(), key=lambda item: (-len(item[1][1]), -item[1][0], item[0]))
    return frame(
        [
            {"表": table, "行": row, "列": column, "单位数": len(units), "条数": count}
            for (table, row, column), (count, units) in ordered
        ],
        ["表", "行", "列", "单位数", "条数"],
    )


def place_of(cell: CellId) -> tuple[str, str, str]:
    """Table, row and column as printed."""
    for edition in filter(None, map(edition_by_id, ("2021", "2019"))):
        if cell in edition.cell_set:
            table = edition.by_id[cell.table]
            return table.label, table.rows[cell.row].short, table.column_of(cell).short
    return cell.table, cell.row, cell.column


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
    return frame(rows, ["规则", "名称", "程度", "单位名称", "问题"])


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
    return frame(rows, ["单位名称", "程度", "规则", "问题"])
