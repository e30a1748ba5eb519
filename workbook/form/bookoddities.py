"""What is odd about the book around the tables: sheets hidden, renamed, moved, unprotected; names deleted."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.files.grid import Grid
from workbook.form.anchors import COVER, cover_name, table_name
from workbook.form.edition import Edition
from workbook.form.filing import Observation, Place, Remark
from workbook.form.foundtable import FoundTable

# The names that the form's own formulas stand on: titles and totals show #NAME? without them.
_COVER_NAMES = ("organ", "year", "zero")


def hidden_sheets(
    grid: Grid, tables: Mapping[str, FoundTable], homes: Mapping[str, str]
) -> list[Observation]:
    """Hidden sheets that hold a part of the report: who opens the file does not see it.

    `homes` gives the sheet on which each section was found.
    """
    table_at = {found.sheet.name: found.table.id for found in tables.values()}
    return [
        Observation(Remark.HIDDEN, table_at.get(sheet.name, ""), sheet.name, "", Place(sheet.name, ""))
        for sheet in grid.sheets
        if not sheet.visible and (sheet.name in table_at or sheet.name in homes.values())
    ]


def unprotected_sheets(tables: Mapping[str, FoundTable]) -> list[Observation]:
    """Tables of our own form that can be changed anywhere: one remark for all of them."""
    open_sheets = {
        found.sheet.name: found.table.id for found in tables.values() if found.sheet.protected is False
    }
    if not open_sheets:
        return []
    names = "、".join(f"“{name}”" for name in open_sheets)
    first, table = next(iter(open_sheets.items()))
    return [Observation(Remark.UNPROTECTED, table, names, "", Place(first, ""))]


def shuffled_sheets(grid: Grid, edition: Edition, homes: Mapping[str, str]) -> list[Observation]:
    """Sheets of our own form that bear another name, and the first that stands in another order."""
    observations = []
    for section in edition.sections:
        home = homes.get(section.id)
        if home is not None and home != section.sheet and grid.sheet(section.sheet) is None:
            observations.append(Observation(Remark.RENAMED, "", home, section.sheet, Place(home, "")))
    standard = list(dict.fromkeys(homes[s.id] for s in edition.sections if s.id in homes))
    there = [sheet.name for sheet in grid.sheets if sheet.name in set(standard)]
    moved = next((a for a, b in zip(there, standard, strict=True) if a != b), None)
    if moved is not None:
        observations.append(Observation(Remark.MOVED, "", moved, "", Place(moved, "")))
    return observations


def lost_names(grid: Grid, edition: Edition) -> list[Observation]:
    """Names of our own form that were deleted or lead nowhere: one remark for all of them."""
    wanted = [*map(cover_name, _COVER_NAMES), *(table_name(table.id) for table in edition.tables)]
    lost = [name for name in wanted if grid.area(name) is None]
    if not lost:
        return []
    return [Observation(Remark.NAMES_LOST, "", "、".join(lost), "", Place(COVER, ""))]
