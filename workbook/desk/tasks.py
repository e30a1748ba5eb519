"""What a worker does with a dropped file; tasks take and give plain data, which can be sent over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbook.desk.view import page_view
from workbook.explanations import Explanations, finding_key
from workbook.files.atomic import replace_file
from workbook.form.edition import edition_by_id
from workbook.form.facts import facts_document
from workbook.form.filing import Filing
from workbook.problems import UnusableInput
from workbook.prose.sentences import live_sentences, load_sentences
from workbook.repair import repair_review
from workbook.report import check_document
from workbook.review import Review, annotate, narrative_of, open_filing, review_filing
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book


def ready() -> bool:
    """Load what every task needs, before the first visitor waits for it."""
    load_sentences()
    return bool(load_rulebook().rules)


def check(path: Path, name: str, previous: Path | None) -> dict[str, Any]:
    """The data of a result page. Raises UnusableInput in the visitor's own file's name."""
    return page_view(_review(path, name, previous), name, load_rulebook())


def document(path: Path, name: str, previous: Path | None) -> dict[str, Any]:
    """What `check --json` prints of one file."""
    return check_document(_review(path, name, previous), name, load_rulebook())


def facts(path: Path, name: str, year: int | None, edition: str | None) -> dict[str, Any]:
    """What `facts` prints of one file."""
    return facts_document(_open(path, name, year=year, edition=edition)[0])


def narrative(path: Path, name: str, previous: Path | None) -> dict[str, Any]:
    """The narrative, sentence by sentence with the cells each speaks of."""
    written = narrative_of(_review(path, name, previous), _prior(previous))
    return {
        "text": written.text,
        "sentences": [
            {
                "section": sentence.section,
                "text": sentence.text,
                "cells": [str(cell) for cell in sentence.cells],
                "written": not sentence.blocked,
            }
            for sentence in written.sentences
        ],
    }


def commented(path: Path, name: str, previous: Path | None, said: Mapping[str, str], target: Path) -> None:
    """A copy with notes and 校验结果, what the unit said on the page beside its findings."""
    review = _review(path, name, previous, said)
    annotate(review, target, load_rulebook())


def repaired(path: Path, name: str, previous: Path | None, causes: tuple[int, ...], target: Path) -> None:
    """A fresh form with the corrections that the visitor chose."""
    review = _review(path, name, previous)
    changes = tuple(
        change
        for cause in review.result.causes
        if cause.number in causes and cause.unique
        for change in cause.changes
    )
    replace_file(target, repair_review(review, load_rulebook(), changes).data, sync=False)


def blank(edition_id: str, target: Path) -> None:
    """An empty form."""
    edition = edition_by_id(edition_id)
    if edition is None:
        raise UnusableInput("没有这个版式。")
    sentences = live_sentences(edition, load_sentences())
    replace_file(target, build_book(edition, load_rulebook(), sentences=sentences), sync=False)


def _open(
    path: Path, name: str, *, year: int | None = None, edition: str | None = None
) -> tuple[Filing, Any]:
    """Read under our own name on the disk; trouble is told under the visitor's."""
    try:
        return open_filing(path, year=year, edition_id=edition)
    except UnusableInput as problem:
        raise UnusableInput(str(problem).replace(path.name, name)) from problem


def _prior(previous: Path | None) -> Filing | None:
    return _open(previous, "上年报告")[0] if previous else None


def _review(path: Path, name: str, previous: Path | None, said: Mapping[str, str] | None = None) -> Review:
    filing, grid = _open(path, name)
    review = review_filing(filing, grid, path, load_rulebook(), _prior(previous))
    return _with_explanations(review, said) if said else review


def _with_explanations(review: Review, said: Mapping[str, str]) -> Review:
    """What was said on the page counts as if it stood in the workbook's own 校验结果."""
    keys = {key: text for joined, text in said.items() for key in joined.split(";") if text.strip()}
    explained = dict(review.result.explanations)
    for number, finding in enumerate(review.result.findings):
        if (text := keys.get(finding_key(finding))) is not None:
            explained[number] = text
    merged = Explanations({**review.said.by_key, **keys}, review.said.prepared)
    return replace(review, result=replace(review.result, explanations=explained), said=merged)


TASKS: Mapping[str, Callable[..., Any]] = {
    task.__name__: task for task in (ready, check, document, facts, narrative, commented, repaired, blank)
}
