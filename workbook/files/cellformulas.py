"""Formulas that concern more cells than their own, kept working when one of those cells gets a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from workbook.files.grid import Position, column_letters, parse_a1
from workbook.files.markup import (
    TAG_BODY,
    Edit,
    Element,
    attributes,
    children,
    elements,
    escape,
    spliced,
    tag,
    unescape,
)
from workbook.files.package import Package
from workbook.files.sharedformula import moved
from workbook.files.wiring import discard, relations, unrelate, workbook_part

_OF_SEVERAL = re.compile(r"\st\s*=\s*[\"'](?:shared|array|dataTable)[\"']")


class SharedFormula(NamedTuple):
    """A formula that concerns more cells than its own."""

    cell: Position
    element: Element
    facts: dict[str, str]


def shared_formulas(text: str, masked: str, data: Element) -> Iterator[SharedFormula]:
    """Shared formulas, array formulas and data tables of a sheet, wherever they are mentioned."""
    if not _OF_SEVERAL.search(masked, data.inner, data.close):
        return
    p = re.escape(data.prefix)
    pattern = re.compile(rf"<{p}c(?=[\s/>])({TAG_BODY})>\s*(?=<{p}f\s)")
    for match in pattern.finditer(masked, data.inner, data.close):
        cell = parse_a1(attributes(match[1]).get("r", ""))
        element = next(elements(masked, f"{data.prefix}f", match.end(), data.close))
        facts = attributes(tag(text, element))
        if cell is not None and facts.get("t") in ("shared", "array", "dataTable"):
            yield SharedFormula(cell, element, facts)


def _corners(formula: SharedFormula) -> tuple[Position, Position]:
    first, _, last = formula.facts.get("ref", "").partition(":")
    start, end = parse_a1(first), parse_a1(last or first)
    return (start, end) if start and end else (formula.cell, formula.cell)


def in_arrays(formulas: list[SharedFormula], wanted: Iterable[Position]) -> set[Position]:
    """The cells that are part of a block calculated as one, which cannot be written singly."""
    blocks = [_corners(formula) for formula in formulas if formula.facts.get("t") != "shared"]
    return {
        cell
        for cell in wanted
        for start, end in blocks
        if start != end and start.row <= cell.row <= end.row and start.column <= cell.column <= end.column
    }


def promotions(text: str, formulas: list[SharedFormula], written: set[Position]) -> list[Edit]:
    """The edits that hand shared formulas over to the next cell when the one that states them is written."""
    edits: list[Edit] = []
    for master in formulas:
        stated = unescape(text[master.element.inner : master.element.close])
        if master.facts.get("t") != "shared" or not stated or master.cell not in written:
            continue
        heirs = [
            formula
            for formula in formulas
            if formula.facts.get("t") == "shared"
            and formula.facts.get("si") == master.facts.get("si")
            and formula.cell not in written
        ]
        if not heirs:
            continue
        heir = heirs[0]
        rows, columns = [f.cell.row for f in heirs], [f.cell.column for f in heirs]
        reference = f"{column_letters(min(columns))}{min(rows)}:{column_letters(max(columns))}{max(rows)}"
        name = heir.element.name
        edits.append(
            (
                heir.element.start,
                heir.element.end,
                f'<{name} t="shared" ref="{reference}" si="{escape(master.facts.get("si", ""))}">'
                f"{escape(moved(stated, master.cell, heir.cell))}</{name}>",
            )
        )
    return edits


def forget_formulas(package: Package, sheet_number: str, cells: set[str]) -> None:
    """Take cells that hold no formula any more out of the calculation chain, which Excel insists on."""
    book = workbook_part(package)
    relation = next((r for r in relations(package, book) if r.kind == "calcChain"), None)
    if relation is None or relation.part is None:
        return
    text, masked = package.text(relation.part), package.masked(relation.part)
    edits: list[Edit] = []
    kept = 0
    sheet = last_kept = ""
    for element in children(masked, package.top(relation.part, "calcChain")):
        facts = attributes(tag(text, element))
        sheet = facts.get("i", sheet)
        if sheet == sheet_number and facts.get("r", "").upper() in cells:
            edits.append((element.start, element.end, ""))
            continue
        if "i" not in facts and sheet != last_kept:  # it was told by the entry before, now gone
            at = element.start + 1 + len(element.name)
            edits.append((at, at, f' i="{escape(sheet)}"'))
        last_kept = sheet
        kept += 1
    if kept:
        package.put(relation.part, spliced(text, edits))
    else:
        unrelate(package, book, relation.id)
        discard(package, relation.part)
