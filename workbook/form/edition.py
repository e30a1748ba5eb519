"""The statutory form as data: sections, tables, rows and columns, with the words printed in it.

An edition is one YAML file in `editions/`, written out in full so that it can be laid beside the printed
form; editions share nothing but their ids. A third edition is one more file. Source: 《政府信息公开条例》
第四十九、五十条 and the two 年度报告格式 (国办公开办函〔2019〕60号, 〔2021〕30号).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import NamedTuple


class CellId(NamedTuple):
    """The logical address of a figure, the same in every edition that prints the cell."""

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        return f"{self.table}.{self.row}[{self.column}]"

    @classmethod
    def parse(cls, text: str) -> CellId:
        """ "applications.received[total]" → its parts. Raises ValueError on anything else."""
        match = _CELL_ID.fullmatch(text)
        if not match:
            raise ValueError(f"no cell id: {text!r}")
        return cls(*match.groups())


_CELL_ID = re.compile(r"([a-z_]+)\.([a-z_]+(?:\.[a-z_]+)*)\[([a-z_]+)\]")


class ValueKind(Enum):
    """What may stand in a cell."""

    COUNT = "count"  # whole number, 0 or more
    SIGNED = "signed"  # whole number, a decrease written with a minus sign
    AMOUNT = "amount"  # money: decimal, 0 or more


@dataclass(frozen=True)
class Line:
    """A node of a table's row or column tree: a printed line (no parts) or a printed group of lines.

    `label` is printed, `short` is used in messages, `variants` are other wordings met in real forms.
    """

    id: str
    label: str
    short: str
    parts: tuple[Line, ...] = ()
    is_total: bool = False
    variants: tuple[str, ...] = ()
    kind: ValueKind = ValueKind.COUNT
    unit: str | None = None

    @cached_property
    def leaves(self) -> tuple[Line, ...]:
        """The printed lines below this node, itself if it is one."""
        return tuple(leaf for part in self.parts for leaf in part.leaves) if self.parts else (self,)

    @cached_property
    def addends(self) -> tuple[Line, ...]:
        """The leaves that a sum over this node adds: totals are left out."""
        return tuple(leaf for leaf in self.leaves if not leaf.is_total)

    @cached_property
    def depth(self) -> int:
        """How many levels of labels the node needs in print."""
        return 1 + max((part.depth for part in self.parts), default=0)

    def walk(self) -> Iterator[Line]:
        """The node and everything below it, in print order."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True)
class Block:
    """A piece of a table under one header: rows × columns.

    With `across` the rows are printed side by side, as upper levels of the header, over one line of figures.
    `widths` gives how many sheet columns each figure column covers.
    """

    heading: str | None
    corner: str
    banner: str | None
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    across: bool
    widths: tuple[int, ...]

    @cached_property
    def row_leaves(self) -> tuple[Line, ...]:
        """Printed rows, top to bottom (left to right where `across`)."""
        return tuple(leaf for row in self.rows for leaf in row.leaves)

    @cached_property
    def column_leaves(self) -> tuple[Line, ...]:
        """Printed columns, left to right."""
        return tuple(leaf for column in self.columns for leaf in column.leaves)


@dataclass(frozen=True)
class Table:
    """One statutory table."""

    id: str
    label: str
    section: str
    unit: str
    blocks: tuple[Block, ...]

    @cached_property
    def cells(self) -> tuple[CellId, ...]:
        """Every printed figure, block by block, row by row."""
        return tuple(
            CellId(self.id, row.id, column.id)
            for block in self.blocks
            for row in block.row_leaves
            for column in block.column_leaves
        )

    @cached_property
    def cell_set(self) -> frozenset[CellId]:
        """The same, for membership tests."""
        return frozenset(self.cells)

    @cached_property
    def rows(self) -> dict[str, Line]:
        """Row nodes by id, groups included."""
        return {node.id: node for block in self.blocks for row in block.rows for node in row.walk()}

    @cached_property
    def columns(self) -> dict[str, Line]:
        """Column nodes by id, groups included; where blocks share an id, the first wording."""
        found: dict[str, Line] = {}
        for block in self.blocks:
            for column in block.columns:
                for node in column.walk():
                    found.setdefault(node.id, node)
        return found

    def column_of(self, cell: CellId) -> Line:
        """The printed column of a cell (blocks may word the same id differently)."""
        return self._cell_columns[cell]

    @cached_property
    def _cell_columns(self) -> dict[CellId, Line]:
        return {
            CellId(self.id, row.id, column.id): column
            for block in self.blocks
            for row in block.row_leaves
            for column in block.column_leaves
        }

    def resolve(self, row: str, column: str) -> tuple[CellId, ...]:
        """The printed cells that a row and a column (line or group) mean together; () if there are none."""
        row_node, column_node = self.rows.get(row), self.columns.get(column)
        if row_node is None or column_node is None:
            return ()
        wanted = (
            CellId(self.id, r.id, c.id)
            for r in (row_node.addends if row_node.parts else (row_node,))
            for c in (column_node.addends if column_node.parts else (column_node,))
        )
        return tuple(cell for cell in wanted if cell in self.cell_set)

    @cached_property
    def totals(self) -> dict[CellId, tuple[CellId, ...]]:
        """Every printed total with the cells it adds up, totals of totals after their parts.

        The corner (total row, total column) adds its row, like every other row total.
        """
        found: dict[CellId, tuple[CellId, ...]] = {}
        for block in self.blocks:
            for group in (node for row in block.rows for node in row.walk()):
                for total in (part for part in group.parts if part.is_total):
                    for column in block.column_leaves:
                        if not column.is_total:
                            found[CellId(self.id, total.id, column.id)] = tuple(
                                CellId(self.id, leaf.id, column.id) for leaf in group.addends
                            )
            addends = tuple(leaf for leaf in block.column_leaves if not leaf.is_total)
            for column in (leaf for leaf in block.column_leaves if leaf.is_total):
                for row in block.row_leaves:
                    found[CellId(self.id, row.id, column.id)] = tuple(
                        CellId(self.id, row.id, leaf.id) for leaf in addends
                    )
        return found

    @cached_property
    def amounts(self) -> tuple[int, ...]:
        """The numbers (in `cells`) of those that hold money."""
        return tuple(
            number for number, cell in enumerate(self.cells) if self.column_of(cell).kind is ValueKind.AMOUNT
        )

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """The numbers (in `cells`) of those that hold a count, signed or not."""
        amounts = set(self.amounts)
        return tuple(number for number in range(len(self.cells)) if number not in amounts)

    @cached_property
    def total_numbers(self) -> tuple[int, ...]:
        """The numbers (in `cells`) of the totals."""
        return tuple(number for number, cell in enumerate(self.cells) if cell in self.totals)

    @cached_property
    def inputs(self) -> tuple[CellId, ...]:
        """Every cell that is typed, not added up."""
        return tuple(cell for cell in self.cells if cell not in self.totals)


@dataclass(frozen=True)
class Section:
    """One of the report's sections; `tolerated` is a pattern of other headings accepted in silence."""

    id: str
    heading: str
    sheet: str
    tolerated: re.Pattern[str] | None


@dataclass(frozen=True)
class Edition:
    """One edition of the form and the report years it governs (`last_year` None: still in force)."""

    id: str
    title: str
    issued: str
    first_year: int
    last_year: int | None
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    path: Path

    def governs(self, year: int) -> bool:
        """Whether a report on that year must use this edition."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)

    @cached_property
    def by_id(self) -> dict[str, Table]:
        """Tables by id."""
        return {table.id: table for table in self.tables}

    @cached_property
    def cells(self) -> tuple[CellId, ...]:
        """Every printed figure of the form."""
        return tuple(cell for table in self.tables for cell in table.cells)

    @cached_property
    def cell_set(self) -> frozenset[CellId]:
        """The same, for membership tests."""
        return frozenset(self.cells)

    @cached_property
    def totals(self) -> dict[CellId, tuple[CellId, ...]]:
        """Every printed total with its parts."""
        return {total: parts for table in self.tables for total, parts in table.totals.items()}

    def kind(self, cell: CellId) -> ValueKind:
        """What may stand in a cell."""
        return self.by_id[cell.table].column_of(cell).kind

    def unit(self, cell: CellId) -> str:
        """The unit of a cell: 件, 万元, 项 …, "" where the form fixes none."""
        table = self.by_id[cell.table]
        unit = table.column_of(cell).unit
        return table.unit if unit is None else unit

    def section(self, section: str) -> Section:
        """A section by id. Raises KeyError."""
        return (
            next(item for item in self.sections if item.id == section)
            if section in self._section_ids
            else _no(section)
        )

    @cached_property
    def _section_ids(self) -> frozenset[str]:
        return frozenset(item.id for item in self.sections)


def _no(section: str) -> Section:
    raise KeyError(section)
