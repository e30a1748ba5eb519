"""The columns of a row's figures: by what stands above in a grid, else the header's words in order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from workbook.form.edition import Line
from workbook.form.editionfile import all_editions
from workbook.published.segments import Segment
from workbook.published.wording import normal

LAST_WORDS = 14  # tokens before a figure that may be its label
_GROUP = re.compile(r"法人(?:或|和|及)?其他组织")


@lru_cache(maxsize=256)
def _columns(table: str, row: str) -> tuple[tuple[Line, ...], ...]:
    """The columns of a row in each edition that prints it; of a group, those of its block."""
    return tuple(
        block.column_leaves
        for edition in all_editions()
        for block in edition.by_id[table].blocks
        if any(node.id == row for top in block.rows for node in top.walk())
    )


@lru_cache(maxsize=256)
def all_columns(table: str, row: str) -> frozenset[str]:
    return frozenset(column.id for columns in _columns(table, row) for column in columns)


def column_counts(table: str, row: str) -> set[int]:
    """How many figures the row has in some edition."""
    return {len(columns) for columns in _columns(table, row)}


@lru_cache(maxsize=256)
def _header_words(table: str, row: str) -> tuple[tuple[str, str], ...]:
    """(word of the header, column), the longest words first."""
    found: dict[str, str] = {}
    for columns in _columns(table, row):
        for column in columns:
            for text in (column.label, *column.variants):
                found.setdefault(_key_word(text), column.id)
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


def _key_word(label: str) -> str:
    """What is left of a column's label when its year, unit and 数量 are gone: 本年(2023)制发件数 → 制发."""
    bare = re.sub(r"\([^()]*\)", "", normal(label)).replace("/", "")
    bare = re.sub(r"^(?:20\d\d年度?|本年度?)", "", bare)
    return re.sub(r"(?:数量|件数|件|数)$", "", bare) or bare


def words_over(segment: Segment) -> list[str] | None:
    """What stands above each figure of a grid's row, normalised; None where rows and header do not align.

    They do not where some row of the table is shorter or longer than the others: then a cell is missing or
    too many, and what stands behind it stands under other columns than its own.
    """
    above = [token for token in segment.words[: segment.own] if token.table == segment.table]
    if not segment.drawn or not above or any(token.extent != segment.extent for token in above):
        return None
    return [
        "".join(
            normal(token.text)
            for token in above
            if token.column < figure.column + figure.width and token.column + token.width > figure.column
        )
        for figure in segment.figures
    ]


def drawn_columns(table: str, row: str, segment: Segment) -> list[str]:
    """The column of each figure of a grid's row by what stands above it; "" over a column of somebody's own.

    [] unless every column of an edition is found exactly once.
    """
    found: list[str] = []
    for over in words_over(segment) or ():
        text = re.sub(r"\([^()]*\)", "", over).replace("/", "")
        words = _header_words(table, row)
        found.append(next((column for word, column in words if text and _ends_with(text, word)), ""))
    named = [column for column in found if column]
    return found if len(set(named)) == len(named) and _is_full(table, row, dict.fromkeys(named, 0)) else []


def _ends_with(text: str, word: str) -> bool:
    return text.endswith(word) or re.sub(r"(?:数量|件数|件|数)$", "", text).endswith(word)


def header_columns(table: str, row: str, segment: Segment) -> list[str]:
    """The columns in their order, as the words above the row's label name them; [] where they do not."""
    own = len(segment.own_words[-LAST_WORDS:]) if segment.own else 0
    above = segment.words[: len(segment.words) - own] if own else segment.words
    text = "".join(normal(token.text) for token in above if len(token.text) <= 120)[-600:]
    text = re.sub(r"\([^()]*\)", "", text).replace("/", "")
    for anchor in ("申请人情况", "信息内容"):
        if anchor in text:
            text = text[text.rindex(anchor) + len(anchor) :]
    words = _header_words(table, row)
    group = _GROUP.search(text)
    if group is not None:
        text = text[: group.start()] + "\n" * len(group[0]) + text[group.end() :]
    places: dict[str, int] = {}
    for word, column in words:
        at = text.find(word)
        if at >= 0 and column not in places:
            places[column] = at
            text = text[:at] + "\n" * len(word) + text[at + len(word) :]
    if group is None or not places:
        ordered = sorted(places, key=places.__getitem__)
        if table == "proactive":
            return ordered if _is_printed_so(table, row, places) else []
        standard = any([column.id for column in columns] == ordered for columns in _columns(table, row))
        # Without the group's name a header of two levels cannot be told from one of another order.
        return ordered if standard and _is_full(table, row, places) else []
    return _grouped(table, row, places, group.start())


# A column of 表二 that many reports of 2019 and 2020 left out.
_LEFT_OUT = frozenset({"released"})


def _is_printed_so(table: str, row: str, places: Mapping[str, int]) -> bool:
    """Whether a header names all columns of an edition, but for one that is known to be left out."""
    return any(
        {column.id for column in columns} - _LEFT_OUT <= set(places) <= {column.id for column in columns}
        for columns in _columns(table, row)
    )


def _is_full(table: str, row: str, places: Mapping[str, int]) -> bool:
    return any({column.id for column in columns} == set(places) for columns in _columns(table, row)) or (
        table == "proactive" and bool(places)
    )


def _grouped(table: str, row: str, places: Mapping[str, int], group: int) -> list[str]:
    """The order of columns under a header of two levels: the group's own stand where the group does."""
    if not _is_full(table, row, places):
        return []
    tops = next(
        block for e in all_editions() for block in e.by_id[table].blocks if block.column_leaves
    ).columns
    inside = {leaf.id for top in tops if top.parts for leaf in top.leaves}
    ordered: list[tuple[int, list[str]]] = [
        (at, [column]) for column, at in places.items() if column not in inside
    ]
    ordered.append((group, sorted(inside & set(places), key=places.__getitem__)))
    return [column for _, columns in sorted(ordered) for column in columns]
