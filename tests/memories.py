"""Everything that reading remembers from one workbook to the next, to be emptied as in a new process."""

from __future__ import annotations

from workbook.files import (
    archive,
    bookpart,
    known,
    partnames,
    relations,
    rowheads,
    rows,
    safexml,
    scan,
    sharedstrings,
)
from workbook.form import headings, kin, labels, recalculate, values
from workbook.form.editionfile import all_editions
from workbook.rules import wholes


def forget() -> None:
    """Begin as in a new process."""
    for memory in (
        archive._sound,
        bookpart._cache,
        kin._kin,
        kin._words,
        known._cache,
        partnames.names,
        relations._cache,
        rows._places,
        recalculate._totals,
        rowheads.row_heads,
        safexml._frames,
        scan._frames,
        sharedstrings._known,
        wholes._known,
    ):
        memory.clear()
    for function in (headings._split_short, labels.label_plain, values._small_number):
        function.cache_clear()
    for edition in all_editions():
        edition.__dict__.pop("_headings", None)
