"""What sections 一 and 五 must contain – NAR-17, NAR-19, NAR-21, NAR-22."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from workbook.form.edition import CellId
from workbook.form.labels import plain
from workbook.form.values import figure
from workbook.prose.documents import UNREAD
from workbook.prose.grammar import Grammar
from workbook.prose.judging import Answers, Judge
from workbook.prose.passage import Passage
from workbook.prose.standing import Figures
from workbook.rules.procedures import Failed, Open, Passed

_GOVERNMENTS = frozenset({"province", "prefecture", "county", "township"})


def check_overview(judge: Judge, passage: Passage | None, limits: Mapping[str, Decimal]) -> None:
    """NAR-19: its length, and the aspects the regulation asks for."""
    filing, answers = judge.figures.filing, judge.answers
    if passage is None or not passage.source.strip():
        answers.say("prose.overview", Open(UNREAD))
        return
    place = filing.landmarks.get("heading.overview")
    count = len("".join(passage.source.split()))
    limit = limits["characters"]
    if count > limit:
        given = {"count": str(count), "limit": figure(limit), "found": ""}
        answers.say("prose.overview", Failed("too_long", given=given, place=place))
    else:
        answers.say("prose.overview", Passed())
    _aspects(judge, passage, "aspects", "aspect")
    if filing.organ.level in _GOVERNMENTS:
        _aspects(judge, passage, "government_aspects", "government")


def _aspects(judge: Judge, passage: Passage, of: str, outcome: str) -> None:
    # A short text says what it says; the aspects are looked for where somebody has told the year's work.
    lacking = [
        name
        for name, _, words in (entry.partition("=") for entry in judge.grammar.lists[of])
        if not re.search(words, passage.text)
    ]
    if lacking:
        place = judge.figures.filing.landmarks.get("heading.overview")
        given = {"count": "", "limit": "", "found": "、".join(lacking)}
        judge.answers.say("prose.overview", Failed(outcome, given=given, place=place))
    else:
        judge.answers.say("prose.overview", Passed())


def check_substance(judge: Judge, passage: Passage | None, said_something: bool) -> None:
    """NAR-22: section 一 is more than a preamble, and says whose, of when and how many."""
    answers, filing, patterns = judge.answers, judge.figures.filing, judge.grammar.patterns
    place = filing.landmarks.get("heading.overview")
    if passage is None:
        answers.say("prose.substance", Open(UNREAD))
        return
    text = passage.text.strip("\n")
    sentences = [passage.text[start:end] for start, end in passage.sentences]
    if not text:
        answers.say("prose.substance", Failed("nothing_said", given={"found": "没有文字"}, place=place))
        return
    if all(patterns["preamble"].search(sentence) for sentence in sentences):
        given = {"found": passage.quote(0, min(20, len(passage.text))) + "……"}
        answers.say("prose.substance", Failed("preamble", given=given, place=place))
        return
    lacking = []
    dated = patterns["dated"].search(text) is not None
    if not said_something:
        lacking.append("数字")
    if not dated:
        lacking.append("年度")
    if not _names_organ(judge, text):
        lacking.append("单位")
    if not said_something and len(lacking) > 1:
        given = {"found": f"没有写明{'、'.join(reversed(lacking))}"}
        answers.say("prose.substance", Failed("nothing_said", given=given, place=place))
    else:
        answers.say("prose.substance", Passed())


def _names_organ(judge: Judge, text: str) -> bool:
    name = plain(judge.figures.filing.organ.name or "")
    return bool(name and name[-4:] in text) or bool(judge.grammar.patterns["names_some_organ"].search(text))


def check_problems(judge: Judge, passage: Passage | None, heading: bool) -> None:
    """NAR-17: problems and measures, each problem with its measure."""
    answers, filing, patterns = judge.answers, judge.figures.filing, judge.grammar.patterns
    place = filing.landmarks.get("heading.problems")
    if passage is None:
        answers.say("prose.problems", Open(UNREAD))
        return
    text = passage.text.strip("\n")
    empty = {"count": "", "limit": ""}
    if not text or patterns["no_problem"].match(text):
        found = f"只写了“{passage.quote(0, len(passage.text))[:20]}”" if text else "没有内容"
        answers.say("prose.problems", Failed("empty", given={"found": found, **empty}, place=place))
        return
    # 有待加强 tells a problem: its words are no measure.
    told = {"存在的问题": patterns["tells_problem"].search(text)}
    told["改进措施"] = patterns["tells_measure"].search(patterns["wants_measure"].sub("", text))
    lacking = [word for word, found in told.items() if found is None]
    if lacking:
        given = {"found": "、".join(lacking), **empty}
        answers.say("prose.problems", Failed("one_sided", given=given, place=place))
        return
    cut = _measures_from(text, judge.grammar)
    problems, measures = _entries(text[:cut], judge.grammar), _entries(text[cut:], judge.grammar)
    if cut and problems > measures > 0:
        given = {"found": "", "count": str(problems), "limit": str(measures)}
        answers.say("prose.problems", Failed("fewer_measures", given=given, place=place))
    else:
        answers.say("prose.problems", Passed())
    del heading


def _measures_from(text: str, grammar: Grammar) -> int:
    """Where the measures begin: at the second run of 一是, else at the words that open them."""
    firsts = [found.start() for found in grammar.patterns["first_entry"].finditer(text)]
    openers = [found.start() for found in grammar.patterns["opens_measures"].finditer(text)]
    if len(firsts) == 2:
        return firsts[1]
    if len(firsts) > 2:
        return 0
    return openers[0] if openers and firsts and openers[0] > firsts[0] else 0


def _entries(text: str, grammar: Grammar) -> int:
    """How many a list counts up to: 一是…二是…三是 → 3."""
    numbers = [
        "一二三四五六七八九".index(a or b) + 1 if a or b else int(c)
        for a, b, c in grammar.patterns["entry"].findall(text)
    ]
    best = 0
    for number in numbers:
        if number == best + 1:
            best = number
    return best


def check_required(
    answers: Answers, figures: Figures, stated: frozenset[CellId], required: Sequence[CellId], read: bool
) -> None:
    """NAR-21: the figures a local notice wants in section 一 are there."""
    for cell in required:
        if not read:
            answers.say("prose.required", Open(UNREAD, cell))
        elif cell in stated:
            answers.say("prose.required", Passed())
        elif cell in figures.edition.cell_set:
            table = figures.edition.by_id[cell.table]
            words = f"{table.label}“{table.rows[cell.row].short}”{table.column_of(cell).short}"
            place = figures.filing.landmarks.get("heading.overview")
            answers.say("prose.required", Failed("missing", cell, given={"found": words}, place=place))
