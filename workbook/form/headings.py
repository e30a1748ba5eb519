"""How a section heading as found compares with the one the form prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

from workbook.files.memory import Memory
from workbook.form.edition import Edition, Section
from workbook.form.labels import plain

_NUMERAL = re.compile(
    r"^(?:第?(?P<chinese>[一二三四五六七八九十])(?:部分)?|\(?(?P<digit>\d)\)?)\s*(?P<mark>[、.,:)．]?)"
)
_LONGEST = 60  # characters of a heading
_DIGITS = "一二三四五六七八九十"


class HeadingFit(Enum):
    """STANDARD or tolerated; NUMERAL: only the number is written otherwise; VARIANT: other words."""

    STANDARD = "standard"
    NUMERAL = "numeral"
    VARIANT = "variant"


@lru_cache(maxsize=16_384)
def _split_short(text: str) -> tuple[int | None, str, str]:
    return _split(text)


def split_heading(text: str) -> tuple[int | None, str, str]:
    """ "1、 总体情况" → (1, "1、", "总体情况"): number, numeral as written, the words; spaces dropped."""
    return _split_short(text) if len(text) <= _LONGEST else _split(text)


def _split(text: str) -> tuple[int | None, str, str]:
    bare = plain(text)
    match = _NUMERAL.match(bare)
    if not match or not match["mark"]:
        return None, "", bare
    number = _DIGITS.index(match["chinese"]) + 1 if match["chinese"] else int(match["digit"])
    return number, match[0], bare[match.end() :]


def fit_heading(section: Section, found: str) -> HeadingFit:
    """Whether a heading is the form's, tolerated, only numbered otherwise, or worded otherwise."""
    _, numeral, words = split_heading(found)
    _, standard_numeral, standard_words = split_heading(section.heading)
    tolerated = section.tolerated is not None and section.tolerated.fullmatch(words) is not None
    if words != standard_words and not tolerated:
        return HeadingFit.VARIANT
    return HeadingFit.STANDARD if numeral == standard_numeral else HeadingFit.NUMERAL


# Words by which a section is known under other headings; the first section that fits wins.
_KEYWORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("overview", ("总体情况", "概述", "总体概况", "基本情况")),
    ("challenges", ("行政复议", "行政诉讼", "复议诉讼")),
    ("applications", ("收到和处理", "依申请公开", "申请公开", "申请情况")),
    ("proactive", ("主动公开",)),
    ("problems", ("存在的主要问题", "存在问题", "主要问题", "改进")),
    ("other", ("其他需要报告", "其他报告事项", "需要报告的事项")),
)


class Headings(Memory[str, Section | None]):
    """A line → the section of one edition that it is the heading of; None for an ordinary line."""

    most = 8_192

    def __init__(self, edition: Edition) -> None:
        super().__init__()
        self._sections = edition.sections

    def __missing__(self, text: str) -> Section | None:
        if len(text) > _LONGEST:
            return None
        return self.keep(text, _section_of(self._sections, text))


def headings_of(edition: Edition) -> Headings:
    """What the lines of a report are to an edition, remembered from one report to the next."""
    known: Headings | None = edition.__dict__.get("_headings")
    if known is None:
        known = edition.__dict__["_headings"] = Headings(edition)
    return known


def section_of_heading(edition: Edition, text: str) -> Section | None:
    """The section a line is the heading of, standard or not; None for an ordinary line."""
    return headings_of(edition)[text]


def _section_of(sections: Sequence[Section], text: str) -> Section | None:
    number, _, words = split_heading(text)
    if number is None or not words or words[-1] in "。；，！？":
        return None
    for section in sections:
        if fit_heading(section, text) is not HeadingFit.VARIANT:
            return section
    for section_id, keywords in _KEYWORDS:
        if any(keyword in words for keyword in keywords):
            known = next((item for item in sections if item.id == section_id), None)
            # A numbered line inside a section ("3.完善政府信息公开发布机制") is no heading of a section.
            if known is not None and split_heading(known.heading)[0] == number:
                return known
    return None
