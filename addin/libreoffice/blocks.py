"""Whole rectangles of cells in as few calls as possible.

A call to LibreOffice costs 0.1 ms and every object it hands back another 1 ms, so: values come and go in
one call, and formats are asked for in bulk, only where a number could mean something else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from addin.libreoffice.formats import Formats, Kind
from addin.libreoffice.problems import OfficeRefused
from addin.libreoffice.uno_bridge import is_ambiguous
from addin.libreoffice.values import SYNTAX_ERRORS, error_value, from_serial, to_serial, typed

VALUE, DATETIME, STRING, ANNOTATION, FORMULA = 1, 2, 4, 8, 16  # com.sun.star.sheet.CellFlags
HARD_FORMAT, STYLES = 32, 64
CONTENTS = VALUE | DATETIME | STRING | FORMULA  # everything but the note
_NUMERIC_RESULT, _ERROR_RESULT = 1, 4  # com.sun.star.sheet.FormulaResult

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Block:
    """One rectangle: the UNO range, its document and its place on the sheet (all counted from 0)."""

    document: Any
    sheet: Any
    area: Any
    formats: Formats
    row: int
    column: int
    height: int
    width: int

    def cell(self, row: int, column: int) -> Any:
        """The UNO cell at an offset within the block."""
        return self.sheet.getCellByPosition(self.column + column, self.row + row)

    def part(self, row: int, column: int, height: int, width: int) -> Any:
        """The UNO range of a part of the block."""
        left, top = self.column + column, self.row + row
        return self.sheet.getCellRangeByPosition(left, top, left + width - 1, top + height - 1)

    def offsets(self, addresses: Iterable[Any]) -> Iterator[tuple[int, int]]:
        """Every cell of some CellRangeAddresses, as offsets within the block."""
        for address in addresses:
            for row in range(address.StartRow - self.row, address.EndRow - self.row + 1):
                for column in range(address.StartColumn - self.column, address.EndColumn - self.column + 1):
                    yield row, column


# reading -------------------------------------------------------------------------------------------


def read(block: Block) -> list[list[Any]]:
    """The values: float, str, bool, datetime, CellError, "" for a blank."""
    data = [list(row) for row in block.area.getDataArray()]
    if any(None in row for row in data):  # LibreOffice leaves a gap for an error
        errors = block.area.queryFormulaCells(_ERROR_RESULT).getRangeAddresses()
        for row, column in block.offsets(errors):
            data[row][column] = error_value(block.cell(row, column).getError())
    if any(type(value) is float for row in data for value in row):
        _type_numbers(block, data)
    return data


def _type_numbers(block: Block, data: list[list[Any]]) -> None:
    """Turn the numbers that a format makes a date or a boolean into one."""
    start: dt.datetime | None = None
    for kind, addresses in _kinds(block):
        if kind is Kind.DATE:
            start = start or null_date(block.document)
            for row, column in block.offsets(addresses):
                if type(value := data[row][column]) is float:
                    data[row][column] = from_serial(value, start)
        elif kind is Kind.LOGICAL:
            for row, column in block.offsets(addresses):
                # A boolean format sticks to a cell: only 0 and 1 are booleans, as they show
                if type(value := data[row][column]) is float and value in (0.0, 1.0):
                    data[row][column] = bool(value)


def _kinds(block: Block) -> Iterator[tuple[Kind, Sequence[Any]]]:
    """What the block's numbers are, by areas.

    The complete answer lists every combination of format, font and border in the block, an object each:
    slow in a printed form. Mostly all input cells share one number format and so do all formulas.
    """
    if not is_ambiguous(block.area, "NumberFormat"):
        yield block.formats.kind(block.area.NumberFormat), (block.area.getRangeAddress(),)
        return
    numeric = (
        block.area.queryContentCells(VALUE),
        block.area.queryContentCells(DATETIME),
        block.area.queryFormulaCells(_NUMERIC_RESULT),
    )
    for cells in numeric:
        if addresses := cells.getRangeAddresses():
            if is_ambiguous(cells, "NumberFormat"):
                yield from _all_kinds(block)
                return
            yield block.formats.kind(cells.NumberFormat), addresses


def _all_kinds(block: Block) -> Iterator[tuple[Kind, Sequence[Any]]]:
    for group in block.area.getUniqueCellFormatRanges():
        kind = block.formats.kind(group.NumberFormat)
        if kind is not Kind.NUMBER:
            yield kind, group.getRangeAddresses()


def null_date(document: Any) -> dt.datetime:
    """The day from which this document counts (1899-12-30, or 1904-01-01 in books from old Macs)."""
    day = document.NullDate
    return dt.datetime(day.Year, day.Month, day.Day)  # noqa: DTZ001 - cells have no time zone


# writing -------------------------------------------------------------------------------------------


def write(block: Block, rows: Rows) -> None:
    """Put values into the block: texts and numbers in one call, the rest cell by cell; notes stay.

    Texts are taken as Excel takes them (see `values.typed`; "=…" is a formula in LibreOffice's notation
    by now), but literally in cells formatted as text. Raises OfficeRefused for an unreadable formula.
    """
    literal = _text_cells(block, rows)
    plain: list[list[Any]] = []
    formulas: dict[tuple[int, int], str] = {}
    dates: dict[tuple[int, int], dt.date] = {}
    logicals: list[tuple[int, int]] = []
    start = null_date(block.document) if any(isinstance(v, dt.date) for r in rows for v in r) else None
    for i, row in enumerate(rows):
        line: list[Any] = []
        for j, given in enumerate(row):
            value = given
            if isinstance(value, str) and (i, j) not in literal:
                if value.startswith("=") and len(value) > 1:
                    formulas[i, j] = value
                    value = ""
                else:
                    value = typed(value)
            if isinstance(value, bool):
                logicals.append((i, j))
                value = float(value)
            elif isinstance(value, dt.date) and start is not None:
                dates[i, j] = value
                value = to_serial(value, start)
            elif isinstance(value, int):
                value = float(value)
            line.append("" if value is None else value)
        plain.append(line)
    _forget_booleans(block, plain, formulas)
    _put(block, plain)
    _put_formulas(block, formulas)
    for i, j in logicals:
        block.cell(i, j).NumberFormat = block.formats.logical()
    for (i, j), moment in dates.items():
        cell = block.cell(i, j)
        if block.formats.is_general(cell.NumberFormat):
            clock = isinstance(moment, dt.datetime) and moment.time() != dt.time()
            cell.NumberFormat = block.formats.key("yyyy-mm-dd hh:mm:ss" if clock else "yyyy-mm-dd")


def fill_formula(block: Block, formula: str) -> None:
    """One formula for every cell, its relative references moved along as Excel does."""
    first = block.cell(0, 0)
    _put_formula(first, formula)
    tokens = first.getTokens()
    for i in range(block.height):
        for j in range(block.width):
            if i or j:
                block.cell(i, j).setTokens(tokens)


def clear(block: Block) -> None:
    """Empty the cells; their formats and notes stay, as with Excel's ClearContents."""
    block.area.clearContents(CONTENTS)


def clear_all_but_first(block: Block) -> None:
    """Empty every cell but the upper left one."""
    if block.width > 1:
        block.part(0, 1, block.height, block.width - 1).clearContents(CONTENTS)
    if block.height > 1:
        block.part(1, 0, block.height - 1, 1).clearContents(CONTENTS)


def _text_cells(block: Block, rows: Rows) -> set[tuple[int, int]]:
    """Offsets of cells formatted as text, asked for only if a given text could mean something else."""
    if not any(isinstance(v, str) and (v.startswith("=") or typed(v) != v) for row in rows for v in row):
        return set()
    if not is_ambiguous(block.area, "NumberFormat"):
        uniform = block.formats.kind(block.area.NumberFormat) is Kind.TEXT
        return {(i, j) for i in range(block.height) for j in range(block.width)} if uniform else set()
    return {o for kind, a in _all_kinds(block) if kind is Kind.TEXT for o in block.offsets(a)}


def _forget_booleans(block: Block, plain: Rows, formulas: dict[tuple[int, int], str]) -> None:
    """Take the boolean format off cells that get a 0, a 1 or a formula, or they would read as booleans.

    LibreOffice itself puts that format on a cell whose formula was logical, and it stays.
    """
    at_risk = {(i, j) for i, row in enumerate(plain) for j, v in enumerate(row) if v in (0.0, 1.0)}
    at_risk.update(formulas)
    if not at_risk:
        return
    if not is_ambiguous(block.area, "NumberFormat"):
        if block.formats.kind(block.area.NumberFormat) is Kind.LOGICAL:
            block.area.NumberFormat = block.formats.key("General")
        return
    for kind, addresses in list(_all_kinds(block)):
        if kind is Kind.LOGICAL:
            for i, j in at_risk.intersection(block.offsets(addresses)):
                block.cell(i, j).NumberFormat = block.formats.key("General")


def _put(block: Block, rows: Rows) -> None:
    """Write floats and texts. setDataArray deletes the notes of the cells it writes, and putting notes
    back would lose their author, date and shape: so it is kept off every cell that has one.
    """
    if block.height == block.width == 1:
        _put_one(block.cell(0, 0), rows[0][0])
        return
    noted = _noted(block)
    if not noted:
        block.area.setDataArray(tuple(map(tuple, rows)))
        return
    for i, j in noted:
        _put_one(block.cell(i, j), rows[i][j])
    rows_with_notes = {i for i, _ in noted}
    first = 0
    for i in range(block.height + 1):
        if i == block.height or i in rows_with_notes:
            if first < i:
                block.part(first, 0, i - first, block.width).setDataArray(tuple(map(tuple, rows[first:i])))
            first = i + 1
    for i in rows_with_notes:
        first = 0
        for j in range(block.width + 1):
            if j == block.width or (i, j) in noted:
                if first < j:
                    block.part(i, first, 1, j - first).setDataArray((tuple(rows[i][first:j]),))
                first = j + 1


def _noted(block: Block) -> set[tuple[int, int]]:
    """Offsets of the cells with notes."""
    return set(block.offsets(block.area.queryContentCells(ANNOTATION).getRangeAddresses()))


def _put_one(cell: Any, value: Any) -> None:
    if value == "":
        cell.clearContents(CONTENTS)
    elif isinstance(value, str):
        cell.setString(value)
    else:
        cell.setValue(value)


def _put_formulas(block: Block, formulas: dict[tuple[int, int], str]) -> None:
    """Formulas that stand one below the other in one call, unless a note is among them (see `_put`)."""
    noted = _noted(block) if len(formulas) > 1 else set()
    waiting = sorted(formulas, key=lambda place: (place[1], place[0]))
    while waiting:
        top, column = waiting[0]
        height = 1
        while height < len(waiting) and waiting[height] == (top + height, column):
            height += 1
        run, waiting = waiting[:height], waiting[height:]
        if height == 1 or noted.intersection(run):
            for place in run:
                _put_formula(block.cell(*place), formulas[place])
            continue
        part = block.part(top, column, height, 1)
        part.setFormulaArray(tuple((formulas[place],) for place in run))
        for row, _ in block.offsets(part.queryFormulaCells(_ERROR_RESULT).getRangeAddresses()):
            _refuse_unreadable(block.cell(row, column), formulas[row, column])


def _put_formula(cell: Any, formula: str) -> None:
    cell.setFormula(formula)
    _refuse_unreadable(cell, formula)


def _refuse_unreadable(cell: Any, formula: str) -> None:
    if cell.getError() in SYNTAX_ERRORS:
        cell.clearContents(CONTENTS)
        raise OfficeRefused(f"公式写得不对，LibreOffice读不懂：{formula}")
