"""The Office packages: gouji.xlam, and a plain workbook turned macro-enabled.

What we write is stored, not deflated: zlib's output differs between its versions, and the same text must give
the same bytes on any system.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import xlsxwriter

from addin.build.project import WORKBOOK_MODULE, modules, vba_project
from workbook.files.archive import STORED, Archive, assemble, pack
from workbook.files.markup import attributes, child, children, inside_end, root, spliced, tag
from workbook.files.package import Package
from workbook.files.wiring import TYPES, workbook_part, worksheets
from workbook.problems import BrokenDefinition

Kind = Literal["xlsm", "xltm", "xlam"]

_MAIN: dict[Kind, str] = {
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xltm": "application/vnd.ms-excel.template.macroEnabled.main+xml",
    "xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
}
_PLAIN = re.compile(
    r"application/vnd\.openxmlformats-officedocument\.spreadsheetml\.(sheet|template)\.main\+xml"
)
_VBA_TYPE = "application/vnd.ms-office.vbaProject"
_VBA_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_RIBBON_RELATION = {
    "customUI.xml": "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility",
    "customUI14.xml": "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
}
_BORN = datetime(2026, 1, 1, tzinfo=UTC)  # the properties want a time, and two builds must be equal

_AS_STORED = replace(pack("", b""), method=STORED)


def addin(sources: Mapping[str, str], ribbon: Mapping[str, str], title: str, description: str) -> bytes:
    """An .xlam: a workbook of one empty sheet, the VBA project and the ribbon's parts.

    `sources` by file name, `ribbon` by part name (customUI.xml, customUI14.xml). Title and description are
    what Excel's list of add-ins shows.
    """
    plain = io.BytesIO()
    with xlsxwriter.Workbook(plain, {"in_memory": True}) as book:
        book.add_worksheet("Sheet1")
        book.set_properties({"title": title, "comments": description, "author": "Gouji", "created": _BORN})
    with Archive.open(macro_enabled(plain.getvalue(), sources, ribbon, "xlam")) as archive:
        parts = {name: archive.read(name) for name in archive.names}
    main = "xl/workbook.xml"
    parts[main] = parts[main].replace(b"<workbookView ", b'<workbookView visibility="hidden" ')
    return assemble(pack(name, data, _AS_STORED) for name, data in parts.items())


def macro_enabled(xlsx: bytes, sources: Mapping[str, str], ribbon: Mapping[str, str], kind: Kind) -> bytes:
    """A plain workbook with the VBA project and the ribbon; every part not concerned keeps its bytes.

    Raises UnusableInput for what is no workbook, BrokenDefinition for one that has macros, a ribbon or sheets
    other than worksheets.
    """
    with Archive.open(xlsx) as archive:
        package = Package(archive)
        book = workbook_part(package)
        added = {f"customUI/{name}": text.encode() for name, text in ribbon.items()}
        names = _code_names(package, book)
        added["xl/vbaProject.bin"] = vba_project(modules(sources, names))
        taken = [name for name in added if package.find(name) is not None]
        if taken:
            raise BrokenDefinition(f"the template has macros or a ribbon already: {', '.join(taken)}")
        _retype(package, kind)
        _relate(package, book, {_VBA_RELATION: "/xl/vbaProject.bin"})
        _relate(package, "", {_RIBBON_RELATION[name]: f"/customUI/{name}" for name in ribbon})
        changed = set(package.changed())
        amended = package.assembled()  # proves our edits well-formed
    with Archive.open(amended) as archive:
        entries = [
            pack(name, archive.read(name), _AS_STORED) if name in changed else archive.raw(name)
            for name in archive.names
        ]
    return assemble([*entries, *(pack(name, data, _AS_STORED) for name, data in added.items())])


def _code_names(package: Package, book: str) -> list[str]:
    """Give the book and each sheet its module's name as code name, unless it has one; returns the sheets'."""
    own = _set_code_name(package, book, "workbookPr", WORKBOOK_MODULE, before=("fileVersion", "fileSharing"))
    if own != WORKBOOK_MODULE:
        raise BrokenDefinition(f"the template's workbook has the code name {own}, not {WORKBOOK_MODULE}")
    masked = package.masked(book)
    listed = child(masked, root(masked), "sheets")
    sheets = worksheets(package)
    if listed is None or len(list(children(masked, listed))) != len(sheets):
        raise BrokenDefinition(
            "the template has sheets that are no worksheets: their modules are not made here"
        )
    return [
        _set_code_name(package, sheet.part, "sheetPr", f"Sheet{number}")
        for number, sheet in enumerate(sheets, 1)
    ]


def _set_code_name(package: Package, part: str, element: str, name: str, before: Sequence[str] = ()) -> str:
    """Write codeName into a part's properties, which are made after `before` if missing; gives the name."""
    text, masked = package.text(part), package.masked(part)
    top = root(masked)
    found = child(masked, top, element)
    if found is None:
        place = max([top.inner, *(e.end for e in children(masked, top) if e.local in before)])
        package.put(part, spliced(text, [(place, place, f'<{top.prefix}{element} codeName="{name}"/>')]))
        return name
    stated = attributes(tag(text, found)).get("codeName")
    if stated is not None:
        return stated
    place = found.start + 1 + len(found.name)
    package.put(part, spliced(text, [(place, place, f' codeName="{name}"')]))
    return name


def _retype(package: Package, kind: Kind) -> None:
    """State the book's macro-enabled content type, and the project's."""
    text = package.text(TYPES)
    if not _PLAIN.search(text):
        raise BrokenDefinition("the template is no plain .xlsx or .xltx")
    top = root(package.masked(TYPES))
    new = f'<{top.prefix}Override PartName="/xl/vbaProject.bin" ContentType="{_VBA_TYPE}"/>'
    text = spliced(text, [inside_end(top, new)])
    package.put(TYPES, _PLAIN.sub(_MAIN[kind], text))


def _relate(package: Package, part: str, targets: Mapping[str, str]) -> None:
    """Add relations of Microsoft's own types, which `wiring.relate` does not have."""
    folder, _, leaf = part.rpartition("/")
    stored = package.find(f"{folder}/_rels/{leaf}.rels".lstrip("/"))
    if stored is None:
        raise BrokenDefinition(f"the template's {part or 'package'} has no relations")
    text, masked = package.text(stored), package.masked(stored)
    top = root(masked)
    taken = {attributes(tag(text, e)).get("Id", "").lower() for e in children(masked, top)}
    free = (f"rId{number}" for number in range(1, len(taken) + len(targets) + 1))
    ids = [id_ for id_ in free if id_.lower() not in taken]
    new = "".join(
        f'<{top.prefix}Relationship Id="{id_}" Type="{type_}" Target="{target}"/>'
        for id_, (type_, target) in zip(ids, targets.items(), strict=False)
    )
    package.put(stored, spliced(text, [inside_end(top, new)]))
