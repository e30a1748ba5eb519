"""Build the workbook: the empty master of an edition, or a filled form.

One edition and one rule book in, the bytes of an .xlsx out; the same input gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from workbook.form.anchors import (
    COVER,
    EXPLANATIONS,
    GUIDE,
    IDENTITY_SHEET,
    LAST_YEAR,
    LIVE,
    RESULTS,
    SUMMARY,
    TEMPLATE_VERSIONS,
)
from workbook.form.boxes import quoted
from workbook.form.edition import Edition
from workbook.form.filing import Filing
from workbook.rules.rulebook import RuleBook
from workbook.template.excel import Addresses, sentence_value, text_formula
from workbook.template.front import write_cover, write_guide
from workbook.template.lastyear import HandedOut, write_last_year
from workbook.template.listing import Listing, write_listing
from workbook.template.lists import (
    LIVE_STATUS_HEAD,
    explainable,
    live_first_row,
    write_explanations,
    write_identity,
    write_live,
    write_results,
    write_summary,
)
from workbook.template.live import (
    Cached,
    CheckRow,
    LiveCheck,
    LiveSentence,
    StatusRow,
    check_row,
    live_checks,
    status_row,
)
from workbook.template.page import Page
from workbook.template.sections import title_value, write_section_sheet
from workbook.template.standing import Standings, prior_figures, stand
from workbook.template.styles import TAB_AUTO, TAB_FILL, TAB_GUIDE, Styles
from workbook.template.tables import Layout, lay_out

TEMPLATE_VERSION = TEMPLATE_VERSIONS[-1]

# Nothing a clerk types is turned into something else on the way, and nothing depends on the clock.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed date, written as it is


def build_book(
    edition: Edition,
    rulebook: RuleBook,
    *,
    filing: Filing | None = None,
    prior: Filing | None = None,
    typed_totals: bool = False,
    fill_zero: bool = False,
    sentences: Sequence[LiveSentence] | None = None,
    handed: HandedOut | None = None,
    listings: Sequence[Listing] = (),
) -> bytes:
    """The workbook of an edition, filled with `filing` where one is given.

    Facts are written as given; a total that is not given is a formula with its value, unless totals are
    typed. `fill_zero` writes 0 into the blanks of tables that have any figure. `sentences` become the live
    part of 综述, `prior` supplies last year's figures to them. `handed` adds what a campaign hands out with
    the form: last year's figures on a sheet of their own, and a cover that is filled and locked.
    `listings` are further sheets.
    Raises UnusableInput for a text that no cell can hold, ValueError for a filing of another edition.
    """
    if filing is not None and filing.edition_id != edition.id:
        raise ValueError(f"filing is of edition {filing.edition_id}, not {edition.id}")
    standings = stand(edition, filing, typed_totals=typed_totals, fill_zero=fill_zero)
    layout = lay_out(edition, filing.sections if filing else {})
    checks = live_checks(edition, rulebook)
    rows, statuses = _live_rows(edition, checks, layout, standings)
    organ, year = (filing.organ.name, filing.year) if filing else (None, None)
    title = title_value(organ, year)

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties(
        {"title": "政府信息公开工作年度报告", "comments": edition.issued, "created": _CREATED}
    )
    styles = Styles(book)
    write_cover(
        Page(book, COVER, styles, TAB_FILL),
        edition,
        filing,
        title,
        TEMPLATE_VERSION,
        locked=handed is not None,
    )
    write_guide(Page(book, GUIDE, styles, TAB_GUIDE), edition, standings.typed_totals)
    shown = {
        table.id: Cached(f"{quoted(LIVE)}!$F${LIVE_STATUS_HEAD + number}", statuses[table.id].status.value)
        for number, table in enumerate(edition.tables, start=1)
    }
    for sheet in layout.sheets:
        write_section_sheet(
            Page(book, sheet.name, styles, TAB_FILL),
            sheet,
            layout,
            standings,
            checks,
            shown,
            filing.headings if filing else {},
            title,
        )
    write_summary(
        Page(book, SUMMARY, styles, TAB_AUTO), _sentences(sentences or (), layout, standings, prior, year)
    )
    write_explanations(Page(book, EXPLANATIONS, styles, TAB_FILL))
    write_results(Page(book, RESULTS, styles, TAB_AUTO))
    write_live(Page(book, LIVE, styles, TAB_AUTO), edition, rows, statuses)
    if handed is not None:
        write_last_year(Page(book, LAST_YEAR, styles, TAB_AUTO), handed)
    for listing in listings:
        write_listing(Page(book, listing.name, styles, TAB_AUTO), listing)
    write_identity(
        Page(book, IDENTITY_SHEET, styles, TAB_AUTO),
        _identity(edition, standings, filing),
        explainable(edition, rulebook),
    )
    book.close()
    return target.getvalue()


def _live_rows(
    edition: Edition, checks: Sequence[LiveCheck], layout: Layout, standings: Standings
) -> tuple[list[tuple[LiveCheck, CheckRow]], dict[str, StatusRow]]:
    """Every check with its cells in 勾稽核对, and every table's line of counts."""
    addresses = Addresses(layout, standings.formulas, home=LIVE)
    first = live_first_row(len(edition.tables))
    rows = [
        (check, check_row(check, row, addresses, standings)) for row, check in enumerate(checks, start=first)
    ]
    statuses: dict[str, StatusRow] = {}
    start = first
    for number, table in enumerate(edition.tables, start=1):
        mine = [pair for pair in rows if pair[0].table == table.id]
        statuses[table.id] = status_row(
            table.id, LIVE_STATUS_HEAD + number, start, mine, addresses, standings
        )
        start += len(mine)
    return rows, statuses


def _sentences(
    sentences: Sequence[LiveSentence],
    layout: Layout,
    standings: Standings,
    prior: Filing | None,
    year: int | None,
) -> list[Cached]:
    figures = prior_figures(prior)
    addresses = Addresses(layout, standings.formulas, home=SUMMARY, prior=figures)
    return [
        Cached(
            text_formula(sentence.variants, addresses),
            sentence_value(sentence.variants, standings, figures, year),
        )
        for sentence in sentences
    ]


def _identity(edition: Edition, standings: Standings, filing: Filing | None) -> dict[str, str | int | None]:
    """What the hidden sheet records; whom the form was made for only where somebody says so."""
    known = filing.identity if filing else None
    return {
        "edition": edition.id,
        "version": TEMPLATE_VERSION,
        "totals": "typed" if standings.typed_totals else "formula",
        "organ": known.organ if known else None,
        "year": known.year if known else None,
        "unit": known.unit if known else None,
        "campaign": known.campaign if known else None,
        "digest": known.digest if known else None,
    }


def master_file_name(edition: Edition) -> str:
    """The name of an edition's committed master: 政府信息公开工作年度报告（2021年版）.xlsx."""
    return f"政府信息公开工作年度报告（{edition.id}年版）.xlsx"


def save_master(
    edition: Edition,
    rulebook: RuleBook,
    folder: Path,
    sentences: Sequence[LiveSentence] | None = None,
) -> Path:
    """Build the empty master and save it in a folder; gives its path."""
    path = folder / master_file_name(edition)
    path.write_bytes(build_book(edition, rulebook, sentences=sentences))
    return path
