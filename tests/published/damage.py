"""Damage that published tables suffer on their way into a text: lost, glued, split, moved, interrupted.

Each takes a report, or the lines of its text, and harms it in place; the cells' own truth stays what the
figures were. Whatever is read as certain afterwards must still be that truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.published.layouts import Report
from tests.published.printed import Figures, Printed, changed
from tests.published.variations import header_twice
from workbook.form.edition import CellId, Edition, ValueKind

Lines = list[str]

ZEROS = ("0", "0", "", "", "some", "/", "-", "—", "无", "０")


def sparse_figures(edition: Edition, random: Random) -> dict[CellId, int]:
    """Figures as offices have them: most are 0, totals hold but for a slip now and then."""
    share = random.choice([0.02, 0.1, 0.3, 0.6])
    values: dict[CellId, int] = {}
    for cell in edition.cells:
        if edition.kind(cell) is ValueKind.SIGNED:
            values[cell] = random.choice([0, 0, 0, 3, -2])
        else:
            values[cell] = random.choice([1, 1, 2, 3, 5, 12, 96, 152790]) if random.random() < share else 0
    for total, parts in edition.totals.items():
        values[total] = sum(values[part] for part in parts)
    if random.random() < 0.15:
        values[random.choice(list(edition.totals))] += random.choice([1, 9, -1])
    return values


def written(values: dict[CellId, int], zero: str, random: Random) -> Figures:
    """The figures as typed; "some" leaves about half of the zeros blank."""
    return {
        cell: str(value) if value else ("" if random.random() < 0.5 else "0") if zero == "some" else zero
        for cell, value in values.items()
    }


# --- of the tables' cells -----------------------------------------------------------------------------


def _of(report: Report, role: str) -> list[Printed]:
    return [cell for rows in report.tables.values() for row in rows for cell in row if cell.role == role]


def _replaced(report: Report, change: dict[int, list[Printed]]) -> None:
    """Some cells, by identity, turned into others (none, one, several)."""
    report.tables = {
        table: [[new for cell in row for new in change.get(id(cell), [cell])] for row in rows]
        for table, rows in report.tables.items()
    }


def labels_lost(report: Report, random: Random) -> None:
    """Labels that are gone: pictures, vertical text that nothing extracts."""
    some = random.sample(_of(report, "label"), random.choice([1, 1, 2, 4]))
    _replaced(report, {id(cell): [] for cell in some})


def labels_blank(report: Report, random: Random) -> None:
    """Labels whose cells are there and empty."""
    some = random.sample(_of(report, "label"), random.choice([1, 2]))
    _replaced(report, {id(cell): [replace(cell, text="")] for cell in some})


def labels_altered(report: Report, random: Random) -> None:
    """Labels with signs lost or wrong, or cut off."""
    for cell in random.sample(_of(report, "label"), random.choice([1, 2, 4])):
        text = cell.text
        for _ in range(random.choice([1, 1, 2])):
            at = random.randrange(max(1, len(text)))
            text = random.choice([text[:at], text[:at] + "某"]) + random.choice([text[at + 1 :], ""])
        _replaced(report, {id(cell): [replace(cell, text=text)]})


def figures_lost(report: Report, random: Random) -> None:
    some = random.sample(_of(report, "figure"), random.choice([1, 1, 2, 5]))
    _replaced(report, {id(cell): [] for cell in some})


def figures_glued(report: Report, random: Random) -> None:
    """Neighbours in one cell: 96, or 9 6."""
    rows = [
        row for rows in report.tables.values() for row in rows if sum(c.role == "figure" for c in row) > 1
    ]
    for row in random.sample(rows, random.choice([1, 2, 3])):
        cells = [cell for cell in row if cell.role == "figure"]
        at = random.randrange(len(cells) - 1)
        one, other = cells[at], cells[at + 1]
        joined = one.text + random.choice(["", " "]) + other.text
        _replaced(report, {id(one): [replace(one, text=joined)], id(other): []})


def figures_split(report: Report, random: Random) -> None:
    """A number in two cells: 152 790."""
    long = [cell for cell in _of(report, "figure") if len(cell.text) > 1 and cell.text.isdigit()]
    for cell in random.sample(long, min(len(long), random.choice([1, 2]))):
        at = random.randrange(1, len(cell.text))
        parts = [replace(cell, text=cell.text[:at]), replace(cell, text=cell.text[at:])]
        _replaced(report, {id(cell): parts})


def figures_doubled(report: Report, random: Random) -> None:
    for cell in random.sample(_of(report, "figure"), random.choice([1, 2])):
        _replaced(report, {id(cell): [cell, replace(cell)]})


def rows_lost(report: Report, random: Random) -> None:
    table = random.choice(sorted(report.tables))
    rows = [row for row in report.tables[table] if any(cell.role == "figure" for cell in row)]
    for row in random.sample(rows, min(len(rows), random.choice([1, 2, 3]))):
        _replaced(report, {id(cell): [] for cell in row})


def rows_swapped(report: Report, random: Random) -> None:
    """Two rows of one table change places, labels and all."""
    table = random.choice(["proactive", "applications"])
    rows = report.tables[table]
    at = [n for n, row in enumerate(rows) if any(c.role == "figure" for c in row)]
    one = random.randrange(len(at) - 1)
    rows = list(rows)
    rows[at[one]], rows[at[one + 1]] = rows[at[one + 1]], rows[at[one]]
    report.tables[table] = rows


def totals_missing(report: Report, random: Random) -> None:
    """The column 总计 left out of 表三, or the row （七）总计."""
    if random.random() < 0.5:
        _without_column(report, "total", "总计")
        return
    gone = [cell for cell in _of(report, "figure") if cell.cell and cell.cell.row == "dispositions.total"]
    gone += [cell for cell in _of(report, "label") if cell.text == "（七）总计"]
    _replaced(report, {id(cell): [] for cell in gone})


def column_missing(report: Report, random: Random) -> None:
    """A column of 表三 left out, its head with it or not."""
    column = random.choice(report.edition.by_id["applications"].blocks[0].column_leaves)
    _without_column(report, column.id, column.label if random.random() < 0.7 else "")


def _without_column(report: Report, column: str, head: str) -> None:
    cells = [cell for row in report.tables["applications"] for cell in row]
    gone = [c for c in cells if (c.cell and c.cell.column == column) or (head and c.text == head)]
    _replaced(report, {id(cell): [] for cell in gone})


def heads_lost(report: Report, random: Random) -> None:
    some = random.sample(_of(report, "head"), random.choice([1, 2, 6]))
    _replaced(report, {id(cell): [] for cell in some})


def grouped(report: Report, _: Random) -> None:
    _rewritten(report, lambda text: f"{int(text):,}" if text.isdigit() else text)


def full_width(report: Report, _: Random) -> None:
    _rewritten(report, lambda text: text.translate(str.maketrans("0123456789", "０１２３４５６７８９")))


def _rewritten(report: Report, write: Callable[[str], str]) -> None:
    report.tables = {
        table: changed(rows, lambda c: replace(c, text=write(c.text)) if c.role == "figure" else c)
        for table, rows in report.tables.items()
    }


def note_row(report: Report, random: Random) -> None:
    """A row of somebody's own within a table."""
    table = random.choice(sorted(report.tables))
    rows = list(report.tables[table])
    text = random.choice(["注：本表含派出机构3件。", "备注", "其中：网络申请", "填表说明：2.重复申请按1件计"])
    figures = [Printed(random.choice(["0", "4", "12"])) for _ in range(random.choice([0, 0, 1, 3, 7]))]
    rows.insert(random.randrange(1, len(rows) + 1), [Printed(text), *figures])
    report.tables[table] = rows


TABLE_DAMAGE: dict[str, Callable[[Report, Random], None]] = {
    "标题丢失": labels_lost,
    "标题空白": labels_blank,
    "标题走样": labels_altered,
    "数字丢失": figures_lost,
    "两数粘连": figures_glued,
    "一数拆开": figures_split,
    "数字重复": figures_doubled,
    "整行丢失": rows_lost,
    "两行对调": rows_swapped,
    "总计缺失": totals_missing,
    "缺一列": column_missing,
    "表头丢失": heads_lost,
    "千位分隔": grouped,
    "全角数字": full_width,
    "表头重印": header_twice,
    "夹有备注": note_row,
}


# --- of the text's lines ------------------------------------------------------------------------------


def page_ends(lines: Lines, random: Random) -> None:
    """Page numbers, running heads and page breaks among the lines."""
    form = random.choice(["- {n} -", "{n}", "第{n}页 共9页", "—{n}—", "{n} / 9", "第 {n} 页", "{n}\f"])
    running = random.choice(["", "", "某市水务局2023年政府信息公开工作年度报告", "政府信息公开工作年度报告"])
    places = sorted(random.sample(range(5, len(lines)), min(3, len(lines) - 5)), reverse=True)
    for page, at in zip(range(len(places), 0, -1), places, strict=True):
        lines[at:at] = [line for line in (form.format(n=page), running) if line]


def dates(lines: Lines, random: Random) -> None:
    for _ in range(random.choice([1, 2])):
        text = random.choice(["2024年1月15日", "2024-01-15", "发布时间：2024-01-15 09:30", "2024"])
        lines.insert(random.randrange(len(lines)), text)


def notes(lines: Lines, random: Random) -> None:
    for _ in range(random.choice([1, 2])):
        text = random.choice(["注：1.本表不含2件咨询。", "① 含上年结转1件", "单位：件", "（续表）", "共计 3"])
        lines.insert(random.randrange(len(lines)), text)


def lines_lost(lines: Lines, random: Random) -> None:
    """Lines that are gone; not a figure between two pipes, which then is a blank."""
    for _ in range(random.choice([1, 1, 2, 4])):
        at = random.randrange(1, len(lines) - 1)
        if "|" not in lines[at - 1] + lines[at + 1] or not _is_figures(lines[at]):
            del lines[at]


def lines_swapped(lines: Lines, random: Random) -> None:
    """A label and the figure below it change places; of two figures, or two heads, nothing could tell it."""
    for _ in range(random.choice([1, 2])):
        at = random.randrange(len(lines) - 1)
        if _is_figures(lines[at]) != _is_figures(lines[at + 1]):
            lines[at : at + 2] = lines[at : at + 2][::-1]


def _is_figures(text: str) -> bool:
    return all(sign in "0123456789０１２３４５６７８９,./-—无 |\t" for sign in text)


def lines_joined(lines: Lines, random: Random) -> None:
    for _ in range(random.choice([1, 2, 3])):
        at = random.randrange(len(lines) - 1)
        lines[at : at + 2] = [lines[at] + random.choice(["", " "]) + lines[at + 1]]


def lines_broken(lines: Lines, random: Random) -> None:
    for _ in range(random.choice([1, 2, 4])):
        at = random.randrange(len(lines))
        if len(lines[at]) > 3:
            cut = random.randrange(1, len(lines[at]))
            lines[at : at + 1] = [lines[at][:cut], lines[at][cut:]]


LINE_DAMAGE: dict[str, Callable[[Lines, Random], None]] = {
    "页码页眉": page_ends,
    "夹有日期": dates,
    "夹有注": notes,
    "丢一行": lines_lost,
    "上下对调": lines_swapped,
    "两行相连": lines_joined,
    "一行折断": lines_broken,
}
