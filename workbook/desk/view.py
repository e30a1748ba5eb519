"""What a page shows of a checked report, as plain data: it travels from the worker and is kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from workbook.comments import Complaint, complaints
from workbook.explanations import joined_keys
from workbook.form.blocks import Label, figure_columns, label_depth, place_block
from workbook.form.boxes import Box
from workbook.form.edition import CellId, Table
from workbook.form.filing import Fact, Filing
from workbook.form.labels import legible
from workbook.form.values import figure
from workbook.form.words import PREAMBLE
from workbook.report import numbers_said, title
from workbook.review import Review, narrative_of
from workbook.rules.findings import CheckResult, Severity, StatedNumber
from workbook.rules.rulebook import RuleBook
from workbook.rules.wording import place_words


def page_view(review: Review, rulebook: RuleBook, passed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Everything a result page needs: findings, the statutory tables with marks, words, narrative.

    `passed` are findings that an officer has passed the unit over, by finding key, with the reason.
    """
    result = review.result
    filing = result.filing
    said = [
        _complaint_view(number, item, result, passed or {})
        for number, item in enumerate(complaints(result, rulebook), 1)
    ]
    marks = _marks(said)
    written = narrative_of(review)
    return {
        "title": title(filing),
        "organ": legible(filing.organ.name or "", 80),
        "year": filing.year,
        "checks": {
            "passed": result.passed,
            "failed": result.failed,
            "undecided": len(result.undecided),
        },
        "counts": {
            severity.value: sum(1 for item in said if item["severity"] == severity.value)
            for severity in Severity
        },
        "complaints": said,
        "tables": [_table_view(table, filing, marks) for table in filing.edition.tables],
        "sections": [
            {
                "id": key,
                "heading": heading,
                "pieces": _pieces(text, [number for number in result.numbers if number.section == key]),
            }
            for key, heading in _headings(filing).items()
            if (text := filing.sections.get(key))
        ],
        "prose": numbers_said(result) if result.numbers else "",
        "narrative": [
            {
                "heading": written.headings.get(section, section),
                "text": "\n".join(paragraph.text for paragraph in paragraphs),
            }
            for section, paragraphs in written.paragraphs.items()
            if paragraphs
        ],
    }


def _headings(filing: Filing) -> dict[str, str]:
    """The report's parts with words in their order, under the headings they were given."""
    parts = {PREAMBLE: "前言"} | {section.id: section.heading for section in filing.edition.sections}
    return {key: filing.headings.get(key, heading) for key, heading in parts.items()}


def _pieces(text: str, numbers: Iterable[StatedNumber]) -> list[dict[str, Any]]:
    """A section's words cut at its numbers, each with its verdict and why."""
    pieces: list[dict[str, Any]] = []
    at = 0
    for number in numbers:
        if number.start < at:
            continue  # part of a number already shown
        pieces.append({"text": text[at : number.start], "verdict": None})
        said = {
            "text": text[number.start : number.end],
            "verdict": number.verdict.value,
            "label": number.verdict.label,
            "why": number.why,
        }
        pieces.append(said)
        at = number.end
    pieces.append({"text": text[at:], "verdict": None})
    return [piece for piece in pieces if piece["text"]]


def _complaint_view(
    number: int, item: Complaint, result: CheckResult, passed: Mapping[str, str]
) -> dict[str, Any]:
    cause, filing = item.cause, result.filing
    changes = cause.changes if cause.unique else ()
    touched = {*(change.cell for change in cause.changes)}
    touched |= {cell for finding in item.findings for cell in (finding.mark, *finding.cells) if cell}
    indices = cause.findings
    key = joined_keys(item.findings)
    reasons = [passed.get(one) for one in key.split(";")]
    return {
        "number": number,
        "severity": item.lead.severity.value,
        "label": item.wording.severity,
        "message": item.wording.message,
        "remedy": item.remedy,
        "basis": item.wording.basis,
        "tag": item.wording.tag,
        "where": item.where,
        "table": item.lead.mark.table if item.lead.mark else None,
        "mark": str(cause.mark or item.lead.mark or "") or None,
        "cells": sorted(map(str, touched)),
        "rules": sorted({finding.rule for finding in item.findings}),
        "key": key,
        "passed": reasons[0] if all(reasons) else None,
        "explanation": next((text for i in indices if (text := result.explanations.get(i))), None),
        "repair": {
            "cause": cause.number,
            "changes": [
                {
                    "where": place_words(filing.edition, change.cell),
                    "from": _shown(change.before),
                    "to": figure(change.after),
                }
                for change in changes
            ],
        }
        if changes
        else None,
    }


def _shown(value: Decimal | None) -> str:
    return "空格" if value is None else figure(value)


def _marks(said: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Cell → the complaints that touch it, the gravest first."""
    marks: dict[str, list[Mapping[str, Any]]] = {}
    for item in said:
        for cell in item["cells"]:
            marks.setdefault(cell, []).append(item)
    return marks


def _table_view(table: Table, filing: Filing, marks: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, Any]:
    labels: list[Label] = []
    cells: dict[CellId, Box] = {}
    depth, top = label_depth(table), 1
    width = depth + max(map(figure_columns, table.blocks))
    for block in table.blocks:
        if block.heading is not None:
            labels.append(Label(Box(top, 1, top, width), block.heading, "heading"))
            top += 1
        top = place_block(table, block, top, depth, labels, cells)
    rows: list[list[tuple[int, dict[str, Any]]]] = [[] for _ in range(top - 1)]
    for label in labels:
        rows[label.box.top - 1].append((label.box.left, _label_view(label)))
    for cell, box in cells.items():
        rows[box.top - 1].append((box.left, _figure_view(cell, box, filing, marks.get(str(cell), []))))
    return {
        "id": table.id,
        "label": table.label,
        "unit": table.unit,
        "missing": table.id in filing.missing_tables,
        "rows": [[cell for _, cell in sorted(row, key=lambda item: item[0])] for row in rows],
    }


def _label_view(label: Label) -> dict[str, Any]:
    box = label.box
    return {
        "text": label.text,
        "role": label.role,
        "scope": "row" if label.role in ("row", "group") else "col",
        "rowspan": box.bottom - box.top + 1,
        "colspan": box.right - box.left + 1,
    }


def _figure_view(cell: CellId, box: Box, filing: Filing, here: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "text": _printed(filing.facts.get(cell)),
        "role": "figure",
        "cell": str(cell),
        "words": place_words(filing.edition, cell),
        "rowspan": 1,
        "colspan": box.right - box.left + 1,
        "severity": here[0]["severity"] if here else None,
        "complaints": [item["number"] for item in here],
    }


def _printed(fact: Fact | None) -> str:
    if fact is None:
        return ""
    if fact.raw is None:
        return figure(fact.value) if fact.value is not None else ""
    return figure(fact.raw) if isinstance(fact.raw, Decimal) else legible(fact.raw, 40)
