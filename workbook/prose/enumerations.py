"""Parts against their whole: 其中 may leave some out but never exceeds; 包括, 分别为 and 组成 add up."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import groupby

from workbook.form.values import figure
from workbook.prose.binding import HANDLED
from workbook.prose.judging import NOT_PRINTED, SECTION_WORDS, Judge
from workbook.prose.looseness import is_of_other_cases
from workbook.prose.sentence import Item, Sentence, Whose
from workbook.rules.findings import Given, Verdict
from workbook.rules.procedures import Failed, Passed

_LEGAL_KINDS = ("by.business", "by.research", "by.public_interest", "by.legal_services", "by.other")
_GROUPS = ("granted", "granted_in_part", "denied", "unable_to_provide", "declined", "other")
_CARRIED = ("carried_forward", "carried_forward.bare")
_LISTED = {"result", "detail", "", "channel"}
_TOTAL = re.compile(
    r"^(?:全年|以上|上述|(?P<told>[两二三四五六](?:[项类者]|种(?:方式|渠道|途径)?)))?(?:共计?|合计|总计|总共)(?:为|是|有|达)?(?:申请)?$"
)
_UNPRINTED = {"", "channel"}
_OF_OFFICES = ("received", "closed")
_SUMMED = {"applicant", "outcome", *_LISTED}
_SUITS = ("litigation.direct", "litigation.after")
_CAME = ("received", "received.new", "brought_forward")
_STRENGTH = "、，；"


def judge_parts(judge: Judge, sentence: Sentence, whole: Item) -> None:
    """Hold the parts of a whole against it, kind by kind; 18余 adds up to nothing."""
    if not whole.number.is_exact or is_of_other_cases(whole):
        return
    brought = whole.with_brought.number.value if whole.with_brought is not None else Decimal(0)
    for parts in _runs(judge, whole):
        total = sum((part.number.value for part in parts), Decimal(0))
        stated = whole.number.value + brought
        if total > stated:
            _fail(judge, sentence, whole, parts, total, "exceeds")
        elif total != stated and _must_add_up(judge, sentence, whole, parts):
            _fail(judge, sentence, whole, parts, total, "unequal")
        else:
            judge.answers.say("prose.parts", Passed())
            _explain(judge, whole, total)
            if total == stated:
                for part in parts:
                    judged = judge.judged.get(id(part))
                    if judged and judged.verdict is Verdict.UNVERIFIABLE and judged.reading is None:
                        judged.why = "表中没有这个数；与同列各数合计相符"


def _must_add_up(judge: Judge, sentence: Sentence, whole: Item, parts: list[Item]) -> bool:
    """Whether the list is said to be whole: 包括, 分别为; none of another kind, no sums of others, no 等."""
    if not whole.exhaustive or len(parts) < 2:
        return False
    after = sentence.passage.text[parts[-1].number.end : parts[-1].number.end + 1]
    if any(part.is_apart for part in parts) or after == "等":
        return False
    sums = judge.grammar.patterns["not_a_part"]
    return not any(part.number.unit == whole.number.unit and sums.search(part.left) for part in whole.parts)


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


def judge_results(judge: Judge, sentence: Sentence) -> None:
    """All six results after 办结 n 件, without a word like 其中, add up to it."""
    closed = [item for item in sentence.items if item.kind == "closed" and not item.number.is_share]
    if any(hit.term.kind == "received" for item in closed for hit in item.hits):
        return  # 收到和处理329件: not only what was closed
    results = [
        item
        for item in sentence.items
        if item.kind == "result" and item.lead and not item.lead.term.at_most and not item.number.is_share
    ]
    if len(closed) != 1 or not results or any(item.whole is not None for item in results):
        return
    named = [row for item in results if item.readings for row in item.readings[0].rows]
    groups = {row.split(".")[1] for row in named if row.startswith("dispositions.")}
    if groups != set(_GROUPS) or any(item.whose is not Whose.REPORT for item in (*closed, *results)):
        return
    total = sum((item.number.value for item in results), Decimal(0))
    judged = judge.judged.get(id(closed[0]))
    if judged is not None and judged.reading is not None and judged.reading.rows == HANDLED:
        # 共办理 n 件 that counts in what came over: what went on to the next year is a part of it too.
        carried = [item for item in sentence.items if item.lead and item.lead.term.id in _CARRIED]
        total += sum((item.number.value for item in carried), Decimal(0))
    if total == closed[0].number.value:
        judge.answers.say("prose.parts", Passed())
    else:
        _fail(judge, sentence, closed[0], results, total, "unequal")


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
            _fail(judge, sentence, item, run, sums[0], "unequal")


def _list_before(sentence: Sentence, place: int, *, any_kind: bool) -> list[Item]:
    """The numbers of one kind and unit that stand right before a sum."""
    item, run = sentence.items[place], list[Item]()
    for other in reversed(sentence.items[:place]):
        kinds = {other.kind, run[0].kind} if run else {other.kind}
        alike = len(kinds) == 1 or kinds <= _UNPRINTED or (any_kind and kinds <= _LISTED)
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


def _runs(judge: Judge, whole: Item) -> list[list[Item]]:
    """Parts that are disjoint by their kind, each run by itself."""
    counted = [part for part in whole.parts if _is_part(judge, whole, part)]
    if whole.exhaustive and {"result", "detail"} <= {part.kind for part in counted} <= _LISTED:
        return [counted]  # 由逾期不补正3件和撤回5件组成: every one of them is a part
    runs: list[list[Item]] = []
    if not whole.hits and len({part.kind for part in counted}) > 1:
        # 制发公文711件，其中主动公开237件、不予公开280件: of what no table holds, whatever they are called
        return [_contiguous(counted, whole)]
    results = [part for part in counted if part.kind == "result"]
    listed = {row for part in results for reading in part.readings[:1] for row in reading.rows}
    lines = [part for part in counted if part.kind == "detail" and part.readings]
    apart = [part for part in lines if not {row.rpartition(".")[0] for row in part.readings[0].rows} & listed]
    if results and apart and len(apart) == len(lines):
        runs.append([*results, *apart])  # 公开1件，部分公开2件，不掌握2件: a line stands for its group
    for kind in ("applicant", "result", "detail", "outcome", "decision"):
        run = [part for part in counted if part.kind == kind]
        if kind == "applicant" and any(
            part.lead and part.lead.term.id == "by.legal_entities" for part in run
        ):
            run = [part for part in run if part.lead and part.lead.term.id not in _LEGAL_KINDS]
        if kind == "outcome" and whole.kind not in ("review", "suit"):
            continue
        if run and kind == "result" and _is_of_all(whole) and "；" not in {part.separator for part in run}:
            # 受理209件（含上年结转6件）。其中……结转下年度9件
            run += [part for part in whole.parts if part.lead and part.lead.term.id in _CARRIED]
        if run:
            runs.append(run)
    judged = judge.judged.get(id(whole))
    if judged and judged.reading and judged.reading.rows == HANDLED:
        # Of all there was to deal with, what was closed and what was carried over.
        run = [part for part in whole.parts if part.lead and part.lead.term.id in ("closed", *_CARRIED)]
        if len(run) == 2 and {part.kind for part in run} == {"closed", "flow"}:
            runs.append(run)
        run = [part for part in whole.parts if part.lead and part.lead.term.id in _CAME]
        if len(run) == 2 and {part.kind for part in run} == {"received", "flow"}:
            runs.append(run)
    suits = [part for part in whole.parts if part.lead and part.lead.term.id in _SUITS]
    if len(suits) == len(_SUITS) and whole.kind == "suit":
        runs.append(suits)
    unknown = [part for part in counted if part.kind in _UNPRINTED or part.kind in _OF_OFFICES]
    nested = whole.whole is not None
    for _, group in groupby(unknown, key=lambda part: part.in_brackets):
        run = _contiguous(list(group), whole)
        separators = {part.separator for part in run[1:]}
        if nested and len(run) > 1 and separators != {"、"} and not run[0].in_brackets:
            runs += [[part] for part in run]
        elif run:
            runs.append(run)
    return runs


def _contiguous(parts: list[Item], whole: Item) -> list[Item]:
    """The parts up to where a stronger stop, or a part of a named kind, ends the list."""
    run: list[Item] = []
    strength = -1
    for part in parts:
        if run and whole.parts.index(part) != whole.parts.index(run[-1]) + 1:
            between = whole.parts[whole.parts.index(run[-1]) + 1 : whole.parts.index(part)]
            if any(
                other.kind not in ("", "channel") or other.number.unit == whole.number.unit
                for other in between
            ):
                break
        weight = _STRENGTH.find(part.separator) if part.separator else 0
        if len(run) > 1 and weight > max(strength, 0):
            break
        if run:
            strength = max(strength, weight)
        run.append(part)
    return run


def _is_of_all(whole: Item) -> bool:
    """Whether a whole is said to count what came over with what came in."""
    is_both = bool(whole.readings) and whole.readings[0].rows == HANDLED
    return is_both or whole.with_brought is not None


def _is_part(judge: Judge, whole: Item, part: Item) -> bool:
    units = {*judge.grammar.lists["case_units"], "项"} - {""}
    alike = part.number.unit == whole.number.unit
    if whole.readings and (part.readings or part.kind == "channel"):
        alike |= {part.number.unit, whole.number.unit} <= units  # 受理868件，其中812项为自然人提交
    if not alike or not part.number.unit or part.kind == "flow":
        return False
    if not part.number.is_exact:
        return False
    if part.kind in _OF_OFFICES and part.whose is Whose.NARROWER and part.kind == whole.kind:
        return True  # 其中市级部门受理1160件、各县受理1744件
    if part.kind in (*_OF_OFFICES, "review", "suit", "fee"):
        return False
    return not judge.grammar.patterns["not_a_part"].search(part.left)


def _fail(
    judge: Judge, sentence: Sentence, whole: Item, parts: list[Item], total: Decimal, outcome: str
) -> None:
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
