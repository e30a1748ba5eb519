"""From a table as read, over all editions' rows and columns, to the cells of one edition.

What the edition prints and the document lacks is uncertain; what the document has beyond the edition is an
observation. An undivided （六） and one of three rows are turned into one another, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from workbook.form.edition import CellId, Edition, Line, Table
from workbook.form.filing import Fact, Observation, Place, Remark
from workbook.form.values import Oddity
from workbook.published.acrosstable import AcrossReading
from workbook.published.figuretext import read_figure
from workbook.published.rowreading import Figure, RowReading, TableReading
from workbook.published.wording import normal

NO_ROW = "表中没有这一行"
NO_COLUMN = "表中没有这一列"


@dataclass(slots=True)
class TableFacts:
    """One table of one edition: facts for all its cells, and those of them that are uncertain."""

    table: Table
    facts: dict[CellId, Fact] = field(default_factory=dict)
    uncertain: dict[CellId, str] = field(default_factory=dict)
    observations: list[Observation] = field(default_factory=list)
    variants: list[tuple[str, str]] = field(default_factory=list)  # (as printed by the form, as found)
    direct: int = 0  # figures that stand there as the edition prints them
    derived: int = 0  # parts of an undivided row, sums of a divided one
    shown: int = 0  # figures that the document prints, whether they can be placed or not
    used: int = 0  # those of them that the edition has a place for

    def take(self, cell: CellId, figure: Figure) -> None:
        """Read a figure into a cell."""
        if figure.why:
            self.doubt(cell, figure.why, figure.place)
            return
        value, raw, oddity, _ = read_figure(figure.text)
        self.facts[cell] = Fact(cell, value, raw, oddity, figure.place)
        self.direct += 1

    def doubt(self, cell: CellId, why: str, place: Place | None = None) -> None:
        """Name a cell uncertain; nothing is put in its place."""
        self.facts[cell] = Fact(cell, None, None, Oddity.BLANK, place)
        self.uncertain[cell] = why


def project_rows(reading: TableReading, edition: Edition) -> TableFacts:
    """表二 or 表三 as an edition prints it."""
    found = TableFacts(edition.by_id[reading.table])
    used: set[str] = set()
    for block in found.table.blocks:
        for line in block.row_leaves:
            row = reading.rows.get(line.id)
            parts = _parts(reading, line.id)
            if parts and (row is None or not _has_figures(row)):
                used |= {part.node.id for part in parts} | {line.id}
                _sum_of_parts(found, line, block.column_leaves, parts)
                continue
            if row is None:
                whole = _undivided(reading, line.id)
                if whole is not None:
                    used.add(whole.node.id)
                    _share(
                        found,
                        line,
                        block.column_leaves,
                        whole,
                        _is_last_part(edition, reading.table, line.id),
                    )
                    continue
                for column in block.column_leaves:
                    found.doubt(CellId(reading.table, line.id, column.id), NO_ROW)
                found.observations.append(Observation(Remark.LINE_MISSING, reading.table, "", line.label))
                continue
            used.add(line.id)
            _take_row(found, line, block.column_leaves, row)
    found.observations += _added(reading, edition, used)
    for key, row in reading.rows.items():
        if row.why and edition.id not in row.node.editions:
            continue  # a stray number behind a group's name is no row of another edition
        columns = row.columns or list(row.figures)
        found.shown += len(columns)
        found.used += sum(1 for column in columns if key in used and _has_place(found.table, key, column))
    return found


def _has_place(table: Table, row: str, column: str) -> bool:
    """Whether a table prints a column in a row, or in the rows of a group that another edition divides."""
    cell = CellId(table.id, row, column)
    return cell in table.cell_set or table.id == "applications"


def _take_row(found: TableFacts, line: Line, columns: tuple[Line, ...], row: RowReading) -> None:
    table = found.table.id
    figures = _figures(row, columns)
    for column in columns:
        cell = CellId(table, line.id, column.id)
        figure = figures.get(column.id)
        if figure is not None:
            found.take(cell, figure)
        else:
            found.doubt(cell, row.why or NO_COLUMN, row.place)
    if normal(row.label) == normal(line.label):
        return
    known = normal(row.label) in {normal(text) for text in (*line.variants, line.short)}
    if known or row.celled:  # a label pieced together from lines of text says nothing about its wording
        remark = Remark.LABEL_VARIANT if known or row.score > 0.9 else Remark.LABEL_CHANGED
        found.variants.append((line.label, row.label))
        found.observations.append(Observation(remark, table, row.label[:60], line.label, row.place))


def _figures(row: RowReading, columns: tuple[Line, ...]) -> dict[str, Figure]:
    """A row's figures by column; where no header named them, by the form's own order."""
    if row.figures or not row.loose or len(row.loose) != len(columns):
        return row.figures
    return {
        column.id: Figure(
            token.text,
            token.place,
            "与相邻的格合并成了一格" if token.merged else read_figure(token.text)[3],
        )
        for column, token in zip(columns, row.loose, strict=True)
    }


def _has_figures(row: RowReading) -> bool:
    return bool(row.figures or row.loose)


# --- （六） in one row or in three ---------------------------------------------------------------------


def _parts(reading: TableReading, row: str) -> list[RowReading]:
    return [part for key, part in reading.rows.items() if key.startswith(f"{row}.")]


def _undivided(reading: TableReading, row: str) -> RowReading | None:
    """The group's own row where the document prints none of its parts."""
    group = row.rpartition(".")[0]
    whole = reading.rows.get(group)
    if whole is None or _parts(reading, group) or not whole.node.editions:
        return None
    return whole


def _is_last_part(edition: Edition, table: str, row: str) -> bool:
    group = edition.by_id[table].rows.get(row.rpartition(".")[0])
    return group is not None and group.leaves[-1].id == row


def _share(found: TableFacts, line: Line, columns: tuple[Line, ...], whole: RowReading, last: bool) -> None:
    """An undivided row is its last part (其他); the parts before it are 0."""
    table = found.table.id
    figures = _figures(whole, columns)
    for column in columns:
        cell = CellId(table, line.id, column.id)
        figure = figures.get(column.id)
        if figure is None:
            found.doubt(cell, whole.why or NO_COLUMN, whole.place)
        elif last:
            found.take(cell, figure)
            found.direct -= 1
            found.derived += 1
        else:
            found.facts[cell] = Fact(cell, Decimal(0), None, Oddity.NONE)
            found.derived += 1
    if last:
        group = found.table.rows[line.id.rpartition(".")[0]]
        found.observations.append(
            Observation(Remark.UNDIVIDED, table, whole.label[:60], group.label, whole.place)
        )
        found.variants.append((group.label, f"{whole.label}（没有分项）"))


def _sum_of_parts(found: TableFacts, line: Line, columns: tuple[Line, ...], parts: list[RowReading]) -> None:
    """A row that the document divides is the sum of its parts, as the form defines the group."""
    table = found.table.id
    for column in columns:
        cell = CellId(table, line.id, column.id)
        total = Decimal(0)
        why = ""
        place: Place | None = None
        for part in parts:
            figure = _figures(part, columns).get(column.id)
            value = read_figure(figure.text)[0] if figure is not None and not figure.why else None
            place = place or (figure.place if figure else part.place)
            if value is None:
                why = part.why or (figure.why if figure else "") or "分项中有空格或读不准的数"
            else:
                total += value
        if why:
            found.doubt(cell, why, place)
        else:
            found.facts[cell] = Fact(cell, total, total, Oddity.NONE, place)
            found.derived += 1
    labels = "、".join(part.label for part in parts)
    found.observations.append(
        Observation(Remark.LABEL_VARIANT, table, labels[:60], line.label, parts[0].place)
    )
    found.variants.append((line.label, f"分为{len(parts)}行（已相加）"))


# --- beyond the edition -----------------------------------------------------------------------------


def _added(reading: TableReading, edition: Edition, used: set[str]) -> Iterator[Observation]:
    table = edition.by_id[reading.table]
    leaves = {line.id for block in table.blocks for line in block.row_leaves}
    for key, row in reading.rows.items():
        beyond = key not in used
        extra = [
            column
            for column in row.figures
            if key in leaves and CellId(table.id, key, column) not in table.cell_set
        ]
        if (beyond and _has_figures(row)) or extra:
            yield Observation(Remark.LINE_ADDED, table.id, row.label[:60], "", row.place)


def project_across(reading: AcrossReading, edition: Edition) -> TableFacts:
    """表四 as an edition prints it."""
    found = TableFacts(edition.by_id["challenges"])
    for cell in found.table.cells:
        figure = reading.figures.get(cell)
        if figure is None:
            found.doubt(cell, reading.why or NO_COLUMN)
        else:
            found.take(cell, figure)
    return found
