"""The report as it is printed, before any format: title, headings, paragraphs, statutory tables, signature.

Words are the sections' own, headings and table shapes the edition's, figures the filing's as typed; nothing
is made up. Lengths are millimetres, sizes points.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.form.values import Oddity, figure
from workbook.form.words import PREAMBLE
from workbook.published.grids import Grid, statutory_grid

TITLE = "政府信息公开工作年度报告"


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's heading."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: `lead` is the subheading it opens with ("" where there is none), `text` the rest."""

    text: str
    lead: str = ""


Part: TypeAlias = Heading | Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report in the order of print; the title in its lines, the signature in its lines."""

    title: tuple[str, ...]
    parts: tuple[Part, ...]
    signature: tuple[str, ...]


def lay_out_report(filing: Filing, dated: datetime.date | None = None) -> Report:
    """The six sections of a filing with its statutory tables, signed by the organ where it is known.

    `dated` is the date below the signature, none is printed without it. Raises UnusableInput for an unknown
    edition.
    """
    parts: list[Part] = [*_paragraphs(filing.sections.get(PREAMBLE))]
    for section in filing.edition.sections:
        parts.append(Heading(section.heading))
        before, after = _around_tables([*_paragraphs(filing.sections.get(section.id))])
        grids = [
            statutory_grid(table, section.heading, lambda cell: printed_figure(filing, cell))
            for table in filing.edition.tables
            if table.section == section.id
        ]
        parts += [*before, *grids, *after] if grids else [*before, *after]
    organ = clean(filing.organ.name or "")
    signature = (organ, chinese_date(dated) if dated else "")
    return Report(_title(filing), tuple(parts), tuple(line for line in signature if line))


def _title(filing: Filing) -> tuple[str, ...]:
    organ = clean(filing.organ.name or "")
    year = f"{filing.year}年" if filing.year is not None else ""
    return (organ + year, TITLE) if organ or year else (TITLE,)


def chinese_date(day: datetime.date) -> str:
    """ "2026年1月20日": 公文 write the month and the day without a leading zero (GB/T 9704)."""
    return f"{day.year}年{day.month}月{day.day}日"


def printed_figure(filing: Filing, cell: CellId) -> str:
    """A figure as it is printed: the number; what cannot be read as one, as it was typed; a blank, blank.

    A blank that the unit has declared to be 0 is printed 0.
    """
    fact = filing.facts.get(cell)
    value = filing.value(cell)
    if fact is None:
        return ""
    if value is not None and fact.oddity in _PLAIN:
        return figure(value)
    return clean(figure(fact.raw) if isinstance(fact.raw, Decimal) else fact.raw or "")


# Oddities whose value is what the cell shows or will show; any other stays as typed.
_PLAIN = frozenset({Oddity.NONE, Oddity.BLANK, Oddity.STALE, Oddity.UNCALCULATED})

# A remark on a table stands below it; whatever else is said opens the section.
_REMARK = re.compile(r"(?:注|备注|说明)\s*(?:\d+\s*)?[:：]")


def _around_tables(paragraphs: Sequence[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    first = next((n for n, item in enumerate(paragraphs) if _REMARK.match(item.text)), len(paragraphs))
    return list(paragraphs[:first]), list(paragraphs[first:])


# "（一）主动公开。全年……": the subheading is set in another type.
_LEAD = re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)][^。：:；]{1,30}(?:。|$)")


def _paragraphs(text: str | None) -> Iterator[Paragraph]:
    for line in (text or "").splitlines():
        said = clean(line)
        if said:
            lead = _LEAD.match(said)
            yield Paragraph(said[lead.end() :], lead[0]) if lead else Paragraph(said)


def clean(text: str) -> str:
    """A text without what no document can hold: control and direction signs, noncharacters; ends bare."""
    return "".join(sign for sign in text.replace("\t", " ") if _is_text(sign)).strip()


def _is_text(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cf", "Cs") and ord(sign) & 0xFFFE != 0xFFFE
