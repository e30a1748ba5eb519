"""Names that stand farther from a number than right before it: behind it, in brackets, a clause away."""

from __future__ import annotations

import re

from workbook.prose.grammar import Grammar
from workbook.prose.hits import find_hits, name_by
from workbook.prose.retold import APPLICATIONS
from workbook.prose.sentence import Hit, Item, Sentence
from workbook.prose.spans import clause_before, is_next_ones, is_right_after

MAINLY = re.compile("以[^，。；]{2,8}为主$|(?:是|为|占)[^，。；]{0,6}(?:主要|主体|主力|多数)")
_THING_BEHIND = re.compile(
    "(?:行政(?:复议|诉讼|处罚|强制|许可)|(?:处罚|许可|强制)决定|(?:行政)?规范性文件(?=现行有效))(?!人|法|行为|机关|的)"
)
_FOR_A_REASON = re.compile("(?:因|由于)[^，。；]{2,30}等(?:原因|情形|理由|事由)?$")
_BARE_APPLICATIONS = re.compile(
    r"(?:全年|本年度?|年内|···本年)(?:共有|共|总计)?申请|(?:···本年|全年|本年度?|今年|年内)?度?(?:[我本全][一-龥]{1,3}|[一-龥]{2,12}(?:局|委|厅|办|镇|乡|街道|中心|[市县区]))?(?:共|总计)?(?:政府信息公开|依申请公开|信息公开)申请(?:共|总量|总数|数量|件数)?(?:共计|为|达)?"
)
_THEY_APPLIED = re.compile("(?:共|全年|合计|共计)?(?:提交|提出)了?申请(?:共)?")
_CARRIED_NEXT = re.compile(
    r"，(?:依法|需|将|已|均|全部)?(?:结转|转入|转至|顺延)[至到入]?(?:···)?(?:下|次年|明年)(?!年?度?(?:继续办理)?\d)"
)
_WITH_PARTIAL_BEFORE = re.compile("公开（(?:含|包括|包含)部分公开）(?:方式)?(答复)(?:申请)?(?:共)?$")
_UNFINISHED = re.compile("(?:未|在)(?:办结|答复|办理完毕|办)的?$")
_GOES_OVER = re.compile("(?:政府信息公开|信息公开)?申请(?:将|均|全部|依法)?(?:结转|转入|转至|顺延)")
_IN_HAND = re.compile("在办(?:申请)?")
SAID_OF_ALL = re.compile("均|全部|都|已")


def look_farther(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """Name a number by words that stand farther off, where they say more than those right before it."""
    item = sentence.items[index]
    _of_the_crowd(sentence, index, grammar, context)
    if _is_in_hand(sentence, item):
        item.hits = [Hit(grammar.by_id["received.handled"], 0, 0)]
    _thing_behind(sentence, index, grammar, context)
    bracket = _WITH_PARTIAL_BEFORE.search(sentence.passage.text[sentence.start : item.number.start])
    if bracket is not None:  # 公开（含部分公开）答复9件
        name_by(item, f"公开含部分公开{bracket[1]}", grammar, context, before=True)
    _disposed(item, grammar, context)
    if _FOR_A_REASON.search(item.left) and item.right.startswith(("无法提供", "不予公开", "不予处理")):
        # 因本机关不掌握等原因54件无法提供
        name_by(item, item.left + item.right, grammar, context, before=True)
    _of_a_topic(sentence, index, grammar, context)


def applications_about(sentence: Sentence, item: Item, grammar: Grammar) -> list[Hit]:
    """Applications that no verb tells of: 全镇政府信息公开申请5件; 未办结的9件申请结转下年度."""
    if _BARE_APPLICATIONS.fullmatch(item.left):
        return [Hit(grammar.by_id["received"], 0, len(item.left))]
    goes_over = _UNFINISHED.search(item.left) and _GOES_OVER.match(item.right)
    behind = item.number.end + len(item.right)
    # 1件申请尚在征求意见，结转下年度
    goes_next = APPLICATIONS.match(item.right) and _CARRIED_NEXT.match(sentence.passage.text, behind)
    return [Hit(grammar.by_id["carried_forward"], 0, 0)] if goes_over or goes_next else []


def _of_the_crowd(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """申请主体以自然人为主，新收231件: of those just named."""
    item = sentence.items[index]
    is_received = {hit.term.kind for hit in item.hits} == {"received"}
    is_received |= not item.hits and _THEY_APPLIED.fullmatch(item.left) is not None
    is_among = item.right.startswith(("中", "里", "内")) or "申请中" in item.right or item.left.endswith("的")
    said = clause_before(sentence, index)
    if is_received and not is_among and MAINLY.search(said) and is_right_after(sentence, index):
        named = [hit for hit in find_hits(said, item, grammar, context) if hit.term.kind == "applicant"]
        item.hits += named if len(named) == 1 else []


def _is_in_hand(sentence: Sentence, item: Item) -> bool:
    """共有326件在办; 42件在办申请（含上年结转2件）: all there was to deal with."""
    text, end = sentence.passage.text, item.number.end
    is_of_all = item.left.endswith(("共有", "共", "合计")) or "（含" in text[end : end + 6]
    return is_of_all and _IN_HAND.match(text, end) is not None


def _thing_behind(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """被申请9件行政复议; 作出的280件行政处罚决定均已公示; not 其中3件行政复议系同一申请人提出."""
    item = sentence.items[index]
    thing = _THING_BEHIND.match(item.right)
    if thing is None or item.left.startswith("其中") or is_next_ones(sentence, index) or _names(item, thing):
        return
    name_by(item, SAID_OF_ALL.split(item.right)[0], grammar, context, before=False)


def _names(item: Item, thing: re.Match[str]) -> bool:
    """Whether the words before a number name the thing behind it, or another of its kind, already."""
    return thing[0] in item.left or any(
        hit.term.kind in ("review", "suit", "outcome", "decision", "matter", "change") for hit in item.hits
    )


def _disposed(item: Item, grammar: Grammar, context: str) -> None:
    """对11件申请作出无法提供的答复: what was done with them; 对全年7件行政复议案件: all of them."""
    if item.hits or not item.right or not item.left.endswith(("对", "对全年", "对这", "上述")):
        return
    hits = find_hits(item.right, item, grammar, context)
    is_of_year = item.left.endswith("全年")
    kinds = {hit.term.kind for hit in hits}
    if "result" in kinds or (is_of_year and kinds & {"review", "suit"}):
        item.label, item.before, item.hits = item.right, False, hits


def _of_a_topic(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """行政许可方面，作出处理决定9件: of what the clause before names."""
    item = sentence.items[index]
    topic = clause_before(sentence, index)
    is_open = "决定" in item.left and not any(hit.term.rows for hit in item.hits)
    if is_open and topic.endswith("方面") and is_right_after(sentence, index):
        name_by(item, topic + item.left, grammar, context, before=True)
