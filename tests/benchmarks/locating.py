"""Seeded errors: what is detected, located, put right and wrongly "repaired"; how sure, how fast.

Run: python tests/benchmarks/locating.py [--cases N] [--write]

With --write the confidences are counted anew (`workbook/locate/confidence.yaml`, seeds of their own) and the
table of `docs/定位与修复.md` is measured on other seeds. Figures are deterministic, times (of the processor,
so that other programs do not count) are not.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.locate.realistic import MAGNITUDES, filing_with, realistic_figures
from tests.locate.seeding import TYPED_ONLY, Seeded, seeded
from workbook.files.scan import read_grid
from workbook.form.editionfile import all_editions
from workbook.form.reader import read_filing
from workbook.locate import confidence
from workbook.locate.causes import group_causes
from workbook.locate.confidence import BLANK_CLASS, CONFIDENCE_FILE, UNIT_CLASS, Standing
from workbook.locate.evidence import Evidence
from workbook.locate.slips import find_slips
from workbook.locate.system import system_of
from workbook.locate.weights import standard_weights
from workbook.rules.checker import check_filing
from workbook.rules.equalities import hard_equalities
from workbook.rules.findings import Cause, Change, CheckResult
from workbook.rules.rulebook import load_rulebook
from workbook.rules.selfcheck import coding
from workbook.rules.selfcheck_report import DISTANCE_WORDS
from workbook.template.build import build_book

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "定位与修复.md"
BEGIN, END = "<!-- 以下由 tests/benchmarks/locating.py --write 生成 -->", "<!-- 生成部分到此为止 -->"
BOOK = load_rulebook()

NAMES = {
    "none": "没有差错",
    "wrong_figure": "一格填错（任意数）",
    "two_errors": "两格填错",
    "three_errors": "三格填错",
    "four_errors": "四格填错",
    "five_errors": "五格填错",
    "digit_changed": "错一位数字",
    "digit_dropped": "少打一位",
    "digit_added": "多打（重打）一位",
    "digits_swapped": "相邻两位颠倒",
    "sign": "多打负号",
    "unit_slip": "元当成万元",
    "shifted_row": "与相邻行填串",
    "shifted_column": "与相邻列填串",
    "total_not_filled": "合计留0",
    "totals_not_filled": "一行、一列或全部合计都留0",
    "total_in_part": "分项里填了合计",
    "part_in_total": "合计里填了分项",
    "last_year_pasted": "填了上年的数",
    "blank_for_zero": "该填0的空着",
    "blank_total": "总计列全空",
    "moved": "同列内填错了行（列合计不变）",
    "moved_across": "同行内填错了列（行合计不变）",
    "compensating": "互相抵消（各项加总都成立）",
}
HEADINGS = (
    *("差错", "份数", "发现", "格子全对", "数值全对", "认出类型", "说“唯一”", "“唯一”却错", "标出却错"),
    *("没查完", "中位 ms", "99% ms"),
)
KINDS = frozenset(NAMES) - {"none"} - {"two_errors", "three_errors", "four_errors", "five_errors"} - {
    "wrong_figure", "moved", "moved_across", "compensating", "blank_total", "totals_not_filled",
}  # fmt: skip

# Classes whose proposals come from outside the sums, so that a slip does not count them.
BESIDE_THE_SUMS = ("unit_slip", "blank_for_zero", "blank_total")


@dataclass
class Score:
    """Counts of one class of errors."""

    cases: int = 0
    detected: int = 0
    cells: int = 0
    values: int = 0
    kinds: int = 0
    unique: int = 0
    false_unique: int = 0
    false_shown: int = 0
    cut: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Both together."""
        for name in (
            "cases",
            "detected",
            "cells",
            "values",
            "kinds",
            "unique",
            "false_unique",
            "false_shown",
            "cut",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.seconds += other.seconds


@dataclass
class Bin:
    """Repairs of about the same confidence."""

    stated: float = 0
    right: int = 0
    cases: int = 0


def cases(name: str, magnitude: str, *, formulas: bool, count: int, salt: str) -> Iterator[Seeded]:
    """So many wrong reports of a class, of both editions by turns, one in three with last year and prose."""
    draw = random.Random(f"{salt}/{name}/{magnitude}/{formulas}")
    editions = all_editions()
    for number in range(count):
        edition = editions[number % len(editions)]
        if name == "unit_slip":
            edition = next(e for e in editions if any(e.unit(cell) == "万元" for cell in e.cells))
        try:
            yield seeded(name, edition, magnitude, draw, formulas=formulas, outside=number % 3 == 0)
        except AssertionError:
            return  # a township has no figure of two digits to be swapped


def every_class() -> Iterator[tuple[str, bool, str]]:
    """Class, formula totals or typed, magnitude."""
    for formulas in (False, True):
        for name in NAMES:
            if not (formulas and name in TYPED_ONLY):
                for magnitude in MAGNITUDES:
                    yield name, formulas, magnitude


def repair_of(cause: Cause) -> tuple[Change, ...]:
    """What is proposed: the located repair, else the likeliest."""
    return cause.changes or (cause.alternatives[0] if cause.alternatives else ())


def is_right(changes: tuple[Change, ...], case: Seeded) -> bool:
    """Whether every change is one of the seeded errors, with its right figure."""
    return all(case.truth.get(change.cell) == change.after for change in changes)


def concerned(result: CheckResult) -> list[Cause]:
    """Causes that propose something."""
    return [cause for cause in result.causes if repair_of(cause)]


def scored(case: Seeded, score: Score, bins: dict[float, Bin]) -> None:
    """Check one wrong report, locate, compare with the truth."""
    result = check_filing(case.filing, BOOK, case.prior)
    hard = {item.rule for item in hard_equalities(BOOK, case.filing.edition)}
    begun = time.process_time()
    result = group_causes(result, BOOK, case.prior, case.prose)
    score.seconds.append(time.process_time() - begun)
    score.cut += not all(cause.in_time for cause in result.causes)
    causes = concerned(result)
    proposed = {change.cell: change.after for cause in causes for change in repair_of(cause)}
    score.cases += 1
    score.detected += bool(causes) or any(finding.rule in hard for finding in result.findings)
    score.cells += proposed.keys() == case.truth.keys()
    score.values += proposed == case.truth
    score.kinds += {cause.kind for cause in causes} == {case.name}
    score.unique += bool(causes) and all(cause.unique for cause in causes)
    for cause in causes:
        right = is_right(repair_of(cause), case)
        score.false_unique += cause.unique and not right
        score.false_shown += bool(cause.changes) and not right
        stated = cause.confidence or 0.0
        found = bins.setdefault(min(int(stated * 10), 9) / 10, Bin())
        found.stated += stated
        found.right += right
        found.cases += 1


def counted(count: int) -> dict[str, Standing]:
    """How often each class of explanation was right: what the confidences are made of."""
    right: dict[str, int] = defaultdict(int)
    met: dict[str, int] = defaultdict(int)
    for name, formulas, magnitude in every_class():
        for case in cases(name, magnitude, formulas=formulas, count=count, salt="calibration"):
            result = check_filing(case.filing, BOOK, case.prior)
            for key, good in judged(result, case):
                met[key] += 1
                right[key] += good
        say(f"计数 {name} {'公式' if formulas else '手填'} {magnitude}")
    return {key: Standing(right[key], met[key]) for key in sorted(met)}


def judged(result: CheckResult, case: Seeded) -> Iterator[tuple[str, bool]]:
    """Class and rightness of every explanation of one report."""
    system = system_of(result, BOOK)
    evidence = Evidence(system, standard_weights(), BOOK, result, case.prior, case.prose)
    for slip in find_slips(evidence).slips:
        good = all(
            case.truth.get(system.cell(number)) == system.values[number] + shift
            for number, shift in slip.best.shifts.items()
        )
        yield slip.standing, good
    if case.name not in BESIDE_THE_SUMS:
        return
    for cause in group_causes(result, BOOK, case.prior, case.prose).causes:
        if cause.changes and any(result.findings[index].cells for index in cause.findings):
            yield BLANK_CLASS, is_right(cause.changes, case)
        elif cause.kind == "unit_slip" and not cause.unique and not cause.alternatives:
            yield UNIT_CLASS, is_right(cause.changes, case)


def write_confidence(standings: dict[str, Standing], path: Path = CONFIDENCE_FILE) -> None:
    """The data file, readable by `read_confidence`."""
    lines = [
        "# 每一类推断在基准上有几次完全说对。由 python tests/benchmarks/locating.py --write 生成，请勿手改。",
        "# confidence =（right + 1）/（cases + 2），取两位小数；供程序排序和取舍，不给填报人看。",
        "classes:",
    ]
    for name, item in standings.items():
        lines.append(f"  {name}: {{right: {item.right}, cases: {item.cases}, confidence: {item.confidence}}}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    confidence._standings.cache_clear()


def share(part: int, whole: int) -> str:
    """ "98.7%"."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


def milliseconds(seconds: list[float], quantile: float) -> float:
    """A quantile of some times."""
    return sorted(seconds)[min(int(len(seconds) * quantile), len(seconds) - 1)] * 1000


def tables(count: int) -> Iterator[str]:
    """The measured part of the document."""
    bins: dict[float, Bin] = {}
    by_class: dict[tuple[bool, str], Score] = {}
    by_size: dict[tuple[bool, str, str], Score] = {}
    for name, formulas, magnitude in every_class():
        score = Score()
        for case in cases(name, magnitude, formulas=formulas, count=count, salt="measurement"):
            scored(case, score, bins)
        by_class.setdefault((formulas, name), Score()).add(score)
        by_size[formulas, name, magnitude] = score
        say(f"测量 {name} {'公式' if formulas else '手填'} {magnitude}")
    for formulas, title in ((False, "合计为手填"), (True, "合计为公式")):
        yield f"### {title}\n"
        yield f"| {' | '.join(HEADINGS)} |"
        yield "|---" + "|--:" * (len(HEADINGS) - 1) + "|"
        for name, words in NAMES.items():
            row = by_class.get((formulas, name))
            if row is not None and row.cases:
                yield _row(words, row, kinds=name in KINDS)
        yield ""
    yield "### 三种规模（合计为手填，数值全对）\n"
    yield "| 差错 | 乡镇 | 区县忙部门 | 省会城市 |\n|---|--:|--:|--:|"
    for name in ("wrong_figure", "two_errors", "three_errors", "four_errors", "five_errors"):
        sizes = [by_size[False, name, magnitude] for magnitude in MAGNITUDES]
        yield f"| {NAMES[name]} | " + " | ".join(share(s.values, s.cases) for s in sizes) + " |"
    yield "\n### 把握的校准\n"
    yield "“把握”只给程序用。下表是另一批样本上，自报的把握与实际说对的比例。\n"
    yield "| 自报把握 | 次数 | 平均自报 | 实际说对 |\n|---|--:|--:|--:|"
    for low, item in sorted(bins.items()):
        mean = f"{100 * item.stated / item.cases:.1f}%"
        yield f"| {low:.1f}–{low + 0.1:.1f} | {item.cases} | {mean} | {share(item.right, item.cases)} |"
    yield ""
    yield from throughput()
    yield from distances()


def _row(words: str, row: Score, *, kinds: bool) -> str:
    n = row.cases
    shares = [share(part, n) for part in (row.detected, row.cells, row.values)]
    shares += [share(row.kinds, n) if kinds else "–", share(row.unique, n)]
    said = [str(count) for count in (row.false_unique, row.false_shown, row.cut)]
    times = [f"{milliseconds(row.seconds, 0.5):.2f}", f"{milliseconds(row.seconds, 0.99):.1f}"]
    return f"| {' | '.join([words, str(n), *shares, *said, *times])} |"


def throughput(forms: int = 100, filings: int = 10_000) -> Iterator[str]:
    """Reading against locating, over filings of which 30 % are wrong, nine in ten of these in one cell."""
    draw = random.Random("throughput")
    edition = all_editions()[-1]
    locating = 0.0
    for number in range(filings):
        magnitude = draw.choice(list(MAGNITUDES))
        if draw.random() < 0.3:
            names = ("two_errors", "three_errors", "five_errors")
            name = "wrong_figure" if draw.random() < 0.9 else draw.choice(names)
            filing = seeded(name, edition, magnitude, draw, formulas=number % 2 == 0).filing
        else:
            figures = realistic_figures(edition, magnitude, draw)
            filing = filing_with(edition, figures, magnitude, formulas=number % 2 == 0)
        result = check_filing(filing, BOOK)
        begun = time.process_time()
        group_causes(result, BOOK)
        locating += time.process_time() - begun
    reading = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(forms):
            filing = filing_with(edition, realistic_figures(edition, "district", draw))
            path = Path(folder) / f"{number}.xlsx"
            path.write_bytes(build_book(edition, BOOK, filing=filing))
            begun = time.process_time()
            read_filing(read_grid(path))
            reading.append(time.process_time() - begun)
    per_form, per_case = statistics.median(reading), locating / filings
    yield "### 一万份年报\n"
    yield (
        "三成有错、其中九成只错一格："
        f"定位{filings}份共{locating:.0f}秒（平均每份{per_case * 1000:.2f}毫秒），"
        f"读表约{per_form * filings:.0f}秒（{forms}份的中位，每份{per_form * 1000:.1f}毫秒）。\n"
    )


def distances() -> Iterator[str]:
    """What the sums can see at all, for each edition."""
    yield "### 加总关系看得见什么\n"
    yield "一组格子同时填错而所有加总仍然成立，就看不出来。下表按“这样的一组最少几格”给每格归类。\n"
    yield "| 版式 | 合计 | " + " | ".join(DISTANCE_WORDS.values()) + " |"
    yield "|---|---|" + "--:|" * len(DISTANCE_WORDS)
    for edition in all_editions():
        for formulas in (False, True):
            code = coding(BOOK, edition, formulas=formulas)
            counts = " | ".join(f"{code.count(distance)}格" for distance in DISTANCE_WORDS)
            yield f"| {edition.id} | {'公式' if formulas else '手填'} | {counts} |"
    yield ""
    for edition in all_editions():
        code = coding(BOOK, edition, formulas=False)
        for distance in (1, 2):
            tables_hit = {cell.table for cell, value in code.distance.items() if value == distance}
            labels = "、".join(edition.by_id[table].label for table in sorted(tables_hit))
            yield f"- {edition.id}年版手填合计，{DISTANCE_WORDS[distance]}的格子都在{labels}。"


def say(line: str) -> None:
    """Progress, on stderr."""
    sys.stderr.write(line + "\n")


def main() -> int:
    """Measure; with --write store confidences and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=100, help="reports for each class, variant and magnitude"
    )
    parser.add_argument("--write", action="store_true", help="store the confidences and the document's table")
    options = parser.parse_args()
    if options.write:
        write_confidence(counted(options.cases))
        say("把握已写入，开始测量")
    measured = "\n".join(tables(options.cases))
    if options.write:
        text = DOCUMENT.read_text(encoding="utf-8")
        head, _, rest = text.partition(BEGIN)
        _, _, tail = rest.partition(END)
        DOCUMENT.write_text(f"{head}{BEGIN}\n\n{measured}\n\n{END}{tail}", encoding="utf-8")
    sys.stdout.write(measured + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
