"""The campaign behind the desk, as the web process sees it: whose code, how a unit stands, one writer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from workbook.campaign.folder import CampaignFolder, Occupied, only_writer, read_key
from workbook.campaign.ledger import Hand, Ledger
from workbook.campaign.links import ensure_links, typed_code
from workbook.campaign.records import Receipt, StoredFinding, Submission, Unit, UnitState
from workbook.campaign.settings import Settings, need_same_year, read_settings
from workbook.campaign.settle import settle
from workbook.campaign.submissions import hand_in, is_honoured, is_kept
from workbook.desk.dropped import CampaignAt, UnitCase
from workbook.problems import UnusableInput

_T = TypeVar("_T")
_PATIENCE = 20.0  # seconds for a decision to wait while something else writes
AUTOMATIC = "自动核查"  # who checked what came in, in the history


@dataclass(frozen=True)
class Standing:
    """A unit's page: where it stands, its report that counts with its findings, everything it handed in."""

    state: UnitState
    findings: tuple[StoredFinding, ...]
    submissions: tuple[Submission, ...]

    @property
    def leads(self) -> list[StoredFinding]:
        """One finding a slip, the gravest first."""
        found = [item for item in self.findings if item.lead]
        return sorted(found, key=lambda item: (item.severity.rank, item.number))


class Campaign:
    """One campaign's folder; every method blocks and is called from a thread."""

    def __init__(self, path: Path) -> None:
        """Raises UnusableInput where the folder is no campaign, or has lost its key or settings."""
        self.folder = CampaignFolder(path)
        self.folder.require()
        key = read_key(self.folder)
        if key is None:
            raise UnusableInput("本任务没有密钥文件，不能收件；请用新建任务时的文件夹。")
        self._key = key
        self._settings: tuple[int, Settings] | None = None
        self._turn = threading.Lock()
        with self.ledger() as ledger:
            need_same_year(self.settings, ledger.year)
            self.year, self._campaign = ledger.year, ledger.campaign
            ensure_links(ledger, self.hand(AUTOMATIC))

    def ledger(self) -> Ledger:
        """The ledger, open; use it with `with`."""
        return Ledger(self.folder.ledger)

    @staticmethod
    def hand(who: str) -> Hand:
        """Somebody, now."""
        return Hand(who, Hand.mine().at)

    @property
    def settings(self) -> Settings:
        """任务设置, read again when the officer has changed it. Raises ListMistakes."""
        changed = self.folder.settings.stat().st_mtime_ns if self.folder.settings.is_file() else 0
        if self._settings is None or self._settings[0] != changed:
            self._settings = changed, read_settings(self.folder.settings)
        return self._settings[1]

    def at(self) -> CampaignAt:
        """What a worker needs to judge with."""
        with self.ledger() as ledger:
            return self._at(ledger)

    def _at(self, ledger: Ledger) -> CampaignAt:
        return CampaignAt(self.folder.path, f"{self.settings.digest}-{ledger.meta('roster')}")

    def unit_of(self, code: str) -> Unit | None:
        """The unit whose 报送码 somebody typed, or came with."""
        typed = typed_code(code)
        if typed is None:
            return None
        with self.ledger() as ledger:
            return ledger.unit_of_link(typed)

    def link_of(self, unit: str) -> str:
        """A unit's 报送码."""
        with self.ledger() as ledger:
            return ledger.links()[unit]

    def case(self, unit: str) -> UnitCase:
        """What a worker needs to judge a unit's report as the campaign will."""
        with self.ledger() as ledger:
            return UnitCase(self._at(ledger), unit, *ledger.said_of_unit(unit))

    def standing(self, unit: str) -> Standing:
        """How a unit stands. Raises UnusableInput for one that is not on the roster."""
        with self.ledger() as ledger:
            [state] = ledger.states(self.settings, ledger.unit(unit).code)
            findings = ledger.findings(state.receipt.key) if state.receipt else []
            return Standing(state, tuple(findings), tuple(ledger.submissions(state.unit.code)))

    def hand_in(self, unit: str, name: str, data: bytes, said: dict[str, str], who: str) -> Submission:
        """Take a report in and give its receipt. Raises UnusableInput, UnwritableOutput."""
        with self.ledger() as ledger:
            known = ledger.unit(unit)
        return hand_in(self.folder, self._key, known, name, data, said, self.hand(f"{known.name} {who}"))

    def submission(self, code: str) -> tuple[Submission, Unit, bool] | None:
        """What a receipt stands for; whether it is proved: its row unchanged, its file still there."""
        typed = typed_code(code)
        if typed is None:
            return None
        with self.ledger() as ledger:
            found = ledger.submission(typed)
            if found is None:
                return None
            unit = ledger.unit(found.unit)
        proved = is_honoured(found, self._key, self._campaign) and is_kept(self.folder, found)
        return found, unit, proved

    def fate(self, submission: Submission) -> Receipt | None:
        """What became of a report that was handed in; None while it waits to be examined."""
        with self.ledger() as ledger:
            return next((r for r in ledger.receipts(submission.unit) if r.key == submission.key), None)

    def settle(self) -> None:
        """Finish what a run that was cut off has left unsettled."""
        with only_writer(self.folder), self.ledger() as ledger, ledger.transaction():
            settle(ledger, self.hand(AUTOMATIC))

    def write(self, step: Callable[[], _T]) -> _T:
        """One writing step after the other; a recheck started elsewhere is waited for. Raises Occupied."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                with self._turn:
                    return step()
            except Occupied:
                if time.monotonic() > until:
                    raise
                time.sleep(0.3)
