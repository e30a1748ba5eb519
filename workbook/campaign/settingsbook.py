"""任务设置.xlsx as it is handed to the officer: today's settings with lists to pick from."""

from __future__ import annotations

import io

from workbook.campaign.listbook import ListBook, ListColumn
from workbook.campaign.roster import correction_words
from workbook.campaign.settings import (
    DATE_COLUMNS,
    DATES_SHEET,
    DUE_KINDS,
    GENERAL,
    GENERAL_COLUMNS,
    GENERAL_SHEET,
    LETTER_COLUMNS,
    LETTER_SHEET,
    LOCAL_COLUMNS,
    LOCAL_SHEET,
    OFF,
    REQUIRED_COLUMNS,
    REQUIRED_SHEET,
    Settings,
)
from workbook.form.edition import Edition
from workbook.form.editionfile import all_editions, edition_for_year
from workbook.rules.findings import Severity
from workbook.rules.rulebook import load_rulebook

_LISTS = "下拉列表"
_REMARKS = {
    GENERAL_SHEET: "改好后保存，下一次核查即按新设置进行；报告年度不能改。",
    DATES_SHEET: (
        "法定期限：部门1月31日，政府3月31日（《条例》第四十九、五十条）；本地通知要求更早的，请改成本地期限。"
    ),
    LOCAL_SHEET: (
        "本地通知比格式要求更严或另有规定的，一行一条：选规则，改程度（错误、须说明、提示、停用）或阈值，写明依据文号。"
        "表格本身的勾稽关系（SUM、BAL）不能降低。没有的不填。"
    ),
    REQUIRED_SHEET: "本地通知要求“一、总体情况”写明的数字，一行一个；没有写到的会提示。没有的不填。",
    LETTER_SHEET: (
        "随表下发的通知书；{单位}{年度}{报送期限}{公布期限}{主办单位}{通知文号}{联系人}{联系电话}{报送网址}{报送码}会换成实际内容；"
        "没有填“网上报送网址”的，写有{报送网址}的一行不发。"
        "全部删去则不发通知书。"
    ),
}


def settings_book(settings: Settings) -> bytes:
    """The bytes of the settings workbook."""
    target = io.BytesIO()
    lists = ListBook(target)
    rulebook = load_rulebook()
    form = edition_for_year(settings.year)
    rules = [f"{rule.code} {rule.label}" for rule in rulebook.rules]
    limits = list(dict.fromkeys(label for rule in rulebook.rules for label in rule.limit_labels.values()))
    places = [
        correction_words(form, cell) for form in ([form] if form else all_editions()) for cell in form.cells
    ]
    general = {**{key: getattr(settings, key) for key in GENERAL}, "year": str(settings.year)}
    lists.add_list(
        GENERAL_SHEET,
        "任务设置",
        _REMARKS[GENERAL_SHEET],
        [ListColumn(GENERAL_COLUMNS["item"], 18), ListColumn(GENERAL_COLUMNS["value"], 60)],
        [(label, general[key]) for key, label in GENERAL.items()],
    )
    lists.add_list(
        DATES_SHEET,
        "期限",
        _REMARKS[DATES_SHEET],
        [
            ListColumn(DATE_COLUMNS["kind"], 20, choices=tuple(DUE_KINDS.values())),
            ListColumn(DATE_COLUMNS["due"], 16, is_date=True),
            ListColumn(DATE_COLUMNS["publish"], 16, is_date=True),
        ],
        [
            (label, settings.due.get(kind), settings.publish_due.get(kind))
            for kind, label in DUE_KINDS.items()
        ],
    )
    lists.add_list(
        LOCAL_SHEET,
        "本地要求",
        _REMARKS[LOCAL_SHEET],
        [
            ListColumn(
                LOCAL_COLUMNS["rule"], 32, choices_from=f"='{_LISTS}'!$A$1:$A${len(rules)}", needed=True
            ),
            ListColumn(LOCAL_COLUMNS["outcome"], 16),
            ListColumn(LOCAL_COLUMNS["severity"], 12, choices=(*(item.label for item in Severity), OFF)),
            ListColumn(LOCAL_COLUMNS["limit"], 30, choices_from=f"='{_LISTS}'!$C$1:$C${len(limits)}"),
            ListColumn(LOCAL_COLUMNS["value"], 12, text=False),
            ListColumn(LOCAL_COLUMNS["notice"], 30, needed=True),
        ],
        [
            (
                f"{change.rule} {rulebook.by_code[change.rule].label}",
                change.outcome,
                OFF if change.off else change.severity.label if change.severity else None,
                rulebook.by_code[change.rule].limit_labels.get(change.limit or ""),
                change.value,
                change.notice,
            )
            for change in settings.local
        ],
        spare=20,
    )
    lists.add_list(
        REQUIRED_SHEET,
        "必报数字",
        _REMARKS[REQUIRED_SHEET],
        [
            ListColumn(
                REQUIRED_COLUMNS["cell"], 60, choices_from=f"='{_LISTS}'!$B$1:$B${len(places)}", needed=True
            ),
            ListColumn(REQUIRED_COLUMNS["note"], 40),
        ],
        [(_place(cell, form), note) for cell, note in settings.required],
        spare=20,
    )
    lists.add_list(
        LETTER_SHEET,
        "通知书",
        _REMARKS[LETTER_SHEET],
        [ListColumn(LETTER_COLUMNS["line"], 100)],
        [(line,) for line in settings.letter],
        spare=10,
    )
    hidden = lists.book.add_worksheet(_LISTS)
    for column, entries in enumerate((rules, places, limits)):
        hidden.write_column(0, column, entries)
    hidden.hide()
    lists.close()
    return target.getvalue()


def _place(cell: object, form: Edition | None) -> str:
    for edition in ([form] if form else []) + list(all_editions()):
        if cell in edition.cell_set:
            return correction_words(edition, cell)
    return str(cell)
