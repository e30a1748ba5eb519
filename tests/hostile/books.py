"""Hostile and broken workbooks: each is our own filled form with one thing done to it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.damaged import THIRD, part_of
from tests.filled import save_form
from tests.fuzz.bases import balanced

Parts = dict[str, bytes]
MEGABYTE = 1024 * 1024
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@cache
def form() -> bytes:
    """The whole form that everything starts from."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "表.xlsx"
        save_form(path, "2021", balanced("2021"), year=2022)
        return path.read_bytes()


@cache
def wrong_form() -> bytes:
    """The same with a total that is not its parts' sum: there is something to note."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "表.xlsx"
        wrong = {"applications.dispositions.total[natural_person]": 3}
        save_form(path, "2021", balanced("2021") | wrong, year=2022)
        return path.read_bytes()


def parts() -> Parts:
    with zipfile.ZipFile(io.BytesIO(form())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(content: Parts, *, stored: tuple[str, ...] = (), packed: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in content.items():
            large = len(data) > MEGABYTE and name not in packed  # no ratio shall give it away
            kind = zipfile.ZIP_STORED if large or name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), data, kind)
    return out.getvalue()


def changed(
    *changes: Callable[[Parts], object], stored: tuple[str, ...] = (), packed: tuple[str, ...] = ()
) -> bytes:
    content = parts()
    for change in changes:
        change(content)
    return zipped(content, stored=stored, packed=packed)


def added(name: str, data: bytes) -> Callable[[Parts], None]:
    """A part added, or one in the place of another."""

    def change(content: Parts) -> None:
        content[name] = data

    return change


def third(content: Parts) -> str:
    """The part with 表三."""
    return part_of(content, THIRD)


def replaced(
    part: str | Callable[[Parts], str], old: str, new: str, count: int = 1
) -> Callable[[Parts], None]:
    """Text of a part replaced; the old one must be there."""

    def change(content: Parts) -> None:
        name = part if isinstance(part, str) else part(content)
        text = content[name].decode()
        assert old in text, f"{old} is not in {name}"
        content[name] = text.replace(old, new, count).encode()

    return change


def figure(value: str, attributes: str = "") -> Callable[[Parts], None]:
    """The first figure of 表三 (本年新收, 自然人: 12) stored as something else."""

    def change(content: Parts) -> None:
        name = third(content)
        text, count = re.subn(
            r'<c r="(\w+)"( s="\d+")?><v>12</v></c>',
            lambda m: f'<c r="{m[1]}"{m[2] or ""}{attributes}>{value}</c>',
            content[name].decode(),
            count=1,
        )
        assert count == 1
        content[name] = text.encode()

    return change


def text_figure(text: str) -> Callable[[Parts], None]:
    return figure(f'<is><t xml:space="preserve">{text}</t></is>', ' t="inlineStr"')


def rows_added(rows: str) -> Callable[[Parts], None]:
    """Rows put behind the last of 表三."""
    return replaced(third, "</sheetData>", rows + "</sheetData>")


def label(text: str) -> Callable[[Parts], None]:
    """A row label of 表三 (2.重复申请) reworded, in the shared strings."""
    return replaced("xl/sharedStrings.xml", ">2.重复申请<", f' xml:space="preserve">{text}<')


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {n} "{f"&{o};" * 10}">' for o, n in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def doctype(part: str | Callable[[Parts], str], declaration: str) -> Callable[[Parts], None]:
    return replaced(part, "?>", "?>" + declaration)


def many_strings(content: Parts) -> None:
    text = content["xl/sharedStrings.xml"].decode()
    content["xl/sharedStrings.xml"] = text.replace(
        "</sst>", "<si><t>甲</t></si>" * 1_000_000 + "</sst>"
    ).encode()


def many_styles(content: Parts) -> None:
    text = content["xl/styles.xml"].decode()
    content["xl/styles.xml"] = text.replace(
        "</cellXfs>", '<xf numFmtId="14"/>' * 1_000_000 + "</cellXfs>"
    ).encode()


def corners(dimension: str) -> Callable[[Parts], None]:
    def change(content: Parts) -> None:
        name = third(content)
        text = re.sub(r"<dimension [^>]*/>", dimension, content[name].decode())
        far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        content[name] = text.replace("</sheetData>", far + "</sheetData>").encode()

    return change


def far_labels(content: Parts) -> None:
    """A table's labels a million rows and sixteen thousand columns apart, a mountain of rows between them."""
    words = [
        "一、本年新收政府信息公开申请数量",
        "二、上年结转政府信息公开申请数量",
        "（一）予以公开",
        "（七）总计",
    ]
    far = [2, 3, 4, 1_048_576]

    def cell(row: int, text: str) -> str:
        return f'<row r="{row}"><c r="XFA{row}" t="inlineStr"><is><t>{text}</t></is></c></row>'

    middle = "".join(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(1_000, 101_000))
    body = "".join(cell(row, text) for row, text in zip(far[:3], words[:3], strict=True))
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData>{body}{middle}{cell(far[3], words[3])}</sheetData></worksheet>'
    )
    content[third(content)] = sheet.encode()


def many_labels(content: Parts) -> None:
    """The same labels over and over: what looks for a table must not try every pair."""
    words = ["规章", "行政规范性文件", "行政许可", "（七）总计", "总计", "其他", "结果维持"]
    rows = "".join(
        f'<row r="{1_000 + row}">'
        + "".join(
            f'<c r="{chr(65 + column)}{1_000 + row}" t="inlineStr"><is><t>{word}</t></is></c>'
            for column, word in enumerate(words)
        )
        + "</row>"
        for row in range(15_000)
    )
    rows_added(rows)(content)


def many_merges(content: Parts) -> None:
    merges = "".join(f'<mergeCell ref="A1:XFD{row}"/>' for row in range(1_000, 101_000))
    name = third(content)
    text = content[name].decode()
    content[name] = text.replace("</mergeCells>", merges + "</mergeCells>").encode()


def many_sums(content: Parts) -> None:
    """Every figure of 表三 a formula of eight thousand characters that adds up the sheet again and again."""
    name = third(content)
    formula = "+".join(["SUM(A1:J1000)"] * 580)
    content[name] = re.sub(
        r'<c r="([D-J]\d+)"( s="\d+")?><v>\d+</v></c>',
        lambda m: f'<c r="{m[1]}"{m[2] or ""}><f>{formula}</f><v>1</v></c>',
        content[name].decode(),
    ).encode()


def many_cells(count: int) -> Callable[[Parts], None]:
    """A sheet of filled cells, each different."""
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{chr(65 + column)}{row}"><v>{row * 26 + column}</v></c>' for column in range(26))
        + "</row>"
        for row in range(1_000, 1_000 + count // 26)
    )
    return rows_added(rows)


def many_paragraphs(content: Parts) -> None:
    """A hundred thousand lines that each look like a heading."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is>'
        f"<t>{'一二三四五六'[row % 6]}、总体情况{row}</t></is></c></row>"
        for row in range(1_000, 61_000)
    )
    rows_added(rows)(content)


def cyclic(content: Parts) -> None:
    """Every relation leads to the book, the book's own included."""
    for name in content:
        if name.endswith(".rels"):
            content[name] = re.sub(rb'Target="[^"]*"', b'Target="/xl/workbook.xml"', content[name])


def no_rels(content: Parts) -> None:
    for name in [name for name in content if name.endswith(".rels")]:
        del content[name]


def no_sheet_rels(content: Parts) -> None:
    del content["xl/_rels/workbook.xml.rels"]


def remote(port: int) -> bytes:
    """Everything that could make a program call home: template, link, picture, data, DDE, web query."""
    home = f"http://127.0.0.1:{port}"
    kinds = (
        "attachedTemplate",
        "externalLink",
        "externalLinkPath",
        "image",
        "connections",
        "hyperlink",
        "oleObject",
    )
    relations = "".join(
        f'<Relationship Id="rIdX{number}" TargetMode="External" Target="{home}/{kind}" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>'
        for number, kind in enumerate(kinds)
    )

    def add(content: Parts) -> None:
        for name in ("xl/_rels/workbook.xml.rels", "_rels/.rels"):
            content[name] = content[name].replace(
                b"</Relationships>", relations.encode() + b"</Relationships>"
            )
        content["xl/externalLinks/externalLink1.xml"] = (
            f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c curl {home}/dde">'
            '<ddeItems><ddeItem name="A0"/></ddeItems></ddeLink></externalLink>'
        ).encode()
        figure(f"<f>WEBSERVICE(&quot;{home}/web&quot;)</f><v>12</v>")(content)

    return changed(add)


def nested(levels: int) -> bytes:
    data = form()
    for _ in range(levels):
        data = zipped({"inner.xlsx": data})
    return data


def rezipped_with(name: str) -> bytes:
    placeholder = "x" * len(name)
    return zipped(parts() | {placeholder: b"x"}).replace(placeholder.encode(), name.encode())


def doubled() -> bytes:
    content = parts()
    name = third(content)
    return zipped(content | {name.upper(): content[name]})
