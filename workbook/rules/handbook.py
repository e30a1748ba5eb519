"""The handbook for those who review the rules: every rule in words, with its basis and what is still open.

Nothing is written here that the rule book does not say; Markdown, Excel and Word show the same model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workbook.form.edition import Edition
from workbook.form.editionfile import all_editions
from workbook.form.values import figure
from workbook.rules.findings import Severity
from workbook.rules.rule import Rule, Test
from workbook.rules.rulebook import RuleBook
from workbook.rules.words import Words

TITLE = "勾稽关系与校验规则手册"
OPINION = "审核意见"
PENDING_TITLE = "待法律审核的依据"
MADE_FROM = "本手册由规则数据自动生成（gouji rules），请勿直接修改；要改规则，请改规则数据后重新生成。"

# Two letters of meaning a family of codes carries; the order is the order of the handbook.
FAMILIES: dict[str, tuple[str, str]] = {
    "CEL": ("格内填写", "每一格里填的是不是一个能用的数。空格、符号、日期和带文字的数，每张表只提一次。"),
    "TPL": ("表式", "用的是不是报告年度适用的表式，表、行、列、标题有没有改动，前后写的单位和年度是否一致。"),
    "SUM": ("合计", "表三各行、各列和表四各组的加总关系。各地不得放宽。"),
    "BAL": ("收办平衡", "表三表头印明的收办关系，逐列核对。各地不得放宽。"),
    "STK": ("表二内部关系", "表二各栏之间的关系和填报口径。"),
    "YOY": ("与上年衔接", "与同一单位、同一口径的上年年报比较；没有上年年报的，不作判断。"),
    "PLS": ("合理性", "不合常理之处，只请再看一眼；数字无误的不必修改。"),
    "NAR": ("文字与表格", "正文里的数字和说法与表格是否一致。"),
    "CON": ("汇总与公开", "汇总数与各单位的数，公开页与提交的表。"),
    "PUB": ("报送与公布", "是否按期报送、按期公布，公布的是不是读得出来的文字。"),
    "SGN": ("审签", "纸面上签的与文件里的是不是同一份内容。"),
}

SEVERITIES: dict[Severity, str] = {
    Severity.ERROR: "必须改正，改正前不能送审；确有特殊情况的，由受理单位书面写明理由后放行。",
    Severity.EXPLAIN: "改正，或者在“情况说明”里写明原因。",
    Severity.WARNING: "请再看一眼，无误的不必修改。",
}

# What no rule here can see; said so that nobody takes silence for proof.
LIMITS_OF_ARITHMETIC = (
    "两个格错得恰好相抵、各项加总仍然成立的，加总关系查不出来；只有与上年比较、与正文比较才可能发现。"
)
UNDECIDED = (
    "一条规则核对一处，有三种结果：相符、不相符、未能判断。空格不当作0；"
    "有空格、缺表、没有上年年报或文字未读的，列为“未能判断”并写明原因。"
)
STATES = (
    "依据分三类：原文已核，引有原文；待核，须由法律审核人员对照原文；核查经验，不是法定要求，从不列为错误。"
)
BRACKETS = "提示语中〔〕内是核对时填入的数字或栏目名称。"


@dataclass(frozen=True, slots=True)
class OutcomeEntry:
    """One way a rule can fail, as the handbook prints it; `condition` is "" where there is only one way."""

    severity: Severity
    condition: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule as the handbook prints it."""

    code: str
    label: str
    requirements: tuple[str, ...]
    outcomes: tuple[OutcomeEntry, ...]
    editions: tuple[str, ...]
    everywhere: bool
    years: str
    limits: tuple[tuple[str, str], ...]
    basis_state: str
    basis: str
    quote: str
    note: str
    live: bool

    @property
    def family(self) -> str:
        """The code's letters."""
        return self.code.partition("-")[0]

    @property
    def applies(self) -> str:
        """ "2021年版；2022年度起"."""
        return ("各版式" if self.everywhere else "、".join(self.editions) + "年版") + f"；{self.years}"

    @property
    def limits_line(self) -> str:
        """ "结转件数：5；…", "" where a rule has no thresholds."""
        return "；".join(f"{label}：{value}" for label, value in self.limits)


def handbook_entries(book: RuleBook, editions: Sequence[Edition]) -> list[RuleEntry]:
    """Every rule that covers one of the editions, in the order of the catalogue."""
    covered = [(rule, [edition for edition in editions if rule.covers(edition)]) for rule in book.rules]
    return [_entry(rule, known) for rule, known in covered if known]


def _entry(rule: Rule, editions: list[Edition]) -> RuleEntry:
    return RuleEntry(
        code=rule.code,
        label=rule.label,
        requirements=tuple(_full_stop(Words(rule, test, editions).formula()) for test in rule.tests),
        outcomes=tuple(outcome for test in rule.tests for outcome in _outcomes(rule, test, editions)),
        editions=tuple(edition.id for edition in editions),
        everywhere=all(rule.covers(edition) for edition in all_editions()),
        years=_years(rule),
        limits=tuple((rule.limit_labels[name], figure(value)) for name, value in rule.limits.items()),
        basis_state=rule.basis.state,
        basis=_basis(rule),
        quote=rule.basis.quote,
        note=rule.note,
        live=rule.live,
    )


def _outcomes(rule: Rule, test: Test, editions: list[Edition]) -> Iterator[OutcomeEntry]:
    words = Words(rule, test, editions)
    for outcome in test.outcomes:
        yield OutcomeEntry(
            outcome.severity,
            words.condition(outcome),
            words.message(outcome.message),
            words.message(outcome.remedy),
        )


def _full_stop(text: str) -> str:
    return text if text.endswith("。") else text + "。"


def _basis(rule: Rule) -> str:
    basis = rule.basis
    return "核查经验（非法定要求）" if basis.state == "核查经验" else f"{basis.document}{basis.place}"


def _years(rule: Rule) -> str:
    match rule.since, rule.until:
        case None, None:
            return "各年度"
        case since, None:
            return f"{since}年度起"
        case None, until:
            return f"至{until}年度"
        case since, until if since == until:
            return f"{since}年度"
        case since, until:
            return f"{since}至{until}年度"


def edition_lines(editions: Iterable[Edition]) -> list[str]:
    """Which edition governs which report years, one line each."""
    return [
        f"{edition.id}年版：《{edition.title}》（{edition.issued}），"
        + (
            f"适用于{edition.first_year}年度起的报告"
            if edition.last_year is None
            else f"适用于{edition.first_year}至{edition.last_year}年度的报告"
        )
        + "。"
        for edition in editions
    ]


def pending(entries: Iterable[RuleEntry]) -> list[RuleEntry]:
    """The rules whose basis a legal clerk has yet to check against the text."""
    return [entry for entry in entries if entry.basis_state == "待核"]


def gravest(entry: RuleEntry) -> Severity:
    """The gravest severity a rule can give."""
    return min((outcome.severity for outcome in entry.outcomes), key=lambda severity: severity.rank)


def introduction(editions: Sequence[Edition]) -> list[str]:
    """The paragraphs before the rules."""
    graded = "；".join(f"{severity.label}——{words.rstrip('。')}" for severity, words in SEVERITIES.items())
    return [
        MADE_FROM,
        *edition_lines(editions),
        f"程度分三级：{graded}。",
        UNDECIDED,
        STATES,
        BRACKETS,
        LIMITS_OF_ARITHMETIC,
    ]


def by_family(entries: Iterable[RuleEntry]) -> Iterator[tuple[str, str, list[RuleEntry]]]:
    """The entries in families: title, introduction, rules."""
    families: dict[str, list[RuleEntry]] = {}
    for entry in entries:  # one family may stand in several rule files
        families.setdefault(entry.family, []).append(entry)
    for family, group in families.items():
        title, about = FAMILIES.get(family, (family, ""))
        yield f"{title}（{family}）", about, sorted(group, key=lambda entry: entry.code)


def handbook_markdown(book: RuleBook, editions: Sequence[Edition]) -> str:
    """The handbook as Markdown."""
    entries = handbook_entries(book, editions)
    lines = [f"# {TITLE}", ""]
    for paragraph in introduction(editions):
        lines += [paragraph, ""]
    for title, about, group in by_family(entries):
        lines += [f"## {title}", "", about, ""]
        for entry in group:
            lines += [*_markdown_rule(entry), ""]
    lines += [f"## {PENDING_TITLE}", ""]
    lines += ["以下各条写明了所依据的文件，但原文不在手边，请对照原文核定。", ""]
    lines += [f"| 规则 | 名称 | 最高程度 | 依据 | {OPINION} |", "|---|---|---|---|---|"]
    for entry in pending(entries):
        cells = (entry.code, entry.label, gravest(entry).label, entry.basis, "")
        lines.append(_markdown_row(cells))
    return "\n".join(lines) + "\n"


def _markdown_rule(entry: RuleEntry) -> list[str]:
    quote = f"：“{entry.quote}”" if entry.quote else ""
    state = f"（{entry.basis_state}）" if entry.basis_state != "核查经验" else ""
    lines = [f"### {entry.code} {entry.label}", ""]
    lines += [f"- 要求：{requirement}" for requirement in entry.requirements]
    lines += [f"- 适用：{entry.applies}", f"- 依据{state}：{entry.basis}{quote}"]
    if entry.limits:
        lines.append(f"- 阈值：{entry.limits_line}")
    if entry.note:
        lines.append(f"- 说明：{entry.note}")
    conditions = any(outcome.condition for outcome in entry.outcomes)
    lines += ["", "| 程度 | " + ("情形 | " if conditions else "") + "提示语 | 怎样改 |"]
    lines.append("|---|---|---|" + ("---|" if conditions else ""))
    for outcome in entry.outcomes:
        condition = (outcome.condition,) if conditions else ()
        lines.append(_markdown_row((outcome.severity.label, *condition, outcome.message, outcome.remedy)))
    return lines


def _markdown_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def rules_json(book: RuleBook, edition: str | None = None) -> list[dict[str, Any]]:
    """The rules for other programs; `edition` leaves out those that do not cover it."""
    editions = [item for item in all_editions() if edition in (None, item.id)]
    sources = {rule.code: rule for rule in book.rules}
    return [_json(entry, sources[entry.code]) for entry in handbook_entries(book, editions)]


def _json(entry: RuleEntry, rule: Rule) -> dict[str, Any]:
    return {
        "code": entry.code,
        "label": entry.label,
        "severities": list(dict.fromkeys(outcome.severity.value for outcome in entry.outcomes)),
        "formula": [" ".join(test.source.split()) for test in rule.tests if test.source],
        "check": [test.procedure for test in rule.tests if test.procedure],
        "words": list(entry.requirements),
        "outcomes": [
            {
                "severity": outcome.severity.value,
                "condition": outcome.condition,
                "message": outcome.message,
                "remedy": outcome.remedy,
            }
            for outcome in entry.outcomes
        ],
        "basis": {
            "state": rule.basis.state,
            "document": rule.basis.document,
            "place": rule.basis.place,
            "quote": rule.basis.quote,
        },
        "editions": list(entry.editions),
        "since": rule.since,
        "until": rule.until,
        "limits": {
            name: {"value": figure(value), "label": rule.limit_labels[name]}
            for name, value in rule.limits.items()
        },
        "live": rule.live,
    }
