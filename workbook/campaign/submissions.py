"""Reports handed in through the desk: storing what came, the receipt that proves it, settling.

A receipt is given once the file lies in the inbox and the ledger has said so to the disk; examining and
settling follow, by the desk or by whichever recheck comes first.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from workbook.campaign.distribute import safe_file_name
from workbook.campaign.examine import Examined
from workbook.campaign.folder import CampaignFolder, make_folder, only_writer
from workbook.campaign.intake import READABLE, receipt_key
from workbook.campaign.ledger import Hand, Ledger
from workbook.campaign.recheck import record
from workbook.campaign.records import Submission, Unit
from workbook.campaign.settle import settle_unit
from workbook.campaign.states import FIXED
from workbook.files.atomic import replace_file
from workbook.form.checkcode import spelled
from workbook.problems import UnusableInput

ARRIVALS = "网页报送"  # the folder in the inbox
_A_MOMENT = timedelta(microseconds=1)
_LONGEST_STEM = 50  # characters; names on the disk have 255 bytes


def receipt_code(key: bytes, campaign: str, unit: str, path: str, sha256: str, at: datetime) -> str:
    """The check code of a receipt: only the campaign's key makes it, for this file at this moment."""
    said = "\n".join(f"{len(part)}:{part}" for part in (campaign, unit, path, sha256, at.isoformat()))
    return spelled(hmac.new(key, f"receipt\n{said}".encode(), hashlib.sha256).digest())


def is_honoured(submission: Submission, key: bytes, campaign: str) -> bool:
    """Whether a receipt in the ledger is the one that was given: nothing in its row has been changed."""
    wanted = receipt_code(key, campaign, submission.unit, submission.path, submission.sha256, submission.at)
    return hmac.compare_digest(wanted, submission.code)


def is_kept(folder: CampaignFolder, submission: Submission) -> bool:
    """Whether the file still lies in the inbox as it came."""
    try:
        return hashlib.sha256((folder.path / submission.path).read_bytes()).hexdigest() == submission.sha256
    except OSError:
        return False


def hand_in(
    folder: CampaignFolder,
    key: bytes,
    unit: Unit,
    name: str,
    data: bytes,
    said: Mapping[str, str],
    hand: Hand,
) -> Submission:
    """Store a report as it came and give its receipt; the same report handed in again has the same one.

    Raises UnusableInput where the unit is locked, sends an earlier draft or a kind of file that is not taken;
    UnwritableOutput.
    """
    if PurePosixPath(name).suffix.lower() not in READABLE:
        raise UnusableInput("这种文件不能报送，请报送填好的年报表（.xlsx）。")
    sha256 = hashlib.sha256(data).hexdigest()
    home = folder.inbox / ARRIVALS / f"{unit.code} {safe_file_name(unit.name)}"
    make_folder(home)
    # The moment and chance in front: no two files meet, and a folder sorted by name is in order.
    told = PurePosixPath(name)
    stem = f"{hand.at:%Y%m%d-%H%M%S}-{secrets.token_hex(3)} {told.stem[:_LONGEST_STEM]}"
    location = home / f"{stem}{told.suffix}"
    replace_file(location, data)
    kept = False
    try:
        with Ledger(folder.ledger) as ledger:
            ledger.connection.execute("PRAGMA synchronous = FULL")  # a receipt outlives a power failure
            with ledger.transaction():
                earlier = ledger.submissions(unit.code)
                again = _again(earlier, sha256, said)
                if again is not None:
                    return again
                state, _, _ = ledger.state_of(unit.code)
                if state in FIXED:
                    raise UnusableInput(
                        f"贵单位的年报“{state.label}”，不能再报；确需更改的，请联系政务公开办公室重新打开。"
                    )
                at = max([hand.at.astimezone(UTC), *(item.at + _A_MOMENT for item in earlier[-1:])])
                path = folder.relative(location)
                submission = Submission(
                    receipt_code(key, ledger.campaign, unit.code, path, sha256, at),
                    unit.code, receipt_key(path, sha256), path, name, sha256, len(data), at, hand.who,
                    dict(said),
                )  # fmt: skip
                ledger.keep_submission(submission)
        kept = True
    finally:
        if not kept:
            with suppress(OSError):
                location.unlink()
    return submission


def _again(earlier: Sequence[Submission], sha256: str, said: Mapping[str, str]) -> Submission | None:
    """The receipt of the very same report, where it was the last; an older draft is not taken again."""
    same = [item for item in earlier if item.sha256 == sha256]
    if not same:
        return None
    if same[-1] is earlier[-1] and dict(same[-1].said) == dict(said):
        return same[-1]
    day = same[-1].at.astimezone()
    raise UnusableInput(
        f"这份文件与{day.month}月{day.day}日{day:%H:%M}报过的一份完全相同，没有重复接收。"
        "只改了说明、或确要恢复旧稿的，请在表中打开后另存一次再报。"
    )


def take_in_answers(folder: CampaignFolder, answers: Sequence[Examined], hand: Hand) -> None:
    """What examining came to, into the ledger, and the units settled. Raises Occupied."""
    with only_writer(folder), Ledger(folder.ledger) as ledger, ledger.transaction():
        units: dict[str, None] = {}
        for answer in answers:
            record(ledger, answer)
            if answer.row["unit"] is not None:
                units[answer.row["unit"]] = None
        active = {unit for (unit,) in ledger.connection.execute("SELECT code FROM unit WHERE active")}
        for unit in units:
            if unit in active:
                settle_unit(ledger, unit, hand)
