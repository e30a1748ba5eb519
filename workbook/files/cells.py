"""Values written into cells that keep their format; only the rows concerned are read closely."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from workbook.files.cellformulas import forget_formulas, in_arrays, promotions, shared_formulas
from workbook.files.celllinks import set_links
from workbook.files.grid import Position, parse_a1
from workbook.files.markup import (
    Edit,
    Element,
    attributes,
    child,
    children,
    elements,
    escape,
    escape_string,
    mask,
    root,
    spliced,
    tag,
)
from workbook.files.notes import cell_address
from workbook.files.package import Package
from workbook.files.schema import FLAT
from workbook.files.wiring import SheetPart
from workbook.problems import UnwritableOutput

LONGEST = 32_767  # characters of a cell, Excel's own limit
_SPANS = re.compile(r"(\sspans\s*=\s*[\"'])([^\"']*)")


@dataclass(frozen=True, slots=True)
class CellValue:
    """What a cell shall hold: a text, a number or nothing; `link` a place in the book, None for no link.

    The link is a reference as in a formula: "'三、依申请公开'!E25".
    """

    sheet: str
    cell: str
    value: str | int | Decimal | None
    link: str | None = None


def write_values(package: Package, sheet: SheetPart, values: Iterable[CellValue]) -> list[str]:
    """Write values and links into one sheet; gives a Chinese line for each cell that could not be written."""
    wanted = {cell_address(value.cell): value for value in values}
    text, masked = package.text(sheet.part), package.masked(sheet.part)
    top = package.top(sheet.part, "worksheet")
    data = child(masked, top, "sheetData", FLAT)
    if data is not None and data.closed:
        text = spliced(text, [(data.inner - 2, data.end, f"></{data.name}>")])
        masked = mask(text)
        top = root(masked)
        data = child(masked, top, "sheetData", FLAT)
    if data is None:
        return [f"工作表“{sheet.name}”没有单元格区域，未写入内容。"]
    shared = list(shared_formulas(text, masked, data))
    refused = in_arrays(shared, wanted)
    warnings = [
        f"工作表“{sheet.name}”{cell}属于数组公式或模拟运算表，未写入内容。" for cell in sorted(refused)
    ]
    written = {cell: value for cell, value in wanted.items() if cell not in refused}
    rows = _Rows(text, masked, top, data, written)
    package.put(sheet.part, spliced(text, [*promotions(text, shared, set(written)), *rows.edits()]))
    shown = {cell: (v.link, "" if v.value is None else str(v.value)) for cell, v in written.items()}
    warnings += set_links(package, sheet, shown)
    if rows.freed:
        forget_formulas(package, sheet.number, rows.freed)
    return warnings


class _Rows:
    """The edits that put values into a sheet's rows, one pass over the rows down to the last concerned."""

    def __init__(
        self, text: str, masked: str, top: Element, data: Element, values: dict[Position, CellValue]
    ) -> None:
        self._text, self._masked, self._top, self._data = text, masked, top, data
        self._rows: dict[int, dict[int, CellValue]] = {}
        for cell, value in values.items():
            self._rows.setdefault(cell.row, {})[cell.column] = value
        self._prefix = data.prefix
        self._styles: dict[int, str] = {}
        self.freed: set[str] = set()  # cells that held a formula

    def edits(self) -> list[Edit]:
        pending = sorted(self._rows)
        if not pending:
            return []
        self._styles = self._column_styles()
        found: list[Edit] = []
        number = 0
        for row in elements(self._masked, f"{self._prefix}row", self._data.inner, self._data.close):
            facts = attributes(tag(self._text, row))
            number = int(facts["r"]) if facts.get("r", "").isdecimal() else number + 1
            while pending and pending[0] < number:
                found.append((row.start, row.start, self._new_row(pending.pop(0))))
            if not pending:
                break
            if pending[0] == number:
                found += self._changed_row(row, pending.pop(0), facts)
        close = self._data.close
        found += [(close, close, self._new_row(number)) for number in pending]
        return _joined(found) + self._dimension()

    def _column_styles(self) -> dict[int, str]:
        """The format a new cell takes from its column."""
        cols = child(self._masked, self._top, "cols", FLAT)
        columns = {column for row in self._rows.values() for column in row}
        found = {}
        for element in children(self._masked, cols) if cols else ():
            facts = attributes(tag(self._text, element))
            first, last, style = facts.get("min", ""), facts.get("max", ""), facts.get("style")
            if style and first.isdecimal() and last.isdecimal():
                found.update({c: style for c in columns if int(first) <= c <= int(last)})
        return found

    def _new_row(self, number: int) -> str:
        cells = "".join(
            self._cell(Position(number, column), value, self._styles.get(column))
            for column, value in sorted(self._rows[number].items())
            if value.value not in (None, "")
        )
        return f'<{self._prefix}row r="{number}">{cells}</{self._prefix}row>' if cells else ""

    def _changed_row(self, row: Element, number: int, facts: dict[str, str]) -> list[Edit]:
        pending = sorted(self._rows[number].items())
        row_style = facts.get("s") if facts.get("customFormat") in ("1", "true") else None
        found: list[Edit] = []
        column = 0
        new: list[int] = []

        def insert(at: int, column: int, value: CellValue) -> None:
            if value.value not in (None, ""):
                style = row_style or self._styles.get(column)
                found.append((at, at, self._cell(Position(number, column), value, style)))
                new.append(column)

        for cell in elements(self._masked, f"{self._prefix}c", row.inner, row.close):
            cell_facts = attributes(tag(self._text, cell))
            position = parse_a1(cell_facts.get("r", ""))
            column = position.column if position else column + 1
            while pending and pending[0][0] < column:
                insert(cell.start, *pending.pop(0))
            if not pending:
                break
            if pending[0][0] == column:
                value = pending.pop(0)[1]
                cell_at = Position(number, column)
                if next(elements(self._masked, f"{self._prefix}f", cell.inner, cell.close), None):
                    self.freed.add(str(cell_at))
                found.append((cell.start, cell.end, self._cell(cell_at, value, cell_facts.get("s"))))
        for late, value in pending:
            insert(row.close, late, value)
        if row.closed:
            cells = "".join(edit[2] for edit in found)
            if not cells:
                return []
            head = self._text[row.start : row.inner - 2]
            return [(row.start, row.end, f"{_widened(head, new)}>{cells}</{row.name}>")]
        head = tag(self._text, row)
        if _widened(head, new) != head:
            found.append((row.start, row.inner, _widened(head, new)))
        return found

    def _cell(self, cell: Position, value: CellValue, style: str | None) -> str:
        p = self._prefix
        head = f'<{p}c r="{cell}"' + (f' s="{escape(style)}"' if style is not None else "")
        content = value.value
        if content is None or content == "":
            return f"{head}/>"
        if isinstance(content, str):
            if len(content) > LONGEST:
                raise UnwritableOutput(
                    f"工作表“{value.sheet}”{cell}的文字有{len(content)}字，超过Excel一格{LONGEST}字的上限。"
                )
            words = escape_string(content)
            return f'{head} t="inlineStr"><{p}is><{p}t xml:space="preserve">{words}</{p}t></{p}is></{p}c>'
        return f"{head}><{p}v>{_digits(content)}</{p}v></{p}c>"

    def _dimension(self) -> list[Edit]:
        """The edit that widens the sheet's stated extent to the cells written."""
        element = child(self._masked, self._top, "dimension", FLAT)
        if element is None:
            return []
        match = re.search(r"(\sref\s*=\s*[\"'])([^\"']*)", tag(self._text, element))
        first, _, last = match[2].partition(":") if match else ("", "", "")
        start, end = parse_a1(first), parse_a1(last or first)
        if match is None or start is None or end is None:
            return []
        cells = [
            Position(row, c) for row, cs in self._rows.items() for c in cs if cs[c].value not in (None, "")
        ]
        rows = [cell.row for cell in cells] + [start.row, end.row]
        columns = [cell.column for cell in cells] + [start.column, end.column]
        low, high = Position(min(rows), min(columns)), Position(max(rows), max(columns))
        if (low, high) == (start, end):
            return []
        at = element.start + match.start(2)
        return [(at, at + len(match[2]), str(low) if low == high else f"{low}:{high}")]


def _digits(number: int | Decimal) -> str:
    """A number as a file holds it; ValueError for what is none."""
    if isinstance(number, bool) or (isinstance(number, Decimal) and not number.is_finite()):
        raise ValueError(f"{number} cannot stand in a cell")
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def _widened(head: str, columns: list[int]) -> str:
    """A row's start tag, its optional `spans` made to hold new columns."""
    match = _SPANS.search(head)
    bounds = [int(number) for number in re.findall(r"\d+", match[2])] if match else []
    if match is None or not bounds or not columns:
        return head
    low, high = min(bounds), max(bounds)
    if low <= min(columns) and max(columns) <= high:
        return head
    spans = f"{min(low, *columns)}:{max(high, *columns)}"
    return head[: match.start(2)] + spans + head[match.end(2) :]


def _joined(edits: list[Edit]) -> list[Edit]:
    """Insertions at one place as one edit, in the order given."""
    joined: list[Edit] = []
    for start, end, new in edits:
        if joined and start == end == joined[-1][0] == joined[-1][1]:
            joined[-1] = (start, end, joined[-1][2] + new)
        else:
            joined.append((start, end, new))
    return joined
