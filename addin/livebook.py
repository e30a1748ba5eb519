"""The workbook that is open: read as a grid, written back in one pass. Public xlwings API only.

The same two doors as for files (a grid out, an amendment in), so that the engine behind the button is the
one behind the command line. Nothing here knows editions or rules.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import xlwings as xw

from addin.trouble import REFUSED, known_words, spoken
from workbook.files.amend import OWN_MARK, Amendment, CellValue, Note, Tint
from workbook.files.grid import Cell, Grid, Kind, Position, Sheet, parse_a1
from workbook.files.noteboxes import box_size
from workbook.files.shades import COLOURS, WORD
from workbook.problems import UnwritableOutput

_MOST_CELLS = 500_000
_POINTS = 0.75  # of a pixel at 96 dpi
_LONGEST_ADDRESS = 255  # characters of an address Excel takes
_ERRORS = frozenset({"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#N/A"})


class LiveBook:
    """One open workbook. Raises Problem with one Chinese line where Excel will not do what is asked."""

    def __init__(self, book: xw.Book) -> None:
        self.book = book

    # --- reading ------------------------------------------------------------------------------------

    def grid(self, only: str | None = None) -> Grid:
        """Every sheet's values and formulas, read in blocks; with `only` that sheet's, if it is there."""
        with spoken():
            wanted = [sheet for sheet in self.book.sheets if only in (None, sheet.name)]
            sheets = tuple(self._sheet(sheet) for sheet in wanted)
            return Grid(str(self.book.name), sheets, _Names(self.book))

    def _sheet(self, sheet: xw.Sheet) -> Sheet:
        used = sheet.used_range
        if used.count > _MOST_CELLS:
            raise UnwritableOutput(f"工作表“{sheet.name}”用到的区域太大，请删去表外的内容再核对。")
        top, left = used.row, used.column
        values = used.options(ndim=2, err_to_str=True).value
        formulas = _block(used.formula, len(values))
        cells: dict[Position, Cell] = {}
        for row, (line, said) in enumerate(zip(values, formulas, strict=True), start=top):
            for column, (value, formula) in enumerate(zip(line, said, strict=True), start=left):
                cell = _cell(value, formula)
                if cell is not None:
                    cells[Position(row, column)] = cell
        return Sheet(sheet.name, cells, (), bool(sheet.visible))

    # --- where the user is ------------------------------------------------------------------------

    def selected(self) -> tuple[str, Position] | None:
        """Sheet and first cell of the selection; None where nothing of the sheet is selected."""
        with spoken():
            chosen = self.book.app.selection
            if chosen is None:
                return None
            return chosen.sheet.name, Position(chosen.row, chosen.column)

    def own_notes(self) -> list[tuple[str, Position, str]]:
        """Every note of ours, sheet by sheet, in reading order."""
        found: list[tuple[str, Position, str]] = []
        with spoken():
            for sheet in self.book.sheets:
                here = [(note.location, note.text) for note in _own_notes(sheet)]
                found += sorted((sheet.name, Position(cell.row, cell.column), text) for cell, text in here)
        return found

    def select(self, sheet: str, cell: Position) -> None:
        """Show a cell to the user."""
        with spoken():
            self.book.sheets[sheet].activate()
            self.book.sheets[sheet].range((cell.row, cell.column)).select()

    # --- writing ------------------------------------------------------------------------------------

    def write(self, amendment: Amendment) -> tuple[Note, ...]:
        """Write values, notes and tints; our earlier notes and tints are replaced, others' never touched.

        Returns the notes for which no free cell was found. A sheet protected without a password is opened
        for the time of writing and protected again. Raises UnwritableOutput for one with a password.
        """
        unplaced: list[Note] = []
        with spoken(), contextlib.ExitStack() as opening:
            jobs = [job for sheet in self.book.sheets if (job := _Job(sheet, amendment)).any]
            # All are opened before any is written: a password found late would leave half a result.
            for job in jobs:
                opening.enter_context(opened(job.sheet))
            for job in jobs:
                for old in (*job.own_notes, *job.own_tints):
                    old.delete()
                _write_values(job.sheet, job.values)
                unplaced += _add_notes(job.sheet, job.notes)
                _add_tints(job.sheet, job.tints)
        return tuple(unplaced)


class _Names(Mapping[str, str]):
    """What the book's names stand for. Each is asked for when it is needed: a form has 250, few are read."""

    def __init__(self, book: xw.Book) -> None:
        self._names: dict[str, xw.Name] = {}
        self._known: dict[str, str] = {}
        for name in book.names:
            with contextlib.suppress(Exception):  # a broken name is none
                self._names[name.name] = name

    def __getitem__(self, key: str) -> str:
        if key not in self._known:
            try:
                self._known[key] = (self._names[key].refers_to or "").removeprefix("=")
            except Exception:
                raise KeyError(key) from None
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _Job:
    """What an amendment asks of one sheet."""

    def __init__(self, sheet: xw.Sheet, amendment: Amendment) -> None:
        self.sheet = sheet
        name = sheet.name  # a call into the program each time it is asked for
        self.values = [item for item in amendment.values if item.sheet == name]
        self.notes = [item for item in amendment.notes if item.sheet == name]
        self.tints = [item for item in amendment.tints if item.sheet == name]
        self.own_notes = _own_notes(sheet) if amendment.remove_own else []
        self.own_tints = _own_tints(sheet) if amendment.remove_own else []

    @property
    def any(self) -> bool:
        return bool(self.values or self.notes or self.tints or self.own_notes or self.own_tints)


@contextlib.contextmanager
def opened(sheet: xw.Sheet) -> Iterator[None]:
    """A protected sheet opened for writing and protected again as it was.

    Raises UnwritableOutput for a password.
    """
    api = sheet.api
    if not api.ProtectContents:
        yield
        return
    kept = _protection(api)
    try:
        api.Unprotect()
    except Exception as error:
        raise UnwritableOutput(_busy_or_locked(sheet, error)) from error
    if api.ProtectContents:
        raise UnwritableOutput(_locked(sheet))
    try:
        yield
    finally:
        api.Protect(**kept)


def _busy_or_locked(sheet: xw.Sheet, error: Exception) -> str:
    """Excel answers a wrong password with the code it has for everything."""
    words = known_words(error)
    return words if words is not None and words != REFUSED else _locked(sheet)


def _locked(sheet: xw.Sheet) -> str:
    return (
        f"工作表“{sheet.name}”设有保护密码，写不进批注。"
        "请先取消保护（审阅→撤消工作表保护）再试，表内数字没有改动。"
    )


_ALLOWED = (
    "AllowFormattingCells", "AllowFormattingColumns", "AllowFormattingRows", "AllowInsertingColumns",
    "AllowInsertingRows", "AllowInsertingHyperlinks", "AllowDeletingColumns", "AllowDeletingRows",
    "AllowSorting", "AllowFiltering", "AllowUsingPivotTables",
)  # fmt: skip


def _protection(api: Any) -> dict[str, bool]:
    """What a protected sheet still allows in Excel; nothing where the program has one switch only."""
    allowed = getattr(api, "Protection", None)
    if allowed is None:
        return {}
    kept = {name: bool(getattr(allowed, name)) for name in _ALLOWED}
    kept |= {"DrawingObjects": bool(api.ProtectDrawingObjects), "Scenarios": bool(api.ProtectScenarios)}
    return kept


def _block(formula: Any, rows: int) -> list[list[str]]:
    """xlwings gives one text for a cell, one row for a row: always rows of texts here."""
    if isinstance(formula, str) or formula is None:
        return [[formula or ""]]
    lines = list(formula)
    if lines and isinstance(lines[0], str):
        return [lines] if rows == 1 else [[item] for item in lines]
    return [list(line) for line in lines]


def _cell(value: Any, formula: str) -> Cell | None:
    own = formula[1:] if isinstance(formula, str) and formula.startswith("=") else None
    if value is None:
        return Cell(Kind.TEXT, "", own) if own is not None else None
    if isinstance(value, bool):
        return Cell(Kind.LOGICAL, "TRUE" if value else "FALSE", own)
    if isinstance(value, int | float):
        return Cell(Kind.NUMBER, repr(value).removesuffix(".0"), own)
    if isinstance(value, datetime | date | time):
        return Cell(Kind.DATE, str(value), own, _shown(value))
    text = str(value)
    if text in _ERRORS and (own is not None or text == formula):
        return Cell(Kind.ERROR, text, own)
    return Cell(Kind.TEXT, text, own)


def _shown(value: date | time) -> str:
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02}"
    return f"{value.month}月{value.day}日"


def _own_notes(sheet: xw.Sheet) -> list[xw.main.Note]:
    return [note for note in sheet.notes if (note.text or "").startswith(OWN_MARK)]


def _own_tints(sheet: xw.Sheet) -> list[Any]:
    return [item for item in sheet.cells.conditional_formats if WORD in (item.formula or "")]


def _write_values(sheet: xw.Sheet, values: Iterable[CellValue]) -> None:
    """Runs of neighbours go in one call: rows of equal extent as one block."""
    rows: dict[int, dict[int, CellValue]] = {}
    for item in values:
        position = parse_a1(item.cell)
        if position is not None:
            rows.setdefault(position.row, {})[position.column] = item
    for first, columns, block in _rectangles(rows):
        area = sheet.range((first, columns[0]), (first + len(block) - 1, columns[-1]))
        # Raw: there is nothing to convert, and the converters ask the program for shape and sheet each time
        area.raw_value = [[_typed(line[column]) for column in columns] for line in block]


def _rectangles(
    rows: dict[int, dict[int, CellValue]],
) -> Iterator[tuple[int, list[int], list[dict[int, CellValue]]]]:
    """Blocks of neighbouring rows that write the same neighbouring columns, several beside each other."""
    blocks: list[tuple[int, list[int], list[dict[int, CellValue]]]] = []
    growing: dict[tuple[int, ...], int] = {}  # columns → the block that ends with the row before
    for row in sorted(rows):
        for columns in _runs(sorted(rows[row])):
            number = growing.get(tuple(columns))
            if number is not None and blocks[number][0] + len(blocks[number][2]) == row:
                blocks[number][2].append(rows[row])
            else:
                growing[tuple(columns)] = len(blocks)
                blocks.append((row, columns, [rows[row]]))
    return iter(blocks)


def _runs(columns: list[int]) -> Iterator[list[int]]:
    run = [columns[0]]
    for column in columns[1:]:
        if column != run[-1] + 1:
            yield run
            run = []
        run.append(column)
    yield run


def _typed(item: CellValue) -> object:
    """As a person would type it: a text stays a text, whatever it looks like; our links are formulas."""
    value = item.value
    if value is None:
        return None
    if isinstance(value, Decimal | int):
        return float(value)
    if item.link:
        place, words = item.link.replace('"', '""'), value.replace('"', '""')
        return f'=HYPERLINK("#{place}","{words}")'
    return "'" + value if value else value


def _add_notes(sheet: xw.Sheet, notes: Iterable[Note]) -> list[Note]:
    unplaced = []
    for note in notes:
        for cell in (note.cell, *note.alternatives):
            area = sheet.range(cell)
            if area.merge_area[0, 0].address != area.address:
                continue  # covered by a merge: a note there would not be seen
            if area.note is None:
                _fit(area.add_note(note.text), note.text)
                break
        else:
            unplaced.append(note)
    return unplaced


def _fit(note: xw.main.Note, text: str) -> None:
    """Excel's own box for a new note is four lines high, whatever the text; LibreOffice's is narrow."""
    width, height = box_size(text)
    shape = note.api.Shape
    shape.Width, shape.Height = width * _POINTS, height * _POINTS


def _add_tints(sheet: xw.Sheet, tints: Sequence[Tint]) -> None:
    """The same always-true formula that marks our tints in files; all cells of a shade as one rule."""
    for shade in dict.fromkeys(tint.shade for tint in tints):
        formula = f'=N("{WORD}{shade.value}")=0'
        colour = "#" + COLOURS[shade][2:]
        for address in _addresses(tint.cell for tint in tints if tint.shade is shade):
            sheet.range(address).conditional_formats.add_custom(formula, fill_color=colour)


def _addresses(areas: Iterable[str]) -> Iterator[str]:
    """Areas joined by commas, as many at a time as Excel takes."""
    joined = ""
    for area in areas:
        if joined and len(joined) + 1 + len(area) > _LONGEST_ADDRESS:
            yield joined
            joined = ""
        joined = f"{joined},{area}" if joined else area
    if joined:
        yield joined
