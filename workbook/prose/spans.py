"""Where the words about a number stand: the clause before, what follows, what is the next number's."""

from __future__ import annotations

import re

from workbook.prose.sentence import STOPS, Sentence

_BECAUSE = re.compile(r"(?:申请)?因")
_ENDS_BEFORE_NEXT = re.compile(r"[中里和及与]|连同")


def is_right_after(sentence: Sentence, index: int) -> bool:
    """Whether the clause before ends in a comma and holds no number."""
    start = sentence.items[index].left_start
    clause = clause_before(sentence, index)
    return sentence.passage.text[start - 1 : start] == "，" and not any(sign.isdigit() for sign in clause)


def is_next_ones(sentence: Sentence, index: int) -> bool:
    """Whether the words behind a number are those before the next."""
    items = sentence.items
    behind = items[index].number.end + len(items[index].right)
    return index + 1 < len(items) and items[index + 1].number.start == behind


def is_after(sentence: Sentence, index: int) -> bool:
    """Whether nothing parts a number's words from the number before."""
    return index > 0 and sentence.items[index].left_start == sentence.items[index - 1].number.end


def is_next(sentence: Sentence, index: int) -> bool:
    """Whether nothing stands between a number and the one before."""
    return index > 0 and sentence.items[index].number.start == sentence.items[index - 1].number.end


def to_the_right(sentence: Sentence, index: int) -> str:
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


def clause_before(sentence: Sentence, index: int) -> str:
    """The clause that ends before the words of a number."""
    text, start = sentence.passage.text, sentence.items[index].left_start - 1
    floor = max(sentence.start, start - 40)
    place = max(text.rfind(stop, floor, start) for stop in "，。；：（）\n")
    return text[max(place + 1, floor) : max(start, floor)]


def wider(sentence: Sentence, index: int) -> str:
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
