"""整改通知: a printable letter to a unit whose report is given back, with every point and its basis."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from workbook.campaign.records import StoredFinding, UnitState
from workbook.files.undated import undated
from workbook.results.gathering import Gathered
from workbook.results.reminders import chinese_date
from workbook.rules.findings import Severity

_COLUMNS = (("序号", 12), ("程度", 18), ("位置", 30), ("问题与改法", 100))  # millimetres: 160 in all
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed date: the same findings make the same bytes
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def notice(item: UnitState, gathered: Gathered) -> bytes:
    """The letter as a Word document: what blocks first, then what only deserves another look."""
    settings = gathered.settings
    document = Document()
    document.core_properties.created = document.core_properties.modified = _MADE
    document.core_properties.author = settings.office or ""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _line(document, "政府信息公开工作年度报告整改通知", "黑体", 20, centred=True)
    _line(document, f"{item.unit.name}：", "仿宋", 16)
    leads = gathered.leads(item.unit.code)
    blocking = [finding for finding in leads if finding.blocks]
    others = [finding for finding in leads if not finding.blocks and not finding.overruled]
    due = f"请于{chinese_date(item.due)}前" if item.due and item.due >= gathered.today else "请尽快"
    _line(
        document,
        f"贵单位报送的{settings.year}年度政府信息公开工作年度报告，经核对有{len(blocking)}处须改正或说明。"
        f"{due}在退回的带批注副本上改正，按原文件名重报；确有原因的，在副本“校验结果”的“情况说明”栏写明。",
        "仿宋",
        16,
        indent=True,
    )
    _points(document, blocking)
    if others:
        _line(document, "以下各处请再看一眼，无误的不用改：", "仿宋", 16, indent=True)
        _points(document, others)
    contact = " ".join(part for part in (settings.contact, settings.telephone) if part)
    if contact:
        _line(document, f"联系人：{contact}", "仿宋", 16, indent=True)
    if settings.office:
        _line(document, settings.office, "仿宋", 16, right=True)
    today = gathered.today
    _line(document, f"{today.year}年{today.month}月{today.day}日", "仿宋", 16, right=True)
    target = io.BytesIO()
    document.save(target)
    return undated(target.getvalue())


def _points(document: Any, findings: list[StoredFinding]) -> None:
    table = document.add_table(rows=1, cols=len(_COLUMNS))
    table.style = "Table Grid"
    table.autofit = False
    for column, (_, width) in zip(table.columns, _COLUMNS, strict=True):
        column.width = Mm(width)  # LibreOffice and WPS go by the grid, Word by the cells
    for cell, (words, width) in zip(table.rows[0].cells, _COLUMNS, strict=True):
        cell.width = Mm(width)
        _write(cell.paragraphs[0], words, "黑体", 11, centred=True)
    head = table.rows[0]._tr.get_or_add_trPr()
    head.append(head.makeelement(qn("w:tblHeader"), {}))
    for number, finding in enumerate(findings, start=1):
        place = f"{finding.sheet or '全表'} {finding.cell or ''}".strip()
        severity = finding.severity.label if finding.severity is not Severity.WARNING else "提示"
        words = f"{finding.message}\n{finding.remedy}\n依据：{finding.basis}。〔{finding.rule}〕"
        cells = table.add_row().cells
        for cell, text, (_, width) in zip(
            cells, (str(number), severity, place, words), _COLUMNS, strict=True
        ):
            cell.width = Mm(width)
            lines = text.split("\n")
            _write(cell.paragraphs[0], lines[0], "宋体", 11, centred=width < 25)
            for line in lines[1:]:
                _write(cell.add_paragraph(), line, "宋体", 11)


def _line(
    document: Any,
    text: str,
    font: str,
    size: float,
    *,
    centred: bool = False,
    right: bool = False,
    indent: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    _write(paragraph, text, font, size, centred=centred)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    paragraph.paragraph_format.line_spacing = Pt(28)
    if centred:
        paragraph.paragraph_format.space_after = Pt(14)


def _write(paragraph: Any, text: str, font: str, size: float, *, centred: bool = False) -> None:
    run = paragraph.add_run(_CONTROL.sub("", text))
    run.font.size = Pt(size)
    run.font.name = font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    paragraph.paragraph_format.space_after = Pt(0)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
