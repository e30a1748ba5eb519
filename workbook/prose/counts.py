"""Counts: what a number that states a figure itself says, and whether the tables hold it."""

from __future__ import annotations

from decimal import Decimal

from workbook.form.values import figure
from workbook.prose.binding import base_readings
from workbook.prose.carriedover import includes_both, may_include
from workbook.prose.judging import NOT_PRINTED, SECTION_WORDS, Judge, Judged, plain
from workbook.prose.looseness import has_one_reason, is_of_other_cases
from workbook.prose.numbers import agrees
from workbook.prose.sentence import Item, Sentence, Whose
from workbook.prose.standing import HANDLED, Reading
from workbook.prose.whose import OF_A_CHANNEL
from workbook.rules.findings import Given, Verdict
from workbook.rules.procedures import Open, Passed

_OF_BOTH = ("received", "received.new", "received.amount", "handled")  # may say 含上年结转
_MOST_BY_CHANCE = 3  # results of a list that may agree with another report's
_TELLING = 5  # smaller numbers agree by chance


def judge_count(judge: Judge, item: Item, sentence: Sentence) -> Judged:
    """Judge a number that states a figure itself, not a share or a growth."""
    judged = _count(judge, item, sentence)
    judged.is_count = True
    return judged


def _count(judge: Judge, item: Item, sentence: Sentence) -> Judged:
    figures, term = judge.figures, item.lead.term if item.lead else None
    if item.number.is_range:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "写的是一个范围")
    if item.whose is Whose.NARROWER:
        more = _more_than_all(judge, item)
        if more is not None:
            return _fail(judge, item, sentence, "prose.received", more, figures.of(more.cells) or Decimal(0))
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, item.why)
    if term is None or term.rule is None or not item.readings:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, NOT_PRINTED)
    name = f"prose.{_rule_of(item)}"
    prior = item.about_prior
    if prior and figures.prior is None:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, figures.no_prior)
    readings = item.readings
    if term.id in _OF_BOTH and includes_both(judge, item, sentence):
        name = "prose.received"
        readings = tuple(reading for reading in readings if reading.rows == HANDLED) or readings
        item.readings = readings
    if term.at_most:
        return _at_most(judge, item, sentence, name)
    unknown: Reading | None = None
    for reading in readings:
        true = figures.of(reading.cells, prior=prior)
        if true is None:
            unknown = unknown or reading
            continue
        if not _agrees(judge, item, reading, true):
            continue
        if not may_include(judge, item, reading, sentence):
            continue
        if not prior:
            judge.answers.say(name, Passed())
        said = ("上年年报" if prior else "") + figures.words(reading)
        cells = reading.cells if prior else ()
        return judge.settle(item, sentence, Verdict.VERIFIED, said, reading, prior_cells=cells)
    first = item.readings[0]
    if unknown is not None and (unknown is first or figures.of(first.cells, prior=prior) is None):
        why = figures.why(unknown.cells, prior=prior)
        if not prior:
            judge.answers.say(name, Open(why, unknown.mark))
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, why, unknown)
    if item.is_aforesaid and _was_told(judge, item, sentence):
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "与前文所说的一个数相同", first)
    if item.whose is Whose.UNCLEAR and not _is_known_subject(judge, item, sentence):
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, item.why, first)
    if item.loose and not _is_vouched_for(judge, item, sentence):
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "说法不明确，表中没有正好这个数", first)
    if prior:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "与上年年报的数不同，请核对", first)
    return _wrong(judge, item, sentence, name)


def _was_told(judge: Judge, item: Item, sentence: Sentence) -> bool:
    """Whether 上述 n 件申请 names a number told before, or the sum of some told one after the other."""
    told = [
        judged.item.number.value
        for judged in judge.order
        if judged.sentence.passage is sentence.passage and judged.is_count
    ]
    runs = (told[first:last] for first in range(len(told)) for last in range(first + 1, first + 5))
    return any(sum(run) == item.number.value for run in runs)


def _is_vouched_for(judge: Judge, item: Item, sentence: Sentence) -> bool:
    """行政复议10件，其中复议纠正2件: where what stands beside it is the form's, so is this one."""
    beside = [other for other in sentence.items if other is not item]
    if item.kind == "result" and item.whole is not None and not has_one_reason(sentence, item):
        listed = [part for part in item.whole.parts if part.kind == "result" and part.readings]
        return len(listed) > _MOST_BY_CHANCE and all(
            part is item or judge.is_in_table(part) for part in listed
        )
    if item.kind in ("review", "suit") and not is_of_other_cases(item):
        outcomes = [part for part in item.parts if part.kind == "outcome" and judge.is_in_table(part)]
        cases = [other for other in beside if other.kind in ("review", "suit") and other.number.value > 1]
        return len(outcomes) > 1 or any(judge.is_in_table(other) for other in cases)
    return False


def _is_known_subject(judge: Judge, item: Item, sentence: Sentence) -> bool:
    """区政府及各部门印发12件，废止5件: where a number of the same subject agrees, the others should."""
    beside = [other for other in sentence.items if other is not item and other.why == item.why]
    return any(_is_verified(judge, other) for other in beside if other.number.value >= _TELLING)


def _is_verified(judge: Judge, item: Item) -> bool:
    judged = judge.judged.get(id(item))
    return judged is not None and judged.verdict is Verdict.VERIFIED


def _agrees(judge: Judge, item: Item, reading: Reading, true: Decimal) -> bool:
    scale = judge.figures.units(reading)
    is_money = item.number.unit.endswith("元")
    if scale != 1 and not is_money:
        return False
    if scale == 1 and is_money and agrees(item.number, true * 10000):
        return True  # the trial form prints no unit for 采购总金额: some write 元, some 万元
    true = true * scale
    if any(hit.term.kind == "change" for hit in item.hits) and item.left.endswith(("减少", "减")):
        true = -true
    return agrees(item.number, true)


def _more_than_all(judge: Judge, item: Item) -> Reading | None:
    """通过网站收到1件, where none came at all: one channel's number exceeds the whole."""
    if item.why != OF_A_CHANNEL or not any(hit.term.kind == "received" for hit in item.hits):
        return None
    if not item.number.is_exact or not item.is_count:
        return None
    new, both = base_readings(judge.figures.edition, ("received",), HANDLED)
    most = judge.figures.of(both.cells)
    return new if most is not None and item.number.value > most else None


def _at_most(judge: Judge, item: Item, sentence: Sentence, name: str) -> Judged:
    reading = item.readings[0]
    true = judge.figures.of(reading.cells)
    if true is not None and item.number.value > true and item.whose is Whose.REPORT and not item.loose:
        hint = "撤回、撤销的申请计入其他处理。"
        return _fail(judge, item, sentence, name, reading, true, hint=hint)
    why = f"是{judge.figures.words(reading)}的一部分，表中不单列"
    return judge.settle(item, sentence, Verdict.UNVERIFIABLE, why, reading)


def _wrong(judge: Judge, item: Item, sentence: Sentence, name: str) -> Judged:
    figures, first = judge.figures, item.readings[0]
    for base in item.readings:
        # 收到 n 件 that is 新收＋结转 without saying so: another thing to mend than a wrong figure.
        true = figures.of(base.cells)
        if name == "prose.received" and base.rows == HANDLED and true == item.number.value:
            told = figures.of(first.cells)
            return _fail(judge, item, sentence, name, first, told or Decimal(0), outcome="other_base")
    reading = first
    if len(item.readings) > 1 and item.kind == "applicant":
        reading = _nearest(judge, item)
    true = (figures.of(reading.cells) or Decimal(0)) * figures.units(reading)
    scale = figures.units(reading)
    hint = figures.elsewhere(item.number.value / scale, reading)
    return _fail(judge, item, sentence, name, reading, true / scale, hint=hint)


def _nearest(judge: Judge, item: Item) -> Reading:
    """The base that the number it is a part of has."""
    whole = item.whole
    judged = judge.judged.get(id(whole)) if whole is not None else None
    if judged is not None and judged.reading is not None:
        for reading in item.readings:
            if reading.rows == judged.reading.rows:
                return reading
    return item.readings[0]


def _fail(
    judge: Judge,
    item: Item,
    sentence: Sentence,
    name: str,
    reading: Reading,
    true: Decimal,
    *,
    outcome: str = "differs",
    hint: str = "",
) -> Judged:
    said = judge.figures.words(reading)
    unit = judge.figures.edition.unit(reading.cells[0])
    given: dict[str, Given] = {
        "section": SECTION_WORDS[sentence.passage.section],
        "quote": sentence.quote(item),
        "stated": plain(item.number),
        "said": said,
        "true": f"{figure(true)}{unit}",
        "hint": hint,
    }
    stated = item.number.value / judge.figures.units(reading)
    failed = judge.failure(outcome, sentence, item, given, reading, stated, true)
    judge.answers.say(name, failed)
    judged = judge.settle(item, sentence, Verdict.WRONG, f"{said}为{figure(true)}{unit}。{hint}", reading)
    judged.failed = failed
    return judged


def _rule_of(item: Item) -> str:
    """自然人 beside 收到 is NAR-03's, beside 予以公开 NAR-04's."""
    kinds = {hit.term.kind for hit in item.hits}
    if "applicant" in kinds and not kinds & {"result", "detail"}:
        return "applicants"
    if {"received", "closed"} <= kinds and item.lead is not None and item.lead.term.id == "handled":
        return "received"  # 收到申请办理事项11件
    return (item.lead.term.rule or "") if item.lead else ""
