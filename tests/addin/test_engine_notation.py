"""Formula notation and value typing: pure text and Python, no LibreOffice needed."""

# ruff: noqa: DTZ001 - a cell's date has no time zone

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from addin.libreoffice.notation import sheet_prefix, to_calc, to_excel
from addin.libreoffice.values import CellError, clean, constant_text, from_serial, prepare, to_serial, typed

SHEETS = {"表三", "S2", "表 2", "it's", "BETA"}

BOTH_WAYS = [
    ("=SUM(A1:B2,3)", "=SUM(A1:B2;3)"),
    ("='表 2'!$B$2+1.5", "=$'表 2'.$B$2+1.5"),
    ("='it''s'!A1", "=$'it''s'.A1"),
    ("=SUM({1,2;3,4})", "=SUM({1;2|3;4})"),
    ('=IF(A1=1,"a,b;c","表三.A1")', '=IF(A1=1;"a,b;c";"表三.A1")'),
    ('=COUNTIFS(A1:A2,">0",B1:B2,"引""号")', '=COUNTIFS(A1:A2;">0";B1:B2;"引""号")'),
    ("=SUM('表 2'!A:A,'表 2'!$1:$3)", "=SUM($'表 2'.A:A;$'表 2'.$1:$3)"),
    ("=IFERROR(A1/B1,#N/A)", "=IFERROR(A1/B1;#N/A)"),
    ("=STDEV.S(A1,B2)", "=STDEV.S(A1;B2)"),
]


@pytest.mark.parametrize(("excel", "calc"), BOTH_WAYS)
def test_a_formula_is_translated_both_ways(excel: str, calc: str) -> None:
    assert to_calc(excel) == calc
    assert to_excel(calc, SHEETS) == excel


@pytest.mark.parametrize(
    ("calc", "excel"),
    [
        ("=表三.A1", "=表三!A1"),
        ("=$表三.A1:B2", "=表三!A1:B2"),
        ("=S2.A1", "='S2'!A1"),  # a name that looks like a cell is quoted in Excel
        ("=SUM(A1~B2)", "=SUM(A1,B2)"),
        ("=SUM(A1:B2!B1:C2)", "=SUM(A1:B2 B1:C2)"),
        ("=$'表 2'.#REF!", "='表 2'!#REF!"),
        ("=BETA.DIST(A1;2)", "=BETA.DIST(A1,2)"),  # a function, though a sheet is called BETA
        ("=other.A1", "=other.A1"),  # no such sheet: left alone
    ],
)
def test_what_libreoffice_writes_is_read(calc: str, excel: str) -> None:
    assert to_excel(calc, SHEETS) == excel


def test_a_bare_sheet_name_is_written_for_libreoffice_in_quotes() -> None:
    assert to_calc("=Sheet1!A1+表三!B2") == "=$'Sheet1'.A1+$'表三'.B2"


@pytest.mark.parametrize(
    ("name", "prefix"),
    [("表三", "表三!"), ("表 三", "'表 三'!"), ("a'b", "'a''b'!"), ("A1", "'A1'!"), ("R1C1", "'R1C1'!"),
     ("2019年", "'2019年'!"), ("a.b", "a.b!"), ("a-b", "'a-b'!")],
)  # fmt: skip
def test_a_sheet_is_quoted_where_excel_quotes_it(name: str, prefix: str) -> None:
    assert sheet_prefix(name) == prefix


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12.0), (" 1,234.5 ", 1234.5), ("-3", -3.0), (".5", 0.5), ("1e3", 1000.0), ("007", 7.0),
     ("'12", "12"), ("true", True), ("12件", "12件"), ("1,23", "1,23"), ("2020-01-02", "2020-01-02"),
     ("", ""), ("-", "-"), ("12%", "12%"), ("一、二", "一、二")],
)  # fmt: skip
def test_a_text_is_taken_as_excel_takes_it(text: str, value: object) -> None:
    assert (typed(text), type(typed(text))) == (value, type(value))


def test_every_kind_of_value_is_prepared_for_a_cell() -> None:
    given = [None, float("nan"), 3, Decimal("1.5"), True, "文", dt.date(2020, 1, 2)]
    assert [prepare(value) for value in given] == ["", "", 3.0, 1.5, True, "文", dt.date(2020, 1, 2)]
    assert type(prepare(3)) is float


def test_a_day_number_and_a_date_are_the_same() -> None:
    start = dt.datetime(1899, 12, 30)
    moment = dt.datetime(2020, 1, 2, 3, 4, 5)
    assert from_serial(43832.12783564815, start) == moment
    assert from_serial(to_serial(moment, start), start) == moment
    assert to_serial(dt.date(2020, 1, 2), start) == 43832


def test_cleaning_follows_xlwings_options() -> None:
    data = [[1.0, "", CellError("#REF!"), dt.datetime(2020, 1, 2), True, "文"]]
    kept = [[1.0, None, None, dt.datetime(2020, 1, 2), True, "文"]]
    assert clean(data, dt.datetime, None, None, False) == kept
    cleaned = clean(data, lambda year, month, day, **_: (year, month, day), "空", round, True)
    assert cleaned == [[1, "空", "#REF!", (2020, 1, 2), True, "文"]]


def test_constants_are_shown_as_in_the_formula_bar() -> None:
    shown = [constant_text(value) for value in (5.0, 0.5, 1e20, True, "文", None, "")]
    assert shown == ["5", "0.5", "1e+20", "TRUE", "文", "", ""]
