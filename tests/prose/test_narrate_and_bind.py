"""What the narrator writes the reader reads back: every number verified, bound to its own cells."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prose.narrative_cases import checked, city, report
from tests.prose.test_narrator_properties import CITY, EDITIONS, UNHURRIED, balanced
from workbook.form.edition import CellId, Edition
from workbook.form.filing import Filing
from workbook.prose.narrator import Narrative, narrate
from workbook.prose.phrasebook import load_sentences
from workbook.prose.verify import ProseCheck, verify_prose
from workbook.rules.findings import Verdict
from workbook.rules.rulebook import load_rulebook

TO_FILL = "待填"  # what only the clerk can say
# Rules on what a section must hold: a generated one has figures only, the clerk adds the rest.
OF_WHOLE_SECTIONS = {"NAR-17", "NAR-18", "NAR-19", "NAR-22"}


def read_back(narrative: Narrative, filing: Filing, prior: Filing | None) -> ProseCheck:
    sections = {
        section: "\n".join(paragraph.text for paragraph in paragraphs)
        for section, paragraphs in narrative.paragraphs.items()
    }
    told = replace(filing, sections=sections, words_read=True)
    return verify_prose(told, load_rulebook(), prior)


def bound_cells(narrative: Narrative, check: ProseCheck) -> dict[str, set[CellId]]:
    """The cells that the numbers within each sentence were bound to, by the sentence's id."""
    found: dict[str, set[CellId]] = {}
    for section, paragraphs in narrative.paragraphs.items():
        text = "\n".join(paragraph.text for paragraph in paragraphs)
        start = 0
        for sentence in (sentence for paragraph in paragraphs for sentence in paragraph.sentences):
            start = text.index(sentence.text, start)
            end = start + len(sentence.text)
            within = [n for n in check.numbers if n.section == section and start <= n.start < end]
            found[sentence.id] = {cell for number in within for cell in number.cells}
            start = end
    return found


def holds(narrative: Narrative, filing: Filing, prior: Filing | None) -> None:
    check = read_back(narrative, filing, prior)
    said = [finding for finding in check.findings if finding.rule not in OF_WHOLE_SECTIONS]
    assert all(finding.rule == "NAR-14" and TO_FILL in (finding.quote or "") for finding in said), said
    doubtful = [number for number in check.numbers if number.verdict is not Verdict.VERIFIED]
    assert [(number.quote, number.why) for number in doubtful] == []
    bound = bound_cells(narrative, check)
    for sentence in narrative.sentences:
        if TO_FILL in sentence.text:
            continue
        stated = {cell for cell in sentence.cells if filing.value(cell)}
        given_back = {cell for cell in bound[sentence.id] if filing.value(cell)}
        # 行政复议2件，审理情况为维持; 新收5件，申请人为自然人: one number, and a word that says the same.
        unsaid = sum((filing.value(cell) or Decimal(0) for cell in stated - given_back), Decimal(0))
        assert given_back <= stated and (not unsaid or unsaid in map(filing.value, given_back)), sentence


def test_the_city_report() -> None:
    holds(narrate(checked(city()), load_sentences()), city(), None)


@EDITIONS
@UNHURRIED
@given(data=st.data(), before=st.one_of(st.none(), st.integers(1, 50000)))
def test_narrate_then_bind_gives_back_the_cells(
    edition: Edition, data: st.DataObject, before: int | None
) -> None:
    filing = data.draw(balanced(edition))
    received = CellId("applications", "received", "total")
    prior = report({received: before}, edition.id, edition.first_year, CITY) if before else None
    holds(narrate(checked(filing, prior), load_sentences(), prior), filing, prior)


@pytest.mark.parametrize("figures", [{}, {"applications.carried_forward[natural_person]": 3}])
def test_a_report_of_zeros(figures: dict[str, int]) -> None:
    extra = {"applications.brought_forward[natural_person]": 3} if figures else {}
    totals = {name.replace("natural_person", "total"): value for name, value in {**figures, **extra}.items()}
    filing = report(
        {CellId.parse(n): v for n, v in {**figures, **extra, **totals}.items()}, "2021", 2023, CITY
    )
    holds(narrate(checked(filing), load_sentences()), filing, None)
