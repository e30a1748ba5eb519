"""The scan sees what a person sees in Excel, whoever wrote the file and however it is spelt."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.workbook.defined_name import DefinedName

from tests.files.handmade import parts_of, strings, styles, worksheet, zipped
from workbook.files.grid import Cell, Grid, Kind, Position, Sheet
from workbook.files.scan import UNKNOWN_FORMULA, read_grid

NOON = dt.datetime.fromisoformat("2019-01-02T12:30:00")  # without a time zone, as Excel


def sheet_of(*rows: str, after: str = "", **more: Any) -> Sheet:
    """The first sheet of a book made by hand."""
    return read_grid(zipped(parts_of(worksheet("".join(rows), after), **more))).sheets[0]


def cells_of(*rows: str, **more: Any) -> dict[str, Cell]:
    """Its cells by address."""
    return {str(place): cell for place, cell in sheet_of(*rows, **more).cells.items()}


def a1(cell: str, **more: Any) -> Cell | None:
    """What is read from one <c> element."""
    return cells_of(f'<row r="1">{cell}</row>', **more).get("A1")


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ---- against an independent reader


def agrees_with_openpyxl(data: bytes) -> Grid:
    """The grid, after its every cell was compared with openpyxl's reading of the same bytes."""
    grid = read_grid(data)
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    assert [sheet.name for sheet in grid.sheets] == values.sheetnames
    for sheet in grid.sheets:
        seen = dict(sheet.cells)
        for row in formulas[sheet.name].iter_rows():
            for other in row:
                value = values[sheet.name][other.coordinate].value
                cell = seen.pop(Position(other.row, other.column), None)
                if other.data_type == "f":
                    assert cell is not None
                    assert "=" + (cell.formula or "") == getattr(other.value, "text", other.value)
                    assert (cell.kind is Kind.UNCALCULATED) == (value is None)
                elif value is None or value == "":
                    assert cell is None, other.coordinate
                    continue
                assert cell is not None, other.coordinate
                same_value(cell, value)
        assert not seen
    return grid


def same_value(cell: Cell, value: object) -> None:
    if isinstance(value, bool):
        assert (cell.kind, cell.text) == (Kind.LOGICAL, str(value).upper())
    elif isinstance(value, int | float):
        assert cell.kind is Kind.NUMBER
        assert float(cell.text) == value
        assert Decimal(cell.text).is_finite()
    elif isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        assert cell.kind is Kind.DATE
        assert cell.shown
    elif isinstance(value, str):
        assert cell.kind in (Kind.TEXT, Kind.ERROR)
        assert cell.text == value


LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]) | st.sampled_from("\n\t&<>\"'件0 _x")
TEXTS = st.text(LETTERS, min_size=1, max_size=30).filter(lambda text: text[0] not in "=#")
NUMBERS = st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
PLACES = st.tuples(st.integers(1, 40), st.integers(1, 30))
VALUES = st.booleans() | NUMBERS | TEXTS | st.dates(dt.date(1900, 3, 1), dt.date(2200, 1, 1))
CELLS = st.dictionaries(PLACES, VALUES, max_size=12)


@settings(max_examples=40, deadline=None)
@given(CELLS, CELLS)
def test_random_cells_written_by_openpyxl_read_back_the_same(
    first: dict[Any, Any], second: dict[Any, Any]
) -> None:
    book = openpyxl.Workbook()
    for sheet, cells in zip((book.active, book.create_sheet("表 '二'&<三>")), (first, second), strict=True):
        for (row, column), value in cells.items():
            sheet.cell(row, column, value)
    agrees_with_openpyxl(saved(book))


@settings(max_examples=40, deadline=None)
@given(CELLS, st.booleans())
def test_random_cells_written_by_xlsxwriter_read_back_the_same(cells: dict[Any, Any], inline: bool) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": inline, "strings_to_urls": False})
    day, sheet = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_worksheet("表一")
    for (row, column), value in sorted(cells.items()):
        if isinstance(value, dt.date):
            sheet.write_datetime(row - 1, column - 1, dt.datetime.combine(value, dt.time()), day)
        elif isinstance(value, str):
            sheet.write_string(row - 1, column - 1, value)
        else:
            sheet.write(row - 1, column - 1, value)
    book.close()
    found = read_grid(out.getvalue()).sheets[0].cells
    for (row, column), value in cells.items():
        if isinstance(value, str):
            assert found[Position(row, column)].text == value
    agrees_with_openpyxl(out.getvalue())


def test_a_workbook_with_every_openpyxl_feature_reads_as_openpyxl_reads_it() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表 '一'"
    sheet["A1"], sheet["B1"], sheet["C1"], sheet["D1"] = "是", True, -0.0, "#REF!"
    sheet["A2"], sheet["B2"] = "=SUM(A1:B1)", '="<"&A1'
    sheet["A3"] = CellRichText("前", TextBlock(InlineFont(b=True), " 中 "), "后")
    sheet["A4"], sheet["B4"] = "  ", "a\r\nb"
    sheet["A5"], sheet["B5"] = NOON, dt.time(8, 5)
    sheet.merge_cells("A7:C9")
    book.create_sheet("图表").sheet_state = "hidden"
    book.create_chartsheet("柱形图")
    book.create_sheet("末").sheet_state = "veryHidden"
    book.defined_names["年度"] = DefinedName("年度", attr_text="'表 ''一'''!$A$1")
    data = saved(book)
    grid = read_grid(data)
    assert [(sheet.name, sheet.visible) for sheet in grid.sheets] == [
        ("表 '一'", True),
        ("图表", False),
        ("末", False),
    ]
    first = grid.sheets[0]
    assert first.cells[Position(1, 4)] == Cell(Kind.ERROR, "#REF!")
    assert first.cells[Position(2, 1)] == Cell(Kind.UNCALCULATED, "", "SUM(A1:B1)")
    assert first.cells[Position(2, 2)].formula == '"<"&A1'
    assert first.text(3, 1) == "前 中 后"
    assert first.text(4, 1) == "  "
    assert first.text(4, 2) == "a\r\nb"
    assert first.cells[Position(5, 1)].shown == "2019年1月2日 12:30:00"
    assert first.cells[Position(5, 2)].shown == "8:05:00"
    assert first.merged == ((Position(7, 1), Position(9, 3)),)
    area = grid.area("年度")
    assert area is not None
    assert area[0] is first


def test_formulas_with_cached_values_by_xlsxwriter_keep_both() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_formula("A1", "=B1*2", None, 59237.2449)
    sheet.write_formula("A2", '=IF(B1>0,"通过","")', None, "通过")
    sheet.write_formula("A3", "=NA()", None, "#N/A")
    sheet.write_formula("A4", "=1=1", None, True)
    sheet.write_array_formula("A5:A6", "{=B1:B2*2}", None, 4)
    book.close()
    cells = agrees_with_openpyxl(out.getvalue()).sheets[0].cells
    assert cells[Position(1, 1)] == Cell(Kind.NUMBER, "59237.2449", "B1*2")
    assert cells[Position(2, 1)] == Cell(Kind.TEXT, "通过", 'IF(B1>0,"通过","")')
    assert cells[Position(3, 1)] == Cell(Kind.ERROR, "#N/A", "NA()")
    assert cells[Position(4, 1)] == Cell(Kind.LOGICAL, "TRUE", "1=1")
    assert cells[Position(5, 1)] == Cell(Kind.NUMBER, "4", "B1:B2*2")


def test_rich_text_pictures_and_dates_by_xlsxwriter(tmp_path: Path) -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = chunk(b"IHDR", struct.pack(">2I5B", 1, 1, 8, 0, 0, 0, 0))
    pixel, end = chunk(b"IDAT", zlib.compress(b"\0\0")), chunk(b"IEND", b"")
    dot = tmp_path / "dot.png"
    dot.write_bytes(b"\x89PNG\r\n\x1a\n" + header + pixel + end)
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx", {"date_1904": True})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    sheet.write_rich_string("A1", "普通", bold, " 粗 ", "尾&<")
    sheet.write_datetime("A2", NOON, book.add_format({"num_format": 'm"月"d"日"'}))
    sheet.insert_image("C3", dot)
    sheet.insert_image("D4", dot)
    book.add_worksheet().insert_textbox("A1", "不是图片")
    book.close()
    grid = read_grid(tmp_path / "a.xlsx")
    assert grid.source == "a.xlsx"
    assert grid.sheets[0].text(1, 1) == "普通 粗 尾&<"
    assert grid.sheets[0].cells[Position(2, 1)].shown == "1月2日"
    assert [sheet.pictures for sheet in grid.sheets] == [2, 0]


# ---- values, one by one


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ('<c r="A1"><v>59237.2449</v></c>', Cell(Kind.NUMBER, "59237.2449")),
        ('<c r="A1" t="n"><v>1.5000000000000001E-2</v></c>', Cell(Kind.NUMBER, "1.5000000000000001E-2")),
        ('<c r="A1"><v>9007199254740993</v></c>', Cell(Kind.NUMBER, "9007199254740993")),
        ('<c r="A1"><v>-0</v></c>', Cell(Kind.NUMBER, "-0")),
        ('<c r="A1"><v>1e308</v></c>', Cell(Kind.NUMBER, "1e308")),
        ('<c r="A1"><v> 5\n</v></c>', Cell(Kind.NUMBER, "5")),
        ('<c r="A1"><v>NaN</v></c>', Cell(Kind.TEXT, "NaN")),
        ('<c r="A1"><v>１２</v></c>', Cell(Kind.TEXT, "１２")),
        ('<c r="A1" t="b"><v>1</v></c>', Cell(Kind.LOGICAL, "TRUE")),
        ('<c r="A1" t="b"><v>0</v></c>', Cell(Kind.LOGICAL, "FALSE")),
        ('<c r="A1" t="e"><v>#DIV/0!</v></c>', Cell(Kind.ERROR, "#DIV/0!")),
        ('<c r="A1" t="str"><v>a&lt;b</v></c>', Cell(Kind.TEXT, "a<b")),
        ('<c r="A1" t="d"><v>2019-01-02</v></c>', Cell(Kind.DATE, "2019-01-02", None, "2019年1月2日")),
        (
            '<c r="A1" t="d"><v>2019-01-02T12:30:00Z</v></c>',
            Cell(Kind.DATE, "2019-01-02T12:30:00Z", None, "2019年1月2日 12:30"),
        ),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>', Cell(Kind.TEXT, " a ")),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', Cell(Kind.TEXT, "ab")),
        ('<c t="inlineStr" s="0" r="A1"><is><t>乱序</t></is></c>', Cell(Kind.TEXT, "乱序")),
        ('<c r="A1" s="0"/>', None),
        ('<c r="A1" s="0"></c>', None),
        ('<c r="A1" t="s"><v></v></c>', None),
        ('<c r="A1"><f>B1</f></c>', Cell(Kind.UNCALCULATED, "", "B1")),
        ('<c r="A1"><f>B1</f><v/></c>', Cell(Kind.UNCALCULATED, "", "B1")),
        ('<c r="A1"><f>B1</f><v></v></c>', Cell(Kind.UNCALCULATED, "", "B1")),
        ('<c r="A1" t="str"><f>B1</f><v></v></c>', Cell(Kind.TEXT, "", "B1")),
        ('<c r="A1" t="str"><f>B1</f><v/></c>', Cell(Kind.TEXT, "", "B1")),
        ('<c r="A1" t="str"><f>B1</f></c>', Cell(Kind.UNCALCULATED, "", "B1")),
        ('<c r="A1" t="e"><f>#REF!+1</f><v>#REF!</v></c>', Cell(Kind.ERROR, "#REF!", "#REF!+1")),
        ('<c r="A1" t="b"><f>1=1</f><v>1</v></c>', Cell(Kind.LOGICAL, "TRUE", "1=1")),
        ('<c r="A1"><f t="array" ref="A1">{1}</f><v>1</v></c>', Cell(Kind.NUMBER, "1", "{1}")),
        ('<c r="A1"><f aca="false">B1&amp;"&lt;"</f><v>1</v></c>', Cell(Kind.NUMBER, "1", 'B1&"<"')),
        ('<c r="A1"><f t="dataTable" ref="A1:B2"/><v>1</v></c>', Cell(Kind.NUMBER, "1", UNKNOWN_FORMULA)),
        ('<c r="A1"><f t="shared" si="7"/><v>1</v></c>', Cell(Kind.NUMBER, "1", UNKNOWN_FORMULA)),
        ('<c r="A1"><f/><v>1</v></c>', Cell(Kind.NUMBER, "1")),
        ('<c r="A1"><v>1</v><extLst><ext uri="x"><v>2</v></ext></extLst></c>', Cell(Kind.NUMBER, "1")),
        ('<c r="A1" t="str"><v>a_x000D_b_x005F_x0041_</v></c>', Cell(Kind.TEXT, "a\rb_x0041_")),
        ('<c r="A1" t="str"><v>_xD83D__xDE00_ _xD83D_</v></c>', Cell(Kind.TEXT, "\U0001f600 \ufffd")),
        ('<c r="A1" t="str"><v>&#x4EF6;&#20214;&apos;&quot;</v></c>', Cell(Kind.TEXT, "件件'\"")),
        ('<c r="A1" t="str"><v>a\r\nb&#13;c</v></c>', Cell(Kind.TEXT, "a\nb\rc")),
        ('<c r="A1" t="str"><v>a<![CDATA[<&]]><!-- 注 -->b</v></c>', Cell(Kind.TEXT, "a<&b")),
    ],
)
def test_one_cell_is_read_as_excel_reads_it(cell: str, read: Cell | None) -> None:
    assert a1(cell) == read


def test_shared_strings_are_joined_from_runs_without_phonetic_readings() -> None:
    table = strings(
        "<t>单位</t>",
        '<t xml:space="preserve"> 前后 </t>',
        '<r><rPr><b/></rPr><t>东</t></r><r><t xml:space="preserve">京 </t></r>'
        '<rPh sb="0" eb="1"><t>トウ</t></rPh><phoneticPr fontId="1"/>',
        "<t/>",
        "",
        "<t>a&amp;b_x000D_</t>",
    )
    row = "".join(f'<c r="{"ABCDEF"[n]}1" t="s"><v>{n}</v></c>' for n in range(6))
    found = {place: cell.text for place, cell in cells_of(f'<row r="1">{row}</row>', sst=table).items()}
    assert found == {"A1": "单位", "B1": " 前后 ", "C1": "东京 ", "F1": "a&b\r"}


def test_text_beyond_what_a_cell_may_hold_is_cut() -> None:
    cell = a1(f'<c r="A1" t="inlineStr"><is><t>{"长" * 40_000}</t></is></c>')
    assert cell is not None
    assert len(cell.text) == 32_767


def test_shared_formulas_move_their_relative_references() -> None:
    formula = "SUM($A2:B2)+A$1+$A$1+LOG10(5)+\"A1\"+'A1'!B2+名A1+A:$B+2:2"
    master = f'<c r="C2"><f t="shared" ref="C2:C4" si="0">{formula}</f><v>1</v></c>'
    child = '<c r="D4"><f t="shared" si="0"/><v>2</v></c>'
    cells = cells_of(f'<row r="2">{master}</row><row r="4">{child}</row>')
    assert cells["D4"].formula == "SUM($A4:C4)+B$1+$A$1+LOG10(5)+\"A1\"+'A1'!C4+名A1+B:$B+4:4"
    assert cells["D4"].text == "2"


# ---- dates


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (14, "2019年1月2日"),
        (17, "2019年1月"),
        (20, "12:30"),
        (22, "2019年1月2日 12:30"),
        (31, "2019年1月2日"),
        (28, "1月2日"),
        (57, "2019年1月"),
        (58, "1月2日"),
        (34, "下午12:30"),
        ("yyyy-mm-dd", "2019年1月2日"),
        ('m"月"d"日";@', "1月2日"),
        ('[$-804]yyyy"年"m"月"d"日";@', "2019年1月2日"),
        ("[DBNum1][$-804]yyyy年m月", "2019年1月"),
        ("h:mm:ss", "12:30:00"),
        ("yyyy/m/d h:mm", "2019年1月2日 12:30"),
        ("yyyy-mm-dd mm:ss", "2019年1月2日 30:00"),
        ("上午/下午h时mm分", "下午12:30"),
        ("[h]:mm", "1043220:30"),
        ("[红色]aaaa", "星期三"),
        ("\\d\\a\\y d", "2日"),
    ],
)
def test_a_number_with_a_date_format_is_shown_in_chinese(code: str | int, shown: str) -> None:
    cell = a1('<c r="A1" s="1"><v>43467.52083333333</v></c>', style=styles(code))
    assert cell is not None
    assert (cell.kind, cell.text) == (Kind.DATE, "43467.52083333333")
    assert cell.shown == shown


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "G/通用格式",
        "0.00",
        "0.00E+00",
        '0"件(month)"',
        "[Red]0",
        "[$-804]0",
        "[>=100]0;0",
        "0\\d",
        "@",
        "_m0",
        9,
        49,
    ],
)
def test_a_number_with_another_format_stays_a_number(code: str | int) -> None:
    assert a1('<c r="A1" s="1"><v>43467</v></c>', style=styles(code)) == Cell(Kind.NUMBER, "43467")


@pytest.mark.parametrize(
    ("serial", "shown"),
    [
        ("1", "1900年1月1日"),
        ("59", "1900年2月28日"),
        ("60", "1900年2月29日"),
        ("61", "1900年3月1日"),
        ("2958465", "9999年12月31日"),
        ("2958466", "########"),
        ("-1", "########"),
        ("1e308", "########"),
    ],
)
def test_the_ends_of_the_calendar_are_excels(serial: str, shown: str) -> None:
    cell = a1(f'<c r="A1" s="1"><v>{serial}</v></c>', style=styles(14))
    assert cell == Cell(Kind.DATE, serial, None, shown)


def test_formats_of_conditional_styles_and_style_numbers_out_of_range_are_no_dates() -> None:
    extra = '<dxfs><dxf><numFmt numFmtId="164" formatCode="yyyy"/></dxf></dxfs>'
    style = styles("0.0", extra=extra)
    assert a1('<c r="A1" s="1"><v>1</v></c>', style=style) == Cell(Kind.NUMBER, "1")
    assert a1('<c r="A1" s="99"><v>1</v></c>', style=style) == Cell(Kind.NUMBER, "1")


def test_books_of_one_styles_part_but_different_date_systems_do_not_mix() -> None:
    row, style = '<row r="1"><c r="A1" s="1"><v>0.5</v></c><c r="B1" s="1"><v>43467</v></c></row>', styles(14)
    for about, shown in (
        ("", "2019年1月2日"),
        ('<workbookPr date1904="1"/>', "2023年1月3日"),
        ("", "2019年1月2日"),
    ):
        assert cells_of(row, style=style, about=about)["B1"].shown == shown
