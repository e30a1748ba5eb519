"""A rectangle of cells on one sheet: what is in it and how it looks."""

from __future__ import annotations

from typing import Any

from addin.libreoffice import blocks, notes, protection
from addin.libreoffice.areas import Area
from addin.libreoffice.conditional import ConditionalFormats
from addin.libreoffice.fonts import Colour, Font, from_uno, to_uno
from addin.libreoffice.names import Name, name_of_area
from addin.libreoffice.notation import sheet_prefix, to_calc, to_excel
from addin.libreoffice.notes import Note
from addin.libreoffice.problems import OfficeRefused
from addin.libreoffice.uno_bridge import is_ambiguous, translated
from addin.libreoffice.values import constant_text
from workbook.files.grid import MAX_COLUMN, MAX_ROW

MOST_CELLS = 5_000_000  # in one read; Excel gives up at about the same size
_POINT = 2540 / 72  # hundredths of a millimetre
_CHARACTER = 188.0  # about the width of one digit of the default font, in the same unit


@translated
class Range(Area):
    """Values, formulas, notes and formats. Values are read and written as whole blocks."""

    # what is in it ---------------------------------------------------------------------------------

    @property
    def max_cells_per_read(self) -> None:
        """One call reads any block at once: xlwings need not cut it."""
        return

    @property
    def _block(self) -> blocks.Block:
        row, column, height, width = self._place
        book = self._sheet.book
        return blocks.Block(
            book.xl, self._sheet.xl, self.xl, book.formats, row - 1, column - 1, height, width
        )

    @property
    def raw_value(self) -> list[list[Any]]:
        """Rows of float, str, bool, datetime, CellError, "" for a blank; whole columns are padded."""
        row, column, height, width = self._place
        if len(self) > MOST_CELLS:
            raise OfficeRefused(f"{self.get_address(False, False)}太大，一次读不完。")
        if height < MAX_ROW and width < MAX_COLUMN:
            return blocks.read(self._block)
        used = self._sheet.used_range
        rows = max(0, min(row + height, used.row + used.shape[0]) - row)
        columns = max(0, min(column + width, used.column + used.shape[1]) - column)
        if not (rows and columns):
            return [[""] * width for _ in range(height)]
        data = self._sheet.box(row, column, rows, columns).raw_value
        padded = [line + [""] * (width - columns) for line in data]
        return padded + [[""] * width for _ in range(height - rows)]

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        protection.check_contents(self._sheet.xl, self.xl)
        if self.others:
            raise OfficeRefused("不能同时向几个分开的区域填写。")
        if isinstance(data, list | tuple):
            rows = [[_calc_formula(value) for value in row] for row in data]
            if len(rows) != self.shape[0] or any(len(row) != self.shape[1] for row in rows):
                raise OfficeRefused(f"要写的内容与{self.get_address(False, False)}行列数不一致。")
            blocks.write(self._block, rows)
            return
        value = _calc_formula(data)
        if isinstance(value, str) and value.startswith("=") and len(self) > 1:
            blocks.fill_formula(self._block, value)
        else:
            blocks.write(self._block, [[value] * self.shape[1]] * self.shape[0])

    @property
    def formula(self) -> str | tuple[tuple[str, ...], ...]:
        """The formulas in Excel's notation, constants as text; one cell gives a str, else rows of them."""
        sheets = self._sheet.book.sheet_names
        formulas = self.xl.getFormulaArray()
        constants = formulas if _all_formulas(formulas) else self.raw_value
        shown = tuple(
            tuple(
                _excel_formula(text, sheets) if text.startswith(("=", "{=")) else constant_text(value)
                for value, text in zip(values, texts, strict=True)
            )
            for values, texts in zip(constants, formulas, strict=True)
        )
        return shown[0][0] if len(self) == 1 else shown

    @formula.setter
    def formula(self, value: Any) -> None:
        self.raw_value = value

    @property
    def formula2(self) -> str | tuple[tuple[str, ...], ...]:
        """The same as `formula`: LibreOffice 7 has no dynamic arrays."""
        return self.formula

    @formula2.setter
    def formula2(self, value: Any) -> None:
        self.raw_value = value

    @property
    def has_array(self) -> bool:
        """True if a matrix formula stands here."""
        return str(self.first_cell.getFormula()).startswith("{=")

    def clear_contents(self) -> None:
        """Empty the cells; formats and notes stay."""
        protection.check_contents(self._sheet.xl, self.xl)
        blocks.clear(self._block)

    @property
    def conditional_formats(self) -> ConditionalFormats:
        """The rules that touch the range."""
        return ConditionalFormats(self)

    @property
    def note(self) -> Note | None:
        """The note of the first cell, None if there is none."""
        return notes.find(self)

    def add_note(self, text: str) -> Note:
        """Hang a note on the cell; ProtectedSheet or OfficeRefused where Excel raises too."""
        return notes.add(self, text)

    @property
    def name(self) -> Name | None:
        """The workbook's name for exactly this range, None if there is none."""
        return name_of_area(self._sheet.book, self.xl.getRangeAddress())

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.book.names.add(value, f"={sheet_prefix(self._sheet.name)}{self.address}")

    # how it looks ----------------------------------------------------------------------------------

    def _read(self, name: str) -> Any:
        return None if is_ambiguous(self.xl, name) else self.xl.getPropertyValue(name)

    def _write(self, name: str, value: Any) -> None:
        protection.check_format(self._sheet.xl)
        self.xl.setPropertyValue(name, value)

    @property
    def font(self) -> Font:
        """The font of the cells."""
        return Font(self._sheet.xl, self.xl)

    @property
    def color(self) -> Colour | None:
        """The background as (red, green, blue); None for no fill and where the cells differ."""
        number = self._read("CellBackColor")
        return None if number is None else from_uno(number)

    @color.setter
    def color(self, value: Colour | str | int | None) -> None:
        self._write("CellBackColor", to_uno(value))

    @property
    def number_format(self) -> str | None:
        """The number format in Excel's spelling, None where the cells differ."""
        key = self._read("NumberFormat")
        return None if key is None else self._sheet.book.formats.code(key)

    @number_format.setter
    def number_format(self, value: str) -> None:
        self._write("NumberFormat", self._sheet.book.formats.key(value))

    @property
    def wrap_text(self) -> bool | None:
        """Whether long text is broken into lines, None where the cells differ."""
        return self._read("IsTextWrapped")  # type: ignore[no-any-return]

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self._write("IsTextWrapped", bool(value))

    @property
    def row_height(self) -> float:
        """Height of the first row in points."""
        return round(float(self.xl.getRows().getByIndex(0).Height) / _POINT, 2)

    @row_height.setter
    def row_height(self, value: float) -> None:
        protection.check_format(self._sheet.xl)
        self.xl.getRows().setPropertyValue("Height", round(value * _POINT))

    @property
    def column_width(self) -> float:
        """Width of the first column in characters, roughly (Excel measures its default font)."""
        return round(float(self.xl.getColumns().getByIndex(0).Width) / _CHARACTER, 2)

    @column_width.setter
    def column_width(self, value: float) -> None:
        protection.check_format(self._sheet.xl)
        self.xl.getColumns().setPropertyValue("Width", round(value * _CHARACTER))

    def autofit(self, axis: str | None = None) -> None:
        """Fit columns ("c"), rows ("r") or both to what they hold."""
        protection.check_format(self._sheet.xl)
        if axis in (None, "columns", "c"):
            self.xl.getColumns().setPropertyValue("OptimalWidth", True)
        if axis in (None, "rows", "r"):
            self.xl.getRows().setPropertyValue("OptimalHeight", True)

    @property
    def merge_cells(self) -> bool:
        """True if the range contains merged cells."""
        return self.merge_area.shape != (1, 1) or bool(self.xl.getIsMerged())

    @property
    def merge_area(self) -> Range:
        """The merged range around the first cell, or that cell."""
        return self._sheet.boxed(self._sheet.merge_probe.around(self.row, self.column))

    def merge(self, across: bool = False) -> None:
        """Merge the cells, or with `across` those of each row; only the first value is kept."""
        protection.check_format(self._sheet.xl)
        row, column, height, width = self._place
        parts = [self._sheet.box(row + i, column, 1, width) for i in range(height)] if across else [self]
        for part in parts:
            blocks.clear_all_but_first(part._block)  # LibreOffice would keep them, hidden and counted
            part.xl.merge(True)

    def unmerge(self) -> None:
        """Separate merged cells."""
        protection.check_format(self._sheet.xl)
        self.xl.merge(False)


def _calc_formula(value: Any) -> Any:
    """A formula text in LibreOffice's notation, anything else as it is."""
    return to_calc(value) if isinstance(value, str) and value.startswith("=") else value


def _excel_formula(text: str, sheets: frozenset[str]) -> str:
    formula = to_excel(text[1:-1] if text.startswith("{=") else text, sheets)
    return formula[1:] if formula.startswith("=#") else formula  # an error typed in is a constant in Excel


def _all_formulas(rows: Any) -> bool:
    return all(text == "" or text.startswith(("=", "{=")) for row in rows for text in row)
