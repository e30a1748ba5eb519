"""The rule set examined: no contradiction, every cell covered, and what the sums can see."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from ortools.sat.python import cp_model

from workbook.cli import main
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.rules.equalities import hard_equalities, independent_rows
from workbook.rules.rulebook import RULE_FOLDER, load_rulebook
from workbook.rules.selfcheck import coding, self_check
from workbook.rules.selfcheck_report import render

BOOK = load_rulebook()
EDITIONS = all_editions()
by_edition = pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)


def test_the_shipped_rules_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    """As the command tells it, which is how it is asked in continuous integration."""
    report = self_check(BOOK)
    assert report.sound
    text = render(report, BOOK)
    assert text.count("没有矛盾") == len(EDITIONS)
    assert text.endswith("没有需要改的。")
    assert main(["rules", "--self-check", "--json", "--edition", "2021"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["sound"]
    (said,) = document["editions"]
    assert (said["edition"], said["cells"], said["equalities"]) == ("2021", 200, 42)
    assert set(said["distances"]["typed"].values()) == {1, 2, 4, 5}
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


@by_edition
@pytest.mark.parametrize("formulas", [False, True])
def test_distances_are_those_another_solver_finds(edition: Edition, formulas: bool) -> None:
    """The fewest cells of 表三 and 表四 that can be wrong together unseen, one of them given."""
    distance = coding(BOOK, edition, formulas=formulas).distance
    rows = [spelt_out(edition, item.factors, formulas=formulas) for item in hard_equalities(BOOK, edition)]
    cells = sorted({cell for row in rows for cell in row})
    for cell in random.Random(edition.id).sample(cells, 6):
        assert distance[cell] == min(fewest_unseen(rows, cells, cell), 5), cell


def spelt_out(edition: Edition, row: Mapping[CellId, int], *, formulas: bool) -> dict[CellId, int]:
    """A row with computed totals replaced by their parts."""
    found: dict[CellId, int] = {}
    for cell, factor in row.items():
        parts = edition.totals.get(cell) if formulas else None
        inner = spelt_out(edition, dict.fromkeys(parts, factor), formulas=True) if parts else {cell: factor}
        for part, times in inner.items():
            found[part] = found.get(part, 0) + times
    return {cell: factor for cell, factor in found.items() if factor}


def fewest_unseen(rows: list[dict[CellId, int]], cells: list[CellId], wrong: CellId) -> int:
    """By CP-SAT: how many cells are wrong at least, `wrong` by 1, if every sum holds."""
    model = cp_model.CpModel()
    shift = {cell: model.new_int_var(-3, 3, str(cell)) for cell in cells}
    used = {cell: model.new_bool_var(f"{cell} wrong") for cell in cells}
    for cell in cells:
        model.add(shift[cell] <= 3 * used[cell])
        model.add(shift[cell] >= -3 * used[cell])
    model.add(shift[wrong] == 1)
    for row in rows:
        model.add(sum(factor * shift[cell] for cell, factor in row.items()) == 0)
    model.minimize(sum(used.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


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
    report = self_check(book, EDITIONS[-1:])
    assert not report.sound
    assert all("ZZZ-01" in clash.rules for item in report.editions for clash in item.contradictions)
    assert "矛盾" in render(report, book)


def test_a_cell_that_nobody_may_fill_is_found(tmp_path: Path) -> None:
    book = load_rulebook(with_rule(tmp_path, "carried_forward[business] = brought_forward[business] * 0"))
    report = self_check(book, EDITIONS[-1:])
    assert not report.sound
    barred = {cell for item in report.editions for cell in item.barred}
    assert barred == {CellId("applications", "carried_forward", "business")}
    assert "只能填0" in render(report, book)
