"""One word for all of a number: 收到12件，均为自然人申请; 不予处理4件，均为信访类."""

from __future__ import annotations

import re
from decimal import Decimal

from workbook.form.values import figure
from workbook.prose.grammar import Term
from workbook.prose.hits import find_hits
from workbook.prose.judging import SECTION_WORDS, Judge
from workbook.prose.sentence import Item, Sentence
from workbook.prose.standing import Reading, reading_of
from workbook.rules.findings import Given, Verdict
from workbook.rules.procedures import Passed

_LEGAL_ENTITIES = re.compile("法人(?:或|和|及|以及)?其他组织")
_SEVERAL = re.compile(r"[、和或及与]|等")
# Which kinds of number a kind of word may be said of all of.
_SAID_OF = {
    "applicant": ("received", "closed"),
    "detail": ("result",),
    "result": ("received", "closed"),
    "suit": ("suit",),
}
_SPECIFIC = frozenset({"litigation.direct", "litigation.after"})


def judge_unanimous(judge: Judge, sentence: Sentence) -> bool:
    """Hold every 均为… of a sentence against the cell it names; whether there was one."""
    said = False
    for found in judge.grammar.patterns["all_of_them"].finditer(sentence.text):
        at, what = sentence.start + found.start(), found["what"] or found["done"]
        before = [item for item in sentence.items if item.number.end <= at and item.is_count]
        if not before or _SEVERAL.search(_LEGAL_ENTITIES.sub("法人", what)):
            continue
        whole = _said_of(sentence, before, at)
        if whole is None:
            continue
        judged = judge.judged.get(id(whole))
        # Of a number that is itself wrong, or another's, nothing more is said.
        if judged is None or judged.verdict is not Verdict.VERIFIED or judged.reading is None:
            continue
        hits = find_hits(what, whole, judge.grammar, sentence.text + "申请")
        terms = [hit.term for hit in hits if whole.kind in _SAID_OF.get(hit.term.kind, ())]
        terms = [term for term in terms if term.kind != "suit" or term.id in _SPECIFIC]
        if not terms:
            continue
        term = max(terms, key=lambda term: term.rank)
        reading = _reading(judge, judged.reading, term)
        if reading is not None:
            said = True
            _judge(judge, sentence, whole, term, reading, found)
    return said


def _said_of(sentence: Sentence, before: list[Item], at: int) -> Item | None:
    """The number right before, in brackets after it its own; the whole where its parts stand before."""
    last = before[-1]
    if last.whole is None or sentence.passage.text[last.number.end : at] == "（":
        return last
    if last.left.startswith("其余"):
        return last  # 商业企业22件、……，其余318件均为自然人提出: of the rest, not of all
    whole = last.whole
    parts = [part.number.value for part in whole.parts if part in before]
    return whole if whole in before and sum(parts) == whole.number.value else None


def _reading(judge: Judge, whole: Reading, term: Term) -> Reading | None:
    edition = judge.figures.edition
    if term.column is not None:
        return reading_of(edition, whole.table, whole.rows, term.column)
    return reading_of(edition, whole.table, term.rows[0], whole.column) if term.rows else None


def _judge(
    judge: Judge, sentence: Sentence, whole: Item, term: Term, reading: Reading, found: re.Match[str]
) -> None:
    figures, name = judge.figures, f"prose.{term.rule}"
    true = figures.of(reading.cells)
    if true is None:
        return
    if true == whole.number.value:
        judge.answers.say(name, Passed())
        return
    quote = sentence.passage.quote(whole.number.start, sentence.start + found.end())
    given: dict[str, Given] = {
        "section": SECTION_WORDS[sentence.passage.section],
        "quote": quote,
        "stated": figure(whole.number.value),
        "said": figures.words(reading),
        "true": f"{figure(true)}{figures.edition.unit(reading.cells[0])}",
        "hint": "",
    }
    stated = Decimal(whole.number.value)
    judge.answers.say(name, judge.failure("differs", sentence, whole, given, reading, stated, true))
