"""One sentence with its numbers: the words beside each, whose number it is, what is a part of what."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from workbook.prose.grammar import Grammar, Term
from workbook.prose.numbers import Number
from workbook.prose.passage import FILLER, Passage
from workbook.prose.standing import Reading

_WHOLES_OF = {
    "applicant": ("received",),
    "channel": ("received",),
    "result": ("closed",),
    "detail": ("closed", "result"),
    "review": ("review",),
    "suit": ("suit",),
}
STOPS = "，。；：、（）\n"
_QUOTE_STOPS = "，。；：（）\n"
_LONGEST_QUOTE = 60
_FARTHEST = 100  # signs to either side of a number that its clause may reach
_AMONG = re.compile(
    r"(?:的)?(?:(?:新收|政府信息公开|信息公开|依申请公开)?申请)?(?:件|案件)?(?:之)?[中里](?:，|共?有)"
)
_BRACKETS = re.compile("（[^（）]*）")
_ANOTHER_MATTER = re.compile(r"[^；]{0,8}；[^，。；\d]{4,}，(?:其中|包括)")
# 由29件增加到36件: between the figure of the year before and this year's
CHANGES_TO = re.compile(
    r"(?:大幅|小幅)?(?:增加|增长|上升|升|增|减少|下降|降低|降|减|回落|提高|变)(?:到|至|为)了?(?:(?:···)?本年度?的?|今年的?)?"
)
FILLERS = re.compile(
    rf"^(?:[一二三四五六七八九十]是|全[市县区省州局镇]|另外|全年|年内|本年度?|今年|发生|产生|引发|作出|年末|年底|目前|上述|以上|全部|所有|[{FILLER}共有为是达计约近其中另的已约合总量还剩余尚仍对除仅只在、，“”])*$"
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
    compared: Item | None = None  # for a change: the number that changed, where 分别 pairs them
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


def opens_with_parts(sentence: Sentence) -> bool:
    """Whether a sentence goes on to the parts of a number of the one before."""
    return sentence.text.startswith(("其中", "包括", "主要包括"))


def find_parts(sentence: Sentence, grammar: Grammar) -> None:
    """Which numbers are parts of which; a sentence that begins with 其中 may speak of those before."""
    earlier = sentence.earlier if opens_with_parts(sentence) else []
    text = sentence.passage.text
    opens, exhaustive = grammar.patterns["opens_parts"], grammar.patterns["exhaustive"]
    stack: list[Item | None] = [None]
    before: Item | None = None
    counted = [item for item in sentence.items if item.is_count]
    for item in counted:
        floor = before.number.end if before else sentence.start
        gap = text[floor : item.number.start]
        for sign in gap:
            if sign == "）" and len(stack) > 1:
                # After a bracket the number before it is spoken of again.
                before = stack.pop() or before
            elif sign == "（":
                stack.append(before if gap.startswith("（") else None)
        opener = opens.search(text, floor, sentence.end)
        case = _case_of(item, counted)
        if case is not None:
            stack[-1] = case
        elif before is not None and _ANOTHER_MATTER.match(gap):
            stack[-1] = None  # 征集意见8次；公开会议信息，其中常务会议15次: nobody knows of what
        elif before is not None and _AMONG.match(gap):
            stack[-1] = before
        elif opener and _opens(text, opener, item):
            stack[-1] = _target(item, before, counted) if before else _spoken_of(item, earlier)
        elif before is not None and gap.startswith("：") and item.kind == "outcome":
            stack[-1] = before  # 复议案件20件：维持11件，纠正4件
        elif before is not None and (_starts_whole(item, gap) or _stands_beside(item, stack[-1], gap)):
            stack[-1] = None
        whole = stack[-1]
        if whole is not None and whole is not item:
            item.whole = whole
            item.in_brackets = len(stack) > 1
            item.separator = _separator(gap) if whole.parts else ""
            whole.parts.append(item)
            item.is_apart = whole.exhaustive and "；" in gap and item.kind != whole.parts[0].kind
            if exhaustive.search(gap) or (opener is not None and opener[0] == "由"):
                whole.exhaustive = True
        before = item


def _opens(text: str, opener: re.Match[str], item: Item) -> bool:
    """包含动态、招生等信息；通过公众号公开612条: what 包含 opened is over at the semicolon."""
    return opener.start() < item.number.start and "；" not in text[opener.end() : item.number.start]


def _case_of(item: Item, counted: list[Item]) -> Item | None:
    """行政复议5件和行政诉讼3件，其中行政复议维持3件……，行政诉讼维持2件: each of the cases it names."""
    kinds = {hit.term.kind for hit in item.hits}
    if "outcome" not in kinds or not kinds & {"review", "suit"}:
        return None
    earlier = [other for other in counted if other.number.start < item.number.start and other.whole is None]
    named = [other for other in earlier if other.kind in kinds]
    return named[-1] if named and {"review", "suit"} <= {other.kind for other in earlier} else None


def _target(first: Item, before: Item, counted: list[Item]) -> Item:
    """The number 其中 speaks of: the one before, or the one that its first part is of."""
    earlier = [other for other in counted if other.number.start < first.number.start]
    if before.whole is None and before.kind in ("flow", "review", "suit"):
        whole = _spoken_of(first, earlier) or before
        if whole.kind == "received" and before.lead and before.lead.term.id == "brought_forward":
            whole.with_brought = before  # 新收41件，上年结转3件，其中自然人39件: of both, or of the new ones
        return whole
    if before.kind == "applicant" and first.kind != "applicant" and len(earlier) > 1:
        beside = earlier[-2] if earlier[-1] is before else earlier[-1]
        came = [other for other in earlier if other.kind == "received"]
        if beside.kind == "applicant" and came:
            return came[-1]  # 自然人7件、企业2件，其中予以公开5件: of all of them
    return before


def _spoken_of(first: Item, earlier: list[Item]) -> Item | None:
    """Of several numbers the one that a part is of: 自然人 of what came in, 予以公开 of what was closed."""
    if first.kind in _WHOLES_OF:  # of the form, so of the report's own numbers
        earlier = [other for other in earlier if other.whose is not Whose.NARROWER] or earlier
    if not earlier:
        return None
    last = earlier[-1]
    wanted = _WHOLES_OF.get(first.kind, (last.kind,) if last.kind != "flow" else ("received", "closed"))
    fitting = [other for other in earlier if other.kind in wanted and other.whole is None]
    brought = [other for other in earlier if other.lead and other.lead.term.id == "brought_forward"]
    came = [other for other in earlier if other.kind == "received" and other.whole is None]
    if not first.kind and came and len(brought) == 1:
        came[-1].with_brought = brought[0]  # 受理17件，上年结转1件。其中，2件由申请人撤件
        return came[-1]
    if first.kind in ("result", "detail") and not fitting and brought:
        # 新收868件，上年结转32件。其中，予以公开…: of both
        new = [other for other in earlier if other.kind == "received"]
        if new:
            new[-1].with_brought = brought[-1]
            return new[-1]
    if first.kind in ("result", "detail") and last.kind in ("result", "received"):
        return last
    if not fitting and last.kind == "flow":
        fitting = [other for other in earlier if other.kind == "received"]
        return fitting[-1] if fitting else None
    return fitting[-1] if fitting else last


def _starts_whole(item: Item, gap: str) -> bool:
    if item.is_aforesaid:
        return True
    if gap.startswith("、"):
        return False  # 其中市级部门受理1160件、各县受理1744件
    return item.kind in ("received", "closed", "document") and item.before and not item.hits_applicant


def _stands_beside(item: Item, whole: Item | None, gap: str) -> bool:
    """其他处理2件，其中……；不予处理6件: after a semicolon another of the whole's own kind."""
    if whole is None or "；" not in gap or not item.before:
        return False
    is_result = any(hit.term.kind == "result" for hit in item.hits) and whole.kind == "result"
    return is_result or {item.kind, whole.kind} == {"review", "suit"}


def _separator(gap: str) -> str:
    gap = _BRACKETS.sub("", gap).rpartition("）")[2]
    return next((sign for sign in "；，、" if sign in gap), "")
