"""Live checks and live sentences: what the book says of itself while it is filled, without any macro.

Every check is an application of a rule marked `live` in the rule book; its words and its formula come from
there. Formula and cached value are made side by side, so that they cannot drift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from workbook.form.edition import CellId, Edition, Table
from workbook.form.values import figure
from workbook.rules.binding import Application, Bound, BoundComparison
from workbook.rules.evaluate import Unknown, evaluate
from workbook.rules.rule import Rule
from workbook.rules.rulebook import RuleBook
from workbook.template.excel import (
    DECIMALS,
    ZERO,
    Addresses,
    Variant,
    literal,
    number,
    number_text,
    settled,
    verdict_formula,
)
from workbook.template.standing import Standings

BALANCED, BROKEN, HOLDS, DOUBTFUL, OPEN = "平衡", "不平衡", "符合", "请核对", "未填"
COMPLETE = "已填齐"
_INNER_QUOTES = str.maketrans("“”", "‘’")


class LiveSentence(Protocol):
    """One sentence of 综述 as data: the first variant whose condition holds (None: always) is said.

    A piece is text, or a bound formula whose figure is put in its place. `workbook.prose` supplies them.
    """

    @property
    def id(self) -> str:
        """The sentence's id."""

    @property
    def section(self) -> str:
        """The section it belongs to."""

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Condition and pieces of every wording, in the order they are tried."""


@dataclass(frozen=True)
class LiveCheck:
    """One application of a live rule: `spot` names its line for the status (第1列（自然人）)."""

    rule: Rule
    application: Application
    table: str
    place: str
    spot: str

    @property
    def comparison(self) -> BoundComparison | None:
        """The formula where it has two sides to show."""
        formula = self.application.formula
        return formula if isinstance(formula, BoundComparison) else None

    @property
    def equality(self) -> bool:
        """Whether it says 平衡 / 不平衡; other rules ask to look again."""
        return self.comparison is not None and self.comparison.operator == "="

    @property
    def words(self) -> tuple[str, str, str]:
        """What it says when it holds, fails, is open."""
        return (BALANCED, BROKEN, OPEN) if self.equality else (HOLDS, DOUBTFUL, OPEN)


@dataclass(frozen=True)
class Cached:
    """A formula (without "=") and what it gives on the figures as written."""

    formula: str
    value: float | str


@dataclass(frozen=True)
class CheckRow:
    """A check's cells in 勾稽核对, from 左边 to 提示."""

    left: Cached
    right: Cached
    difference: Cached
    verdict: Cached
    hint: Cached


def live_checks(edition: Edition, rulebook: RuleBook) -> tuple[LiveCheck, ...]:
    """Every live check of an edition, table by table in the form's order, then in the rule book's."""
    found: list[LiveCheck] = []
    for table in edition.tables:
        for rule, application in rulebook.applications(edition, None):
            if rule.live and application.mark.table == table.id and not application.reads_prior:
                place, spot = _spot(table, rule.tests[application.test].each, application)
                found.append(LiveCheck(rule, application, table.id, place, spot))
    return tuple(found)


def _spot(table: Table, each: str, application: Application) -> tuple[str, str]:
    """Where a check stands, as a clerk looks for it: “自然人”列, and 第1列（自然人）."""
    lines = table.columns if each == "column" else table.rows
    line = application.index if each in ("row", "column") else application.mark.row
    short = lines[line].short.translate(_INNER_QUOTES)
    for block in table.blocks:
        leaves = block.column_leaves if each == "column" else block.row_leaves
        ids = [leaf.id for leaf in leaves]
        if line not in ids:
            continue
        if block.across or len(table.blocks) > 1:
            return f"“{short}”", f"“{short}”"
        kind = "列" if each == "column" else "行"
        return f"“{short}”{kind}", f"第{ids.index(line) + 1}{kind}（{short}）"
    return f"“{short}”", f"“{short}”"


def check_row(check: LiveCheck, row: int, addresses: Addresses, standings: Standings) -> CheckRow:
    """The formulas of a check in row `row` of 勾稽核对 (左边 D, 右边 E, 相差 F, 结论 G)."""
    outcome = evaluate(check.application.formula, standings.figure, {})
    true, false, unknown = check.words
    verdict = unknown if isinstance(outcome, Unknown) else true if outcome else false
    comparison = check.comparison
    if comparison is None:
        nothing = Cached('""', "")
        conclusion = Cached(verdict_formula(check.application.formula, addresses, check.words), verdict)
        return CheckRow(nothing, nothing, nothing, conclusion, _hint(check, row, verdict, None))
    left = _side(comparison.left, addresses, standings)
    right = _side(comparison.right, addresses, standings)
    gap: Decimal | None = None
    first, second = _value(comparison.left, standings), _value(comparison.right, standings)
    if first is not None and second is not None:
        gap = round(first - second, DECIMALS)
    difference = Cached(
        f'IF(AND(ISNUMBER(D{row}),ISNUMBER(E{row})),ROUND(D{row}-E{row},{DECIMALS}),"")',
        "" if gap is None else float(gap),
    )
    sign = {"!=": "<>"}.get(comparison.operator, comparison.operator)
    conclusion = Cached(f'IF(ISNUMBER(F{row}),IF(F{row}{sign}0,"{true}","{false}"),"{unknown}")', verdict)
    return CheckRow(left, right, difference, conclusion, _hint(check, row, verdict, gap))


def _value(node: Bound, standings: Standings) -> Decimal | None:
    value = evaluate(node, standings.figure, {})
    return value if isinstance(value, Decimal) else None


def _side(node: Bound, addresses: Addresses, standings: Standings) -> Cached:
    ready = settled(node, addresses)
    formula = number(node, addresses)
    value = _value(node, standings)
    return Cached(
        formula if ready is None else f'IF({ready},{formula},"")', "" if value is None else float(value)
    )


def _hint(check: LiveCheck, row: int, verdict: str, gap: Decimal | None) -> Cached:
    """The words of the status line for this check, empty unless it fails."""
    if check.equality:
        start = f"{check.spot}不平衡，差"
        formula = f'IF(G{row}="{BROKEN}",{literal(start)}&{number_text(f"ABS(F{row})")},"")'
        said = start + figure(abs(gap)) if verdict == BROKEN and gap is not None else ""
    else:
        words = f"{check.spot}请核对：{check.rule.label}"
        formula = f'IF(G{row}="{DOUBTFUL}",{literal(words)},"")'
        said = words if verdict == DOUBTFUL else ""
    return Cached(formula, said)


@dataclass(frozen=True)
class StatusRow:
    """A table's line of counts in 勾稽核对: 不平衡, 请核对, 未填格, 非数字格, 状态."""

    broken: Cached
    doubtful: Cached
    unfilled: Cached
    not_numbers: Cached
    status: Cached


def status_row(
    table: str,
    row: int,
    first: int,
    checks: Sequence[tuple[LiveCheck, CheckRow]],
    addresses: Addresses,
    standings: Standings,
) -> StatusRow:
    """The counts and the status of a table; its checks stand from row `first` on (none: an empty list)."""
    typed = standings.typed(table)
    areas = addresses.ranges(typed)
    blanks = "+".join(f"COUNTBLANK({area})" for area in areas)
    last = first + len(checks) - 1
    verdicts, hints = f"$G${first}:$G${last}", f"$H${first}:$H${last}"

    def count(word: str) -> Cached:
        if not checks:
            return Cached("0", 0.0)
        return Cached(
            f'COUNTIF({verdicts},"{word}")', float(sum(cells.verdict.value == word for _, cells in checks))
        )

    broken, doubtful = count(BROKEN), count(DOUBTFUL)
    unfilled = Cached(f"IF({ZERO},0,{blanks})", float(standings.unfilled(table)))
    not_numbers = Cached(
        f"{len(typed)}-COUNT({','.join(areas)})-({blanks})", float(standings.not_numbers(table))
    )
    done = BALANCED if any(check.equality for check, _ in checks) else COMPLETE
    pieces = []
    said = []
    for column, word, counted in (("B", BROKEN, broken), ("C", DOUBTFUL, doubtful)):
        if not checks:
            continue
        pieces.append(
            f'IF({column}{row}>0,"；"&INDEX({hints},MATCH("{word}",{verdicts},0))'
            f'&IF({column}{row}>1,"（等"&{column}{row}&"处）",""),"")'
        )
        if counted.value:
            hint = next(cells.hint.value for _, cells in checks if cells.verdict.value == word)
            said.append(f"{hint}（等{counted.value:.0f}处）" if float(counted.value) > 1 else str(hint))
    pieces.append(f'IF(D{row}>0,"；尚有"&D{row}&"格未填（没有发生的填0）","")')
    pieces.append(f'IF(E{row}>0,"；有"&E{row}&"格填的不是数字","")')
    if unfilled.value:
        said.append(f"尚有{unfilled.value:.0f}格未填（没有发生的填0）")
    if not_numbers.value:
        said.append(f"有{not_numbers.value:.0f}格填的不是数字")
    status = Cached(
        f'IF(B{row}+C{row}+D{row}+E{row}=0,"{done}",MID({"&".join(pieces)},2,500))', "；".join(said) or done
    )
    return StatusRow(broken, doubtful, unfilled, not_numbers, status)


def marks_of(
    checks: Sequence[LiveCheck], table: str
) -> tuple[Mapping[CellId, list[int]], Mapping[CellId, list[int]]]:
    """For each marked cell of a table the numbers (from 1) of its equalities, and of its other checks."""
    hard: dict[CellId, list[int]] = {}
    soft: dict[CellId, list[int]] = {}
    for position, check in enumerate(checks, start=1):
        if check.table == table:
            (hard if check.equality else soft).setdefault(check.application.mark, []).append(position)
    return hard, soft
