"""Reports for the tests of publishing: filings with figures and words, and what a printed table holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.filled import document, zeros
from workbook.form.edition import CellId
from workbook.form.facts import filing_from_document, read_facts
from workbook.form.filing import Filing
from workbook.published.grids import Grid
from workbook.published.layout import printed_figure

CITY = Path(__file__).parents[1] / "data" / "city-2025.json"
EDITIONS = ["2019", "2021"]

WORDS = {
    "preamble": "本报告根据《中华人民共和国政府信息公开条例》编制。",
    "overview": "（一）主动公开。全年公开信息128条。\n（二）依申请公开\n全年没有收到申请。",
    "applications": "全年没有收到申请。\n注：本表按国家格式填写。",
    "problems": "存在的主要问题：人手不足。\n改进情况：组织培训。",
    "other": "本年度没有收取信息处理费。",
}


def city() -> Filing:
    return read_facts(CITY)


def report(edition: str, facts: Mapping[str, Any] | None = None, **more: Any) -> Filing:
    """A filing of an edition, every cell 0 but those given, with words in its sections."""
    words = {"sections": dict(WORDS), "headings": {}} | more
    return filing_from_document(document(edition, {**zeros(edition), **(facts or {})}, **words), "test")


def save_facts(path: Path, filing_document: Mapping[str, Any]) -> Path:
    path.write_text(json.dumps(filing_document, ensure_ascii=False), encoding="utf-8")
    return path


def printed_rows(grid: Grid) -> list[list[str]]:
    """A grid as a reader of merged cells gives it back: the text of a merged cell in each of its places."""
    rows = [[""] * len(grid.widths) for _ in range(grid.rows)]
    for cell in grid.cells:
        for row in cell.box.rows:
            for column in range(cell.box.left, cell.box.right + 1):
                rows[row - 1][column - 1] = cell.text
    return rows


def figures_of(filing: Filing) -> dict[CellId, str]:
    return {cell: printed_figure(filing, cell) for cell in filing.edition.cells}
