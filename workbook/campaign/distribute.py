"""Handing out: a workbook a unit, filled in where the campaign knows, and the letter that goes with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from workbook.campaign.folder import CampaignFolder, make_folder, read_key
from workbook.campaign.identity import identity_digest
from workbook.campaign.lastyear import LastYear, LastYearShelf, handed_figures
from workbook.campaign.ledger import Hand, Ledger
from workbook.campaign.links import ensure_links
from workbook.campaign.mould import Casting, Mould
from workbook.campaign.records import Unit
from workbook.campaign.settings import Settings, read_settings
from workbook.files.atomic import replace_file
from workbook.form.edition import Edition
from workbook.form.editionfile import edition_for_year
from workbook.problems import UnusableInput
from workbook.rules.local import localised
from workbook.rules.rulebook import load_rulebook
from workbook.template.lastyear import NOTHING_KNOWN, line_notes

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_LONGEST_NAME = 60  # characters; whole paths stay short enough for Windows
_PLACE = re.compile(r"\{([^{}]*)\}")

_REMARK = "来源：{}。与贵单位留存的年报不同的，请告知下发单位。"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class HandedOutFiles:
    """What was written: workbooks, letters, and how many units have no figures of last year."""

    books: int
    letters: int
    without_last_year: int


def distribute(folder: CampaignFolder, progress: Progress | None = None) -> HandedOutFiles:
    """Write every unit's workbook (and letter) into outbox. Raises UnusableInput, UnwritableOutput."""
    folder.require()
    settings = read_settings(folder.settings)
    key = read_key(folder)
    if key is None:
        raise UnusableInput("本任务没有密钥文件，不能下发；请用新建任务时的文件夹。")
    edition, last = edition_for_year(settings.year), edition_for_year(settings.year - 1)
    if edition is None:
        raise UnusableInput(f"没有{settings.year}年度的版式。")
    rulebook = localised(load_rulebook(), settings.local)
    with Ledger(folder.ledger) as ledger:
        units, campaign = ledger.roster().units, ledger.campaign
        ensure_links(ledger, Hand.mine())
        links = ledger.links()
    moulds: dict[tuple[str | None, str], Mould] = {}
    letters = without = 0
    make_folder(folder.outbox)
    names = file_names(units, settings.year)
    with LastYearShelf(folder.last_year) as shelf:
        for number, unit in enumerate(units, start=1):
            kind = unit.level, unit.scope
            if kind not in moulds:
                moulds[kind] = Mould(edition, rulebook, settings.year, *kind, last or edition)
            known = shelf.get(unit.code)
            without += known is None
            casting = _casting(unit, campaign, key, edition, last or edition, settings.year, known)
            name = names[unit.code]
            replace_file(folder.outbox / f"{name}.xlsx", moulds[kind].cast(casting), sync=False)
            text = letter_text(settings, unit, links.get(unit.code, ""))
            if text:
                # With a byte order mark Windows' notepad of any age takes it for what it is.
                replace_file(folder.outbox / f"{name}（通知）.txt", text.encode("utf-8-sig"), sync=False)
                letters += 1
            if progress is not None:
                progress(number, len(units))
    return HandedOutFiles(len(units), letters, without)


def unit_book(folder: CampaignFolder, code: str) -> tuple[str, bytes]:
    """One unit's form as it is handed out, and the name it goes under. Raises UnusableInput."""
    settings, key = read_settings(folder.settings), read_key(folder)
    edition, last = edition_for_year(settings.year), edition_for_year(settings.year - 1)
    if key is None or edition is None:
        raise UnusableInput("本任务不能下发，请联系政务公开办公室。")
    rulebook = localised(load_rulebook(), settings.local)
    with Ledger(folder.ledger) as ledger, LastYearShelf(folder.last_year) as shelf:
        unit, campaign, known = ledger.unit(code), ledger.campaign, shelf.get(code)
    mould = Mould(edition, rulebook, settings.year, unit.level, unit.scope, last or edition)
    book = mould.cast(_casting(unit, campaign, key, edition, last or edition, settings.year, known))
    return f"{file_names((unit,), settings.year)[unit.code]}.xlsx", book


def _casting(
    unit: Unit, campaign: str, key: bytes, edition: Edition, last: Edition, year: int, known: LastYear | None
) -> Casting:
    notes = dict(known.notes) if known else {}
    if known is not None:
        notes |= {cell: f"未能读准，请自行核对（{why}）" for cell, why in known.doubts.items()}
    return Casting(
        unit=unit,
        campaign=campaign,
        digest=identity_digest(key, campaign, unit.code, edition.id, year),
        remark=_REMARK.format(known.source) if known else NOTHING_KNOWN,
        figures=handed_figures(known, year - 1),
        notes=line_notes(last, notes),
    )


def file_names(units: tuple[Unit, ...], year: int) -> dict[str, str]:
    """A file name (without suffix) a unit that a person finds: 0101 某市科学技术局 2025年度.

    The code in front keeps the roster's grouping and makes names unique.
    """
    return {
        unit.code: f"{unit.code} {safe_file_name(unit.name)} {year}年度"
        + ("（全口径）" if unit.scope == "consolidated" else "")
        for unit in units
    }


def safe_file_name(text: str) -> str:
    """A unit's name as part of a file name on any system."""
    return _NOT_IN_NAMES.sub("", text).strip(" .")[:_LONGEST_NAME] or "单位"


def letter_text(settings: Settings, unit: Unit, code: str = "") -> str:
    """The letter to one unit; "" where the settings have none.

    `code` is the unit's own for handing in through the desk; a line about it is left out where there is none.
    """
    if not any(settings.letter):
        return ""
    words = {
        "单位": unit.name,
        "年度": str(settings.year),
        "报送期限": chinese_date(settings.due_for(unit)),
        "公布期限": chinese_date(settings.publish_due_for(unit)),
        "主办单位": settings.office,
        "通知文号": settings.notice,
        "联系人": settings.contact,
        "联系电话": settings.telephone,
    }
    online = (
        {"报送网址": link_of(settings.address, code), "报送码": code} if settings.address and code else {}
    )
    kept = [line for line in settings.letter if online or not ("{报送网址}" in line or "{报送码}" in line)]
    lines = [_PLACE.sub(lambda match: (words | online).get(match[1], match[0]), line) for line in kept]
    return "\r\n".join(lines) + "\r\n"


def link_of(address: str, code: str) -> str:
    """The page of the desk at an address on which the unit with this code hands in."""
    return f"{address.rstrip('/')}/u/{code}"


def chinese_date(day: date | None) -> str:
    """2026年1月31日; （未定） where there is none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "（未定）"
