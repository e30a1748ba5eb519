"""One workbook's visit: read, check, group by cause, explain, comment. Command line and button come here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbook.comments import amendment, emptied_results, explained_places
from workbook.explanations import Explanations, finding_key, read_explanations
from workbook.files.amend import Amendment, CellValue, Outcome, amend, sheet_names
from workbook.files.grid import Grid
from workbook.files.scan import read_grid
from workbook.form.anchors import RESULTS, TEXT_SIZES
from workbook.form.edition import CellId
from workbook.form.facts import read_facts
from workbook.form.filing import Filing
from workbook.form.lastyear import read_last_year
from workbook.form.reader import read_filing
from workbook.locate.causes import group_causes
from workbook.problems import UnusableInput
from workbook.prose.edits import find_edits
from workbook.prose.narrator import Narrative, narrate
from workbook.prose.phrasebook import load_sentences
from workbook.prose.verify import stated_figures, verify_prose, with_prose
from workbook.published.gridsource import grid_flow
from workbook.published.reading import is_published, read_published
from workbook.published.recognise import recognise
from workbook.rules.checker import check_filing
from workbook.rules.findings import CheckResult
from workbook.rules.rulebook import RuleBook, load_rulebook
from workbook.summary import summary_values

FACTS_SUFFIXES = frozenset({".json", ".csv"})


@dataclass(frozen=True, slots=True)
class Review:
    """A checked report; `grid` is None where it came as facts, not as a workbook."""

    path: Path
    grid: Grid | None
    result: CheckResult
    said: Explanations


def open_filing(
    path: Path, *, year: int | None = None, edition_id: str | None = None
) -> tuple[Filing, Grid | None]:
    """The report in a file; year and edition hold where it does not say. Raises UnusableInput.

    A workbook of another layout than the form's is read like a published report.
    """
    if path.suffix.lower() in FACTS_SUFFIXES and path.is_file():
        return read_facts(path), None
    if is_published(path):
        return read_published(path, year=year, edition_id=edition_id), None
    grid = read_grid(path)
    try:
        return read_filing(grid, year=year, edition_id=edition_id), grid
    except UnusableInput as error:
        try:
            return recognise(grid_flow(grid), year=year, edition_id=edition_id).filing, grid
        except UnusableInput:
            raise error from None


def review_file(
    path: Path,
    rulebook: RuleBook,
    prior: Filing | None = None,
    *,
    year: int | None = None,
    edition_id: str | None = None,
) -> Review:
    """Read a file and check it, last year's report beside it. Raises UnusableInput.

    Where no report of last year is given, the figures that a handed-out form carries stand in for it. Year
    and edition hold where the file does not say; a fragment that fits several editions is held against the
    newest of them, and its filing says so (`edition_known`).
    """
    filing, grid = open_filing(path, year=year, edition_id=edition_id)
    if prior is None and grid is not None:
        prior = read_last_year(grid)
    return review_filing(filing, grid, path, rulebook, prior)


def check_report(
    filing: Filing,
    rulebook: RuleBook,
    prior: Filing | None = None,
    required: Sequence[CellId] = (),
    published: Filing | None = None,
) -> CheckResult:
    """Every rule on a report, those on its tables and those on its prose; causes are not yet grouped.

    `required`: the cells whose figures a local notice wants in section 一 (NAR-21).
    """
    checked = check_filing(filing, rulebook, prior, published)
    return with_prose(checked, verify_prose(filing, rulebook, prior, required))


def review_filing(
    filing: Filing,
    grid: Grid | None,
    path: Path,
    rulebook: RuleBook,
    prior: Filing | None,
) -> Review:
    """Check a filing already read, with the explanations its workbook carries."""
    return review_result(check_filing(filing, rulebook, prior), grid, path, rulebook, prior)


def review_result(
    checked: CheckResult,
    grid: Grid | None,
    path: Path,
    rulebook: RuleBook,
    prior: Filing | None,
    required: Sequence[CellId] = (),
) -> Review:
    """The review of a filing whose tables were checked: prose read, causes located, explanations beside them.

    `required`: the cells whose figures a local notice wants in section 一. Figures that the sentences repeat
    lend the locator weight; they are no constraints.
    """
    whole = with_prose(checked, verify_prose(checked.filing, rulebook, prior, required))
    result = group_causes(whole, rulebook, prior, stated_figures(whole.numbers))
    said = read_explanations(grid) if grid else Explanations()
    places = explained_places(result)
    explained = {
        number: text
        for number, finding in enumerate(result.findings)
        if (text := said.of(finding, places.get(number, ""))) is not None
    }
    return Review(path, grid, replace(result, explanations=explained), said)


def with_explanations(review: Review, said: Mapping[str, str]) -> Review:
    """The same review with what was said elsewhere than in the workbook, by finding keys joined with ";"."""
    keys = {key: text for joined, text in said.items() for key in joined.split(";") if text.strip()}
    explained = dict(review.result.explanations)
    for number, finding in enumerate(review.result.findings):
        if (text := keys.get(finding_key(finding))) is not None:
            explained[number] = text
    merged = Explanations({**review.said.by_key, **keys}, review.said.prepared)
    return replace(review, result=replace(review.result, explanations=explained), said=merged)


def review_amendment(review: Review, rulebook: RuleBook) -> Amendment:
    """What a review writes into its workbook. Raises UnusableInput where there is no workbook."""
    if review.grid is None:
        raise UnusableInput(f"{review.path.name}：这是数据文件，没有可写批注的工作簿。")
    return amendment(review.result, rulebook, review.grid, review.said)


def annotate(review: Review, target: Path, rulebook: RuleBook, *, in_place: bool = False) -> Outcome:
    """Write a review's notes, tints and result rows into a copy, or into the file itself with a backup.

    Raises UnwritableOutput; the agency's file is whole whatever happens.
    """
    return amend(review.path, target, review_amendment(review, rulebook), backup=in_place)


def clear(source: Path, target: Path) -> Outcome:
    """A copy of any workbook without our notes, tints and result rows; nothing of others' is touched.

    Raises UnusableInput, UnwritableOutput.
    """
    values: tuple[CellValue, ...] = ()
    if RESULTS in sheet_names(source):
        values = emptied_results(read_grid(source))
    return amend(source, target, Amendment(values=values, fit=TEXT_SIZES))


def narrative_of(review: Review, prior: Filing | None = None) -> Narrative:
    """The narrative of a checked report; sentences whose figures are in doubt say so instead."""
    return narrate(review.result, load_sentences(), prior)


def narrative_values(review: Review, grid: Grid, prior: Filing | None = None) -> tuple[CellValue, ...]:
    """What 综述 is to hold: the narrative, below what somebody has edited, and what her edits changed."""
    narrative = narrative_of(review, prior)

    def compared(lines: list[str]) -> list[str]:
        edits = find_edits(lines, narrative, review.result.filing, load_rulebook(), prior)
        return [edit.words for edit in edits]

    return tuple(summary_values(narrative, grid, compared))


def write_narrative(review: Review, target: Path, prior: Filing | None = None) -> Outcome:
    """A copy of the workbook with its narrative in 综述, and nothing else changed.

    Raises UnusableInput where there is no 综述, UnwritableOutput where the copy cannot be written.
    """
    if review.grid is None:
        raise UnusableInput(f"{review.path.name}：这是数据文件，没有可写综述的工作簿。")
    values = narrative_values(review, review.grid, prior)
    return amend(review.path, target, Amendment(values=values, remove_own=False, fit=TEXT_SIZES))


def annotate_and_narrate(review: Review, target: Path, rulebook: RuleBook) -> Outcome:
    """Both in one pass: what the demonstration and the button leave behind."""
    if review.grid is None:
        raise UnusableInput(f"{review.path.name}：这是数据文件，没有可写批注的工作簿。")
    both = review_amendment(review, rulebook)
    values = (*both.values, *narrative_values(review, review.grid))
    return amend(review.path, target, replace(both, values=values))
