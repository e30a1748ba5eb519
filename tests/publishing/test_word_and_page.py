"""The Word document and the HTML page, read by somebody else's readers: figures, merges, words."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from tests.addin_build.outside import quiet_import
from tests.publishing.samples import EDITIONS, city, printed_rows, report
from tests.strategies import balanced_figures, filing_of
from workbook.form.editionfile import edition_by_id
from workbook.form.filing import Filing
from workbook.published.export import export_docx, export_html
from workbook.published.grids import Grid
from workbook.published.layout import Paragraph, lay_out_report

DAY = datetime.date(2026, 1, 20)
HOSTILE = [
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '{ HYPERLINK "http://example.invalid" }',
    "http://example.invalid/ 请点击",
    "&amp;&lt;w:br/&gt; ]]> <!-- -->",
    "控制\x00\x07\x1b\u202e符号\ufffe",
]


def word_tables(data: bytes) -> list[list[list[str]]]:
    document = docx.Document(io.BytesIO(data))
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def page_tables(data: bytes) -> list[list[list[str]]]:
    """Each table of a page with its merged cells spread out, as a browser lays it out."""
    found = []
    for table in html.document_fromstring(data.decode("utf-8")).iter("table"):
        rows: list[dict[int, str]] = [{} for _ in table.iter("tr")]
        for number, line in enumerate(table.iter("tr")):
            column = 0
            for cell in line:
                while column in rows[number]:
                    column += 1
                for down in range(int(cell.get("rowspan", 1))):
                    for right in range(int(cell.get("colspan", 1))):
                        rows[number + down][column + right] = cell.text_content()
        found.append([[row[column] for column in sorted(row)] for row in rows])
    return found


def expected_tables(filing: Filing) -> list[list[list[str]]]:
    return [printed_rows(part) for part in lay_out_report(filing).parts if isinstance(part, Grid)]


@st.composite
def filings(draw: st.DrawFn) -> Filing:
    edition = edition_by_id(draw(st.sampled_from(EDITIONS)))
    assert edition is not None
    figures: dict[Any, Any] = dict(draw(balanced_figures(edition)))
    odd = st.sampled_from([None, "/", "约十件", "251000元", "<b>3</b>", 25.1, 11398889])
    figures |= draw(st.dictionaries(st.sampled_from(edition.cells), odd, max_size=5))
    words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=60)
    sections = draw(st.dictionaries(st.sampled_from([s.id for s in edition.sections]), words))
    return filing_of(edition, figures, organ={"name": "某市某局"}, sections=sections)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(filings())
def test_any_report_is_whole_in_both_formats(filing: Filing) -> None:
    expected = expected_tables(filing)
    word = export_docx(filing, DAY)
    assert word_tables(word) == expected
    page = export_html(filing, DAY)
    assert page_tables(page) == expected
    said = [part.lead + part.text for part in lay_out_report(filing).parts if isinstance(part, Paragraph)]
    paragraphs = [item.text for item in docx.Document(io.BytesIO(word)).paragraphs]
    for line in said:
        assert line in paragraphs
    assert [
        item.text_content() for item in html.document_fromstring(page.decode()).findall(".//main/p")
    ] == said


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("text", HOSTILE)
def test_the_units_text_stays_text(edition: str, text: str) -> None:
    filing = report(
        edition,
        {"proactive.licences[decisions]": text},
        organ={"name": f"某局{text}"},
        sections={"overview": text},
    )
    page = export_html(filing, DAY).decode("utf-8")
    tree = html.document_fromstring(page)
    for tag in ("script", "a", "img", "link", "iframe", "form", "object"):
        assert not list(tree.iter(tag)), tag
    assert not re.search(r"\son\w+\s*=", re.sub(r">[^<]*<", "><", page))
    assert page.count("<style>") == 1
    data = export_docx(filing, DAY)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = package.read("word/document.xml").decode("utf-8")
        for name in package.namelist():
            assert b'TargetMode="External"' not in package.read(name), name
    assert "w:hyperlink" not in body
    assert "w:fldSimple" not in body
    assert "w:instrText" not in body
    shown = "".join(sign for sign in text if sign.isprintable() and sign != "\ufffe")
    assert shown in [item.text for item in docx.Document(io.BytesIO(data)).paragraphs]


def test_the_page_fetches_nothing_and_says_its_language() -> None:
    tree = html.document_fromstring(export_html(city(), DAY).decode("utf-8"))
    assert tree.get("lang") == "zh-CN"
    assert not [item for item in tree.iter() if item.get("src") or item.get("href")]
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    style = tree.findtext(".//style") or ""
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_page_s_tables_can_be_heard(edition: str) -> None:
    tree = html.document_fromstring(export_html(report(edition), DAY).decode("utf-8"))
    ids = [item.get("id") for item in tree.iter() if item.get("id")]
    assert len(ids) == len(set(ids))
    for table in tree.iter("table"):
        assert table.findtext("caption")
        for head in table.iter("th"):
            assert head.get("scope") in ("col", "row", "colgroup", "rowgroup")
        for figure in table.iter("td"):
            heads = (figure.get("headers") or "").split()
            assert heads, figure.text
            assert all(tree.get_element_by_id(head).tag == "th" for head in heads)


def test_the_word_document_keeps_the_standard_s_measures() -> None:
    document = docx.Document(io.BytesIO(export_docx(city(), DAY)))
    section = document.sections[0]
    measures = (
        section.page_width, section.page_height,
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin,
    )  # fmt: skip
    assert [round(measure.mm) for measure in measures if measure is not None] == [210, 297, 37, 35, 28, 26]
    fonts = {}
    for name in ("Normal", "Title", "Heading 1"):
        style = document.styles[name]
        chinese = style.element.rPr.rFonts.get(docx.oxml.ns.qn("w:eastAsia"))
        fonts[name] = (chinese, style.font.size.pt, style.paragraph_format.line_spacing.pt)
    assert fonts == {
        "Normal": ("仿宋_GB2312", 16, 28),
        "Title": ("方正小标宋简体", 22, 36),
        "Heading 1": ("黑体", 16, 28),
    }
    with zipfile.ZipFile(io.BytesIO(export_docx(city(), DAY))) as package:
        table = package.read("word/fontTable.xml").decode("utf-8")
    assert 'w:name="仿宋_GB2312"' in table
    assert "仿宋,FangSong" in table


def test_header_rows_repeat_and_rows_are_not_divided() -> None:
    qn = docx.oxml.ns.qn
    for table in docx.Document(io.BytesIO(export_docx(city(), DAY))).tables:
        repeated = [bool(row._tr.trPr.findall(qn("w:tblHeader"))) for row in table.rows]
        assert sum(repeated) == (0 if len(table.columns) == 4 else 3)
        assert all(row._tr.trPr.findall(qn("w:cantSplit")) for row in table.rows)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert export_docx(city(), DAY) == export_docx(city(), DAY)
    assert export_html(city(), DAY) == export_html(city(), DAY)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_word_document_is_valid_by_the_schema(edition: str, tmp_path: Any) -> None:
    audit = quiet_import("openxml_audit")
    path = tmp_path / "年报.docx"
    path.write_bytes(export_docx(report(edition), DAY))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = audit.OpenXmlValidator().validate(str(path))
    assert [str(error) for error in result.errors] == []
