"""The rule set examined: no contradiction, every cell covered, and what the sums can see."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workbook.form.edition import CellId, Edition, all_editions
from workbook.rules.equalities import hard_equalities, independent_rows
from workbook.rules.rulebook import RULE_FOLDER, load_rulebook
from workbook.rules.selfcheck import coding, self_check
from workbook.rules.selfcheck_report import render

BOOK = load_rulebook()
EDITIONS = all_editions()
by_edition = pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)


def test_the_shipped_rules_are_sound() -> None:
    report = self_check(BOOK)
    assert report.sound
    text = render(report, BOOK)
    assert text.count("没有矛盾") == len(EDITIONS)
    for item in report.editions:
        assert item.edition.id in text
        assert len(item.redundant) == 2  # the table's grand totals follow from rows and columns
        assert item.equalities == {"2019": 40, "2021": 42}[item.edition.id]


@by_edition
def test_typed_totals_make_table_three_a_code_of_distance_four(edition: Edition) -> None:
    """One wrong cell is located, three are detected; 表四 shows a slip and not where; 表二 shows nothing."""
    distance = coding(BOOK, edition, formulas=False).distance
    expected = {"proactive": {1}, "applications": {4, 5}, "challenges": {2}}
    for table in edition.tables:
        assert {distance[cell] for cell in table.cells} == expected[table.id]
    far = {cell.row for cell in edition.cells if distance[cell] == 5}
    assert far == {"dispositions.total"}  # in three sums each


@by_edition
def test_formula_totals_leave_only_the_balances(edition: Edition) -> None:
    distance = coding(BOOK, edition, formulas=True).distance
    assert not set(distance) & set(edition.totals)
    for table in edition.tables:
        seen = {distance[cell] for cell in table.inputs}
        assert seen == ({2} if table.id == "applications" else {1})


def test_what_follows_from_what_is_told_exactly() -> None:
    rows = [{0: 1, 1: -1}, {1: 1, 2: -1}, {0: 1, 2: -1}, {3: 2}, {}]
    independent, follows = independent_rows(rows)
    assert independent == {0, 1, 3}
    assert follows == {2: frozenset({0, 1})}


def test_only_sums_nobody_may_explain_are_hard() -> None:
    rules = {item.rule for item in hard_equalities(BOOK, EDITIONS[-1])}
    assert rules == {"SUM-01", "SUM-02", "SUM-03", "BAL-01"}


def with_rule(tmp_path: Path, formula: str) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(RULE_FOLDER, folder)
    (folder / "9-local.yaml").write_text(
        f"""\
- code: ZZZ-01
  label: 自相矛盾
  table: applications
  formula: {formula}
  mark: received[total]
  basis: {{state: 待核, document: 某文}}
  outcomes:
    - severity: error
      message: 不对
      remedy: 改
""",
        encoding="utf-8",
    )
    return folder


def test_a_contradiction_is_found(tmp_path: Path) -> None:
    book = load_rulebook(with_rule(tmp_path, "received[total] > received[total] + 1"))
    report = self_check(book)
    assert not report.sound
    assert all("ZZZ-01" in clash.rules for item in report.editions for clash in item.contradictions)
    assert "矛盾" in render(report, book)


def test_a_cell_that_nobody_may_fill_is_found(tmp_path: Path) -> None:
    book = load_rulebook(with_rule(tmp_path, "carried_forward[business] = brought_forward[business] * 0"))
    report = self_check(book)
    assert not report.sound
    barred = {cell for item in report.editions for cell in item.barred}
    assert barred == {CellId("applications", "carried_forward", "business")}
    assert "只能填0" in render(report, book)
