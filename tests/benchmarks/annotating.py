"""How much faster our notes are than openpyxl's load, comment and save; both in memory, without fsync.

Run: python tests/benchmarks/annotating.py [rows of the large book, 60000 make about 10 MB]
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Callable

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment

from workbook.files.amend import OWN_MARK, Amendment, Note, Shade, Tint, amended
from workbook.files.archive import Archive

AIM_FORM, AIM_LARGE = 8, 20


def form() -> bytes:
    """An ordinary form: five sheets with texts, figures, formulas, formats and validations."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    framed = book.add_format({"border": 1, "font_name": "宋体", "align": "center"})
    red = book.add_format({"bg_color": "#FFC7CE"})
    for number in range(5):
        sheet = book.add_worksheet(f"表{number + 1}")
        sheet.set_column(0, 9, 14)
        for row in range(40):
            sheet.write(row, 0, f"第{row}项 予以公开及其他处理情况（件）", framed)
            for column in range(1, 8):
                sheet.write_number(row, column, row * column, framed)
            sheet.write_formula(row, 8, f"=SUM(B{row + 1}:H{row + 1})", framed, row * 28)
        sheet.data_validation("B1:H40", {"validate": "integer", "criteria": ">=", "value": 0})
        sheet.conditional_format("I1:I40", {"type": "cell", "criteria": "<", "value": 0, "format": red})
    book.close()
    return stream.getvalue()


def large(rows: int) -> bytes:
    """A book of one small form and three long sheets."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    first = book.add_worksheet("表1")
    for row in range(40):
        first.write_row(row, 0, [f"第{row}项", *range(8)])
    for number in range(3):
        sheet = book.add_worksheet(f"明细{number + 1}")
        for row in range(rows // 3):
            values = [(row * 7919 + column * 104729 + number) % 1_000_003 for column in range(24)]
            sheet.write_row(row, 0, [f"申请{row}-{values[0]}", *values])
    book.close()
    return stream.getvalue()


def ours(data: bytes, sheet: str) -> bytes:
    """Three notes and three tints, as a visit writes them."""
    cells = ("E25", "C3", "H40")
    notes = tuple(Note(sheet, cell, f"{OWN_MARK}\n1 填0件，各项合计5件，少计5件。") for cell in cells)
    tints = tuple(Tint(sheet, cell, Shade.ERROR) for cell in cells)
    with Archive.open(data) as archive:
        return amended(archive, Amendment(notes, tints))[0]


def openpyxls(data: bytes, sheet: str) -> bytes:
    """Load, one comment, save."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    book[sheet]["E25"].comment = Comment(f"{OWN_MARK}\n1 填0件，各项合计5件，少计5件。", "年报核查")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compare(title: str, data: bytes, sheet: str, rounds: int, ours_each: int, aim: int) -> bool:
    """Alternate both, print the medians and the ratio; True if the aim is met."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for _ in range(ours_each):
            times[0].append(_seconds(lambda: ours(data, sheet)))
        times[1].append(_seconds(lambda: openpyxls(data, sheet)))
    mine, theirs = (statistics.median(each) for each in times)
    ratio = theirs / mine
    _say(
        f"{title} ({len(data) / 1e6:.2f} MB): amend {mine * 1000:.1f} ms, openpyxl {theirs * 1000:.1f} ms, "
        f"{ratio:.1f} × (aim {aim} ×)"
    )
    return ratio >= aim


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 72_000
    met = [compare("ordinary form", form(), "表1", 15, 2, AIM_FORM)]
    data = large(rows)
    met.append(compare("large book, note on its small sheet", data, "表1", 1, 2, AIM_LARGE))
    met.append(compare("large book, note on a long sheet", data, "明细2", 1, 2, AIM_LARGE))
    again = ours(data, "明细2")
    _say(f"large book, annotated once more: {_seconds(lambda: ours(again, '明细2')) * 1000:.1f} ms")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
