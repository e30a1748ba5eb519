"""Where the words that name a number stand: before it, behind it, in brackets, or a clause away."""

from __future__ import annotations

import re

from workbook.prose.grammar import Grammar
from workbook.prose.hits import find_hits
from workbook.prose.sentence import CHANGES_TO, FILLERS, STOPS, Hit, Item, Sentence

_AFORESAID = re.compile(r"(?:上述|前述|以上|^在这?|这|^所收到?的?|全部|所有|(?:围绕|针对)全年的?)$")
_APPLICATIONS = re.compile(
    r"(?:新收到?的?|结转的?|收到的|所?受理的|已?办结的?|答复的?)?(?:(?:政府信息公开|信息公开|依申请公开)?申请(?!人)|依申请公开(?:件|事项)|办结件)"
)
_CASES = re.compile("(?:行政)?(?:复议|诉讼)?案件")
_SEEN_BY = re.compile("从[^，。；]{1,10}(?:看|来说|划分)，")
_OF_CASES = re.compile("(?:行政)?(?:复议|诉讼)案件[中里]")
_THEIR_RESULTS = re.compile(
    "(?:已?办结的?|答复的?)?(?:政府信息公开|信息公开|依申请公开)?申请(?:(?:的)?(?:办理|答复|处理)?(?:结果|情况|去向)|分别|由(?=[^。]*(?:组成|构成)))"
)
_MAINLY = re.compile("以[^，。；]{2,8}为主$|(?:是|为|占)[^，。；]{0,6}(?:主要|主体|主力|多数)")
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
_APPLICATIONS_AMONG = re.compile(
    "((?:新收到?的?|收到的|所?受理的)(?:政府信息公开|信息公开|依申请公开)?申请)[中里]"
)
_ALL_OF_THEM = re.compile("(?:政府信息公开|信息公开|依申请公开)?申请(?:均|全部|都)")
_SOME_DAY = re.compile(r"\d月[^，。；]{0,6}(?:收到|受理|提交)|(?:年底|年末|月底)(?:前)?(?:才|新)?收到")
_UNFINISHED = re.compile("(?:未|在)(?:办结|答复|办理完毕|办)的?$")
_GOES_OVER = re.compile("(?:政府信息公开|信息公开)?申请(?:将|均|全部|依法)?(?:结转|转入|转至|顺延)")
_APPLICANTS_DID = re.compile("申请人(?:在|于)[^，。；]{0,8}(?:前|后|时)")
_IN_HAND = re.compile("在办(?:申请)?")
_ANSWERED = re.compile(
    "(?:政府信息公开|信息公开|依申请公开)?申请(?:均|全部|已|依法|依规|及时|按时|按期)*(?:作出|进行|予以)?了?(?:答复|办结|办理)"
)
_SOME_OF_THEM = re.compile("(?:政府信息公开|信息公开|依申请公开)?申请")
_WITH_PARTIAL = re.compile("(?:[含和及]|包[括含])?.{0,4}部分")
_NAMED_WITHIN = 8  # signs behind a number that say what it counts
_DOCUMENTS = re.compile("(?:行政)?规范性文件")
_SAID_OF_ALL = re.compile("均|全部|都|已")
_SUMS_UP = re.compile(r"(?:共计?|合计|总计|总共)$")
_BECAUSE = re.compile(r"(?:申请)?因")
_CONJUNCTION_ENDS = re.compile(r".(?:和|及|与|以及)$")
_AMONG_WHICH = re.compile(r"[中里]")
_ENDS_BEFORE_NEXT = re.compile(r"[中里和及与]|连同")
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
    follows = _is_after(sentence, index)
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
        _take(item, _to_the_right(sentence, index), grammar, context, before=False)
    elif item.left.endswith(("中", "里")) and _says_what(sentence, index, grammar, context):
        _take(item, _to_the_right(sentence, index), grammar, context, before=False)
    elif follows and _THE_REST.search(item.left) and item.right:
        _take(item, _to_the_right(sentence, index), grammar, context, before=False)  # 除9件结转外其余143件
    elif follows and _OF_THE_APPLICANTS.fullmatch(item.left):
        # 收到4位申请人的4条政府信息公开申请
        _take(item, sentence.items[index - 1].left + item.right, grammar, context, before=False)
    elif follows is False and _REACHES.fullmatch(item.left):
        _take(item, _clause_before(sentence, index) + item.left, grammar, context, before=True)
    elif _WAS.fullmatch(item.left) and CHANGES_TO.match(item.right):
        # 复议案件数量上升，由上年的25件增加到31件
        _take(item, _clause_before(sentence, index), grammar, context, before=True)
    elif follows and CHANGES_TO.fullmatch(item.left):
        item.label, item.hits = sentence.items[index - 1].label, list(sentence.items[index - 1].hits)
    elif _AFORESAID.search(item.left) and (cases := _cases_told(sentence, item)):
        item.label, item.before, item.hits = item.right, False, cases
    elif _is_aforesaid(sentence, item):
        item.is_aforesaid = True
        term = grammar.by_id[_told_as(item.right)]
        item.label, item.before, item.hits = item.right, False, [Hit(term, 0, 2)]
    else:
        _take_nearest(sentence, index, grammar, context)
        _look_behind(sentence, index, grammar, context)


def _told_as(words: str) -> str:
    """新收申请, 已办结申请, or applications of whatever kind."""
    if words.startswith("新收"):
        return "received.new"
    if words.startswith("结转"):
        return "carried_forward"
    return "closed" if words.startswith(("已办结", "办结", "答复")) else "aforesaid"


def _is_aforesaid(sentence: Sentence, item: Item) -> bool:
    """上述8件新收申请; 从来源看，50件申请中…: of the applications told before."""
    if not _APPLICATIONS.match(item.right):
        return False
    if _THEIR_RESULTS.match(sentence.passage.text, item.number.end) and FILLERS.match(item.left):
        return True  # 3件申请的办理结果为予以公开、无法提供各1件
    said = sentence.passage.text[sentence.start : item.number.start]
    if not said and _ALL_OF_THEM.match(item.right):
        return True  # 38件申请均按规定登记编号
    return _AFORESAID.search(item.left) is not None or _SEEN_BY.fullmatch(said) is not None


def _cases_told(sentence: Sentence, item: Item) -> list[Hit]:
    """行政诉讼7件。上述7件案件中…: of the one kind of case told in the sentence before."""
    told = [other for other in sentence.earlier if other.kind in ("review", "suit")]
    cases = _CASES.match(item.right)
    if cases is None or len(told) != len(sentence.earlier):
        return []
    if len(told) > 1:
        told = [one for one in told if ("复议" in cases[0]) == (one.kind == "review") and cases[0] != "案件"]
    return list(told[0].hits) if len(told) == 1 else []


def _take(item: Item, words: str, grammar: Grammar, context: str, *, before: bool) -> None:
    item.label, item.before = words, before
    item.hits = find_hits(words, item, grammar, context)


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
        words = _to_the_right(sentence, index)
        words = "" if _APPLICANTS_DID.match(words) else words  # 21件申请人在答复前表示理解
        words = "" if _SOME_DAY.search(words) else words  # 1件12月底收到
        among = _APPLICATIONS_AMONG.match(words)
        words = among[1] if among is not None else words  # 125件新收申请中九成以上来自自然人
        if _DOCUMENTS.match(words):
            words = _SAID_OF_ALL.split(words)[0]  # 8件行政规范性文件均已公开
        _take(item, words, grammar, context, before=False)
        is_some = _SOME_OF_THEM.match(words) is not None and _ANSWERED.fullmatch(words) is None
        if item.left.endswith("对") and is_some:  # 对3件申请征求意见后作出答复
            item.hits = [hit for hit in item.hits if hit.term.kind not in ("received", "closed")]
        if is_exception:
            item.hits = [hit for hit in item.hits if hit.term.kind not in ("received", "closed")]
    kinds = {hit.term.kind for hit in item.hits}
    if not kinds and _THEY_APPLIED.fullmatch(item.left):
        kinds = {"received"}
    is_among = item.right.startswith(("中", "里", "内")) or "申请中" in item.right or item.left.endswith("的")
    if kinds == {"received"} and not is_among and _MAINLY.search(_clause_before(sentence, index)):
        # 申请主体以自然人为主，新收231件: of those just named
        named = find_hits(_clause_before(sentence, index), item, grammar, context)
        named = [hit for hit in named if hit.term.kind == "applicant"]
        item.hits += named if len(named) == 1 and _is_right_after(sentence, index) else []
    if _IN_HAND.match(sentence.passage.text, item.number.end) and (
        item.left.endswith(("共有", "共", "合计"))
        or "（含" in sentence.passage.text[item.number.end : item.number.end + 6]
    ):
        item.hits = [
            Hit(grammar.by_id["received.handled"], 0, 0)
        ]  # 共有326件在办; 42件在办申请（含上年结转2件）
    thing = _THING_BEHIND.match(item.right)
    is_some = item.left.startswith("其中")  # 其中3件行政复议系同一申请人提出
    if thing is not None and not is_some and not _is_next_ones(sentence, index) and not _names(item, thing):
        # 被申请9件行政复议; 作出的280件行政处罚决定均已公示
        _take(item, _SAID_OF_ALL.split(item.right)[0], grammar, context, before=False)
    bracket = _WITH_PARTIAL_BEFORE.search(sentence.passage.text[sentence.start : item.number.start])
    if bracket is not None:
        _take(item, f"公开含部分公开{bracket[1]}", grammar, context, before=True)  # 公开（含部分公开）答复9件
    if not item.hits and item.left.endswith(("对", "对全年", "对这", "上述")) and item.right:
        _take_disposed(item, grammar, context)
    if _FOR_A_REASON.search(item.left) and item.right.startswith(("无法提供", "不予公开", "不予处理")):
        # 因本机关不掌握等原因54件无法提供
        _take(item, item.left + item.right, grammar, context, before=True)
    if "决定" in item.left and not any(hit.term.rows for hit in item.hits):
        topic = _clause_before(sentence, index)
        if topic.endswith("方面") and _is_right_after(sentence, index):
            _take(item, topic + item.left, grammar, context, before=True)  # 行政许可方面，作出处理决定9件
    if not item.hits and item.aside:
        _take(item, item.aside, grammar, context, before=True)
    if not item.hits and _SUMS_UP.fullmatch(item.left) and _both(sentence.items[:index]):
        item.hits = [Hit(grammar.by_id["received.handled"], 0, 0)]
    if _is_after(sentence, index) and _SUMS_UP.search(item.left):
        # 1名企业申请人和2名自然人提交的申请共3件: all of them together.
        item.hits = [hit for hit in item.hits if hit.term.kind != "applicant"]
    if not item.hits and _BARE_APPLICATIONS.fullmatch(item.left):
        item.hits = [Hit(grammar.by_id["received"], 0, len(item.left))]  # 2023年全镇政府信息公开申请5件
    if not item.hits and _UNFINISHED.search(item.left) and _GOES_OVER.match(item.right):
        item.hits = [Hit(grammar.by_id["carried_forward"], 0, 0)]  # 未办结的9件申请结转下年度
    if (
        not item.hits
        and _APPLICATIONS.match(item.right)
        and _CARRIED_NEXT.match(sentence.passage.text, item.number.end + len(item.right))
    ):
        item.hits = [Hit(grammar.by_id["carried_forward"], 0, 0)]  # 1件申请尚在征求意见，结转下年度
    says_no_more = FILLERS.match(item.left) and FILLERS.match(item.right)
    if not item.hits and says_no_more and not _is_next(sentence, index):
        wider = _wider(sentence, index)
        is_crowd = is_whole and _MAINLY.search(wider)  # 申请人以自然人为主，5件中4件…
        item.hits = [] if is_crowd else find_hits(wider, item, grammar, context)
        if item.hits:
            item.label, item.before = wider, True


def _is_right_after(sentence: Sentence, index: int) -> bool:
    """Whether the clause before ends in a comma and holds no number."""
    start = sentence.items[index].left_start
    clause = _clause_before(sentence, index)
    return sentence.passage.text[start - 1 : start] == "，" and not any(sign.isdigit() for sign in clause)


def _names(item: Item, thing: re.Match[str]) -> bool:
    """Whether the words before a number name the thing behind it, or another of its kind, already."""
    return thing[0] in item.left or any(
        hit.term.kind in ("review", "suit", "outcome", "decision", "matter", "change") for hit in item.hits
    )


def _says_what(sentence: Sentence, index: int, grammar: Grammar, context: str) -> bool:
    """新收申请中171件由自然人提出: what stands behind the number names it."""
    item = sentence.items[index]
    hits = find_hits(item.right, item, grammar, context)
    is_named = any(hit.term.kind in ("applicant", "result", "outcome") for hit in hits)
    return is_named and not _is_next_ones(sentence, index)


def _is_next_ones(sentence: Sentence, index: int) -> bool:
    """Whether the words behind a number are those before the next."""
    items = sentence.items
    behind = items[index].number.end + len(items[index].right)
    return index + 1 < len(items) and items[index + 1].number.start == behind


def _take_disposed(item: Item, grammar: Grammar, context: str) -> None:
    """对11件申请作出无法提供的答复: what was done with them; 对全年7件行政复议案件: all of them."""
    hits = find_hits(item.right, item, grammar, context)
    is_of_year = item.left.endswith("全年")
    kinds = {hit.term.kind for hit in hits}
    if "result" in kinds or (is_of_year and kinds & {"review", "suit"}):
        item.label, item.before, item.hits = item.right, False, hits


def _consult_brackets(item: Item, grammar: Grammar, context: str) -> None:
    """公开（含部分公开）13件: of both; 无法提供（本机关不掌握）6件: of the one line of the group."""
    if not item.aside:
        return
    named, shares, rest = item.left.partition("占")
    if _WITH_PARTIAL.match(item.aside) and named.endswith(("公开", "答复")):
        _take(item, f"{named}{item.aside}{shares}{rest}", grammar, context, before=True)
        return
    details = find_hits(item.aside, item, grammar, context)
    is_group = any(hit.term.kind == "result" for hit in item.hits)
    if is_group and len(details) == 1 and details[0].term.kind == "detail" and "等" not in item.aside:
        item.label, item.hits = item.aside, details


def _is_after(sentence: Sentence, index: int) -> bool:
    """Whether nothing parts a number's words from the number before."""
    return index > 0 and sentence.items[index].left_start == sentence.items[index - 1].number.end


def _take_behind(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """7126件处罚决定和318件强制决定: the words between are the first number's, those behind the second's."""
    item, before = sentence.items[index], sentence.items[index - 1]
    _take(item, _to_the_right(sentence, index), grammar, context, before=False)
    if not before.hits:
        _take(before, item.left, grammar, context, before=False)


def _look_behind(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """What stands behind a number that is named before it: 行政诉讼尚有1件未审结; 收到的2件转入下年."""
    item, items = sentence.items[index], sentence.items
    kinds = {hit.term.kind for hit in item.hits}
    behind = item.number.end + len(item.right)
    is_anothers = index + 1 < len(items) and items[index + 1].number.start == behind
    if not kinds or not item.before or _AMONG_WHICH.match(item.right):
        return
    if kinds == {"outcome"} and _OF_CASES.match(item.right):  # 已审结的19件复议案件中14件维持
        item.hits += [hit for hit in find_hits(item.right[:6], item, grammar, context) if hit.start == 0]
        return
    if is_anothers and not _named_again(items, index):
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
        words = noun[0] if noun is not None else _SAID_OF_ALL.split(item.right)[0]
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


def _is_next(sentence: Sentence, index: int) -> bool:
    return index > 0 and sentence.items[index].number.start == sentence.items[index - 1].number.end


def _to_the_right(sentence: Sentence, index: int) -> str:
    """What a number is of where that stands behind it: 32件因不掌握、需另行制作等原因无法提供."""
    text, item = sentence.passage.text, sentence.items[index]
    start = end = item.number.end
    end += len(item.right)
    is_last = index + 1 == len(sentence.items)
    later = sentence.end if is_last else sentence.items[index + 1].number.start
    crosses = "、，" if _BECAUSE.match(item.right) else "、"
    while end < later and text[end] in crosses:
        crosses = crosses if text[end] == "、" else "、"  # over one comma at most
        stop = end + 1
        while stop < later and text[stop] not in STOPS:
            stop += 1
        if stop >= later and not is_last:
            break
        end = stop
    among = _ENDS_BEFORE_NEXT.search(text, start + 1, end)
    if end == later and not is_last and among is not None:
        return text[start : among.start()]  # 54件复议中维持31件
    return text[start:end]


def _clause_before(sentence: Sentence, index: int) -> str:
    text, start = sentence.passage.text, sentence.items[index].left_start - 1
    floor = max(sentence.start, start - 40)
    place = max(text.rfind(stop, floor, start) for stop in "，。；：（）\n")
    return text[max(place + 1, floor) : max(start, floor)]


def _wider(sentence: Sentence, index: int) -> str:
    """The clause before a bare number, where no other number stands in it."""
    text, item = sentence.passage.text, sentence.items[index]
    floor = sentence.items[index - 1].number.end if index else sentence.start
    place = item.left_start
    if place <= floor or text[place - 1] not in "，：（":
        return ""
    start = place - 1
    while start > floor and text[start - 1] not in STOPS:
        start -= 1
    return "" if start == floor and index else text[start : place - 1]
