"""The report as PDF: the Word document printed by LibreOffice, tagged, so that tables stay tables."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.published.docx_report import report_docx
from workbook.published.layout import Part, Report
from workbook.published.libreoffice import TIMEOUT, convert, installed_fonts

_FILTER = (
    'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"},'
    '"ExportBookmarks":{"type":"boolean","value":"true"},'
    '"DisplayPDFDocumentTitle":{"type":"boolean","value":"true"}}'
)


def report_pdf(
    report: Report, front: Sequence[Part] = (), front_title: str = "", timeout: float = TIMEOUT
) -> bytes:
    """The bytes of a .pdf. Raises UnwritableOutput or UnusableInput where it cannot be made."""
    document = report_docx(report, front, front_title, installed=installed_fonts())
    return convert(document, ".docx", _FILTER, timeout)
