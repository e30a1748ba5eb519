"""What was typed, and what it counts as; blank is never 0 and nothing is guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import steady
from workbook.files.grid import Cell, Kind
from workbook.form.values import Oddity, figure, read_cell, read_number, read_text


@pytest.mark.parametrize(
    ("typed", "value", "oddity"),
    [
        ("251000元", 251000, Oddity.AS_TEXT),
        ("25.1万元", "25.1", Oddity.AS_TEXT),
        ("3件", 3, Oddity.AS_TEXT),
        ("1,234", 1234, Oddity.AS_TEXT),
        ("1，234", 1234, Oddity.AS_TEXT),
        ("1,234,567.5", "1234567.5", Oddity.AS_TEXT),
        ("５", 5, Oddity.AS_TEXT),
        ("１２３", 123, Oddity.AS_TEXT),
        (" 12 ", 12, Oddity.AS_TEXT),
        ("1 2", 12, Oddity.AS_TEXT),
        ("0", 0, Oddity.AS_TEXT),
        ("3.0", 3, Oddity.AS_TEXT),
        ("0.30000000000000004", "0.3", Oddity.AS_TEXT),
        ("减4", -4, Oddity.AS_TEXT),
        ("减少4项", -4, Oddity.AS_TEXT),
        ("负4", -4, Oddity.AS_TEXT),
        ("-4", -4, Oddity.AS_TEXT),
        ("－4", -4, Oddity.AS_TEXT),
        ("−4", -4, Oddity.AS_TEXT),
        ("+2", 2, Oddity.AS_TEXT),
        ("增2", 2, Oddity.AS_TEXT),
        ("-0", 0, Oddity.AS_TEXT),
        ("/", None, Oddity.PLACEHOLDER),
        ("／", None, Oddity.PLACEHOLDER),
        ("-", None, Oddity.PLACEHOLDER),
        ("－", None, Oddity.PLACEHOLDER),
        ("—", None, Oddity.PLACEHOLDER),
        ("——", None, Oddity.PLACEHOLDER),
        ("无", None, Oddity.PLACEHOLDER),
        (" 无 ", None, Oddity.PLACEHOLDER),
        ("不适用", None, Oddity.PLACEHOLDER),
        ("N/A", None, Oddity.PLACEHOLDER),
        ("", None, Oddity.BLANK),
        (" \n\t", None, Oddity.BLANK),
        ("\u3000", None, Oddity.BLANK),
        ("约十件", None, Oddity.NOT_A_NUMBER),
        ("约10件", None, Oddity.NOT_A_NUMBER),
        ("十", None, Oddity.NOT_A_NUMBER),
        ("3亿元", None, Oddity.NOT_A_NUMBER),
        ("3万", None, Oddity.NOT_A_NUMBER),
        ("1,23", None, Oddity.NOT_A_NUMBER),
        ("12,34", None, Oddity.NOT_A_NUMBER),
        ("3/4", None, Oddity.NOT_A_NUMBER),
        ("1-2", None, Oddity.NOT_A_NUMBER),
        ("3件（含上年1件）", None, Oddity.NOT_A_NUMBER),
        ("1e5", None, Oddity.NOT_A_NUMBER),
        ("1_000", None, Oddity.NOT_A_NUMBER),
        ("٣", None, Oddity.NOT_A_NUMBER),
        ("NaN", None, Oddity.NOT_A_NUMBER),
        ("9" * 16, None, Oddity.NOT_A_NUMBER),
        ("=1+2", None, Oddity.NOT_A_NUMBER),
        ("5" * 40_000, None, Oddity.NOT_A_NUMBER),
    ],
)
def test_typed_text(typed: str, value: object, oddity: Oddity) -> None:
    found, odd = read_text(typed)
    assert odd is oddity
    assert found == (None if value is None else Decimal(str(value)))
    assert str(found) == ("None" if value is None else str(value))


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("0E+999999999", "0"),
        ("3.0", "3"),
        ("1e5", "100000"),
        ("1.50", "1.5"),
        ("25.123456", "25.123456"),
        ("0.30000000000000004", "0.3"),
        ("1.1000000000000001", "1.1"),
        ("5.551115123125783E-17", "0"),
        ("1E-999999999", "0"),
        ("0.0000001", "1E-7"),
        ("999999999999999", "999999999999999"),
        ("1e15", None),
        ("1e308", None),
        ("-1e308", None),
        ("1E+999999999", None),
        ("1e9999999999999999999", None),
        ("NaN", None),
        ("sNaN", None),
        ("Infinity", None),
        ("-inf", None),
        ("1_000", None),
        ("１２３", None),
        ("", None),
        ("0x10", None),
        ("1,234", None),
    ],
)
def test_stored_numbers(stored: str, value: str | None) -> None:
    found = read_number(stored)
    assert (None if found is None else str(found)) == value


@pytest.mark.parametrize(
    ("cell", "value", "oddity"),
    [
        (None, None, Oddity.BLANK),
        (Cell(Kind.NUMBER, "5"), 5, Oddity.NONE),
        (Cell(Kind.NUMBER, "1e308"), None, Oddity.NOT_A_NUMBER),
        (Cell(Kind.TEXT, "5"), 5, Oddity.AS_TEXT),
        (Cell(Kind.TEXT, ""), None, Oddity.BLANK),
        (Cell(Kind.DATE, "43832"), None, Oddity.DATE),
        (Cell(Kind.ERROR, "#REF!"), None, Oddity.ERROR),
        (Cell(Kind.ERROR, "#N/A"), None, Oddity.ERROR),
        (Cell(Kind.UNCALCULATED, ""), None, Oddity.UNCALCULATED),
        (Cell(Kind.LOGICAL, "1"), None, Oddity.NOT_A_NUMBER),
    ],
)
def test_cells(cell: Cell | None, value: int | None, oddity: Oddity) -> None:
    assert read_cell(cell) == (None if value is None else Decimal(value), oddity)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("0", "0"),
        ("5", "5"),
        ("2.50", "2.5"),
        ("100", "100"),
        ("1E+5", "100000"),
        ("1E-7", "0.0000001"),
        ("-8", "-8"),
        ("1E+999999999", "1E+999999999"),
        ("1E-999999999", "1E-999999999"),
    ],
)
def test_figures_in_print(value: str, printed: str) -> None:
    assert figure(Decimal(value)) == printed


@steady
@given(st.integers(-(10**14), 10**14))
def test_a_count_reads_back(count: int) -> None:
    assert read_number(str(count)) == count
    assert read_text(figure(Decimal(count))) == (count, Oddity.AS_TEXT)


@steady
@given(st.decimals(0, 10**8, places=6))
def test_an_amount_to_the_fen_survives_binary_storage(amount: Decimal) -> None:
    assert read_number(repr(float(amount))) == amount


@steady
@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_without_trouble(text: str) -> None:
    value, oddity = read_text(text)
    assert (value is not None) == (oddity is Oddity.AS_TEXT)
