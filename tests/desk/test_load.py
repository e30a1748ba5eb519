"""Clerks at once, and a desk killed under them: nothing lost, nothing mixed up. (Large: a benchmark.)"""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.desk.conftest import SECRET, started
from tests.desk.load import (
    Clerk,
    Drafts,
    Log,
    codes_of,
    hold_against_the_ledger,
    kill,
    large_campaign,
    together,
    wait_settled,
)
from workbook.campaign.ledger import Ledger
from workbook.desk.signin import Officers

_UNITS, _DRAFTS, _AT_ONCE = 12, 3, 6
_OFFICERS = ("王科员", "李科员")


@contextmanager
def officers_at_work(address: str, units: Sequence[str]) -> Iterator[list[str]]:
    """Two officers who give the same units back again and again; gives what they were told is done."""
    done: list[str] = []
    stop = threading.Event()

    def work(officer: str, number: int) -> None:
        headers = {"x-forwarded-for": f"10.99.0.{number}"}
        with httpx2.Client(base_url=address, headers=headers, timeout=120, trust_env=False) as client:
            client.post("/officer/signin", data={"name": officer, "secret": SECRET})
            found = re.search(r'name="token" value="([^"]+)"', client.get("/officer").text)
            assert found is not None
            turn = 0
            while not stop.is_set():
                turn += 1
                for unit in units:
                    form = {"token": found[1], "step": "return", "reason": f"第{turn}次"}
                    answer = client.post(f"/officer/unit/{unit}/decide", data=form)
                    if answer.status_code == 303:
                        done.append(f"{unit} {officer} 退回：第{turn}次")

    officers = [threading.Thread(target=work, args=item) for item in zip(_OFFICERS, (1, 2), strict=True)]
    for officer in officers:
        officer.start()
    try:
        yield done
    finally:
        stop.set()
        for officer in officers:
            officer.join(120)


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process group")
def test_nothing_is_lost_or_mixed_up_under_load_and_kills(tmp_path: Path) -> None:
    campaign = large_campaign(tmp_path / "年报 任务", _UNITS)
    officers = Officers(campaign.path, tries=5, lockout_minutes=15, session_hours=8)
    for name in _OFFICERS:
        officers.set_secret(name, SECRET)
    process, address = started(str(campaign.path), "--behind-proxy", group=True)
    codes = codes_of(campaign)
    drafts, log = Drafts(campaign), Log()
    decided: list[str] = []
    try:
        for round_ in range(3):
            stop = threading.Event()

            def work(unit: str, round_: int = round_, address: str = address) -> None:
                clerk = Clerk(address, unit, codes[unit], log)
                for number in range(_DRAFTS):
                    clerk.hand_in(drafts.of(unit, round_ * _DRAFTS + number))
                clerk.close()

            if round_ < 2:  # killed in the midst of it, and started again
                before = len(log.sent)
                crowd = threading.Thread(target=together, args=(sorted(codes), _AT_ONCE, work, stop))
                crowd.start()
                until = time.monotonic() + 60
                while len(log.sent) < before + 3 and time.monotonic() < until:
                    time.sleep(0.02)
                kill(process)
                stop.set()
                crowd.join(60)
                process, address = started(str(campaign.path), "--behind-proxy", group=True)
            else:
                with officers_at_work(address, sorted(codes)[:2]) as decided:
                    together(sorted(codes), _AT_ONCE, work)
        wait_settled(campaign, 120)
    finally:
        kill(process)
    assert not log.refused
    assert len(log.sent) >= _UNITS * _DRAFTS + 6
    hold_against_the_ledger(campaign, log.sent)
    with Ledger(campaign.ledger) as ledger:
        written = ledger.connection.execute("SELECT unit || ' ' || who || ' ' || reason FROM history")
        history = [row[0] for row in written]
    assert decided and all(history.count(one) == 1 for one in decided)
