"""The report as a Word document in the look of an official document (GB/T 9704-2012).

Title 方正小标宋 二号, headings 黑体, subheadings 楷体, text 仿宋 三号 on lines of 28 points, A4 with the
standard's margins, page numbers outside. A computer without these fonts takes the ones named beside them in
the font table. Texts are texts: nothing in them becomes a field, a link or a formula.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from workbook.files.undated import undated
from workbook.problems import UnwritableOutput
from workbook.published.docx_fonts import HEAD_FONT, LEAD_FONT, NUMBER_FONT, TEXT_FONT, TITLE_FONT, Fonts
from workbook.published.grids import PADDING, Grid, GridCell
from workbook.published.layout import Heading, Paragraph, Part, Report

TITLE_SIZE, TEXT_SIZE, LINE = 22.0, 16.0, 28.0
SIGN_HEIGHT = 52.0  # of a row that is signed by hand
_FIXED = datetime(2021, 9, 26)  # noqa: DTZ001  (the same bytes whenever it is made)
_TWIPS = 1440 / 25.4  # in a millimetre
_NAME_OF_TABLE = 40  # signs a line before a table may have and still be its name


def report_docx(
    report: Report,
    front: Sequence[Part] = (),
    front_title: str = "",
    *,
    installed: Collection[str] | None = None,
) -> bytes:
    """The bytes of a .docx; the same report gives the same bytes. `front` are pages set before it.

    Where the fonts of the computer that will print it are known (`installed`), the first one there is named.
    Raises UnwritableOutput where python-docx is not installed.
    """
    try:
        import docx  # noqa: PLC0415  (heavy, and an optional dependency)
    except ImportError as error:
        raise UnwritableOutput(
            "生成Word文件需要python-docx，本机没有安装；请安装（pip install gouji[word]），或改用html。"
        ) from error
    document = docx.Document()
    _Writer(document, installed).write(report, front, front_title)
    buffer = io.BytesIO()
    document.save(buffer)
    return undated(buffer.getvalue())


class _Writer:
    """Writes into one document; the python-docx names are looked up here, so that importing stays lazy."""

    def __init__(self, document: Any, installed: Collection[str] | None) -> None:
        from docx.oxml import OxmlElement  # noqa: PLC0415
        from docx.oxml.ns import qn  # noqa: PLC0415
        from docx.shared import Mm, Pt, RGBColor  # noqa: PLC0415

        self.document, self.element, self.qn, self.mm, self.pt = document, OxmlElement, qn, Mm, Pt
        self.black = RGBColor(0, 0, 0)
        self.fonts = Fonts(document, installed)

    def write(self, report: Report, front: Sequence[Part], front_title: str) -> None:
        """The whole document."""
        self._page()
        self.fonts.list_stand_ins()
        for name, font, size in (
            ("Normal", TEXT_FONT, TEXT_SIZE),
            ("Title", TITLE_FONT, TITLE_SIZE),
            ("Heading 1", HEAD_FONT, TEXT_SIZE),
        ):
            self._style(name, font, size)
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = "".join(report.title), "", ""
        properties.language = "zh-CN"
        properties.created = properties.modified = _FIXED
        if front:
            self._title((front_title,))
            self._parts(front)
        self._title(report.title, new_page=bool(front))
        self._parts(report.parts)
        self._signature(report.signature)

    def _parts(self, parts: Sequence[Part]) -> None:
        for part in parts:
            match part:
                case Heading(text):
                    self._heading(text)
                case Paragraph(text, lead):
                    self._paragraph(text, lead)
                case Grid():
                    self._table(part)

    # --- the page ---------------------------------------------------------------------------------

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = self.mm(210), self.mm(297)
        section.top_margin, section.bottom_margin = self.mm(37), self.mm(35)
        section.left_margin, section.right_margin = self.mm(28), self.mm(26)
        # The number's dash stands 7 mm below the text area: 35 − 7 − one line of 四号.
        section.header_distance, section.footer_distance = self.mm(15), self.mm(22.5)
        settings = self.document.settings
        settings.odd_and_even_pages_header_footer = True
        for footer, right in ((section.footer, True), (section.even_page_footer, False)):
            footer.is_linked_to_previous = False
            self._page_number(footer.paragraphs[0], right)
        root = settings.element
        for mode in root.iter(self.qn("w:compatSetting")):
            if mode.get(self.qn("w:name")) == "compatibilityMode":
                mode.set(self.qn("w:val"), "15")  # else Word opens the document in compatibility mode
        for language in root.iter(self.qn("w:themeFontLang")):
            language.set(self.qn("w:eastAsia"), "zh-CN")
        # What python-docx's blank document brings along: another document's picture, styles of Word 2010.
        for rels, kind in (
            (self.document.part.package.rels, "/thumbnail"),
            (self.document.part.rels, "/stylesWithEffects"),
        ):
            for key in [key for key, rel in rels.items() if rel.reltype.endswith(kind)]:
                del rels[key]

    def _page_number(self, paragraph: Any, right: bool) -> None:
        """— 1 —, on odd pages at the right, on even ones at the left, one sign from the edge."""
        paragraph.style = self.document.styles["Normal"]
        paragraph.alignment = 2 if right else 0
        layout = paragraph.paragraph_format
        layout.line_spacing = self.pt(16)
        if right:
            layout.right_indent = self.pt(14)
        else:
            layout.left_indent = self.pt(14)
        for kind, text in (("", "— "), ("begin", ""), ("code", "PAGE"), ("end", ""), ("", " —")):
            run = paragraph.add_run(text if not kind else "")
            self.fonts.put(run, NUMBER_FONT, 14, latin=NUMBER_FONT)
            if kind == "code":
                mark = self.element("w:instrText")
                mark.text = text
            elif kind:
                mark = self.element("w:fldChar")
                mark.set(self.qn("w:fldCharType"), kind)
            else:
                continue
            run._element.append(mark)

    def _style(self, name: str, font: str, size: float) -> None:
        style = self.document.styles[name]
        style.font.size, style.font.bold, style.font.color.rgb = self.pt(size), False, self.black
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(self.qn(f"w:{theme}"), None)  # a theme font would win over the name
        self.fonts.write(fonts, font)
        for tag in ("w:spacing", "w:kern"):  # of the built-in title
            for child in properties.findall(self.qn(tag)):
                properties.remove(child)
        language = self.element("w:lang")
        language.set(self.qn("w:val"), "en-US")
        language.set(self.qn("w:eastAsia"), "zh-CN")
        properties.append(language)
        layout = style.paragraph_format
        layout.line_spacing = self.pt(LINE if name != "Title" else 36)
        layout.space_before = layout.space_after = self.pt(0)
        if name == "Title":
            layout.alignment = 1
            layout.space_after = self.pt(LINE)
            layout.keep_with_next = True
            # The built-in title draws a blue line under itself.
            borders = style.element.get_or_add_pPr().find(self.qn("w:pBdr"))
            if borders is not None:
                style.element.pPr.remove(borders)

    # --- words ------------------------------------------------------------------------------------

    def _title(self, lines: Sequence[str], new_page: bool = False) -> None:
        paragraph = self.document.add_paragraph(style="Title")
        paragraph.paragraph_format.page_break_before = new_page
        for number, line in enumerate(lines):
            run = paragraph.add_run()
            if number:
                run.add_break()
            run.add_text(line)
            self.fonts.put(run, TITLE_FONT)

    def _heading(self, text: str) -> None:
        paragraph = self.document.add_heading(level=1)
        self.fonts.put(paragraph.add_run(text), HEAD_FONT)
        self._indent(paragraph)

    def _paragraph(self, text: str, lead: str) -> None:
        paragraph = self.document.add_paragraph()
        if lead:
            self.fonts.put(paragraph.add_run(lead), LEAD_FONT)
            paragraph.paragraph_format.keep_with_next = not text
        if text:
            self.fonts.put(paragraph.add_run(text), TEXT_FONT)
        self._indent(paragraph)

    def _indent(self, paragraph: Any) -> None:
        """Two signs, in signs: the indent follows the size of the type."""
        indent = paragraph._element.get_or_add_pPr().get_or_add_ind()
        indent.set(self.qn("w:firstLineChars"), "200")
        indent.set(self.qn("w:firstLine"), str(int(2 * TEXT_SIZE * 20)))

    def _signature(self, lines: Sequence[str]) -> None:
        """The organ and below it the date, four signs from the edge; the organ centred over it."""
        longest = max((len(line) for line in lines), default=0)
        for number, line in enumerate(lines):
            paragraph = self.document.add_paragraph()
            self.fonts.put(paragraph.add_run(line), TEXT_FONT)
            layout = paragraph.paragraph_format
            layout.alignment = 2
            layout.space_before = self.pt(2 * LINE if number == 0 else 0)
            layout.keep_with_next = number < len(lines) - 1
            layout.right_indent = self.pt(TEXT_SIZE * max(2.0, 2 + (min(longest, 20) - len(line)) / 2))

    # --- tables -----------------------------------------------------------------------------------

    def _table(self, grid: Grid) -> None:
        last = self.document.paragraphs[-1] if self.document.paragraphs else None
        if last is not None:
            last.paragraph_format.space_after = self.pt(6)
            # What names the table stays with it; a text may end the page that the table does not fit on.
            last.paragraph_format.keep_with_next = len(last.text) <= _NAME_OF_TABLE
        table = self.document.add_table(rows=0, cols=len(grid.widths))
        table.style, table.alignment, table.autofit = "Table Grid", 1, False
        self._table_properties(table, grid)
        for column, width in zip(table._tbl.tblGrid.findall(self.qn("w:gridCol")), grid.widths, strict=True):
            column.set(self.qn("w:w"), str(round(width * _TWIPS)))
        for row in range(1, grid.rows + 1):
            table._tbl.append(self._row(grid, row))
        gap = self.document.add_paragraph()  # Word joins two tables that nothing parts
        gap.paragraph_format.line_spacing = self.pt(12)

    def _table_properties(self, table: Any, grid: Grid) -> None:
        properties = table._tbl.tblPr
        margins = self.element("w:tblCellMar")
        for side, width in (("top", 0.4), ("left", PADDING), ("bottom", 0.4), ("right", PADDING)):
            margin = self.element(f"w:{side}")
            margin.set(self.qn("w:w"), str(round(width * _TWIPS)))
            margin.set(self.qn("w:type"), "dxa")
            margins.append(margin)
        look = properties.find(self.qn("w:tblLook"))
        if look is not None:
            look.addprevious(margins)
        else:
            properties.append(margins)
        caption = self.element("w:tblCaption")  # read aloud, not printed
        caption.set(self.qn("w:val"), grid.caption)
        properties.append(caption)
        whole = properties.find(self.qn("w:tblW"))
        whole.set(self.qn("w:type"), "dxa")
        whole.set(self.qn("w:w"), str(round(sum(grid.widths) * _TWIPS)))

    def _row(self, grid: Grid, row: int) -> Any:
        line = self.element("w:tr")
        properties = self.element("w:trPr")
        properties.append(self.element("w:cantSplit"))
        height = self.element("w:trHeight")
        signed = any(cell.role == "sign" and cell.box.top == row for cell in grid.cells)
        height.set(self.qn("w:val"), str(round((SIGN_HEIGHT if signed else grid.row_height) * 20)))
        height.set(self.qn("w:hRule"), "atLeast")
        properties.append(height)
        if row <= grid.head:
            properties.append(self.element("w:tblHeader"))
        line.append(properties)
        standing = [cell for cell in grid.cells if cell.box.top <= row <= cell.box.bottom]
        for cell in sorted(standing, key=lambda cell: cell.box.left):
            line.append(self._cell(grid, cell, row))
        return line

    def _cell(self, grid: Grid, cell: GridCell, row: int) -> Any:
        box = cell.box
        made = self.element("w:tc")
        properties = self.element("w:tcPr")
        width = self.element("w:tcW")
        width.set(self.qn("w:w"), str(round(sum(grid.widths[box.left - 1 : box.right]) * _TWIPS)))
        width.set(self.qn("w:type"), "dxa")
        properties.append(width)
        if box.right > box.left:
            span = self.element("w:gridSpan")
            span.set(self.qn("w:val"), str(box.right - box.left + 1))
            properties.append(span)
        if box.bottom > box.top:
            merge = self.element("w:vMerge")
            if row == box.top:
                merge.set(self.qn("w:val"), "restart")
            properties.append(merge)
        middle = self.element("w:vAlign")
        middle.set(self.qn("w:val"), "center")
        properties.append(middle)
        made.append(properties)
        made.append(self._cell_text(cell, row == box.top, keep=row not in grid.breaks))
        return made

    def _cell_text(self, cell: GridCell, first: bool, keep: bool) -> Any:
        from docx.text.paragraph import Paragraph as WordParagraph  # noqa: PLC0415

        element = self.element("w:p")
        paragraph = WordParagraph(element, self.document._body)
        layout = paragraph.paragraph_format
        if keep:
            layout.keep_with_next = True
        layout.line_spacing = self.pt(round(cell.size * 1.25, 1))
        layout.alignment = 0 if cell.left else 1
        if cell.left:
            layout.left_indent = layout.right_indent = self.pt(2)
        if first and cell.text:
            run = paragraph.add_run(cell.text)
            self.fonts.put(run, HEAD_FONT if cell.role == "heading" else TEXT_FONT, cell.size)
        return element
