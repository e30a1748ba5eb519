"""`gouji annotate` and `gouji clear` on workbooks that are not ours: the suffix and everything else stay."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from tests.files.all_books import CORPUS
from workbook.cli import main
from workbook.files.amend import OWN_MARK
from workbook.files.limits import Limits, configured
from workbook.form.labels import legible
from workbook.problems import UnusableInput

NOTES = [
    {"sheet": "表1", "cell": "D4", "text": "请核对这一格。", "severity": "error"},
    {"sheet": "表1", "cell": "d4", "text": "第二条。", "severity": "warning"},
    {"sheet": "表1", "cell": "A9", "text": f"{OWN_MARK}\n已有开头。", "severity": None},
]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def annotated(folder: Path, data: bytes, suffix: str, notes: object = NOTES) -> tuple[Path, Path]:
    book, listed = folder / f"别人的{suffix}", folder / "批注.json"
    out = folder / f"出{suffix}"
    book.write_bytes(data)
    listed.write_text(json.dumps(notes), encoding="utf-8")
    assert main(["annotate", str(book), str(listed), "-o", str(out)]) == 0
    return book, out


@pytest.mark.parametrize("name", CORPUS)
def test_any_book_is_annotated_and_cleared(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = CORPUS[name]()
    suffix = ".xlsm" if any(part.endswith("vbaProject.bin") for part in parts(data)) else ".xlsx"
    book, out = annotated(tmp_path, data, suffix)
    said = capsys.readouterr().out
    assert "已写入2条批注" in said and "改动的部件：" in said
    before, after = parts(data), parts(out.read_bytes())
    changed = {part for part in before.keys() | after.keys() if before.get(part) != after.get(part)}
    listed = said.partition("改动的部件：")[2].partition("；其余")[0].split("、")
    assert changed == set(listed)
    for part in changed & before.keys():
        if part.endswith((".xml", ".rels")):
            lost = features(before[part]) - features(after[part])
            assert not lost, (part, lost)
    bare = tmp_path / f"清{suffix}"
    assert main(["clear", str(out), "-o", str(bare)]) == 0
    assert parts(bare.read_bytes()) == before
    assert book.read_bytes() == data


def features(data: bytes) -> Counter[str]:
    """How many elements of each kind a part holds."""
    return Counter(element.tag for element in ElementTree.fromstring(data).iter())


def test_several_notes_for_one_cell_are_one_and_the_mark_comes_once(tmp_path: Path) -> None:
    _, out = annotated(tmp_path, CORPUS["openpyxl"](), ".xlsx")
    sheet = openpyxl.load_workbook(out)["表1"]
    assert sheet["D4"].comment.text == f"{OWN_MARK}\n请核对这一格。\n第二条。"
    assert sheet["A9"].comment.text == f"{OWN_MARK}\n已有开头。"


def test_a_foreign_note_sends_ours_beside_it_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = [{"sheet": "表1", "cell": "B2", "text": "甲"}]
    _, out = annotated(tmp_path, CORPUS["openpyxl with comments"](), ".xlsx", notes)
    assert "“表1”B2已有别人的批注，改写在A2" in capsys.readouterr().out
    sheet = openpyxl.load_workbook(out)["表1"]
    assert sheet["A2"].comment.text.endswith("甲") and sheet["B2"].comment.text.startswith("别人的")


def test_what_was_done_is_told_to_machines_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, out = annotated(tmp_path, CORPUS["signed"](), ".xlsx")
    capsys.readouterr()
    assert main(["annotate", str(book), str(tmp_path / "批注.json"), "-o", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [note["cell"] for note in told["placed"]] == ["D4", "A9"] and told["unplaced"] == []
    assert "签名将失效" in told["warnings"][0] and told["parts_changed"]
    assert main(["clear", str(out), "-o", str(tmp_path / "清.xlsx"), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["removed"]) == 2


def test_an_empty_list_takes_our_old_notes_away(tmp_path: Path) -> None:
    data = CORPUS["smallest"]()
    _, out = annotated(tmp_path, data, ".xlsx")
    (tmp_path / "空.json").write_text("[]", encoding="utf-8")
    assert main(["annotate", str(out), str(tmp_path / "空.json"), "-o", str(tmp_path / "二.xlsx")]) == 0
    assert parts((tmp_path / "二.xlsx").read_bytes()) == parts(data)


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    book, _ = annotated(tmp_path, CORPUS["smallest"](), ".xlsx")
    out = tmp_path / "新" / "夹" / "出.xlsx"
    assert main(["clear", str(book), "-o", str(out)]) == 0 and out.is_file()


def test_limits_are_read_strictly() -> None:
    assert configured("") == Limits()
    assert configured(" cells = 5 , file_size=2M,ratio=1k") == Limits(cells=5, file_size=2 << 20, ratio=1024)
    for wrong in ("cell=5", "cells", "cells=x", "cells=-1", "cells=5 entries=6"):
        with pytest.raises(UnusableInput, match="GOUJI_LIMITS"):
            configured(wrong)


def test_a_foreign_text_is_made_legible() -> None:
    assert legible("a\x1b[2J\u202eb\u200bc\nd\x00") == "a[2Jbc d"
    assert legible("长" * 1_000, 10) == "长" * 9 + "…"
