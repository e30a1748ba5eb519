"""From the characters in a part to the characters a person typed: XML references and Excel's escapes."""

from __future__ import annotations

import re

# Text between tags that is sound XML (but for "]]>") and needs no expat to say so.
# (All repetitions are possessive, "*+": nothing to go back to, so no memory that grows with the input.)
CONTENT = r"[^<&]*+(?:&(?:amp|lt|gt|quot|apos);[^<&]*+)*+"

# The attributes of a tag, unprefixed, in double quotes.
ATTRIBUTES = r"""(?:\s[A-Za-z]\w*="[^"'<>&]*")*+\s?"""

_ATTRIBUTE_NAME = re.compile(r'\s([\w.:]+)="')
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,8})|#([0-9]{1,8})|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
# Excel writes what XML cannot hold as _x000D_, and a literal "_x000D_" as "_x005F_x000D_".
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def plain(raw: str, limit: int) -> str:
    """The text of a <t> or <v> element: references, then Excel's own escapes, cut to `limit` characters."""
    if "&" in raw:
        raw = _REFERENCE.sub(_character, raw)
    if "_x" in raw:
        raw = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), raw)
        raw = _PAIR.sub(lambda match: match[0].encode("utf-16", "surrogatepass").decode("utf-16"), raw)
        raw = _SURROGATE.sub("\ufffd", raw)
    return raw if len(raw) <= limit else raw[:limit]


def repeats_attribute(tags: str) -> bool:
    """Whether some tag names an attribute twice or declares a namespace: no XML we read the quick way."""
    if "=" not in tags:
        return False
    for tag in tags.split("<"):
        names = _ATTRIBUTE_NAME.findall(tag)
        if len(set(names)) < len(names) or "xmlns" in names:
            return True
    return False


def _character(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
