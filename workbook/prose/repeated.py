"""Figures stated twice: NAR-20."""

from __future__ import annotations

from collections import defaultdict

from workbook.form.edition import CellId
from workbook.prose.judging import SECTION_WORDS, Judge, plain
from workbook.prose.sentence import Whose
from workbook.rules.findings import Given
from workbook.rules.procedures import Passed


def judge_repeated(judge: Judge) -> None:
    """A figure stated twice says the same both times."""
    said: dict[tuple[tuple[CellId, ...], str], list[int]] = defaultdict(list)
    for index, judged in enumerate(judge.order):
        item = judged.item
        if (
            judged.reading is None
            or not judged.is_count
            or item.loose
            or item.whose is not Whose.REPORT
            or not item.number.is_exact
            or item.about_prior
            or (item.lead and item.lead.term.at_most)
            or (
                len(item.readings) > 1
                and item.kind not in ("received", "closed", "flow", "result", "applicant")
            )
        ):
            continue
        # 收到 n 件 may count 上年结转 in, 新收 n 件 may not: alike only where neither number says it does.
        own = judge.figures.of(judged.reading.cells)
        fits_another = item.number.value in {judge.figures.of(one.cells) for one in item.readings} - {own}
        # 上述 n 件申请 must be a number told before.
        is_plain = len(item.readings) == 1 or (
            item.kind in ("received", "flow", "applicant") and not fits_another
        )
        term = "" if is_plain or item.lead is None else item.lead.term.id
        said[judged.reading.cells, term].append(index)
    for indices in said.values():
        if len(indices) < 2:
            continue
        first = judge.order[indices[0]]
        others = [
            judge.order[i] for i in indices[1:] if judge.order[i].item.number.value != first.item.number.value
        ]
        if not others:
            judge.answers.say("prose.repeated", Passed())
            continue
        other = others[0]
        if first.reading is None:
            continue
        quote = other.sentence.quote(other.item)
        given: dict[str, Given] = {
            "section": SECTION_WORDS[other.sentence.passage.section],
            "quote": quote,
            "stated": plain(other.item.number),
            "said": judge.figures.words(first.reading),
            "found": f"“{first.sentence.quote(first.item)}”",
            "there": SECTION_WORDS[first.sentence.passage.section],
        }
        judge.answers.say(
            "prose.repeated",
            judge.failure(
                "differs",
                other.sentence,
                other.item,
                given,
                first.reading,
                other.item.number.value,
                judge.figures.of(first.reading.cells),
            ),
        )
