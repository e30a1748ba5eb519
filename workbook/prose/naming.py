"""What the words beside a number name: the terms of the grammar that stand in its label."""

from __future__ import annotations

import re
from itertools import pairwise

from workbook.prose.grammar import Grammar, Term
from workbook.prose.sentence import CHANGES_TO, FILLERS, STOPS, Hit, Item, Sentence

_CONJUNCTION = re.compile(r"^(?:[、及和与或/并以]|以及|申请|案件|的)*$")
_SUMS_UP = re.compile(r"(?:共计?|合计|总计|总共)$")
_EACH = re.compile(r"(?:分别|依次)(?:为|是|有|达)?$")
_ORGANISATIONS = {"business", "research", "public_interest", "legal_services"}
_BECAUSE = re.compile(r"(?:申请)?因")
_CONJUNCTION_ENDS = re.compile(r".(?:和|及|与|以及)$")
_AMONG_THEM = re.compile(r"中共?有$")
_CASES = re.compile(r"行政复议|行政诉讼")
_WHOLES = frozenset({"document"})  # 规范性文件 beside 制发、废止分别为: what all of them are of


def name_items(sentence: Sentence, grammar: Grammar, context: str) -> None:
    """Find for every number the terms in its words; `context` is the text before, for what they need."""
    for index, item in enumerate(sentence.items):
        follows = index and item.left_start == sentence.items[index - 1].number.end
        if follows and _CONJUNCTION_ENDS.search(item.left):
            _name_from_behind(sentence, index, grammar, context)
            continue
        if follows and _AMONG_THEM.search(item.left) and item.right:
            item.label, item.before = _to_the_right(sentence, index), False  # 36件申请中有33件由自然人提出
            item.hits = find_hits(item.label, item, grammar, context)
            continue
        if follows and CHANGES_TO.fullmatch(item.left):
            item.label, item.hits = item.left, list(sentence.items[index - 1].hits)
            continue
        item.label, item.before = item.left, True
        # 受理的申请除1件外均已答复: what stands before 除 is the whole, not the exception.
        item.hits = [] if item.left.endswith("除") else find_hits(item.left, item, grammar, context)
        if not item.hits and item.right and (FILLERS.match(item.left) or item.left.endswith("除")):
            item.label, item.before = _to_the_right(sentence, index), False
            item.hits = find_hits(item.label, item, grammar, context)
            if item.left.endswith("除"):  # 除1件外均已答复: the exception is not what was answered
                item.hits = [hit for hit in item.hits if hit.term.kind not in ("received", "closed")]
        if not item.hits and item.aside:
            item.label, item.before = item.aside, True
            item.hits = find_hits(item.aside, item, grammar, context)
        if not item.hits and _SUMS_UP.fullmatch(item.left) and _both(sentence.items[:index]):
            item.hits = [Hit(grammar.by_id["received.handled"], 0, 0)]
        if index and item.left_start == sentence.items[index - 1].number.end and _SUMS_UP.search(item.left):
            # 1名企业申请人和2名自然人提交的申请共3件: all of them together.
            item.hits = [hit for hit in item.hits if hit.term.kind != "applicant"]
        says_no_more = FILLERS.match(item.left) and FILLERS.match(item.right)
        if not item.hits and says_no_more and not _is_next(sentence, index):
            wider = _wider(sentence, index)
            if wider:
                item.hits = find_hits(wider, item, grammar, context)
                if item.hits:
                    item.label, item.before = wider, True
        _look_behind(sentence, index, grammar, context)
    kinds = {hit.term.kind for item in sentence.items for hit in item.hits if hit.term.beside is None}
    about_cases = sentence.passage.section == "challenges" or _CASES.search(sentence.text)
    if "review" in kinds or "suit" in kinds or about_cases:
        kinds.add("challenge")
    if grammar.patterns["no_documents"].search(sentence.text):
        kinds.add("document")
    if any(hit.term.id.startswith("detail.other") for item in sentence.items for hit in item.hits):
        kinds.add("unfinished")
    _name_the_others(sentence.items, grammar)
    for before, item in pairwise(sentence.items):
        item.hits = [hit for hit in item.hits if not _of_other_business(before, item, hit.term)]
    for item in sentence.items:
        item.hits = _chosen([hit for hit in item.hits if hit.term.beside is None or hit.term.beside in kinds])
    _apportion(sentence.items)
    for item in sentence.items:
        item.lead = max(item.hits, key=lambda hit: (hit.term.rank, hit.start), default=None)


def _name_the_others(items: list[Item], grammar: Grammar) -> None:
    """企业14件、法律服务机构7件、其他组织1件: beside kinds of organisations, 其他 is the form's column."""
    named = {hit.term.column for item in items for hit in item.hits if hit.term.kind == "applicant"}
    if not named & _ORGANISATIONS:
        return
    for item in items:
        if "法人" not in item.label and "其他" in item.label:
            other = grammar.by_id["by.other"]
            item.hits = [
                Hit(other, hit.start, hit.end) if hit.term.id == "by.legal_entities" else hit
                for hit in item.hits
            ]


def _name_from_behind(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """7126件处罚决定和318件强制决定: the words between are the first number's, those behind the second's."""
    item, before = sentence.items[index], sentence.items[index - 1]
    item.label, item.before = _to_the_right(sentence, index), False
    item.hits = find_hits(item.label, item, grammar, context)
    if not before.hits:
        before.label, before.before = item.left, False
        before.hits = find_hits(item.left, before, grammar, context)


def _look_behind(sentence: Sentence, index: int, grammar: Grammar, context: str) -> None:
    """What stands behind a number that is named before it: 行政诉讼尚有1件未审结; 收到的2件转入下年."""
    item, items = sentence.items[index], sentence.items
    kinds = {hit.term.kind for hit in item.hits}
    behind = item.number.end + len(item.right)
    is_anothers = index + 1 < len(items) and items[index + 1].number.start == behind
    if not kinds or not item.before or (is_anothers and not _named_again(items, index)):
        return
    hits = find_hits(item.right, item, grammar, context)
    if kinds <= {"review", "suit"}:
        item.hits += [hit for hit in hits if hit.term.kind == "outcome"]
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


def _of_other_business(before: Item, item: Item, term: Term) -> bool:
    """受理行政许可申请1300件，办结1260件: what is closed is what was spoken of before."""
    if term.kind not in ("received", "closed") or term.unless is None or "公开" in item.left:
        return False
    return not before.hits and "申请" not in item.left and term.unless.search(before.left) is not None


def _apportion(items: list[Item]) -> None:
    """行政复议、行政诉讼分别为10件、2件: each name has its own number; names without one say nothing."""
    for place, item in enumerate(items):
        if item.label.endswith("各") and len(item.hits) > 1:
            item.hits = []  # 行政复议、行政诉讼各1件: one number said of two
            continue
        found = _EACH.search(item.label)
        if found is None or not item.before or len(item.hits) < 2:
            continue
        wholes = [hit for hit in item.hits if hit.term.kind in _WHOLES]
        named = [hit for hit in item.hits if hit.term.kind not in _WHOLES]
        row = items[place : place + len(named)]
        is_row = len(row) == len(named) and all(FILLERS.match(other.left) for other in row[1:])
        for number, other in enumerate(row):
            other.hits = [*wholes, named[number]] if is_row else []
            other.label = item.label
        if not is_row:
            item.hits = []


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
    among = text.find("中", start, end)
    if end == later and not is_last and among > start:
        return text[start:among]  # 54件复议中维持31件
    return text[start:end]


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


def find_hits(label: str, item: Item, grammar: Grammar, context: str) -> list[Hit]:
    """Every term whose words stand in a label."""
    found: list[Hit] = []
    if not label or label.isspace():
        return found
    for term in grammar.terms:
        match = term.words.search(label)
        if match is None or match.end() == match.start():
            continue
        if term.units and item.number.unit not in term.units and not item.number.is_share:
            continue
        if term.table == "applications" and item.number.unit in grammar.lists["never_applications"]:
            continue
        if term.unless is not None and term.unless.search(label):
            continue
        is_clear = term.needs is None or term.needs.search(context)
        if not is_clear and not _goes_without_saying(term, match, label, grammar, context):
            continue
        found.append(Hit(term, match.start(), match.end()))
    return found


def _goes_without_saying(
    term: Term, match: re.Match[str], label: str, grammar: Grammar, context: str
) -> bool:
    """办结67件, 自然人46件 in a report on disclosure: of applications, where nothing else is spoken of."""
    if term.kind not in ("received", "closed", "applicant"):
        return False
    if grammar.patterns["other_business"].search(context) or not grammar.patterns["of_applications"].search(
        context
    ):
        return False
    rest = label[match.end() :]
    if term.kind == "applicant":
        return re.fullmatch(r"(?:的)?(?:申请|提出|提交)?(?:的)?", rest) is not None
    return grammar.patterns["tight"].match(rest) is not None


def _chosen(hits: list[Hit]) -> list[Hit]:
    """Those not covered by a higher or longer one."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.term.rank, hit.start - hit.end)):
        slot = (bool(hit.term.rows), bool(hit.term.column))
        if all(
            hit.end <= other.start
            or other.end <= hit.start
            or (slot != (bool(other.term.rows), bool(other.term.column)) and slot != (False, False))
            for other in kept
        ):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def joined(label: str, one: Hit, other: Hit) -> bool:
    """Whether two terms of a label are joined: 予以公开及部分公开."""
    first, second = sorted((one, other), key=lambda hit: hit.start)
    return _CONJUNCTION.match(label[first.end : second.start]) is not None
