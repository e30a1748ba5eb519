"""One function a button, named like its task: read the open book, hand it to the engine, write back.

A macro clears Excel's list of things to undo; 清除批注 takes back what 校验 wrote, and every button that
changes figures says which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import xlwings as xw

from addin import officer, publishing
from addin.desk import Desk, own_folder, unused
from workbook.comments import complaints, emptied_results
from workbook.files.amend import OWN_MARK, Amendment, CellValue
from workbook.files.atomic import replace_file
from workbook.files.grid import Position, parse_a1
from workbook.form.anchors import RESULTS, TEXT_SIZES
from workbook.form.edition import CellId
from workbook.form.editionfile import all_editions, edition_for_year
from workbook.form.filing import Filing
from workbook.form.lastyear import read_last_year
from workbook.form.reader import read_filing
from workbook.form.values import Oddity, figure
from workbook.problems import UnusableInput, UnwritableOutput
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.report import numbers_said
from workbook.review import Review, narrative_values, review_amendment, review_filing
from workbook.rules.findings import Severity
from workbook.rules.rulebook import load_rulebook
from workbook.rules.wording import place_words

_MOST_NAMED = 8


def _review(desk: Desk) -> Review:
    desk.refresh()
    grid = desk.live.grid()
    prior = read_last_year(grid)
    return review_filing(read_filing(grid), grid, Path(grid.source), load_rulebook(), prior)


def check(desk: Desk) -> None:
    """校验: findings as notes and tints on the open book, earlier ones replaced."""
    with desk.busy("正在校验……"):
        review = _review(desk)
        unplaced = desk.live.write(review_amendment(review, load_rulebook()))
    found = complaints(review.result, load_rulebook())
    prose = f"\n{numbers_said(review.result)}" if review.result.numbers else ""
    if not found:
        desk.say(f"核对{review.result.passed}项，没有发现问题。{prose}")
        return
    counts = {severity: sum(1 for item in found if item.lead.severity is severity) for severity in Severity}
    said = "、".join(f"{severity.label}{count}处" for severity, count in counts.items() if count)
    more = f"\n其中{len(unplaced)}处的格上已有别人的批注，只列在“校验结果”里。" if unplaced else ""
    desk.say(f"{said}。已在有问题的格加了批注，全部问题见“校验结果”；按“下一处”逐个查看。{more}{prose}")


def next_finding(desk: Desk) -> None:
    """下一处: select the next cell with a note of ours and read it out; after the last comes the first."""
    live = desk.live
    notes = live.own_notes()
    if not notes:
        desk.say("没有核查批注。请先按“校验”；校验过而没有批注的，就是没有问题。")
        return
    order = {sheet.name: number for number, sheet in enumerate(live.book.sheets)}
    places = sorted((order[sheet], cell, sheet, text) for sheet, cell, text in notes)
    chosen = live.selected()
    here = (order[chosen[0]], chosen[1]) if chosen else (-1, Position(0, 0))
    _, cell, sheet, text = next((item for item in places if (item[0], item[1]) > here), places[0])
    live.select(sheet, cell)
    desk.say(text.removeprefix(OWN_MARK).strip())


def clear(desk: Desk) -> None:
    """清除批注: our notes, tints and rows of 校验结果 taken away, everybody else's left."""
    with desk.busy("正在清除批注……"):
        live = desk.live
        count = len(live.own_notes())
        live.write(Amendment(values=emptied_results(live.grid(only=RESULTS))))
    desk.say(f"已清除{count}处核查批注和底色。" if count else "没有核查批注。")


def accept_repair(desk: Desk) -> None:
    """采纳建议: put the proposed figures of the selected cell's cause into the form, and check again."""
    live = desk.live
    chosen = live.selected()
    with desk.busy("正在采纳建议……"):
        review = _review(desk)
        filing = review.result.filing
        changes = next(
            (
                cause.changes
                for cause in review.result.causes
                if cause.unique and any(_stands_at(filing, change.cell, chosen) for change in cause.changes)
            ),
            (),
        )
        if changes:
            written = [_value(filing, change.cell, change.after) for change in changes]
            live.write(Amendment(values=tuple(written), remove_own=False))
            again = _review(desk)
            live.write(review_amendment(again, load_rulebook()))
    if not changes:
        desk.say("选中的格没有可以直接采纳的建议。请先按“校验”，再选中批注里写明“请改为”的格。")
        return
    said = "；".join(
        f"{place_words(filing.edition, change.cell)}由{_shown(change.before)}改为{figure(change.after)}"
        for change in changes
    )
    desk.say(f"已改：{said}。已重新校验。")


def fill_totals(desk: Desk) -> None:
    """一键合计: totals from their parts, where every part is filled."""
    with desk.busy("正在合计……"):
        desk.refresh()
        filing = read_filing(desk.live.grid())
        changed: dict[CellId, Decimal] = {}
        waiting = 0
        for total, parts in filing.edition.totals.items():
            fact = filing.facts.get(total)
            if fact is None or fact.formula is not None or total.table in filing.missing_tables:
                continue
            figures = [changed.get(part, filing.value(part)) for part in parts]
            known = [value for value in figures if value is not None]
            if len(known) < len(figures):
                waiting += 1
            elif filing.value(total) != sum(known):
                changed[total] = sum(known, Decimal(0))
        _write(desk, filing, changed)
    more = f"另有{waiting}个合计的分项没有填齐，没有算。" if waiting else ""
    if not changed:
        desk.say(f"合计都与分项相符，没有改动。{more}")
        return
    said = "；".join(
        f"{place_words(filing.edition, cell)}由{_shown(filing.value(cell))}改为{figure(value)}"
        for cell, value in list(changed.items())[:_MOST_NAMED]
    )
    tail = "等" if len(changed) > _MOST_NAMED else ""
    desk.say(f"已改{len(changed)}个合计：{said}{tail}。{more}")


def fill_zeros(desk: Desk) -> None:
    """空格填零: 0 into the blank cells of the tables, after asking."""
    filing = read_filing(desk.live.grid())
    blank = [
        cell
        for cell, fact in filing.facts.items()
        if fact.oddity is Oddity.BLANK and fact.formula is None and fact.place is not None
    ]
    if not blank:
        desk.say("没有空格。")
        return
    counts = {
        table.label: sum(1 for cell in blank if cell.table == table.id) for table in filing.edition.tables
    }
    said = "、".join(f"{label}{count}格" for label, count in counts.items() if count)
    if not desk.ask(f"{said}还空着，都填0吗？已填的不会改动。"):
        return
    with desk.busy("正在填0……"):
        _write(desk, filing, dict.fromkeys(blank, Decimal(0)))


def narrate(desk: Desk) -> None:
    """生成综述: the narrative into the form's 综述."""
    with desk.busy("正在生成综述……"):
        review = _review(desk)
        if review.grid is None:
            raise UnusableInput("没有打开的工作簿。")
        values = narrative_values(review, review.grid, read_last_year(review.grid))
        desk.live.write(Amendment(values=values, remove_own=False, fit=TEXT_SIZES))
    desk.say("综述已写入“综述”页，可以修改；改过的句子再次生成时会保留。")


def new_form(desk: Desk) -> None:
    """新建年报: an empty form of the edition in force, opened."""
    from workbook.template.build import build_book, master_file_name  # noqa: PLC0415 - see handbook

    year = datetime.now(tz=UTC).year - 1
    edition = edition_for_year(year) or all_editions()[-1]
    sentences = live_sentences(edition, load_sentences())
    data = build_book(edition, load_rulebook(), sentences=sentences)
    path = unused(own_folder() / master_file_name(edition))
    replace_file(path, data)
    desk.app.books.open(str(path))
    desk.say(f"已新建{edition.id}年版年报：{path}")


def handbook(desk: Desk) -> None:
    """规则手册: every rule with its basis, as a workbook, opened."""
    # Loading what writes workbooks takes longer than a whole check, which needs none of it
    from workbook.rules.handbook_xlsx import handbook_xlsx  # noqa: PLC0415

    path = unused(own_folder() / "规则手册.xlsx")
    handbook_xlsx(load_rulebook(), all_editions(), path)
    desk.app.books.open(str(path))


def _stands_at(filing: Filing, cell: CellId, chosen: tuple[str, Position] | None) -> bool:
    place = filing.place(cell)
    return chosen is not None and place is not None and (place.sheet, parse_a1(place.cell)) == chosen


def _value(filing: Filing, cell: CellId, value: Decimal) -> CellValue:
    place = filing.place(cell)
    if place is None:
        raise UnwritableOutput(f"找不到{place_words(filing.edition, cell)}所在的格。")
    return CellValue(place.sheet, place.cell, value)


def _write(desk: Desk, filing: Filing, figures: Mapping[CellId, Decimal]) -> None:
    if figures:
        values = tuple(_value(filing, cell, value) for cell, value in figures.items())
        desk.live.write(replace(Amendment(values=values), remove_own=False))


def _shown(value: Decimal | None) -> str:
    return "空格" if value is None else figure(value)


BUTTONS: Mapping[str, Callable[[Desk], None]] = {
    function.__name__: function
    for function in (
        check,
        next_finding,
        clear,
        accept_repair,
        fill_totals,
        fill_zeros,
        narrate,
        new_form,
        publishing.import_report,
        publishing.export_report,
        handbook,
        officer.new_campaign,
        officer.hand_out,
        officer.receive,
        officer.remind,
        officer.roll_up,
    )
}


def press(task: str, app: xw.App, book: xw.Book | None) -> None:
    """Run a button's function. KeyError for a task there is none of; Problem for what the user must mend."""
    BUTTONS[task](Desk(app, book))
