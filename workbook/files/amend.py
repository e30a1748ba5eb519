"""The only function that writes into an existing workbook: notes, tints, values, links, and nothing else.

It edits parts of the package and copies every other part byte for byte. What it adds can be told from what
others have added, so that a second run replaces the first and an empty one takes everything away again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from workbook.files.archive import DEFAULT, Archive, Limits
from workbook.files.atomic import replace_file
from workbook.files.cells import CellValue, write_values
from workbook.files.markup import tag
from workbook.files.notes import OWN_MARK, Note, PlacedNote, RemovedNote, add_notes, remove_notes
from workbook.files.package import Package
from workbook.files.rowheights import fit_rows
from workbook.files.shades import Shade, Tint, drop_formats, lay_tints, lift_tints
from workbook.files.wiring import SheetPart, workbook_part, worksheets
from workbook.problems import UnwritableOutput

__all__ = [
    "OWN_MARK",
    "Amendment",
    "CellValue",
    "Note",
    "Outcome",
    "PlacedNote",
    "RemovedNote",
    "Shade",
    "Tint",
    "amend",
    "amended",
    "sheet_names",
]


@dataclass(frozen=True, slots=True)
class Amendment:
    """What shall be written; `remove_own` first takes away all our earlier notes and tints.

    `fit` names sheets whose written rows shall be tall enough for their texts, with the font size in points.
    """

    notes: tuple[Note, ...] = ()
    tints: tuple[Tint, ...] = ()
    values: tuple[CellValue, ...] = ()
    remove_own: bool = True
    fit: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an amendment.

    `removed` are our earlier notes with whatever a person may have written into them; `parts_changed` names
    the parts that differ, new and dropped ones included; `warnings` are Chinese lines for the user.
    """

    placed: tuple[PlacedNote, ...] = ()
    unplaced: tuple[Note, ...] = ()
    removed: tuple[RemovedNote, ...] = ()
    parts_changed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    backup: Path | None = None


def amend(
    source: Path,
    target: Path,
    amendment: Amendment,
    *,
    backup: bool = False,
    in_place: bool = False,
    limits: Limits = DEFAULT,
) -> Outcome:
    """Write `source` with an amendment to `target`, the same file only if `backup` or `in_place` says so.

    With `backup` an existing target is kept beside itself as 名称.原件.xlsx. Raises UnusableInput for a
    source that is no workbook, UnwritableOutput where nothing could be written: the old target is then whole.
    """
    if source.suffix.lower() != target.suffix.lower():
        raise UnwritableOutput(
            f"“{target.name}”的扩展名应与原件一致（{source.suffix}），否则Excel会拒绝打开，请改用{source.suffix}。"
        )
    if _same(source, target) and not (backup or in_place):
        raise UnwritableOutput(
            f"“{target.name}”就是原件，没有覆盖；请另取文件名，或选择在原件中改写并留备份。"
        )
    with Archive.open(source, limits) as archive:
        data, outcome = amended(archive, amendment)
    kept = replace_file(target, data, backup=backup)
    return Outcome(
        outcome.placed, outcome.unplaced, outcome.removed, outcome.parts_changed, outcome.warnings, kept
    )


def sheet_names(source: Path, limits: Limits = DEFAULT) -> tuple[str, ...]:
    """The worksheets that can be written into, in the book's order. Raises UnusableInput."""
    with Archive.open(source, limits) as archive:
        return tuple(sheet.name for sheet in worksheets(Package(archive)))


def _same(source: Path, target: Path) -> bool:
    try:
        return target.exists() and source.samefile(target)
    except OSError:
        return source.absolute() == target.absolute()


def amended(archive: Archive, amendment: Amendment) -> tuple[bytes, Outcome]:
    """The bytes of an open workbook with an amendment in it, and what became of it; nothing is written."""
    package = Package(archive)
    sheets = worksheets(package)
    strict = _is_strict(package)
    removed: list[RemovedNote] = []
    warnings: list[str] = []
    if amendment.remove_own:
        for sheet in sheets:
            removed += remove_notes(package, sheet)
            lift_tints(package, sheet)
        drop_formats(package)
    for sheet, values in _by_sheet(sheets, amendment.values, warnings):
        warnings += write_values(package, sheet, values)
        if sheet.name in amendment.fit:
            fit_rows(package, sheet, values, amendment.fit[sheet.name])
    placed: list[PlacedNote] = []
    missing: list[Note] = []
    unplaced: list[Note] = []
    for sheet, notes in _by_sheet(sheets, amendment.notes, warnings, missing):
        done, left = add_notes(package, sheet, notes, strict=strict)
        placed += done
        unplaced += left
    for sheet, tints in _by_sheet(sheets, amendment.tints, warnings):
        lay_tints(package, sheet, tints, strict=strict)
    changed = package.changed()
    if changed and package.signed:
        warnings.append("工作簿带有数字签名，写入后签名将失效，需要的请由签名人重新签署。")
    outcome = Outcome(
        tuple(placed), tuple(unplaced + missing), tuple(removed), changed, tuple(dict.fromkeys(warnings))
    )
    return package.assembled(), outcome


class _OnSheet(Protocol):
    @property
    def sheet(self) -> str: ...


_Item = TypeVar("_Item", bound=_OnSheet)


def _by_sheet(
    sheets: list[SheetPart], items: Iterable[_Item], warnings: list[str], missing: list[_Item] | None = None
) -> list[tuple[SheetPart, list[_Item]]]:
    """Items by the sheet they are for, in the book's order; those for no sheet give a warning."""
    exact = {sheet.name: sheet for sheet in sheets}
    folded = {sheet.name.casefold(): sheet for sheet in sheets}  # Excel's names ignore case
    grouped: dict[str, list[_Item]] = {}
    for item in items:
        sheet = exact.get(item.sheet) or folded.get(item.sheet.casefold())
        if sheet is None:
            warnings.append(f"工作簿中没有可写的工作表“{item.sheet}”，写给它的内容没有写入。")
            if missing is not None:
                missing.append(item)
        else:
            grouped.setdefault(sheet.name, []).append(item)
    return [(sheet, grouped[sheet.name]) for sheet in sheets if sheet.name in grouped]


def _is_strict(package: Package) -> bool:
    part = workbook_part(package)
    return "http://purl.oclc.org/ooxml/" in tag(package.text(part), package.top(part, "workbook"))
