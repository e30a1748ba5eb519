"""Table rows set as text: cells behind pipes, tabs or commas, one row or one cell a line.

Lines without either stay lines; the recogniser splits them at their spaces.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbook.form.filing import Place
from workbook.published.figuretext import bare, is_figure
from workbook.published.flow import Cell, Flow, Piece, TableRow, TextLine
from workbook.published.signrows import parted

_PIPE = re.compile(r"[|｜│┃]")
_PIPES = re.compile(r"[|｜│┃]+")
_RULE = re.compile(r"[\s|｜│┃:：+＋\-—─━═┼┬┴├┤┌┐└┘]*[-─━═]{2,}[\s|｜│┃:：+＋\-—─━═┼┬┴├┤┌┐└┘]*")
_GAP = re.compile(r"[^\s,]\s+[\d+-]|\s{2}|[|\t]")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_FEWEST_COMMAS, _FEWEST_ROWS, _LONGEST_CSV = 3, 3, 600
_FEWEST_HEADS = 3
_FRAMED = 0.95  # of the lines with pipes that begin, or end, with one
_MOST_CELLS = 200  # in one line; the widest printed row has 15


def with_rows(flow: Flow, is_label: Callable[[str], bool]) -> Flow:
    """The flow with every line that is a row of cells turned into one.

    `is_label` says of a normalised text whether some table prints it as a row's label.
    """
    pieces: list[Piece] = []
    run: list[TextLine] = []
    for piece in flow.pieces:
        if isinstance(piece, TextLine):
            run.append(piece)
            continue
        pieces += _rows(run, is_label)
        run = []
        pieces.append(piece)
    pieces += _rows(run, is_label)
    return Flow(flow.source, pieces, flow.wrapped, flow.title, flow.containers)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Whether rows behind pipes begin and end with one: then the first or last pipe closes no blank cell.

    `doubled` where two pipes stand wherever one would do.
    """

    opened: bool
    closed: bool
    doubled: bool = False


def _frame(lines: Sequence[TextLine]) -> _Frame:
    texts = [text for line in lines if _PIPE.search(text := line.text.strip()) and len(text) > 1]
    texts = [text for text in texts if not _RULE.fullmatch(text)]
    most = _FRAMED * len(texts)
    opened = sum(1 for text in texts if _PIPE.match(text[0]))
    closed = sum(1 for text in texts if _PIPE.match(text[-1]))
    # The last row of a table often lacks its last pipe; a head has no blank cell at its end.
    heads = [text for text in texts if _is_head(text)]
    all_heads = len(heads) >= _FEWEST_HEADS and all(_PIPE.match(text[-1]) for text in heads)
    doubled = bool(texts) and all(len(pipes) == 2 for text in texts for pipes in _PIPES.findall(text))
    return _Frame(bool(texts) and opened >= most, bool(texts) and (closed >= most or all_heads), doubled)


def _is_head(text: str) -> bool:
    """Whether a row of several cells holds words alone."""
    cells = [cell for cell in _PIPE.split(text) if cell.strip()]
    return len(cells) > 1 and not any(map(is_figure, cells))


def _comma_lines(lines: Sequence[TextLine]) -> set[int]:
    """The lines of tables saved as CSV: several below one another with as many commas each."""
    found: set[int] = set()
    run: list[int] = []
    commas = 0
    for number, line in enumerate([*lines, TextLine("。", Place("", ""))]):
        if not line.text.strip():
            continue
        here = len(_csv(line.text)) - 1 if _may_be_csv(line.text) else 0
        if here != commas or here < _FEWEST_COMMAS:
            found |= set(run) if len(run) >= _FEWEST_ROWS else set()
            run, commas = [], here
        run.append(number)
    return found


def _csv(text: str) -> list[str]:
    return next(csv.reader([" ".join(text.replace("\0", "").splitlines())]), [])


def _may_be_csv(text: str) -> bool:
    """Whether commas may part cells: no figures between spaces, no lone figure with its thousands parted."""
    return len(text) < _LONGEST_CSV and not _GROUPED.fullmatch(text.strip()) and not _GAP.search(text)


def _rows(lines: list[TextLine], is_label: Callable[[str], bool]) -> list[Piece]:
    tabbed = _tabbed(lines)
    commas = _comma_lines(lines)
    signed = parted(lines, is_label)
    frame = _frame(lines)
    found: list[Piece] = []
    at = 0
    open_cell = False  # whether the cell before a lone pipe has not been closed by a pipe of its own
    while at < len(lines):
        line = lines[at]
        if at in tabbed:
            end = tabbed[at]
            found.append(_row_of_lines(lines[at:end]))
            at = end
            continue
        text = line.text
        at += 1
        if at - 1 in signed:
            found.append(
                TableRow(_cells(signed[at - 1], line.place), drawn=False, words=text, home=line.home)
            )
            open_cell = False
            continue
        if _RULE.fullmatch(text) and ("|" in text or len(text.strip()) > 8):
            continue  # a ruling line of Markdown or of box characters
        if text.strip() in ("|", "｜"):
            if not open_cell:
                found.append(TableRow((Cell("", line.place),), drawn=False, words=text))
            open_cell = False
            continue
        texts = _piped(text, frame)
        if texts is None:
            texts = _csv(text) if at - 1 in commas else _tabs(text)
        open_cell = texts is None and bool(bare(text))
        if texts is None:
            found.append(line)
        else:
            found.append(TableRow(_cells(texts, line.place), drawn=False, words=text, home=line.home))
    return found


def _cells(texts: Sequence[str], place: Place) -> tuple[Cell, ...]:
    return tuple(
        Cell(text.strip(), Place(place.sheet, f"第{number + 1}格" if len(texts) > 1 else place.cell), number)
        for number, text in enumerate(texts[:_MOST_CELLS])
    )


def _piped(text: str, frame: _Frame) -> list[str] | None:
    if not _PIPE.search(text):
        return None
    cells = (_PIPES if frame.doubled else _PIPE).split(text)
    if frame.opened and not cells[0].strip() and len(cells) > 1:
        cells = cells[1:]
    if frame.closed and not cells[-1].strip() and len(cells) > 1:
        cells = cells[:-1]
    return cells


def _tabs(text: str) -> list[str] | None:
    """Cells of a line that a spreadsheet's clipboard left: tabs between them, blank cells kept."""
    cells = text.split("\t")
    filled = [number for number, cell in enumerate(cells) if cell.strip()]
    if len(cells) < 3 or not filled:
        return None
    return cells if len(filled) > 1 or filled[0] < len(cells) - 1 else None  # a tab before a line indents it


def _tabbed(lines: list[TextLine]) -> dict[int, int]:
    """Rows whose cells stand one a line behind a tab, blank lines between rows: first line → line after."""
    found: dict[int, int] = {}
    at = 0
    while at < len(lines):
        if not _is_tabbed(lines[at].text):
            at += 1
            continue
        end = at + 1
        while end < len(lines) and (lines[end].text.startswith("\t") or _continues(lines, end)):
            end += 1
        found[at] = end
        at = end
    # One cell a block says nothing about rows: then the blank lines stand between cells, not rows.
    rows = sum(1 for first, last in found.items() if last - first > 1)
    apart = any(first - last >= 1 for last, first in pairwise(_bounds(found)))
    return found if rows and apart else {}


def _bounds(found: dict[int, int]) -> list[int]:
    return [edge for span in found.items() for edge in span][1:-1]


def _is_tabbed(text: str) -> bool:
    return text.startswith("\t") and "\t" not in text[1:]


def _continues(lines: list[TextLine], at: int) -> bool:
    """Whether a line is the rest of a cell that began on the line before: 本年新 / 制作数量."""
    text = lines[at].text
    return (
        bool(text.strip() and lines[at - 1].text.strip())
        and len(text) <= 12
        and not text[0].isspace()
        and (is_figure(text) or not is_figure(lines[at - 1].text.strip()))
        and at + 1 < len(lines)
        and (lines[at + 1].text.startswith("\t") or not lines[at + 1].text.strip())
    )


def _row_of_lines(lines: list[TextLine]) -> TableRow:
    texts: list[tuple[str, Place]] = []
    for line in lines:
        if line.text.startswith("\t"):
            texts.append((line.text.strip(), line.place))
        else:
            # A figure below a figure: what is left of one, or one too many; together they are none.
            gap = " " if is_figure(line.text.strip()) else ""
            texts[-1] = (texts[-1][0] + gap + line.text.strip(), texts[-1][1])
    cells = tuple(Cell(text, place, number) for number, (text, place) in enumerate(texts[:_MOST_CELLS]))
    return TableRow(cells, drawn=False, words="\n".join(line.text for line in lines))
