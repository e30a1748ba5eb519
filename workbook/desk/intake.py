"""What was handed in is examined and settled in the background, in the order in which it came.

The receipt was given before; where this is cut off, or another program holds the campaign, it goes on later.
"""

from __future__ import annotations

import asyncio
import logging

from workbook.campaign.examine import Examined
from workbook.campaign.intake import Arrived, arrived_by_link
from workbook.campaign.submissions import take_in_answers
from workbook.desk.campaign import AUTOMATIC, Campaign
from workbook.desk.dropped import CampaignAt
from workbook.desk.workers import Refused, Workers
from workbook.problems import Problem

_CHUNK = 16  # reports a task: well within the time of one
_PAUSE_SECONDS = 5.0

_log = logging.getLogger(__name__)


class Intake:
    """The one reader of what was handed in; `wake` it after each report."""

    def __init__(self, campaign: Campaign, workers: Workers) -> None:
        self._campaign, self._workers = campaign, workers
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Something was handed in."""
        self._news.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        settled = False
        while True:
            try:
                if not settled:
                    await asyncio.to_thread(self._campaign.write, self._campaign.settle)
                    settled = True
                self._news.clear()
                while await self._some():
                    pass
                await self._news.wait()
            except Problem as problem:
                # A list being edited, a full disk, a recheck under way: what waits is safe where it is.
                _log.warning("intake waits: %s", type(problem).__name__)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _some(self) -> bool:
        """Take in the oldest few; False where nothing waits."""
        waiting = await asyncio.to_thread(self._oldest)
        if not waiting:
            return False
        campaign = await asyncio.to_thread(self._campaign.at)
        answers = await self._examined(campaign, waiting)
        hand = self._campaign.hand(AUTOMATIC)
        await asyncio.to_thread(
            self._campaign.write, lambda: take_in_answers(self._campaign.folder, answers, hand)
        )
        return True

    def _oldest(self) -> list[Arrived]:
        with self._campaign.ledger() as ledger:
            waiting = ledger.waiting(_CHUNK)
        return [arrived_by_link(item, self._campaign.folder.path / item.path) for item in waiting]

    async def _examined(self, campaign: CampaignAt, items: list[Arrived]) -> list[Examined]:
        try:
            found: list[Examined] = await self._workers.run("examine", campaign, items)
        except Refused:
            if len(items) == 1:
                return [await self._workers.run("give_up", campaign, items[0])]
            return [answer for item in items for answer in await self._examined(campaign, [item])]
        return found
