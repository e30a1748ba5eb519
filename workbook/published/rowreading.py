"""What a row of 表二 or 表三 turned out to be: its label, its figures, and why those cannot be placed."""

from __future__ import annotations

from dataclasses import dataclass, field

from workbook.form.filing import Place
from workbook.published.segments import Token
from workbook.published.wording import Node


@dataclass(slots=True)
class Figure:
    """What stands in one cell, as published; `why` says why it cannot be relied upon, "" where it can."""

    text: str
    place: Place
    why: str = ""


@dataclass(slots=True)
class RowReading:
    """One printed row: its label as found and its figures by column."""

    node: Node
    label: str
    place: Place
    score: float
    figures: dict[str, Figure] = field(default_factory=dict)
    loose: list[Token] = field(default_factory=list)  # the figures where no header names them
    why: str = ""  # why none of its figures can be placed
    columns: list[str] = field(default_factory=list)  # as the header names them, [] where it does not
    celled: bool = True  # False where the label was pieced together from lines of text


@dataclass(slots=True)
class TableReading:
    """A statutory table as found, over all editions' rows and columns."""

    table: str
    rows: dict[str, RowReading]
    first_piece: int
    last_piece: int
    head: list[Token] = field(default_factory=list)  # the words above its first row
