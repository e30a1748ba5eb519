"""Growth against last year's report: 同比上升29.3%, 较上年增加12件, 与上年持平 – NAR-06."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from workbook.form.edition import CellId
from workbook.form.values import figure
from workbook.prose.hits import find_hits
from workbook.prose.judging import SECTION_WORDS, Judge, Judged, wholes
from workbook.prose.numbers import agrees, percent, share_fits
from workbook.prose.sentence import CHANGES_TO, Item, Sentence, Whose
from workbook.prose.standing import APPLICATIONS, HANDLED, NEW, Reading, reading_of
from workbook.prose.whose import OF_A_CHANNEL, is_consolidated, probed, states_prior
from workbook.rules.findings import Given, Verdict
from workbook.rules.procedures import Failed, Passed

_AMOUNTS = re.compile("(?:受理|收件|新收|办结|答复)(?:数)?量")
_DIRECTED = ("received", "closed", "review", "suit")
_NUMBER_OF_APPLICATIONS = re.compile(
    r"(?:政府信息公开|信息公开|依申请公开)?申请(?:总)?(?:量|数|数量|件数)?|依申请公开"
)
_AT_LARGE = re.compile(
    r"总体上?|总量|数量|件数|有所|略有|稍有|明显|大幅|小幅|显著|均|都|也|呈|趋势|全年|年内|本年度?|今年|度|[，·的]"
)
_OF_A_PART = re.compile("层面|本级|街道|乡镇|部门")
_OF_EACH = re.compile("均|都|分别|各")
_NONE_CAME = re.compile(
    r"(?:未|没有|无)(?:收到|接到|受理|新收)[^，。；]{0,20}申请[^，。；]{0,6}，[^，。；]{0,4}$"
)
_OF_THE_LAST = re.compile(r"(?:与|较|比|同比)")
_GOES_ON = re.compile(r"[、和及，与]?(?:以及)?(?:增加|增长|上升|减少|下降|降低)?(?:了)?")
_BY_APPLICANTS = re.compile(
    "(?:自然人|企业|组织|机构)(?:的)?申请(?:量|数)?(?:净)?(?:增加|减少|增长|下降)了?$"
)
_GREW = re.compile("(?:增加|减少|增长|下降|多|少)了?$")
_FELL, _ROSE = re.compile("降|减|回落"), re.compile("增|升|提高")
_WAY = re.compile("增|升|减|降")
_SUBJECT = re.compile(r"申请(?:总)?(?:量|数|件数)|申请")


def is_growth(judge: Judge, item: Item, sentence: Sentence) -> bool:
    """Whether a number says by how much something changed."""
    if any(hit.term.kind == "change" for hit in item.hits):
        return False
    if CHANGES_TO.fullmatch(item.left):
        return False  # 由上年的1件减少为0件: how many there are now
    patterns = judge.grammar.patterns
    clause = sentence.passage.text[max(sentence.start, item.number.start - 24) : item.number.start]
    clause = re.split(r"[；。]|\d[^，]*，(?=其中)", clause)[-1]
    place = sentence.items.index(item)
    goes_on = place > 0 and sentence.items[place - 1].is_change and _GREW.search(item.left) is not None
    if place > 0 and sentence.items[place - 1].is_priors and _GREW.fullmatch(item.left):
        return True  # 办结量24件，比上年19件多5件
    if not goes_on and not patterns["direct_growth"].search(item.left):
        return False
    if item.number.is_share or item.number.unit == "点" or patterns["since_last_year"].search(clause):
        return True
    # 新收比上年增加7件，其中自然人申请增加3件: what is compared has been said before
    said = sentence.passage.text[sentence.start : item.number.start]
    if not patterns["since_last_year"].search(said):
        return False
    # 与上年相比，新收申请增加122件，办结申请减少123件: compared as the number before it
    return goes_on or _BY_APPLICANTS.search(item.left) is not None


def judge_growth(judge: Judge, item: Item, sentence: Sentence) -> Judged:
    """Against last year's report; without it nothing can be said."""
    figures = judge.figures
    subject = _subject(judge, item, sentence)
    if subject is None:
        why = figures.no_prior if figures.prior is None else "表中没有所说的数"
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, why)
    said = sentence.passage.text[sentence.start : item.number.end + len(item.right)]
    if "分别" in said and item.compared is None:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "几个数分别与上年相比，没有逐一核对")
    if item.number.unit == "项" and subject.table != APPLICATIONS:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "事项的增减，没有逐一核对")
    if item.number.unit == "点":
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "百分点的变化，表中没有")
    if figures.prior is None:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, figures.no_prior, subject)
    patterns = judge.grammar.patterns
    down = bool(patterns["down"].search(item.left)) and not patterns["up"].search(
        item.left.replace("减少", "")
    )
    of_whole = _whole_of(judge, item, sentence, subject)
    candidates = [subject, *(r for r in wholes(figures)["received"] if r.rows != subject.rows)]
    before = [other for other in sentence.items if other.number.end <= item.number.start]
    counted = [told for other in before if (told := judge.judged.get(id(other))) and told.is_count]
    says_new = "新收" in sentence.text[: item.number.start - sentence.start]
    if says_new or any(told.reading == subject for told in counted):
        candidates = [subject]  # 收到6件，比上年增加3件: of the figure that has just been told
    if subject.rows not in (NEW, HANDLED):
        candidates = [subject]
    if of_whole is not None:
        candidates = [subject, of_whole]
    if subject in item.readings and item.kind == "result":
        candidates += [one for one in item.readings if one.table == subject.table and one not in candidates]
    shown: tuple[Reading, Decimal, Decimal] | None = None
    for reading in candidates:
        now, then = figures.of(reading.cells), figures.of(_prior_cells(judge, reading), prior=True)
        if now is None or then is None or (item.number.is_share and not then):
            continue
        shown = shown or (reading, now, then)
        change = abs(now - then) * figures.units(reading)
        exact = abs(now - then) / then * 100 if item.number.is_share else change
        right = share_fits(item.number, exact)[0] if item.number.is_share else agrees(item.number, exact)
        if right and (now < then) == down:
            judge.answers.say("prose.growth", Passed())
            cells = _prior_cells(judge, reading)
            return judge.settle(
                item,
                sentence,
                Verdict.VERIFIED,
                f"{figures.words(reading)}与上年相比",
                reading,
                prior_cells=cells,
            )
    if shown is None or item.whose is not Whose.REPORT:
        why = item.why or figures.why(_prior_cells(judge, subject), prior=True) if shown is None else item.why
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, why, subject)
    reading, now, then = shown
    words = change_words(now, then, as_share=item.number.is_share)
    outcome = "direction" if (now < then) != down and now != then else "differs"
    given: dict[str, Given] = {
        "section": SECTION_WORDS[sentence.passage.section],
        "quote": sentence.quote(item),
        "stated": figure(item.number.value),
        "said": figures.words(reading),
        "true": f"{figure(now)}件、上年{figure(then)}件",
        "exact": words,
        "hint": "",
    }
    failed = judge.failure(outcome, sentence, item, given, reading, item.number.value, None)
    judge.answers.say("prose.growth", failed)
    judged = judge.settle(item, sentence, Verdict.WRONG, f"按两年的表计算为{words}", reading)
    judged.failed = failed
    return judged


def direction_alone(judge: Judge, sentence: Sentence) -> None:
    """申请量同比上升; 收到5件，与上年持平: without a number."""
    figures = judge.figures
    if figures.prior is None:
        return
    for found in judge.grammar.patterns["direction_alone"].finditer(sentence.text):
        reading = _directed(judge, sentence, found)
        if reading is None:
            continue
        now, then = figures.of(reading.cells), figures.of(_prior_cells(judge, reading), prior=True)
        if now is None or then is None:
            continue
        if _is_direction(judge, found["word"], now, then):
            judge.answers.say("prose.growth", Passed())
        else:
            _fail_direction(
                judge,
                sentence,
                sentence.start + found.start(),
                sentence.start + found.end(),
                reading,
                now,
                then,
            )


def _is_direction(judge: Judge, word: str, now: Decimal, then: Decimal) -> bool:
    if word.endswith(("持平", "相当", "相同", "一致")):
        # 基本持平 leaves room; 持平 alone says the same number.
        return abs(now - then) <= (then / 10 if len(word) > len("持平") else 0)
    return now > then if judge.grammar.patterns["up"].search(word) else now < then


def _directed(judge: Judge, sentence: Sentence, found: re.Match[str]) -> Reading | None:
    """What is said to have grown: named in the clause, else the number or the claim right before it."""
    text, edition = sentence.text, judge.figures.edition
    start = max(text.rfind(stop, 0, found.start()) for stop in "，；：") + 1
    own, named = text[start : found.start()], found["named"]
    at = sentence.start + found.start()
    if _OF_A_PART.search(own) and is_consolidated(judge.figures.filing):
        return None  # 街道层面申请量与上年基本持平
    probe = probed(sentence, at, found[0], judge.grammar, judge.figures.filing)
    if probe.whose is not Whose.REPORT or probe.about_prior or _OF_EACH.search(own + named):
        return None
    said = _AT_LARGE.sub("", own + named)
    if said:
        hits = find_hits(own + named, probe, judge.grammar, text)
        rows = {hit.term.rows[0] for hit in hits if hit.term.kind in _DIRECTED and hit.term.rows}
        if not rows and _NUMBER_OF_APPLICATIONS.fullmatch(said):
            rows = {("received",)}
        if len(rows) != 1 or any(hit.term.kind == "applicant" for hit in hits):
            return None
        [row] = rows
        hit = next((hit for hit in hits if hit.term.kind in _DIRECTED), None)
        table = hit.term.table if hit is not None else "applications"
        return reading_of(edition, table or "", row, "total")
    before = [item for item in sentence.items if item.number.end <= at and not item.number.is_share]
    if before:
        last = before[-1]
        gap = sentence.passage.text[last.number.end : at]
        judged = judge.judged.get(id(last))
        beside = before[-2].number.end if len(before) > 1 else sentence.start
        is_one_of_two = sentence.passage.text[beside : last.left_start] == "、" or last.left.startswith(
            ("和", "及")
        )
        if judged is None or not judged.is_count or gap.count("，") > 1 or "；" in gap or is_one_of_two:
            return None
        is_known = judged.verdict is Verdict.VERIFIED and not last.about_prior and last.whole is None
        return judged.reading if is_known else None
    is_none = _NONE_CAME.search(text[: found.start()]) is not None
    return reading_of(edition, "applications", ("received",), "total") if is_none else None


def judge_from_to(judge: Judge, sentence: Sentence) -> None:
    """由12件降至16件: both figures are right, the way is not."""
    for then, now in pairwise(sentence.items):
        text = sentence.passage.text[then.number.end : now.number.start]
        way = CHANGES_TO.fullmatch(text)
        both = [judge.judged.get(id(item)) for item in (then, now)]
        told = [judged for judged in both if judged is not None and judged.verdict is Verdict.VERIFIED]
        if way is None or not states_prior(then, sentence) or len(told) != len(both):
            continue
        reading, value, before = told[1].reading, now.number.value, then.number.value
        down, up = _FELL.search(way[0]), _ROSE.search(way[0])
        if reading is not None and ((down and value > before) or (up and value < before)):
            _fail_direction(judge, sentence, then.number.end, now.number.start, reading, value, before)


def _fail_direction(
    judge: Judge, sentence: Sentence, at: int, end: int, reading: Reading, now: Decimal, then: Decimal
) -> None:
    passage = sentence.passage
    quote = passage.quote(at, end)
    given: dict[str, Given] = {
        "section": SECTION_WORDS[passage.section],
        "quote": quote,
        "stated": "",
        "said": judge.figures.words(reading),
        "true": f"{figure(now)}件、上年{figure(then)}件",
        "exact": change_words(now, then, as_share=True),
        "hint": "",
    }
    place = judge.place(passage, at)
    failed = Failed(
        "direction", reading.mark, None, now, given, place=place, section=passage.section, quote=quote
    )
    judge.answers.say("prose.growth", failed)


def pair_changes(sentence: Sentence) -> None:
    """新收12件、办结13件，较上年分别减少4件、3件: each change is of the number in its own place."""
    items = sentence.items
    for index, first in enumerate(items):
        if not first.is_change or "分别" not in first.left:
            continue
        run = [first]
        for other in items[index + 1 :]:
            if not _GOES_ON.fullmatch(other.left):
                break
            run.append(other)
        of = items[max(0, index - len(run)) : index]
        if len(run) > 1 and len(of) == len(run) and all(item.is_count for item in of):
            for change, item in zip(run, of, strict=True):
                change.is_change, change.compared = True, item
                if not _WAY.search(change.left):
                    change.left = first.left  # 分别减少4件、3件: the same way


def change_words(now: Decimal, then: Decimal, *, as_share: bool) -> str:
    """增长12.50%, 减少3件, 持平."""
    if now == then:
        return "持平"
    word = "增长" if now > then else "下降"
    if as_share and then:
        return f"{word}{percent(abs(now - then) / then)}%"
    return f"{'增加' if now > then else '减少'}{figure(abs(now - then))}件"


def _prior_cells(judge: Judge, reading: Reading) -> tuple[CellId, ...]:
    prior = judge.figures.prior
    if prior is None:
        return ()
    found = reading_of(prior.edition, reading.table, reading.rows, reading.column)
    return found.cells if found else reading.cells


def _all_of_its_cases(item: Item) -> Item:
    """诉讼38件，其中直接起诉22件、复议后起诉16件，较上年减少2件: of the 38."""
    whole = item.whole
    if whole is None or whole.kind not in ("review", "suit"):
        return item
    return whole if sum(part.number.value for part in whole.parts) == whole.number.value else item


def _whole_of(judge: Judge, item: Item, sentence: Sentence, subject: Reading) -> Reading | None:
    """其中自然人82件，同比下降25.45%: of those, though it may be meant of all."""
    place = sentence.items.index(item)
    part = sentence.items[place - 1] if place else None
    if part is None or part.whole is None or item.compared is not None:
        return None
    judged, whole = judge.judged.get(id(part)), judge.judged.get(id(part.whole))
    is_of_part = judged is not None and judged.reading == subject
    return whole.reading if is_of_part and whole is not None else None


def _subject(judge: Judge, item: Item, sentence: Sentence) -> Reading | None:
    """What grew: named beside the number, else the number before it."""
    edition = judge.figures.edition
    if item.compared is not None:
        judged = judge.judged.get(id(item.compared))
        return judged.reading if judged is not None and judged.verdict is Verdict.VERIFIED else None
    context = sentence.text + ("申请" if _AMOUNTS.search(item.left) else "")
    named = find_hits(item.left, item, judge.grammar, context)
    lead = max((hit for hit in named if hit.term.rows), key=lambda hit: hit.term.rank, default=None)
    is_ours = item.whose is Whose.REPORT
    applicants = [hit.term.column for hit in named if hit.term.kind == "applicant" and hit.term.column]
    if lead is not None and lead.term.table and is_ours and not applicants:
        return reading_of(edition, lead.term.table, lead.term.rows[0], lead.term.defaults[0])
    if applicants:
        column = applicants[0] if len(applicants) == 1 and is_ours else ""
        return reading_of(edition, "applications", ("received",), column)
    place = sentence.items.index(item)
    if item.left.startswith("案件"):  # 复议后起诉17件，……尚未审结2件，案件数比上年减少3件
        cases = [
            one for one in sentence.items[:place] if one.kind in ("review", "suit") and one.whole is None
        ]
        counted = judge.judged.get(id(cases[-1])) if len(cases) == 1 else None
        return counted.reading if counted is not None else None
    if item.left.startswith("前者") and place > 1:
        judged = judge.judged.get(id(sentence.items[place - 2]))  # 复议21件、诉讼12件，前者比上年增加5件
        return judged.reading if judged is not None and judged.is_count else None
    for last in reversed(sentence.items[:place]):
        other = _all_of_its_cases(last)
        if other.number.is_share or (other.about_prior and not other.readings):
            continue
        if other.why == OF_A_CHANNEL or (other.in_brackets and not item.in_brackets):
            continue  # 收到37件，32件为网络申请，较上年上升11件
        of_next = other.whole is not None and other.whole not in sentence.items and other.kind == "result"
        of_listed = other.kind in ("applicant", "result") and other is sentence.items[place - 1]
        if other.whose is not Whose.REPORT or (other.whole is not None and not of_next and not of_listed):
            return None
        judged = judge.judged.get(id(other))
        is_known = judged is not None and judged.verdict is not Verdict.UNVERIFIABLE
        return judged.reading if is_known and judged is not None else None
    before = sentence.passage.text[sentence.start : item.number.start]
    told = [other for other in sentence.earlier if other.kind != "flow"]
    told = [other for other in told if other.kind == "received"] or told
    if _OF_THE_LAST.match(before) and len(told) == 1 and told[0].whose is Whose.REPORT:
        judged = judge.judged.get(id(told[0]))  # 受理申请41件。与上年相比，减少8件
        return judged.reading if judged is not None and judged.is_count else None
    if _SUBJECT.search(before) and is_ours and "信息" not in item.left:
        return reading_of(edition, "applications", ("received",), "total")
    return None
