"""What a report says of itself: years, gaps, its sections, the documents it cites – NAR-13 to NAR-16."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from workbook.form.edition import Edition, Section
from workbook.form.editionfile import all_editions
from workbook.form.headings import HeadingFit, fit_heading, split_heading
from workbook.form.labels import plain
from workbook.prose.judging import SECTION_WORDS, Answers, Judge, Judged
from workbook.prose.passage import FILLER, Passage
from workbook.prose.sentence import Item
from workbook.prose.whose import OF_ANOTHER_YEAR
from workbook.rules.findings import Verdict
from workbook.rules.procedures import Failed, Open, Passed

_TITLE = re.compile("《[^》]*》")
_AFTER_FIGURE = re.compile(r"(?<=[件条份次个篇宗起项])，")
_NOW = re.compile(f"{FILLER}本|今年新")
_THIS_YEAR_TOO = re.compile(rf"{FILLER}本年[^，。；\d]{{0,6}}\d")
_OURS = re.compile("度?(?:，)?[我全本]")
UNREAD = "文字未读"
_HAN = "零一二三四五六七八九十"


def check_years(judge: Judge, passage: Passage, year: int | None) -> None:
    """NAR-13: what tells the year's work, and the time the figures are of, name the report year."""
    if year is None:
        return
    said = False
    for start, end, named in _other_years(judge, passage):
        there = year - 1 if named.endswith("上") else year + 1 if named.endswith("下") else int(named)
        quote = passage.quote(start, min(end, start + 24))
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


def _other_years(judge: Judge, passage: Passage) -> Iterator[tuple[int, int, str]]:
    """Where another year stands in the report year's place, and which."""
    patterns = judge.grammar.patterns
    if passage.section == "proactive":  # 累计, 往年 and years of documents abound
        yield from _figures_of_another_year(judge, passage, at_head=True)
        return
    if passage.section == "problems":  # what was amiss before, and what is planned, may name any year
        for found in patterns["problems_of_year"].finditer(passage.text):
            yield found.start("year"), found.end(), found["year"]
        return
    for found in patterns["states_period"].finditer(passage.text):
        wrong = [name for name in ("year", "end", "until") if found[name] and not found[name].endswith("本")]
        # 截至上年底、截至本年底 in one sentence compares.
        compares = found["until"] and _NOW.search(_sentence_around(passage, found.start()))
        if wrong and not compares:
            yield found.start(wrong[0]), found.end(), found[wrong[0]]
    for found in patterns["reports_on"].finditer(passage.text):
        yield found.start("year"), found.end(), found["year"]
    if passage.section == "preamble":
        return
    yield from _figures_of_another_year(judge, passage)
    for found in patterns["tells_of_year"].finditer(passage.text):
        rest = _AFTER_FIGURE.split(_TITLE.sub("", found["rest"]), 1)[
            0
        ]  # what is said of it up to the first figure
        if _is_last_years_own(judge, passage, found.start("year")):
            continue
        if _THIS_YEAR_TOO.search(_sentence_around(passage, found.start("year"))):
            continue  # 2018年新收46件，2019年58件，2020年70件
        if patterns["years_work"].search(rest) and not patterns["of_other_years"].search(rest):
            yield found.start("year"), found.end(), found["year"]


def _figures_of_another_year(
    judge: Judge, passage: Passage, *, at_head: bool = False
) -> Iterator[tuple[int, int, str]]:
    """我局2021年收到申请100件 in the report of 2022, where 100 is this year's figure and not last year's."""
    for start, end in passage.sentences:
        text = passage.text[start:end]
        named = list(judge.grammar.patterns["names_year"].finditer(text))
        if len(named) != 1 or f"{FILLER}本" in text or (named[0].start() == 0) != at_head:
            continue  # at the head of a sentence the other pattern sees it
        told = [
            judged
            for judged in judge.order
            if judged.sentence.start == start and judged.sentence.passage is passage and judged.is_count
        ]
        if any(judged.verdict is Verdict.VERIFIED and judged.item.about_prior for judged in told):
            continue
        of_then = [judged.item for judged in told if judged.item.about_prior or judged.why == OF_ANOTHER_YEAR]
        if named[0]["year"].endswith("下") and _OURS.match(
            text, named[0].end()
        ):  # 2025年我市新收511件, told of a year not yet begun
            of_then = [judged.item for judged in told if judged.verdict is Verdict.VERIFIED]
        if any(_is_this_years(judge, item) for item in of_then):
            yield start + named[0].start(), min(end, start + named[0].end() + 20), named[0]["year"]


def _is_this_years(judge: Judge, item: Item) -> bool:
    true = judge.figures.of(item.readings[0].cells) if item.readings else None
    return (
        item.kind in ("received", "closed", "review", "suit", "decision", "stage")
        and bool(true)
        and item.number.value == true
    )


def _is_last_years_own(judge: Judge, passage: Passage, at: int) -> bool:
    """2021年收到申请80件 is last year's figure, told as such, where last year's table has it."""
    return any(
        judged.item.about_prior
        and judged.prior_cells
        and judged.verdict is Verdict.VERIFIED
        and judged.sentence.start <= at
        and not _is_of_both_years(judge, judged)
        for judged in judge.order
        if judged.sentence.passage is passage and at < judged.sentence.end
    )


def _is_of_both_years(judge: Judge, judged: Judged) -> bool:
    """Whether last year's figure is this year's as well, so that it tells of neither."""
    return judged.reading is not None and judge.figures.of(judged.reading.cells) == judged.item.number.value


def _sentence_around(passage: Passage, at: int) -> str:
    return next((passage.text[start:end] for start, end in passage.sentences if start <= at < end), "")


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

    patterns = judge.grammar.patterns
    for match in patterns["number_missing"].finditer(text):
        fail("number_missing", match.start(), match.end(), "")
    for match in patterns["unit_alone"].finditer(text):
        clause = text[max(text.rfind(sign, 0, match.start()) for sign in "，。；：\n") + 1 : match.start()]
        if not found and not patterns["no_gap"].search(clause):
            fail("number_missing", match.start(), match.end(), "")
    space = None if found else patterns["space_left"].search(passage.source)
    if space is not None:
        fail(
            "number_missing", bisect_left(passage.at, space.start()), bisect_left(passage.at, space.end()), ""
        )
    for match in patterns["placeholder"].finditer(text):
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
    found = judge.grammar.patterns["composed_of"].search(passage.text)
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
    year, patterns = judge.figures.filing.year, judge.grammar.patterns
    right = re.sub(r".*(国办公开办函.*)", r"\1", edition.issued)
    numbers = {item.id: re.findall(r"〔(\d{4})〕(\d+)号", item.issued) for item in all_editions()}
    for found in patterns["cites_form"].finditer(passage.text):
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
    for found in patterns["cites_old_regulation"].finditer(passage.text):
        if not patterns["tells_history"].search(passage.text[max(0, found.start() - 12) : found.end() + 8]):
            _cite(judge, passage, found, "old_regulation", passage.quote(found.start(), found.end()), "")
    if patterns["cites_regulation"].search(passage.text):
        answers.say("prose.documents", Passed())
    trial = patterns["trial_form"].search(passage.text)
    is_superseded = year is not None and year >= all_editions()[-1].first_year
    # Where the document's number stands behind the name, it has been judged already.
    if (
        trial
        and is_superseded
        and not patterns["cites_form"].search(passage.text, trial.end(), trial.end() + 30)
    ):
        _cite(judge, passage, trial, "other_edition", trial[0], right)


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
