"""Tables are found by their labels wherever they have moved; nothing is shifted, nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.form.drawn import drawn_grid, drawn_table, numbered
from workbook.files.grid import Cell, Grid, Kind, Position, Sheet
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.form.filing import Filing, Remark
from workbook.form.reader import read_filing
from workbook.form.values import Oddity
from workbook.problems import UnusableInput

EDITIONS = pytest.mark.parametrize("edition", all_editions(), ids=lambda edition: edition.id)
RECEIVED = CellId("applications", "received", "total")


def values(filing: Filing) -> dict[CellId, Decimal | None]:
    return {cell: filing.value(cell) for cell in filing.edition.cells}


def with_rows_inserted(sheet: Sheet, before: int, count: int) -> Sheet:
    moved = {
        Position(p.row + (count if p.row >= before else 0), p.column): cell for p, cell in sheet.cells.items()
    }
    return replace_cells(sheet, moved)


def replace_cells(sheet: Sheet, cells: dict[Position, Cell]) -> Sheet:
    return Sheet(sheet.name, cells, sheet.merged, sheet.visible, sheet.pictures)


def with_text(grid: Grid, old: str, new: str | None) -> Grid:
    """Every cell with that text reworded, or emptied."""
    sheets = []
    for sheet in grid.sheets:
        cells = {
            p: (Cell(Kind.TEXT, new) if cell.text == old and new is not None else cell)
            for p, cell in sheet.cells.items()
            if not (cell.text == old and new is None)
        }
        sheets.append(replace_cells(sheet, cells))
    return replace(grid, sheets=tuple(sheets))


def remarks(filing: Filing) -> set[tuple[Remark, str]]:
    return {(item.remark, item.expected or item.found) for item in filing.observations}


@EDITIONS
def test_every_figure_is_read_in_its_place(edition: Edition) -> None:
    filing = read_filing(drawn_grid(edition, numbered(edition)))
    assert filing.edition_id == edition.id
    assert values(filing) == numbered(edition)
    assert filing.observations == () and not filing.missing_tables and not filing.uncertain


@EDITIONS
@pytest.mark.parametrize(("top", "left"), [(3, 1), (1, 4), (12, 7)])
def test_a_moved_table_is_read_the_same(edition: Edition, top: int, left: int) -> None:
    assert values(read_filing(drawn_grid(edition, numbered(edition), top=top, left=left))) == numbered(
        edition
    )


@EDITIONS
@pytest.mark.parametrize(
    "spell",
    [
        lambda label: "\n".join(label[i : i + 3] for i in range(0, len(label), 3)),
        " ".join,
        lambda label: label.replace("（", "(").replace("）", ")").replace("“", '"').replace("”", '"'),
        lambda label: "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "9" else c for c in label),
        lambda label: f"\u200b{label}\u3000",
    ],
    ids=["broken over lines", "spaced", "half-width brackets", "full-width digits", "invisible signs"],
)
def test_the_same_label_written_otherwise_is_silent(edition: Edition, spell: object) -> None:
    filing = read_filing(drawn_grid(edition, numbered(edition), relabel=spell))
    assert values(filing) == numbered(edition)
    assert filing.observations == ()


@EDITIONS
def test_sheets_in_another_order_and_renamed(edition: Edition) -> None:
    grid = drawn_grid(edition, numbered(edition))
    shuffled = tuple(
        Sheet(f"表（{n}）", s.cells)
        for n, s in enumerate(sorted(grid.sheets, key=lambda s: s.name, reverse=True))
    )
    assert values(read_filing(replace(grid, sheets=shuffled))) == numbered(edition)


@EDITIONS
def test_blank_rows_inside_a_table_shift_nothing(edition: Edition) -> None:
    grid = drawn_grid(edition, numbered(edition))
    third = grid.sheets[2]
    grid = replace(grid, sheets=(*grid.sheets[:2], with_rows_inserted(third, 12, 2), *grid.sheets[3:]))
    filing = read_filing(grid)
    assert values(filing) == numbered(edition)


@EDITIONS
def test_all_three_tables_in_one_sheet(edition: Edition) -> None:
    cells: dict[Position, Cell] = {Position(1, 1): Cell(Kind.TEXT, "某局2022年度政府信息公开工作年度报告")}
    top = 3
    for table in edition.tables:
        cells |= drawn_table(table, numbered(edition), top=top)
        top = max(p.row for p in cells) + 3
    assert values(read_filing(Grid("一张表.xlsx", (Sheet("Sheet1", cells),)))) == numbered(edition)


def test_a_renamed_row_is_read_and_named() -> None:
    edition = all_editions()[1]
    grid = with_text(drawn_grid(edition, numbered(edition)), "2.重复申请", "2.多次申请")
    filing = read_filing(grid)
    assert values(filing) == numbered(edition)
    assert remarks(filing) == {(Remark.LABEL_CHANGED, "2.重复申请")}


def test_a_known_wording_is_a_variant() -> None:
    edition = all_editions()[1]
    grid = with_text(drawn_grid(edition, numbered(edition)), "行政规范性文件", "规范性文件")
    filing = read_filing(grid)
    assert values(filing) == numbered(edition)
    assert remarks(filing) == {(Remark.LABEL_VARIANT, "行政规范性文件")}


def test_a_deleted_row_is_missing_and_its_figures_uncertain() -> None:
    edition = all_editions()[1]
    grid = drawn_grid(edition, numbered(edition))
    third = grid.sheets[2]
    gone = next(p.row for p, cell in third.cells.items() if cell.text == "2.重复申请")
    cells = {
        Position(p.row - (p.row > gone), p.column): cell for p, cell in third.cells.items() if p.row != gone
    }
    grid = replace(grid, sheets=(*grid.sheets[:2], replace_cells(third, cells), *grid.sheets[3:]))
    filing = read_filing(grid)
    lost = {cell for cell in edition.cells if cell.row == "dispositions.declined.duplicate"}
    assert set(filing.uncertain) == lost
    expected = numbered(edition)
    assert all(values(filing)[cell] == expected[cell] for cell in edition.cells if cell not in lost)
    assert (Remark.LINE_MISSING, "2.重复申请") in remarks(filing)


def test_an_added_row_is_named_and_shifts_nothing() -> None:
    edition = all_editions()[1]
    grid = drawn_grid(edition, numbered(edition))
    third = with_rows_inserted(grid.sheets[2], 12, 1)
    third.cells[Position(12, 3)] = Cell(Kind.TEXT, "9.其他不予公开")
    third.cells[Position(12, 4)] = Cell(Kind.NUMBER, "7")
    filing = read_filing(replace(grid, sheets=(*grid.sheets[:2], third, *grid.sheets[3:])))
    assert values(filing) == numbered(edition)
    assert remarks(filing) == {(Remark.LINE_ADDED, "9.其他不予公开")}


def test_an_undivided_group_is_read_as_its_rest() -> None:
    edition = all_editions()[1]
    figures = {c: v for c, v in numbered(edition).items() if not c.row.startswith("dispositions.other.")}
    grid = drawn_grid(edition, figures)
    third = grid.sheets[2]
    first = next(p.row for p, cell in third.cells.items() if cell.text == "（六）其他处理")
    cells = {
        Position(p.row - 2 if p.row > first + 2 else p.row, p.column): cell
        for p, cell in third.cells.items()
        if not first + 1 <= p.row <= first + 2 and not (p.row == first and p.column == 3)
    }
    cells |= {Position(first, 4 + n): Cell(Kind.NUMBER, str(9000 + n)) for n in range(7)}
    grid = replace(grid, sheets=(*grid.sheets[:2], replace_cells(third, cells), *grid.sheets[3:]))
    filing = read_filing(grid)
    rest = [c for c in edition.cells if c.row == "dispositions.other.rest"]
    assert [filing.value(c) for c in rest] == [Decimal(9000 + n) for n in range(7)]
    others = [
        c
        for c in edition.cells
        if c.row in ("dispositions.other.fee_unpaid", "dispositions.other.not_supplemented")
    ]
    assert {filing.value(c) for c in others} == {Decimal(0)}
    assert all(filing.value(c) == v for c, v in figures.items())
    assert (Remark.UNDIVIDED, "（六）其他处理") in remarks(filing)


def test_a_table_that_is_not_there_is_missing() -> None:
    edition = all_editions()[0]
    grid = drawn_grid(edition, numbered(edition))
    filing = read_filing(replace(grid, sheets=grid.sheets[:3]))
    assert set(filing.missing_tables) == {"challenges"}


def test_a_table_whose_inputs_are_blank_is_missing_unless_zeros_are_declared() -> None:
    edition = all_editions()[1]
    figures = {c: v for c, v in numbered(edition).items() if c.table != "challenges"}
    grid = drawn_grid(edition, figures)
    assert read_filing(grid).missing_tables == {"challenges": ""}
    cover = Sheet("封面", {
        Position(1, 1): Cell(Kind.TEXT, "单位名称"), Position(1, 2): Cell(Kind.TEXT, "某局"),
        Position(2, 1): Cell(Kind.TEXT, "报告年度"), Position(2, 2): Cell(Kind.NUMBER, "2022"),
        Position(3, 1): Cell(Kind.TEXT, "其余空格均为0"), Position(3, 2): Cell(Kind.TEXT, "是"),
    })  # fmt: skip
    filing = read_filing(replace(grid, sheets=(cover, *grid.sheets[1:])))
    assert not filing.missing_tables
    assert filing.value(CellId("challenges", "reconsideration", "upheld")) == 0
    assert filing.facts[CellId("challenges", "reconsideration", "upheld")].oddity is Oddity.BLANK


def test_two_tables_of_the_same_kind_are_named() -> None:
    edition = all_editions()[1]
    grid = drawn_grid(edition, numbered(edition))
    copy = Sheet("表三（旧）", dict(grid.sheets[2].cells))
    filing = read_filing(replace(grid, sheets=(*grid.sheets, copy)))
    assert values(filing) == numbered(edition)
    assert [(o.remark, o.table, o.found) for o in filing.observations] == [
        (Remark.TABLE_TWICE, "applications", "表三（旧）")
    ]


def test_another_form_is_refused() -> None:
    other = Grid("工资表.xlsx", (Sheet("Sheet1", {Position(1, 1): Cell(Kind.TEXT, "姓名")}),))
    with pytest.raises(UnusableInput, match="不是政府信息公开工作年度报告"):
        read_filing(other)


def test_table_four_alone_without_a_year_tells_no_edition() -> None:
    edition = all_editions()[1]
    grid = Grid("片段.xlsx", (Sheet("Sheet1", drawn_table(edition.by_id["challenges"], numbered(edition))),))
    with pytest.raises(UnusableInput, match="看不出是"):
        read_filing(grid)


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        ("2023", 2023),
        ("2023年", 2023),
        ("２０２３年度", 2023),
        ("二〇二三年", 2023),
        ("20231", None),
        ("203", None),
        ("去年", None),
    ],
)
def test_the_year_as_typed(typed: str, year: int | None) -> None:
    edition = all_editions()[1]
    cover = Sheet("封面", {
        Position(1, 1): Cell(Kind.TEXT, "单位名称："), Position(1, 2): Cell(Kind.TEXT, "某局"),
        Position(2, 1): Cell(Kind.TEXT, "报告年度"), Position(2, 3): Cell(Kind.TEXT, typed),
    })  # fmt: skip
    grid = drawn_grid(edition, numbered(edition))
    filing = read_filing(replace(grid, sheets=(cover, *grid.sheets[1:])))
    assert (filing.year, filing.year_typed, filing.organ.name) == (year, typed, "某局")


def test_what_no_number_is_keeps_what_was_typed() -> None:
    edition = all_editions()[1]
    figures = numbered(edition)
    figures[RECEIVED] = "约十件"
    figures[CellId("proactive", "fees", "amount")] = "251000元"
    figures[CellId("challenges", "reconsideration", "upheld")] = "/"
    filing = read_filing(drawn_grid(edition, figures))
    got = {cell: filing.facts[cell] for cell in figures if isinstance(figures[cell], str)}
    assert [(f.value, f.raw, f.oddity) for f in got.values()] == [
        (Decimal(251000), "251000元", Oddity.AS_TEXT),
        (None, "约十件", Oddity.NOT_A_NUMBER),
        (None, "/", Oddity.PLACEHOLDER),
    ]
