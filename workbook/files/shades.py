"""Tints laid over cells as conditional formats: the cells' own styles stay untouched and come back at once.

The formula is our mark: N of a text is 0, so `N("gouji:error")=0` always holds, and it survives being saved
by Excel, WPS and LibreOffice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from workbook.files.grid import parse_a1
from workbook.files.markup import (
    SEAM,
    TAG_BODY,
    Edit,
    Element,
    attributes,
    child,
    children,
    elements,
    inside_end,
    mask,
    opened_by_us,
    reclosed,
    root,
    sewn,
    spliced,
    tag,
    whole,
)
from workbook.files.package import Package
from workbook.files.schema import FLAT, STYLES, WORKSHEET, place
from workbook.files.wiring import (
    DECLARATION,
    SheetPart,
    cover,
    discard,
    free_part,
    relate,
    relations,
    unrelate,
    workbook_part,
)
from workbook.problems import UnusableInput


class Shade(Enum):
    """A tint by what it says, the strongest first; the value is the word in its formula."""

    ERROR = "error"
    EXPLAIN = "explain"
    WARNING = "warning"


# Office's own soft red and yellow, and an orange between them.
COLOURS = {Shade.ERROR: "FFFFC7CE", Shade.EXPLAIN: "FFFCD5B4", Shade.WARNING: "FFFFEB9C"}
WORD = "gouji:"
_OURS = re.compile(r"gouji:(?:error|explain|warning)\b")
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_MOST_RANGES = 500  # of one rule; Excel grows slow with long lists
_CF_RULE = re.compile(rf"<(?:[^\s<>/!?\"'=:]+:)?cfRule(?=[\s/>]){TAG_BODY}>")
_OF_PIVOT = re.compile(r"conditionalFormatting\s[^<>]*?\bpivot\s*=\s*[\"'](?:1|true)[\"']")
_PRIORITY = re.compile(r"(\spriority\s*=\s*[\"'])(\d+)(?=[\"'])")
_COUNT = re.compile(r"(\scount\s*=\s*[\"'])(\d+)(?=[\"'])")


@dataclass(frozen=True, slots=True)
class Tint:
    """A shade over a cell ("E25") or a range ("D6:J6") of one sheet."""

    sheet: str
    cell: str
    shade: Shade


# laying


def lay_tints(package: Package, sheet: SheetPart, tints: Iterable[Tint], *, strict: bool) -> None:
    """Lay tints over one sheet's cells, above every other conditional format of the sheet."""
    ranges: dict[Shade, dict[str, None]] = {shade: {} for shade in Shade}
    for tint in tints:
        ranges[tint.shade][range_address(tint.cell)] = None
    rules = [
        (shade, sorted(found)[start : start + _MOST_RANGES])
        for shade, found in ranges.items()
        for start in range(0, len(found), _MOST_RANGES)
    ]
    if not rules:
        return
    formats = _formats(package, {shade for shade, _ in rules}, strict=strict)
    text, masked = package.text(sheet.part), package.masked(sheet.part)
    top = package.top(sheet.part, "worksheet")
    edits, shift = _make_way(masked, top, len(rules))
    new = []
    prefix = top.prefix
    for priority, (shade, cells) in enumerate(rules, 1):
        # How far the others' priorities were moved is kept as blanks in our first end tag.
        blanks = " " * (shift if priority == 1 else 0)
        new.append(
            f'<{prefix}conditionalFormatting{SEAM}sqref="{" ".join(cells)}">'
            f'<{prefix}cfRule type="expression" dxfId="{formats[shade]}" priority="{priority}">'
            f"<{prefix}formula>N(&quot;{WORD}{shade.value}&quot;)=0</{prefix}formula></{prefix}cfRule>"
            f"</{prefix}conditionalFormatting{blanks}>"
        )
    # LibreOffice lets the first matching format in the file win, Excel the lowest priority: ours are both.
    at = place(masked, top, "conditionalFormatting", WORKSHEET)
    package.put(sheet.part, spliced(text, [*edits, (at, at, "".join(new))]))


def range_address(cell: str) -> str:
    """A cell or range as it stands in a file, "D6:J6"; UnusableInput if it is none."""
    corners = [parse_a1(corner) for corner in cell.split(":")]
    if len(corners) > 2 or None in corners:
        raise UnusableInput(f"“{cell}”不是单元格地址，应写作E25或D6:J6。")
    names = [str(corner) for corner in corners]
    return names[0] if len(set(names)) == 1 else ":".join(names)


def _rules_of(masked: str, top: Element) -> list[re.Match[str]]:
    """The start tags of all conditional rules of a sheet, those in its extensions included."""
    data = child(masked, top, "sheetData", FLAT)
    return list(_CF_RULE.finditer(masked, data.end if data else top.inner))


def _make_way(masked: str, top: Element, needed: int) -> tuple[list[Edit], int]:
    """The edits that free priorities 1 to `needed`, and by how much they move the rest.

    Priorities are counted over the whole sheet; of two equal ones it is not said which wins, so the others
    are moved down as Excel's own "move to top" does. A pivot table knows its rules by their priority: where
    there are such, nothing is moved.
    """
    tags = _rules_of(masked, top)
    lowest = min(
        (int(found[2]) for match in tags if (found := _PRIORITY.search(match[0]))), default=needed + 1
    )
    data = child(masked, top, "sheetData", FLAT)
    if lowest > needed or _OF_PIVOT.search(masked, data.end if data else top.inner):
        return [], 0
    return _moved(tags, needed), needed


def _moved(tags: Iterable[re.Match[str]], by: int) -> list[Edit]:
    edits: list[Edit] = []
    for match in tags:
        found = _PRIORITY.search(match[0])
        if found:
            start, end = match.start() + found.start(2), match.start() + found.end(2)
            edits.append((start, end, str(int(found[2]) + by)))
    return edits


# lifting


def lift_tints(package: Package, sheet: SheetPart) -> bool:
    """Take our tints off one sheet, also those another program has saved anew; True if there were any."""
    if not package.mentions(sheet.part, (WORD.encode(),)):
        return False
    text, masked = package.text(sheet.part), package.masked(sheet.part)
    top = package.top(sheet.part, "worksheet")
    gone: list[Element] = []
    shift = 0
    for element in children(masked, top, FLAT):
        if element.local != "conditionalFormatting":
            continue
        rules = list(elements(masked, f"{element.prefix}cfRule", element.inner, element.close))
        ours = [rule for rule in rules if _OURS.search(masked, rule.inner, rule.close)]
        if ours and len(ours) == len(rules):
            gone.append(element)
            if sewn(tag(text, element)):
                shift += text[element.close : element.end].count(" ")
        else:
            gone += ours
    if not gone:
        return False
    text = spliced(text, [(element.start, element.end, "") for element in gone])
    if shift:
        masked = mask(text)
        tags = _rules_of(masked, root(masked))
        # Unless somebody has since ranked a rule of his own among ours.
        ranked = [int(found[2]) for match in tags if (found := _PRIORITY.search(match[0]))]
        if min(ranked, default=0) > shift:
            text = spliced(text, _moved(tags, -shift))
    package.put(sheet.part, text)
    return True


# the formats in styles.xml


def _styles_part(package: Package) -> tuple[str | None, str]:
    """The stored name of the styles part and the id of the relation that leads to it."""
    for relation in relations(package, workbook_part(package)):
        if relation.kind == "styles" and relation.part is not None:
            return relation.part, relation.id
    return None, ""


def _formats(package: Package, shades: set[Shade], *, strict: bool) -> dict[Shade, int]:
    """The numbers of our differential formats, appended where no equal one stands."""
    part, _ = _styles_part(package)
    if part is None:
        part = _new_styles(package, strict=strict)
    text, masked = package.text(part), package.masked(part)
    top = package.top(part, "styleSheet")
    dxfs = child(masked, top, "dxfs", FLAT)
    present = list(children(masked, dxfs, FLAT)) if dxfs else []
    colours = [_colour(text, masked, element) for element in present]
    numbers: dict[Shade, int] = {}
    new: list[str] = []
    for shade in Shade:
        if shade not in shades:
            continue
        if COLOURS[shade] in colours:
            numbers[shade] = colours.index(COLOURS[shade])
        else:
            numbers[shade] = len(present) + len(new)
            new.append(_dxf(top.prefix, COLOURS[shade]))
    if new:
        edits: list[Edit]
        if dxfs is None:
            at = place(masked, top, "dxfs", STYLES)
            name = f"{top.prefix}dxfs"
            block = f'<{name}{SEAM}count="{len(new)}">{"".join(new)}</{name}>'
            edits = [inside_end(top, block) if top.closed else (at, at, block)]
        else:
            edits = [inside_end(dxfs, "".join(new)), *_recounted(text, dxfs, len(new))]
        package.put(part, spliced(text, edits))
    return numbers


def _dxf(prefix: str, colour: str) -> str:
    p = prefix
    return (
        f'<{p}dxf{SEAM}><{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{colour}"/>'
        f'<{p}bgColor rgb="{colour}"/></{p}patternFill></{p}fill></{p}dxf>'
    )


def _colour(text: str, masked: str, dxf: Element) -> str | None:
    """The colour of a format that is nothing but a solid fill, else None."""
    level = dxf
    for local in ("fill", "patternFill"):
        inside = list(children(masked, level))
        if [element.local for element in inside] != [local]:
            return None
        level = inside[0]
    if attributes(tag(text, level)).get("patternType", "solid") != "solid":
        return None
    background = child(masked, level, "bgColor")
    return attributes(tag(text, background)).get("rgb", "").upper() if background else None


def _recounted(text: str, element: Element, by: int) -> list[Edit]:
    """The edit of an element's count, wrong or not, by as many; none where it has no count."""
    found = _COUNT.search(tag(text, element))
    if not found:
        return []
    start, end = element.start + found.start(2), element.start + found.end(2)
    return [(start, end, str(int(found[2]) + by))]


def _new_styles(package: Package, *, strict: bool) -> str:
    book = workbook_part(package)
    top = package.top(book, "workbook")
    found = re.search(
        r"xmlns(?::\w+)?=[\"']([^\"']*spreadsheetml[^\"']*main)[\"']", whole(package.text(book), top)
    )
    space = found[1] if found else "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    part = package.add(
        free_part(package, "xl/styles{}.xml", book, first=""),
        f'{DECLARATION}<styleSheet{SEAM}xmlns="{space}">'
        '<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
        "</styleSheet>",
    )
    cover(package, part, _STYLES_TYPE)
    relate(package, book, "styles", part, strict=strict)
    return part


def drop_formats(package: Package) -> None:
    """Take our formats out of styles.xml unless another program has saved it; call when no tint is left."""
    part, relation = _styles_part(package)
    if part is None or not package.mentions(part, (f"dxf{SEAM}>".encode(),)):
        return
    text, masked = package.text(part), package.masked(part)
    top = package.top(part, "styleSheet")
    if sewn(tag(text, top)):
        unrelate(package, workbook_part(package), relation)
        discard(package, part)
        return
    dxfs = child(masked, top, "dxfs", FLAT)
    if dxfs is None:
        return
    gone: list[Element] = []
    for element in reversed(list(children(masked, dxfs, FLAT))):
        if not (sewn(tag(text, element)) and _colour(text, masked, element) in COLOURS.values()):
            break  # the numbers of those before it are in use
        gone.append(element)
    if not gone:
        return
    if sewn(tag(text, dxfs)):
        text = spliced(text, [(dxfs.start, dxfs.end, "")])
    else:
        away: list[Edit] = [(element.start, element.end, "") for element in gone]
        text = spliced(text, away + _recounted(text, dxfs, -len(gone)))
    masked = mask(text)
    top = root(masked)
    dxfs = child(masked, top, "dxfs", FLAT)
    if dxfs is not None and dxfs.inner == dxfs.close and opened_by_us(text, dxfs):
        text = spliced(text, [reclosed(dxfs)])
    elif top.inner == top.close and opened_by_us(text, top):
        text = spliced(text, [reclosed(top)])
    package.put(part, text)
