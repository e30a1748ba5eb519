"""收到 n 件: of the new applications alone, or of those brought forward with them."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

from workbook.prose.judging import Judge
from workbook.prose.sentence import Item, Sentence
from workbook.prose.standing import HANDLED, Reading

_APART = re.compile(r"(?:···)?(?:上一?年度?|去年)(?:结转|转结|遗留|转办)")
_BRACKET = "（"


def includes_both(judge: Judge, item: Item, sentence: Sentence) -> bool:
    """收到 n 件（含上年结转 b 件）: n is of both, not of the new ones alone."""
    is_handled = item.lead is not None and item.lead.term.id == "handled"
    if "已" in item.label or (is_handled and judge.is_in_table(item)):
        return False  # 已办理88件（含上年结转7件）: what has been closed
    return judge.grammar.patterns["of_both"].match(sentence.passage.text, item.number.end) is not None


def may_include(judge: Judge, item: Item, reading: Reading, sentence: Sentence) -> bool:
    """Whether a reading is one that 收到 n 件 may mean: 新收＋结转 only where that is said or must be."""
    if reading.rows != HANDLED or item.readings[0].rows == HANDLED:
        return True
    came = any(hit.term.kind == "received" for hit in item.hits)
    if item.kind != "received" and not (came and item.whole is None):
        return True  # 收到自然人申请61件 is of the new ones too
    if judge.figures.of(reading.cells) == judge.figures.of(item.readings[0].cells):
        return True
    if judge.grammar.patterns["excludes_brought_forward"].search(sentence.text):
        return False
    beside = item.whole.parts if item.whole is not None else []
    if any(_is_named(part, "brought_forward") for part in beside):
        return False  # 共处理10件（其中当年收到10件，上年结转1件）
    told = _told_apart(item, sentence)
    if told is not None:
        return told
    return (
        _said_of_it(judge, item, sentence)
        or _says_so_next(judge, sentence)
        or any(_is_named(part, "brought_forward") and judge.is_in_table(part) for part in item.parts)
        or _parts_need_it(item, sentence)
    )


def _is_named(item: Item, term: str) -> bool:
    return any(hit.term.id == term for hit in item.hits)


def _told_apart(item: Item, sentence: Sentence) -> bool | None:
    """What a 上年结转 b 件 of its own beside it tells; None where there is none."""
    apart = [other for other in sentence.items if _is_named(other, "brought_forward")]
    apart = [other for other in apart if _APART.match(other.left) and not other.in_brackets]
    if not apart:
        return None
    new = [other for other in sentence.items if _is_named(other, "received.new")]
    told = [other.number.value for other in (*new[:1], *apart[:1]) if other is not item]
    if len(told) > 1 and sum(told) == item.number.value:
        return True  # 受理261件，上年度结转13件，新增248件
    # 收到28620件，上年结转1236件: without them; 收到13件，上年结转1件，受理14件: with them
    return not any(other.whole is None and other.number.start > item.number.start for other in apart)


def _said_of_it(judge: Judge, item: Item, sentence: Sentence) -> bool:
    """含上年结转, and not in the brackets of another number: 收到18件，办结16件（含上年结转）."""
    text = sentence.passage.text
    includes = judge.grammar.patterns["includes_brought_forward"].finditer(sentence.text)
    ends = [other.number.end for other in sentence.items if other is not item]
    others = {end + 1 - sentence.start for end in ends if text[end : end + 1] == _BRACKET}
    return any(found.start() not in others for found in includes)


def _says_so_next(judge: Judge, sentence: Sentence) -> bool:
    """其中 … 结转下年 … in the next sentence: its list is of all there was to deal with."""
    below = sentence.passage.text[sentence.end + 1 : sentence.end + 300].partition("。")[0]
    patterns = judge.grammar.patterns
    return bool(patterns["goes_on"].match(below) and patterns["mentions_carried"].search(below))


def _parts_need_it(item: Item, sentence: Sentence) -> bool:
    """Whether what is listed with it adds up to it: applicants, results, or what was closed and is left."""
    kinds: dict[str, Decimal] = defaultdict(Decimal)
    left = Decimal(0)
    for other in sentence.items:
        if other is item or other.number.is_share:
            continue
        if other.kind in ("closed", "flow") and other.whole is not item:
            continue  # 收到18件，办结16件，结转下年度2件: beside it, not of it
        if other.lead and other.lead.term.id.startswith("carried_forward"):
            left = other.number.value
        kinds[other.kind] += other.number.value
    totals = [kinds[kind] for kind in ("applicant", "result", "closed") if kind in kinds]
    return any(total == item.number.value or (left and total + left == item.number.value) for total in totals)
