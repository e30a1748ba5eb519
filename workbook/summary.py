"""The narrative in a workbook's 综述: what a program wrote is replaced, what a person wrote is kept.

A digest of the last generated text stands in the hidden identity sheet. Where the block no longer fits it
somebody has edited it: the edited text stays, and the fresh one is put below for her to choose from, with a
line on each sentence that she changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

from workbook.files.amend import CellValue
from workbook.files.grid import Grid, Position, Sheet
from workbook.form.anchors import IDENTITY_SHEET, SUMMARY, SUMMARY_AREA
from workbook.problems import UnusableInput
from workbook.prose.narrator import Narrative

SEPARATOR = "—— 以上为已修改的综述；以下为按现有数字重新生成的，请比照取舍 ——"
COMPARED = "—— 修改过的句子 ——"
_DIGEST_KEY = "summary"
# Known by its words where the name was lost; the block is the cells below it.
_LEAD = "综述（由“生成综述”写入"


def summary_values(
    narrative: Narrative, grid: Grid, compared: Callable[[list[str]], Iterable[str]] | None = None
) -> Iterator[CellValue]:
    """The cells of 综述 to write. Raises UnusableInput where the workbook has no such sheet.

    `compared` says, a line each, what of an edited text differs from the fresh one.
    """
    sheet, first, last = _block(grid)
    fresh = narrative.text.split("\n") if narrative.text else []
    standing = [sheet.text(row, first.column) for row in range(first.row, last + 1)]
    while standing and not standing[-1].strip():
        standing.pop()
    if SEPARATOR in standing:
        standing = standing[: standing.index(SEPARATOR)]
    edited = bool(standing) and standing != fresh and _digest(standing) != _last_digest(grid)
    lines = [*standing, SEPARATOR, *fresh] if edited else fresh
    notes = list(compared(standing)) if edited and compared else []
    if notes:
        lines += [COMPARED, *notes]
    for row in range(first.row, max(last, first.row + len(lines) - 1) + 1):
        text = lines[row - first.row] if row - first.row < len(lines) else None
        position = Position(row, first.column)
        if text is not None or position in sheet.cells:
            yield CellValue(SUMMARY, str(position), text)
    if not edited:
        yield from _remember(grid, _digest(fresh))


def _block(grid: Grid) -> tuple[Sheet, Position, int]:
    sheet = grid.sheet(SUMMARY)
    if sheet is None:
        raise UnusableInput(f"{grid.source}：没有“{SUMMARY}”页，综述无处可写；可只显示综述，自行抄用。")
    last = max((position.row for position in sheet.cells), default=1)
    lead = next((p for p, cell in sorted(sheet.cells.items()) if cell.text.startswith(_LEAD)), None)
    if lead is not None:
        return sheet, Position(lead.row + 1, lead.column), last
    area = grid.area(SUMMARY_AREA)
    if area is not None and area[0] is sheet:
        return sheet, area[1], max(last, area[1].row)
    return sheet, Position(last + 2 if sheet.cells else 1, 1), last + 2


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()[:16]


def _last_digest(grid: Grid) -> str | None:
    row = _digest_row(grid)
    sheet = grid.sheet(IDENTITY_SHEET)
    return sheet.text(row, 2) if sheet is not None and row else None


def _digest_row(grid: Grid) -> int:
    sheet = grid.sheet(IDENTITY_SHEET)
    cells = sheet.cells if sheet is not None else {}
    return next((p.row for p, cell in cells.items() if p.column == 1 and cell.text == _DIGEST_KEY), 0)


def _remember(grid: Grid, digest: str) -> Iterator[CellValue]:
    sheet = grid.sheet(IDENTITY_SHEET)
    if sheet is None:
        return
    row = _digest_row(grid) or 1 + max((p.row for p in sheet.cells if p.column == 1), default=0)
    yield CellValue(IDENTITY_SHEET, f"A{row}", _DIGEST_KEY)
    yield CellValue(IDENTITY_SHEET, f"B{row}", digest)
