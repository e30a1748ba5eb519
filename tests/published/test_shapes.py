"""The text of published pages in the shapes in which it is met: every figure is read, none is moved."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from tests.published.damage import sparse_figures, written
from tests.published.reports import report_of, silently_wrong
from tests.published.shapes import SHAPES
from workbook.cli import main
from workbook.form.editionfile import all_editions
from workbook.published.recognise import recognise
from workbook.published.textsource import text_flow

EDITIONS = {edition.id: edition for edition in all_editions()}
# A stroke between cells that are strokes or blank: nobody can tell which is which.
STROKES = "斜线相隔"


def figures_of(shape: str, edition_id: str, zero: str):  # type: ignore[no-untyped-def]
    random = Random(shape + edition_id)
    edition = EDITIONS[edition_id]
    values = sparse_figures(edition, random)
    for total, parts in edition.totals.items():
        values[total] = sum(values[part] for part in parts)
    return written(values, zero, random)


@pytest.mark.parametrize("edition_id", EDITIONS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_read_whole(shape: str, edition_id: str) -> None:
    figures = figures_of(shape, edition_id, "0")
    report = report_of(EDITIONS[edition_id], figures)
    filing = recognise(text_flow(SHAPES[shape](report).encode("utf-8"), "年报.txt")).filing
    assert silently_wrong(filing, figures) == {}
    assert filing.uncertain == {} and filing.missing_tables == {}
    assert (filing.year, filing.edition_id) == (report.year, edition_id)
    assert len(filing.headings) == 6


@pytest.mark.parametrize("zero", ["", "some", "/"])
@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != STROKES])
def test_blanks_and_strokes_in_every_shape_move_nothing(shape: str, zero: str) -> None:
    figures = figures_of(shape, "2021", zero)
    report = report_of(EDITIONS["2021"], figures)
    filing = recognise(text_flow(SHAPES[shape](report).encode("utf-8"), "年报.txt")).filing
    assert silently_wrong(filing, figures) == {}


def test_facts_of_a_page_saved_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command line reads what the library reads."""
    figures = figures_of("网站：转换", "2021", "0")
    path = tmp_path / "网页 另存.txt"
    path.write_text(SHAPES["网站：转换"](report_of(EDITIONS["2021"], figures)), encoding="utf-8")
    assert main(["facts", str(path)]) == 0
    facts = json.loads(capsys.readouterr().out)["facts"]
    assert {str(cell): figure for cell, figure in figures.items()} == {
        cell: str(figure) for cell, figure in facts.items()
    }
