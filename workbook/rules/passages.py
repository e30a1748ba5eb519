"""Where two versions of a text differ: the passages, cut down to what differs and a few signs around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from workbook.form.labels import plain

_SENTENCE = re.compile(r"[^。；！？]*[。；！？]?")
_AROUND = 12
_LONGEST = 120
# Beyond this (sentences × sentences) the texts are compared from both ends only.
_MOST_PAIRS = 1_000_000


def differing_passages(one: str, other: str) -> list[tuple[str, str]]:
    """The passages of two texts that differ, in order, each as it stands here and there.

    Spaces, line breaks, width and kind of quotation marks do not count. "" where one has nothing.
    """
    left, right = _sentences(one), _sentences(other)
    keys, other_keys = [plain(item) for item in left], [plain(item) for item in right]
    if "".join(keys) == "".join(other_keys):
        return []
    if len(keys) * len(other_keys) > _MOST_PAIRS:
        return [_narrowed("".join(left), "".join(right))]
    matcher = SequenceMatcher(None, keys, other_keys, autojunk=False)
    pairs = [
        _narrowed("".join(left[first:last]), "".join(right[from_:to]))
        for tag, first, last, from_, to in matcher.get_opcodes()
        if tag != "equal"
    ]
    return [pair for pair in pairs if plain(pair[0]) != plain(pair[1])]


def _sentences(text: str) -> Sequence[str]:
    return [item for item in _SENTENCE.findall("".join(text.split())) if item]


def _narrowed(one: str, other: str) -> tuple[str, str]:
    """Both without what they have in common at the ends, but for a few signs."""
    if not one or not other:
        return _short(one), _short(other)
    start = 0
    while start < min(len(one), len(other)) and plain(one[start]) == plain(other[start]):
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and plain(one[len(one) - 1 - end]) == plain(
        other[len(other) - 1 - end]
    ):
        end += 1
    first, behind = max(0, start - _AROUND), max(0, end - _AROUND)
    return tuple(
        ("…" if first else "") + _short(text[first : len(text) - behind]) + ("…" if behind else "")
        for text in (one, other)
    )  # type: ignore[return-value]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
