"""How a located slip is told: one comment at its cell, short hints elsewhere, JSON for machines."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.filled import notes_of, place_of, save_form, type_into, zeros
from workbook.comments import complaints
from workbook.locate.repairs import suggested_repairs
from workbook.report import check_document
from workbook.review import Review, annotate, review_file
from workbook.rules.rulebook import load_rulebook

BOOK = load_rulebook()
NATURAL = "natural_person"


def figures(**changed: int | None) -> dict[str, Any]:
    """Twelve applications of natural persons, ten granted, two carried forward; totals typed."""
    facts = zeros("2021")
    for row, value in (
        ("received", 12),
        ("dispositions.granted", 10),
        ("dispositions.total", 10),
        ("carried_forward", 2),
    ):
        for column in (NATURAL, "total"):
            facts[f"applications.{row}[{column}]"] = value
    for name, value in changed.items():
        facts[f"applications.{name.replace('__', '.')}[{NATURAL}]"] = value
    return facts


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """One digit wrong in a part: 16 granted for 10."""
    return save_form(tmp_path / "报.xlsx", "2021", figures(dispositions__granted=16))


def visit(path: Path) -> tuple[Review, Path]:
    review = review_file(path, BOOK)
    target = path.with_stem(path.stem + "（已核查）")
    annotate(review, target, BOOK)
    return review, target


def test_the_comment_stands_at_the_wrong_cell_and_explains_all(form: Path) -> None:
    _, target = visit(form)
    at = place_of(form, f"applications.dispositions.granted[{NATURAL}]")
    (where,) = notes_of(target)
    assert where == at
    note = notes_of(target)[at]
    assert "填16件，应为10件" in note
    assert "请改为10（似有一位数字打错）；改后" in note
    assert "各行总计" in note and "办理结果合计" in note


def test_the_cause_goes_as_a_whole_when_it_is_mended(form: Path) -> None:
    review, _ = visit(form)
    (cause,) = review.result.causes
    changed = {str(change.cell): change.after for change in cause.changes}
    again, target = visit(type_into(form, changed))  # type: ignore[arg-type]
    assert not again.result.findings
    assert not notes_of(target)


def test_json_holds_repair_kind_and_confidence(form: Path) -> None:
    review = review_file(form, BOOK)
    (repair,) = check_document(review, "报.xlsx", BOOK)["repairs"]
    sheet, cell = place_of(form, f"applications.dispositions.granted[{NATURAL}]")
    concept = f"applications.dispositions.granted[{NATURAL}]"
    assert repair["changes"] == [{"concept": concept, "sheet": sheet, "cell": cell, "from": 16, "to": 10}]
    assert (repair["kind"], repair["unique"], repair["alternatives"]) == ("digit_changed", True, [])
    assert 0.9 < repair["confidence"] <= 1
    assert [str(change.cell) for change in suggested_repairs(review.result)] == [concept]


def test_an_open_case_names_its_column_and_lists_ways_ranked(tmp_path: Path) -> None:
    """Formula totals: 18 received for 12. Any figure of the column may be it."""
    facts = {key: value for key, value in figures(received=18).items() if not key.endswith("[total]")}
    facts = {key: value for key, value in facts.items() if "dispositions.total" not in key}
    path = save_form(tmp_path / "公式.xlsx", "2021", facts)
    review = review_file(path, BOOK)
    (repair,) = check_document(review, "公式.xlsx", BOOK)["repairs"]
    assert not repair["unique"]
    assert repair["alternatives"] and len(repair["alternatives"]) <= 5
    ways = [repair["changes"], *(other["changes"] for other in repair["alternatives"])]
    assert all("total" not in change["concept"] for way in ways for change in way)
    (complaint,) = [c for c in complaints(review.result, BOOK) if c.lead.severity.value == "error"]
    assert "自然人" in complaint.wording.message
    assert "请改为" not in complaint.remedy


def test_blanks_that_the_sums_determine_are_said_in_the_one_comment(tmp_path: Path) -> None:
    path = save_form(tmp_path / "空.xlsx", "2021", figures(carried_forward=None))
    review, target = visit(path)
    (complaint,) = complaints(review.result, BOOK)
    assert "请补填；按已填的数推算" in complaint.remedy
    assert "结转下年度”应为2" in complaint.remedy
    assert len(notes_of(target)) == 1
    (repair,) = check_document(review, "空.xlsx", BOOK)["repairs"]
    assert (repair["changes"][0]["from"], repair["changes"][0]["to"]) == (None, 2)


def test_a_shifted_pair_is_told_as_one_slip(tmp_path: Path) -> None:
    """Ten typed one column further on: two changes, one complaint."""
    facts = figures(dispositions__granted=0) | {"applications.dispositions.granted[business]": 10}
    review, _ = visit(save_form(tmp_path / "串.xlsx", "2021", facts))
    (complaint,) = [c for c in complaints(review.result, BOOK) if c.lead.severity.value == "error"]
    assert complaint.cause.kind == "shifted_column"
    assert {change.after for change in complaint.cause.changes} == {Decimal(10), Decimal(0)}
