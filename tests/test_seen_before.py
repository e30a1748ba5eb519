"""What reading remembers changes nothing: a file read after thousands of others reads as in a new process."""

from __future__ import annotations

import io
import os
import random
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cellchanges import CHANGES, ROWS, Change, changed, changed_at
from tests.damaged import (
    FOURTH,
    SECOND,
    THIRD,
    cell_rewritten,
    repacked,
    shift_columns,
    shift_rows,
    whole_form,
)
from tests.filled import edition_named
from tests.fuzz.mutations import mutated, packed, parts_of
from tests.memories import forget
from tests.template.recalculation import recalculate
from workbook.files.grid import Grid
from workbook.files.scan import read_grid
from workbook.form import kin
from workbook.form.filing import Filing
from workbook.form.reader import read_filing
from workbook.problems import UnusableInput

EDITIONS = ("2019", "2021")
SHEETS = (SECOND, THIRD, FOURTH)
CASES = int(os.environ.get("GOUJI_SEEN_CASES", "40"))  # each is read as in a new process, which is slow


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Our own forms, as built and as another program saves them."""
    folder = tmp_path_factory.mktemp("forms")
    found: dict[str, bytes] = {}
    for edition in EDITIONS:
        found[edition] = whole_form(folder / f"{edition}.xlsx", edition).read_bytes()
        again = io.BytesIO()
        openpyxl.load_workbook(io.BytesIO(found[edition])).save(again)
        found[f"{edition}, saved by openpyxl"] = again.getvalue()
    return found


@pytest.fixture(autouse=True)
def new_process() -> Iterator[None]:
    forget()
    yield
    forget()


def read(data: bytes) -> tuple[Grid, Filing] | Grid | str:
    """Grid and report, or what is said instead."""
    try:
        grid = read_grid(data, name="甲局.xlsx")
    except UnusableInput as refused:
        return str(refused)
    try:
        return grid, read_filing(grid)
    except UnusableInput:
        return grid


def assert_same(found: tuple[Grid, Filing] | Grid | str, other: tuple[Grid, Filing] | Grid | str) -> None:
    """Equal, and in the same order wherever there is one."""
    assert found == other
    if isinstance(found, tuple) and isinstance(other, tuple):
        for sheet, like in zip(found[0].sheets, other[0].sheets, strict=True):
            assert list(sheet.cells) == list(like.cells)
        assert list(found[1].facts) == list(other[1].facts)


def with_figures(data: bytes, draw: random.Random) -> bytes:
    """A form with other values in it: digits, blanks, other shared texts, anything between <v> and </v>."""
    parts = parts_of(data)
    assert parts is not None
    strange = (
        "",
        "-3",
        "1.5",
        "1E3",
        " 4 ",
        "０",
        "999999",
        "3&lt;",
        "x",
        "1</v><v>2",
        "&#48;",
        "\0",
        "<f>1</f>",
    )

    def value(found: re.Match[str]) -> str:
        chance = draw.random()
        if chance < 0.9:
            return found[0]
        return f"<v>{draw.choice(strange) if chance < 0.92 else draw.randrange(400)}</v>"

    for name in parts:
        if "/worksheets/" in name and draw.random() < 0.7:
            text = parts[name].decode("utf-8")
            if draw.random() < 0.7:
                text = re.sub(r"<v>[^<]*</v>", value, text)
            if draw.random() < 0.4:
                text = re.sub(r"<v>\d</v>", lambda found: "" if draw.random() < 0.05 else found[0], text)
            parts[name] = text.encode("utf-8")
    return packed(parts)


def with_label(data: bytes, draw: random.Random) -> bytes:
    """A form whose shared texts are changed, doubled or emptied."""
    parts = parts_of(data)
    assert parts is not None
    if "xl/sharedStrings.xml" not in parts:  # some writers put every text into its cell
        return with_figures(data, draw)
    items = parts["xl/sharedStrings.xml"].decode("utf-8").split("<si>")
    at, other = (draw.randrange(1, len(items)) for _ in range(2))
    items[at] = draw.choice((items[other], "<t></t></si>", "<t>改动</t></si>", "<t>12</t></si>", items[at]))
    parts["xl/sharedStrings.xml"] = "<si>".join(items).encode("utf-8")
    return packed(parts)


@pytest.mark.parametrize("change", [with_figures, with_label, mutated])
def test_a_file_reads_the_same_after_many_others(change: object, forms: dict[str, bytes]) -> None:
    cases = [
        change(forms[draw.choice(sorted(forms))], draw)  # type: ignore[operator]
        for draw in map(random.Random, range(CASES))
    ]
    for data in forms.values():
        for _ in range(2):
            read(data)
    warm = [read(data) for data in cases]
    again = [read(data) for data in cases]
    seen = 0
    for data, first, second in zip(cases, warm, again, strict=True):
        forget()
        cold = read(data)
        assert_same(first, cold)
        assert_same(second, cold)
        seen += isinstance(cold, tuple)
    assert seen > CASES // 5  # a comparison of refusals alone would show little


# Not shrunk: each case packs and reads a whole book several times.
_drawn = settings(
    max_examples=CASES // 2,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def spelt_otherwise(data: bytes) -> bytes:
    """The same book with one more space in each sheet's declaration: its rows are then read cell by cell."""
    parts = parts_of(data)
    assert parts is not None
    for name in parts:
        if "/worksheets/sheet" in name:
            bare = re.sub(rb"^<\?xml.*?\?>", b"", parts[name])
            parts[name] = b'<?xml version="1.0"  encoding="UTF-8"?>' + bare
    return packed(parts)


def changes(most: int) -> st.SearchStrategy[list[Change]]:
    kinds = st.sampled_from([*CHANGES, *ROWS])
    one = st.builds(Change, st.sampled_from(SHEETS), st.integers(0, 400), kinds, st.integers(0, 60))
    return st.lists(one, min_size=1, max_size=most)


@_drawn
@given(data=st.data())
def test_changed_cells_read_as_in_a_new_process_and_as_cell_by_cell(
    forms: dict[str, bytes], data: st.DataObject
) -> None:
    form = forms[data.draw(st.sampled_from(sorted(forms)))]
    before = changed(form, data.draw(changes(4)))
    case = changed(form, data.draw(changes(10)))
    forget()
    for seen in (form, before, form):
        read(seen)
    warm = read(case)
    by_cell = read(spelt_otherwise(case))
    again = read(case)
    forget()
    cold = read(case)
    assert_same(warm, cold)
    assert_same(again, cold)
    assert_same(by_cell, cold)


BLANKED = ("空格", "斜杠", "无", "写明是数", "别的样式", "空格，斜杠前有空", "文字的数")


@_drawn
@given(data=st.data())
def test_forms_that_differ_in_what_is_filled_in_are_not_searched_again(
    forms: dict[str, bytes], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(forms)))
    form = forms[name]
    forget()
    filing = read_filing(read_grid(form))
    places = [
        (place.sheet, place.cell)
        for fact in filing.facts.values()
        if fact.formula is None and (place := fact.place) is not None
    ]
    kinds = st.sampled_from(BLANKED)
    chosen = data.draw(st.lists(st.tuples(st.sampled_from(places), kinds), min_size=1, max_size=40))
    case = form
    for sheet in SHEETS:
        case = changed_at(case, sheet, {cell: what for (at, cell), what in chosen if at == sheet})
    # Of the other edition's tables a line may count as added or not, by what is blank.
    own = [edition for edition in EDITIONS if name.startswith(edition)]
    searches = known_searches(own)
    warm = read(case)
    assert known_searches(own) == searches
    assert_same(read(spelt_otherwise(case)), warm)
    forget()
    assert_same(read(case), warm)


def test_other_figures_are_not_searched_again(forms: dict[str, bytes]) -> None:
    for form in forms.values():
        parts = parts_of(form)
        assert parts is not None
        for name in parts:
            if "/worksheets/" in name:
                parts[name] = re.sub(
                    rb"(<c r=\"[A-Z]+\d+\"(?: s=\"\d+\")?(?: t=\"n\")?><v>)\d+<", rb"\g<1>9999<", parts[name]
                )
        forget()
        read(form)
        searches = known_searches(EDITIONS)
        read(packed(parts))
        assert known_searches(EDITIONS) == searches > 0


def known_searches(editions: Collection[str]) -> int:
    """How many searches for the tables of some editions are remembered."""
    wanted = {id(table) for edition in editions for table in edition_named(edition).tables}
    searches = (item for known in kin._kin.values() for item in known._searches.items())
    return sum(len(found) for (table, _), found in searches if table in wanted)


def test_a_number_where_a_label_was_is_quoted_as_it_stands(tmp_path: Path) -> None:
    whole = whole_form(tmp_path / "甲.xlsx")
    found = []
    for figure in ("4711", "4712", "4711"):
        spoilt = repacked(whole, tmp_path / "乙.xlsx", cell_rewritten(THIRD, "E5", f"<v>{figure}</v>"))
        filing = read_filing(read_grid(spoilt))
        found.append([item.found for item in filing.observations])
    assert "4711" in found[0]
    assert "4712" in found[1]
    assert found[2] == found[0]


def test_rows_and_columns_put_in_read_the_same_the_second_time(tmp_path: Path) -> None:
    whole = whole_form(tmp_path / "甲.xlsx")
    for number, (sheet, rows, columns) in enumerate(
        ((THIRD, 2, 0), (THIRD, 0, 1), (SECOND, 1, 0), (FOURTH, 0, 0))
    ):
        book = openpyxl.load_workbook(whole)
        if rows:
            shift_rows(book[sheet], 3, rows)
        if columns:
            shift_columns(book[sheet], 1, columns)
        path = tmp_path / f"{number}.xlsx"
        book.save(path)
        forget()
        cold = read(path.read_bytes())
        assert_same(read(path.read_bytes()), cold)
        assert isinstance(cold, tuple)


@pytest.mark.office
def test_what_libreoffice_saved_reads_the_same_the_second_time(
    tmp_path: Path, forms: dict[str, bytes]
) -> None:
    saved = recalculate({edition: forms[edition] for edition in EDITIONS}, tmp_path)
    for edition, path in saved.items():
        forget()
        data = path.read_bytes()
        cold = read(data)
        assert isinstance(cold, tuple)
        assert_same(read(data), cold)
        assert_same(read(with_figures(data, random.Random(1))), _cold(with_figures(data, random.Random(1))))
        as_built = read(forms[edition])
        assert isinstance(as_built, tuple)
        assert {cell: fact.value for cell, fact in as_built[1].facts.items()} == {
            cell: fact.value for cell, fact in cold[1].facts.items()
        }


def _cold(data: bytes) -> tuple[Grid, Filing] | Grid | str:
    forget()
    return read(data)
