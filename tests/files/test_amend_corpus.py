"""Every workbook of the corpus: amended, amended again, cleared, and nothing of others' touched."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from tests.files.all_books import CORPUS
from tests.files.amend_books import parts_of
from workbook.files.amend import OWN_MARK, Amendment, Note, Shade, Tint, amend, amended
from workbook.files.archive import Archive
from workbook.files.schema import WORKSHEET

TEXT = f"{OWN_MARK}\n1 “自然人”列“（七）总计”填0件，上面各项合计5件，少计5件 <a & b>。\n  请改为5。"
AMENDMENT = Amendment(
    notes=(Note("表1", "D4", TEXT), Note("表1", "B2", TEXT + "2", ("C3", "C4", "A1"))),
    tints=(
        Tint("表1", "D4", Shade.ERROR),
        Tint("表1", "$A$1:C3", Shade.WARNING),
        Tint("表1", "B2", Shade.EXPLAIN),
    ),
)
MAY_CHANGE = re.compile(
    r"xl/(worksheets|pages)/(_rels/)?[^/]+|xl/remarks/[^/]+|xl/(comments/?)?[Cc]omments?\d*\.xml|xl/drawings/[^/]+\.vml|xl/styles\.xml"
    r"|\[Content_Types\]\.xml|xl/_rels/workbook\.xml\.rels"
)


def run(data: bytes, amendment: Amendment = AMENDMENT):
    with Archive.open(data) as archive:
        return amended(archive, amendment)


@pytest.fixture(params=CORPUS, name="source")
def _source(request: pytest.FixtureRequest) -> bytes:
    return CORPUS[request.param]()


def test_twice_is_once(source: bytes) -> None:
    once, first = run(source)
    twice, second = run(once)
    assert len(first.placed) == 2 and not first.unplaced and not first.removed
    assert twice == once
    assert {note.text for note in second.removed} == {TEXT, TEXT + "2"}
    assert not second.parts_changed


def test_removing_restores_every_part(source: bytes) -> None:
    back, outcome = run(run(source)[0], Amendment())
    assert {note.text for note in outcome.removed} == {TEXT, TEXT + "2"}
    before, after = parts_of(source), parts_of(back)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == []


def test_clearing_what_has_nothing_of_ours_changes_no_byte(source: bytes) -> None:
    data, outcome = run(source, Amendment())
    assert not outcome.parts_changed
    with Archive.open(source) as old, Archive.open(data) as new:
        assert old.names == new.names
        for name in old.names:
            assert old.raw(name).data == new.raw(name).data


def test_untouched_entries_keep_their_packed_bytes_and_order(source: bytes) -> None:
    data, outcome = run(source)
    assert [part for part in outcome.parts_changed if not MAY_CHANGE.fullmatch(part)] == []
    with Archive.open(source) as old, Archive.open(data) as new:
        assert new.names[: len(old.names)] == old.names
        for name in old.names:
            if name not in outcome.parts_changed:
                assert old.raw(name).data == new.raw(name).data
                assert old.raw(name).local == new.raw(name).local


def test_order_of_elements_is_the_schemas(source: bytes) -> None:
    parts = parts_of(run(source)[0])
    for name, data in parts.items():
        if not name.startswith(("xl/worksheets/sheet", "xl/pages/")) or name.endswith(".rels"):
            continue
        ranks = []
        for element in etree.fromstring(data):
            if not isinstance(element.tag, str):
                continue
            local = etree.QName(element).localname
            if local == "AlternateContent":
                local = etree.QName(element[0][0]).localname
            ranks.append(WORKSHEET.index(local))
        assert ranks == sorted(ranks), name
        assert len({r for r in ranks if r != WORKSHEET.index("conditionalFormatting")}) == len(
            [r for r in ranks if r != WORKSHEET.index("conditionalFormatting")]
        )


def test_package_hangs_together(source: bytes) -> None:
    parts = parts_of(run(source)[0])
    types = etree.fromstring(parts["[Content_Types].xml"])
    overrides = [e.get("PartName").lower() for e in types if e.get("PartName")]
    defaults = [e.get("Extension").lower() for e in types if e.get("Extension")]
    assert len(set(overrides)) == len(overrides) and len(set(defaults)) == len(defaults)
    folded = {name.lower() for name in parts}
    assert all(name.lstrip("/") in folded for name in overrides)
    for name, data in parts.items():
        assert f"/{name}".lower() in overrides or name.rpartition(".")[2].lower() in defaults, name
        if name.endswith(".rels"):
            ids = [e.get("Id").lower() for e in etree.fromstring(data)]
            assert len(set(ids)) == len(ids)


def test_shape_ids_never_collide(source: bytes) -> None:
    blocks: list[int] = []
    for name, data in parts_of(run(source)[0]).items():
        if name.endswith(".vml"):
            text = data.decode()
            ids = re.findall(r"<v:shape\s[^>]*?\bid=\"([^\"]+)\"", text)
            assert len(set(ids)) == len(ids)
            listed = re.search(r"idmap [^>]*data=\"([\d,]+)\"", text)
            if listed and "Note" in text:
                ours = {int(n) // 1024 for n in re.findall(r"<v:shape  id=\"_x0000_s(\d+)\"", text)}
                assert ours <= {int(number) for number in listed[1].split(",")}
                blocks += ours
    assert len(set(blocks)) == len(blocks)


# openpyxl reads neither strict files nor part names in another case or with percent signs.
OUT_OF_ITS_SIGHT = ["strict", "emptied notes", "ASCII", "the sheet elsewhere"]


@pytest.mark.parametrize("name", sorted(CORPUS.keys() - set(OUT_OF_ITS_SIGHT)))
@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_openpyxl_reads_our_notes_beside_the_others(name: str) -> None:
    source = CORPUS[name]()
    before, after = (openpyxl.load_workbook(io.BytesIO(data)) for data in (source, run(source)[0]))
    _data, outcome = run(source)
    expected = {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in before
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    ours = {(done.note.sheet, done.cell): done.note.text for done in outcome.placed}
    assert not ours.keys() & expected.keys()
    found = {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in after
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert found == expected | ours


@pytest.mark.parametrize("name", OUT_OF_ITS_SIGHT)
def test_notes_stand_in_the_part_where_openpyxl_cannot_look(name: str) -> None:
    parts = parts_of(run(CORPUS[name]())[0])
    text = etree.fromstring(parts["xl/comments1.xml"])
    comments = [element for element in text.iter() if etree.QName(element).localname == "comment"]
    assert {c.get("ref"): "".join(c.itertext()) for c in comments} == {"D4": TEXT, "B2": TEXT + "2"}


def test_macros_and_suffix_are_kept(tmp_path: Path) -> None:
    source = tmp_path / "年报.xlsm"
    source.write_bytes(CORPUS["XlsxWriter with macros and a button"]())
    target = tmp_path / "批注.XLSM"
    amend(source, target, AMENDMENT)
    before, after = parts_of(source.read_bytes()), parts_of(target.read_bytes())
    assert before["xl/vbaProject.bin"] == after["xl/vbaProject.bin"]
    buttons = [name for name, data in after.items() if b'ObjectType="Button"' in data]
    assert buttons and all(after[name] == before[name] for name in buttons)
