"""A form as it comes back: each way in which people damage one, done to a whole and filled form."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from tests.filled import edition_named, save_form
from workbook.files.scan import read_grid
from workbook.form.edition import CellId
from workbook.form.reader import read_filing

SECOND, THIRD, FOURTH = "二、主动公开", "三、依申请公开", "四、复议诉讼"
SECTIONS = {
    "preamble": "根据条例编制。",
    "overview": "第一段。\n第二段。",
    "problems": "问题和措施。",
    "other": "无。",
}
HEADINGS = {section.id: section.heading for section in edition_named("2021").sections}

Damage = Callable[[openpyxl.Workbook], None]


def figures(edition: str) -> dict[str, int]:
    """A different figure in every cell that is no total, amounts included."""
    form = edition_named(edition)
    inputs = [cell for cell in form.cells if cell not in form.totals]
    return {str(cell): number for number, cell in enumerate(inputs, start=101)}


def whole_form(path: Path, edition: str = "2021", **more: Any) -> Path:
    """A filled form with formula totals, texts and headings."""
    more = {"year": edition_named(edition).first_year + 1, "sections": SECTIONS, "headings": HEADINGS} | more
    return save_form(path, edition, figures(edition), **more)


def place(path: Path, cell: str) -> tuple[str, str]:
    found = read_filing(read_grid(path)).place(CellId.parse(cell))
    assert found is not None
    return found.sheet, found.cell


def saved_by_hand(path: Path, damage: Damage, out: Path) -> Path:
    """Opened in a program, damaged, saved. openpyxl drops cached values, as some programs do."""
    book = openpyxl.load_workbook(path)
    damage(book)
    book.save(out)
    return out


def repacked(path: Path, out: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The package with parts changed, everything else as it was."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    out.write_bytes(target.getvalue())
    return out


def part_of(parts: dict[str, bytes], sheet: str) -> str:
    """The part that holds a sheet of one of our forms (sheet5.xml is the fifth)."""
    names = re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"].decode())
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def cell_rewritten(
    sheet: str, cell: str, inside: str, attributes: str = ""
) -> Callable[[dict[str, bytes]], None]:
    """A cell's content replaced: its formula, its cached value, its type."""

    def change(parts: dict[str, bytes]) -> None:
        name = part_of(parts, sheet)
        text = parts[name].decode()
        style = re.search(rf'<c r="{cell}"( s="\d+")?', text)
        assert style
        new = f'<c r="{cell}"{style[1] or ""}{attributes}>{inside}</c>'
        text, count = re.subn(rf'<c r="{cell}"[^>]*?(?:/>|>.*?</c>)', lambda _: new, text, count=1)
        assert count == 1
        parts[name] = text.encode()

    return change


def shift_rows(sheet: Worksheet, at: int, count: int) -> None:
    """Rows inserted (or, with a negative count, deleted) with the merged ranges moved along."""
    merges = [CellRange(str(area)) for area in sheet.merged_cells.ranges]
    for area in merges:
        sheet.unmerge_cells(area.coord)
    if count > 0:
        sheet.insert_rows(at, count)
    else:
        sheet.delete_rows(at, -count)
    for area in merges:
        low, high = area.min_row, area.max_row
        low = low + count if low >= at - min(count, 0) else min(low, at)
        high = high + count if high >= at else high
        if low <= high and (low, area.min_col) != (high, area.max_col):
            sheet.merge_cells(start_row=low, end_row=high, start_column=area.min_col, end_column=area.max_col)


def shift_columns(sheet: Worksheet, at: int, count: int) -> None:
    merges = [CellRange(str(area)) for area in sheet.merged_cells.ranges]
    for area in merges:
        sheet.unmerge_cells(area.coord)
    if count > 0:
        sheet.insert_cols(at, count)
    else:
        sheet.delete_cols(at, -count)
    for area in merges:
        low, high = area.min_col, area.max_col
        low = low + count if low >= at - min(count, 0) else min(low, at)
        high = high + count if high >= at else high
        if low <= high and (area.min_row, low) != (area.max_row, high):
            sheet.merge_cells(start_row=area.min_row, end_row=area.max_row, start_column=low, end_column=high)


def find(sheet: Worksheet, text: str) -> tuple[int, int]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == text:
                return cell.row, cell.column
    raise AssertionError(f"{text} is not in {sheet.title}")
