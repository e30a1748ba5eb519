"""Checks of a report against what became of it: the signed paper, the published page.

A published page is there only where somebody brought one; without it these checks do not apply.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbook.form.checkcode import check_code, same_code
from workbook.form.edition import CellId, Table
from workbook.form.filing import Filing, Remark
from workbook.form.labels import plain
from workbook.form.values import figure
from workbook.form.words import PREAMBLE
from workbook.rules.passages import differing_passages
from workbook.rules.procedures.case import Case, Failed, Open, Passed, Verdict, procedure

_UNREAD_PAGE = "公开页的文字没有读出"
_PICTURE = "图片"
_PREAMBLE_NAME = "前言"
_MOST_PASSAGES = 20


@procedure("report.as_signed", "changed", "signed now")
def unchanged_since_signing(case: Case) -> Iterator[Verdict]:
    """The report still has the check code that was recorded when it went to be signed."""
    signed = case.filing.check_code
    if not signed:
        yield Open("没有审签校验码")
        return
    now = check_code(case.filing)
    if same_code(signed, now):
        yield Passed()
    else:
        place = case.filing.landmarks.get("cover.check_code")
        yield Failed("changed", given={"signed": signed, "now": now}, place=place)


@procedure("published.readable", "picture", "name")
def published_as_text(case: Case) -> Iterator[Verdict]:
    """No statutory table of the published page is a picture."""
    if case.published is None:
        return
    pictures = {item.table for item in case.published.observations if item.remark is Remark.PICTURE}
    pictures |= {table for table, instead in case.published.missing_tables.items() if _PICTURE in instead}
    for table in case.published.edition.tables:
        if table.id in pictures:
            yield Failed("picture", given={"name": table.label})
        elif table.id in case.published.missing_tables:
            yield Open(f"公开页没有{table.label}")
        else:
            yield Passed()


@procedure(
    "published.equals",
    "figure blanks table words year",
    "submitted published name section count cells",
)
def published_as_submitted(case: Case) -> Iterator[Verdict]:
    """The published page says what the submitted workbook says, cell by cell, section by section."""
    if case.published is None:
        return
    yield from _same_report(case.filing, case.published)
    for table in case.edition.tables:
        yield from _same_table(case.filing, case.published, table)
    yield from _same_words(case.filing, case.published)


def _same_report(submitted: Filing, published: Filing) -> Iterator[Verdict]:
    for ours, theirs, unit in (
        (submitted.year, published.year, "年度的年报"),
        (submitted.edition_id, published.edition_id, "年版的表式"),
    ):
        if ours is None or theirs is None:
            continue
        if ours == theirs:
            yield Passed()
        else:
            yield Failed("year", given={"submitted": f"{ours}{unit}", "published": f"{theirs}{unit}"})


def _same_table(submitted: Filing, published: Filing, table: Table) -> Iterator[Verdict]:
    ours, theirs = table.id in submitted.missing_tables, table.id in published.missing_tables
    theirs = theirs or table.id not in published.edition.by_id
    if ours and theirs:
        yield Passed()
        return
    if ours or theirs:
        instead = published.missing_tables.get(table.id, "没有这张表") or "没有数字"
        yield Failed(
            "table",
            given={
                "name": table.label,
                "submitted": "没有填" if ours else "填了数字",
                "published": instead if theirs else "填了数字",
            },
        )
        return
    blanks: list[CellId] = []
    for cell in table.cells:
        if cell not in published.edition.cell_set:
            continue  # the other edition's form, said above
        if cell in published.uncertain:
            yield Open(f"公开页没有读准：{published.uncertain[cell]}", cell)
        elif cell in submitted.uncertain:
            yield Open(f"提交的表没有读准：{submitted.uncertain[cell]}", cell)
        elif _same_figure(submitted, published, cell):
            yield Passed()
        elif submitted.value(cell) == 0 and _shown(published, cell) == _BLANK:
            blanks.append(cell)
        else:
            yield Failed(
                "figure",
                cell,
                published.value(cell),
                submitted.value(cell),
                {"submitted": _shown(submitted, cell), "published": _shown(published, cell)},
            )
    if blanks:
        yield Failed("blanks", blanks[0], given={"count": str(len(blanks))}, cells=tuple(blanks))


_BLANK = "空格"


def _same_figure(submitted: Filing, published: Filing, cell: CellId) -> bool:
    ours, theirs = submitted.value(cell), published.value(cell)
    if ours is None and theirs is None:
        return plain(_shown(submitted, cell)) == plain(_shown(published, cell))
    return ours == theirs


def _shown(filing: Filing, cell: CellId) -> str:
    value = filing.value(cell)
    if value is not None:
        return figure(value)
    fact = filing.facts.get(cell)
    raw = "" if fact is None or fact.raw is None else str(fact.raw).strip()
    return f"“{raw}”" if raw else _BLANK


def _same_words(submitted: Filing, published: Filing) -> Iterator[Verdict]:
    if not published.words_read and not any(published.sections.values()):
        yield Open(_UNREAD_PAGE)
        return
    names = {PREAMBLE: _PREAMBLE_NAME} | {item.id: item.heading for item in submitted.edition.sections}
    for section, name in names.items():
        ours, theirs = submitted.sections.get(section) or "", published.sections.get(section) or ""
        passages = differing_passages(ours, theirs)
        if not passages:
            yield Passed()
        place = submitted.landmarks.get(f"heading.{section}")
        for left, right in passages[:_MOST_PASSAGES]:
            given = {"section": name, "submitted": left or "（没有）", "published": right or "（没有）"}
            yield Failed("words", given=given, place=place)
