"""One organ's report as flat facts, free of sheets and addresses: what every check works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import edition_by_id
from workbook.form.values import Oddity
from workbook.problems import UnusableInput

LEVELS: Mapping[str, str] = {
    "state_department": "国务院部门",
    "province": "省级政府",
    "prefecture": "市级政府",
    "county": "县级政府",
    "township": "乡镇政府、街道办事处",
    "province_department": "省级部门",
    "prefecture_department": "市级部门",
    "county_department": "县级部门",
    "office": "政府办公厅（室）",
    "other": "其他单位",
}
SCOPES: Mapping[str, str] = {"own": "本级", "consolidated": "全口径"}

# 立法法: who may make 规章; an office may carry its government's figures, so it is not decided here.
_RULE_MAKERS = {"state_department", "province", "prefecture"}
_NO_RULE_MAKERS = {"county", "township", "province_department", "prefecture_department", "county_department"}


@dataclass(frozen=True, slots=True)
class Organ:
    """Whose report it is; level is a key of LEVELS or None where nobody said."""

    name: str | None
    level: str | None = None
    rule_power: bool | None = None
    temporary: bool | None = None  # 派出、临时、议事协调机构

    @property
    def may_make_rules(self) -> bool | None:
        """Whether the organ may make 规章 (立法法); None where that cannot be told."""
        if self.rule_power is not None:
            return self.rule_power
        if self.level in _RULE_MAKERS:
            return True
        return False if self.level in _NO_RULE_MAKERS else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure or remark stands in its source."""

    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


@dataclass(frozen=True, slots=True)
class Fact:
    """One reported figure: `value` None where it is blank or cannot be read, `raw` as it was typed.

    For a STALE figure `value` is what the cell's formula gives and `raw` what was stored. `evaluated` is
    False for a formula that is not of the plain kind: what it gives was taken as stored.
    """

    cell: CellId
    value: Decimal | None
    raw: Decimal | str | None
    oddity: Oddity = Oddity.NONE
    place: Place | None = None
    formula: str | None = None
    evaluated: bool = True


class Remark(Enum):
    """What a reader noticed about the form itself; the TPL rules decide what it means."""

    TABLE_TWICE = "table_twice"
    LABEL_VARIANT = "label_variant"
    LABEL_CHANGED = "label_changed"
    LINE_MISSING = "line_missing"
    LINE_ADDED = "line_added"
    UNDIVIDED = "undivided"
    OTHER_EDITION = "other_edition"  # the same table once more, of another edition's form
    MERGED = "merged"
    FORMULA_CHANGED = "formula_changed"
    HIDDEN = "hidden"
    UNPROTECTED = "unprotected"
    RENAMED = "renamed"
    MOVED = "moved"
    NAMES_LOST = "names_lost"
    PICTURE = "picture"
    IDENTITY_BROKEN = "identity_broken"


@dataclass(frozen=True, slots=True)
class Observation:
    """One remark with its place and the words found and expected."""

    remark: Remark
    table: str
    found: str = ""
    expected: str = ""
    place: Place | None = None


class Proof(Enum):
    """What the campaign that holds the key says of an identity; nobody without the key can say it."""

    WHOLE = "whole"
    FORGED = "forged"
    COPIED = "copied"  # whole, but handed in by another unit than it was made for


@dataclass(frozen=True, slots=True)
class Identity:
    """What the hidden sheet of our own forms says: which form this is and whom it was made for.

    `proof` and `returned_by` (the unit that handed a copied form in) come from the campaign, not the file.
    """

    edition: str
    version: str
    typed_totals: bool
    organ: str | None = None
    year: int | None = None
    unit: str | None = None
    campaign: str | None = None
    digest: str | None = None
    proof: Proof | None = None
    returned_by: str | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """One report: organ, year, edition, scope, figures and words.

    `facts` has an entry for every cell of every table that was found; `sections` maps section ids
    (and "preamble") to their text, None where the words could not be read.
    """

    organ: Organ
    year: int | None
    edition_id: str
    scope: str | None
    facts: Mapping[CellId, Fact]
    sections: Mapping[str, str | None] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    declared_zero: bool = False
    missing_tables: Mapping[str, str] = field(default_factory=dict)  # table id → what stands instead
    observations: tuple[Observation, ...] = ()
    identity: Identity | None = None
    uncertain: Mapping[CellId, str] = field(default_factory=dict)
    source: str = ""
    words_read: bool = False  # whether somebody looked for the sections at all
    landmarks: Mapping[str, Place] = field(default_factory=dict)  # "cover.year", "heading.overview" …
    title: str | None = None  # the report's title where somebody typed one
    year_typed: str | None = None  # what stands where the year should, also where it is no year
    edition_known: bool = True  # False for a fragment that fits several editions
    check_code: str | None = None  # the one recorded at the sign-off, not the one that fits now
    # Section → where its paragraphs stand: the offset in the section's text at which each begins, in order.
    text_places: Mapping[str, tuple[tuple[int, Place], ...]] = field(default_factory=dict)

    @property
    def edition(self) -> Edition:
        """The form it is written on. Raises UnusableInput for an unknown edition."""
        edition = edition_by_id(self.edition_id)
        if edition is None:
            raise UnusableInput(f"没有“{self.edition_id}”这个版式。")
        return edition

    def value(self, cell: CellId) -> Decimal | None:
        """The figure in a cell; None where it is blank, unreadable or not there."""
        fact = self.facts.get(cell)
        if fact is None:
            return None
        if fact.oddity is Oddity.BLANK and self.declared_zero:
            return Decimal(0)
        return fact.value

    def place(self, cell: CellId) -> Place | None:
        """Where a cell stands in the source."""
        fact = self.facts.get(cell)
        return fact.place if fact else None

    def text_place(self, section: str, offset: int) -> Place | None:
        """Where the paragraph stands that holds a place of a section's text; else the section's heading."""
        before = [place for start, place in self.text_places.get(section, ()) if start <= offset]
        return before[-1] if before else self.landmarks.get(f"heading.{section}")


def blank_tables(edition: Edition, facts: Mapping[CellId, Fact], declared_zero: bool) -> list[str]:
    """Tables with nothing in any input cell: missing, not so many blanks – unless zeros are declared."""
    if declared_zero:
        return []
    return [
        table.id
        for table in edition.tables
        if all(cell not in facts or facts[cell].oddity is Oddity.BLANK for cell in table.inputs)
    ]
