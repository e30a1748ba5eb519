"""The form itself: edition, tables, labels, totals, headings, identity – the TPL rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbook.form.anchors import TEMPLATE_VERSIONS
from workbook.form.editionfile import edition_for_year
from workbook.form.filing import Proof, Remark
from workbook.form.headings import HeadingFit, fit_heading
from workbook.form.labels import plain
from workbook.form.values import Oddity
from workbook.rules.procedures.case import Case, Failed, Open, Passed, Verdict, procedure

UNREAD = "文字未读"

_REMARK_OUTCOMES = {
    Remark.TABLE_TWICE: "twice",
    Remark.LABEL_VARIANT: "variant",
    Remark.LABEL_CHANGED: "changed",
    Remark.LINE_MISSING: "missing",
    Remark.LINE_ADDED: "added",
    Remark.UNDIVIDED: "undivided",
    Remark.MERGED: "merged",
    Remark.HIDDEN: "hidden",
    Remark.UNPROTECTED: "unprotected",
    Remark.RENAMED: "renamed",
    Remark.MOVED: "moved",
    Remark.NAMES_LOST: "names",
}
_PERIOD = re.compile(
    r"(?P<year>\d{4})年1月1日(?:起)?(?:至|到|—+|-+|－+|~|～)(?:(?P<end>\d{4})年|同年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
)
_ANY_PERIOD = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日(?:起)?(?:至|到|—+|-+|－+|~|～)(?:\d{4}年)?\d{1,2}月\d{1,2}日"
)


@procedure("form.edition", "wrong_edition before_any no_year both", "year edition right name found used")
def edition_fits_year(case: Case) -> Iterator[Verdict]:
    """The form is the edition that governs the report year, and the only one in the file."""
    filing = case.filing
    for item in filing.observations:
        if item.remark is Remark.OTHER_EDITION:
            table = case.edition.by_id[item.table]
            places = (filing.place(cell) for cell in table.cells)
            used = next((place.sheet for place in places if place), "")
            given = {"edition": filing.edition_id, "right": item.expected, "name": table.label}
            given |= {"found": item.found, "used": used, "year": str(filing.year or "")}
            yield Failed("both", given=given, place=item.place)
    place = filing.landmarks.get("cover.year")
    if filing.year is None:
        # A fragment without a cover is not blamed for having no year; a form with a place for it is.
        if filing.identity is not None or filing.year_typed:
            typed = f"填的是“{filing.year_typed}”" if filing.year_typed else "没有填写"
            given = {"year": typed, "edition": "", "right": ""}
            yield Failed("no_year", given=given, place=place)
        else:
            yield Open("没有写明年度")
        return
    right = edition_for_year(filing.year)
    if right is not None and right.id == filing.edition_id:
        yield Passed()
        return
    given = {"year": str(filing.year), "edition": filing.edition_id, "right": right.id if right else ""}
    yield Failed("wrong_edition" if right else "before_any", given=given, place=place)


@procedure("form.tables", "absent blank picture", "name found")
def tables_present(case: Case) -> Iterator[Verdict]:
    """Every statutory table is there and filled in."""
    filing = case.filing
    pasted = {item.table: item.place for item in filing.observations if item.remark is Remark.PICTURE}
    for table in case.edition.tables:
        given = {"name": table_name(case, table.id), "found": filing.missing_tables.get(table.id, "")}
        if table.id in filing.missing_tables:
            absent = filing.missing_tables[table.id]
            outcome = "absent" if absent else "picture" if table.id in pasted else "blank"
            place = filing.place(table.cells[0]) or filing.landmarks.get(f"table.{table.id}")
            yield Failed(outcome, table.cells[0], given=given, place=place)
        elif all(cell in filing.uncertain for cell in table.inputs):
            yield Open("数字读不准")
        else:
            yield Passed()


def table_name(case: Case, table: str) -> str:
    """ "表四（四、政府信息公开行政复议、行政诉讼情况）"."""
    found = case.edition.by_id[table]
    return f"{found.label}（{case.edition.section(found.section).heading}）"


@procedure(
    "form.labels",
    "twice variant changed missing added undivided merged hidden unprotected renamed moved names",
    "found expected name",
)
def labels_kept(case: Case) -> Iterator[Verdict]:
    """Rows, columns and labels are the form's."""
    if not case.filing.observations and not any(fact.place for fact in case.filing.facts.values()):
        yield Open("没有读到表的文字")  # figures alone, from a list: no labels to look at
        return
    remarks = [item for item in case.filing.observations if item.remark in _REMARK_OUTCOMES]
    for item in remarks:
        given = {
            "found": item.found,
            "expected": item.expected,
            "name": case.edition.by_id[item.table].label if item.table in case.edition.by_id else "",
        }
        yield Failed(_REMARK_OUTCOMES[item.remark], given=given, place=item.place)
    yield Passed(max(0, len(case.edition.tables) - len({item.table for item in remarks if item.table})))


@procedure("form.totals", "overwritten changed", "count cells name")
def total_formulas_kept(case: Case) -> Iterator[Verdict]:
    """The totals of a form with formula totals are still formulas."""
    identity = case.filing.identity
    altered = {
        item.place
        for item in case.filing.observations
        if item.remark is Remark.FORMULA_CHANGED and item.place is not None
    }
    for table, facts in case.tables():
        if not table.totals:
            continue
        if facts is None:
            yield Open("缺表")
        elif identity is None:
            yield Open("表中没有标识，不知合计原是公式还是手填")
        elif identity.typed_totals:
            yield Passed()
        else:
            typed = [
                f.cell
                for f in map(facts.__getitem__, table.total_numbers)
                if f.formula is None and f.oddity is not Oddity.BLANK
            ]
            changed = [fact.cell for fact in facts if fact.place in altered] if altered else []
            for outcome, cells in (("overwritten", typed), ("changed", changed)):
                given = {"count": str(len(cells)), "name": table.label}
                if cells:
                    yield Failed(outcome, cells[0], given=given, cells=tuple(cells))
            if not typed and not changed:
                yield Passed()


@procedure("form.headings", "missing variant numeral order", "found expected")
def headings_standard(case: Case) -> Iterator[Verdict]:
    """All six sections are there, in order, under their standard headings."""
    filing = case.filing
    if not filing.words_read:
        yield Open(UNREAD)
        return
    for section in case.edition.sections:
        found = filing.headings.get(section.id)
        if found is None:
            yield Failed("missing", given={"expected": section.heading, "found": ""})
            continue
        place = filing.landmarks.get(f"heading.{section.id}")
        fit = fit_heading(section, found)
        if fit is HeadingFit.STANDARD:
            yield Passed()
        else:
            outcome = "numeral" if fit is HeadingFit.NUMERAL else "variant"
            yield Failed(outcome, given={"expected": section.heading, "found": found}, place=place)
    ids = [section.id for section in case.edition.sections]
    there = [section for section in filing.headings if section in ids]
    standard = [section for section in ids if section in there]
    if there == standard:
        yield Passed()
    else:
        swapped = next(a for a, b in zip(there, standard, strict=True) if a != b)
        yield Failed("order", given={"found": filing.headings[swapped], "expected": ""})


@procedure("form.period", "other_period", "found expected")
def period_is_the_year(case: Case) -> Iterator[Verdict]:
    """The figures are those of 1 January to 31 December of the report year."""
    preamble = case.filing.sections.get("preamble")
    year = case.filing.year
    if not preamble:
        yield Open(UNREAD)
        return
    text = plain(preamble)
    stated = _ANY_PERIOD.search(text)
    if stated is None or year is None:
        yield Open("没有写明统计期限" if year is not None else "没有写明年度")
        return
    match = _PERIOD.fullmatch(stated[0])
    right = (
        match is not None
        and int(match["year"]) == year
        and int(match["end"] or year) == year
        and (match["month"], match["day"]) == ("12", "31")
    )
    expected = f"{year}年1月1日至{year}年12月31日"
    yield (Passed() if right else Failed("other_period", given={"found": stated[0], "expected": expected}))


@procedure("form.identity", "other_organ other_year broken forged copied unknown_version", "here there")
def identity_whole(case: Case) -> Iterator[Verdict]:
    """The hidden identity says the same as the cover."""
    filing, identity = case.filing, case.filing.identity
    if any(item.remark is Remark.IDENTITY_BROKEN for item in filing.observations):
        yield Failed("broken", given={"here": "", "there": ""})
        return
    if identity is None:
        yield Open("表中没有标识")
        return
    said = False
    if identity.organ and filing.organ.name and plain(identity.organ) != plain(filing.organ.name):
        said = True
        yield Failed("other_organ", given={"here": filing.organ.name, "there": identity.organ})
    if identity.year and filing.year and identity.year != filing.year:
        said = True
        yield Failed("other_year", given={"here": str(filing.year), "there": str(identity.year)})
    if identity.version and identity.version not in TEMPLATE_VERSIONS:
        yield Failed("unknown_version", given={"here": identity.version, "there": TEMPLATE_VERSIONS[-1]})
    match identity.proof:
        case Proof.FORGED:
            yield Failed("forged", given={"here": "", "there": ""})
        case Proof.COPIED:
            given = {"here": identity.returned_by or "", "there": identity.organ or ""}
            yield Failed("copied", given=given)
        case Proof.WHOLE:
            yield Passed()
        case None if not said:
            yield Passed() if identity.digest is None else Open("没有密钥，无法核对标识")
