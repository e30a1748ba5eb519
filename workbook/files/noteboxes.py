"""The yellow box of a note: a shape in the sheet's legacy VML drawing, sized for its text.

A classic note needs both its text (comments part) and this shape; Excel drops the text without it.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable

from workbook.files.grid import MAX_COLUMN, MAX_ROW, Position, parse_a1
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
    namespaces,
    opened_by_us,
    reclosed,
    root,
    sewn,
    spliced,
    tag,
)
from workbook.files.package import Package
from workbook.files.schema import FLAT

_V, _O, _X = (
    "urn:schemas-microsoft-com:vml",
    "urn:schemas-microsoft-com:office:office",
    "urn:schemas-microsoft-com:office:excel",
)
_BLOCK = 1024  # shape ids come in blocks of this many, which a drawing's idmap lists
_SHAPE_ID = re.compile(r"_x0000_s(\d+)")
_ID_MAP = re.compile(rf"<[^\s<>/!?\"'=:]+:idmap(?=\s){TAG_BODY}>")
# Blanks that follow a quotation mark: an indented attribute has them of its own.
_BLOCKS = re.compile(r"(?<=[\"'])( +)(data\s*=\s*[\"'])([^\"']*)")

# Pixels at 96 dpi, as Excel counts them.
_LINE, _SIGN, _MARGIN = 16, 6, 14
_FEWEST_LINES, _MOST_LINES = 3, 32
_NARROW, _WIDE, _LONG = 40, 64, 20  # half-width signs a line; beyond so many lines the box grows wide


def box_size(text: str) -> tuple[int, int]:
    """Width and height in pixels of a box that shows a text in 9-point type, within bounds."""
    signs = _NARROW if _lines(text, _NARROW) <= _LONG else _WIDE
    lines = min(max(_lines(text, signs), _FEWEST_LINES), _MOST_LINES)
    return signs * _SIGN + _MARGIN, lines * _LINE + _MARGIN


def _lines(text: str, signs: int) -> int:
    total = 0
    for line in text.splitlines() or [""]:
        width = sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line)
        total += max(1, -(-width // signs))
    return total


class Geometry:
    """How wide a sheet's columns and how high its rows are, in pixels, as far as boxes need to know."""

    def __init__(self, text: str, last_row: int) -> None:
        """Reads the sheet's text down to a row some way below `last_row`."""
        masked = mask(text)
        top = root(masked)
        self._widths: dict[int, int] = {}
        self._heights: dict[int, int] = {}
        self._merged: dict[Position, int] = {}  # first cell of a merged range → its last column
        self._width, self._height = 72, 20
        for element in children(masked, top, FLAT):
            if element.local == "sheetFormatPr":
                self._defaults(attributes(tag(text, element)))
            elif element.local == "cols":
                for column in itertools.islice(children(masked, element), MAX_COLUMN):
                    self._column(attributes(tag(text, column)))
            elif element.local == "sheetData":
                self._rows(masked, element, last_row + 60)
            elif element.local == "mergeCells":
                self._merges(masked, element)

    def _defaults(self, facts: dict[str, str]) -> None:
        if "defaultColWidth" in facts:
            self._width = _pixels(facts["defaultColWidth"], 0) or self._width
        if "defaultRowHeight" in facts:
            self._height = _points(facts["defaultRowHeight"], 0) or self._height

    def _column(self, facts: dict[str, str]) -> None:
        width = 0 if facts.get("hidden") in ("1", "true") else _pixels(facts.get("width", ""), self._width)
        first, last = facts.get("min", ""), facts.get("max", "")
        # A sheet that describes its columns more often than it has columns is not worth a well-placed box.
        if first.isdecimal() and last.isdecimal() and len(self._widths) < MAX_COLUMN:
            self._widths.update(dict.fromkeys(range(int(first), min(int(last), MAX_COLUMN) + 1), width))

    def _rows(self, masked: str, data: Element, last: int) -> None:
        number = 0
        pattern = re.compile(rf"<{re.escape(data.prefix)}row(?=[\s/>])({TAG_BODY})>")
        for match in pattern.finditer(masked, data.inner, data.close):
            facts = attributes(match[1])
            number = int(facts["r"]) if facts.get("r", "").isdecimal() else number + 1
            if number > last:
                break
            if facts.get("hidden") in ("1", "true"):
                self._heights[number] = 0
            elif "ht" in facts:
                self._heights[number] = _points(facts["ht"], self._height)

    def _merges(self, masked: str, element: Element) -> None:
        for cell in elements(masked, f"{element.prefix}mergeCell", element.inner, element.close):
            first, _, last = attributes(tag(masked, cell)).get("ref", "").partition(":")
            start, end = parse_a1(first), parse_a1(last)
            if start and end:
                self._merged.setdefault(start, end.column)

    def width(self, column: int) -> int:
        """A column's width in pixels, 0 if hidden."""
        return self._widths.get(column, self._width)

    def height(self, row: int) -> int:
        """A row's height in pixels, 0 if hidden."""
        return self._heights.get(row, self._height)

    def anchor(self, cell: Position, size: tuple[int, int]) -> tuple[int, ...]:
        """Excel's eight numbers for a box right of a cell (left of it at the sheet's edge), all on the sheet.

        From 0: left column, pixels into it, top row, pixels into it, and the same for the lower right corner.
        """
        right = self._merged.get(cell, cell.column)
        left, x = right + 1, 12
        top, y = (cell.row - 1, 8) if cell.row > 1 else (1, 2)
        end, right_x, ends = _walk(left, x + size[0], self.width, MAX_COLUMN)
        if not ends:
            left, x = max(1, cell.column - 1 - size[0] // max(self._width, 1)), 2
            end, right_x, _ = _walk(left, x + size[0], self.width, MAX_COLUMN)
        bottom, y_end, ends = _walk(top, y + size[1], self.height, MAX_ROW)
        if not ends:
            top, y = max(1, MAX_ROW - 1 - size[1] // max(self._height, 1)), 2
            bottom, y_end, _ = _walk(top, y + size[1], self.height, MAX_ROW)
        return left - 1, x, top - 1, y, end - 1, right_x, bottom - 1, y_end


def _walk(first: int, pixels: int, measure: Callable[[int], int], last: int) -> tuple[int, int, bool]:
    """Where so many pixels from a column's or row's start end: number, pixels into it, and if it fits."""
    number = first
    while number <= last:
        size = measure(number)
        if pixels <= size:
            return number, pixels, True
        pixels -= size
        number += 1
    return last, measure(last), False


def _pixels(width: str, default: int) -> int:
    """A column width, in characters of the standard type, in pixels."""
    try:
        return min(max(int((256 * float(width) + 18) / 256 * 7), 0), 2000)
    except (ValueError, OverflowError):
        return default


def _points(height: str, default: int) -> int:
    try:
        return min(max(round(float(height) * 4 / 3), 0), 600)
    except (ValueError, OverflowError):
        return default


# shapes


def blocks_in_use(package: Package) -> set[int]:
    """The id blocks that any drawing of the package claims."""
    used = {0}
    for part in package.names:
        if part.lower().endswith(".vml"):
            text = package.text(part)
            used.update(_claimed(text), (int(number) // _BLOCK for number in _SHAPE_ID.findall(text)))
    return used


def _claimed(text: str) -> list[int]:
    found = []
    for match in _ID_MAP.finditer(text):
        found += [int(n) for n in attributes(match[0]).get("data", "").split(",") if n.strip().isdecimal()]
    return found


def _mask(text: str) -> str:
    """Excel leaves <br> unclosed in the text boxes of form controls: no element, for our purposes."""
    masked = mask(text)
    return masked if "</br>" in masked else masked.replace("<br>", "    ")


def new_drawing() -> str:
    """A drawing part without shapes, marked as ours."""
    return f'<xml{SEAM}xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}"></xml>'


def with_boxes(text: str, boxes: list[tuple[Position, tuple[int, ...]]], used: set[int]) -> str:
    """A drawing with a hidden note box for each cell and anchor; ids stay out of `used` blocks."""
    masked = _mask(text)
    top = root(masked)
    numbers, blocks = _fresh_numbers(text, len(boxes), used)
    declared = {space: prefix for prefix, space in namespaces(tag(text, top)).items() if prefix}
    v, o, x = (declared.get(space, name) for space, name in ((_V, "v"), (_O, "o"), (_X, "x")))
    local = "".join(
        f' xmlns:{prefix}="{space}"' for space, prefix in ((_V, v), (_O, o), (_X, x)) if space not in declared
    )
    v, o, x = f"{v}:", f"{o}:", f"{x}:"
    edits: list[Edit] = []
    new = []
    if blocks:
        listed = _ID_MAP.search(masked)
        slot = _BLOCKS.search(listed[0]) if listed else None
        names = ",".join(map(str, blocks))
        if listed and slot and len(slot[1]) == 1 and slot[3].strip():
            # As many blanks more as blocks were added, so that they can be taken off again.
            start = listed.start() + slot.start(1)
            edits.append((start, start + 1, " " * (1 + len(blocks))))
            edits.append((listed.start() + slot.end(3), listed.start() + slot.end(3), "," + names))
        elif listed is None:
            new.append(
                f'<{o}shapelayout{SEAM}{v}ext="edit"{local}><{o}idmap {v}ext="edit" data="{names}"/>'
                f"</{o}shapelayout>"
            )
    if 'id="_x0000_t202"' not in text:
        new.append(
            f'<{v}shapetype{SEAM}id="_x0000_t202" coordsize="21600,21600" {o}spt="202" '
            f'path="m,l,21600r21600,l21600,xe"{local}><{v}stroke joinstyle="miter"/>'
            f'<{v}path gradientshapeok="t" {o}connecttype="rect"/></{v}shapetype>'
        )
    new += [
        f'<{v}shape{SEAM}id="_x0000_s{number}" type="#_x0000_t202" '
        f"style='position:absolute;margin-left:60pt;margin-top:5pt;width:190pt;height:60pt;z-index:1;"
        f'visibility:hidden\' fillcolor="#ffffe1" {o}insetmode="auto"{local}>'
        f'<{v}fill color2="#ffffe1"/><{v}shadow on="t" color="black" obscured="t"/>'
        f"<{v}path {o}connecttype=\"none\"/><{v}textbox style='mso-direction-alt:auto'>"
        f"<div style='text-align:left'></div></{v}textbox>"
        f'<{x}ClientData ObjectType="Note"><{x}MoveWithCells/><{x}SizeWithCells/>'
        f"<{x}Anchor>{', '.join(map(str, anchor))}</{x}Anchor><{x}AutoFill>False</{x}AutoFill>"
        f"<{x}Row>{cell.row - 1}</{x}Row><{x}Column>{cell.column - 1}</{x}Column></{x}ClientData></{v}shape>"
        for number, (cell, anchor) in zip(numbers, boxes, strict=True)
    ]
    return spliced(text, [*edits, inside_end(top, "".join(new))])


def _fresh_numbers(text: str, count: int, used: set[int]) -> tuple[list[int], list[int]]:
    """Shape numbers free in a drawing, and the blocks it must claim for them."""
    claimed = _claimed(text)
    last = max((int(number) for number in _SHAPE_ID.findall(text)), default=0)
    number = last + 1 if last // _BLOCK in claimed and last else 0
    numbers: list[int] = []
    fresh: list[int] = []
    beyond = max(used | set(claimed) | {last // _BLOCK}) + 1
    while len(numbers) < count:
        if number % _BLOCK == 0:
            fresh.append(beyond)
            number = beyond * _BLOCK + 1
            beyond += 1
        numbers.append(number)
        number += 1
    return numbers, fresh


def without_boxes(text: str, cells: Iterable[Position]) -> tuple[str, int]:
    """A drawing without our note boxes and what came with them; and how many other shapes there are.

    Where another program has saved the file anew, ours are those of the notes at `cells`.
    """
    wanted = set(cells)
    masked = _mask(text)
    tops = list(children(masked, root(masked)))
    gone = [e for e in tops if e.local in ("shape", "shapetype", "shapelayout") and sewn(tag(text, e))]
    edits: list[Edit] = [(e.start, e.end, "") for e in gone]
    if gone:
        # Of two boxes at one cell the other was left over from a note that somebody deleted.
        wanted -= {_cell_of(text, masked, e) for e in gone if e.local == "shape"}
        edits += [edit for edit in _fewer_blocks(masked) if not any(e.start <= edit[0] < e.end for e in gone)]
    boxes = [e for e in tops if e not in gone and e.local == "shape" and _cell_of(text, masked, e) in wanted]
    edits += [(e.start, e.end, "") for e in boxes]
    remaining = sum(
        e.local not in ("shapelayout", "shapetype") for e in tops if e not in gone and e not in boxes
    )
    text = spliced(text, edits)
    top = root(_mask(text))
    if top.inner == top.close and opened_by_us(text, top):
        text = spliced(text, [reclosed(top)])
    return text, remaining


def _fewer_blocks(masked: str) -> list[Edit]:
    """The edits that take our id blocks off a drawing's list, if we had added any."""
    listed = _ID_MAP.search(masked)
    slot = _BLOCKS.search(listed[0]) if listed else None
    added = len(slot[1]) - 1 if slot else 0
    if listed is None or slot is None or not added:
        return []
    start = listed.start()
    kept = ",".join(slot[3].split(",")[:-added])
    return [
        (start + slot.start(1), start + slot.end(1), " "),
        (start + slot.start(3), start + slot.end(3), kept),
    ]


def _cell_of(text: str, masked: str, shape: Element) -> Position | None:
    """The cell a note's shape belongs to; None for every other shape."""
    data = next((e for e in children(masked, shape) if e.local == "ClientData"), None)
    if data is None or attributes(tag(text, data)).get("ObjectType") != "Note":
        return None
    row, column = child(masked, data, "Row"), child(masked, data, "Column")
    if row is None or column is None:
        return None
    numbers = [text[e.inner : e.close].strip() for e in (row, column)]
    return Position(int(numbers[0]) + 1, int(numbers[1]) + 1) if all(n.isdecimal() for n in numbers) else None
