"""Where two texts differ: shown as a person would point at it, in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.rules.passages import differing_passages


@pytest.mark.parametrize(
    ("one", "other", "passages"),
    [
        ("甲。乙。", "甲。乙。", []),
        ("甲，乙。", "甲,\n 乙。", []),
        ("“放管服”１２件", '"放管服"12件', []),
        ("甲。乙。丙。", "甲。丙。", [("乙。", "")]),
        ("甲。丙。", "甲。乙。丙。", [("", "乙。")]),
        ("收到5件。无结转。", "收到6件。无结转。", [("收到5件。", "收到6件。")]),
        ("", "全文。", [("", "全文。")]),
    ],
)
def test_passages(one: str, other: str, passages: list[tuple[str, str]]) -> None:
    assert differing_passages(one, other) == passages


def test_a_long_sentence_is_cut_to_what_differs() -> None:
    before, after = "前" * 200, "后" * 200
    ((one, other),) = differing_passages(f"{before}5件{after}。", f"{before}6件{after}。")
    assert "5件" in one
    assert "6件" in other
    assert len(one) < 40


@given(st.text(alphabet="甲乙。；1２ \n", max_size=40), st.text(alphabet="甲乙。；1２ \n", max_size=40))
def test_no_passage_means_equal_and_order_does_not_matter(one: str, other: str) -> None:
    forth, back = differing_passages(one, other), differing_passages(other, one)
    assert bool(forth) == bool(back)
    assert differing_passages(one, one) == []


def test_hostile_lengths_take_no_time() -> None:
    start = time.process_time()
    differing_passages("甲。" * 50_000, "乙。" * 50_000)
    differing_passages("甲乙" * 100_000, "甲乙" * 99_999 + "丙")
    assert time.process_time() - start < 20
