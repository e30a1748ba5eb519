"""Reports made up for the tests, and the one question asked of every reading: is anything silently wrong?"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.published.layouts import Report
from tests.published.printed import Figures, printed_tables
from workbook.form.edition import CellId, Edition, ValueKind
from workbook.form.filing import Filing
from workbook.form.values import Oddity, read_number

ORGAN = "某市水务局"
PREAMBLE = "本报告根据《中华人民共和国政府信息公开条例》编制，统计期限为{year}年1月1日至{year}年12月31日。"
SECTIONS = {
    "overview": "{year}年，我局认真贯彻落实《中华人民共和国政府信息公开条例》，主动公开信息128条。\n"
    "（一）主动公开情况。通过门户网站发布信息，及时回应社会关切，公开内容进一步拓展。",
    "problems": "存在的问题：公开的主动性还不够。\n改进措施：一是加强培训；二是完善制度。",
    "other": "本年度无其他需要报告的事项。",
}


def random_figures(edition: Edition, random: Random) -> dict[CellId, str]:
    """Figures as printed: mostly zeros, totals that hold, now and then large or signed ones."""
    values: dict[CellId, int] = {}
    for cell in edition.cells:
        if edition.kind(cell) is ValueKind.SIGNED:
            values[cell] = random.choice([0, 0, 3, -2, -8])
        else:
            values[cell] = random.choice([0, 0, 0, 0, 1, 2, 7, 15, 96, 2023, 1808595])
    for total, parts in edition.totals.items():
        values[total] = sum(values[part] for part in parts)
    return {cell: str(value) for cell, value in values.items()}


def report_of(edition: Edition, figures: Figures, year: int | None = None, **fields: object) -> Report:
    """A whole report with these figures."""
    year = year or edition.first_year + 1
    sections = {key: text.format(year=year) for key, text in SECTIONS.items()}
    tables = dict(printed_tables(edition, figures))
    return Report(edition, ORGAN, year, tables, sections, PREAMBLE.format(year=year), **fields)  # type: ignore[arg-type]


def silently_wrong(filing: Filing, figures: Mapping[CellId, str]) -> dict[str, tuple[object, str]]:
    """Cells that the reading gives otherwise than printed without calling them uncertain."""
    wrong: dict[str, tuple[object, str]] = {}
    for cell, printed in figures.items():
        if cell in filing.uncertain or cell.table in filing.missing_tables:
            continue
        fact = filing.facts.get(cell)
        if fact is None:
            wrong[str(cell)] = ("missing", printed)
            continue
        bare = printed.replace("&nbsp;", " ").strip()
        if not bare:
            right = fact.oddity is Oddity.BLANK
        elif fact.oddity is Oddity.NONE:
            right = read_number(bare) is not None and fact.value == read_number(bare)
        else:
            right = fact.raw == bare
        if not right:
            wrong[str(cell)] = (fact.raw, printed)
    return wrong
