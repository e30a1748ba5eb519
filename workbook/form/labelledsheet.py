"""A sheet as a form's reader sees it: where which label stands, and what stands in a row.

Every answer that does not follow from where the form's labels stand is noted, so that what was found here can
be known again on another sheet (`kin`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from typing import Concatenate, ParamSpec, TypeVar

from workbook.files.grid import Kind, Position, Sheet
from workbook.form.edition import Line
from workbook.form.kin import LONGEST_LABEL, Answer, kin_of
from workbook.form.labels import label_plain

_SHORT = 8  # characters of what is typed in a figure's place: 约十件
_SHORT_SPAN = 64  # rows that are looked at one by one sooner than all rows are sorted

_P = ParamSpec("_P")
_Said = TypeVar("_Said")


def _question(
    ask: Callable[Concatenate[LabelledSheet, _P], _Said],
) -> Callable[Concatenate[LabelledSheet, _P], _Said]:
    """A method whose answer does not follow from the labels: noted, that it may be asked again elsewhere."""

    def noted(sheet: LabelledSheet, /, *given: _P.args, **named: _P.kwargs) -> _Said:
        said = ask(sheet, *given, **named)
        sheet.answers.append(Answer(ask, given, said))
        return said

    noted.__doc__ = ask.__doc__
    return noted


class LabelledSheet:
    """A sheet with an index of its texts, as people read them."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.kin = kin_of(sheet)
        self.answers: list[Answer] = []  # since somebody began to listen

    def answers_alike(self, answers: Iterable[Answer]) -> bool:
        """Whether questions that were answered on another sheet are answered the same on this one."""
        return all(question(self, *given) == said for question, given, said in answers)

    @cached_property
    def index(self) -> dict[str, list[Position]]:
        """Where each text stands, top to bottom."""
        index: dict[str, list[Position]] = {}
        for position, cell in self.sheet.texts:
            if cell.formula is None and len(cell.text) <= LONGEST_LABEL:
                index.setdefault(label_plain(cell.text), []).append(position)
        return index

    def find(self, line: Line) -> list[tuple[Position, bool]]:
        """Where a line's label stands (with True where it is a known other wording), top to bottom."""
        exact = [(position, False) for position in self.index.get(label_plain(line.label), ())]
        others = [
            (position, True)
            for wording in line.variants
            for position in self.index.get(label_plain(wording), ())
        ]
        return sorted(exact + others)

    @cached_property
    def _rows(self) -> dict[int, list[Position]]:
        """The filled cells of each row that has any, left to right."""
        found: dict[int, list[Position]] = {}
        for position in sorted(self.sheet.cells):
            found.setdefault(position.row, []).append(position)
        return found

    @cached_property
    def _filled_rows(self) -> list[int]:
        """The rows that have any cell, in order: a sheet may have a million others between them."""
        return sorted({row for row, _ in self.sheet.cells})

    @_question
    def rows_between(self, first: int, last: int) -> list[int]:
        """The filled rows from `first` to `last`."""
        rows = self._filled_rows
        return rows[bisect_left(rows, first) : bisect_right(rows, last)]

    @_question
    def row_label(self, row: int, before: int) -> str:
        """The innermost label of a row: its last text left of a column."""
        cells = self.sheet.cells
        columns = (
            range(before - 1, 0, -1)
            if before <= _SHORT_SPAN
            else [p.column for p in reversed(self._rows.get(row, ())) if p.column < before]
        )
        for column in columns:
            cell = cells.get(Position(row, column))
            if cell is not None and cell.kind is Kind.TEXT and (text := cell.text.strip()):
                return text
        return ""

    def rows_with_figures(self, first: int, last: int, besides: Collection[int], column: int) -> list[int]:
        """The rows from `first` to `last` that have a figure from a column on, but for some."""
        if last - first <= _SHORT_SPAN:
            rows: Iterable[int] = [row for row in range(first, last + 1) if row not in besides]
        else:
            rows = [row for row in self.rows_between(first, last) if row not in besides]
        return [row for row in rows if self.has_figures(row, column)]

    @_question
    def has_figures(self, row: int, first: int, width: int = 8) -> bool:
        """Whether a number stands in a row from a column on."""
        cells = self.sheet.cells
        return any(
            (cell := cells.get(Position(row, column))) is not None and cell.kind is Kind.NUMBER
            for column in range(first, first + width)
        )

    @_question
    def text(self, row: int, column: int) -> str:
        """What stands in a cell, without the spaces around it; "" where nothing does."""
        return self.sheet.text(row, column).strip()

    @_question
    def text_above(self, row: int, column: int, depth: int) -> tuple[int, str] | None:
        """The nearest text in a column above a row, and its row."""
        return next(self._texts_above(row, column, depth), None)

    @_question
    def wording_above(self, row: int, column: int, depth: int, wordings: tuple[str, ...]) -> str:
        """The nearest text in a column above a row that reads like one of some; "" where none does."""
        wanted = set(map(label_plain, wordings))
        texts = (text for _, text in self._texts_above(row, column, depth))
        return next((text for text in texts if label_plain(text) in wanted), "")

    def _texts_above(self, row: int, column: int, depth: int) -> Iterator[tuple[int, str]]:
        for at in range(row - 1, max(0, row - depth), -1):
            if text := self.sheet.text(at, column).strip():
                yield at, text

    @_question
    def is_used(self, column: int, rows: tuple[int, ...]) -> bool:
        """Whether a column holds anything in some rows."""
        cells = self.sheet.cells
        return any((row, column) in cells for row in rows)

    @_question
    def columns_used(
        self, rows: tuple[int, ...], first: int, last: int, besides: frozenset[int]
    ) -> list[int]:
        """The columns from `first` to `last`, but for some, that hold anything in some rows."""
        if last - first <= _SHORT_SPAN:
            cells = self.sheet.cells
            others = [column for column in range(first, last + 1) if column not in besides]
            return [column for column in others if any((row, column) in cells for row in rows)]
        used = {position.column for row in rows for position in self._rows.get(row, ())}
        return sorted(column for column in used - besides if first <= column <= last)

    @_question
    def merged(self) -> tuple[tuple[Position, Position], ...]:
        """The merged ranges."""
        return self.sheet.merged

    @_question
    def formulas(self, positions: tuple[Position, ...]) -> list[str | None]:
        """The formulas in some cells."""
        cells = self.sheet.cells
        return [cell.formula if (cell := cells.get(position)) else None for position in positions]

    @_question
    def reads_like_figures(self, row: int, columns: tuple[int, ...]) -> bool:
        """Whether some cells of a row hold figures; a paragraph or a heading in one of them is none."""
        cells = self.sheet.cells
        here = [cells[at] for column in columns if (at := Position(row, column)) in cells]
        texts = sum(1 for cell in here if cell.kind is Kind.TEXT and cell.formula is None)
        short = any(len(cell.text) <= _SHORT for cell in here)
        return bool(here) and (texts < len(here) or texts > 1 or short)
