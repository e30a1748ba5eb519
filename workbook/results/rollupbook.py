"""The roll-up as a workbook: the statutory form with its live checks, and what each cell is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from workbook.campaign.records import Unit
from workbook.form.anchors import ROLL_UP, ROLL_UP_CHANGES, ROLL_UP_REMARKS
from workbook.form.edition import CellId
from workbook.form.editionfile import edition_by_id
from workbook.form.filing import Fact, Filing, Organ
from workbook.form.values import figure
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.results.rollup import ALL, RollUp
from workbook.rules.rulebook import RuleBook
from workbook.rules.wording import place_words
from workbook.template.build import build_book
from workbook.template.listing import Listing

_MOST_NAMED = 6
_MOST_ROWS = 200_000
CHANGED_MOST = 8  # units named for a figure's difference to last year


def consolidated_filing(sum_: RollUp, year: int) -> Filing:
    """The sums as a report: totals are left to the form's formulas, what nobody states stays blank."""
    totals = sum_.edition.totals
    facts = {cell: Fact(cell, value, value) for cell, value in sum_.figures.items() if cell not in totals}
    return Filing(
        organ=Organ(sum_.unit.name, sum_.unit.level, sum_.unit.rule_power),
        year=year,
        edition_id=sum_.edition.id,
        scope=ALL if sum_.scope == ALL else "own",
        facts=facts,
        source="汇总",
    )


def roll_up_book(
    sum_: RollUp, year: int, rulebook: RuleBook, last: Mapping[CellId, Mapping[str, Decimal]] | None = None
) -> bytes:
    """The workbook; `last` gives last year's figures by cell and unit, for the differences."""
    sentences = live_sentences(sum_.edition, load_sentences())
    listings = [_contributions(sum_, year), _remarks(sum_)]
    if last:
        listings.append(_differences(sum_, last, year))
    return build_book(
        sum_.edition,
        rulebook,
        filing=consolidated_filing(sum_, year),
        sentences=sentences,
        listings=listings,
    )


def _contributions(sum_: RollUp, year: int) -> Listing:
    rows: list[list[str | int | Decimal | None]] = []
    for table in sum_.edition.tables:
        for cell in table.cells:
            place = [table.label, table.rows[cell.row].short, table.column_of(cell).short]
            for part in sum_.parts:
                value = part.values.get(cell)
                if value is None:
                    rows.append([*place, part.unit.code, part.unit.name, None, "未填或读不出，未计入"])
                elif value:
                    note = "原表（六）未细分，计入“其他”" if cell in part.moved else None
                    rows.append([*place, part.unit.code, part.unit.name, value, note])
    return Listing(
        ROLL_UP,
        f"{sum_.unit.name}{year}年度汇总明细",
        "每格由哪些单位的数组成；数为0的不列。用标题行的筛选按钮按栏目或单位查看。",
        (("表", 8), ("行", 40), ("列", 16), ("单位代码", 12), ("单位", 30), ("数", 12), ("备注", 28)),
        rows[:_MOST_ROWS],
    )


def _remarks(sum_: RollUp) -> Listing:
    """Everything the sums do not say by themselves."""
    rows = [[kind, unit, words] for kind, unit, words in _said(sum_)]
    return Listing(
        ROLL_UP_REMARKS,
        "汇总说明",
        "缺报的单位不按0计；带不进本年表式的数只列出，不相加；合计由各分项重新计算。",
        (("事项", 16), ("单位", 30), ("说明", 90)),
        rows,
    )


def _said(sum_: RollUp) -> Iterator[tuple[str, str, str]]:
    for unit in sum_.missing:
        yield "缺报", unit.name, "还没有可用的年报，汇总数不含该单位。"
    for unit in sum_.vertical:
        yield "垂直管理", unit.name, "实行垂直管理，不列入本地汇总。"
    silent: dict[str, tuple[Unit, int]] = {}
    for cell in sum_.edition.cells:
        for unit in sum_.silent(cell):
            silent[unit.code] = (unit, silent.get(unit.code, (unit, 0))[1] + 1)
    for unit, count in silent.values():
        yield "有空格", unit.name, f"有{count}格未填或读不出，这些格的汇总数不含该单位。"
    for part in sum_.parts:
        for cell, value in part.listed.items():
            edition = next(e for e in map(edition_by_id, ("2019", "2021")) if e and cell in e.cell_set)
            yield (
                "表式不同",
                part.unit.name,
                f"{place_words(edition, cell)}{figure(value)}，本年表式没有此项，未相加。",
            )
        if part.moved:
            yield "表式不同", part.unit.name, "“（六）其他处理”未细分，计入“3.其他”。"
    for cell, stated, recomputed, units in sum_.off_totals():
        names = "、".join(unit.name for unit in units[:_MOST_NAMED])
        more = f"等{len(units)}个单位" if len(units) > _MOST_NAMED else ""
        yield (
            "合计不符",
            names + more,
            f"{place_words(sum_.edition, cell)}：各单位所报合计相加为{figure(stated)}，"
            f"由各分项重新计算为{figure(recomputed)}；表内用重新计算的数。",
        )


def _differences(sum_: RollUp, last: Mapping[CellId, Mapping[str, Decimal]], year: int) -> Listing:
    """Cells whose sum changed, and the units that account for most of it."""
    rows: list[list[str | int | Decimal | None]] = []
    for cell in sum_.edition.cells:
        before = last.get(cell)
        if not before:
            continue
        changes = {
            part.unit.name: part.values[cell] - before[part.unit.code]
            for part in sum_.parts
            if cell in part.values and part.unit.code in before
        }
        then = sum((before[part.unit.code] for part in sum_.parts if part.unit.code in before), Decimal(0))
        difference = sum(changes.values(), Decimal(0))
        if not difference:
            continue
        most = sorted(changes.items(), key=lambda item: (-abs(item[1]), item[0]))[:CHANGED_MOST]
        said = "；".join(f"{name}{change:+f}" for name, change in most if change)
        table = sum_.edition.by_id[cell.table]
        rows.append(
            [table.label, table.rows[cell.row].short, table.column_of(cell).short, then, then + difference,
             difference, said]
        )  # fmt: skip
    return Listing(
        ROLL_UP_CHANGES,
        f"{sum_.unit.name}{year}年度与上年比较",
        "只比较两年都报了的单位；变化最大的单位列在最后一栏。",
        (("表", 8), ("行", 40), ("列", 14), ("上年", 12), ("本年", 12), ("增减", 12), ("主要来自", 70)),
        rows,
    )
