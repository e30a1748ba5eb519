"""雷同: how much two texts share, this year's and last year's; between units, `workbook.results.alike`.

Texts are compared by their shingles (runs of signs), those of the form's own wording and of the documents
everybody cites left out (A. Broder, On the resemblance and containment of documents, 1997).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from workbook.form.filing import Filing
from workbook.prose.judging import SECTION_WORDS, Answers, Judge
from workbook.prose.passage import Passage, read_passage
from workbook.rules.procedures import Failed, Open, Passed

COMPARED = ("overview", "problems")
WIDTH = 5  # signs of a shingle
_PASSAGE = 8  # signs; shorter runs are shared by chance
SHORTEST = 60  # signs; shorter texts are alike by nature
_SIGN = re.compile(r"[^\w]|[·_]")
# What every report says: the form's own words and the documents it stands on.
_BOILERPLATE = re.compile(
    r"《[^》]{0,120}》|（[^（）]{0,60}(?:号|简称)[^（）]{0,60}）|\d[\d,.]*(?:%|[件条宗份个次项])?|[一二三四五六七八九十]是|（[一二三四五六七八九十]）|·*[本上下]年度?|20\d\d年度?"
    r"|政府信息公开(?:工作)?(?:年度报告|条例|申请)?|主动公开|依申请公开|行政规范性文件|现行有效|信息处理费"
    r"|存在的主要问题及?改进(?:情况|措施)?|无其他需要报告的事项|监督保障|平台建设|政府信息管理"
)
_SHOWN = 3


def essence(text: str) -> str:
    """A text without what every report says, numbers and punctuation."""
    return _SIGN.sub("", _BOILERPLATE.sub("", read_passage("overview", text).text))


def shingles(text: str) -> frozenset[str]:
    """Every run of signs of a bare text; empty where it is too short to compare."""
    if len(text) < SHORTEST:
        return frozenset()
    return frozenset(text[at : at + WIDTH] for at in range(len(text) - WIDTH + 1))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of shingles two texts have in common (Jaccard), 0 where one has none."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


@lru_cache(maxsize=64)
def _prior_shingles(text: str) -> frozenset[str]:
    return shingles(essence(text))


def check_similar(
    answers: Answers,
    judge: Judge,
    texts: Mapping[str, Passage],
    prior: Filing | None,
    no_prior: str,
    limits: Mapping[str, Decimal],
) -> None:
    """YOY-08 against last year's sections 一 and 五."""
    threshold = float(limits.get("similarity", Decimal("0.9")))
    read = [section for section in COMPARED if section in texts and texts[section].text]
    if not read:
        answers.say("prose.similar", Open("文字未读"))
        return
    if prior is None:
        answers.say("prose.similar", Open(no_prior))
        return
    for section in read:
        before = prior.sections.get(section)
        if not before:
            answers.say("prose.similar", Open("上年年报文字未读"))
            continue
        passage = texts[section]
        alike = similarity(shingles(essence(passage.source)), _prior_shingles(before))
        if alike < threshold:
            answers.say("prose.similar", Passed())
            continue
        shown = shared_passages(passage.source, before)
        found = shown[0] if shown else passage.quote(0, min(30, len(passage.text)))
        given = {
            "section": SECTION_WORDS[section],
            "found": found if len(found) <= 40 else found[:40] + "……",
            "count": str(round(alike * 100)),
        }
        place = judge.figures.filing.landmarks.get(f"heading.{section}")
        answers.say(
            "prose.similar", Failed("similar", given=given, place=place, section=section, quote=found)
        )


def shared_passages(one: str, other: str, most: int = _SHOWN, shortest: int = 12) -> tuple[str, ...]:
    """The longest stretches of one text whose every run of signs stands in the other, boilerplate apart."""
    a, b = "".join(one.split()), "".join(other.split())
    known = {b[at : at + _PASSAGE] for at in range(len(b) - _PASSAGE + 1)}
    found: set[str] = set()
    start = -1
    for at in range(len(a) - _PASSAGE + 2):
        shared = at <= len(a) - _PASSAGE and a[at : at + _PASSAGE] in known
        if shared and start < 0:
            start = at
        elif not shared and start >= 0:
            found.add(a[start : at + _PASSAGE - 1])
            start = -1
    telling = [
        text
        for text in found
        if len(text) >= shortest and len(_SIGN.sub("", _BOILERPLATE.sub("", text))) >= shortest // 2
    ]
    return tuple(sorted(telling, key=lambda text: (-len(text), text))[:most])
