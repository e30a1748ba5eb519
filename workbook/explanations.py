"""情况说明: what the unit says of a finding, kept through reruns and sorting, lapsing when a figure changes.

An explanation belongs to a rule, the marked cell and the figures that took part. It stands in the row of
校验结果 beside a hidden key, or in the sheet 情况说明, where it may be written before anything was checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workbook.files.grid import Grid, Position, Sheet
from workbook.form.anchors import EXPLANATIONS, EXPLANATIONS_COLUMNS, RESULTS, RESULTS_COLUMNS
from workbook.form.labels import plain
from workbook.rules.findings import CheckResult, Finding

_SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A row of the sheet 情况说明: for a rule, perhaps for one place; `keys` once it has been bound."""

    row: int
    rule: str
    place: str
    text: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Explanations:
    """Everything the unit has said, as found in its workbook."""

    by_key: dict[str, str] = field(default_factory=dict)
    prepared: tuple[Prepared, ...] = ()

    def of(self, finding: Finding, place: str = "") -> str | None:
        """What was said of exactly this finding with exactly these figures."""
        key = finding_key(finding)
        if key in self.by_key:
            return self.by_key[key]
        return next((item.text for item in self.prepared if _fits(item, finding, key, place)), None)

    def lapsed(self, finding: Finding) -> str | None:
        """What was said of this rule at this cell when the figures were others."""
        stem, key = _stem(finding), finding_key(finding)
        return next(
            (text for known, text in self.by_key.items() if known.startswith(stem) and known != key), None
        )


def _fits(item: Prepared, finding: Finding, key: str, place: str) -> bool:
    if item.keys:
        return key in item.keys
    return item.rule == finding.rule and (not item.place or plain(item.place) in plain(place))


def _stem(finding: Finding) -> str:
    return f"{finding.rule}|{finding.mark or ''}|"


def finding_key(finding: Finding) -> str:
    """Rule, marked cell and a digest of the operands: equal exactly while no figure has changed."""
    operands = "\n".join(f"{name}={value}" for name, value in finding.operands)
    return _stem(finding) + hashlib.sha256(operands.encode("utf-8")).hexdigest()[:12]


def read_explanations(grid: Grid) -> Explanations:
    """The explanations in a workbook's two sheets; empty where it has neither."""
    return Explanations(dict(_from_results(grid.sheet(RESULTS))), tuple(_prepared(grid.sheet(EXPLANATIONS))))


def header_row(sheet: Sheet, columns: dict[str, str]) -> tuple[int, dict[str, int]] | None:
    """The row with a sheet's column titles, and where each column is; None where they are gone."""
    wanted = {plain(label): name for name, label in columns.items()}
    for row in range(1, 12):
        found = {
            wanted[label]: column
            for column in range(1, 20)
            if (label := plain(sheet.text(row, column))) in wanted
        }
        if len(found) >= len(columns) - 1:
            return row, found
    return None


def _from_results(sheet: Sheet | None) -> Iterator[tuple[str, str]]:
    header = header_row(sheet, RESULTS_COLUMNS) if sheet else None
    if sheet is None or header is None or "key" not in header[1] or "explanation" not in header[1]:
        return
    top, columns = header
    for position in sorted(sheet.cells):
        if position.row <= top or position.column != columns["key"]:
            continue
        # A lapsed text is carried on until it is confirmed (typed again) or its finding is gone.
        said = sheet.text(position.row, columns["explanation"]).strip()
        lapsed = sheet.text(position.row, columns.get("lapsed", 0)).strip()
        for key in sheet.cells[position].text.split(_SEPARATOR):
            if said:
                yield key, said
            elif lapsed:
                yield key.rpartition("|")[0] + "|lapsed", lapsed


def _prepared(sheet: Sheet | None) -> Iterator[Prepared]:
    header = header_row(sheet, EXPLANATIONS_COLUMNS) if sheet else None
    if sheet is None or header is None:
        return
    top, columns = header
    for row in sorted({position.row for position in sheet.cells if position.row > top}):
        cells = {name: sheet.text(row, column).strip() for name, column in columns.items()}
        text = "：".join(part for part in (cells.get("reason", ""), cells.get("text", "")) if part)
        rule = cells.get("rule", "").split(" ")[0]
        if rule and text:
            keys = tuple(key for key in cells.get("key", "").split(_SEPARATOR) if key)
            yield Prepared(row, rule, cells.get("place", ""), text, keys)


def joined_keys(findings: Iterable[Finding]) -> str:
    """The hidden key of a row that speaks of several findings."""
    return _SEPARATOR.join(finding_key(finding) for finding in findings)


def prepared_keys(
    result: CheckResult, said: Explanations, places: dict[int, str]
) -> Iterator[tuple[int, str]]:
    """Row of 情况说明 → the keys it is now bound to, for rows that were not bound yet."""
    for item in said.prepared:
        if item.keys:
            continue
        bound = [
            finding_key(finding)
            for number, finding in enumerate(result.findings)
            if _fits(item, finding, finding_key(finding), places.get(number, ""))
        ]
        if bound:
            yield item.row, _SEPARATOR.join(bound)


def key_position(sheet: Sheet, columns: dict[str, str], row: int) -> Position | None:
    """The cell of the key column in a row; None where the sheet has lost its titles."""
    header = header_row(sheet, columns)
    return Position(row, header[1]["key"]) if header and "key" in header[1] else None
