"""The statutory forms as data: complete, word for word, and a third one needs no code."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbook.form.edition import CellId, Edition, ValueKind
from workbook.form.editionfile import all_editions, edition_by_id, edition_for_year, read_edition
from workbook.form.facts import facts_document, filing_from_document
from workbook.problems import BrokenDefinition


def edition(name: str) -> Edition:
    found = edition_by_id(name)
    assert found is not None
    return found


E2019, E2021 = edition("2019"), edition("2021")
both = pytest.mark.parametrize("form", [E2019, E2021], ids=lambda form: form.id)


@pytest.mark.parametrize(
    ("form", "cells", "inputs", "totals"),
    [
        (E2019, {"proactive": 22, "applications": 161, "challenges": 15}, {"applications": 132}, 29),
        (E2021, {"proactive": 10, "applications": 175, "challenges": 15}, {"applications": 144}, 31),
    ],
    ids=["2019", "2021"],
)
def test_counts(form: Edition, cells: dict[str, int], inputs: dict[str, int], totals: int) -> None:
    assert {table.id: len(table.cells) for table in form.tables} == cells
    assert len(form.by_id["applications"].inputs) == inputs["applications"]
    assert len(form.by_id["applications"].totals) == totals
    assert len(form.by_id["challenges"].totals) == 3
    assert len(form.by_id["challenges"].inputs) == 12
    assert not form.by_id["proactive"].totals
    assert len(form.cells) == len(form.cell_set) == sum(cells.values())


@both
def test_six_sections_in_order(form: Edition) -> None:
    assert [section.heading for section in form.sections] == [
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]
    assert [(table.label, table.section) for table in form.tables] == [
        ("表二", "proactive"),
        ("表三", "applications"),
        ("表四", "challenges"),
    ]
    assert form.section("problems").heading.startswith("五")
    with pytest.raises(KeyError):
        form.section("problem")


# 表三's rows as printed; "2019" or "2021" where only that edition prints the row.
ROWS = [
    ("received", "一、本年新收政府信息公开申请数量", ""),
    ("brought_forward", "二、上年结转政府信息公开申请数量", ""),
    ("dispositions.granted", "（一）予以公开", ""),
    ("dispositions.granted_in_part", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", ""),
    ("dispositions.denied.state_secret", "1.属于国家秘密", ""),
    ("dispositions.denied.barred_by_law", "2.其他法律行政法规禁止公开", ""),
    ("dispositions.denied.public_safety", "3.危及“三安全一稳定”", ""),
    ("dispositions.denied.third_party", "4.保护第三方合法权益", ""),
    ("dispositions.denied.internal_affairs", "5.属于三类内部事务信息", ""),
    ("dispositions.denied.deliberative", "6.属于四类过程性信息", ""),
    ("dispositions.denied.enforcement_file", "7.属于行政执法案卷", ""),
    ("dispositions.denied.enquiry_matter", "8.属于行政查询事项", ""),
    ("dispositions.unable_to_provide.not_held", "1.本机关不掌握相关政府信息", ""),
    ("dispositions.unable_to_provide.needs_compiling", "2.没有现成信息需要另行制作", ""),
    ("dispositions.unable_to_provide.still_unclear", "3.补正后申请内容仍不明确", ""),
    ("dispositions.declined.petition", "1.信访举报投诉类申请", ""),
    ("dispositions.declined.duplicate", "2.重复申请", ""),
    ("dispositions.declined.publication", "3.要求提供公开出版物", ""),
    ("dispositions.declined.excessive", "4.无正当理由大量反复申请", ""),
    ("dispositions.declined.reissue", "5.要求行政机关确认或重新出具已获取信息", ""),
    ("dispositions.other", "（六）其他处理", "2019"),
    (
        "dispositions.other.not_supplemented",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        "2021",
    ),
    (
        "dispositions.other.fee_unpaid",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "2021",
    ),
    ("dispositions.other.rest", "3.其他", "2021"),
    ("dispositions.total", "（七）总计", ""),
    ("carried_forward", "四、结转下年度继续办理", ""),
]


@both
def test_rows_of_applications_word_for_word(form: Edition) -> None:
    (block,) = form.by_id["applications"].blocks
    wanted = [(row, label) for row, label, only in ROWS if only in ("", form.id)]
    assert [(row.id, row.label) for row in block.row_leaves] == wanted
    assert [(column.id, column.label) for column in block.column_leaves] == [
        ("natural_person", "自然人"),
        ("business", "商业企业"),
        ("research", "科研机构"),
        ("public_interest", "社会公益组织"),
        ("legal_services", "法律服务机构"),
        ("other", "其他"),
        ("total", "总计"),
    ]
    assert block.banner == "申请人情况"
    assert block.corner == "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    groups = {row.id: row for row in form.by_id["applications"].rows.values() if row.parts}
    assert {key: (group.label, len(group.addends)) for key, group in groups.items() if "." in key} == {
        "dispositions.denied": ("（三）不予公开", 8),
        "dispositions.unable_to_provide": ("（四）无法提供", 3),
        "dispositions.declined": ("（五）不予处理", 5),
        **({"dispositions.other": ("（六）其他处理", 3)} if form is E2021 else {}),
    }
    assert len(groups["dispositions"].leaves) == (22 if form is E2021 else 20)


@both
def test_challenges(form: Edition) -> None:
    table = form.by_id["challenges"]
    (block,) = table.blocks
    assert block.across
    assert [row.label for row in block.row_leaves] == ["行政复议", "未经复议直接起诉", "复议后起诉"]
    assert [c.label for c in block.column_leaves] == ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    assert table.resolve("litigation", "total") == (
        CellId("challenges", "litigation_direct", "total"),
        CellId("challenges", "litigation_after_reconsideration", "total"),
    )


def test_proactive_of_2021() -> None:
    table = E2021.by_id["proactive"]
    assert [block.heading for block in table.blocks] == [
        f"第二十条第（{item}）项" for item in ("一", "五", "六", "八")
    ]
    assert [
        (row.label, [column.label for column in block.column_leaves])
        for block in table.blocks
        for row in block.row_leaves
    ] == [
        ("规章", ["本年制发件数", "本年废止件数", "现行有效件数"]),
        ("行政规范性文件", ["本年制发件数", "本年废止件数", "现行有效件数"]),
        ("行政许可", ["本年处理决定数量"]),
        ("行政处罚", ["本年处理决定数量"]),
        ("行政强制", ["本年处理决定数量"]),
        ("行政事业性收费", ["本年收费金额（单位：万元）"]),
    ]
    fees = CellId("proactive", "fees", "amount")
    assert (E2021.kind(fees), E2021.unit(fees)) == (ValueKind.AMOUNT, "万元")


def test_proactive_of_2019() -> None:
    table = E2019.by_id["proactive"]
    assert [block.heading for block in table.blocks] == [
        f"第二十条第（{item}）项" for item in ("一", "五", "六", "八", "九")
    ]
    assert [
        (row.label, [column.label for column in block.column_leaves])
        for block in table.blocks
        for row in block.row_leaves
    ] == [
        ("规章", ["本年新制作数量", "本年新公开数量", "对外公开总数量"]),
        ("规范性文件", ["本年新制作数量", "本年新公开数量", "对外公开总数量"]),
        ("行政许可", ["上一年项目数量", "本年增/减", "处理决定数量"]),
        ("其他对外管理服务事项", ["上一年项目数量", "本年增/减", "处理决定数量"]),
        ("行政处罚", ["上一年项目数量", "本年增/减", "处理决定数量"]),
        ("行政强制", ["上一年项目数量", "本年增/减", "处理决定数量"]),
        ("行政事业性收费", ["上一年项目数量", "本年增/减"]),
        ("政府集中采购", ["采购项目数量", "采购总金额"]),
    ]
    change, amount = CellId("proactive", "fees", "change"), CellId("proactive", "procurement", "amount")
    assert (E2019.kind(change), E2019.unit(change)) == (ValueKind.SIGNED, "项")
    assert (E2019.kind(amount), E2019.unit(amount)) == (ValueKind.AMOUNT, "")


@pytest.mark.parametrize(
    ("year", "name"),
    [(2018, None), (2019, "2019"), (2020, "2019"), (2021, "2021"), (2025, "2021"), (2090, "2021")],
)
def test_the_year_tells_the_edition(year: int, name: str | None) -> None:
    found = edition_for_year(year)
    assert (found.id if found else None) == name


@both
def test_a_total_adds_typed_cells_and_earlier_totals_only(form: Edition) -> None:
    done: set[CellId] = set()
    for total, parts in form.totals.items():
        assert total not in parts
        assert all(part not in form.totals or part in done for part in parts)
        done.add(total)
    corner = CellId("applications", "dispositions.total", "total")
    assert {part.row for part in form.totals[corner]} == {"dispositions.total"}


@pytest.mark.parametrize(
    "text", ["applications.received", "a[b]", "A.b[c]", "a.b[c].d", "", "a.b[]", "a..b[c]"]
)
def test_what_is_no_cell_id(text: str) -> None:
    with pytest.raises(ValueError, match="no cell id"):
        CellId.parse(text)


@both
def test_cell_ids_read_back(form: Edition) -> None:
    assert [CellId.parse(str(cell)) for cell in form.cells] == list(form.cells)


THIRD = """\
id: "2031"
title: 一张假想的表
issued: 假想〔2031〕1号
report_years: {from: 2031}
sections:
  - {id: overview, heading: 一、总体情况, sheet: 一}
  - {id: counted, heading: 二、数, sheet: 二}
tables:
  - id: counted
    label: 表甲
    section: counted
    unit: 件
    blocks:
      - columns:
          - {id: here, label: 此处}
          - {id: there, label: 彼处}
          - {id: all, label: 合计, total: true}
        rows:
          - {id: apples, label: 苹果}
          - id: pears
            label: 梨
            parts:
              - {id: pears.green, label: 青}
              - {id: pears.total, label: 小计, total: true}
"""


def test_a_third_edition_is_one_more_file(tmp_path: Path) -> None:
    (tmp_path / "2031.yaml").write_text(THIRD, encoding="utf-8")
    (form,) = all_editions(tmp_path)
    assert form.governs(2031)
    assert not form.governs(2030)
    assert len(form.cells) == 9
    assert [str(cell) for cell in form.by_id["counted"].inputs] == [
        "counted.apples[here]",
        "counted.apples[there]",
        "counted.pears.green[here]",
        "counted.pears.green[there]",
    ]
    total = CellId("counted", "pears.total", "all")
    assert form.totals[total] == (
        CellId("counted", "pears.total", "here"),
        CellId("counted", "pears.total", "there"),
    )


def test_a_third_edition_goes_through_facts_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No code knows the editions by name: a filing on an invented form is read and written."""
    for known in (E2019, E2021):
        text = known.path.read_text(encoding="utf-8").replace("{from: 2021}", "{from: 2021, to: 2030}")
        (tmp_path / known.path.name).write_text(text, encoding="utf-8")
    (tmp_path / "2031.yaml").write_text(THIRD, encoding="utf-8")
    monkeypatch.setattr("workbook.form.editionfile.EDITION_FOLDER", tmp_path)
    forms = all_editions(tmp_path)
    assert [form.id for form in forms] == ["2019", "2021", "2031"]
    monkeypatch.setattr(
        "workbook.form.facts.edition_for_year", lambda year: next(f for f in forms if f.governs(year))
    )
    monkeypatch.setattr(
        "workbook.form.filing.edition_by_id", lambda name: next(f for f in forms if f.id == name)
    )
    filing = filing_from_document({"year": 2031, "facts": {"counted.apples[here]": 4}}, "假想")
    assert filing.edition_id == "2031"
    assert facts_document(filing)["facts"]["counted.apples[here]"] == 4
    assert filing.edition.totals


SLIPS = [
    ("a key nobody knows", "unit: 件", "unit: 件\n    colour: red", 13, "unknown key 'colour'"),
    ("a key twice", "unit: 件", "unit: 件\n    unit: 个", 13, "twice"),
    ("a row twice", "id: apples", "id: pears.green", 14, "'pears.green' stands here twice"),
    ("a column twice", "id: there", "id: here", 14, "'here' stands here twice"),
    ("a section nobody knows", "section: counted", "section: counting", 11, "'counting'"),
    ("a section twice", "id: overview", "id: counted", 7, "'counted' stands here twice"),
    ("an id that is none", "id: apples", "id: Apples", 19, "no id"),
    ("an id that is Chinese", "id: apples", "id: 苹果", 19, "no id"),
    ("a label missing", "{id: here, label: 此处}", "{id: here}", 15, "'label' is missing"),
    ("years turned round", "{from: 2031}", "{from: 2031, to: 2030}", 1, "before from"),
    ("a year in words", "{from: 2031}", "{from: 二〇三一}", 4, "no whole number"),
    ("another file's id", 'id: "2031"', 'id: "2032"', 1, "file name"),
    ("a kind nobody knows", "label: 苹果", "label: 苹果, kind: money", 19, "'money'"),
    ("a total that is no flag", "total: true}\n        rows", "total: yes}\n        rows", 17, "'yes'"),
    ("widths that do not fit", "        rows:", "        widths: [1, 1]\n        rows:", 14, "widths"),
    ("a width of nothing", "        rows:", "        widths: [1, 1, 0]\n        rows:", 14, "widths"),
    ("a pattern that is none", "sheet: 二}", 'sheet: 二, tolerated: "("}', 7, "tolerated"),
]


@pytest.mark.parametrize(("what", "old", "new", "line", "says"), SLIPS, ids=[slip[0] for slip in SLIPS])
def test_a_slip_in_an_edition_is_named_with_file_and_line(
    tmp_path: Path, what: str, old: str, new: str, line: int, says: str
) -> None:
    assert old in THIRD, what
    path = tmp_path / "2031.yaml"
    path.write_text(THIRD.replace(old, new), encoding="utf-8")
    with pytest.raises(BrokenDefinition) as refused:
        read_edition(path)
    assert str(refused.value).startswith(f"2031.yaml:{line}: "), str(refused.value)
    assert says in str(refused.value)


def test_two_editions_for_one_year_are_refused(tmp_path: Path) -> None:
    (tmp_path / "2031.yaml").write_text(THIRD, encoding="utf-8")
    later = THIRD.replace("2031", "2033")
    (tmp_path / "2033.yaml").write_text(later, encoding="utf-8")
    with pytest.raises(BrokenDefinition, match=r"2033\.yaml.*2031\.yaml"):
        all_editions(tmp_path)
