"""The roster's workbook: an empty template with its drop-down lists, or a roster written out again."""

from __future__ import annotations

import io

from workbook.campaign.listbook import ListBook, ListColumn
from workbook.campaign.records import KINDS, Unit
from workbook.campaign.roster import (
    COLUMNS,
    CORRECTION_COLUMNS,
    CORRECTIONS_SHEET,
    HAS,
    HAS_NOT,
    NO,
    REQUIRED,
    ROSTER_SHEET,
    YES,
    Roster,
    correction_words,
)
from workbook.form.editionfile import all_editions
from workbook.form.filing import LEVELS, SCOPES

_LIST_SHEET = "下拉列表"
_REMARK = (
    "每个报送单位一行，带*的列必填；单位代码不重复，上级代码填上级单位在本表中的代码，最上一级空着。"
    "一个政府有两份报告：办公厅（室）的本级报告（口径“本级”）和政府的汇总报告（口径“全口径”），各占一行。"
    "不要合并单元格。"
)
_HELP = {
    "code": "本表内不重复，字母、数字、点、短横。",
    "aliases": "文件里可能出现的其他名称，用顿号隔开，如“科技局、市科技局”。",
    "parent": "上级单位在本表中的代码；最上一级空着。",
    "scope": "空着按“本级”。",
    "rule_power": "有没有规章制定权；空着按单位级别判断。",
    "vertical": "垂直管理的单位不计入本地汇总。",
    "predecessors": "机构改革中合并、分设的，填前身单位上年的代码，用顿号隔开；上年数按各前身之和。",
}
_WIDTHS = {
    "code": 12, "name": 32, "aliases": 24, "level": 18, "parent": 12, "kind": 18, "scope": 9, "contact": 10,
    "telephone": 15, "rule_power": 11, "vertical": 10, "temporary": 12, "predecessors": 16,
}  # fmt: skip
_CHOICES = {
    "level": tuple(LEVELS.values()),
    "kind": tuple(KINDS.values()),
    "scope": tuple(SCOPES.values()),
    "rule_power": (HAS, HAS_NOT),
    "vertical": (YES, NO),
    "temporary": (YES, NO),
}


def roster_book(roster: Roster | None = None) -> bytes:
    """The bytes of a roster's workbook: empty, with lists to pick from, or with the units given."""
    target = io.BytesIO()
    lists = ListBook(target)
    columns = [
        ListColumn(
            title,
            _WIDTHS[name],
            choices=_CHOICES.get(name, ()) if name != "level" else (),
            choices_from=f"='{_LIST_SHEET}'!$A$1:$A${len(LEVELS)}" if name == "level" else "",
            help=_HELP.get(name, ""),
            needed=name in REQUIRED,
        )
        for name, title in COLUMNS.items()
    ]
    units = roster.units if roster else ()
    lists.add_list(ROSTER_SHEET, "单位名册", _REMARK, columns, [_cells(unit) for unit in units], spare=30)
    places = [correction_words(edition, cell) for edition in all_editions() for cell in edition.cells]
    places = list(dict.fromkeys(places))
    corrections = [
        ListColumn(CORRECTION_COLUMNS["code"], 14, needed=True),
        ListColumn(
            CORRECTION_COLUMNS["cell"],
            56,
            choices_from=f"='{_LIST_SHEET}'!$B$1:$B${len(places)}",
            needed=True,
        ),
        ListColumn(CORRECTION_COLUMNS["value"], 14, needed=True, text=False),
        ListColumn(CORRECTION_COLUMNS["reason"], 50, needed=True),
    ]
    lists.add_list(
        CORRECTIONS_SHEET,
        "上年更正数",
        "上年年报报出后又更正过的数字，一个数一行；核对“与上年衔接”时以更正后的数为准。没有的不填。",
        corrections,
        [
            (unit.code, _words(correction.cell), correction.value, correction.reason)
            for unit in units
            for correction in unit.corrections
        ],
        spare=20,
    )
    hidden = lists.book.add_worksheet(_LIST_SHEET)
    hidden.write_column(0, 0, list(LEVELS.values()))
    hidden.write_column(0, 1, places)
    hidden.hide()
    lists.close()
    return target.getvalue()


def _words(cell: object) -> str:
    for edition in all_editions():
        if cell in edition.cell_set:
            return correction_words(edition, cell)
    return str(cell)


def _choice(value: bool | None, yes: str, no: str) -> str:
    return "" if value is None else yes if value else no


def _cells(unit: Unit) -> tuple[str, ...]:
    cells = {
        "code": unit.code,
        "name": unit.name,
        "aliases": "、".join(unit.aliases),
        "level": LEVELS.get(unit.level or "", ""),
        "parent": unit.parent or "",
        "kind": KINDS[unit.kind],
        "scope": SCOPES[unit.scope],
        "contact": unit.contact,
        "telephone": unit.telephone,
        "rule_power": _choice(unit.rule_power, HAS, HAS_NOT),
        "vertical": _choice(unit.vertical or None, YES, NO),
        "temporary": _choice(unit.temporary, YES, NO),
        "predecessors": "、".join(unit.predecessors),
    }
    return tuple(cells[name] for name in COLUMNS)
