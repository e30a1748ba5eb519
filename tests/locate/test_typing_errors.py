"""Slips of the hand are recognised for what they are."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import steady
from workbook.locate.elimination import Exact
from workbook.locate.typing_errors import digit_slip, is_unit_slip, typing_error


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (17, 12, "digit_changed"),
        (8, 3, "digit_changed"),
        (12, 123, "digit_dropped"),
        (5, 205, "digit_dropped"),  # the leading 2 left out
        (1223, 123, "digit_added"),
        (50, 5, "digit_added"),
        (21, 12, "digits_swapped"),
        (1324, 1234, "digits_swapped"),
        (-5, 5, "sign"),
        (250_000, 25, "unit_slip"),
        (25, 250_000, "unit_slip"),
        (0, 5, "wrong_figure"),  # a figure left out
        (77, 12, "wrong_figure"),
        (None, 0, "blank_for_zero"),
        (None, 4, "wrong_figure"),
    ],
)
def test_a_figure_alone(before: Exact | None, after: Exact, kind: str) -> None:
    assert typing_error(before, after) == kind


def test_what_stands_beside_a_figure_tells() -> None:
    assert typing_error(40, 13, wholes=[40]) == "total_in_part"
    assert typing_error(13, 40, is_total=True, parts=[13, 27]) == "part_in_total"
    assert typing_error(0, 40, is_total=True, parts=[13, 27]) == "total_not_filled"
    assert typing_error(None, 40, is_total=True) == "total_not_filled"
    assert typing_error(35, 58, last_year=35) == "last_year_pasted"
    assert typing_error(3, 8, last_year=3) == "digit_changed"  # small figures are alike by chance


def test_amounts_slip_by_any_power_of_ten() -> None:
    assert is_unit_slip(251_000, Fraction(251, 10), is_amount=True)
    assert is_unit_slip(251, Fraction(251, 10), is_amount=True)
    assert not is_unit_slip(252, Fraction(251, 10), is_amount=True)
    assert not is_unit_slip(50, 5, is_amount=False)
    assert typing_error(Fraction(251, 10), 251_000, is_amount=True) == "unit_slip"


def test_digits_of_decimals_are_compared_without_the_point() -> None:
    assert digit_slip(Fraction(1235, 100), Fraction(1253, 100)) == "digits_swapped"


@steady
@given(st.integers(10, 99_999), st.randoms(use_true_random=False))
def test_every_slip_of_the_finger_is_some_digit_slip(right: int, draw: random.Random) -> None:
    text = str(right)
    at = draw.randrange(len(text))
    changed = text[:at] + draw.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :]
    assert typing_error(int(changed), right) == "digit_changed"
    doubled = text[: at + 1] + text[at:]
    assert typing_error(int(doubled), right) == "digit_added"
    dropped = text[:at] + text[at + 1 :]
    if not dropped.startswith("0"):
        assert typing_error(int(dropped), right) == "digit_dropped"
    assert typing_error(-right, right) == "sign"
