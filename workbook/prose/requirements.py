"""What sections 一, 五 and 六 must contain – NAR-17 to NAR-19, NAR-21, NAR-22, STK-07, PLS-07."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from workbook.form.edition import CellId
from workbook.form.filing import Filing
from workbook.form.labels import plain
from workbook.form.values import figure
from workbook.prose.documents import UNREAD
from workbook.prose.judging import Answers, Judge
from workbook.prose.passage import FILLER, Passage
from workbook.prose.standing import Figures
from workbook.rules.findings import Given
from workbook.rules.procedures import Failed, Open, Passed

FEES = CellId("proactive", "fees", "amount")
UNPAID = CellId("applications", "dispositions.other.fee_unpaid", "total")
_GOVERNMENTS = frozenset({"province", "prefecture", "county", "township"})

_NOTHING = re.compile(
    r"^(?:本年度?|我[局单位])*(?:暂?无|没有|不存在|无。|没有问题|暂无问题|/|-|—)+[^，]{0,10}[。.]?$"
)
_PROBLEM = re.compile(r"问题|不足|差距|短板|薄弱|欠缺|不够|有待|滞后|不高|不强|不规范|还需|仍需|亟待")
_MEASURE = re.compile(
    r"改进|措施|下一步|今后|将|加强|提升|完善|进一步|强化|整改|优化|推进|推动|努力|开展|组织|健全"
)
_MEASURES_BEGIN = re.compile(
    r"改进(?:措施|情况|方向|办法|打算)|下一步|针对(?:上述|以上|存在)|···下年|今后|为此|工作打算|整改措施"
)
_ENTRY = re.compile(r"([一二三四五六七八九])是|（([一二三四五六七八九])）|(?:^|[。；：\n])(\d)[.、．]")

_COLLECTED = re.compile(
    r"(?:收取|收到|收|缴纳|实收|实际收取|征收)[^，。；]{0,16}?(?:信息处理费|处理费|费用|金额)?[^，。；\d]{0,8}?(?P<sum>\d[\d,.]*)(?P<scale>万)?元"
)
_ACTUAL = re.compile(r"实(?:际)?收(?:取|到|缴)?[^，。；\d]{0,12}(?P<sum>\d[\d,.]*)(?P<scale>万)?元")
_NOTIFIED = re.compile(
    r"(?:通知|告知|应收|应缴)[^。；]{0,14}?(?:总?金额|费用|共计|合计)[^，。；\d]{0,6}(?P<sum>\d[\d,.]*)(?P<scale>万)?元"
)
_NOTICES = re.compile(
    r"(?:收费通知|缴费通知)[^，。；]{0,8}?\d+\s?(?:件|份|次)|\d+(?:件|份)[^，。；]{0,12}(?:收费通知|缴费通知)"
)
# 对25件申请收取了信息处理费2950元: from how many, and how much; whoever was told to pay has paid.
_COLLECTED_FROM = re.compile(
    r"\d+\s*件[^，。；]{0,16}?(?:申请|案件)[^，。；]{0,8}?(?:收取|缴纳)了?[^，。；\d]{0,12}\d"
)
_NONE_COLLECTED = re.compile(
    r"(?:未|没有|无)[^，。；其]{0,8}(?:收取|产生|发生|收)[^，。；]{0,12}(?:信息处理费|处理费|费用)"
)
_NO_NOTICE = re.compile(r"(?:未|没有|无)[^，。；]{0,6}(?:发出|作出|出具)[^，。；]{0,6}(?:收费通知|缴费通知)")
_FEE = re.compile(r"信息处理费|处理费|收费通知")

_PREAMBLE = re.compile(
    r"根据[^。]{0,120}编制|由[^。]{0,160}(?:组成|构成)|统计(?:期限|时间|数据)|电子版|如(?:有疑问|需)|联系|邮编|现(?:将|予)"
)


def check_overview(judge: Judge, passage: Passage | None, limits: Mapping[str, Decimal]) -> None:
    """NAR-19: its length, and the aspects the regulation asks for."""
    filing, answers = judge.figures.filing, judge.answers
    if passage is None or not passage.source.strip():
        answers.say("prose.overview", Open(UNREAD))
        return
    place = filing.landmarks.get("heading.overview")
    count = len("".join(passage.source.split()))
    limit = limits["characters"]
    if count > limit:
        given = {"count": str(count), "limit": figure(limit), "found": ""}
        answers.say("prose.overview", Failed("too_long", given=given, place=place))
    else:
        answers.say("prose.overview", Passed())
    _aspects(judge, passage, "aspects", "aspect")
    if filing.organ.level in _GOVERNMENTS:
        _aspects(judge, passage, "government_aspects", "government")


def _aspects(judge: Judge, passage: Passage, of: str, outcome: str) -> None:
    # A short text says what it says; the aspects are looked for where somebody has told the year's work.
    lacking = [
        name
        for name, _, words in (entry.partition("=") for entry in judge.grammar.lists[of])
        if not re.search(words, passage.text)
    ]
    if lacking:
        place = judge.figures.filing.landmarks.get("heading.overview")
        given = {"count": "", "limit": "", "found": "、".join(lacking)}
        judge.answers.say("prose.overview", Failed(outcome, given=given, place=place))
    else:
        judge.answers.say("prose.overview", Passed())


def check_substance(judge: Judge, passage: Passage | None, said_something: bool) -> None:
    """NAR-22: section 一 is more than a preamble, and says whose, of when and how many."""
    answers, filing = judge.answers, judge.figures.filing
    place = filing.landmarks.get("heading.overview")
    if passage is None:
        answers.say("prose.substance", Open(UNREAD))
        return
    text = passage.text.strip("\n")
    sentences = [passage.text[start:end] for start, end in passage.sentences]
    if not text:
        answers.say("prose.substance", Failed("nothing_said", given={"found": "没有文字"}, place=place))
        return
    if all(_PREAMBLE.search(sentence) for sentence in sentences):
        given = {"found": passage.quote(0, min(20, len(passage.text))) + "……"}
        answers.say("prose.substance", Failed("preamble", given=given, place=place))
        return
    lacking = []
    dated = re.search(rf"{FILLER}本年|20\d\d年|本年|今年|全年", text) is not None
    if not said_something:
        lacking.append("数字")
    if not dated:
        lacking.append("年度")
    if not _names_organ(text, filing):
        lacking.append("单位")
    if not said_something and len(lacking) > 1:
        given = {"found": f"没有写明{'、'.join(reversed(lacking))}"}
        answers.say("prose.substance", Failed("nothing_said", given=given, place=place))
    else:
        answers.say("prose.substance", Passed())


def _names_organ(text: str, filing: Filing) -> bool:
    name = plain(filing.organ.name or "")
    return bool(
        (name and name[-4:] in text)
        or re.search(r"[我本全][市县区省局委厅办镇乡街单机部院中]|各级|[局委厅办镇乡]", text)
    )


def check_problems(judge: Judge, passage: Passage | None, heading: bool) -> None:
    """NAR-17: problems and measures, each problem with its measure."""
    answers, filing = judge.answers, judge.figures.filing
    place = filing.landmarks.get("heading.problems")
    if passage is None:
        answers.say("prose.problems", Open(UNREAD))
        return
    text = passage.text.strip("\n")
    empty = {"count": "", "limit": ""}
    if not text or _NOTHING.match(text):
        found = f"只写了“{passage.quote(0, len(passage.text))[:20]}”" if text else "没有内容"
        answers.say("prose.problems", Failed("empty", given={"found": found, **empty}, place=place))
        return
    lacking = [
        word
        for word, pattern in (("存在的问题", _PROBLEM), ("改进措施", _MEASURE))
        if not pattern.search(text)
    ]
    if lacking:
        given = {"found": "、".join(lacking), **empty}
        answers.say("prose.problems", Failed("one_sided", given=given, place=place))
        return
    cut = _measures_from(text)
    problems, measures = _entries(text[:cut]), _entries(text[cut:])
    if cut and problems > measures > 0:
        given = {"found": "", "count": str(problems), "limit": str(measures)}
        answers.say("prose.problems", Failed("fewer_measures", given=given, place=place))
    else:
        answers.say("prose.problems", Passed())
    del heading


def _measures_from(text: str) -> int:
    """Where the measures begin: at the second run of 一是, else at the words that open them."""
    firsts = [found.start() for found in re.finditer(r"一是|（一）|(?:^|[。；：\n])1[.、．]", text)]
    openers = [found.start() for found in _MEASURES_BEGIN.finditer(text)]
    if len(firsts) == 2:
        return firsts[1]
    if len(firsts) > 2:
        return 0
    return openers[0] if openers and firsts and openers[0] > firsts[0] else 0


def _entries(text: str) -> int:
    """How many a list counts up to: 一是…二是…三是 → 3."""
    numbers = [
        "一二三四五六七八九".index(a or b) + 1 if a or b else int(c) for a, b, c in _ENTRY.findall(text)
    ]
    best = 0
    for number in numbers:
        if number == best + 1:
            best = number
    return best


def check_fees(judge: Judge, passage: Passage | None, everything: Mapping[str, Passage]) -> None:
    """NAR-18, STK-07, PLS-07: 信息处理费 in section 六, against itself and against the tables."""
    answers, figures = judge.answers, judge.figures
    if passage is None or (not passage.source.strip() and not figures.filing.words_read):
        for name in ("prose.fees", "prose.fees_in_table"):
            answers.say(name, Open(UNREAD))
        _fee_notice(judge, None)
        return
    text = passage.text
    _fee_notice(judge, passage)
    is_said = _FEE.search(text) is not None
    actual = _money(_ACTUAL, text) if is_said else None
    collected = actual if actual is not None else _money(_COLLECTED, text) if is_said else None
    sentence = next((part for part in passage.sentences if _FEE.search(text[part[0] : part[1]])), None)
    quote = passage.quote(*sentence)[:60] if sentence else ""
    place = judge.place(passage, sentence[0] if sentence else 0)

    def failed(outcome: str, given: Mapping[str, Given], stated: Decimal | None = None) -> None:
        section = passage.section
        failure = Failed(outcome, given=given, stated=stated, place=place, section=section, quote=quote)
        answers.say("prose.fees", failure)

    if collected:
        _fees_in_table(judge, passage, collected, quote)
        lacking = []
        counted = _COLLECTED_FROM.search(text) is not None
        if not counted and not _NOTICES.search(text):
            lacking.append("收费通知件数")
        notified = _money(_NOTIFIED, text)
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
    unpaid = judge.figures.of((UNPAID,)) if UNPAID in judge.figures.edition.cell_set else None
    if _NO_NOTICE.search(passage.text) and unpaid:
        return f"表三“逾期未缴费”{figure(unpaid)}件"
    if _NONE_COLLECTED.search(passage.text):
        for section, other in everything.items():
            if section != passage.section and _FEE.search(other.text):
                money = _money(_COLLECTED, other.text)
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
    elif re.search("收费通知|缴费通知|处理费", passage.text):
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


def check_required(
    answers: Answers, figures: Figures, stated: frozenset[CellId], required: Sequence[CellId], read: bool
) -> None:
    """NAR-21: the figures a local notice wants in section 一 are there."""
    for cell in required:
        if not read:
            answers.say("prose.required", Open(UNREAD, cell))
        elif cell in stated:
            answers.say("prose.required", Passed())
        elif cell in figures.edition.cell_set:
            table = figures.edition.by_id[cell.table]
            words = f"{table.label}“{table.rows[cell.row].short}”{table.column_of(cell).short}"
            place = figures.filing.landmarks.get("heading.overview")
            answers.say("prose.required", Failed("missing", cell, given={"found": words}, place=place))
