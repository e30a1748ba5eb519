"""Our YAML read strictly: text stays text, nothing is lost, every complaint names file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.form.strict import Entry, read_strict
from workbook.problems import BrokenDefinition


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Entry]:
    def read_text(text: str) -> Entry:
        path = tmp_path / "a.yaml"
        path.write_text(text, encoding="utf-8")
        return read_strict(path)

    return read_text


def test_scalars_stay_as_written(read: Callable[[str], Entry]) -> None:
    pairs = read("no: on\nid: 0101\nhex: 0x1F\nday: 2021-09-26\nnone: null\nnothing: ~\nfloat: 1e3\n").pairs()
    assert {key: entry.text() for key, entry in pairs.items()} == {
        "no": "on",
        "id": "0101",
        "hex": "0x1F",
        "day": "2021-09-26",
        "none": "null",
        "nothing": "~",
        "float": "1e3",
    }


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "'a' stands here twice"),
        ("a: 1\n'a': 3\n", 2, "'a' stands here twice"),
        ("a: &x 1\nb: *x\n", 1, "anchors"),
        ("a: {<<: &x {b: 1}}\nc: *x\n", 1, "anchors"),
        ("a: [1\nb: 2\n", 2, ""),
        ("a: 'x\n", 2, ""),
        ("a:\n\t- b\n", 2, ""),
        ("? [1, 2]\n: x\n", 1, "expected a text"),
        ("--- 1\n--- 2\n", 2, ""),
    ],
)
def test_refused_with_file_and_line(read: Callable[[str], Entry], text: str, line: int, says: str) -> None:
    with pytest.raises(BrokenDefinition) as refused:
        read(text).pairs()
    assert str(refused.value).startswith(f"a.yaml:{line}: ")
    assert says in str(refused.value)


@pytest.mark.parametrize("text", ["", "# nur Kommentar\n", "---\n"])
def test_an_empty_file_is_refused(read: Callable[[str], Entry], text: str) -> None:
    with pytest.raises(BrokenDefinition, match=r"a\.yaml"):
        read(text).pairs()


def test_a_missing_or_foreign_file_is_a_broken_definition(tmp_path: Path) -> None:
    with pytest.raises(BrokenDefinition, match=r"nowhere\.yaml"):
        read_strict(tmp_path / "nowhere.yaml")
    (tmp_path / "a.yaml").write_bytes("名".encode("gbk"))
    with pytest.raises(BrokenDefinition, match=r"a\.yaml"):
        read_strict(tmp_path / "a.yaml")


def test_fields_are_taken_once_and_none_is_left(read: Callable[[str], Entry]) -> None:
    fields = read("a: 1\nb: true\nc: [x, y]\nd: red\ne: 1\n").fields()
    assert fields.take("a").whole() == 1
    assert fields.take("b").flag() is True
    assert fields.take("c").texts() == ("x", "y")
    assert fields.get("z", Entry.text, "nothing") == "nothing"
    with pytest.raises(BrokenDefinition, match=r"a\.yaml:1: key 'a' is missing"):
        fields.take("a")
    with pytest.raises(BrokenDefinition, match=r"a\.yaml:4: 'red' is none of blue, green"):
        fields.take("d").choice("blue", "green")
    with pytest.raises(BrokenDefinition, match=r"a\.yaml:5: unknown key 'e'"):
        fields.done()


@pytest.mark.parametrize("take", [Entry.text, Entry.whole, Entry.flag, Entry.items, Entry.pairs])
def test_another_shape_is_named(read: Callable[[str], Entry], take: Callable[[Entry], object]) -> None:
    wrong = "a: {b: c}\n" if take in (Entry.text, Entry.whole, Entry.flag, Entry.items) else "a: [b]\n"
    entry = read(wrong).pairs()["a"]
    with pytest.raises(BrokenDefinition, match=r"^a\.yaml:1: expected"):
        take(entry)


@pytest.mark.parametrize("text", ["1.0", "", "一", "1 2", "0x10"])
def test_what_is_no_whole_number(read: Callable[[str], Entry], text: str) -> None:
    with pytest.raises(BrokenDefinition, match="no whole number"):
        read(f"a: '{text}'\n").pairs()["a"].whole()
