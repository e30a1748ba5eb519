"""The words of a report in a workbook: headings and paragraphs, found by the headings' own wording."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from workbook.files.grid import Grid, Kind, Position, Sheet
from workbook.form.edition import Edition
from workbook.form.filing import Place
from workbook.form.headings import section_of_heading
from workbook.form.labelledsheet import kin_of

# Lines of the form itself (where to write what) begin with this sign and are never a report's words.
FURNITURE = "※"
PREAMBLE = "preamble"


@dataclass(slots=True)
class Words:
    """Headings as found and the text of each section; "" where a section has a heading and no words."""

    headings: dict[str, str] = field(default_factory=dict)
    sections: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    paragraphs: dict[str, tuple[tuple[int, Place], ...]] = field(default_factory=dict)

    def take(self, section: str, sheet: Sheet, paragraphs: list[tuple[Position, str]]) -> None:
        """A section's paragraphs as one text, and where each begins in it."""
        text = "\n".join(line for _, line in paragraphs)
        cut = len(text) - len(text.lstrip("\n"))
        starts: list[tuple[int, Place]] = []
        offset = -cut
        for position, line in paragraphs:
            starts.append((max(0, offset), Place(sheet.name, str(position))))
            offset += len(line) + 1
        self.sections[section] = text.strip("\n")
        self.paragraphs[section] = tuple(starts)


def read_words(grid: Grid, edition: Edition, tables: Mapping[str, tuple[Sheet, int, int]]) -> Words:
    """Every section of the report in a workbook; `tables` gives sheet, first and last row of each table."""
    words = Words()
    groups: list[list[str]] = []
    # What a person sees comes first; a hidden sheet only supplies what stands nowhere else.
    for sheet in sorted(grid.sheets, key=lambda sheet: not sheet.visible):
        order = sorted(sheet.cells)
        headings = _headings(sheet, order, edition, words)
        if not headings:
            continue
        groups.append([headings[row] for row in sorted(headings)])
        rows = sorted(headings)
        taken = [
            (_below_heading(rows, top, bottom), bottom)
            for home, top, bottom in tables.values()
            if home is sheet
        ]
        for row, following in zip(rows, [*rows[1:], 10**9], strict=True):
            section = headings[row]
            words.take(section, sheet, _paragraphs(sheet, order, row + 1, following, taken))
        if headings[rows[0]] == edition.sections[0].id:
            words.take(PREAMBLE, sheet, _paragraphs(sheet, order, 1, rows[0], []))
    # A sheet moved among the others changes nothing; within a sheet the order is the report's.
    standard = [section.id for section in edition.sections]
    groups.sort(key=lambda group: standard.index(group[0]))
    words.headings = {section: words.headings[section] for group in groups for section in group}
    return words


def _below_heading(headings: list[int], top: int, bottom: int) -> int:
    """Where a table's own rows begin: never above a section's heading that stands over it."""
    return max((row + 1 for row in headings if top <= row <= bottom), default=top)


def _headings(sheet: Sheet, order: list[Position], edition: Edition, words: Words) -> dict[int, str]:
    """Row → section for each heading in a sheet; the first heading of a section counts."""
    found: dict[int, str] = {}
    for position, section, text in _candidates(sheet, order, edition):
        if section not in words.headings:
            words.headings[section] = text
            words.places[f"heading.{section}"] = Place(sheet.name, str(position))
            found[position.row] = section
    return found


_Candidate: TypeAlias = tuple[Position, str, str]


def _candidates(sheet: Sheet, order: list[Position], edition: Edition) -> list[_Candidate]:
    """Every line of a sheet that reads like a section's heading: its place, the section, its words."""
    kin, key = kin_of(sheet), ("headings", edition.id)
    if kin is not None and key in kin.found:
        known: list[_Candidate] = kin.found[key]  # type: ignore[assignment]
        return known
    found: list[_Candidate] = []
    for position in order:
        cell = sheet.cells[position]
        if position.column > 3 or cell.kind is not Kind.TEXT or cell.formula is not None:
            continue
        section = section_of_heading(edition, cell.text)
        if section is not None:
            found.append((position, section.id, cell.text.strip()))
    if kin is not None:
        kin.found[key] = found
    return found


def _paragraphs(
    sheet: Sheet, order: list[Position], first: int, end: int, tables: list[tuple[int, int]]
) -> list[tuple[Position, str]]:
    """The typed texts between two rows with their places; tables with their headers are left out."""
    lines: list[tuple[Position, str]] = []
    for position in _outside(order, first, end, tables):
        cell = sheet.cells[position]
        if cell.kind is Kind.TEXT and cell.formula is None and not cell.text.lstrip().startswith(FURNITURE):
            lines.append((position, cell.text))
    return lines


def _outside(
    order: list[Position], first: int, end: int, tables: list[tuple[int, int]]
) -> Iterator[Position]:
    """The cells from one row to before another that stand in no table."""
    row = first
    for top, bottom in sorted(tables):
        if top >= end:
            break
        if row < top:
            yield from order[bisect_left(order, Position(row, 0)) : bisect_left(order, Position(top, 0))]
        row = max(row, bottom + 1)
    if row < end:
        yield from order[bisect_left(order, Position(row, 0)) : bisect_left(order, Position(end, 0))]
