"""A list of notes from outside (NOTES.json), for any workbook: read strictly, then written like our own.

[{"sheet": "Sheet1", "cell": "B2", "text": "请核对", "severity": "warning"}, …]; with a severity the cell
is tinted too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from workbook.files.amend import OWN_MARK, Amendment, Note, Shade, Tint
from workbook.files.grid import MAX_COLUMN, Position, parse_a1
from workbook.files.limits import DEFAULT
from workbook.files.textfile import read_json
from workbook.problems import UnusableInput

LONGEST = 32_767  # characters of one cell's note, Excel's own limit
_KEYS = ("sheet", "cell", "text", "severity")
_SHADES = {"error": Shade.ERROR, "explain": Shade.EXPLAIN, "warning": Shade.WARNING}
_NEARBY = 12  # cells to either side that may take a note where somebody else's sits


@dataclass(frozen=True, slots=True)
class Jotting:
    """One entry of the list."""

    sheet: str
    cell: Position
    text: str
    severity: str | None = None


def read_notes(path: Path) -> list[Jotting]:
    """The notes in a file. Raises UnusableInput, which names the entry, for any other shape."""
    document = read_json(path)
    if not isinstance(document, list):
        raise UnusableInput(f"{path.name}：最外层应是一个列表，每项有sheet、cell、text。")
    if len(document) > DEFAULT.notes:
        raise UnusableInput(f"{path.name}：有{len(document)}条批注，超过上限{DEFAULT.notes}条，请分开写入。")
    return [_jotting(item, f"{path.name}：第{number}条") for number, item in enumerate(document, start=1)]


def _jotting(item: object, where: str) -> Jotting:
    def wrong(why: str) -> NoReturn:
        raise UnusableInput(f"{where}{why}。")

    if not isinstance(item, dict):
        wrong("应是一个对象，有sheet、cell、text")
    for key in item:
        if key not in _KEYS:
            wrong(f"有不认识的“{str(key)[:40]}”，只能有{'、'.join(_KEYS)}")
    sheet, text = _text(item, "sheet", wrong), _text(item, "text", wrong)
    address = _text(item, "cell", wrong)
    cell = parse_a1(address)
    if cell is None:
        wrong(f"的cell“{address[:40]}”不是单元格地址，应写作E25")
    severity = item.get("severity")
    if severity is not None and (not isinstance(severity, str) or severity not in _SHADES):
        wrong(f"的severity应是{'、'.join(_SHADES)}之一，或不写")
    return Jotting(sheet, cell, text, severity)


def _text(item: dict[str, Any], key: str, wrong: Callable[[str], NoReturn]) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value.strip():
        wrong(f"缺少{key}，或不是文字")
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        wrong(f"的{key}含有无法写入的字符")
    return value


def notes_amendment(jottings: Sequence[Jotting], present: Sequence[str], source: str) -> Amendment:
    """What the list writes into a workbook with these sheets: one note a cell, ours by its first line.

    Raises UnusableInput for a sheet the workbook does not have, or more text than one note holds.
    """
    sheets = {name.casefold(): name for name in present}
    unknown = dict.fromkeys(j.sheet for j in jottings if j.sheet.casefold() not in sheets)
    if unknown:
        there = "、".join(f"“{name}”" for name in present[:12])
        missing = "、".join(f"“{name[:40]}”" for name in list(unknown)[:5])
        raise UnusableInput(f"{source}：工作簿中没有工作表{missing}，现有{there}。")
    by_cell: dict[tuple[str, Position], list[Jotting]] = {}
    for jotting in jottings:
        by_cell.setdefault((sheets[jotting.sheet.casefold()], jotting.cell), []).append(jotting)
    notes, tints = [], []
    for (sheet, cell), here in by_cell.items():
        text = "\n".join(jotting.text for jotting in here)
        if not text.startswith(OWN_MARK):
            text = f"{OWN_MARK}\n{text}"
        if len(text) > LONGEST:
            raise UnusableInput(f"{source}：写给“{sheet}”{cell}的批注有{len(text)}字，一格最多{LONGEST}字。")
        notes.append(Note(sheet, str(cell), text, _nearby(cell)))
        severities = {jotting.severity for jotting in here}
        gravest = next((shade for name, shade in _SHADES.items() if name in severities), None)
        if gravest is not None:
            tints.append(Tint(sheet, str(cell), gravest))
    return Amendment(notes=tuple(notes), tints=tuple(tints))


def _nearby(cell: Position) -> tuple[str, ...]:
    """Cells of the same row, left first, for the case that somebody's own note sits on the cell."""
    left = range(cell.column - 1, max(0, cell.column - 1 - _NEARBY), -1)
    right = range(cell.column + 1, min(MAX_COLUMN, cell.column + _NEARBY) + 1)
    return tuple(str(Position(cell.row, column)) for column in (*left, *right))
