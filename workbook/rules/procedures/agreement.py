"""Whose report and of which year: cover, title, preamble, signature and file name must say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbook.form.cover import read_title
from workbook.form.labels import plain
from workbook.rules.procedures.case import Case, Failed, Open, Passed, Verdict, procedure
from workbook.rules.procedures.form import UNREAD

_NO_ORGAN, _NO_YEAR = "没有写明单位", "没有写明年度"

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_ENDING = r"(?:局|委员会|委|办公室|办公厅|厅|政府|街道办事处|街道|镇|乡|中心|支队|总队|队|院|部|行|署)"
# The year and the organ as a preamble names them: “结合2019年度某市科学技术局政府信息公开工作实际编制”,
# “本报告由某区人民政府办公室根据……编制”.
_COMPILED_YEAR = re.compile(r"(20\d\d)年度?[^，。；]{0,45}(?:实际|情况)编制")
_COMPILER = re.compile(
    rf"(?:20\d\d年度?|由)(?P<organ>[一-龥]{{2,30}}?{_ENDING})(?=政府信息公开工作|信息公开工作|根据|按照|依据|依照|编制)"
)
_OURSELVES = re.compile(r"^(?:本|我|全)")
# A signature: the organ on a line of its own, the date on the next or behind it.
_SIGNED = re.compile(
    rf"^(?P<organ>[一-龥]{{2,30}}{_ENDING})?(?:[（(](?:盖章|公章|印章)[）)])?"
    r"(?P<year>20\d\d)年(?P<month>\d{1,2})月\d{1,2}日$"
)
_SIGNATORY = re.compile(rf"(?P<organ>[一-龥]{{2,30}}{_ENDING})(?:[（(](?:盖章|公章|印章)[）)])?")
_LAST_LINES = 3
# A file's name that begins with an organ: 某局2023年年报.xlsx, 2023年某局政府信息公开工作年度报告.xlsx.
_FILE = re.compile(
    rf"^(?:20\d\d年?度?)?(?P<organ>[一-龥]{{2,30}}?{_ENDING})"
    r"(?=[（(_\-—\s]*(?:20\d\d|政府信息公开|信息公开|年报|年度报告|\.))"
)


@procedure("form.agreement", "organ year signed file_name file_organ", "here there source")
def cover_agrees(case: Case) -> Iterator[Verdict]:
    """Organ and year are the same on the cover, in title, preamble and signature, and in the file's name."""
    yield from _file_name(case)
    yield from _title(case)
    yield from _preamble(case)
    yield from _signature(case)


def _file_name(case: Case) -> Iterator[Verdict]:
    filing = case.filing
    named = {int(year) for year in _YEAR.findall(filing.source)}
    if filing.year is None:
        yield Open(_NO_YEAR)
    elif named and filing.year not in named:
        given = {"here": str(filing.year), "there": str(max(named)), "source": filing.source}
        yield Failed("file_name", given=given)
    else:
        yield Passed()
    owner = _FILE.match(filing.source)
    if owner and filing.organ.name and not _same_organ(filing.organ.name, owner["organ"]):
        given = {"here": filing.organ.name, "there": owner["organ"], "source": filing.source}
        yield Failed("file_organ", given=given)


def _title(case: Case) -> Iterator[Verdict]:
    """A typed title; where the cover was read from it there is nothing to compare."""
    filing, place = case.filing, case.filing.landmarks.get("title")
    if filing.title is None or (place is not None and place == filing.landmarks.get("cover.organ")):
        return
    organ, year = read_title(filing.title)
    if year:
        yield _year(case, year, "标题")
    if _SIGNATORY.fullmatch(organ):
        yield _organ(case, organ, "标题")


def _preamble(case: Case) -> Iterator[Verdict]:
    filing = case.filing
    text = "".join((filing.sections.get("preamble") or "").split())
    if not text:
        yield Open(UNREAD)
        return
    if filing.year is not None:
        years = _COMPILED_YEAR.findall(text)
        wrong = [year for year in years if int(year) != filing.year]
        yield _year(case, (wrong or years)[0], "前言") if years else Open("前言没有写明年度")
    compiler = _COMPILER.search(text)
    if filing.organ.name is None:
        yield Open(_NO_ORGAN)
    elif compiler is None or _OURSELVES.match(compiler["organ"]):
        yield Open("前言没有写明单位")
    else:
        yield _organ(case, compiler["organ"], "前言")


def _signature(case: Case) -> Iterator[Verdict]:
    """Organ and date under the last section; a report has no need of them, so silence is no question."""
    section = case.edition.sections[-1].id
    lines = [plain(line) for line in (case.filing.sections.get(section) or "").splitlines() if line.strip()]
    for number, line in list(enumerate(lines))[-_LAST_LINES:]:
        signed = _SIGNED.fullmatch(line)
        if signed is None:
            continue
        above = _SIGNATORY.fullmatch(lines[number - 1]) if number else None
        organ = signed["organ"] or (above["organ"] if above else None)
        if organ:
            yield _organ(case, organ, "落款")
        yield _date(case, int(signed["year"]), int(signed["month"]))
        return


def _date(case: Case, year: int, month: int) -> Verdict:
    """Reports are signed in the year after, the earliest in the last days of their own."""
    reported = case.filing.year
    if reported is None:
        return Open(_NO_YEAR)
    if year == reported + 1 or (year, month) == (reported, 12):
        return Passed()
    return Failed("signed", given={"here": str(reported), "there": f"{year}年{month}月", "source": "落款"})


def _year(case: Case, stated: str, source: str) -> Verdict:
    year = case.filing.year
    if year is None:
        return Open(_NO_YEAR)
    if int(stated) == year:
        return Passed()
    place = case.filing.landmarks.get("title" if source == "标题" else "cover.year")
    return Failed("year", given={"here": str(year), "there": stated, "source": source}, place=place)


def _organ(case: Case, stated: str, source: str) -> Verdict:
    name = case.filing.organ.name
    if name is None:
        return Open(_NO_ORGAN)
    if _same_organ(name, stated):
        return Passed()
    place = case.filing.landmarks.get("title" if source == "标题" else "cover.organ")
    return Failed("organ", given={"here": name, "there": stated, "source": source}, place=place)


def _same_organ(one: str, other: str) -> bool:
    """Whether two names may mean the same organ: the shorter's characters all stand in the longer, in order.

    科技局 is 科学技术局, 区政府 is 区人民政府; an office (办公室) carries its government's report. The roster
    knows aliases that no rule of thumb does; this one errs on the side of silence.
    """
    bare = [re.sub(r"(?:办公室|办公厅|人民)", "", plain(name)) for name in (one, other)]
    short, long = sorted(bare, key=len)
    rest = iter(long)
    return all(character in rest for character in short)
