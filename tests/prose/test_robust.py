"""Whatever words stand in a report: reading them raises nothing; every number is quoted where it stands."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.prose.corpus import FOLDER, reports, sentences
from workbook.prose.judging import SECTION_WORDS
from workbook.prose.verify import verify_prose
from workbook.rules.rulebook import load_rulebook

PARTS = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "reports")
TEXTS = [item.text for part in PARTS for item in sentences(part)]
CLAUSES = sorted({clause for text in TEXTS for clause in re.split("(?<=[，。；：、（）])", text) if clause})
NAMES = sorted(reports())

pieces = st.one_of(
    st.sampled_from(CLAUSES),
    st.sampled_from(TEXTS),
    st.text("0123456789%,.（）()，。；：、件条项万余年月上下 \n其中占比分别为均未", max_size=8),
)


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    section=st.sampled_from(sorted(SECTION_WORDS)),
    words=st.lists(pieces, min_size=1, max_size=12),
)
def test_any_mixture_of_clauses_is_read_without_an_error(name: str, section: str, words: list[str]) -> None:
    filing, prior = reports()[name]
    text = "".join(words)
    checked = verify_prose(replace(filing, sections={section: text}), load_rulebook(), prior)
    for number in checked.numbers:
        assert "".join(text[number.start : number.end].split()) == number.text
    for finding in checked.findings:
        assert finding.section is None or finding.section in SECTION_WORDS
