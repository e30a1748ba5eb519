"""Filings for the tests: the real 2019 report, a large city's report, and random ones from a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import edition_by_id
from workbook.form.facts import filing_from_document, read_facts
from workbook.form.filing import Filing

TEMPLATES = Path(__file__).parents[2] / "templates"

COLUMNS = ("natural_person", "business", "research", "public_interest", "legal_services", "other")


def edition(edition_id: str) -> Edition:
    """An edition that is known to be there."""
    found = edition_by_id(edition_id)
    assert found is not None
    return found


def ningbo() -> Filing:
    """The real 2019 report, as published."""
    return read_facts(TEMPLATES / "ningbo-2019.json")


_CITY = {
    "received": "13612 252 0 45 128 32 14069",
    "brought_forward": "535 6 0 1 18 0 560",
    "dispositions.granted": "5345 129 0 41 19 14 5548",
    "dispositions.granted_in_part": "2120 39 0 1 6 2 2168",
    "dispositions.denied.state_secret": "13 0 0 0 0 0 13",
    "dispositions.denied.barred_by_law": "30 0 0 0 0 0 30",
    "dispositions.denied.public_safety": "11 0 0 0 0 0 11",
    "dispositions.denied.third_party": "49 2 0 0 0 0 51",
    "dispositions.denied.internal_affairs": "103 1 0 0 0 0 104",
    "dispositions.denied.deliberative": "84 1 0 0 0 0 85",
    "dispositions.denied.enforcement_file": "282 4 0 0 0 0 286",
    "dispositions.denied.enquiry_matter": "147 0 0 0 1 2 150",
    "dispositions.unable_to_provide.not_held": "3075 50 0 0 89 8 3222",
    "dispositions.unable_to_provide.needs_compiling": "177 3 0 0 0 0 180",
    "dispositions.unable_to_provide.still_unclear": "19 0 0 0 0 0 19",
    "dispositions.declined.petition": "199 1 0 0 3 0 203",
    "dispositions.declined.duplicate": "147 1 0 0 0 0 148",
    "dispositions.declined.publication": "0 0 0 0 0 0 0",
    "dispositions.declined.excessive": "100 1 0 0 0 0 101",
    "dispositions.declined.reissue": "5 0 0 0 0 0 5",
    "dispositions.other.not_supplemented": "315 3 0 0 0 0 318",
    "dispositions.other.fee_unpaid": "202 0 0 1 0 0 203",
    "dispositions.other.rest": "941 17 0 1 3 3 965",
    "dispositions.total": "13364 252 0 44 121 29 13810",
    "carried_forward": "783 6 0 2 25 3 819",
}
_CITY_CHALLENGES = {
    "reconsideration": "376 97 196 121 790",
    "litigation_direct": "16 1 12 27 56",
    "litigation_after_reconsideration": "74 1 30 51 156",
}
_CITY_PROACTIVE = {
    "proactive.regulations[issued]": 3,
    "proactive.regulations[repealed]": 5,
    "proactive.regulations[in_force]": 74,
    "proactive.normative_documents[issued]": 564,
    "proactive.normative_documents[repealed]": 984,
    "proactive.normative_documents[in_force]": 4185,
    "proactive.licences[decisions]": 11398889,
    "proactive.penalties[decisions]": 6937489,
    "proactive.coercive_measures[decisions]": 166105,
    "proactive.fees[amount]": 316441,
}


def city() -> Filing:
    """A large city's consolidated report of 2025, all 42 equalities holding, totals typed."""
    facts: dict[str, object] = dict(_CITY_PROACTIVE)
    for row, figures in _CITY.items():
        for column, figure in zip((*COLUMNS, "total"), figures.split(), strict=True):
            facts[f"applications.{row}[{column}]"] = int(figure)
    for row, figures in _CITY_CHALLENGES.items():
        columns = ("upheld", "corrected", "other", "pending", "total")
        for column, figure in zip(columns, figures.split(), strict=True):
            facts[f"challenges.{row}[{column}]"] = int(figure)
    return filing_from_document(
        {
            "organ": {"name": "某市人民政府", "level": "prefecture", "may_make_rules": True},
            "year": 2025,
            "edition": "2021",
            "scope": "consolidated",
            "facts": facts,
            "sections": {
                "preamble": "根据《中华人民共和国政府信息公开条例》要求，编制本报告。",
                "overview": "2025年，全市主动公开工作平稳推进。\n依申请公开办理规范。",
                "problems": "一是基层人员变动较多。二是公开平台有待整合。\n下一步加强培训，统一平台。",
                "other": "本年度发出收费通知203件，总金额10150元，实际收取0元。",
            },
        },
        "city",
    )


def filing(edition_id: str, facts: dict[str, object], declared: bool = False, **more: object) -> Filing:
    """A filing with these figures, everything else blank."""
    document = {"edition": edition_id, "facts": facts, "declared_zero": declared, **more}
    return filing_from_document(document, "test")


def balanced_facts(form: Edition, dice: random.Random, largest: int) -> dict[str, object]:
    """Figures of 表二, 表三 and 表四 that fit together, totals included."""
    facts: dict[CellId, Decimal] = {}
    for cell in form.by_id["proactive"].cells:
        facts[cell] = Decimal(dice.randrange(0, largest))
        if form.kind(cell).value == "amount" and dice.random() < 0.5:
            facts[cell] += Decimal(dice.randrange(0, 10**6)) / 10**6
    table = form.by_id["applications"]
    leaves = table.rows["dispositions"].addends
    for column in COLUMNS:
        total = Decimal(0)
        for line in leaves:
            figure = Decimal(dice.randrange(0, largest) if dice.random() < 0.4 else 0)
            facts[CellId("applications", line.id, column)] = figure
            total += figure
        carried = Decimal(dice.randrange(0, largest))
        brought = Decimal(dice.randrange(0, int(total + carried) + 1))
        facts[CellId("applications", "carried_forward", column)] = carried
        facts[CellId("applications", "brought_forward", column)] = brought
        facts[CellId("applications", "received", column)] = total + carried - brought
    for cell in form.by_id["challenges"].inputs:
        facts[cell] = Decimal(dice.randrange(0, largest))
    for total_cell, parts in form.totals.items():
        facts[total_cell] = sum((facts[part] for part in parts), Decimal(0))
    return {str(cell): figure for cell, figure in facts.items()}


def random_filings(edition_id: str, typed: bool, count: int, seed: int) -> Iterator[tuple[str, Filing]]:
    """Filings of several kinds: balanced, one figure changed, blanks, signs for figures, declared zeros.

    Without typed totals most totals are left to the form's formulas.
    """
    dice = random.Random(f"{seed}-{edition_id}-{typed}")
    form = edition(edition_id)
    checked = [cell for cell in form.cells if cell.table != "proactive"]
    for number in range(count):
        facts = balanced_facts(form, dice, dice.choice((2, 10, 3000)))
        if not typed:
            kept = set(dice.sample(sorted(form.totals), k=dice.choice((0, 0, 0, 1, 3))))
            for cell in form.totals:
                if cell not in kept:
                    del facts[str(cell)]  # left out, not null: a null total is a blank constant
        kind = ("balanced", "changed", "blanks", "changed and blanks", "signs", "declared")[number % 6]
        if "changed" in kind:
            victim = str(dice.choice([cell for cell in checked if str(cell) in facts]))
            facts[victim] = Decimal(str(facts[victim])) + dice.choice((-1, 1, 9, 100))
        if kind in ("blanks", "changed and blanks", "declared"):
            for cell in dice.sample(checked, k=dice.choice((1, 2, 12))):
                facts[str(cell)] = None
        if kind in ("signs", "declared"):
            for cell in dice.sample(checked, k=dice.choice((0, 1, 2))):
                if facts.get(str(cell)) is not None:
                    facts[str(cell)] = dice.choice(("/", "无", "约十件"))
        declared = kind == "declared" and dice.random() < 0.8
        label = f"{edition_id} {'typed' if typed else 'formula'} {number} {kind}"
        yield label, filing(edition_id, facts, declared)
