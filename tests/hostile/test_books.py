"""Whatever a workbook holds, `check` ends in time and memory: with findings or with one Chinese line."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile import books
from tests.hostile.books import MEGABYTE, added, changed, doctype, figure, form, label, text_figure, third
from tests.hostile.confined import gouji, is_clean, needs_posix, one_line
from workbook.files.grid import Kind
from workbook.files.scan import read_grid

pytestmark = needs_posix

# What it is → how it is made, and what the one line says.
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb by ratio": (
        lambda: changed(added("xl/a.bin", bytes(50 * MEGABYTE)), packed=("xl/a.bin",)), "压缩炸弹",
    ),
    "a bomb by count": (
        lambda: changed(*(added(f"xl/media/{n}.bin", b"") for n in range(5_000))), "超过上限4000个",
    ),
    "a bomb of bombs": (lambda: books.nested(5), "是压缩包，请解压后提交其中的工作簿"),
    "a file of 70 MB": (
        lambda: changed(books.rows_added(" " * (70 * MEGABYTE))), "超过64MB",
    ),
    "entities in a sheet": (lambda: changed(doctype(third, books.LAUGHS)), "文档类型定义"),
    "entities in the strings": (
        lambda: changed(doctype("xl/sharedStrings.xml", books.LAUGHS)), "文档类型定义",
    ),
    "an entity from a file": (
        lambda: changed(doctype("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>')),
        "文档类型定义",
    ),
    "a path out of the package": (lambda: books.rezipped_with("../../etc/cron.d/evil"), "指向文件之外"),
    "an absolute path": (lambda: books.rezipped_with("/etc/passwd"), "指向文件之外"),
    "a path for Windows": (lambda: books.rezipped_with("..\\evil.dll"), "指向文件之外"),
    "a part twice": (books.doubled, "出现两次"),
    "a truncated file": (lambda: form()[:-700], "没有传完"),
    "a file cut in the middle": (lambda: form()[: len(form()) // 2], "没有传完"),
    "two files in one": (lambda: form() + form(), "目录位置不符"),
    "a file spliced from two": (lambda: form()[:9_000] + form()[8_000:], "目录位置不符"),
    "a byte changed in a picture nobody reads": (
        lambda: changed(added("docProps/app.xml", b"QQQQ"), stored=("docProps/app.xml",)).replace(
            b"QQQQ", b"QQQR", 1
        ),
        "校验码不符",
    ),
    "a million styles": (lambda: changed(books.many_styles), "样式超过"),
    "every relation a circle": (lambda: changed(books.cyclic), "不是工作表"),
    "no relations at all": (lambda: changed(books.no_rels), "没有可读的工作表"),
    "no relations of the book": (lambda: changed(books.no_sheet_rels), "没有可读的工作表"),
    "a NUL in a label": (lambda: changed(label("2.重复\0申请")), "已损坏"),
    "a NUL by reference": (lambda: changed(label("2.重复&#0;申请")), "不是有效的XML"),
    "a control character": (lambda: changed(label("2.重复\x0b申请")), "已损坏"),
    "a cell beyond the sheet": (
        lambda: changed(books.rows_added('<row><c r="XFE1"><v>1</v></c></row>')), "单元格地址",
    ),
    "a million cells": (
        lambda: changed(books.rows_added("<row>" + "<c/>" * 1_000_000 + "</row>")), "单元格超过",
    ),
    "a label of megabytes": (lambda: changed(label("2.重复申请" + "长" * 2_000_000)), "超长文字"),
    "tags without end": (lambda: changed(books.rows_added("<a>" * 3_000_000)), "嵌套过深"),
}  # fmt: skip

# What it is → how it is made, and a rule that speaks of it ("" where the form is simply sound).
READ: dict[str, tuple[Callable[[], bytes], str]] = {
    "corner cells, the extent false": (lambda: changed(books.corners('<dimension ref="A1:B2"/>')), ""),
    "corner cells, the extent absent": (lambda: changed(books.corners("")), ""),
    "corner cells, the extent all": (lambda: changed(books.corners('<dimension ref="A1:XFD1048576"/>')), ""),
    "a million shared strings": (lambda: changed(books.many_strings), ""),
    "missing styles": (lambda: changed(lambda p: p.pop("xl/styles.xml")), ""),
    "a label of a hundred thousand signs": (lambda: changed(label("2.重复申请" + "长" * 100_000)), "TPL-03"),
    "a figure of a hundred thousand signs": (lambda: changed(text_figure("约" * 100_000)), "CEL-01"),
    "text turned round": (lambda: changed(label("\u202e请申复重.2\u202c")), "TPL-03"),
    "an escape for the terminal": (lambda: changed(text_figure("_x001B_]0;x_x0007__x001B_[2J十")), "CEL-01"),
    "zero-width signs": (lambda: changed(label("2.\u200b重\ufeff复\u2060申请")), ""),
    "1e308": (lambda: changed(figure("<v>1e308</v>")), "CEL-01"),
    "1e999999999": (lambda: changed(figure("<v>1E+999999999</v>")), "CEL-01"),
    "not a number": (lambda: changed(figure("<v>NaN</v>")), "CEL-01"),
    "infinity": (lambda: changed(figure("<v>INF</v>")), "CEL-01"),
    "minus nought": (lambda: changed(figure("<v>-0</v>")), "BAL-01"),
    "beyond 2 to the 53rd": (lambda: changed(figure("<v>9007199254740993</v>")), ""),
    "a hundred thousand digits": (lambda: changed(figure(f"<v>{'1' * 100_000}</v>")), "CEL-01"),
    "a formula in a text": (lambda: changed(text_figure("=cmd|'/c calc'!A0")), "CEL-01"),
    "a link to another program": (lambda: changed(figure("<f>cmd|'/c calc'!A0</f><v>12</v>")), "CEL-10"),
    "labels a million rows apart": (lambda: changed(books.far_labels), "TPL-02"),
    "labels by the hundred thousand": (lambda: changed(books.many_labels), ""),
    "headings by the ten thousand": (lambda: changed(books.many_paragraphs), ""),
    "merges by the hundred thousand": (lambda: changed(books.many_merges), "TPL-03"),
    "sums without end": (lambda: changed(books.many_sums), ""),
    "a third of a million cells": (lambda: changed(books.many_cells(330_000)), ""),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_is_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    build, says = REFUSED[kind]
    path = tmp_path / "甲局.xlsx"
    path.write_bytes(build())
    line = one_line(gouji("check", path))
    assert says in line and "甲局.xlsx" in line and "passwd" not in line


@pytest.mark.parametrize("kind", READ)
def test_what_is_read_is_read_in_time_and_memory(kind: str, tmp_path: Path) -> None:
    build, rule = READ[kind]
    path = tmp_path / "甲局.xlsx"
    path.write_bytes(build())
    ended = gouji("check", path, "--annotate", tmp_path / "乙.xlsx")
    assert ended.status in (0, 1) and is_clean(ended), (ended.status, ended.out[-500:], ended.err[-2000:])
    assert rule in ended.out
    assert (tmp_path / "乙.xlsx").stat().st_size > 0


# Of what can be read, what is most work for the commands that write something else than notes.
HEAVY = (
    "headings by the ten thousand",
    "merges by the hundred thousand",
    "sums without end",
    "a label of a hundred thousand signs",
)


@pytest.mark.parametrize("kind", HEAVY)
def test_every_command_ends_in_time_and_memory(kind: str, tmp_path: Path) -> None:
    path, notes = tmp_path / "甲局.xlsx", tmp_path / "批注.json"
    path.write_bytes(READ[kind][0]())
    notes.write_text('[{"sheet": "封面", "cell": "A1", "text": "请核对"}]', encoding="utf-8")
    for arguments in (
        ("facts", path),
        ("narrate", path),
        ("annotate", path, notes, "-o", tmp_path / "注.xlsx"),
        ("clear", path, "-o", tmp_path / "清.xlsx"),
        ("repair", path, "-o", tmp_path / "新.xlsx"),
    ):
        ended = gouji(*arguments)
        assert is_clean(ended), (arguments[0], ended.status, ended.err[-1500:])


def test_a_section_without_end_is_cut_when_repaired_and_refused_when_given(tmp_path: Path) -> None:
    path = tmp_path / "甲局.xlsx"
    path.write_bytes(changed(books.many_paragraphs))
    ended = gouji("repair", path, "-o", tmp_path / "新.xlsx")
    assert ended.status in (0, 1) and "只搬入前5000段" in ended.out
    facts = tmp_path / "数据.json"
    facts.write_text(json.dumps({"year": 2022, "sections": {"overview": "段\n" * 6_000}}), encoding="utf-8")
    assert "超过5000段" in one_line(gouji("fill", facts, "-o", tmp_path / "填.xlsx"))


def test_a_text_of_megabytes_is_read_to_excels_limit_but_not_written_beside(tmp_path: Path) -> None:
    path = tmp_path / "甲局.xlsx"
    path.write_bytes(changed(text_figure("约" * 2_000_000)))
    ended = gouji("check", path)
    assert ended.status == 1 and is_clean(ended) and "CEL-01" in ended.out and len(ended.out) < 5_000
    assert "超长文字" in one_line(gouji("check", path, "--annotate", tmp_path / "乙.xlsx"))
    assert not (tmp_path / "乙.xlsx").exists()


def test_nothing_is_fetched_and_nothing_is_run(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        path = tmp_path / "甲局.xlsx"
        path.write_bytes(books.remote(port))
        called: list[object] = []
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    called.append(server.accept())
                except TimeoutError:
                    continue

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            ended = gouji("check", path, "--annotate", tmp_path / "乙.xlsx")
            assert gouji("clear", tmp_path / "乙.xlsx", "-o", tmp_path / "丙.xlsx").status == 0
            assert gouji("repair", path, "-o", tmp_path / "丁.xlsx").status == 0
        finally:
            stop.set()
            listener.join()
    assert called == []
    assert ended.status in (0, 1) and "CEL-10" in ended.out


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

OTHERS: dict[str, tuple[bytes, str, str]] = {
    "encrypted": (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), ".xlsx", "请取消密码"),
    "xls": (OLE + bytes(600) + "Workbook".encode("utf-16-le"), ".xls", "另存为xlsx"),
    "et": (OLE + bytes(600) + "Workbook".encode("utf-16-le"), ".et", "另存为xlsx"),
    "wps": (OLE + bytes(600) + "WordDocument".encode("utf-16-le"), ".wps", "另存为docx|不是工作簿"),
    "csv": ("单位,数\n某局,1\n".encode("gbk"), ".xlsx", "另存为xlsx"),
    "html": (b"<html><table><tr><td>1</td></tr></table></html>", ".xls", "不像是政府信息公开工作年度报告"),
    "biff": (b"\x09\x08\x10\x00" + bytes(100), ".xls", "旧版Excel"),
    # The reader of PDFs, a process of its own, may not even start in the memory given here.
    "pdf": (b"%PDF-1.7 ...", ".pdf", "不是能读的PDF|内容过多"),
    "empty": (b"", ".xlsx", "空文件"),
    "lock": (b"\x05user", ".xlsx", "xlsx"),
}


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("renamed", [False, True], ids=["by its name", "named xlsx"])
def test_another_kind_of_file_is_named(kind: str, renamed: bool, tmp_path: Path) -> None:
    data, suffix, says = OTHERS[kind]
    path = tmp_path / f"甲局{'.xlsx' if renamed else suffix}"
    path.write_bytes(data)
    assert re.search(says, one_line(gouji("check", path)))


def test_an_ods_is_named(tmp_path: Path) -> None:
    path = tmp_path / "甲局.xlsx"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    path.write_bytes(books.zipped({"mimetype": kind, "content.xml": b"<a/>"}, stored=("mimetype",)))
    assert "OpenDocument电子表格（.ods），请另存为xlsx" in one_line(gouji("check", path))


# --- figures and notes as text ------------------------------------------------------------------------

TEXTS: dict[str, tuple[str, str]] = {
    "deep nesting": ("[" * 200_000, "嵌套过深"),
    "deep nesting of objects": ('{"a":' * 200_000, "嵌套过深"),
    "a number without end": ('{"year": ' + "9" * 5_000 + "}", "有一个数太长"),
    "a fraction without end": ('{"year": 0.' + "9" * 5_000 + "}", "有一个数太长"),
    "an exponent beyond reason": ('{"year": 1e99999999999999999999}', "有一个数太大"),
    "a key twice": ('{"year": 2022, "year": 2023}', "“year”出现两次"),
    "not a number": ('{"year": NaN}', "不是数"),
    "half a sign": ('{"year": 2022, "facts": {"\\ud800": 1}}', "不成字"),
    "no JSON": ("{'a': 1}", "第1行"),
    "another shape": ("[1, 2]", "最外层"),
    "a huge year": ('{"year": 1e300}', "年度"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_facts_that_cannot_be_used_are_refused(kind: str, tmp_path: Path) -> None:
    text, says = TEXTS[kind]
    path = tmp_path / "数据.json"
    path.write_text(text, encoding="utf-8")
    assert says in one_line(gouji("check", path))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("year,2022\napplications.received[total],1\napplications.received[total],2\n", "前面已经有了"),
        ("year," + "9" * 6_000, "年"),
        ('a,"' + "x" * 200_000, "不是有效的CSV"),
        ("\0\0,1", "没有"),
    ],
)
def test_tables_of_facts_that_cannot_be_used_are_refused(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "数据.csv"
    path.write_text(text, encoding="utf-8")
    assert says in one_line(gouji("facts", path))


@pytest.mark.parametrize(
    ("notes", "says"),
    [
        ("[" * 200_000, "嵌套过深"),
        ("{}", "应是一个列表"),
        ('[{"sheet": "封面", "cell": "A1"}]', "第1条缺少text"),
        ('[{"sheet": "封面", "cell": "A0", "text": "x"}]', "不是单元格地址"),
        ('[{"sheet": "封面", "cell": "A1", "text": "x", "colour": 1}]', "不认识的“colour”"),
        ('[{"sheet": "封面", "cell": "A1", "text": "x", "severity": "bad"}]', "severity应是"),
        ('[{"sheet": "没有这页", "cell": "A1", "text": "x"}]', "没有工作表“没有这页”"),
        ('[{"sheet": "封面", "sheet": "b", "cell": "A1", "text": "x"}]', "“sheet”出现两次"),
        ('[{"sheet": "封面", "cell": "A1", "text": "\\ud800"}]', "不成字"),
        (json.dumps([{"sheet": "封面", "cell": "A1", "text": "长" * 40_000}]), "最多32767字"),
        (
            json.dumps([{"sheet": "封面", "cell": f"A{n}", "text": "x"} for n in range(1, 20_002)]),
            "超过上限20000条",
        ),
    ],
)
def test_notes_that_cannot_be_used_are_refused_and_nothing_is_written(
    notes: str, says: str, tmp_path: Path
) -> None:
    book, listed, out = tmp_path / "甲局.xlsx", tmp_path / "批注.json", tmp_path / "出.xlsx"
    book.write_bytes(form())
    listed.write_text(notes, encoding="utf-8")
    assert says in one_line(gouji("annotate", book, listed, "-o", out))
    assert not out.exists()


# --- limits -------------------------------------------------------------------------------------------


def test_limits_are_set_by_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "甲局.xlsx"
    path.write_bytes(form())
    low = gouji("check", path, environment={"GOUJI_LIMITS": "cells=500, file_size=10M"})
    assert "单元格超过500个" in one_line(low)
    wrong = gouji("check", path, environment={"GOUJI_LIMITS": "cell=5"})
    assert "GOUJI_LIMITS" in one_line(wrong) and "cells" in wrong.err


def test_text_beyond_what_a_cell_holds_is_kept_to_excels_limit() -> None:
    grid = read_grid(changed(text_figure("约" * 100_000)))
    assert (
        max(len(cell.text) for s in grid.sheets for cell in s.cells.values() if cell.kind is Kind.TEXT)
        == 32_767
    )
