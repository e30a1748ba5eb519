"""The words of a report in a workbook: headings and paragraphs, found by the headings' own wording."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workbook.files.grid import Cell, Grid, Position, Sheet
from workbook.form.edition import Edition
from workbook.form.filing import Place
from workbook.form.headings import headings_of

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


def read_words(
    grid: Grid,
    edition: Edition,
    tables: Mapping[str, tuple[Sheet, int, int]],
    title: Place | None = None,
) -> Words:
    """Every section of the report in a workbook; `tables` gives sheet, first and last row of each table.

    What stands before the first heading is the preamble, but for the report's `title`.
    """
    words = Words()
    groups: list[list[str]] = []
    # What a person sees comes first; a hidden sheet only supplies what stands nowhere else.
    for sheet in sorted(grid.sheets, key=lambda sheet: not sheet.visible):
        headings = _headings(sheet, edition, words)
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
            words.take(section, sheet, _paragraphs(sheet, row + 1, following, taken))
        if headings[rows[0]] == edition.sections[0].id:
            before = _paragraphs(sheet, 1, rows[0], [])
            said = [item for item in before if Place(sheet.name, str(item[0])) != title]
            words.take(PREAMBLE, sheet, said)
    # A sheet moved among the others changes nothing; within a sheet the order is the report's.
    standard = [section.id for section in edition.sections]
    groups.sort(key=lambda group: standard.index(group[0]))
    words.headings = {section: words.headings[section] for group in groups for section in group}
    return words


def _below_heading(headings: list[int], top: int, bottom: int) -> int:
    """Where a table's own rows begin: never above a section's heading that stands over it."""
    return max((row + 1 for row in headings if top <= row <= bottom), default=top)


def _headings(sheet: Sheet, edition: Edition, words: Words) -> dict[int, str]:
    """Row → section for each heading in a sheet; the first heading of a section counts."""
    found: dict[int, str] = {}
    sections = headings_of(edition)
    for position, cell in sheet.texts:
        if position.column > 3 or cell.formula is not None:
            continue
        section = sections[cell.text]
        if section is not None and section.id not in words.headings:
            words.headings[section.id] = cell.text.strip()
            words.places[f"heading.{section.id}"] = Place(sheet.name, str(position))
            found[position.row] = section.id
    return found


def _paragraphs(
    sheet: Sheet, first: int, end: int, tables: list[tuple[int, int]]
) -> list[tuple[Position, str]]:
    """The typed texts from one row to before another with their places; those in tables are left out."""
    texts = sheet.texts
    return [
        (position, cell.text)
        for at in _outside(texts, first, end, tables)
        for position, cell in texts[at]
        if cell.formula is None and not cell.text.lstrip().startswith(FURNITURE)
    ]


def _outside(
    texts: Sequence[tuple[Position, Cell]], first: int, end: int, tables: list[tuple[int, int]]
) -> Iterator[slice]:
    """Which of the texts, row by row, stand from one row to before another and in no table."""

    def between(start: int, stop: int) -> slice:
        return slice(bisect_left(texts, start, key=_row), bisect_left(texts, stop, key=_row))

    row = first
    for top, bottom in sorted(tables):
        if top >= end:
            break
        if row < top:
            yield between(row, top)
        row = max(row, bottom + 1)
    if row < end:
        yield between(row, end)


def _row(item: tuple[Position, Cell]) -> int:
    return item[0].row
