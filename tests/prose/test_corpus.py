"""The corpus of sentences: how many, and how well each part is read, rule by rule.

Each held-out part was written before the grammar had been tried on it and read once before anything was
mended by it; what that first reading gave is told at its head. What the parts give now is asserted here, so
that it stays. A `kept` part is never used for mending: it measures what wordings nobody has tried can expect.
"""

from __future__ import annotations

import pytest

from tests.prose.corpus import FOLDER, score, sentences

PARTS = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "reports")
WANTED = 0.98
RECALLED = 0.92  # of the parts with the most unusual wordings; most stand above 0.97
KEPT, KEPT_WANTED, KEPT_RECALLED = "kept", 0.97, 0.94
MEASURED = "kept_3"  # what wordings nobody has tried must reach: both at least WANTED
HARD = {
    "held_out_72": (0.92, 0.90)
}  # right sentences that look wrong above all: parts, other units, other years


def test_there_are_enough_sentences_and_none_stands_twice() -> None:
    everything = [(item.report, item.text, item.section) for part in PARTS for item in sentences(part)]
    assert len(everything) >= 300 and len(sentences("held_out_07")) >= 60
    assert len(set(everything)) == len(everything)


@pytest.mark.parametrize("part", PARTS)
def test_precision_and_recall(part: str) -> None:
    measured, misread = score(part)
    print(f"\n{part}: {len(sentences(part))} sentences\n{measured.table()}")  # noqa: T201 - asked for with pytest -s
    assert measured.right.total() > 20
    wrong = [f"{item.report} {item.text}: {sorted(found)}" for item, found in misread]
    wanted, recalled = (KEPT_WANTED, KEPT_RECALLED) if part.startswith(KEPT) else (WANTED, RECALLED)
    wanted, recalled = HARD.get(part, (wanted, recalled))
    recalled = WANTED if part == MEASURED else recalled
    assert measured.precision() >= wanted and measured.recall() >= recalled, wrong


def test_every_rule_on_sentences_is_measured_somewhere() -> None:
    broken = {rule for part in PARTS for item in sentences(part) for rule in item.wrong}
    on_sentences = {f"NAR-{number:02}" for number in range(1, 23)} - {"NAR-15", "NAR-19", "NAR-21", "NAR-22"}
    assert broken == on_sentences
