"""The sheets before the report: 封面 and 填报说明."""

from __future__ import annotations

from workbook.files.textsize import column_points, text_height
from workbook.form.anchors import CHECK_CODE, COVER_FIELDS, ZERO_DECLARED, cover_name, list_name
from workbook.form.boxes import Box
from workbook.form.edition import Edition
from workbook.form.filing import LEVELS, SCOPES, Filing
from workbook.template.guide import guide_parts
from workbook.template.live import Cached
from workbook.template.page import Page
from workbook.template.styles import FANG, GREY_TEXT, HEI, SONG

_LABELS = {
    "organ": "单位名称",
    "level": "单位级别",
    "year": "报告年度",
    "scope": "口径",
    "contact": "联系人",
    "telephone": "联系电话",
    "zero": "其余空格均为0",
    CHECK_CODE: "审签校验码",
}
_EARLIEST, _LATEST = 2008, 2100  # the 条例 has been in force since 2008

_SCOPE_HELP = "本级：只报本单位。全口径：包括所属部门和下级政府的汇总报告。"
_ZERO_HELP = "选“是”，表示各表中仍空着的数字格都是0；不选，空格一律视为未填。"
_ZERO_TEXT = (
    "声明：选“是”即表示本表各数字格中没有填写的都为0，由填报单位负责。有一格不能确定的，请不要选，逐格填写。"
)


# What a campaign fills in and locks; contact and declaration stay the unit's.
_HANDED_OUT = frozenset({"organ", "level", "year", "scope"})


def write_cover(
    page: Page, edition: Edition, filing: Filing | None, title: Cached, version: str, *, locked: bool = False
) -> None:
    """The cover: title, who reports and what, the declaration, and which form it is.

    With `locked` what is given of who reports on what cannot be typed over.
    """
    styles = page.styles
    page.widths((8, 20, 46, 8))
    page.height(1, 70)
    page.height(2, 110)
    page.put(Box(2, 1, 2, 4), title, styles.title(26))
    page.height(3, 60)
    given = _given(filing)
    label = styles.get(
        font_name=HEI, font_size=14, align="distributed", valign="bottom", indent=1, text_wrap=True
    )
    value = styles.get(
        font_name=FANG, font_size=15, align="center", valign="bottom", bottom=1, locked=False, shrink=True
    )
    fixed = styles.get(
        font_name=FANG, font_size=15, align="center", valign="bottom", bottom=1, locked=True, shrink=True
    )
    row = 4
    for field in COVER_FIELDS:
        if field == "zero":
            page.height(row, 30)
            row += 1
        page.height(row, 36)
        box = Box(row, 3, row, 3)
        page.put(Box(row, 2, row, 2), _LABELS[field], label)
        is_fixed = locked and field in _HANDED_OUT and given.get(field)
        page.put(box, given.get(field), fixed if is_fixed else value)
        page.name_box(cover_name(field), box)
        _validate(page, field, box)
        row += 1
    page.height(row, 46)
    page.put(
        Box(row, 2, row, 3),
        _ZERO_TEXT,
        styles.get(font_name=SONG, font_size=10.5, font_color=GREY_TEXT, valign="vcenter", text_wrap=True),
    )
    foot = styles.get(
        font_name=SONG, font_size=10.5, font_color=GREY_TEXT, align="center", valign="vcenter", text_wrap=True
    )
    # Empty until the report goes to be signed; nobody types here.
    page.height(row + 1, 44)
    page.put(
        Box(row + 1, 2, row + 1, 2),
        _LABELS[CHECK_CODE],
        styles.get(font_name=HEI, font_size=11, align="distributed", valign="bottom", indent=1),
    )
    code = Box(row + 1, 3, row + 1, 3)
    page.put(code, None, styles.get(font_name=SONG, font_size=12, align="center", valign="bottom"))
    page.name_box(cover_name(CHECK_CODE), code)
    years = (
        f"{edition.first_year}年度起"
        if edition.last_year is None
        else f"{edition.first_year}—{edition.last_year}年度"
    )
    page.height(row + 2, 38)
    page.put(Box(row + 2, 1, row + 2, 4), f"表式：《{edition.title}》", foot)
    page.height(row + 3, 22)
    page.put(
        Box(row + 3, 1, row + 3, 4),
        f"{edition.issued}　{edition.id}年版，适用于{years}报告　模板{version}",
        foot,
    )
    page.sheet.hide_gridlines(2)
    page.sheet.set_zoom(100)
    page.print_setup(area=Box(1, 1, row + 3, 4), one_page=True)
    page.protect()


def _given(filing: Filing | None) -> dict[str, str | int | None]:
    if filing is None:
        return {}
    organ = filing.organ
    return {
        "organ": organ.name,
        "level": LEVELS.get(organ.level) if organ.level else None,
        "year": filing.year,
        "scope": SCOPES.get(filing.scope) if filing.scope else None,
        "zero": ZERO_DECLARED if filing.declared_zero else None,
    }


def _validate(page: Page, field: str, box: Box) -> None:
    options: dict[str, object]
    if field in ("level", "scope"):
        options = {
            "validate": "list", "source": f"={list_name(field + 's')}", "error_type": "stop",
            "error_title": _LABELS[field], "error_message": "请从下拉列表中选择。",
        }  # fmt: skip
        if field == "scope":
            options |= {"input_title": "口径", "input_message": _SCOPE_HELP}
    elif field == "zero":
        options = {
            "validate": "list", "source": [ZERO_DECLARED], "error_type": "stop",
            "error_title": _LABELS[field], "error_message": "只能选“是”，或者空着。",
            "input_title": _LABELS[field], "input_message": _ZERO_HELP,
        }  # fmt: skip
    elif field == "year":
        options = {
            "validate": "integer", "criteria": "between", "minimum": _EARLIEST, "maximum": _LATEST,
            "error_type": "stop", "error_title": _LABELS[field],
            "error_message": "请填四位数的年份，如2025。",
        }  # fmt: skip
    elif field == "organ":
        options = {
            "validate": "any", "input_title": _LABELS[field],
            "input_message": "填单位全称，标题会自动写成“××年政府信息公开工作年度报告”。",
        }  # fmt: skip
    else:
        return
    page.validate([box], options)


def write_guide(page: Page, edition: Edition, typed_totals: bool) -> None:
    """填报说明: a heading, then name and explanation line by line."""
    styles = page.styles
    names, words = 18.0, 78.0
    page.widths((names, words))
    page.height(1, 46)
    page.put(Box(1, 1, 1, 2), "填报说明", styles.title(20))
    row = 2
    for heading, lines in guide_parts(edition, typed_totals):
        page.height(row, 28)
        page.put(
            Box(row, 1, row, 2),
            heading,
            styles.get(font_name=HEI, font_size=13, valign="vcenter", bottom=1),
        )
        row += 1
        for name, text in lines:
            page.height(row, max(19.0, text_height(text, column_points(words), 11, padding=5)))
            page.put(
                Box(row, 1, row, 1),
                name,
                styles.get(font_name=SONG, font_size=11, bold=True, valign="top", text_wrap=True),
            )
            page.put(
                Box(row, 2, row, 2),
                text,
                styles.get(font_name=SONG, font_size=11, valign="top", text_wrap=True),
            )
            row += 1
    page.sheet.hide_gridlines(2)
    page.sheet.set_zoom(110)
    page.print_setup(area=Box(1, 1, row - 1, 2))
    page.protect()
