"""Weights and confidences are data: read strictly, every weight with its reason, no confidence invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbook.locate.confidence import CONFIDENCE_FILE, Standing, class_confidence, read_confidence
from workbook.locate.weights import WEIGHTS_FILE, read_weights
from workbook.problems import BrokenDefinition


def changed(tmp_path: Path, source: Path, old: str, new: str) -> Path:
    text = source.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / source.name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_every_weight_has_a_reason() -> None:
    weights = read_weights()
    assert all(reason.strip() for reason in weights.reasons.values())
    assert {"change.typed_total", "rival_margin", "effort.nodes"} <= weights.reasons.keys()
    assert weights.change["typed_total"] < weights.change["ordinary"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  sign:", "  sing:"),
        ("rival_margin: {value: 35", "rival_margin: {value: 95"),  # two slips against one and the margin
        ("{value: 90, why:", "{value: ninety, why:"),
        (", why: 少打一位}", "}"),
        (", why: 少打一位}", ", why: ''}"),
        ("{value: 100, why: 一格填错一次", "{value: -100, why: 一格填错一次"),
    ],
)
def test_a_broken_weight_is_named_with_its_line(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(BrokenDefinition, match=r"weights\.yaml:\d+"):
        read_weights(changed(tmp_path, WEIGHTS_FILE, old, new))


def test_confidence_is_what_was_counted() -> None:
    assert Standing(9, 9).confidence == 0.91
    assert Standing(0, 0).confidence == 0.5
    classes = read_confidence()
    assert classes["unique/one/plain"].confidence >= 0.99
    assert all(0 <= item.confidence <= 1 for item in classes.values())
    assert class_confidence("never met") < 0.5
    # Pairs that cancel one another somewhere exist in several columns: never more likely than not.
    assert all(item.confidence <= 0.5 for name, item in classes.items() if name.startswith("open/offset"))


@pytest.mark.parametrize("old", ["right: ", "confidence: "])
def test_a_confidence_nobody_counted_is_refused(tmp_path: Path, old: str) -> None:
    with pytest.raises(BrokenDefinition, match=r"confidence\.yaml:\d+"):
        read_confidence(changed(tmp_path, CONFIDENCE_FILE, old, old + "9"))
