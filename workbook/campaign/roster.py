"""单位名册: which units report, how they hang together, and who is written to.

Read from the officer's own workbook; every mistake is named with its cell, all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from workbook.campaign.records import KINDS, Correction, Unit
from workbook.campaign.sheettable import Mistakes, Row, list_rows, quote
from workbook.files.grid import Sheet
from workbook.files.scan import read_grid
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.form.filing import LEVELS, SCOPES
from workbook.form.labels import plain
from workbook.form.values import read_number
from workbook.rules.wording import place_words

ROSTER_SHEET = "单位名册"
CORRECTIONS_SHEET = "上年更正数"

COLUMNS: Mapping[str, str] = {
    "code": "单位代码",
    "name": "单位名称",
    "aliases": "别名",
    "level": "单位级别",
    "parent": "上级代码",
    "kind": "单位类别",
    "scope": "口径",
    "contact": "联系人",
    "telephone": "联系电话",
    "rule_power": "规章制定权",
    "vertical": "垂直管理",
    "temporary": "派出或临时机构",
    "predecessors": "前身单位代码",
}
REQUIRED = ("code", "name", "level", "kind")
CORRECTION_COLUMNS: Mapping[str, str] = {
    "code": "单位代码",
    "cell": "栏目",
    "value": "更正后的数",
    "reason": "更正原因",
}

YES, NO = "是", "否"
HAS, HAS_NOT = "有", "无"

_CODE = re.compile(r"[0-9A-Za-z_.\-]{1,32}")
_LONGEST_NAME = 60
_SEPARATORS = re.compile(r"[、，,；;\s]+")


@dataclass(frozen=True)
class Roster:
    """The units of a campaign in the order of the list."""

    units: tuple[Unit, ...]

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        """Units by code."""
        return {unit.code: unit for unit in self.units}

    def children(self, code: str | None) -> tuple[Unit, ...]:
        """The units directly below one (None: those at the top)."""
        return tuple(unit for unit in self.units if unit.parent == code)

    def below(self, code: str) -> Iterator[Unit]:
        """Every unit below one, at any depth."""
        for child in self.children(code):
            yield child
            yield from self.below(child.code)


def read_roster(path: Path) -> Roster:
    """The roster in a workbook. Raises ListMistakes with every mistake, UnusableInput for no workbook."""
    grid = read_grid(path)
    mistakes = Mistakes(path.name)
    sheet = grid.sheet(ROSTER_SHEET) or next(iter(grid.sheets))
    rows = list(list_rows(sheet, COLUMNS, REQUIRED, mistakes))
    units = [_unit(row, number, mistakes) for number, row in enumerate(rows, start=1)]
    if not units and not mistakes.found:
        mistakes.add(sheet.name, "A1", "名册是空的，请逐行填写单位")
    _check_together(units, rows, mistakes)
    corrections = grid.sheet(CORRECTIONS_SHEET)
    if corrections is not None:
        units = _corrected(units, corrections, mistakes)
    mistakes.raise_any()
    return Roster(tuple(units))


def _unit(row: Row, number: int, mistakes: Mistakes) -> Unit:
    code, name = row["code"], row["name"]
    if not _CODE.fullmatch(code):
        words = f"代码{quote(code)}只能由字母、数字、点和短横组成，不超过32位" if code else "没有填单位代码"
        mistakes.add(row.sheet, row.at("code"), words)
    if not name:
        mistakes.add(row.sheet, row.at("name"), "没有填单位名称")
    elif len(name) > _LONGEST_NAME:
        mistakes.add(row.sheet, row.at("name"), f"名称有{len(name)}字，最多{_LONGEST_NAME}字")
    return Unit(
        code=code,
        name=name,
        aliases=tuple(_listed(row["aliases"])),
        level=_key(row, "level", LEVELS, mistakes),
        parent=row["parent"] or None,
        kind=_key(row, "kind", KINDS, mistakes) or "department",
        scope=_key(row, "scope", SCOPES, mistakes) or "own",
        contact=row["contact"],
        telephone=row["telephone"],
        rule_power=_choice(row, "rule_power", HAS, HAS_NOT, mistakes),
        vertical=_choice(row, "vertical", YES, NO, mistakes) or False,
        temporary=_choice(row, "temporary", YES, NO, mistakes),
        predecessors=tuple(_listed(row["predecessors"])),
        order=number,
    )


def _listed(text: str) -> Iterator[str]:
    for item in _SEPARATORS.split(text):
        if item:
            yield item


def _key(row: Row, column: str, labels: Mapping[str, str], mistakes: Mistakes) -> str | None:
    """The id behind a word of a drop-down list; None where the cell is blank."""
    typed = plain(row[column])
    if not typed:
        if column in REQUIRED:
            mistakes.add(row.sheet, row.at(column), f"没有填{COLUMNS[column]}")
        return None
    for key, label in labels.items():
        if typed in (plain(label), key):
            return key
    known = "、".join(labels.values())
    mistakes.add(row.sheet, row.at(column), f"{COLUMNS[column]}{quote(row[column])}不在可选范围内：{known}")
    return None


def _choice(row: Row, column: str, yes: str, no: str, mistakes: Mistakes) -> bool | None:
    typed = plain(row[column])
    if not typed:
        return None
    if typed in (yes, no):
        return typed == yes
    words = f"{COLUMNS[column]}应填“{yes}”或“{no}”，或者空着，现为{quote(row[column])}"
    mistakes.add(row.sheet, row.at(column), words)
    return None


def _check_together(units: list[Unit], rows: list[Row], mistakes: Mistakes) -> None:
    """Codes once each, parents known, nobody above itself, names that can be told apart."""
    seen: dict[str, Row] = {}
    named: dict[tuple[str, str], Row] = {}
    for unit, row in zip(units, rows, strict=True):
        if unit.code in seen and unit.code:
            words = f"代码{quote(unit.code)}与第{seen[unit.code].number}行重复"
            mistakes.add(row.sheet, row.at("code"), words)
        seen.setdefault(unit.code, row)
        name = plain(unit.name), unit.scope
        if unit.name and name in named:
            words = f"名称{quote(unit.name)}与第{named[name].number}行重复，口径也相同"
            mistakes.add(row.sheet, row.at("name"), words)
        named.setdefault(name, row)
    parents = {unit.code: unit.parent for unit in units}
    for unit, row in zip(units, rows, strict=True):
        if unit.parent is None:
            continue
        if unit.parent not in parents:
            mistakes.add(row.sheet, row.at("parent"), f"上级代码{quote(unit.parent)}不在名册中")
        elif _above_itself(unit.code, parents):
            mistakes.add(row.sheet, row.at("parent"), "上级关系成了循环，往上找又回到本单位")


def _above_itself(code: str, parents: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    above = parents.get(code)
    while above is not None and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def correction_places(editions: tuple[Edition, ...]) -> dict[str, CellId]:
    """Figures by the words an officer may write for them: 表三“总计”列“四、结转下年度继续办理”, or the id."""
    found: dict[str, CellId] = {}
    for edition in editions:
        for cell in edition.cells:
            found.setdefault(plain(correction_words(edition, cell)), cell)
            found.setdefault(plain(str(cell)), cell)
    return found


def correction_words(edition: Edition, cell: CellId) -> str:
    """A figure by its table and labels, as the drop-down list of the roster's template offers it."""
    return edition.by_id[cell.table].label + place_words(edition, cell)


def _corrected(units: list[Unit], sheet: Sheet, mistakes: Mistakes) -> list[Unit]:
    places = correction_places(all_editions())
    given: dict[str, list[Correction]] = {}
    codes = {unit.code for unit in units}
    for row in list_rows(sheet, CORRECTION_COLUMNS, tuple(CORRECTION_COLUMNS), mistakes):
        cell = places.get(plain(row["cell"]))
        value = read_number(row["value"]) if row["value"] else None
        if row["code"] not in codes:
            mistakes.add(row.sheet, row.at("code"), f"单位代码{quote(row['code'])}不在名册中")
        if cell is None:
            mistakes.add(row.sheet, row.at("cell"), f"认不出栏目{quote(row['cell'])}，请从下拉列表中选")
        if value is None:
            mistakes.add(row.sheet, row.at("value"), f"{quote(row['value'])}不是数")
        if not row["reason"]:
            mistakes.add(row.sheet, row.at("reason"), "没有写更正原因")
        if cell is not None and value is not None:
            given.setdefault(row["code"], []).append(Correction(cell, Decimal(value), row["reason"]))
    return [replace(unit, corrections=tuple(given.get(unit.code, ()))) for unit in units]
