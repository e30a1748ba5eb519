"""Every rule passes, fails and stays undecided as its cases say; no rule without cases, basis or remedy."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.rules.casefiles import CASE_FOLDER, Case, all_cases, read_cases
from workbook.form.editionfile import EDITION_FOLDER
from workbook.review import check_report
from workbook.rules.findings import CheckResult, Severity
from workbook.rules.procedures import PROCEDURES
from workbook.rules.rulebook import load_rulebook
from workbook.rules.wording import word_finding

BOOK = load_rulebook()
CASES = all_cases()

# The catalogue (domain/rules.md), typed here: code → the severities its outcomes may have.
CATALOGUE = {
    **dict.fromkeys(("CEL-01", "CEL-07", "CEL-08"), "error"),
    "CEL-02": "error warning",
    "CEL-03": "explain",
    "CEL-04": "explain error warning",
    "CEL-05": "explain",
    **dict.fromkeys(("CEL-06", "CEL-09", "CEL-10"), "warning"),
    **dict.fromkeys(("TPL-01", "TPL-02", "TPL-08"), "error"),
    "TPL-03": "error warning",
    "TPL-04": "warning",
    "TPL-05": "explain warning",
    "TPL-06": "error warning",
    "TPL-07": "explain",
    **dict.fromkeys(("SUM-01", "SUM-02", "SUM-03", "BAL-01"), "error"),
    "STK-01": "error explain",
    **dict.fromkeys(("STK-02", "STK-03", "STK-04", "STK-05", "STK-06", "STK-07"), "explain"),
    "STK-08": "warning",
    **dict.fromkeys(("YOY-01", "YOY-02", "YOY-04", "YOY-05", "YOY-07", "YOY-08"), "explain"),
    "YOY-03": "explain warning",
    **dict.fromkeys(("YOY-06", "YOY-09"), "warning"),
    **dict.fromkeys(("PLS-01", "PLS-02", "PLS-03", "PLS-04", "PLS-05", "PLS-06"), "warning"),
    "PLS-07": "explain",
    **dict.fromkeys((f"NAR-{number:02}" for number in range(1, 23)), "explain"),
    "NAR-05": "explain warning",
    "NAR-06": "warning",
    "NAR-14": "error",
    "NAR-17": "explain warning",
    "NAR-19": "explain warning",
    "NAR-21": "warning",
    **dict.fromkeys(("CON-06", "PUB-03", "SGN-01"), "explain"),
}

# Report years the catalogue names; every other rule speaks of every year.
YEARS = {
    **dict.fromkeys(("STK-02", "STK-07", "PLS-07", "NAR-18"), (2021, None)),
    **dict.fromkeys(("STK-03", "STK-04", "STK-05", "STK-06"), (None, 2020)),
    **dict.fromkeys(("YOY-03", "YOY-04"), (2022, None)),
    "YOY-05": (2020, 2020),
}

LIMITS = {
    "CEL-02": {"decimals": "6"},
    "YOY-06": {"ratio": "5", "difference": "20"},
    "YOY-07": {"figures": "8"},
    "PLS-01": {"share": "0.25", "count": "5"},
    "PLS-02": {"few": "10", "one": "1"},
    "PLS-03": {"share": "0.3", "count": "3"},
    "NAR-19": {"characters": "1000"},
    "YOY-08": {"similarity": "0.9"},
}

# Words no clerk should meet, and ids in place of labels.
UNKIND = re.compile(r"非法|失败|异常|错误地|违规|[{}]|None|未知|[a-z_]+\.[a-z_]+\[|“”")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_case_comes_out_as_it_says(case: Case) -> None:
    result = check_report(case.filing, BOOK, case.previous, case.required, case.published)
    expected = case.given["expect"]
    if expected == "fails":
        _fails(case, result)
    elif expected == "undecided":
        _undecided(case, result)
    else:
        assert expected == "passes", f"{case}: passes, fails or undecided, not {expected!r}"
        _passes(case, result)


def _at(case: Case, mark: object) -> bool:
    return case.given.get("at") is None or str(mark) == case.given["at"]


def _passes(case: Case, result: CheckResult) -> None:
    broken = [f for f in result.findings if f.rule == case.rule and _at(case, f.mark)]
    assert not broken, word_finding(broken[0], result.filing, BOOK).message
    assert result.passed_by_rule.get(case.rule, 0) > 0, f"{case.rule} was not applied at all"
    if case.given.get("at") is not None:
        assert not [u for u in result.undecided if u.rule == case.rule and _at(case, u.mark)]


def _fails(case: Case, result: CheckResult) -> None:
    found = [f for f in result.findings if f.rule == case.rule and _at(case, f.mark)]
    assert found, f"{case.rule} says nothing at {case.given.get('at', 'any place')}"
    severities = {finding.severity.value for finding in found}
    assert severities == {case.given["severity"]}, f"{case.rule}: {severities}"
    words = [word_finding(finding, result.filing, BOOK) for finding in found]
    for wording in words:
        said = wording.message + wording.remedy
        assert not UNKIND.search(said), said
        assert wording.remedy
        assert wording.message.endswith("。")
    said = "\n".join(wording.message + wording.remedy for wording in words)
    assert str(case.given.get("says", "")) in said, said


def _undecided(case: Case, result: CheckResult) -> None:
    found = [u for u in result.undecided if u.rule == case.rule and _at(case, u.mark)]
    assert found, f"{case.rule} is not undecided at {case.given.get('at', 'any place')}"
    assert any(case.given["why"] in undecided.why for undecided in found), {u.why for u in found}
    assert not [f for f in result.findings if f.rule == case.rule and _at(case, f.mark)]


def test_every_rule_passes_fails_and_stays_undecided() -> None:
    kinds = Counter((case.rule, case.given["expect"]) for case in CASES)
    for rule in BOOK.rules:
        lacking = {kind for kind in ("passes", "fails", "undecided") if not kinds[rule.code, kind]}
        assert not lacking, f"{rule.code} has no case that {lacking}"


def test_every_check_is_run_by_the_rules_or_answered_by_the_prose() -> None:
    elsewhere = {name for name, check in PROCEDURES.items() if check.run is None}
    asked = {test.procedure for rule in BOOK.rules for test in rule.tests}
    assert elsewhere <= asked and all(name.startswith("prose.") for name in elsewhere)


def test_each_case_file_is_named_after_a_rule_of_the_book() -> None:
    for path in sorted(CASE_FOLDER.glob("*.yaml")):
        cases = read_cases(path)
        assert {case.rule for case in cases} == {path.stem}
        assert path.stem in BOOK.by_code, f"{path.name}: no such rule"
        names = [case.name for case in cases]
        assert len(set(names)) == len(names), f"{path.name}: a name stands twice"


def test_each_outcome_is_reached_by_a_case() -> None:
    reached = set()
    for case in CASES:
        result = check_report(case.filing, BOOK, case.previous, case.required, case.published)
        reached |= {(f.rule, f.test, f.outcome) for f in result.findings if f.rule == case.rule}
    for rule in BOOK.rules:
        for number, check in enumerate(rule.tests):
            for index, outcome in enumerate(check.outcomes):
                assert (rule.code, number, index) in reached, f"{rule.code}: no case reaches {outcome}"


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_the_rule_book_says_what_the_catalogue_says(code: str) -> None:
    rule = BOOK.by_code[code]
    severities = {outcome.severity.value for check in rule.tests for outcome in check.outcomes}
    assert severities == set(CATALOGUE[code].split())
    assert (rule.since, rule.until) == YEARS.get(code, (None, None))
    if code in LIMITS:
        assert {name: str(value) for name, value in rule.limits.items()} == LIMITS[code]


def test_nothing_stands_in_the_book_that_the_catalogue_does_not_know() -> None:
    assert {rule.code for rule in BOOK.rules} == CATALOGUE.keys()


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.code)
def test_every_rule_has_a_basis_a_message_and_a_remedy(rule) -> None:  # type: ignore[no-untyped-def]
    assert str(rule.basis)
    for check in rule.tests:
        for outcome in check.outcomes:
            assert outcome.message.text.removesuffix("{hint}").endswith("。")
            assert outcome.remedy.text.endswith("。")
            assert not UNKIND.search(re.sub(r"\{[^{}]*\}", "某", outcome.message.text + outcome.remedy.text))
            if rule.basis.state == "核查经验":
                assert outcome.severity is not Severity.ERROR


def test_quotes_stand_in_the_form_as_printed() -> None:
    texts = [path.read_text(encoding="utf-8") for path in EDITION_FOLDER.glob("*.yaml")]
    for rule in BOOK.rules:
        if rule.basis.state == "原文已核":
            assert rule.basis.quote
            assert all(rule.basis.quote in text for text in texts), rule.code
        else:
            assert not rule.basis.quote
