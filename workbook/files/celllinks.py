"""Links from cells to places in the book, set beside other people's."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.files.grid import Position, parse_a1
from workbook.files.markup import (
    SEAM,
    Edit,
    Element,
    attributes,
    child,
    children,
    escape_string,
    inside_end,
    spliced,
    tag,
)
from workbook.files.package import Package
from workbook.files.schema import FLAT, WORKSHEET, place
from workbook.files.wiring import SheetPart


def set_links(
    package: Package, sheet: SheetPart, links: Mapping[Position, tuple[str | None, str]]
) -> list[str]:
    """Give cells their links in place of earlier ones: a place in the book (or None), and the text shown.

    Links leading outside the book stay: a Chinese line for each cell that should have had another.
    """
    text, masked = package.text(sheet.part), package.masked(sheet.part)
    top = package.top(sheet.part, "worksheet")
    listing = child(masked, top, "hyperlinks", FLAT)
    present = list(children(masked, listing)) if listing else []
    gone: list[Element] = []
    outside: set[Position] = set()
    for element in present:
        facts = attributes(tag(text, element))
        cell = parse_a1(facts.get("ref", ""))
        if cell is None or cell not in links:
            continue
        if any(name.rpartition(":")[2] == "id" for name in facts):
            outside.add(cell)
        else:
            gone.append(element)
    new = "".join(
        f'<{top.prefix}hyperlink{SEAM}ref="{cell}" location="{escape_string(link)}" '
        f'display="{escape_string(shown)}"/>'
        for cell, (link, shown) in sorted(links.items())
        if link is not None and cell not in outside
    )
    if listing is None:
        if new:
            at = place(masked, top, "hyperlinks", WORKSHEET)
            name = f"{top.prefix}hyperlinks"
            package.put(sheet.part, spliced(text, [(at, at, f"<{name}>{new}</{name}>")]))
    elif not new and len(gone) == len(present):
        package.put(sheet.part, spliced(text, [(listing.start, listing.end, "")]))
    elif new or gone:
        edits: list[Edit] = [(element.start, element.end, "") for element in gone]
        package.put(sheet.part, spliced(text, [*edits, inside_end(listing, new)]))
    return [
        f"工作表“{sheet.name}”{cell}已有指向工作簿之外的链接，未改动该链接。"
        for cell in sorted(outside)
        if links[cell][0] is not None
    ]
