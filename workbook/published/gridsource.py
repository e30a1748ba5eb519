"""A workbook in somebody's own layout, as lines and table rows: what the form's own reader cannot place."""

from __future__ import annotations

from workbook.files.grid import Cell as StoredCell
from workbook.files.grid import Grid, Kind, Position, Sheet
from workbook.form.filing import Place
from workbook.published.flow import Cell, Flow, Piece, TableRow, TextLine

_MOST_ROWS = 20_000
_WIDEST = 200


def grid_flow(grid: Grid) -> Flow:
    """The visible sheets of a workbook in order: a row of one text is a line, any other a row of cells."""
    pieces: list[Piece] = []
    for number, sheet in enumerate(grid.sheets, start=1):
        if sheet.visible:
            pieces += _sheet_pieces(sheet, number)
    return Flow(grid.source, pieces)


def _sheet_pieces(sheet: Sheet, number: int) -> list[Piece]:
    rows: dict[int, dict[int, StoredCell]] = {}
    for position, cell in sheet.cells.items():
        if position.column <= _WIDEST:
            rows.setdefault(position.row, {})[position.column] = cell
    spans = {first: last for first, last in sheet.merged if last.column <= _WIDEST}
    right = max((column for cells in rows.values() for column in cells), default=0)
    pieces: list[Piece] = []
    for row in sorted(rows)[:_MOST_ROWS]:
        cells = rows[row]
        texts = [(column, _shown(cell)) for column, cell in sorted(cells.items()) if _shown(cell)]
        if len(texts) == 1 and cells[texts[0][0]].kind is Kind.TEXT:
            column, text = texts[0]
            place = Place(sheet.name, str(Position(row, column)))
            pieces += [TextLine(part, place) for part in text.split("\n") if part.strip()]
        elif texts:
            pieces.append(TableRow(_row(sheet, row, cells, spans, right), number))
    return pieces


def _row(
    sheet: Sheet, row: int, cells: dict[int, StoredCell], spans: dict[Position, Position], right: int
) -> tuple[Cell, ...]:
    found: list[Cell] = []
    covered = 0
    for column in range(1, right + 1):
        if column <= covered:
            continue
        position = Position(row, column)
        last = spans.get(position)
        width = last.column - column + 1 if last else 1
        covered = column + width - 1
        above = any(
            first.row < row <= end.row and first.column <= column <= end.column
            for first, end in spans.items()
        )
        stored = cells.get(column)
        text = _shown(stored) if stored else ""
        found.append(Cell(text, Place(sheet.name, str(position)), column - 1, width, above))
    return tuple(found)


def _shown(cell: StoredCell) -> str:
    if cell.kind is Kind.UNCALCULATED:
        return "（未计算）"
    return (cell.shown or cell.text).strip()
