"""Table rows set as text with signs of punctuation between cells: 规章；0；0, 规章：0、0, 【规章】【0】.

Such signs stand in sentences and in labels, too. A line is a row only where a row's label as the form prints
it comes before nothing but figures, and where several such lines stand together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from workbook.published.figuretext import is_figure
from workbook.published.flow import TextLine
from workbook.published.wording import normal

_SIGNS = "；;、，：:"
_NUMBER = r"[+\-−–]?\d[\d,.]*(?:万元|元|[件个宗份项])?"
_RUN = re.compile(rf"(?P<label>.*?)(?P<run>(?:\s*[{_SIGNS}]\s*(?:{_NUMBER}|[/\\无無—－-]{{1,2}})?)+)\s*")
_BRACKETED = re.compile(r"(?:【[^【】]*】\s*){2,}")
_SLASH = re.compile(r"\s+/\s+")
_STROKES = frozenset("/\\╱")
_LONGEST = 300
_FEWEST = 3  # rows that must stand together
_NEAR = 16  # lines between them
_FIGURES_ALONE = 5  # a line without a label has at least so many


def parted(lines: Sequence[TextLine], is_label: Callable[[str], bool]) -> dict[int, list[str]]:
    """The lines that are rows with a sign between their cells: number of the line → its cells."""
    found = {number: cells for number, line in enumerate(lines) if (cells := _cells(line.text, is_label))}
    rows = [number for number, cells in found.items() if any(is_label(normal(cell)) for cell in cells)]
    together = {
        number
        for run in _runs(rows)
        if len(run) >= _FEWEST
        for number in range(run[0] - _NEAR, run[-1] + _NEAR + 1)
    }
    # Where every row ends with the sign it closes the last cell, and no blank one follows.
    closed = all(lines[number].text.rstrip()[-1] in _SIGNS for number in together.intersection(rows))
    return {
        number: cells[:-1] if closed and len(cells) > 1 and not cells[-1] else cells
        for number, cells in found.items()
        if number in together
    }


def _runs(numbers: Sequence[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for number in numbers:
        if run and number - run[-1] > _NEAR:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _cells(text: str, is_label: Callable[[str], bool]) -> list[str] | None:
    """The cells of one line where it may be a row."""
    text = text.strip()
    if not 3 <= len(text) <= _LONGEST or "|" in text:
        return None
    if _BRACKETED.fullmatch(text):
        return [cell.strip() for cell in re.findall(r"【([^【】]*)】", text)]
    return _slashed(text, is_label) or _signed(text, is_label)


def _signed(text: str, is_label: Callable[[str], bool]) -> list[str] | None:
    match = _RUN.fullmatch(text)
    if match is None:
        return None
    figures = [part.strip() for part in re.split(f"[{_SIGNS}]", match["run"])[1:]]
    label = match["label"].strip()
    if is_figure(label) or not label:
        cells = [label, *figures]
        return cells if len(cells) >= _FIGURES_ALONE else None
    labels = _labels(label, is_label)
    if labels is None:
        return None
    return [*labels, *figures]


def _labels(text: str, is_label: Callable[[str], bool]) -> list[str] | None:
    """A label with the groups' names before it; None where it is none of the form's."""
    if is_label(normal(text)):
        return [text]
    for match in re.finditer(rf"[{_SIGNS}\s]+", text):
        first, rest = text[: match.start()].strip(), text[match.end() :].strip()
        if is_label(normal(first)) and (others := _labels(rest, is_label)):
            return [first, *others]
    return None


def _slashed(text: str, is_label: Callable[[str], bool]) -> list[str] | None:
    """规章 / 0 / 0 / 0, where no figure is itself a stroke."""
    parts = _SLASH.split(text)
    figures = [part for part in parts if is_figure(part)]
    labels = parts[: len(parts) - len(figures)]
    if not figures or _STROKES.intersection(figures) or parts[len(labels) :] != figures:
        return None
    if not labels:
        return parts if len(parts) >= _FIGURES_ALONE else None
    return parts if all(is_label(normal(label)) for label in labels) else None
