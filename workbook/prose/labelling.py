"""Where the words that name a number stand: before it, behind it, in brackets, or a clause away."""

from __future__ import annotations

import re

from workbook.prose.farther import MAINLY, SAID_OF_ALL, applications_about, look_farther
from workbook.prose.grammar import Grammar
from workbook.prose.hits import find_hits, name_by
from workbook.prose.retold import cases_told, is_aforesaid, told_as
from workbook.prose.sentence import CHANGES_TO, FILLERS, Hit, Item, Sentence
from workbook.prose.spans import clause_before, is_after, is_next, is_next_ones, to_the_right, wider

_OF_CASES = re.compile("(?:行政)?(?:复议|诉讼)案件[中里]")
_APPLICATIONS_AMONG = re.compile(
    "((?:新收到?的?|收到的|所?受理的)(?:政府信息公开|信息公开|依申请公开)?申请)[中里]"
)
_SOME_DAY = re.compile(r"\d月[^，。；]{0,6}(?:收到|受理|提交)|(?:年底|年末|月底)(?:前)?(?:才|新)?收到")
_APPLICANTS_DID = re.compile("申请人(?:在|于)[^，。；]{0,8}(?:前|后|时)")
_ANSWERED = re.compile(
    "(?:政府信息公开|信息公开|依申请公开)?申请(?:均|全部|已|依法|依规|及时|按时|按期)*(?:作出|进行|予以)?了?(?:答复|办结|办理)"
)
_SOME_OF_THEM = re.compile("(?:政府信息公开|信息公开|依申请公开)?申请")
_WITH_PARTIAL = re.compile("(?:[含和及]|包[括含])?.{0,4}部分")
_NAMED_WITHIN = 8  # signs behind a number that say what it counts
_DOCUMENTS = re.compile("(?:行政)?规范性文件")
_SUMS_UP = re.compile(r"(?:共计?|合计|总计|总共)$")
_CONJUNCTION_ENDS = re.compile(r".(?:和|及|与|以及)$")
_AMONG_WHICH = re.compile(r"[中里]")
_APPLICANTS = re.compile("申请人")
_ORGANS = re.compile(
    "(?:[市县区省州]直|直属|职能|成员|责任|承办|所属|下属|行政)?(?:镇街|乡镇|街镇|镇|乡|街道|部门|(?:[一二三]级)?预算单位|单位|[县区市](?!级)|科室|处室|机构|[市县区]?局|委办|园区|分局)"
)
_OF_THE_APPLICANTS = re.compile(
    r"[位名个家]?申请人(?:提[出交])?的(?:(?:政府信息公开|信息公开|依申请公开)?申请(?:共|共计|合计)?)?"
)
_THE_REST = re.compile("外，?其余的?$")
_WAS = re.compile(r"(?:由|从)(?:···)?(?:上年|去年|上一年)?(?:度|同期)?的?")
_REACHES = re.compile(r"(?:···本年|本年度?|今年|全年)(?:已|共)?达到?(?:了)?")
_AMONG_THEM = re.compile(r"[中里]共?有$")


def label(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """Set the label of a number, and the terms in it; `context` is the text before, for what they need."""
    item = sentence.items[index]
    follows = is_after(sentence, index)
    if _APPLICANTS.match(item.right) and item.number.unit in ("个", "位", "名", "人"):
        item.label = item.left  # 收到203个申请人提出的申请612件: people, not applications
        return
    if item.number.unit in ("个", "家") and _ORGANS.match(item.right):
        item.label = item.left  # 全区17个镇街收到申请283件: offices, not applications
        return
    if follows and _CONJUNCTION_ENDS.search(item.left):
        _take_behind(sentence, index, grammar, context)
    elif _AMONG_THEM.search(item.left) and item.right:
        # 36件申请中有33件由自然人提出; 办结的申请中有1件由申请人撤回
        name_by(item, to_the_right(sentence, index), grammar, context, before=False)
    elif item.left.endswith(("中", "里")) and _says_what(sentence, index, grammar, context):
        name_by(item, to_the_right(sentence, index), grammar, context, before=False)
    elif follows and _THE_REST.search(item.left) and item.right:
        name_by(item, to_the_right(sentence, index), grammar, context, before=False)  # 除9件结转外其余143件
    elif follows and _OF_THE_APPLICANTS.fullmatch(item.left):
        # 收到4位申请人的4条政府信息公开申请
        name_by(item, sentence.items[index - 1].left + item.right, grammar, context, before=False)
    elif follows is False and _REACHES.fullmatch(item.left):
        name_by(item, clause_before(sentence, index) + item.left, grammar, context, before=True)
    elif _WAS.fullmatch(item.left) and CHANGES_TO.match(item.right):
        # 复议案件数量上升，由上年的25件增加到31件
        name_by(item, clause_before(sentence, index), grammar, context, before=True)
    elif follows and CHANGES_TO.fullmatch(item.left):
        item.label, item.hits = sentence.items[index - 1].label, list(sentence.items[index - 1].hits)
    elif cases := cases_told(sentence, item):
        item.label, item.before, item.hits = item.right, False, cases
    elif is_aforesaid(sentence, item):
        item.is_aforesaid = True
        term = grammar.by_id[told_as(item.right)]
        item.label, item.before, item.hits = item.right, False, [Hit(term, 0, 2)]
    else:
        _take_nearest(sentence, index, grammar, context)
        _look_behind(sentence, index, grammar, context)


def _take_nearest(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """The words before, else those behind, else those in brackets, else the clause before."""
    item = sentence.items[index]
    # 受理的申请除1件外均已答复: what stands before 除 is the whole, what was answered is not the exception.
    is_exception = item.left.endswith("除")
    item.label, item.before = item.left, True
    item.hits = [] if is_exception else find_hits(item.left, item, grammar, context)
    _consult_brackets(item, grammar, context)
    is_whole = _AMONG_WHICH.match(item.right) is not None  # 6件中维持3件: not those upheld
    if not item.hits and item.right and not is_whole and (FILLERS.match(item.left) or is_exception):
        _take_what_follows(sentence, index, grammar, context)
    look_farther(sentence, index, grammar, context)
    if not item.hits and item.aside:
        name_by(item, item.aside, grammar, context, before=True)
    if not item.hits and _SUMS_UP.fullmatch(item.left) and _both(sentence.items[:index]):
        item.hits = [Hit(grammar.by_id["received.handled"], 0, 0)]
    if is_after(sentence, index) and _SUMS_UP.search(item.left):
        # 1名企业申请人和2名自然人提交的申请共3件: all of them together.
        item.hits = [hit for hit in item.hits if hit.term.kind != "applicant"]
    if not item.hits:
        item.hits = applications_about(sentence, item, grammar)
    says_no_more = FILLERS.match(item.left) and FILLERS.match(item.right)
    if not item.hits and says_no_more and not is_next(sentence, index):
        words = wider(sentence, index)
        is_crowd = is_whole and MAINLY.search(words)  # 申请人以自然人为主，5件中4件…
        item.hits = [] if is_crowd else find_hits(words, item, grammar, context)
        if item.hits:
            item.label, item.before = words, True


def _take_what_follows(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """The words behind a number, where those before it say nothing; not what was done with some of them."""
    item = sentence.items[index]
    words = to_the_right(sentence, index)
    if _APPLICANTS_DID.match(words) or _SOME_DAY.search(words):
        words = ""  # 21件申请人在答复前表示理解; 1件12月底收到
    among = _APPLICATIONS_AMONG.match(words)
    words = among[1] if among is not None else words  # 125件新收申请中九成以上来自自然人
    if _DOCUMENTS.match(words):
        words = SAID_OF_ALL.split(words)[0]  # 8件行政规范性文件均已公开
    name_by(item, words, grammar, context, before=False)
    is_some = _SOME_OF_THEM.match(words) is not None and _ANSWERED.fullmatch(words) is None
    if (item.left.endswith("对") and is_some) or item.left.endswith("除"):  # 对3件申请征求意见后作出答复
        item.hits = [hit for hit in item.hits if hit.term.kind not in ("received", "closed")]


def _says_what(sentence: Sentence, index: int, grammar: Grammar, context: str) -> bool:
    """新收申请中171件由自然人提出: what stands behind the number names it."""
    item = sentence.items[index]
    hits = find_hits(item.right, item, grammar, context)
    is_named = any(hit.term.kind in ("applicant", "result", "outcome") for hit in hits)
    return is_named and not is_next_ones(sentence, index)


def _consult_brackets(item: Item, grammar: Grammar, context: str) -> None:
    """公开（含部分公开）13件: of both; 无法提供（本机关不掌握）6件: of the one line of the group."""
    if not item.aside:
        return
    named, shares, rest = item.left.partition("占")
    if _WITH_PARTIAL.match(item.aside) and named.endswith(("公开", "答复")):
        name_by(item, f"{named}{item.aside}{shares}{rest}", grammar, context, before=True)
        return
    details = find_hits(item.aside, item, grammar, context)
    is_group = any(hit.term.kind == "result" for hit in item.hits)
    if is_group and len(details) == 1 and details[0].term.kind == "detail" and "等" not in item.aside:
        item.label, item.hits = item.aside, details


def _take_behind(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """7126件处罚决定和318件强制决定: the words between are the first number's, those behind the second's."""
    item, before = sentence.items[index], sentence.items[index - 1]
    name_by(item, to_the_right(sentence, index), grammar, context, before=False)
    if not before.hits:
        name_by(before, item.left, grammar, context, before=False)


def _look_behind(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """What stands behind a number that is named before it: 行政诉讼尚有1件未审结; 收到的2件转入下年."""
    item, items = sentence.items[index], sentence.items
    kinds = {hit.term.kind for hit in item.hits}
    if not kinds or not item.before or _AMONG_WHICH.match(item.right):
        return
    if kinds == {"outcome"} and _OF_CASES.match(item.right):  # 已审结的19件复议案件中14件维持
        item.hits += [hit for hit in find_hits(item.right[:6], item, grammar, context) if hit.start == 0]
        return
    if is_next_ones(sentence, index) and not _named_again(items, index):
        return
    hits = find_hits(item.right, item, grammar, context)
    if kinds <= {"review", "suit"}:
        item.hits += [hit for hit in hits if hit.term.kind == "outcome"]
    thing = item.right[:_NAMED_WITHIN]
    is_other = "申请" not in thing and grammar.patterns["other_business"].search(thing)
    if kinds <= {"received", "closed"} and is_other:
        item.hits = []  # 认真办理164件人大议案、建议案
        return
    applicants = [hit for hit in hits if hit.term.kind == "applicant" and hit.start == 0]
    if kinds == {"received"} and len(applicants) == 1:
        item.hits += applicants  # 收到9件自然人、3件法人提起的申请
    if kinds == {"outcome"}:  # 已审结的44件行政复议案件中
        item.hits += [hit for hit in hits if hit.term.kind in ("review", "suit") and hit.start == 0]
    if kinds == {"stage"}:  # 新制发的3件行政规范性文件
        noun = _DOCUMENTS.match(item.right)
        words = noun[0] if noun is not None else SAID_OF_ALL.split(item.right)[0]
        named = find_hits(words, item, grammar, context)
        item.hits += [hit for hit in named if hit.term.kind == "document"]
    carried = [hit for hit in hits if hit.term.id == "carried_forward"]
    if carried and kinds <= {"received", "closed"}:
        item.label, item.before, item.hits = item.right, False, carried


def _named_again(items: list[Item], index: int) -> bool:
    """行政复议4宗，其中行政复议2宗维持: a case named a second time; how it ended stands behind the number."""
    kinds = {hit.term.kind for hit in items[index].hits}
    before = {hit.term.kind for item in items[:index] for hit in item.hits}
    return kinds <= {"review", "suit"} and kinds <= before


def _both(before: list[Item]) -> bool:
    """收到320件，加上上年结转12件，共计332件: the two before are what came in and what was left."""
    kinds = [hit.term.kind for item in before[-2:] for hit in item.hits]
    return len(before) >= 2 and "received" in kinds and "flow" in kinds
