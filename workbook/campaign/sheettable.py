"""Lists kept by officers in Excel: columns found by their titles, every mistake named with its cell.

Roster and settings are read through here, so that both complain in the same way: all mistakes at once,
each with sheet and cell, never the first one only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from workbook.files.grid import Cell, Kind, Position, Sheet
from workbook.form.labels import legible, plain
from workbook.problems import UnusableInput

_LOOKED_THROUGH = 20  # rows in which the titles may stand, below a heading and a remark
_MOST_TOLD = 30
_EPOCH = date(1899, 12, 30)  # day 0 of the serial numbers a workbook keeps dates as


@dataclass(frozen=True, slots=True)
class CellMistake:
    """One thing to mend in a list: where it stands and what is wrong, in Chinese."""

    sheet: str
    cell: str
    words: str

    def __str__(self) -> str:
        return f"“{self.sheet}”{self.cell}：{self.words}"


class ListMistakes(UnusableInput):
    """A roster or settings file with mistakes; `mistakes` has every one of them in reading order."""

    def __init__(self, source: str, mistakes: Sequence[CellMistake]) -> None:
        self.source = source
        self.mistakes = tuple(mistakes)
        shown = "；".join(str(item) for item in self.mistakes[:_MOST_TOLD])
        more = f"；……另有{len(mistakes) - _MOST_TOLD}处" if len(mistakes) > _MOST_TOLD else ""
        super().__init__(f"{source}有{len(mistakes)}处要改：{shown}{more}。")

    def __reduce__(self) -> tuple[type[ListMistakes], tuple[str, tuple[CellMistake, ...]]]:
        return ListMistakes, (self.source, self.mistakes)


@dataclass
class Mistakes:
    """Collects what is wrong while a file is read to its end."""

    source: str
    found: list[CellMistake] = field(default_factory=list)

    def add(self, sheet: str, where: Position | str, words: str) -> None:
        """Note one mistake and go on."""
        self.found.append(CellMistake(sheet, str(where), words))

    def raise_any(self) -> None:
        """Raises ListMistakes where anything was noted."""
        if self.found:
            raise ListMistakes(self.source, self.found)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: the text of each column, and where each stands."""

    sheet: str
    number: int
    texts: Mapping[str, str]
    cells: Mapping[str, Cell | None]
    columns: Mapping[str, int]

    def __getitem__(self, column: str) -> str:
        return self.texts.get(column, "")

    def at(self, column: str) -> Position:
        """Where a column's cell of this row stands (column A where the list has no such column)."""
        return Position(self.number, self.columns.get(column, 1))


def list_rows(
    sheet: Sheet, titles: Mapping[str, str], required: Sequence[str], mistakes: Mistakes
) -> Iterator[Row]:
    """The filled rows below the titles; `titles` maps a column's id to the words at its head.

    A missing required column and every merged range below the titles are noted as mistakes.
    """
    head = _head(sheet, titles, required)
    if head is None:
        wanted = "、".join(f"“{titles[column]}”" for column in required)
        mistakes.add(sheet.name, "A1", f"找不到表头，表头一行应有{wanted}等列")
        return
    top, columns = head
    for column in required:
        if column not in columns:
            mistakes.add(sheet.name, Position(top, 1), f"缺少“{titles[column]}”一列")
    last_column = max(columns.values())
    for first, last in sheet.merged:
        if last.row > top and first.column <= last_column:
            mistakes.add(sheet.name, f"{first}:{last}", "是合并的单元格，请取消合并后逐行填写")
    for number in sorted({position.row for position in sheet.cells if position.row > top}):
        cells = {name: sheet.cells.get(Position(number, column)) for name, column in columns.items()}
        texts = {name: cell_words(cell) for name, cell in cells.items()}
        if any(texts.values()):
            yield Row(sheet.name, number, texts, cells, columns)


def _head(
    sheet: Sheet, titles: Mapping[str, str], required: Sequence[str]
) -> tuple[int, dict[str, int]] | None:
    wanted = {plain(title): column for column, title in titles.items()}
    for row in range(1, _LOOKED_THROUGH + 1):
        found: dict[str, int] = {}
        for position, cell in sheet.cells.items():
            if position.row == row and (column := wanted.get(plain(cell.text).rstrip("*"))) is not None:
                found.setdefault(column, position.column)
        if sum(column in found for column in required) * 2 >= len(required) + 1:
            return row, found
    return None


def cell_words(cell: Cell | None) -> str:
    """What a person reads in a cell of a list: a code kept as a number has no decimals."""
    if cell is None:
        return ""
    text = cell.text.strip()
    if cell.kind is Kind.NUMBER and text.endswith(".0"):
        return text[:-2]
    return text


def cell_date(cell: Cell | None) -> date | None:
    """A date from a cell, typed as a date or as words (2026-01-31, 2026年1月31日); None where it is none."""
    if cell is None:
        return None
    if cell.kind is Kind.DATE:
        try:
            return _EPOCH + timedelta(days=int(float(cell.text)))
        except (ValueError, OverflowError):
            return _worded_date(cell.text)
    return _worded_date(cell.text)


def _worded_date(text: str) -> date | None:
    bare = plain(text).replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-")
    parts = bare.replace(".", "-").split("T")[0].split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


def quote(text: str) -> str:
    """A foreign text as messages quote it."""
    return f"“{legible(text, 40)}”"
