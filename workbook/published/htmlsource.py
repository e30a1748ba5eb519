"""A web page as lines and table rows: layout tables opened, spans laid out, what is hidden left out.

The page is parsed as browsers do (libxml2's HTML parser), with its own limits on; nothing is fetched. The
walk uses a list of its own instead of recursion, so that no nesting can exhaust the stack.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from typing import Any

from workbook.form.filing import Place
from workbook.problems import UnusableInput
from workbook.published.flow import Cell, Flow, PictureMark, Piece, TableRow, TextLine
from workbook.published.textsource import text_of

_MOST_ELEMENTS = 400_000
_MOST_CELLS = 60_000
_WIDEST, _TALLEST = 200, 2_000  # columns and rows one cell may span; browsers stop at 1000 and 65534
_LONGEST = 20_000  # characters of one line
_LAYOUT_TEXT = 300  # characters in one cell that make a table a page's layout
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.IGNORECASE)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)", re.IGNORECASE
)
_HIDDEN_RULE = re.compile(
    r"([^{}]{1,400})\{[^{}]{0,2000}?(?:display\s*:\s*none|visibility\s*:\s*hidden)[^{}]{0,2000}?\}",
    re.IGNORECASE,
)
_SKIPPED = frozenset(
    {
        "script",
        "style",
        "head",
        "noscript",
        "template",
        "object",
        "iframe",
        "select",
        "option",
        "textarea",
        "svg",
        "math",
        "button",
    }
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_CONTAINERS = frozenset(
    [
        "article",
        "aside",
        "body",
        "div",
        "footer",
        "form",
        "header",
        "main",
        "nav",
        "section",
        "td",
        "th",
        "ul",
        "ol",
        "center",
    ]
)


def html_flow(data: bytes, name: str) -> Flow:
    """The visible text of a page in reading order. Raises UnusableInput for what is no page."""
    try:
        from lxml import etree  # noqa: PLC0415  (an extra, needed only here)
    except ImportError as error:
        raise UnusableInput(
            f"“{name}”是网页，没有装读网页的部分（pip install gouji[published]）；请用Word打开后另存为docx。"
        ) from error

    parser = etree.HTMLParser(
        encoding="utf-8",
        recover=True,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    text = _decoded(data, name).replace("\0", "")
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise UnusableInput(f"“{name}”不是能读的网页，请另存为完整的网页或Word文档后再试。") from error
    if root is None:
        raise UnusableInput(f"“{name}”是空的网页。")
    return _Walk(name, _hidden_names(root)).flow(root)


def archived_page(data: bytes, name: str) -> bytes:
    """The page in a web archive (单个文件网页, MIME): its first part of HTML. Raises UnusableInput."""
    try:
        for part in email.message_from_bytes(data).walk():
            page = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
            if isinstance(page, bytes):
                return page
    except RecursionError:
        pass  # parts within parts, as nobody's program writes them
    raise UnusableInput(f"“{name}”里没有网页，请用浏览器打开后另存为网页，或另存为Word文档。")


def _decoded(data: bytes, name: str) -> str:
    declared = _CHARSET.search(data[:8_192])
    codec = declared[1].decode("ascii").lower() if declared else ""
    if codec in ("gb2312", "gbk", "gb18030", "gb_2312-80"):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            pass  # many a page says one and is the other
    if codec == "big5":
        return data.decode("big5", "replace")
    try:
        return text_of(data, name)
    except UnusableInput:
        return data.decode(codec if codec.startswith("gb") else "utf-8", "replace")


def _hidden_names(root: Any) -> frozenset[str]:
    """Classes and ids that the page's own style sheets hide, as ".name" and "#name"."""
    found: set[str] = set()
    for style in root.iter("style"):
        for rule in _HIDDEN_RULE.finditer((style.text or "")[:200_000]):
            for selector in rule[1].split(","):
                bare = selector.strip()
                if re.fullmatch(r"[a-z]*[.#][\w-]+", bare):
                    found.add(bare[re.search(r"[.#]", bare).start() :])  # type: ignore[union-attr]
    return frozenset(found)


class _Walk:
    """One page's way from elements to pieces."""

    def __init__(self, name: str, hidden: frozenset[str]) -> None:
        self.name = name
        self.hidden = hidden
        self.pieces: list[Piece] = []
        self.line: list[str] = []
        self.containers: list[int] = [0]
        self.homes: list[int] = [0]
        self.tables = 0
        self.cells = 0
        self.elements = 0
        self.lines = 0

    def flow(self, root: Any) -> Flow:
        self.walk(root)
        title = root.find(".//title")
        shown = " ".join("".join(title.itertext()).split())[:200] if title is not None else ""
        return Flow(self.name, self.pieces, title=shown, containers=tuple(self.containers))

    def walk(self, root: Any) -> None:
        """Visit elements in document order; a data table is taken as a whole."""
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            element, leaving = stack.pop()
            tag = element.tag if isinstance(element.tag, str) else ""
            if leaving:
                self.leave(tag, element)
                continue
            self.elements += 1
            if self.elements > _MOST_ELEMENTS:
                raise UnusableInput(f"“{self.name}”的元素超过{_MOST_ELEMENTS}个，不像是一份年报。")
            if not tag or tag in _SKIPPED or self.is_hidden(element):
                self.say(element.tail)
                continue
            if tag == "table" and _is_data(element):
                self.end_line()
                self.take_table(element)
                self.say(element.tail)
                continue
            if tag in _BLOCKS:
                self.end_line()
            if tag == "pre":
                self.take_set_text(element)
                self.say(element.tail)
                continue
            if tag in _CONTAINERS:
                self.containers.append(self.homes[-1])
                self.homes.append(len(self.containers) - 1)
            if tag == "img" and not _is_small(element):
                self.end_line()
                self.pieces.append(PictureMark(Place("图片", ""), self.homes[-1]))
            self.say(element.text)
            stack.append((element, True))
            stack += [(child, False) for child in reversed(element)]

    def leave(self, tag: str, element: Any) -> None:
        if tag in _BLOCKS:
            self.end_line()
        if tag in _CONTAINERS:
            self.homes.pop()
        self.say(element.tail)

    def is_hidden(self, element: Any) -> bool:
        given = element.attrib
        if not given:
            return False
        if "hidden" in given or (given.get("type") == "hidden" and element.tag == "input"):
            return True
        if _HIDING.search(given.get("style", "")):
            return True
        if not self.hidden:
            return False
        return f"#{given.get('id', '')}" in self.hidden or any(
            f".{name}" in self.hidden for name in given.get("class", "").split()
        )

    def say(self, text: str | None) -> None:
        if text:
            self.line.append(text)

    def end_line(self) -> None:
        text = _spaced("".join(self.line))
        self.line = []
        if text:
            self.lines += 1
            self.pieces.append(TextLine(text[:_LONGEST], Place(f"第{self.lines}段", ""), home=self.homes[-1]))

    def take_set_text(self, element: Any) -> None:
        """Text set by its author: its line breaks and tabs stand."""
        for line in "".join(element.itertext()).splitlines():
            if line.strip():
                self.lines += 1
                place = Place(f"第{self.lines}段", "")
                self.pieces.append(TextLine(line.rstrip("\r\n")[:_LONGEST], place, home=self.homes[-1]))

    # --- tables -------------------------------------------------------------------------------------

    def take_table(self, table: Any) -> None:
        self.tables += 1
        rows = [row for row in _rows(table) if not self.is_hidden(row)]
        for number, cells in enumerate(self.laid_out(rows), start=1):
            if not cells:
                continue
            if len(cells) == 1 and not cells[0].merged:
                text = cells[0].text
                if text:
                    self.lines += 1
                    self.pieces.append(TextLine(text[:_LONGEST], cells[0].place, home=self.homes[-1]))
                continue
            self.pieces.append(TableRow(tuple(cells), self.tables, home=self.homes[-1]))
            if number > _MOST_CELLS:
                break

    def laid_out(self, rows: list[Any]) -> Iterator[list[Cell]]:
        """The cells of each row with their columns, those that reach down from above included."""
        reaching: dict[int, tuple[int, int]] = {}  # column → (rows still to cover, width)
        for number, row in enumerate(rows, start=1):
            cells: list[Cell] = []
            column = 0
            below: dict[int, tuple[int, int]] = {}
            own = [cell for cell in row if cell.tag in ("td", "th") and not self.is_hidden(cell)]
            for order, cell in enumerate(own, start=1):
                column = self._pass(reaching, column, cells, below, number)
                width, height = _span(cell, "colspan", _WIDEST), _span(cell, "rowspan", _TALLEST)
                place = Place(f"第{self.tables}表", f"第{number}行第{order}格")
                cells.append(Cell(self.text_of_cell(cell), place, column, width))
                if height > 1:
                    below[column] = (height - 1, width)
                column += width
                self.count_cell()
            self._pass(reaching, column, cells, below, number, to_end=True)
            reaching = below
            yield cells

    def count_cell(self) -> None:
        """One cell more, those that only reach down from above included."""
        self.cells += 1
        if self.cells > _MOST_CELLS:
            raise UnusableInput(f"“{self.name}”的表格超过{_MOST_CELLS}格，不像是一份年报。")

    def _pass(
        self,
        reaching: dict[int, tuple[int, int]],
        column: int,
        cells: list[Cell],
        below: dict[int, tuple[int, int]],
        number: int,
        to_end: bool = False,
    ) -> int:
        """Step over the columns that cells from above still cover."""
        while reaching:
            start = column if column in reaching else min(reaching) if to_end else None
            if start is None:
                break
            left, width = reaching.pop(start)
            if start < column:
                continue  # a cell of this row lies over it: a badly built table
            cells.append(Cell("", Place(f"第{self.tables}表", f"第{number}行"), start, width, merged=True))
            self.count_cell()
            if left > 1:
                below[start] = (left - 1, width)
            column = start + width
        return column

    def text_of_cell(self, cell: Any) -> str:
        """A cell's text; its own lines are kept apart."""
        parts: list[str] = []
        stack: list[tuple[Any, bool]] = [(cell, False)]
        while stack:
            element, leaving = stack.pop()
            tag = element.tag if isinstance(element.tag, str) else ""
            block = tag in _BLOCKS and element is not cell
            if leaving:
                if block:
                    parts.append("\n")
                if element is not cell and element.tail:
                    parts.append(_unbroken(element.tail))
                continue
            self.elements += 1
            if self.elements > _MOST_ELEMENTS:
                raise UnusableInput(f"“{self.name}”的元素超过{_MOST_ELEMENTS}个，不像是一份年报。")
            if not tag or tag in _SKIPPED or (element is not cell and self.is_hidden(element)):
                if element.tail:
                    parts.append(_unbroken(element.tail))
                continue
            if block:
                parts.append("\n")
            if element.text:
                parts.append(_unbroken(element.text))
            stack.append((element, True))
            stack += [(child, False) for child in reversed(element)]
        text = "".join(parts)
        return "\n".join(line for part in text.split("\n") if (line := _spaced(part)))


def _unbroken(text: str) -> str:
    """The source's own line breaks are spaces to a browser."""
    return re.sub(r"[\r\n\t ]+", " ", text)


def _spaced(text: str) -> str:
    """Runs of spaces and line breaks as one space; a break between Chinese signs as none."""
    bare = re.sub(r"(?<=[^\x00-\xff])[ \t]*[\r\n][\r\n\t ]*(?=[^\x00-\xff])", "", text.strip())
    return re.sub(r"[\r\n\t ]+", " ", bare.replace("\xa0", " ")).strip().strip("\u3000")


def _span(cell: Any, name: str, most: int) -> int:
    digits = re.match(r"\s*(\d{1,6})", cell.get(name, ""))
    return max(1, min(int(digits[1]), most)) if digits else 1


def _is_small(image: Any) -> bool:
    """Icons and spacers are no pictures of tables."""
    for side in ("width", "height"):
        digits = re.match(r"\s*(\d{1,5})", image.get(side, ""))
        if digits and int(digits[1]) < 100:
            return True
    return False


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _is_data(table: Any) -> bool:
    """Whether a table holds data, not the layout of the page: no table within, no article in a cell."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    for cell in table.iter("td", "th"):
        length = 0
        for text in cell.itertext():
            length += len(text.strip())
            if length > _LAYOUT_TEXT:
                return False
    return True
