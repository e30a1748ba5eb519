"""Everything that reading remembers from one workbook to the next, to be emptied as in a new process."""

from __future__ import annotations

from workbook.files import (
    archive,
    bookpart,
    meaning,
    outline,
    partnames,
    relations,
    rows,
    safexml,
    scan,
    sharedstrings,
)
from workbook.form import headings, labelledsheet, values
from workbook.rules import wholes


def forget() -> None:
    """Begin as in a new process."""
    for memory in (
        archive._sound,
        bookpart._cache,
        labelledsheet._kin,
        meaning._cache,
        outline._indices,
        partnames.names,
        relations._cache,
        rows._places,
        rows._row_heads,
        safexml._frames,
        scan._frames,
        sharedstrings._known,
        wholes._known,
    ):
        memory.clear()
    for function in (headings._split_short, labelledsheet.label_plain, values._small_number):
        function.cache_clear()
