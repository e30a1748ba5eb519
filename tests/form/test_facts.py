"""Facts in and out: what goes in comes out, and what is not of the shape is refused in one Chinese line."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import steady
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.form.facts import facts_document, filing_from_document, read_facts
from workbook.form.values import Oddity
from workbook.problems import UnusableInput

EDITIONS = all_editions()
FEES = CellId("proactive", "fees", "amount")
RECEIVED = CellId("applications", "received", "natural_person")


def read(tmp_path: Path, text: str, name: str = "facts.json") -> Any:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_facts(path)


def test_a_fact_is_a_number_a_string_or_a_blank(tmp_path: Path) -> None:
    filing = read(
        tmp_path,
        '{"year": 2023, "facts": {"proactive.fees[amount]": 25.1, "proactive.licences[decisions]": "/",'
        ' "proactive.penalties[decisions]": null, "applications.received[natural_person]": 1e2,'
        ' "applications.received[business]": "3件", "applications.received[research]": ""}}',
    )
    facts = {str(cell): (fact.value, fact.oddity) for cell, fact in filing.facts.items()}
    assert facts["proactive.fees[amount]"] == (Decimal("25.1"), Oddity.NONE)
    assert facts["proactive.licences[decisions]"] == (None, Oddity.PLACEHOLDER)
    assert facts["proactive.penalties[decisions]"] == (None, Oddity.BLANK)
    assert facts["applications.received[natural_person]"] == (100, Oddity.NONE)
    assert facts["applications.received[business]"] == (3, Oddity.AS_TEXT)
    assert facts["applications.received[research]"] == (None, Oddity.BLANK)
    assert facts["proactive.coercive_measures[decisions]"] == (None, Oddity.BLANK), "missing is blank, not 0"
    assert filing.edition_id == "2021"
    assert set(filing.missing_tables) == {"challenges"}


@pytest.mark.parametrize("year", [2019, 2020, 2021, 2025])
def test_the_edition_follows_from_the_year(year: int) -> None:
    edition = filing_from_document({"year": year}, "a").edition
    assert edition.governs(year)


def test_an_edition_named_stands_even_against_the_year() -> None:
    assert filing_from_document({"year": 2022, "edition": "2019"}, "a").edition_id == "2019"


@pytest.mark.parametrize("raw", ["1e308", "-1e308", "1E+999999999", "1e-400", "9" * 400])
def test_absurd_numbers_neither_stop_nor_fill_the_memory(tmp_path: Path, raw: str) -> None:
    filing = read(tmp_path, f'{{"year": 2023, "facts": {{"proactive.fees[amount]": {raw}}}}}')
    fact = filing.facts[FEES]
    assert fact.oddity is Oddity.NOT_A_NUMBER or fact.value == 0
    out = json.dumps(facts_document(filing))
    assert len(out) < 20_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "5",
        "null",
        "{",
        '{"year": "2023"}',
        '{"year": 2023.5}',
        '{"year": true}',
        '{"year": 1066}',
        '{"year": 202}',
        "{}",
        '{"edition": "2020"}',
        '{"edition": ["2021"]}',
        '{"year": 2018}',
        '{"year": 2023, "scope": "all"}',
        '{"year": 2023, "scope": []}',
        '{"year": 2023, "organ": "某局"}',
        '{"year": 2023, "organ": {"level": "village"}}',
        '{"year": 2023, "organ": {"level": {}}}',
        '{"year": 2023, "organ": {"may_make_rules": "是"}}',
        '{"year": 2023, "organ": {"temporary": []}}',
        '{"year": 2023, "facts": [1]}',
        '{"year": 2023, "facts": {"applications.received": 1}}',
        '{"year": 2023, "facts": {"applications.received[totl]": 1}}',
        '{"year": 2023, "facts": {"proactive.procurement[amount]": 1}}',
        '{"year": 2023, "facts": {"proactive.fees[amount]": true}}',
        '{"year": 2023, "facts": {"proactive.fees[amount]": [1]}}',
        '{"year": 2023, "facts": {"proactive.fees[amount]": NaN}}',
        '{"year": 2023, "facts": {"proactive.fees[amount]": -Infinity}}',
        '{"year": 2023, "facts": {"proactive.fees[amount]": 1e9999999999999999999}}',
        '{"year": 2023, "sections": {"overview": 5}}',
        '{"year": 2023, "sections": [1]}',
        '{"year": 2023, "headings": {"overview": []}}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:60] or "empty",
)
def test_what_is_not_of_the_shape_is_one_chinese_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        read(tmp_path, text)
    line = str(refused.value)
    assert line.startswith("facts.json：")
    assert "\n" not in line
    assert len(line) < 400


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"nowhere\.json：打不开"):
        read_facts(tmp_path / "nowhere.json")
    with pytest.raises(UnusableInput):
        read_facts(tmp_path)
    (tmp_path / "gbk.json").write_bytes('{"year": 2023, "organ": {"name": "某局"}}'.encode("gbk"))
    with pytest.raises(UnusableInput, match="UTF-8"):
        read_facts(tmp_path / "gbk.json")


def test_a_byte_order_mark_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "bom.json").write_bytes(b"\xef\xbb\xbf" + b'{"year": 2023}')
    assert read_facts(tmp_path / "bom.json").year == 2023


def test_csv(tmp_path: Path) -> None:
    filing = read(
        tmp_path,
        "id,value\norgan,某局\nlevel,county_department\nyear,2023\nscope,own\n"
        "applications.received[natural_person],3\nproactive.fees[amount],25.10\n"
        'applications.received[business],"1,234"\nproactive.licences[decisions],\n\n'
        "proactive.penalties[decisions],/\nproactive.coercive_measures[decisions],１２\n",
        "facts.csv",
    )
    assert (filing.organ.name, filing.organ.level, filing.year, filing.scope) == (
        "某局",
        "county_department",
        2023,
        "own",
    )
    out = facts_document(filing)["facts"]
    assert out["applications.received[natural_person]"] == 3
    assert out["proactive.fees[amount]"] == 25.1
    assert out["applications.received[business]"] == "1,234"
    assert out["proactive.licences[decisions]"] is None
    assert out["proactive.penalties[decisions]"] == "/"
    assert out["proactive.coercive_measures[decisions]"] == "１２"
    assert filing.facts[CellId("proactive", "coercive_measures", "decisions")].value == 12


@pytest.mark.parametrize(
    "text",
    ["id,value\nyear\n", "year,二〇二三\n", "year,²\n", "year,2023\nabc,1\n", "", 'year,"' + "x" * 140_000],
)
def test_a_csv_that_is_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnusableInput, match=r"^facts\.csv："):
        read(tmp_path, text, "facts.csv")


def test_a_table_of_nulls_is_as_missing_as_one_not_given() -> None:
    edition = EDITIONS[-1]
    nulls = {str(cell): None for cell in edition.by_id["challenges"].cells}
    filing = filing_from_document({"year": 2023, "facts": {"proactive.fees[amount]": 0, **nulls}}, "a")
    assert set(filing.missing_tables) == {"applications", "challenges"}


def test_declared_zeros_make_no_table_missing_and_count_as_0() -> None:
    filing = filing_from_document({"year": 2023, "declared_zero": True, "facts": {}}, "a")
    assert not filing.missing_tables
    assert filing.value(RECEIVED) == 0
    assert filing.facts[RECEIVED].value is None


@st.composite
def documents(draw: st.DrawFn, edition: Edition) -> dict[str, Any]:
    values = st.one_of(
        st.none(),
        st.integers(-999, 10**9),
        st.decimals(0, 10**6, places=6).map(float),
        st.sampled_from(["/", "无", "3件", "约十件", "1,234", "５", "251000元"]),
    )
    chosen = draw(st.lists(st.sampled_from(edition.cells), unique=True, max_size=25))
    return {
        "organ": {
            "name": draw(st.none() | st.just("某局")),
            "level": draw(st.sampled_from([None, "county", "office"])),
            "may_make_rules": draw(st.none() | st.booleans()),
        },
        "year": edition.first_year,
        "edition": edition.id,
        "scope": draw(st.sampled_from([None, "own", "consolidated"])),
        "declared_zero": draw(st.booleans()),
        "facts": {str(cell): draw(values) for cell in chosen},
        "sections": {"overview": draw(st.none() | st.text(max_size=20))},
    }


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
@steady
@given(data=st.data())
def test_what_goes_in_comes_out(edition: Edition, data: st.DataObject) -> None:
    document = data.draw(documents(edition))
    out = facts_document(filing_from_document(document, "a"))
    assert {key: value for key, value in out["facts"].items() if value is not None} == {
        key: value for key, value in document["facts"].items() if value is not None
    }
    for key in ("year", "edition", "scope", "declared_zero", "organ"):
        assert out[key] == document[key], key
    assert out["sections"] == document["sections"]
    again = facts_document(filing_from_document(json.loads(json.dumps(out)), "a"))
    assert again["facts"] == out["facts"]
    assert again["missing_tables"] == out["missing_tables"]
