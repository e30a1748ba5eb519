"""How a package's parts hang together: relations, content types, and which part is which worksheet."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from workbook.files.markup import (
    SEAM,
    Edit,
    Element,
    attributes,
    child,
    children,
    elements,
    escape,
    inside_end,
    mask,
    opened_by_us,
    reclosed,
    root,
    sewn,
    spliced,
    tag,
)
from workbook.files.package import Package
from workbook.files.relations import relations_part, resolve
from workbook.problems import UnusableInput

TYPES = "[Content_Types].xml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_RELATIONS_SPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
OFFICE_RELATIONS = (_TRANSITIONAL, _STRICT)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship; `part` is the stored name of the part it leads to, None if there is none."""

    id: str
    kind: str  # the last word of the type: "comments", "vmlDrawing" …
    part: str | None
    element: Element


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One worksheet of the book: its name, the part it lies in, the number calcChain calls it by."""

    name: str
    part: str
    number: str


# relations


def relations(package: Package, part: str) -> list[Relation]:
    """A part's relations to other parts of the package, in their order."""
    stored = package.find(relations_part(part))
    if stored is None:
        return []
    text, masked = package.text(stored), package.masked(stored)
    found = []
    for element in children(masked, package.top(stored, "Relationships")):
        facts = attributes(tag(text, element))
        if element.local != "Relationship" or facts.get("TargetMode", "").lower() == "external":
            continue
        kind = facts.get("Type", "").rpartition("/")[2]
        found.append(
            Relation(facts.get("Id", ""), kind, package.find(resolve(part, facts.get("Target", ""))), element)
        )
    return found


def relate(package: Package, part: str, kind: str, target: str, *, strict: bool) -> str:
    """Add a relation (and the part that keeps relations, if there is none) and return its id."""
    base = _STRICT if strict else _TRANSITIONAL
    path = posixpath.relpath("/" + target, "/" + posixpath.dirname(part))
    stored = package.find(relations_part(part))
    text = (
        f'{DECLARATION}<Relationships{SEAM}xmlns="{_RELATIONS_SPACE}"></Relationships>'
        if stored is None
        else package.text(stored)
    )
    masked = mask(text)
    top = root(masked)
    taken = {attributes(tag(text, element)).get("Id", "").lower() for element in children(masked, top)}
    number = 1
    while f"rid{number}" in taken:
        number += 1
    new = f'<{top.prefix}Relationship{SEAM}Id="rId{number}" Type="{base}/{kind}" Target="{escape(path)}"/>'
    text = spliced(text, [inside_end(top, new)])
    if stored is None:
        cover_default(package, "rels", _RELATIONS_TYPE)
        package.add(relations_part(part), text)
    else:
        package.put(stored, text)
    return f"rId{number}"


def unrelate(package: Package, part: str, relation_id: str) -> None:
    """Take a relation away; a relations part that we made and that is empty again goes with it."""
    stored = package.find(relations_part(part))
    if stored is None:
        return
    found = next((relation for relation in relations(package, part) if relation.id == relation_id), None)
    if found is None:
        return
    text = without(package.text(stored), [found.element])
    masked = mask(text)
    top = root(masked)
    if sewn(tag(text, top)) and next(children(masked, top), None) is None:
        discard(package, stored)
    else:
        package.put(stored, text)


def without(text: str, gone: list[Element]) -> str:
    """The text without some elements; a root that `inside_end` had opened for them is closed again."""
    text = spliced(text, [(element.start, element.end, "") for element in gone])
    top = root(mask(text))
    if top.inner == top.close and opened_by_us(text, top):
        text = spliced(text, [reclosed(top)])
    return text


def discard(package: Package, part: str) -> None:
    """Take a part away with its content type and its own relations (those leading to it are the caller's)."""
    for gone in (part, relations_part(part)):
        stored = package.find(gone)
        if stored is not None:
            uncover(package, stored)
            package.drop(stored)


# content types


def _types(package: Package) -> tuple[str, Element]:
    """The part that lists content types, under its stored name, and its outermost element.

    Raises UnusableInput for a package without.
    """
    stored = package.find(TYPES)
    if stored is None:
        raise UnusableInput(f"工作簿里缺“{TYPES}”，结构不完整，请用Excel或WPS打开原件，另存为xlsx后重试。")
    return stored, package.top(stored, "Types")


def free_part(package: Package, pattern: str, owner: str, first: str = "1") -> str:
    """The pattern with `first`, else the smallest number from 2, that is free: "xl/comments{}.xml".

    Free is what no part bears and nothing leads to: a relation to a part that is missing would become
    ours, and would go with ours when it is taken away.
    """
    types, top = _types(package)
    text = package.text(types)
    claimed = {
        attributes(tag(text, element)).get("PartName", "").lstrip("/").lower()
        for element in children(package.masked(types), top)
    }
    stored = package.find(relations_part(owner))
    if stored is not None:
        kept, masked = package.text(stored), package.masked(stored)
        claimed |= {
            resolve(owner, attributes(tag(kept, element)).get("Target", "")).lower()
            for element in children(masked, package.top(stored, "Relationships"))
        }
    names = (
        pattern.format(first),
        *(pattern.format(number) for number in range(2, len(package.names) + len(claimed) + 3)),
    )
    return next(name for name in names if package.find(name) is None and name.lower() not in claimed)


def cover(package: Package, part: str, content_type: str) -> None:
    """State a part's content type."""
    types, top = _types(package)
    name = escape("/" + part)
    new = f'<{top.prefix}Override{SEAM}PartName="{name}" ContentType="{content_type}"/>'
    package.put(types, spliced(package.text(types), [inside_end(top, new)]))


def cover_default(package: Package, extension: str, content_type: str) -> None:
    """State the content type of an extension unless one is stated."""
    types, top = _types(package)
    text, masked = package.text(types), package.masked(types)
    last = top.inner
    for element in children(masked, top):
        if element.local == "Default":
            last = element.end
            if attributes(tag(text, element)).get("Extension", "").lower() == extension:
                return
    new = f'<{top.prefix}Default{SEAM}Extension="{extension}" ContentType="{content_type}"/>'
    edit: Edit = inside_end(top, new) if top.closed else (last, last, new)
    package.put(types, spliced(text, [edit]))


def uncover(package: Package, part: str) -> None:
    """Take back what states a part's content type, and our default if no other part needs it."""
    types, top = _types(package)
    text, masked = package.text(types), package.masked(types)
    path, extension = f"/{part}".lower(), part.rpartition(".")[2].lower()
    # Where we had to say what .rels are, the others had been getting along without.
    needed = extension != "rels" and any(
        name.lower().endswith(f".{extension}") and name.lower() != part.lower() for name in package.names
    )
    gone = []
    for element in children(masked, top):
        facts = attributes(tag(text, element))
        if (element.local == "Override" and facts.get("PartName", "").lower() == path) or (
            element.local == "Default"
            and not needed
            and sewn(tag(text, element))
            and facts.get("Extension", "").lower() == extension
        ):
            gone.append(element)
    if gone:
        package.put(types, without(text, gone))


# the book


def workbook_part(package: Package) -> str:
    """The main part; UnusableInput where the package has none."""
    for relation in relations(package, ""):
        if relation.kind == "officeDocument" and relation.part is not None:
            return relation.part
    stored = package.find("xl/workbook.xml")
    if stored is None:
        raise UnusableInput("文件中没有工作簿内容，请用Excel或WPS打开原件，另存为xlsx后重试。")
    return stored


def worksheets(package: Package) -> list[SheetPart]:
    """The worksheets in the book's order; chart and macro sheets, which have no cells, are left out."""
    book = workbook_part(package)
    leads = {relation.id: relation for relation in relations(package, book)}
    text, masked = package.text(book), package.masked(book)
    sheets = child(masked, package.top(book, "workbook"), "sheets")
    found = []
    for element in elements(masked, f"{sheets.prefix}sheet", sheets.inner, sheets.close) if sheets else ():
        facts = attributes(tag(text, element))
        relation = leads.get(next((facts[key] for key in facts if re.fullmatch(r"[^:]+:id", key)), ""))
        if relation is not None and relation.kind == "worksheet" and relation.part is not None:
            found.append(SheetPart(facts.get("name", ""), relation.part, facts.get("sheetId", "")))
    return found
