"""Processes and clusters: the same findings everywhere, and a death costs one row."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.campaign.city import NOON, OFFICER, check, hand_in, plain_form, receipts_of, stamp
from workbook.campaign import pool
from workbook.campaign.examine import Context, Examined
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.intake import Arrived, walk
from workbook.campaign.ledger import Ledger
from workbook.campaign.overview import campaign_document
from workbook.campaign.recheck import context_of, recheck
from workbook.campaign.records import Fate
from workbook.campaign.settings import read_settings

RECEIVED = "applications.received[natural_person]"


def several(campaign: CampaignFolder, extra: int = 8) -> None:
    for number, code in enumerate(("0100", "0101", "0102", "0103")):
        hand_in(campaign, code, {RECEIVED: number})
    hand_in(campaign, "0201", name="县/教育局.xlsx")
    for number in range(extra):
        plain_form(campaign.inbox / f"生人{number}.xlsx", f"外地第{number}局", {RECEIVED: number})


def test_a_cluster_of_two_workers_finds_the_same(campaign: CampaignFolder, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="分布式部分没有装（gouji[cluster]）")
    several(campaign)
    alone = CampaignFolder(shutil.copytree(campaign.path, tmp_path / "单机"))
    check(alone)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        check(campaign, scheduler=cluster.scheduler_address)
    wanted = campaign_document(alone, findings=True, times=False)
    assert campaign_document(campaign, findings=True, times=False) == wanted
    assert (sorted(path.name for path in campaign.returned.rglob("*.xlsx"))
            == sorted(path.name for path in alone.returned.rglob("*.xlsx")))  # fmt: skip


def test_a_scheduler_that_is_not_there_is_one_line(campaign: CampaignFolder) -> None:
    from workbook.problems import UnusableInput

    pytest.importorskip("distributed", reason="分布式部分没有装（gouji[cluster]）")
    hand_in(campaign, "0101")
    with pytest.raises(UnusableInput, match="调度程序"):
        check(campaign, scheduler="tcp://127.0.0.1:9")


_KILLER = """
import sys
from pathlib import Path
from workbook.campaign import pool, recheck
from workbook.campaign.folder import CampaignFolder
import tests.campaign.killed as killed
if __name__ == "__main__":
    pool._start = killed.start
    recheck.recheck(CampaignFolder(Path(sys.argv[1])), workers=2)
"""


def test_a_worker_that_dies_costs_one_row(campaign: CampaignFolder) -> None:
    """A file whose reading kills the process: it alone is named, all others are checked."""
    several(campaign, extra=20)
    killer = stamp(Path(shutil.copy2(campaign.inbox / "生人3.xlsx", campaign.inbox / "杀手.xlsx")), NOON)
    done = subprocess.run(
        [sys.executable, "-c", _KILLER, str(campaign.path)],
        check=False, capture_output=True, text=True, encoding="utf-8", timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    receipts = receipts_of(campaign)
    assert receipts[killer.name].fate is Fate.CRASHED
    assert "程序中断" in receipts[killer.name].why
    others = [receipt for name, receipt in receipts.items() if name != killer.name]
    assert len(others) == 25
    assert all(receipt.tally is not None for receipt in others)


def test_lost_items_are_answered_in_the_pool(campaign: CampaignFolder) -> None:
    """The seam itself: every item is answered exactly once, whatever the number of workers."""
    several(campaign)
    with Ledger(campaign.ledger) as ledger:
        context = context_of(campaign, ledger, read_settings(campaign.settings))
    items = list(walk(campaign.inbox, "inbox", campaign.unpacked))

    for workers in (1, 2):
        answers = [
            answer.key for chunk in pool.examine_all(items, context, workers=workers) for answer in chunk
        ]
        assert sorted(answers) == sorted(item.key for item in items)


def test_a_fault_of_ours_costs_one_row(campaign: CampaignFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    several(campaign, extra=3)
    real = pool.examine

    def trips(chunk: Sequence[Arrived], context: Context) -> list[Examined]:
        if any(item.name == "生人1.xlsx" for item in chunk):
            raise RecursionError
        return real(chunk, context)

    monkeypatch.setattr(pool, "examine", trips)
    check(campaign)
    receipts = receipts_of(campaign)
    assert [name for name, receipt in receipts.items() if receipt.fate is Fate.CRASHED] == ["生人1.xlsx"]
    assert sum(receipt.tally is not None for receipt in receipts.values()) == 7


_RUN = (
    "import sys, datetime as dt; from pathlib import Path; from workbook.campaign.recheck import recheck;"
    "from workbook.campaign.folder import CampaignFolder; from workbook.campaign.ledger import Hand;"
    "recheck(CampaignFolder(Path(sys.argv[1])), workers=1,"
    " hand=Hand('某科员', dt.datetime.fromisoformat(sys.argv[2])))"
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows没有SIGKILL")
def test_killed_at_ten_random_moments_runs_go_on_to_the_same_end(
    campaign: CampaignFolder, tmp_path: Path
) -> None:
    several(campaign, extra=16)
    untouched = shutil.copytree(campaign.path, tmp_path / "收到时")
    whole = CampaignFolder(shutil.copytree(campaign.path, tmp_path / "不中断"))
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", _RUN, str(whole.path), OFFICER.at.isoformat()], check=True)
    lifetime = time.monotonic() - started

    seed = time.time_ns()
    print(f"seed {seed}, an unbroken run {lifetime:.2f} s")  # noqa: T201 - shown when the test fails
    moments = random.Random(seed)
    command = [sys.executable, "-c", _RUN, str(campaign.path), OFFICER.at.isoformat()]
    kills = 0
    while kills < 10:
        process = subprocess.Popen(command)
        try:
            process.wait(timeout=moments.uniform(0, lifetime))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
        else:  # it came to its end between two kills: judged, and begun afresh
            _same_end(campaign, whole)
            shutil.rmtree(campaign.path)
            shutil.copytree(untouched, campaign.path)
    recheck(campaign, workers=1, hand=OFFICER)
    _same_end(campaign, whole)


def _same_end(campaign: CampaignFolder, whole: CampaignFolder) -> None:
    """The same ledger but for times, the same copies to hand back, and nothing half done left lying."""
    wanted = campaign_document(whole, findings=True, times=False)
    found = campaign_document(campaign, findings=True, times=False)
    assert json.dumps(found, ensure_ascii=False, sort_keys=True) == json.dumps(
        wanted, ensure_ascii=False, sort_keys=True
    )
    for one, other in zip(
        sorted(campaign.returned.rglob("*.xlsx")), sorted(whole.returned.rglob("*.xlsx")), strict=True
    ):
        assert (one.name, one.read_bytes()) == (other.name, other.read_bytes())
    assert not list(campaign.staging.iterdir())
