"""From the terms beside a number to what it may state: rows and columns, likeliest first.

A phrase names a row, a column or both; what it leaves out comes from the sentence: the base of 自然人 is the
number it is a part of, the row of 维持 the case named before, the row of 废止 the document named before.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import product

from workbook.form.edition import Edition
from workbook.prose.grammar import Grammar, Term
from workbook.prose.hits import joined
from workbook.prose.looseness import is_loose
from workbook.prose.numbers import Hedge, agrees
from workbook.prose.sentence import Hit, Item, Sentence
from workbook.prose.standing import (
    APPLICATIONS,
    CLOSED,
    HANDLED,
    NEW,
    Figures,
    Reading,
    reading_of,
)
from workbook.prose.whose import settle_whose

_CHALLENGE = frozenset({"review", "suit"})
PARTS_OF_SUITS = ("litigation.direct", "litigation.after")
_SAME_FAMILY = (_CHALLENGE,)
_AMONG = re.compile(
    r"(自然人|公民|个人|法人(?:(?:或|和|及)?其他组织)?)(?:提出|提交)?的?申请(?:件)?[\d件]{0,8}中"
)
_ALL_OF_THEM = re.compile(r"(?:政府信息公开|信息公开|依申请公开)?(?:申请)?(?:已|均|全部|都){1,3}")
_LESS_CARRIED = re.compile("(?:除去?|扣除|减去)[^，。；]{0,10}(?:结转下|转下|结转至下|结转到下)")
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
_LEFT_OVER = re.compile(r"(?:尚有|还有|其余|剩余|另有)[\d共]")
_OF_WHAT_CAME_OVER = re.compile("^(?:其中)?(?:含|包含|包括)")
_CONTAINS = re.compile("（(?:含|包括|包含)[^）]{0,8}结转[^）]*），?其中")
_DUE = re.compile("需|应|共")
_PARTS_FOLLOW = re.compile(r"含|其中|包括|分别")


def bind_items(sentence: Sentence, grammar: Grammar, figures: Figures) -> None:
    """Give every number of a sentence its readings."""
    for index, item in enumerate(sentence.items):
        settle_whose(sentence, item, grammar, figures.filing)
        _lead_by_outcome(item)
        if item.lead is None or item.lead.term.table is None:
            continue
        item.readings = tuple(_readings(sentence, index, grammar, figures))
        if _is_claimed_of_all(item) and not _LEFT_OVER.search(sentence.text):
            item.readings = (*item.readings, *base_readings(figures.edition, NEW, HANDLED))
        item.loose = item.loose or is_loose(sentence, item, grammar)
    _tell_groups_apart(sentence)
    _share_one_base(sentence, figures)
    _settle_bare_rest(sentence)
    _settle_handled(sentence)


def _settle_handled(sentence: Sentence) -> None:
    """新收8件，上年结转0件，办理8件，剩余1件结转下年度: after what came, before what is left."""
    ids = [item.lead.term.id if item.lead is not None else "" for item in sentence.items]
    for place, item in enumerate(sentence.items):
        if ids[place] != "handled":
            continue
        said = sentence.passage.text[sentence.start : item.number.start]
        came, goes_on = {"received", "received.new"} & set(ids[:place]), "carried_forward" in ids[place:]
        if came:  # 收到12件……共办理完成12件: not those that came, told already
            item.readings = tuple(reading for reading in item.readings if reading.rows != NEW)
        between = came and goes_on and not item.parts and not _DUE.search(item.left)
        if between or _LESS_CARRIED.search(said):  # 加上上年结转、除去结转下年度，共办理187件
            item.readings = item.readings[:1]


def _lead_by_outcome(item: Item) -> None:
    """行政复议3件，其中1件被复议机关撤销: of a case told before, how it ended, not another case."""
    outcomes = [hit for hit in item.hits if hit.term.kind == "outcome"]
    of_review = item.whole is not None and item.whole.kind == "review" and item.kind == "review"
    of_case = item.whole is not None and item.whole.kind in _CHALLENGE and item.kind == "flow"
    if outcomes and (of_review or of_case):
        item.hits, item.lead = outcomes, outcomes[-1]


def _is_claimed_of_all(item: Item) -> bool:
    """53件申请已全部答复: the number is of the applications, and the words claim something of them."""
    return item.kind == "closed" and not item.before and _ALL_OF_THEM.match(item.label) is not None


def _share_one_base(sentence: Sentence, figures: Figures) -> None:
    """自然人90件、企业6件: kinds of applicants listed together are counted on the same whole."""
    listed = [item for item in sentence.items if item.kind == "applicant" and item.readings and item.is_count]
    plain = [item for item in listed if not any(hit.term.rows for hit in item.hits)]
    if len(plain) < 2:
        return
    votes: Counter[tuple[str, ...]] = Counter()
    for item in plain:
        for reading in item.readings:
            true = figures.of(reading.cells)
            if true is not None and agrees(item.number, true):
                votes[reading.rows] += 1
    (best, most), *others = [*votes.most_common(2), ((), 0)][:2]
    if most < 2 or most == others[0][1]:
        return
    for item in plain:
        item.readings = tuple(r for r in item.readings if r.rows == best) or item.readings


def _tell_groups_apart(sentence: Sentence) -> None:
    """不掌握11件、没有现成1件: where a line of a group stands beside another, it is not the group's total."""
    text = sentence.passage.text
    details = [item for item in sentence.items if item.kind in ("detail", "result") and item.readings]
    for item in details:
        beside = {
            row
            for other in details
            if other is not item
            and other.whole is not item
            and not _PARTS_FOLLOW.search(text, item.number.end, max(other.number.start, item.number.end))
            for row in other.readings[0].rows
        }
        apart = [
            reading
            for reading in item.readings
            if not any(other.startswith(f"{row}.") for row in reading.rows for other in beside)
        ]
        item.readings = tuple(apart) or item.readings


def _settle_bare_rest(sentence: Sentence) -> None:
    """收到46件，答复45件，结转3件: after what was closed, 结转 is what is left, not what came over."""
    closed = False
    for item in sentence.items:
        given = item.readings
        if closed and item.lead is not None and item.lead.term.id == "carried_forward.bare":
            item.readings = item.readings[:1]
            if _OF_WHAT_CAME_OVER.search(item.left):
                item.readings = given[1:]  # 处理17件（含结转1件）
        closed |= item.kind == "closed"


def _readings(sentence: Sentence, index: int, grammar: Grammar, figures: Figures) -> list[Reading]:
    item = sentence.items[index]
    lead, edition = item.lead, figures.edition
    if lead is None:
        return []
    hits = [hit for hit in item.hits if hit.term.table == lead.term.table]
    row_hits = [hit for hit in hits if hit.term.rows]
    column_hit = max(
        (hit for hit in hits if hit.term.column), key=lambda hit: (hit.term.rank, hit.start), default=None
    )
    columns: tuple[str, ...] = (column_hit.term.column or "",) if column_hit else ()
    rows = _rows(item, row_hits, column_hit)
    if not rows:
        rows, columns = _inherited(sentence, index, lead.term, columns, grammar, figures)
    elif not columns:
        columns = _columns(sentence, index, row_hits)
    found: list[Reading] = []
    for row, column in product(rows, columns):
        reading = reading_of(edition, lead.term.table or "", row, column)
        if reading is not None and reading not in found:
            found.append(reading)
    return found


def _rows(item: Item, hits: list[Hit], column_hit: Hit | None) -> tuple[tuple[str, ...], ...]:
    """The alternatives of rows that the terms name; terms joined by 及, 和 add up."""
    if not hits:
        return ()
    if column_hit is not None and column_hit.term.kind == "applicant":
        wholes = [hit for hit in hits if hit.term.kind in ("received", "closed", "flow")]
        results = [hit for hit in hits if hit not in wholes]
        hits = results or wholes
    top = max(hits, key=lambda hit: (hit.term.rank, hit.start))
    family = next((one for one in _SAME_FAMILY if top.term.kind in one), frozenset({top.term.kind}))
    together = [hit for hit in hits if hit.term.kind in family]
    chain = [top]
    for hit in sorted(together, key=lambda hit: abs(hit.start - top.start)):
        if top.term.id in PARTS_OF_SUITS and hit.term.id == "litigation":
            continue  # 行政诉讼未经复议直接起诉2件
        if hit is not top and any(joined(item.label, hit, other) for other in chain):
            chain.append(hit)
    if len(chain) == 1:
        flows = [h for h in hits if h.term.kind in ("received", "closed") and h is not top]
        same_rank = [h for h in flows if {h.term.kind, top.term.kind} != {"received"}]
        if top.term.kind in ("received", "closed") and same_rank:  # 受理并答复
            return (*top.term.rows, *(row for hit in same_rank for row in hit.term.rows))
        return top.term.rows
    chain.sort(key=lambda hit: hit.start)
    rows = tuple(dict.fromkeys(row for hit in chain for row in hit.term.rows[0]))
    return (rows,)


def _columns(sentence: Sentence, index: int, hits: list[Hit]) -> tuple[str, ...]:
    """The columns of a row named without one: the applicant spoken of before, else the term's own."""
    item = sentence.items[index]
    top = max(hits, key=lambda hit: (hit.term.rank, hit.start)).term
    if top.table != APPLICATIONS:
        return top.defaults
    if item.whole is not None and item.whole.hits_applicant and item.whole.readings:
        return (item.whole.readings[0].column, *top.defaults)
    if top.kind not in ("result", "detail"):
        return top.defaults
    for other in reversed(sentence.items[:index]):
        if other.number.is_share:
            continue
        if other.kind in ("result", "detail") and other.readings and other.hits_applicant:
            return (other.readings[0].column, *top.defaults)
        break
    text = sentence.passage.text[sentence.start : item.number.start].rpartition("；")[2]
    among = _AMONG.search(text)
    if among is not None:
        column = "natural_person" if among[1] in ("自然人", "公民", "个人") else "legal_entities"
        return (column, *top.defaults)
    return top.defaults


def _inherited(
    sentence: Sentence, index: int, term: Term, columns: tuple[str, ...], grammar: Grammar, figures: Figures
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    item = sentence.items[index]
    if term.kind == "applicant":
        return _bases(sentence, index, figures), columns
    wanted = {"outcome": _CHALLENGE, "stage": {"document"}, "change": {"matter"}}.get(term.kind, set())
    before = [other for other in sentence.items[:index] if other.readings]
    # 行政诉讼17件（11件直接起诉），10件维持: what stands in brackets is left behind
    before = [other for other in before if not other.in_brackets or item.in_brackets]
    if term.kind == "outcome" and (named := _named_since(sentence, index)):
        return named, columns  # 行政复议已全部审结，其中1件被纠正
    earlier: list[tuple[tuple[str, ...], ...]] = [
        (other.readings[0].rows,)
        for other in before
        if other.lead and other.readings[0].rows and any(hit.term.kind in wanted for hit in other.hits)
    ]
    if not earlier and term.kind == "stage":
        earlier = [
            (other.readings[0].rows,)
            for other in before
            if other.readings[0].table == term.table and other.kind == "stage"
        ]
    if not earlier and term.kind == "stage" and (topic := _topic(sentence, grammar)):
        earlier = [(topic,)]  # 行政规范性文件：制发1件，废止0件；规章0件
    told = {
        one.readings[0].rows
        for one in sentence.earlier
        if one.readings and any(hit.term.kind == "document" for hit in one.hits)
    }
    if not earlier and term.kind == "stage" and len(told) == 1 and not before:
        earlier = [(rows,) for rows in told]
    if not earlier and term.kind == "stage" and not term.loose:
        hits = [hit for other in sentence.items for hit in other.hits]
        later = {hit.term.rows[0] for hit in hits if hit.term.kind == "document"}
        if len(later) == 1:  # 制发21件，现行有效的规范性文件118件
            earlier = [(rows,) for rows in later]
    if not earlier and term.kind == "stage":
        # 未制发行政规范性文件，现行有效9件: the documents are named without a number.
        said = sentence.passage.text[sentence.start : item.number.start]
        documents = [other for other in grammar.terms if other.kind == "document" and other.rows]
        spoken_of = [other.rows[0] for other in documents if other.words.search(said)]
        if grammar.patterns["no_documents"].search(said) and len(spoken_of) == 1:
            earlier = [(spoken_of[0],)]
    if (
        term.kind == "outcome"
        and item.whole is not None
        and item.whole.kind == "outcome"
        and item.whole.readings
        and not any(
            other.kind in _CHALLENGE for other in before if other.number.start > item.whole.number.start
        )
    ):
        return tuple(reading.rows for reading in item.whole.readings), columns  # 已审结的4件中，维持3件
    if term.kind == "outcome" and item.whole is not None and item.whole.kind in _CHALLENGE:
        # 行政诉讼3件，其中直接起诉2件、复议后起诉1件；维持1件: of the last named, or of the whole.
        of_it = [other for other in before if other is item.whole or other.whole is item.whole]
        of_it = [other for other in of_it if not other.in_brackets or item.in_brackets]
        last: list[tuple[tuple[str, ...], ...]] = [
            (other.readings[0].rows,) for other in of_it if any(h.term.kind in wanted for h in other.hits)
        ]
        earlier = [*((reading.rows,) for reading in item.whole.readings[:1]), *last[-1:]][::-1]
        return tuple(dict.fromkeys(rows for (rows,) in earlier)), columns
    if not earlier and term.kind == "outcome":
        return _named_before(sentence, item), columns
    if not earlier:
        return (), columns
    rows = list(earlier[-1])
    kinds = [other.kind for other in before]
    told_apart = (
        "outcome" in kinds[: max((i for i, kind in enumerate(kinds) if kind in _CHALLENGE), default=0)]
    )
    if term.kind == "outcome" and len(earlier) > 1 and item.whole is None and not told_apart:
        every = tuple(dict.fromkeys(row for alternatives in earlier for row in alternatives[0]))
        rows.append(every)
    return tuple(rows), columns


def _topic(sentence: Sentence, grammar: Grammar) -> tuple[str, ...]:
    """The one kind of document named before the first number of a sentence."""
    head = sentence.passage.text[sentence.start : sentence.items[0].number.start]
    named = {
        term.rows[0]
        for term in grammar.terms
        if term.kind == "document" and term.rows and term.words.search(head)
    }
    return named.pop() if len(named) == 1 else ()


def _named_since(sentence: Sentence, index: int) -> tuple[tuple[str, ...], ...]:
    """The case that a clause names anew without a number of its own, after the number before."""
    start = sentence.items[index - 1].number.end if index else sentence.start
    said = sentence.passage.text[start : sentence.items[index].left_start]
    is_anew = _NAMED_ANEW.search(said if not index else f"·{said}")  # not 复议后起诉的62件行政诉讼案件中
    named = next((name for name in is_anew.groups() if name), "") if is_anew else ""
    return ((_CASES_BY_NAME[named],),) if named else ()


def _named_before(sentence: Sentence, item: Item) -> tuple[tuple[str, ...], ...]:
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


def _bases(sentence: Sentence, index: int, figures: Figures) -> tuple[tuple[str, ...], ...]:
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
    if (
        beside is not None
        and beside.kind == "flow"
        and item.left.startswith(("其中", "为", "系", "均为"))
        and beside.readings
    ):
        # 结转下年度16件，其中自然人14件: of those, or of all that came
        true = figures.of(beside.readings[0].cells)
        if true is not None and agrees(beside.number, true):
            found.append(beside.readings[0].rows)
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


def base_readings(edition: Edition, *bases: tuple[str, ...]) -> list[Reading]:
    """Wholes of the form's third table, column 总计."""
    found = [reading_of(edition, APPLICATIONS, rows, "total") for rows in bases]
    return [reading for reading in found if reading is not None]
