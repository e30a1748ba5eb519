"""Workbooks by different writers, and by hand what no writer here makes: the corpus the amend tests share."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
CHAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"


def png() -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
        + chunk(b"IEND", b"")
    )


def zipped(parts: dict[str, str | bytes], *, streamed: bool = False) -> bytes:
    """A package of these parts; `streamed` with sizes after the data, as Java's writers do."""

    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return not streamed

        def tell(self) -> int:
            if streamed:
                raise OSError
            return super().tell()

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            data = content.encode() if isinstance(content, str) else content
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def by_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表1"
    for row in range(1, 31):
        sheet.append([row, f"第{row}项", row * 2])
    sheet["D4"] = "=SUM(A1:A30)"
    sheet.merge_cells("F1:H2")
    book.create_sheet("表2")["A1"] = "另一张"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def by_openpyxl_with_comments() -> bytes:
    book = openpyxl.Workbook()
    for number in (1, 2):
        sheet = book.active if number == 1 else book.create_sheet()
        sheet.title = f"表{number}"
        for cell in ("B2", "C3", "H40"):
            sheet[cell] = number
            sheet[cell].comment = Comment(f"别人的{cell} <&>", "科长")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def by_xlsxwriter(macros: bool = False) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    green = book.add_format({"bg_color": "#00FF00", "font_color": "#0000FF"})
    one, two, three = (book.add_worksheet(name) for name in ("表1", "表2", "空'表 甲"))
    for row in range(30):
        one.write_row(row, 0, [row, row * 2, f"第{row}项"])
    one.write_formula("D4", "=SUM(A1:A30)", None, 435)
    one.conditional_format("A1:F30", {"type": "cell", "criteria": ">=", "value": 0, "format": green})
    one.conditional_format("B1:B30", {"type": "data_bar", "data_bar_2010": True})
    one.conditional_format("C1:C30", {"type": "no_blanks", "format": green, "stop_if_true": True})
    one.data_validation(
        "A1:A9", {"validate": "integer", "criteria": ">=", "value": 0, "input_message": "a>b"}
    )
    one.write_url("F6", "https://example.org/")
    one.write_url("F7", "internal:'表2'!A1")
    one.write_comment("B2", "别人的批注", {"author": "科长"})
    one.autofilter("A1:C30")
    one.protect()
    one.insert_image("G2", "a.png", {"image_data": io.BytesIO(png())})
    one.set_header("&L&G", {"image_left": "b.png", "image_data_left": io.BytesIO(png())})
    one.set_column("D:D", 30, green)
    one.set_h_pagebreaks([20])
    one.ignore_errors({"number_stored_as_text": "A1:A9"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='表1'!$A$1:$A$9"})
    two.insert_chart("D2", chart)
    two.add_table("A1:B4", {"columns": [{"header": "甲"}, {"header": "乙"}]})
    two.add_sparkline("C2", {"range": "表1!A1:A9"})
    if macros:
        book.add_vba_project(io.BytesIO(b"\xd0\xcf\x11\xe0 a dummy"), is_stream=True)
        two.insert_button("F10", {"macro": "do", "caption": "按钮"})
    assert three
    book.close()
    return stream.getvalue()


def _root_rels(office: str = OFFICE, target: str = "xl/workbook.xml") -> str:
    return (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{office}/officeDocument" '
        f'Target="{target}"/></Relationships>'
    )


def by_hand(
    sheet: str = '<sheetData><row r="2"><c r="B2"><v>1</v></c></row></sheetData>',
    *,
    main: str = MAIN,
    office: str = OFFICE,
    p: str = "",
    root: str = "",
    more: dict[str, str | bytes] | None = None,
    types: str = "",
    rels: str = "",
    vml_default: bool = False,
    absolute: bool = False,
    tail: str = "",
    streamed: bool = False,
) -> bytes:
    """The smallest book, its sheet's content given; other parts to be added."""
    x = f"{p}:" if p else ""
    own = f"xmlns:{p}" if p else "xmlns"
    body = f'<{x}worksheet {own}="{main}"{root}>{sheet}</{x}worksheet>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="{RELS_TYPE}"/>'
            + (f'<Default Extension="VML" ContentType="{VML_TYPE}"/>' if vml_default else "")
            + f'<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{BOOK_TYPE}"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET_TYPE}"/>{types}</Types>'
        ),
        "_rels/.rels": _root_rels(office, "/xl/workbook.xml" if absolute else "xl/workbook.xml"),
        "xl/workbook.xml": (
            f'<{x}workbook {own}="{main}" xmlns:rel="{office}"><{x}sheets>'
            f'<{x}sheet name="表1" sheetId="7" rel:id="rId1"/></{x}sheets></{x}workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{office}/worksheet" '
            f'Target="{"/xl/" if absolute else ""}worksheets/sheet1.xml"/>{rels}</Relationships>'
        ),
        "xl/worksheets/sheet1.xml": body + tail,
    }
    return zipped({**parts, **(more or {})}, streamed=streamed)


_STYLES = f'<styleSheet xmlns="{MAIN}"><dxfs count="0"/><tableStyles count="0"/></styleSheet>'
_STYLES_REL = f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="/xl/styles.xml"/>'
_STYLES_OVER = f'<Override PartName="/xl/styles.xml" ContentType="{STYLES_TYPE}"/>'

_CONTROLS_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="3"/></o:shapelayout><v:shapetype id="_x0000_t201"/>'
    '<v:shape id="_x0000_s4095" o:spid="_x0000_s4095" type="#_x0000_t201">'
    "<v:textbox><div>按钮<br>第二行</div></v:textbox>"
    '<x:ClientData ObjectType="Button"><x:Row>1</x:Row><x:Column>1</x:Column></x:ClientData></v:shape></xml>'
)

_EMPTY_NOTES = f'<comments xmlns="{MAIN}"><authors/><commentList /></comments>'


def with_controls() -> bytes:
    """Form controls: a drawing with an unclosed <br>, an id block that is full, an AlternateContent."""
    sheet = (
        '<sheetData><row r="2"><c r="B2"><v>1</v></c></row></sheetData>'
        '<pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/>'
        '<legacyDrawing r:id="rId5"/>'
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="x14"><controls><mc:AlternateContent><mc:Choice Requires="x14">'
        '<control shapeId="4095" r:id="rId6" name="按钮"/></mc:Choice></mc:AlternateContent></controls>'
        "</mc:Choice></mc:AlternateContent>"
    )
    rels = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId5" Type="{OFFICE}/vmlDrawing" '
        'Target="..\\drawings\\Vml%20one.vml"/></Relationships>'
    )
    return by_hand(
        sheet,
        root=f' xmlns:r="{OFFICE}"',
        vml_default=True,
        more={"xl/worksheets/_rels/sheet1.xml.rels": rels, "xl/drawings/vml one.vml": _CONTROLS_VML},
    )


def controls_before_drawing() -> bytes:
    """A sheet whose only later neighbour is an AlternateContent with controls."""
    return by_hand(
        "<sheetData/><mc:AlternateContent xmlns:mc="
        '"http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x14">'
        "<oleObjects/></mc:Choice></mc:AlternateContent><tableParts/>"
    )


def with_empty_notes() -> bytes:
    """A comments part that somebody has emptied, self-closing lists, a drawing without shapes."""
    rels = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" Type="{OFFICE}/comments" '
        f'Target="/xl/Comments1.xml"/><Relationship Id="RID1" Type="{OFFICE}/vmlDrawing" '
        'Target="../drawings/v.vml"/></Relationships>'
    )
    drawing = '<v:xml xmlns:v="urn:schemas-microsoft-com:vml"/>'
    return by_hand(
        '<sheetData><row r="2"/></sheetData><legacyDrawing xmlns:q="' + OFFICE + '" q:id="RID1"/>',
        types=f'<Override PartName="/xl/comments1.xml" ContentType="{COMMENTS_TYPE}"/>'
        f'<Override PartName="/xl/drawings/v.vml" ContentType="{VML_TYPE}"/>{_STYLES_OVER}',
        rels=_STYLES_REL,
        more={
            "xl/worksheets/_rels/sheet1.xml.rels": rels,
            "xl/comments1.xml": _EMPTY_NOTES,
            "xl/drawings/v.vml": drawing.replace("v:xml", "xml")
            .replace("<xml", "<xml")
            .replace("</v:", "</"),
            "xl/styles.xml": _STYLES,
        },
    )


def threaded() -> bytes:
    """A threaded comment with its placeholder on B2, another without one on C3."""
    rels = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{OFFICE}/comments" '
        f'Target="../comments1.xml"/><Relationship Id="rId2" '
        'Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" '
        'Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    )
    notes = (
        f'<comments xmlns="{MAIN}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'mc:Ignorable="xr" xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision">'
        "<authors><author>tc={1}</author></authors><commentList>"
        '<comment ref="B2" authorId="0" shapeId="0" xr:uid="{1}"><text><t>[Threaded comment]\n\n'
        "Comment:\n    【年报核查】是什么意思？</t></text></comment></commentList></comments>"
    )
    talk = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="B2" id="{1}"><text>问</text></threadedComment>'
        '<threadedComment ref="C3" id="{2}"><text>问</text></threadedComment></ThreadedComments>'
    )
    return by_hand(
        types=f'<Override PartName="/xl/comments1.xml" ContentType="{COMMENTS_TYPE}"/>',
        more={
            "xl/worksheets/_rels/sheet1.xml.rels": rels,
            "xl/comments1.xml": notes,
            "xl/threadedComments/threadedComment1.xml": talk,
        },
    )


def utf16() -> bytes:
    parts = parts_of(by_hand(root=' xml:lang="zh"'))
    for name in ("xl/worksheets/sheet1.xml", "[Content_Types].xml"):
        text = '<?xml version="1.0" encoding="UTF-16"?>' + parts[name].decode()
        parts[name] = text.encode("utf-16")  # with its mark
    return zipped(dict(parts))


def ascii_only() -> bytes:
    parts = dict(parts_of(with_empty_notes()))
    for name in ("xl/comments1.xml", "xl/styles.xml"):
        parts[name] = b'<?xml version="1.0" encoding="US-ASCII"?>\n' + parts[name]
    return zipped(parts)


def littered() -> bytes:
    """Comments, instructions and CDATA that look like what is searched for; a byte order mark."""
    sheet = (
        "<!-- </sheetData><legacyDrawing/> --><sheetData><!-- <row r='2'> --><row r='2'>"
        "<c r='B2' t='inlineStr'><is><t><![CDATA[</c></row></sheetData>]]></t></is></c></row></sheetData >\n"
        "<?note <extLst> ?><pageMargins left='1' right='1' top='1' bottom='1' header='0' footer='0'/>"
    )
    parts = dict(parts_of(by_hand(sheet, tail="\n<!-- the end </worksheet> -->\n")))
    parts["xl/worksheets/sheet1.xml"] = b"\xef\xbb\xbf" + parts["xl/worksheets/sheet1.xml"]
    return zipped(parts)


CORPUS: dict[str, Callable[[], bytes]] = {
    "openpyxl": by_openpyxl,
    "openpyxl with comments": by_openpyxl_with_comments,
    "XlsxWriter with everything": by_xlsxwriter,
    "XlsxWriter with macros and a button": lambda: by_xlsxwriter(macros=True),
    "smallest": by_hand,
    "prefix": lambda: by_hand(
        '<x:sheetData><x:row r="2"><x:c r="B2"><x:v>1</x:v></x:c></x:row></x:sheetData>'
        '<x:pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/>',
        p="x",
    ),
    "strict": lambda: by_hand(main=STRICT_MAIN, office=STRICT_OFFICE),
    "absolute targets": lambda: by_hand("<sheetData/>", absolute=True),
    "relations part without relations": lambda: by_hand(
        more={"xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{PACKAGE}" />'}
    ),
    "sizes after the data": lambda: by_hand(streamed=True),
    "no addresses in rows and cells": lambda: by_hand(
        "<sheetData><row/><row><c/><c><v>1</v></c></row></sheetData>"
    ),
    "form controls": with_controls,
    "controls in AlternateContent": controls_before_drawing,
    "emptied notes": with_empty_notes,
    "threaded comments": threaded,
    "UTF-16": utf16,
    "ASCII": ascii_only,
    "comments and CDATA": littered,
    "ignorable markup": lambda: by_hand(
        '<sheetData/><phoneticPr fontId="1"/><conditionalFormatting sqref="B2" xr:uid="{1}">'
        '<cfRule type="expression" priority="2"><formula>1</formula></cfRule></conditionalFormatting>'
        '<pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/>',
        root=' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="xr" '
        'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"',
    ),
}
