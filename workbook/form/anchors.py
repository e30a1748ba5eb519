"""The names by which our own forms are found again: sheets and defined names.

Builder, reader and writers of results agree through this file alone. Names are helpers; where they and the
labels disagree, the labels are the truth.
"""

from __future__ import annotations

from workbook.form.edition import CellId

PREFIX = "gj."

COVER = "封面"
GUIDE = "填报说明"
SUMMARY = "综述"
EXPLANATIONS = "情况说明"
RESULTS = "校验结果"
LIVE = "勾稽核对"
LAST_YEAR = "上年数"
ROLL_UP, ROLL_UP_REMARKS, ROLL_UP_CHANGES = "汇总明细", "汇总说明", "与上年比较"
IDENTITY_SHEET = "gouji"

# Sheets of ours that hold nothing of the report: instructions, what is worked out from the tables, what a
# check or a roll-up wrote. Whoever wants the report alone need not read them.
APART = frozenset({GUIDE, SUMMARY, RESULTS, LIVE, ROLL_UP, ROLL_UP_REMARKS, ROLL_UP_CHANGES})
# And those that are read, but are not the form though they repeat its labels.
NOT_THE_FORM = APART | {EXPLANATIONS, LAST_YEAR, IDENTITY_SHEET}

# Cover cells that are filled in, by what they hold; `zero` is the declaration 其余空格均为0.
COVER_FIELDS = ("organ", "level", "year", "scope", "contact", "telephone", "zero")
CHECK_CODE = "check_code"  # a cover cell too, written by the program when a report goes to be signed
ZERO_DECLARED = "是"

SUMMARY_AREA = PREFIX + "summary"
RESULTS_AREA = PREFIX + "results"
EXPLANATIONS_AREA = PREFIX + "explanations"
IDENTITY_AREA = PREFIX + "identity"
LIVE_AREA = PREFIX + "live"
LAST_YEAR_AREA = PREFIX + "lastyear"

# Columns of 校验结果, left to right; `key` (hidden) ties a row to its finding and the figures it speaks of.
RESULTS_COLUMNS: dict[str, str] = {
    "number": "序号",
    "severity": "程度",
    "place": "位置",
    "message": "问题",
    "remedy": "怎样改",
    "basis": "依据",
    "rule": "规则",
    "explanation": "情况说明（可在此填写）",
    "lapsed": "原说明（数字已变，请重新确认）",
    "key": "标识",
}
RESULTS_ROWS = 300

# Font sizes (points) of the sheets that results are written into, for rows tall enough to read.
TEXT_SIZES: dict[str, float] = {RESULTS: 11, SUMMARY: 14}

# Columns of 情况说明: the clerk names the rule, picks a usual reason and says it in her words.
EXPLANATIONS_COLUMNS: dict[str, str] = {
    "rule": "事项",
    "place": "涉及的栏目（可不填）",
    "reason": "原因",
    "text": "具体说明",
    "key": "标识",
}
EXPLANATIONS_ROWS = 30

# Columns of 勾稽核对, left to right; `gj.live` covers the rows below the header.
LIVE_COLUMNS: dict[str, str] = {
    "rule": "规则",
    "label": "核对内容",
    "place": "位置",
    "left": "左边",
    "right": "右边",
    "difference": "相差",
    "verdict": "结论",
    "hint": "提示",
}

# 上年数: labels, up to seven figures, a remark; then two hidden columns: the line's id ("table.row") and
# facts about the sheet. The ids of the columns stand in a hidden row above each block of figures.
LAST_YEAR_FIGURES = 7
LAST_YEAR_FIRST = 2  # column of the first figure
LAST_YEAR_NOTE = LAST_YEAR_FIRST + LAST_YEAR_FIGURES
LAST_YEAR_ID = LAST_YEAR_NOTE + 1
LAST_YEAR_FACTS = LAST_YEAR_ID + 1
LAST_YEAR_HEAD = "#"  # in the id column of the row that holds column ids

# Every version of our forms that was ever handed out, the newest last; the form changes only with it.
TEMPLATE_VERSIONS = ("2026.1",)

# Keys of the hidden identity, top to bottom; `totals` is "formula" or "typed".
IDENTITY_KEYS = ("edition", "version", "totals", "organ", "year", "unit", "campaign", "digest")


def cell_name(cell: CellId) -> str:
    """The defined name of a figure's cell: gj.applications.received.total."""
    return f"{PREFIX}{cell.table}.{cell.row}.{cell.column}"


def table_name(table: str) -> str:
    """The defined name of a whole table, labels included."""
    return f"{PREFIX}table.{table}"


def status_name(table: str) -> str:
    """The defined name of a table's status line."""
    return f"{PREFIX}status.{table}"


def heading_name(section: str) -> str:
    """The defined name of a section's heading."""
    return f"{PREFIX}heading.{section}"


def section_name(section: str) -> str:
    """The defined name of the area with a section's paragraphs, one a row."""
    return f"{PREFIX}section.{section}"


def cover_name(field: str) -> str:
    """The defined name of a cover cell."""
    return f"{PREFIX}cover.{field}"


def list_name(kind: str) -> str:
    """The defined name of a drop-down list kept in the hidden sheet: levels, scopes, rules, reasons."""
    return f"{PREFIX}list.{kind}"
