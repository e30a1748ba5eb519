"""Published reports read: what kind of file it is, by its content first, and what is recognised in it."""

from __future__ import annotations

import re
from pathlib import Path

from workbook.files.archive import Archive
from workbook.files.limits import DEFAULT, file_bytes
from workbook.files.scan import read_grid
from workbook.form.filing import Filing
from workbook.problems import UnusableInput
from workbook.published.docxsource import DOCUMENT, docx_flow
from workbook.published.flow import Flow
from workbook.published.gridsource import grid_flow
from workbook.published.htmlsource import archived_page, html_flow
from workbook.published.officesource import OLD_SUFFIXES, OPEN_SUFFIX, as_docx
from workbook.published.pdfsource import pdf_flow
from workbook.published.recognise import Recognition, recognise
from workbook.published.textsource import text_flow

SUFFIXES = frozenset(
    {".docx", ".html", ".htm", ".mht", ".mhtml", ".pdf", ".txt", ".md", ".doc", ".wps", ".rtf", ".odt"}
)
_ARCHIVED = re.compile(rb"(?:From: <Saved by|MIME-Version:)", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_published(path: Path) -> bool:
    """Whether a file is read as a published report: by its suffix, or as no workbook by its first bytes."""
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        with path.open("rb") as stream:
            head = stream.read(4_096)
    except (OSError, ValueError):
        return False
    if head.startswith(b"%PDF") or _is_page(head):
        return True
    return head.startswith(b"PK\x03\x04") and _holds_document(path)


def read_published(path: Path, *, year: int | None = None, edition_id: str | None = None) -> Filing:
    """The filing in a published report, as published: errors and blanks included, doubts named.

    `year` and `edition_id` hold where the document does not say. Raises UnusableInput.
    """
    return recognise_file(path, year=year, edition_id=edition_id).filing


def recognise_file(path: Path, *, year: int | None = None, edition_id: str | None = None) -> Recognition:
    """The same with what was recognised and how. Raises UnusableInput."""
    return recognise(flow_of(path), year=year, edition_id=edition_id)


def flow_of(path: Path) -> Flow:
    """A file as pieces in reading order, its kind told by its content and then its suffix."""
    name = path.name
    data = file_bytes(path, name, DEFAULT)
    suffix = path.suffix.lower()
    if not data:
        raise UnusableInput(f"“{name}”是空文件（0字节），请重新导出或另存后再试。")
    if data.startswith(b"%PDF") or (suffix == ".pdf" and b"%PDF" in data[:1_024]):
        return pdf_flow(path, name)
    if data.startswith(b"PK"):
        return _package(data, name)
    if data.startswith((_OLE, b"{\\rtf")) or suffix in OLD_SUFFIXES:
        if _is_page(data[:4_096]):
            return html_flow(data, name)  # a page saved under the name of a Word document
        return _package(as_docx(data, suffix, name), name)
    if suffix in (".mht", ".mhtml") or _ARCHIVED.match(data[:200]):
        return html_flow(archived_page(data, name), name)
    if suffix in (".html", ".htm") or _is_page(data[:4_096]):
        return html_flow(data, name)
    if b"\0" in data[:4_096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnusableInput(f"“{name}”不是文字、网页、Word或PDF文件，读不了；请另存为docx后再试。")
    return text_flow(data, name, markdown=suffix == ".md")


def _package(data: bytes, name: str) -> Flow:
    with Archive(data, name, DEFAULT) as archive:
        if archive.find("xl/workbook.xml") is not None:
            return grid_flow(read_grid(data, name=name))
        if archive.find(DOCUMENT) is None and _is_open_text(archive):
            return _package(as_docx(data, OPEN_SUFFIX, name), name)
        if archive.find(DOCUMENT) is None:
            raise UnusableInput(f"“{name}”是压缩包，不是Word文档；请解压后提交其中的文件，或另存为docx。")
        return docx_flow(archive)


def _is_open_text(archive: Archive) -> bool:
    """Whether a package is an OpenDocument text; its content is proved to be within bounds."""
    kind = archive.find("mimetype")
    if kind is None or archive.read(kind) != b"application/vnd.oasis.opendocument.text":
        return False
    content = archive.find("content.xml")
    return content is not None and bool(archive.read(content))


def _holds_document(path: Path) -> bool:
    try:
        with Archive(file_bytes(path, path.name, DEFAULT), path.name, DEFAULT) as archive:
            return archive.find(DOCUMENT) is not None and archive.find("xl/workbook.xml") is None
    except UnusableInput:
        return False


def _is_page(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith(b"<") and any(
        sign in start for sign in (b"<html", b"<!doctype html", b"<table", b"<body", b"<div", b"<p>", b"<p ")
    )


__all__ = ["is_published", "read_published", "recognise_file"]
