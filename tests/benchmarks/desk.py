"""The desk under load: fifty clerks at once, ten thousand reports handed in, killed while they come.

Beside a check's time stands what one check alone takes on the same machine in the same run. Clerks here never
think: each drops her next report as soon as the last answer came, which no office does.

Run: python -m tests.benchmarks.desk [clerks, 50] [reports, 10000] [kills, 5]
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

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

_UNITS = 1_000
_CHECKS = 10  # of each clerk


def memory(pid: int) -> float:
    """Megabytes of the desk with its workers."""
    process = psutil.Process(pid)
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True))) / 2**20


def main(clerks: int, reports: int, kills: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        campaign = large_campaign(Path(folder) / "年报", _UNITS)
        process, address = started(str(campaign.path), "--behind-proxy", group=True)
        codes, drafts = codes_of(campaign), Drafts(campaign)
        units = sorted(codes)
        print(f"machine: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the run")

        ready = {unit: drafts.of(unit, 900) for unit in units[:clerks]}
        alone = Log()
        clerk = Clerk(address, units[0], codes[units[0]], alone)
        for _ in range(20):
            clerk.check(ready[units[0]])
        clerk.close()
        print(f"one clerk: median {statistics.median(alone.checks[5:]):.3f} s a check")

        log = Log()

        def check(unit: str) -> None:
            clerk = Clerk(address, unit, codes[unit], log)
            for _ in range(_CHECKS):
                clerk.check(ready[unit])
            clerk.close()

        began = time.perf_counter()
        together(units[:clerks], clerks, check)
        took = time.perf_counter() - began
        print(
            f"{clerks} clerks at once without a pause, {len(log.checks)} checks in {took:.1f} s: median"
            f" {log.percentile(50):.2f} s, p95 {log.percentile(95):.2f} s, refused {len(log.refused)};"
            f" {memory(process.pid):.0f} MB"
        )

        log = Log()
        each = -(-reports // _UNITS)
        per_kill = reports // (kills + 1)
        done = dict.fromkeys(units, 0)

        def hand_in(unit: str) -> None:
            clerk = Clerk(address, unit, codes[unit], log)
            done[unit] += 1
            clerk.hand_in(drafts.of(unit, done[unit]))
            clerk.close()

        began = time.perf_counter()
        for killed in range(kills + 1):
            stop = threading.Event()
            crowd = threading.Thread(
                target=together, args=([unit for _ in range(each) for unit in units], clerks, hand_in, stop)
            )
            crowd.start()
            while crowd.is_alive() and len(log.sent) < min(reports, per_kill * (killed + 1)):
                time.sleep(0.05)
            stop.set()
            if killed < kills:
                kill(process)
            crowd.join(300)
            if killed < kills:
                process, address = started(str(campaign.path), "--behind-proxy", group=True)
        came = time.perf_counter() - began
        wait_settled(campaign, 3 * came + 600)
        took = time.perf_counter() - began
        print(
            f"{len(log.sent)} reports handed in by {clerks} at once in {came:.0f} s, all examined after"
            f" {took:.0f} s, killed {kills} times; refused {len(log.refused)}; {memory(process.pid):.0f} MB"
        )
        kill(process)
        hold_against_the_ledger(campaign, log.sent)
        print(f"{len(log.sent)} receipts honoured, each with its own file; the ledger is whole")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [50, 10_000, 5][len(given) :]))
