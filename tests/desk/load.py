"""Many clerks at once against a desk: check, hand in, keep the receipts, hold them against the ledger.

Each clerk has an address of her own behind the proxy, as in an office of many.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

import httpx2

from tests.campaign.city import book_of, open_campaign
from workbook.campaign.distribute import distribute
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Ledger
from workbook.campaign.records import Unit
from workbook.desk.campaign import Campaign
from workbook.files.amend import Amendment, CellValue, amended
from workbook.files.archive import Archive
from workbook.files.scan import read_grid
from workbook.form.reader import read_filing


@dataclass(frozen=True)
class Sent:
    """A report that a clerk has a receipt for."""

    unit: str
    sha256: str
    receipt: str
    at: float


@dataclass
class Log:
    """What the clerks saw: seconds a check took, receipts, and answers that were none."""

    checks: list[float] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def percentile(self, part: int) -> float:
        return statistics.quantiles(self.checks, n=100)[part - 1]


def large_campaign(folder: Path, units: int) -> CampaignFolder:
    """A campaign of a city with so many departments."""
    city = Unit("C", "某市人民政府", level="prefecture", kind="government", scope="consolidated")
    members = [
        Unit(f"{number:05}", f"某市第{number}局", level="prefecture_department", parent="C")
        for number in range(1, units + 1)
    ]
    return open_campaign(folder, (city, *members))


class Drafts:
    """The forms of a campaign's units filled in, each draft different from every other."""

    def __init__(self, campaign: CampaignFolder) -> None:
        distribute(campaign)
        self._campaign = campaign
        filing = read_filing(read_grid(book_of(campaign, "00001")))
        self._places = {
            str(cell): (fact.place.sheet, fact.place.cell)
            for cell, fact in filing.facts.items()
            if fact.place
        }
        self._parts = [cell for cell in filing.edition.cells if cell not in filing.edition.totals]

    def of(self, unit: str, number: int) -> bytes:
        """A unit's draft: zeros, and a number of licences that no other draft has."""
        (form,) = self._campaign.outbox.glob(f"{unit} *.xlsx")
        figures = dict.fromkeys(map(str, self._parts), 0)
        figures["proactive.licences[decisions]"] = int(unit) * 1_000 + number
        values = tuple(CellValue(*self._places[cell], value) for cell, value in figures.items())
        with Archive.open(form) as archive:
            return amended(archive, Amendment(values=values, remove_own=False))[0]


class Clerk:
    """One unit's clerk, from an address of her own."""

    def __init__(self, address: str, unit: str, code: str, log: Log) -> None:
        self._unit, self._code, self._log = unit, code, log
        number = int(unit)
        self._client = httpx2.Client(
            base_url=address,
            headers={"x-forwarded-for": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"},
            timeout=120,
            trust_env=False,
        )

    def check(self, data: bytes) -> str | None:
        """Drop a report; gives its visit."""
        began = time.perf_counter()
        answer = self._client.post(
            "/check",
            files={"file": (f"年报{self._unit}.xlsx", data)},
            data={"unit": self._code},
            headers={"accept": "application/json"},
        )
        with self._log.turn:
            self._log.checks.append(time.perf_counter() - began)
        found = answer.json()
        if "token" not in found:
            with self._log.turn:
                self._log.refused.append(str(found))
            return None
        return str(found["token"])

    def hand_in(self, data: bytes) -> None:
        """Drop a report and hand it in; the receipt goes into the log."""
        visit = self.check(data)
        if visit is None:
            return
        answer = self._client.post(f"/visit/{visit}/submit", data={"person": "李某", "anyway": "1"})
        with self._log.turn:
            if answer.status_code == 303:
                receipt = answer.headers["location"].rpartition("/")[2]
                digest = hashlib.sha256(data).hexdigest()
                self._log.sent.append(Sent(self._unit, digest, receipt, time.time()))
            else:
                self._log.refused.append(f"{answer.status_code} {answer.text[-300:]}")

    def close(self) -> None:
        self._client.close()


def codes_of(campaign: CampaignFolder) -> dict[str, str]:
    with Ledger(campaign.ledger) as ledger:
        return {unit: code for unit, code in ledger.links().items() if unit != "C"}


def together(
    units: Sequence[str], at_once: int, work: Callable[[str], None], stop: threading.Event | None = None
) -> None:
    """The units' work, so many at once; a desk that is gone ends a clerk's day quietly."""

    def one(unit: str) -> None:
        if stop is not None and stop.is_set():
            return
        try:
            work(unit)
        except (httpx2.TransportError, json.JSONDecodeError):
            if stop is None:
                raise

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(one, units))


def kill(process: Popen[bytes]) -> None:
    """The desk and its workers at once, as a power cut does."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


def wait_settled(campaign: CampaignFolder, seconds: float) -> None:
    """Until everything that was handed in is examined."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with Ledger(campaign.ledger) as ledger:
            if not ledger.waiting(1):
                return
        time.sleep(0.3)
    raise AssertionError("not all was examined in time")


def hold_against_the_ledger(folder: CampaignFolder, sent: Sequence[Sent]) -> None:
    """Every receipt is honoured with the very file, under the right unit; what counts is each unit's last."""
    campaign = Campaign(folder.path)
    with sqlite3.connect(folder.ledger) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    raw.close()
    for item in sent:
        found = campaign.submission(item.receipt)
        assert found is not None, item
        submission, unit, proved = found
        assert proved and unit.code == item.unit and submission.sha256 == item.sha256, item
        assert f"/{item.unit} " in submission.path
    with Ledger(folder.ledger) as ledger:
        rows = {item.key: item for item in ledger.receipts()}
        for unit in {item.unit for item in sent}:
            handed = ledger.submissions(unit)
            _, counted, _ = ledger.state_of(unit)
            assert counted == handed[-1].key, unit
            assert all(rows[item.key].unit == unit for item in handed)
            licences = ledger.filing(handed[-1].key)
            assert licences is not None
