"""Growth against last year's report: 同比上升29.3%, 较上年增加12件, 与上年持平 – NAR-06."""

from __future__ import annotations

import re
from decimal import Decimal

from workbook.form.edition import CellId
from workbook.form.values import figure
from workbook.prose.hits import find_hits
from workbook.prose.judging import SECTION_WORDS, Judge, Judged, wholes
from workbook.prose.numbers import agrees, percent, share_fits
from workbook.prose.sentence import Item, Sentence, Whose
from workbook.prose.standing import Reading, reading_of
from workbook.rules.findings import Given, Verdict
from workbook.rules.procedures import Failed, Passed

_AMOUNTS = re.compile("(?:受理|收件|新收|办结|答复)量")
_SUBJECT = re.compile(r"申请(?:总)?(?:量|数|件数)|申请")


def is_growth(judge: Judge, item: Item, sentence: Sentence) -> bool:
    """Whether a number says by how much something changed."""
    if any(hit.term.kind == "change" for hit in item.hits):
        return False
    patterns = judge.grammar.patterns
    clause = sentence.passage.text[max(sentence.start, item.number.start - 24) : item.number.start]
    clause = re.split(r"[；。]|\d[^，]*，(?=其中)", clause)[-1]
    if not patterns["direct_growth"].search(item.left):
        return False
    return (
        item.number.is_share or item.number.unit == "点" or bool(patterns["since_last_year"].search(clause))
    )


def judge_growth(judge: Judge, item: Item, sentence: Sentence) -> Judged:
    """Against last year's report; without it nothing can be said."""
    figures = judge.figures
    subject = _subject(judge, item, sentence)
    if subject is None:
        why = figures.no_prior if figures.prior is None else "表中没有所说的数"
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, why)
    if "分别" in sentence.text:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "几个数分别与上年相比，没有逐一核对")
    if item.number.unit == "项":
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "事项的增减，没有逐一核对")
    if item.number.unit == "点":
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "百分点的变化，表中没有")
    if figures.prior is None:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, figures.no_prior, subject)
    patterns = judge.grammar.patterns
    down = bool(patterns["down"].search(item.left)) and not patterns["up"].search(
        item.left.replace("减少", "")
    )
    candidates = [subject, *(r for r in wholes(figures)["received"] if r.rows != subject.rows)]
    before = [other for other in sentence.items if other.number.end <= item.number.start]
    counted = [told for other in before if (told := judge.judged.get(id(other))) and told.is_count]
    says_new = "新收" in sentence.text[: item.number.start - sentence.start]
    if says_new or any(told.reading == subject for told in counted):
        candidates = [subject]  # 收到6件，比上年增加3件: of the figure that has just been told
    if subject.rows not in (("received",), ("received", "brought_forward")):
        candidates = [subject]
    shown: tuple[Reading, Decimal, Decimal] | None = None
    for reading in candidates:
        now, then = figures.of(reading.cells), figures.of(_prior_cells(judge, reading), prior=True)
        if now is None or then is None or (item.number.is_share and not then):
            continue
        shown = shown or (reading, now, then)
        change = abs(now - then) * figures.units(reading)
        exact = abs(now - then) / then * 100 if item.number.is_share else change
        right = share_fits(item.number, exact)[0] if item.number.is_share else agrees(item.number, exact)
        if right and (now < then) == down:
            judge.answers.say("prose.growth", Passed())
            cells = _prior_cells(judge, reading)
            return judge.settle(
                item,
                sentence,
                Verdict.VERIFIED,
                f"{figures.words(reading)}与上年相比",
                reading,
                prior_cells=cells,
            )
    if shown is None or item.whose is not Whose.REPORT:
        why = item.why or figures.why(_prior_cells(judge, subject), prior=True) if shown is None else item.why
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, why, subject)
    reading, now, then = shown
    words = change_words(now, then, as_share=item.number.is_share)
    outcome = "direction" if (now < then) != down and now != then else "differs"
    given: dict[str, Given] = {
        "section": SECTION_WORDS[sentence.passage.section],
        "quote": sentence.quote(item),
        "stated": figure(item.number.value),
        "said": figures.words(reading),
        "true": f"{figure(now)}件、上年{figure(then)}件",
        "exact": words,
        "hint": "",
    }
    failed = judge.failure(outcome, sentence, item, given, reading, item.number.value, None)
    judge.answers.say("prose.growth", failed)
    judged = judge.settle(item, sentence, Verdict.WRONG, f"按两年的表计算为{words}", reading)
    judged.failed = failed
    return judged


def direction_alone(judge: Judge, sentence: Sentence) -> None:
    """申请量同比上升, without a number."""
    figures = judge.figures
    found = judge.grammar.patterns["direction_alone"].search(sentence.text)
    if found is None or figures.prior is None:
        return
    reading = reading_of(figures.edition, "applications", ("received",), "total")
    if reading is None:
        return
    now, then = figures.of(reading.cells), figures.of(_prior_cells(judge, reading), prior=True)
    if now is None or then is None:
        return
    word = found["word"] or found["later"] or found["told"]
    if word.endswith(("持平", "相当")):
        # 基本持平 leaves room; 持平 alone says the same number.
        is_right = abs(now - then) <= (then / 10 if len(word) > len("持平") else 0)
    else:
        is_right = now > then if judge.grammar.patterns["up"].search(word) else now < then
    if is_right:
        judge.answers.say("prose.growth", Passed())
        return
    passage, at = sentence.passage, sentence.start + found.start()
    quote = passage.quote(at, sentence.start + found.end())
    judge.answers.say(
        "prose.growth",
        Failed(
            "direction",
            reading.mark,
            None,
            now,
            {
                "section": SECTION_WORDS[passage.section],
                "quote": quote,
                "stated": "",
                "said": figures.words(reading),
                "true": f"{figure(now)}件、上年{figure(then)}件",
                "exact": change_words(now, then, as_share=True),
                "hint": "",
            },
            place=judge.place(passage, at),
            section=passage.section,
            quote=quote,
        ),
    )


def change_words(now: Decimal, then: Decimal, *, as_share: bool) -> str:
    """增长12.50%, 减少3件, 持平."""
    if now == then:
        return "持平"
    word = "增长" if now > then else "下降"
    if as_share and then:
        return f"{word}{percent(abs(now - then) / then)}%"
    return f"{'增加' if now > then else '减少'}{figure(abs(now - then))}件"


def _prior_cells(judge: Judge, reading: Reading) -> tuple[CellId, ...]:
    prior = judge.figures.prior
    if prior is None:
        return ()
    found = reading_of(prior.edition, reading.table, reading.rows, reading.column)
    return found.cells if found else reading.cells


def _subject(judge: Judge, item: Item, sentence: Sentence) -> Reading | None:
    """What grew: named beside the number, else the number before it."""
    edition = judge.figures.edition
    context = sentence.text + ("申请" if _AMOUNTS.search(item.left) else "")
    named = find_hits(item.left, item, judge.grammar, context)
    lead = max((hit for hit in named if hit.term.rows), key=lambda hit: hit.term.rank, default=None)
    is_ours = item.whose is Whose.REPORT
    if lead is not None and lead.term.table and is_ours:
        return reading_of(edition, lead.term.table, lead.term.rows[0], lead.term.defaults[0])
    applicants = [hit.term.column for hit in named if hit.term.kind == "applicant" and hit.term.column]
    if applicants:
        column = applicants[0] if len(applicants) == 1 and is_ours else ""
        return reading_of(edition, "applications", ("received",), column)
    for other in reversed(sentence.items[: sentence.items.index(item)]):
        if other.number.is_share or (other.about_prior and not other.readings):
            continue
        if other.whose is not Whose.REPORT or other.whole is not None:
            return None
        judged = judge.judged.get(id(other))
        return judged.reading if judged is not None else None
    before = sentence.passage.text[sentence.start : item.number.start]
    if _SUBJECT.search(before) and is_ours and "信息" not in item.left:
        return reading_of(edition, "applications", ("received",), "total")
    return None
