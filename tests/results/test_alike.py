"""雷同 between units: what is alike is found however many there are, and what everybody writes is not."""

from __future__ import annotations

import random

from workbook.prose.similarity import essence
from workbook.results.alike import alike_units

SIGNS = (
    "公开信息申请答复网站平台培训考核群众政策解读栏目更新办理部门"
    "制度落实推进检查目录审核机制服务便民监督改进提升完善"
)
SHARED = (
    "我们建立了信息发布台账，逐月检查栏目更新，邀请代表和群众评议，把薄弱环"
    "节列成清单逐项销号，还请法律顾问审核每一份答复文书，并向来访群众当面说明理由。"
)


def text(seed: int, length: int = 160) -> str:
    chance = random.Random(seed)
    return "".join(chance.choice(SIGNS) for _ in range(length))


def pairs(texts: dict[str, str], threshold: float = 0.9) -> set[tuple[str, str]]:
    return {
        (pair.one, pair.other)
        for pair in alike_units({u: {"problems": t} for u, t in texts.items()}, threshold)
    }


def test_every_planted_pair_is_found_and_no_other() -> None:
    texts = {f"{number:04}": text(number, 260) for number in range(600)}
    planted = set()
    for number in range(0, 40, 2):
        changed = texts[f"{number:04}"]
        texts[f"{number + 1:04}"] = f"{changed[:130]}另{changed[130:]}" if number % 4 else changed
        planted.add((f"{number:04}", f"{number + 1:04}"))
    assert pairs(texts) == planted


def test_the_shared_passage_is_shown() -> None:
    other = SHARED.replace("当面", "逐一")
    (pair,) = alike_units({"甲": {"problems": SHARED}, "乙": {"problems": other}}, 0.8)
    assert 0.8 <= pair.similarity < 1 and pair.section == "problems"
    assert pair.passages[0] in SHARED and pair.passages[0] in other and len(pair.passages[0]) > 30


def test_what_the_form_and_everybody_says_does_not_count() -> None:
    boilerplate = (
        "本年度，根据《中华人民共和国政府信息公开条例》，主动公开政府信息12条，依申请公开3件，"
        "存在的主要问题及改进情况如下。本年度未收取信息处理费，无其他需要报告的事项。"
    )
    assert len(essence(boilerplate)) < 60
    assert pairs({"甲": boilerplate, "乙": boilerplate}) == set()
    assert pairs({"甲": boilerplate + text(1), "乙": boilerplate + text(2)}) == set()


def test_many_equal_texts_are_listed_with_the_first_only() -> None:
    texts = {f"{number:03}": SHARED for number in range(300)}
    assert pairs(texts) == {("000", f"{number:03}") for number in range(1, 300)}


def test_many_texts_nearly_alike_make_no_square_of_pairs() -> None:
    common = text(7, 300)
    texts = {f"{number:03}": f"{common[:number]}另{common[number:]}" for number in range(200)}
    found = pairs(texts, 0.9)
    assert {one for pair in found for one in pair} == set(texts)
    assert len(found) <= 200 * 8 * 16


def test_numbers_changed_is_still_the_same_text() -> None:
    told = SHARED + "全年更新栏目35个，整改问题12项。"
    assert pairs({"甲": told, "乙": told.replace("35", "47").replace("12", "9")}) == {("甲", "乙")}
