"""任务设置: what the notice of this year's campaign says – dates, local strictness, required figures, letter.

Kept as a workbook that the officer edits; read strictly, every mistake named with its cell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from workbook.campaign.records import KINDS, Unit
from workbook.campaign.roster import correction_places
from workbook.campaign.sheettable import Mistakes, Row, cell_date, list_rows, quote
from workbook.files.grid import Grid
from workbook.files.scan import read_grid
from workbook.form.edition import CellId
from workbook.form.editionfile import all_editions, edition_for_year
from workbook.form.labels import plain
from workbook.form.values import read_number
from workbook.problems import UnusableInput
from workbook.rules.findings import Severity
from workbook.rules.local import LocalChange, RefusedChange, refuse_wrong
from workbook.rules.rulebook import load_rulebook

GENERAL_SHEET, DATES_SHEET, LOCAL_SHEET, REQUIRED_SHEET, LETTER_SHEET = (
    "任务", "期限", "本地要求", "必报数字", "通知书",
)  # fmt: skip

GENERAL: Mapping[str, str] = {
    "name": "任务名称",
    "year": "报告年度",
    "office": "主办单位",
    "notice": "通知文号",
    "contact": "联系人",
    "telephone": "联系电话",
    "address": "网上报送网址",
}
# Whom a date is for: the roster's kinds, townships apart because the 条例 does not name them.
DUE_KINDS: Mapping[str, str] = {**KINDS, "township": "乡镇街道"}
GENERAL_COLUMNS = {"item": "项目", "value": "内容"}
DATE_COLUMNS = {"kind": "单位类别", "due": "报送期限", "publish": "公布期限"}
LOCAL_COLUMNS = {
    "rule": "规则",
    "outcome": "情形（可不填）",
    "severity": "程度",
    "limit": "阈值名称",
    "value": "阈值",
    "notice": "依据文号",
}
REQUIRED_COLUMNS = {"cell": "栏目", "note": "说明"}
LETTER_COLUMNS = {"line": "通知书正文（每行一段）"}
OFF = "停用"

DEFAULT_LETTER = (
    "{单位}：",
    "现下发{年度}年度政府信息公开工作年度报告填报表。请于{报送期限}前填好，不改文件内的表式，按原文件名报回。",
    "表内“上年数”是贵单位上年年报的数字，供核对衔接用，不用填写；与贵单位留存的年报不同的，请告知我们。",
    "也可以在网页上核对和报送：{报送网址}（报送码{报送码}，只供贵单位使用，请勿外传）。",
    "填报中有疑问的，请与我们联系：{联系人} {联系电话}。",
    "{主办单位}",
)


@dataclass(frozen=True)
class Settings:
    """A campaign's settings; dates by kind of unit (a key of DUE_KINDS)."""

    year: int
    name: str = ""
    office: str = ""
    notice: str = ""
    contact: str = ""
    telephone: str = ""
    address: str = ""  # of the desk, where units hand in on a page
    due: Mapping[str, date | None] = field(default_factory=dict)  # empty: the law's dates
    publish_due: Mapping[str, date | None] = field(default_factory=dict)
    local: tuple[LocalChange, ...] = ()
    required: tuple[tuple[CellId, str], ...] = ()
    letter: tuple[str, ...] = DEFAULT_LETTER

    def __post_init__(self) -> None:
        due, publish = statutory_dates(self.year)
        object.__setattr__(self, "due", self.due or due)
        object.__setattr__(self, "publish_due", self.publish_due or publish)

    def due_for(self, unit: Unit) -> date | None:
        """When a unit's report is due."""
        return self.due.get(due_kind(unit))

    def publish_due_for(self, unit: Unit) -> date | None:
        """When a unit's report must be public."""
        return self.publish_due.get(due_kind(unit))

    @property
    def digest(self) -> str:
        """Changes when anything changes that a check depends on: not dates, not the letter."""
        said = repr((sorted(map(repr, self.local)), self.required))
        return hashlib.sha256(said.encode("utf-8")).hexdigest()[:12]


def due_kind(unit: Unit) -> str:
    """Which line of the dates is a unit's."""
    return "township" if unit.level == "township" else unit.kind


def statutory_dates(year: int) -> tuple[dict[str, date | None], dict[str, date | None]]:
    """The law's dates (条例 49, 50): 31 January for departments, 31 March for governments."""
    january, march = date(year + 1, 1, 31), date(year + 1, 3, 31)
    due: dict[str, date | None] = {
        "own_office": january, "department": january, "government": march, "township": january,
    }  # fmt: skip
    return due, dict(due)


def read_settings(path: Path) -> Settings:
    """The settings in a workbook. Raises ListMistakes with every mistake, UnusableInput for no workbook."""
    grid = read_grid(path)
    mistakes = Mistakes(path.name)
    general = _general(grid, mistakes)
    year = read_number(general.get("year", "")) if general.get("year") else None
    if year is None or edition_for_year(int(year)) is None:
        mistakes.add(GENERAL_SHEET, "A1", f"{GENERAL['year']}{quote(general.get('year', ''))}不是有效的年度")
        year = Decimal(2025)
    statutory = statutory_dates(int(year))
    due, publish = _dates(grid, statutory, mistakes)
    letter = tuple(row["line"] for row in _rows(grid, LETTER_SHEET, LETTER_COLUMNS, ("line",), mistakes))
    settings = Settings(
        year=int(year),
        **{key: general.get(key, "") for key in GENERAL if key != "year"},
        due=due,
        publish_due=publish,
        local=tuple(_local(grid, general.get("notice", ""), mistakes)),
        required=tuple(_required(grid, mistakes)),
        letter=letter or DEFAULT_LETTER,
    )
    if settings.address and not settings.address.startswith(("http://", "https://")):
        words = f"{GENERAL['address']}{quote(settings.address)}应以http://或https://开头"
        mistakes.add(GENERAL_SHEET, "A1", words)
    mistakes.raise_any()
    return settings


def _rows(
    grid: Grid, name: str, columns: Mapping[str, str], required: tuple[str, ...], mistakes: Mistakes
) -> list[Row]:
    sheet = grid.sheet(name)
    if sheet is None:
        mistakes.add(name, "A1", f"缺少“{name}”这一页")
        return []
    return list(list_rows(sheet, columns, required, mistakes))


def _general(grid: Grid, mistakes: Mistakes) -> dict[str, str]:
    labels = {plain(label): key for key, label in GENERAL.items()}
    found: dict[str, str] = {}
    for row in _rows(grid, GENERAL_SHEET, GENERAL_COLUMNS, ("item", "value"), mistakes):
        key = labels.get(plain(row["item"]))
        if key is None:
            mistakes.add(row.sheet, row.at("item"), f"不认识的项目{quote(row['item'])}")
        else:
            found[key] = row["value"]
    return found


def _dates(
    grid: Grid,
    statutory: tuple[dict[str, date | None], dict[str, date | None]],
    mistakes: Mistakes,
) -> tuple[dict[str, date | None], dict[str, date | None]]:
    labels = {plain(label): key for key, label in DUE_KINDS.items()}
    due, publish = dict(statutory[0]), dict(statutory[1])
    for row in _rows(grid, DATES_SHEET, DATE_COLUMNS, ("kind", "due"), mistakes):
        kind = labels.get(plain(row["kind"]))
        if kind is None:
            words = f"单位类别{quote(row['kind'])}应为：{'、'.join(DUE_KINDS.values())}"
            mistakes.add(row.sheet, row.at("kind"), words)
            continue
        for column, target in (("due", due), ("publish", publish)):
            if not row[column]:
                continue
            when = cell_date(row.cells.get(column))
            if when is None:
                mistakes.add(row.sheet, row.at(column), f"{quote(row[column])}不是日期，请写作2026-01-31")
            else:
                target[kind] = when
        last = statutory[1][kind]
        if last is not None and publish[kind] is not None and publish[kind] > last and kind != "township":  # type: ignore[operator]
            words = f"公布期限晚于法定的{last.month}月{last.day}日（条例第四十九、五十条）"
            mistakes.add(row.sheet, row.at("publish"), words)
    return due, publish


def _local(grid: Grid, general_notice: str, mistakes: Mistakes) -> list[LocalChange]:
    words = {severity.label: severity for severity in Severity}
    rulebook = load_rulebook()
    changes: list[LocalChange] = []
    for row in _rows(grid, LOCAL_SHEET, LOCAL_COLUMNS, ("rule", "notice"), mistakes):
        severity = words.get(plain(row["severity"]))
        off = plain(row["severity"]) == OFF
        if row["severity"] and severity is None and not off:
            known = "、".join((*words, OFF))
            mistakes.add(row.sheet, row.at("severity"), f"程度{quote(row['severity'])}应为：{known}")
            continue
        value = read_number(row["value"]) if row["value"] else None
        if row["value"] and value is None:
            mistakes.add(row.sheet, row.at("value"), f"阈值{quote(row['value'])}不是数")
            continue
        change = LocalChange(
            rule=row["rule"].split(" ")[0],
            notice=row["notice"] or general_notice,
            outcome=row["outcome"] or None,
            severity=severity,
            off=off,
            limit=_limit(rulebook.by_code.get(row["rule"].split(" ")[0]), row["limit"]),
            value=value,
        )
        if severity is None and not off and change.limit is None:
            mistakes.add(row.sheet, row.at("severity"), "程度和阈值都没有填，不知要改什么")
            continue
        try:
            refuse_wrong(rulebook, change)
        except RefusedChange as refused:
            mistakes.add(row.sheet, row.at("rule"), str(refused).rstrip("。"))
            continue
        changes.append(change)
    return changes


def _limit(rule: object, typed: str) -> str | None:
    """A threshold by its id or by its Chinese label."""
    labels: Mapping[str, str] = getattr(rule, "limit_labels", {})
    if not typed:
        return None
    return next((key for key, label in labels.items() if plain(typed) in (plain(label), key)), typed)


def _required(grid: Grid, mistakes: Mistakes) -> list[tuple[CellId, str]]:
    places = correction_places(all_editions())
    found: list[tuple[CellId, str]] = []
    for row in _rows(grid, REQUIRED_SHEET, REQUIRED_COLUMNS, ("cell",), mistakes):
        cell = places.get(plain(row["cell"]))
        if cell is None:
            mistakes.add(row.sheet, row.at("cell"), f"认不出栏目{quote(row['cell'])}，请从下拉列表中选")
        else:
            found.append((cell, row["note"]))
    return found


def need_same_year(settings: Settings, year: int) -> None:
    """Raises UnusableInput where somebody changed the year of a campaign under way."""
    if settings.year != year:
        raise UnusableInput(
            f"任务设置里的报告年度是{settings.year}，本任务是{year}年度的；年度不能改，请新建任务。"
        )
