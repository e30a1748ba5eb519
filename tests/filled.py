"""Filled forms for tests: built by the project itself, changed the way people change them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from workbook.files.amend import Amendment, CellValue, amend
from workbook.files.scan import read_grid
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import edition_by_id
from workbook.form.facts import filing_from_document
from workbook.form.filing import Filing
from workbook.form.reader import read_filing
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book

NATURAL = "natural_person"


def edition_named(name: str) -> Edition:
    edition = edition_by_id(name)
    assert edition is not None
    return edition


def document(edition: str, facts: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A facts document of an edition, its first year and own scope unless said otherwise."""
    year = edition_named(edition).first_year
    return {
        "organ": {"name": "某市某局", "level": "prefecture_department"},
        "year": year,
        "edition": edition,
        "scope": "own",
        "facts": dict(facts),
    } | more


def zeros(edition: str, *, totals: bool = True) -> dict[str, Any]:
    """Every cell 0 (without the totals, so that they stay formulas, where asked)."""
    form = edition_named(edition)
    return {str(cell): 0 for cell in form.cells if totals or cell not in form.totals}


def filing_of(edition: str, facts: Mapping[str, Any], **more: Any) -> Filing:
    return filing_from_document(document(edition, facts, **more), "test")


def save_form(path: Path, edition: str, facts: Mapping[str, Any], **more: Any) -> Path:
    filing = filing_of(edition, facts, **more)
    path.write_bytes(build_book(filing.edition, load_rulebook(), filing=filing))
    return path


def place_of(path: Path, cell: str) -> tuple[str, str]:
    """Sheet and address of a figure in a form."""
    place = read_filing(read_grid(path)).place(CellId.parse(cell))
    assert place is not None
    return place.sheet, place.cell


def type_into(
    path: Path, figures: Mapping[str, Decimal | int | str | None], target: Path | None = None
) -> Path:
    """The clerk's mending: values typed into figures' cells, nothing else changed."""
    values = tuple(
        CellValue(*place_of(path, cell), value)  # type: ignore[arg-type]
        for cell, value in figures.items()
    )
    out = target or path
    amend(path, out, Amendment(values=values, remove_own=False), in_place=out == path)
    return out


def notes_of(path: Path) -> dict[tuple[str, str], str]:
    """Every note of a workbook as openpyxl reads it."""
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def type_text(path: Path, sheet: str, cell: str, text: str) -> Path:
    amend(path, path, Amendment(values=(CellValue(sheet, cell, text),), remove_own=False), in_place=True)
    return path
