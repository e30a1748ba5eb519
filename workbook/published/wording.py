"""Labels as published: compared without what does not count, and scored where they are not quite the form's.

Published labels are wrapped, glued to a group's name, misspelt, in traditional script or numbered by the
word processor. A label's likeness is a number from 0 (another) to 1 (as printed).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from workbook.form.edition import Line
from workbook.form.editionfile import all_editions
from workbook.form.labels import plain

# The characters of labels and headings that differ in traditional script.
_TRADITIONAL = (
    "規範數處決許強項製發廢現內業費單萬與請轉結辦開屬國機關護權類務過執訴訟複復議維糾審無補後確認獲總計會"
    "組織構購採採額應對況報舉線據係繳納間標題廳為個條於從進運況網頁學動務級縣區鎮鄉門錄積極穩危當復議終駁"
    "產權號監務變體繼續給聯絡絡實際須見覽"
)
_SIMPLIFIED = (
    "规范数处决许强项制发废现内业费单万与请转结办开属国机关护权类务过执诉讼复复议维纠审无补后确认获总计会"
    "组织构购采采额应对况报举线据系缴纳间标题厅为个条于从进运况网页学动务级县区镇乡门录积极稳危当复议终驳"
    "产权号监务变体继续给联络络实际须见览"
)
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

LONGEST_LABEL = 120  # characters; what is longer is a sentence
_NUMBERING = re.compile(
    r"^(?:\([一二三四五六七八九十\d]{1,2}\)|[一二三四五六七八九十]{1,2}[、.,]|\d{1,2}[、.,)](?!\d))+"
)
_ALIKE = 0.75  # of a label's characters found in order: 其他法律行政止公开
_BEGUN = 0.5  # of a label that is cut off by its line of figures
_BEGINNING = 6  # characters of it at least
_SHORT = 4  # characters; a label as short as 其他 must stand by itself


@lru_cache(maxsize=65_536)
def normal(text: str) -> str:
    """A label as it is compared: simplified, half width, without spaces."""
    return plain(text).translate(_TO_SIMPLIFIED)


@lru_cache(maxsize=65_536)
def core(text: str) -> str:
    """A normalised label without its number, and without a remark in brackets at its end."""
    bare = _NUMBERING.sub("", normal(text))
    return re.sub(r"\((?:区分处理|本列数据|单位|万元|件|项)[^()]*\)?$", "", bare)


@dataclass(frozen=True)
class Node:
    """A row or column of the form under all its wordings, over all editions.

    `editions` are those that print it as a line of figures; elsewhere it is a group.
    """

    id: str
    label: str
    wordings: tuple[str, ...]  # normalised: labels first, then known variants
    cores: tuple[str, ...]
    labels: frozenset[str]  # the wordings that some edition prints
    editions: frozenset[str]


def merged_nodes(lines: Iterable[tuple[str, Sequence[Line]]]) -> tuple[Node, ...]:
    """The nodes of several editions' trees (edition id, tops), in print order, the fullest first."""
    walked = [(edition, [node for top in tops for node in top.walk()]) for edition, tops in lines]
    walked.sort(key=lambda item: -len(item[1]))
    order: list[str] = []
    found: dict[str, list[tuple[str, Line]]] = {}
    for edition, nodes in walked:
        before = -1
        for node in nodes:
            if node.id in found:
                before = order.index(node.id)
            else:
                before += 1
                order.insert(before, node.id)
            found.setdefault(node.id, []).append((edition, node))
    return tuple(_node(key, found[key]) for key in order)


def _node(key: str, lines: list[tuple[str, Line]]) -> Node:
    labels = [normal(line.label) for _, line in lines]
    others = [normal(text) for _, line in lines for text in (*line.variants, line.short)]
    wordings = tuple(dict.fromkeys((*labels, *others)))
    cores = tuple(dict.fromkeys(core(text) for text in wordings if core(text)))
    leaves = frozenset(edition for edition, line in lines if not line.parts)
    return Node(key, lines[0][1].label, wordings, cores, frozenset(labels), leaves)


@lru_cache(maxsize=8)
def row_nodes(table: str) -> tuple[Node, ...]:
    """Every row of a statutory table, groups included, over all editions."""
    return merged_nodes(
        (edition.id, [row for block in edition.by_id[table].blocks for row in block.rows])
        for edition in all_editions()
    )


def likeness(node: Node, words: Sequence[str]) -> float:
    """How well the words before a figure name a row: the last label among them counts most.

    `words` are normalised texts in reading order; wrapped labels and labels behind a group's name are found
    in their concatenation.
    """
    best = 0.0
    for text in words:
        if text in node.labels:
            return 1.0
        if text in node.wordings:
            best = max(best, 0.97)
        elif core(text) in node.cores:
            best = max(best, 0.95)
    if best:
        return best
    joined = "".join(words)[-2 * LONGEST_LABEL :]
    return max((_contained(wanted, joined) for wanted in node.cores), default=0.0)


@lru_cache(maxsize=65_536)
def _contained(wanted: str, text: str) -> float:
    if len(wanted) < _SHORT:
        numbered = re.search(rf"(?:^|[)、.]){re.escape(wanted)}$", text)
        return 0.9 if numbered else 0.0
    if text.endswith(wanted):
        return 0.94
    if wanted in text:
        return 0.92
    if len(wanted) <= _SHORT or len(set(wanted) & set(text)) < _BEGUN * len(set(wanted)):
        return 0.0
    window = text[-(2 * len(wanted) + 8) :]
    blocks = [
        block for block in SequenceMatcher(None, wanted, window, False).get_matching_blocks() if block.size
    ]
    share = sum(block.size for block in blocks if block.size > 1) / len(wanted)
    if share >= _ALIKE:
        return 0.5 + 0.4 * share
    covered = 0  # of the label from its beginning, a group's name set between its lines left out
    for block in blocks:
        if block.a != covered:
            break
        covered += block.size
    begun = covered >= _BEGUN * len(wanted) and covered >= _BEGINNING
    return 0.5 + 0.4 * share if begun else 0.0
