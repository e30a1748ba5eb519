"""The grammar's own examples, read one by one; slips in its files are named with file and line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.filled import filing_of, zeros
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.problems import BrokenDefinition
from workbook.prose.claims import find_claims
from workbook.prose.grammar import Claim, Term
from workbook.prose.grammarfile import DATA_FOLDER, load_grammar
from workbook.prose.judging import Answers, Judge
from workbook.prose.passage import read_passage
from workbook.prose.sentence import Sentence
from workbook.prose.standing import Figures
from workbook.prose.verify import _judge_texts

GRAMMAR = load_grammar()
EXAMPLES = [(term, example) for term in GRAMMAR.terms for example in term.examples]
CLAIMS = [(claim, text, made) for claim in GRAMMAR.claims for text, made in claim.examples]


def read(text: str, edition_id: str) -> Judge:
    """Every number of a text with its readings."""
    filing = filing_of(edition_id, zeros(edition_id), year=2022)
    judge = Judge(Figures(filing, None, ""), GRAMMAR.of_edition(filing.edition), Answers())
    _judge_texts(judge, {"overview": read_passage("overview", text, filing.year)})
    return judge


def _printed(edition: Edition, cell: CellId) -> tuple[CellId, ...]:
    """The cells of a row or column that may be a group of the form's; none where it prints no such."""
    table = edition.by_id.get(cell.table)
    if table is None or cell.row not in table.rows or cell.column not in table.columns:
        return ()
    return tuple(table.resolve(cell.row, cell.column))


@pytest.mark.parametrize(("term", "example"), EXAMPLES, ids=lambda item: getattr(item, "id", None))
def test_a_terms_example_reads_as_it_says(term: Term, example: object) -> None:
    text, reads = example.text, example.reads  # type: ignore[attr-defined]
    fitting = [
        edition
        for edition in all_editions()
        if all(_printed(edition, cell) for cells in reads.values() for cell in cells)
    ]
    assert fitting, f"{term.place}: no edition has these cells"
    for edition in fitting:
        judge = read(text, edition.id)
        for written, cells in reads.items():
            found = [
                judged.item
                for judged in judge.order
                if judged.sentence.passage.quote(judged.item.number.start, judged.item.number.end) == written
            ]
            assert found, f"{term.place}: {written} is no number of the example"
            readings = {reading.cells for item in found for reading in item.readings}
            wanted = tuple(printed for cell in cells for printed in _printed(edition, cell))
            assert wanted in readings, f"{term.place}: {written} is read as {readings}"


@pytest.mark.parametrize(("claim", "text", "made"), CLAIMS, ids=lambda item: getattr(item, "id", None))
def test_a_claims_example_is_one_or_is_none(claim: Claim, text: str, made: bool) -> None:
    passage = read_passage("overview", text, 2022)
    judge = read(text, "2021")
    with_numbers = {judged.sentence.start: judged.sentence for judged in judge.order}
    found = False
    for start, end in passage.sentences:
        sentence = with_numbers.get(start, Sentence(passage, start, end, []))
        found |= any(other.id == claim.id for other, _ in find_claims(judge, sentence, passage.text[:end]))
    assert found is made, f"{claim.place}: {text}"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("terms.yaml", "row: brought_forward", "row: brought_forwards", "no edition prints a row"),
        ("terms.yaml", "column: natural_person", "column: natural_persons", "no edition prints a column"),
        ("terms.yaml", "rank: 2", "rang: 2", "rank"),
        (
            "claims.yaml",
            "holds: applications.received[total] = 0",
            "holds: applications.recieved[total] = 0",
            "no",
        ),
        ("settings.yaml", "  share: 占|比例", "  share: 占|(比例", "no pattern"),
        ("terms.yaml", "{决定以外}", "{决定之外}", "no words by the name '决定之外'"),
        (
            "words.yaml",
            "  诉讼: 诉讼",
            "  应诉以外: 应诉\n  诉讼: 诉讼",
            "nothing speaks of the words '应诉以外'",
        ),
        ("words.yaml", "  项目数: ", "  项目数: （{诉讼}）|", "or only below"),
    ],
)
def test_a_slip_is_named_with_file_and_line(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    for path in DATA_FOLDER.glob("*.yaml"):
        shutil.copy(path, tmp_path / path.name)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenDefinition) as caught:
        load_grammar(tmp_path)
    assert re.match(rf"{re.escape(file)}:\d+: ", str(caught.value)) and says in str(caught.value)


def test_no_pattern_of_the_data_is_left_unread() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in DATA_FOLDER.parent.glob("*.py"))
    grammar = load_grammar()
    unread = [name for name in (*grammar.patterns, *grammar.lists) if f'"{name}"' not in code]
    assert not unread
