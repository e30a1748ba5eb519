"""From the terms beside a number to what it may state: rows and columns, likeliest first.

A phrase names a row, a column or both; what it leaves out comes from the sentence: the base of 自然人 is the
number it is a part of, the row of 维持 the case named before, the row of 废止 the document named before.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import product

from workbook.form.edition import Edition
from workbook.prose.grammar import Grammar
from workbook.prose.hits import joined
from workbook.prose.inherited import inherited
from workbook.prose.looseness import is_loose
from workbook.prose.numbers import agrees
from workbook.prose.sentence import Hit, Item, Sentence
from workbook.prose.standing import (
    APPLICATIONS,
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
_LEFT_OVER = re.compile(r"(?:尚有|还有|其余|剩余|另有)[\d共]")
_OF_WHAT_CAME_OVER = re.compile("^(?:其中)?(?:含|包含|包括)")
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
        rows = inherited(sentence, index, lead.term, grammar, figures)
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


def base_readings(edition: Edition, *bases: tuple[str, ...]) -> list[Reading]:
    """Wholes of the form's third table, column 总计."""
    found = [reading_of(edition, APPLICATIONS, rows, "total") for rows in bases]
    return [reading for reading in found if reading is not None]
