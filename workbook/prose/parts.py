"""Which numbers of a sentence are parts of which: 其中, 包括, brackets, cases named again."""

from __future__ import annotations

import re

from workbook.prose.grammar import Grammar
from workbook.prose.sentence import Item, Sentence, Whose

_WHOLES_OF = {
    "applicant": ("received",),
    "channel": ("received",),
    "result": ("closed",),
    "detail": ("closed", "result"),
    "review": ("review",),
    "suit": ("suit",),
}
_AMONG = re.compile(
    r"(?:的)?(?:(?:新收|政府信息公开|信息公开|依申请公开)?申请)?(?:件|案件)?(?:之)?[中里](?:，|共?有)|(?:政府信息公开)?(?:行政)?(?:复议|诉讼)案件[中里]，"
)
_PARTS_OF_EARLIER = re.compile(
    r"这?其中|当中|(?:主要)?包括|[^，。；\d]{2,12}，其中|(?:办理|答复|处理)(?:结果|情况)分别[为是]"
)  # 从申请方式看，其中…
_BRACKETS = re.compile("（[^（）]*）")
_ANOTHER_MATTER = re.compile(r"[^；]{0,8}；[^，。；\d]{4,}，(?:其中|包括)")
_COMPOSED = re.compile("(?:申请)?(?:组成|构成)[，；]")
_NAMES_SEVERAL = re.compile("[，；][^，；]{2,}[和及与][^，；]{2,}分别[为是]$")
_COMPARES = re.compile(r"(?:较|比)(?:···)?(?:上年|去年|上一年)|同比")


def opens_with_parts(sentence: Sentence) -> bool:
    """Whether a sentence goes on to the parts of a number of the one before."""
    return _PARTS_OF_EARLIER.match(sentence.text) is not None


def still_spoken_of(sentence: Sentence) -> list[Item]:
    """行政复议10件、行政诉讼7件。行政复议已全部审结。其中1件…: of the one named since, without a number."""
    named = {kind for kind, words in (("review", "复议"), ("suit", "诉讼")) if words in sentence.text}
    of_it = [item for item in sentence.earlier if item.kind in named]
    return of_it if len(named) == 1 and of_it else sentence.earlier


def find_parts(sentence: Sentence, grammar: Grammar) -> None:
    """Which numbers are parts of which; a sentence that begins with 其中 may speak of those before."""
    earlier = sentence.earlier if opens_with_parts(sentence) else []
    text = sentence.passage.text
    opens, exhaustive = grammar.patterns["opens_parts"], grammar.patterns["exhaustive"]
    stack: list[Item | None] = [None]
    before: Item | None = None
    counted = [item for item in sentence.items if item.is_count]
    for item in counted:
        floor = before.number.end if before else sentence.start
        gap = text[floor : item.number.start]
        for sign in gap:
            if sign == "）" and len(stack) > 1:
                # After a bracket the number before it is spoken of again.
                before = stack.pop() or before
            elif sign == "（":
                stack.append(before if gap.startswith("（") else None)
        opener = opens.search(text, floor, sentence.end)
        case = _case_of(item, counted)
        if case is not None:
            stack[-1] = case
        elif before is not None and _ANOTHER_MATTER.match(gap):
            stack[-1] = None  # 征集意见8次；公开会议信息，其中常务会议15次: nobody knows of what
        elif before is not None and _AMONG.match(gap):
            stack[-1] = _both_flows(before, counted)
        elif _COMPOSED.match(gap):
            stack[-1] = None  # 由自然人78件、企业12件组成，上年结转5件
        elif opener and _opens(text, opener, item) and not _is_of_names(before, text[floor : opener.end()]):
            stack[-1] = _target(item, before, counted) if before else _spoken_of(item, earlier)
        elif (
            before is not None
            and gap.startswith("：")
            and item.kind == "channel"
            and before.kind == "received"
        ):
            stack[-1] = before  # 收到申请75件：网络申请61件、信函申请12件
        elif before is not None and gap.startswith("：") and item.kind == "outcome":
            stack[-1] = before  # 复议案件20件：维持11件，纠正4件
        elif before is not None and (_starts_whole(item, gap) or _stands_beside(item, stack[-1], gap)):
            stack[-1] = None
        whole = stack[-1]
        if whole is not None and whole is not item:
            item.whole = whole
            item.in_brackets = len(stack) > 1
            item.separator = _separator(gap) if whole.parts else ""
            whole.parts.append(item)
            is_other = "；" in gap or whole not in sentence.items
            item.is_apart = whole.exhaustive and is_other and item.kind != whole.parts[0].kind
            claims_all = exhaustive.search(gap)
            if claims_all is not None and claims_all[0] == "共计" and "其中" in gap:
                claims_all = None  # 其中予以公开和部分公开共计15件: of the two, not of all
            if claims_all or (opener is not None and opener[0] == "由"):
                whole.exhaustive = True
        before = item


def _is_of_names(before: Item | None, said: str) -> bool:
    """企业申请16件，科研机构和社会公益组织申请分别为3件、2件: of the names it follows, not of the 16."""
    beside = before is not None and before.kind not in ("received", "closed", "review", "suit", "")
    return beside and _NAMES_SEVERAL.search(said) is not None


def _opens(text: str, opener: re.Match[str], item: Item) -> bool:
    """包含动态、招生等信息；通过公众号公开612条: what 包含 opened is over at the semicolon."""
    return opener.start() < item.number.start and "；" not in text[opener.end() : item.number.start]


def _case_of(item: Item, counted: list[Item]) -> Item | None:
    """行政复议5件和行政诉讼3件，其中行政复议维持3件……，行政诉讼维持2件: each of the cases it names."""
    kinds = {hit.term.kind for hit in item.hits}
    if "outcome" not in kinds or not kinds & {"review", "suit"}:
        return None
    earlier = [other for other in counted if other.number.start < item.number.start and other.whole is None]
    named = [other for other in earlier if other.kind in kinds]
    return named[-1] if named and {"review", "suit"} <= {other.kind for other in earlier} else None


def _both_flows(before: Item, counted: list[Item]) -> Item:
    """新收的15件加结转的2件里: of both."""
    came = [
        other for other in counted if other.kind == "received" and other.number.start < before.number.start
    ]
    if (
        not came
        or before.lead is None
        or before.lead.term.id not in ("brought_forward", "carried_forward.bare")
    ):
        return before
    came[-1].with_brought = before
    return came[-1]


def _target(first: Item, before: Item, counted: list[Item]) -> Item:
    """The number 其中 speaks of: the one before, or the one that its first part is of."""
    earlier = [other for other in counted if other.number.start < first.number.start]
    if _COMPARES.search(before.left) and not before.kind and len(earlier) > 1:
        before = earlier[-2]  # 新媒体43个，较上年关停7个，其中微信31个: of the 43
    if before.whole is None and before.kind in ("flow", "review", "suit"):
        whole = _spoken_of(first, earlier) or before
        if whole.kind == "received" and before.lead and before.lead.term.id == "brought_forward":
            whole.with_brought = before  # 新收41件，上年结转3件，其中自然人39件: of both, or of the new ones
        return whole
    if before.kind in ("applicant", "channel") and first.kind != before.kind and len(earlier) > 1:
        beside = earlier[-2] if earlier[-1] is before else earlier[-1]
        came = [other for other in earlier if other.kind == "received"]
        if beside.kind == before.kind and came:
            return came[-1]  # 自然人7件、企业2件，其中予以公开5件: of all of them
    return before


def _spoken_of(first: Item, earlier: list[Item]) -> Item | None:
    """Of several numbers the one that a part is of: 自然人 of what came in, 予以公开 of what was closed."""
    if first.kind in _WHOLES_OF:  # of the form, so of the report's own numbers
        earlier = [other for other in earlier if other.whose is not Whose.NARROWER] or earlier
    earlier = [other for other in earlier if not _COMPARES.search(other.left)] or earlier
    own = [hit.term.column for hit in first.hits if hit.term.kind == "applicant"]
    if own and first.kind in ("result", "detail"):
        # 自然人申请办结580件，企业39件。其中，自然人申请中予以公开241件
        of_same = [other for other in earlier if any(hit.term.column in own for hit in other.hits)]
        earlier = of_same or earlier
    if not earlier:
        return None
    last = earlier[-1]
    wanted = _WHOLES_OF.get(first.kind, (last.kind,) if last.kind != "flow" else ("received", "closed"))
    fitting = [other for other in earlier if other.kind in wanted and other.whole is None]
    brought = [other for other in earlier if other.lead and other.lead.term.id == "brought_forward"]
    came = [other for other in earlier if other.kind == "received" and other.whole is None]
    if not first.kind and came and len(brought) == 1:
        came[-1].with_brought = brought[0]  # 受理17件，上年结转1件。其中，2件由申请人撤件
        return came[-1]
    if first.kind in ("result", "detail") and not fitting and brought:
        # 新收868件，上年结转32件。其中，予以公开…: of both
        new = [other for other in earlier if other.kind == "received"]
        if new and new[-1].lead is not None and new[-1].lead.term.id == "received.handled":
            return new[-1]  # 新收16件，上年结转1件，合计17件
        if new:
            new[-1].with_brought = brought[-1]
            return new[-1]
    is_some = last.lead is not None and last.lead.term.at_most  # 撤销申请1件
    if first.kind in ("result", "detail") and last.kind in ("result", "received") and not is_some:
        of_another = last.kind == "result" and _is_of_another_group(first, last)
        return last if not of_another or not fitting else fitting[-1]
    if not fitting and last.kind == "flow":
        fitting = [other for other in earlier if other.kind == "received"]
        return fitting[-1] if fitting else None
    if last.kind in ("applicant", "channel") and came and first.kind != last.kind:
        return came[-1]  # 收到12件，自然人11件，企业1件。其中，3件予以公开
    if last.kind == "applicant" and not first.kind and not came:
        return None  # 自然人7件、企业2件。均已按期答复，其中4件延长了期限: of all of them
    if not first.kind and last.number.unit != first.number.unit:
        # 发布活动19场，领导出席25人次。其中，防汛发布会15场: of what is counted alike
        fitting = [other for other in earlier if other.number.unit == first.number.unit] or fitting
    return fitting[-1] if fitting else last


def _is_of_another_group(first: Item, last: Item) -> bool:
    """无法提供38件。其中予以公开的58件……: another result, not one of the last one's lines."""
    if first.lead is None or last.lead is None or not (first.lead.term.rows and last.lead.term.rows):
        return False
    group = last.lead.term.rows[0][0]
    return not any(row == group or row.startswith(f"{group}.") for row in first.lead.term.rows[0])


def _starts_whole(item: Item, gap: str) -> bool:
    if item.is_aforesaid:
        return True
    if gap.startswith("、"):
        return False  # 其中市级部门受理1160件、各县受理1744件
    return item.kind in ("received", "closed", "document") and item.before and not item.hits_applicant


def _stands_beside(item: Item, whole: Item | None, gap: str) -> bool:
    """其他处理2件，其中……；不予处理6件: after a semicolon another of the whole's own kind."""
    if whole is not None and "；" in gap and "全年" in item.left and item.kind == whole.kind:
        return True  # 行政诉讼34件，其中直接起诉20件；对全年34件行政诉讼案件
    if whole is None or not item.before:
        return False
    if gap.startswith("，") and "其中" not in gap and {item.kind, whole.kind} == {"review", "suit"}:
        return len(item.hits) == 1  # 行政复议6件，其中维持5件，行政诉讼5件
    if gap.startswith("，") and "其中" not in gap and whole.parts and whole.parts[-1].kind == "detail":
        lead = [hit.term for hit in item.hits]  # 无法提供16件，其中不掌握14件，不予处理4件，其中…
        return whole.kind == "result" and [term.kind for term in lead] == ["result"] and bool(lead[0].rows)
    if "；" not in gap:
        return False
    is_result = any(hit.term.kind == "result" for hit in item.hits) and whole.kind == "result"
    return is_result or {item.kind, whole.kind} == {"review", "suit"}


def _separator(gap: str) -> str:
    gap = _BRACKETS.sub("", gap).rpartition("）")[2]
    return next((sign for sign in "；，、" if sign in gap), "")
