"""A rule file with a slip is refused when it is loaded, by file and line, and never half understood."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from workbook.form.editionfile import all_editions, edition_by_id
from workbook.problems import BrokenDefinition
from workbook.rules.findings import Severity
from workbook.rules.rulebook import RULE_FOLDER, RuleBook, load_rulebook

GOOD = """\
# 一条最小的规则
- code: XXX-01
  label: 收办平衡
  limits:
    few: {value: "3", label: 件数}
  table: applications
  each: column
  formula: received + brought_forward = dispositions.total + carried_forward
  mark: dispositions.total
  basis: {state: 待核, document: 年度报告格式, place: 表三}
  outcomes:
    - when: left > limit.few
      severity: error
      message: "“{column}”列{left}件，{received}件，{dispositions.total + carried_forward}件。"
      remedy: 请核对。
    - severity: explain
      message: "{place}相差{difference}件。"
      remedy: 请核对。
"""

CHECKED = """\
- code: XXX-02
  label: 篇幅
  limits: {figures: {value: "1000", label: 字数}}
  check: lastyear.same_figures
  requires: 不超过{figures}字。
  basis: {state: 核查经验}
  outcomes:
    - name: same
      severity: warning
      message: "有{count}字。"
      remedy: 请精简。
"""


def book(folder: Path, *texts: str) -> RuleBook:
    for number, text in enumerate(texts):
        (folder / f"{number}.yaml").write_text(text, encoding="utf-8")
    return load_rulebook(folder)


def test_good_rules_load(tmp_path: Path) -> None:
    loaded = book(tmp_path, GOOD, CHECKED)
    assert [rule.code for rule in loaded.rules] == ["XXX-01", "XXX-02"]
    rule = loaded.by_code["XXX-01"]
    assert rule.limits == {"few": Decimal(3)}
    assert rule.limit_labels == {"few": "件数"}
    assert [outcome.severity for outcome in rule.tests[0].outcomes] == [Severity.ERROR, Severity.EXPLAIN]
    edition = edition_by_id("2021")
    assert edition is not None
    assert len(loaded.applications(edition, None)) == 7


# What is changed in the good file, the line that must be named, and a word of the complaint.
SLIPS = [
    ("a key stands twice", GOOD, "  label: 收办平衡\n", "  label: 甲\n  label: 乙\n", 4, "stands here twice"),
    ("a key nobody knows", GOOD, "  mark:", "  colour: red\n  mark:", 9, "unknown key 'colour'"),
    ("a misspelt key", GOOD, "  label:", "  lable:", 2, "key 'label' is missing"),
    ("a row no form prints", GOOD, "= dispositions.total +", "= dispositions.totl +", 2, "dispositions.totl"),
    ("a column no form prints", GOOD, "mark: dispositions.total", "mark: received[totl]", 2, "received"),
    ("a name in a message", GOOD, "{received}", "{recieved}", 2, "recieved"),
    ("a name in a condition", GOOD, "left > limit.few", "left > brought", 2, "brought"),
    ("a limit that is not given", GOOD, "left > limit.few", "left > limit.fwe", 2, "limit.fwe"),
    ("a limit that is no number", GOOD, 'value: "3"', 'value: "三"', 5, "is no number"),
    ("a limit that is not finite", GOOD, 'value: "3"', 'value: "NaN"', 5, "is no number"),
    ("a limit without a label", GOOD, ", label: 件数", "", 5, "'label' is missing"),
    ("a word without a value", GOOD, "{difference}", "{diff erence}", 17, "character"),
    ("an open brace", GOOD, "{difference}", "{difference", 17, "brace"),
    ("a formula out of grammar", GOOD, "received + brought", "received ++ brought", 2, "character 11"),
    ("a formula that gives a number", GOOD, "forward = disp", "forward - disp", 2, "number where a truth"),
    (
        "words added up",
        GOOD,
        "received + brought_forward =",
        "received + scope =",
        2,
        "a word where a number",
    ),
    ("a number among truths", GOOD, "left > limit.few", "left > 0 and right", 12, "number where a truth"),
    ("a truth compared", GOOD, "left > limit.few", "organ.temporary = 1", 12, "compares a truth"),
    ("a table no form prints", GOOD, "table: applications", "table: aplications", 2, "'aplications'"),
    ("rows of no table", GOOD, "  table: applications\n", "", 2, "of which table"),
    ("over what no form prints", GOOD, "  mark:", "  over: [natural_persn]\n  mark:", 2, "natural_persn"),
    ("cells not named", GOOD, "each: column", "each: cell", 2, "under over"),
    ("over without each", GOOD, "each: column", "over: [total]", 2, "each is missing"),
    ("each of what", GOOD, "each: column", "each: sheet", 7, "'sheet'"),
    ("nothing to mark", GOOD, "  mark: dispositions.total\n", "", 2, "to mark"),
    ("last year's cell to mark", GOOD, "mark: disp", "mark: prev.disp", 2, "to mark"),
    ("last year's name no form prints", GOOD, "= disp", "= prev.disps.total + disp", 2, "of last year"),
    ("a word of the context, last year's", GOOD, "= disp", "= prev.year + disp", 2, "of last year"),
    ("no severity of ours", GOOD, "severity: explain", "severity: fatal", 16, "'fatal'"),
    ("an empty message", GOOD, 'message: "{place}相差{difference}件。"', 'message: ""', 17, "empty"),
    ("no remedy", GOOD, "      remedy: 请核对。\n    - sev", "    - sev", 12, "'remedy' is missing"),
    ("no basis", GOOD, "  basis: {state: 待核, document: 年度报告格式, place: 表三}\n", "", 2, "'basis'"),
    ("a state of a basis", GOOD, "state: 待核", "state: 已核", 10, "'已核'"),
    ("a text without a name", GOOD, "document: 年度报告格式, ", "", 10, "names its document"),
    ("checked without a quote", GOOD, "state: 待核", "state: 原文已核", 10, "needs a quote"),
    ("a quote without being checked", GOOD, "place: 表三}", "place: 表三, quote: 总计}", 10, "needs a quote"),
    (
        "an error without a text",
        GOOD,
        "{state: 待核, document: 年度报告格式, place: 表三}",
        "{state: 核查经验}",
        2,
        "never an error",
    ),
    (
        "a last outcome with a condition",
        GOOD,
        "    - severity: explain",
        "    - when: left > 1\n      severity: explain",
        2,
        "but the last",
    ),
    ("an earlier outcome without one", GOOD, "when: left > limit.few\n      ", "", 2, "but the last"),
    ("years that never come", GOOD, "  table:", "  since: 2022\n  until: 2020\n  table:", 2, "no edition"),
    ("a year that is none", GOOD, "  table:", "  since: 二〇二二\n  table:", 6, "no whole number"),
    ("a flag that is none", GOOD, "  table:", "  live: yes\n  table:", 6, "'yes'"),
    ("no code", GOOD, "code: XXX-01", "code: X-1", 2, "no code"),
    ("an alias", GOOD, "  label: 收办平衡\n", "  label: &a 收办平衡\n  note: *a\n", 3, "anchors"),
    ("no YAML at all", GOOD, "  limits:\n", "  limits: [\n", 6, ""),
    ("no list", GOOD, GOOD, "rules: none\n", 1, "expected a list"),
    (
        "formula and check",
        CHECKED,
        "  check: lastyear.same_figures\n",
        "  check: lastyear.same_figures\n  formula: year = 1\n",
        1,
        "either",
    ),
    (
        "a check nobody wrote",
        CHECKED,
        "lastyear.same_figures",
        "lastyear.same_figuers",
        1,
        "no check 'lastyear.same_figuers'",
    ),
    (
        "a check without its limit",
        CHECKED,
        '{figures: {value: "1000", label: 字数}}',
        '{signs: {value: "1", label: 字}}',
        1,
        "'figures'",
    ),
    (
        "a check without its words",
        CHECKED,
        "  requires: 不超过{figures}字。\n",
        "",
        1,
        "'requires' is missing",
    ),
    ("words with another limit", CHECKED, "不超过{figures}字", "不超过{signs}字", 1, "no limit"),
    (
        "an outcome the check has not",
        CHECKED,
        "name: same",
        "name: too_short",
        1,
        "outcomes of lastyear.same_figures",
    ),
    (
        "an outcome twice",
        CHECKED,
        "  outcomes:\n",
        "  outcomes:\n    - {name: same, severity: warning, message: 甲。, remedy: 乙。}\n",
        1,
        "outcomes of",
    ),
    (
        "a condition on a check",
        CHECKED,
        "      severity",
        "      when: left > 1\n      severity",
        8,
        "when is for formulas",
    ),
    ("sides of no comparison", CHECKED, "{count}", "{left}", 10, "{left}"),
    ("a word the check gives not", CHECKED, "{count}", "{number}", 10, "{number}"),
]


@pytest.mark.parametrize(("what", "good", "old", "new", "line", "says"), SLIPS, ids=[s[0] for s in SLIPS])
def test_a_slip_is_named_with_file_and_line(
    tmp_path: Path, what: str, good: str, old: str, new: str, line: int, says: str
) -> None:
    assert old in good, what
    with pytest.raises(BrokenDefinition) as refused:
        book(tmp_path, good.replace(old, new))
    assert str(refused.value).startswith(f"0.yaml:{line}: "), str(refused.value)
    assert says in str(refused.value), str(refused.value)


def test_sides_belong_to_comparisons(tmp_path: Path) -> None:
    text = GOOD.replace("formula: received", "formula: carried_forward = 0 or received")
    with pytest.raises(BrokenDefinition, match=r"0\.yaml:12: left and right are the sides"):
        book(tmp_path, text)


def test_the_difference_belongs_to_comparisons(tmp_path: Path) -> None:
    text = GOOD.replace("formula: received", "formula: carried_forward = 0 or received")
    text = text.replace("left > limit.few", "received > 0").replace("{left}", "{received}")
    with pytest.raises(BrokenDefinition, match=r"0\.yaml:2: .*difference"):
        book(tmp_path, text)


def test_a_code_stands_once_in_the_whole_book(tmp_path: Path) -> None:
    with pytest.raises(BrokenDefinition, match=r"1\.yaml:2: code XXX-01 stands here twice"):
        book(tmp_path, GOOD, GOOD)


def test_a_folder_without_rules_is_no_rule_book(tmp_path: Path) -> None:
    with pytest.raises(BrokenDefinition, match="no rules"):
        load_rulebook(tmp_path)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "0.yaml").write_bytes(GOOD.encode("gbk"))
    with pytest.raises(BrokenDefinition, match=r"0\.yaml"):
        load_rulebook(tmp_path)


def test_the_book_holds_42_equalities_of_2021_and_40_of_2019() -> None:
    rules = load_rulebook(RULE_FOLDER)
    for edition, wanted in zip(all_editions(), (40, 42), strict=True):
        bound = rules.applications(edition, None)
        assert sum(rule.code[:3] in ("SUM", "BAL") for rule, _ in bound) == wanted
        assert all(application.equality for rule, application in bound if rule.code[:3] in ("SUM", "BAL"))
        rows = [application for rule, application in bound if rule.code == "SUM-01"]
        assert len(rows) == len(edition.by_id["applications"].blocks[0].row_leaves)


def test_a_rule_covers_the_editions_of_its_years() -> None:
    rules = load_rulebook(RULE_FOLDER).by_code
    covered = {
        code: [edition.id for edition in all_editions() if rules[code].covers(edition)]
        for code in ("BAL-01", "STK-02", "STK-03", "YOY-05")
    }
    assert covered == {"BAL-01": ["2019", "2021"], "STK-02": ["2021"], "STK-03": ["2019"], "YOY-05": ["2019"]}
    assert rules["YOY-03"].covers_year(2022)
    assert not rules["YOY-03"].covers_year(2021)
    assert rules["YOY-03"].covers_year(None)
