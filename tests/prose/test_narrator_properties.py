"""For any balanced report the narrative states nothing but figures of its own cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.prose.narrative_cases import checked, report
from workbook.form.edition import CellId, Edition, ValueKind
from workbook.form.editionfile import all_editions
from workbook.form.filing import Fact, Filing, Organ
from workbook.form.values import Oddity, figure
from workbook.prose.narrator import Sentence, narrate
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.rules.evaluate import Unknown, evaluate
from workbook.rules.findings import Severity

EDITIONS = pytest.mark.parametrize("edition", all_editions(), ids=lambda edition: edition.id)
UNHURRIED = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

CITY = Organ("某市人民政府", "prefecture")  # may make 规章, so that nothing of 表二 is an error
NUMBER = re.compile(r"\d+(?:\.\d+)?%?")


@st.composite
def balanced(draw: st.DrawFn, edition: Edition) -> Filing:
    """A report whose equalities hold; mostly zeros, as most are."""
    typed = [cell for table in edition.tables for cell in table.inputs]
    some = st.one_of(st.just(0), st.just(0), st.integers(0, 12), st.integers(0, 40000))
    drawn = draw(st.lists(some, min_size=len(typed), max_size=len(typed)))
    figures: dict[CellId, Decimal] = {}
    for cell, value in zip(typed, drawn, strict=True):
        kind = edition.kind(cell)
        signed = value % 2 == 1 and kind is ValueKind.SIGNED
        figures[cell] = Decimal(-value if signed else value) / (100 if kind is ValueKind.AMOUNT else 1)
    applications = edition.by_id["applications"]
    for column in {cell.column for cell in applications.inputs}:

        def at(row: str, column: str = column) -> CellId:
            return CellId("applications", row, column)

        closed = sum(
            (
                figures[cell]
                for cell in applications.inputs
                if cell.column == column and cell.row.startswith("dispositions.")
            ),
            Decimal(0),
        )
        brought = min(figures[at("brought_forward")], closed + figures[at("carried_forward")])
        figures[at("brought_forward")] = brought
        figures[at("received")] = closed + figures[at("carried_forward")] - brought
    for total, parts in edition.totals.items():
        figures[total] = sum((figures[part] for part in parts), Decimal(0))
    return report(figures, edition.id, edition.first_year + 1, CITY)


def sums(filing: Filing, cells: tuple[CellId, ...]) -> Iterator[Decimal]:
    """The figures of these cells, and of the form's groups that lie among them."""
    for cell in cells:
        value = filing.value(cell)
        assert value is not None
        yield abs(value)
    for table in filing.edition.tables:
        for row in table.rows:
            for column in table.columns:
                group = table.resolve(row, column)
                if len(group) > 1 and set(group) <= set(cells):
                    yield sum((filing.value(cell) or Decimal(0) for cell in group), Decimal(0))


def two_decimals(ratio: Decimal) -> str:
    return f"{(ratio * 100).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def allowed(sentence: Sentence, filing: Filing, prior: Filing | None) -> set[str]:
    """Every number a sentence may hold: figures, sums, shares and growth of its own cells."""
    now = set(sums(filing, sentence.cells))
    then = set(sums(prior, sentence.prior_cells)) if prior else set()
    found = {figure(value) for value in now | then}
    found |= {two_decimals(part / whole) for part in now for whole in now if whole and part <= whole}
    return found | {two_decimals(abs(a - b) / b) for a in now for b in then if b}


@EDITIONS
@UNHURRIED
@given(data=st.data(), before=st.one_of(st.none(), st.integers(0, 50000)))
def test_every_number_is_of_the_sentences_own_cells(
    edition: Edition, data: st.DataObject, before: int | None
) -> None:
    filing = data.draw(balanced(edition))
    received = CellId("applications", "received", "total")
    prior = report({received: before}, edition.id, edition.first_year, CITY) if before is not None else None
    result = checked(filing, prior)
    assert not result.count(Severity.ERROR)
    narrative = narrate(result, load_sentences(), prior)
    grows = bool(before) and bool(filing.value(received))
    assert [item.id for item in narrative.sentences].count("growth") == (1 if grows else 0)
    for sentence in narrative.sentences:
        assert not sentence.blocked
        assert set(sentence.cells) <= edition.cell_set
        assert bool(sentence.prior_cells) == (sentence.id == "growth")
        stated = NUMBER.findall(sentence.text)
        assert set(stated) <= allowed(sentence, filing, prior), sentence
        assert not re.search(r"(?<![\d.])0(?:件|项|万元)", sentence.text), sentence
    for line in narrative.text.splitlines():
        assert "，。" not in line and "、。" not in line and "，，" not in line


@EDITIONS
@UNHURRIED
@given(data=st.data())
def test_the_live_sentences_say_the_same(edition: Edition, data: st.DataObject) -> None:
    filing = data.draw(balanced(edition))
    book = load_sentences()
    told = {item.id: item.text for item in narrate(checked(filing), book).sentences}

    def look(cell: CellId, prior: bool) -> Decimal | Unknown:
        assert not prior
        return filing.value(cell) or Decimal(0)

    for sentence in live_sentences(edition, book):
        said = ""
        for condition, pieces in sentence.variants:
            if condition is None or evaluate(condition, look, {}) is True:
                for piece in pieces:
                    value = piece if isinstance(piece, str) else evaluate(piece, look, {})
                    said += figure(value) if isinstance(value, Decimal) else str(value)
                break
        assert said == told.get(sentence.id, "")


@EDITIONS
@UNHURRIED
@given(data=st.data())
def test_no_figure_in_doubt_is_ever_stated(edition: Edition, data: st.DataObject) -> None:
    """Change one cell: what the repair would change is in no sentence that is written."""
    filing = data.draw(balanced(edition))
    cell = data.draw(st.sampled_from([c for c in edition.cells if c.table != "proactive"]))
    shift = data.draw(st.integers(1, 9))
    old = filing.facts[cell]
    wrong = replace(old, value=(old.value or Decimal(0)) + shift, raw=None)
    result = checked(replace(filing, facts={**filing.facts, cell: wrong}))
    narrative = narrate(result, load_sentences())
    changes = {
        change.cell
        for cause in result.causes
        if any(result.findings[index].severity is Severity.ERROR for index in cause.findings)
        for change in cause.changes
    }
    for sentence in narrative.sentences:
        assert sentence.blocked or not changes & set(sentence.cells)
    blocked = [item.blocked for item in narrative.sentences if item.blocked]
    assert len(blocked) == len(set(blocked))


@EDITIONS
@UNHURRIED
@given(data=st.data())
def test_blanks_and_signs_are_never_stated(edition: Edition, data: st.DataObject) -> None:
    filing = data.draw(balanced(edition))
    gone = data.draw(st.sets(st.sampled_from(edition.cells), min_size=1, max_size=12))
    oddity = data.draw(st.sampled_from([Oddity.BLANK, Oddity.PLACEHOLDER, Oddity.DATE]))
    facts = {**filing.facts, **{cell: Fact(cell, None, "/", oddity) for cell in gone}}
    narrative = narrate(checked(replace(filing, facts=facts)), load_sentences())
    for sentence in narrative.sentences:
        if sentence.blocked:
            assert sentence.text.startswith("【待核】") and gone & set(sentence.cells)
        else:
            assert not gone & set(sentence.cells)
