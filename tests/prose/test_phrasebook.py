"""Sentences as data: read strictly, every complaint with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prose.narrative_cases import checked, city, report
from workbook.form.edition import Edition
from workbook.form.editionfile import all_editions
from workbook.problems import BrokenDefinition
from workbook.prose.narrator import narrate
from workbook.prose.phrasebook import FILE, SentenceBook, live_sentences, load_sentences
from workbook.resources import template_folder
from workbook.rules.binding import Bound, coefficients

EDITIONS = pytest.mark.parametrize("edition", all_editions(), ids=lambda edition: edition.id)

TOP = """paragraphs:
  - {id: overview, section: overview, lead: "{organ}，{year}："}
sentences:
"""
SENTENCE = """  - id: received
    paragraph: overview
    topic: 收到数
    variants:
      - text: 收到{applications.received[total]}件。
"""


def written(folder: Path, text: str) -> SentenceBook:
    path = folder / "narrative.yaml"
    path.write_text(text, encoding="utf-8")
    return load_sentences(path)


def test_our_own_sentences_load_and_have_ids_of_their_own() -> None:
    book = load_sentences()
    assert len({item.id for item in book.sentences}) == len(book.sentences) > 20
    assert {item.section for item in book.paragraphs} == {"overview", "applications", "challenges", "other"}


@EDITIONS
def test_sentences_stand_in_the_order_of_their_paragraphs(edition: Edition) -> None:
    book = load_sentences()
    order = [item.id for item in book.paragraphs]
    places = [order.index(item.pattern.paragraph.id) for item in book.bound(edition, edition)]
    assert places == sorted(places)


def test_words_about_the_report_are_filled_in(tmp_path: Path) -> None:
    narrative = narrate(checked(city()), written(tmp_path, TOP + SENTENCE))
    assert narrative.paragraphs["overview"][0].text == "某市人民政府，2025年：收到14069件。"


@pytest.mark.parametrize(
    ("find", "put", "line", "why"),
    [
        ("applications.received[total]", "applications.recieved[total]", 8, "no cell applications.recieved"),
        ("applications.received[total]", "applications.received[totals]", 8, "no cell"),
        ("applications.received[total]", "applications.received", 8, "no cell"),
        ("applications.received[total]", "prev.applications.recieved[total]", 8, "last year's form"),
        ("applications.received[total]", "proactive.licences[change]", 8, "edition 2021"),
        ("applications.received[total]", "organ.level", 8, "no cell"),
        ("applications.received[total]", "applications.received[total] > 0", 8, "no figure"),
        ("applications.received[total]", "sharing(applications.received[total])", 8, "at character"),
        ("applications.received[total]", "share(applications.received[total])", 8, "takes 2"),
        (
            "applications.received[total]",
            "applications.received[total] / applications.received[total]",
            8,
            "a quotient",
        ),
        ("收到{", "收到3件，{", 8, "a number of its own"),
        ("收到{", "收到３件，{", 8, "a number of its own"),
        ("]}件", "]件", 8, "a brace"),
        ("      - text", "      - when: applications.recieved[total] > 0\n        text", 8, "no cell"),
        ("      - text", "      - when: applications.received[total]\n        text", 8, "no condition"),
        ("topic", "topics", 4, "'topic' is missing"),
        ("    paragraph: overview", "    paragraph: overviews", 5, "none of"),
        ("    topic", "    sinse: 2021\n    topic", 6, "unknown key 'sinse'"),
        ("    topic", "    until: 2018\n    topic", 4, "covers no edition"),
        ("    topic", "    live: true\n    topic", None, ""),
    ],
)
def test_a_slip_in_the_data_names_file_and_line(
    tmp_path: Path, find: str, put: str, line: int | None, why: str
) -> None:
    text = TOP + SENTENCE
    assert find in text
    broken = TOP + SENTENCE.replace(find, put)
    if line is None:
        written(tmp_path, broken)
        return
    with pytest.raises(BrokenDefinition) as caught:
        written(tmp_path, broken)
    assert str(caught.value).startswith(f"narrative.yaml:{line}: ")
    assert why in str(caught.value)


def test_a_misspelt_item_of_a_list_is_named_by_its_own_line(tmp_path: Path) -> None:
    text = (
        TOP
        + """  - id: kinds
    paragraph: overview
    topic: 申请人
    lists:
      kinds:
        each: "{label}{this}件"
        items:
          applications.received[natural_person]: 自然人
          applications.received[legal_entity]: 法人
    variants:
      - text: 其中{kinds}。
"""
    )
    with pytest.raises(
        BrokenDefinition, match=r"narrative\.yaml:12: no cell applications\.received\[legal_entity\]"
    ):
        written(tmp_path, text)
    with pytest.raises(BrokenDefinition, match=r"narrative\.yaml:4: no variant uses the list 'kinds'"):
        written(tmp_path, text.replace("legal_entity", "business").replace("{kinds}", "没有"))


@pytest.mark.parametrize(
    "text", ["{year}。", "{share(applications.received[total], applications.received[total])}"]
)
def test_a_live_sentence_is_of_plain_words_and_sums(tmp_path: Path, text: str) -> None:
    live = SENTENCE.replace("    topic", "    live: true\n    topic")
    with pytest.raises(BrokenDefinition, match=r"narrative\.yaml:9: a live sentence"):
        written(tmp_path, TOP + live.replace("收到{applications.received[total]}件。", f'"{text}"'))


def test_two_sentences_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenDefinition, match=r"narrative\.yaml:9: id 'received' stands here twice"):
        written(tmp_path, TOP + SENTENCE + SENTENCE)


@EDITIONS
def test_the_core_sentences_are_live(edition: Edition) -> None:
    live = live_sentences(edition, load_sentences())
    assert [(item.id, item.section) for item in live] == [
        ("received", "overview"),
        ("closed", "overview"),
        ("challenges", "challenges"),
    ]
    for sentence in live:
        for _, pieces in sentence.variants:
            assert all(isinstance(piece, str) or coefficients(piece) for piece in pieces)
            assert "".join(piece for piece in pieces if isinstance(piece, str)).endswith("。")


def figures_of(pieces: tuple[str | Bound, ...]) -> int:
    return sum(not isinstance(piece, str) for piece in pieces)


def test_the_live_sentence_of_a_city_has_its_two_figures() -> None:
    edition = city().edition
    received = live_sentences(edition, load_sentences())[0]
    assert [figures_of(pieces) for _, pieces in received.variants] == [2, 1, 1, 0]
    assert received.variants[-1][0] is None


def test_only_full_width_punctuation_and_no_half_width_brackets() -> None:
    texts = (
        narrate(checked(city()), load_sentences()).text
        + narrate(checked(report({}, "2019", 2020)), load_sentences()).text
    )
    assert not set(texts) & set(",;:()!?\"' ")
    assert not any(ord("a") <= ord(character.lower()) <= ord("z") for character in texts)


def test_the_file_lies_in_the_template_folder() -> None:
    assert (template_folder() / FILE).is_file()
