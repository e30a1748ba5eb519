"""A section's text made readable for the grammar: widths and wraps mended, every sign's place kept.

Published texts come with full-width digits, spaces and lines broken in the middle of a number. The text read
here has none of that; `at` leads each of its signs back to where it stands in the section as it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_SAME = str.maketrans(
    {
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
        **{chr(0xFF21 + letter): chr(ord("A") + letter) for letter in range(26)},
        **{chr(0xFF41 + letter): chr(ord("a") + letter) for letter in range(26)},
        **{"％": "%", "．": ".", "﹪": "%", "－": "-", "–": "-", "−": "-", "﹣": "-"},
        **{"(": "（", ")": "）", ";": "；", ":": "：", "?": "？", "!": "！", "﹐": "，", "､": "、"},
        **{"[": "〔", "]": "〕", "［": "〔", "］": "〕", "﹝": "〔", "﹞": "〕", "｡": "。"},
    }
)
_SPACE = re.compile(r"\s+")
_POINT = re.compile(r"(?<=[一-龥）”])\.(?=\s|[一-龥（“]|\Z)")
_COMMA = re.compile(r"(?<!\d),|,(?!\d\d\d(?!\d))")
_FULL_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
_ENDS = "。！？；：\n"
# A line that opens a paragraph of its own, whatever the line above ends with.
_OPENS = re.compile(
    r"\s*(?:（?[一二三四五六七八九十]{1,3}[、）.．]|[一二三四五六七八九十]是|\(?（?\d{1,2}[）)、.．](?!\d)|【|——)"
)
_SHORTEST_WRAPPED = 18  # a line this long that ends in no stop goes on below

_STOP = re.compile("[。！？\n（），；、]")
_LONGEST_SENTENCE = 800  # signs; what goes on longer is cut at the next stop

YEAR = re.compile(r"(?<!\d)(20\d\d)(?=年)")
_DIGITS = "零一二三四五六七八九"
_HAN_YEAR = re.compile(r"[二2][〇零○0][〇零○一二三四五六七八九\d]{2}(?=年)")

# What stands in the place of a year, sign for sign: a filler, then the year's part in the report.
FILLER = "·"


@dataclass(frozen=True)
class Passage:
    """One section: `source` as given, `text` as read, `at[i]` where text[i] stands in the source.

    In `text` the report's own year is written ···本年, the year before ···上年, the year after ···下年.
    """

    section: str
    source: str
    text: str
    at: tuple[int, ...]

    def quote(self, start: int, end: int) -> str:
        """What stands between two places of `text`, as it was written, in one line."""
        if start >= end:
            return ""
        return "".join(self.source[self.at[start] : self.at[end - 1] + 1].split())

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Two places of `text` as offsets in the source."""
        return self.at[start], self.at[end - 1] + 1

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Start and end of every sentence, its stop left out."""
        return tuple(_parts(self.text))


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Sentences: up to a stop outside brackets, a paragraph's end, or where one is too long to be one."""
    start = depth = 0
    for found in _STOP.finditer(text):
        place, sign = found.start(), found[0]
        if sign == "（":
            depth += 1
        elif sign == "）":
            depth = max(0, depth - 1)
        while place - start > 2 * _LONGEST_SENTENCE:
            yield start, start + _LONGEST_SENTENCE
            start, depth = start + _LONGEST_SENTENCE, 0
        too_long = place - start > _LONGEST_SENTENCE
        if sign == "\n" or too_long or (sign in "。！？" and not depth):
            if place > start:
                yield start, place
            start, depth = place + 1, 0
    while start < len(text):
        yield start, min(len(text), start + 2 * _LONGEST_SENTENCE)
        start += 2 * _LONGEST_SENTENCE


def read_passage(section: str, source: str, year: int | None = None) -> Passage:
    """A section's text as the grammar reads it; `year` is the report's."""
    same = _POINT.sub("。", _COMMA.sub("，", _FULL_COMMA.sub(",", source).translate(_SAME)))
    same = same.replace("其它", "其他")
    breaks = _breaks(source)
    pieces: list[str] = []
    kept: list[int] = []
    start = 0
    for gap in _SPACE.finditer(same):
        pieces.append(same[start : gap.start()])
        kept += range(start, gap.start())
        ends = [place for place in range(*gap.span()) if place in breaks]
        pieces.append("\n" * len(ends))
        kept += ends
        start = gap.end()
    kept += range(start, len(same))
    text = "".join((*pieces, same[start:]))
    return Passage(section, source, _years(text, year), tuple(kept))


def _breaks(source: str) -> set[int]:
    """The line ends that end a paragraph; the others only wrap it."""
    found: set[int] = set()
    start = 0
    while (end := source.find("\n", start)) >= 0:
        line = source[start:end].strip()
        following = source[end + 1 : end + 40]
        if (
            line
            and not _within_number(line, following)
            and (
                line[-1] in _ENDS
                or _OPENS.match(following)
                or (len(line) < _SHORTEST_WRAPPED and line[-1] not in "，、,")
            )
        ):
            found.add(end)
        start = end + 1
    return found


def _within_number(line: str, following: str) -> bool:
    """Whether a line ends between the digits of a number, or between a number and its unit."""
    after = following.lstrip()[:1]
    return line[-1].isdigit() and (after.isdigit() or after in "件宗条份起个次项期元万亿%")


def _years(text: str, year: int | None) -> str:
    text = _HAN_YEAR.sub(lambda found: _arabic(found[0]), text)
    if year is None:
        return text
    roles = {str(year): "本", str(year - 1): "上", str(year + 1): "下"}
    return YEAR.sub(lambda found: FILLER * 3 + roles[found[1]] if found[1] in roles else found[1], text)


def _arabic(year: str) -> str:
    return "".join(
        sign if sign.isascii() else str(_DIGITS.index(sign)) if sign in _DIGITS else "0" for sign in year
    )
