"""Sentences with figures to fill in: right ones say nothing, a wrong figure is found, others are let be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from tests.prose.corpus import Sentence, found_rules, reports
from workbook.form.edition import CellId

GIVEN = yaml.safe_load((Path(__file__).parent / "frames.yaml").read_text(encoding="utf-8"))
REPORTS = ("A", "K8")
_CHANGED = re.compile(r"\{(\w+)\*\}")
_LARGE = 20


def figures(report: str) -> Mapping[str, int]:
    """What the names in braces stand for: sums of cells, groups of results by the head of their rows."""
    facts = reports()[report][0].facts
    found = {}
    for name, cells in GIVEN["figures"].items():
        total = 0
        for text in cells.split(" + "):
            wanted = CellId.parse(text.replace(".*[", "["))
            for cell, fact in facts.items():
                is_row = cell.row == wanted.row or (".*[" in text and cell.row.startswith(f"{wanted.row}."))
                if cell.table == wanted.table and is_row and cell.column == wanted.column:
                    total += int(fact.value or 0)
        found[name] = total
    return found


def _wrong() -> Iterator[tuple[str, str, str]]:
    for group in GIVEN["wrong"]:
        for frame in group["frames"]:
            yield group["rule"], group["section"], frame


@pytest.mark.parametrize("report", REPORTS)
def test_a_wrong_figure_is_found_and_the_right_one_is_not(report: str) -> None:
    known, failed = figures(report), []
    for rule, section, frame in _wrong():
        name = _CHANGED.findall(frame)[0]
        other = known[name] + (11 if known[name] > _LARGE else 3)
        right = frame.replace("*}", "}").format(**known)
        wrong = _CHANGED.sub(str(other), frame).format(**known)
        if found := found_rules(Sentence(report, right, section, frozenset())):
            failed.append(f"{right}: {sorted(found)}")
        if rule not in found_rules(Sentence(report, wrong, section, frozenset())):
            failed.append(f"{wrong}: no {rule}")
    assert not failed


@pytest.mark.parametrize("report", REPORTS)
def test_what_only_looks_wrong_is_left_alone(report: str) -> None:
    known = figures(report)
    texts = [frame.format(**known) for frame in GIVEN["right"]]
    flagged = {text: sorted(found_rules(Sentence(report, text, "overview", frozenset()))) for text in texts}
    assert not {text: rules for text, rules in flagged.items() if rules}


def test_there_are_enough_frames() -> None:
    assert len(list(_wrong())) > 150 and len(GIVEN["right"]) > 150
