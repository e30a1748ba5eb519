"""What was recognised in a published report and how well: for a person, and for a machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbook.form.edition import CellId, Edition, Table
from workbook.form.filing import Filing
from workbook.form.labels import legible
from workbook.published.recognise import Recognition

_MOST_LINES = 30


def recognition_document(found: Recognition) -> dict[str, Any]:
    """Figures found of figures expected per table, labels that varied, headings, and what is uncertain."""
    filing = found.filing
    return {
        "organ": filing.organ.name,
        "year": filing.year,
        "edition": filing.edition_id if filing.edition_known else None,
        "tables": [_table_document(found, table) for table in filing.edition.tables],
        "headings": dict(filing.headings),
        "missing_sections": [s.id for s in filing.edition.sections if s.id not in filing.headings],
        "uncertain": [{"concept": str(cell), "why": why} for cell, why in filing.uncertain.items()],
    }


def _table_document(found: Recognition, table: Table) -> dict[str, Any]:
    read, expected = found.counts(table.id)
    facts = found.tables.get(table.id)
    return {
        "table": table.id,
        "found": read,
        "expected": expected,
        "missing": found.filing.missing_tables.get(table.id),
        "labels": [{"expected": form, "found": there} for form, there in (facts.variants if facts else ())],
    }


def recognition_lines(found: Recognition) -> Iterator[str]:
    """The same in Chinese, a line each."""
    filing = found.filing
    year = f"{filing.year}年度" if filing.year else "年度没有写明"
    yield f"{filing.organ.name or '单位没有写明'}，{year}，{filing.edition_id}年版表式"
    if assumed := assumed_edition(filing):
        yield assumed
    for table in filing.edition.tables:
        yield from _table_lines(found, table)
    yield _headings_line(found)
    for section in filing.edition.sections:
        there = filing.headings.get(section.id)
        if there is not None and there != section.heading:
            yield f"  标题：印发的是“{section.heading}”，文中是“{legible(there, 60)}”"
    yield from _uncertain_lines(found)


def assumed_edition(filing: Filing) -> str:
    """What is said where nothing tells a fragment's edition and the newest that fits was taken; else ""."""
    if filing.edition_known:
        return ""
    return (
        f"看不出是哪一版的表，也没有写明年度，按能对上的最新一版（{filing.edition_id}年版）读；"
        "如是别的年度，请用 --year 写明。"
    )


def _table_lines(found: Recognition, table: Table) -> Iterator[str]:
    read, expected = found.counts(table.id)
    facts = found.tables.get(table.id)
    if facts is None:
        yield f"{table.label}：没有读到（{found.filing.missing_tables.get(table.id) or '没有填写'}）"
        return
    doubt = len(facts.uncertain)
    yield f"{table.label}：应有{expected}格，读出{read}格" + (f"，{doubt}格没有读准" if doubt else "")
    for form, there in facts.variants[:_MOST_LINES]:
        yield f"  标题：印发的是“{form}”，文中是“{legible(there, 60)}”"


def _headings_line(found: Recognition) -> str:
    filing = found.filing
    lacking = [section.heading for section in filing.edition.sections if section.id not in filing.headings]
    total = len(filing.edition.sections)
    if not lacking:
        return f"各部分标题：{total}个都找到了"
    return f"各部分标题：找到{total - len(lacking)}个，没有找到“{'”“'.join(lacking)}”"


def _uncertain_lines(found: Recognition) -> Iterator[str]:
    """Cells that could not be read, those of one row and one reason together."""
    filing = found.filing
    if not filing.uncertain:
        yield "没有读不准的数字。"
        return
    yield f"没有读准的{len(filing.uncertain)}格（表中空着，请对照原文填写）："
    groups: dict[tuple[str, str, str], list[CellId]] = {}
    for cell, why in filing.uncertain.items():
        groups.setdefault((cell.table, cell.row, why), []).append(cell)
    for number, ((_, _, why), cells) in enumerate(groups.items()):
        if number == _MOST_LINES:
            yield f"  ……共{len(groups)}处"
            return
        yield f"  {_where(filing.edition, cells)}：{legible(why, 120)}"


def _where(edition: Edition, cells: list[CellId]) -> str:
    table = edition.by_id[cells[0].table]
    row = table.rows[cells[0].row].short
    if len(cells) > 1 and len(cells) == sum(1 for cell in table.cells if cell.row == cells[0].row):
        return f"{table.label}“{row}”整行"
    columns = "、".join(table.column_of(cell).short for cell in cells)
    return f"{table.label}“{row}”的{columns}"
