"""Reading and checking in bulk, small: the benchmark's own paths give what one workbook by itself gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.bulk import REPORT, ours, ours_every_sheet, pooled
from tests.benchmarks.drawnforms import built, with_blanks
from workbook.files.scan import read_grid
from workbook.form.anchors import APART
from workbook.form.reader import read_filing
from workbook.rules.checker import check_filing
from workbook.rules.rulebook import load_rulebook


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("年报")
    (folder / "有空格").mkdir()
    paths = built(3, folder)
    return paths + with_blanks(paths, folder / "有空格")


def test_a_report_is_the_same_without_the_sheets_that_hold_nothing_of_it(forms: list[Path]) -> None:
    for path in forms:
        whole, part = read_grid(path), read_grid(path, skip=APART)
        assert {sheet.name for sheet in whole.sheets} - APART == {sheet.name for sheet in part.sheets}
        assert {sheet.name for sheet in part.sheets} == set(REPORT)
        assert read_filing(whole) == read_filing(part)


def test_chunks_processes_and_single_files_say_the_same(forms: list[Path]) -> None:
    one_by_one = []
    for path in forms:
        result = check_filing(read_filing(read_grid(path)), load_rulebook())
        one_by_one.append((path.name, len(result.findings), result.passed))
    assert ours(forms) == one_by_one
    assert list(pooled(forms, 2)) == one_by_one
    assert sum(failed for _, failed, _ in one_by_one) > 0
    ours_every_sheet(forms)
