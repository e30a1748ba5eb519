"""What the desk may be told when it is started; every limit on what comes from outside stands here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """Folder, limits and times of one desk; `campaign` None where it only checks.

    `store` holds what was uploaded and not submitted, for `keep_hours`. Sizes in bytes, times in seconds
    unless the name says otherwise.
    """

    store: Path
    campaign: Path | None = None
    workers: int = max(1, min(8, os.cpu_count() or 1))
    worker_memory: int = 1024 * MEGABYTE  # of address space above what a worker needs to start
    task_seconds: float = 30.0
    waiting: int = 200  # checks that may wait for a worker before a visitor is asked to come back
    body: int = 72 * MEGABYTE  # one request: a file of the largest size with last year's beside it
    body_seconds: float = 120.0  # the whole of a request must have arrived by then
    files: int = 20  # in one request
    stored: int = 2048 * MEGABYTE  # of uploads kept at any time
    keep_hours: float = 2.0
    requests_a_minute: int = 600  # of one address; an office may stand behind one
    code_tries: int = 30  # wrong codes of one address in a row: an office may stand behind one
    sign_in_tries: int = 5
    lockout_minutes: float = 15.0
    session_hours: float = 8.0
    behind_proxy: bool = False  # believe X-Forwarded-For and X-Forwarded-Proto of the one proxy in front
