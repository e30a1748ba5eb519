"""What goes from an old form into a fresh one beside the figures: the cover's small print, 情况说明."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbook.explanations import header_row, read_explanations
from workbook.files.amend import CellValue
from workbook.files.grid import Grid, Position, Sheet, parse_a1
from workbook.form.anchors import (
    COVER,
    EXPLANATIONS,
    EXPLANATIONS_COLUMNS,
    EXPLANATIONS_ROWS,
    GUIDE,
    IDENTITY_SHEET,
    LAST_YEAR,
    LIVE,
    RESULTS,
    SUMMARY,
    cover_name,
)
from workbook.form.edition import CellId, Edition
from workbook.form.filing import Filing
from workbook.form.labels import legible
from workbook.rules.rulebook import RuleBook
from workbook.rules.wording import place_words

_OWN_SHEETS = frozenset({COVER, GUIDE, SUMMARY, EXPLANATIONS, RESULTS, LIVE, LAST_YEAR, IDENTITY_SHEET})

Left = tuple[str, str]  # where, what


@dataclass(frozen=True, slots=True)
class Said:
    """The cells that hold the explanations in the new form, and how many explanations they are."""

    values: tuple[CellValue, ...]
    count: int


def cover_values(old: Filing, grid: Grid, fresh: Grid) -> tuple[list[CellValue], list[Left]]:
    """Contact and telephone for the new cover; what the form does not offer there is told."""
    values: list[CellValue] = []
    left: list[Left] = []
    known = {"organ": old.organ.name, "level": old.organ.level, "scope": old.scope, "year": old.year}
    titles = {"organ": "单位名称", "level": "单位级别", "scope": "口径", "year": "报告年度"}
    for field in (*known, "contact", "telephone"):
        place = old.landmarks.get(f"cover.{field}")
        sheet = grid.sheet(place.sheet) if place else None
        position = parse_a1(place.cell) if place else None
        typed = sheet.text(*position).strip() if sheet and position else ""
        if not typed:
            continue
        area = fresh.area(cover_name(field))
        if field in known:
            if known[field] is None:
                left.append(
                    (str(place), f"封面“{titles[field]}”填的是“{legible(typed, 60)}”，新表不能用，请重填")
                )
        elif area is not None:
            values.append(CellValue(area[0].name, str(area[1]), typed))
    return values, left


def explanation_values(
    grid: Grid, fresh: Grid, edition: Edition, rulebook: RuleBook
) -> tuple[Said, list[Left]]:
    """Every 情况说明 of the old form as a row of the new form's sheet, tied to the same figures as before."""
    sheet = fresh.sheet(EXPLANATIONS)
    header = header_row(sheet, EXPLANATIONS_COLUMNS) if sheet else None
    if header is None:
        return Said((), 0), []
    top, columns = header
    rows = list(_rows(grid, edition, rulebook))
    values = [
        CellValue(EXPLANATIONS, str(Position(top + number, columns[name])), text)
        for number, row in enumerate(rows[:EXPLANATIONS_ROWS], start=1)
        for name, text in row.items()
        if text and name in columns
    ]
    left = [(EXPLANATIONS, f"“{legible(row['text'], 60)}”没有搬入：新表只有{EXPLANATIONS_ROWS}行") for row in
            rows[EXPLANATIONS_ROWS:]]  # fmt: skip
    return Said(tuple(values), min(len(rows), EXPLANATIONS_ROWS)), left


def _rows(grid: Grid, edition: Edition, rulebook: RuleBook) -> Iterator[dict[str, str]]:
    """The rows of 情况说明 as they stand, then what was typed into 校验结果, one row a text."""
    said = read_explanations(grid)
    sheet = grid.sheet(EXPLANATIONS)
    header = header_row(sheet, EXPLANATIONS_COLUMNS) if sheet else None
    for item in said.prepared:
        if sheet is not None and header is not None:
            yield {name: sheet.text(item.row, column).strip() for name, column in header[1].items()}
    bound = {key for item in said.prepared for key in item.keys}
    by_text: dict[tuple[str, str], list[str]] = {}
    for key, text in said.by_key.items():
        if key not in bound:
            by_text.setdefault((key.split("|")[0], text), []).append(key)
    for (code, text), keys in by_text.items():
        rule = rulebook.by_code.get(code)
        yield {
            "rule": f"{code} {rule.label}" if rule else code,
            "place": _place(keys[0].split("|")[1], edition),
            "text": text,
            # A lapsed text keeps its mark: it must be confirmed before it speaks of other figures.
            "key": ";".join(keys),
        }


def _place(concept: str, edition: Edition) -> str:
    try:
        cell = CellId.parse(concept)
    except ValueError:
        return ""
    return place_words(edition, cell) if cell in edition.cell_set else ""


def unused_sheets(grid: Grid, used: set[str]) -> Iterator[Sheet]:
    """Sheets with content that are neither the form's own nor read."""
    for sheet in grid.sheets:
        if sheet.cells and sheet.name not in used and sheet.name not in _OWN_SHEETS:
            yield sheet
