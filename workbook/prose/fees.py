"""信息处理费 in section 六, against itself and against the tables – NAR-18, STK-07, PLS-07."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from workbook.form.edition import CellId
from workbook.form.values import figure
from workbook.prose.documents import UNREAD
from workbook.prose.judging import Judge
from workbook.prose.passage import Passage
from workbook.rules.findings import Given
from workbook.rules.procedures import Failed, Open, Passed

FEES = CellId("proactive", "fees", "amount")
UNPAID = CellId("applications", "dispositions.other.fee_unpaid", "total")


def check_fees(judge: Judge, passage: Passage | None, everything: Mapping[str, Passage]) -> None:
    """NAR-18, STK-07, PLS-07: 信息处理费 in section 六, against itself and against the tables."""
    answers, figures = judge.answers, judge.figures
    if passage is None or (not passage.source.strip() and not figures.filing.words_read):
        for name in ("prose.fees", "prose.fees_in_table"):
            answers.say(name, Open(UNREAD))
        _fee_notice(judge, None)
        return
    text, patterns = passage.text, judge.grammar.patterns
    _fee_notice(judge, passage)
    is_said = patterns["speaks_of_fees"].search(text) is not None
    actual = _money(patterns["collected_in_fact"], text) if is_said else None
    collected = actual if actual is not None else _money(patterns["collected"], text) if is_said else None
    speaks = patterns["speaks_of_fees"]
    sentence = next((part for part in passage.sentences if speaks.search(text, *part)), None)
    quote = passage.quote(*sentence)[:60] if sentence else ""
    place = judge.place(passage, sentence[0] if sentence else 0)

    def failed(outcome: str, given: Mapping[str, Given], stated: Decimal | None = None) -> None:
        section = passage.section
        failure = Failed(outcome, given=given, stated=stated, place=place, section=section, quote=quote)
        answers.say("prose.fees", failure)

    if collected and patterns["none_collected"].search(text):
        said = {"quote": quote, "found": f"同一部分所写收取{figure(collected)}元", "stated": "", "true": ""}
        failed("contradiction", said, collected)
        return
    if collected:
        _fees_in_table(judge, passage, collected, quote)
        lacking = []
        counted = patterns["collected_from"].search(text) is not None
        if not counted and not patterns["counts_notices"].search(text):
            lacking.append("收费通知件数")
        notified = _money(patterns["notified"], text)
        if not counted and notified is None:
            lacking.append("收费通知的总金额")
        if lacking:
            given = {"quote": quote, "found": "、".join(lacking), "stated": "", "true": ""}
            failed("incomplete", given, collected)
        elif notified is not None and collected > notified:
            given = {"quote": quote, "found": "", "stated": figure(collected), "true": figure(notified)}
            failed("more_received", given, collected)
        else:
            answers.say("prose.fees", Passed())
        return
    answers.say("prose.fees_in_table", Passed())
    if (
        collected is None
        and _says_some(patterns["counts_notices"].search(text))
        and not patterns["none_collected"].search(text)
    ):
        failed("incomplete", {"quote": quote, "found": "实际收取的总金额", "stated": "", "true": ""})
        return
    against = _contradicted(judge, passage, everything)
    if against:
        given = {
            "quote": quote or passage.quote(0, min(40, len(text))),
            "found": against,
            "stated": "",
            "true": "",
        }
        failed("contradiction", given)
    else:
        answers.say("prose.fees", Passed())


def _contradicted(judge: Judge, passage: Passage, everything: Mapping[str, Passage]) -> str:
    """What stands against 未收取, 未发出收费通知."""
    patterns = judge.grammar.patterns
    unpaid = judge.figures.of((UNPAID,)) if UNPAID in judge.figures.edition.cell_set else None
    if patterns["no_notice"].search(passage.text) and unpaid:
        return f"表三“逾期未缴费”{figure(unpaid)}件"
    if patterns["none_collected"].search(passage.text):
        for section, other in everything.items():
            if section != passage.section and patterns["speaks_of_fees"].search(other.text):
                money = _money(patterns["collected"], other.text)
                if money:
                    return f"前文所写收取信息处理费{figure(money)}元"
    return ""


def _fee_notice(judge: Judge, passage: Passage | None) -> None:
    figures, answers = judge.figures, judge.answers
    if UNPAID not in figures.edition.cell_set:
        return
    unpaid = figures.of((UNPAID,))
    if unpaid is None:
        answers.say("prose.fee_notice", Open(figures.why((UNPAID,)), UNPAID))
    elif unpaid == 0:
        answers.say("prose.fee_notice", Passed())
    elif passage is None:
        answers.say("prose.fee_notice", Open(UNREAD, UNPAID))
    elif judge.grammar.patterns["speaks_of_notices"].search(passage.text):
        answers.say("prose.fee_notice", Passed())
    else:
        place = figures.filing.landmarks.get("heading.other")
        answers.say(
            "prose.fee_notice",
            Failed("unsaid", UNPAID, unpaid, given={"true": figure(unpaid)}, place=place),
        )


def _fees_in_table(judge: Judge, passage: Passage, collected: Decimal, quote: str) -> None:
    figures = judge.figures
    if FEES not in figures.edition.cell_set:
        return
    table = figures.of((FEES,))
    if table is None:
        judge.answers.say("prose.fees_in_table", Open(figures.why((FEES,)), FEES))
    elif table * 10000 >= collected:
        judge.answers.say("prose.fees_in_table", Passed())
    else:
        given = {"quote": quote, "stated": figure(collected), "true": figure(table)}
        judge.answers.say(
            "prose.fees_in_table",
            Failed(
                "less",
                FEES,
                collected / 10000,
                table,
                given,
                cells=(FEES,),
                place=judge.place(passage, 0),
                section=passage.section,
                quote=quote,
                stated=collected,
            ),
        )


def _money(pattern: re.Pattern[str], text: str) -> Decimal | None:
    """The amount in 元 a pattern finds; None where it finds none."""
    for found in pattern.finditer(text):
        written = found["sum"].replace(",", "").rstrip(".")
        try:
            return Decimal(written) * (10000 if found["scale"] else 1)
        except ArithmeticError:
            continue
    return None


def _says_some(found: re.Match[str] | None) -> bool:
    """Whether a phrase that counts notices counts any: 收费通知0件 does not."""
    return found is not None and re.search("[1-9]", found[0]) is not None
