"""What a worker does with a dropped file; tasks take and give plain data, which can be sent over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbook.campaign.distribute import unit_book
from workbook.campaign.examine import Context, Examined, lost, review_handed_in, rulebook_of
from workbook.campaign.examine import examine as examine_chunk
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.intake import Arrived, HandedIn
from workbook.campaign.ledger import Ledger
from workbook.campaign.matching import Match
from workbook.campaign.recheck import context_of
from workbook.campaign.settings import read_settings
from workbook.desk.dropped import CampaignAt, Dropped, UnitCase
from workbook.desk.view import page_view
from workbook.files.atomic import replace_file
from workbook.form.editionfile import edition_by_id
from workbook.form.facts import facts_document
from workbook.form.filing import Filing
from workbook.problems import UnusableInput
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.publication import blocking
from workbook.published.export import export_docx
from workbook.repair import repair_review
from workbook.report import check_document
from workbook.review import (
    Review,
    annotate,
    narrative_of,
    open_filing,
    review_filing,
    with_explanations,
)
from workbook.rules.rulebook import RuleBook, load_rulebook
from workbook.template.build import build_book


def ready() -> bool:
    """Load what every task needs, before the first visitor waits for it."""
    load_sentences()
    return bool(load_rulebook().rules)


def check(dropped: Dropped) -> dict[str, Any]:
    """The data of a result page. Raises UnusableInput in the visitor's own file's name."""
    review, rulebook, match = _review(dropped)
    passed = dropped.case.passed if dropped.case else {}
    view = page_view(review, rulebook, passed)
    if match is not None and match.unit is not None:
        named = review.result.filing.organ.name or ""
        view["refused"] = match.why if match.fate is not None else None
        view["renamed"] = named if named not in ("", match.unit.name, *match.unit.aliases) else None
    return view


def document(dropped: Dropped) -> dict[str, Any]:
    """What `check --json` prints of one file."""
    review, rulebook, _ = _review(dropped)
    return check_document(review, dropped.name, rulebook)


def facts(path: Path, name: str, year: int | None, edition: str | None) -> dict[str, Any]:
    """What `facts` prints of one file."""
    return facts_document(_open(path, name, year=year, edition=edition)[0])


def narrative(dropped: Dropped) -> dict[str, Any]:
    """The narrative, sentence by sentence with the cells each speaks of."""
    written = narrative_of(_review(dropped)[0], _prior(dropped.previous))
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


def commented(dropped: Dropped, target: Path) -> None:
    """A copy with notes and 校验结果, what the unit said on the page beside its findings."""
    review, rulebook, _ = _review(dropped)
    annotate(review, target, rulebook)


def repaired(dropped: Dropped, causes: tuple[int, ...], target: Path) -> None:
    """A fresh form with the corrections that the visitor chose."""
    review, rulebook, _ = _review(dropped)
    changes = tuple(
        change
        for cause in review.result.causes
        if cause.number in causes and cause.unique
        for change in cause.changes
    )
    replace_file(target, repair_review(review, rulebook, changes).data, sync=False)


def printed(dropped: Dropped, target: Path) -> None:
    """The report as a Word document, dated today. Raises UnusableInput while there are errors."""
    review, rulebook, _ = _review(dropped)
    if errors := len(blocking(review, rulebook)):
        raise UnusableInput(f"表中还有{errors}处错误，改正后才能生成Word年报。")
    today = date.today()  # noqa: DTZ011 - the day where the office is
    replace_file(target, export_docx(review.result.filing, today), sync=False)


def blank(edition_id: str, target: Path) -> None:
    """An empty form."""
    edition = edition_by_id(edition_id)
    if edition is None:
        raise UnusableInput("没有这个版式。")
    sentences = live_sentences(edition, load_sentences())
    replace_file(target, build_book(edition, load_rulebook(), sentences=sentences), sync=False)


def unit_form(campaign: CampaignAt, unit: str, target: Path) -> str:
    """The form that a unit is handed out, with its identity and last year's figures; gives its name."""
    name, data = unit_book(CampaignFolder(campaign.path), unit)
    replace_file(target, data, sync=False)
    return name


def examine(campaign: CampaignAt, items: Sequence[Arrived]) -> list[Examined]:
    """What recheck makes of reports that were handed in."""
    return examine_chunk(items, _context(campaign))


def give_up(campaign: CampaignAt, item: Arrived) -> Examined:
    """The row of a report that a worker died over."""
    return lost(item, _context(campaign))


@lru_cache(maxsize=2)
def _context(campaign: CampaignAt) -> Context:
    folder = CampaignFolder(campaign.path)
    with Ledger(folder.ledger) as ledger:
        return context_of(folder, ledger, read_settings(folder.settings), copies=False)


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


def _review(dropped: Dropped) -> tuple[Review, RuleBook, Match | None]:
    """The report checked; that of a unit with its campaign's rules, last year and earlier explanations."""
    if dropped.case is not None:
        return _unit_review(dropped, dropped.case)
    filing, grid = _open(dropped.path, dropped.name)
    review = review_filing(filing, grid, dropped.path, load_rulebook(), _prior(dropped.previous))
    return with_explanations(review, dropped.said), load_rulebook(), None


def _unit_review(dropped: Dropped, case: UnitCase) -> tuple[Review, RuleBook, Match]:
    now = datetime.now(UTC)
    said = HandedIn(case.code, (*case.explained.items(), *dropped.said.items()))
    item = Arrived("", dropped.name, dropped.name, "", 0, now, now, dropped.path, handed_in=said)
    context = _context(case.campaign)
    review, match = review_handed_in(item, context, _prior(dropped.previous))
    return review, rulebook_of(context), match


TASKS: Mapping[str, Callable[..., Any]] = {
    task.__name__: task
    for task in (
        ready, check, document, facts, narrative, commented, repaired, printed, blank, unit_form, examine,
        give_up,
    )
}  # fmt: skip
