"""Shares: 占33.9%, 公开率45.95%, 合计占45.1% – NAR-05."""

from __future__ import annotations

import re
from decimal import Decimal

from workbook.form.values import figure
from workbook.prose.hits import find_hits
from workbook.prose.judging import SECTION_WORDS, Judge, Judged, wholes
from workbook.prose.numbers import percent, share_fits
from workbook.prose.sentence import Item, Sentence, Whose
from workbook.prose.standing import DECIDED, Reading, reading_of
from workbook.prose.whose import states_prior
from workbook.rules.findings import Given, Verdict
from workbook.rules.procedures import Passed

_TOGETHER = re.compile(r"[两二三四五]项|[两二三四五]者|合计|共计|累计|上述|以上|总和")
_HOW_MANY = re.compile(r"([两三四五])[项者类]")
_RATE = re.compile(r"公开(?:率|比例|比重|占比)")
_IN_TIME = re.compile("按时|按期|及时|到期|期限|限时")
_EACH_SHARE = re.compile("分别占|(?:占比|比例|比重)(?:分别|依次)")
_GOES_ON = re.compile("[、和及与，]|以及")
_DUE = re.compile("应(?:办|答复|处理)")
_FLOWS = {("brought_forward",), ("carried_forward",)}  # 上年结转2件；自然人占91.7%: of those that came
_ALL = 100  # 办结率100%: a claim, held against 结转下年度
_OF_NEW = re.compile(r"按(?:照)?(?:本年)?新收(?:申请)?(?:件数|数|量)?计算|新收(?:的)?申请(?:[中里]|人?以)")
_PARTS = ("result", "detail", "applicant", "outcome")


def judge_share(judge: Judge, item: Item, sentence: Sentence) -> Judged:
    """占 p %: of its own base; where it fits another, which."""
    figures = judge.figures
    numerator, stated = _numerator(judge, item, sentence)
    if numerator is None:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "表中没有所说的比例")
    if states_prior(item, sentence):
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "上年的比例，没有核对")
    if item.whose is Whose.NARROWER:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, item.why)
    allowed, others = _bases(judge, item, sentence, numerator)
    true = figures.of(numerator.cells)
    tops = [value for value in (stated, true) if value is not None]
    rounding: tuple[Reading, Decimal] | None = None
    shown: tuple[Reading, Decimal] | None = None
    for base in allowed:
        if base.cells == numerator.cells:
            continue
        bottom = figures.of(base.cells)
        if not bottom:
            continue
        for top in tops:
            exact = top / bottom * 100
            fits, near = share_fits(item.number, exact)
            if fits:
                judge.answers.say("prose.share", Passed())
                why = f"{figures.words(numerator)}占{figures.words(base)}"
                return judge.settle(item, sentence, Verdict.VERIFIED, why, numerator, base)
            if near and rounding is None:
                rounding = (base, exact)
        shown = shown or (base, (tops[-1] if tops else Decimal(0)) / bottom * 100)
    of_whole = _of_its_whole(judge, item, sentence, allowed) or _of_those_joined(judge, item, sentence)
    if of_whole is not None:
        return of_whole
    if shown is None:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, "作分母的数不明或为0", numerator)
    if item.whose is Whose.UNCLEAR:
        return judge.settle(item, sentence, Verdict.UNVERIFIABLE, item.why, numerator)
    base, exact = rounding or shown
    below = figures.of(base.cells) or Decimal(0)
    hint = "" if rounding else _other_base(judge, item, tops, others)
    given: dict[str, Given] = {
        "section": SECTION_WORDS[sentence.passage.section],
        "quote": sentence.quote(item),
        "stated": figure(item.number.value),
        "said": figures.words(numerator),
        "true": "",
        "base": f"{figures.words(numerator)}{figure(tops[-1])}、{figures.words(base)}{figure(below)}",
        "exact": percent(exact / 100),
        "hint": hint,
    }
    outcome = "rounding" if rounding else "differs"
    failed = judge.failure(outcome, sentence, item, given, numerator, item.number.value, None)
    judge.answers.say("prose.share", failed)
    verdict = Verdict.ROUNDING if rounding else Verdict.WRONG
    why = f"按{given['base']}计算应为{given['exact']}%。{hint}"
    judged = judge.settle(item, sentence, verdict, why, numerator, base)
    judged.failed = failed
    return judged


def _of_its_whole(judge: Judge, item: Item, sentence: Sentence, bases: list[Reading]) -> Judged | None:
    """无法提供337件，其中不掌握265件，没有现成72件，占41.86%: the share is of what they are parts of."""
    place = sentence.items.index(item)
    whole = sentence.items[place - 1].whole if place else None
    judged = judge.judged.get(id(whole))
    if whole is None or judged is None or judged.verdict is not Verdict.VERIFIED or judged.reading is None:
        return None
    for base in bases:
        bottom = judge.figures.of(base.cells)
        if not bottom or base.cells == judged.reading.cells:
            continue
        if share_fits(item.number, whole.number.value / bottom * 100)[0]:
            judge.answers.say("prose.share", Passed())
            why = f"{judge.figures.words(judged.reading)}占{judge.figures.words(base)}"
            return judge.settle(item, sentence, Verdict.VERIFIED, why, judged.reading, base)
    return None


def _of_those_joined(judge: Judge, item: Item, sentence: Sentence) -> Judged | None:
    """予以公开133件、部分公开51件，占办结总数的44.0%: of both."""
    place, text = sentence.items.index(item), sentence.passage.text
    run = sentence.items[:place]
    first = len(run) - 1
    while first > 0 and text[run[first - 1].number.end] == "、" and run[first].kind == run[first - 1].kind:
        first -= 1
    judged = [judge.judged.get(id(other)) for other in run[max(first, 0) :]]
    readings = [one.reading for one in judged if one is not None and one.verdict is Verdict.VERIFIED]
    known = [reading for reading in readings if reading is not None and reading.table == "applications"]
    if len(known) < 2 or len(known) != len(judged) or len({reading.column for reading in known}) != 1:
        return None
    rows = tuple(dict.fromkeys(row for reading in known for row in reading.rows))
    both = reading_of(judge.figures.edition, "applications", rows, known[0].column)
    if both is None:
        return None
    top = judge.figures.of(both.cells)
    for base in _bases(judge, item, sentence, both)[0]:
        bottom = judge.figures.of(base.cells)
        if top is not None and bottom and share_fits(item.number, top / bottom * 100)[0]:
            judge.answers.say("prose.share", Passed())
            why = f"{judge.figures.words(both)}占{judge.figures.words(base)}"
            return judge.settle(item, sentence, Verdict.VERIFIED, why, both, base)
    return None


def pair_shares(sentence: Sentence) -> None:
    """自然人41件、企业11件，分别占78.85%和21.15%: each share is of the number in its own place."""
    items = sentence.items
    for index, first in enumerate(items):
        if not first.number.is_share or not _EACH_SHARE.search(first.left):
            continue
        run = [first]
        for other in items[index + 1 :]:
            if not other.number.is_share or not _GOES_ON.fullmatch(other.left):
                break
            run.append(other)
        of = items[max(0, index - len(run)) : index]
        if len(run) > 1 and len(of) == len(run) and all(item.is_count for item in of):
            for share, item in zip(run, of, strict=True):
                share.compared, share.left = item, first.left


def _numerator(judge: Judge, item: Item, sentence: Sentence) -> tuple[Reading | None, Decimal | None]:
    """What is a share of something: the number before it, or the words beside it."""
    if item.compared is not None:
        paired = judge.judged.get(id(item.compared))
        return (paired.reading, item.compared.number.value) if paired is not None else (None, None)
    if judge.grammar.patterns["closing_rate"].search(item.left):
        return _closed(judge, item, sentence), None
    if _TOGETHER.search(item.left) and not _names_one(item):
        return _together(judge, item, sentence)
    if _RATE.search(item.left) and (both := _together(judge, item, sentence))[0] is not None:
        return both
    if _RATE.search(item.left) and "部分" in item.aside:
        rows = ("dispositions.granted", "dispositions.granted_in_part")
        return reading_of(judge.figures.edition, "applications", rows, "total"), None
    if len({hit.term.column for hit in item.hits if hit.term.kind == "applicant"}) > 1:
        return None, None  # 企业和法律服务机构申请占8.82%: of both together
    head = item.left.partition("占")[0]
    if "占" in item.left and head.endswith("类") and not any(hit.start < len(head) for hit in item.hits):
        return None, None  # 征地拆迁类占38%: of a topic
    if "分别" in item.left and len([hit for hit in item.hits if hit.term.kind == "result"]) > 1:
        return None, None  # 不予公开和不予处理分别占9.09%、4.55%
    bare = _in_brackets(sentence, item)
    bare = bare or _is_base(sentence, item)
    if not bare and not judge.grammar.patterns["share"].search(item.left + item.right):
        return None, None
    # 自然人申请占90%: the words before 占 are what is a share, those after it what it is a share of.
    if (
        item.readings
        and item.lead
        and item.lead.start < item.left.find("占") + len(item.left) * ("占" not in item.left)
    ):
        first = item.readings[0]
        if item.kind == "applicant" and item.whole is None and first.rows in _FLOWS:
            return reading_of(judge.figures.edition, "applications", ("received",), first.column), None
        return first, None
    if (outcome := _outcome_before(judge, item)) is not None:
        return outcome, None
    place = sentence.items.index(item)
    if _RATE.search(item.left) and (place == 0 or sentence.items[place - 1].kind != "result"):
        return None, None
    if place == 0:
        return None, None
    other = sentence.items[place - 1]
    if _is_base(sentence, item) and place > 1:  # 予以公开150件，占办结总数318件的47.17%
        other = sentence.items[place - 2]
        judged = judge.judged.get(id(other))
        return (judged.reading, other.number.value) if judged is not None and other.is_count else (None, None)
    if other.number.is_share or other.whose is Whose.NARROWER:
        return None, None
    if not other.readings and _TOGETHER.search(other.left):
        return _together(judge, other, sentence)  # 予以公开63件，部分公开22件，两项合计85件，占54.1%
    between = sentence.passage.text[other.number.end : item.number.start]
    judged = judge.judged.get(id(other))
    named = [
        hit for hit in find_hits(between, item, judge.grammar, sentence.text) if hit.term.kind == "applicant"
    ]
    if named and judged is not None and judged.reading is not None:
        # 收到320件，申请人以自然人为主，占93.75%: those named in between are what is a share.
        column = named[0].term.column if len(named) == 1 else None
        if other.kind == "flow":  # 收到16件……结转下年度2件，申请人以自然人为主: of those that came
            return reading_of(judge.figures.edition, "applications", ("received",), column or ""), None
        found = (
            reading_of(judge.figures.edition, "applications", judged.reading.rows, column) if column else None
        )
        return found, None
    if judged is not None and judged.verdict is Verdict.UNVERIFIABLE and other.loose:
        return None, None  # 不予公开3条，占5%: of what, is not known
    if judged is None or judged.reading is None or "；" in between or "分别" in between or other.about_prior:
        return None, None
    return judged.reading, other.number.value


def _outcome_before(judge: Judge, item: Item) -> Reading | None:
    """维持的占复议案件总数的66.2%: how the cases ended, named before 占, of what stands behind it."""
    at = item.left.find("占")
    named = [hit for hit in item.hits if hit.term.kind == "outcome" and hit.start < at]
    cases = [hit for hit in item.hits if hit.term.kind in ("review", "suit") and hit.start > at]
    if at < 0 or len(named) != 1 or len(cases) != 1:
        return None
    column = named[0].term.column or ""
    return reading_of(judge.figures.edition, "challenges", cases[0].term.rows[0], column)


def _names_one(item: Item) -> bool:
    """无法提供合计占23.81%: a group by its name, no sum of the numbers before."""
    return (
        len(item.readings) == 1
        and item.kind == "result"
        and item.lead is not None
        and item.lead.start < item.left.find("占")
    )


def _closed(judge: Judge, item: Item, sentence: Sentence) -> Reading | None:
    """收到7件，办结6件，办结率85.7%: of what there was to close; 按期办结率 is of something else."""
    told = [other for other in sentence.items if other.number.end <= item.number.start and other.is_count]
    judged = [judge.judged.get(id(other)) for other in told]
    is_told = any(
        one is not None and one.verdict is Verdict.VERIFIED and one.item.kind == "closed" for one in judged
    )
    if not is_told or _IN_TIME.search(item.left) or item.number.value == _ALL:
        return None
    return reading_of(judge.figures.edition, "applications", ("dispositions.total",), "total")


def _together(judge: Judge, item: Item, sentence: Sentence) -> tuple[Reading | None, Decimal | None]:
    """予以公开68件、部分公开34件，合计占45.1%: of the results right before, all or as many as said."""
    place = sentence.items.index(item)
    before: list[Judged] = []
    for other in reversed(sentence.items[:place]):
        if other.number.is_share:
            continue
        judged = judge.judged.get(id(other))
        of_kind = other.kind in ("result", "detail") and (not before or other.kind == before[0].item.kind)
        if not of_kind or judged is None or judged.reading is None:
            break
        before.insert(0, judged)
    told = _HOW_MANY.search(item.left)
    wanted = "两三四五".index(told[1]) + 2 if told else len(before)
    readings = [judged.reading for judged in before[-wanted:] if judged.reading is not None]
    if wanted < 2 or len(readings) != wanted or len({reading.column for reading in readings}) != 1:
        return None, None
    rows = tuple(dict.fromkeys(row for reading in readings for row in reading.rows))
    found = reading_of(judge.figures.edition, "applications", rows, readings[0].column)
    return found, sum((judged.item.number.value for judged in before[-wanted:]), Decimal(0))


def _is_base(sentence: Sentence, item: Item) -> bool:
    """Whether the number right before is said to be the whole: 占……318件的."""
    place = sentence.items.index(item)
    if place == 0 or item.left != "的":
        return False
    other = sentence.items[place - 1]
    clause = sentence.passage.text[sentence.start : other.number.start].rpartition("，")[2]
    return "占" in other.left or (clause.endswith("（") and "占" in clause)  # 占办结总数（21件）的42.9%


def _in_brackets(sentence: Sentence, item: Item) -> bool:
    """予以公开150件（47.17%）: nothing but the share of one of several parts."""
    text, place = sentence.passage.text, sentence.items.index(item)
    other = sentence.items[place - 1] if place else None
    if other is None or other.kind not in _PARTS or text[item.number.end : item.number.end + 1] != "）":
        return False
    return text[other.number.end : item.number.start] == "（"


def _bases(
    judge: Judge, item: Item, sentence: Sentence, numerator: Reading
) -> tuple[list[Reading], list[Reading]]:
    """The wholes a share may be of, and others worth trying for the hint."""
    figures, edition = judge.figures, judge.figures.edition
    common = wholes(figures)
    received, closed = common["received"], common["closed"]
    place = sentence.items.index(item)
    other = sentence.items[place - 1] if place else None
    named: list[Reading] = []
    if _is_base(sentence, item):
        judged = judge.judged.get(id(other))
        return [
            judged.reading
        ] if judged is not None and judged.reading is not None else [], received + closed
    if judge.grammar.patterns["closing_rate"].search(item.left):
        is_told = any(_DUE.search(other.left) for other in sentence.items if other.readings)
        return received[::-1][: 1 if is_told else None], closed  # 应办29件，办结27件，办结率93.1%
    kinds = [
        hit for hit in item.hits if hit.term.kind == "applicant" and hit.start > item.left.find("占") >= 0
    ]
    if len(kinds) == 1:  # 其中企业14件，占法人或其他组织申请的63.6%
        of_kind = reading_of(edition, "applications", ("received",), kinds[0].term.column or "")
        return [of_kind] if of_kind is not None else [], received + closed
    named_group = _named_group(judge, item, sentence)
    if named_group is not None:
        return [named_group], received + closed
    if judge.grammar.patterns["base_handled"].search(item.left):
        named = received
    elif judge.grammar.patterns["base_closed"].search(item.left):
        named = closed
    elif judge.grammar.patterns["base_received"].search(item.left):
        is_new = "新收" in item.left or "结转" not in sentence.text
        named = received[:1] if is_new else received
    elif _OF_NEW.search(sentence.text):
        named = received[:1]
    own: list[Reading] = []
    if numerator.table == "challenges":
        total = reading_of(edition, "challenges", numerator.rows, "total")
        # 占全部行政复议案件的17%: the form has no whole that all cases on disclosure are a part of.
        own = [total] if total and total.cells != numerator.cells else []
        cases = judge.judged.get(id(other.whole)) if other is not None else None
        if cases is not None and cases.reading is not None and cases.reading.column == DECIDED:
            own = [cases.reading]  # 已审结44件，其中维持31件，维持率70.5%
        decided = reading_of(edition, "challenges", numerator.rows, DECIDED)
        if decided is not None and any(decided in one.readings for one in sentence.items):
            own = [*own, decided]  # 已审结的21件中维持13件，维持率61.9%
        return own, received + closed
    if numerator.table != "applications":
        return [], []
    if named:
        own = named
    elif numerator.column not in ("total",):
        counted = _counted_whole(judge, item, sentence)
        if counted is not None:
            return [counted], received + closed
        own = [r for r in (reading_of(edition, "applications", numerator.rows, "total"),) if r]
        own += received
    else:
        own = list(closed)
        group = numerator.rows[0].rpartition(".")[0]
        if group.count(".") and len(numerator.rows) == 1:
            own += [r for r in (reading_of(edition, "applications", (group,), "total"),) if r]
    whole = other.whole if other is not None else None
    judged = judge.judged.get(id(whole)) if whole is not None else None
    if judged is not None and judged.reading is not None and not named:
        own = [judged.reading, *own]
    others = [base for base in (*received, *closed, *common["brought"]) if base not in own]
    return list(dict.fromkeys(own)), others


def _named_group(judge: Judge, item: Item, sentence: Sentence) -> Reading | None:
    """占全部不予公开的19.8%: the whole is a group of results by its name."""
    _, _, said = item.left.rpartition("占")
    hits = [
        hit
        for hit in find_hits(said, item, judge.grammar, sentence.text)
        if hit.term.kind == "result" and said.endswith("的")
    ]
    if len(hits) != 1:
        return None
    return reading_of(judge.figures.edition, "applications", hits[0].term.rows[0], "total")


def _counted_whole(judge: Judge, item: Item, sentence: Sentence) -> Reading | None:
    """新收38件，其中自然人33件，占…; 新收的38件申请中，个人占…: what the applicants are a part of."""
    earlier = [other for other in sentence.items[: sentence.items.index(item)] if other.is_count]
    if not earlier:
        return None
    whole = earlier[-1]
    if whole.kind == "applicant" and whole.whole is not None:
        whole = whole.whole
    elif not whole.right.endswith("中"):
        return None
    judged = judge.judged.get(id(whole))
    is_whole = whole.kind == "received" and judged is not None and judged.verdict is Verdict.VERIFIED
    return judged.reading if is_whole and judged is not None else None


def _other_base(judge: Judge, item: Item, tops: list[Decimal], others: list[Reading]) -> str:
    for base in others:
        bottom = judge.figures.of(base.cells)
        if bottom and any(share_fits(item.number, top / bottom * 100)[0] for top in tops):
            return f"{figure(item.number.value)}%是占{judge.figures.words(base)}的比例。"
    return ""
