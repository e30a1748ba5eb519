"""Writing the results of a campaign: the workbook, the lists, the page, the notices, the sums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from workbook.campaign.folder import CampaignFolder
from workbook.campaign.records import State, Unit
from workbook.files.atomic import replace_file
from workbook.form.edition import CellId
from workbook.form.facts import number_json
from workbook.problems import UnusableInput
from workbook.results.gathering import Gathered, gather
from workbook.results.lists import result_tables, written_out
from workbook.results.notice import notice
from workbook.results.page import results_page
from workbook.results.resultsbook import results_book
from workbook.results.rollup import ALL, OWN_LEVEL, RollUp, roll_up
from workbook.results.rollupbook import roll_up_book
from workbook.rules.rulebook import load_rulebook

RESULTS_BOOK, RESULTS_PAGE, LISTS = "汇总.xlsx", "报送与核对情况.html", "CSV"
NOTICE_PREFIX = "整改通知"
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True)
class Written:
    """What was written: the files, and the campaign as it was read for them."""

    paths: tuple[Path, ...]
    gathered: Gathered


def write_results(path: Path, today: date) -> Written:
    """results/ anew, and a 整改通知 for each unit given back. Raises UnusableInput, UnwritableOutput."""
    folder = CampaignFolder(path)
    gathered, rulebook = gather(folder, today), load_rulebook()
    tables = result_tables(gathered, rulebook)
    book, page = folder.results / RESULTS_BOOK, folder.results / RESULTS_PAGE
    (folder.results / LISTS).mkdir(parents=True, exist_ok=True)
    replace_file(book, results_book(tables, gathered), sync=False)
    replace_file(page, results_page(gathered, rulebook), sync=False)
    for name, data in written_out(tables):
        replace_file(folder.results / LISTS / name, data, sync=False)
    return Written((book, page, *_notices(gathered)), gathered)


def _notices(gathered: Gathered) -> list[Path]:
    """A letter for each unit given back; letters of units that have mended everything go."""
    home = gathered.folder.returned
    home.mkdir(parents=True, exist_ok=True)
    wanted: dict[str, bytes] = {}
    for item in gathered.states:
        if item.state is State.RETURNED and gathered.leads(item.unit.code):
            name = f"{NOTICE_PREFIX}（{_safe(item.unit.name)}）{item.unit.code}.docx"
            wanted[name] = notice(item, gathered)
    for old in home.glob(f"{NOTICE_PREFIX}（*.docx"):
        if old.name not in wanted:
            old.unlink(missing_ok=True)
    for name, data in wanted.items():
        replace_file(home / name, data, sync=False)
    return [home / name for name in wanted]


def consolidate(path: Path, code: str | None, today: date) -> tuple[Path, Path, RollUp]:
    """The sums for a unit (None: all) in the statutory form, 全口径 and 本级 apart, in results/.

    Raises UnusableInput for a unit that is not on the roster or has nobody below it.
    """
    folder = CampaignFolder(path)
    gathered = gather(folder, today)
    unit = _unit(gathered, code)
    by_cell: dict[CellId, dict[str, Decimal]] = {}
    for member, figures in gathered.last.items():
        for cell, value in figures.items():
            by_cell.setdefault(cell, {})[member] = value
    written = []
    sums = []
    for scope, words in ((ALL, "全口径"), (OWN_LEVEL, "本级")):
        sum_ = roll_up(gathered.roster, gathered.reports, unit, gathered.edition, scope)
        name = f"{_safe(sum_.unit.name)}{gathered.settings.year}年度汇总（{words}）.xlsx"
        target = folder.results / name
        replace_file(target, roll_up_book(sum_, gathered.settings.year, load_rulebook(), by_cell), sync=False)
        written.append(target)
        sums.append(sum_)
    return written[0], written[1], sums[0]


def roll_up_document(sum_: RollUp, paths: Sequence[Path]) -> dict[str, Any]:
    """The sums for machines: figures by id, units in and not in them."""
    return {
        "unit": sum_.unit.code or None,
        "name": sum_.unit.name,
        "edition": sum_.edition.id,
        "files": [str(path) for path in paths],
        "figures": {str(cell): number_json(value) for cell, value in sum_.figures.items()},
        "units": [part.unit.code for part in sum_.parts],
        "missing": [unit.code for unit in sum_.missing],
        "vertical": [unit.code for unit in sum_.vertical],
        "listed": [
            {"unit": part.unit.code, "concept": str(cell), "value": number_json(value)}
            for part in sum_.parts
            for cell, value in part.listed.items()
        ],
    }


def _unit(gathered: Gathered, code: str | None) -> Unit | None:
    if code is not None:
        found = [unit for unit in gathered.roster.units if code in (unit.code, unit.name)]
        if not found:
            raise UnusableInput(f"名册中没有“{code}”。")
        if not gathered.roster.children(found[0].code):
            raise UnusableInput(f"“{found[0].name}”下面没有单位，不用汇总。")
        return found[0]
    tops = gathered.roster.children(None)
    return tops[0] if len(tops) == 1 and gathered.roster.children(tops[0].code) else None


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name)[:60]
