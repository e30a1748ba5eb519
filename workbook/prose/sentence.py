"""One sentence with its numbers: the words beside each, whose number it is, what is a part of what."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from workbook.prose.grammar import Term
from workbook.prose.numbers import Number
from workbook.prose.passage import FILLER, Passage
from workbook.prose.standing import Reading

STOPS = "，。；：、（）\n"
_QUOTE_STOPS = "，。；：（）\n"
_LONGEST_QUOTE = 60
_FARTHEST = 100  # signs to either side of a number that its clause may reach
# 由29件增加到36件: between the figure of the year before and this year's
CHANGES_TO = re.compile(
    r"(?:大幅|小幅)?(?:增加|增长|上升|升|增|减少|下降|降低|降|减|回落|提高|变)(?:到|至|为)了?(?:(?:···)?本年度?的?|今年的?)?"
)
FILLERS = re.compile(
    rf"^(?:[一二三四五六七八九十]是|全[市县区省州局镇]|另外|全年|年内|本年度?|今年|发生|产生|引发|作出|针对|(?:截[至止]|到)?年[末底]|目前|这其中|上述|以上|全部|所有|[{FILLER}共有为是达计约近其中另的已约合总量还剩余尚仍对除仅只在、，“”])*$"
)


class Whose(Enum):
    """Whose number it is: the report's, one narrower than the report's, or not clear."""

    REPORT = "report"
    NARROWER = "narrower"
    UNCLEAR = "unclear"


@dataclass(slots=True)
class Hit:
    """A term where its words stand in a label."""

    term: Term
    start: int
    end: int


@dataclass(slots=True)
class Item:
    """A number of a sentence and what is known of it.

    `left` and `right` are the words beside it up to the next stop or number, `label` those that name it;
    `readings` what it may state, likeliest first; `whole` the number it is a part of.
    """

    number: Number
    left: str
    right: str
    left_start: int
    label: str = ""
    before: bool = True  # the label stands before the number
    hits: list[Hit] = field(default_factory=list)
    lead: Hit | None = None
    readings: tuple[Reading, ...] = ()
    loose: bool = False
    whose: Whose = Whose.REPORT
    why: str = ""
    actor: str = ""  # whom it is of, where that is not the report's organ
    about_prior: bool = False
    whole: Item | None = None
    parts: list[Item] = field(default_factory=list)
    exhaustive: bool = False
    separator: str = ""  # what stands between it and the part before
    in_brackets: bool = False
    is_change: bool = False  # by how much something grew or fell, not how much there is
    is_priors: bool = False  # last year's figure told beside this year's: 上年的551件
    is_apart: bool = False  # stands after the list that adds up to the whole, as another way of parting it
    compared: Item | None = None  # for a change or a share: the number it is of, where 分别 pairs them
    with_brought: Item | None = None  # 上年结转 told beside 新收: what follows is of both
    is_aforesaid: bool = False  # 上述 n 件申请: of the number of applications told before
    aside: str = ""  # what stands in brackets right before it

    @property
    def kind(self) -> str:
        """The kind of the term that names it, "" where none does."""
        return self.lead.term.kind if self.lead else ""

    @property
    def is_count(self) -> bool:
        """Whether it says how much there is: no share and no growth."""
        is_amount = not self.number.is_share and self.number.unit != "点"
        return is_amount and not self.is_change and not self.is_priors

    @property
    def hits_applicant(self) -> bool:
        """Whether its words name a kind of applicant."""
        return any(hit.term.kind == "applicant" for hit in self.hits)


@dataclass(slots=True)
class Sentence:
    """A sentence of a passage with its numbers in order."""

    passage: Passage
    start: int
    end: int
    items: list[Item]
    earlier: list[Item] = field(default_factory=list)  # the wholes of the sentence before
    subject: str = ""  # whom it may speak of where it names nobody, "" for the report's own

    @property
    def text(self) -> str:
        """The sentence as read."""
        return self.passage.text[self.start : self.end]

    @property
    def name(self) -> str:
        """Which sentence of the report it is."""
        return f"{self.passage.section}:{self.passage.at[self.start]}"

    def quote(self, item: Item) -> str:
        """The clause that holds a number, not the paragraph."""
        text = self.passage.text
        start = item.number.start
        floor = max(self.start, start - _FARTHEST)
        while start > floor and text[start - 1] not in _QUOTE_STOPS:
            start -= 1
        end = item.number.end
        ceiling = min(self.end, end + _FARTHEST)
        while end < ceiling and text[end] not in _QUOTE_STOPS:
            end += 1
        if end - start > _LONGEST_QUOTE:
            start, end = item.left_start, item.number.end + len(item.right)
        elif item.number.start - start < 2 and start - 1 > self.start:
            # A bare “5件” says nothing: the words before the stop belong to it.
            start -= 1
            while start > self.start and text[start - 1] not in _QUOTE_STOPS:
                start -= 1
        return self.passage.quote(max(start, self.start), end)

    def stretch(self, first: Item, last: Item) -> str:
        """The words from one number's clause to another number, shortened in the middle."""
        said = self.passage.quote(first.left_start, last.number.end + (0 if last.before else len(last.right)))
        return said if len(said) <= 90 else said[:50] + "……" + said[-36:]


def split_items(passage: Passage, start: int, end: int, numbers: list[Number]) -> list[Item]:
    """The numbers of a sentence with the words beside them."""
    text = passage.text
    items: list[Item] = []
    for index, number in enumerate(numbers):
        floor = numbers[index - 1].end if index else start
        left_start = number.start
        while left_start > floor and text[left_start - 1] not in STOPS:
            left_start -= 1
        stop, aside, rest = number.start, "", text[left_start : number.start]
        if text[left_start - 1] == "）" and (FILLERS.match(rest) or rest.startswith("占")):
            # 作其他处理（含主动撤回）共341件: what stands in brackets is no stop.
            opening = text.rfind("（", floor, left_start)
            if opening > floor:
                aside = text[opening + 1 : left_start - 1]
                stop = left_start = opening
                while left_start > floor and text[left_start - 1] not in STOPS:
                    left_start -= 1
        # 规章、行政规范性文件0件: names joined by 、 share the number that follows.
        while left_start > floor and text[left_start - 1] == "、":
            before = left_start - 1
            while before > floor and text[before - 1] not in STOPS:
                before -= 1
            if before == floor and index:
                break
            left_start = before
        ceiling = numbers[index + 1].start if index + 1 < len(numbers) else end
        right_end = number.end
        while right_end < ceiling and text[right_end] not in STOPS:
            right_end += 1
        right = text[number.end : right_end]
        left = text[left_start:stop] + (rest if aside and rest.startswith("占") else "")
        items.append(Item(number, left, right, left_start, aside=aside))
    return items
