"""Values and links: the cell keeps its format, formulas around it keep working."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.escape import unescape

from tests.files.amend_books import CHAIN_TYPE, OFFICE, by_hand, parts_of
from workbook.files.amend import Amendment, CellValue, amended
from workbook.files.archive import Archive
from workbook.problems import UnusableInput, UnwritableOutput


def write(data: bytes, *values: CellValue):
    with Archive.open(data) as archive:
        return amended(archive, Amendment(values=values))


def value(cell: str, content, link: str | None = None, sheet: str = "表1") -> CellValue:
    return CellValue(sheet, cell, content, link)


def sheet_xml(data: bytes) -> str:
    return parts_of(data)["xl/worksheets/sheet1.xml"].decode()


def formatted() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("表1")
    sheet.write("B2", 1, bold)
    sheet.write("B4", "旧", bold)
    sheet.write_blank("D4", None, bold)
    sheet.write_formula("E4", "=B2+1", bold, 2)
    sheet.write_url("F4", "https://example.org/")
    sheet.write_url("F5", "internal:'表1'!A1")
    sheet.set_row(8, 20, bold)
    sheet.set_column("H:H", 20, bold)
    book.add_worksheet("表2")
    book.close()
    return stream.getvalue()


def test_values_keep_the_format_and_stand_in_order() -> None:
    source = formatted()
    values = (
        value("B2", '甲 <&> "\x07_x000A_\r\n二'),
        value("B4", Decimal("59237.2449")),
        value("A4", 0),
        value("D4", "="),
        value("E4", 12),
        value("C9", "行的格式"),
        value("H3", "列的格式"),
        value("A1", -3),
        value("XFD1048576", "最后"),
        value("B6", None),
    )
    data, outcome = write(source, *values)
    assert not outcome.warnings
    assert outcome.parts_changed == ("xl/worksheets/sheet1.xml",)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["表1"]
    assert unescape(sheet["B2"].value) == '甲 <&> "\x07_x000A_\n二'
    assert sheet["B4"].value == 59237.2449
    assert (sheet["A4"].value, sheet["D4"].value, sheet["E4"].value, sheet["A1"].value) == (0, "=", 12, -3)
    assert sheet["XFD1048576"].value == "最后"
    assert sheet["D4"].data_type == "s"
    assert [sheet[cell].font.bold for cell in ("B2", "B4", "D4", "E4", "C9", "H3", "A4")] == [True] * 6 + [
        False
    ]
    xml = sheet_xml(data)
    assert [int(n) for n in re.findall(r"<row [^>]*?\br=\"(\d+)\"", xml)] == [1, 2, 3, 4, 5, 9, 1048576]
    assert '<dimension ref="A1:XFD1048576"/>' in xml
    assert '<row r="4" spans="1:6"' in xml
    assert "<f>" not in xml


def test_writing_twice_is_writing_once() -> None:
    values = (value("B2", "文字", "'表2'!A1"), value("Z99", 5), value("F5", "改", "'表2'!B1"))
    once, _ = write(formatted(), *values)
    twice, outcome = write(once, *values)
    assert twice == once and not outcome.parts_changed


def test_nothing_empties_a_cell_and_keeps_its_format() -> None:
    data, _ = write(formatted(), value("B4", None), value("E4", ""))
    xml = sheet_xml(data)
    assert re.search(r'<c r="B4" s="\d+"/>', xml) and re.search(r'<c r="E4" s="\d+"/>', xml)


def test_links_replace_ours_and_leave_those_outside() -> None:
    data, outcome = write(
        formatted(),
        value("B2", "E25", "'三、依申请公开'!E25"),
        value("F4", "网站", "'表2'!A1"),
        value("F5", "无"),
    )
    sheet = openpyxl.load_workbook(io.BytesIO(data))["表1"]
    assert sheet["B2"].hyperlink.location == "'三、依申请公开'!E25"
    assert sheet["F4"].hyperlink.target == "https://example.org/"
    assert sheet["F5"].hyperlink is None
    assert len(outcome.warnings) == 1 and "F4" in outcome.warnings[0]
    cleared, _ = write(data, value("B2", 1))
    assert openpyxl.load_workbook(io.BytesIO(cleared))["表1"]["B2"].hyperlink is None


def test_last_link_takes_the_list_with_it() -> None:
    data, _ = write(by_hand(), value("B2", 1, "'表1'!A1"))
    assert "<hyperlinks>" in sheet_xml(data)
    assert sheet_xml(write(data, value("B2", 1))[0]) == sheet_xml(by_hand())


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("<sheetData/>", '<sheetData><row r="3"><c r="B3"><v>7</v></c></row></sheetData>'),
        ("<sheetData></sheetData>", '<sheetData><row r="3"><c r="B3"><v>7</v></c></row></sheetData>'),
        (
            '<sheetData><row r="3"/></sheetData>',
            '<sheetData><row r="3"><c r="B3"><v>7</v></c></row></sheetData>',
        ),
        (
            '<sheetData><row r="3" s="4" customFormat="1"></row></sheetData>',
            '<sheetData><row r="3" s="4" customFormat="1"><c r="B3" s="4"><v>7</v></c></row></sheetData>',
        ),
        (
            '<sheetData><row r="3"><c r="B3" s="2" t="s" cm="1"><v>0</v></c><c r="C3"/></row></sheetData>',
            '<sheetData><row r="3"><c r="B3" s="2"><v>7</v></c><c r="C3"/></row></sheetData>',
        ),
        (
            "<sheetData><row/><row/><row><c/><c><v>1</v></c></row></sheetData>",
            '<sheetData><row/><row/><row><c/><c r="B3"><v>7</v></c></row></sheetData>',
        ),
    ],
)
def test_rows_and_cells_of_every_make(sheet: str, expected: str) -> None:
    assert expected in sheet_xml(write(by_hand(sheet), value("B3", 7))[0])


def _formula_book() -> bytes:
    sheet = (
        '<sheetData><row r="1"><c r="A1"><f t="shared" ref="A1:A4" si="0">B1+$C$1&amp;"A1"</f></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>1</v></c></row>'
        '<row r="3"><c r="A3"><f t="shared" si="0"/><v>1</v></c></row>'
        '<row r="4"><c r="A4"><f t="shared" si="0"></f><v>1</v></c></row>'
        '<row r="5"><c r="A5"><f t="array" ref="A5:B6">C1:D2</f><v>1</v></c><c r="B5"><v>1</v></c></row>'
        '<row r="7"><c r="A7"><f t="array" ref="A7">SUM(C1:D2)</f><v>1</v></c></row></sheetData>'
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    chain = (
        f'<calcChain xmlns="{main}"><c r="A1" i="7"/><c r="A2"/><c r="A3"/><c r="A4"/><c r="A5" i="7" a="1"/>'
        '<c r="A7"/><c r="A1" i="8"/></calcChain>'
    )
    return by_hand(
        sheet,
        types=f'<Override PartName="/xl/calcChain.xml" ContentType="{CHAIN_TYPE}"/>',
        rels=f'<Relationship Id="rId9" Type="{OFFICE}/calcChain" Target="calcChain.xml"/>',
        more={"xl/calcChain.xml": chain},
    )


def test_a_shared_formula_passes_to_the_next_cell() -> None:
    data, outcome = write(_formula_book(), value("A1", 5), value("A3", "文字"))
    assert not outcome.warnings
    xml = sheet_xml(data)
    assert '<c r="A2"><f t="shared" ref="A2:A4" si="0">B2+$C$1&amp;&quot;A1&quot;</f><v>1</v></c>' in xml
    chain = parts_of(data)["xl/calcChain.xml"].decode()
    assert re.findall(r"<c .*?/>", chain) == [
        '<c i="7" r="A2"/>',
        '<c r="A4"/>',
        '<c r="A5" i="7" a="1"/>',
        '<c r="A7"/>',
        '<c r="A1" i="8"/>',
    ]


def test_an_array_is_not_torn_but_a_single_one_gives_way() -> None:
    data, outcome = write(_formula_book(), value("A5", 1), value("B6", 1), value("A7", 9))
    assert len(outcome.warnings) == 2 and "A5" in outcome.warnings[0] and "B6" in outcome.warnings[1]
    assert '<f t="array" ref="A5:B6">' in sheet_xml(data)
    assert '<c r="A7"><v>9</v></c>' in sheet_xml(data)


def test_an_emptied_chain_goes_with_its_relation() -> None:
    source = by_hand(
        '<sheetData><row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row></sheetData>',
        types=f'<Override PartName="/xl/calcChain.xml" ContentType="{CHAIN_TYPE}"/>',
        rels=f'<Relationship Id="rId9" Type="{OFFICE}/calcChain" Target="calcChain.xml"/>',
        more={"xl/calcChain.xml": '<calcChain><c r="A1" i="7"/></calcChain>'},
    )
    parts = parts_of(write(source, value("A1", 2))[0])
    assert "xl/calcChain.xml" not in parts
    assert b"calcChain" not in parts["[Content_Types].xml"] + parts["xl/_rels/workbook.xml.rels"]


def test_what_cannot_be_written_says_so() -> None:
    with pytest.raises(UnusableInput, match="E0"):
        write(by_hand(), value("E0", 1))
    with pytest.raises(UnwritableOutput, match="40000字"):
        write(by_hand(), value("A1", "字" * 40_000))
    _, outcome = write(by_hand(), value("A1", 1, sheet="没有的"))
    assert "没有的" in outcome.warnings[0] and not outcome.parts_changed
    for number in (Decimal("NaN"), Decimal("Infinity"), True):
        with pytest.raises(ValueError, match="cannot stand"):
            write(by_hand(), value("A1", number))
