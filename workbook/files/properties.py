"""When a document was last saved, as the program that saved it says (ECMA-376 part 2, core properties)."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime

from workbook.files.archive import DEFAULT, Archive, Limits
from workbook.problems import UnusableInput

_MODIFIED = re.compile(r"<dcterms:modified[^>]*>\s*([0-9T:.+\-]+Z?)\s*</dcterms:modified>")
_PART = "docProps/core.xml"
_LARGEST = 64 * 1024  # a core part of honest size has one kilobyte


def saved_at(source: str | os.PathLike[str] | bytes, *, limits: Limits = DEFAULT) -> datetime | None:
    """The time of the last saving, in UTC; None where the file does not say. Raises nothing."""
    try:
        with Archive.open(source, limits) as archive:
            part = archive.find(_PART)
            if part is None or archive.size(part) > _LARGEST:
                return None
            text = archive.read(part).decode("utf-8", "replace")
    except UnusableInput:
        return None
    match = _MODIFIED.search(text)
    if match is None:
        return None
    try:
        when = datetime.fromisoformat(match[1].replace("Z", "+00:00"))
    except ValueError:
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
