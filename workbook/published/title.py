"""Whose report on which year: from the title, however it is broken over lines, else from the preamble."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from workbook.form.cover import FIRST_YEAR, LAST_YEAR
from workbook.form.filing import Place
from workbook.form.labels import plain
from workbook.published.flow import TextLine

_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_YEAR = r"(?:20\d{2}|二[〇零○][〇零○一二三四五六七八九]{2})"
_SUBJECT = r"政府信息公开(?:工作)?"
_REPORT = r"(?:工作)?年度?(?:工作)?(?:情况)?(?:的)?报告|年报"
_TITLE = re.compile(
    rf"(?P<organ>.{{0,60}}?)(?:关于)?(?:发布|公布)?(?P<early>{_YEAR})?(?:年度?)?{_SUBJECT}(?P<late>{_YEAR})?(?:年度?)?(?:{_REPORT})"
)
_BARE = re.compile(rf"(?P<early>{_YEAR})年度?(?:政府信息公开)?(?:工作)?(?:年度)?报告")
_PERIOD = re.compile(r"(20\d{2})年1月1日(?:起)?(?:至|到|[-—－~～]+)")
_ORGAN = re.compile(
    r"[一-龥（）()·]{2,40}(?:局|委|委员会|办|办公室|办公厅|厅|政府|街道|镇|乡|中心|支队|总队|大队|院|部|行|署|公司|管委会|所|馆|会)"
)
_LONGEST = 80
_MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Title:
    """What the title says; None for what it does not."""

    organ: str | None = None
    year: int | None = None
    year_typed: str | None = None
    line: int | None = None  # the number of the title's last line among those given
    place: Place | None = None


def find_title(lines: Sequence[TextLine], before: int, page_title: str = "") -> Title:
    """The title among the lines before the first heading, the last that says most, or the page's own."""
    found = Title()
    lines_before = list(lines[: min(before, _MOST_LINES)])
    for number, line in enumerate(lines_before):
        text = _shown(line.text)
        if not text or len(text) > _LONGEST:
            continue
        title = _title_of(text, number, line.place, lines_before)
        # A later line that says less (a link "年度报告") does not push a fuller one away.
        if title is not None and _fullness(title) >= _fullness(found):
            found = title
    if found.year is None or found.organ is None:
        match = _TITLE.search(_shown(page_title)[:_LONGEST]) if page_title else None
        if match:
            year = found.year or _year(match["early"] or match["late"])
            organ = found.organ or _organ(match["organ"])
            found = Title(organ, year, found.year_typed or str(year or "") or None, found.line, found.place)
    if found.year is None:
        period = _PERIOD.search(plain("".join(line.text for line in lines_before[-60:]))[-4_000:])
        if period is not None:
            found = Title(found.organ, int(period[1]), period[1], found.line, found.place)
    return found


def _fullness(title: Title) -> tuple[bool, bool]:
    return title.year is not None, title.organ is not None


def _title_of(text: str, number: int, place: Place, lines: Sequence[TextLine]) -> Title | None:
    match = _TITLE.match(text)
    early = 1
    if match is None and (bare := _BARE.fullmatch(text)) is not None:
        return Title(_above(lines, number), _year(bare["early"]), bare["early"], number, place)
    if match is None and re.fullmatch(rf"(?:{_YEAR}年度?)?(?:工作)?(?:{_REPORT})", text):
        # 某市某局政府信息公开 / 2023年度报告
        joined = _shown(lines[number - 1].text) + text if number else text
        match, early = _TITLE.match(joined), 2
    if match is None or len(text) - match.end() > 12 or text[-1:] in "。，；,;":
        return None
    if "《" in match["organ"][1:] or text.startswith("格式", match.end()):
        return None  # the preamble's 《…年度报告格式》, broken over lines
    year = match["early"] or match["late"]
    if year is None and early == 1:
        above = re.fullmatch(rf"(?P<organ>.*?)(?P<year>{_YEAR})年度?", _previous(lines, number))
        if above:
            return Title(_organ(above["organ"]), _year(above["year"]), above["year"], number, place)
    organ = _organ(match["organ"]) or _above(lines, number - early + 1)
    return Title(organ, _year(year), year, number, place)


def _above(lines: Sequence[TextLine], number: int) -> str | None:
    text = _previous(lines, number)
    return text if _ORGAN.fullmatch(text) else None


def _previous(lines: Sequence[TextLine], number: int) -> str:
    for line in reversed(lines[max(0, number - 4) : max(0, number)]):
        if line.text.strip():
            return _shown(line.text)
    return ""


def _organ(text: str | None) -> str | None:
    """A name as a title gives it; the words before it on a web page (当前位置：首页>) are not its."""
    bare = (
        re.split(r"[>:：|_]|首页", (text or "").strip('《》“”"() （）-—'))[-1]
        .removesuffix("关于")
        .strip("《》-—")
    )
    return bare if len(bare) >= 2 and not bare.isdigit() else None


def _year(text: str | None) -> int | None:
    if not text:
        return None
    year = int(unicodedata.normalize("NFKC", text).translate(_DIGITS))
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def _shown(text: str) -> str:
    """A line without spaces, its signs as a person reads them."""
    return "".join(unicodedata.normalize("NFKC", text).split())
