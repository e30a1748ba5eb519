"""The narrative says what the tables say, in the customary words, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.prose.narrative_cases import changed, checked, city, fact, ningbo, report
from workbook.form.edition import CellId
from workbook.form.filing import Fact, Filing, Place
from workbook.form.values import Oddity
from workbook.prose.narrator import Narrative, Sentence, narrate
from workbook.prose.phrasebook import load_sentences
from workbook.rules.checker import check_filing
from workbook.rules.rulebook import load_rulebook

CITY = """一、总体情况
（一）主动公开。2025年，制发规章3件，废止5件，现行有效74件。制发行政规范性文件564件，废止984件，现行有效4185件。作出行政许可处理决定11398889件、行政处罚处理决定6937489件、行政强制处理决定166105件。行政事业性收费316441万元。
（二）依申请公开。本年度新收政府信息公开申请14069件，上年结转560件。本年度办结13810件，结转下年度继续办理819件。
三、收到和处理政府信息公开申请情况
本年度新收政府信息公开申请14069件，其中自然人13612件、法人或其他组织457件。法人或其他组织申请457件，其中商业企业252件、社会公益组织45件、法律服务机构128件、其他32件。
本年度办结申请13810件，其中予以公开5548件（占40.17%）、部分公开2168件（占15.70%）、不予公开730件（占5.29%）、无法提供3421件（占24.77%）、不予处理457件（占3.31%）、其他处理1486件（占10.76%）。不予公开730件，其中属于国家秘密13件、法律行政法规禁止公开30件、危及“三安全一稳定”11件、保护第三方合法权益51件、属于三类内部事务信息104件、属于四类过程性信息85件、属于行政执法案卷286件、属于行政查询事项150件。无法提供3421件，其中本机关不掌握相关政府信息3222件、没有现成信息需要另行制作180件、补正后申请内容仍不明确19件。不予处理457件，其中信访举报投诉类申请203件、重复申请148件、无正当理由大量反复申请101件、要求行政机关确认或重新出具已获取信息5件。其他处理1486件，其中申请人无正当理由逾期不补正318件、申请人逾期未按收费通知要求缴纳费用203件、其他965件。
四、政府信息公开行政复议、行政诉讼情况
本年度因政府信息公开引起行政复议790件、行政诉讼212件。行政复议790件，其中维持376件、纠正97件、其他结果196件、尚未审结121件。行政诉讼212件，其中未经复议直接起诉56件、复议后起诉156件。未经复议直接起诉56件，其中维持16件、纠正1件、其他结果12件、尚未审结27件。复议后起诉156件，其中维持74件、纠正1件、其他结果30件、尚未审结51件。
六、其他需要报告的事项
申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请203件。【待填：发出收费通知的件数、总金额和实际收取的总金额】"""

NINGBO = """一、总体情况
（一）主动公开。2019年，新制作规范性文件4件，新公开4件，对外公开总数4件。作出行政许可处理决定478件。项目数量上一年为行政许可280项，本年行政许可增加198项。无政府集中采购项目。
（二）依申请公开。本年度新收政府信息公开申请5件，上年无结转。
【待核】办结和结转下年度数、办理结果待核：表三“自然人”列“（七）总计”和“总计”列“（七）总计”与各项合计不一致（SUM-02、BAL-01）。
三、收到和处理政府信息公开申请情况
本年度新收政府信息公开申请5件，申请人为自然人。
四、政府信息公开行政复议、行政诉讼情况
【待核】行政复议、行政诉讼件数、行政复议结果、行政诉讼结果待核：表四没有填报（TPL-02）。
六、其他需要报告的事项
【待填：其他需要报告的事项；没有的，写“本年度无其他需要报告的事项”】"""

TOWNSHIP = """一、总体情况
（一）主动公开。2025年，未制发、废止行政规范性文件，无现行有效的行政规范性文件。未作出行政许可、行政处罚、行政强制处理决定。无行政事业性收费。
（二）依申请公开。本年度未收到政府信息公开申请，上年无结转。
三、收到和处理政府信息公开申请情况
本年度未收到政府信息公开申请。
四、政府信息公开行政复议、行政诉讼情况
本年度未发生因政府信息公开引起的行政复议、行政诉讼。
六、其他需要报告的事项
本年度未收取信息处理费。"""


def told(filing: Filing, prior: Filing | None = None) -> Narrative:
    return narrate(checked(filing, prior), load_sentences(), prior)


def sentence(narrative: Narrative, sentence_id: str) -> Sentence:
    found = [item for item in narrative.sentences if item.id == sentence_id and not item.blocked]
    assert len(found) == 1, sentence_id
    return found[0]


def held_up(narrative: Narrative) -> dict[str, tuple[str, ...]]:
    return {item.text: item.stands_for for item in narrative.sentences if item.blocked}


def cell(name: str) -> CellId:
    return CellId.parse(name)


def with_fact(filing: Filing, new: Fact) -> Filing:
    return replace(filing, facts={**filing.facts, new.cell: new})


def test_the_city_report_in_full() -> None:
    assert told(city()).text == CITY


def test_the_real_2019_report_says_what_has_to_be_cleared() -> None:
    narrative = told(ningbo())
    assert narrative.text == NINGBO
    blocked = [item for item in narrative.sentences if item.blocked]
    assert [item.stands_for for item in blocked] == [
        ("closed", "results"),
        (
            "challenges",
            "challenges.reconsideration",
            "challenges.litigation",
            "challenges.litigation_direct",
            "challenges.litigation_after_reconsideration",
        ),
    ]
    assert {item.blocked for item in blocked} == {(cause,) for cause in causes_of_errors()}


def causes_of_errors() -> set[int]:
    result = checked(ningbo())
    return {
        cause.number
        for cause in result.causes
        if any(result.findings[index].severity.value == "error" for index in cause.findings)
    }


def test_a_township_without_any_case_is_told_in_customary_words() -> None:
    assert told(report({}, "2021", 2025)).text == TOWNSHIP


def test_the_same_township_in_2020() -> None:
    overview = told(report({}, "2019", 2020)).paragraphs["overview"][0].text
    assert overview == (
        "（一）主动公开。2020年，未新制作、新公开规范性文件，无对外公开的规范性文件。"
        "未作出行政许可、其他对外管理服务事项、行政处罚、行政强制处理决定。无政府集中采购项目。"
    )


def test_a_single_applicant_and_a_single_result_are_not_counted_twice() -> None:
    filing = changed(
        report({}, "2021", 2025),
        received__business=1, received__total=1,
        dispositions__denied__enquiry_matter__business=1, dispositions__denied__enquiry_matter__total=1,
        dispositions__total__business=1, dispositions__total__total=1,
    )  # fmt: skip
    assert [item.text for item in told(filing).paragraphs["applications"]] == [
        "本年度新收政府信息公开申请1件，申请人为法人或其他组织。法人或其他组织申请1件，类别为商业企业。",
        "本年度办结申请1件，办理结果为不予公开。不予公开1件，理由为属于行政查询事项。",
    ]


def test_nothing_received_but_brought_forward_and_carried_on() -> None:
    filing = changed(
        report({}, "2021", 2025),
        brought_forward__natural_person=2, brought_forward__total=2,
        carried_forward__natural_person=2, carried_forward__total=2,
    )  # fmt: skip
    assert told(filing).paragraphs["overview"][1].text == (
        "（二）依申请公开。本年度未收到政府信息公开申请，上年结转2件。本年度无办结，结转下年度继续办理2件。"
    )


def test_a_decrease_of_matters_is_told_as_one() -> None:
    filing = report(
        {
            cell("proactive.licences[previous_items]"): 280,
            cell("proactive.licences[change]"): -8,
            cell("proactive.fees[previous_items]"): 2,
            cell("proactive.penalties[change]"): 3,
            cell("proactive.procurement[projects]"): 2,
            cell("proactive.procurement[amount]"): "120.50",
        },
        "2019",
        2020,
    )
    text = told(filing).paragraphs["overview"][0].text
    assert "项目数量上一年为行政许可280项、行政事业性收费2项，本年行政许可减少8项、行政处罚增加3项。" in text
    assert text.endswith("政府集中采购项目2项，采购总金额120.5【单位待填：元或万元】。")


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (12000, "新收数与上年的12000件相比增长17.24%。"),
        (20000, "新收数与上年的20000件相比下降29.66%。"),
        (14069, "新收数与上年的14069件相比持平。"),
        (0, None),
    ],
)
def test_growth_names_its_base_and_direction(before: int, words: str | None) -> None:
    prior = replace(changed(city(), received__total=before), year=2024)
    narrative = told(city(), prior)
    found = [item for item in narrative.sentences if item.id == "growth"]
    assert [item.text for item in found] == ([words] if words else [])
    if words:
        assert found[0].prior_cells == (cell("applications.received[total]"),) == found[0].cells


def test_a_change_too_small_for_two_decimals_is_not_told_as_none() -> None:
    filing = changed(city(), received__natural_person=99543, received__total=100000,
                     dispositions__total__total=0)  # fmt: skip
    prior = replace(changed(city(), received__total=100001), year=2024)
    narrative = narrate(check_filing(filing, load_rulebook(), prior), load_sentences(), prior)
    assert sentence(narrative, "growth").text.endswith("相比基本持平。")


@pytest.mark.parametrize(
    "prior",
    [None, replace(city(), year=2023), replace(city(), year=2024, scope="own")],
    ids=["none", "two years ago", "other scope"],
)
def test_no_growth_without_last_years_report(prior: Filing | None) -> None:
    narrative = told(city(), prior)
    assert narrative.text == CITY
    assert not any(item.prior_cells for item in narrative.sentences)


def test_no_growth_where_last_years_figure_is_not_known() -> None:
    prior = replace(city(), year=2024)
    received = cell("applications.received[total]")
    blank = with_fact(prior, Fact(received, None, None, Oddity.BLANK))
    assert told(city(), blank).text == CITY
    assert told(city(), replace(prior, uncertain={received: "看不清"})).text == CITY


def test_growth_across_the_two_editions() -> None:
    prior = report({cell("applications.received[total]"): 4}, "2019", 2020)
    filing = changed(report({}, "2021", 2021), received__natural_person=5, received__total=5,
                     carried_forward__natural_person=5, carried_forward__total=5)  # fmt: skip
    assert sentence(told(filing, prior), "growth").text == "新收数与上年的4件相比增长25.00%。"


def test_every_sentence_has_the_cells_it_speaks_of() -> None:
    narrative = told(city())
    received = sentence(narrative, "received")
    assert set(received.cells) == {
        cell("applications.received[total]"),
        cell("applications.brought_forward[total]"),
    }
    denied = sentence(narrative, "results.denied")
    assert len(denied.cells) == 8 and all(".denied." in str(item) for item in denied.cells)
    zero = sentence(told(report({}, "2021", 2025)), "challenges")
    assert {str(item) for item in zero.cells} == {
        "challenges.reconsideration[total]",
        "challenges.litigation_direct[total]",
        "challenges.litigation_after_reconsideration[total]",
    }


# ── figures in doubt ──


def test_a_located_slip_holds_up_only_the_sentences_that_state_the_figure() -> None:
    narrative = told(changed(city(), received__business=253))
    assert held_up(narrative) == {
        "【待核】申请人情况待核：表三“商业企业”列“本年新收”与有关各项不平衡（SUM-01、BAL-01）。": (
            "applicants",
            "applicants.legal_entities",
        )
    }
    assert sentence(narrative, "received").text.startswith("本年度新收政府信息公开申请14069件")
    assert sentence(narrative, "results")


def test_the_totals_that_a_formula_carries_along_are_held_up_too() -> None:
    typed = CellId("applications", "dispositions.granted", "natural_person")
    filing = city()
    for total in filing.edition.totals:
        old = filing.facts[total]
        filing = with_fact(filing, replace(old, formula="=SUM(A1)"))
    # one case too many in a result: its row, its column and the corner follow
    for cell_id in (
        typed,
        CellId("applications", "dispositions.granted", "total"),
        CellId("applications", "dispositions.total", "natural_person"),
        CellId("applications", "dispositions.total", "total"),
    ):
        old = filing.facts[cell_id]
        filing = with_fact(filing, replace(old, value=(old.value or Decimal(0)) + 1))
    result = checked(filing)
    narrative = narrate(result, load_sentences())
    blocked = {item for names in held_up(narrative).values() for item in names}
    assert "closed" in blocked and "results" in blocked
    assert sentence(narrative, "received")


def test_an_unlocated_error_holds_up_the_marked_figure_alone() -> None:
    filing = city()
    total = CellId("challenges", "reconsideration", "total")
    narrative = told(with_fact(filing, fact(total, 791)))
    line = "行政复议、行政诉讼件数、行政复议结果待核：表四“行政复议”的“总计”与各项合计不一致（SUM-03）。"
    assert held_up(narrative) == {f"【待核】{line}": ("challenges", "challenges.reconsideration")}
    assert sentence(narrative, "challenges.litigation_direct")


def test_a_wrong_zero_is_not_taken_for_nothing_to_say() -> None:
    narrative = told(changed(city(), dispositions__total__total=0))
    assert list(held_up(narrative).values()) == [("closed", "results")]


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (Fact(cell("applications.brought_forward[total]"), None, None, Oddity.BLANK), "未填（CEL-04）"),
        (
            Fact(cell("applications.brought_forward[total]"), None, "/", Oddity.PLACEHOLDER),
            "填了符号，数不明（CEL-05）",
        ),
        (
            Fact(cell("applications.brought_forward[total]"), None, "约十件", Oddity.NOT_A_NUMBER),
            "不是数（CEL-01）",
        ),
        (
            Fact(cell("applications.brought_forward[total]"), Decimal(-1), Decimal(-1)),
            "与各项合计不一致（SUM-01、BAL-01、CEL-01）",
        ),
    ],
)
def test_a_figure_that_is_none_is_named(new: Fact, words: str) -> None:
    narrative = told(with_fact(city(), new))
    lines = [text for text, names in held_up(narrative).items() if "received" in names]
    assert len(lines) == 1
    assert lines[0] == f"【待核】新收和上年结转数待核：表三“总计”列“上年结转”{words}。"
    assert sentence(narrative, "closed")


def test_declared_zeros_are_figures() -> None:
    blank = {item: Fact(item, None, None, Oddity.BLANK) for item in city().edition.cells}
    filing = replace(report({}, "2021", 2025), facts=blank, declared_zero=True)
    assert told(filing).text == TOWNSHIP


def test_a_form_left_blank_is_one_line_a_table() -> None:
    filing = report({}, "2021", 2025)
    filled = {
        cell("applications.received[natural_person]"),
        cell("proactive.fees[amount]"),
        cell("challenges.reconsideration[upheld]"),
    }
    facts = {
        item: old if item in filled else Fact(item, None, None, Oddity.BLANK, Place("表", "A1"))
        for item, old in filing.facts.items()
    }
    lines = held_up(told(replace(filing, facts=facts)))
    assert [line.partition("：")[2][:2] for line in lines] == ["表二", "表三", "表四"]
    assert all(line.count("CEL-04") == 1 for line in lines)


def test_a_total_that_waits_for_its_parts_is_held_up_by_them() -> None:
    part, total = cell("applications.received[research]"), cell("applications.received[total]")
    filing = with_fact(city(), Fact(part, None, None, Oddity.BLANK))
    filing = with_fact(filing, Fact(total, None, None, Oddity.BLANK, formula="=SUM(D6:I6)"))
    narrative = told(filing)
    assert list(held_up(narrative)) == [
        "【待核】新收和上年结转数、申请人情况待核：表三“科研机构”列“本年新收”未填（CEL-04）。"
    ]


def test_a_figure_read_with_doubt_is_not_stated_though_nobody_complains() -> None:
    received = cell("applications.received[total]")
    filing = replace(city(), uncertain={received: "两种读法"})
    result = replace(checked(filing), findings=(), causes=())
    line = next(item for item in narrate(result, load_sentences()).sentences if item.blocked)
    assert line.blocked == (0,)
    assert line.text == "【待核】新收和上年结转数、申请人情况待核：表三“总计”列“本年新收”读不准。"


def test_a_result_nobody_grouped_has_one_cause_a_finding() -> None:
    narrative = narrate(
        check_filing(changed(city(), received__total=14070), load_rulebook()), load_sentences()
    )
    assert {item for names in held_up(narrative).values() for item in names} >= {"received", "applicants"}


def test_the_old_form_in_a_later_year_is_still_told_from_its_own_cells() -> None:
    filing = replace(ningbo(), year=2022)
    assert "新制作规范性文件4件" in told(filing).text


def test_a_report_without_a_year() -> None:
    filing = replace(report({}, "2021", 2025), year=None)
    assert told(filing).text == TOWNSHIP.replace("2025年", "本年度")


@pytest.mark.parametrize(
    ("edition", "figures", "words"),
    [
        ("2021", "2 0 0", "制发行政规范性文件2件。"),
        ("2021", "2 0 9", "制发行政规范性文件2件，现行有效9件。"),
        ("2021", "0 4 0", "废止行政规范性文件4件。"),
        ("2021", "0 4 9", "废止行政规范性文件4件，现行有效9件。"),
        ("2021", "0 0 9", "未制发、废止行政规范性文件，现行有效9件。"),
        ("2019", "2 0 0", "新制作规范性文件2件。"),
        ("2019", "2 1 9", "新制作规范性文件2件，新公开1件，对外公开总数9件。"),
        ("2019", "0 1 9", "新公开规范性文件1件，对外公开总数9件。"),
        ("2019", "0 0 9", "未新制作、新公开规范性文件，对外公开总数9件。"),
    ],
)
def test_documents_made_and_repealed(edition: str, figures: str, words: str) -> None:
    columns = {"2021": "issued repealed in_force", "2019": "made released public_total"}[edition].split()
    cells = [CellId("proactive", "normative_documents", column) for column in columns]
    filing = report(dict(zip(cells, figures.split(), strict=True)), edition, int(edition) + 1)
    first = told(filing).paragraphs["overview"][0].sentences[0]
    assert first.text == words
    assert set(first.cells) == set(cells)


@pytest.mark.parametrize(
    ("amount", "unpaid", "words"),
    [
        (0, 0, "本年度未收取信息处理费。"),
        (
            5,
            0,
            "【待填：发出收费通知的件数、总金额和实际收取的总金额；未收取的，写“本年度未收取信息处理费”】",
        ),
        (0, 2, "【待填：发出收费通知的件数、总金额和实际收取的总金额】"),
    ],
)
def test_processing_fees_are_never_made_up(amount: int, unpaid: int, words: str) -> None:
    row = "dispositions.other.fee_unpaid"
    figures = {
        cell("proactive.fees[amount]"): amount,
        **{CellId("applications", row, column): unpaid for column in ("natural_person", "total")},
        **{CellId("applications", "received", column): unpaid for column in ("natural_person", "total")},
        **{CellId("applications", "dispositions.total", c): unpaid for c in ("natural_person", "total")},
    }
    narrative = told(report(figures, "2021", 2025))
    assert sentence(narrative, "processing_fees").text == words
    assert ("fee_unpaid" in [item.id for item in narrative.sentences]) == (unpaid > 0)
