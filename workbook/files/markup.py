"""Editing one XML part as text: elements are found by scanning, and nothing but the edit moves.

A part is never parsed into a tree and written out again: that would lose what we do not know. What we
insert carries a *seam*, white space inside its tags where XML ignores it, so that it can be found again and
taken out with the part's former bytes restored; a program that saves the file anew drops the seams, and then
our things are recognised by their content instead.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.parsers import expat

from workbook.problems import UnusableInput

SEAM = "  "

Edit = tuple[int, int, str]

# Possessive throughout: a tag or name of a hundred thousand characters that comes to nothing is read once.
TAG_BODY = r"[^<>\"']*+(?:\"[^\"]*+\"[^<>\"']*+|'[^']*+'[^<>\"']*+)*+"
_TAG = re.compile(rf"<(/?)([^\s<>/!?\"'=]++)({TAG_BODY})>")
_HIDDEN = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_ATTRIBUTE = re.compile(r"(?<=\s)([^\s=<>/\"']++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_DECLARED = re.compile(r"<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_PIECE = re.compile(r"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->|<\?.*?\?>|<[^>]*>|([^<]+)", re.DOTALL)
# What XML cannot hold, and what would be read as one of OOXML's own escapes.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Element(NamedTuple):
    """Where one element stands: `start` of its tag, `inner` to `close` the content, `end` beyond it."""

    name: str
    start: int
    inner: int
    close: int
    end: int

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """The prefix with its colon, "" where there is none."""
        head, colon, _ = self.name.rpartition(":")
        return head + colon

    @property
    def closed(self) -> bool:
        """True for <a/>, which has no end tag."""
        return self.close == self.end


class Encoding(NamedTuple):
    """How a part's text lies in bytes."""

    codec: str
    mark: bytes  # byte order mark, or nothing


def decode(data: bytes, part: str) -> tuple[str, Encoding]:
    """A part's text and its encoding; UnusableInput where the bytes are not what they say."""
    encoding = _encoding(data)
    try:
        text = data[len(encoding.mark) :].decode(encoding.codec)
    except (UnicodeDecodeError, LookupError) as error:
        raise _broken(part) from error
    return text, encoding


def encode(text: str, encoding: Encoding) -> bytes:
    """The bytes of a text; signs its encoding does not have become character references."""
    return encoding.mark + text.encode(encoding.codec, "xmlcharrefreplace")


def _encoding(data: bytes) -> Encoding:
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return Encoding(codec, mark)
    if data.startswith(b"<\0"):
        return Encoding("utf-16-le", b"")
    if data.startswith(b"\0<"):
        return Encoding("utf-16-be", b"")
    declared = _DECLARED.match(data[:200].decode("latin-1"))
    return Encoding(declared[1].lower() if declared else "utf-8", b"")


def well_formed(text: str) -> bool:
    """Whether a text is well-formed XML with its prefixes declared and without a document type."""
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(text.encode("utf-8"), True)
    except (expat.ExpatError, _DoctypeFound, UnicodeEncodeError):
        return False
    return True


class _DoctypeFound(Exception):
    pass


def _refuse_doctype(*_: object) -> None:
    raise _DoctypeFound


def _broken(part: str) -> UnusableInput:
    return UnusableInput(f"工作簿中的部件“{part}”已损坏，请用Excel或WPS打开原件，另存为xlsx后重试。")


def proved(text: str, part: str) -> str:
    """The text itself if it may be edited; UnusableInput if it is not well-formed or has a document type."""
    # Excel itself leaves <br> unclosed in the text boxes of form controls.
    candidate = text.replace("<br>", "<br/>") if part.lower().endswith(".vml") else text
    if not well_formed(candidate):
        raise _broken(part)
    return text


def mask(text: str) -> str:
    """The text with comments, CDATA and instructions blanked, every other sign at its old place."""
    if "<!" not in text and text.find("<?", 1) < 0:
        return text
    return _HIDDEN.sub(lambda match: " " * len(match[0]), text)


def root(masked: str) -> Element:
    """The document's element."""
    match = _TAG.search(masked)
    if match is None:
        raise ValueError("a part without an element")
    if match[3].endswith("/"):
        return Element(match[2], match.start(), match.end(), match.end(), match.end())
    end = masked.rindex(">") + 1
    return Element(match[2], match.start(), match.end(), masked.rindex("</", 0, end), end)


def children(masked: str, parent: Element, flat: frozenset[str] = frozenset()) -> Iterator[Element]:
    """The elements directly inside another, in order.

    `flat` names (locally) those that never hold an element of their own name: their content, however
    large, is passed over by one search.
    """
    position = parent.inner
    while (match := _TAG.search(masked, position, parent.close)) is not None:
        name, start, inner = match[2], match.start(), match.end()
        if match[3].endswith("/"):
            element = Element(name, start, inner, inner, inner)
        elif name.rpartition(":")[2] in flat:
            element = _to_end_tag(masked, name, start, inner)
        else:
            element = _matched(masked, name, start, inner, parent.close)
        yield element
        position = element.end


def _to_end_tag(masked: str, name: str, start: int, inner: int) -> Element:
    close = inner
    while True:
        close = masked.find(f"</{name}", close)
        if close < 0:
            raise _unbalanced(name)
        end = masked.index(">", close) + 1
        if not masked[close + 2 + len(name) : end - 1].strip():
            return Element(name, start, inner, close, end)
        close = end


def _matched(masked: str, name: str, start: int, inner: int, limit: int) -> Element:
    depth = 1
    for match in _TAG.finditer(masked, inner, limit):
        if match[1]:
            depth -= 1
            if not depth:
                return Element(name, start, inner, match.start(), match.end())
        elif not match[3].endswith("/"):
            depth += 1
    raise _unbalanced(name)


def _unbalanced(name: str) -> UnusableInput:
    """The error for markup nested as no spreadsheet program nests it."""
    return UnusableInput(f"工作簿的结构不完整（{name[:40]}），请用Excel或WPS打开原件，另存为xlsx后重试。")


def elements(masked: str, name: str, start: int = 0, end: int | None = None) -> Iterator[Element]:
    """Every element of one qualified name (holding none of its own name) anywhere in a stretch."""
    limit = len(masked) if end is None else end
    pattern = re.compile(rf"<{re.escape(name)}(?=[\s/>])({TAG_BODY})>")
    position = start
    while (match := pattern.search(masked, position, limit)) is not None:
        if match[1].endswith("/"):
            element = Element(name, match.start(), match.end(), match.end(), match.end())
        else:
            element = _to_end_tag(masked, name, match.start(), match.end())
        yield element
        position = element.end


def child(masked: str, parent: Element, local: str, flat: frozenset[str] = frozenset()) -> Element | None:
    """The first child of that local name with its parent's prefix, or None."""
    name = parent.prefix + local
    return next((element for element in children(masked, parent, flat) if element.name == name), None)


def tag(text: str, element: Element) -> str:
    """An element's start tag."""
    return text[element.start : element.inner]


def whole(text: str, element: Element) -> str:
    """An element with all it holds."""
    return text[element.start : element.end]


def attributes(start_tag: str) -> dict[str, str]:
    """A start tag's attributes by qualified name."""
    return {
        match[1]: unescape(match[2] if match[2] is not None else match[3])
        for match in _ATTRIBUTE.finditer(start_tag)
    }


def unescape(text: str) -> str:
    """XML's references resolved."""
    return _REFERENCE.sub(_resolved, text) if "&" in text else text


def _resolved(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[3]]
    return chr(int(match[1], 16) if match[1] else int(match[2]))


def characters(text: str) -> str:
    """All character data of a stretch, tags left out."""
    return "".join(
        match[1] if match[1] is not None else unescape(match[2] or "") for match in _PIECE.finditer(text)
    )


def escape(text: str) -> str:
    """A text as element content or attribute value, as it stands."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def escape_string(text: str) -> str:
    """A cell's or note's text as OOXML stores it: control characters as _xHHHH_."""
    plain = text.replace("\r\n", "\n")
    if _UNWRITABLE.search(plain):
        plain = _UNWRITABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", plain)
    return escape(plain)


def unescape_string(text: str) -> str:
    """The text that `escape_string` wrote, from character data."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def spliced(text: str, edits: Iterable[Edit]) -> str:
    """The text with stretches replaced; edits may touch but never overlap."""
    pieces: list[str] = []
    position = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        if start < position:
            raise ValueError("edits overlap")
        pieces += (text[position:start], new)
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def sewn(start_tag: str) -> bool:
    """Whether a start tag carries our seam: its name is followed by two blanks."""
    return _SEWN.match(start_tag) is not None


_SEWN = re.compile(r"<[^\s<>/!?\"'=]+  [^\s]")


def inside_end(element: Element, new: str) -> Edit:
    """The edit that puts something at an element's end; <a/> is opened for it in a way that can be undone."""
    if element.closed:
        return element.inner - 2, element.end, f">{new}</{element.name}{SEAM}>"
    return element.close, element.close, new


def opened_by_us(text: str, element: Element) -> bool:
    """Whether `inside_end` opened this element, which stood there as <a/>."""
    return not element.closed and text[element.close : element.end] == f"</{element.name}{SEAM}>"


def reclosed(element: Element) -> Edit:
    """The edit that makes <a …></a> the <a …/> it was before `inside_end` opened it."""
    return element.inner - 1, element.end, "/>"


def namespaces(root_tag: str) -> dict[str, str]:
    """Prefix → namespace as declared on one tag; the default one under ""."""
    found = {}
    for name, value in attributes(root_tag).items():
        if name == "xmlns":
            found[""] = value
        elif name.startswith("xmlns:"):
            found[name[6:]] = value
    return found
