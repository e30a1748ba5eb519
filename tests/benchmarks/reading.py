"""How fast the scan reads statutory workbooks, against python-calamine in the same run.

Run as `python tests/benchmarks/reading.py [workbooks] [rounds]`; prints medians and their ratio. Calamine
reads values only; the scan reads formulas, errors, dates, names and merged ranges as well.

The scan remembers sheets and spellings it has met before, and small figures recur, as they do in real
reports. Every pass begins with nothing remembered; the second and third lines measure what remembering is
worth: figures that never recur, and every memory emptied before each workbook.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import python_calamine
import xlsxwriter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.memories import forget
from workbook.files.scan import read_grid

COLUMNS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
ROWS = 23


def statutory(seed: int, *, varied: bool = False) -> bytes:
    """One workbook of five sheets and about 250 cells: cover, four tables, sums with cached values."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    bold = book.add_format({"bold": True, "border": 1})
    thin = book.add_format({"border": 1, "align": "center"})
    day = book.add_format({"num_format": 'm"月"d"日"'})
    cover = book.add_worksheet("封面")
    for row, label in enumerate(("单位名称", "年度", "版式", "填报人", "电话", "日期")):
        cover.write(row, 0, label, bold)
        cover.write(row, 1, f"示例单位{seed}" if row == 0 else 2024 + row, thin)
    cover.write(5, 1, 45000 + seed % 300, day)
    for number in (1, 2):
        small = book.add_worksheet(f"表{number}")
        for row in range(8):
            small.write(row, 0, f"项目{number}-{row}", bold)
            small.write(row, 1, (seed * 7 + row) % 90, thin)
            small.write_blank(row, 2, None, thin)
    table = book.add_worksheet("表三")
    table.merge_range(0, 0, 0, 7, "收到和处理政府信息公开申请情况", bold)
    for column, label in enumerate(COLUMNS, 1):
        table.write(1, column, label, bold)
    for row in range(2, ROWS + 2):
        table.write(row, 0, f"（{row}）办理结果的一个分项名称", bold)
        for column in range(1, 7):
            if (row + column) % 4:
                figure = (seed + row * column) % 13
                table.write(row, column, figure + seed * 1000.25 + row if varied else figure, thin)
            else:
                table.write_blank(row, column, None, thin)
        table.write_formula(row, 7, f"SUM(B{row + 1}:G{row + 1})", thin, (seed + row) % 60)
    last = book.add_worksheet("表四")
    for row in range(3):
        for column in range(10):
            last.write(row, column, f"结果{column}" if row < 2 else (seed + column) % 5, thin)
    book.define_name("table3", f"=表三!$A$2:$H${ROWS + 2}")
    book.close()
    return out.getvalue()


def with_calamine(data: bytes) -> int:
    """Every sheet's values by calamine, the whole extent as the scan sees it."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return sum(
        len(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names
    )


def with_scan(data: bytes) -> int:
    """The same workbook by our own scan."""
    return sum(len(sheet.cells) for sheet in read_grid(data).sheets)


def seconds(read: Callable[[bytes], int], books: list[bytes]) -> float:
    """Processor time of one pass over all workbooks, begun as in a new process."""
    forget()
    begun = time.process_time()
    for data in books:
        read(data)
    return time.process_time() - begun


def from_nothing(data: bytes) -> int:
    """The same by our own scan with every memory emptied first."""
    forget()
    return with_scan(data)


def compare(title: str, books: list[bytes], scan: Callable[[bytes], int], rounds: int) -> None:
    """Alternate both readers over the same workbooks and print the median of the pairs' ratios."""
    pairs = []
    for turn in range(rounds + 1):
        order = (with_calamine, scan) if turn % 2 else (scan, with_calamine)
        times = {read: seconds(read, books) for read in order}
        if turn:  # the first round only warms up
            pairs.append((times[with_calamine], times[scan]))
    theirs, ours = (len(books) / statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    ratio = statistics.median(pair[1] / pair[0] for pair in pairs)
    sys.stdout.write(
        f"{title}: calamine {theirs:.0f}/s, scan {ours:.0f}/s, ratio {ratio:.2f} (median of {rounds} pairs)\n"
    )


def main() -> None:
    """Both comparisons."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    books = [statutory(seed) for seed in range(count)]
    varied = [statutory(seed, varied=True) for seed in range(count)]
    sys.stdout.write(f"{count} workbooks, {with_scan(books[0])} cells with content, {len(books[0])} bytes\n")
    compare("ordinary figures", books, with_scan, rounds)
    compare("every figure another", varied, with_scan, rounds)
    compare("every figure another, nothing remembered", varied, from_nothing, rounds)


if __name__ == "__main__":
    main()
