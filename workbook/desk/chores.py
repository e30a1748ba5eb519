"""The officer's long work, in a process of its own: recheck, results, sums, everything as a zip."""

from __future__ import annotations

import contextlib
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Hand
from workbook.campaign.recheck import recheck as recheck_campaign
from workbook.results.write import consolidate, write_results


def ready() -> bool:
    """Nothing is loaded before an officer asks for something."""
    return True


def recheck(path: Path, who: str) -> str:
    """Take in whatever lies in the inbox and write the results anew; gives what was done in words."""
    hand = Hand(who, Hand.mine().at)
    # In this process: it is one of the desk's own, which may not start others.
    done = recheck_campaign(CampaignFolder(path), workers=1, hand=hand)
    write_results(path, hand.at.date())
    return (
        f"收件箱里有{done.received}个文件，本次核查{done.examined}个，"
        f"写出带批注的副本{done.returned}份；汇总结果已更新。"
    )


def results(path: Path) -> str:
    """The results anew, without looking into the inbox."""
    write_results(path, _today())
    return "汇总结果已更新。"


def roll_up(path: Path) -> str:
    """The sums in the statutory form; gives what they are made of in words."""
    _, _, sums = consolidate(path, None, _today())
    missing = f"；缺报{len(sums.missing)}个单位，没有按0计" if sums.missing else ""
    return f"已汇总{len(sums.parts)}份年报{missing}。"


def _today() -> Any:
    return datetime.now().astimezone().date()


def everything(path: Path, target: Path) -> None:
    """What came in, what was made of it, lists and ledger in one zip; neither key nor anybody's secret."""
    folder = CampaignFolder(path)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in (folder.settings, folder.roster, folder.last_year_list):
            if file.is_file():
                archive.write(file, file.name)
        for part in (folder.inbox, folder.returned, folder.results, folder.outbox):
            for file in _files(part):
                # A file that goes while we look at it is not missed.
                with contextlib.suppress(OSError):
                    archive.write(file, folder.relative(file), _kind(file))
        copy = target.with_suffix(".sqlite")
        _snapshot(folder.ledger, copy)
        archive.write(copy, folder.relative(folder.ledger))
        copy.unlink()


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink())


def _kind(file: Path) -> int:
    packed = file.suffix.lower() in (".xlsx", ".xlsm", ".docx", ".zip")
    return zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED


def _snapshot(ledger: Path, copy: Path) -> None:
    """The ledger as it is at one moment, while others write."""
    with (
        contextlib.closing(sqlite3.connect(ledger)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        # Codes with which a unit can be impersonated are no business of an archive.
        target.execute("DELETE FROM link")
        target.commit()
        target.execute("VACUUM")


TASKS: Mapping[str, Callable[..., Any]] = {
    task.__name__: task for task in (ready, recheck, results, roll_up, everything)
}
