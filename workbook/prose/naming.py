"""What the words beside a number name: the terms of the grammar that stand in its label."""

from __future__ import annotations

import re
from itertools import pairwise

from workbook.prose.grammar import Grammar, Term
from workbook.prose.hits import chosen
from workbook.prose.labelling import label
from workbook.prose.parts import opens_with_parts
from workbook.prose.sentence import FILLERS, Hit, Item, Sentence

_EACH = re.compile(r"(?:分别|依次)(?:为|是|有|达)?$")
_JOINED = re.compile("(?:(?:行政)?复议(?:案件)?)?[、和及]?")
_IN_FORCE = re.compile(r"^(?:年末|年底|目前|现)?现行有效\d")
_NONE = re.compile("没有|无一|无被?$|未(?!经|审)")
_NEXT = re.compile("和|及|与|以及")
_CASES = re.compile(r"行政复议|行政诉讼")
_WHOLES = frozenset({"document"})  # 规范性文件 beside 制发、废止分别为: what all of them are of
_ORGANISATIONS = {"business", "research", "public_interest", "legal_services"}


def name_items(sentence: Sentence, grammar: Grammar, context: str) -> None:
    """Find for every number the terms in its words; `context` is the text before, for what they need."""
    for index in range(len(sentence.items)):
        label(sentence, index, grammar, context)
    kinds = _kinds(sentence, grammar)
    _name_the_others(sentence.items, grammar)
    if "主动公开" in sentence.text:  # 主动公开237件、依申请公开294件: by how documents are disclosed
        for item in sentence.items:
            item.hits = [hit for hit in item.hits if hit.term.id != "received.bare"]
    for before, item in pairwise(sentence.items):
        item.hits = [hit for hit in item.hits if not _of_other_business(before, item, hit.term)]
    for item in sentence.items:
        item.hits = _of_the_group([hit for hit in item.hits if not _is_denied(item, hit)])
        item.hits = chosen([hit for hit in item.hits if hit.term.beside is None or hit.term.beside in kinds])
    _share_outcome(sentence.items)
    _share_pending(sentence)
    _tell_cases_apart(sentence.items)
    _apportion(sentence.items)
    for item in sentence.items:
        item.lead = max(item.hits, key=lambda hit: (hit.term.rank, hit.start), default=None)


def _kinds(sentence: Sentence, grammar: Grammar) -> set[str]:
    """The kinds of things a sentence speaks of, as `beside` in the terms asks for them."""
    kinds = {hit.term.kind for item in sentence.items for hit in item.hits if hit.term.beside is None}
    in_their_section = sentence.passage.section == "challenges"
    if kinds & {"review", "suit"} or in_their_section or _CASES.search(sentence.text):
        if in_their_section or (kinds & {"review", "suit"} and "result" not in kinds):
            for item in sentence.items:  # 1件因申请人撤回而终止 is a case here, not an application
                item.hits = [hit for hit in item.hits if hit.term.id != "withdrawn"]
        kinds.add("challenge")
    if sentence.earlier and sentence.earlier[-1].kind in ("review", "suit") and opens_with_parts(sentence):
        kinds.add("challenge")  # 行政复议15件。其中维持7件
    told = {hit.term.kind for one in sentence.earlier for hit in one.hits}
    if "document" in told and _IN_FORCE.search(sentence.text):
        kinds.add("document")  # 制发行政规范性文件61件……。年末现行有效478件
    stages = {hit.term.column for item in sentence.items for hit in item.hits if hit.term.kind == "stage"}
    if len(stages) > 1 and "规范性文件" in sentence.text:
        kinds.add("document")  # 严格执行行政规范性文件审核制度，全年制发5件，废止1件
    if grammar.patterns["no_documents"].search(sentence.text):
        kinds.add("document")
    if any(hit.term.id.startswith("detail.other") for item in sentence.items for hit in item.hits):
        kinds.add("unfinished")
    return kinds


def _name_the_others(items: list[Item], grammar: Grammar) -> None:
    """企业14件、法律服务机构7件、其他组织1件: beside kinds of organisations, 其他 is the form's column."""
    named = {hit.term.column for item in items for hit in item.hits if hit.term.kind == "applicant"}
    for before, item in pairwise(items):
        if not before.hits_applicant:  # 微信1126条，其他282条；收到163件，146件来自自然人
            item.hits = [hit for hit in item.hits if hit.term.id != "by.other"]
    if not named & _ORGANISATIONS:
        return
    for item in items:
        if "法人" not in item.label and "其他" in item.label:
            other = grammar.by_id["by.other"]
            item.hits = [
                Hit(other, hit.start, hit.end) if hit.term.id == "by.legal_entities" else hit
                for hit in item.hits
            ]


def _of_other_business(before: Item, item: Item, term: Term) -> bool:
    """受理行政许可申请1300件，办结1260件: what is closed is what was spoken of before."""
    if term.kind not in ("received", "closed") or term.unless is None or "公开" in item.left:
        return False
    return not before.hits and "申请" not in item.left and term.unless.search(before.left) is not None


def _tell_cases_apart(items: list[Item]) -> None:
    """行政复议1件，维持0件，尚未办结1件: cases still open, where nothing but cases is counted."""
    kinds = [{hit.term.kind for hit in item.hits} for item in items]
    is_case = [bool(some & {"review", "suit"}) for some in kinds]
    is_application = [bool(some & {"received", "closed"}) for some in kinds]
    if not any(is_case) or any(told and not case for told, case in zip(is_application, is_case, strict=True)):
        return
    for item in items:
        if any(hit.term.id == "outcome.pending" for hit in item.hits):
            item.hits = [hit for hit in item.hits if hit.term.kind != "flow"]


def _share_outcome(items: list[Item]) -> None:
    """仍有7件行政复议、10件行政诉讼未审结: how both ended stands behind the second."""
    for first, second in pairwise(items):
        kinds = {hit.term.kind for hit in first.hits} | {hit.term.kind for hit in second.hits}
        outcomes = [hit for hit in second.hits if hit.term.kind == "outcome"]
        is_pair = kinds == {"review", "suit", "outcome"} and not first.before and not second.before
        if is_pair and len(first.hits) == len(outcomes) == 1 and not second.left:
            first.hits = [*first.hits, *outcomes]


def _share_pending(sentence: Sentence) -> None:
    """尚未审结的行政复议11件、行政诉讼15件: how both stand is said before the first."""
    for first, second in pairwise(sentence.items):
        outcomes = [hit for hit in first.hits if hit.term.kind == "outcome" and "的" in first.left]
        is_pair = {hit.term.kind for hit in first.hits} == {"outcome", "review"}
        gap = sentence.passage.text[first.number.end : second.left_start]
        is_next = _JOINED.fullmatch(gap) is not None and [hit.term.kind for hit in second.hits] == ["suit"]
        if is_pair and len(outcomes) == 1 and is_next and first.left.find("的") > outcomes[0].start:
            second.hits = [*second.hits, *outcomes]


def _is_denied(item: Item, hit: Hit) -> bool:
    """29件复议案件没有一件被纠正: how none of them ended."""
    return hit.term.kind == "outcome" and _NONE.search(item.label[: hit.start]) is not None


def _of_the_group(hits: list[Hit]) -> list[Hit]:
    """不掌握或没有现成信息及内容不明确无法提供的9件: of the group, for several of its reasons."""
    groups = [hit for hit in hits if hit.term.kind == "result" and hit.term.rows]
    for group in groups:
        lines = [hit for hit in hits if hit.term.kind == "detail" and hit.end <= group.start]
        own = [hit for hit in lines if hit.term.rows[0][0].startswith(f"{group.term.rows[0][0]}.")]
        if len(own) > 1:
            return [hit for hit in hits if hit not in own]
    return hits


def _is_pair(items: list[Item]) -> bool:
    """行政复议、行政诉讼案件26件、13件: two cases by name, and a number for each."""
    if len(items) < 2 or items[1].left or items[1].hits:
        return False
    kinds = {hit.term.kind for hit in items[0].hits}
    return kinds == {"review", "suit"} and items[0].number.unit == items[1].number.unit


def _apportion(items: list[Item]) -> None:
    """行政复议、行政诉讼分别为10件、2件: each name has its own number; names without one say nothing."""
    for place, item in enumerate(items):
        if item.label.endswith("各") and len(item.hits) > 1:
            item.hits = []  # 行政复议、行政诉讼各1件: one number said of two
            continue
        is_each = _EACH.search(item.label) is not None or _is_pair(items[place : place + 2])
        if not is_each or not item.before or len(item.hits) < 2:
            continue
        wholes = [hit for hit in item.hits if hit.term.kind in _WHOLES]
        named = [hit for hit in item.hits if hit.term.kind not in _WHOLES]
        row = items[place : place + len(named)]
        is_row = len(row) == len(named) and all(
            _NEXT.fullmatch(other.left) or FILLERS.match(other.left) for other in row[1:]
        )
        for number, other in enumerate(row):
            other.hits = [*wholes, named[number]] if is_row else []
            other.label = item.label
        if not is_row:
            item.hits = []
