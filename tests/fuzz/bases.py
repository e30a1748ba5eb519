"""The valid files that are spoilt: our forms as people leave them, other people's books, facts as text.

The same bytes every time, so that a case can be made again from its seed.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from tests.damaged import SECTIONS
from tests.files import all_books, amend_books
from tests.filled import document, save_form, zeros
from tests.form.drawn import drawn_grid
from tests.fuzz.mutations import packed, parts_of
from workbook.files.amend import amended
from workbook.files.archive import Archive
from workbook.form.editionfile import all_editions
from workbook.review import review_amendment, review_file
from workbook.rules.rulebook import load_rulebook

_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def bases() -> dict[str, bytes]:
    """Our forms as built, resaved, annotated; a bare one; strangers' books; facts as JSON and CSV."""
    with tempfile.TemporaryDirectory() as folder:
        form = save_form(Path(folder) / "2021.xlsx", "2021", balanced("2021"), sections=SECTIONS, year=2022)
        old = save_form(Path(folder) / "2019.xlsx", "2019", balanced("2019"))
        stream = io.BytesIO()
        openpyxl.load_workbook(form).save(stream)
        with Archive.open(old) as archive:
            book = load_rulebook()
            noted, _ = amended(archive, review_amendment(review_file(old, book), book))
        facts = json.dumps(document("2021", balanced("2021")), ensure_ascii=False, indent=0)
        table = "id,value\nyear,2022\nedition,2021\norgan,某局\n" + "".join(
            f"{cell},{number}\n" for cell, number in balanced("2021").items()
        )
        return {
            "form.xlsx": _timeless(form.read_bytes()),
            "resaved.xlsx": _timeless(stream.getvalue()),
            "annotated.xlsx": _timeless(noted),
            "bare.xlsx": _timeless(_bare()),
            "macros.xlsm": _timeless(amend_books.by_xlsxwriter(macros=True)),
            "notes.xlsx": _timeless(all_books.prefixed_notes()),
            "controls.xlsx": _timeless(amend_books.with_controls()),
            "facts.json": facts.encode(),
            "facts.csv": table.encode(),
        }


def _timeless(data: bytes) -> bytes:
    """A book without the hour at which its library wrote it."""
    parts = parts_of(data)
    assert parts
    if "docProps/core.xml" in parts:
        parts["docProps/core.xml"] = _TIME.sub(b"2022-01-02T03:04:05Z", parts["docProps/core.xml"])
    return packed(parts)


def balanced(edition: str) -> dict[str, int]:
    """Figures in which every sum holds: what is broken is the mutation's work, and the locator is quick."""
    return zeros(edition, totals=False) | {
        "applications.received[natural_person]": 12,
        "applications.received[business]": 3,
        "applications.dispositions.granted[natural_person]": 7,
        "applications.dispositions.granted_in_part[natural_person]": 4,
        "applications.dispositions.granted[business]": 3,
        "applications.carried_forward[natural_person]": 1,
        "challenges.reconsideration[upheld]": 2,
        "proactive.licences[decisions]": 478,
    }


def _bare() -> bytes:
    """The three tables on one sheet, nothing else: small, so that most bytes matter."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    edition = all_editions()[1]
    figures = {cell: Decimal(balanced("2021").get(str(cell), 0)) for cell in edition.cells}
    for sheet in drawn_grid(edition, figures).sheets:
        page = book.add_worksheet(sheet.name)
        for position, cell in sheet.cells.items():
            value: Any = float(cell.text) if cell.kind.value == "number" else cell.text
            page.write(position.row - 1, position.column - 1, value)
    book.close()
    return stream.getvalue()
