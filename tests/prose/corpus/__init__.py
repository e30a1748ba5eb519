"""Sentences with the rules they break: `building` to build by; held-out parts, read once before mending."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from workbook.form.edition import CellId
from workbook.form.editionfile import edition_by_id
from workbook.form.filing import Fact, Filing, Organ
from workbook.prose.verify import ProseCheck, verify_prose
from workbook.rules.rulebook import load_rulebook

FOLDER = Path(__file__).parent
_COLUMNS = {
    "applications": [
        "natural_person",
        "business",
        "research",
        "public_interest",
        "legal_services",
        "other",
        "total",
    ],
    "challenges": ["upheld", "corrected", "other", "pending", "total"],
}
# Rules on whole sections: a single sentence cannot keep them, their own cases measure them.
WHOLE_SECTION = frozenset({"NAR-19", "NAR-22", "YOY-08", "PLS-07", "STK-07", "NAR-21", "NAR-15"})


@dataclass(frozen=True)
class Sentence:
    """One sentence of the corpus: whose report, the words, the rules it breaks."""

    report: str
    text: str
    section: str
    wrong: frozenset[str]


def sentences(name: str) -> list[Sentence]:
    """The sentences of one part."""
    entries = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return [
        Sentence(item["r"], item["s"], item.get("in", "overview"), frozenset(item["wrong"].split()))
        for item in entries
    ]


@lru_cache(maxsize=16)
def reports() -> Mapping[str, tuple[Filing, Filing | None]]:
    """The reports the sentences speak of, each with last year's where it has one."""
    given = yaml.safe_load((FOLDER / "reports.yaml").read_text(encoding="utf-8"))
    return {
        name: (
            _filing(item),
            _filing({**item, **item["previous"], "year": item["year"] - 1}) if "previous" in item else None,
        )
        for name, item in given.items()
    }


def _filing(item: Mapping[str, Any]) -> Filing:
    edition = edition_by_id(item["edition"])
    assert edition is not None
    values: dict[CellId, Decimal] = dict.fromkeys(edition.cells, Decimal(0))
    for table, columns in _COLUMNS.items():
        for row, figures in item.get(table, {}).items():
            for column, value in zip(columns, str(figures).split(), strict=True):
                cell = CellId(table, row, column)
                assert cell in edition.cell_set, cell
                values[cell] = Decimal(value)
    for name, value in item.get("proactive", {}).items():
        cell = CellId.parse(f"proactive.{name}")
        assert cell in edition.cell_set, cell
        values[cell] = Decimal(str(value))
    for total, parts in edition.totals.items():
        assert values[total] == sum(values[part] for part in parts), f"{item['what']}: {total}"
    organ = Organ(item["organ"], item["level"])
    facts = {cell: Fact(cell, value, value) for cell, value in values.items()}
    return Filing(organ, item["year"], edition.id, item["scope"], facts, words_read=True)


def read(sentence: Sentence) -> ProseCheck:
    """What the prose of a report with this one sentence answers."""
    filing, prior = reports()[sentence.report]
    return verify_prose(replace(filing, sections={sentence.section: sentence.text}), load_rulebook(), prior)


def found_rules(sentence: Sentence) -> frozenset[str]:
    """The rules the reader says a sentence breaks."""
    return frozenset(finding.rule for finding in read(sentence).findings) - WHOLE_SECTION


@dataclass(frozen=True)
class Score:
    """Right flags, false flags and missed ones by rule."""

    right: Counter[str]
    false: Counter[str]
    missed: Counter[str]

    def precision(self, rule: str | None = None) -> float:
        """Of the flags raised, the share that was right (1 where none was raised)."""
        right, false = self._sums(rule, self.false)
        return right / (right + false) if right + false else 1.0

    def recall(self, rule: str | None = None) -> float:
        """Of the breaches there are, the share that was flagged (1 where there is none)."""
        right, missed = self._sums(rule, self.missed)
        return right / (right + missed) if right + missed else 1.0

    def _sums(self, rule: str | None, other: Counter[str]) -> tuple[int, int]:
        if rule is not None:
            return self.right[rule], other[rule]
        return self.right.total(), other.total()

    def table(self) -> str:
        """The scores, a line a rule."""
        rules = sorted({*self.right, *self.false, *self.missed})
        lines = [f"{'rule':<8}{'right':>6}{'false':>6}{'missed':>7}{'precision':>11}{'recall':>8}"]
        for rule in [*rules, None]:
            counts = [(c[rule] if rule else c.total()) for c in (self.right, self.false, self.missed)]
            lines.append(
                f"{rule or 'all':<8}{counts[0]:>6}{counts[1]:>6}{counts[2]:>7}"
                f"{self.precision(rule):>11.1%}{self.recall(rule):>8.1%}"
            )
        return "\n".join(lines)


def score(name: str) -> tuple[Score, list[tuple[Sentence, frozenset[str]]]]:
    """The scores of one part, and the sentences read wrongly with what was said of them."""
    right: Counter[str] = Counter()
    false: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    misread = []
    for sentence in sentences(name):
        found = found_rules(sentence)
        right.update(found & sentence.wrong)
        false.update(found - sentence.wrong)
        missed.update(sentence.wrong - found)
        if found != sentence.wrong:
            misread.append((sentence, found))
    return Score(right, false, missed), misread
