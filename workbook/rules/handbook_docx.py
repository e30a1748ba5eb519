"""The handbook as a Word document, to be printed and written on: tables with an empty column for opinions."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from workbook.files.atomic import replace_file
from workbook.files.undated import undated
from workbook.form.edition import Edition
from workbook.problems import UnwritableOutput
from workbook.rules.handbook import (
    OPINION,
    PENDING_TITLE,
    TITLE,
    RuleEntry,
    by_family,
    gravest,
    handbook_entries,
    introduction,
    pending,
)
from workbook.rules.rulebook import RuleBook

# Heading and width in centimetres; together the 26.7 cm between the margins of a landscape A4 page.
_COLUMNS = (
    ("规则", 2.6),
    ("要求", 6.2),
    ("程度、提示语和怎样改", 9.0),
    ("适用", 2.3),
    ("依据", 3.5),
    (OPINION, 3.1),
)
_PENDING_COLUMNS = (("规则", 2.4), ("名称", 6.0), ("最高程度", 2.2), ("依据", 9.6), (OPINION, 6.5))
_BODY, _HEAD, _LATIN = "仿宋", "黑体", "Times New Roman"
_FIXED = datetime(2021, 9, 26)  # noqa: DTZ001  (the same bytes whenever it is made)


def handbook_docx(book: RuleBook, editions: Sequence[Edition], path: Path) -> None:
    """Write the handbook as .docx. Raises UnwritableOutput, also where python-docx is not installed."""
    try:
        import docx  # noqa: PLC0415  (heavy, and an optional dependency)
    except ImportError as error:
        raise UnwritableOutput(
            "生成Word文件需要python-docx，本机没有安装；请安装（pip install gouji[word]），或改用xlsx、md。"
        ) from error
    document = docx.Document()
    entries = handbook_entries(book, editions)
    _Writer(document).write(entries, editions)
    buffer = io.BytesIO()
    document.save(buffer)
    replace_file(path, undated(buffer.getvalue()))


class _Writer:
    """Writes into one document; the python-docx names are looked up here, so that importing stays lazy."""

    def __init__(self, document: Any) -> None:
        from docx.enum.section import WD_ORIENT  # noqa: PLC0415
        from docx.oxml import OxmlElement  # noqa: PLC0415
        from docx.oxml.ns import qn  # noqa: PLC0415
        from docx.shared import Cm, Pt, RGBColor  # noqa: PLC0415

        self.document, self.element, self.qn, self.cm, self.pt = document, OxmlElement, qn, Cm, Pt
        self.black = RGBColor(0, 0, 0)
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21.0)
        section.left_margin = section.right_margin = Cm(1.5)
        section.top_margin, section.bottom_margin = Cm(1.8), Cm(1.6)
        for name, font, size in (
            ("Normal", _BODY, 10.5),
            ("Title", _HEAD, 20),
            ("Heading 1", _HEAD, 14),
            ("Heading 2", _HEAD, 12),
        ):
            self._style(name, font, size)

    def write(self, entries: list[RuleEntry], editions: Sequence[Edition]) -> None:
        """The whole handbook."""
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = TITLE, "", ""
        properties.created = properties.modified = _FIXED
        self._page_number()
        self.document.add_paragraph(TITLE, style="Title").alignment = 1
        for paragraph in introduction(editions):
            self._indented(self.document.add_paragraph(paragraph))
        for title, about, group in by_family(entries):
            self.document.add_heading(title, level=1)
            if about:
                self._indented(self.document.add_paragraph(about))
            self._table(_COLUMNS, [_row(entry) for entry in group])
        self.document.add_page_break()
        self.document.add_heading(PENDING_TITLE, level=1)
        self._table(
            _PENDING_COLUMNS,
            [
                (*(_plain(text) for text in (e.code, e.label, gravest(e).label, e.basis)), [])
                for e in pending(entries)
            ],
        )

    def _style(self, name: str, font: str, size: float) -> None:
        style = self.document.styles[name]
        style.font.name, style.font.size = _LATIN, self.pt(size)
        style.font.color.rgb = self.black
        style.font.bold = False
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(self.qn(f"w:{theme}"), None)  # a theme font would win over the name
        for script in ("ascii", "hAnsi"):
            fonts.set(self.qn(f"w:{script}"), _LATIN)
        fonts.set(self.qn("w:eastAsia"), font)
        # The built-in title draws a blue line under itself.
        borders = style.element.get_or_add_pPr().find(self.qn("w:pBdr"))
        if borders is not None:
            style.element.pPr.remove(borders)
        if name != "Normal":
            style.paragraph_format.space_before, style.paragraph_format.space_after = self.pt(8), self.pt(4)

    def _indented(self, paragraph: Any) -> None:
        paragraph.paragraph_format.first_line_indent = self.pt(21)
        paragraph.paragraph_format.space_after = self.pt(2)

    def _table(self, columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[Cell]]) -> None:
        table = self.document.add_table(rows=1 + len(rows), cols=len(columns))
        table.style = "Table Grid"
        table.autofit = False
        for number, (heading, width) in enumerate(columns):
            table.columns[number].width = self.cm(width)
            head = table.rows[0].cells[number]
            self._fill(head, [[(heading, True)]], width, centred=True)
            shade = self.element("w:shd")
            for key, value in (("val", "clear"), ("color", "auto"), ("fill", "E7EEF7")):
                shade.set(self.qn(f"w:{key}"), value)
            head._tc.get_or_add_tcPr().append(shade)
        self._mark(table.rows[0], "w:tblHeader")
        for at, row in enumerate(rows, start=1):
            line = table.rows[at]
            self._mark(line, "w:cantSplit")
            cells = line.cells
            for number, content in enumerate(row):
                self._fill(cells[number], content, columns[number][1])

    def _fill(self, cell: Any, content: Cell, width: float, *, centred: bool = False) -> None:
        cell.width = self.cm(width)
        for number, pieces in enumerate(content):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_after = self.pt(1)
            paragraph.paragraph_format.space_before = self.pt(1)
            if centred:
                paragraph.alignment = 1
            for text, strong in pieces:
                run = paragraph.add_run(text)
                run.font.size = self.pt(9.5)
                if strong:
                    run.font.bold = True
                    run._element.get_or_add_rPr().get_or_add_rFonts().set(self.qn("w:eastAsia"), _HEAD)

    def _mark(self, row: Any, flag: str) -> None:
        row._tr.get_or_add_trPr().append(self.element(flag))

    def _page_number(self) -> None:
        paragraph = self.document.sections[0].footer.paragraphs[0]
        paragraph.alignment = 1
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = paragraph.add_run()
            if kind:
                mark = self.element("w:fldChar")
                mark.set(self.qn("w:fldCharType"), kind)
            else:
                mark = self.element("w:instrText")
                mark.text = text
            run._element.append(mark)


# A table cell's paragraphs, each of pieces with whether they stand out.
Cell = Sequence[Sequence[tuple[str, bool]]]


def _plain(*paragraphs: str) -> Cell:
    return [[(text, False)] for text in paragraphs]


def _row(entry: RuleEntry) -> tuple[Cell, ...]:
    requirement = [*entry.requirements]
    if entry.limits:
        requirement.append(f"阈值：{entry.limits_line}。")
    if entry.note:
        requirement.append(f"说明：{entry.note}")
    basis = entry.basis + (f"：“{entry.quote}”" if entry.quote else "")
    state = [] if entry.basis_state == "核查经验" else [(f"〔{entry.basis_state}〕", True)]
    return (
        [[(entry.code, True)], [(entry.label, False)]],
        _plain(*requirement),
        list(_said(entry)),
        _plain(*entry.applies.split("；")),
        [[*state, (basis, False)]],
        [],
    )


def _said(entry: RuleEntry) -> Iterator[list[tuple[str, bool]]]:
    for outcome in entry.outcomes:
        condition = f"（{outcome.condition}）" if outcome.condition else ""
        yield [(f"{outcome.severity.label}{condition}：", True), (outcome.message, False)]
        yield [("怎样改：", True), (outcome.remedy, False)]
