"""The prose of a report against its tables: every number bound and judged, every rule on words answered.

Texts come as `Filing.sections`, from a workbook or a published report alike. What is found joins the findings
on the tables (`workbook.review.check_report`); the verdict on every number goes with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.prose.assertions import judge_claims
from workbook.prose.barelists import judge_bare_lists
from workbook.prose.binding import bind_items
from workbook.prose.counts import judge_count
from workbook.prose.documents import UNREAD, check_documents, check_gaps, check_sections, check_years
from workbook.prose.enumerations import judge_parts, judge_sums
from workbook.prose.fees import check_fees
from workbook.prose.grammarfile import load_grammar
from workbook.prose.growth import direction_alone, is_growth, judge_from_to, judge_growth, pair_changes
from workbook.prose.judging import SECTION_WORDS, Answers, Judge
from workbook.prose.naming import name_items
from workbook.prose.numbers import Number, find_numbers
from workbook.prose.parts import find_parts, opens_with_parts, still_spoken_of
from workbook.prose.passage import Passage, read_passage
from workbook.prose.repeated import judge_repeated
from workbook.prose.requirements import (
    check_overview,
    check_problems,
    check_required,
    check_substance,
)
from workbook.prose.sentence import Item, Sentence, split_items
from workbook.prose.shares import judge_share, pair_shares
from workbook.prose.similarity import check_similar
from workbook.prose.standing import Figures
from workbook.prose.subjects import keep_subject
from workbook.prose.unanimous import judge_unanimous
from workbook.prose.whose import states_prior
from workbook.rules.checker import comparable, finding_of
from workbook.rules.findings import CheckResult, Finding, StatedNumber, Undecided, Verdict
from workbook.rules.procedures import Failed, Open
from workbook.rules.rulebook import RuleBook

# Rules about a number or a claim of the tables: undecided as a whole where nobody read the words.
_ON_FIGURES = [
    "received",
    "flows",
    "applicants",
    "results",
    "share",
    "growth",
    "challenges",
    "none",
    "finished",
    "outcomes",
    "proactive",
    "parts",
    "years",
    "gaps",
    "sections",
    "documents",
    "repeated",
]
_CATALOGUE: Mapping[str, Decimal] = {"characters": Decimal(1000), "similarity": Decimal("0.9")}
_MOST_NUMBERS = 1_000  # likewise
_MOST_SIGNS = 20_000  # of one section; a report that long is none


@dataclass(frozen=True, slots=True)
class ProseCheck:
    """What the prose answers: findings, what stays undecided, passes by rule, and every number."""

    findings: tuple[Finding, ...]
    undecided: tuple[Undecided, ...]
    passed: Mapping[str, int]
    numbers: tuple[StatedNumber, ...]


def verify_prose(
    filing: Filing,
    rulebook: RuleBook,
    prior: Filing | None = None,
    required: Sequence[CellId] = (),
) -> ProseCheck:
    """Read the sections of a filing and answer every rule on prose.

    `prior` is last year's report; `required` the cells whose figures a local notice wants in section 一.
    Raises nothing for what a clerk can mend.
    """
    prior, no_prior = comparable(filing, prior)
    figures = Figures(filing, prior, no_prior)
    answers = Answers()
    judge = Judge(figures, load_grammar().of_edition(filing.edition), answers)
    texts = _texts(filing)
    said = _judge_texts(judge, texts)
    _judge_report(judge, texts, said, rulebook)
    stated = frozenset(
        cell
        for judged in judge.order
        if judged.sentence.passage.section == "overview" and judged.reading
        for cell in judged.reading.cells
    )
    check_required(answers, figures, stated, required, "overview" in texts)
    check_similar(answers, judge, texts, prior, no_prior, rulebook.limits_of("prose.similar") or _CATALOGUE)
    if not any(passage.text for passage in texts.values()):
        for name in _ON_FIGURES:
            answers.say(f"prose.{name}", Open(UNREAD))
    return _checked(judge, rulebook)


def _texts(filing: Filing) -> dict[str, Passage]:
    """The sections with words; an empty one counts as such only where somebody has written another.

    Many units send their figures in the workbook and their words elsewhere: no text at all is no report yet.
    """
    given = {key: text for key, text in filing.sections.items() if text is not None and key in SECTION_WORDS}
    if not any(text.strip() for text in given.values()):
        return {}
    return {key: read_passage(key, text[:_MOST_SIGNS], filing.year) for key, text in given.items()}


def _judge_texts(judge: Judge, texts: Mapping[str, Passage]) -> dict[str, bool]:
    """Judge every sentence; whether a section stated a figure or claimed something."""
    said: dict[str, bool] = {}
    for section in SECTION_WORDS:
        passage = texts.get(section)
        if passage is None:
            continue
        numbers = list(islice(find_numbers(passage.text), _MOST_NUMBERS))
        said[section] = bool(numbers)
        earlier: list[Item] = []
        at, subject = 0, ""
        for start, end in passage.sentences:
            here: list[Number] = []
            while at < len(numbers) and numbers[at].start < end:
                if numbers[at].start >= start:
                    here.append(numbers[at])
                at += 1
            context = passage.text[max(0, start - 160) : end]
            sentence = Sentence(passage, start, end, split_items(passage, start, end, here), earlier)
            if section in ("problems",) and not here:
                continue
            sentence.subject = subject
            if here:
                earlier = _judge_sentence(judge, sentence, context)
            else:
                sentence.subject = keep_subject(sentence, judge.grammar, subject)
                earlier = still_spoken_of(sentence)
            subject = sentence.subject
            if section != "problems":
                said[section] |= judge_claims(judge, sentence, context)
                said[section] |= judge_unanimous(judge, sentence)
                direction_alone(judge, sentence)
    judge_repeated(judge)
    return said


def _judge_sentence(judge: Judge, sentence: Sentence, context: str) -> list[Item]:
    """Judge the numbers of one sentence; returns those that a following 其中 may speak of."""
    grammar = judge.grammar
    if sentence.passage.section == "applications":
        context += "申请"
    name_items(sentence, grammar, context)
    for item in sentence.items:
        item.is_change = is_growth(judge, item, sentence)
        item.is_priors = states_prior(item, sentence)
    pair_changes(sentence)
    pair_shares(sentence)
    find_parts(sentence, grammar)
    bind_items(sentence, grammar, judge.figures)
    sentence.subject = keep_subject(sentence, grammar, sentence.subject)
    for item in sentence.items:
        if item.is_change:
            judge_growth(judge, item, sentence)
        elif item.number.unit == "点":
            judge.settle(item, sentence, Verdict.UNVERIFIABLE, "百分点之差，表中没有")
        elif item.number.is_share or item.number.unit == "‰":
            judge_share(judge, item, sentence)
        else:
            judge_count(judge, item, sentence)
    wholes = [item for item in sentence.items if item.parts]
    if opens_with_parts(sentence):
        for whole in sentence.earlier:
            if whole.parts and any(part in sentence.items for part in whole.parts):
                judge_parts(judge, sentence, whole)
    for whole in wholes:
        judge_parts(judge, sentence, whole)
    judge_from_to(judge, sentence)
    judge_bare_lists(judge, sentence)
    judge_sums(judge, sentence)
    return [item for item in sentence.items if item.whole is None and item.is_count]


def _judge_report(
    judge: Judge, texts: Mapping[str, Passage], said: Mapping[str, bool], rulebook: RuleBook
) -> None:
    filing = judge.figures.filing
    edition = filing.edition
    for passage in texts.values():
        check_years(judge, passage, filing.year)
        check_gaps(judge, passage)
        check_documents(judge.answers, judge, passage, edition)
    for section in ("preamble", "overview"):
        if section in texts:
            check_sections(judge, texts[section], filing.headings, edition)
    overview = texts.get("overview")
    check_overview(judge, overview, rulebook.limits_of("prose.overview") or _CATALOGUE)
    check_substance(judge, overview, said.get("overview", False))
    check_problems(judge, texts.get("problems"), "problems" in filing.headings)
    check_fees(judge, texts.get("other"), texts)


def _checked(judge: Judge, rulebook: RuleBook) -> ProseCheck:
    filing = judge.figures.filing
    findings: list[Finding] = []
    undecided: list[Undecided] = []
    passed: Counter[str] = Counter()
    for rule, number, name in rulebook.asked_of_readers(filing.edition, filing.year):
        for answer in judge.answers.by_name.get(name, ()):
            if isinstance(answer, Failed):
                findings.append(finding_of(rule, number, answer, filing))
            elif isinstance(answer, Open):
                undecided.append(Undecided(rule.code, answer.mark, answer.why))
            else:
                passed[rule.code] += answer.count
    return ProseCheck(tuple(findings), tuple(undecided), dict(passed), judge.stated_numbers())


def with_prose(result: CheckResult, prose: ProseCheck) -> CheckResult:
    """A check of the tables with what the prose answered."""
    passed = Counter(result.passed_by_rule)
    passed.update(prose.passed)
    return replace(
        result,
        findings=result.findings + prose.findings,
        undecided=result.undecided + prose.undecided,
        passed=result.passed + sum(prose.passed.values()),
        passed_by_rule=dict(passed),
        numbers=prose.numbers,
    )


def stated_figures(numbers: Sequence[StatedNumber]) -> dict[CellId, Decimal]:
    """Cell → the figure the prose states for it alone, whether it agrees or not: evidence for the locator.

    Numbers of several cells, shares and growth say nothing of one cell; a cell stated twice with different
    numbers is left out.
    """
    found: dict[CellId, Decimal] = {}
    torn: set[CellId] = set()
    for number in numbers:
        is_one = len(number.cells) == 1 and not number.prior_cells and not number.text.endswith("%")
        if not is_one or number.verdict not in (Verdict.VERIFIED, Verdict.WRONG):
            continue
        cell = number.cells[0]
        if cell in found and found[cell] != number.value:
            torn.add(cell)
        found[cell] = number.value
    return {cell: value for cell, value in found.items() if cell not in torn}
