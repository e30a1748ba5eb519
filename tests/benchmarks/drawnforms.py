"""Forms by the hundred for the benchmarks: our own, filled with drawn figures, one in ten with a slip."""

from __future__ import annotations

import io
import multiprocessing
import random
import re
import zipfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from tests.strategies import totals_of
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import edition_by_id
from workbook.form.filing import Fact, Filing, Organ
from workbook.form.values import read_number
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book


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


def built(count: int, folder: Path, processes: int = 1) -> list[Path]:
    """That many forms, filled, totals as live formulas."""
    numbers = range(count)
    if processes == 1:
        return [_built(number, folder) for number in numbers]
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(_built, numbers, [folder] * count, chunksize=8))


def _built(number: int, folder: Path) -> Path:
    edition = edition_by_id("2021")
    assert edition is not None
    filing = drawn(edition, random.Random(number), number, 2024)
    typed = {cell: fact for cell, fact in filing.facts.items() if cell not in edition.totals}
    path = folder / f"某市第{number}局2024年度报告.xlsx"
    path.write_bytes(build_book(edition, load_rulebook(), filing=replace(filing, facts=typed)))
    return path


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
