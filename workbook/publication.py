"""A checked report on its way out: what keeps it back, the sign-off, the published page held against it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from workbook.comments import Complaint, complaints
from workbook.files.amend import Amendment, CellValue, Outcome, amend
from workbook.form.checkcode import check_code
from workbook.form.facts import number_json
from workbook.form.filing import Filing
from workbook.form.labels import legible
from workbook.problems import UnusableInput
from workbook.published.export import export
from workbook.published.signoff import Remark, sign_off_front
from workbook.report import title
from workbook.review import Review
from workbook.rules.checker import check_filing
from workbook.rules.findings import CheckResult, Finding, Severity
from workbook.rules.rulebook import RuleBook
from workbook.rules.wording import place_words, word_finding

# The rules that ask for the published page.
PAGE_RULES = ("CON-06", "PUB-03")
_SIGNED_RULE = "SGN-01"


def blocking(review: Review, rulebook: RuleBook) -> list[Complaint]:
    """The complaints of severity error: a report that has any is published only by somebody's decision."""
    return [item for item in complaints(review.result, rulebook) if item.lead.severity is Severity.ERROR]


def wordless_sections(filing: Filing) -> list[str]:
    """Headings of sections without a table that hold no words: they will stand empty in print."""
    with_table = {table.section for table in filing.edition.tables}
    return [
        section.heading
        for section in filing.edition.sections
        if section.id not in with_table and not (filing.sections.get(section.id) or "").strip()
    ]


def export_for_signing(review: Review, rulebook: RuleBook, to: str, dated: datetime.date | None) -> bytes:
    """The 审签稿: the report behind a sheet with its check code, the findings, and lines to sign on."""
    filing = review.result.filing
    remarks = list(_remarks(review, rulebook))
    counts = {
        severity: sum(1 for item in remarks if item.severity == severity.label) for severity in Severity
    }
    said = "、".join(f"{severity.label}{count}处" for severity, count in counts.items() if count)
    explained = sum(1 for item in remarks if item.explanation)
    verdict = (said or "没有发现问题") + (f"，其中{explained}处有情况说明" if explained else "")
    return export(filing, to, dated, sign_off_front(filing, check_code(filing), verdict, remarks))


def _remarks(review: Review, rulebook: RuleBook) -> Iterator[Remark]:
    said = review.result.explanations
    for item in complaints(review.result, rulebook):
        if item.lead.rule == _SIGNED_RULE:
            continue  # of an earlier signing; this one takes its place
        explanation = next((text for number in item.cause.findings if (text := said.get(number))), "")
        yield Remark(item.wording.severity, item.wording.message, explanation)


def record_check_code(review: Review, target: Path, *, in_place: bool = False) -> Outcome:
    """The workbook with its check code on the cover, in a copy or, with a backup, in itself.

    Raises UnusableInput where there is no workbook or no place for the code, UnwritableOutput.
    """
    filing = review.result.filing
    place = filing.landmarks.get("cover.check_code")
    if review.grid is None or place is None:
        raise UnusableInput(f"{review.path.name}：没有“审签校验码”一栏，校验码只印在审签稿上，没有写进文件。")
    value = CellValue(place.sheet, place.cell, check_code(filing))
    return amend(review.path, target, Amendment(values=(value,), remove_own=False), backup=in_place)


def compare_reports(submitted: Filing, published: Filing, rulebook: RuleBook) -> CheckResult:
    """The submitted report held against the published one: one finding a difference (CON-06, PUB-03)."""
    pages = RuleBook(tuple(rule for rule in rulebook.rules if rule.code in PAGE_RULES))
    return check_filing(submitted, pages, published=published)


def comparison_document(
    result: CheckResult, published: Filing, files: tuple[str, str], rulebook: RuleBook
) -> dict[str, Any]:
    """A comparison as `compare --json` prints it; equal only where nothing differs or is uncertain."""
    return {
        "book": files[0],
        "published": files[1],
        "organ": result.filing.organ.name,
        "year": result.filing.year,
        "published_organ": published.organ.name,
        "published_year": published.year,
        "equal": is_equal(result),
        "checks": {"passed": result.passed, "failed": result.failed, "undecided": len(result.undecided)},
        "differences": [
            _difference(finding, result.filing, published, rulebook) for finding in result.findings
        ],
        "uncertain": [
            {"concept": str(item.mark) if item.mark else None, "why": item.why} for item in result.undecided
        ],
    }


def is_equal(result: CheckResult) -> bool:
    """Whether the two are the same for certain."""
    return not result.findings and not result.undecided


def _difference(finding: Finding, filing: Filing, published: Filing, rulebook: RuleBook) -> dict[str, Any]:
    wording = word_finding(finding, filing, rulebook)
    ours = (filing.place(finding.mark) if finding.mark else None) or finding.place
    theirs = published.place(finding.mark) if finding.mark else None
    given = finding.facts
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "concept": str(finding.mark) if finding.mark else None,
        "concepts": [str(cell) for cell in finding.cells],
        "section": given.get("section"),
        "submitted": _said(finding.expected, given.get("submitted")),
        "published": _said(finding.value, given.get("published")),
        "place": str(ours) if ours else None,
        "published_place": str(theirs) if theirs else None,
        "message": wording.message,
        "remedy": wording.remedy,
    }


def _said(value: Decimal | None, words: object) -> object:
    return words if value is None else number_json(value)


def comparison_lines(result: CheckResult, published: Filing, rulebook: RuleBook) -> Iterator[str]:
    """A comparison as a person reads it in a terminal."""
    yield f"提交的表：{title(result.filing)}"
    yield f"公开页：{title(published)}"
    if is_equal(result):
        yield f"  完全一致（核对{result.passed}项）。"
        return
    if result.findings:
        yield f"  {len(result.findings)}处不同（核对{result.passed + result.failed}项）："
    else:
        yield f"  没有发现不同（核对{result.passed}项），但有下面没有读准的，请人工核对。"
    for number, finding in enumerate(result.findings, start=1):
        wording = word_finding(finding, result.filing, rulebook)
        yield f"{number:>4} {wording.message}"
        yield f"       {wording.remedy}{wording.tag}"
    if result.undecided:
        yield f"  未能核对{len(result.undecided)}处："
        for item in result.undecided:
            name = place_words(result.filing.edition, item.mark) if item.mark else ""
            yield f"       {name}{'：' if name else ''}{legible(item.why)}"
