"""Damaged reports by the thousand: made from a seed, read, and held against what was printed."""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.published.damage import LINE_DAMAGE, TABLE_DAMAGE, ZEROS, sparse_figures, written
from tests.published.layouts import HTML_LAYOUTS, TEXT_LAYOUTS, Report, html_report, text_report
from tests.published.printed import Rows
from tests.published.reports import report_of, silently_wrong
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.form.filing import Filing
from workbook.problems import UnusableInput
from workbook.published.htmlsource import html_flow
from workbook.published.reading import flow_of
from workbook.published.recognise import recognise
from workbook.published.textsource import text_flow

KINDS = ("一格一行", "文字", "网页", "Word")
BARE = ("一格一行", "一格一行、空行相隔", "多个空格分列", "一个空格分列")


@dataclass(frozen=True)
class Case:
    """One damaged report: its bytes, and each cell's figure as it stood before."""

    kind: str
    seed: int
    edition: Edition
    layout: str
    zero: str
    harms: tuple[str, ...]
    truth: dict[CellId, str]
    data: bytes


def made(kind: str, seed: int) -> Case:
    """The case of a seed; of kind PDF the document that is to be printed as one."""
    random = Random(seed)
    edition = random.choice(all_editions())
    zero = random.choice(ZEROS)
    truth = dict(written(sparse_figures(edition, random), zero, random))
    report = report_of(edition, truth)
    as_text = kind in ("一格一行", "文字")
    names = [*TABLE_DAMAGE, *(LINE_DAMAGE if as_text else ())]
    harms = tuple(random.sample(names, random.choice([1, 2, 2, 3])))
    for harm in harms:
        if harm in TABLE_DAMAGE:
            TABLE_DAMAGE[harm](report, random)
    if kind in ("Word", "PDF"):
        layout = kind if kind == "Word" else random.choice(sorted(_PRINTED))
        data = _word(report, _PRINTED.get(layout, ""))
    elif kind == "网页":
        layout = random.choice(sorted(HTML_LAYOUTS))
        data = html_report(report, layout)
    else:
        layout = random.choice(sorted(TEXT_LAYOUTS) if kind == "文字" else BARE)
        lines = text_report(report, layout).decode("utf-8").split("\n")
        for harm in harms:
            if harm in LINE_DAMAGE:
                LINE_DAMAGE[harm](lines, random)
        data = "\n".join(lines).encode("utf-8")
    return Case(kind, seed, edition, layout, zero, harms, truth, data)


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_PACKAGE = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}" Target="word/document.xml"/></Relationships>',
}


_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_RULES = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in _SIDES)
_WIDE = '<w:tblW w:w="9000" w:type="dxa"/>'
_PRINTED = {
    "有框线": f"<w:tblPr>{_WIDE}<w:tblBorders>{_RULES}</w:tblBorders></w:tblPr>",
    "无框线": f"<w:tblPr>{_WIDE}</w:tblPr>",
}


def _word(report: Report, table: str) -> bytes:
    """A Word document whose rows hold the cells that are there: a lost one leaves its row shorter."""
    body = "".join(
        _word_table(content, table) if not isinstance(content, str) else f"<w:p>{_run(content)}</w:p>"
        for _, content in report.parts()
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in _PACKAGE.items():
            package.writestr(name, content)
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
        )
    return stream.getvalue()


def _run(text: str) -> str:
    return f"<w:r><w:t>{html.escape(text)}</w:t></w:r>"


def _word_table(rows: Rows, properties: str) -> str:
    found = []
    reach: dict[int, tuple[int, int]] = {}  # column → (rows still below, columns across)
    for row in rows:
        column, cells = 0, []
        below = {at: (left - 1, across) for at, (left, across) in reach.items() if left > 1}
        for cell in [*row, None]:
            while column in reach:
                across = reach[column][1]
                cells.append(_word_cell("", across, '<w:vMerge w:val="continue"/>'))
                column += across
            if cell is None:
                break
            merge = '<w:vMerge w:val="restart"/>' if cell.down > 1 else ""
            cells.append(_word_cell(cell.text, cell.across, merge))
            if cell.down > 1:
                below[column] = (cell.down - 1, cell.across)
            column += cell.across
        reach = below
        found.append(f"<w:tr>{''.join(cells)}</w:tr>")
    return f"<w:tbl>{properties}{''.join(found)}</w:tbl>"


def _word_cell(text: str, across: int, merge: str) -> str:
    span = f'<w:gridSpan w:val="{across}"/>' if across > 1 else ""
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr><w:p>{_run(text)}</w:p></w:tc>"


def read(case: Case) -> Filing | None:
    """The case as read; None where it is refused."""
    try:
        if case.kind == "网页":
            return recognise(html_flow(case.data, "年报.html")).filing
        if case.kind == "Word":
            with TemporaryDirectory() as folder:
                path = Path(folder) / "年报.docx"
                path.write_bytes(case.data)
                return recognise(flow_of(path)).filing
        return recognise(text_flow(case.data, "年报.txt")).filing
    except UnusableInput:
        return None


def wrong(case: Case, filing: Filing) -> dict[str, tuple[object, str]]:
    """Figures given as certain that were others, or stood nowhere."""
    if filing.edition_id != case.edition.id:
        return {"edition": (filing.edition_id, case.edition.id)}
    found = silently_wrong(filing, case.truth)
    return {cell: (there, truth) for cell, (there, truth) in found.items() if not _as_good(there, truth)}


def _as_good(there: object, truth: str) -> bool:
    """Whether a figure typed otherwise (1,234, ５) says the same number."""
    shown = re.sub(r"[,\s]", "", str(there if there is not None else ""))
    return shown.translate(str.maketrans("０１２３４５６７８９", "0123456789")) == truth.translate(
        str.maketrans("０１２３４５６７８９", "0123456789")
    )
