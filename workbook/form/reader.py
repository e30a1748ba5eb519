"""From a workbook's grid to a filing: which edition, whose report, every figure with its place.

Reading never stops at the first trouble: what is odd becomes a fact's oddity or an observation, and only
what is no report at all is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from workbook.files.grid import Cell, Grid, Kind, Position, Sheet
from workbook.form.anchors import EXPLANATIONS, GUIDE, IDENTITY_SHEET, LIVE, RESULTS, SUMMARY
from workbook.form.cover import Cover, read_cover, read_identity
from workbook.form.edition import CellId, Edition, Table, all_editions, edition_for_year
from workbook.form.filing import Fact, Filing, Identity, Observation, Organ, Place, Remark, blank_tables
from workbook.form.recalculate import NotEvaluated, recalculate
from workbook.form.tablefinder import FoundTable, LabelledSheet, find_table
from workbook.form.values import Oddity, read_cell, read_number
from workbook.form.words import PREAMBLE, read_words
from workbook.problems import UnusableInput

# Our own sheets that repeat the form's labels without being the form.
_NO_TABLES = frozenset({GUIDE, SUMMARY, EXPLANATIONS, RESULTS, LIVE, IDENTITY_SHEET})


def read_filing(grid: Grid) -> Filing:
    """The report in a workbook.

    Raises UnusableInput where there is none, or where nothing tells the edition.
    """
    cover = read_cover(grid)
    identity, observations = _identity(grid)
    sheets = [LabelledSheet(sheet) for sheet in grid.sheets if sheet.name not in _NO_TABLES]
    edition, tables, extra = _edition(grid, sheets, cover, identity)
    facts: dict[CellId, Fact] = {}
    uncertain: dict[CellId, str] = {}
    for found in tables.values():
        observations += found.observations
        facts |= _facts(found, cover.zero)
        uncertain |= dict.fromkeys(found.missing, "表中没有这一行或这一列")
    observations += [
        Observation(Remark.TABLE_TWICE, found.table.id, found.sheet.name, "", Place(found.sheet.name, ""))
        for found in extra
    ]
    missing = {table.id: _instead(table, grid, edition) for table in edition.tables if table.id not in tables}
    missing |= {table: "" for table in blank_tables(edition, facts, cover.zero) if table not in missing}
    words = read_words(grid, edition, {key: _extent(found) for key, found in tables.items()})
    return Filing(
        organ=Organ(cover.organ, cover.level),
        year=cover.year,
        edition_id=edition.id,
        scope=cover.scope,
        facts=facts,
        sections={key: words.sections.get(key) for key in (PREAMBLE, *(s.id for s in edition.sections))},
        headings=words.headings,
        declared_zero=cover.zero,
        missing_tables=missing,
        observations=tuple(observations),
        identity=identity,
        uncertain=uncertain,
        source=grid.source,
        words_read=bool(words.headings),
        year_typed=cover.year_typed,
        landmarks={**cover.places, **words.places},
    )


def _identity(grid: Grid) -> tuple[Identity | None, list[Observation]]:
    try:
        return read_identity(grid), []
    except ValueError:
        return None, [Observation(Remark.IDENTITY_BROKEN, "", place=Place(IDENTITY_SHEET, ""))]


# --- which edition ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Candidate:
    edition: Edition
    tables: dict[str, FoundTable]
    extra: list[FoundTable]

    @property
    def score(self) -> int:
        """Labels found exactly as this edition prints them."""
        return sum(found.exact for found in self.tables.values())


def _edition(
    grid: Grid, sheets: list[LabelledSheet], cover: Cover, identity: Identity | None
) -> tuple[Edition, dict[str, FoundTable], list[FoundTable]]:
    """The edition whose labels stand in the book, its tables, and second copies of them."""
    candidates = [_candidate(edition, sheets) for edition in all_editions()]
    best = max(candidate.score for candidate in candidates)
    if best == 0:
        raise UnusableInput(f"{grid.source}：不是政府信息公开工作年度报告的表格，没有找到表二、表三、表四。")
    ahead = [candidate for candidate in candidates if candidate.score == best]
    if len(ahead) > 1:
        by_year = edition_for_year(cover.year) if cover.year is not None else None
        wanted = by_year.id if by_year else identity.edition if identity else None
        ahead = [candidate for candidate in ahead if candidate.edition.id == wanted]
    if not ahead:
        raise UnusableInput(
            f"{grid.source}：表里看不出是2019年版还是2021年版，也没有写明年度。请在封面填写报告年度。"
        )
    chosen = ahead[0]
    return chosen.edition, chosen.tables, chosen.extra


def _candidate(edition: Edition, sheets: list[LabelledSheet]) -> _Candidate:
    candidate = _Candidate(edition, {}, [])
    for table in edition.tables:
        found = [item for sheet in sheets if (item := find_table(table, sheet)) is not None]
        if not found:
            continue
        # Of several the one with most of the form's own labels; the order of sheets breaks a tie.
        first = max(found, key=lambda item: (item.exact, item.sheet.visible))
        candidate.tables[table.id] = first
        candidate.extra += [
            item
            for item in found
            if item is not first and item.sheet.visible and 2 * item.exact > first.exact
        ]
    return candidate


# --- figures ----------------------------------------------------------------------------------------


def _facts(found: FoundTable, declared_zero: bool) -> dict[CellId, Fact]:
    facts: dict[CellId, Fact] = {}
    for cell in found.table.cells:
        position = found.cells.get(cell)
        if position is None:
            is_zero = cell in found.zeros
            facts[cell] = Fact(
                cell, Decimal(0) if is_zero else None, None, Oddity.NONE if is_zero else Oddity.BLANK
            )
        else:
            facts[cell] = _fact(cell, found.sheet, position, declared_zero)
    return facts


def _fact(cell: CellId, sheet: Sheet, position: Position, declared_zero: bool) -> Fact:
    stored = sheet.cells.get(position)
    place = Place(sheet.name, str(position))
    value, oddity = read_cell(stored)
    raw = _raw(stored, value)
    if stored is None or stored.formula is None:
        return Fact(cell, value, raw, oddity, place)
    if oddity is Oddity.ERROR:
        return Fact(cell, None, raw, oddity, place, stored.formula)
    try:
        given = recalculate(sheet, position, declared_zero)
    except NotEvaluated:
        return Fact(cell, value, raw, oddity, place, stored.formula)
    if stored.kind is Kind.UNCALCULATED:
        known = Oddity.UNCALCULATED if given is not None else Oddity.BLANK
        return Fact(cell, given, None, known, place, stored.formula)
    if given is None:
        return Fact(cell, None, raw, Oddity.BLANK, place, stored.formula)
    given = read_number(str(given))
    if value is not None and given is not None and given == value:
        return Fact(cell, value, raw, oddity, place, stored.formula)
    return Fact(cell, given, raw, Oddity.STALE, place, stored.formula)


def _raw(stored: Cell | None, value: Decimal | None) -> Decimal | str | None:
    if stored is None:
        return None
    if stored.kind is Kind.NUMBER:
        return value if value is not None else stored.text
    return stored.shown or stored.text


# --- what is missing --------------------------------------------------------------------------------


def _instead(table: Table, grid: Grid, edition: Edition) -> str:
    """What stands where a table should: a picture, words, or nothing."""
    wanted = edition.section(table.section)
    sheet = grid.sheet(wanted.sheet)
    if sheet is not None and sheet.pictures:
        return "是图片"
    return "只有文字" if sheet is not None and sheet.cells else "没有内容"


def _extent(found: FoundTable) -> tuple[Sheet, int, int]:
    """Sheet, first and last row of a table, its headers included."""
    return found.sheet, max(1, found.top - 6), found.bottom
