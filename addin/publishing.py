"""Published reports at the button: read in (导入Word年报) and set for publication (导出年报).

Neither changes a figure that stands in the open form without asking. What reads and writes documents is
loaded when one of these is pressed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from addin.desk import Desk, own_folder, unused
from workbook.files.amend import Amendment, CellValue
from workbook.files.atomic import replace_file
from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.form.lastyear import read_last_year
from workbook.form.reader import read_filing
from workbook.form.values import figure
from workbook.problems import UnusableInput, UnwritableOutput
from workbook.rules.rulebook import load_rulebook

_KINDS = ("docx", "doc", "wps", "html", "htm", "pdf", "txt")
_MOST_NAMED = 8
_ROW, _LAST_YEARS_ROW = "brought_forward", "carried_forward"


def import_report(desk: Desk) -> None:
    """导入Word年报: of last year its 结转下年度 into the open form, of another year a form of its own."""
    from workbook.review import open_filing  # noqa: PLC0415 - see the module

    path = desk.choose_file("选择要导入的年报", "公开的年报", _KINDS)
    if path is None:
        return
    read, _ = open_filing(path)
    form = _open_form(desk)
    if form is not None and read.year is not None and form.year == read.year + 1:
        _bring_forward(desk, form, read)
    else:
        _own_form(desk, read, path)


def _open_form(desk: Desk) -> Filing | None:
    if not desk.has_book:
        return None
    try:
        return read_filing(desk.live.grid())
    except UnusableInput:
        return None  # whatever else is open, it is none of our forms


def _bring_forward(desk: Desk, form: Filing, last: Filing) -> None:
    """Last year's 结转下年度 is this year's 上年结转, column by column; what cannot be relied upon stays."""
    changed: dict[CellId, Decimal] = {}
    unknown: list[str] = []
    for column in form.edition.by_id["applications"].blocks[0].column_leaves:
        here = CellId("applications", _ROW, column.id)
        there = CellId("applications", _LAST_YEARS_ROW, column.id)
        fact, value = form.facts.get(here), last.value(there)
        if fact is None or fact.place is None or fact.formula is not None:
            continue
        if value is None:
            unknown.append(column.label)
        elif fact.value != value:
            changed[here] = value
    doubts = f"\n{last.year}年年报里这些没有读准，请对照原文填写：{'、'.join(unknown)}。" if unknown else ""
    if not changed:
        desk.say(f"“上年结转”与{last.year}年年报的“结转下年度”一致，没有改动。{doubts}")
        return
    over = [cell for cell in changed if form.facts[cell].value is not None]
    if over and not desk.ask(f"“上年结转”已填的{len(over)}格与{last.year}年年报不同，改成年报上的数吗？"):
        return
    with desk.busy("正在填写上年结转……"):
        values = tuple(
            CellValue(place.sheet, place.cell, value)
            for cell, value in changed.items()
            if (place := form.place(cell)) is not None
        )
        desk.live.write(replace(Amendment(values=values), remove_own=False))
    labels = form.edition.by_id["applications"]
    said = "；".join(f"{labels.column_of(cell).short}{figure(value)}" for cell, value in changed.items())
    desk.say(f"已按{last.year}年年报的“结转下年度”填“上年结转”：{said}。{doubts}")


def _own_form(desk: Desk, read: Filing, path: Path) -> None:
    """The document as a form of ours, as published, in the user's folder, opened."""
    from workbook.prose.phrasebook import live_sentences, load_sentences  # noqa: PLC0415 - see the module
    from workbook.template.build import build_book  # noqa: PLC0415

    sentences = live_sentences(read.edition, load_sentences())
    data = build_book(read.edition, load_rulebook(), filing=read, typed_totals=True, sentences=sentences)
    target = unused(own_folder() / f"{path.stem}（导入）.xlsx")
    replace_file(target, data)
    desk.app.books.open(str(target))
    desk.say(f"已照原样读进新表：{target}\n{_account(read)}")


def _account(read: Filing) -> str:
    """What was read and what was not, as short as a box can show."""
    missing = [table.label for table in read.edition.tables if table.id in read.missing_tables]
    lines = [f"没有读到{'、'.join(missing)}。"] if missing else []
    lacking = [section.heading for section in read.edition.sections if section.id not in read.headings]
    if lacking:
        lines.append(f"没有找到标题“{'”“'.join(lacking)}”。")
    if read.uncertain:
        rows = dict.fromkeys((cell.table, cell.row) for cell in read.uncertain)
        named = [f"{read.edition.by_id[t].label}“{read.edition.by_id[t].rows[r].short}”" for t, r in rows]
        tail = "等" if len(named) > _MOST_NAMED else ""
        lines.append(
            f"有{len(read.uncertain)}格没有读准，表中空着，请对照原文填写：{'、'.join(named[:_MOST_NAMED])}{tail}。"
        )
    return "\n".join(lines) or "三张表和各部分都读到了，没有读不准的数。"


def export_report(desk: Desk) -> None:
    """导出年报: the open form as a report fit to publish, in Word, or as a page where Word cannot be made."""
    from workbook.publication import blocking, wordless_sections  # noqa: PLC0415 - see the module
    from workbook.published.export import export  # noqa: PLC0415
    from workbook.review import review_filing  # noqa: PLC0415

    desk.refresh()
    with desk.busy("正在核对……"):
        grid = desk.live.grid()
        review = review_filing(
            read_filing(grid), grid, Path(grid.source), load_rulebook(), read_last_year(grid)
        )
    filing = review.result.filing
    errors = blocking(review, load_rulebook())
    if errors and not desk.ask(
        f"还有{len(errors)}处错误，第一处：{errors[0].wording.message}\n公开后改起来难。仍要照现状导出吗？"
    ):
        return
    today = datetime.now().astimezone().date()
    name = f"{filing.organ.name or '本单位'}{filing.year or ''}年政府信息公开工作年度报告"
    with desk.busy("正在导出……"):
        try:
            to, data, why = "docx", export(filing, "docx", today), ""
        except UnwritableOutput:
            to, data = "html", export(filing, "html", today)
            why = "\n本机没有装生成Word的部分，导出的是网页；用Word打开后可以另存为Word文档。"
        target = unused(own_folder() / f"{_file_name(name)}.{to}")
        replace_file(target, data)
    empty = wordless_sections(filing)
    more = f"\n这些部分没有文字：{'、'.join(empty)}。“综述”页的底稿不会自动抄入。" if empty else ""
    desk.say(f"已导出：{target}{why}{more}")


def _file_name(text: str) -> str:
    """A name every system takes as a file's."""
    return "".join(sign for sign in text if sign not in '\\/:*?"<>|' and sign.isprintable())[:80]
