"""Lists that no word like 其中 introduces: whole ones add up to their total, others never exceed it."""

from __future__ import annotations

import re
from decimal import Decimal

from workbook.prose.enumerations import fail_sum
from workbook.prose.judging import Judge
from workbook.prose.partlists import CARRIED
from workbook.prose.sentence import Item, Sentence, Whose
from workbook.prose.standing import DECIDED, HANDLED, NEW
from workbook.rules.procedures import Passed

_GROUPS = ("granted", "granted_in_part", "denied", "unable_to_provide", "declined", "other")
_LIST_NEXT = re.compile("(?:（[^）]*）)?[：，]")
_BOTH_APPLICANTS = {"by.natural_person", "by.legal_entities"}


def judge_bare_lists(judge: Judge, sentence: Sentence) -> None:
    """Hold results, applicants, outcomes and the ways of suing against the number they follow."""
    _results(judge, sentence)
    _applicants(judge, sentence)
    _some_applicants(judge, sentence)
    _outcomes(judge, sentence)
    _ways_of_suing(judge, sentence)


def _results(judge: Judge, sentence: Sentence) -> None:
    """All six results after 办结 n 件, without a word like 其中, add up to it."""
    closed = [item for item in sentence.items if item.kind == "closed" and not item.number.is_share]
    closed = closed or [item for item in sentence.items if item.is_aforesaid]
    results = [
        item
        for item in sentence.items
        if item.kind == "result" and item.lead and not item.lead.term.at_most and not item.number.is_share
    ]
    if any(hit.term.kind == "received" for item in closed for hit in item.hits):
        return  # 收到和处理329件: not only what was closed
    if len(closed) != 1 or not results or any(item.whole is not None for item in results):
        return
    named = [row for item in results if item.readings for row in item.readings[0].rows]
    groups = {row.split(".")[1] for row in named if row.startswith("dispositions.")}
    if any(item.whose is not Whose.REPORT for item in (*closed, *results)):
        return
    total = sum((item.number.value for item in results), Decimal(0))
    if groups != set(_GROUPS):
        _hold_colon_list(judge, sentence, closed[0], results, total)
        return
    judged = judge.judged.get(id(closed[0]))
    if judged is not None and judged.reading is not None and judged.reading.rows == HANDLED:
        # 共办理 n 件 that counts in what came over: what went on to the next year is a part of it too.
        carried = [item for item in sentence.items if item.lead and item.lead.term.id in CARRIED]
        total += sum((item.number.value for item in carried), Decimal(0))
    if total == closed[0].number.value:
        judge.answers.say("prose.parts", Passed())
    else:
        fail_sum(judge, sentence, closed[0], results, total, "unequal")


def _hold_colon_list(
    judge: Judge, sentence: Sentence, closed: Item, results: list[Item], total: Decimal
) -> None:
    """答复4件：予以公开3件，部分公开1件，无法提供1件: more than there are."""
    opens = sentence.passage.text[closed.number.end : results[0].left_start]
    if (
        _LIST_NEXT.fullmatch(opens)
        and len(results) > 1
        and total > closed.number.value
        and closed.number.is_exact
    ):
        fail_sum(judge, sentence, closed, results, total, "exceeds")


def _applicants(judge: Judge, sentence: Sentence) -> None:
    """新收763件，自然人648件，法人及其他组织115件: the two, without a word like 其中, add up to it."""
    counted = [item for item in sentence.items if item.is_count]
    for place, item in enumerate(counted[:-2]):
        two = counted[place + 1 : place + 3]
        named = {part.lead.term.id for part in two if part.lead is not None and part.whole is None}
        if item.kind != "received" or named != _BOTH_APPLICANTS or any(_kinds_of(one) != 1 for one in two):
            continue
        if not all(one.number.is_exact and one.whose is Whose.REPORT for one in (item, *two)):
            continue
        total = two[0].number.value + two[1].number.value
        if total == item.number.value:
            judge.answers.say("prose.parts", Passed())
        else:
            fail_sum(judge, sentence, item, two, total, "unequal")


def _some_applicants(judge: Judge, sentence: Sentence) -> None:
    """收到申请3件，自然人3件，商业企业1件: kinds of applicants right after are never more than there are."""
    counted = [item for item in sentence.items if item.is_count]
    for place, item in enumerate(counted):
        run: list[Item] = []
        for part in counted[place + 1 :]:
            if part.kind != "applicant" or part.whole is not None or len(part.hits) != 1:
                break
            run.append(part)
        columns = [part.hits[0].term.column for part in run]
        if item.kind != "received" or item.hits_applicant or len(run) < 2 or "legal_entities" in columns:
            continue
        exact = all(one.number.is_exact and one.whose is Whose.REPORT for one in (item, *run))
        total = sum((part.number.value for part in run), Decimal(0))
        judged = judge.judged.get(id(item))
        is_new = judged is not None and judged.reading is not None and judged.reading.rows == NEW
        if not exact or not is_new or len(set(columns)) != len(columns):
            continue
        by_applicants = "按申请" in sentence.passage.text[item.number.end : run[0].number.start]
        if total > item.number.value:
            fail_sum(judge, sentence, item, run, total, "exceeds")
        elif by_applicants and total < item.number.value:
            fail_sum(judge, sentence, item, run, total, "unequal")  # 按申请人划分，自然人119件，企业7件


def _kinds_of(item: Item) -> int:
    """How many kinds of applicants a number's words name."""
    return sum(hit.term.kind == "applicant" for hit in item.hits)


def _outcomes(judge: Judge, sentence: Sentence) -> None:
    """行政复议5件，维持4件，其他结果1件，尚未审结1件: how they ended is never more than there are."""
    cases = [item for item in sentence.items if item.kind in ("review", "suit")]
    ended = [item for item in sentence.items if item.kind == "outcome" and not _counts_twice(item)]
    if len(cases) != 1 or not cases[0].readings or cases[0].readings[0].column != "total":
        return
    if len(ended) < 2 or any(item.whole is not None for item in ended):
        return
    counted = (*cases, *ended)
    if not all(one.is_count and one.number.is_exact and one.whose is Whose.REPORT for one in counted):
        return
    columns = [one.lead.term.column for one in ended if one.lead is not None]
    total = sum((item.number.value for item in ended), Decimal(0))
    if len(set(columns)) != len(columns):
        return
    if total > cases[0].number.value:
        fail_sum(judge, sentence, cases[0], ended, total, "exceeds")


def _counts_twice(item: Item) -> bool:
    return item.lead is not None and item.lead.term.column == DECIDED


def _ways_of_suing(judge: Judge, sentence: Sentence) -> None:
    """行政诉讼4件，直接起诉3件，复议后起诉1件: the two ways there are add up to it."""
    ids = {
        item.lead.term.id: item for item in sentence.items if item.kind == "suit" and item.lead is not None
    }
    whole, *ways = (ids.get(name) for name in ("litigation", "litigation.direct", "litigation.after"))
    if (
        whole is None
        or None in ways
        or len(ids) != len([one for one in sentence.items if one.kind == "suit"])
    ):
        return
    parts = [part for part in ways if part is not None]
    if any(part.whole is not None or len(part.hits) != 1 for part in parts) or len(whole.hits) != 1:
        return
    if not all(one.is_count and one.number.is_exact and one.whose is Whose.REPORT for one in (whole, *parts)):
        return
    total = sum((part.number.value for part in parts), Decimal(0))
    if total != whole.number.value:
        fail_sum(judge, sentence, whole, parts, total, "exceeds" if total > whole.number.value else "unequal")
