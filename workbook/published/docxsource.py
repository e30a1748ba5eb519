"""A Word document as paragraphs and table rows, read through our own doors to zip and XML.

Nothing but `word/document.xml` is read: no styles, no linked files. Tracked deletions, hidden text, field
codes, text boxes within tables and the fall-back copies of newer drawings are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workbook.files.archive import Archive
from workbook.files.safexml import Attributes, part_events, split
from workbook.form.filing import Place
from workbook.problems import UnusableInput
from workbook.published.flow import Cell, Flow, PictureMark, Piece, TableRow, TextLine

DOCUMENT = "word/document.xml"
_MOST_CELLS = 200_000
_MOST_PIECES = 200_000
_LONGEST = 20_000
_BOX, _DEEPEST_BOX = "txbxContent", 8
_WORD = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    }
)
_LEFT_OUT = frozenset({"del", "moveFrom", "instrText", "delText", "footnoteReference", "object"})


def docx_flow(archive: Archive) -> Flow:
    """Paragraphs and table rows of a document, in order. Raises UnusableInput."""
    part = archive.find(DOCUMENT)
    if part is None:
        raise UnusableInput(f"“{archive.name}”不是完整的Word文档，请用Word或WPS打开后另存为docx。")
    reader = _Reader(archive.name)
    part_events(archive, part, reader.start, reader.end, reader.text)
    return Flow(archive.name, reader.pieces)


@dataclass(slots=True)
class _Table:
    """A table being read; tables within a cell are read as its text."""

    number: int
    row: list[Cell] = field(default_factory=list)
    rows: int = 0
    column: int = 0
    cell: list[str] = field(default_factory=list)
    width: int = 1
    merged: bool = False
    before: int = 0  # columns left out at the start of a row
    restarts: set[int] = field(default_factory=set)


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.pieces: list[Piece] = []
        self.tables: list[_Table] = []
        self.count = 0
        self.cells = 0
        self.line: list[str] = []
        self.skip = 0  # depth inside something left out
        self.hidden = False  # the run's text is not shown
        self.in_text = False
        self.in_properties = 0
        self.picture = False
        self.outside: list[list[str]] = []  # the paragraphs broken off by the text boxes that are open

    def start(self, name: str, given: Attributes) -> None:
        namespace, local = split(name)
        if self.skip:
            self.skip += 1
            return
        boxed = local == _BOX and (self.tables or len(self.outside) >= _DEEPEST_BOX)
        if local == "Fallback" or (namespace in _WORD and (local in _LEFT_OUT or boxed)):
            self.skip = 1
            return
        if local in ("blip", "imagedata"):
            self.picture = True
        if namespace not in _WORD:
            return
        handler = _STARTS.get(local)
        if handler is not None:
            handler(self, _plain(given))

    def end(self, name: str) -> None:
        if self.skip:
            self.skip -= 1
            return
        namespace, local = split(name)
        if namespace not in _WORD:
            return
        handler = _ENDS.get(local)
        if handler is not None:
            handler(self)

    def text(self, data: str) -> None:
        if self.in_text and not self.skip and not self.hidden:
            self.line.append(data)

    # --- runs and paragraphs ------------------------------------------------------------------------

    def open_run(self, _: Attributes) -> None:
        self.hidden = False

    def open_properties(self, _: Attributes) -> None:
        self.in_properties += 1

    def close_properties(self) -> None:
        self.in_properties -= 1

    def vanish(self, given: Attributes) -> None:
        if self.in_properties and given.get("val", "1") not in ("0", "false", "off"):
            self.hidden = True

    def open_text(self, _: Attributes) -> None:
        self.in_text = True

    def close_text(self) -> None:
        self.in_text = False

    def put(self, sign: str) -> None:
        if not self.hidden:
            self.line.append(sign)

    def open_paragraph(self, _: Attributes) -> None:
        self.hidden = False
        self.line = []

    def close_paragraph(self) -> None:
        text = "".join(self.line)
        self.line = []
        self.hidden = False
        if self.tables:
            self.tables[-1].cell.append(text)
            return
        for part in text.split("\n"):
            if part.strip():
                number = len(self.pieces) + 1
                self._add(TextLine(part.rstrip()[:_LONGEST], Place(f"第{number}段", "")))
        if self.picture:
            self._add(PictureMark(Place(f"第{len(self.pieces) + 1}段", "")))
        self.picture = False

    def open_box(self, _: Attributes) -> None:
        self.outside.append(self.line)
        self.line, self.in_text, self.hidden, self.in_properties = [], False, False, 0

    def close_box(self) -> None:
        self.line = self.outside.pop()

    def _add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        if len(self.pieces) > _MOST_PIECES:
            raise UnusableInput(f"“{self.name}”超过{_MOST_PIECES}段，不像是一份年报。")

    # --- tables -------------------------------------------------------------------------------------

    def open_table(self, _: Attributes) -> None:
        self.count += 1
        self.tables.append(_Table(self.count))

    def close_table(self) -> None:
        self.tables.pop()
        self.line = []

    def open_row(self, _: Attributes) -> None:
        table = self.tables[-1] if self.tables else None
        if table is not None:
            table.row, table.column = [], 0
            table.rows += 1

    def grid_before(self, given: Attributes) -> None:
        if self.tables:
            self.tables[-1].column += _number(given.get("val"))

    def open_cell(self, _: Attributes) -> None:
        if self.tables:
            table = self.tables[-1]
            table.cell, table.width, table.merged = [], 1, False

    def span(self, given: Attributes) -> None:
        if self.tables:
            self.tables[-1].width = max(1, min(_number(given.get("val")), 200))

    def merge_down(self, given: Attributes) -> None:
        if self.tables and given.get("val", "continue") != "restart":
            self.tables[-1].merged = True

    def close_cell(self) -> None:
        if not self.tables:
            return
        table = self.tables[-1]
        self.cells += 1
        if self.cells > _MOST_CELLS:
            raise UnusableInput(f"“{self.name}”的表格超过{_MOST_CELLS}格，不像是一份年报。")
        text = "\n".join(part.strip() for part in table.cell if part.strip())[:_LONGEST]
        place = Place(f"第{table.number}表", f"第{table.rows}行第{len(table.row) + 1}格")
        table.row.append(Cell(text, place, table.column, table.width, table.merged))
        table.column += table.width

    def close_row(self) -> None:
        if not self.tables:
            return
        table = self.tables[-1]
        row, table.row = table.row, []
        if len(self.tables) > 1:
            self.tables[-2].cell.append(" ".join(cell.text for cell in row))
        elif len(row) == 1 and not row[0].merged:
            for part in row[0].text.split("\n"):
                if part:
                    self._add(TextLine(part, row[0].place))
        elif row:
            self._add(TableRow(tuple(row), table.number))


_STARTS = {
    "r": _Reader.open_run,
    "rPr": _Reader.open_properties,
    "pPr": _Reader.open_properties,
    "vanish": _Reader.vanish,
    "t": _Reader.open_text,
    "p": _Reader.open_paragraph,
    "tab": lambda reader, _: reader.put("\t") if not reader.in_properties else None,
    _BOX: _Reader.open_box,
    "br": lambda reader, _: reader.put("\n"),
    "cr": lambda reader, _: reader.put("\n"),
    "noBreakHyphen": lambda reader, _: reader.put("-"),
    "tbl": _Reader.open_table,
    "tr": _Reader.open_row,
    "gridBefore": _Reader.grid_before,
    "tc": _Reader.open_cell,
    "gridSpan": _Reader.span,
    "vMerge": _Reader.merge_down,
}
_ENDS = {
    "rPr": _Reader.close_properties,
    "pPr": _Reader.close_properties,
    "t": _Reader.close_text,
    "p": _Reader.close_paragraph,
    _BOX: _Reader.close_box,
    "tbl": _Reader.close_table,
    "tc": _Reader.close_cell,
    "tr": _Reader.close_row,
}


def _plain(given: Attributes) -> Attributes:
    return {split(name)[1]: value for name, value in given.items()}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0
