"""Ways in which published tables differ from the printed form: each changes a report's tables.

What a variation does to the figures it does itself, cell by cell, so that the expected reading follows from
the cells that are left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.published.layouts import Report
from tests.published.printed import Printed, Rows, changed
from workbook.published.wording import _SIMPLIFIED, _TRADITIONAL

_TO_TRADITIONAL = str.maketrans(_SIMPLIFIED, _TRADITIONAL)
_OTHER_WORDS = {
    "规章": "规 章",
    "行政规范性文件": "规范性文件",
    "行政事业性收费": "行政事业型收费",
    "2.其他法律行政法规禁止公开": "2.其他法律行政止公开",
    "科研机构": "科研企业",
    "本年制发件数": "本年（2023）制发件数",
    "第二十条第（五）项": "第二十条(五)项",
    "（二）部分公开（区分处理的，只计这一情形，不计其他情形）": "（二）部分公开",
    "3.危及“三安全一稳定”": "3.危及三安全一稳定",
}


def _tables(report: Report, change: Callable[[Rows], Rows]) -> None:
    report.tables = {table: change(rows) for table, rows in report.tables.items()}


def _cells(report: Report, change: Callable[[Printed], Printed]) -> None:
    _tables(report, lambda rows: changed(rows, change))


def _figures(report: Report, write: Callable[[str], str]) -> None:
    _cells(report, lambda cell: replace(cell, text=write(cell.text)) if cell.role == "figure" else cell)


def _labels(report: Report, write: Callable[[str], str]) -> None:
    _cells(report, lambda cell: replace(cell, text=write(cell.text)) if cell.role != "figure" else cell)


def other_words(report: Report, _: Random) -> None:
    _labels(report, lambda text: _OTHER_WORDS.get(text, text))


def traditional_script(report: Report, _: Random) -> None:
    _labels(report, lambda text: text.translate(_TO_TRADITIONAL))


def other_numbering(report: Report, _: Random) -> None:
    """1、 and (1) for 1. ; half-width brackets."""
    _labels(report, lambda text: text.replace("1.", "1、").replace("（", "(").replace("）", ")"))


def without_numbering(report: Report, _: Random) -> None:
    _labels(report, lambda text: text.split(".", 1)[1] if text[:1].isdigit() and "." in text else text)


def spaced_letters(report: Report, _: Random) -> None:
    _labels(report, lambda text: " ".join(text) if len(text) < 5 else text)


def grouped(report: Report, _: Random) -> None:
    _figures(report, lambda text: f"{int(text):,}" if text.lstrip("-").isdigit() else text)


def full_width(report: Report, _: Random) -> None:
    _figures(report, lambda text: text.translate(str.maketrans("0123456789", "０１２３４５６７８９")))


def padded(report: Report, chance: Random) -> None:
    _figures(report, lambda text: chance.choice([f" {text}", f"{text} ", f"　{text}", text]))


def with_units(report: Report, chance: Random) -> None:
    _figures(report, lambda text: f"{text}件" if chance.random() < 0.3 else text)


def captions(report: Report, _: Random) -> None:
    """A line over each table in one cell across."""
    _tables(report, lambda rows: [[Printed("（单位：件）", sum(cell.across for cell in rows[0]))], *rows])


def header_twice(report: Report, _: Random) -> None:
    """表三 goes on over the page with its header again."""
    rows = report.tables["applications"]
    first, again = rows[:14], rows[14:]
    cut = [[replace(cell, down=min(cell.down, 14 - at)) for cell in row] for at, row in enumerate(first)]
    # What reached over the cut stands again as blank cells.
    whole = len(rows) - 1 - 14
    group = next((at for at, row in enumerate(again) if len([c for c in row if not c.cell]) > 1), 0)
    over = [Printed("", 1, whole)] + ([Printed("", 1, group)] if group else [])
    report.tables["applications"] = [*cut, *rows[:3], [*over, *again[0]], *again[1:]]


def no_block_headings(report: Report, _: Random) -> None:
    report.tables["proactive"] = [row for row in report.tables["proactive"] if len(row) > 1]


def extra_row(report: Report, _: Random) -> None:
    rows = report.tables["proactive"]
    extra = [Printed("其他主动公开文件", role="label"), Printed("8"), Printed("0"), Printed("31")]
    report.tables["proactive"] = [*rows[:4], extra, *rows[4:]]


def group_in_label(report: Report, _: Random) -> None:
    """三、本年度办理结果 stands on a row of its own above （一）."""
    rows = []
    for row in report.tables["applications"]:
        if row[0].text.startswith("三、"):
            rows += [[Printed(row[0].text, 10, role="label")], row[1:]]
        else:
            rows.append(row)
    report.tables["applications"] = rows


def one_label_column(report: Report, _: Random) -> None:
    """Every group's name on a row of its own, one column of labels, nothing merged."""
    rows = []
    for row in report.tables["applications"]:
        labels = [cell for cell in row if cell.role == "label"]
        rows += [[replace(label, across=1, down=1)] for label in labels[:-1]]
        rest = [replace(cell, across=1, down=1) if cell in labels else cell for cell in row]
        rows.append(rest[max(len(labels) - 1, 0) :])
    rows[0][0] = replace(rows[0][0], across=1)
    report.tables["applications"] = rows


def groups_a_line(report: Report, _: Random) -> None:
    """表四 with a row for each of its three groups."""
    block = report.edition.by_id["challenges"].blocks[0]
    by_cell = {cell.cell: cell for row in report.tables["challenges"] for cell in row if cell.cell}
    rows: Rows = [[Printed("类别"), *(Printed(column.label) for column in block.column_leaves)]]
    for leaf in block.row_leaves:
        label = leaf.label if leaf.id == "reconsideration" else f"行政诉讼{leaf.label}"
        rows.append([
            Printed(label, role="label"),
            *(cell for key, cell in by_cell.items() if key is not None and key.row == leaf.id),
        ])  # fmt: skip
    report.tables["challenges"] = rows


def undivided_other(report: Report, _: Random) -> None:
    """（六） in one row in a year that prints three; 2019 prints one anyway."""
    if report.edition.id == "2019":
        return
    rows: Rows = []
    for row in report.tables["applications"]:
        cells = [cell for cell in row if cell.cell]
        row_id = cells[0].cell.row if cells and cells[0].cell else ""
        if row_id in ("dispositions.other.not_supplemented", "dispositions.other.fee_unpaid"):
            continue
        if row_id == "dispositions.other.rest":
            row = [Printed("（六）其他处理", 2, role="label"), *cells]  # noqa: PLW2901
        rows.append([replace(cell, down=20) if cell.down == 22 else cell for cell in row])
    report.tables["applications"] = rows


def glued(report: Report, _: Random) -> None:
    """Every row's figures stuck to its label: 规章000."""

    def stuck(row: list[Printed]) -> list[Printed]:
        figures = "".join(cell.text for cell in row if cell.role == "figure")
        labels = [cell for cell in row if cell.role != "figure"]
        if not figures or not labels:
            return row
        return [*labels[:-1], replace(labels[-1], text=labels[-1].text + figures)]

    _tables(report, lambda rows: [stuck(row) for row in rows])


# name → (what it does, whether every figure can still be read for certain where cells stay cells)
VARIATIONS: dict[str, tuple[Callable[[Report, Random], None], bool]] = {
    "别的措辞": (other_words, True),
    "繁体": (traditional_script, True),
    "别的序号": (other_numbering, True),
    "没有序号": (without_numbering, False),
    "字间有空格": (spaced_letters, True),
    "千位分隔": (grouped, True),
    "全角数字": (full_width, True),
    "数字前后有空格": (padded, True),
    "数字带单位": (with_units, True),
    "表上有单位": (captions, True),
    "表头印两遍": (header_twice, True),
    "没有款项标题": (no_block_headings, True),
    "多一行": (extra_row, True),
    "组名自成一行": (group_in_label, False),
    "只有一列标题": (one_label_column, True),
    "表四一组一行": (groups_a_line, True),
    "（六）不分项": (undivided_other, True),
    "数字粘着标题": (glued, False),
}
