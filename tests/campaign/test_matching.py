"""Whose report is it: names as offices write them, and nothing guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.campaign.city import UNITS, YEAR
from workbook.campaign.matching import Matcher, full_names
from workbook.campaign.records import Fate, Unit
from workbook.campaign.roster import Roster
from workbook.form.filing import Filing, Organ

MATCHER = Matcher(Roster(UNITS), b"k" * 32, "任务", YEAR)


def filing(organ: str | None, scope: str | None = "own", year: int | None = YEAR) -> Filing:
    return Filing(Organ(organ), year, "2021", scope, {})


@pytest.mark.parametrize(
    ("organ", "path", "code", "by"),
    [
        ("某市科学技术局", "inbox/a.xlsx", "0101", "name"),
        ("某市科技局", "inbox/a.xlsx", "0101", "name"),
        ("科技局", "inbox/a.xlsx", "0101", "alias"),
        ("某市 科学技术局", "inbox/a.xlsx", "0101", "name"),
        ("某市政府办公室", "inbox/a.xlsx", "0100", "name"),
        (None, "inbox/某市财政局/年报.xlsx", "0102", "path"),
        (None, "inbox/0102 年报.xlsx", "0102", "path"),
        ("财政局", "inbox/某市财政局/年报.xlsx", "0102", "alias"),
        ("财政局", "inbox/某市某县人民政府/年报.xlsx", "0202", "alias"),
        (None, "inbox/县.zip!0201 教育局/x.xlsx", "0201", "path"),
    ],
)
def test_a_unit_is_told(organ: str | None, path: str, code: str, by: str) -> None:
    match = MATCHER.match(filing(organ), path)
    assert match.unit is not None, match.why
    assert (match.unit.code, match.by, match.fate) == (code, by, None)


@pytest.mark.parametrize(
    ("organ", "path", "fate"),
    [
        ("财政局", "inbox/a.xlsx", Fate.AMBIGUOUS),
        ("某市文化局", "inbox/a.xlsx", Fate.STRANGER),
        ("某市文化局", "inbox/某市财政局/a.xlsx", Fate.STRANGER),
        (None, "inbox/a.xlsx", Fate.STRANGER),
        (None, "inbox/2.xlsx", Fate.STRANGER),
    ],
)
def test_what_cannot_be_told_is_not_guessed(organ: str | None, path: str, fate: Fate) -> None:
    match = MATCHER.match(filing(organ), path)
    assert (match.unit, match.fate) == (None, fate)
    assert match.why


def test_two_reports_under_one_name_are_told_apart_by_scope() -> None:
    twins = Roster((Unit("1", "某县人民政府", scope="consolidated"), Unit("2", "某县人民政府", scope="own")))
    matcher = Matcher(twins, None, "任务", YEAR)
    for scope, code in (("own", "2"), ("consolidated", "1")):
        match = matcher.match(filing("某县人民政府", scope), "inbox/a.xlsx")
        assert match.unit is not None and match.unit.code == code
    assert matcher.match(filing("某县人民政府", None), "inbox/a.xlsx").fate is Fate.AMBIGUOUS


def test_another_year_is_said() -> None:
    match = MATCHER.match(filing("某市财政局", year=YEAR - 1), "inbox/a.xlsx")
    assert match.fate is Fate.WRONG_YEAR
    assert match.unit is not None and match.unit.code == "0102"


@given(st.text(max_size=40), st.text(max_size=80))
def test_any_text_is_survived(organ: str, path: str) -> None:
    match = MATCHER.match(filing(organ), "inbox/" + path)
    assert match.unit is not None or match.why


def test_a_full_form_is_not_written_out_twice() -> None:
    assert "某市人民政府" in full_names("某市政府")
    assert full_names("某市人民政府") == {"某市人民政府"}
