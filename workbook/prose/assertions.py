"""Claims without a number (未收到, 均获维持, 全部办结) against the tables."""

from __future__ import annotations

import re
from decimal import Decimal

from workbook.form.edition import CellId
from workbook.form.values import figure
from workbook.prose.claims import find_claims, number_before
from workbook.prose.grammar import Claim
from workbook.prose.judging import SECTION_WORDS, Judge
from workbook.prose.patterns import cells_of
from workbook.prose.sentence import Sentence, Whose
from workbook.prose.whose import probed
from workbook.rules.binding import BoundComparison
from workbook.rules.evaluate import Unknown, evaluate
from workbook.rules.findings import Given, Verdict
from workbook.rules.procedures import Failed, Open, Passed


def judge_claims(judge: Judge, sentence: Sentence, context: str) -> bool:
    """Hold every claim of a sentence against the tables; whether it made any."""
    found = find_claims(judge, sentence, context)
    for claim, match in found:
        whole = number_before(sentence, claim, match) if claim.of else None
        judged = judge.judged.get(id(whole))
        # 收到112件，均为自然人: of a number that is itself wrong, or another's, nothing more is said.
        if not claim.of or (judged is not None and judged.verdict is Verdict.VERIFIED):
            _judge_claim(judge, sentence, claim, match)
    return bool(found)


def _judge_claim(judge: Judge, sentence: Sentence, claim: Claim, match: re.Match[str]) -> None:
    figures, edition = judge.figures, judge.figures.edition
    bound = claim.bound(edition)
    if bound is None or not isinstance(bound, BoundComparison):
        return
    at = sentence.start + match.start()
    probe = probed(sentence, at, match[0], judge.grammar, figures.filing)
    if probe.whose is Whose.NARROWER or probe.about_prior or _is_of_anothers_cases(sentence, at, claim):
        return
    name = f"prose.{claim.rule}"

    def read(cell: CellId, prior: bool) -> Decimal | Unknown:
        value = figures.of((cell,), prior=prior)
        return value if value is not None else Unknown(figures.why((cell,), prior=prior))

    cells = tuple(cell for names in cells_of(bound.left) for cell in names.cells)
    mark = cells[0]
    verdict = evaluate(bound, read, {})
    if isinstance(verdict, Unknown):
        judge.answers.say(name, Open(verdict.why, mark))
        return
    if verdict:
        judge.answers.say(name, Passed())
        return
    if probe.whose is Whose.UNCLEAR or sentence.subject:
        return  # 区政府办公室收到8份……。无下年度结转: it may be the office's
    left, right = evaluate(bound.left, read, {}), evaluate(bound.right, read, {})
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return
    off = abs(left - right)
    quote = sentence.passage.quote(*_clause(sentence, match))
    given: dict[str, Given] = {
        "section": SECTION_WORDS[sentence.passage.section],
        "quote": quote,
        "stated": "0",
        "said": claim.says,
        "true": f"{figure(off)}件",
        "hint": "",
    }
    if claim.rule == "outcomes" and claim.outcome == "upheld":
        given["true"] = f"{figure(off)}件{_not_upheld(judge, mark)}"
    judge.answers.say(
        name,
        Failed(
            claim.outcome,
            mark,
            right,
            left,
            given,
            cells=cells,
            place=judge.place(sentence.passage, at),
            section=sentence.passage.section,
            quote=quote,
            stated=Decimal(0) if isinstance(right, Decimal) and not right else None,
        ),
    )


def _is_of_anothers_cases(sentence: Sentence, at: int, claim: Claim) -> bool:
    """涉及区政府本级的行政复议5件，均为维持: of the numbers before it, which are not the report's."""
    before = [item for item in sentence.items if item.number.end <= at and item.kind in ("review", "suit")]
    return claim.rule == "outcomes" and bool(before) and before[-1].whose is not Whose.REPORT


def _not_upheld(judge: Judge, mark: CellId) -> str:
    """（尚未审结1件）: what the cases that were not upheld are."""
    edition = judge.figures.edition
    rows = (
        edition.by_id["challenges"]
        .rows["litigation" if mark.row.startswith("litigation") else mark.row]
        .leaves
    )
    said = []
    for column in ("corrected", "other", "pending"):
        cells = [CellId("challenges", row.id, column) for row in rows]
        value = judge.figures.of(cells)
        if value:
            said.append(f"{edition.by_id['challenges'].columns[column].short}{figure(value)}件")
    return f"（{'、'.join(said)}）" if said else ""


def _clause(sentence: Sentence, match: re.Match[str]) -> tuple[int, int]:
    text = sentence.text
    start = max(text.rfind(sign, 0, match.start()) for sign in "，；。：\n") + 1
    end = min((place for sign in "，；。" if (place := text.find(sign, match.end())) >= 0), default=len(text))
    if match.start() - start < 2 and start > 1:
        earlier = max(text.rfind(sign, 0, start - 1) for sign in "，；。：\n") + 1
        if start - earlier < 40:
            start = earlier
    return sentence.start + start, sentence.start + end
