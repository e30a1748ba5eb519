"""Every button on a live LibreOffice, through the public xlwings API only, the same code as on Excel."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import xlwings as xw

from addin import libreoffice
from addin.buttons import BUTTONS, press
from addin.desk import Desk
from addin.livebook import LiveBook
from addin.tasks import TASKS, TITLE
from tests.filled import NATURAL, edition_named, filing_of, save_form, zeros
from workbook.files.amend import OWN_MARK, Amendment, CellValue, Note, Shade, Tint
from workbook.files.grid import parse_a1
from workbook.files.scan import read_grid
from workbook.form.edition import CellId
from workbook.form.facts import read_facts
from workbook.form.reader import read_filing
from workbook.resources import template_folder
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book
from workbook.template.lastyear import HandedOut

pytestmark = pytest.mark.office

TOTAL = f"applications.dispositions.total[{NATURAL}]"
TOTAL_OF_TOTALS = "applications.dispositions.total[total]"


def place(path: Path, cell: str) -> tuple[str, str]:
    found = read_filing(read_grid(path)).place(CellId.parse(cell))
    assert found is not None
    return found.sheet, found.cell


@pytest.fixture
def ningbo(tmp_path: Path) -> Path:
    filing = read_facts(template_folder() / "ningbo-2019.json")
    path = tmp_path / "宁波 a=b 2019年报.xlsx"
    path.write_bytes(build_book(filing.edition, load_rulebook(), filing=filing))
    return path


def said() -> list[str]:
    alerts = libreoffice.engine.dialogs.alerts
    assert all(alert.title == TITLE for alert in alerts)
    texts = [alert.prompt for alert in alerts]
    alerts.clear()
    return texts


def push(task: str, book: xw.Book) -> list[str]:
    press(task, book.app, book)
    texts = said()
    assert len(texts) <= 1, "one dialog a click at most"
    return texts


def notes(book: xw.Book) -> dict[tuple[str, str], str]:
    return {
        (sheet.name, note.location.get_address(False, False)): note.text
        for sheet in book.sheets
        for note in sheet.notes
    }


def tinted(book: xw.Book) -> dict[str, int]:
    """Sheet → how many rules of ours it has."""
    found = {}
    for sheet in book.sheets:
        ours = [r for r in sheet.used_range.conditional_formats if "gouji:" in (r.formula or "")]
        if ours:
            found[sheet.name] = len(ours)
    return found


def test_every_task_has_its_function() -> None:
    assert set(BUTTONS) == {task.id for task in TASKS}


def test_the_live_book_reads_as_the_file_does(calc: xw.App, ningbo: Path) -> None:
    book = calc.books.open(str(ningbo))
    live, filed = read_filing(LiveBook(book).grid()), read_filing(read_grid(ningbo))
    assert {c: (f.value, f.oddity) for c, f in live.facts.items()} == {
        c: (f.value, f.oddity) for c, f in filed.facts.items()
    }
    assert (live.organ, live.year, live.sections, live.headings, live.identity) == (
        filed.organ, filed.year, filed.sections, filed.headings, filed.identity,
    )  # fmt: skip


def test_check_puts_the_expected_notes_on_the_expected_cells(calc: xw.App, ningbo: Path) -> None:
    book = calc.books.open(str(ningbo))
    [text] = push("check", book)
    assert "错误2处、须说明3处、提示7处" in text
    found = notes(book)
    assert all(text.startswith(OWN_MARK) for text in found.values())
    assert "请改为5" in found[place(ningbo, TOTAL)]
    assert "应为5" in found[place(ningbo, TOTAL_OF_TOTALS)]
    assert "478" in found[place(ningbo, "proactive.licences[decisions]")]
    assert "表四" in found[place(ningbo, "challenges.reconsideration[upheld]")]
    assert tinted(book)["三、依申请公开"] >= 1
    results = book.sheets["校验结果"].used_range.options(ndim=2).value
    severities = [row[1] for row in results if row[1] in ("错误", "须说明", "提示")]
    assert severities == ["错误"] * 2 + ["须说明"] * 3 + ["提示"] * 7
    assert all(
        sheet.api.ProtectContents for sheet in book.sheets if sheet.name.startswith(("二", "三", "四"))
    )


def test_last_years_figures_on_the_form_are_checked_against(calc: xw.App, tmp_path: Path) -> None:
    carried = "applications.carried_forward[natural_person]"
    edition = edition_named("2021")
    filing = filing_of("2021", zeros("2021"), year=2022)
    figures: dict[CellId, Decimal | None] = dict.fromkeys(edition.cells, Decimal(0))
    figures[CellId.parse(carried)] = Decimal(3)
    handed = HandedOut(2021, edition, figures)
    path = tmp_path / "下发的表.xlsx"
    path.write_bytes(build_book(edition, load_rulebook(), filing=filing, handed=handed))
    book = calc.books.open(str(path))
    push("check", book)
    brought = notes(book)[place(path, "applications.brought_forward[natural_person]")]
    assert "YOY-" in brought and "3" in brought
    plain = save_form(tmp_path / "没有上年数.xlsx", "2021", zeros("2021"), year=2022)
    other = calc.books.open(str(plain))
    push("check", other)
    assert not any("YOY-" in text for text in notes(other).values())


def test_check_again_is_the_same_and_mending_takes_it_away(calc: xw.App, ningbo: Path) -> None:
    book = calc.books.open(str(ningbo))
    push("check", book)
    first, tints = notes(book), tinted(book)
    push("check", book)
    assert (notes(book), tinted(book)) == (first, tints)
    for cell in (TOTAL, TOTAL_OF_TOTALS):
        sheet, address = place(ningbo, cell)
        book.sheets[sheet].range(address).value = 5
    push("check", book)
    after = notes(book)
    assert place(ningbo, TOTAL) not in after and place(ningbo, TOTAL_OF_TOTALS) not in after
    assert place(ningbo, "proactive.licences[decisions]") in after


def test_a_foreign_note_on_a_bad_cell_survives_check_and_clear(calc: xw.App, ningbo: Path) -> None:
    book = calc.books.open(str(ningbo))
    sheet, address = place(ningbo, TOTAL)
    book.sheets[sheet].api.Unprotect()
    book.sheets[sheet].range(address).add_note("老王：待核")
    book.sheets[sheet].api.Protect()
    push("check", book)
    found = notes(book)
    assert found[sheet, address] == "老王：待核"
    assert sum("〔SUM-02" in text for text in found.values()) == 1
    push("clear", book)
    assert notes(book) == {(sheet, address): "老王：待核"}
    results = book.sheets["校验结果"].used_range.options(ndim=2).value
    assert not [row for row in results if row[1] in ("错误", "须说明", "提示")]
    assert tinted(book) == {}


def test_a_password_is_a_clear_message_and_nothing_is_lost(calc: xw.App, ningbo: Path) -> None:
    book = calc.books.open(str(ningbo))
    sheet, address = place(ningbo, TOTAL)
    book.sheets[sheet].api.Unprotect()
    book.sheets[sheet].api.Protect("密码123")
    with pytest.raises(Exception, match="设有保护密码"):
        press("check", book.app, book)
    assert book.sheets[sheet].range(address).value == 0
    assert book.sheets[sheet].api.ProtectContents


def test_next_walks_the_findings_and_starts_over(calc: xw.App, ningbo: Path) -> None:
    book = calc.books.open(str(ningbo))
    assert "请先按“校验”" in push("next_finding", book)[0]
    push("check", book)
    book.sheets[0].activate()
    book.sheets[0].range("A1").select()
    expected = sorted(
        ([s.name for s in book.sheets].index(sheet), parse_a1(address)) for sheet, address in notes(book)
    )
    walked = []
    for _ in range(len(expected) + 1):
        [text] = push("next_finding", book)
        chosen = book.app.selection
        assert text and not text.startswith(OWN_MARK)
        walked.append((chosen.sheet.index - 1, (chosen.row, chosen.column)))
    assert walked[:-1] == [(n, (p.row, p.column)) for n, p in expected if p]
    assert walked[-1] == walked[0]


def test_selection_and_settings_are_as_before(calc: xw.App, ningbo: Path) -> None:
    book = calc.books.open(str(ningbo))
    book.sheets["五、问题和改进"].activate()
    book.sheets["五、问题和改进"].range("A2").select()
    calculation, updating = book.app.calculation, book.app.screen_updating
    push("check", book)
    chosen = book.app.selection
    assert (chosen.sheet.name, chosen.get_address(False, False)) == ("五、问题和改进", "A2")
    assert (book.app.calculation, book.app.screen_updating) == (calculation, updating)


def test_the_status_bar_says_what_is_going_on_and_is_given_back(calc: xw.App, book: xw.Book) -> None:
    desk = Desk(calc, book)
    with desk.busy("正在校验……"):
        assert calc.status_bar == "正在校验……" and not calc.screen_updating
    assert calc.status_bar is False and calc.screen_updating
    with pytest.raises(ZeroDivisionError), desk.busy("正在校验……"):
        raise ZeroDivisionError
    assert calc.status_bar is False and calc.screen_updating


def test_a_selected_block_stays_selected(calc: xw.App, ningbo: Path) -> None:
    book = calc.books.open(str(ningbo))
    sheet, address = place(ningbo, TOTAL)
    book.sheets[sheet].activate()
    book.sheets[sheet].range(address).resize(2, 3).select()
    before = calc.selection.address
    for task in ("check", "narrate", "clear"):
        push(task, book)
        assert (calc.selection.sheet.name, calc.selection.address) == (sheet, before), task


def test_with_calculation_switched_off_the_check_is_of_what_the_figures_are_now(
    calc: xw.App, tmp_path: Path
) -> None:
    parts = {cell: figure for cell, figure in zeros("2021").items() if "total" not in cell}
    path = save_form(tmp_path / "手动计算.xlsx", "2021", parts)  # its totals are formulas
    book = calc.books.open(str(path))
    calc.calculation = "manual"
    for cell in (f"applications.received[{NATURAL}]", f"applications.dispositions.granted[{NATURAL}]"):
        sheet, address = place(path, cell)
        book.sheets[sheet].range(address).value = 7
    [text] = push("check", book)
    assert "错误" not in text
    sheet, address = place(path, "applications.received[total]")
    assert book.sheets[sheet].range(address).value == 7, "the check has seen a total of before"
    assert calc.calculation == "manual"


def test_a_note_goes_to_a_cell_that_is_seen_not_under_a_merge(calc: xw.App, book: xw.Book) -> None:
    sheet = book.sheets[0]
    sheet["B2:D2"].merge()
    sheet["A2"].add_note("别人的")
    wanted = Note(sheet.name, "C2", "话", ("B2", "A2"))
    assert LiveBook(book).write(Amendment(notes=(wanted,))) == ()
    assert notes(book)[sheet.name, "B2"] == "话"
    nowhere = Note(sheet.name, "C2", "没有地方", ("D2", "A2"))
    assert LiveBook(book).write(Amendment(notes=(nowhere,))) == (nowhere,)
    assert notes(book)[sheet.name, "A2"] == "别人的"


def test_a_note_is_as_large_as_its_text(calc: xw.App, book: xw.Book) -> None:
    sheet = book.sheets[0]
    texts = {"A1": "短", "A3": OWN_MARK + "很长的话，" * 40}
    LiveBook(book).write(Amendment(notes=tuple(Note(sheet.name, cell, text) for cell, text in texts.items())))
    small, large = (sheet[cell].note.api.Shape for cell in texts)
    assert small.Width >= 180 and large.Width >= 180, "points: not a column of single signs"
    assert large.Height > 1.5 * small.Height


def test_all_cells_of_a_shade_are_one_rule_however_many(calc: xw.App, book: xw.Book) -> None:
    sheet = book.sheets[0]
    cells = [f"{column}{row}" for column in ("AB", "AD", "AF") for row in range(101, 161, 2)]
    live = LiveBook(book)
    live.write(Amendment(tints=tuple(Tint(sheet.name, cell, Shade.ERROR) for cell in cells)))
    rules = list(sheet.cells.conditional_formats)
    assert 1 < len(rules) < 5, "in addresses of at most 255 characters"
    assert all(len(sheet[cell].conditional_formats) == 1 for cell in cells)
    assert len(sheet["AC101:AC160"].conditional_formats) == 0
    live.write(Amendment())
    assert len(sheet.cells.conditional_formats) == 0


def test_a_proposal_is_accepted_for_the_whole_slip(calc: xw.App, ningbo: Path) -> None:
    book = calc.books.open(str(ningbo))
    push("check", book)
    sheet, address = place(ningbo, TOTAL)
    book.sheets[sheet].activate()
    book.sheets[sheet].range("A1").select()
    assert "没有可以直接采纳的建议" in push("accept_repair", book)[0]
    book.sheets[sheet].range(address).select()
    [text] = push("accept_repair", book)
    assert "由0改为5" in text
    assert [
        book.sheets[s].range(a).value for s, a in (place(ningbo, TOTAL), place(ningbo, TOTAL_OF_TOTALS))
    ] == [5, 5]
    assert (sheet, address) not in notes(book)


def test_totals_are_added_only_where_the_parts_are_complete(calc: xw.App, tmp_path: Path) -> None:
    figures = zeros("2019") | {
        f"applications.received[{NATURAL}]": 3,
        f"applications.dispositions.granted[{NATURAL}]": 3,
        "challenges.reconsideration[upheld]": 1,
        "challenges.litigation_direct[upheld]": None,
        "challenges.litigation_direct[total]": None,
    }
    path = save_form(tmp_path / "合计.xlsx", "2019", figures)
    book = calc.books.open(str(path))
    [text] = push("fill_totals", book)
    read = read_filing(LiveBook(book).grid())
    assert read.value(CellId.parse("applications.received[total]")) == 3
    assert read.value(CellId.parse(TOTAL)) == 3 and read.value(CellId.parse(TOTAL_OF_TOTALS)) == 3
    assert read.value(CellId.parse("challenges.reconsideration[total]")) == 1
    assert read.value(CellId.parse("challenges.litigation_direct[total]")) is None
    assert "没有填齐" in text and "由0改为3" in text
    assert "没有改动" in push("fill_totals", book)[0]


def test_blanks_are_filled_only_after_asking(calc: xw.App, tmp_path: Path) -> None:
    path = save_form(
        tmp_path / "空.xlsx",
        "2021",
        {"applications.received[business]": "/", "proactive.licences[decisions]": 4},
    )
    book = calc.books.open(str(path))
    libreoffice.engine.dialogs.answers.append("no")
    [question] = push("fill_zeros", book)
    assert "都填0吗" in question and "表二9格" in question
    assert read_filing(LiveBook(book).grid()).value(CellId.parse("applications.received[research]")) is None
    libreoffice.engine.dialogs.answers.append("yes")
    push("fill_zeros", book)
    read = read_filing(LiveBook(book).grid())
    assert read.value(CellId.parse("applications.received[research]")) == 0
    assert read.facts[CellId.parse("applications.received[business]")].raw == "/"
    assert read.value(CellId.parse("proactive.licences[decisions]")) == 4


def test_the_narrative_is_written(calc: xw.App, ningbo: Path) -> None:
    book = calc.books.open(str(ningbo))
    push("narrate", book)
    lines = [row[0] for row in book.sheets["综述"].used_range.options(ndim=2).value if row[0]]
    assert any("本年度新收政府信息公开申请5件，申请人为自然人。" in line for line in lines)
    push("narrate", book)
    assert [row[0] for row in book.sheets["综述"].used_range.options(ndim=2).value if row[0]] == lines


def test_new_form_and_handbook_open(calc: xw.App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    press("new_form", calc, None)
    assert "2021年版" in said()[0]
    press("handbook", calc, None)
    names = sorted(path.name for path in (tmp_path / "Documents" / "政务公开年报").glob("*.xlsx"))
    assert len(names) == 2 and sorted(book.name for book in calc.books) == names


def test_texts_that_look_like_formulas_or_dates_stay_texts(calc: xw.App, ningbo: Path) -> None:
    book = calc.books.open(str(ningbo))
    hostile = ["=1+1", "1-2", "+3", "@x", "007", "'x"]
    values = tuple(CellValue("综述", f"A{20 + n}", text) for n, text in enumerate(hostile))
    LiveBook(book).write(Amendment(values=values, remove_own=False))
    assert [book.sheets["综述"].range(f"A{20 + n}").value for n in range(len(hostile))] == hostile
