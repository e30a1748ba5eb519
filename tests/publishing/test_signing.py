"""The check code on the signed paper and in the file: equal while nothing has changed, and only then."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.filled import place_of, type_into, type_text
from tests.publishing.samples import CITY, EDITIONS, city, report
from workbook.cli import main
from workbook.files.scan import read_grid
from workbook.form.checkcode import ALPHABET, check_code, same_code
from workbook.form.editionfile import edition_by_id
from workbook.form.reader import read_filing
from workbook.review import open_filing
from workbook.rules.checker import check_filing
from workbook.rules.rulebook import load_rulebook
from workbook.rules.wording import word_finding
from workbook.template.build import build_book

CODE = re.compile(rf"(?:[{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}")


def findings(path: Path) -> list[str]:
    filing = read_filing(read_grid(path))
    book = load_rulebook()
    result = check_filing(filing, book)
    return [word_finding(item, filing, book).message for item in result.findings if item.rule == "SGN-01"]


@pytest.fixture(name="book")
def _book(tmp_path: Path) -> Path:
    path = tmp_path / "某市 年报.xlsx"
    filing = city()
    path.write_bytes(build_book(filing.edition, load_rulebook(), filing=filing))
    return path


def test_the_code_has_its_shape_and_no_sign_that_can_be_misread() -> None:
    assert CODE.fullmatch(check_code(city()))
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_form_has_the_code_of_the_figures_it_was_filled_with(edition: str, tmp_path: Path) -> None:
    filing = report(edition, {"proactive.licences[decisions]": "１２件"})
    path = tmp_path / "表.xlsx"
    path.write_bytes(build_book(filing.edition, load_rulebook(), filing=filing))
    assert check_code(read_filing(read_grid(path))) == check_code(filing)


def test_what_nobody_sees_does_not_count() -> None:
    filing = report("2021")
    words = {**filing.sections, "overview": (filing.sections["overview"] or "").replace("。", "。 \n　")}
    assert check_code(replace(filing, sections=words, scope=None)) == check_code(filing)
    blank = report("2021", dict.fromkeys(map(str, filing.edition.by_id["challenges"].cells)))
    assert check_code(blank) != check_code(filing)
    assert check_code(replace(blank, declared_zero=True)) == check_code(filing)


CELLS = {edition: edition_by_id(edition).cells for edition in EDITIONS}  # type: ignore[union-attr]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([(edition, cell) for edition in EDITIONS for cell in CELLS[edition]]), st.data())
def test_any_other_figure_gives_another_code(at: tuple[str, object], data: st.DataObject) -> None:
    edition, cell = at
    value = data.draw(st.one_of(st.integers(1, 10**6), st.sampled_from(["/", "约十件", None])))
    assert check_code(report(edition, {str(cell): value})) != check_code(report(edition))


@pytest.mark.parametrize(
    "change", [{"organ": {"name": "某县某局"}}, {"year": 2023}, {"sections": {"other": "无"}}]
)
def test_other_words_organ_or_year_give_another_code(change: dict[str, object]) -> None:
    assert check_code(report("2021", **change)) != check_code(report("2021"))


def test_a_code_copied_from_paper_is_known_again() -> None:
    assert same_code("7K3M-0Q1P-AB2C-9XYZ", " 7k3m oqlp ab2c 9xyz")
    assert same_code("７K3M0Q1PAB2C9XYZ", "7K3M-OQIP-AB2C-9XYZ")
    assert not same_code("7K3M-0Q1P-AB2C-9XYZ", "7K3M-0Q1P-AB2C-9XY2")
    assert not same_code("", "")


def test_the_signed_paper_and_the_file_bear_the_same_code(book: Path, tmp_path: Path) -> None:
    before = book.read_bytes()
    paper = tmp_path / "出" / "审签稿.docx"
    assert main(["export", str(book), "--to", "docx", "-o", str(paper), "--signoff"]) == 0
    assert book.read_bytes() == before
    copy = paper.with_name("某市 年报（送审）.xlsx")
    code = read_filing(read_grid(copy)).check_code
    assert code == check_code(read_filing(read_grid(book)))
    document = docx.Document(io.BytesIO(paper.read_bytes()))
    sheet = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert code in sheet
    assert {"经办人", "审核人", "主要负责人"} <= set(sheet)
    assert findings(copy) == []


def test_a_figure_changed_after_signing_is_told(book: Path, tmp_path: Path) -> None:
    paper = tmp_path / "审签稿.html"
    main(["export", str(book), "--to", "html", "-o", str(paper), "--signoff", "--in-place"])
    signed = read_filing(read_grid(book)).check_code
    assert signed
    assert signed in paper.read_text(encoding="utf-8")
    assert findings(book) == []
    type_into(book, {"proactive.licences[decisions]": 9})
    (said,) = findings(book)
    assert signed in said
    assert "审签之后改动过" in said
    main(["export", str(book), "--to", "html", "-o", str(paper), "--signoff", "--in-place"])
    assert findings(book) == []


def test_a_word_changed_after_signing_is_told(book: Path, tmp_path: Path) -> None:
    main(["export", str(book), "--to", "html", "-o", str(tmp_path / "a.html"), "--signoff", "--in-place"])
    grid = read_grid(book)
    sheet = grid.sheet("六、其他事项")
    assert sheet is not None
    position = next(place for place, cell in sorted(sheet.cells.items()) if "信息处理费" in cell.text)
    type_text(book, "六、其他事项", str(position), "无。")
    assert len(findings(book)) == 1


def test_signing_in_place_keeps_the_original(book: Path, tmp_path: Path) -> None:
    before = book.read_bytes()
    main(["export", str(book), "--to", "html", "-o", str(tmp_path / "a.html"), "--signoff", "--in-place"])
    (kept,) = [path for path in tmp_path.glob("*.xlsx") if path != book]
    assert kept.read_bytes() == before


def test_nothing_but_the_code_is_written_into_the_file(book: Path, tmp_path: Path) -> None:
    main(["export", str(book), "--to", "html", "-o", str(tmp_path / "a.html"), "--signoff"])
    copy = tmp_path / "某市 年报（送审）.xlsx"
    old, new = read_grid(book), read_grid(copy)
    changed = [
        (sheet.name, str(position))
        for sheet in new.sheets
        for position, cell in sheet.cells.items()
        if (theirs := old.sheet(sheet.name)) is None or theirs.cells.get(position) != cell
    ]
    place = read_filing(old).landmarks["cover.check_code"]
    assert changed == [(place.sheet, place.cell)]


def test_a_data_file_has_no_place_for_the_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(CITY), "--to", "html", "-o", str(tmp_path / "a.html"), "--signoff"]) == 0
    assert "校验码只印在审签稿上" in capsys.readouterr().out


def test_explanations_stand_on_the_sheet(book: Path, tmp_path: Path) -> None:
    type_into(book, {"applications.brought_forward[total]": 560})
    place = place_of(book, "applications.carried_forward[total]")
    assert place
    previous = tmp_path / "上年.json"
    text = CITY.read_text(encoding="utf-8").replace('"year": 2025', '"year": 2024')
    previous.write_text(text, encoding="utf-8")
    paper = tmp_path / "审签稿.docx"
    arguments = [
        "export",
        str(book),
        "--to",
        "docx",
        "-o",
        str(paper),
        "--signoff",
        "--previous",
        str(previous),
    ]
    assert main(arguments) == 0
    tables = docx.Document(io.BytesIO(paper.read_bytes())).tables
    assert [cell.text for cell in tables[1].rows[0].cells] == ["序号", "程度", "问题", "情况说明"]
    assert open_filing(previous)[0].year == 2024
    assert any("上年" in row.cells[2].text for row in tables[1].rows)
