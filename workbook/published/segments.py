"""A document as words and the figures behind them: what a row's label can be found in.

A segment is one run of figures with all words since the run before. Whether blanks count depends on how the
row was set: in a row of cells an empty one stands for something, between words it does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from workbook.form.filing import Place
from workbook.published.figuretext import bare, figures_of, is_figure, peeled
from workbook.published.flow import Cell, Flow, TableRow, TextLine
from workbook.published.wording import LONGEST_LABEL, normal

_YEAR = re.compile(r"20\d\d年?")
_HEAD = re.compile(r"^(?:信息内容|申请人情况|行政复议|第二十条|\(?本列数据)")
_GAPS = re.compile(r"\s{2,}|\t|　")
_ROW_END = re.compile(r"(?<=\s)(\d[\d,.]*)(?=[（(一-龥])")
_LONGEST_LINE = 400
_ODD = 8  # characters of what is typed in a figure's place: 约十件
_MOST_SEGMENTS = 20_000
_KEPT_WORDS = 80  # tokens of one gap; a table's whole head has fewer


@dataclass(slots=True)
class Token:
    """A word, a figure or (text "") a blank cell, with its piece in the flow and its columns in the grid.

    Of a word in a line `column` is the place of its first character.
    """

    text: str
    place: Place
    piece: int
    is_figure: bool = False
    column: int = 0
    width: int = 1
    glued: bool = False  # digits behind a label without a space
    merged: bool = False  # the cell belongs to the row above
    table: int = 0  # the drawn table it stands in, 0 for none
    extent: int = 0  # the column behind the last cell of its row, likewise

    @property
    def is_blank(self) -> bool:
        return not self.text


@dataclass(slots=True)
class Segment:
    """A run of figures, and the words since the run before; `own` is where the words of its own row begin.

    `celled`: the figures are the cells of one row, blank ones included; `drawn`: with columns of a grid.
    """

    words: list[Token] = field(default_factory=list)
    own: int = 0
    figures: list[Token] = field(default_factory=list)
    celled: bool = False
    drawn: bool = False
    table: int = 0
    extent: int = 0  # of a grid's row: the column behind its last cell
    alone: bool = False  # the figures stand on a line of their own, without words

    @property
    def own_words(self) -> list[Token]:
        return self.words[self.own :]

    @property
    def first_piece(self) -> int:
        return (self.words or self.figures)[0].piece

    @property
    def last_piece(self) -> int:
        return (self.figures or self.words)[-1].piece


def segments_of(flow: Flow, is_label: Callable[[str], bool]) -> tuple[list[Segment], list[Token]]:
    """The segments of a document in order, and the words that follow the last figure.

    `is_label` says of a normalised text whether some table prints it as a row's label.
    """
    builder = _Builder(is_label)
    for number, piece in enumerate(flow.pieces):
        if isinstance(piece, TableRow):
            if len(piece.cells) == 1:
                builder.loose(_cell_tokens(piece.cells[0], number) or [_blank(piece.cells[0], number)], True)
            else:
                builder.row(piece, number)
        elif isinstance(piece, TextLine):
            tokens = _line_tokens(piece, number)
            if _belongs_to_head(flow, number, tokens, is_label):
                tokens[0].is_figure = False
            builder.loose(tokens, False)
        if len(builder.found) > _MOST_SEGMENTS:
            break
    return builder.finish()


def _belongs_to_head(flow: Flow, number: int, tokens: list[Token], is_label: Callable[[str], bool]) -> bool:
    """Whether a lone figure is the year over a table that follows, or the stroke of 增/减 set upright."""
    if len(tokens) != 1 or not tokens[0].is_figure:
        return False
    shown = bare(tokens[0].text)
    if shown != "/" and not _YEAR.fullmatch(shown):
        return False
    after = _next_line(flow, number, 1)
    before = _next_line(flow, number, -1)
    if shown == "/":
        return before.endswith("增") and after.startswith("减")
    return _HEAD.search(normal(after)) is not None and not is_figure(before) and not is_label(normal(before))


def _next_line(flow: Flow, number: int, step: int) -> str:
    """The nearest line that is not blank, "" where there is none."""
    at = number + step
    while 0 <= at < len(flow.pieces) and abs(at - number) <= 12:
        piece = flow.pieces[at]
        if isinstance(piece, TextLine) and piece.text.strip():
            return piece.text.strip()
        if isinstance(piece, TableRow):
            return " ".join(cell.text for cell in piece.cells)[:200]
        at += step
    return ""


class _Builder:
    def __init__(self, is_label: Callable[[str], bool]) -> None:
        self.is_label = is_label
        self.found: list[Segment] = []
        self.words: list[Token] = []
        self.open: Segment | None = None  # a run of single figures that may go on

    def say(self, tokens: list[Token]) -> None:
        if tokens:
            self.open = None
            self.words += tokens
            if len(self.words) > 2 * _KEPT_WORDS:
                del self.words[:-_KEPT_WORDS]

    def take(self, **fields: object) -> Segment:
        segment = Segment(words=self.words, **fields)  # type: ignore[arg-type]
        self.words = []
        self.found.append(segment)
        return segment

    def loose(self, tokens: list[Token], celled: bool) -> None:
        """Tokens of one line, or of a row of one cell."""
        words: list[Token] = []
        figures: list[Token] = []
        for token in tokens:
            if not (token.is_figure or token.is_blank):
                if figures:
                    self._run(words, figures, celled)
                    words, figures = [], []
                words.append(token)
            else:
                figures.append(token)
        if figures:
            self._run(words, figures, celled)
        else:
            self.say(words)

    def _run(self, words: list[Token], figures: list[Token], celled: bool) -> None:
        if not words and self.open is not None and len(figures) == 1 and len(self.open.figures) < 64:
            self.open.figures += figures
            self.open.celled = self.open.celled or celled
            return
        if not words and not self.words and not celled and all(token.is_blank for token in figures):
            return
        self.say(words)
        alone = not words
        segment = self.take(celled=celled, alone=alone)
        segment.figures += figures
        self.open = segment if len(figures) == 1 else None

    def row(self, row: TableRow, number: int) -> None:
        """A row of several cells: blanks before its words fill up, blanks behind them are figures."""
        tokens: list[Token] = []
        extent = max(cell.column + cell.width for cell in row.cells)
        for cell in row.cells:
            here = _cell_tokens(cell, number) or [_blank(cell, number)]
            for token in here:
                token.table, token.extent = (row.table, extent) if row.drawn else (0, 0)
            tokens += here
        tokens = self._odd_figures(tokens)
        if all(token.is_blank for token in tokens):
            return
        self.open = None
        labels: list[Token] = []
        figures: list[Token] = []
        pending: list[Token] = []

        def close() -> None:
            nonlocal labels, figures
            if figures:
                begin = len(self.words)
                self.words += labels
                segment = self.take(own=begin, celled=True, drawn=row.drawn, table=row.table, extent=extent)
                segment.own = min(begin, len(segment.words))
                segment.figures = figures
            else:
                self.say(labels)
            labels, figures = [], []

        for token in tokens:
            if token.is_blank:
                pending.append(token)
            elif token.is_figure:
                # A row whose label is missing keeps its blank: the label's cell.
                figures += pending
                figures.append(token)
                pending = []
            else:
                if figures:
                    close()
                pending = []
                labels.append(token)
        known = any(self.is_label(normal(token.text)) for token in labels)
        if figures or known:
            figures += pending
        close()

    def _odd_figures(self, tokens: list[Token]) -> list[Token]:
        """Words in a figure's place (约十件, a stray remark) are figures that cannot be read."""
        seen = False
        for token in tokens:
            if token.is_blank:
                continue
            if token.is_figure:
                seen = True
                continue
            text = normal(token.text)
            if _HEAD.search(text):
                return tokens
            if self.is_label(text) or _has_label(text, self.is_label):
                seen = True
            elif seen and len(text) <= _ODD:
                token.is_figure = True
        return tokens

    def finish(self) -> tuple[list[Segment], list[Token]]:
        return self.found, self.words


def _has_label(text: str, is_label: Callable[[str], bool]) -> bool:
    return len(text) > _ODD or (len(text) > 3 and is_label(text.lstrip("(一二三四五六七八九十)123456789.、")))


def _blank(cell: Cell, piece: int) -> Token:
    return Token("", cell.place, piece, column=cell.column, width=cell.width, merged=cell.merged)


def _cell_tokens(cell: Cell, piece: int) -> list[Token]:
    """The tokens of one cell; [] for a blank one."""
    text = _seen(cell.text)
    if not text or cell.merged:
        return []
    where = {"place": cell.place, "piece": piece, "column": cell.column, "width": cell.width}

    def token(text: str, **fields: bool) -> Token:
        return Token(text, **where, **fields)  # type: ignore[arg-type]

    if len(text) > _LONGEST_LINE:
        return [token(text)]
    if is_figure(cell.text):
        return [token(cell.text.strip(), is_figure=True)]
    several = figures_of(cell.text)
    if several:
        return [token(cell.text.strip(), is_figure=True)]
    label, figures, glued = peeled(text)
    if not figures or not label:
        return [token(text)]
    return [
        token(label),
        *(token(item, is_figure=True, glued=glued and n == 0) for n, item in enumerate(figures)),
    ]


def _seen(text: str) -> str:
    """A cell's text as it stands, without signs nobody sees; "" for a blank one."""
    return text.strip() if bare(text) else ""


def _line_tokens(line: TextLine, piece: int) -> list[Token]:
    """The tokens of a line: words between wide gaps, figures at the end of words peeled off."""
    text = line.text.replace("&nbsp;", " ").strip()
    if not bare(text):
        return []
    if len(text) > _LONGEST_LINE:
        return [Token(text[: LONGEST_LABEL * 2], line.place, piece)]
    found: list[Token] = []
    at = 0
    for part in _GAPS.split(text):
        if not part.strip():
            continue
        at = line.text.find(part, at)
        several = figures_of(part)
        if several:
            found += [Token(item, line.place, piece, is_figure=True) for item in several]
            continue
        label, figures, glued = peeled(part)
        rows = _rows_in(label) if figures else []
        found += [Token(text, line.place, piece, is_figure(text), max(at, 0)) for text in rows[:-1]]
        if rows:
            label = rows[-1]
        if label:
            found.append(Token(label, line.place, piece, column=max(at, 0)))
        found += [
            Token(item, line.place, piece, is_figure=True, glued=glued and number == 0)
            for number, item in enumerate(figures)
        ]
    return found


def _rows_in(label: str) -> list[str]:
    """The words and figures of a label that holds a row of its own first: 其他处理 0 0（七）总计; else []."""
    parts = _ROW_END.sub(r"\1 ", label).split()
    return parts if sum(map(is_figure, parts)) > 1 and not is_figure(parts[0]) else []
