"""Each number of a sentence against the tables: verified, only rounded, wrong, or unverifiable and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from workbook.form.edition import CellId
from workbook.form.filing import Place
from workbook.form.values import figure
from workbook.prose.binding import BROUGHT, HANDLED, RECEIVED, base_readings
from workbook.prose.grammar import Grammar
from workbook.prose.numbers import Number, agrees
from workbook.prose.passage import Passage
from workbook.prose.sentence import Item, Sentence, Whose
from workbook.prose.standing import Figures, Reading
from workbook.rules.findings import Given, StatedNumber, Verdict
from workbook.rules.procedures import Failed, Open, Passed
from workbook.rules.procedures import Verdict as Answer

_INNER = str.maketrans("“”", "‘’")
_OF_BOTH = ("received", "received.new", "received.amount", "handled")  # may say 含上年结转
_TELLING = 5  # smaller numbers agree by chance
NOT_PRINTED = "表中没有这个数"
SECTION_WORDS: Mapping[str, str] = {
    "preamble": "前言",
    "overview": "总体情况",
    "proactive": "第二部分",
    "applications": "第三部分",
    "challenges": "第四部分",
    "problems": "第五部分",
    "other": "第六部分",
}


@dataclass
class Judged:
    """A number with its verdict; `reading` is what it was held against."""

    item: Item
    sentence: Sentence
    verdict: Verdict
    why: str
    reading: Reading | None = None
    base: Reading | None = None
    prior_cells: tuple[CellId, ...] = ()
    failed: Failed | None = None
    is_count: bool = False  # states the figure itself, not a share of it or its growth


@dataclass
class Answers:
    """What the prose answers to the rule book, by the names of `rules.procedures.prose`."""

    by_name: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))

    def say(self, name: str, answer: Answer) -> None:
        """Add one answer; quotation marks within a quotation are turned into single ones."""
        if isinstance(answer, Failed) and answer.given is not None:
            quote = answer.given.get("quote")
            if isinstance(quote, str) and "“" in quote:
                answer = replace(answer, given={**answer.given, "quote": quote.translate(_INNER)})
        self.by_name[name].append(answer)


class Judge:
    """Judges the numbers of one report."""

    def __init__(self, figures: Figures, grammar: Grammar, answers: Answers) -> None:
        self.figures = figures
        self.grammar = grammar
        self.answers = answers
        self.judged: dict[int, Judged] = {}  # by id of the item
        self.order: list[Judged] = []

    def place(self, passage: Passage, at: int) -> Place | None:
        """The paragraph a place of a passage stands in."""
        return self.figures.filing.text_place(passage.section, passage.at[at] if at < len(passage.at) else 0)

    def settle(
        self,
        item: Item,
        sentence: Sentence,
        verdict: Verdict,
        why: str,
        reading: Reading | None = None,
        base: Reading | None = None,
        prior_cells: tuple[CellId, ...] = (),
    ) -> Judged:
        """Keep a number's verdict."""
        judged = Judged(item, sentence, verdict, why, reading, base, prior_cells)
        self.judged[id(item)] = judged
        self.order.append(judged)
        return judged

    def count(self, item: Item, sentence: Sentence) -> Judged:
        """Judge a number that states a figure itself, not a share or a growth."""
        judged = self._count(item, sentence)
        judged.is_count = True
        return judged

    def _count(self, item: Item, sentence: Sentence) -> Judged:
        figures, term = self.figures, item.lead.term if item.lead else None
        if item.number.is_range:
            return self.settle(item, sentence, Verdict.UNVERIFIABLE, "写的是一个范围")
        if item.whose is Whose.NARROWER:
            return self.settle(item, sentence, Verdict.UNVERIFIABLE, item.why)
        if term is None or term.rule is None or not item.readings:
            return self.settle(item, sentence, Verdict.UNVERIFIABLE, NOT_PRINTED)
        name = f"prose.{_rule_of(item)}"
        prior = item.about_prior
        if prior and figures.prior is None:
            return self.settle(item, sentence, Verdict.UNVERIFIABLE, figures.no_prior)
        readings = item.readings
        if term.id in _OF_BOTH and self._includes(item, sentence):
            name = "prose.received"
            readings = tuple(reading for reading in readings if reading.rows == HANDLED) or readings
            item.readings = readings
        if term.at_most:
            return self._at_most(item, sentence, name)
        unknown: Reading | None = None
        for reading in readings:
            true = figures.of(reading.cells, prior=prior)
            if true is None:
                unknown = unknown or reading
                continue
            if not self._agrees(item, reading, true):
                continue
            if not self._may_include(item, reading, sentence):
                continue
            if not prior:
                self.answers.say(name, Passed())
            said = ("上年年报" if prior else "") + figures.words(reading)
            cells = reading.cells if prior else ()
            return self.settle(item, sentence, Verdict.VERIFIED, said, reading, prior_cells=cells)
        first = item.readings[0]
        if unknown is not None and (unknown is first or figures.of(first.cells, prior=prior) is None):
            why = figures.why(unknown.cells, prior=prior)
            if not prior:
                self.answers.say(name, Open(why, unknown.mark))
            return self.settle(item, sentence, Verdict.UNVERIFIABLE, why, unknown)
        if item.is_aforesaid and self._was_told(item, sentence):
            return self.settle(item, sentence, Verdict.UNVERIFIABLE, "与前文所说的一个数相同", first)
        if item.whose is Whose.UNCLEAR and not self._is_known_subject(item, sentence):
            return self.settle(item, sentence, Verdict.UNVERIFIABLE, item.why, first)
        if item.loose and not self._is_vouched_for(item, sentence):
            return self.settle(item, sentence, Verdict.UNVERIFIABLE, "说法不明确，表中没有正好这个数", first)
        if prior:
            return self.settle(item, sentence, Verdict.UNVERIFIABLE, "与上年年报的数不同，请核对", first)
        return self._wrong(item, sentence, name)

    def _was_told(self, item: Item, sentence: Sentence) -> bool:
        """Whether 上述 n 件申请 names a number told before, or the sum of some told one after the other."""
        told = [
            judged.item.number.value
            for judged in self.order
            if judged.sentence.passage is sentence.passage and judged.is_count
        ]
        runs = (told[first:last] for first in range(len(told)) for last in range(first + 1, first + 5))
        return any(sum(run) == item.number.value for run in runs)

    def _is_vouched_for(self, item: Item, sentence: Sentence) -> bool:
        """行政复议10件，其中复议纠正2件: where what stands beside it is the form's, so is this one."""
        beside = [other for other in sentence.items if other is not item]
        if item.kind in ("review", "suit"):
            outcomes = [part for part in item.parts if part.kind == "outcome" and self._is_in_table(part)]
            cases = [other for other in beside if other.kind in ("review", "suit") and other.number.value > 1]
            return len(outcomes) > 1 or any(self._is_in_table(other) for other in cases)
        return False

    def _is_known_subject(self, item: Item, sentence: Sentence) -> bool:
        """区政府及各部门印发12件，废止5件: where a number of the same subject agrees, the others should."""
        beside = [other for other in sentence.items if other is not item and other.why == item.why]
        return any(self._is_verified(other) for other in beside if other.number.value >= _TELLING)

    def _is_verified(self, item: Item) -> bool:
        judged = self.judged.get(id(item))
        return judged is not None and judged.verdict is Verdict.VERIFIED

    def _is_in_table(self, item: Item) -> bool:
        true = [self.figures.of(reading.cells) for reading in item.readings]
        return any(value is not None and agrees(item.number, value) for value in true)

    def _agrees(self, item: Item, reading: Reading, true: Decimal) -> bool:
        scale = self.figures.units(reading)
        is_money = item.number.unit.endswith("元")
        if scale != 1 and not is_money:
            return False
        if scale == 1 and is_money and agrees(item.number, true * 10000):
            return True  # the trial form prints no unit for 采购总金额: some write 元, some 万元
        true = true * scale
        if any(hit.term.kind == "change" for hit in item.hits) and item.left.endswith(("减少", "减")):
            true = -true
        return agrees(item.number, true)

    def _includes(self, item: Item, sentence: Sentence) -> bool:
        """收到 n 件（含上年结转 b 件）: n is of both, not of the new ones alone."""
        if "已" in item.label:
            return False  # 已办理88件（含上年结转7件）: what has been closed
        return self.grammar.patterns["of_both"].match(sentence.passage.text, item.number.end) is not None

    def _may_include(self, item: Item, reading: Reading, sentence: Sentence) -> bool:
        """收到 n 件 may mean 本年新收＋上年结转 only where the sentence says so or its parts need it."""
        if reading.rows != HANDLED or item.kind != "received" or item.readings[0].rows == HANDLED:
            return True
        if self.figures.of(reading.cells) == self.figures.of(item.readings[0].cells):
            return True
        text = sentence.text
        patterns = self.grammar.patterns
        if patterns["includes_brought_forward"].search(text):
            return True
        below = sentence.passage.text[sentence.end + 1 : sentence.end + 300].partition("。")[0]
        if patterns["goes_on"].match(below) and patterns["mentions_carried"].search(below):
            return True
        kinds: dict[str, Decimal] = defaultdict(Decimal)
        carried = Decimal(0)
        for other in sentence.items:
            if other is item or other.number.is_share:
                continue
            if other.lead and other.lead.term.id.startswith("carried_forward"):
                carried = other.number.value
            kinds[other.kind] += other.number.value
        return any(
            total == item.number.value or (carried and total + carried == item.number.value)
            for kind, total in kinds.items()
            if kind in ("applicant", "result", "closed")
        )

    def _at_most(self, item: Item, sentence: Sentence, name: str) -> Judged:
        reading = item.readings[0]
        true = self.figures.of(reading.cells)
        if true is not None and item.number.value > true and item.whose is Whose.REPORT and not item.loose:
            hint = "撤回、撤销的申请计入其他处理。"
            return self._fail(item, sentence, name, reading, true, hint=hint)
        why = f"是{self.figures.words(reading)}的一部分，表中不单列"
        return self.settle(item, sentence, Verdict.UNVERIFIABLE, why, reading)

    def _wrong(self, item: Item, sentence: Sentence, name: str) -> Judged:
        figures, first = self.figures, item.readings[0]
        for base in item.readings:
            # 收到 n 件 that is 新收＋结转 without saying so: another thing to mend than a wrong figure.
            true = figures.of(base.cells)
            if name == "prose.received" and base.rows == HANDLED and true == item.number.value:
                told = figures.of(first.cells)
                return self._fail(item, sentence, name, first, told or Decimal(0), outcome="other_base")
        reading = first
        if len(item.readings) > 1 and item.kind == "applicant":
            reading = self._nearest(item)
        true = (figures.of(reading.cells) or Decimal(0)) * figures.units(reading)
        scale = figures.units(reading)
        hint = figures.elsewhere(item.number.value / scale, reading)
        return self._fail(item, sentence, name, reading, true / scale, hint=hint)

    def _nearest(self, item: Item) -> Reading:
        """The base that the number it is a part of has."""
        whole = item.whole
        judged = self.judged.get(id(whole)) if whole is not None else None
        if judged is not None and judged.reading is not None:
            for reading in item.readings:
                if reading.rows == judged.reading.rows:
                    return reading
        return item.readings[0]

    def _fail(
        self,
        item: Item,
        sentence: Sentence,
        name: str,
        reading: Reading,
        true: Decimal,
        *,
        outcome: str = "differs",
        hint: str = "",
    ) -> Judged:
        said = self.figures.words(reading)
        unit = self.figures.edition.unit(reading.cells[0])
        given: dict[str, Given] = {
            "section": SECTION_WORDS[sentence.passage.section],
            "quote": sentence.quote(item),
            "stated": plain(item.number),
            "said": said,
            "true": f"{figure(true)}{unit}",
            "hint": hint,
        }
        stated = item.number.value / self.figures.units(reading)
        failed = self.failure(outcome, sentence, item, given, reading, stated, true)
        self.answers.say(name, failed)
        judged = self.settle(item, sentence, Verdict.WRONG, f"{said}为{figure(true)}{unit}。{hint}", reading)
        judged.failed = failed
        return judged

    def failure(
        self,
        outcome: str,
        sentence: Sentence,
        item: Item,
        given: Mapping[str, Given],
        reading: Reading | None,
        stated: Decimal,
        true: Decimal | None,
    ) -> Failed:
        """A disagreement as an answer to the rule book; `sentence` lets one clause be one complaint."""
        return Failed(
            outcome,
            reading.mark if reading else None,
            stated,
            true,
            {**given, "sentence": sentence.name},
            cells=reading.cells if reading else (),
            place=self.place(sentence.passage, item.number.start),
            section=sentence.passage.section,
            quote=sentence.quote(item),
            stated=item.number.value,
        )

    def stated_numbers(self) -> tuple[StatedNumber, ...]:
        """Every judged number, in the order of the report."""
        found = []
        for judged in self.order:
            passage, number = judged.sentence.passage, judged.item.number
            start, end = passage.span(number.start, number.end)
            cells = judged.reading.cells if judged.reading and not judged.item.about_prior else ()
            if judged.base is not None:
                cells = tuple(dict.fromkeys((*cells, *judged.base.cells)))
            found.append(
                StatedNumber(
                    section=passage.section,
                    start=start,
                    end=end,
                    text=passage.quote(number.start, number.end),
                    quote=judged.sentence.quote(judged.item),
                    value=number.value,
                    verdict=judged.verdict,
                    why=judged.why,
                    cells=cells,
                    prior_cells=judged.prior_cells,
                )
            )
        order = {section: place for place, section in enumerate(SECTION_WORDS)}
        return tuple(sorted(found, key=lambda number: (order[number.section], number.start)))


def _rule_of(item: Item) -> str:
    """自然人 beside 收到 is NAR-03's, beside 予以公开 NAR-04's."""
    kinds = {hit.term.kind for hit in item.hits}
    if "applicant" in kinds and not kinds & {"result", "detail"}:
        return "applicants"
    return (item.lead.term.rule or "") if item.lead else ""


def plain(number: Number) -> str:
    """A number as a message repeats it: 12.5万 as 125000, a share with its sign."""
    return figure(number.value) + ("%" if number.is_share else "")


def wholes(figures: Figures) -> dict[str, list[Reading]]:
    """What shares are usually of: what came in, what was dealt with, both ways of counting."""
    edition = figures.edition
    return {
        "received": base_readings(edition, (RECEIVED,), HANDLED),
        "closed": base_readings(edition, ("dispositions.total",)),
        "brought": base_readings(edition, (BROUGHT,)),
    }
