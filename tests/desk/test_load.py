"""Clerks at once, and a desk killed under them: nothing lost, nothing mixed up. (Large: a benchmark.)"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from tests.desk.conftest import started
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

_UNITS, _DRAFTS, _AT_ONCE = 12, 3, 6


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process group")
def test_nothing_is_lost_or_mixed_up_under_load_and_kills(tmp_path: Path) -> None:
    campaign = large_campaign(tmp_path / "年报 任务", _UNITS)
    process, address = started(str(campaign.path), "--behind-proxy", group=True)
    codes = codes_of(campaign)
    drafts, log = Drafts(campaign), Log()
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
                together(sorted(codes), _AT_ONCE, work)
        wait_settled(campaign, 120)
    finally:
        kill(process)
    assert not log.refused
    assert len(log.sent) >= _UNITS * _DRAFTS + 6
    hold_against_the_ledger(campaign, log.sent)
