"""Whose report is this? The identity first, then the name on the cover, then folder and file name.

Nothing is guessed: where a name fits several units, or none, the row says so and an officer decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

from workbook.campaign.identity import is_ours
from workbook.campaign.records import Fate, Unit
from workbook.campaign.roster import Roster
from workbook.form.filing import Filing, Identity, Proof
from workbook.form.labels import legible, plain
from workbook.form.strict import read_strict

_ABBREVIATIONS = Path(__file__).parent / "abbreviations.yaml"
_SHORTEST_IN_PATH = 3  # characters of a name that may be recognised inside a file name
# A region in front of an organ's name: 某市, 某某县 …
_REGION = re.compile(r".{1,12}?(?:特别行政区|自治区|自治州|自治县|新区|省|市|盟|州|县|区|旗)")


@dataclass(frozen=True, slots=True)
class Match:
    """The unit a report belongs to or claims to come from; `fate` where it cannot count as that unit's."""

    unit: Unit | None
    by: str = ""
    fate: Fate | None = None
    why: str = ""
    identity: Identity | None = None  # with what the campaign's key proves


@lru_cache(maxsize=1)
def abbreviations() -> tuple[tuple[str, str], ...]:
    """Usual short forms with the full form they stand for, longest first. Raises BrokenDefinition."""
    entries = read_strict(_ABBREVIATIONS).pairs()
    pairs = [(plain(short), plain(full)) for full, entry in entries.items() for short in entry.texts()]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


def full_names(name: str) -> frozenset[str]:
    """A name as people compare it, and with a usual short form at its end written out."""
    bare = plain(name)
    found = {bare}
    for short, full in abbreviations():
        if bare.endswith(short) and not bare.endswith(full):
            found.add(bare.removesuffix(short) + full)
    return frozenset(found)


class Matcher:
    """The roster's names laid out for looking up."""

    def __init__(self, roster: Roster, key: bytes | None, campaign: str, year: int) -> None:
        self._roster = roster
        self._key = key
        self._campaign = campaign
        self._year = year
        self._exact: dict[str, list[Unit]] = {}
        self._aliases: dict[str, list[Unit]] = {}
        self._without_region: dict[str, list[Unit]] = {}
        for unit in roster.units:
            for name in full_names(unit.name):
                _enter(self._exact, name, unit)
                for rest in _without_regions(name):
                    _enter(self._without_region, rest, unit)
            for alias in unit.aliases:
                for name in full_names(alias):
                    _enter(self._aliases, name, unit)
        self._in_paths = sorted(
            {
                (name, unit.code)
                for table in (self._exact, self._aliases)
                for name, units in table.items()
                for unit in units
                if len(name) >= _SHORTEST_IN_PATH
            },
            key=lambda pair: (-len(pair[0]), pair),
        )
        self._codes = {unit.code: unit for unit in roster.units}

    def match(self, filing: Filing, path: str) -> Match:
        """Decide whose a report is."""
        identity = filing.identity
        if identity is not None and identity.campaign == self._campaign and self._key is not None:
            if is_ours(identity, self._key, self._campaign) and identity.unit in self._codes:
                return self._handed_out(filing, identity, path)
            identity = replace(identity, proof=Proof.FORGED)
        found = self._by_name(filing, path)
        if found.unit is not None and filing.year is not None and filing.year != self._year:
            why = f"报的是{filing.year}年度，本任务是{self._year}年度"
            return replace(found, fate=Fate.WRONG_YEAR, why=why, identity=identity)
        return replace(found, identity=identity)

    def match_handed_in(self, filing: Filing, path: str, code: str) -> Match:
        """Decide whether a report is that of the unit by whose own link it came."""
        found, unit = self.match(filing, path), self._codes.get(code)
        if unit is None:
            return found  # gone from the roster since
        if found.fate in (Fate.COPIED, Fate.WRONG_YEAR):
            return replace(found, unit=unit, by="link")
        if found.unit not in (None, unit) and not self._shares_its_name(unit, found, filing.scope):
            return Match(unit, "link", Fate.COPIED, f"表是“{found.unit.name}”的", found.identity)
        return Match(unit, "link", identity=found.identity)

    def _shares_its_name(self, unit: Unit, found: Match, scope: str | None) -> bool:
        """A government's office reports under the government's name: told apart by the scope alone."""
        if found.unit is None or found.by == "identity" or scope not in (None, unit.scope):
            return False
        return found.unit.code in self._above(unit) or unit.code in self._above(found.unit)

    def _handed_out(self, filing: Filing, identity: Identity, path: str) -> Match:
        """A form of ours: to its unit, unless another one filled it in or handed it in."""
        owner = self._codes[identity.unit or ""]
        sender = self._other_sender(filing, owner, path)
        if sender is not None:
            proof = replace(identity, proof=Proof.COPIED, returned_by=sender.name)
            why = f"表是下发给“{owner.name}”的"
            return Match(sender, "name", Fate.COPIED, why, proof)
        return Match(owner, "identity", identity=replace(identity, proof=Proof.WHOLE))

    def _other_sender(self, filing: Filing, owner: Unit, path: str) -> Unit | None:
        on_cover = self._named(filing.organ.name or "", filing.scope)
        if on_cover and owner not in on_cover:
            return on_cover[0] if len(on_cover) == 1 else None
        if self._path_names(owner, path):
            return None
        on_path = self._on_path(path)
        related = {owner.code, *self._above(owner), *(unit.code for unit in self._roster.below(owner.code))}
        return on_path[0] if len(on_path) == 1 and on_path[0].code not in related else None

    def _path_names(self, unit: Unit, path: str) -> bool:
        bare = plain(path)
        names = [name for text in (unit.name, *unit.aliases) for name in full_names(text)]
        known = any(name in bare for name in names if len(name) >= _SHORTEST_IN_PATH)
        return known or unit.code in _tokens(path)

    def _above(self, unit: Unit) -> list[str]:
        codes: list[str] = []
        parent = unit.parent
        while parent is not None and parent not in codes and parent in self._codes:
            codes.append(parent)
            parent = self._codes[parent].parent
        return codes

    def _by_name(self, filing: Filing, path: str) -> Match:
        organ = filing.organ.name
        named = self._named(organ or "", filing.scope)
        on_path = self._on_path(path)
        if len(named) > 1:
            # Several bear the name: the folder or the file may tell which.
            told = [
                unit
                for unit in named
                if unit in on_path or {place.code for place in on_path} & set(self._above(unit))
            ]
            named = told if len(told) == 1 else named
        if len(named) == 1:
            by = "name" if any(name in self._exact for name in full_names(organ or "")) else "alias"
            return Match(named[0], by)
        if len(named) > 1:
            shown = "、".join(f"{unit.name}（{unit.code}）" for unit in named[:5])
            return Match(None, fate=Fate.AMBIGUOUS, why=f"“{legible(organ or '', 40)}”可能是：{shown}")
        if organ:
            return Match(None, fate=Fate.STRANGER, why=f"“{legible(organ, 40)}”不在名册中")
        if len(on_path) == 1:
            return Match(on_path[0], "path")
        why = "表里没有写单位名称，文件名里也认不出是哪个单位"
        return Match(None, fate=Fate.AMBIGUOUS if on_path else Fate.STRANGER, why=why)

    def _named(self, organ: str, scope: str | None) -> list[Unit]:
        """The units a name stands for; of two with one name the one whose scope is the report's."""
        if not organ:
            return []
        names = sorted(full_names(organ))
        for table in (self._exact, self._aliases, self._without_region):
            found = list(dict.fromkeys(unit for name in names for unit in table.get(name, ())))
            if found:
                same = [unit for unit in found if scope is not None and unit.scope == scope]
                return same if same else found
        return []

    def unit_of_path(self, path: str) -> Unit | None:
        """The one unit that folder and file name point to; None where they name none or several."""
        found = self._on_path(path)
        return found[0] if len(found) == 1 else None

    def _on_path(self, path: str) -> list[Unit]:
        """The units that the innermost telling part of a path names, by code or by its longest name."""
        for part in reversed(PurePosixPath(path.replace("!", "/")).parts[1:]):
            tokens = _tokens(part)
            coded = [unit for code, unit in self._codes.items() if code in tokens and len(code) > 1]
            bare = plain(part)
            named = [(name, code) for name, code in self._in_paths if name in bare]
            longest = [self._codes[code] for name, code in named if len(name) == len(named[0][0])]
            found = list(dict.fromkeys(longest or coded))
            if longest and coded:
                both = [unit for unit in longest if unit in coded]
                found = both or found
            if found:
                return found
        return []


def _without_regions(name: str) -> Iterator[str]:
    """The name without its region, then without the next one: 某市某区财政局 → 某区财政局, 财政局."""
    while (region := _REGION.match(name)) and len(name) - region.end() >= _SHORTEST_IN_PATH:
        name = name[region.end() :]
        yield name


def _tokens(text: str) -> set[str]:
    return set(re.split(r"[^0-9A-Za-z_.\-]+|\.(?=[A-Za-z]+$)", text)) - {""}


def _enter(table: dict[str, list[Unit]], name: str, unit: Unit) -> None:
    units = table.setdefault(name, [])
    if unit not in units:
        units.append(unit)
