"""What it costs to read and check workbooks by the thousand, against readers that only read.

Run as `python -m tests.benchmarks.bulk [--write docs/性能.md]`. The forms are our own, built and filled with
drawn figures (one in ten with a slip); every comparison is between runs of the same process count in the same
minute, alternated, and what is printed is the median of the pairs' ratios. Processor time, not the clock's:
other work on the machine changes both sides alike.
"""

from __future__ import annotations

import argparse
import gc
import io
import multiprocessing
import random
import re
import statistics
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import psutil
import python_calamine

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.strategies import totals_of
from workbook.files.scan import read_grid
from workbook.form.anchors import APART
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import edition_by_id
from workbook.form.filing import Fact, Filing, Organ
from workbook.form.reader import read_filing
from workbook.form.values import read_number
from workbook.rules.checker import check_filing
from workbook.rules.judging import context_of
from workbook.rules.matrix import check_filings, doubtful_of_all
from workbook.rules.plan import plan_of
from workbook.rules.rulebook import load_rulebook
from workbook.rules.wholes import wholes_of
from workbook.template.build import build_book

BOOK = load_rulebook()
TABLES = ("二、主动公开", "三、依申请公开", "四、复议诉讼")
REPORT = ("封面", "一、总体情况", *TABLES, "五、问题和改进", "六、其他事项", "情况说明", "gouji")
CHUNK = 64


# --- forms ------------------------------------------------------------------------------------------


def figures_of(edition: Edition, draw: random.Random) -> dict[CellId, int]:
    """Figures as an office of some size has them, most of them 0, every equality holding."""
    size = draw.choice((3, 8, 40, 400))
    found = {cell: draw.randrange(size) if draw.random() < 0.35 else 0 for cell in edition.cells}
    table = edition.by_id["applications"]
    for column in table.blocks[0].column_leaves:
        if column.is_total:
            continue
        done = sum(
            found[CellId(table.id, row.id, column.id)]
            for row in (*table.rows["dispositions"].addends, table.rows["carried_forward"])
        )
        brought = CellId(table.id, "brought_forward", column.id)
        found[brought] %= done + 1
        found[CellId(table.id, "received", column.id)] = done - found[brought]
    return found | totals_of(edition, found)


def drawn(edition: Edition, draw: random.Random, number: int, year: int) -> Filing:
    """One filing, every cell given; one in ten has a slip in one cell."""
    figures = figures_of(edition, draw)
    if number % 10 == 0:
        slip = draw.choice([cell for cell in edition.cells if cell not in edition.totals])
        figures[slip] += draw.choice((1, 9))
    facts = {}
    for cell, figure in figures.items():
        value = read_number(str(figure)) or Decimal(0)
        facts[cell] = Fact(cell, value, value)
    words = {
        "preamble": f"本报告由某市第{number}局根据《条例》编制，统计期限为{year}年1月1日至{year}年12月31日。",
        "overview": "本局认真贯彻《条例》，推进政务公开，" * draw.randrange(5, 25),
        "problems": "公开的及时性还不够，下一步将加强培训。" * draw.randrange(2, 8),
        "other": "无。",
    }
    organ = Organ(f"某市第{number}局", "prefecture_department")
    return Filing(organ, year, edition.id, "own", facts, words, words_read=True)


def built(count: int, folder: Path) -> list[Path]:
    """That many forms, filled, totals as live formulas."""
    edition = edition_by_id("2021")
    assert edition is not None
    paths = []
    for number in range(count):
        filing = drawn(edition, random.Random(number), number, 2024)
        typed = {cell: fact for cell, fact in filing.facts.items() if cell not in edition.totals}
        path = folder / f"某市第{number}局2024年度报告.xlsx"
        path.write_bytes(build_book(edition, BOOK, filing=replace(filing, facts=typed)))
        paths.append(path)
    return paths


def with_blanks(paths: Sequence[Path], folder: Path) -> list[Path]:
    """The same forms with a twentieth of the zeros not filled in, other cells in each."""
    return [_rewritten(path, folder / path.name, random.Random(n), 0.05) for n, path in enumerate(paths)]


def varied(paths: Sequence[Path], folder: Path, count: int) -> list[Path]:
    """That many forms with other figures, which need not agree."""
    found = []
    for number in range(count):
        source = paths[number % len(paths)]
        found.append(_rewritten(source, folder / f"第{number}号.xlsx", random.Random(number), 0))
    return found


def _rewritten(source: Path, target: Path, draw: random.Random, blank: float) -> Path:
    def cell(found: re.Match[str]) -> str:
        if blank:
            return f"{found[1]}/>" if found[2] == "0" and draw.random() < blank else found[0]
        return f"{found[1]}><v>{draw.randrange(40)}</v></c>" if draw.random() < 0.3 else found[0]

    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if re.fullmatch(r"xl/worksheets/sheet[456]\.xml", name):
                text = re.sub(r'(<c r="[A-Z]+\d+" s="\d+")><v>(\d+)</v></c>', cell, data.decode("utf-8"))
                data = text.encode("utf-8")
            new.writestr(name, data)
    target.write_bytes(out.getvalue())
    return target


# --- the two sides ----------------------------------------------------------------------------------


def ours(paths: Sequence[Path], skip: frozenset[str] = APART) -> list[tuple[str, int, int]]:
    """Read and check: what a worker of a campaign does with a chunk; a short row for each workbook."""
    rows: list[tuple[str, int, int]] = []
    for start in range(0, len(paths), CHUNK):
        filings = [read_filing(read_grid(path, skip=skip)) for path in paths[start : start + CHUNK]]
        results = check_filings([(filing, None) for filing in filings], BOOK)
        rows += [(result.filing.source, len(result.findings), result.passed) for result in results]
    return rows


def ours_every_sheet(paths: Sequence[Path]) -> None:
    """The same with every sheet read, those that hold nothing of the report too."""
    ours(paths, frozenset())


def calamine(paths: Sequence[Path], sheets: Sequence[str] | None = None) -> None:
    """Every sheet's values, or those of some sheets."""
    for path in paths:
        book = python_calamine.CalamineWorkbook.from_path(path)
        for name in sheets or book.sheet_names:
            book.get_sheet_by_name(name).to_python()


def calamine_report(paths: Sequence[Path]) -> None:
    """The values of the sheets that hold the report."""
    calamine(paths, REPORT)


def with_pandas(paths: Sequence[Path]) -> int:
    """The script a user would write: the three tables by pandas with openpyxl, row totals added up."""
    wrong = 0
    for path in paths:
        for frame in pd.read_excel(path, sheet_name=list(TABLES), header=None, engine="openpyxl").values():
            numbers = frame.apply(pd.to_numeric, errors="coerce")
            wrong += int((numbers.iloc[:, 3:-1].sum(axis=1) != numbers.iloc[:, -1]).sum())
    return wrong


def with_openpyxl(paths: Sequence[Path]) -> int:
    """The same as a bare loop over openpyxl's cells."""
    wrong = 0
    for path in paths:
        book = openpyxl.load_workbook(path, data_only=True)
        for name in TABLES:
            for row in book[name].iter_rows(values_only=True):
                numbers = [value for value in row if isinstance(value, int | float)]
                wrong += bool(numbers) and sum(numbers[:-1]) != numbers[-1]
    return wrong


def compare(
    one: Callable[[], object], other: Callable[[], object], rounds: int
) -> tuple[float, float, float]:
    """Seconds of each (medians) and the median of one ÷ other over alternated pairs; the first warms up."""
    pairs = []
    for turn in range(rounds + 1):
        taken = {}
        for run in (one, other) if turn % 2 else (other, one):
            gc.collect()
            begun = time.process_time()
            run()
            taken[run] = time.process_time() - begun
        if turn:
            pairs.append((taken[one], taken[other]))
    first, second = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    return first, second, statistics.median(pair[0] / pair[1] for pair in pairs)


# --- many at once -----------------------------------------------------------------------------------


def evaluation(count: int, rounds: int) -> dict[str, float]:
    """Seconds for all equalities and comparisons of that many filings in memory, half beside last year's."""
    edition = edition_by_id("2021")
    assert edition is not None
    filings = [drawn(edition, random.Random(n), n, 2024) for n in range(min(count, 2_000))]
    priors = [drawn(edition, random.Random(-n - 1), n, 2023) for n in range(min(count, 2_000))]
    pairs = [(filings[n % len(filings)], priors[n % len(priors)] if n % 2 else None) for n in range(count)]

    def formulas() -> None:
        for start in range(0, count, 1_024):
            chunk = pairs[start : start + 1_024]
            for prior_edition in (None, edition):
                some = [pair for pair in chunk if (pair[1] is None) is (prior_edition is None)]
                plan = plan_of(BOOK, edition, prior_edition)
                rows = [row for f, p in some if (row := wholes_of(f, p, plan)) is not None]
                assert len(rows) == len(some)
                doubtful_of_all(plan, rows, [context_of(f) for f, _ in some])

    def seconds(run: Callable[[], object]) -> float:
        taken = []
        for _ in range(rounds):
            gc.collect()
            begun = time.process_time()
            run()
            taken.append(time.process_time() - begun)
        return min(taken)  # no pair to divide by: the least disturbed

    few = pairs[:500]
    return {
        "formulas": seconds(formulas),
        "check_filings": seconds(lambda: check_filings(pairs, BOOK)),
        "check_filing": seconds(lambda: [check_filing(f, BOOK, p) for f, p in few]) / len(few) * count,
    }


def _start(paths: Sequence[str]) -> list[tuple[str, int, int]]:
    return ours([Path(path) for path in paths])


def pooled(paths: Sequence[Path], processes: int) -> Iterator[tuple[str, int, int]]:
    """Read and check in a pool, chunk by chunk, no more chunks waiting than workers need."""
    chunks = [[str(path) for path in paths[n : n + CHUNK]] for n in range(0, len(paths), CHUNK)]
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        for rows in pool.map(_start, chunks):
            yield from rows


def peak_of(paths: Sequence[Path], processes: int) -> tuple[int, float]:
    """Greatest resident memory of all processes together (bytes), and the seconds by the clock."""
    own = psutil.Process()
    peak, done = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.05):
            total = 0
            for process in (own, *own.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak = max(peak, total)

    watcher = threading.Thread(target=watch)
    watcher.start()
    begun = time.perf_counter()
    rows = list(pooled(paths, processes))
    taken = time.perf_counter() - begun
    done.set()
    watcher.join()
    assert len(rows) == len(paths)
    return peak, taken


# --- the whole run ----------------------------------------------------------------------------------


def measure(forms: int, rounds: int, many: int, processes: int) -> list[tuple[str, str, str]]:
    """Every comparison: what, the aim, what came out."""
    found: list[tuple[str, str, str]] = []

    def note(what: str, aim: str, result: str) -> None:
        found.append((what, aim, result))
        print(f"{what}｜{aim}｜{result}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        plain, gaps, other = (Path(folder) / name for name in ("填满", "有空格", "其他"))
        for made in (plain, gaps, other):
            made.mkdir()
        paths = built(forms, plain)
        blanks = with_blanks(paths, gaps)
        for title, some, run, peer in (
            ("读取并核对（载有年报的9张表），对calamine读同样9张", paths, ours, calamine_report),
            ("读取并核对（全部13张表），对calamine读同样13张", paths, ours_every_sheet, calamine),
            ("同上，9张，空格处处不同的工作簿", blanks, ours, calamine_report),
            ("同上，13张，空格处处不同的工作簿", blanks, ours_every_sheet, calamine),
        ):
            mine, theirs, ratio = compare(lambda s=some, r=run: r(s), lambda s=some, p=peer: p(s), rounds)  # type: ignore[misc]
            each = f"{mine / len(some) * 1e3:.2f} 毫秒对 {theirs / len(some) * 1e3:.2f} 毫秒"
            note(title, "≤ 2 倍（争取1.5倍）", f"{ratio:.2f} 倍（每份{each}）")
        few = paths[:12]
        for title, aim, peer in (
            ("用户自写的pandas＋openpyxl脚本，对读取并核对", "≥ 15 倍", with_pandas),
            ("用户自写的openpyxl循环，对读取并核对", "≥ 8 倍", with_openpyxl),
        ):
            theirs, mine, ratio = compare(lambda p=peer: p(few), lambda: ours(few), 3)  # type: ignore[misc]
            each = f"{theirs / len(few) * 1e3:.0f} 毫秒对 {mine / len(few) * 1e3:.2f} 毫秒"
            note(title, aim, f"{ratio:.0f} 倍（每份{each}）")
        taken = evaluation(10_000, 3)
        note("1万份年报（一半带上年）的全部等式和比较", "< 1 秒", f"{taken['formulas']:.2f} 秒")
        note("1万份年报的全部规则（check_filings）", "—", f"{taken['check_filings']:.1f} 秒")
        note("同样1万份逐份核对（check_filing，由500份推算）", "—", f"{taken['check_filing']:.1f} 秒")
        if many:
            distinct = varied(paths, other, min(many, 2_000))
            listed = [distinct[n % len(distinct)] for n in range(many)]
            before, _ = peak_of(listed[: many // 5], processes)
            peak, seconds = peak_of(listed, processes)
            each_more = (peak - before) / (many - many // 5) / 1024
            note(f"{many}份工作簿，{processes}个进程：全部进程内存峰值", "< 1 GB", f"{peak / 2**20:.0f} MB")
            note("每多一份工作簿增加的内存", "≤ 20 kB", f"{max(0.0, each_more):.1f} kB")
            note(f"{many}份工作簿读取并核对用时（时钟）", "—", f"{seconds:.0f} 秒")
    return found


def document(rows: Sequence[tuple[str, str, str]], forms: int, processes: int) -> str:
    """The page for the handbook of figures."""
    lines = "\n".join(f"| {what} | {aim} | {result} |" for what, aim, result in rows)
    return f"""# 性能

本页由`python -m tests.benchmarks.bulk --write docs/性能.md`一次写成，不手工改动。

用本项目的表式（2021年版，13张工作表，合计为公式）填上抽取的数字，共{forms}份，每十份有一份带一处差错。
两边在同一次运行里交替进行，各用一个进程；数字是各对之比的中位数，按处理器时间计，机器上的其他负载对两边
影响相同。calamine只读数值；本项目读数值、公式、错误值、日期、合并和名称，找表，再按全部规则核对。

| 项目 | 目标 | 结果 |
| --- | --- | --- |
{lines}

内存以全部进程（主进程和{processes}个工作进程）的常驻内存之和计，共用的页重复计入。其中的工作簿由2000份不同的
工作簿反复列出，数字随意改过，几乎每个合计都与分项不符，是最慢的情形；用时还受机器上其他工作的影响。各程序另存的工作簿第一次读时逐格读取，同样的表第二次起按“除数字外全同”认出（决定015）；
每份空格位置都不同的表认不出，逐格读取，见上表“空格处处不同”两行。
"""


def main() -> None:
    """Measure, print, and write the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--many", type=int, default=10_000, help="0: no memory run")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    rows = measure(given.forms, given.rounds, given.many, given.processes)
    if given.write:
        given.write.write_text(document(rows, given.forms, given.processes), encoding="utf-8")


if __name__ == "__main__":
    main()
