"""A small city's results: the sums, who is missing, what is wrong – and nothing that could run."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document

from tests.campaign.city import UNITS, check, hand_in, handed_out, open_campaign, plain_form, stamp
from workbook.campaign.distribute import distribute
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.records import Figures, Unit
from workbook.campaign.roster import Roster
from workbook.cli import main
from workbook.form.edition import CellId
from workbook.form.editionfile import edition_by_id
from workbook.results.gathering import gather
from workbook.results.rollup import ALL, OWN_LEVEL, roll_up
from workbook.results.write import consolidate, write_results
from workbook.review import open_filing

TODAY = dt.date(2026, 2, 10)
EDITION = edition_by_id("2021")
assert EDITION is not None


def received(count: int) -> dict[str, int]:
    """So many applications from natural persons, all granted."""
    return {
        "applications.received[natural_person]": count,
        "applications.dispositions.granted[natural_person]": count,
    }


def broken(count: int) -> dict[str, int]:
    """One application more than was dealt with."""
    return received(count) | {"applications.received[natural_person]": count + 1}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> CampaignFolder:
    folder = handed_out(tmp_path_factory.mktemp("任务") / "某市 2025")
    hand_in(folder, "0100", received(7))
    hand_in(folder, "0101", received(5))
    hand_in(folder, "0102", broken(3))
    hand_in(folder, "0201", received(2))
    hand_in(folder, "0203", received(1))
    hand_in(folder, "02", received(4))  # its parts make 3, and 0202 is missing
    stamp(
        plain_form(folder.inbox / "外来.xlsx", '=HYPERLINK("http://x","某局")'),
        dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
    )
    check(folder)
    return folder


def test_the_sum_is_what_the_reports_say(city: CampaignFolder) -> None:
    whole, own, sum_ = consolidate(city.path, None, TODAY)
    cell = CellId.parse("applications.received[total]")
    assert sum_.total(cell) == 7 + 5 + 4 + 4  # the county's own report stands for what is below it
    assert [unit.code for unit in sum_.vertical] == ["0103"]
    assert sum_.missing == ()
    filing, _ = open_filing(whole)
    assert filing.value(cell) == 20 and filing.scope == "consolidated"
    assert open_filing(own)[0].value(cell) == 16
    book = openpyxl.load_workbook(whole)
    rows = list(book["汇总明细"].iter_rows(min_row=4, values_only=True))
    label = EDITION.by_id["applications"].rows["received"].short
    parts = [row[5] for row in rows if row[1] == label and row[2] == "总计"]
    assert sorted(parts) == [4, 4, 5, 7]


def test_missing_units_are_listed_and_never_zero(city: CampaignFolder) -> None:
    _, _, sum_ = consolidate(city.path, "02", TODAY)
    assert [unit.code for unit in sum_.missing] == ["0202"]
    assert main(["consolidate", str(city.path), "--unit", "02"]) == 1


def test_the_county_as_submitted_waits_for_its_missing_unit(city: CampaignFolder) -> None:
    found = {(item.rule, item.unit.code): item for item in gather(city, TODAY).mismatches}
    assert found["CON-01", "02"].undecided
    assert ("CON-02", "0202") in found and ("CON-02", "0103") in found


def test_lists_reminders_and_notices(city: CampaignFolder) -> None:
    written = write_results(city.path, TODAY)
    names = {path.name for path in written.paths}
    assert any(name.startswith("整改通知（某市财政局）") for name in names)
    assert not any("科学技术局" in name for name in names)
    letter = Document(str(next(p for p in written.paths if "财政局" in p.name)))
    words = "\n".join(p.text for p in letter.paragraphs) + "".join(
        cell.text for table in letter.tables for row in table.rows for cell in row.cells
    )
    assert "某市财政局：" in words and "BAL-01" in words
    book = openpyxl.load_workbook(city.results / "汇总.xlsx")
    reminders = {row[0]: row[-1] for row in book["催报"].iter_rows(min_row=3, values_only=True)}
    assert set(reminders) == {"某市人民政府", "某市财政局", "某市气象局", "某县财政局"}
    assert "尚未报送" in reminders["某县财政局"] and "逾期" in reminders["某县财政局"]
    assert "1处错误须改正" in reminders["某市财政局"]
    units = {row[0]: row for row in book["按单位"].iter_rows(min_row=3, values_only=True)}
    assert len(units) == len(UNITS) and units["0102"][6] == "退回"


def test_nothing_written_can_run(city: CampaignFolder) -> None:
    write_results(city.path, TODAY)
    for name in ("汇总.xlsx",):
        for sheet in openpyxl.load_workbook(city.results / name):
            for row in sheet.iter_rows():
                assert not any(cell.data_type == "f" for cell in row)
    seen = 0
    for path in (city.results / "CSV").iterdir():
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        seen += len(rows)
        assert not any(text[:1] in "=+-@\t\r" for row in rows for text in row if text), path.name
    assert seen > 40
    page = (city.results / "报送与核对情况.html").read_text(encoding="utf-8")
    assert page.count("</script>") == 2 and "http://" not in page.replace("http://x", "")


def test_results_are_the_same_every_time(city: CampaignFolder) -> None:
    def taken() -> dict[str, bytes]:
        write_results(city.path, TODAY)
        return {
            path.name: path.read_bytes()
            for path in (
                *city.results.rglob("*.csv"),
                *city.results.glob("*.html"),
                *city.returned.glob("*.docx"),
            )
        }

    assert taken() == taken()


# --- the sum alone ------------------------------------------------------------------------------------


def drawn(chance: random.Random, code: str, edition: str = "2021") -> Figures:
    form = edition_by_id(edition)
    assert form is not None
    values = {cell: Decimal(chance.randrange(50)) for cell in form.cells if chance.random() < 0.9}
    return Figures("", code, edition, "own", 2025, values)


@pytest.mark.parametrize("seed", range(20))
def test_any_sum_equals_an_independent_one_whatever_the_order(seed: int) -> None:
    chance = random.Random(seed)
    units = [Unit("1", "市", kind="government", scope=ALL, order=1)]
    units += [
        Unit(f"1{n:02}", f"单位{n}", parent="1", kind=chance.choice(["department", "government"]),
             vertical=chance.random() < 0.1, order=n + 1)
        for n in range(1, 30)
    ]  # fmt: skip
    reports = {unit.code: drawn(chance, unit.code) for unit in units[1:] if chance.random() < 0.8}
    shuffled = units[:]
    chance.shuffle(shuffled)
    for scope in (ALL, OWN_LEVEL):
        members = [u for u in units[1:] if not u.vertical and (scope == ALL or u.kind == "department")]
        for roster in (Roster(tuple(units)), Roster(tuple(shuffled))):
            sum_ = roll_up(roster, reports, units[0], EDITION, scope)
            for cell in EDITION.cells:
                stated = [r.values[cell] for u in members if (r := reports.get(u.code)) and cell in r.values]
                assert sum_.total(cell) == (sum(stated) if stated else None)
            assert {u.code for u in sum_.missing} == {u.code for u in members if u.code not in reports}


def test_an_older_form_goes_into_the_newer_as_the_editions_say() -> None:
    units = (Unit("1", "市", kind="government", scope=ALL), Unit("11", "局", parent="1"))
    old = CellId.parse("applications.dispositions.other[total]")
    made = CellId.parse("proactive.regulations[made]")
    values: dict[CellId, Any] = {
        old: Decimal(3),
        made: Decimal(2),
        CellId.parse("applications.received[total]"): Decimal(9),
    }
    sum_ = roll_up(Roster(units), {"11": Figures("", "11", "2019", "own", 2025, values)}, units[0], EDITION)
    assert sum_.total(CellId.parse("applications.dispositions.other.rest[total]")) == 3
    assert sum_.total(CellId.parse("applications.dispositions.other.fee_unpaid[total]")) == 0
    assert sum_.total(CellId.parse("applications.received[total]")) == 9
    [part] = sum_.parts
    assert dict(part.listed) == {made: Decimal(2)}


def test_totals_that_were_off_are_recomputed_and_named() -> None:
    units = (
        Unit("1", "市", kind="government", scope=ALL),
        Unit("11", "甲局", parent="1"),
        Unit("12", "乙局", parent="1"),
    )
    good = {cell: Decimal(0) for cell in EDITION.cells}
    bad = good | {CellId.parse("challenges.reconsideration[upheld]"): Decimal(4)}
    reports = {code: Figures("", code, "2021", "own", 2025, v) for code, v in (("11", good), ("12", bad))}
    [(cell, stated, recomputed, who)] = roll_up(Roster(units), reports, units[0], EDITION).off_totals()
    assert (str(cell), stated, recomputed) == ("challenges.reconsideration[total]", 0, 4)
    assert [unit.name for unit in who] == ["乙局"]


def test_balanced_reports_make_a_balanced_sum(tmp_path: Path) -> None:
    folder = open_campaign(tmp_path / "任务")
    distribute(folder)
    for number, unit in enumerate(u.code for u in UNITS if not u.vertical and u.scope == "own"):
        hand_in(folder, unit, received(number + 1))
    check(folder)
    whole, _, sum_ = consolidate(folder.path, None, TODAY)
    assert main(["check", str(whole)]) == 0
    assert list(sum_.off_totals()) == []
