"""Parts against their whole: 其中 may leave some out but never exceeds; 包括, 分别为 and 组成 add up."""

from __future__ import annotations

import re
from decimal import Decimal

from workbook.form.values import figure
from workbook.prose.judging import NOT_PRINTED, SECTION_WORDS, Judge
from workbook.prose.looseness import is_of_other_cases
from workbook.prose.partlists import LISTED, UNPRINTED, runs_of
from workbook.prose.sentence import Item, Sentence
from workbook.rules.findings import Given, Verdict
from workbook.rules.procedures import Failed, Passed

_TOTAL = re.compile(
    r"^(?:全年|以上|上述|(?P<told>[两二三四五六](?:[项类者]|种(?:方式|渠道|途径)?)))?(?:共计?|合计|总计|总共)(?:为|是|有|达|发布|公开)?(?:申请)?$"
)
_ON_AVERAGE = re.compile("[年季月周日人]均$")
_OUTCOMES = {"upheld", "corrected", "other", "pending"}
_SUMMED = {"applicant", "outcome", *LISTED}


def judge_parts(judge: Judge, sentence: Sentence, whole: Item) -> None:
    """Hold the parts of a whole against it, kind by kind; 18余 adds up to nothing."""
    if not whole.number.is_countable or is_of_other_cases(whole) or _ON_AVERAGE.search(whole.left):
        return
    brought = whole.with_brought.number.value if whole.with_brought is not None else Decimal(0)
    for parts in runs_of(judge, whole):
        total = sum((part.number.value for part in parts), Decimal(0))
        stated = whole.number.value + brought
        margin = sum((item.number.margin for item in (whole, *parts)), Decimal(0))
        if total > stated + margin and _may_be_of_another(sentence, whole, total):
            continue
        if total > stated + margin:
            fail_sum(judge, sentence, whole, parts, total, "exceeds")
        elif total < stated - margin and _must_add_up(judge, sentence, whole, parts):
            fail_sum(judge, sentence, whole, parts, total, "unequal")
        else:
            judge.answers.say("prose.parts", Passed())
            _explain(judge, whole, total)
            if total == stated:
                for part in parts:
                    judged = judge.judged.get(id(part))
                    if judged and judged.verdict is Verdict.UNVERIFIABLE and judged.reading is None:
                        judged.why = "表中没有这个数；与同列各数合计相符"


def _may_be_of_another(sentence: Sentence, whole: Item, total: Decimal) -> bool:
    """政务信息275条，互动信息52条。其中资金信息53条: of which, is not told."""
    others = [other for other in sentence.earlier if other is not whole and not other.kind]
    if not whole.kind and whole in sentence.items and (place := sentence.items.index(whole)):
        beside = sentence.items[place - 1]  # 人大建议27件、政协提案35件，其中主办件41件: of both
        joined = sentence.passage.text[beside.number.end : whole.left_start] == "、"
        if joined and beside.number.unit == whole.number.unit:
            return total <= beside.number.value + whole.number.value
    is_before = whole not in sentence.items and not whole.kind
    return is_before and any(
        other.number.unit == whole.number.unit and other.number.value >= total for other in others
    )


def _must_add_up(judge: Judge, sentence: Sentence, whole: Item, parts: list[Item]) -> bool:
    """Whether the list is said to be whole: 包括, 分别为; none of another kind, no sums of others, no 等."""
    if not (whole.exhaustive or _lists_every_outcome(sentence, parts)) or len(parts) < 2:
        return False
    is_of_some = parts[0].kind == "applicant" and not whole.hits_applicant
    if is_of_some and not any(part.lead and part.lead.term.id == "by.natural_person" for part in parts):
        return False  # 商业企业和法律服务机构申请分别为40件和12件: of several kinds
    after = sentence.passage.text[parts[-1].number.end : parts[-1].number.end + 1]
    if any(part.is_apart for part in parts) or after == "等":
        return False
    sums = judge.grammar.patterns["not_a_part"]
    return not any(part.number.unit == whole.number.unit and sums.search(part.left) for part in whole.parts)


def _lists_every_outcome(sentence: Sentence, parts: list[Item]) -> bool:
    """行政复议24件（维持14件、纠正2件、其他结果5件、尚未审结3件）: every column of the form, in brackets."""
    columns = {part.lead.term.column for part in parts if part.lead is not None and part.kind == "outcome"}
    start = parts[0].left_start
    before = sentence.passage.text[max(0, start - 3) : start]
    is_bare = before.endswith(("（", "：")) and before != "其中：" and parts[0].left.find("其中") < 0
    return is_bare and columns == _OUTCOMES


def _explain(judge: Judge, whole: Item, total: Decimal) -> None:
    """Say of a whole that no table holds how its parts stand to it: 其中 may leave some out."""
    judged = judge.judged.get(id(whole))
    if judged is None or judged.verdict is not Verdict.UNVERIFIABLE or judged.reading is not None:
        return
    of_all = f"{figure(total)}{whole.number.unit}"
    fits = total == whole.number.value
    judged.why = f"{NOT_PRINTED}；所列各项合计{of_all}，" + (
        "与它相符" if fits else "没有超过它（“其中”可以不列全）"
    )


def judge_sums(judge: Judge, sentence: Sentence) -> None:
    """自然人1336件、法人163件，共计1499件: what is said to be the sum of those before is their sum."""
    for place, item in enumerate(sentence.items):
        total = _TOTAL.match(item.left)
        of_group = item.kind == "result" and item.left.startswith(("合计", "共计", "总计"))
        if not place or not (total or of_group) or not item.number.is_exact:
            continue
        gap = sentence.passage.text[sentence.items[place - 1].number.end : item.left_start]
        if gap not in ("，", "、", ""):
            continue  # 公益组织关注……，共11件 is no sum of what stands before
        run = _list_before(sentence, place, any_kind=bool(total and total["told"]))
        if len(run) < 2 or (of_group and any(one.kind != "detail" for one in run)):
            continue
        sums = [sum((one.number.value for one in run[first:]), Decimal(0)) for first in range(len(run) - 1)]
        if item.number.value in sums:
            judge.answers.say("prose.parts", Passed())
        else:
            fail_sum(judge, sentence, item, run, sums[0], "unequal")


def _list_before(sentence: Sentence, place: int, *, any_kind: bool) -> list[Item]:
    """The numbers of one kind and unit that stand right before a sum."""
    item, run = sentence.items[place], list[Item]()
    for other in reversed(sentence.items[:place]):
        kinds = {other.kind, run[0].kind} if run else {other.kind}
        alike = len(kinds) == 1 or kinds <= UNPRINTED or (any_kind and kinds <= LISTED)
        if not alike or not kinds <= _SUMMED or (run and other.whole is not run[0].whole):
            break
        if (
            not other.is_count
            or other.number.unit != item.number.unit
            or other.parts
            or not other.number.is_exact
        ):
            break
        run.insert(0, other)
    return run


def fail_sum(
    judge: Judge, sentence: Sentence, whole: Item, parts: list[Item], total: Decimal, outcome: str
) -> None:
    """Say that parts come to more than their whole, or to something else."""
    passage = sentence.passage
    quote = sentence.stretch(whole, parts[-1]) if whole in sentence.items else sentence.quote(parts[0])
    shown = "、".join(figure(part.number.value) for part in parts)
    given: dict[str, Given] = {
        "section": SECTION_WORDS[passage.section],
        "quote": quote,
        "whole": figure(whole.number.value),
        "sum": figure(total),
        "parts": shown,
        "sentence": sentence.name,
    }
    judged = judge.judged.get(id(whole))
    reading = judged.reading if judged else None
    failed = Failed(
        outcome,
        reading.mark if reading else None,
        whole.number.value,
        total,
        given,
        cells=reading.cells if reading else (),
        place=judge.place(passage, parts[0].number.start),
        section=passage.section,
        quote=quote,
        stated=whole.number.value,
    )
    judge.answers.say("prose.parts", failed)
    if judged is not None and judged.verdict is Verdict.UNVERIFIABLE:
        judged.verdict = Verdict.WRONG
        judged.why = f"所列{shown}合计{figure(total)}，与{figure(whole.number.value)}不合"
        judged.failed = failed
