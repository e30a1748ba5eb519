"""Whatever a file holds, reading it ends soon, in little memory, with a grid or one clear line."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.files.handmade import DECLARATION, LINKS, MAIN, links, parts_of, strings, styles, worksheet, zipped
from workbook.files.archive import Limits
from workbook.files.scan import UNKNOWN_FORMULA, read_grid
from workbook.problems import UnusableInput

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
PLAIN = worksheet(ROW)


def refusal(data: bytes, limits: Limits | None = None) -> str:
    """The one line with which a book is refused."""
    with pytest.raises(UnusableInput) as caught:
        read_grid(data, name="甲局.xlsx", limits=limits or Limits())
    line = str(caught.value)
    assert line.startswith("“甲局.xlsx”")
    assert line.endswith("。")
    assert "\n" not in line
    return line


# ---- documents that would fetch or expand

LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {n} "{f"&{o};" * 10}">' for o, n in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
FETCH = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [LAUGHS, FETCH, "<!DOCTYPE x>"])
@pytest.mark.parametrize(
    "part",
    [
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
    ],
)
def test_a_document_type_is_refused_in_every_part(part: str, doctype: str) -> None:
    text = "<t>&a;</t>" if "shared" in part else "<t>a</t>"
    parts = parts_of(PLAIN, sst=strings(text), style=styles(14))
    parts[part] = str(parts[part]).replace(DECLARATION, DECLARATION + doctype)
    line = refusal(zipped(parts))
    assert "文档类型定义" in line
    assert "passwd" not in line


def test_an_undeclared_entity_is_refused() -> None:
    assert "不是有效的XML" in refusal(
        zipped(parts_of(worksheet('<row r="1"><c r="A1"><v>&a;</v></c></row>')))
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-20],
        lambda text: text.replace("</v>", ""),
        lambda text: text.replace("<v>1", "<v>\x00"),
        lambda text: text.replace("<v>1", "<v>\x0b"),
        lambda text: text.replace("<v>1", "<v>&#0;"),
        lambda text: text.replace("<v>1", "<v>\ufffe"),
        lambda text: text.replace('r="A1"', 'r="A1" r="A1"'),
        lambda text: text + "<worksheet/>",
        lambda text: text.encode().replace(b"<v>1", b"<v>\xff"),
        lambda text: text.encode().replace(b"<v>1", b"<v>\xed\xa0\x80"),
        lambda text: text.replace("UTF-8", "utf-7"),
        lambda text: text.replace("worksheet", "chartsheet"),
        lambda text: "",
    ],
)
def test_broken_xml_is_never_read_as_figures(damage: Callable[[str], str | bytes]) -> None:
    assert "已损坏" in refusal(zipped(parts_of(damage(PLAIN))))


# ---- contradictions inside the book


@pytest.mark.parametrize(
    "address", ["A0", "XFE1", "A1048577", "AAAA1", "A99999999999", "1A", "A1:B2", "Ａ１", ""]
)
def test_an_impossible_address_is_refused(address: str) -> None:
    cell = f'<c r="{address}"><v>1</v></c>'
    assert "无效的单元格地址" in refusal(zipped(parts_of(worksheet(f'<row r="1">{cell}</row>'))))


def test_an_impossible_row_number_without_addresses_is_refused() -> None:
    assert "无效的单元格地址" in refusal(
        zipped(parts_of(worksheet('<row r="1048577"><c><v>1</v></c></row>')))
    )


def test_a_cell_that_stands_twice_is_refused() -> None:
    assert "出现两次" in refusal(zipped(parts_of(worksheet(ROW + ROW))))


def test_a_shared_string_that_does_not_exist_is_refused() -> None:
    for index in ("1", "-1", "x", "1e3", "99999999999999999999"):
        cell = f'<c r="A1" t="s"><v>{index}</v></c>'
        data = zipped(parts_of(worksheet(f'<row r="1">{cell}</row>'), sst=strings("<t>a</t>")))
        assert "不存在的共享文字" in refusal(data)


def test_a_book_without_a_readable_sheet_or_with_two_of_one_name_is_refused() -> None:
    parts = parts_of(PLAIN, PLAIN)
    parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]).replace("表2", "表1")
    assert "同名" in refusal(zipped(parts))
    del parts["xl/_rels/workbook.xml.rels"]
    assert "没有可读的工作表" in refusal(zipped(parts))


def test_a_part_that_many_sheets_share_is_read_once() -> None:
    parts = parts_of(PLAIN)
    entries = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 5_000))
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{entries}</sheets></workbook>'
    assert len(read_grid(zipped({**parts, "xl/workbook.xml": book})).sheets) == 1


def test_relations_that_lead_back_to_the_book_itself_end() -> None:
    parts = parts_of(PLAIN)
    parts["xl/_rels/workbook.xml.rels"] = links(("rId1", "worksheet", "workbook.xml"))
    assert "不是工作表" in refusal(zipped(parts))
    parts["_rels/.rels"] = links(("rId1", "officeDocument", "_rels/.rels"))
    assert "不是工作簿部件" in refusal(zipped(parts))


def test_missing_styles_and_strings_leave_the_rest_readable() -> None:
    parts = parts_of(worksheet('<row r="1"><c r="A1" s="5"><v>1</v></c></row>'), sst="", style="")
    del parts["xl/sharedStrings.xml"], parts["xl/styles.xml"]
    assert read_grid(zipped(parts)).sheets[0].text(1, 1) == "1"


# ---- limits


def test_limits_on_cells_sheets_names_and_styles_are_hit_cleanly() -> None:
    data = zipped(
        parts_of(
            worksheet(ROW + '<row r="2"><c r="A2"><v>1</v></c></row>'),
            PLAIN,
            style=styles(*range(14, 40)),
            names="<definedNames><definedName name='a'>1</definedName>"
            "<definedName name='b'>2</definedName></definedNames>",
        )
    )
    assert "单元格超过2个" in refusal(data, Limits(cells=2))
    assert "工作表超过1张" in refusal(data, Limits(sheets=1))
    assert "名称超过1个" in refusal(data, Limits(names=1))
    assert "样式超过20种" in refusal(data, Limits(styles=20))
    assert len(read_grid(data, limits=Limits(cells=3, sheets=2, names=2, styles=30)).sheets) == 2


def test_shared_formulas_are_written_out_only_up_to_a_limit() -> None:
    master = '<c r="A1"><f t="shared" ref="A1:C1" si="0">B1+B2</f></c>'
    children = "".join(f'<c r="{c}1"><f t="shared" si="0"/></c>' for c in "BC")
    data = zipped(parts_of(worksheet(f'<row r="1">{master}{children}</row>')))
    formulas = [cell.formula for cell in read_grid(data, limits=Limits(formulas=5)).sheets[0].cells.values()]
    assert formulas == ["B1+B2", "C1+C2", UNKNOWN_FORMULA]


def test_a_remembered_styles_part_is_not_believed_under_a_false_crc() -> None:
    style, row = styles("yyyy"), '<row r="1"><c r="A1" s="1"><v>43467</v></c></row>'
    data = zipped(parts_of(worksheet(row), style=style))
    assert read_grid(data).sheets[0].cells
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        crc = archive.getinfo("xl/styles.xml").CRC
    false = data.replace(crc.to_bytes(4, "little"), (crc ^ 1).to_bytes(4, "little"))
    assert "校验码不符" in refusal(false)


# ---- time and memory, bounded from outside

MEMORY, SECONDS = 300, 10.0  # megabytes; seconds, generous for a busy machine: the aim is 2

READER = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY} << 20, {MEMORY} << 20))
from workbook.files.scan import read_grid
from workbook.problems import UnusableInput
try:
    grid = read_grid(sys.argv[1])
    print(sum(len(sheet.cells) for sheet in grid.sheets))
except UnusableInput as error:
    print(error)
"""


def stored(path: Path, parts: dict[str, str | bytes]) -> Path:
    """A book of stored entries: no ratio gives it away."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def row_with(text: str) -> str:
    return f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'


def sheet_around(filler: str) -> dict[str, str | bytes]:
    return parts_of(PLAIN.replace("</worksheet>", filler + "</worksheet>"))


MEGABYTE = 1024 * 1024


def rows_of(count: int) -> str:
    return "".join(f'<c r="A{n}"><f t="shared" si="0"/></c>' for n in range(2, count + 1))


# What it is: its parts (built when asked for: they are large) and what is said of it.
HOSTILE: dict[str, tuple[Callable[[], dict[str, str | bytes]], str]] = {
    "open elements without end": (lambda: sheet_around("<a>" * (8 * MEGABYTE)), "嵌套过深"),
    "closings feigned in text": (lambda: sheet_around("<a>/>" * (4 * MEGABYTE)), "嵌套过深"),
    "closed deep nesting": (lambda: sheet_around("<a>" * 200_000 + "</a>" * 200_000), "嵌套过深"),
    "deep nesting among the strings": (
        lambda: parts_of(PLAIN, sst=strings("<t>a</t>").replace("</sst>", "<b>" * (8 * MEGABYTE))),
        "嵌套过深",
    ),
    "deep nesting in the plan": (
        lambda: {**parts_of(PLAIN), "xl/workbook.xml": f'<workbook xmlns="{MAIN}">' + "<b>" * (8 * MEGABYTE)},
        "嵌套过深",
    ),
    "an element of a million attributes": (
        lambda: sheet_around("<a " + " ".join(f"b{n}=''" for n in range(1_000_000)) + "/>"),
        "超长文字",
    ),
    "a label of many megabytes": (lambda: parts_of(worksheet(row_with("长" * 8_000_000))), "1"),
    "a label of many megabytes, rewritten": (
        lambda: parts_of(worksheet(row_with("长" * 8_000_000 + "<!-- -->"))),
        "超长文字",
    ),
    "a comment of many megabytes": (lambda: sheet_around("<!--" + "x" * (20 * MEGABYTE) + "-->"), "超长文字"),
    "millions of empty rows": (lambda: parts_of(worksheet("<row/>" * 4_000_000)), "0"),
    "millions of blank cells": (
        lambda: parts_of(worksheet('<row r="1">' + '<c r="A1" s="1"/>' * 700_000 + "</row>")),
        "单元格超过600000个",
    ),
    "a million shared strings": (
        lambda: parts_of(
            worksheet('<row r="1"><c r="A1" t="s"><v>9</v></c></row>'), sst=strings(*["<t>a</t>"] * 1_000_000)
        ),
        "1",
    ),
    "a million styles": (
        lambda: parts_of(PLAIN, style=styles().replace("<xf ", "<xf/>" * 1_000_000 + "<xf ")),
        "样式超过",
    ),
    "long shared formulas by the ten thousand": (
        lambda: parts_of(
            worksheet(
                f'<row r="1"><c r="A1"><f t="shared" si="0">{"B1+" * 2_700}1</f></c>{rows_of(60_000)}</row>'
            )
        ),
        "60000",
    ),
    "corner cells": (
        lambda: parts_of(
            worksheet('<row><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>1</v></c></row>')
        ),
        "2",
    ),
}


@pytest.mark.skipif(sys.platform == "win32", reason="memory limits from outside need POSIX")
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_books_end_in_time_and_memory(kind: str, tmp_path: Path) -> None:
    build, said = HOSTILE[kind]
    path = stored(tmp_path / "甲局.xlsx", build())
    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)],
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert said in done.stdout
    assert done.stdout.count("\n") == 1
