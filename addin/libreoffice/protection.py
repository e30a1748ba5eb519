"""On a protected sheet Excel raises; LibreOffice drops a change in silence, or makes it: so we ask first."""

from __future__ import annotations

from typing import Any

from addin.libreoffice.problems import ProtectedSheet


def has_locked_cells(area: Any) -> bool:
    """True when any cell of a UNO range is locked (which matters on a protected sheet only)."""
    if area.getPropertyState("CellProtection").value != "AMBIGUOUS_VALUE":
        return bool(area.CellProtection.IsLocked)
    return any(group.CellProtection.IsLocked for group in area.getUniqueCellFormatRanges())


def check_contents(sheet: Any, area: Any) -> None:
    """Raise ProtectedSheet if writing into this area would touch a locked cell of a protected sheet."""
    if sheet.isProtected() and has_locked_cells(area):
        raise ProtectedSheet(f"工作表“{sheet.getName()}”受保护，这里的单元格已锁定，不能填写。")


def check_format(sheet: Any) -> None:
    """Raise ProtectedSheet if the sheet is protected: its cells cannot be coloured, merged or resized."""
    if sheet.isProtected():
        raise ProtectedSheet(f"工作表“{sheet.getName()}”受保护，不能改动单元格格式。")


def check_notes(sheet: Any) -> None:
    """Raise ProtectedSheet if the sheet is protected: no note can be added, changed or deleted."""
    if sheet.isProtected():
        raise ProtectedSheet(f"工作表“{sheet.getName()}”受保护，不能增删批注。")


def check_structure(document: Any) -> None:
    """Raise ProtectedSheet if the workbook's structure is protected: no sheet added, deleted, renamed."""
    if document.isProtected():
        raise ProtectedSheet("工作簿结构受保护，不能增删、改名或隐藏工作表。")


def check_unprotected(sheet: Any) -> None:
    """Raise ProtectedSheet if the sheet is still protected after an attempt to take that off."""
    if sheet.isProtected():
        raise ProtectedSheet(f"工作表“{sheet.getName()}”的保护密码不对，没有解除。")
