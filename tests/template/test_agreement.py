"""One source, several executions: the form's live formulas say what the checker says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl.utils import range_boundaries

from tests.template.recalculation import (
    Rows,
    defined_names,
    load,
    plain_value,
    recalculate,
    recalculate_to_rows,
)
from tests.template.samples import city, edition, ningbo, random_filings
from tests.template.spoken import said_sentences
from workbook.form.anchors import LIVE_AREA, LIVE_COLUMNS, cell_name
from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions
from workbook.form.filing import Fact, Filing
from workbook.form.values import read_number, read_text
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.rules.checker import check_filing
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book
from workbook.template.live import live_checks
from workbook.template.standing import stand

FILINGS = 200  # in all, over two editions and two kinds of totals
EQUALITIES = ("SUM", "BAL")


class Recalculated:
    """What LibreOffice says stands in a book, by defined name."""

    def __init__(self, book: bytes, sheets: dict[str, Rows]) -> None:
        self.sheets = sheets
        self.names = defined_names(book)

    def area(self, name: str) -> Rows:
        """The rows of a named area."""
        match = re.fullmatch(r"'?([^'!]+)'?!([^!]+)", self.names[name])
        assert match, self.names[name]
        left, top, right, bottom = range_boundaries(match[2])
        return [row[left - 1 : right] for row in self.sheets[match[1]][top - 1 : bottom]]


def _as_recalculated(filing: Filing, book: Recalculated) -> Filing:
    """The filing with what LibreOffice says stands in every cell."""
    facts: dict[CellId, Fact] = {}
    for cell in filing.edition.cells:
        text = book.area(cell_name(cell))[0][0]
        number = read_number(text)
        if number is not None:
            facts[cell] = Fact(cell, number, number)
        else:
            value, oddity = read_text(text)
            facts[cell] = Fact(cell, value, text, oddity)
    return Filing(
        filing.organ, filing.year, filing.edition_id, filing.scope, facts, declared_zero=filing.declared_zero
    )


def _checker_says(filing: Filing) -> list[tuple[str, str, str]]:
    """Rule, cell and verdict of every equality, from the checker."""
    rulebook = load_rulebook()
    result = check_filing(filing, rulebook)
    broken = {(finding.rule, finding.mark) for finding in result.findings}
    undecided = {(open_.rule, open_.mark) for open_ in result.undecided}
    said = []
    for rule, application in rulebook.applications(filing.edition, None):
        if rule.live and rule.code.startswith(EQUALITIES):
            key = (rule.code, application.mark)
            verdict = "不平衡" if key in broken else "未填" if key in undecided else "平衡"
            said.append((rule.code, str(application.mark), verdict))
    return sorted(said)


def _form_says(form: Edition, book: Recalculated) -> list[tuple[str, str, str]]:
    """The same from 勾稽核对, its rows told by rule and place."""
    keys = list(LIVE_COLUMNS)
    marks: dict[tuple[str, str], CellId] = {}
    for rule, application in load_rulebook().applications(form, None):
        if not rule.code.startswith(EQUALITIES):
            continue
        table = form.by_id[application.mark.table]
        by_column = rule.tests[application.test].each == "column"
        line = (table.columns if by_column else table.rows)[application.index]
        short = line.short.replace("“", "‘").replace("”", "’")
        kind = "" if table.blocks[0].across else "列" if by_column else "行"
        marks[rule.code, f"{table.label}“{short}”{kind}"] = application.mark
    said = []
    for row in book.area(LIVE_AREA):
        values = dict(zip(keys, row, strict=True))
        if values["rule"].startswith(EQUALITIES):
            said.append((values["rule"], str(marks[values["rule"], values["place"]]), values["verdict"]))
    return sorted(said)


@pytest.mark.office
def test_live_formulas_and_checker_agree_on_every_equality(tmp_path: Path) -> None:
    rulebook = load_rulebook()
    filings: dict[str, Filing] = {}
    books: dict[str, bytes] = {}
    for edition_id in ("2019", "2021"):
        for typed in (False, True):
            for label, filing in random_filings(edition_id, typed, FILINGS // 4, seed=20260118):
                filings[label] = filing
                books[label] = build_book(filing.edition, rulebook, filing=filing, typed_totals=typed)
    assert len(filings) == FILINGS
    met = {"平衡": 0, "不平衡": 0, "未填": 0}
    computed = 0
    for label, sheets in recalculate_to_rows(books, tmp_path).items():
        form = filings[label].edition
        book = Recalculated(books[label], sheets)
        checker, live = _checker_says(_as_recalculated(filings[label], book)), _form_says(form, book)
        assert live == checker, label
        standings = stand(form, filings[label], typed_totals=" typed " in label, fill_zero=False)
        computed += len(standings.formulas)
        for _, _, verdict in live:
            met[verdict] += 1
    assert min(met.values()) > 100, met
    assert computed > 30 * FILINGS // 4  # the forms without typed totals did compute them


@pytest.mark.office
def test_every_cached_value_is_what_libreoffice_computes(tmp_path: Path) -> None:
    rulebook = load_rulebook()
    filings: dict[str, Filing | None] = {"2019": None, "2021": None, "ningbo": ningbo(), "city": city()}
    for edition_id in ("2019", "2021"):
        for typed in (False, True):
            filings |= dict(random_filings(edition_id, typed, 6, seed=7))
    books: dict[str, bytes] = {}
    for label, filing in filings.items():
        form = filing.edition if filing else edition(label)
        books[label] = build_book(
            form,
            rulebook,
            filing=filing,
            typed_totals=" typed " in label,
            prior=city(),
            sentences=[*live_sentences(form, load_sentences()), *said_sentences(form)],
        )
    compared = 0
    for label, path in recalculate(books, tmp_path).items():
        formulas, written, recalculated = load(books[label], values=False), load(books[label]), load(path)
        for sheet in formulas:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type != "f":
                        continue
                    compared += 1
                    cached = plain_value(written[sheet.title][cell.coordinate].value)
                    fresh = plain_value(recalculated[sheet.title][cell.coordinate].value)
                    assert cached == fresh, f"{label}: {sheet.title}!{cell.coordinate} {cell.value}"
    assert compared > 5000


def test_live_rules_speak_of_every_year_of_an_edition() -> None:
    """The form does not know its year while it is empty: a live rule must hold for all of them."""
    for form in all_editions():
        for check in live_checks(form, load_rulebook()):
            assert check.rule.covers_year(form.first_year), check.rule.code
            assert check.rule.covers_year(form.last_year or 9999), check.rule.code
