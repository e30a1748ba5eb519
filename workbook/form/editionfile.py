"""Editions read from their files, and which of them governs a year. What an edition is: `edition`."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from workbook.form.edition import Block, Edition, Line, Section, Table, ValueKind
from workbook.form.strict import Entry, read_strict
from workbook.problems import BrokenDefinition

EDITION_FOLDER = Path(__file__).parent / "editions"


def read_edition(path: Path) -> Edition:
    """One edition from its file. Raises BrokenDefinition naming file and line."""
    root = read_strict(path)
    top = root.fields()
    years = top.take("report_years").fields()
    first_year = years.take("from").whole()
    last_year = years.get("to", Entry.whole, None)
    years.done()
    section_entries = top.take("sections").items()
    sections = tuple(_section(entry) for entry in section_entries)
    _unique([(entry, section.id) for entry, section in zip(section_entries, sections, strict=True)])
    section_ids = {section.id for section in sections}
    table_entries = top.take("tables").items()
    tables = tuple(_table(entry, section_ids) for entry in table_entries)
    _unique([(entry, table.id) for entry, table in zip(table_entries, tables, strict=True)])
    edition = Edition(
        id=top.take("id").text(),
        title=top.take("title").text(),
        issued=top.take("issued").text(),
        first_year=first_year,
        last_year=last_year,
        sections=sections,
        tables=tables,
        path=path,
    )
    top.done()
    if last_year is not None and last_year < first_year:
        root.broken("report_years: to is before from")
    if edition.id != path.stem:
        root.broken(f"id {edition.id!r} does not fit the file name")
    return edition


def _section(entry: Entry) -> Section:
    fields = entry.fields()
    tolerated = fields.get("tolerated", lambda item: item, None)
    try:
        pattern = re.compile(tolerated.text()) if tolerated else None
    except re.error as error:
        entry.broken(f"tolerated: {error}")
    section = Section(
        fields.take("id").text(), fields.take("heading").text(), fields.take("sheet").text(), pattern
    )
    fields.done()
    return section


def _table(entry: Entry, sections: set[str]) -> Table:
    fields = entry.fields()
    section = fields.take("section").choice(*sections)
    block_entries = fields.take("blocks").items()
    table = Table(
        id=fields.take("id").text(),
        label=fields.take("label").text(),
        section=section,
        unit=fields.take("unit").text(),
        blocks=tuple(_block(item) for item in block_entries),
    )
    fields.done()
    _unique(
        [
            (item, row.id)
            for item, block in zip(block_entries, table.blocks, strict=True)
            for top in block.rows
            for row in top.walk()
        ]
    )
    for item, block in zip(block_entries, table.blocks, strict=True):
        _unique([(item, column.id) for top in block.columns for column in top.walk()])
    return table


def _block(entry: Entry) -> Block:
    fields = entry.fields()
    rows = tuple(_line(item) for item in fields.take("rows").items())
    columns = tuple(_line(item) for item in fields.take("columns").items())
    leaves = sum(len(column.leaves) for column in columns)
    widths = fields.get("widths", lambda item: tuple(part.whole() for part in item.items()), (1,) * leaves)
    if len(widths) != leaves or min(widths) < 1:
        entry.broken(f"widths must give one positive number for each of the {leaves} columns")
    block = Block(
        heading=fields.get("heading", Entry.text, None),
        corner=fields.get("corner", Entry.text, ""),
        banner=fields.get("banner", Entry.text, None),
        rows=rows,
        columns=columns,
        across=fields.get("across", Entry.flag, False),
        widths=widths,
    )
    fields.done()
    return block


def _line(entry: Entry) -> Line:
    fields = entry.fields()
    label = fields.take("label").text()
    line = Line(
        id=fields.take("id").text(),
        label=label,
        short=fields.get("short", Entry.text, label),
        parts=fields.get("parts", lambda item: tuple(_line(part) for part in item.items()), ()),
        is_total=fields.get("total", Entry.flag, False),
        variants=fields.get("variants", Entry.texts, ()),
        kind=ValueKind(fields.get("kind", lambda item: item.choice(*(k.value for k in ValueKind)), "count")),
        unit=fields.get("unit", Entry.text, None),
    )
    fields.done()
    if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", line.id):
        entry.broken(f"{line.id!r} is no id")
    return line


def _unique(named: list[tuple[Entry, str]]) -> None:
    seen: set[str] = set()
    for entry, name in named:
        if name in seen:
            entry.broken(f"id {name!r} stands here twice")
        seen.add(name)


@lru_cache(maxsize=4)
def all_editions(folder: Path = EDITION_FOLDER) -> tuple[Edition, ...]:
    """Every edition there is, oldest first. Raises BrokenDefinition when two govern the same year."""
    editions = sorted(
        (read_edition(path) for path in folder.glob("*.yaml")), key=lambda item: item.first_year
    )
    for older, newer in pairwise(editions):
        if older.last_year is None or older.last_year >= newer.first_year:
            raise BrokenDefinition(f"{newer.path.name}:1: governs a year that {older.path.name} governs too")
    return tuple(editions)


@lru_cache(maxsize=64)  # asked for every figure
def edition_by_id(edition: str) -> Edition | None:
    """The edition of that id, or None."""
    return next((item for item in all_editions() if item.id == edition), None)


def edition_for_year(year: int) -> Edition | None:
    """The edition a report on that year must use; None before the first."""
    return next((item for item in all_editions() if item.governs(year)), None)
