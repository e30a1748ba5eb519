"""Making a campaign: the folder, its key, settings, roster, and last year's figures."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from workbook.campaign.folder import CampaignFolder, new_key, only_writer
from workbook.campaign.lastyear import entries_for, save_last_year
from workbook.campaign.ledger import Ledger
from workbook.campaign.previous import Previous, read_confirmed, read_previous, write_doubts
from workbook.campaign.roster import read_roster
from workbook.campaign.settings import Settings
from workbook.campaign.settingsbook import settings_book
from workbook.files.atomic import replace_file
from workbook.form.editionfile import edition_for_year
from workbook.problems import UnusableInput


@dataclass(frozen=True, slots=True)
class Opened:
    """A campaign just made: its units, how many have figures of last year, how many figures are doubtful."""

    units: int
    with_last_year: int
    doubtful: int
    unmatched: tuple[str, ...]  # last year's files that belong to nobody, with the reason


def init(
    path: Path, year: int, roster_path: Path, previous: Path | None = None, settings: Settings | None = None
) -> Opened:
    """Make a campaign in a folder. Raises UnusableInput (ListMistakes for the roster), UnwritableOutput."""
    folder = CampaignFolder(path)
    if folder.is_campaign():
        raise UnusableInput(f"“{path}”里已有年报任务，没有改动；请换一个文件夹。")
    if edition_for_year(year) is None:
        raise UnusableInput(f"没有{year}年度的版式，请核对年度。")
    roster = read_roster(roster_path)
    settings = settings or Settings(year, name=f"{year}年度政府信息公开工作年度报告")
    last = read_previous(previous, roster, year - 1) if previous else Previous({}, ())
    folder.make()
    with only_writer(folder):
        new_key(folder)
        replace_file(folder.settings, settings_book(settings))
        replace_file(folder.roster, roster_path.read_bytes())
        entries = entries_for(roster, last.filings, year - 1, {})
        save_last_year(folder.last_year, entries)
        doubtful = write_doubts(folder.last_year_list, roster, dict(entries), last, year - 1)
        # The ledger comes last: until it is there, the folder is no campaign and may be made again.
        with Ledger(folder.ledger, create=True) as ledger, ledger.transaction():
            ledger.note(campaign=secrets.token_hex(8), year=year, roster="")
            ledger.keep_roster(roster)
            ledger.keep_previous(last.filings)
    return Opened(len(roster.units), len(entries), doubtful, last.unmatched)


def take_over_roster(folder: CampaignFolder, ledger: Ledger) -> bool:
    """Read the roster again where its file changed; last year's sums follow. Raises ListMistakes."""
    if not folder.roster.is_file():
        return False
    digest = _digest(folder.roster) + (
        _digest(folder.last_year_list) if folder.last_year_list.is_file() else ""
    )
    if digest == ledger.meta("roster"):
        return False
    roster = read_roster(folder.roster)
    confirmed = read_confirmed(folder.last_year_list)
    save_last_year(folder.last_year, entries_for(roster, ledger.previous(), ledger.year - 1, confirmed))
    with ledger.transaction():
        ledger.keep_roster(roster)
        ledger.note(roster=digest)
    return True


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
