"""Which slip of the hand turns the right figure into the one that stands there.

The kinds are the interface's: digits (changed, dropped, added, swapped), sign, unit slip, a total typed in
a part's place and the other way round, a total not filled, last year's figure, a blank for zero. Recognising
a slip never makes a repair right; it makes one of several more believable.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from workbook.locate.elimination import Exact, size_of

WRONG_FIGURE = "wrong_figure"
SHIFTED = ("shifted_row", "shifted_column")  # several figures moved by one slip
# These fit two figures by chance more seldom than one figure of a row equals another.
_TELLING = ("digit_dropped", "digit_added", "digits_swapped")

_UNIT = 10_000
MEMORABLE = 10  # a figure below it equals another by chance too often to say anything


def typing_error(
    before: Exact | None,
    after: Exact,
    *,
    is_total: bool = False,
    wholes: Iterable[Exact] = (),
    parts: Iterable[Exact] = (),
    last_year: Exact | None = None,
    is_amount: bool = False,
) -> str:
    """The kind of slip that makes `before` (None: blank) of `after`; "wrong_figure" where none does.

    `wholes` are the totals this cell is a part of, `parts` what it is the total of, as they stand.
    """
    if is_total and not before and after:
        return "total_not_filled"
    if before is None:
        return WRONG_FIGURE if after else "blank_for_zero"
    if before == -after:
        return "sign" if after else WRONG_FIGURE
    if is_unit_slip(before, after, is_amount=is_amount):
        return "unit_slip"
    by_hand = digit_slip(before, after)
    if by_hand in _TELLING and max(size_of(before), size_of(after)) >= MEMORABLE:
        return by_hand
    if before and before in set(wholes):
        return "total_in_part"
    # Of two dozen parts some equal a small figure by chance.
    if before and before in set(parts) and (by_hand is None or before >= MEMORABLE):
        return "part_in_total"
    if before and before == last_year and (before >= MEMORABLE or by_hand is None):
        return "last_year_pasted"
    return by_hand or WRONG_FIGURE


def is_unit_slip(before: Exact, after: Exact, *, is_amount: bool) -> bool:
    """元 for 万元: ten thousand times too much, or too little; any power of ten for an amount."""
    if not before or not after:
        return False
    ratio = Fraction(before) / Fraction(after)
    if not is_amount:
        return ratio in (_UNIT, Fraction(1, _UNIT))
    large = max(ratio, Fraction(ratio.denominator, ratio.numerator))
    return large.denominator == 1 and str(large.numerator).rstrip("0") == "1"


def digit_slip(before: Exact, after: Exact) -> str | None:
    """Which slip among the digits makes `before` of `after`; a 0 is a figure left out, not a slip."""
    if not before or not after or (before < 0) != (after < 0):
        return None
    typed, right = _digits(before), _digits(after)
    if typed is None or right is None:
        return None
    number = int(typed)
    if any(int(right[:at] + right[at + 1 :] or "0") == number for at in range(len(right))):
        return "digit_dropped"
    if len(typed) == len(right) + 1 and any(
        typed[:at] + typed[at + 1 :] == right for at in range(len(typed))
    ):
        return "digit_added"
    if len(typed) != len(right):
        return None
    differing = [at for at in range(len(typed)) if typed[at] != right[at]]
    if len(differing) == 1:
        return "digit_changed"
    if len(differing) == 2 and differing[1] == differing[0] + 1:
        one, other = differing
        if typed[one] == right[other] and typed[other] == right[one]:
            return "digits_swapped"
    return None


def _digits(value: Exact) -> str | None:
    """The digits as typed, the point left out; None for a figure of more decimals than anybody types."""
    size = size_of(value)
    if isinstance(size, int):
        return str(size)
    text = format(Decimal(size.numerator) / Decimal(size.denominator), "f")
    return text.replace(".", "") if len(text) < 20 else None
