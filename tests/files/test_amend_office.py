"""What LibreOffice makes of our notes and tints: it opens every book, shows them, and saves them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from tests.files.all_books import CORPUS
from tests.files.amend_books import MAIN, by_xlsxwriter, parts_of
from workbook.files.amend import OWN_MARK, Amendment, Note, Shade, Tint, amended
from workbook.files.archive import Archive

pytestmark = pytest.mark.office

TEXT = f"{OWN_MARK}\n1 “自然人”列填0件，上面各项合计5件。\n  请改为5。"
AMENDMENT = Amendment(
    notes=(Note("表1", "D4", TEXT), Note("表1", "B2", TEXT, ("C3", "C4"))),
    tints=(
        Tint("表1", "A1", Shade.ERROR),
        Tint("表1", "B2:B6", Shade.EXPLAIN),
        Tint("表1", "C3", Shade.WARNING),
    ),
)


def run(data: bytes, amendment: Amendment = AMENDMENT):
    with Archive.open(data) as archive:
        return amended(archive, amendment)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(f"{name} is missing, and CI must have it")
    pytest.skip(f"{name} is not installed")


@pytest.fixture(name="convert", scope="module")
def _convert(tmp_path_factory: pytest.TempPathFactory):
    """Converts files by one LibreOffice with a profile of its own; gives the folder of the results."""
    office = _program("soffice")
    profile = tmp_path_factory.mktemp("profile")

    def convert(kind: str, *files: Path) -> Path:
        folder = tmp_path_factory.mktemp("converted")
        command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", kind]
        subprocess.run(
            [*command, "--outdir", str(folder), *map(str, files)],
            check=True,
            capture_output=True,
            timeout=300,
        )
        return folder

    return convert


def _notes(data: bytes) -> dict[str, str]:
    """The first sheet's notes, read from the part: openpyxl stumbles over some formats LibreOffice writes."""
    comments = parts_of(data)["xl/comments1.xml"]
    return {
        e.get("ref"): "".join(e.itertext()) for e in etree.fromstring(comments).iter(f"{{{MAIN}}}comment")
    }


def test_every_book_opens_and_keeps_our_notes(convert, tmp_path: Path) -> None:
    files, expected = [], {}
    for number, (name, make) in enumerate(CORPUS.items()):
        data, outcome = run(make())
        macros = any(part.endswith("vbaProject.bin") for part in parts_of(data))
        path = tmp_path / f"{number}.{'xlsm' if macros else 'xlsx'}"
        path.write_bytes(data)
        files.append(path)
        expected[path.stem] = name, {done.cell for done in outcome.placed}
    folder = convert("xlsx:Calc MS Excel 2007 XML", *files)
    for stem, (name, cells) in expected.items():
        found = _notes((folder / f"{stem}.xlsx").read_bytes())
        assert {cell for cell, text in found.items() if text == TEXT} == cells, name


# What LibreOffice reads and writes anew becomes a book of its own making.
WRITTEN_ANEW = [
    *(
        "openpyxl",
        "openpyxl with comments",
        "XlsxWriter with everything",
        "XlsxWriter, notes on three sheets",
    ),
    *("XlsxWriter, dates from 1904", "openpyxl dressed", "guarded", "WPS", "strict", "form controls"),
]


def test_books_written_by_libreoffice_are_annotated_and_cleared_like_all_others(
    convert, tmp_path: Path
) -> None:
    sources = []
    for number, name in enumerate(WRITTEN_ANEW):
        sources.append(tmp_path / f"{number}.xlsx")
        sources[-1].write_bytes(CORPUS[name]())
    folder = convert("xlsx:Calc MS Excel 2007 XML", *sources)
    annotated = []
    for path in sources:
        data = (folder / path.name).read_bytes()
        once, outcome = run(data)
        assert len(outcome.placed) == 2 and run(once)[0] == once
        before, after = parts_of(data), parts_of(once)
        assert [n for n in before if before[n] != after[n] and n not in outcome.parts_changed] == []
        back = parts_of(run(once, Amendment())[0])
        assert back == before and list(back) == list(before)
        annotated.append(tmp_path / f"批{path.name}")
        annotated[-1].write_bytes(once)
    again = convert("xlsx:Calc MS Excel 2007 XML", *annotated)
    for path in annotated:
        assert list(_notes((again / path.name).read_bytes()).values()).count(TEXT) == 2, path.name


def test_saved_by_libreoffice_everything_of_ours_still_comes_off(convert, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(run(by_xlsxwriter())[0])
    saved = (convert("xlsx:Calc MS Excel 2007 XML", path) / "book.xlsx").read_bytes()
    assert parts_of(saved)["xl/worksheets/sheet1.xml"].count(b"gouji:") == 3
    cleared, outcome = run(saved, Amendment())
    assert len(outcome.removed) == 2
    assert _notes(cleared) == {"B2": "别人的批注"}
    assert b"gouji:" not in b"".join(parts_of(cleared).values())
    once, _ = run(saved)
    assert run(once)[0] == once
    assert parts_of(run(once, Amendment())[0]) == parts_of(cleared)


def test_notes_reach_an_ods(convert, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(run(by_xlsxwriter())[0])
    with zipfile.ZipFile(convert("ods", path) / "book.ods") as archive:
        assert archive.read("content.xml").decode().count(OWN_MARK) == 2


def test_our_tint_is_seen_where_other_formats_apply_too(convert, tmp_path: Path) -> None:
    rasterise = _program("pdftoppm")
    path = tmp_path / "book.xlsx"
    path.write_bytes(run(by_xlsxwriter())[0])
    pdf = convert("pdf", path) / "book.pdf"
    subprocess.run([rasterise, "-r", "60", "-f", "1", "-l", "1", str(pdf), str(tmp_path / "p")], check=True)
    picture = next(tmp_path.glob("p*.ppm")).read_bytes()
    head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", picture)
    assert head
    pixels = picture[head.end() :]
    colours = [pixels[at : at + 3] for at in range(0, len(pixels), 3)]
    seen = {
        colour: colours.count(bytes.fromhex(colour)) for colour in ("FFC7CE", "FCD5B4", "FFEB9C", "00FF00")
    }
    assert all(count > 100 for count in seen.values()), seen
    assert seen["FCD5B4"] > 3 * seen["FFC7CE"]  # five cells and one, all of them green without us
