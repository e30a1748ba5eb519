"""One self-contained page of a campaign: progress, rules most broken, units with their findings.

No network: style, script and data stand in the file. The data is JSON in an inert script element, and the
page's own script puts every text in as text.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from workbook.campaign.records import State, StoredFinding, UnitState
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import edition_by_id
from workbook.results.faults import by_rule
from workbook.results.gathering import Gathered
from workbook.results.reminders import reminder
from workbook.results.units import groups
from workbook.rules.rulebook import RuleBook
from workbook.rules.wording import place_words

_TEMPLATE = Path(__file__).parent / "page.html"
_MOST_RULES = 12
_MOST_OPERANDS = 40
_OPEN = (State.MISSING, State.RECEIVED, State.RETURNED)


def results_page(gathered: Gathered, rulebook: RuleBook) -> bytes:
    """The page's bytes (UTF-8)."""
    data = json.dumps(_data(gathered, rulebook), ensure_ascii=False, separators=(",", ":"))
    # "<" cannot end the element, and the two line separators would end a string in older browsers.
    data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    title = f"{gathered.settings.year}年度政府信息公开工作年度报告：报送与核对情况"
    page = _TEMPLATE.read_text(encoding="utf-8")
    return page.replace("{{title}}", html.escape(title)).replace("{{data}}", data).encode("utf-8")


def _data(gathered: Gathered, rulebook: RuleBook) -> dict[str, Any]:
    broken = by_rule(gathered, rulebook).head(_MOST_RULES)
    return {
        "title": f"{gathered.settings.year}年度年报报送与核对情况",
        "office": gathered.settings.office,
        "day": gathered.today.isoformat(),
        "states": [state.label for state in State],
        "groups": [
            {
                "name": name,
                "count": len(items),
                "done": sum(item.state not in _OPEN for item in items),
                "returned": sum(item.state is State.RETURNED for item in items),
                "late": sum(item.days_late(gathered.today) > 0 for item in items),
            }
            for name, items in groups(gathered)
        ],
        "rules": [
            {"rule": rule, "label": label, "units": int(units)}
            for rule, label, units in zip(broken["规则"], broken["名称"], broken["单位数"], strict=True)
        ],
        "units": [
            {
                "code": item.unit.code,
                "name": item.unit.name,
                "parent": gathered.roster.by_code[item.unit.parent].name
                if item.unit.parent in gathered.roster.by_code
                else "",
                "state": item.state.label,
                "since": item.since.date().isoformat() if item.since else "",
                "due": item.due.isoformat() if item.due else "",
                "late": item.days_late(gathered.today),
                "file": item.receipt.path if item.receipt else "",
                "urge": reminder(item, gathered) if item.state in _OPEN else "",
                "findings": [
                    _finding(finding, _edition_of(item, gathered))
                    for finding in gathered.findings.get(item.unit.code, ())
                ],
            }
            for item in gathered.states
        ],
        "troubles": [
            {"path": item.path, "fate": item.fate.label, "why": item.why} for item in gathered.troubles
        ],
        "levels": [
            {"rule": item.rule, "unit": item.unit.name, "words": item.words, "undecided": item.undecided}
            for item in gathered.mismatches
            if item.rule != "CON-02"
        ],
    }


def _finding(finding: StoredFinding, edition: Edition) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "label": finding.severity.label,
        "message": finding.message,
        "remedy": finding.remedy,
        "basis": finding.basis,
        "where": f"{finding.sheet or ''} {finding.cell or ''}".strip(),
        "lead": finding.lead,
        "said": finding.explanation or "",
        "overruled": finding.overruled or "",
        "operands": [
            [_operand_words(name, edition), "" if value is None else str(value)]
            for name, value in finding.operands[:_MOST_OPERANDS]
        ],
    }


def _edition_of(item: UnitState, gathered: Gathered) -> Edition:
    named = edition_by_id(item.receipt.edition) if item.receipt and item.receipt.edition else None
    return named or gathered.edition


def _operand_words(name: str, edition: Edition) -> str:
    """What a figure is called on the form; last year's is said to be."""
    bare = name.removeprefix("prev.")
    try:
        words = place_words(edition, CellId.parse(bare))
    except (KeyError, ValueError):
        return ""
    return ("上年" if bare != name else "") + words
