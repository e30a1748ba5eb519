"""The one way into XML: expat, no document type, no entities, bounded depth, nothing fetched.

Office files never carry a DOCTYPE; refusing it ends entity expansion and external references at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

from workbook.files.archive import Archive

MAIN = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    }
)

Attributes = dict[str, str]
Start = Callable[[str, Attributes], object]

_CHUNK = 256 * 1024
_DEEPEST = 200  # real parts stay below 30; expat keeps about 150 bytes of every open element
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ROOT = re.compile(r"""(?:<\?xml[^<>]*\?>\s*)?<([A-Za-z]+)(?=\s)[^<>']*?\sxmlns="([^"]*)"[^<>']*>""")
_DEFAULT_NAMESPACE = re.compile(r"xmlns\s*=")
_FORBIDDEN = bytes(set(range(32)) - set(b"\t\n\r"))
USUAL = b'<?xml version="1.0" encoding="UTF-8"'
_CODECS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "windows-1252", "gb2312", "gbk", "gb18030"}


class _Refused(Exception):
    """Well-formed perhaps, but nothing we open; the text is a Chinese phrase."""


def part_text(archive: Archive, part: str) -> str:
    """A part as text, proved to be well-formed XML without a document type.

    Line ends are as XML hands them on ("\\n"). Raises UnusableInput for anything else.
    """
    data = _utf8(archive, part)
    _parse(archive, part, data, expat.ParserCreate("utf-8", " "))
    try:
        text = data.decode("utf-8")
    except UnicodeError as error:
        raise archive.broken(f"{part}含有无法识别的字符") from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def part_unproved(archive: Archive, part: str) -> str:
    """A part as text, proved to hold only characters XML allows; the caller must prove its structure."""
    return proved_characters(archive, part, _utf8(archive, part))


def part_bytes(archive: Archive, part: str) -> bytes:
    """A part's bytes in UTF-8; the caller must prove all of them. Raises UnusableInput."""
    return _utf8(archive, part)


def proved_characters(archive: Archive, part: str, data: bytes) -> str:
    """Bytes of a part as text, proved to hold only characters XML allows. Raises UnusableInput."""
    text = allowed_text(data)
    if text is None:
        raise archive.broken(f"{part}含有无法识别的字符")
    return text


def allowed_text(data: bytes) -> str | None:
    """UTF-8 as text; None where it is no UTF-8 or holds characters that XML does not allow."""
    try:
        text = data.decode("utf-8")
    except UnicodeError:
        return None
    if len(data.translate(None, _FORBIDDEN)) != len(data) or "\ufffe" in text or "\uffff" in text:
        return None
    return text


def is_usual(frame: str, root: str, end: int) -> bool:
    """Whether patterns may be trusted with a part, by the frame that stands around its rows or strings.

    The frame must be sound XML by itself. Another default namespace, a namespace declared before `end`
    (where the rows or strings were), a second prefix for the main one, a comment, CDATA or a processing
    instruction could hide elements from the patterns, or show them elements that are not there.
    """
    key = frame, root, end
    known = _frames.get(key)
    if known is None:
        known = _has_usual_root(frame, root, end) and _is_sound(frame)
        if len(frame) <= _LONGEST_FRAME:
            if len(_frames) >= _MOST_FRAMES:
                _frames.clear()
            _frames[key] = known
    return known


# Untouched sheets of one template have the same frame in thousands of workbooks.
_frames: dict[tuple[str, str, int], bool] = {}
_MOST_FRAMES, _LONGEST_FRAME = 512, 8_192


def _has_usual_root(frame: str, root: str, end: int) -> bool:
    opened = frame.find("<", 5) if frame.startswith("<?") else 0  # past the XML declaration
    closed = frame.find(">", opened) + 1
    written = _ROOT.fullmatch(frame[:closed])
    return (
        written is not None
        and written[1] == root
        and written[2] in MAIN
        and sum(map(written[0].count, MAIN)) == 1
        and "<!" not in frame
        and frame.find("<?", 5) < 0
        and frame.find("xmlns", closed, end) < 0
        and not _DEFAULT_NAMESPACE.search(frame, closed)
    )


def _is_sound(text: str) -> bool:
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartDoctypeDeclHandler = _no_doctype
    if len(text) > 2 * _CHUNK:
        return False
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, _Refused):
        return False
    return True


def part_events(
    archive: Archive,
    part: str,
    start: Start,
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    """Walk a part with namespace-aware handlers: names arrive as "namespace local" or "local".

    Raises UnusableInput like `part_text`.
    """
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler = start
    if end:
        parser.EndElementHandler = end
    if text:
        parser.buffer_text = True
        parser.CharacterDataHandler = text
    _parse(archive, part, _utf8(archive, part), parser, start)


def split(name: str) -> tuple[str, str]:
    """Namespace ("" if none) and local name of an element or attribute from `part_events`."""
    namespace, _, local = name.rpartition(" ")
    return namespace, local


def _utf8(archive: Archive, part: str) -> bytes:
    """The part's bytes in UTF-8, whatever encoding it declares; the declaration itself is left standing."""
    data = archive.read(part)
    if data.startswith(USUAL):
        return data
    codec = ""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    elif data.startswith(b"<\0"):
        codec = "utf-16-le"
    elif data.startswith(b"\0<"):
        codec = "utf-16-be"
    else:
        data = data.removeprefix(b"\xef\xbb\xbf")
        declared = _DECLARED.match(data[:200])
        if declared and declared[1].upper() != b"UTF-8":
            codec = declared[1].decode("ascii").lower()
            if codec not in _CODECS:
                raise archive.broken(f"{part}的编码{codec}不受支持")
    try:
        return data.decode(codec).encode("utf-8") if codec else data
    except UnicodeError as error:
        raise archive.broken(f"{part}含有无法识别的字符") from error


def _no_doctype(*_: object) -> None:
    raise _Refused("含有文档类型定义（DOCTYPE），未予打开")


def _parse(
    archive: Archive, part: str, data: bytes, parser: expat.XMLParserType, inner: Start | None = None
) -> None:
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        if len(data) <= 2 * _CHUNK:
            parser.Parse(data, True)
        else:
            _parse_large(data, parser, inner)
    except expat.ExpatError as error:
        raise archive.broken(f"{part}第{error.lineno}行不是有效的XML") from error
    except _Refused as error:
        raise archive.refuse(f"的部件{part}{error}", "请用Excel或WPS打开原件，另存为xlsx后重交") from error


def _parse_large(data: bytes, parser: expat.XMLParserType, inner: Start | None) -> None:
    """Feed a large part in pieces and stop before a mountain of open elements fills the memory.

    Expat does not tell its depth, and a Python handler per element would cost more than the parsing.
    While every "<" has its ">", counting signs gives the depth exactly; where comments or a literal ">"
    spoil the count, handlers take over.
    """
    position = depth = 0
    counted = True
    while position < len(data):
        end = _piece_end(data, position)
        piece = data[position:end]
        if counted:
            opened, closed = piece.count(b"<"), piece.count(b"</")
            declaration = position == 0 and piece.startswith(b"<?xml")
            strange = piece.count(b"<!") + piece.count(b"<?") - declaration
            if strange or opened != piece.count(b">"):
                counted = False
                _count_depth(parser, depth, inner)
            else:
                depth += (
                    opened - 2 * closed - piece.count(b"/>") - (position == 0 and piece.startswith(b"<?xml"))
                )
                if depth > _DEEPEST:
                    raise _Refused("嵌套过深")
        parser.Parse(piece, False)
        position = end
    parser.Parse(b"", True)


def _piece_end(data: bytes, position: int) -> int:
    """Where the next piece ends: before a "<", so that no tag is ever cut."""
    if position + _CHUNK >= len(data):
        return len(data)
    end = data.rfind(b"<", position + 1, position + _CHUNK)
    if end < 0:
        end = data.find(b"<", position + _CHUNK, position + 2 * _CHUNK)
    # A cell's 32,767 characters, each as a numeric reference, stay below this.
    if end < 0:
        if len(data) - position > 2 * _CHUNK:
            raise _Refused("含有超长文字")
        return len(data)
    return end


def _count_depth(parser: expat.XMLParserType, depth: int, inner: Start | None) -> None:
    inner_end = parser.EndElementHandler

    def start(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _Refused("嵌套过深")
        if inner:
            inner(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if inner_end:
            inner_end(name)

    parser.StartElementHandler, parser.EndElementHandler = start, end
