"""What a repair came to: the fresh form, what was brought over, what was not; for people and machines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.form.edition import CellId, Edition
from workbook.form.facts import number_json
from workbook.form.values import figure
from workbook.rules.findings import Change
from workbook.rules.wording import place_words


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something of the original that is not in the new form, or is there only as it was typed."""

    where: str
    what: str
    concept: CellId | None = None


@dataclass(frozen=True)
class Repaired:
    """The fresh form and an account of it."""

    data: bytes
    edition: Edition
    figures: int
    sections: int
    explanations: int
    restored: int  # totals that are formulas again
    changes: tuple[Change, ...]
    kept: tuple[Leftover, ...]  # brought over as typed: to be looked at
    left: tuple[Leftover, ...]  # not brought over


def repair_summary(repaired: Repaired, target: Path) -> str:
    """What was done, as a person reads it."""
    lines = [f"已搬入新表（{repaired.edition.id}年版）：{target}"]
    counts = f"  数字{repaired.figures}格、文字{repaired.sections}部分、情况说明{repaired.explanations}条"
    lines.append(counts + (f"；合计公式恢复{repaired.restored}格。" if repaired.restored else "。"))
    if repaired.changes:
        lines.append(f"  按建议改动{len(repaired.changes)}格：")
        lines += [f"    {_change_words(change, repaired.edition)}" for change in repaired.changes]
    for title, items in (("照原样搬入、请核对的", repaired.kept), ("没有搬入的", repaired.left)):
        if items:
            lines.append(f"  {title}{len(items)}项：")
            lines += [f"    {f'〔{item.where}〕' if item.where else ''}{item.what}" for item in items]
    if not repaired.left:
        lines.append("  没有遗漏。")
    return "\n".join(lines)


def _change_words(change: Change, edition: Edition) -> str:
    before = "（空）" if change.before is None else figure(change.before)
    if change.cell not in edition.cell_set:
        return f"{change.cell}：{before} → {figure(change.after)}"
    return f"{place_words(edition, change.cell)}：{before} → {figure(change.after)}"


def repair_document(repaired: Repaired, source: Path, target: Path) -> dict[str, Any]:
    """The same for machines."""

    def items(found: tuple[Leftover, ...]) -> list[dict[str, str | None]]:
        return [
            {
                "concept": str(item.concept) if item.concept else None,
                "place": item.where or None,
                "why": item.what,
            }
            for item in found
        ]

    return {
        "file": str(source),
        "out": str(target),
        "edition": repaired.edition.id,
        "figures": repaired.figures,
        "sections": repaired.sections,
        "explanations": repaired.explanations,
        "formulas_restored": repaired.restored,
        "changes": [
            {
                "concept": str(change.cell),
                "from": None if change.before is None else number_json(change.before),
                "to": number_json(change.after),
            }
            for change in repaired.changes
        ],
        "as_typed": items(repaired.kept),
        "not_brought_over": items(repaired.left),
    }
