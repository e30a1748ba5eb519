"""What a report says of itself: years, gaps, its sections, the documents it cites – NAR-13 to NAR-16."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping

from workbook.form.edition import Edition, Section
from workbook.form.editionfile import all_editions
from workbook.form.headings import HeadingFit, fit_heading, split_heading
from workbook.form.labels import plain
from workbook.prose.judging import SECTION_WORDS, Answers, Judge
from workbook.prose.passage import FILLER, Passage
from workbook.rules.procedures import Failed, Open, Passed

UNREAD = "文字未读"
_HAN = "零一二三四五六七八九十"

# 2018年，我局…… at the head of a sentence: the time of what it tells.
_TIME = re.compile(
    r"(?:^|[。；\n）])(?:[一二三四五六七八九十]+是)?(?P<year>20\d\d|···[上下])年度?(?P<rest>[，,我本全市县区局][^。；\n]{0,60})"
)
_WORK = re.compile(
    r"收到|受理|办理|答复|办结|公开|发布|制发|印发|举办|开展|推进|认真|积极|严格|深入|坚持|围绕|加强|落实"
)
_NOT_OF_THE_YEAR = re.compile(
    r"预算|决算|计划|规划|将|打算|拟|下一步|收官|以来|年报|年度报告|较|比|相比|结转"
)

# With 共 before it even 申请件 lacks its number; without, 申请件, 答复件, 文件 are words.
_NUMBER_MISSING = re.compile(
    r"(?:共|累计|总计|合计)[^，。；、\d]{0,4}?(?:主动公开|收到|受理|办结|答复|发布|公开|制发|新收|办理|接收)"
    r"[^，。；、\d一二三四五六七八九十百千零两壹贰叁肆伍陆柒捌玖拾佰仟XxＸ×*_＿]{0,14}?"
    r"(?<![文案信重要证新事各每逐条电急附稿软硬邮部组配构来档])(?:条|件|篇|次|份|宗)(?=[，。；、）\n]|$)"
    r"|共[^，。；、\d]{0,8}(?:培训|活动|会议|发布会|检查|讲座)(?:次|场|期)(?=[，。；、）\n]|$)"
    r"|(?:主动公开|新收|受理|办结|结转|予以公开|不予公开)(?:政府|各类|申请|的)*(?:信息)?(?<!申请)(?:条|件|宗)(?=[，。；、）\n]|$)"
)
_SPACE_LEFT = re.compile(
    r"(?:申请|受理|答复|办结|结转|公开|信息|收到|发布)[ \t\u3000]+(?:条|件|篇|次|份|宗)(?=[，,。；;、）\s]|$)"
)
_PLACEHOLDER = re.compile(
    r"（）(?:条|件|篇|次|份|宗|元)|[XxＸ]{2,}|[×✕]{2,}|＿{2,}|_{2,}|\*{2,}|□{2,}|【(?:单位)?待[填核][^】]{0,30}】?|（待填）"
)
_COMPOSED = re.compile(
    r"(?:由|包括|分为|包含)(?P<names>[^。；\n]{0,220}?)(?:等|这|以下|共|，)?(?P<count>[一二三四五六七八九十\d]{1,2})个?(?:部分|方面内容)(?:组成|构成|内容)?"
)
_CITED = re.compile(r"国办公开办函[〔（](?P<year>\d{4}|···[本上下])[〕）]第?(?P<number>\d+)号")
_OLD_REGULATION = re.compile(r"国(?:务院)?令?第?492号|国务院令第492号")
_HISTORY = re.compile(r"修订前|原|2007|废止|旧")


def check_years(judge: Judge, passage: Passage, year: int | None) -> None:
    """NAR-13: sentences that tell the year's work are of the report year."""
    if passage.section not in ("overview", "applications", "challenges") or year is None:
        return
    said = False
    for found in _TIME.finditer(passage.text):
        rest = found["rest"]
        if not _WORK.search(rest) or _NOT_OF_THE_YEAR.search(rest):
            continue
        named = found["year"]
        there = year - 1 if named.endswith("上") else year + 1 if named.endswith("下") else int(named)
        start = found.start("year")
        quote = passage.quote(start, min(found.end(), start + 24))
        said = True
        given = {
            "section": SECTION_WORDS[passage.section],
            "quote": quote,
            "found": f"{there}年",
            "expected": str(year),
        }
        failed = Failed(
            "other_year", given=given, place=judge.place(passage, start), section=passage.section, quote=quote
        )
        judge.answers.say("prose.years", failed)
    if not said and f"{FILLER * 3}本年" in passage.text:
        judge.answers.say("prose.years", Passed())


def check_gaps(judge: Judge, passage: Passage) -> None:
    """NAR-14: numbers left out, signs that stand for them, the form's own instructions."""
    text, found = passage.text, False

    def fail(outcome: str, start: int, end: int, what: str) -> None:
        nonlocal found
        found = True
        left = max(text.rfind(sign, 0, start) for sign in "，。；：\n") + 1
        stops = (place for sign in "，。；\n" if (place := text.find(sign, end)) >= 0)
        quote = passage.quote(left, min(min(stops, default=len(text)), end + 30))
        given = {"section": SECTION_WORDS[passage.section], "quote": quote, "found": what}
        failed = Failed(
            outcome, given=given, place=judge.place(passage, start), section=passage.section, quote=quote
        )
        judge.answers.say("prose.gaps", failed)

    for match in _NUMBER_MISSING.finditer(text):
        fail("number_missing", match.start(), match.end(), "")
    space = None if found else _SPACE_LEFT.search(passage.source)
    if space is not None:
        fail(
            "number_missing", bisect_left(passage.at, space.start()), bisect_left(passage.at, space.end()), ""
        )
    for match in _PLACEHOLDER.finditer(text):
        fail("placeholder", match.start(), match.end(), match[0])
    for words in judge.grammar.lists["instructions"]:
        place = text.find(words)
        if place >= 0:
            fail("instruction", place, place + len(words), words)
            break
    if not found:
        judge.answers.say("prose.gaps", Passed())


def check_sections(judge: Judge, passage: Passage, headings: Mapping[str, str], edition: Edition) -> None:
    """NAR-15: the sections a preamble counts and names are the sections there are."""
    found = _COMPOSED.search(passage.text)
    if found is None:
        return
    if not headings:
        judge.answers.say("prose.sections", Open("没有读到各部分标题"))
        return
    quote = passage.quote(found.start(), found.end())
    quote = quote if len(quote) <= 60 else quote[:24] + "……" + quote[-20:]
    place = judge.place(passage, found.start())
    stated = int(found["count"]) if found["count"].isdigit() else _HAN.index(found["count"][-1])
    if stated != len(headings):
        given = {"quote": quote, "found": str(len(headings)), "expected": str(stated)}
        judge.answers.say(
            "prose.sections", Failed("count", given=given, place=place, section=passage.section, quote=quote)
        )
    else:
        judge.answers.say("prose.sections", Passed())
    if len(re.split(r"[、，]", found["names"])) < 3:
        return
    said = plain(found["names"])
    missing: list[tuple[str, str]] = []
    for section, heading in headings.items():
        words = split_heading(heading)[2]
        if _same_name(words) in _same_name(said):
            continue
        standard = next((item for item in edition.sections if item.id == section), None)
        # The form's own name, or one it tolerates, is right as long as the heading is right too.
        named = _named(said, section, judge)
        fits = standard is not None and fit_heading(standard, heading) is not HeadingFit.VARIANT
        if standard is not None and fits and named and _named_well(standard, named):
            continue
        missing.append((named or "", words))
    if missing:
        names = "、".join(f"“{name}”" for name, _ in missing if name) or "名称"
        given = {"quote": quote, "expected": names, "found": "、".join(f"“{there}”" for _, there in missing)}
        judge.answers.say(
            "prose.sections", Failed("names", given=given, place=place, section=passage.section, quote=quote)
        )
    else:
        judge.answers.say("prose.sections", Passed())


_KEYS = {
    "overview": r"[^、，]*总体情况",
    "proactive": r"[^、，]*主动公开[^、，]*",
    "applications": r"[^、，]*(?:申请情况|依申请)[^、，]*",
    "challenges": r"[^、，]*复议(?:[、，][^、，]*诉讼)?[^、，]*",
    "problems": r"[^、，]*问题[^、，]*",
    "other": r"[^、，]*其他[^、，]*",
}


def _named(said: str, section: str, judge: Judge) -> str | None:
    del judge
    pattern = _KEYS.get(section)
    match = re.search(pattern.replace("，", ","), said) if pattern else None
    return match[0].rstrip("等及和") if match else None


def _named_well(section: Section, named: str) -> bool:
    """Whether a name is the form's own, or one that it tolerates."""
    if _same_name(named) == _same_name(split_heading(section.heading)[2]):
        return True
    return section.tolerated is not None and section.tolerated.fullmatch(named) is not None


def _same_name(words: str) -> str:
    return re.sub(r"[、，,和与及的]", "", words)


def check_documents(answers: Answers, judge: Judge, passage: Passage, edition: Edition) -> None:
    """NAR-16: the form cited is the one of the report year, the regulation the one in force."""
    year = judge.figures.filing.year
    right = re.sub(r".*(国办公开办函.*)", r"\1", edition.issued)
    numbers = {item.id: re.findall(r"〔(\d{4})〕(\d+)号", item.issued) for item in all_editions()}
    for found in _CITED.finditer(passage.text):
        cited = passage.quote(found.start(), found.end())
        pair = tuple(re.findall(r"(\d{4})\D+(\d+)号", cited)[:1])
        if not pair:
            continue
        of = next((edition_id for edition_id, known in numbers.items() if pair[0] in known), None)
        if of is None:
            continue
        if of == edition.id:
            answers.say("prose.documents", Passed())
        else:
            _cite(judge, passage, found, "other_edition", cited, right)
    for found in _OLD_REGULATION.finditer(passage.text):
        if not _HISTORY.search(passage.text[max(0, found.start() - 12) : found.end() + 8]):
            _cite(judge, passage, found, "old_regulation", passage.quote(found.start(), found.end()), "")
    if re.search(r"国(?:务院)?令第?711号", passage.text):
        answers.say("prose.documents", Passed())
    trial = passage.text.find("格式（试行）")
    if trial >= 0 and year is not None and year >= all_editions()[-1].first_year:
        match = re.compile(r"格式（试行）").search(passage.text)
        if match is not None and not _CITED.search(passage.text[match.end() : match.end() + 30]):
            _cite(judge, passage, match, "other_edition", "格式（试行）", right)


def _cite(judge: Judge, passage: Passage, found: re.Match[str], outcome: str, what: str, right: str) -> None:
    given = {
        "section": SECTION_WORDS[passage.section],
        "quote": what,
        "found": what,
        "expected": right,
    }
    judge.answers.say(
        "prose.documents",
        Failed(
            outcome,
            given=given,
            place=judge.place(passage, found.start()),
            section=passage.section,
            quote=what,
        ),
    )
