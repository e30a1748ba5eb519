"""A sheet reads the same however it is spelt, and whatever its package looks like."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.files.handmade import (
    DECLARATION,
    LINKS,
    MAIN,
    STRICT,
    STRICT_LINKS,
    links,
    parts_of,
    strings,
    worksheet,
    zipped,
)
from workbook.files.grid import Cell, Kind, Position, Sheet, parse_a1
from workbook.files.scan import read_grid
from workbook.problems import UnusableInput

ROWS = (
    '<row r="2" spans="1:2"><c r="A2" s="1" t="s"><v>0</v></c><c r="B2" s="1"><v>7</v></c></row>'
    '<row r="4"><c r="B4" t="str"><f>A2&amp;"x"</f><v>甲x</v></c></row>'
)
AFTER = '<mergeCells count="1"><mergeCell ref="A6:B7"/></mergeCells>'
EXPECTED = {
    "A2": Cell(Kind.TEXT, "甲"),
    "B2": Cell(Kind.NUMBER, "7"),
    "B4": Cell(Kind.TEXT, "甲x", 'A2&"x"'),
}


def first_sheet(sheet: str | bytes, table: str | bytes | None = None) -> Sheet:
    return read_grid(zipped(parts_of(sheet, sst=table))).sheets[0]


def prefixed(text: str) -> str:
    """The same part with the prefix x on every element."""
    return text.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns", "xmlns:x")


def single_quoted(text: str) -> str:
    """The same part with single quotes around every attribute; quotes in formulas are left."""
    return re.sub(r'="([^"]*)"', r"='\1'", text)


def unaddressed(text: str) -> str:
    """The same part without addresses in its first written row, which now follows an empty one."""
    bare = text.replace(' r="2"', "").replace(' r="A2"', "").replace(' r="B2"', "")
    return bare.replace("<sheetData>", '<sheetData><row r="1"/>')


@pytest.mark.parametrize(
    "respelt",
    [
        lambda text: text,
        lambda text: text.removeprefix(DECLARATION),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(MAIN, STRICT),
        prefixed,
        single_quoted,
        unaddressed,
        lambda text: text.replace("><", ">\n    <"),
        lambda text: text.replace("><", ">\r\n<"),
        lambda text: text.replace("<sheetData>", "<!-- <sheetData> --><sheetData>"),
        lambda text: text.replace("<v>7</v>", "<v><![CDATA[7]]></v>"),
        lambda text: text.replace("<v>7</v>", "<?p <c?><v>7</v>"),
        lambda text: text.replace('<c r="B2" s="1"', '<c s="1" cm="1" r="B2"'),
        lambda text: text.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'),
        lambda text: text.replace("<sheetData>", '<sheetData ><row r="1" ht="2" customHeight="1"/>'),
        lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
        lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16-be"),
        lambda text: text.replace("UTF-8", "gb2312").encode("gb2312"),
    ],
)
def test_a_sheet_of_any_spelling_reads_the_same(respelt: Callable[[str], str | bytes]) -> None:
    written = respelt(worksheet(ROWS, AFTER))
    found = first_sheet(written, strings("<t>甲</t>"))
    assert {str(place): cell for place, cell in found.cells.items()} == EXPECTED
    assert found.merged == ((Position(6, 1), Position(7, 2)),)


@pytest.mark.parametrize(
    "respelt",
    [
        lambda text: text,
        prefixed,
        single_quoted,
        lambda text: text.replace("<si>", "\n  <si>\n    ").replace("</si>", "\n  </si>\n"),
        lambda text: text.replace("<si>", "<si ><!-- 注 -->"),
        lambda text: text.replace(MAIN, STRICT),
        lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
    ],
)
def test_shared_strings_of_any_spelling_read_the_same(respelt: Callable[[str], str | bytes]) -> None:
    table = respelt(strings("<t>甲</t>", "<r><t>乙</t></r><r><t>丙</t></r>", "<t>丁</t>"))
    row = "".join(f'<c r="{"ABC"[n]}1" t="s"><v>{n}</v></c>' for n in range(3))
    found = first_sheet(worksheet(f'<row r="1">{row}</row>'), table)
    assert [cell.text for cell in found.cells.values()] == ["甲", "乙丙", "丁"]


def test_a_table_of_a_hundred_thousand_strings_is_read() -> None:
    table = strings(*(f"<t>第{number}条</t>" for number in range(100_000)))
    sheet = worksheet('<row r="1"><c r="A1" t="s"><v>99999</v></c></row>')
    assert first_sheet(sheet, table).text(1, 1) == "第99999条"


def test_cells_and_rows_without_addresses_follow_one_another() -> None:
    rows = '<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row><row/><row><c><v>4</v></c></row>'
    found = first_sheet(worksheet(rows)).cells
    assert {str(place): cell.text for place, cell in found.items()} == {
        "A1": "1",
        "D1": "2",
        "E1": "3",
        "A3": "4",
    }


def test_a_sheet_hidden_in_foreign_markup_is_not_read() -> None:
    fake = '<sheetData xmlns="urn:x"><row r="1"><c r="A1"><v>9</v></c></row></sheetData>'
    real = worksheet('<row r="1"><c r="A1"><v>1</v></c></row>')
    for sheet in (
        real.replace("<sheetData>", f"<ext>{fake}</ext><sheetData>"),
        real.replace("</sheetData>", f"</sheetData><ext>{fake}</ext>"),
        real.replace("</row>", f"<extLst>{fake}</extLst></row>"),
    ):
        assert first_sheet(sheet).cells == {Position(1, 1): Cell(Kind.NUMBER, "1")}


def test_a_second_prefix_for_the_main_namespace_hides_no_cells() -> None:
    sheet = worksheet('<row r="1"><c r="A1"><v>1</v></c><x:c r="B1"><x:v>2</x:v></x:c></row>')
    found = first_sheet(sheet.replace("<worksheet", f'<worksheet xmlns:x="{MAIN}"'))
    assert [cell.text for cell in found.cells.values()] == ["1", "2"]


def test_a_strict_book_with_prefixes_absolute_and_odd_targets_is_read() -> None:
    book = (
        f'<w:workbook xmlns:w="{STRICT}" xmlns:q="{STRICT_LINKS}"><w:sheets>'
        '<w:sheet name="甲" sheetId="1" q:id="a"/><w:sheet name="无" sheetId="2" q:id="gone"/>'
        '<w:sheet name="图" sheetId="3" q:id="c"/><w:sheet name="外" sheetId="4" q:id="x"/>'
        '<w:sheet name="乙" sheetId="5" q:id="b"/><w:sheet name="缺" sheetId="6" q:id="m"/>'
        "</w:sheets></w:workbook>"
    )
    one = worksheet('<row r="1"><c r="A1"><v>1</v></c></row>').replace(MAIN, STRICT)
    targets = links(
        ("a", "worksheet", "/Other/One.XML"),
        ("b", "worksheet", "../data/./sub/../two.xml"),
        ("c", "chartsheet", "/other/one.xml"),
        ("m", "worksheet", "missing.xml"),
        ("x", "worksheet", 'http://example.invalid/" TargetMode="External'),
        base=STRICT_LINKS,
    )
    grid = read_grid(
        zipped(
            {
                "[Content_Types].xml": "",
                "_rels/.rels": links(("r", "officeDocument", "/data/workbook%201.xml"), base=STRICT_LINKS),
                "data/workbook 1.xml": book,
                "data/_rels/workbook 1.xml.rels": targets,
                "other/one.xml": one,
                "data/two.xml": one.replace("<v>1<", "<v>2<"),
                "xl/workbook.xml": "<decoy/>",
            }
        )
    )
    assert [(sheet.name, sheet.text(1, 1)) for sheet in grid.sheets] == [("甲", "1"), ("乙", "2")]


def test_names_of_workbook_scope_are_kept_as_written() -> None:
    names = (
        "<definedNames><definedName name='地区'>'表1'!$A$1:$B$2</definedName>"
        '<definedName name="局部" localSheetId="0">表1!$A$1</definedName>'
        '<definedName name="坏">#REF!</definedName>'
        '<definedName name="和">SUM(表1!$A$1,&lt;1)</definedName></definedNames>'
    )
    grid = read_grid(zipped(parts_of(worksheet(""), names=names)))
    assert grid.names == {"地区": "'表1'!$A$1:$B$2", "坏": "#REF!", "和": "SUM(表1!$A$1,<1)"}
    assert grid.area("地区") == (grid.sheets[0], Position(1, 1), Position(2, 2))
    assert grid.area("坏") is None


def test_empty_sheets_of_every_form_are_empty() -> None:
    empties = (
        worksheet(""),
        worksheet("").replace("<sheetData></sheetData>", "<sheetData/>"),
        worksheet("").replace("<sheetData></sheetData>", ""),
        f'<worksheet xmlns="{MAIN}" xmlns:r="{LINKS}"/>',
        worksheet('<row r="1"></row><row r="2"/>'),
    )
    grid = read_grid(zipped(parts_of(*empties)))
    assert [sheet.cells for sheet in grid.sheets] == [{}] * len(empties)


def test_the_corner_cells_of_a_sheet_with_a_false_dimension_are_just_two_cells() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    sheet = worksheet(rows).replace("<sheetData>", '<dimension ref="B2"/><sheetData>')
    assert list(first_sheet(sheet).cells) == [Position(1, 1), parse_a1("XFD1048576")]


def test_a_big_sheet_is_read_in_pieces_without_loss() -> None:
    rows = "".join(
        f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}" t="inlineStr"><is><t>第{r}行</t></is></c></row>'
        for r in range(1, 30_001)
    )
    assert len(rows) > 2 * 1024 * 1024
    for text in (worksheet(rows), worksheet(rows + "<!-- rewritten first -->")):
        cells = first_sheet(text).cells
        assert len(cells) == 60_000
        assert all(cells[Position(r, 1)].text == str(r) for r in (1, 13_000, 26_543, 30_000))


MUTATIONS = st.sampled_from(
    [
        *('"', "'", "<", ">", "/", "/>", "</c>", "</row>", "<v>", "</v>", "<f>", "</f>", "&", "&amp;"),
        *(' s="1"', ' t="s"', ' t="str"', ' r="B2"', "\n", "\r", " ", "1", "]]>", "&#65;", ' xmlns="x"'),
        *('<c r="C3"><v>9</v></c>', '<row r="9">', "<is><t>x</t></is>", "<c><v>5</v></c>", "\x01"),
        *("<!-- x -->", "<![CDATA[7]]>", "<?p x?>", "<x:c/>", "\ufffe", "<row/>", "<v/>", "<x>", "</x>"),
        '<sheetData><row r="8"><c r="H8"><v>8</v></c></row></sheetData>',
    ]
)
USUAL = worksheet(
    '<row r="1" spans="1:3"><c r="A1" s="1"/><c r="B1" t="s"><v>0</v></c>'
    '<c r="C1"><f>A1+1</f><v>3</v></c></row><row r="2"/><row r="3"><c r="A3" t="inlineStr">'
    '<is><t>a&amp;b</t></is></c><c r="B3"><v>-1.5E-3</v></c></row>',
    '<mergeCells count="1"><mergeCell ref="A5:B6"/></mergeCells>',
)
TABLE = strings(
    "<t>共享</t>", '<t xml:space="preserve"> a&amp;b </t>', "<r><t>c</t></r><r><t>d</t></r>", "<t/>"
)
PLAIN_TABLE = strings("<t>共享</t>", '<t xml:space="preserve"> a&amp;b </t>', "<t>cd</t>", "<t></t>")
ROW_OF_STRINGS = worksheet(
    '<row r="1">' + "".join(f'<c r="{"ABCD"[n]}1" t="s"><v>{n}</v></c>' for n in range(4)) + "</row>"
)
STRING_MUTATIONS = MUTATIONS | st.sampled_from(["<si>", "</si>", "<t>", "</t>", "<si/>", "<rPh>", "</rPh>"])
COMMENT = "<!-- sends it through expat as a whole -->"


def changed(text: str, changes: list[tuple[int, int, str]]) -> str:
    for at, cut, new in changes:
        text = text[:at] + new + text[at + cut :]
    return text


def changes_of(text: str, new: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[int, int, str]]]:
    place = st.tuples(st.integers(60, len(text)), st.integers(0, 3), new)
    return st.lists(place, min_size=1, max_size=3)


def outcome(sheet: str, table: str) -> object:
    try:
        found = first_sheet(sheet, table)
    except UnusableInput:
        return None
    return found.cells, found.merged


@settings(max_examples=400, deadline=None)
@given(changes_of(USUAL, MUTATIONS))
def test_the_quick_way_accepts_only_sound_xml_and_reads_it_as_the_careful_way_does(
    changes: list[tuple[int, int, str]],
) -> None:
    text = changed(USUAL, changes)
    assert outcome(text, TABLE) == outcome(text + COMMENT, TABLE)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([TABLE, PLAIN_TABLE]), changes_of(PLAIN_TABLE, STRING_MUTATIONS))
def test_the_quick_way_reads_only_sound_string_tables_and_as_the_careful_way_does(
    table: str, changes: list[tuple[int, int, str]]
) -> None:
    text = changed(table, changes)
    assert outcome(ROW_OF_STRINGS, text) == outcome(ROW_OF_STRINGS, text + COMMENT)
