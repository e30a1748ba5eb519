"""The sentences with known answers, the real narrative, and a city's section 一: every reading as stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from workbook.form.edition import CellId
from workbook.form.editionfile import edition_by_id
from workbook.form.facts import read_facts
from workbook.form.filing import Fact, Filing, Organ
from workbook.prose.verify import ProseCheck, verify_prose
from workbook.resources import template_folder
from workbook.rules.findings import Verdict
from workbook.rules.rulebook import load_rulebook
from workbook.rules.wording import word_finding

BOOK = load_rulebook()
COLUMNS = ["natural_person", "business", "research", "public_interest", "legal_services", "other", "total"]
DEPARTMENT = Organ("某市规划局", "prefecture_department")


def report(
    figures: Mapping[str, str | int],
    *,
    year: int = 2022,
    edition: str = "2021",
    organ: Organ = DEPARTMENT,
    scope: str = "own",
) -> Filing:
    """Rows of 表三 as lists of seven figures, any other cell by its id; 0 elsewhere."""
    form = edition_by_id(edition)
    assert form is not None
    values: dict[CellId, Decimal] = dict.fromkeys(form.cells, Decimal(0))
    for name, value in figures.items():
        if "[" in name:
            values[CellId.parse(name)] = Decimal(value)
        else:
            for column, one in zip(COLUMNS, str(value).split(), strict=True):
                values[CellId("applications", name, column)] = Decimal(one)
    assert set(values) == form.cell_set
    facts = {cell: Fact(cell, value, value) for cell, value in values.items()}
    return Filing(organ, year, edition, scope, facts, words_read=True)


def read(filing: Filing, text: str, section: str = "overview", prior: Filing | None = None) -> ProseCheck:
    return verify_prose(replace(filing, sections={section: text}), BOOK, prior)


def verdicts(check: ProseCheck) -> dict[str, str]:
    return {number.text: number.verdict.value for number in check.numbers}


def stated(check: ProseCheck) -> dict[str, set[str]]:
    return {number.text: {str(cell) for cell in number.cells} for number in check.numbers}


def about_figures(check: ProseCheck) -> list[tuple[str, str]]:
    """The findings on numbers and claims, with what each states."""
    whole = {"NAR-17", "NAR-19", "NAR-22"}
    return [(f.rule, str(f.stated)) for f in check.findings if f.rule not in whole]


def total(row: str) -> str:
    return f"applications.{row}[total]"


def only_total(**rows: int) -> dict[str, str]:
    return {row.replace("__", "."): f"{value} 0 0 0 0 0 {value}" for row, value in rows.items()}


def test_the_order_of_the_numbers_does_not_matter() -> None:
    filing = report(
        only_total(received=3259, brought_forward=77, dispositions__total=3278, carried_forward=58)
    )
    check = read(filing, "全年受理申请3259件，答复3278件（含上年度结转申请77件，另有58件顺延下年办理）。")
    assert stated(check) == {
        "3259件": {total("received")},
        "3278件": {total("dispositions.total")},
        "77件": {total("brought_forward")},
        "58件": {total("carried_forward")},
    }
    assert set(verdicts(check).values()) == {"verified"} and not about_figures(check)


def test_eleven_of_them_is_not_the_total() -> None:
    filing = report(only_total(received=20, dispositions__total=20, dispositions__other__rest=9))
    check = read(filing, "全年收到申请20件，其中11件均按规定程序办结，8件申请人主动撤销。")
    assert verdicts(check) == {"20件": "verified", "11件": "unverifiable", "8件": "unverifiable"}
    assert not about_figures(check)


def test_two_numbers_state_two_cells() -> None:
    filing = report(only_total(brought_forward=1, received=10, dispositions__total=11))
    check = read(filing, "办理上年度结转申请1件。答复11件。")
    assert stated(check) == {"1件": {total("brought_forward")}, "11件": {total("dispositions.total")}}
    assert set(verdicts(check).values()) == {"verified"}


def test_a_number_may_be_the_sum_of_two_cells() -> None:
    direct, after = (
        "challenges.litigation_direct[total]",
        "challenges.litigation_after_reconsideration[total]",
    )
    check = read(report({direct: 6, after: 1}), "全年发生行政诉讼案件7件。", "challenges")
    assert stated(check) == {"7件": {direct, after}} and verdicts(check) == {"7件": "verified"}


def test_applicants_named_before_the_number() -> None:
    filing = report({"received": "100 30 5 5 10 0 150"})
    check = read(filing, "本年新收自然人申请100件、法人申请50件。")
    assert verdicts(check) == {"100件": "verified", "50件": "verified"}
    assert stated(check)["100件"] == {"applications.received[natural_person]"}
    assert len(stated(check)["50件"]) == 5


@pytest.mark.parametrize(
    ("text", "row", "value"),
    [
        ("新收政府信息公开申请一百二十三件，其中3件为当面提出。", "received", 123),
        ("全年共办结申请1,234件。", "dispositions.total", 1234),
        ("全年共办结申请１２３４件。", "dispositions.total", 1234),
        ("全年共办结申请12\n34件。", "dispositions.total", 1234),
        ("收到申请零件。", "received", 0),
    ],
)
def test_numbers_as_people_write_them(text: str, row: str, value: int) -> None:
    check = read(report({row: f"{value} 0 0 0 0 0 {value}"}), text)
    first = check.numbers[0]
    assert (first.value, first.verdict) == (value, Verdict.VERIFIED)
    assert [str(cell) for cell in first.cells] == [total(row)]
    assert not about_figures(check)


def test_words_for_nothing() -> None:
    none = read(report({}), "本年度未收到申请。")
    assert none.passed["NAR-08"] == 1 and not about_figures(none)
    some = read(report({"received": "2 0 0 0 0 0 2"}), "本年度未收到申请。")
    assert about_figures(some) == [("NAR-08", "0")]


def test_growth_on_last_years_report() -> None:
    now, before = (
        report({"received": "150 0 0 0 0 0 150"}),
        report({"received": "116 0 0 0 0 0 116"}, year=2021),
    )
    text = "全年收到申请150件，同比上升29.3%。"
    assert verdicts(read(now, text, prior=before))["29.3%"] == "verified"
    assert verdicts(read(now, text))["29.3%"] == "unverifiable"
    for wrong in ("同比上升30.3%", "同比下降29.3%"):
        found = about_figures(read(now, f"全年收到申请150件，{wrong}。", prior=before))
        assert [rule for rule, _ in found] == ["NAR-06"]


def test_a_rate_of_what_was_due_says_nothing_of_what_was_carried_over() -> None:
    filing = report(only_total(received=408, dispositions__total=391, carried_forward=17))
    check = read(filing, "收到申请408件，办结391件，到期办结率100%。")
    assert not about_figures(check)
    flagged = read(filing, "收到申请408件，办结391件，办结率100%。")
    assert [rule for rule, _ in about_figures(flagged)] == ["NAR-09"]


# ── A real narrative whose table balances and whose prose does not ──
REAL = {
    "received": "820 20 0 0 19 0 859",
    "brought_forward": "18 0 0 0 0 0 18",
    "dispositions.granted": "258 2 0 0 0 0 260",
    "dispositions.granted_in_part": "15 0 0 0 0 0 15",
    "dispositions.denied.third_party": "35 0 0 0 0 0 35",
    "dispositions.unable_to_provide.not_held": "245 10 0 0 10 0 265",
    "dispositions.unable_to_provide.needs_compiling": "60 6 0 0 6 0 72",
    "dispositions.declined.petition": "155 2 0 0 1 0 158",
    "dispositions.total": "768 20 0 0 17 0 805",
    "carried_forward": "70 0 0 0 2 0 72",
    "challenges.reconsideration[upheld]": 4,
    "challenges.reconsideration[other]": 2,
    "challenges.reconsideration[pending]": 1,
    "challenges.reconsideration[total]": 7,
    "challenges.litigation_direct[upheld]": 7,
    "challenges.litigation_direct[total]": 7,
    "challenges.litigation_after_reconsideration[upheld]": 2,
    "challenges.litigation_after_reconsideration[total]": 2,
}
PROSE = (
    "2019年，我局共受理政府信息公开申请859件，同比回落12.3%；答复805件（含上年度结转18件，另有72件顺延）；"
    "予以公开及部分公开258件，占33.9%；不予公开35件，占4.34%；因本机关不掌握等原因无法提供265件，占32.9%；"
    "不予处理158件，占19.6%；其他处理0件。因政府信息公开引起行政复议7件，诉讼9件，均获维持。"
)


def test_the_real_narrative_is_judged_as_stated() -> None:
    filing = report(REAL, year=2019, edition="2019")
    check = read(filing, PROSE)
    assert verdicts(check) == {
        "859件": "verified", "12.3%": "unverifiable", "805件": "verified", "18件": "verified",
        "72件": "verified", "258件": "wrong", "33.9%": "wrong", "35件": "verified", "4.34%": "rounding",
        "265件": "wrong", "32.9%": "verified", "158件": "verified", "19.6%": "verified", "0件": "verified",
        "7件": "verified", "9件": "verified",
    }  # fmt: skip
    found = [
        (f.rule, str(f.stated) if f.stated is not None else "", f.severity.value) for f in check.findings
    ]
    assert sorted(item for item in found if item[0] not in ("NAR-19", "NAR-22")) == [
        ("NAR-04", "258", "explain"),
        ("NAR-04", "265", "explain"),
        ("NAR-05", "33.9", "explain"),
        ("NAR-05", "4.34", "warning"),
        ("NAR-10", "", "explain"),
        ("NAR-12", "805", "explain"),
    ]
    messages = {f.stated: word_finding(f, filing, BOOK).message for f in check.findings}
    assert "275件" in messages[Decimal(258)] and "258是“予以公开·自然人”的数" in messages[Decimal(258)]
    assert "337件" in messages[Decimal(265)]
    assert "265是“本机关不掌握相关政府信息·总计”的数" in messages[Decimal(265)]
    assert "34.16%" in messages[Decimal("33.9")] and "4.35%" in messages[Decimal("4.34")]
    assert "716" in messages[Decimal(805)]
    upheld = next(f for f in check.findings if f.rule == "NAR-10")
    said = word_finding(upheld, filing, BOOK).message
    assert "其他结果2件" in said and "尚未审结1件" in said


def test_the_clause_is_quoted_not_the_paragraph() -> None:
    check = read(report(REAL, year=2019, edition="2019"), PROSE)
    quotes = {str(f.stated): f.quote for f in check.findings}
    assert quotes["258"] == "予以公开及部分公开258件"
    assert quotes["265"] == "因本机关不掌握等原因无法提供265件"
    assert all(len(f.quote or "") <= 100 for f in check.findings)
    assert {f.section for f in check.findings if f.quote} == {"overview"}


# ── A city's section 一: eleven units, applicants and results on the base 新收＋上年结转 ──
CITY_FIGURES = {
    "received": "3402 99 0 4 5 1 3511",
    "brought_forward": "91 3 0 0 2 0 96",
    "dispositions.granted": "1175 12 0 3 1 0 1191",
    "dispositions.granted_in_part": "319 7 0 0 2 0 328",
    "dispositions.denied.third_party": "141 1 0 0 0 0 142",
    "dispositions.unable_to_provide.not_held": "997 76 0 1 3 1 1078",
    "dispositions.declined.petition": "406 0 0 0 0 0 406",
    "dispositions.other.rest": "337 3 0 0 1 0 341",
    "dispositions.total": "3375 99 0 4 7 1 3486",
    "carried_forward": "118 3 0 0 0 0 121",
}
CITY_TEXT = (
    "（一）主动公开方面。全市共向社会主动公开政府信息18万余条。全年共制作119期政策简明问答，其中，市级47\n"
    "期、甲区28期、乙区22期、丙县15期、丁县5期、戊县2期。（二）依申请公开方面。全市全年共收办政府信息公开申请案件\n"
    "3607件（市政府349件、市各有关部门933件、甲县477件、乙县301件、丙\n县874件、丁区216件、戊区348件、"
    "经济技术开发区55件、市湖滨新区26\n件、工业园区12件、市新区16件），同比增长70.3%，其中，自然人申\n请3493件，"
    "法人或其他组织申请114件；予以公开1191件、部分公开328件、不予公\n开142件、无法提供1078件、不予处理406件、"
    "作其他处理（含申请人主动撤回申\n请）341件、转下年度办理121件。形成调研成果57篇。新开设公开专栏18个，优化公开专栏22个。"
    "全市共开设备案政务新媒体176个，同比增长\n6.7%，连续12个季度抽查合格率达到100%。编印《政府公报》12期，向公众免费赠阅3万余册。"
)


def test_a_citys_parts_stand_on_received_and_brought_forward() -> None:
    filing = report(CITY_FIGURES, year=2023, organ=Organ("某市人民政府", "prefecture"), scope="consolidated")
    check = read(filing, CITY_TEXT)
    assert not about_figures(check)
    said = verdicts(check)
    for number in [
        "3607件",
        "3493件",
        "114件",
        "1191件",
        "328件",
        "142件",
        "1078件",
        "406件",
        "341件",
        "121件",
    ]:
        assert said[number] == "verified", number
    assert said["70.3%"] == "unverifiable" and said["6.7%"] == "unverifiable"
    assert check.passed["NAR-12"] >= 4  # by level, by unit, by applicant, by result
    units = {n.text: n.why for n in check.numbers if n.text in ("349件", "933件", "16件", "47期")}
    assert all("与同列各数合计相符" in why for why in units.values()) and len(units) == 4


def test_an_offices_own_figures_are_never_compared_with_the_whole() -> None:
    county = report(
        {"received": "95 0 0 0 0 0 95", "dispositions.total": "95 0 0 0 0 0 95"},
        year=2024,
        organ=Organ("某区人民政府", "county"),
        scope="consolidated",
    )
    text = "2024年，区政府办代表区政府受理政府信息公开申请17件，均已在法定期限内予以答复。"
    for filing in (county, replace(county, scope=None)):
        check = read(filing, text)
        assert verdicts(check) == {"17件": "unverifiable"} and not about_figures(check)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("全市行政许可2764.2万宗。", "verified"),
        ("全市行政许可2764.3万宗。", "verified"),  # within the last printed digit
        ("全市行政许可2769.2万宗。", "wrong"),
        ("全市行政事业性收费258.5亿元。", "verified"),
    ],
)
def test_rounded_units_agree_within_the_last_digit(text: str, verdict: str) -> None:
    filing = report(
        {"proactive.licences[decisions]": 27642318, "proactive.fees[amount]": "2585012.5"},
        organ=Organ("某市人民政府", "prefecture"),
        scope="consolidated",
    )
    assert [n.verdict.value for n in read(filing, text).numbers] == [verdict]


def test_five_of_which_one_was_brought_forward() -> None:
    filing = report({"received": "4 0 0 0 0 0 4", "brought_forward": "0 0 1 0 0 0 1"})
    check = read(filing, "收到申请5件（其中1件为上年结转），4件自然人，1件科研机构。")
    assert [n.verdict.value for n in check.numbers] == ["verified"] * 4


def test_the_founding_report_is_read_as_it_stands() -> None:
    """收到5件 agrees; 其中 after 1715 may leave some out; 212 is less than 89 + 212; names of sections."""
    filing = read_facts(template_folder() / "ningbo-2019.json")
    check = verify_prose(filing, BOOK)
    told = {(number.section, number.text): number for number in check.numbers}
    assert told["applications", "5件"].verdict is Verdict.VERIFIED
    listed = told["overview", "1715条"]
    assert listed.verdict is Verdict.UNVERIFIABLE and "339条" in listed.why and "可以不列全" in listed.why
    found = {finding.rule: word_finding(finding, filing, BOOK).message for finding in check.findings}
    assert "合计301，多于总数212" in found["NAR-12"]
    assert "与正文标题不一致" in found["NAR-15"]
    assert found.keys() == {"NAR-12", "NAR-15", "NAR-19"}


def test_fees_from_so_many_applications_are_told_in_full() -> None:
    filing = report({"proactive.fees[amount]": 12}, year=2023)
    told = replace(filing, sections={"other": "2023年对25件政府信息公开申请案件收取了信息处理费2950元。"})
    assert not [finding for finding in verify_prose(told, BOOK).findings if finding.rule == "NAR-18"]
    told = replace(filing, sections={"other": "2023年收取了信息处理费2950元。"})
    assert [finding for finding in verify_prose(told, BOOK).findings if finding.rule == "NAR-18"]


def test_half_a_quotation_accuses_nobody() -> None:
    filing = report({"challenges.reconsideration[upheld]": 4, "challenges.reconsideration[total]": 4})
    check = verify_prose(
        replace(filing, sections={"other": "...信息依申请公开领域行政复议案件134件。"}), BOOK
    )
    assert not about_figures(check)
