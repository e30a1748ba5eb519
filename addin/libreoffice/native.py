"""What `.api` gives on this engine: the UNO object, plus the few Excel names the add-in asks for.

xlwings' public API has no word for protection. Excel's `.api` has (COM), and these have the same names
and meanings, so that `sheet.api.ProtectContents` runs on both. Everything else is passed to UNO.
"""

from __future__ import annotations

import contextlib
from typing import Any

from addin.libreoffice import protection
from addin.libreoffice.problems import OfficeRefused
from addin.libreoffice.uno_bridge import is_ambiguous, translated

_POINT = 2540 / 72  # hundredths of a millimetre


class _Native:
    """A UNO object with additions; unknown names are looked up in UNO (and are LibreOffice only)."""

    def __init__(self, uno_object: Any) -> None:
        self.uno = uno_object

    def __getattr__(self, name: str) -> Any:
        if name == "uno":  # only while being unpickled or copied, before __init__
            raise AttributeError(name)
        return getattr(self.uno, name)


@translated
class BookApi(_Native):
    """`book.api`: ProtectStructure, ReadOnly, Saved, Path; else the UNO document."""

    @property
    def ProtectStructure(self) -> bool:
        """True if no sheet may be added, deleted, renamed or hidden."""
        return bool(self.uno.isProtected())

    @property
    def ReadOnly(self) -> bool:
        """True if the book cannot be saved under its own name."""
        return bool(self.uno.isReadonly())

    @property
    def Saved(self) -> bool:
        """False if there are changes that have not been saved."""
        return not self.uno.isModified()


@translated
class SheetApi(_Native):
    """`sheet.api`: ProtectContents, ProtectDrawingObjects, Protect, Unprotect; else the UNO sheet."""

    @property
    def ProtectContents(self) -> bool:
        """True if locked cells cannot be written."""
        return bool(self.uno.isProtected())

    @property
    def ProtectDrawingObjects(self) -> bool:
        """True if notes cannot be added or changed; LibreOffice has one switch for both."""
        return bool(self.uno.isProtected())

    def Protect(self, password: str = "") -> None:
        """Protect the sheet."""
        self.uno.protect(password)

    def Unprotect(self, password: str = "") -> None:
        """Take the protection off; raises ProtectedSheet if the password is wrong."""
        with contextlib.suppress(OfficeRefused):
            self._try(password)
        protection.check_unprotected(self.uno)

    def _try(self, password: str) -> None:
        self.uno.unprotect(password)


@translated
class ShapeApi(_Native):
    """`note.api.Shape`: Width and Height in points; else the UNO shape."""

    @property
    def Width(self) -> float:
        """Width in points."""
        return float(self.uno.getSize().Width / _POINT)

    @Width.setter
    def Width(self, value: float) -> None:
        size = self.uno.getSize()
        size.Width = round(value * _POINT)
        self.uno.setSize(size)

    @property
    def Height(self) -> float:
        """Height in points."""
        return float(self.uno.getSize().Height / _POINT)

    @Height.setter
    def Height(self, value: float) -> None:
        size = self.uno.getSize()
        size.Height = round(value * _POINT)
        self.uno.setSize(size)


@translated
class NoteApi(_Native):
    """`note.api`: Shape; else the UNO annotation."""

    @property
    def Shape(self) -> ShapeApi:
        """The yellow box."""
        return ShapeApi(self.uno.getAnnotationShape())


@translated
class RangeApi(_Native):
    """`range.api`: Locked, AllowEdit; else the UNO range."""

    @property
    def Locked(self) -> bool | None:
        """Whether the cells are marked as locked, None if they differ."""
        if is_ambiguous(self.uno, "CellProtection"):
            states = {g.CellProtection.IsLocked for g in self.uno.getUniqueCellFormatRanges()}
            return bool(states.pop()) if len(states) == 1 else None
        return bool(self.uno.CellProtection.IsLocked)

    @property
    def AllowEdit(self) -> bool:
        """True if every cell can be written, protected sheet or not."""
        return not (self.uno.getSpreadsheet().isProtected() and protection.has_locked_cells(self.uno))
