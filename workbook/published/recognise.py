"""A document recognised as a report: its tables, edition, year and words, as a filing.

The edition follows from the labels: the one of which most cells can be read. Only where the labels fit
several does the year decide, then what the caller was told. Where nothing tells, it is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from workbook.form.edition import CellId, Edition
from workbook.form.editionfile import all_editions, edition_for_year
from workbook.form.filing import Filing, Observation, Organ, Place, Remark, blank_tables
from workbook.problems import UnusableInput
from workbook.published.acrosstable import AcrossReading, read_challenges
from workbook.published.flow import Flow, TableRow, TextLine
from workbook.published.pageends import without_page_ends
from workbook.published.paragraphs import Heading, ReportWords, find_headings, read_sections
from workbook.published.projection import TableFacts, project_across, project_rows
from workbook.published.rowreading import TableReading
from workbook.published.rowtable import is_row_label, read_copies
from workbook.published.segments import segments_of
from workbook.published.textrows import with_rows
from workbook.published.title import Title, find_title
from workbook.published.wording import normal

_CAPTION = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_SHORT_CAPTION = 30


@dataclass(slots=True)
class Recognition:
    """A filing with what a person should know about how it was read."""

    filing: Filing
    tables: dict[str, TableFacts] = field(default_factory=dict)

    def counts(self, table: str) -> tuple[int, int]:
        """(figures found, figures that the form prints) of a table."""
        expected = len(self.filing.edition.by_id[table].cells)
        facts = self.tables.get(table)
        return (expected - len(facts.uncertain) if facts else 0), expected


Copy = TableReading | AcrossReading


def recognise(flow: Flow, *, year: int | None = None, edition_id: str | None = None) -> Recognition:
    """The report in a document; `year` and `edition_id` hold where it does not say itself.

    Raises UnusableInput where it holds neither a statutory table nor a section of the report.
    """
    flow = with_rows(without_page_ends(flow, is_row_label), is_row_label)
    segments, _ = segments_of(flow, is_row_label)
    newest = all_editions()[-1]
    copies: dict[str, list[Copy]] = {
        "proactive": list(read_copies("proactive", segments)),
        "applications": list(read_copies("applications", segments)),
        "challenges": list(read_challenges(segments)),
    }
    taken = {piece for found in copies.values() for copy in found for piece in _extent(copy, flow)}
    headings = find_headings(flow, newest, taken)
    if not any(copies.values()) and len(headings) < 2:
        raise UnusableInput(
            f"“{flow.source}”里没有找到表二、表三、表四，也没有年报各部分的标题，不像是政府信息公开工作年度报告。"
        )
    title, title_piece = _title(flow, headings, taken)
    reported = title.year or year
    chosen: dict[str, Copy] = {}
    observations: list[Observation] = []
    disputed: dict[str, list[Copy]] = {}
    for table, found in copies.items():
        if not found:
            continue
        copy, rivals, remarks = _choose(table, found, reported)
        observations += remarks
        if copy is not None:
            chosen[table] = copy
            disputed[table] = rivals
    edition, known, tables = _edition(chosen, disputed, reported, edition_id)
    if edition is not newest:
        headings = find_headings(flow, edition, taken)
    words = read_sections(flow, headings, taken, title_piece, title.organ)
    return Recognition(
        _filing(flow, edition, known, title, year, tables, words, observations, copies), tables
    )


# --- which of several copies ------------------------------------------------------------------------


def _choose(
    table: str, found: list[Copy], reported: int | None
) -> tuple[Copy | None, list[Copy], list[Observation]]:
    """The copy of the report's year, its rivals, and what is to be said of the others."""
    dated = [(copy, _caption_year(copy)) for copy in found]
    if reported is not None:
        others = [copy for copy, year in dated if year is not None and year != reported]
        same = [copy for copy, year in dated if year == reported]
        rest = same or [copy for copy, year in dated if year is None]
        if others and not rest and len(found) == 1:
            rest = others  # a single table is taken: the year above it may belong to a sentence
    else:
        others, rest = [], list(found)
    if not rest:
        return None, [], []
    remarks = []
    if len(rest) > 1:
        remarks.append(Observation(Remark.TABLE_TWICE, table, "文中", "文中", _place(rest[1])))
    return rest[0], rest[1:], remarks


def _caption_year(copy: Copy) -> int | None:
    """The year that a short line right above a table gives it."""
    for token in reversed(copy.head[-40:]):
        text = normal(token.text)
        years = set(_CAPTION.findall(text))
        if (
            len(years) == 1
            and len(text) <= _SHORT_CAPTION
            and "本年(" not in text
            and not text.endswith("。")
        ):
            return int(years.pop())
    return None


def _place(copy: Copy) -> Place | None:
    return copy.head[-1].place if copy.head else None


# --- which edition ----------------------------------------------------------------------------------


def _edition(
    chosen: Mapping[str, Copy], disputed: Mapping[str, list[Copy]], reported: int | None, told: str | None
) -> tuple[Edition, bool, dict[str, TableFacts]]:
    """The edition, whether anything tells it, and its tables."""
    by_year = edition_for_year(reported) if reported is not None else None
    wanted = by_year.id if by_year else told
    scored = []
    for edition in all_editions():
        tables = {table: _project(copy, disputed[table], edition) for table, copy in chosen.items()}
        # Table by table: the few figures of 表二 tell editions apart better than the many of 表三.
        shares = [facts.used / facts.shown for facts in tables.values() if facts.shown]
        used = sum(shares) / len(shares) if shares else 0.0
        cells = sum(len(facts.table.cells) for facts in tables.values()) or 1
        direct = sum(facts.direct for facts in tables.values()) / cells
        readable = direct + sum(facts.derived for facts in tables.values()) / cells
        # What the document prints tells more than what it lacks: a fragment may be cut off.
        fit = (round(used, 2), edition.id == wanted, round(readable, 3), round(direct, 3), edition.first_year)
        scored.append((fit, edition, tables))
    scored.sort(key=lambda item: item[0], reverse=True)
    fit, edition, tables = scored[0]
    tied = [item for item in scored if (item[0][0], *item[0][2:4]) == (fit[0], *fit[2:4])]
    return edition, len(tied) == 1 or wanted is not None, tables


def _project(copy: Copy, rivals: Sequence[Copy], edition: Edition) -> TableFacts:
    facts = _facts(copy, edition)
    disputed: dict[CellId, str] = {}
    for rival in rivals:
        other = _facts(rival, edition)
        for cell, fact in facts.facts.items():
            here, there = fact.value, other.facts[cell].value
            if cell not in other.uncertain and cell not in facts.uncertain and here != there:
                disputed[cell] = f"同一张表在文中出现两次，数字不同（{fact.raw}、{other.facts[cell].raw}）"
    for cell, why in disputed.items():
        facts.doubt(cell, why, facts.facts[cell].place)
    return facts


def _facts(copy: Copy, edition: Edition) -> TableFacts:
    return project_rows(copy, edition) if isinstance(copy, TableReading) else project_across(copy, edition)


# --- the filing -------------------------------------------------------------------------------------


def _filing(
    flow: Flow,
    edition: Edition,
    known: bool,
    title: Title,
    year: int | None,
    tables: Mapping[str, TableFacts],
    words: ReportWords,
    observations: list[Observation],
    copies: Mapping[str, list[Copy]],
) -> Filing:
    facts = {
        cell: fact
        for table in edition.tables
        if table.id in tables
        for cell, fact in tables[table.id].facts.items()
    }
    uncertain = {cell: why for table in tables.values() for cell, why in table.uncertain.items()}
    missing: dict[str, str] = {}
    for table in edition.tables:
        if table.id in tables:
            observations += tables[table.id].observations
        else:
            missing[table.id] = _instead(table.id, table.section, words, copies)
    for blank in blank_tables(edition, facts, False):
        doubted = any(cell in uncertain for cell in edition.by_id[blank].cells)
        if blank not in missing and not doubted:
            missing[blank] = ""
    landmarks = {f"heading.{heading.section.id}": heading.place for heading in words.headings}
    if title.place is not None:
        landmarks |= {"cover.year": title.place, "cover.organ": title.place}
    for table_id in missing:
        section = edition.by_id[table_id].section
        if f"heading.{section}" in landmarks:
            landmarks[f"table.{table_id}"] = landmarks[f"heading.{section}"]
    return Filing(
        organ=Organ(title.organ),
        year=title.year or year,
        edition_id=edition.id,
        scope=None,
        facts=facts,
        sections={key: words.sections.get(key) for key in ("preamble", *(s.id for s in edition.sections))},
        headings={heading.section.id: heading.text for heading in words.headings},
        missing_tables=missing,
        observations=tuple(observations),
        uncertain=uncertain,
        source=flow.source,
        words_read=bool(words.headings),
        year_typed=title.year_typed,
        landmarks=landmarks,
        edition_known=known,
    )


def _instead(table: str, section: str, words: ReportWords, copies: Mapping[str, list[Copy]]) -> str:
    if copies.get(table):
        return "只有别的年度的表"
    if words.pictures.get(section):
        return "是图片"
    return "只有文字" if words.sections.get(section) else "没有内容"


def _title(flow: Flow, headings: list[Heading], taken: set[int]) -> tuple[Title, int | None]:
    lines: list[TextLine] = []
    numbers: list[int] = []
    end = headings[0].piece if headings else min(taken, default=len(flow.pieces))
    for number, piece in enumerate(flow.pieces[:end]):
        if isinstance(piece, TextLine):
            lines.append(piece)
            numbers.append(number)
        elif isinstance(piece, TableRow) and len(piece.cells) == 1:
            lines.append(TextLine(piece.cells[0].text, piece.cells[0].place))
            numbers.append(number)
    title = find_title(lines, len(lines), flow.title)
    return title, (numbers[title.line] if title.line is not None else None)


# --- where a table begins and ends ------------------------------------------------------------------


def _extent(copy: Copy, flow: Flow) -> range:
    """The pieces of a table, its header included."""
    start = _start(copy)
    first = flow.pieces[start] if start < len(flow.pieces) else None
    if isinstance(first, TableRow) and first.drawn:
        while (
            start and isinstance(before := flow.pieces[start - 1], TableRow) and before.table == first.table
        ):
            start -= 1
    end = copy.last_piece
    last = flow.pieces[end]
    if isinstance(last, TableRow) and last.drawn:
        while (
            end + 1 < len(flow.pieces)
            and isinstance(after := flow.pieces[end + 1], TableRow)
            and (after.drawn and after.table == last.table)
        ):
            end += 1
    return range(start, end + 1)


def _start(copy: Copy) -> int:
    """The first piece above the first row that belongs to the table's head."""
    vocabulary = _vocabulary()
    start = copy.head[-1].piece if copy.head else copy.first_piece
    for token in reversed(copy.head):
        text = re.sub(r"\(20\d\d\)|20\d\d年?", "", normal(token.text))
        if len(text) <= 70 and (text in vocabulary or len(text) <= 2 or _is_scattered(text, vocabulary)):
            start = token.piece
        elif not re.match(r"^[一二三四五六]、", text):
            break
    return start


def _is_scattered(text: str, vocabulary: str) -> bool:
    """A header's line without gaps, or one line of a header printed in several: 商业科研社会."""
    if len(text) <= 24 and all(text[at : at + 2] in vocabulary for at in range(0, len(text) - 1, 2)):
        return True
    for word in sorted(vocabulary.split("\n"), key=len, reverse=True):
        if len(word) > 1:
            text = text.replace(word, "")
    return len(text) <= 2


@lru_cache(maxsize=1)
def _vocabulary() -> str:
    """Every word that some edition prints in or over its tables, a line each."""
    words: list[str] = ["单位:件", "第二十条第", "表二", "表三", "表四"]
    for known in all_editions():
        for table in known.tables:
            for block in table.blocks:
                words += [block.heading or "", block.corner, block.banner or ""]
                words += [node.label for top in (*block.rows, *block.columns) for node in top.walk()]
                words += [
                    text for top in (*block.rows, *block.columns) for n in top.walk() for text in n.variants
                ]
    return "\n".join(normal(word) for word in words)
