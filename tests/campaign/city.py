"""A small city for tests: a roster on three levels, filled forms, and the ways in which files come back."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.filled import type_into, zeros
from workbook.campaign.distribute import distribute, file_names
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Hand, Ledger
from workbook.campaign.opening import init
from workbook.campaign.recheck import Rechecked, recheck
from workbook.campaign.records import Receipt, Unit, UnitState
from workbook.campaign.roster import Roster
from workbook.campaign.rosterbook import roster_book
from workbook.campaign.settings import Settings, read_settings
from workbook.files.amend import Amendment, CellValue, amend
from workbook.files.scan import read_grid
from workbook.form.editionfile import edition_for_year
from workbook.form.facts import filing_from_document
from workbook.form.reader import read_filing
from workbook.resources import template_folder
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book, master_file_name

YEAR = 2025
_FORM = edition_for_year(YEAR)
assert _FORM is not None
MASTER = template_folder() / master_file_name(_FORM)
NOON = dt.datetime(2026, 1, 20, 12, 0, tzinfo=dt.UTC)
OFFICER = Hand("某科员", dt.datetime(2026, 1, 25, 9, 0, tzinfo=dt.UTC))

UNITS = (
    Unit("01", "某市人民政府", level="prefecture", kind="government", scope="consolidated"),
    Unit("0100", "某市人民政府办公室", level="office", parent="01", kind="own_office", rule_power=True),
    Unit("0101", "某市科学技术局", ("科技局",), "prefecture_department", "01"),
    Unit("0102", "某市财政局", (), "prefecture_department", "01"),
    Unit("0103", "某市气象局", (), "prefecture_department", "01", vertical=True),
    Unit("02", "某市某县人民政府", level="county", parent="01", kind="government", scope="consolidated"),
    Unit("0201", "某县教育局", (), "county_department", "02"),
    Unit("0202", "某县财政局", (), "county_department", "02"),
    Unit("0203", "某县某某镇人民政府", (), "township", "02", kind="government"),
)


def roster_of(units: tuple[Unit, ...] = UNITS) -> Roster:
    return Roster(units)


def save_roster(path: Path, units: tuple[Unit, ...] = UNITS) -> Path:
    path.write_bytes(roster_book(Roster(units)))
    return path


def open_campaign(
    folder: Path,
    units: tuple[Unit, ...] = UNITS,
    previous: Path | None = None,
    settings: Settings | None = None,
) -> CampaignFolder:
    """A campaign of these units, made but not handed out."""
    roster = save_roster(folder.with_name(f"{folder.name}名册.xlsx"), units)
    init(folder, YEAR, roster, previous, settings)
    return CampaignFolder(folder)


def book_of(folder: CampaignFolder, unit: str) -> Path:
    """The workbook that was handed out to a unit."""
    with Ledger(folder.ledger) as ledger:
        names = file_names(ledger.roster().units, ledger.year)
    return folder.outbox / f"{names[unit]}.xlsx"


def hand_in(
    folder: CampaignFolder,
    unit: str,
    figures: Mapping[str, Any] | None = None,
    name: str | None = None,
    when: dt.datetime = NOON,
) -> Path:
    """A unit fills its form (zeros where nothing is said) and sends it."""
    target = folder.inbox / (name or book_of(folder, unit).name)
    target.parent.mkdir(parents=True, exist_ok=True)
    filled(book_of(folder, unit), zeros("2021", totals=False) | dict(figures or {}), target)
    stamp(target, when)
    return target


@lru_cache(maxsize=2)
def _places(form: bytes) -> dict[str, tuple[str, str]]:
    """Where every figure of the edition stands; the same in every form that was handed out."""
    filing = read_filing(read_grid(form))
    return {
        str(cell): (fact.place.sheet, fact.place.cell) for cell, fact in filing.facts.items() if fact.place
    }


def filled(form: Path, figures: Mapping[str, Any], target: Path) -> Path:
    """Figures typed into a form that is read only once for all units."""
    places = _places(MASTER.read_bytes())
    values = tuple(CellValue(*places[cell], value) for cell, value in figures.items())
    amend(form, target, Amendment(values=values, remove_own=False))
    return target


def send_back(
    folder: CampaignFolder, unit: str, figures: Mapping[str, Any], name: str, when: dt.datetime
) -> Path:
    """The commented copy, mended and returned."""
    (copy,) = folder.returned.glob(f"{unit} *（退回修改）.xlsx")
    target = type_into(copy, figures, folder.inbox / name)
    stamp(target, when)
    return target


def stamp(path: Path, when: dt.datetime) -> Path:
    os.utime(path, (when.timestamp(), when.timestamp()))
    return path


def plain_form(path: Path, organ: str, figures: Mapping[str, Any] | None = None, **more: Any) -> Path:
    """A form that no campaign handed out."""
    document = {
        "organ": {"name": organ},
        "year": YEAR,
        "edition": "2021",
        "scope": "own",
        "facts": zeros("2021", totals=False) | dict(figures or {}),
    } | more
    filing = filing_from_document(json.loads(json.dumps(document)), path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(build_book(filing.edition, load_rulebook(), filing=filing))
    return stamp(path, NOON)


def check(folder: CampaignFolder, **options: Any) -> Rechecked:
    """Recheck in this process, by the tests' officer."""
    return recheck(folder, **{"workers": 1, "hand": OFFICER} | options)


def states_of(folder: CampaignFolder) -> dict[str, UnitState]:
    with Ledger(folder.ledger) as ledger:
        return {state.unit.code: state for state in ledger.states(read_settings(folder.settings))}


def receipts_of(folder: CampaignFolder) -> dict[str, Receipt]:
    """Receipts by the last part of their path."""
    with Ledger(folder.ledger) as ledger:
        return {receipt.path.split("/")[-1]: receipt for receipt in ledger.receipts()}


def handed_out(folder: Path, **options: Any) -> CampaignFolder:
    """A campaign made and handed out."""
    made = open_campaign(folder, **options)
    distribute(made)
    return made
