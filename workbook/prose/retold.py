"""Numbers told again: 上述8件申请, 全部 n 件, 这7件诉讼案件 – of the applications or cases told before."""

from __future__ import annotations

import re

from workbook.prose.sentence import FILLERS, Hit, Item, Sentence

APPLICATIONS = re.compile(
    r"(?:新收到?的?|结转的?|收到的|所?受理的|已?办结的?|答复的?)?(?:(?:政府信息公开|信息公开|依申请公开)?申请(?!人)|依申请公开(?:件|事项)|办结件)"
)
_AFORESAID = re.compile(r"(?:上述|前述|以上|^在这?|这|^所收到?的?|全部|所有|(?:围绕|针对)全年的?)$")
_CASES = re.compile("(?:行政)?(?:复议|诉讼)?案件")
_SEEN_BY = re.compile("从[^，。；]{1,10}(?:看|来说|划分)，")
_THEIR_RESULTS = re.compile(
    "(?:已?办结的?|答复的?)?(?:政府信息公开|信息公开|依申请公开)?申请(?:(?:的)?(?:办理|答复|处理)?(?:结果|情况|去向)|分别|由(?=[^。]*(?:组成|构成)))"
)
_ALL_OF_THEM = re.compile("(?:政府信息公开|信息公开|依申请公开)?申请(?:均|全部|都)")


def told_as(words: str) -> str:
    """新收申请, 已办结申请, or applications of whatever kind."""
    if words.startswith("新收"):
        return "received.new"
    if words.startswith("结转"):
        return "carried_forward"
    return "closed" if words.startswith(("已办结", "办结", "答复")) else "aforesaid"


def is_aforesaid(sentence: Sentence, item: Item) -> bool:
    """上述8件新收申请; 从来源看，50件申请中…: of the applications told before."""
    if not APPLICATIONS.match(item.right):
        return False
    if _THEIR_RESULTS.match(sentence.passage.text, item.number.end) and FILLERS.match(item.left):
        return True  # 3件申请的办理结果为予以公开、无法提供各1件
    said = sentence.passage.text[sentence.start : item.number.start]
    if not said and _ALL_OF_THEM.match(item.right):
        return True  # 38件申请均按规定登记编号
    return _AFORESAID.search(item.left) is not None or _SEEN_BY.fullmatch(said) is not None


def cases_told(sentence: Sentence, item: Item) -> list[Hit]:
    """行政诉讼7件。上述7件案件中…: of the one kind of case told in the sentence before."""
    if not _AFORESAID.search(item.left):
        return []
    told = [other for other in sentence.earlier if other.kind in ("review", "suit")]
    cases = _CASES.match(item.right)
    if cases is None or len(told) != len(sentence.earlier):
        return []
    if len(told) > 1:
        told = [one for one in told if ("复议" in cases[0]) == (one.kind == "review") and cases[0] != "案件"]
    return list(told[0].hits) if len(told) == 1 else []
