"""The words of a published report: headings, the sections' text, lines joined into paragraphs again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from workbook.form.edition import Edition, Section
from workbook.form.filing import Place
from workbook.form.headings import HeadingFit, fit_heading, section_of_heading, split_heading
from workbook.published.flow import Flow, PictureMark, TableRow, TextLine
from workbook.published.signature import without_signature
from workbook.published.wording import normal

_ITEM = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|\d{1,2}[.、．])"
)
_CLOSED = "。！？：；!?…"
_UNWRAPPED = 160  # columns; lines wider than any page are paragraphs of their own
_NARROW = 8  # columns that a full line may lack: a sign that must not begin a line takes one along
_SAME_LEFT = 2.0  # points
_HEADING_ENDS = " 。：:\u3000"
# What follows the last section of a web page and is not the report's.
_FOOT = re.compile(
    r"(?:版权所有|主办单位|承办单位|ICP备|网站标识码|打印本页|【?打印】?|【?关闭】?|关闭窗口|上一篇|下一篇|扫一扫|分享到|分享：|相关链接|网站地图|联系我们|公网安备)"
)


@dataclass(slots=True)
class Heading:
    """A section's heading: its piece, the words as found, and what of its line already is text."""

    section: Section
    piece: int
    text: str
    place: Place
    rest: str = ""
    weight: float = 1.0


@dataclass(slots=True)
class ReportWords:
    """Headings in the document's order, text by section (and preamble), pictures by section."""

    headings: list[Heading] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, int] = field(default_factory=dict)


def find_headings(flow: Flow, edition: Edition, taken: Collection[int] = ()) -> list[Heading]:
    """The headings of the sections, one each, in the order in which they stand."""
    found: list[Heading] = []
    for number, piece in enumerate(flow.pieces):
        if isinstance(piece, TableRow) and len(piece.cells) > 1:
            continue
        line = piece if isinstance(piece, TextLine) else None
        if isinstance(piece, TableRow):
            line = TextLine(piece.cells[0].text, piece.cells[0].place)
        if line is None or not line.text.strip():
            continue
        heading = _heading(line, number, edition)
        if heading is not None and not (number in taken and heading.weight < 1):
            found.append(heading)
    found = _without_contents(found)
    numbered = [h for h in found if split_heading(h.text)[1][:1] in tuple("一二三四五六第")]
    best: dict[str, Heading] = {}
    for heading in found:
        other = best.get(heading.section.id)
        variant = fit_heading(heading.section, heading.text) is HeadingFit.VARIANT
        if variant and len(numbered) >= 3 and heading not in numbered:
            continue  # "2.主动公开情况" within a section of a report whose headings are 一、二、三
        if other is None or heading.weight > other.weight:
            best[heading.section.id] = heading
    return sorted(best.values(), key=lambda heading: heading.piece)


def _heading(line: TextLine, piece: int, edition: Edition) -> Heading | None:
    text = line.text.strip()
    section = section_of_heading(edition, normal_script(text)) if len(text) <= 70 else None
    if section is not None:
        numeral = split_heading(text)[1][:1]
        variant = fit_heading(section, normal_script(text)) is HeadingFit.VARIANT
        return Heading(section, piece, text, line.place, weight=1.0 - 0.3 * variant - 0.2 * numeral.isdigit())
    words = normal(text)
    for item in edition.sections:
        # A number that the word processor gave the heading is not in its text.
        if words == normal(split_heading(item.heading)[2]):
            return Heading(item, piece, text, line.place, weight=0.75)
        if (
            len(text) > len(item.heading)
            and text.startswith(item.heading)
            and text[len(item.heading)] in _HEADING_ENDS
        ):
            rest = text[len(item.heading) :].lstrip(_HEADING_ENDS)
            return Heading(item, piece, item.heading, line.place, rest, 0.9)
    return None


def normal_script(text: str) -> str:
    """A heading in simplified characters, otherwise as it stands."""
    return "".join(normal(sign) or sign if "一" <= sign <= "龥" else sign for sign in text)


def _without_contents(found: list[Heading]) -> list[Heading]:
    """Without a table of contents: headings close together that all stand again further down."""
    run: list[Heading] = []
    for heading in found:
        if run and heading.piece - run[-1].piece > 2:
            break
        run.append(heading)
    later = {heading.section.id for heading in found[len(run) :]}
    if len(run) >= 3 and all(heading.section.id in later for heading in run):
        return found[len(run) :]
    return found


def read_sections(
    flow: Flow,
    headings: list[Heading],
    taken: Collection[int],
    title_piece: int | None,
    organ: str | None = None,
) -> ReportWords:
    """The text of each section without its table, and of the preamble between title and first heading.

    What stands below the last section is none of it: a web page's foot, the signature with `organ`'s name.
    """
    words = ReportWords(headings)
    width = _page_width(flow, taken)
    home = _common_home(flow, headings)
    ends = [heading.piece for heading in headings[1:]] + ([len(flow.pieces)] if headings else [])
    for heading, end in zip(headings, ends, strict=True):
        lines = _lines(flow, heading.piece + 1, end, taken, home)
        if end == len(flow.pieces):
            lines = _without_foot(lines)
            lines = lines[: without_signature([line.text for line in lines], organ)]
        if heading.rest:
            lines.insert(0, TextLine(heading.rest, heading.place))
        words.sections[heading.section.id] = _joined(lines, flow.wrapped, width)
        words.pictures[heading.section.id] = sum(
            1
            for number in range(heading.piece + 1, end)
            if isinstance(piece := flow.pieces[number], PictureMark)
            and (home is None or _within(flow, piece.home, home))
        )
    if headings and headings[0].section.id == "overview":
        start = title_piece + 1 if title_piece is not None and title_piece < headings[0].piece else None
        first = _own_lines_start(headings[0].piece) if start is None else start
        lines = _lines(flow, first, headings[0].piece, taken, home)
        words.sections["preamble"] = _joined(lines, flow.wrapped, width)
    return words


def _own_lines_start(end: int) -> int:
    """Without a title the preamble is what stands before the first heading, unless that is a whole page."""
    return 0 if end <= 40 else max(0, end - 5)


def _lines(flow: Flow, first: int, end: int, taken: Collection[int], home: int | None) -> list[TextLine]:
    lines: list[TextLine] = []
    for number in range(first, end):
        piece = flow.pieces[number]
        if number in taken:
            continue
        if isinstance(piece, TextLine):
            if home is None or _within(flow, piece.home, home):
                lines.append(piece)
        elif isinstance(piece, TableRow) and not piece.drawn and piece.words.strip(" |｜\t\n"):
            lines.append(TextLine(piece.words, piece.cells[0].place))
    return lines


def _common_home(flow: Flow, headings: list[Heading]) -> int | None:
    """The container of a web page in which all headings stand; None where nothing speaks of containers."""
    homes = [piece.home for h in headings if isinstance(piece := flow.pieces[h.piece], TextLine | TableRow)]
    if len(homes) < 2 or len(flow.containers) < 2:
        return None
    chains = [_chain(flow, home) for home in homes]
    shared = set(chains[0]).intersection(*chains[1:])
    return next((home for home in chains[0] if home in shared), None)


def _chain(flow: Flow, home: int) -> list[int]:
    chain = [home]
    while home:
        home = flow.containers[home]
        chain.append(home)
    return chain


def _within(flow: Flow, home: int, container: int) -> bool:
    while home > container:
        home = flow.containers[home]
    return home == container


def _without_foot(lines: list[TextLine]) -> list[TextLine]:
    for number, line in enumerate(lines):
        if len(line.text) < 120 and _FOOT.search(line.text):
            return lines[:number]
    return lines


# --- lines into paragraphs --------------------------------------------------------------------------


def columns_of(text: str) -> int:
    """How wide a text is on a page: 2 for a Chinese sign, 1 for a Latin one."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def _page_width(flow: Flow, taken: Collection[int]) -> int:
    """How wide a full line is, 0 where lines are paragraphs."""
    if not flow.wrapped:
        return 0
    widths = sorted(
        columns_of(piece.text.rstrip())
        for number, piece in enumerate(flow.pieces)
        if isinstance(piece, TextLine) and number not in taken and len(piece.text.strip()) > 15
    )
    if not widths or _is_unbroken(widths):
        return 0
    return widths[int(0.9 * (len(widths) - 1))]


def _is_unbroken(widths: Sequence[int]) -> bool:
    """Whether lines are so long that nobody has broken them."""
    return sum(1 for width in widths if width > _UNWRAPPED) * 20 > len(widths)


def _joined(lines: list[TextLine], wrapped: bool, width: int) -> str:
    if not wrapped or not width:
        return "\n".join(line.text.strip() for line in lines if line.text.strip())
    paragraphs: list[str] = []
    before: TextLine | None = None
    is_first = True  # whether the line before is the first of its paragraph
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        if before is not None and _goes_on(before, line, width, is_first):
            is_first = False
            glue = (
                " "
                if paragraphs[-1][-1:].isascii()
                and paragraphs[-1][-1:].isalnum()
                and text[0].isascii()
                and text[0].isalnum()
                else ""
            )
            if glue and paragraphs[-1][-1:].isdigit() and text[0].isdigit():
                glue = ""  # a number broken over two lines
            paragraphs[-1] += glue + text
        else:
            paragraphs.append(text)
            is_first = True
        before = line
    return "\n".join(paragraphs)


def _goes_on(before: TextLine, line: TextLine, width: int, is_first: bool) -> bool:
    """Whether a line goes on with the paragraph of the line before it (`is_first`: that began it)."""
    if line.indented:
        return False
    indent = len(line.text) - len(line.text.lstrip())
    if indent > len(before.text) - len(before.text.lstrip()) and indent >= 2 and not before.indented:
        return False
    ended = before.text.rstrip()[-1:]
    if _ITEM.match(line.text) and ended in _CLOSED:
        return False
    # A first line is set in from those that follow it: one just below it is a first line too.
    alike = None not in (before.left, line.left) and abs((before.left or 0) - (line.left or 0)) < _SAME_LEFT
    if alike and is_first and ended in _CLOSED:
        return False
    if before.full is not None:
        return before.full
    return columns_of(before.text.rstrip()) >= width - _NARROW
