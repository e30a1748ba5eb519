"""What a worker does with a chunk of received files: read, tell the unit, check, word, annotate.

Everything a worker needs comes with the context, everything it finds goes back as plain rows; it writes
nothing but annotated copies into the staging folder, each under the digest of the file it was made from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbook.campaign.documents import filing_document, pack_document, unit_document
from workbook.campaign.intake import READABLE, WORKBOOKS, Arrived
from workbook.campaign.lastyear import LastYear, LastYearShelf
from workbook.campaign.matching import Match, Matcher
from workbook.campaign.records import Fate, Tally, Unit
from workbook.campaign.roster import Roster
from workbook.comments import complaints
from workbook.explanations import finding_key
from workbook.files.amend import CellValue, amended
from workbook.files.archive import Archive
from workbook.files.atomic import replace_file
from workbook.files.grid import Grid
from workbook.files.properties import saved_at
from workbook.form.anchors import IDENTITY_KEYS, IDENTITY_SHEET
from workbook.form.edition import CellId
from workbook.form.filing import Filing, Organ
from workbook.form.lastyear import read_last_year
from workbook.problems import BrokenDefinition, Problem, UnusableInput
from workbook.review import Review, open_filing, review_amendment, review_result, with_explanations
from workbook.rules.findings import CheckResult, Severity
from workbook.rules.local import LocalChange, localised
from workbook.rules.matrix import check_filings
from workbook.rules.rulebook import RuleBook, load_rulebook
from workbook.rules.wording import finding_place, word_finding

_MADE_FROM = "made_from"  # a key of the hidden identity in the copies we annotate
_MADE_FROM_ROW = len(IDENTITY_KEYS) + 1
_DIED = "读取这个文件时程序中断，没有读完；其他文件不受影响。请让单位用下发的表重新填报"
# What XlsxWriter writes into a form that nobody has saved since: no time of anybody's.
_NEVER_SAVED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Context:
    """What every chunk is examined with; the same for a whole run, and sent to each worker once."""

    roster: Roster
    key: bytes | None
    campaign: str
    year: int | None  # None outside a campaign: any year is taken
    local: tuple[LocalChange, ...]
    rules: str  # versions that a check depends on
    settings: str
    last_year: Path
    staging: Path | None  # None: no annotated copies
    required: tuple[CellId, ...] = ()  # figures that the notice wants in section 一 (NAR-21)

    def basis(self, unit: Unit | None, last_year_digest: str) -> str:
        """What a check depends on besides the file; a changed roster reopens what found no unit."""
        about = unit_digest(unit) if unit else roster_digest(self.roster)
        return "-".join((self.rules, self.settings, last_year_digest or "0", about))


@dataclass(frozen=True)
class Examined:
    """One received thing after examination: the receipt's columns, its findings, its report."""

    key: str
    row: dict[str, Any]
    findings: tuple[tuple[Any, ...], ...] = ()
    document: bytes | None = None


@dataclass(frozen=True)
class _Bench:
    """What a worker makes of a context once."""

    matcher: Matcher
    rulebook: RuleBook


@lru_cache(maxsize=4096)
def unit_digest(unit: Unit) -> str:
    """Changes when the roster says something else of a unit that its check depends on."""
    document = unit_document(unit)
    for key in ("contact", "telephone", "order", "parent", "corrections", "predecessors"):
        del document[key]
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode("utf-8")).hexdigest()[:12]


@lru_cache(maxsize=4)
def roster_digest(roster: Roster) -> str:
    """Changes when any unit's name, alias or code does."""
    said = repr([(unit.code, unit.name, unit.aliases, unit.scope) for unit in roster.units])
    return hashlib.sha256(said.encode("utf-8")).hexdigest()[:12]


@lru_cache(maxsize=2)
def bench_of(context: Context) -> _Bench:
    """The matcher and the rule book of a context, made once a process."""
    matcher = Matcher(context.roster, context.key, context.campaign, context.year or 0)
    return _Bench(matcher, localised(load_rulebook(), context.local))


def examine(chunk: Sequence[Arrived], context: Context) -> list[Examined]:
    """Examine the files of a chunk in their order; a bad file costs its own row only."""
    bench = bench_of(context)
    with LastYearShelf(context.last_year) as shelf:
        opened = [_open(item, context, bench, shelf) for item in chunk]
    reports = [one for one in opened if isinstance(one, _Opened)]
    checked = iter(check_filings([(one.filing, one.prior) for one in reports], bench.rulebook))
    return [_judge(one, next(checked), context, bench) if isinstance(one, _Opened) else one for one in opened]


def review_handed_in(item: Arrived, context: Context, prior: Filing | None = None) -> tuple[Review, Match]:
    """A report as the campaign will judge it once it is handed in, and whether it is that unit's.

    `prior` stands in where the campaign knows no last year of the unit's. Raises UnusableInput where the
    report cannot be read.
    """
    bench = bench_of(context)
    with LastYearShelf(context.last_year) as shelf:
        opened = _open(item, context, bench, shelf)
    if isinstance(opened, Examined):
        raise UnusableInput(str(opened.row["why"]))
    opened = replace(opened, prior=opened.prior or prior)
    [checked] = check_filings([(opened.filing, opened.prior)], bench.rulebook)
    return _review(opened, checked, context, bench), opened.match


def rulebook_of(context: Context) -> RuleBook:
    """The rules with the campaign's local changes."""
    return bench_of(context).rulebook


@dataclass(frozen=True)
class _Opened:
    """A report that was read and assigned, ready to be checked."""

    item: Arrived
    filing: Filing
    grid: Grid | None
    match: Match
    prior: Filing | None
    basis: str
    saved: datetime


def _open(item: Arrived, context: Context, bench: _Bench, shelf: LastYearShelf) -> _Opened | Examined:
    try:
        filing, grid = open_filing(item.location, year=context.year)
    except BrokenDefinition:
        raise  # no fault of the file's
    except (Problem, MemoryError) as problem:
        said = str(problem) or "内存不足，没有读完。"
        is_book = (
            Path(item.name).suffix.lower() in WORKBOOKS or Path(item.name).suffix.lower() not in READABLE
        )
        fate = Fate.UNREADABLE if is_book else Fate.OTHER_FORMAT
        # Of an unreadable file only its name can tell whose it is; it never counts as that unit's report.
        unit = bench.matcher.unit_of_path(item.path) if context.campaign else None
        said = said.replace(item.location.name, item.name)
        return Examined(item.key, failed_row(item, fate, said, context.basis(None, ""), unit))
    filing = replace(filing, source=item.name)
    match = _match(item, filing, bench) if context.campaign else Match(None)
    unit = match.unit
    last: LastYear | None = shelf.get(unit.code) if unit else None
    prior = last.filing if last else read_last_year(grid) if grid and match.fate is None else None
    if unit is not None:
        organ = filing.organ
        filing = replace(
            filing,
            organ=Organ(organ.name, unit.level or organ.level, unit.rule_power, unit.temporary),
            scope=filing.scope or unit.scope,
            identity=match.identity,
        )
    elif match.identity is not None:
        filing = replace(filing, identity=match.identity)
    saved = saved_at(item.location) if grid is not None else None
    if item.handed_in or saved is None or saved == _NEVER_SAVED or saved > item.arrived:
        saved = item.saved  # what the unit hands in last is what it means, whenever that was saved
    basis = context.basis(unit, last.digest if last else "")
    return _Opened(item, filing, grid, match, prior, basis, saved)


def _match(item: Arrived, filing: Filing, bench: _Bench) -> Match:
    if item.handed_in is not None:
        return bench.matcher.match_handed_in(filing, item.path, item.handed_in.unit)
    return bench.matcher.match(filing, item.path)


def _review(one: _Opened, checked: CheckResult, context: Context, bench: _Bench) -> Review:
    location = one.item.location
    review = review_result(checked, one.grid, location, bench.rulebook, one.prior, context.required)
    return with_explanations(review, dict(one.item.handed_in.said)) if one.item.handed_in else review


def lost(item: Arrived, context: Context) -> Examined:
    """The row of a file whose reading ended a worker, or that no reader of ours was prepared for."""
    unit = bench_of(context).matcher.unit_of_path(item.path) if context.campaign else None
    return Examined(item.key, failed_row(item, Fate.CRASHED, _DIED, context.basis(None, ""), unit))


def _judge(one: _Opened, checked: CheckResult, context: Context, bench: _Bench) -> Examined:
    """Group what a check found and put everything into rows."""
    review = _review(one, checked, context, bench)
    result = review.result
    counts = {severity: result.count(severity) for severity in Severity}
    tally = Tally(
        result.passed, result.failed, len(result.undecided),
        counts[Severity.ERROR], counts[Severity.EXPLAIN], counts[Severity.WARNING],
    )  # fmt: skip
    staged = _annotate(one, review, context, bench.rulebook)
    identity = one.filing.identity
    row = receipt_row(one.item, one.match.fate, one.match.why, one.basis)
    row |= {
        "saved": one.saved.isoformat(),
        "unit": one.match.unit.code if one.match.unit else None,
        "matched_by": one.match.by,
        "organ": one.filing.organ.name,
        "year": one.filing.year,
        "edition": one.filing.edition_id,
        "scope": one.filing.scope,
        "template_version": identity.version if identity else None,
        "made_from": _made_from(one.grid),
        "passed": tally.passed,
        "failed": tally.failed,
        "undecided": tally.undecided,
        "errors": tally.errors,
        "explain": tally.explain,
        "warnings": tally.warnings,
        "staged": int(staged),
    }
    document = pack_document(filing_document(one.filing))
    return Examined(one.item.key, row, tuple(finding_rows(review, bench.rulebook)), document)


def receipt_row(item: Arrived, fate: Fate | None, why: str, basis: str) -> dict[str, Any]:
    """The columns of a receipt that every received thing has; `fate` None: a report that may count."""
    return {
        "key": item.key, "path": item.path, "sha256": item.sha256, "size": item.size,
        "arrived": item.arrived.isoformat(), "saved": item.saved.isoformat(), "present": 1,
        "verdict": fate.value if fate else "filing", "fate": fate.value if fate else Fate.CURRENT.value,
        "why": why, "unit": None, "matched_by": "", "organ": None, "year": None, "edition": None,
        "scope": None, "template_version": None, "made_from": None, "passed": None, "failed": None,
        "undecided": None, "errors": None, "explain": None, "warnings": None, "basis": basis,
        "tried": basis, "staged": 0,
    }  # fmt: skip


def failed_row(item: Arrived, fate: Fate, why: str, basis: str, unit: Unit | None = None) -> dict[str, Any]:
    """The row of a thing that could not be read."""
    row = receipt_row(item, fate, why, basis)
    return row | {"unit": unit.code if unit else None, "matched_by": "path" if unit else ""}


def finding_rows(review: Review, rulebook: RuleBook) -> list[tuple[Any, ...]]:
    """A review's findings as the ledger keeps them, in the order of the rule book."""
    result = review.result
    filing = result.filing
    causes = {index: cause.number for cause in result.causes for index in cause.findings}
    leads = {id(item.lead): item for item in complaints(result, rulebook)}
    rows: list[tuple[Any, ...]] = []
    for number, finding in enumerate(result.findings):
        lead = leads.get(id(finding))
        words = lead.wording if lead else word_finding(finding, filing, rulebook)
        place = finding_place(finding, filing)
        outcome = rulebook.by_code[finding.rule].tests[finding.test].outcomes[finding.outcome].name
        rows.append(
            (
                number, finding.rule, finding.severity.value, outcome,
                str(finding.mark) if finding.mark else None,
                place.sheet if place else None, (place.cell or None) if place else None,
                _text(finding.value), _text(finding.expected), words.message,
                lead.remedy if lead else words.remedy, words.basis, causes.get(number, 0),
                int(lead is not None),
                finding_key(finding),
                json.dumps([(name, _text(given)) for name, given in finding.operands], ensure_ascii=False),
                result.explanations.get(number),
            )
        )  # fmt: skip
    return rows


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _annotate(one: _Opened, review: Review, context: Context, rulebook: RuleBook) -> bool:
    """An annotated copy in the staging folder, where there is a workbook and something to say in it."""
    suffix = Path(one.item.name).suffix.lower()
    if context.staging is None or one.grid is None or suffix not in WORKBOOKS or not review.result.findings:
        return False
    amendment = review_amendment(review, rulebook)
    if one.grid.sheet(IDENTITY_SHEET) is not None:
        # The mended copy then says which file it continues, whatever its clock and name say.
        values = (
            CellValue(IDENTITY_SHEET, f"A{_MADE_FROM_ROW}", _MADE_FROM),
            CellValue(IDENTITY_SHEET, f"B{_MADE_FROM_ROW}", one.item.sha256),
        )
        amendment = replace(amendment, values=(*amendment.values, *values))
    try:
        with Archive.open(one.item.location) as archive:
            data, _ = amended(archive, amendment)
        # Not forced to the disk: after a power failure the copy is made again from what was sent.
        replace_file(context.staging / f"{one.item.sha256}{suffix}", data, sync=False)
    except Problem:
        return False  # told when the copy is due: what stands in the ledger does not depend on it
    return True


def _made_from(grid: Grid | None) -> str | None:
    """The digest of the file that an annotated copy was made from; None where it is none of ours."""
    sheet = grid.sheet(IDENTITY_SHEET) if grid else None
    if sheet is None or sheet.text(_MADE_FROM_ROW, 1) != _MADE_FROM:
        return None
    return sheet.text(_MADE_FROM_ROW, 2) or None
