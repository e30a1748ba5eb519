"""The signature below a published report (落款): the organ and the date, which are no part of section six."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbook.form.labels import plain

_DATE = re.compile(
    r"(?:\d{4}|[〇零一二三四五六七八九]{4})年(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})日"
)
# How the names of organs end; "无" above a date is section six, no signature.
_NAME = re.compile(
    r"[^。；！？，：、]{0,40}(?:局|委|会|政府|办|办公[室厅]|厅|部|院|署|处|中心|街道|镇|乡|队|行|社|馆|站)"
)


def without_signature(lines: Sequence[str], organ: str | None = None) -> int:
    """How many lines of a text stand before its signature; all of them where it has none.

    Only a date that stands alone on the last line, with a name above it, or the organ's own name is taken
    for a signature.
    """
    end = _last(lines, len(lines))
    if end and _DATE.fullmatch(plain(lines[end - 1]).strip("()")):
        above = _last(lines, end - 1)
        name = plain(lines[above - 1]) if above else ""
        return above - 1 if _NAME.fullmatch(name) or (organ and name == plain(organ)) else above
    if end and organ and plain(lines[end - 1]) == plain(organ):
        return _last(lines, end - 1)
    return len(lines)


def _last(lines: Sequence[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end
