"""600 units, two years, mistakes of every class that tables, form and dates can show: those are found."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.campaign.city import OFFICER, book_of
from tests.campaign.mistakes import MISTAKES, Mistake
from tests.campaign.narratives import words_of
from tests.campaign.simulated import (
    Figures,
    added,
    balanced,
    cell,
    city_roster,
    filled,
    form,
    totals_of,
)
from workbook.campaign.distribute import distribute
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Hand
from workbook.campaign.opening import init
from workbook.campaign.recheck import recheck
from workbook.campaign.records import Fate, State, Unit
from workbook.campaign.roster import Roster
from workbook.campaign.rosterbook import roster_book
from workbook.campaign.settings import Settings
from workbook.files.grid import Position
from workbook.form.edition import CellId
from workbook.results.gathering import Gathered, gather
from workbook.results.write import consolidate, write_results
from workbook.rules.findings import Severity

TODAY = dt.date(2026, 4, 15)
AT = dt.datetime(2026, 4, 15, 9, tzinfo=dt.UTC)
IN_TIME = dt.datetime(2026, 1, 20, 12, tzinfo=dt.UTC)
TOO_LATE = dt.datetime(2026, 4, 10, 12, tzinfo=dt.UTC)
REQUIRED = cell("applications.received[total]")  # the notice wants it in section 一
# Counties: one that adds its own report up wrongly, one less than its part, one with cases counted twice.
WRONG_SUM, LESS_THAN_PART, TWICE_SUED = "12", "13", "14"
LATE, DUPLICATES, COPIED, UNREADABLE, OF_EACH = 40, 5, 3, 4, 6
MERGED = {"0159": ("01A1", "01A2"), "0160": ("01B1", "01B2")}  # bureaus that were two last year


class City:
    """What was seeded, so that it can be held against what was found."""

    def __init__(self, root: Path) -> None:
        self.chance = random.Random(20251231)
        self.units = tuple(
            Unit(**{**_fields(unit), "predecessors": MERGED.get(unit.code, ())}) for unit in city_roster()
        )
        self.names = {unit.code: unit.name for unit in (*self.units, *self._last_roster())}
        self.plain = [unit for unit in self.units if unit.scope == "own"]
        self.before: dict[str, Figures] = {}
        self.now: dict[str, Figures] = {}
        self.seeded: dict[str, Mistake] = {}
        self.words: dict[tuple[str, int], dict[str, str]] = {}
        self.last = self._year(root / "2024", 2024, self._last_roster(), None)
        self._last_year()
        self.folder = self._year(root / "2025", 2025, self.units, self.last.path)
        self._choose()
        self._this_year()

    def _year(self, path: Path, year: int, units: tuple[Unit, ...], previous: Path | None) -> CampaignFolder:
        roster = path.with_name(f"{year}名册.xlsx")
        roster.write_bytes(roster_book(Roster(units)))
        required = ((REQUIRED, "通知要求写明"),) if previous else ()
        init(path, year, roster, previous, Settings(year, required=required))
        folder = CampaignFolder(path)
        distribute(folder)
        return folder

    def _last_roster(self) -> tuple[Unit, ...]:
        former = tuple(
            Unit(code, f"某市原{code}局", level="prefecture_department", parent="01")
            for codes in MERGED.values()
            for code in codes
        )
        return (*(unit for unit in self.units if unit.code not in MERGED), *former)

    def _last_year(self) -> None:
        codes = [unit.code for unit in self._last_roster() if unit.scope == "own"]
        for code in codes:
            self.before[code] = balanced(self.chance, None)
            self._send(self.last, code, self.before[code], IN_TIME)
        for code, parts in MERGED.items():
            self.before[code] = added([self.before[part] for part in parts])
        for code in self._governments():
            self.before[code] = added(self._below(code, self.before))
            self._send(self.last, code, self.before[code], IN_TIME)
        recheck(self.last, workers=2, hand=OFFICER)

    def _governments(self) -> list[str]:
        """Those that report for all below them, the lowest first."""
        return [unit.code for unit in self.units if unit.scope == "consolidated"][::-1]

    def _below(self, code: str, reports: dict[str, Figures]) -> list[Figures]:
        return [reports[unit.code] for unit in self.units if unit.parent == code]

    def _choose(self) -> None:
        apart = {f"{LESS_THAN_PART}01", f"{TWICE_SUED}00", f"{TWICE_SUED}01"}
        pool = [unit.code for unit in self.plain if unit.parent != WRONG_SUM and unit.code not in apart]
        self.chance.shuffle(pool)

        def take(count: int) -> list[str]:
            taken = pool[:count]
            del pool[:count]
            return taken

        self.unreadable = take(UNREADABLE)
        self.copied = take(COPIED)
        self.absent = take(LATE // 2)
        self.late = take(LATE - LATE // 2)
        self.duplicates = take(DUPLICATES)
        first, second = sorted(take(2))  # the second is sent after the first
        self.twins = first, second
        level = {unit.code: unit.level for unit in self.units}
        for mistake in MISTAKES:
            fitting = [code for code in pool if mistake.level in ("", level[code])][:OF_EACH]
            for code in fitting:
                pool.remove(code)
                self.seeded[code] = mistake

    def _this_year(self) -> None:
        honest: dict[str, Figures] = {}
        for unit in self.plain:
            honest[unit.code] = balanced(self.chance, self.before[unit.code])
        for code in (f"{TWICE_SUED}00", f"{TWICE_SUED}01"):
            honest[code][cell("challenges.litigation_direct[other]")] = Decimal(2)
        for code in self._governments():
            honest[code] = added(self._below(code, honest))
        silent = {*self.unreadable, *self.copied, *self.absent}
        for code, figures in honest.items():
            if code in silent:
                continue
            mistake = self.seeded.get(code)
            typed = dict(figures)
            if mistake and mistake.figures:
                mistake.figures(typed, self.before[code])
            if code == WRONG_SUM:
                _added(
                    typed, 3, "applications.received[business]", "applications.dispositions.granted[business]"
                )
            if code == f"{LESS_THAN_PART}01":
                _added(typed, 5, "proactive.coercive_measures[decisions]")
            overwritten = mistake.overwritten(typed) if mistake and mistake.overwritten else None
            self.now[code] = typed
            when = TOO_LATE if code in self.late else IN_TIME
            self._send(self.folder, code, typed, when, overwritten)
        for number, code in enumerate(self.duplicates):
            source = self.folder.inbox / book_of(self.folder, code).name
            shutil.copy2(source, source.with_name(f"{number} {source.stem} 副本(1).xlsx"))
        names = self.names
        lender = next(code for code in self.now if code not in self.seeded)
        for code in self.copied:
            data = filled(
                book_of(self.folder, lender).read_bytes(),
                self.now[lender],
                self.words[lender, 2025],
                typed={"封面": {_organ_cell(): names[code]}},
            )
            self._put(self.folder, f"{names[code]} 年报.xlsx", data, IN_TIME)
        spoilt = [
            (".xlsx", b"PK\x03\x04 broken"),
            (".rar", b"Rar!\x1a\x07"),
            (".et", b"\xd0\xcf\x11\xe0"),
            (".xlsx", b""),
        ]
        for code, (suffix, data) in zip(self.unreadable, spoilt, strict=True):
            self._put(self.folder, book_of(self.folder, code).stem + suffix, data, IN_TIME)

    def _send(
        self,
        folder: CampaignFolder,
        code: str,
        figures: Figures,
        when: dt.datetime,
        overwritten: dict[object, Decimal] | None = None,
    ) -> None:
        book = book_of(folder, code)
        words = self._words(folder, code, figures)
        self._put(folder, book.name, filled(book.read_bytes(), figures, words, overwritten), when)

    def _words(self, folder: CampaignFolder, code: str, figures: Figures) -> dict[str, str]:
        year = 2024 if folder is self.last else 2025
        mistake = self.seeded.get(code) if year == 2025 else None
        chance = random.Random(f"{code} {year}")
        words = words_of(self.names[code], year, figures, chance, mistake)
        if mistake and mistake.copies:
            words["problems"] = self.words[code, 2024]["problems"]
        if year == 2025 and code == self.twins[1]:
            words["problems"] = self.words[self.twins[0], 2025]["problems"]
        self.words[code, year] = words
        return words

    @staticmethod
    def _put(folder: CampaignFolder, name: str, data: bytes, when: dt.datetime) -> None:
        path = folder.inbox / name
        path.write_bytes(data)
        os.utime(path, (when.timestamp(), when.timestamp()))

    @property
    def waiting(self) -> set[str]:
        """Units without a valid report."""
        return {*self.unreadable, *self.copied, *self.absent}

    @property
    def held_back(self) -> set[str]:
        """Units whose report has something that must be mended or explained."""
        return {
            code
            for code, mistake in self.seeded.items()
            if mistake.rules - {"CEL-06", "YOY-06", "PLS-01", "PLS-03", "NAR-21"}
        }


def _fields(unit: Unit) -> dict[str, object]:
    return {name: getattr(unit, name) for name in unit.__slots__}


def _added(figures: Figures, amount: int, *names: str) -> None:
    for name in names:
        value = figures[cell(name)]
        assert isinstance(value, Decimal)
        figures[cell(name)] = value + amount


def _organ_cell() -> Position:
    from workbook.files.scan import read_grid
    from workbook.form.cover import read_cover
    from workbook.form.editionfile import all_editions
    from workbook.rules.rulebook import load_rulebook
    from workbook.template.build import build_book

    grid = read_grid(build_book(all_editions()[-1], load_rulebook()))
    place = read_cover(grid).places["cover.organ"]
    column, row = place.cell.rstrip("0123456789"), int(place.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return Position(row, ord(column) - 64)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = City(tmp_path_factory.mktemp("模拟城市"))
    recheck(made.folder, workers=2, hand=Hand("某科员", AT))
    return made


@pytest.fixture(scope="module")
def gathered(city: City) -> Gathered:
    return gather(city.folder, TODAY)


def test_exactly_what_was_seeded_is_found(city: City, gathered: Gathered) -> None:
    """Precision and recall, class by class; a unit without a mistake has no finding at all."""
    caught: Counter[str] = Counter()
    missed: list[tuple[str, str, set[str]]] = []
    false: list[tuple[str, set[str]]] = []
    for item in gathered.states:
        code = item.unit.code
        if code in city.waiting:
            continue
        found = {finding.rule for finding in gathered.findings.get(code, ())}
        mistake = city.seeded.get(code)
        wanted, may = (mistake.rules, mistake.may) if mistake else (frozenset[str](), frozenset[str]())
        if wanted - found and mistake:
            missed.append((mistake.name, code, set(wanted - found)))
        elif mistake:
            caught[mistake.name] += 1
        if found - wanted - may:
            false.append((code, found - wanted - may))
    for mistake in MISTAKES:
        seeded = sum(other is mistake for other in city.seeded.values())
        print(f"{mistake.name}: {caught[mistake.name]}/{seeded}")  # noqa: T201 - asked for with pytest -s
    assert missed == [] and false == []
    assert all(caught[mistake.name] >= OF_EACH - 1 for mistake in MISTAKES)


def test_no_error_where_none_was_seeded(city: City, gathered: Gathered) -> None:
    errors = {
        code
        for code, findings in gathered.findings.items()
        if any(finding.severity is Severity.ERROR for finding in findings)
    }
    assert errors <= set(city.seeded)


def test_every_file_has_its_row(city: City, gathered: Gathered) -> None:
    fates = Counter(receipt.fate for receipt in gathered.receipts)
    assert len(gathered.receipts) == len(list(city.folder.inbox.iterdir()))
    assert fates[Fate.DUPLICATE] == DUPLICATES
    assert fates[Fate.COPIED] == COPIED
    assert fates[Fate.UNREADABLE] + fates[Fate.OTHER_FORMAT] == UNREADABLE
    assert fates[Fate.CURRENT] == len(city.units) - len(city.waiting)


def test_who_is_late_and_who_is_reminded(city: City, gathered: Gathered) -> None:
    assert {item.unit.code for item in gathered.late} == {*city.waiting, *city.late}
    missing = {item.unit.code for item in gathered.states if item.state is State.MISSING}
    assert missing == city.waiting
    returned = {item.unit.code for item in gathered.states if item.state is State.RETURNED}
    assert returned == city.held_back
    write_results(city.folder.path, TODAY)
    book = openpyxl.load_workbook(city.folder.results / "汇总.xlsx", read_only=True)
    names = {unit.name: unit.code for unit in city.units}
    reminded = {names[row[0]] for row in book["催报"].iter_rows(min_row=3, values_only=True) if row[0]}
    assert reminded == city.waiting | city.held_back


def test_the_sum_equals_an_independent_one(city: City) -> None:
    """The county's own report stands for all below it; unreadable figures and missing units are not zero."""
    for code in ("01", "11"):
        _, _, sum_ = consolidate(city.folder.path, code, TODAY)
        below = [unit.code for unit in city.units if unit.parent == code]
        assert {unit.code for unit in sum_.missing} == set(below) & city.waiting
        totals = {member: totals_of(city.now[member]) for member in below if member in city.now}
        for item in form().cells:
            expected, known = Decimal(0), False
            for member, figures in totals.items():
                mistake = city.seeded.get(member)
                value = {**city.now[member], **figures}[item]
                if mistake and mistake.overwritten:
                    value = mistake.overwritten(city.now[member]).get(item, value)
                if value == "0件":
                    value = Decimal(0)
                if isinstance(value, Decimal):
                    expected, known = expected + value, True
            if known and not _over_unreadable(item, [city.now[member] for member in totals]):
                assert sum_.total(item) == expected, item


def _over_unreadable(item: object, reports: list[Figures]) -> bool:
    """Whether a total stands over a figure that somebody left blank or wrote in words."""
    parts = form().totals.get(item, ())  # type: ignore[call-overload]
    return any(isinstance(report.get(part), str) for report in reports for part in parts)


def test_two_bureaus_that_became_one_are_compared_with_their_sum(city: City, gathered: Gathered) -> None:
    at = cell("applications.carried_forward[natural_person]")
    for code, parts in MERGED.items():
        assert gathered.last[code][at] == sum(city.before[part][at] for part in parts)  # type: ignore[misc]


def _as_typed(city: City, code: str) -> dict[CellId, Decimal | None]:
    """A report's figures as its tables show them; None: cannot be read, or a total over such."""
    typed = city.now[code]
    mistake = city.seeded.get(code)
    found: dict[CellId, Decimal | None] = {}
    for item, value in {**typed, **totals_of(typed)}.items():
        known = Decimal(0) if value == "0件" else value
        unsure = isinstance(known, str) or _over_unreadable(item, [typed])
        found[item] = None if unsure else known  # type: ignore[assignment]
    return found | (mistake.overwritten(typed) if mistake and mistake.overwritten else {})


def test_governments_are_held_against_those_below_them(city: City, gathered: Gathered) -> None:
    """CON-01 and CON-05, as an independent sum and comparison have them; CON-07 as seeded."""
    sums: set[tuple[str, CellId]] = set()
    parts: Counter[tuple[str, CellId]] = Counter()
    waiting: set[str] = set()
    for code in city._governments():
        below = [unit.code for unit in city.units if unit.parent == code]
        own = _as_typed(city, code)
        tables = [_as_typed(city, member) for member in below if member in city.now]
        for item, stated in own.items():
            values = [table[item] for table in tables]
            known = [value for value in values if value is not None]
            assert stated is not None
            parts[code, item] += sum(value > stated for value in known)
            if len(values) == len(known) == len(below) and sum(known) != stated:
                sums.add((code, item))
        if set(below) & city.waiting:
            waiting.add(code)
    found = [item for item in gathered.mismatches if item.rule in ("CON-01", "CON-05", "CON-07")]
    assert {item.unit.code for item in found if item.undecided} == waiting
    summed = {(item.unit.code, item.cell) for item in found if item.rule == "CON-01" and not item.undecided}
    assert summed == {pair for pair in sums if pair[0] not in waiting}
    assert {cell for code, cell in summed if code == WRONG_SUM} >= {cell("applications.received[business]")}
    above = Counter((item.unit.code, item.cell) for item in found if item.rule == "CON-05")
    assert above == +parts
    assert above[LESS_THAN_PART, cell("proactive.coercive_measures[decisions]")] == 1
    assert [item.unit.code for item in found if item.rule == "CON-07"] == [f"{TWICE_SUED}00"]


def test_two_units_with_one_text_are_named(city: City, gathered: Gathered) -> None:
    """雷同 between units: the seeded pair, its passage shown, in the results too – and nobody else."""
    assert [(pair.one, pair.other) for pair in gathered.alike] == [city.twins]
    shared = city.words[city.twins[0], 2025]["problems"]
    assert gathered.alike[0].passages[0] in shared
    write_results(city.folder.path, TODAY)
    book = openpyxl.load_workbook(city.folder.results / "汇总.xlsx", read_only=True)
    first, second = (city.names[code] for code in city.twins)
    assert [row[:2] for row in book["雷同"].iter_rows(min_row=3, values_only=True)] == [(first, second)]
    said = {row[1]: row[-1] for row in book["考核依据"].iter_rows(min_row=3, values_only=True)}
    copied = {city.names[c] for c, mistake in city.seeded.items() if mistake.copies}
    assert {name for name, words in said.items() if words} == {first, second} | copied
