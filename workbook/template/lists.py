"""Our own sheets behind the report: 综述, 情况说明, 校验结果, 勾稽核对 and the hidden identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbook.files.textsize import column_points, text_height
from workbook.form.anchors import (
    EXPLANATIONS_AREA,
    EXPLANATIONS_COLUMNS,
    EXPLANATIONS_ROWS,
    IDENTITY_AREA,
    IDENTITY_KEYS,
    LIVE_AREA,
    LIVE_COLUMNS,
    RESULTS_AREA,
    RESULTS_COLUMNS,
    RESULTS_ROWS,
    SUMMARY_AREA,
    list_name,
)
from workbook.form.boxes import Box
from workbook.form.edition import Edition
from workbook.form.filing import LEVELS, SCOPES
from workbook.rules.findings import Severity
from workbook.rules.rulebook import RuleBook
from workbook.template.live import BROKEN, DOUBTFUL, OPEN, Cached, CheckRow, LiveCheck, StatusRow
from workbook.template.page import Page
from workbook.template.styles import (
    BROKEN_FILL,
    BROKEN_TEXT,
    DOUBT_FILL,
    DOUBT_TEXT,
    FANG,
    HEI,
    NOTE_FILL,
    OPEN_FILL,
    OPEN_TEXT,
    SONG,
    TOTAL_FILL,
)
from workbook.template.tables import PROSE_WIDTH

SUMMARY_ROWS = 40

# The usual reasons of a 情况说明; “其他” asks for words.
REASONS = (
    "机构改革职能划转",
    "上年年报数据更正",
    "合并或撤销单位",
    "统计口径调整",
    "代填政府本级数据",
    "确属巧合",
    "其他",
)


def explainable(edition: Edition, rulebook: RuleBook) -> tuple[str, ...]:
    """The rules an office may answer with an explanation: “YOY-01 上年结转与上年年报衔接”."""
    return tuple(
        f"{rule.code} {rule.label}"
        for rule in rulebook.rules
        if rule.covers(edition)
        and any(outcome.severity is Severity.EXPLAIN for test in rule.tests for outcome in test.outcomes)
    )


def write_summary(page: Page, sentences: Sequence[Cached]) -> None:
    """综述: the live sentences, if there are any, then the block a program writes and a clerk may mend."""
    styles = page.styles
    page.widths((PROSE_WIDTH,))
    page.height(1, 46)
    page.put(Box(1, 1, 1, 1), "综述", styles.title(20))
    row = 2
    lead = styles.get(font_name=HEI, font_size=13, valign="vcenter", bottom=1)
    points = column_points(PROSE_WIDTH)
    if sentences:
        page.height(row, 26)
        page.put(Box(row, 1, row, 1), "实时综述（随表内数字自动更新，不能改）", lead)
        row += 1
        live = styles.get(font_name=FANG, font_size=12, valign="vcenter", text_wrap=True, bg_color=TOTAL_FILL)
        for sentence in sentences:
            needed = text_height(str(sentence.value), points, 12, padding=6)
            page.height(row, max(38.0, needed), flexible=True)
            page.put(Box(row, 1, row, 1), sentence, live)
            row += 1
    page.height(row, 26)
    page.put(Box(row, 1, row, 1), "综述（由“生成综述”写入，可以修改，也可抄入正文）", lead)
    area = Box(row + 1, 1, row + SUMMARY_ROWS, 1)
    for line in range(area.top, area.bottom + 1):
        page.put(Box(line, 1, line, 1), None, styles.prose(14))
    page.name_box(SUMMARY_AREA, area)
    page.print_setup()
    page.sheet.set_zoom(110)
    page.protect()


_EXAMPLES = (
    "例：YOY-01 上年结转与上年年报衔接　｜　上年结转　｜　上年年报数据更正　｜　"
    "上年年报结转数漏计2件，已于3月更正并重新公布。",
    "例：STK-01 规章制定权　｜　规章·现行有效件数　｜　代填政府本级数据　｜　本办代市政府填报规章数。",
)


def write_explanations(page: Page) -> None:
    """情况说明: what an office wants to say of its figures before anybody asks."""
    styles = page.styles
    page.widths((34, 24, 22, 52, 10))
    page.sheet.set_column(4, 4, 10, None, {"hidden": True})
    page.height(1, 46)
    page.put(Box(1, 1, 1, 4), "情况说明", styles.title(20))
    page.height(2, 34)
    page.put(
        Box(2, 1, 2, 4),
        "数字无误但与核查规则不合的，可在报送前先说明：选事项、选原因，再用一两句话写清楚；没有的，本页空着。“错误”必须改正，不能以说明代替。",
        styles.get(font_name=SONG, font_size=11, valign="vcenter", text_wrap=True),
    )
    for row, example in enumerate(_EXAMPLES, start=3):
        page.height(row, 18)
        page.put(Box(row, 1, row, 4), example, styles.note())
    head = 5
    page.height(head, 26)
    for column, words in enumerate(EXPLANATIONS_COLUMNS.values(), start=1):
        page.put(Box(head, column, head, column), words, styles.column_head())
    area = Box(head + 1, 1, head + EXPLANATIONS_ROWS, len(EXPLANATIONS_COLUMNS))
    for row in range(area.top, area.bottom + 1):
        page.height(row, 28, flexible=True)
        for column in range(1, area.right + 1):
            page.put(Box(row, column, row, column), None, styles.list_cell(locked=False))
    page.name_box(EXPLANATIONS_AREA, area)
    for column, kind in ((1, "rules"), (3, "reasons")):
        page.validate(
            [Box(area.top, column, area.bottom, column)],
            {
                "validate": "list", "source": f"={list_name(kind)}", "error_type": "warning",
                "error_title": "请核对", "error_message": "建议从下拉列表中选择。",
            },
        )  # fmt: skip
    page.sheet.freeze_panes(head, 0)
    page.sheet.hide_gridlines(2)
    page.print_setup(area=Box(1, 1, area.bottom, 4), one_page=True)
    page.sheet.repeat_rows(head - 1)
    page.protect()


_RESULT_WIDTHS = {
    "number": 6, "severity": 8, "place": 18, "message": 40, "remedy": 30, "basis": 22, "rule": 9,
    "explanation": 28, "lapsed": 20, "key": 12,
}  # fmt: skip
RESULTS_HEAD = 3


def write_results(page: Page) -> None:
    """校验结果: the header, and a body that a check fills; sorting and filtering stay possible."""
    styles = page.styles
    keys = list(RESULTS_COLUMNS)
    page.widths([_RESULT_WIDTHS[key] for key in keys])
    page.sheet.set_column(len(keys) - 1, len(keys) - 1, 12, None, {"hidden": True})
    shown = len(keys) - 1
    page.height(1, 46)
    page.put(Box(1, 1, 1, shown), "校验结果", styles.title(20))
    page.height(2, 34)
    page.put(
        Box(2, 1, 2, shown),
        "核查后由程序写入。“错误”必须改正；“须说明”的请改正，或在“情况说明”栏写明原因；“提示”请再看一遍，数字无误的不必改。可以排序、筛选；说明写在哪一行就跟着哪一行，重新核查时保留。",
        styles.get(font_name=SONG, font_size=11, valign="vcenter", text_wrap=True),
    )
    page.height(RESULTS_HEAD, 32)
    for column, words in enumerate(RESULTS_COLUMNS.values(), start=1):
        page.put(Box(RESULTS_HEAD, column, RESULTS_HEAD, column), words, styles.column_head())
    area = Box(RESULTS_HEAD + 1, 1, RESULTS_HEAD + RESULTS_ROWS, len(keys))
    for row in range(area.top, area.bottom + 1):
        for column, key in enumerate(keys, start=1):
            align = "center" if key in ("number", "severity", "rule") else "left"
            # Excel sorts a protected sheet only where every cell of the range is unlocked.
            page.put(Box(row, column, row, column), None, styles.list_cell(align, locked=False, border=False))
    page.name_box(RESULTS_AREA, area)
    body = Box(area.top, 1, area.bottom, shown)
    severity = keys.index("severity") + 1
    explanation = keys.index("explanation") + 1
    used = f'$A{area.top}<>""'
    mark = Box(area.top, severity, area.bottom, severity)
    for word, fill, text in (
        (Severity.ERROR.label, BROKEN_FILL, BROKEN_TEXT),
        (Severity.EXPLAIN.label, DOUBT_FILL, DOUBT_TEXT),
        (Severity.WARNING.label, OPEN_FILL, OPEN_TEXT),
    ):
        page.colour_when(
            [mark], f'$B{area.top}="{word}"', styles.get(bg_color=fill, font_color=text, border=1)
        )
    page.colour_when(
        [Box(area.top, explanation, area.bottom, explanation)],
        used,
        styles.get(bg_color=NOTE_FILL, border=1),
    )
    # Borders only round rows in use, so that 300 empty rows are not printed.
    page.colour_when([body], used, styles.get(border=1))
    page.sheet.autofilter(RESULTS_HEAD - 1, 0, area.bottom - 1, shown - 1)
    page.sheet.freeze_panes(RESULTS_HEAD, 0)
    page.sheet.hide_gridlines(2)
    page.print_setup(landscape=True)
    page.sheet.repeat_rows(RESULTS_HEAD - 1)
    page.protect(sorting=True)


LIVE_STATUS_HEAD = 3


def live_first_row(tables: int) -> int:
    """The row of the first check in 勾稽核对: title, note, the tables' lines, header."""
    return LIVE_STATUS_HEAD + tables + 3


def write_live(
    page: Page,
    edition: Edition,
    checks: Sequence[tuple[LiveCheck, CheckRow]],
    statuses: Mapping[str, StatusRow],
) -> None:
    """勾稽核对: a line of counts for each table, then every live check with both sides and its conclusion."""
    styles = page.styles
    page.widths((9, 28, 40, 10, 10, 10, 10, 42))
    page.height(1, 46)
    page.put(Box(1, 1, 1, 8), "勾稽核对", styles.title(20))
    page.height(2, 22)
    page.put(
        Box(2, 1, 2, 8),
        "本页随填报自动更新，不用填写。空格不当作0：有一格未填，有关的关系暂不判断，结论为“未填”。",
        styles.note(11),
    )
    head = styles.column_head()
    page.height(LIVE_STATUS_HEAD, 24)
    for column, words in enumerate(("表", "不平衡", "请核对", "未填格", "非数字格"), start=1):
        page.put(Box(LIVE_STATUS_HEAD, column, LIVE_STATUS_HEAD, column), words, head)
    page.put(Box(LIVE_STATUS_HEAD, 6, LIVE_STATUS_HEAD, 8), "状态", head)
    middle, left = (styles.list_cell(align, valign="vcenter") for align in ("center", "left"))
    row = LIVE_STATUS_HEAD + 1
    for table in edition.tables:
        line = statuses[table.id]
        page.height(row, 22)
        page.put(Box(row, 1, row, 1), table.label, middle)
        for column, cached in enumerate(
            (line.broken, line.doubtful, line.unfilled, line.not_numbers), start=2
        ):
            page.put(Box(row, column, row, column), cached, middle)
        page.put(Box(row, 6, row, 8), line.status, left)
        row += 1
    first = live_first_row(len(edition.tables))
    page.height(first - 1, 24)
    for column, words in enumerate(LIVE_COLUMNS.values(), start=1):
        page.put(Box(first - 1, column, first - 1, column), words, head)
    for row, (check, cells) in enumerate(checks, start=first):
        place = f"{edition.by_id[check.table].label}{check.place}"
        page.height(row, 20)
        values: tuple[tuple[object, Any], ...] = (
            (check.rule.code, middle), (check.rule.label, left), (place, left),
            (cells.left, middle), (cells.right, middle), (cells.difference, middle),
            (cells.verdict, middle), (cells.hint, left),
        )  # fmt: skip
        for column, (value, style) in enumerate(values, start=1):
            page.put(Box(row, column, row, column), value, style)
    area = Box(first, 1, first + max(1, len(checks)) - 1, len(LIVE_COLUMNS))
    page.name_box(LIVE_AREA, area)
    verdicts = Box(area.top, 7, area.bottom, 7)
    for word, fill, text in (
        (BROKEN, BROKEN_FILL, BROKEN_TEXT),
        (DOUBTFUL, DOUBT_FILL, DOUBT_TEXT),
        (OPEN, OPEN_FILL, OPEN_TEXT),
    ):
        page.colour_when([verdicts], f'$G{area.top}="{word}"', styles.conditional(fill, text))
    page.sheet.freeze_panes(first - 1, 0)
    page.sheet.hide_gridlines(2)
    page.print_setup(landscape=True, area=Box(1, 1, area.bottom, area.right))
    page.sheet.repeat_rows(first - 2)
    page.protect()


def write_identity(page: Page, identity: Mapping[str, str | int | None], rules: Sequence[str]) -> None:
    """The hidden sheet: which form this is, and the drop-down lists."""
    style = page.styles.get(font_name=SONG, font_size=11)
    for row, key in enumerate(IDENTITY_KEYS, start=1):
        page.put(Box(row, 1, row, 1), key, style)
        page.put(Box(row, 2, row, 2), identity.get(key), style)
    page.name_box(IDENTITY_AREA, Box(1, 1, len(IDENTITY_KEYS), 2))
    lists = {
        "levels": tuple(LEVELS.values()),
        "scopes": tuple(SCOPES.values()),
        "rules": tuple(rules),
        "reasons": REASONS,
    }
    for column, (kind, entries) in enumerate(lists.items(), start=4):
        for row, entry in enumerate(entries, start=1):
            page.put(Box(row, column, row, column), entry, style)
        page.name_box(list_name(kind), Box(1, column, len(entries), column))
    page.sheet.very_hidden()
    page.sheet.protect("")
