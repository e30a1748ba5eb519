"""Formulas in the form's own labels, and the handbook made of them."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from workbook.form.editionfile import all_editions
from workbook.problems import UnwritableOutput
from workbook.rules.handbook import (
    FAMILIES,
    OPINION,
    handbook_entries,
    handbook_markdown,
    pending,
    rules_json,
)
from workbook.rules.handbook_docx import handbook_docx
from workbook.rules.handbook_xlsx import handbook_xlsx
from workbook.rules.rulebook import load_rulebook
from workbook.rules.words import requirement

BOOK = load_rulebook()
EDITIONS = all_editions()
HANDBOOK = Path(__file__).parents[2] / "docs" / "规则手册.md"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("BAL-01", "表三每一列：本年新收＋上年结转＝（七）总计＋结转下年度"),
        ("SUM-01", "表三每一行：总计＝自然人＋商业企业＋科研机构＋社会公益组织＋法律服务机构＋其他"),
        ("SUM-02", "表三每一列：（七）总计＝予以公开＋部分公开＋不予公开＋无法提供＋不予处理＋其他处理"),
        ("SUM-03", "表四每一行：总计＝结果维持＋结果纠正＋其他结果＋尚未审结"),
        (
            "STK-01",
            "表二“规章”本年制发件数、本年废止件数、现行有效件数、本年新制作数量、本年新公开数量、对外公开总数量"
            "各格：本单位有规章制定权 或 该格＝0",
        ),
        ("STK-02", "表二“规章”“行政规范性文件”各行：现行有效件数≥本年制发件数－本年废止件数"),
        ("STK-03", "表二“规章”“规范性文件”各行：本年新公开数量≤对外公开总数量"),
        (
            "STK-06",
            "表二：（“政府集中采购”采购项目数量＝0 且 “政府集中采购”采购总金额＝0）"
            " 或 （“政府集中采购”采购项目数量≠0 且 “政府集中采购”采购总金额≠0）",
        ),
        ("YOY-01", "表三：“上年结转”总计＝上年年报“结转下年度”总计"),
        (
            "YOY-02",
            "表三“自然人”“商业企业”“科研机构”“社会公益组织”“法律服务机构”“其他”各列："
            "上年结转＝上年年报“结转下年度”",
        ),
        (
            "YOY-03",
            "表二“规章”“行政规范性文件”各行：现行有效件数＝上年年报“现行有效件数”＋本年制发件数－本年废止件数",
        ),
        ("PLS-01", "表三：“结转下年度”总计≤0.25×“本年新收”总计 或 “结转下年度”总计＜5"),
        (
            "PLS-05",
            "表四“复议后起诉”总计≤表四“行政复议”总计 或 "
            "表四“复议后起诉”总计≤表四“行政复议”总计＋上年年报表四“行政复议”总计",
        ),
        ("YOY-07", "不为0的数不会全部与上年相同（不为0的数不足8个的，不作比较）。"),
    ],
)
def test_a_formula_in_the_forms_words(code: str, words: str) -> None:
    assert requirement(BOOK.by_code[code], EDITIONS) == [words]


def test_the_ratio_of_two_years() -> None:
    (words,) = requirement(BOOK.by_code["YOY-06"], EDITIONS)
    assert words.endswith(
        "各格：｜该格－上年年报该格｜＜20 或 （该格≤5×上年年报该格 且 上年年报该格≤5×该格）"
    )
    assert words.startswith("表三“本年新收”总计；表三“（七）总计”总计；表二“行政许可”本年处理决定数量；")


def test_no_id_reaches_the_reader() -> None:
    for entry in handbook_entries(BOOK, EDITIONS):
        texts = [*entry.requirements, entry.label, entry.basis, entry.note, entry.limits_line]
        texts += [part for o in entry.outcomes for part in (o.condition, o.message, o.remedy)]
        for text in texts:
            assert not re.search(r"[a-z]_|[a-z]\.[a-z]|[{}]|\[|\bprev\b", text), text
            assert not re.search(r"(?<![A-Z])[a-z]{4,}", text), text


def test_the_handbook_in_the_repository_is_current() -> None:
    """To renew it: gouji rules --to md -o docs/规则手册.md"""
    assert HANDBOOK.read_text(encoding="utf-8") == handbook_markdown(BOOK, EDITIONS)


def test_every_rule_is_in_the_handbook_and_every_open_basis_in_its_list() -> None:
    text = handbook_markdown(BOOK, EDITIONS)
    for rule in BOOK.rules:
        assert f"### {rule.code} {rule.label}\n" in text
    listed = text.partition("## 待法律审核的依据")[2]
    assert re.findall(r"^\| ([A-Z]{3}-\d\d) \|", listed, re.MULTILINE) == [
        rule.code for rule in BOOK.rules if rule.basis.state == "待核"
    ]


def test_every_family_is_introduced_in_the_order_of_the_catalogue() -> None:
    families = list(dict.fromkeys(rule.code[:3] for rule in BOOK.rules))
    assert families == [family for family in FAMILIES if family in families]
    assert all(title and about.endswith("。") for title, about in FAMILIES.values())


def test_a_handbook_of_one_edition_leaves_the_other_out() -> None:
    old, new = EDITIONS
    assert "YOY-05" in handbook_markdown(BOOK, [old])
    assert "YOY-05" not in handbook_markdown(BOOK, [new])
    entry = next(entry for entry in handbook_entries(BOOK, [old]) if entry.code == "STK-01")
    assert "对外公开总数量" in entry.requirements[0]
    assert "现行有效" not in entry.requirements[0]


def test_rules_as_json() -> None:
    rules = json.loads(json.dumps(rules_json(BOOK)))
    assert [rule["code"] for rule in rules] == [rule.code for rule in BOOK.rules]
    balance = next(rule for rule in rules if rule["code"] == "BAL-01")
    assert balance["severities"] == ["error"]
    assert balance["formula"] == ["received + brought_forward = dispositions.total + carried_forward"]
    assert balance["basis"]["quote"] == "第一项加第二项之和，等于第三项加第四项之和"
    assert balance["live"] is True
    assert {rule["code"] for rule in rules_json(BOOK, "2021")} < {rule["code"] for rule in rules}
    share = next(rule for rule in rules if rule["code"] == "PLS-01")["limits"]["share"]
    assert share == {"value": "0.25", "label": "结转占本年新收的比例"}


def test_the_excel_handbook(tmp_path: Path) -> None:
    path = tmp_path / "手册.xlsx"
    handbook_xlsx(BOOK, EDITIONS, path)
    book = openpyxl.load_workbook(path)
    sheet = book["规则"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[-1] == OPINION
    outcomes = [
        (rule.code, o.severity.label) for rule in BOOK.rules for test in rule.tests for o in test.outcomes
    ]
    at = heads.index("规则"), heads.index("程度")
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(row[at[0]], row[at[1]]) for row in rows] == outcomes
    assert all(row[-1] is None for row in rows)
    assert all(sheet.row_dimensions[number].height < 409 for number in range(2, len(rows) + 2))
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$1"
    assert book["待核"].max_row == 1 + len(pending(handbook_entries(BOOK, EDITIONS)))
    first = path.read_bytes()
    handbook_xlsx(BOOK, EDITIONS, path)
    assert path.read_bytes() == first


def test_the_word_handbook(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    path = tmp_path / "手册.docx"
    handbook_docx(BOOK, EDITIONS, path)
    document = docx.Document(str(path))
    section = document.sections[0]
    assert section.page_width > section.page_height
    rules = [row.cells[0].text.split("\n")[0] for table in document.tables[:-1] for row in table.rows[1:]]
    assert rules == [rule.code for rule in BOOK.rules]
    for table in document.tables:
        assert table.rows[0].cells[-1].text == OPINION
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert all(not row.cells[-1].text for row in table.rows[1:])
    styles = zipfile.ZipFile(path).read("word/styles.xml").decode("utf-8")
    assert 'w:eastAsia="仿宋"' in styles
    first = path.read_bytes()
    handbook_docx(BOOK, EDITIONS, path)
    assert path.read_bytes() == first


def test_without_python_docx_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(UnwritableOutput, match="python-docx"):
        handbook_docx(BOOK, EDITIONS, tmp_path / "手册.docx")
    assert not list(tmp_path.iterdir())
