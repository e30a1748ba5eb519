"""From a workbook's grid to a filing: which edition, whose report, every figure with its place.

Reading never stops at the first trouble: what is odd becomes a fact's oddity or an observation, and only
what is no report at all is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from workbook.files.grid import Grid, Sheet
from workbook.form.anchors import APART, IDENTITY_SHEET, NOT_THE_FORM
from workbook.form.bookoddities import hidden_sheets, lost_names, shuffled_sheets, unprotected_sheets
from workbook.form.cover import Cover, find_title, read_cover, read_identity
from workbook.form.edition import CellId, Edition, Table
from workbook.form.editionfile import all_editions, edition_for_year
from workbook.form.figures import facts_of
from workbook.form.filing import Fact, Filing, Identity, Observation, Organ, Place, Remark, blank_tables
from workbook.form.foundtable import FoundTable
from workbook.form.labelledsheet import LabelledSheet
from workbook.form.tablefinder import find_table
from workbook.form.words import PREAMBLE, read_words
from workbook.problems import UnusableInput


def read_filing(grid: Grid, *, year: int | None = None, edition_id: str | None = None) -> Filing:
    """The report in a workbook; `year` and `edition_id` hold where the workbook itself does not say.

    The sheets that `anchors.APART` names are not looked at, whether or not the grid has them.
    Raises UnusableInput where there is none, or where nothing tells the edition.
    """
    grid = replace(grid, sheets=tuple(sheet for sheet in grid.sheets if sheet.name not in APART))
    cover = read_cover(grid)
    if cover.year is None and year is not None:
        cover = replace(cover, year=year)
    identity, observations = _identity(grid)
    sheets = [LabelledSheet(sheet) for sheet in grid.sheets if sheet.name not in NOT_THE_FORM]
    chosen = _edition(grid, sheets, cover, identity, edition_id)
    edition, tables = chosen.edition, chosen.tables
    facts: dict[CellId, Fact] = {}
    uncertain: dict[CellId, str] = {}
    for found in tables.values():
        observations += found.observations
        facts |= facts_of(found, cover.zero)
        uncertain |= dict.fromkeys(found.missing, "表中没有这一行或这一列")
        uncertain |= dict.fromkeys(found.swallowed, "与相邻的格合并成了一格")
    observations += _second_copies(chosen)
    title = find_title(grid)
    extents = {key: _extent(found) for key, found in tables.items()}
    words = read_words(grid, edition, extents, title[1] if title else None)
    landmarks = {**cover.places, **words.places}
    if title is not None:
        landmarks["title"] = title[1]
    missing: dict[str, str] = {}
    for table in edition.tables:
        if table.id not in tables:
            missing[table.id], home = _instead(table, grid, edition, landmarks, list(tables.values()))
            landmarks |= {f"table.{table.id}": Place(home.name, "")} if home else {}
    for blank in blank_tables(edition, facts, cover.zero):
        if blank not in missing:
            missing[blank] = ""
            observations += _pasted_over(tables[blank])
    homes = {key[8:]: place.sheet for key, place in words.places.items() if key.startswith("heading.")}
    homes |= {found.table.section: found.sheet.name for found in tables.values()}
    observations += hidden_sheets(grid, tables, homes)
    if identity is not None:
        observations += unprotected_sheets(tables)
        observations += shuffled_sheets(grid, edition, homes)
        observations += lost_names(grid, edition)
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
        title=title[0] if title else None,
        year_typed=cover.year_typed,
        check_code=cover.check_code,
        landmarks=landmarks,
        text_places=words.paragraphs,
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
    rivals: list[_Candidate] = field(default_factory=list)  # the other editions' reading of the same book

    @property
    def score(self) -> int:
        """Labels found exactly as this edition prints them."""
        return sum(found.exact for found in self.tables.values())

    @property
    def is_whole(self) -> bool:
        """Whether every table of the edition is there, no line missing or worded otherwise."""
        return len(self.tables) == len(self.edition.tables) and all(
            found.is_whole for found in self.tables.values()
        )


def _edition(
    grid: Grid,
    sheets: list[LabelledSheet],
    cover: Cover,
    identity: Identity | None,
    told: str | None,
) -> _Candidate:
    """The edition whose labels stand in the book, its tables, and second copies of them."""
    candidates = [_candidate(edition, sheets) for edition in all_editions()]
    best = max(candidate.score for candidate in candidates)
    if best == 0:
        raise UnusableInput(f"{grid.source}：不是政府信息公开工作年度报告的表格，没有找到表二、表三、表四。")
    by_year = edition_for_year(cover.year) if cover.year is not None else None
    wanted = by_year.id if by_year else identity.edition if identity else told
    # Both forms in one file: the one that the year asks for, if all of it is there.
    whole = [candidate for candidate in candidates if candidate.is_whole]
    asked = [candidate for candidate in whole if candidate.edition.id == wanted]
    if asked:
        return _chosen(asked[0], candidates)
    ahead = [candidate for candidate in candidates if candidate.score == best]
    if len(ahead) > 1:
        ahead = [candidate for candidate in ahead if candidate.edition.id == wanted]
    if not ahead:
        raise UnusableInput(
            f"{grid.source}：表里看不出是2019年版还是2021年版，也没有写明年度。请在封面填写报告年度。"
        )
    return _chosen(ahead[0], candidates)


def _chosen(candidate: _Candidate, candidates: list[_Candidate]) -> _Candidate:
    candidate.rivals = [other for other in candidates if other is not candidate]
    return candidate


def _candidate(edition: Edition, sheets: list[LabelledSheet]) -> _Candidate:
    candidate = _Candidate(edition, {}, [])
    for table in edition.tables:
        found = [item for sheet in sheets if (item := find_table(table, sheet)) is not None]
        if not found:
            continue
        # Of several the one with most of the form's own labels; a filled one before an empty copy;
        # the order of sheets breaks a tie.
        first = found[0] if len(found) == 1 else max(found, key=_likeliest)
        candidate.tables[table.id] = first
        candidate.extra += [
            item
            for item in found
            if item is not first and item.sheet.visible and 2 * item.exact > first.exact
        ]
    return candidate


def _likeliest(found: FoundTable) -> tuple[int, bool, bool, bool]:
    return found.exact, found.is_whole, found.sheet.visible, _is_filled(found)


def _is_filled(found: FoundTable) -> bool:
    cells = found.sheet.cells
    return any(
        (stored := cells.get(found.cells[cell])) is not None and stored.formula is None
        for cell in found.table.inputs
        if cell in found.cells
    )


# --- what is odd about the form ---------------------------------------------------------------------


def _second_copies(chosen: _Candidate) -> list[Observation]:
    """The same table once more: of another edition's form, or of this one."""
    others: dict[tuple[str, str], str] = {}
    used = {found.sheet.name for found in chosen.tables.values()}
    own = {(item.table.id, item.sheet.name) for item in chosen.extra if item.is_whole}
    for rival in chosen.rivals:
        for found in (*rival.tables.values(), *rival.extra):
            key = found.table.id, found.sheet.name
            foreign = found.is_whole and key not in own and key[1] not in used
            if foreign and found.sheet.visible and key[0] in chosen.tables:
                others[key] = rival.edition.id
    observations = [
        Observation(Remark.OTHER_EDITION, table, name, edition, Place(name, ""))
        for (table, name), edition in others.items()
    ]
    for extra in chosen.extra:
        table, name = extra.table.id, extra.sheet.name
        if (table, name) not in others:
            expected = chosen.tables[table].sheet.name
            observations.append(Observation(Remark.TABLE_TWICE, table, name, expected, Place(name, "")))
    return observations


def _pasted_over(found: FoundTable) -> list[Observation]:
    """A table left blank on a sheet with a picture: the picture is what was meant to be the table."""
    sheet = found.sheet
    if not sheet.pictures:
        return []
    return [Observation(Remark.PICTURE, found.table.id, sheet.name, "", Place(sheet.name, ""))]


# --- what is missing --------------------------------------------------------------------------------


def _instead(
    table: Table,
    grid: Grid,
    edition: Edition,
    landmarks: Mapping[str, Place],
    found: Collection[FoundTable],
) -> tuple[str, Sheet | None]:
    """What stands where a table should (a picture, words, nothing), and on which sheet."""
    heading = landmarks.get(f"heading.{table.section}")
    sheet = grid.sheet(heading.sheet) if heading else grid.sheet(edition.section(table.section).sheet)
    if sheet is None or not sheet.pictures:
        taken = {item.sheet.name for item in found} | NOT_THE_FORM
        loose = [item for item in grid.sheets if item.pictures and item.visible and item.name not in taken]
        if len(loose) == 1 and (sheet is None or loose[0].name == sheet.name):
            sheet = loose[0]
    if sheet is not None and sheet.pictures:
        return "是图片", sheet
    return ("只有文字" if sheet is not None and sheet.cells else "没有内容"), sheet


def _extent(found: FoundTable) -> tuple[Sheet, int, int]:
    """Sheet, first and last row of a table, its headers included."""
    return found.sheet, max(1, found.top - 6), found.bottom
