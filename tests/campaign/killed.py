"""A worker's start in which reading one named file ends the process, as running out of memory does."""

from __future__ import annotations

import os
from collections.abc import Sequence

from workbook.campaign import pool
from workbook.campaign.examine import Context, Examined, examine
from workbook.campaign.intake import Arrived


def _examine(chunk: Sequence[Arrived], context: Context) -> list[Examined]:
    if any(item.name == "杀手.xlsx" for item in chunk):
        os._exit(137)
    return examine(chunk, context)


def start(context: Context) -> None:
    """What `pool` does in a new worker, with the deadly file."""
    pool._context = context
    pool.examine = _examine
