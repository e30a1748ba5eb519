"""Documents made to harm: read or refused in one line, within bounded memory and time, nothing fetched."""

from __future__ import annotations

import io
import resource
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.problems import Problem, UnusableInput
from workbook.published.flow import TableRow, TextLine
from workbook.published.pdfsource import pdf_flow
from workbook.published.reading import flow_of, recognise_file

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def docx(document: str, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as package:
        package.writestr("[Content_Types].xml", TYPES)
        package.writestr("word/document.xml", document)
    return buffer.getvalue()


def body(content: str, before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<w:document xmlns:w="{W}"><w:body>{content}</w:body></w:document>'


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "规章 7 7 7">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(9))
    + "]>"
)
PARAGRAPH = "<w:p><w:r><w:t>总体情况</w:t></w:r></w:p>"
ROW = "<w:tr>" + "<w:tc><w:p/></w:tc>" * 50 + "</w:tr>"

DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "压缩炸弹.docx": lambda: docx(body("<w:p><w:r><w:t>" + "0" * 150_000_000 + "</w:t></w:r></w:p>")),
    "实体.docx": lambda: docx(body("<w:p><w:r><w:t>&a8;</w:t></w:r></w:p>", LAUGHS)),
    "外部实体.docx": lambda: docx(
        body(
            "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        )
    ),
    "段落过多.docx": lambda: docx(body(PARAGRAPH * 300_000)),
    "表格过大.docx": lambda: docx(body(f"<w:tbl>{ROW * 5_000}</w:tbl>")),
    "嵌套过深.docx": lambda: docx(body("<w:tbl><w:tr><w:tc>" * 30_000 + "</w:tc></w:tr></w:tbl>" * 30_000)),
    "文本框套文本框.docx": lambda: docx(
        body("<w:p><w:r><w:txbxContent>" * 5_000 + PARAGRAPH + "</w:txbxContent></w:r></w:p>" * 5_000)
    ),
    "缺一半.docx": lambda: docx(body(PARAGRAPH))[:-120],
    "嵌套过深.html": lambda: b"<html><body>" + b"<div>" * 300_000 + "规章 1 2 3".encode(),
    "表格过大.html": lambda: b"<html><table>" + b"<tr>" * 20 + b"<td>1" * 150_000,
    "跨列过多.html": lambda: b"<html><table>" + b"<tr><td colspan=999999 rowspan=999999>1<td>2" * 3_000,
    "套表.html": lambda: b"<html>" + b"<table><tr><td>" * 20_000 + b"1",
    "样式.html": lambda: b"<html><style>" + b"a{" * 200_000 + b"</style><p>1</p>",
    "标签.html": lambda: b"<html>" + b"<p " * 400_000,
    "一行.txt": lambda: b"0 " * 3_000_000,
    "竖线.txt": lambda: b"|" * 2_000_000,
    "行数.txt": lambda: b"1\n" * 400_000,
    "标题.txt": lambda: "规章\n".encode() * 30_000,
    "数字.txt": lambda: ("规章 " + "1" * 300 + "\n").encode() * 20_000,
    "括号.txt": lambda: ("（一）" * 5_000 + "\n").encode() * 40,
    "套信.mht": lambda: b"".join(
        f"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b{n}\n\n--b{n}\n".encode()
        for n in range(3_000)
    ),
    "空.pdf": lambda: b"%PDF-1.7\n",
    "乱.pdf": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 2_000,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_hostile_document_is_read_or_refused_in_one_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(DOCUMENTS[name]())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        found = recognise_file(path)
    except UnusableInput as problem:
        assert name in str(problem) and "\n" not in str(problem)
    else:
        assert all("\n" not in why for why in found.filing.uncertain.values())
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 1_500_000, "kilobytes at the peak"


def test_nothing_of_an_entity_gets_into_the_words(tmp_path: Path) -> None:
    """A page's own entities are not expanded; neither is a file of this computer."""
    secret = tmp_path / "secret.txt"
    secret.write_text("机密内容", encoding="utf-8")
    page = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "展开了">]>'
        "<html><body><p>一、总体情况 &x; &y;</p><p>二、主动公开政府信息情况</p></body></html>"
    )
    (tmp_path / "页.html").write_text(page, encoding="utf-8")
    words = "".join(
        piece.text for piece in flow_of(tmp_path / "页.html").pieces if isinstance(piece, TextLine)
    )
    assert "总体情况" in words and "机密内容" not in words and "展开了" not in words


def test_spans_are_held_to_what_a_table_can_have(tmp_path: Path) -> None:
    page = "<html><body><table><tr><td colspan=100000>规章<td>1<td>2<td rowspan=90000>3</table></body></html>"
    (tmp_path / "页.html").write_text(page, encoding="utf-8")
    rows = [piece for piece in flow_of(tmp_path / "页.html").pieces if isinstance(piece, TableRow)]
    assert max(cell.width for row in rows for cell in row.cells) <= 200


def pdf(stream: bytes, pages: int = 1) -> bytes:
    """A PDF by hand: every page has the same compressed content."""
    kids = " ".join(f"{n + 4} 0 R" for n in range(pages))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
        None,
        *("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R>>" for _ in range(pages)),
    ]
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(out.tell())
        if content is None:
            head = f"{number} 0 obj<</Filter/FlateDecode/Length {len(stream)}>>stream\n".encode()
            out.write(head + stream + b"\nendstream endobj\n")
        else:
            out.write(f"{number} 0 obj{content}endobj\n".encode())
    start = out.tell()
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode())
    out.write(f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{start}\n%%EOF".encode())
    return out.getvalue()


PDFS = {
    "压缩炸弹": lambda: pdf(zlib.compress(b"0 0 m " * 20_000_000, 6)),
    "页数过多": lambda: pdf(zlib.compress(b"q Q"), pages=3_000),
    "线条过多": lambda: pdf(zlib.compress(b"".join(b"%d 0 m %d 800 l S\n" % (n, n) for n in range(30_000)))),
    "没有文字": lambda: pdf(zlib.compress(b"q Q")),
}


@pytest.mark.parametrize("kind", PDFS)
def test_hostile_pdf_is_refused_by_its_own_process(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "年报.pdf"
    path.write_bytes(PDFS[kind]())
    with pytest.raises(Problem) as refused:
        pdf_flow(path, path.name)
    assert "年报.pdf" in str(refused.value)


def test_a_pdf_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "年报.pdf"
    path.write_bytes(pdf(zlib.compress(b"q Q")))
    with pytest.raises(UnusableInput, match="没有读完"):
        pdf_flow(path, path.name, timeout=0.01)
