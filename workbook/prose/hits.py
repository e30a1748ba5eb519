"""Which terms of the grammar stand in some words."""

from __future__ import annotations

import re

from workbook.prose.grammar import Grammar, Term
from workbook.prose.sentence import Hit, Item

_CONJUNCTION = re.compile(r"^(?:[、及和与或/并以“”‘’]|以及|申请|案件|的)*$")


_SURELY = re.compile(
    r"(?:予以公开|部分公开)[^。，]{0,4}\d+件[^。]*(?:不予公开|无法提供|不予处理)[^。，]{0,4}\d+件"
)
_HOW_MANY = re.compile("(?:制发|废止|有效)(?:件数|数量)(?:均|都)?[为是]$")  # 制发件数均为0


def find_hits(label: str, item: Item, grammar: Grammar, context: str) -> list[Hit]:
    """Every term whose words stand in a label."""
    found: list[Hit] = []
    if not label or label.isspace():
        return found
    for term, start, end, is_barred in grammar.standing_in(label):
        is_bare = item.number.unit == "" and _HOW_MANY.search(label) is not None
        if term.units and item.number.unit not in term.units and not (item.number.is_share or is_bare):
            continue
        if term.table == "applications" and item.number.unit in grammar.lists["never_applications"]:
            continue
        for_disclosure = term.kind == "received" and grammar.patterns["for_disclosure"].search(label)
        if is_barred and not for_disclosure:
            continue
        is_clear = term.needs is None or term.needs.search(context)
        if not is_clear and not _goes_without_saying(term, label[end:], grammar, context):
            continue
        found.append(Hit(term, start, end))
    return found


def name_by(item: Item, words: str, grammar: Grammar, context: str, *, before: bool) -> None:
    """Set the label of a number, where it stands, and the terms in it."""
    item.label, item.before = words, before
    item.hits = find_hits(words, item, grammar, context)


def _goes_without_saying(term: Term, rest: str, grammar: Grammar, context: str) -> bool:
    """办结67件, 自然人46件 in a report on disclosure: of applications, where nothing else is spoken of."""
    if term.kind not in ("received", "closed", "applicant"):
        return False
    if _SURELY.search(context):
        return term.kind != "applicant" and grammar.patterns["tight"].match(rest) is not None
    context = context.replace("法律服务", "")  # a kind of applicant, no other business
    if grammar.patterns["other_business"].search(context) or not grammar.patterns["of_applications"].search(
        context
    ):
        return False
    if term.kind == "applicant":
        return re.fullmatch(r"(?:的)?(?:申请|提出|提交)?(?:的)?", rest) is not None
    return grammar.patterns["tight"].match(rest) is not None


def chosen(hits: list[Hit]) -> list[Hit]:
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
