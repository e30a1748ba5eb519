"""A web page as lines and table rows: layout tables opened, spans laid out, what is hidden left out.

The page is parsed as browsers do (libxml2's HTML parser), with its own limits on; nothing is fetched. The
walk uses a list of its own instead of recursion, so that no nesting can exhaust the stack.
"""

from __future__ import annotations

import email
import re
from typing import Any

from workbook.form.filing import Place
from workbook.problems import UnusableInput
from workbook.published.flow import Flow, PictureMark, Piece, TableRow, TextLine
from workbook.published.htmltable import is_data, laid_out
from workbook.published.htmltext import BLOCKS, CONTAINERS, SKIPPED, Shown, spaced
from workbook.published.textsource import text_of

_LONGEST = 20_000  # characters of one line
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.IGNORECASE)


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
    return _Walk(name, Shown(name, root)).flow(root)


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


class _Walk:
    """One page's way from elements to pieces."""

    def __init__(self, name: str, shown: Shown) -> None:
        self.name = name
        self.shown = shown
        self.pieces: list[Piece] = []
        self.line: list[str] = []
        self.containers: list[int] = [0]
        self.homes: list[int] = [0]
        self.tables = 0
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
            self.shown.count_element()
            if not tag or tag in SKIPPED or self.shown.is_hidden(element):
                self.say(element.tail)
                continue
            if tag == "table" and is_data(element):
                self.end_line()
                self.take_table(element)
                self.say(element.tail)
                continue
            if tag in BLOCKS:
                self.end_line()
            if tag == "pre":
                self.take_set_text(element)
                self.say(element.tail)
                continue
            if tag in CONTAINERS:
                self.containers.append(self.homes[-1])
                self.homes.append(len(self.containers) - 1)
            if tag == "img" and not _is_small(element):
                self.end_line()
                self.pieces.append(PictureMark(Place("图片", ""), self.homes[-1]))
            self.say(element.text)
            stack.append((element, True))
            stack += [(child, False) for child in reversed(element)]

    def leave(self, tag: str, element: Any) -> None:
        if tag in BLOCKS:
            self.end_line()
        if tag in CONTAINERS:
            self.homes.pop()
        self.say(element.tail)

    def say(self, text: str | None) -> None:
        if text:
            self.line.append(text)

    def end_line(self) -> None:
        text = spaced("".join(self.line))
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

    def take_table(self, table: Any) -> None:
        self.tables += 1
        for cells in laid_out(table, self.tables, self.shown):
            if len(cells) == 1 and not cells[0].merged:
                for text in cells[0].text.split("\n"):
                    if text:
                        self.lines += 1
                        self.pieces.append(TextLine(text[:_LONGEST], cells[0].place, home=self.homes[-1]))
            elif cells:
                self.pieces.append(TableRow(tuple(cells), self.tables, home=self.homes[-1]))


def _is_small(image: Any) -> bool:
    """Icons and spacers are no pictures of tables."""
    for side in ("width", "height"):
        digits = re.match(r"\s*(\d{1,5})", image.get(side, ""))
        if digits and int(digits[1]) < 100:
            return True
    return False
