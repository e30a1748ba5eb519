"""A report for publication in one of three formats, from figures and words alone."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from workbook.form.filing import Filing
from workbook.published.docx_report import report_docx
from workbook.published.html_report import report_html
from workbook.published.layout import Part, lay_out_report
from workbook.published.pdf_report import report_pdf
from workbook.published.signoff import FRONT_TITLE

FORMATS = ("docx", "html", "pdf")


def export(filing: Filing, to: str, dated: datetime.date | None = None, front: Sequence[Part] = ()) -> bytes:
    """The report's bytes in one of FORMATS; `front` is the sheet of a report that goes to be signed.

    Whether it may be published is for the caller to ask. Raises UnwritableOutput where what makes the format
    is missing, UnusableInput where it fails.
    """
    return {"docx": export_docx, "html": export_html, "pdf": export_pdf}[to](filing, dated, front)


def export_docx(filing: Filing, dated: datetime.date | None = None, front: Sequence[Part] = ()) -> bytes:
    """The report as a Word document."""
    return report_docx(lay_out_report(filing, dated), front, FRONT_TITLE)


def export_html(filing: Filing, dated: datetime.date | None = None, front: Sequence[Part] = ()) -> bytes:
    """The report as one HTML page in UTF-8."""
    return report_html(lay_out_report(filing, dated), front, FRONT_TITLE)


def export_pdf(filing: Filing, dated: datetime.date | None = None, front: Sequence[Part] = ()) -> bytes:
    """The report as PDF, through LibreOffice."""
    return report_pdf(lay_out_report(filing, dated), front, FRONT_TITLE)
