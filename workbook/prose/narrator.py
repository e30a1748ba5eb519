"""The narrative (综述): what the tables say, in the customary sentences of a report.

Only figures of the workbook, every sentence with the cells it speaks of. Where a figure is in doubt the
sentence is not written; one line a cause says what has to be cleared first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.form.values import figure
from workbook.prose.doubts import Doubts, is_known
from workbook.prose.patterns import (
    BoundListing,
    BoundPiece,
    Insert,
    Word,
    cells_of,
    cells_of_pieces,
    split_cells,
)
from workbook.prose.phrasebook import (
    BoundSentence,
    LiveSentence,
    ParagraphPattern,
    SentenceBook,
    live_sentences,
)
from workbook.rules.binding import Bound
from workbook.rules.evaluate import Unknown, evaluate
from workbook.rules.findings import CheckResult

__all__ = ["LiveSentence", "Narrative", "Paragraph", "Sentence", "live_sentences", "narrate"]

_HUNDREDTH = Decimal("0.01")
_MOST_TOPICS = 4


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, or the line that stands for sentences that cannot be written yet.

    `cells` are this year's figures it states, or whose being 0 decides its words, `prior_cells` last year's.
    Where `blocked` names a cause (0: a figure nobody complained about is not known) the text is a 【待核】
    line that stands for the sentences in `stands_for`, and `cells` are the figures in doubt.
    """

    id: str
    section: str
    text: str
    cells: tuple[CellId, ...]
    prior_cells: tuple[CellId, ...] = ()
    blocked: tuple[int, ...] = ()
    stands_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that stand together; `lead` opens the first that is written."""

    id: str
    section: str
    lead: str
    sentences: tuple[Sentence, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The paragraph in lines: what is written runs on, a 【待核】 line stands alone."""
        lines: list[str] = []
        lead = self.lead
        for blocked, run in groupby(self.sentences, key=lambda sentence: bool(sentence.blocked)):
            texts = [sentence.text for sentence in run]
            lines += texts if blocked else [lead + "".join(texts)]
            lead = lead if blocked else ""
        return tuple(lines)

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Narrative:
    """The narrative of one report: paragraphs by section, sections in the order of the form.

    A section nothing can be said about is there without paragraphs; `headings` has the form's own.
    """

    paragraphs: Mapping[str, tuple[Paragraph, ...]]
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence, in order."""
        return tuple(
            sentence
            for paragraphs in self.paragraphs.values()
            for paragraph in paragraphs
            for sentence in paragraph.sentences
        )

    @property
    def text(self) -> str:
        """The whole, each section under its heading; sections without a word are left out."""
        return "\n".join(
            line
            for section, paragraphs in self.paragraphs.items()
            if paragraphs
            for line in (self.headings.get(section, section), *(item.text for item in paragraphs))
        )


def narrate(result: CheckResult, sentences: SentenceBook, prior: Filing | None = None) -> Narrative:
    """The narrative of a checked report; sentences about last year only where `prior` is that year's report.

    Raises UnusableInput for a filing of an unknown edition; a doubtful figure is a 【待核】 line, no error.
    """
    return _Writer(result, sentences, _last_year(result.filing, prior)).narrative()


def _last_year(filing: Filing, prior: Filing | None) -> Filing | None:
    """Last year's report where it may be compared: the year before, the same scope."""
    if prior is None:
        return None
    if filing.year is not None and prior.year is not None and prior.year != filing.year - 1:
        return None
    if filing.scope and prior.scope and filing.scope != prior.scope:
        return None
    return prior


@dataclass(slots=True)
class _Pending:
    """What one cause holds up."""

    paragraph: ParagraphPattern
    sentences: dict[str, str] = field(default_factory=dict)  # id → topic
    cells: dict[CellId, None] = field(default_factory=dict)


class _Writer:
    def __init__(self, result: CheckResult, book: SentenceBook, prior: Filing | None) -> None:
        self.filing = result.filing
        self.prior = prior
        self.book = book
        self.doubts = Doubts(result)
        self.pending: dict[int, _Pending] = {}

    def narrative(self) -> Narrative:
        edition = self.filing.edition
        slots: dict[str, list[Sentence | int]] = {pattern.id: [] for pattern in self.book.paragraphs}
        for bound in self.book.bound(edition, self.prior.edition if self.prior else edition):
            if bound.pattern.covers_year(self.filing.year, edition):
                slots[bound.pattern.paragraph.id] += self._written(bound)
        paragraphs: dict[str, tuple[Paragraph, ...]] = {section.id: () for section in edition.sections}
        for pattern in self.book.paragraphs:
            if slots[pattern.id]:
                paragraph = Paragraph(
                    pattern.id,
                    pattern.section,
                    "".join(piece if isinstance(piece, str) else self._word(piece) for piece in pattern.lead),
                    tuple(
                        slot if isinstance(slot, Sentence) else self._line(slot) for slot in slots[pattern.id]
                    ),
                )
                paragraphs[pattern.section] += (paragraph,)
        return Narrative(paragraphs, {section.id: section.heading for section in edition.sections})

    def _written(self, bound: BoundSentence) -> list[Sentence | int]:
        """The sentence; or the causes it has to wait for, those not met before; or nothing."""
        now: dict[CellId, None] = {}
        then: dict[CellId, None] = {}
        for variant in bound.variants:
            asked = split_cells(cells_of(variant.when)) if variant.when else ((), ())
            said = split_cells(cells_of_pieces(variant.pieces))
            if not self._prior_known(variant.when, variant.pieces):
                continue
            now.update(dict.fromkeys(asked[0]))
            then.update(dict.fromkeys(asked[1]))
            if doubts := self.doubts.of(now):
                return self._hold_up(bound, doubts)
            if variant.when is not None and evaluate(variant.when, self._figure, {}) is not True:
                continue
            now.update(dict.fromkeys(said[0]))
            then.update(dict.fromkeys(said[1]))
            if doubts := self.doubts.of(now):
                return self._hold_up(bound, doubts)
            text = self._text(variant.pieces)
            if text is None:
                return []
            pattern = bound.pattern
            return [Sentence(pattern.id, pattern.paragraph.section, text, tuple(now), tuple(then))]
        return []

    def _prior_known(self, when: Bound | None, pieces: tuple[BoundPiece, ...]) -> bool:
        names = [*(cells_of(when) if when else ()), *cells_of_pieces(pieces)]
        return all(
            self.prior is not None and bool(name.cells) and all(is_known(self.prior, c) for c in name.cells)
            for name in names
            if name.prior
        )

    def _hold_up(self, bound: BoundSentence, doubts: Mapping[int, Iterable[CellId]]) -> list[Sentence | int]:
        pattern = bound.pattern
        fresh: list[Sentence | int] = [number for number in doubts if number not in self.pending]
        for number, cells in doubts.items():
            waiting = self.pending.setdefault(number, _Pending(pattern.paragraph))
            waiting.sentences[pattern.id] = pattern.topic
            waiting.cells.update(dict.fromkeys(cells))
        return fresh

    def _line(self, number: int) -> Sentence:
        waiting = self.pending[number]
        topics = list(dict.fromkeys(waiting.sentences.values()))
        named = "、".join(topics[:_MOST_TOPICS]) + ("等项" if len(topics) > _MOST_TOPICS else "")
        return Sentence(
            id=next(iter(waiting.sentences)),
            section=waiting.paragraph.section,
            text=f"【待核】{named}待核：{self.doubts.words(number, waiting.cells)}。",
            cells=tuple(waiting.cells),
            blocked=(number,),
            stands_for=tuple(waiting.sentences),
        )

    def _text(self, pieces: Iterable[BoundPiece]) -> str | None:
        """The words of a wording; None where a share or a growth has nothing to stand on."""
        texts: list[str] = []
        for piece in pieces:
            match piece:
                case str():
                    text: str | None = piece
                case Word():
                    text = self._word(piece)
                case Insert(helper, arguments):
                    text = _said(helper, [self._amount(node) for node in arguments])
                case BoundListing():
                    text = self._list(piece)
            if text is None:
                return None
            texts.append(text)
        return "".join(texts)

    def _list(self, listing: BoundListing) -> str | None:
        shown = [item for item in listing.items if self._amount(item.value) != 0]
        if len(shown) == 1:
            return self._text(shown[0].alone)
        texts = [self._text(item.each) for item in shown]
        written = [text for text in texts if text is not None]
        if len(written) < len(texts):
            return None
        return listing.lead + listing.separator.join(written) if written else ""

    def _word(self, word: Word) -> str:
        if word.name == "year":
            return f"{self.filing.year}年" if self.filing.year is not None else "本年度"
        return self.filing.organ.name or "本机关"

    def _amount(self, node: Bound) -> Decimal:
        value = evaluate(node, self._figure, {})
        if not isinstance(value, Decimal):  # never: every cell was known, and a place holds no division
            raise TypeError(f"no figure: {node}")
        return value

    def _figure(self, cell: CellId, prior: bool) -> Decimal | Unknown:
        source = self.prior if prior else self.filing
        value = source.value(cell) if source else None
        return Unknown("未填") if value is None else value


def _said(helper: str, amounts: list[Decimal]) -> str | None:
    """Amounts in words; None for a share of nothing, or growth from nothing."""
    first, base = amounts[0], amounts[-1]
    match helper:
        case "share":
            return f"{_percent(first / base)}%" if base else None
        case "growth":
            if not base:
                return None
            if first == base:
                return "持平"
            percent = _percent(abs(first - base) / base)
            if not Decimal(percent):
                return "基本持平"  # 0.00% would deny the difference
            return ("增长" if first > base else "下降") + f"{percent}%"
        case "change":
            return ("减少" if first < 0 else "增加") + figure(abs(first))
        case _:  # PLAIN
            return figure(first)


def _percent(ratio: Decimal) -> str:
    return format((ratio * 100).quantize(_HUNDREDTH, ROUND_HALF_UP), "f")
