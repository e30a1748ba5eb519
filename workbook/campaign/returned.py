"""returned/: for every unit that has something to mend its own file with our comments, clearly named."""

from __future__ import annotations

import contextlib
from pathlib import Path, PurePosixPath

from workbook.campaign.distribute import file_names
from workbook.campaign.examine import Context, examine
from workbook.campaign.folder import CampaignFolder, make_folder
from workbook.campaign.intake import WORKBOOKS, Arrived
from workbook.campaign.ledger import Ledger
from workbook.campaign.records import Fate, Receipt, State

DONE = "已处理"  # where copies go that nobody has to mend any more
_MARK = "（退回修改）"


def place_returned(folder: CampaignFolder, ledger: Ledger, context: Context) -> int:
    """Put the annotated copy of every report given back into returned/; gives how many are there new.

    Copies that are no longer due move to 已处理. Safe to repeat: what is there already stays.
    """
    make_folder(folder.returned)
    names = file_names(ledger.roster().units, ledger.year)
    receipts = {receipt.key: receipt for receipt in ledger.receipts()}
    copied: dict[str, Receipt] = {}
    for receipt in receipts.values():
        if receipt.fate is Fate.COPIED and receipt.unit is not None:
            copied[receipt.unit] = receipt
    placed = 0
    rows = ledger.connection.execute(
        "SELECT code, state, receipt, returned FROM unit WHERE active"
    ).fetchall()
    for code, state, key, returned in rows:
        due = receipts.get(key) if State(state) is State.RETURNED else None
        if due is None and State(state) is State.MISSING:
            due = copied.get(code)
        wanted = f"{due.key} {due.basis}" if due is not None else None
        if wanted == returned:
            continue
        for old in folder.returned.glob(f"{code} *{_MARK}.xls*"):
            _put_away(old, folder.returned / DONE)
        if due is not None:
            there = _place(folder, context, due, f"{names[code]}{_MARK}")
            if there is None:
                continue  # tried again by the next run
            placed += there
        with ledger.transaction() as connection:
            connection.execute("UPDATE unit SET returned = ? WHERE code = ?", (wanted, code))
    for old in folder.staging.iterdir():
        with contextlib.suppress(OSError):
            old.unlink()
    return placed


def _place(folder: CampaignFolder, context: Context, due: Receipt, name: str) -> bool | None:
    """True: the copy is there; False: there is none to make; None: not this time (the old one is open)."""
    suffix = PurePosixPath(due.path.replace("!", "/")).suffix.lower()
    if suffix not in WORKBOOKS:
        return False
    staged = folder.staging / f"{due.sha256}{suffix}"
    if not staged.is_file():
        # The run that checked it was cut off before it came here.
        location = location_of(folder, due)
        if not location.is_file():
            return False
        item = Arrived(
            due.key, due.path, PurePosixPath(due.path.replace("!", "/")).name, due.sha256, due.size,
            due.arrived, due.arrived, location,
        )  # fmt: skip
        examine([item], context)
    if not staged.is_file():
        return False
    target = folder.returned / f"{name}{suffix}"
    try:
        staged.replace(target)
    except OSError:
        return None  # Windows, and the old copy is open in Excel
    return True


def location_of(folder: CampaignFolder, receipt: Receipt) -> Path:
    """Where the bytes of a received thing are: in the inbox, or put aside from its zip."""
    if "!" not in receipt.path:
        return folder.path / receipt.path
    suffix = PurePosixPath(receipt.path).suffix.lower()
    return folder.unpacked / receipt.sha256[:2] / f"{receipt.sha256}{suffix}"


def _put_away(old: Path, folder: Path) -> None:
    make_folder(folder)
    with contextlib.suppress(OSError):  # open in Excel: it stays until the next run
        old.replace(folder / old.name)
