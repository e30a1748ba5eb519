"""The rest of the corpus: the habits of other programs, and features that stand beside notes in a package."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from tests.files import amend_books
from tests.files.amend_books import (
    COMMENTS_TYPE,
    MAIN,
    OFFICE,
    PACKAGE,
    SHEET_TYPE,
    by_hand,
    by_xlsxwriter,
    png,
)
from tests.files.amend_books import parts_of as _parts_of
from tests.files.amend_books import zipped as _zipped

DATA = '<sheetData><row r="2"><c r="B2"><v>1</v></c></row></sheetData>'
MARGINS = '<pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/>'
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def parts(data: bytes) -> dict[str, str | bytes]:
    return dict(_parts_of(data))


def with_parts(data: bytes, more: dict[str, str | bytes], types: str = "") -> bytes:
    """A book with parts added and their content types stated."""
    content = parts(data)
    stated = content["[Content_Types].xml"]
    assert isinstance(stated, bytes)
    content["[Content_Types].xml"] = stated.replace(b"</Types>", types.encode() + b"</Types>")
    return _zipped({**content, **more})


def rels(*items: tuple[str, str, str], external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    inner = "".join(
        f'<Relationship Id="{i}" Type="{kind if ":" in kind else f"{OFFICE}/{kind}"}" Target="{to}"{mode}/>'
        for i, kind, to in items
    )
    return f'<Relationships xmlns="{PACKAGE}">{inner}</Relationships>'


def by_xlsxwriter_1904() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": True})
    sheet = book.add_worksheet("表1")
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_datetime("B2", datetime.datetime(2024, 1, 2), date)  # noqa: DTZ001
    book.close()
    return stream.getvalue()


def by_xlsxwriter_streaming() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})
    sheet = book.add_worksheet("表1")
    bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "red"})
    for row in range(40):
        sheet.write_row(row, 0, [row, f"第{row}项", row / 3])
    sheet.write_rich_string(41, 0, "前", bold, "粗", red, "红", "后")
    book.close()
    return stream.getvalue()


def by_xlsxwriter_chart_sheet() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("表1")
    sheet.write_column("A1", [1, 2, 3])
    chart = book.add_chart({"type": "pie"})
    chart.add_series({"values": "='表1'!$A$1:$A$3"})
    book.add_chartsheet("图").set_chart(chart)
    book.add_worksheet("表2").very_hidden()
    book.close()
    return stream.getvalue()


def by_xlsxwriter_many_notes() -> bytes:
    """Notes on three sheets, shown and sized, so that several drawings and id blocks are in use."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    for number in (1, 2, 3):
        sheet = book.add_worksheet(f"表{number}")
        for row in range(10, 60):
            sheet.write_comment(row, number, f"别人的{row}", {"visible": row % 2 == 0, "x_scale": 2})
    book.close()
    return stream.getvalue()


def by_xlsxwriter_header_picture() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("表1")
    sheet.set_header("&L&G", {"image_left": "b.png", "image_data_left": io.BytesIO(png())})
    sheet.set_background(io.BytesIO(png()))
    sheet.insert_textbox("D9", "文本框")
    book.close()
    return stream.getvalue()


def by_openpyxl_dressed() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表1"
    for row in range(1, 20):
        sheet.append([row, row * row, f"=A{row}+B{row}"])
    sheet.conditional_formatting.add(
        "A1:B9", CellIsRule(operator="greaterThan", formula=["5"], fill=PatternFill("solid", "FF0000"))
    )
    sheet.conditional_formatting.add(
        "B1:B9", ColorScaleRule(start_type="min", end_type="max", start_color="FFFFFF", end_color="00FF00")
    )
    rule = DataValidation(type="list", formula1='"是,否"', allow_blank=True)
    rule.add("C1:C9")
    sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:2"
    sheet.auto_filter.ref = "A1:C19"
    sheet.row_dimensions.group(5, 8, hidden=True)
    sheet.column_dimensions["E"].width = 40
    sheet.oddFooter.center.text = "第 &P 页"
    sheet.protection.sheet = True
    sheet.protection.password = "secret"
    sheet["A1"].hyperlink = "https://example.org/"
    sheet["H9"].comment = Comment("远处的批注", "别人", height=300, width=500)
    book.create_sheet("表2").sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def signed() -> bytes:
    """A signed package: any change breaks the signature, and that is said."""
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    content = parts(by_hand())
    root = content["_rels/.rels"]
    assert isinstance(root, bytes)
    lead = f'<Relationship Id="rIdS" Type="{kind}" Target="_xmlsignatures/origin.sigs"/></Relationships>'
    content["_rels/.rels"] = root.replace(b"</Relationships>", lead.encode())
    content["_xmlsignatures/origin.sigs"] = b""
    content["_xmlsignatures/sig1.xml"] = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'
    origin = "application/vnd.openxmlformats-package.digital-signature-origin"
    types = f'<Default Extension="sigs" ContentType="{origin}"/>'
    return with_parts(_zipped(content), {}, types)


def as_wps() -> bytes:
    """WPS: its own namespaces, customXml, cell pictures, phonetics, an ext list of its own."""
    sheet = (
        '<sheetPr><tabColor rgb="FF00B050"/></sheetPr><dimension ref="B2"/><sheetViews><sheetView '
        'workbookViewId="0"/>'
        '</sheetViews><sheetFormatPr defaultColWidth="9" defaultRowHeight="14.25"/>'
        '<cols><col min="1" max="2" width="9.25" customWidth="1"/></cols>'
        f'{DATA}{MARGINS}<headerFooter/><extLst><ext uri="{{WPS}}" '
        'xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData">'
        "<etc:sheet/></ext></extLst>"
    )
    return with_parts(
        by_hand(
            sheet,
            root=f' xmlns:r="{OFFICE}" '
            'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
            f'xmlns:x14="{X14}" xmlns:mc="{MC}" '
            'xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"',
        ),
        {
            "customXml/item1.xml": "<s:customData xmlns:s='http://www.wps.cn/officeDocument/2013/wpsCustomData'/>",
            "customXml/_rels/item1.xml.rels": rels(("rId1", "customXmlProps", "itemProps1.xml")),
            "customXml/itemProps1.xml": "<a/>",
            "xl/cellimages.xml": "<etc:cellImages xmlns:etc='http://www.wps.cn/officeDocument/2017/etCustomData'/>",
        },
    )


def as_google() -> bytes:
    """Google: a drawing without anything on every sheet, a foreign ext in the root, no docProps."""
    drawing = '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"/>'
    kind = "application/vnd.openxmlformats-officedocument.drawing+xml"
    return with_parts(
        by_hand(
            '<sheetPr><outlinePr summaryBelow="0" summaryRight="0"/></sheetPr><sheetViews><sheetView '
            'workbookViewId="0"/>'
            '</sheetViews><sheetFormatPr customHeight="1" defaultColWidth="12.63" defaultRowHeight="15.75"/>'
            f'{DATA}<drawing r:id="rId1"/>',
            root=f' xmlns:r="{OFFICE}" xmlns:mc="{MC}" '
            'xmlns:mx="http://schemas.microsoft.com/office/mac/excel/2008/main" '
            f'xmlns:mv="urn:schemas-microsoft-com:mac:vml" xmlns:x14="{X14}"',
        ),
        {
            "xl/worksheets/_rels/sheet1.xml.rels": rels(("rId1", "drawing", "../drawings/drawing1.xml")),
            "xl/drawings/drawing1.xml": drawing,
        },
        f'<Override PartName="/xl/drawings/drawing1.xml" ContentType="{kind}"/>',
    )


def as_numbers() -> bytes:
    """Numbers: absolute targets, every cell styled, shapes for its titles, an outline of the export."""
    rows = "".join(
        f'<row r="{r}" ht="20" customHeight="1">'
        + "".join(f'<c r="{c}{r}" s="0"/>' for c in "ABCDE")
        + "</row>"
        for r in range(1, 12)
    )
    return by_hand(
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:E11"/>'
        '<sheetViews><sheetView workbookViewId="0" showGridLines="0" defaultGridColor="1"/></sheetViews>'
        '<sheetFormatPr defaultColWidth="16.33" defaultRowHeight="19.9"/>'
        f"<sheetData>{rows}</sheetData>{MARGINS}"
        '<pageSetup firstPageNumber="1" fitToHeight="1" fitToWidth="1" orientation="portrait"/>'
        "<headerFooter><oddFooter>&amp;C&amp;P</oddFooter></headerFooter>",
        absolute=True,
    )


def as_java() -> bytes:
    """Apache POI streaming: inline strings, no styles, sizes after the data, the types last."""
    cells = "".join(
        f'<row r="{r}"><c r="A{r}" t="inlineStr"><is><t>第{r}项</t></is></c><c r="B{r}" t="n"><v>{r}.0</v>'
        "</c></row>"
        for r in range(1, 60)
    )
    content = parts(by_hand(f"<sheetData>{cells}</sheetData>"))
    content["[Content_Types].xml"] = content.pop("[Content_Types].xml")
    return _zipped(content, streamed=True)


def stored_plain() -> bytes:
    """Nothing compressed, an archive comment."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts(by_hand()).items():
            archive.writestr(zipfile.ZipInfo(name), data)
        archive.comment = "备注".encode()
    return out.getvalue()


def respelt(change: Callable[[str], str]) -> bytes:
    """The sheet's XML in another spelling."""
    content = parts(by_hand(DATA + MARGINS))
    sheet = content["xl/worksheets/sheet1.xml"]
    assert isinstance(sheet, bytes)
    content["xl/worksheets/sheet1.xml"] = change(sheet.decode())
    return _zipped(content)


def elsewhere() -> bytes:
    """The sheet in a folder and under a name of its own, its target with a percent sign."""
    content = parts(by_hand())
    content["xl/pages/a%20b.xml"] = content.pop("xl/worksheets/sheet1.xml")
    content["xl/_rels/workbook.xml.rels"] = rels(("rId1", "worksheet", "pages/a%20b.xml"))
    types = content["[Content_Types].xml"]
    assert isinstance(types, bytes)
    content["[Content_Types].xml"] = types.replace(b"/xl/worksheets/sheet1.xml", b"/xl/pages/a%20b.xml")
    return _zipped(content)


def typed_by_default() -> bytes:
    """No Override for the sheet: xml means worksheet by default, all others are stated."""
    content = parts(by_hand())
    types = content["[Content_Types].xml"]
    assert isinstance(types, bytes)
    text = types.decode().replace('ContentType="application/xml"', f'ContentType="{SHEET_TYPE}"')
    content["[Content_Types].xml"] = re.sub(r'<Override PartName="/xl/worksheets/[^>]*>', "", text)
    return _zipped(content)


def validations_14() -> bytes:
    """Validations and formats that only Excel 2010 knows, behind the tables."""
    ext = (
        f'<extLst><ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{X14}">'
        '<x14:dataValidations count="1" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list" '
        'allowBlank="1">'
        "<x14:formula1><xm:f>表1!$A$1:$A$2</xm:f></x14:formula1><xm:sqref>B5</xm:sqref></x14:dataValidation>"
        "</x14:dataValidations></ext></extLst>"
    )
    return by_hand(f"{DATA}{MARGINS}{ext}")


def printer_settings() -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"
    return with_parts(
        by_hand(f'{DATA}{MARGINS}<pageSetup paperSize="9" r:id="rId1"/>', root=f' xmlns:r="{OFFICE}"'),
        {
            "xl/worksheets/_rels/sheet1.xml.rels": rels(
                ("rId1", "printerSettings", "../printerSettings/p1.bin")
            ),
            "xl/printerSettings/p1.bin": bytes(range(256)) * 4,
        },
        f'<Default Extension="bin" ContentType="{kind}"/>',
    )


def linked_outside() -> bytes:
    """A link to another workbook and one to a place on the net, on the sheet and in the book."""
    book = by_hand(
        f'{DATA}<hyperlinks><hyperlink ref="A1" r:id="rId9"/></hyperlinks>{MARGINS}',
        root=f' xmlns:r="{OFFICE}"',
        rels=f'<Relationship Id="rId8" Type="{OFFICE}/externalLink" '
        'Target="externalLinks/externalLink1.xml"/>',
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    return with_parts(
        book,
        {
            "xl/worksheets/_rels/sheet1.xml.rels": rels(
                ("rId9", "hyperlink", "https://example.org/"), external=True
            ),
            "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}">'
            '<externalBook r:id="rId1"><sheetNames><sheetName val="S"/></sheetNames></externalBook>'
            "</externalLink>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": rels(
                ("rId1", "externalLinkPath", "x.xlsx"), external=True
            ),
        },
        f'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="{kind}"/>',
    )


def prefixed_notes() -> bytes:
    """Notes under another prefix, in a part of another name, several id blocks in their drawing."""
    notes = (
        f'<x:comments xmlns:x="{MAIN}"><x:authors><x:author>科长</x:author></x:authors><x:commentList>'
        '<x:comment ref="E9" authorId="0"><x:text><x:r><x:rPr><x:b/></x:rPr><x:t>粗</x:t></x:r><x:r>'
        "<x:t>细</x:t></x:r>"
        "</x:text></x:comment></x:commentList></x:comments>"
    )
    drawing = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap '
        'v:ext="edit" data="2,5,9"/>'
        '</o:shapelayout><v:shape id="_x0000_s9999" type="#_x0000_t202"><x:ClientData ObjectType="Note">'
        "<x:Row>8</x:Row>"
        "<x:Column>4</x:Column></x:ClientData></v:shape></xml>"
    )
    return with_parts(
        by_hand(
            f'{DATA}{MARGINS}<legacyDrawing r:id="rId2"/>', root=f' xmlns:r="{OFFICE}"', vml_default=True
        ),
        {
            "xl/worksheets/_rels/sheet1.xml.rels": rels(
                ("rId1", "comments", "../remarks/notes.xml"), ("rId2", "vmlDrawing", "../remarks/d.vml")
            ),
            "xl/remarks/notes.xml": notes,
            "xl/remarks/d.vml": drawing,
        },
        f'<Override PartName="/xl/remarks/notes.xml" ContentType="{COMMENTS_TYPE}"/>',
    )


def persons() -> bytes:
    """Threaded comments with their persons beside classic notes."""
    content = parts(amend_books.threaded())
    content["xl/persons/person.xml"] = (
        '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<person displayName="王" id="{9}"/></personList>'
    )
    return _zipped(content)


def ribbon() -> bytes:
    """A macro book with a ribbon of its own."""
    content = parts(by_xlsxwriter(macros=True))
    root = content["_rels/.rels"]
    assert isinstance(root, bytes)
    lead = (
        '<Relationship Id="rIdU" '
        'Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility" '
        'Target="customUI/customUI14.xml"/></Relationships>'
    )
    content["_rels/.rels"] = root.replace(b"</Relationships>", lead.encode())
    content["customUI/customUI14.xml"] = (
        '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"/>'
    )
    return _zipped(content)


def guarded() -> bytes:
    """Protection, ranges anyone may edit, scenarios, a sort, custom views: all before the formats."""
    return by_hand(
        f'{DATA}<sheetProtection algorithmName="SHA-512" hashValue="AA==" saltValue="AA==" '
        'spinCount="1" sheet="1"/>'
        '<protectedRanges><protectedRange sqref="A1" name="区"/></protectedRanges><autoFilter ref="A1:B2"/>'
        '<mergeCells count="1"><mergeCell ref="F8:G9"/></mergeCells><phoneticPr fontId="1"/>'
        '<conditionalFormatting sqref="A1"><cfRule type="duplicateValues" priority="1"/>'
        "</conditionalFormatting>"
        '<dataValidations count="1"><dataValidation type="whole" sqref="A9"><formula1>1</formula1>'
        "</dataValidation>"
        f"</dataValidations><printOptions/>{MARGINS}"
        '<rowBreaks count="1" manualBreakCount="1"><brk id="5" max="16383" man="1"/></rowBreaks>'
        '<cellWatches><cellWatch r="A1"/></cellWatches><ignoredErrors><ignoredError sqref="A1" '
        'numberStoredAsText="1"/>'
        "</ignoredErrors>"
    )


def long_sheet() -> bytes:
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c></row>' for r in range(1, 20_001))
    return by_hand(f"<sheetData>{rows}</sheetData>{MARGINS}")


MORE: dict[str, Callable[[], bytes]] = {
    "XlsxWriter, dates from 1904": by_xlsxwriter_1904,
    "XlsxWriter streaming, rich text": by_xlsxwriter_streaming,
    "XlsxWriter, a sheet that is a chart, a very hidden one": by_xlsxwriter_chart_sheet,
    "XlsxWriter, notes on three sheets": by_xlsxwriter_many_notes,
    "XlsxWriter, a picture in the header": by_xlsxwriter_header_picture,
    "openpyxl dressed": by_openpyxl_dressed,
    "signed": signed,
    "WPS": as_wps,
    "Google": as_google,
    "Numbers": as_numbers,
    "Java": as_java,
    "nothing compressed": stored_plain,
    "single quotes": lambda: respelt(lambda text: text.replace('"', "'")),
    "pretty printed": lambda: respelt(lambda text: text.replace("><", ">\r\n  <")),
    "the sheet elsewhere": elsewhere,
    "typed by default": typed_by_default,
    "validations of 2010": validations_14,
    "printer settings": printer_settings,
    "links outside": linked_outside,
    "notes under a prefix": prefixed_notes,
    "threaded comments and persons": persons,
    "macros and a ribbon": ribbon,
    "guarded": guarded,
    "twenty thousand rows": long_sheet,
}
CORPUS: dict[str, Callable[[], bytes]] = {**amend_books.CORPUS, **MORE}
__all__ = ["CORPUS", "MORE"]
