"""Whom a number is of where its own clause names nobody: perhaps the office named before it.

A paragraph on a government's own office goes on without naming it again: 县政府办受理9件。答复中，公开4件.
Such a number counts where it agrees with the table, and says nothing where it does not.
"""

from __future__ import annotations

import re

from workbook.prose.grammar import Grammar
from workbook.prose.sentence import Item, Sentence, Whose
from workbook.prose.whose import OF_A_CHANNEL, PASSED_ON

_OF_FORM = ("received", "closed", "flow", "review", "suit", "outcome")
_ABOUT = re.compile("申请|复议|诉讼")
_NOT_HELD = re.compile("本(?:机关|单位|部门|办|局|委)不掌握")
_CHANNEL = "同一渠道"


def keep_subject(sentence: Sentence, grammar: Grammar, carried: str) -> str:
    """Settle whose the numbers of a sentence may be; `carried` is whom the one before spoke of, or "".

    Returns whom the next sentence may go on to speak of.
    """
    text = sentence.passage.text
    if sentence.start and text[sentence.start - 1] == "\n":
        carried = ""
    _keep_within(sentence, grammar)
    for item in sentence.items:
        whole = item.whole
        of_it = item.kind in ("result", "detail", "applicant") and item.whose is Whose.REPORT
        if of_it and whole is not None and whole.whose is Whose.NARROWER and whole.why != OF_A_CHANNEL:
            item.whose, item.why = Whose.NARROWER, whole.why  # 上半年受理589件……其中同意公开181件
    top = [item for item in sentence.items if item.whole is None and item.is_count]
    if any(item.actor for item in sentence.items):
        named = [item.actor for item in top]
        goes_on = (
            all(named) and named and named[-1] not in (_CHANNEL, PASSED_ON) and _ABOUT.search(sentence.text)
        )
        return named[-1] if goes_on else ""
    if grammar.patterns["whole"].search(_NOT_HELD.sub("", sentence.text)):
        return ""
    for item in sentence.items:
        if carried and item.whose is Whose.REPORT:
            _may_be(item, carried)
    return carried


def _keep_within(sentence: Sentence, grammar: Grammar) -> None:
    """市政府办公室本级收到186件；发生行政复议8件: after a semicolon it may still be the office's."""
    text, actor = sentence.passage.text, ""
    for place, item in enumerate(sentence.items):
        if item.why == OF_A_CHANNEL and item.whole is None and item.kind in ("channel", "received"):
            actor = _CHANNEL  # 受理网上申请61件，已答复58件
        elif item.actor:
            actor = item.actor
        elif actor and item.whose is Whose.REPORT and item.kind in _OF_FORM:
            gap = text[sentence.items[place - 1].number.end : item.number.start]
            if grammar.patterns["whole"].search(gap) or (actor == PASSED_ON and item.kind != "closed"):
                actor = ""
            else:
                _may_be(item, actor)


def _may_be(item: Item, actor: str) -> None:
    item.actor = actor
    item.whose, item.why = Whose.UNCLEAR, f"可能仍是“{actor[-12:]}”的数"
