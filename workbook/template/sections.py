"""The sheets of the report itself: headings, statutory tables with their live colours, paragraphs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbook.files.textsize import column_points, text_height
from workbook.form.anchors import (
    LIVE_AREA,
    cell_name,
    cover_name,
    heading_name,
    section_name,
    status_name,
    table_name,
)
from workbook.form.boxes import Box, rectangles
from workbook.form.edition import CellId, ValueKind
from workbook.template.excel import ZERO, Addresses, total_formula
from workbook.template.live import BALANCED, BROKEN, COMPLETE, DOUBTFUL, Cached, LiveCheck, marks_of
from workbook.template.page import Page
from workbook.template.standing import Standings
from workbook.template.styles import (
    BLANK_FILL,
    BROKEN_FILL,
    BROKEN_TEXT,
    DOUBT_FILL,
    DOUBT_TEXT,
    GOOD_FILL,
    GOOD_TEXT,
    INVOLVED_FILL,
    OPEN_FILL,
    OPEN_TEXT,
)
from workbook.template.tables import Layout, SectionLayout, SheetLayout, TableLayout

_TITLE_SIZE = 20.0
VERDICT_COLUMN = 7  # 结论 in 勾稽核对, counted from 1

_PARAGRAPH_HELP = "每段一行，按回车到下一行接着写；一行写不下会自动换行，可拖动行号调整行高。"


def write_section_sheet(
    page: Page,
    laid: SheetLayout,
    layout: Layout,
    standings: Standings,
    checks: Sequence[LiveCheck],
    statuses: Mapping[str, Cached],
    headings: Mapping[str, str],
    title: Cached,
) -> None:
    """One sheet of the report, as laid out; `statuses` are the tables' status lines."""
    page.widths(laid.widths)
    styles = page.styles
    for table in laid.tables:
        page.height(table.status.top, 26)
        page.put(table.status, statuses[table.table.id], styles.status())
        page.name_box(status_name(table.table.id), table.status)
        _colour_status(page, table.status)
    if laid.title is not None:
        needed = text_height(str(title.value), column_points(laid.widths[0]), _TITLE_SIZE, padding=8)
        page.height(laid.title.top, max(66.0, needed))
        page.put(laid.title, title, styles.title(_TITLE_SIZE))
    for section in laid.sections:
        _write_section(page, section, layout, headings)
    addresses = Addresses(layout, standings.formulas, home=laid.name)
    for table in laid.tables:
        page.height(table.area.bottom + 1, 8)  # between a table and what stands below it
        _write_table(page, table, standings, addresses)
        _validate_table(page, table, layout, standings)
        _colour_table(page, table, layout, standings, checks)
    _print(page, laid)
    page.protect()


def _write_section(page: Page, section: SectionLayout, layout: Layout, headings: Mapping[str, str]) -> None:
    if section.heading is not None:
        standard = layout.edition.section(section.section).heading
        found = headings.get(section.section) or standard
        page.height(section.heading.top, 34)
        # A heading that is not the form's must be mended, so it is not locked.
        page.put(section.heading, found, page.styles.heading(locked=found == standard))
        page.name_box(heading_name(section.section), section.heading)
    page.name_box(section_name(section.section), section.area)
    first = section.area._replace(bottom=section.area.top)  # said once, not at every line
    page.validate(
        [first],
        {"validate": "any", "input_title": "正文", "input_message": _PARAGRAPH_HELP, "ignore_blank": True},
    )
    taken = {
        row for paragraph in section.paragraphs for row in range(paragraph.box.top, paragraph.box.bottom + 1)
    }
    for paragraph in section.paragraphs:
        for row in range(paragraph.box.top, paragraph.box.bottom + 1):
            page.height(row, paragraph.height, flexible=paragraph.box.single)
        page.put(paragraph.box, paragraph.text or None, page.styles.prose(paragraph.size))
    size = 14.0 if section.area.right == 1 else 12.0
    for row in range(section.area.top, section.area.bottom + 1):
        if row not in taken:
            # In one broad column the program fits the height to what is typed; merged cells it leaves alone.
            if section.area.right > 1:
                page.height(row, 17)
            page.put(Box(row, 1, row, section.area.right), None, page.styles.prose(size))


def _write_table(page: Page, laid: TableLayout, standings: Standings, addresses: Addresses) -> None:
    styles = page.styles
    for row, height in sorted(laid.heights.items()):
        page.height(row, height)
    for label in sorted(laid.labels):
        align = "left" if label.role == "row" and laid.label_columns > 1 else "center"
        page.put(label.box, label.text, styles.label(align, label.size, bold=label.role == "heading"))
    totals = addresses.layout.edition.totals
    for cell, box in laid.cells.items():
        standing = standings.cells[cell]
        style = styles.figure(locked=standing.formula, total=cell in totals)
        if standing.formula:
            value: object = Cached(
                total_formula(totals[cell], addresses),
                "" if standing.number is None else float(standing.number),
            )
        else:
            value = standing.number if standing.number is not None else standing.text
        page.put(box, value, style)
        page.name_box(cell_name(cell), box)
    page.name_box(table_name(laid.table.id), laid.area)


_WRONG = {
    ValueKind.COUNT: ("integer", ">=", 0, "这里应填整数，没有发生的填0。只填数字，不带“件”等单位。"),
    ValueKind.SIGNED: ("integer", ">=", -999_999_999, "这里应填整数；减少的填负数，如-8；没有增减的填0。"),
    ValueKind.AMOUNT: ("decimal", ">=", 0, "这里应填金额，只填数字，可带小数；没有的填0。"),
}


def _validate_table(page: Page, laid: TableLayout, layout: Layout, standings: Standings) -> None:
    """Whole numbers and amounts; a warning that may be overruled: the check says what is wrong."""
    groups: dict[tuple[ValueKind, str], list[CellId]] = {}
    for cell in laid.cells:
        if not standings.cells[cell].formula:
            groups.setdefault((layout.edition.kind(cell), layout.edition.unit(cell)), []).append(cell)
    for (kind, unit), cells in groups.items():
        validate, criteria, least, message = _WRONG[kind]
        options: dict[str, object] = {
            "validate": validate, "criteria": criteria, "value": least, "error_type": "warning",
            "error_title": "请核对", "error_message": message,
        }  # fmt: skip
        if kind is ValueKind.SIGNED:
            options |= {
                "input_title": "本年增/减",
                "input_message": "增加填正数，减少填负数（如-8），没有增减填0。",
            }
        elif kind is ValueKind.AMOUNT and unit:
            options |= {"input_title": f"单位：{unit}", "input_message": f"请按{unit}填写，只填数字。"}
        page.validate(rectangles(layout.position(cell) for cell in cells), options)


def _colour_status(page: Page, box: Box) -> None:
    first = Box(box.top, box.left, box.top, box.left).a1(fixed=True)
    styles = page.styles
    for words, fill, text in (
        ((BALANCED, COMPLETE), GOOD_FILL, GOOD_TEXT),
        ((BROKEN,), BROKEN_FILL, BROKEN_TEXT),
        ((DOUBTFUL,), DOUBT_FILL, DOUBT_TEXT),
    ):
        tests = [
            f'{first}="{word}"' if fill == GOOD_FILL else f'ISNUMBER(FIND("{word}",{first}))'
            for word in words
        ]
        test = tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
        page.colour_when([box], test, styles.conditional(fill, text), stop=True)
    page.colour_when([box], f"LEN({first})>0", styles.conditional(OPEN_FILL, OPEN_TEXT))


def _colour_table(
    page: Page, laid: TableLayout, layout: Layout, standings: Standings, checks: Sequence[LiveCheck]
) -> None:
    """Marked cells red (amber for what is only to be looked at), the broken line tinted, blanks pale yellow.

    The conclusions are reached through the defined name of 勾稽核对: older programs take no other sheet's
    address in a conditional format.
    """
    styles = page.styles
    hard, soft = marks_of(checks, laid.table.id)
    for marks, word, fill, text in (
        (hard, BROKEN, BROKEN_FILL, BROKEN_TEXT),
        (soft, DOUBTFUL, DOUBT_FILL, DOUBT_TEXT),
    ):
        for cell, numbers in marks.items():
            tests = [f'INDEX({LIVE_AREA},{number},{VERDICT_COLUMN})="{word}"' for number in numbers]
            test = tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
            page.colour_when([laid.cells[cell]], test, styles.conditional(fill, text, bold=True), stop=True)
    for number, check in enumerate(checks, start=1):
        if check.table == laid.table.id and check.equality:
            boxes = rectangles(layout.position(cell) for cell in check.application.reads)
            page.colour_when(
                boxes,
                f'INDEX({LIVE_AREA},{number},{VERDICT_COLUMN})="{BROKEN}"',
                styles.conditional(INVOLVED_FILL),
                stop=True,
            )
    typed = rectangles(layout.position(cell) for cell in standings.typed(laid.table.id))
    corner = Box(typed[0].top, typed[0].left, typed[0].top, typed[0].left).a1()
    page.colour_when(typed, f"AND(ISBLANK({corner}),NOT({ZERO}))", styles.conditional(BLANK_FILL))


def _print(page: Page, laid: SheetLayout) -> None:
    across = len(laid.widths)
    if not laid.tables:
        # No print area: rows still empty are not printed, rows typed later are.
        page.print_setup()
        page.sheet.set_zoom(110)
        if laid.title is None:
            page.sheet.freeze_panes(1, 0)
        return
    top = max(table.status.bottom for table in laid.tables) + 1
    page.print_setup(area=Box(top, 1, laid.last_row, across))
    page.sheet.hide_gridlines(2)
    head = laid.tables[0].head if len(laid.tables) == 1 else None
    labels = laid.tables[0].label_columns
    if head is not None and labels:
        page.sheet.repeat_rows(head[0] - 1, head[1] - 1)
        page.sheet.freeze_panes(head[1], labels)
    else:
        page.sheet.freeze_panes(top, labels)
    page.sheet.set_zoom(100)


def title_value(organ: str | None, year: int | None) -> Cached:
    """The report's title in two lines, made of the cover's organ and year."""
    unit, when = cover_name("organ"), cover_name("year")
    last = "政府信息公开工作年度报告"
    return Cached(
        f'IF(ISBLANK({unit}),"（单位名称）",{unit})&IF(ISBLANK({when}),"（年度）",{when}&"年")'
        f'&CHAR(10)&"{last}"',
        f"{organ or '（单位名称）'}{f'{year}年' if year is not None else '（年度）'}\n{last}",
    )
