"""What a term without a row of its own is of: the case, document or applications told before it."""

from __future__ import annotations

import re

from workbook.prose.grammar import Grammar, Term
from workbook.prose.numbers import Hedge, agrees
from workbook.prose.sentence import Item, Sentence
from workbook.prose.standing import CLOSED, HANDLED, NEW, Figures, Reading

Rows = tuple[tuple[str, ...], ...]
_CHALLENGE = frozenset({"review", "suit"})
_WANTED: dict[str, frozenset[str]] = {
    "outcome": _CHALLENGE,
    "stage": frozenset({"document"}),
    "change": frozenset({"matter"}),
}
_NAMED_ANEW = re.compile(
    r"(?:^|[，；。])(?:行政(复议|诉讼)|(未经复议|直接)(?:直接)?起诉的?|(复议后)起诉的?)(?:案件[，：]|(?:案件)?(?:的?审理|已|均|全部|中)[^，。；：\d]{0,12}[，：])"
)
_CASES_BY_NAME = {
    "复议": "reconsideration",
    "诉讼": "litigation",
    "未经复议": "litigation_direct",
    "直接": "litigation_direct",
    "复议后": "litigation_after_reconsideration",
}
_CONTAINS = re.compile("（(?:含|包括|包含)[^）]{0,8}结转[^）]*），?其中")
_OF_THOSE = re.compile("其中|为|系|均为")


def inherited(sentence: Sentence, index: int, term: Term, grammar: Grammar, figures: Figures) -> Rows:
    """The rows, likeliest first, that a number named by `term` alone may be of."""
    item = sentence.items[index]
    if term.kind == "applicant":
        return _bases(sentence, index, figures)
    # 行政诉讼17件（11件直接起诉），10件维持: what stands in brackets is left behind
    before = [
        other
        for other in sentence.items[:index]
        if other.readings and (not other.in_brackets or item.in_brackets)
    ]
    if term.kind == "outcome":
        return _of_case(sentence, index, before)
    if term.kind == "stage":
        return _of_document(sentence, item, term, before, grammar)
    return _told(before, _WANTED.get(term.kind, frozenset()))[-1:]


def _told(before: list[Item], kinds: frozenset[str]) -> Rows:
    """The rows of the numbers before whose words name one of some kinds."""
    return tuple(
        other.readings[0].rows
        for other in before
        if other.lead and other.readings[0].rows and any(hit.term.kind in kinds for hit in other.hits)
    )


def _of_case(sentence: Sentence, index: int, before: list[Item]) -> Rows:
    """How a case ended: of the case named last, of its whole, or of all told before."""
    item = sentence.items[index]
    if named := _named_since(sentence, index):
        return named  # 行政复议已全部审结，其中1件被纠正
    whole = item.whole
    if whole is not None and whole.kind == "outcome" and whole.readings:
        is_since = any(one.kind in _CHALLENGE and one.number.start > whole.number.start for one in before)
        if not is_since:
            return tuple(reading.rows for reading in whole.readings)  # 已审结的4件中，维持3件
    if whole is not None and whole.kind in _CHALLENGE:
        # 行政诉讼3件，其中直接起诉2件、复议后起诉1件；维持1件: of the last named, or of the whole.
        last = _told([one for one in before if one is whole or one.whole is whole], _CHALLENGE)[-1:]
        return tuple(dict.fromkeys([*last, *(reading.rows for reading in whole.readings[:1])]))
    told = _told(before, _CHALLENGE)
    if not told:
        return _named_before(sentence, item)
    kinds = [other.kind for other in before]
    last_case = max((place for place, kind in enumerate(kinds) if kind in _CHALLENGE), default=0)
    # 行政复议2件、诉讼4件，维持5件: of both, unless how the first ended has been told apart
    is_of_every = len(told) > 1 and whole is None and "outcome" not in kinds[:last_case]
    every = tuple(dict.fromkeys(row for rows in told for row in rows))
    return (told[-1], every) if is_of_every else told[-1:]


def _of_document(sentence: Sentence, item: Item, term: Term, before: list[Item], grammar: Grammar) -> Rows:
    """制发, 废止, 现行有效: of the documents named before, in the sentence before, or only after."""
    told = _told(before, _WANTED["stage"]) or tuple(
        other.readings[0].rows
        for other in before
        if other.readings[0].table == term.table and other.kind == "stage"
    )
    if told:
        return told[-1:]
    head = sentence.passage.text[sentence.start : sentence.items[0].number.start]
    if topic := _documents_in(head, grammar):
        return topic  # 行政规范性文件：制发1件，废止0件；规章0件
    earlier = {
        one.readings[0].rows
        for one in sentence.earlier
        if one.readings and any(hit.term.kind == "document" for hit in one.hits)
    }
    if len(earlier) == 1 and not before:
        return tuple(earlier)
    hits = [hit for other in sentence.items for hit in other.hits]
    later = {hit.term.rows[0] for hit in hits if hit.term.kind == "document"}
    if len(later) == 1 and not term.loose:
        return tuple(later)  # 制发21件，现行有效的规范性文件118件
    said = sentence.passage.text[sentence.start : item.number.start]
    # 未制发行政规范性文件，现行有效9件: the documents are named without a number.
    return _documents_in(said, grammar) if grammar.patterns["no_documents"].search(said) else ()


def _documents_in(words: str, grammar: Grammar) -> Rows:
    """The one kind of document that some words name."""
    documents = [term for term in grammar.terms if term.kind == "document" and term.rows]
    named = {term.rows[0] for term in documents if term.words.search(words)}
    return tuple(named) if len(named) == 1 else ()


def _named_since(sentence: Sentence, index: int) -> Rows:
    """The case that a clause names anew without a number of its own, after the number before."""
    start = sentence.items[index - 1].number.end if index else sentence.start
    said = sentence.passage.text[start : sentence.items[index].left_start]
    is_anew = _NAMED_ANEW.search(said if not index else f"·{said}")  # not 复议后起诉的62件行政诉讼案件中
    named = next((name for name in is_anew.groups() if name), "") if is_anew else ""
    return ((_CASES_BY_NAME[named],),) if named else ()


def _named_before(sentence: Sentence, item: Item) -> Rows:
    """维持3件 at the head of a sentence whose case stands before it without a number."""
    text = sentence.passage.text[sentence.start : item.number.start]
    if "无关" in text:
        return ()  # 与政府信息公开无关的行政复议14件
    review, suit = "复议" in text, re.search("诉讼|起诉", text) is not None
    if review and not suit:
        return (("reconsideration",),)
    if suit and not review:
        return (("litigation",),)
    return ()


def _fits(figures: Figures, item: Item, reading: Reading) -> bool:
    value = figures.of(reading.cells)
    return value is not None and agrees(item.number, value)


def _bases(sentence: Sentence, index: int, figures: Figures) -> Rows:
    """The rows a kind of applicant may be counted on, likeliest first."""
    item = sentence.items[index]
    whole = item.whole
    if (
        whole is not None
        and whole.kind in ("result", "detail")
        and whole.readings
        and not whole.hits_applicant
    ):
        return tuple(reading.rows for reading in whole.readings)  # 予以公开的258件中，自然人240件
    if whole is not None and whole.kind == "applicant" and item.readings != whole.readings:
        fitting = [one for one in whole.readings if _fits(figures, whole, one)]
        if fitting:
            return tuple(reading.rows for reading in fitting)  # 法人或其他组织9件，其中商业企业7件
    found: list[tuple[str, ...]] = []
    earlier = [
        other
        for other in sentence.items[:index]
        if other.kind in ("received", "closed", "flow") and other.readings and not other.hits_applicant
    ]
    fitting = (
        [one for one in whole.readings if _fits(figures, whole, one)] if whole in earlier and whole else []
    )
    if [one.rows for one in fitting] == [HANDLED] and _CONTAINS.search(sentence.text):
        return (HANDLED,)  # 共收到95件（含上年结转5件），其中自然人82件
    first = item.whole if item.whole in earlier else earlier[-1] if earlier else None
    beside = sentence.items[index - 1] if index else None
    is_of_beside = beside is not None and beside.kind == "flow" and _OF_THOSE.match(item.left) is not None
    if beside is not None and is_of_beside and beside.readings and _fits(figures, beside, beside.readings[0]):
        found.append(beside.readings[0].rows)  # 结转下年度16件，其中自然人14件: of those, or of all that came
    for other in [first, *reversed(earlier)]:
        if other is None or (other.kind == "flow" and other is not first):
            continue
        for reading in other.readings:
            true = figures.of(reading.cells)
            if true is not None and agrees(other.number, true) and other.number.hedge is Hedge.EXACT:
                found.append(reading.rows)
    if whole is not None and whole.with_brought is not None:
        return (NEW, HANDLED)
    if found[:1] == [NEW] and "结转" not in sentence.text:
        return (NEW,)
    if whole in earlier and found[:1] == [NEW]:
        return (NEW,)  # 收到24件，其中自然人20件
    said = sentence.passage.text[sentence.start : item.number.start]
    if not earlier and any(hit.term.kind == "received" for hit in item.hits) and "结转" not in said:
        return (NEW,)  # 收到24件自然人提起的申请
    # 当年新收的申请，按申请人划分为自然人12件: of those alone.
    found += [NEW] if not earlier and "新收" in said and "结转" not in said else [NEW, HANDLED]
    if any(other.kind == "closed" for other in earlier):
        found.append((CLOSED,))
    return tuple(dict.fromkeys(found))
