"""Each number of a sentence against the tables: verified, only rounded, wrong, or unverifiable and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from workbook.form.edition import CellId
from workbook.form.filing import Place
from workbook.form.values import figure
from workbook.prose.binding import base_readings
from workbook.prose.grammar import Grammar
from workbook.prose.numbers import Number, agrees
from workbook.prose.passage import Passage
from workbook.prose.sentence import Item, Sentence
from workbook.prose.standing import BROUGHT, HANDLED, RECEIVED, Figures, Reading
from workbook.rules.findings import Given, StatedNumber, Verdict
from workbook.rules.procedures import Failed
from workbook.rules.procedures import Verdict as Answer

_INNER = str.maketrans("“”", "‘’")
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

    def is_in_table(self, item: Item) -> bool:
        """Whether one of a number's readings has its figure."""
        true = [self.figures.of(reading.cells) for reading in item.readings]
        return any(value is not None and agrees(item.number, value) for value in true)

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
