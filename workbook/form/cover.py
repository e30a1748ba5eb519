"""Who reports on which year: read from the cover of our forms, else from a title line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from workbook.files.grid import Grid, Kind, Position, Sheet
from workbook.form.anchors import CHECK_CODE, COVER_FIELDS, IDENTITY_SHEET, ZERO_DECLARED, cover_name
from workbook.form.filing import LEVELS, SCOPES, Identity, Place
from workbook.form.labels import label_plain, plain

FIRST_YEAR, LAST_YEAR = 2008, 2100

_LABELS = {
    "单位名称": "organ",
    "单位级别": "level",
    "报告年度": "year",
    "口径": "scope",
    "联系人": "contact",
    "联系电话": "telephone",
    "其余空格均为0": "zero",
    "审签校验码": CHECK_CODE,
}
_WANTED = {plain(label): name for label, name in _LABELS.items()}
_TITLE = re.compile(
    r"(?P<organ>\S{0,60}?)(?:(?P<early>\d{4})年度?)?政府信息公开(?:工作)?(?:(?P<late>\d{4})年度?)?(?:工作)?年度报告"
)
_YEAR_BEFORE = re.compile(r"(\d{4})年度?")
_LONGEST_TITLE = 90  # characters; beyond, it is a sentence that speaks of the report
_LONGEST_LINE = 400  # the same with all its spaces; prose is not looked through
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


@dataclass(frozen=True, slots=True)
class Cover:
    """The cover as filled in: `year` None where it is blank or absurd, `year_typed` what stands there."""

    organ: str | None = None
    level: str | None = None
    year: int | None = None
    year_typed: str | None = None
    scope: str | None = None
    zero: bool = False
    check_code: str | None = None
    places: Mapping[str, Place] = field(default_factory=dict)  # "cover.year" → where it stands


class _Typed(NamedTuple):
    text: str
    place: Place | None = None


class _Title(NamedTuple):
    """A line that reads like the report's title, without what a reader does not see, and what it names."""

    text: str
    organ: str
    year: str


def read_cover(grid: Grid) -> Cover:
    """The cover's fields: by their labels, else by our names; by a title line where neither is there."""
    labelled = _labelled(grid)
    typed = {
        name: labelled.get(name) or _named(grid, name) for name in (*COVER_FIELDS, CHECK_CODE, *labelled)
    }
    if not typed["organ"].text and not typed["year"].text:
        typed |= _title(grid)
    return Cover(
        organ=typed["organ"].text or None,
        level=_key(LEVELS, typed["level"].text),
        year=_year(typed["year"].text),
        year_typed=typed["year"].text or None,
        scope=_key(SCOPES, typed["scope"].text),
        zero=typed["zero"].text in (ZERO_DECLARED, "√", "✓", "☑", "1"),
        check_code=typed[CHECK_CODE].text or None,
        places={f"cover.{name}": item.place for name, item in typed.items() if item.place},
    )


def _named(grid: Grid, name: str) -> _Typed:
    area = grid.area(cover_name(name))
    return _read(area[0], area[1]) if area else _Typed("")


def _read(sheet: Sheet, position: Position) -> _Typed:
    cell = sheet.cells.get(position)
    readable = cell is not None and cell.kind in (Kind.TEXT, Kind.NUMBER)
    return _Typed(cell.text.strip() if cell and readable else "", Place(sheet.name, str(position)))


def _labelled(grid: Grid) -> dict[str, _Typed]:
    """Fields whose label stands in a sheet with the value to its right; organ and year must be among them."""
    for sheet in grid.sheets:
        here: dict[str, _Typed] = {}
        for position, cell in sheet.texts:
            if len(cell.text) > 30:
                continue
            name = _WANTED.get(label_plain(cell.text).rstrip(":"))
            if name is not None:
                here[name] = _right_of(sheet, position)
        if "organ" in here and "year" in here:
            return here
    return {}


def _right_of(sheet: Sheet, label: Position) -> _Typed:
    """The first value right of a label; the next cell where there is none."""
    first = _read(sheet, Position(label.row, label.column + 1))
    if first.text:
        return first
    others = (_read(sheet, Position(label.row, label.column + step)) for step in (2, 3))
    return next((item for item in others if item.text), first)


def _title(grid: Grid) -> dict[str, _Typed]:
    """Organ and year from the first line that reads like the report's title."""
    for title, place in _titles(grid):
        if title.year:
            return {"organ": _Typed(title.organ, place), "year": _Typed(title.year, place)}
    return {}


def find_title(grid: Grid) -> tuple[str, Place] | None:
    """The first title that somebody typed (our own is a formula, which follows the cover) and its place."""
    for title, place in _titles(grid):
        if title.year and title.text.endswith("年度报告"):
            return title.text, place
    return None


def _titles(grid: Grid) -> Iterator[tuple[_Title, Place]]:
    for sheet in grid.sheets:
        if not sheet.visible:
            continue
        for position, cell in sheet.texts:
            text = cell.text
            if cell.formula is None and len(text) <= _LONGEST_LINE and "政府信息公开" in text:
                title = _title_of(text)
                if title is not None:
                    yield title, Place(sheet.name, str(position))


@lru_cache(maxsize=4_096)
def _title_of(written: str) -> _Title | None:
    text = plain(written)
    if len(text) > _LONGEST_TITLE or not _TITLE.search(text):
        return None
    return _Title(text, *read_title(text))


def read_title(text: str) -> tuple[str, str]:
    """Organ and year that a title names (某局2023年政府信息公开工作年度报告); "" for what it does not."""
    match = _TITLE.search(plain(text))
    if match is None:
        return "", ""
    organ = match["organ"].strip("《》(关于")
    before = _YEAR_BEFORE.match(organ)
    year = match["early"] or match["late"] or (before[1] if before else "")
    return organ[before.end() :] if before else organ, year


def _year(text: str) -> int | None:
    bare = unicodedata.normalize("NFKC", text).translate(_CHINESE_DIGITS).strip()
    match = re.fullmatch(r"(\d{4})(?:\.0)?\s*(?:年度?)?", bare)
    year = int(match[1]) if match else None
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def _key(labels: Mapping[str, str], text: str | None) -> str | None:
    bare = label_plain(text or "")
    return next((key for key, label in labels.items() if bare and bare in (label_plain(label), key)), None)


def read_identity(grid: Grid) -> Identity | None:
    """The hidden identity of our own forms; None where there is none. Raises ValueError if it is damaged."""
    sheet = grid.sheet(IDENTITY_SHEET)
    if sheet is None:
        return None
    said: dict[str, str] = {}
    for position, cell in sheet.cells.items():
        if position.column == 1:
            value = sheet.cells.get(Position(position.row, 2))
            said[cell.text] = value.text.strip() if value else ""
    if said.get("totals") not in ("formula", "typed") or not said.get("edition"):
        raise ValueError("identity")
    year = said.get("year", "")
    return Identity(
        edition=said["edition"],
        version=said.get("version", ""),
        typed_totals=said["totals"] == "typed",
        organ=said.get("organ") or None,
        year=int(year) if year.isdigit() else None,
        unit=said.get("unit") or None,
        campaign=said.get("campaign") or None,
        digest=said.get("digest") or None,
    )
