"""A person's edits of the generated narrative: which changed a number, and which only the wording.

What changed a number is held against the tables as any prose is; what only changed words is hers to keep.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import SequenceMatcher
from enum import Enum

from workbook.form.filing import Filing
from workbook.form.labels import plain
from workbook.prose.narrator import Narrative
from workbook.prose.numbers import find_numbers
from workbook.prose.passage import read_passage
from workbook.prose.verify import verify_prose
from workbook.rules.findings import StatedNumber, Verdict
from workbook.rules.rulebook import RuleBook

_MOST_SIGNS = 20_000  # of one section; a narrative that long is none
_ALIKE = 0.4  # two sentences less alike than this are not one edited into the other
_LONGEST_SHOWN = 40


class Change(Enum):
    """What was done to a sentence."""

    NUMBER = "number"
    WORDING = "wording"
    ADDED = "added"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Edit:
    """One sentence that somebody changed: as generated (`was`, "" where added) and as it stands (`text`).

    `numbers` are those it states and the generated one does not, with what the tables say of them.
    """

    change: Change
    was: str
    text: str
    numbers: tuple[StatedNumber, ...] = ()

    @property
    def words(self) -> str:
        """The edit in one Chinese line."""
        shown = self.text or self.was
        shown = shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "……"
        match self.change:
            case Change.WORDING:
                return f"“{shown}”只改了文字，数字没有变，可以保留。"
            case Change.LEFT_OUT:
                return f"生成的“{shown}”没有保留。"
            case Change.ADDED:
                said = "是新加的句子" + ("" if self.numbers else "，没有数字。")
            case Change.NUMBER:
                said = "改了数字" + ("" if self.numbers else "：原有的数字没有再写，请看是否有意删去。")
        return f"“{shown}”{said}" + (
            "：" + "；".join(map(_judged, self.numbers)) + "。" if self.numbers else ""
        )


def find_edits(
    lines: Sequence[str],
    narrative: Narrative,
    filing: Filing,
    rulebook: RuleBook,
    prior: Filing | None = None,
) -> tuple[Edit, ...]:
    """The sentences of an edited narrative, given in lines, that differ from the one generated now."""
    fresh = {key: "\n".join(item.text for item in told) for key, told in narrative.paragraphs.items()}
    standing = _by_section(lines, narrative)
    told = replace(filing, sections=standing, words_read=True)
    numbers = verify_prose(told, rulebook, prior).numbers
    found: list[Edit] = []
    for section in {**fresh, **standing}:
        stated = [number for number in numbers if number.section == section]
        found += _section_edits(section, fresh.get(section, ""), standing.get(section, ""), stated)
    return tuple(found)


def _by_section(lines: Sequence[str], narrative: Narrative) -> dict[str, str]:
    """The lines under each heading; what stands before the first belongs to the first section."""
    headings = {plain(text): section for section, text in narrative.headings.items()}
    current = next(iter(narrative.headings), "overview")
    found: dict[str, list[str]] = {}
    for line in lines:
        section = headings.get(plain(line))
        if section is not None:
            current = section
        else:
            found.setdefault(current, []).append(line)
    return {section: "\n".join(texts)[:_MOST_SIGNS] for section, texts in found.items()}


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence with where it stands in its section, and how often it states what."""

    text: str
    start: int
    end: int
    counts: Mapping[tuple[Decimal, str], int]


def _section_edits(section: str, before: str, after: str, stated: Sequence[StatedNumber]) -> Iterator[Edit]:
    old, new = _sentences(section, before), _sentences(section, after)
    matcher = SequenceMatcher(None, [item.text for item in old], [item.text for item in new], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        rest = list(old[a:b])
        for item in new[c:d]:
            twin = max(rest, key=lambda other: _alike(other.text, item.text), default=None)
            if twin is None or _alike(twin.text, item.text) < _ALIKE:
                yield Edit(Change.ADDED, "", item.text, _new_numbers(item, {}, stated))
                continue
            rest.remove(twin)
            if item.counts == twin.counts:
                yield Edit(Change.WORDING, twin.text, item.text)
            else:
                numbers = _new_numbers(item, twin.counts, stated)
                yield Edit(Change.NUMBER, twin.text, item.text, numbers)
        for item in rest:
            yield Edit(Change.LEFT_OUT, item.text, "")


def _sentences(section: str, text: str) -> list[_Said]:
    passage = read_passage(section, text)
    found: list[_Said] = []
    for start, end in passage.sentences:
        counts = Counter((number.value, number.unit) for number in find_numbers(passage.text[start:end]))
        first, last = passage.span(start, end)
        found.append(_Said(passage.quote(start, end), first, last, counts))
    return found


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _new_numbers(
    item: _Said, before: Mapping[tuple[Decimal, str], int], stated: Sequence[StatedNumber]
) -> tuple[StatedNumber, ...]:
    """The numbers of a sentence whose value the generated one does not state."""
    known = {value for value, _ in before}
    return tuple(
        number for number in stated if item.start <= number.start < item.end and number.value not in known
    )


def _judged(number: StatedNumber) -> str:
    match number.verdict:
        case Verdict.VERIFIED:
            return f"{number.text}与表相符"
        case Verdict.UNVERIFIABLE:
            return f"{number.text}表中没有或无从核对，请自行核对"
        case _:
            return f"{number.text}与表不符（{number.why.rstrip('。')}），请核对"
