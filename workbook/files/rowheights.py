"""Rows made tall enough for the texts written into them, and given back their own height when emptied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from workbook.files.cells import CellValue
from workbook.files.grid import parse_a1
from workbook.files.markup import Edit, attributes, child, children, elements, spliced, tag
from workbook.files.package import Package
from workbook.files.schema import FLAT
from workbook.files.textsize import STANDARD_WIDTH, TALLEST_ROW, column_points, text_height
from workbook.files.wiring import SheetPart

_OWN_HEIGHT = re.compile(r"""\s(?:ht|customHeight)\s*=\s*(?:"[^"]*"|'[^']*')""")


def fit_rows(package: Package, sheet: SheetPart, values: Iterable[CellValue], size: float) -> None:
    """Give each row written the height its texts need at a font size; a row without text loses its own."""
    texts = _texts_by_row(values)
    text, masked = package.text(sheet.part), package.masked(sheet.part)
    top = package.top(sheet.part, "worksheet")
    data = child(masked, top, "sheetData", FLAT)
    if data is None or data.closed or not texts:
        return
    cols = child(masked, top, "cols", FLAT)
    widths = _widths([attributes(tag(text, col)) for col in children(masked, cols)] if cols else [])
    edits: list[Edit] = []
    number = 0
    for row in elements(masked, f"{data.prefix}row", data.inner, data.close):
        head = tag(text, row)
        facts = attributes(head)
        number = int(facts["r"]) if facts.get("r", "").isdecimal() else number + 1
        if number in texts:
            edits.append((row.start, row.inner, _with_height(head, _height(texts[number], widths, size))))
        if number > max(texts):
            break
    package.put(sheet.part, spliced(text, edits))


def _texts_by_row(values: Iterable[CellValue]) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    for value in values:
        position = parse_a1(value.cell)
        if position is not None:
            shown = found.setdefault(position.row, {})
            if value.value not in (None, ""):
                shown[position.column] = str(value.value)
    return found


def _widths(columns: Iterable[Mapping[str, str]]) -> dict[int, float]:
    """Sheet column → width in characters; 0 for a hidden one."""
    found: dict[int, float] = {}
    for facts in columns:
        first, last, width = facts.get("min", ""), facts.get("max", ""), facts.get("width", "")
        if first.isdecimal() and last.isdecimal() and re.fullmatch(r"\d+(\.\d+)?", width):
            hidden = facts.get("hidden") in ("1", "true")
            found.update(
                dict.fromkeys(range(int(first), min(int(last), 64) + 1), 0.0 if hidden else float(width))
            )
    return found


def _height(texts: Mapping[int, str], widths: Mapping[int, float], size: float) -> float | None:
    heights = [
        text_height(text, column_points(width), size)
        for column, text in texts.items()
        if (width := widths.get(column, STANDARD_WIDTH)) > 0
    ]
    return min(max(heights), TALLEST_ROW) if heights else None


def _with_height(head: str, height: float | None) -> str:
    bare = _OWN_HEIGHT.sub("", head)
    if height is None:
        return bare
    end = len(bare) - (2 if bare.endswith("/>") else 1)
    return f'{bare[:end]} ht="{height:g}"{bare[end:]}'
