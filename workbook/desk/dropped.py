"""A dropped file on its way to a worker, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class CampaignAt:
    """Where a campaign is; `stamp` changes when settings or roster do, so that workers read them anew."""

    path: Path
    stamp: str


@dataclass(frozen=True)
class UnitCase:
    """The unit whose file it is, and what its campaign's ledger says of its findings, by finding key."""

    campaign: CampaignAt
    code: str
    explained: Mapping[str, str] = field(default_factory=dict)
    passed: Mapping[str, str] = field(default_factory=dict)  # overruled by an officer, with the reason


@dataclass(frozen=True)
class Dropped:
    """A file as it was dropped: ours on the disk, the visitor's by name; `said` beside its findings."""

    path: Path
    name: str
    previous: Path | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    case: UnitCase | None = None
