"""What every kind of document becomes before anyone asks what it means: lines and table rows, in order.

A reader of a format knows where a cell or a line stands and nothing of the form; the recogniser knows the
form and nothing of formats. They meet here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workbook.form.filing import Place


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table row; `column` counts from 0 over the grid, `width` is how many columns it spans.

    `merged` says that the cell belongs to a row above and only reaches down into this one.
    """

    text: str
    place: Place
    column: int = 0
    width: int = 1
    merged: bool = False


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line or paragraph; `home` tells which container of a web page it stands in.

    `full` says whether a line reaches the right margin, `left` where it begins (in points); None where only
    its length can tell.
    """

    text: str
    place: Place
    indented: bool = False
    home: int = 0
    full: bool | None = None
    left: float | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of cells, blank ones included. `drawn` where the columns are those of a real grid.

    `words` is the source line of a row that was set as text ("a | b | c"), "" elsewhere.
    """

    cells: tuple[Cell, ...]
    table: int = 0
    drawn: bool = True
    words: str = ""
    home: int = 0


@dataclass(frozen=True, slots=True)
class PictureMark:
    """A picture: what may stand where a table should."""

    place: Place
    home: int = 0


Piece = TextLine | TableRow | PictureMark


@dataclass(slots=True)
class Flow:
    """A document as read: its pieces in reading order.

    `wrapped` where a paragraph may be broken over several lines, as in PDF and plain text; `title` is the
    title that the file gives itself (a web page's); `containers` maps each home to the one around it.
    """

    source: str
    pieces: list[Piece]
    wrapped: bool = False
    title: str = ""
    containers: Sequence[int] = field(default_factory=lambda: (0,))
