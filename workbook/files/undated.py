"""Office packages without the clock in them: the same input gives the same bytes."""

from __future__ import annotations

import io
import zipfile

_DATE = (2021, 9, 26, 0, 0, 0)


def undated(data: bytes) -> bytes:
    """The same package with one fixed date in it: python-docx stamps each part with the clock."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _DATE), old.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
