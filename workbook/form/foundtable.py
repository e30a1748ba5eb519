"""A table as found in a sheet: where each figure stands, and what was odd about the form."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from workbook.files.grid import Position, Sheet
from workbook.form.edition import CellId, Table
from workbook.form.filing import Observation, Place, Remark

_ALTERED = frozenset(
    {
        Remark.LINE_MISSING,
        Remark.LINE_ADDED,
        Remark.LABEL_CHANGED,
        Remark.LABEL_VARIANT,
        Remark.UNDIVIDED,
    }
)


@dataclass(slots=True)
class FoundTable:
    """A table as found in one sheet: where each figure stands, and what was odd about the form."""

    table: Table
    sheet: Sheet
    cells: dict[CellId, Position]
    observations: list[Observation] = field(default_factory=list)
    zeros: list[CellId] = field(default_factory=list)  # parts of a group printed undivided
    swallowed: list[CellId] = field(default_factory=list)  # merged with a neighbour that holds the number
    exact: int = 0  # labels found as printed
    top: int = 0
    bottom: int = 0
    # What others work out from where the cells are, shared by all sheets that are alike.
    shared: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    def on(self, sheet: Sheet) -> FoundTable:
        """The same, found on a sheet that is alike."""
        return replace(self, sheet=sheet)

    def remark(self, remark: Remark, expected: str, text: str = "", position: Position | None = None) -> None:
        """Note something odd: the words expected and found, and where."""
        place = Place(self.sheet.name, str(position)) if position else None
        self.observations.append(Observation(remark, self.table.id, text, expected, place))

    @property
    def is_whole(self) -> bool:
        """Whether every line of the table is there as printed."""
        return not any(item.remark in _ALTERED for item in self.observations)

    @property
    def missing(self) -> list[CellId]:
        """Printed figures for which no place was found."""
        if len(self.cells) == len(self.table.cells):
            return []
        zeros = set(self.zeros)
        return [cell for cell in self.table.cells if cell not in self.cells and cell not in zeros]
