"""Reports for the narrative's tests: the balanced city report, a township of zeros, the 2019 report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from workbook.form.edition import CellId
from workbook.form.editionfile import edition_by_id
from workbook.form.facts import read_facts
from workbook.form.filing import Fact, Filing, Organ
from workbook.locate.causes import group_causes
from workbook.resources import template_folder
from workbook.rules.checker import check_filing
from workbook.rules.findings import CheckResult
from workbook.rules.rulebook import load_rulebook

Figures = Mapping[CellId, Decimal | int | str]

TOWNSHIP = Organ("某镇人民政府", "township")

# A city's consolidated report of 2025 whose 42 equalities hold, row by row in the form's order, 总计 last.
_CITY_PROACTIVE = {"regulations": "3 5 74", "normative_documents": "564 984 4185"}
_CITY_APPLICATIONS = {
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
_COLUMNS = {
    "proactive": "issued repealed in_force",
    "applications": "natural_person business research public_interest legal_services other total",
    "challenges": "upheld corrected other pending total",
}


def city() -> Filing:
    """The city's report."""
    facts: dict[CellId, Decimal | int | str] = {}
    tables = {
        "proactive": _CITY_PROACTIVE,
        "applications": _CITY_APPLICATIONS,
        "challenges": _CITY_CHALLENGES,
    }
    for table, rows in tables.items():
        for row, figures in rows.items():
            for column, value in zip(_COLUMNS[table].split(), figures.split(), strict=True):
                facts[CellId(table, row, column)] = value
    facts |= {
        CellId("proactive", "licences", "decisions"): 11398889,
        CellId("proactive", "penalties", "decisions"): 6937489,
        CellId("proactive", "coercive_measures", "decisions"): 166105,
        CellId("proactive", "fees", "amount"): 316441,
    }
    return report(facts, "2021", 2025, Organ("某市人民政府", "prefecture"), "consolidated")


def report(
    figures: Figures,
    edition_id: str,
    year: int,
    organ: Organ = TOWNSHIP,
    scope: str = "own",
) -> Filing:
    """A report with these figures, 0 in every other cell."""
    edition = edition_by_id(edition_id)
    assert edition is not None and set(figures) <= edition.cell_set
    facts = {cell: fact(cell, figures.get(cell, 0)) for cell in edition.cells}
    return Filing(organ, year, edition_id, scope, facts)


def fact(cell: CellId, value: Decimal | int | str) -> Fact:
    """A figure as typed."""
    return Fact(cell, Decimal(value), Decimal(value))


def changed(filing: Filing, **figures: Decimal | int | str) -> Filing:
    """The same report with other figures, named with __ for the points: received__total=3 (表三)."""
    facts = dict(filing.facts)
    for name, value in figures.items():
        row, _, column = name.replace("__", ".").rpartition(".")
        cell = CellId("applications", row, column)
        assert cell in facts
        facts[cell] = fact(cell, value)
    return replace(filing, facts=facts)


def ningbo() -> Filing:
    """The real 2019 report: （七）总计 is 0 in two columns, 表四 is missing."""
    return read_facts(template_folder() / "ningbo-2019.json")


def checked(filing: Filing, prior: Filing | None = None) -> CheckResult:
    """The report held against the rule book, findings grouped."""
    book = load_rulebook()
    return group_causes(check_filing(filing, book, prior), book)
