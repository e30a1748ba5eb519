"""What visitors dropped: one folder a file under a name nobody can guess, deleted when its time is over."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from workbook.desk.dropped import Dropped, UnitCase
from workbook.files.atomic import replace_file
from workbook.problems import UnwritableOutput

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_SOURCE, _ABOUT, _VIEW = "source", "about.json", "view.json"
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Visit:
    """One file somebody dropped; `unit` is the code of the unit by whose link it came, or None."""

    token: str
    name: str
    unit: str | None
    begun: float  # seconds since 1970
    previous: str | None = None  # name of last year's file dropped with it
    said: dict[str, str] = field(default_factory=dict)  # finding key → 情况说明


class NoSuchVisit(LookupError):
    """The token is none of ours, or its time is over."""


class Visits:
    """The store of uploads."""

    def __init__(self, folder: Path, *, keep_hours: float, most: int) -> None:
        self._folder = folder
        self._keep = keep_hours * 3600
        self._most = most
        folder.mkdir(parents=True, exist_ok=True)
        self._used = self._size()

    def begin(self, name: str, data: bytes, unit: str | None, previous: tuple[str, bytes] | None) -> Visit:
        """A new visit with its file stored. Raises UnwritableOutput where the store is full."""
        weight = len(data) + (len(previous[1]) if previous else 0)
        if self._used + weight > self._most:
            raise UnwritableOutput("暂存的文件太多，请过一会儿再试。")
        self._used += weight
        visit = Visit(
            token=secrets.token_urlsafe(16),
            name=safe_name(name),
            unit=unit,
            begun=time.time(),
            previous=safe_name(previous[0]) if previous else None,
        )
        home = self._folder / visit.token
        home.mkdir()
        replace_file(home / self._file(visit.name, _SOURCE), data, sync=False)
        if previous and visit.previous:
            replace_file(home / self._file(visit.previous, "previous"), previous[1], sync=False)
        self._note(visit)
        return visit

    def find(self, token: str) -> Visit:
        """Raises NoSuchVisit."""
        if not _TOKEN.fullmatch(token):
            raise NoSuchVisit
        try:
            visit = Visit(**json.loads((self._folder / token / _ABOUT).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise NoSuchVisit from error
        if visit.begun + self._keep < time.time():
            raise NoSuchVisit
        return visit

    def explain(self, visit: Visit, said: dict[str, str]) -> Visit:
        """The same visit with what the unit says of its findings."""
        changed = Visit(**{**asdict(visit), "said": said})
        self._note(changed)
        return changed

    def dropped(self, visit: Visit, case: UnitCase | None) -> Dropped:
        """The file as a worker gets it."""
        return Dropped(self.source(visit), visit.name, self.previous(visit), visit.said, case)

    def claim(self, visit: Visit, unit: str) -> Visit:
        """The same visit as a unit's."""
        changed = Visit(**{**asdict(visit), "unit": unit})
        self._note(changed)
        return changed

    def source(self, visit: Visit) -> Path:
        """The file as it was dropped."""
        return self._folder / visit.token / self._file(visit.name, _SOURCE)

    def previous(self, visit: Visit) -> Path | None:
        """Last year's report that was dropped with it."""
        if visit.previous is None:
            return None
        return self._folder / visit.token / self._file(visit.previous, "previous")

    def result(self, visit: Visit, suffix: str) -> Path:
        """Where a worker may write a copy for download."""
        return self._folder / visit.token / f"copy-{secrets.token_hex(4)}{suffix}"

    def passing(self, suffix: str) -> Path:
        """Where something for one download is put; deleted like a visit."""
        home = self._folder / secrets.token_urlsafe(16)
        home.mkdir()
        return home / f"copy{suffix}"

    def blank(self, edition: str) -> Path:
        """Where the empty form of an edition is kept for the next visitor."""
        return self._folder / f"blank-{edition}.xlsx"

    def keep_view(self, visit: Visit, view: dict[str, Any]) -> None:
        """Remember what a check came to."""
        data = json.dumps(view, ensure_ascii=False).encode("utf-8")
        replace_file(self._folder / visit.token / _VIEW, data, sync=False)

    def view(self, visit: Visit) -> dict[str, Any]:
        """What a check came to. Raises NoSuchVisit where it was never checked."""
        try:
            found: dict[str, Any] = json.loads(
                (self._folder / visit.token / _VIEW).read_text(encoding="utf-8")
            )
        except (OSError, ValueError) as error:
            raise NoSuchVisit from error
        return found

    def sweep(self) -> int:
        """Delete what is over its time; how many went."""
        gone = 0
        for home in self._homes():
            with contextlib.suppress(OSError):
                if home.stat().st_mtime + self._keep < time.time():
                    shutil.rmtree(home, ignore_errors=True)
                    gone += 1
        self._used = self._size()  # copies for download were not counted as they were made
        return gone

    def forget(self, visit: Visit) -> None:
        """Delete one visit."""
        shutil.rmtree(self._folder / visit.token, ignore_errors=True)

    def _note(self, visit: Visit) -> None:
        data = json.dumps(asdict(visit), ensure_ascii=False).encode("utf-8")
        replace_file(self._folder / visit.token / _ABOUT, data, sync=False)

    def _homes(self) -> Iterator[Path]:
        return (home for home in self._folder.iterdir() if _TOKEN.fullmatch(home.name))

    def _size(self) -> int:
        total = 0
        for home in self._homes():
            with contextlib.suppress(OSError):
                total += sum(path.stat().st_size for path in home.iterdir())
        return total

    @staticmethod
    def _file(name: str, stem: str) -> str:
        """A name of ours on the disk; the suffix, which says what kind of file it is, is the visitor's."""
        suffix = Path(name).suffix.lower()
        return stem + (suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ".bin")


def safe_name(name: str) -> str:
    """A file's name as it may be shown and offered for download: no folders, nothing invisible."""
    bare = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(sign for sign in bare if sign.isprintable() and sign not in '<>:"|?*')
    stem, dot, suffix = kept.strip(" .").rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    return f"{stem[:_LONGEST_NAME]}{dot}{suffix[:8]}" or "文件"
