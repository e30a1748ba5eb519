"""What it costs to read and check workbooks by the thousand, against readers that only read.

Run as `python -m tests.benchmarks.bulk [--write docs/性能.md]`. The forms are our own, built and filled with
drawn figures (one in ten with a slip); every comparison is between runs of the same process count in the same
minute, alternated, and what is printed is the median of the pairs' ratios. Processor time, not the clock's:
other work on the machine changes both sides alike.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import openpyxl
import pandas as pd
import psutil
import python_calamine

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.drawnforms import built, drawn, varied, with_blanks
from workbook.campaign.pool import settle
from workbook.files.scan import read_grid
from workbook.form.anchors import APART
from workbook.form.editionfile import edition_by_id
from workbook.form.reader import read_filing
from workbook.rules.checker import check_filing
from workbook.rules.judging import context_of
from workbook.rules.matrix import check_filings, doubtful_of_all
from workbook.rules.plan import plan_of
from workbook.rules.rulebook import load_rulebook
from workbook.rules.wholes import wholes_of

BOOK = load_rulebook()
TABLES = ("二、主动公开", "三、依申请公开", "四、复议诉讼")
REPORT = ("封面", "一、总体情况", *TABLES, "五、问题和改进", "六、其他事项", "情况说明", "gouji")
CHUNK = 64


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
    one: Callable[[Sequence[Path]], object], other: Callable[[Sequence[Path]], object], sets: list[list[Path]]
) -> tuple[float, float, float]:
    """Seconds a file of each (medians) and the median of one ÷ other, over alternated pairs.

    Every pair reads files that neither side has read before, as a recheck does; the first pair warms up.
    """
    pairs = []
    for turn, some in enumerate(sets):
        taken = {}
        for run in (one, other) if turn % 2 else (other, one):
            gc.collect()
            begun = time.process_time()
            run(some)
            taken[run] = (time.process_time() - begun) / len(some)
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
    with ProcessPoolExecutor(
        processes, mp_context=multiprocessing.get_context("spawn"), initializer=settle
    ) as pool:
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

    settle()  # as a worker of a campaign is
    with tempfile.TemporaryDirectory() as folder:
        plain, gaps, other = (Path(folder) / name for name in ("填满", "有空格", "其他"))
        for made in (plain, gaps, other):
            made.mkdir()
        paths = built(forms * (rounds + 1), plain, processes)
        blanks = with_blanks(paths, gaps)
        full, gappy = (
            [some[start : start + forms] for start in range(0, len(some), forms)] for some in (paths, blanks)
        )
        for title, sets, run, peer in (
            ("读取并核对（载有年报的9张表），对calamine读同样9张", full, ours, calamine_report),
            ("读取并核对（全部13张表），对calamine读同样13张", full, ours_every_sheet, calamine),
            ("同上，9张，空格处处不同的工作簿", gappy, ours, calamine_report),
            ("同上，13张，空格处处不同的工作簿", gappy, ours_every_sheet, calamine),
        ):
            mine, theirs, ratio = compare(run, peer, sets)
            each = f"{mine * 1e3:.2f} 毫秒对 {theirs * 1e3:.2f} 毫秒"
            note(title, "≤ 2 倍（争取1.5倍）", f"{ratio:.2f} 倍（每份{each}）")
        few = [some[:12] for some in full[:4]]
        for title, aim, script in (
            ("用户自写的pandas＋openpyxl脚本，对读取并核对", "≥ 15 倍", with_pandas),
            ("用户自写的openpyxl循环，对读取并核对", "≥ 8 倍", with_openpyxl),
        ):
            theirs, mine, ratio = compare(script, ours, few)
            note(title, aim, f"{ratio:.0f} 倍（每份{theirs * 1e3:.0f} 毫秒对 {mine * 1e3:.2f} 毫秒）")
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

用本项目的表式（2021年版，13张工作表，合计为公式）填上抽取的数字，每轮{forms}份，每十份有一份带一处差错。
两边在同一次运行里交替进行，各用一个进程；每轮都是两边还没有读过的文件，数字是各轮之比的中位数，按处理器时间计。
calamine只读数值；本项目读数值、公式、错误值、日期、合并和名称，找表，再按全部规则核对。

| 项目 | 目标 | 结果 |
| --- | --- | --- |
{lines}

内存以全部进程（主进程和{processes}个工作进程）的常驻内存之和计，共用的页重复计入。其中的工作簿由2000份不同的
工作簿反复列出，数字随意改过，几乎每个合计都与分项不符，是最慢的情形；用时还受机器上其他工作的影响。各程序另存的工作簿，以及空格、文字、样式各处不同的工作簿，
都按行、按格认出读过的写法（决定015），比原样填报的只略慢，见上表。
"""


def main() -> None:
    """Measure, print, and write the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=80, help="in each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--many", type=int, default=10_000, help="0: no memory run")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    rows = measure(given.forms, given.rounds, given.many, given.processes)
    if given.write:
        given.write.write_text(document(rows, given.forms, given.processes), encoding="utf-8")


if __name__ == "__main__":
    main()
