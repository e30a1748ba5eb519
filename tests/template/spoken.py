"""Live sentences of the tests' own: quotients, amounts, negations, last year's figures, long texts."""

from __future__ import annotations

from dataclasses import dataclass

from workbook.form.edition import Edition
from workbook.rules.binding import Bound, Scope, bind_node
from workbook.rules.expression import parse
from workbook.template.excel import Variant


@dataclass(frozen=True)
class Said:
    """A live sentence."""

    id: str
    section: str
    variants: tuple[Variant, ...]


def said_sentences(form: Edition) -> list[Said]:
    """The sentences, bound to an edition; formulas stand in braces."""

    def bound(source: str) -> Bound:
        return bind_node(parse(source), Scope(form, form, None, "report", "", {}))

    def variant(when: str | None, *pieces: str) -> Variant:
        return (
            bound(when) if when else None,
            tuple(bound(piece[1:-1]) if piece.startswith("{") else piece for piece in pieces),
        )

    received, granted = "applications.received[total]", "applications.dispositions.granted[total]"
    before = "applications.brought_forward[total]"
    wordings = {
        "share": [
            variant(f"{received} = 0", "“未收到”申请。"),
            variant(None, '予以"公开"占', f"{{100 * {granted} / {received}}}", "%，" + "另有说明" * 80),
        ],
        "nested": [variant(None, "差", f"{{{received} - ({before} - abs({granted} - {before})) * 2}}", "件")],
        "either": [
            variant(f"{received} = 0 or {before} <= 2", "少"),
            variant(f"not ({received} > prev.{received} and {before} >= 0)", "上年", f"{{prev.{received}}}"),
            variant(f"{before} != {received}", "多"),
        ],
        "amount": [
            variant(
                None,
                "共",
                "{proactive.fees[amount] + 0.5}" if form.id == "2021" else "{proactive.procurement[amount]}",
            )
        ],
        "silent": [variant(f"{received} < 0", "从不")],
    }
    return [Said(name, "overview", tuple(variants)) for name, variants in wordings.items()]
