"""Which claims without a number a sentence makes, and of what: of all, of a part, of other cases."""

from __future__ import annotations

import re
from itertools import takewhile

from workbook.prose.binding import PARTS_OF_SUITS, base_readings
from workbook.prose.grammar import Claim
from workbook.prose.judging import Judge
from workbook.prose.partlists import CARRIED
from workbook.prose.sentence import Item, Sentence
from workbook.prose.standing import CLOSED, HANDLED, NEW
from workbook.rules.findings import Verdict

_CASES = re.compile("复议|诉讼|起诉")
_OF_PARTS = frozenset({"all_upheld.direct", "all_upheld.after", "all_decided.direct", "all_decided.after"})
_CLAUSE_STOPS = "，；。："
_CLOSED = re.compile("(?<!申请)办理|(?<!限时)办结|答复")
_CAME_IN = re.compile("收到|受理(?!、)|新收|接收(?!、)|接到")
_NONE_OF_THEM = re.compile("无|没有|零")
_CLOSES = re.compile("办结|完毕|完结")
_IN_TIME = re.compile("期限|时限|按|依")
_ONE_WAY = re.compile("直接起诉|复议后")
_LEFT_OVER = re.compile(r"(?<!无)(?<!没有)(?:结转至?到?下|转下一?年|尚有|另有)[^，。；]{0,16}[1-9]")
_OF_CASES_BEFORE = re.compile("(?:上述|以上|全部|所有|这些)案件")
_PART = re.compile(r"(?:其中|部分)[^，。；]{0,6}$|\d+件$")


def find_claims(judge: Judge, sentence: Sentence, context: str) -> list[tuple[Claim, re.Match[str]]]:
    """The claims a sentence makes, each with where."""
    found = []
    text = sentence.text
    for claim in judge.grammar.claims:
        for match in claim.words.finditer(text):
            if _is_made(judge, sentence, claim, match, context):
                found.append((claim, match))
                break
    return found


def _is_made(judge: Judge, sentence: Sentence, claim: Claim, match: re.Match[str], context: str) -> bool:
    """Whether the words make the claim of the whole, there where they stand."""
    text = sentence.text
    is_of_cases_before = claim.rule == "outcomes" and not _CASES.search(text)
    near = context[-60:] if claim.rule == "finished" or is_of_cases_before else ""
    if claim.rule == "outcomes" and _OF_CASES_BEFORE.search(text):
        near = context[-160:]  # 上述案件已全部审结
    said = _own_half(text, match) if claim.rule == "outcomes" else text
    if claim.needs is not None and not (claim.needs.search(said) or claim.needs.search(near)):
        return False
    if claim.unless is not None and claim.unless.search(_around(text, match, claim)):
        return False
    if claim.but is not None and claim.but.search(text):
        return False
    other = claim.rule == "finished" and claim.unless is not None and claim.unless.search(text)
    if other and "申请" not in text:
        return False  # 建议4件、提案1件，现已全部办结，答复率、满意率均为100%
    if claim.rule == "finished" and (
        _is_of_part(judge, sentence, match) or _goes_on_carried(sentence) or _told_carried(judge, sentence)
    ):
        return False
    if claim.rule == "outcomes" and (
        _is_of_some(sentence, claim, match) or _is_of_others(sentence, claim, match)
    ):
        return False
    return not claim.of or number_before(sentence, claim, match) is not None


def _own_half(text: str, match: re.Match[str]) -> str:
    """复议4件已审结，诉讼2件…: the clause that says of what a claim is, else the half of the sentence."""
    for stops in ("，；", "；"):
        start = max(text.rfind(stop, 0, match.start()) for stop in stops) + 1
        ends = [place for stop in stops if (place := text.find(stop, match.end())) >= 0]
        part = text[start : min(ends, default=len(text))]
        if _CASES.search(part):
            return part
    return text


def _around(text: str, match: re.Match[str], claim: Claim) -> str:
    """The clause of a claim; for 均已办结 also the one before, which says what has been closed."""
    start = max(text.rfind(sign, 0, match.start()) for sign in _CLAUSE_STOPS) + 1
    if claim.rule == "finished" and start == match.start():
        start = max(text.rfind(sign, 0, start - 1) for sign in _CLAUSE_STOPS) + 1
    ends = (place for sign in "，；。" if (place := text.find(sign, match.end())) >= 0)
    return text[start : min(ends, default=len(text))]


def _is_of_part(judge: Judge, sentence: Sentence, match: re.Match[str]) -> bool:
    """其中11件均按规定程序办结 speaks of the 11 only."""
    text, before = sentence.passage.text, sentence.text[: match.start()]
    at = sentence.start + match.start()
    told = [item for item in sentence.items if item.number.end <= at and item.is_count]
    told = [item for item in told if not item.in_brackets] or told
    kinds = [item.kind for item in told]
    if told and kinds[-1] in ("review", "suit"):
        return True  # 收到行政复议4件，已全部答复
    if told and (
        (told[-1].hits_applicant and not _are_all(judge, told))
        or (kinds[-1] == "flow" and "received" not in kinds)
    ):
        return True  # 收到法律服务机构申请2件，均已答复; 上年结转5件，均于一季度办结
    if told and told[-1].loose and told[-1].kind == "closed":
        return True  # 上年结转的8件……，8件均已办结
    if told and _are_those_closed(judge, told[-1]):
        return True  # 47件申请均在法定期限内答复: as many as were closed
    is_rate = "率" in match[0]
    gap = _without_brackets(text[told[-1].number.end : at]) if told else ""
    is_manner = not _CLOSES.search(match[0]) or _IN_TIME.search(match[0]) is not None
    if not is_rate and is_manner and told and _is_closed(judge, told[-1]) and "申请" not in gap:
        return True  # 办结91件，均在法定期限内答复: those closed, whatever is left
    if not told and not is_rate and _speaks_of_closed(before):
        return True  # 共办理申请件，均按照规定时限答复
    return _PART.search(before) is not None and "其中" in before


def _goes_on_carried(sentence: Sentence) -> bool:
    """均依照规定答复。年内办结44件，结转下年度3件: the next sentence says what is left."""
    below = sentence.passage.text[sentence.end + 1 : sentence.end + 80].partition("。")[0]
    return _LEFT_OVER.search(below) is not None


def _speaks_of_closed(before: str) -> bool:
    """Whether what was closed is spoken of last, not what came in."""
    closed = [found.start() for found in _CLOSED.finditer(before)]
    came = [found.start() for found in _CAME_IN.finditer(before)]
    return bool(closed) and max(closed) > max(came, default=-1)


def _told_carried(judge: Judge, sentence: Sentence) -> bool:
    """结转下年度继续办理5件。……所有申请均在法定期限内答复: what is left has been said before."""
    start = sentence.passage.text.rfind("\n", 0, sentence.start) + 1
    return any(
        judged.verdict is Verdict.VERIFIED and judged.item.lead is not None and judged.item.number.value > 0
        for judged in judge.order
        if judged.sentence.passage is sentence.passage
        and start <= judged.item.number.start < sentence.start
        and judged.item.lead is not None
        and judged.item.lead.term.id in CARRIED
    )


def _without_brackets(said: str) -> str:
    return re.sub("（[^（）]*）", "", said)


def _are_all(judge: Judge, told: list[Item]) -> bool:
    """收到公民申请8件, where all came from 自然人; 自然人66件、企业9件 of the 75 there are."""
    new, *_ = base_readings(judge.figures.edition, NEW)
    run = list(takewhile(lambda item: item.hits_applicant, reversed(told)))
    return judge.figures.of(new.cells) in (told[-1].number.value, sum(item.number.value for item in run))


def _are_those_closed(judge: Judge, item: Item) -> bool:
    """Whether a number of applications is that of those closed and of nothing else."""
    judged = judge.judged.get(id(item))
    if judged is None or judged.verdict is not Verdict.VERIFIED or judged.reading is None:
        return False
    bases = base_readings(judge.figures.edition, NEW, HANDLED)
    others = {judge.figures.of(base.cells) for base in bases}
    is_closed = judged.reading.rows == (CLOSED,)
    return is_closed and (not item.before or item.left.endswith("的")) and item.number.value not in others


def _is_closed(judge: Judge, item: Item) -> bool:
    """办结91件, named before its number; 处理1554件（含上年结转72件） is of all there was."""
    judged = judge.judged.get(id(item))
    is_of_all = judged is not None and judged.reading is not None and judged.reading.rows == HANDLED
    return item.kind == "closed" and item.whole is None and item.before and not is_of_all


def _is_of_some(sentence: Sentence, claim: Claim, match: re.Match[str]) -> bool:
    """诉讼5件中，2件经复议后起诉，均已判决维持 speaks of the two only."""
    start = sentence.start + sentence.text.rfind("；", 0, match.start()) + 1
    at = sentence.start + match.start()
    before = [item for item in sentence.items if start <= item.number.start and item.number.end <= at]
    if not before:
        return False
    of_suits = {item.lead.term.id for item in before if item.lead is not None} & set(PARTS_OF_SUITS)
    own = sentence.text[
        max(sentence.text.rfind(stop, 0, match.start()) for stop in "，；：") + 1 : match.start()
    ]
    if _ONE_WAY.search(own):
        return claim.id not in _OF_PARTS  # 复议后起诉的案件结果均为维持
    own += match[0]
    if claim.id in _OF_PARTS or (_CASES.search(own) and not any(sign.isdigit() for sign in own)):
        return False  # 其中行政复议维持3件，纠正1件，行政诉讼结果均为维持
    if len(of_suits) == 1 and before[-1].lead is not None and before[-1].lead.term.id in of_suits:
        return True  # 复议后起诉的3件均获维持
    if _NONE_OF_THEM.match(match[0]) and before[-1].kind == "outcome":
        return False  # 行政复议9件，其中维持6件，其他2件，没有被纠正的案件
    whole = before[-1].whole
    if whole is None or sum(part.number.value for part in whole.parts) == whole.number.value:
        return False  # 行政争议4件，其中，行政复议3件，行政诉讼1件，均结果维持
    return before[-1].number.end >= at - 20


def _is_of_others(sentence: Sentence, claim: Claim, match: re.Match[str]) -> bool:
    """行政复议2件，均维持；行政诉讼2件: where only the one kind of case has been counted, it is of that."""
    start = sentence.start + sentence.text.rfind("；", 0, match.start()) + 1
    at = sentence.start + match.start()
    counted = {
        hit.term.kind
        for item in sentence.items
        for hit in item.hits
        if start <= item.number.start and item.number.end <= at
    } & {"review", "suit"}
    of = "suit" if "challenges.litigation" in claim.source else "review"
    return len(counted) == 1 and of not in counted


def number_before(sentence: Sentence, claim: Claim, match: re.Match[str]) -> Item | None:
    """The number right before 均, where it is of a kind the claim is of and no part of another."""
    at = sentence.start + match.start()
    before = [item for item in sentence.items if item.number.end <= at and not item.number.is_share]
    if not before or before[-1].kind not in claim.of or before[-1].whole is not None:
        return None
    lead = before[-1].lead
    return None if lead is not None and lead.term.id in PARTS_OF_SUITS else before[-1]
