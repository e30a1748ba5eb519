"""Where everything of a campaign lies: settings and roster for the officer, four folders, and the ledger."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbook.files.atomic import replace_file
from workbook.problems import UnusableInput, UnwritableOutput

SETTINGS_FILE = "任务设置.xlsx"
ROSTER_FILE = "单位名册.xlsx"
LAST_YEAR_LIST = "上年数核对.xlsx"
OUTBOX, INBOX, RETURNED, RESULTS, LEDGER = "outbox", "inbox", "returned", "results", "ledger"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class CampaignFolder:
    """The paths of one campaign."""

    path: Path

    @property
    def settings(self) -> Path:
        """任务设置.xlsx."""
        return self.path / SETTINGS_FILE

    @property
    def roster(self) -> Path:
        """单位名册.xlsx."""
        return self.path / ROSTER_FILE

    @property
    def last_year_list(self) -> Path:
        """上年数核对.xlsx: what could not be read of last year with certainty."""
        return self.path / LAST_YEAR_LIST

    @property
    def outbox(self) -> Path:
        """What is handed out."""
        return self.path / OUTBOX

    @property
    def inbox(self) -> Path:
        """What comes in; never changed by us."""
        return self.path / INBOX

    @property
    def returned(self) -> Path:
        """Annotated copies and notices."""
        return self.path / RETURNED

    @property
    def results(self) -> Path:
        """Tables, pages, lists."""
        return self.path / RESULTS

    @property
    def ledger(self) -> Path:
        """The ledger's database."""
        return self.path / LEDGER / "ledger.sqlite"

    @property
    def last_year(self) -> Path:
        """Last year's reports by unit; read by every worker, written by init alone."""
        return self.path / LEDGER / "lastyear.sqlite"

    @property
    def key_file(self) -> Path:
        """The campaign's secret key."""
        return self.path / LEDGER / "key"

    @property
    def unpacked(self) -> Path:
        """Members of zips in the inbox, each under its digest."""
        return self.path / LEDGER / "unpacked"

    @property
    def staging(self) -> Path:
        """Annotated copies until it is settled which of them count."""
        return self.path / LEDGER / "staging"

    def make(self) -> None:
        """All folders. Raises UnwritableOutput."""
        for folder in (self.outbox, self.inbox, self.returned, self.results, self.unpacked, self.staging):
            make_folder(folder)

    def is_campaign(self) -> bool:
        """Whether a ledger is there."""
        return self.ledger.is_file()

    def require(self) -> None:
        """Raises UnusableInput where this is no campaign."""
        if not self.is_campaign():
            raise UnusableInput(f"“{self.path}”不是年报任务的文件夹，请先用“新建任务”建立。")

    def relative(self, path: Path) -> str:
        """A path below the campaign as the ledger keeps it: forward slashes on every system."""
        return path.relative_to(self.path).as_posix()


def make_folder(folder: Path) -> None:
    """A folder with its parents. Raises UnwritableOutput."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableOutput(f"建不了文件夹“{folder}”（{error.strerror}），请换一个位置。") from error


def new_key(folder: CampaignFolder) -> bytes:
    """Make the campaign's key, readable by its owner alone where the system can. Raises UnwritableOutput."""
    key = secrets.token_bytes(_KEY_BYTES)
    replace_file(folder.key_file, key.hex().encode("ascii"))
    with contextlib.suppress(OSError):
        os.chmod(folder.key_file, 0o600)  # noqa: PTH101 - on Windows this does no more than it can
    return key


def read_key(folder: CampaignFolder) -> bytes | None:
    """The campaign's key; None where there is none (a folder merged from elsewhere). Raises UnusableInput."""
    if not folder.key_file.is_file():
        return None
    try:
        return bytes.fromhex(folder.key_file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise UnusableInput("任务的密钥文件已损坏，表内标识无法核对；请从备份恢复ledger文件夹。") from error


class Occupied(UnusableInput):
    """Another program is at work on the campaign."""


@contextlib.contextmanager
def only_writer(folder: CampaignFolder) -> Iterator[None]:
    """Keep a second run on the same campaign out; the hold ends with the process, however it dies.

    A database lock is used because it is the one lock that every system frees after a kill.
    """
    path = folder.ledger.with_name("lock.sqlite")
    try:
        hold = sqlite3.connect(path, timeout=0.2, isolation_level=None)
    except sqlite3.Error as error:
        raise UnwritableOutput(f"“{path.parent}”不允许写入，请取得权限，或把任务文件夹移到别处。") from error
    try:
        try:
            hold.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise Occupied("另一个程序正在处理本任务，请等它做完后再试。") from error
        yield
    finally:
        hold.close()
