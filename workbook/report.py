"""A review for machines (JSON, the shape others measure through) and for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from workbook.comments import Complaint, complaints
from workbook.form.facts import number_json
from workbook.form.filing import SCOPES, Filing
from workbook.form.labels import legible
from workbook.published.recognition import assumed_edition
from workbook.review import Review
from workbook.rules.findings import Cause, Change, CheckResult, Finding, Severity, StatedNumber, Verdict
from workbook.rules.rulebook import RuleBook
from workbook.rules.wording import finding_place, located_remedy, word_finding

_MOST_SHOWN = 40
_NUMBERS_SHOWN = 3
_WORDS_BEFORE = 8  # of a number that is named


def check_document(review: Review, file: str, rulebook: RuleBook) -> dict[str, Any]:
    """One file's result as `check --json` prints it."""
    result = review.result
    filing = result.filing
    cause_of = {index: cause for cause in result.causes for index in cause.findings}
    return {
        "file": file,
        "organ": filing.organ.name,
        "year": filing.year,
        "edition": filing.edition_id,
        **({} if filing.edition_known else {"edition_assumed": True}),
        "scope": filing.scope,
        "checks": {"passed": result.passed, "failed": result.failed, "undecided": len(result.undecided)},
        "findings": [
            _finding_document(number, finding, cause_of[number], result, rulebook)
            for number, finding in enumerate(result.findings)
        ],
        "undecided": [
            {"rule": item.rule, "concept": str(item.mark) if item.mark else None, "why": item.why}
            for item in result.undecided
        ],
        "repairs": [
            _repair_document(cause, filing) for cause in result.causes if cause.changes or cause.alternatives
        ],
        "prose": _prose_document(result),
    }


def _finding_document(
    number: int, finding: Finding, cause: Cause, result: CheckResult, rulebook: RuleBook
) -> dict[str, Any]:
    filing = result.filing
    wording = word_finding(finding, filing, rulebook)
    place = finding_place(finding, filing)
    remedy = wording.remedy
    if finding.mark == cause.mark:
        remedy = located_remedy(cause, result, rulebook) or remedy
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "concept": str(finding.mark) if finding.mark else None,
        "sheet": place.sheet if place else None,
        "cell": (place.cell or None) if place else None,
        "value": _number(finding.value),
        "expected": _number(finding.expected),
        "difference": _number(finding.difference),
        "message": wording.message,
        "basis": wording.basis,
        "remedy": remedy,
        "cause": cause.number,
        "explanation": result.explanations.get(number),
        "section": finding.section,
        "quote": finding.quote,
        "stated": _number(finding.stated),
    }


def _prose_document(result: CheckResult) -> dict[str, Any]:
    """The numbers of the prose: how many, how many verified, and each with its place in its section."""
    counts = result.prose_counts
    return {
        "numbers": len(result.numbers),
        **{verdict.value: count for verdict, count in counts.items()},
        "items": [
            {
                "section": number.section,
                "start": number.start,
                "end": number.end,
                "text": number.text,
                "stated": _number(number.value),
                "verdict": number.verdict.value,
                "concepts": [str(cell) for cell in number.cells],
                "why": number.why,
            }
            for number in result.numbers
        ],
    }


def _repair_document(cause: Cause, filing: Filing) -> dict[str, Any]:
    """The best repair of a cause first; where it is not located, the likeliest of several."""
    best, *others = (cause.changes, *cause.alternatives) if cause.changes else cause.alternatives
    return {
        "cause": cause.number,
        "changes": [_change_document(change, filing) for change in best],
        "kind": cause.kind,
        "unique": cause.unique,
        "confidence": cause.confidence,
        "alternatives": [
            {"changes": [_change_document(change, filing) for change in changes]} for changes in others
        ],
    }


def _change_document(change: Change, filing: Filing) -> dict[str, Any]:
    place = filing.place(change.cell)
    return {
        "concept": str(change.cell),
        "sheet": place.sheet if place else None,
        "cell": place.cell if place else None,
        "from": _number(change.before),
        "to": _number(change.after),
    }


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else number_json(value)


def summary(review: Review, rulebook: RuleBook) -> str:
    """A review as a person reads it in a terminal."""
    return "\n".join(_lines(review, rulebook))


def _lines(review: Review, rulebook: RuleBook) -> Iterator[str]:
    result = review.result
    filing = result.filing
    found = complaints(result, rulebook)
    yield title(filing)
    if assumed := assumed_edition(filing):
        yield f"  {assumed}"
    if not found:
        yield "  没有发现问题。"
    else:
        counts = {severity: sum(1 for c in found if c.lead.severity is severity) for severity in Severity}
        said = "、".join(f"{severity.label}{count}处" for severity, count in counts.items() if count)
        counted = f"核对{result.passed + result.failed}项，其中{result.failed}项不符"
        yield f"  {said}（{counted}；另有{len(result.undecided)}项未能判断）"
    if result.numbers:
        yield f"  {numbers_said(result)}"
    for number, complaint in enumerate(found[:_MOST_SHOWN], start=1):
        yield from _complaint_lines(number, complaint, result)
    if len(found) > _MOST_SHOWN:
        yield f"  ……另有{len(found) - _MOST_SHOWN}处，见表中“校验结果”。"


def numbers_said(result: CheckResult) -> str:
    """文中12个数字有11个与表相符，1个（网站发布1739条）表中没有或无从核对，请自行核对。"""
    counts = result.prose_counts
    said = [f"文中{len(result.numbers)}个数字有{counts[Verdict.VERIFIED]}个与表相符"]
    wrong = counts[Verdict.WRONG] + counts[Verdict.ROUNDING]
    if wrong:
        said.append(f"{wrong}个不符")
    if open_ones := [number for number in result.numbers if number.verdict is Verdict.UNVERIFIABLE]:
        shown = "、".join(_with_words_before(number) for number in open_ones[:_NUMBERS_SHOWN])
        more = "等" if len(open_ones) > _NUMBERS_SHOWN else ""
        said.append(f"{len(open_ones)}个（{shown}{more}）表中没有或无从核对，请自行核对")
    return "，".join(said) + "。"


def _with_words_before(number: StatedNumber) -> str:
    at = max(number.quote.find(number.text), 0)
    start = max(at - _WORDS_BEFORE, 0)
    return legible(("…" if start else "") + number.quote[start : at + len(number.text)])


def _complaint_lines(number: int, complaint: Complaint, result: CheckResult) -> Iterator[str]:
    place = f"〔{legible(str(complaint.place), 80)}〕" if complaint.place else ""
    yield f"{number:>4} 【{complaint.wording.severity}】{complaint.wording.message}{place}"
    yield f"       {complaint.remedy}"
    yield f"       依据：{complaint.wording.basis}。{complaint.wording.tag}"
    explanation = next((text for i in complaint.cause.findings if (text := result.explanations.get(i))), None)
    if explanation:
        yield f"       情况说明：{legible(explanation)}"


def title(filing: Filing) -> str:
    """ "某市科学技术局 2019年度（2019年版，本级）"."""
    year = f"{filing.year}年度" if filing.year is not None else "年度不明"
    scope = f"，{SCOPES[filing.scope]}" if filing.scope else ""
    return f"{legible(filing.organ.name or '单位不明', 80)} {year}（{filing.edition_id}年版{scope}）"
