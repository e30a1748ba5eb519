"""Bound formulas of the rule book as Excel formulas.

Only functions that Excel 2010, WPS and LibreOffice share. A figure is known where a number stands in its
cell, or nothing at all while 其余空格均为0 is declared; text is no number. Three-valued like
`workbook.rules.binding.evaluate`: what rests on an unknown figure is unknown unless the rest decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from workbook.form.anchors import ZERO_DECLARED, cover_name
from workbook.form.edition import CellId, ValueKind
from workbook.form.values import figure
from workbook.rules.binding import (
    Bound,
    BoundAbsolute,
    BoundArithmetic,
    BoundComparison,
    BoundDenial,
    BoundJunction,
    BoundMembership,
    Cells,
    Context,
)
from workbook.rules.evaluate import Unknown, Value, evaluate
from workbook.rules.expression import Number
from workbook.template.standing import Standings
from workbook.template.tables import Layout

ZERO = f'{cover_name("zero")}="{ZERO_DECLARED}"'
NOT_FILLED = "（数据未填齐）"
MAX_FORMULA = 8192
MAX_LITERAL = 255
DECIMALS = 6  # 万元 to the 分; below that is binary noise

Variant = tuple[Bound | None, tuple[str | Bound, ...]]


class NotLive(ValueError):
    """A formula that cannot be said in a worksheet: it needs what no cell of the book holds."""


@dataclass(frozen=True)
class Addresses:
    """Where figures stand, seen from a sheet; `formulas` are totals that are computed, never just blank."""

    layout: Layout
    formulas: frozenset[CellId]
    home: str | None = None
    prior: Mapping[CellId, Decimal] = field(default_factory=dict)

    def ranges(self, cells: Sequence[CellId]) -> list[str]:
        """A1 ranges that hold exactly these cells."""
        return self.layout.ranges(cells, self.home)

    def kind(self, cell: CellId) -> ValueKind:
        """What may stand in a cell."""
        return self.layout.edition.kind(cell)


def known(cells: Sequence[CellId], addresses: Addresses) -> str:
    """The condition that every one of these figures is known."""
    unique = list(dict.fromkeys(cells))
    count = f"COUNT({','.join(addresses.ranges(unique))})"
    typed = [cell for cell in unique if cell not in addresses.formulas]
    if typed:
        blanks = "+".join(f"COUNTBLANK({area})" for area in addresses.ranges(typed))
        count += f"+IF({ZERO},{blanks},0)"
    return f"{count}={len(unique)}"


def total_formula(parts: Sequence[CellId], addresses: Addresses) -> str:
    """A total: the sum once every part is a number or zeros are declared, nothing before.

    `workbook.form.recalculate` knows this shape and evaluates it again when a form is read.
    """
    areas = ",".join(addresses.ranges(parts))
    return f'IF(OR(COUNT({areas})={len(parts)},{ZERO}),SUM({areas}),"")'


def number(node: Bound, addresses: Addresses) -> str:
    """A numeric formula, right where everything it reads is known. Raises NotLive."""
    match node:
        case Number(constant):
            return figure(constant)
        case Cells(cells, prior=False):
            return f"SUM({','.join(addresses.ranges(cells))})"
        case Cells(cells, prior=True):
            return figure(sum((addresses.prior.get(cell, Decimal(0)) for cell in cells), Decimal(0)))
        case Context("year"):
            return cover_name("year")
        case BoundArithmetic(operator, left, right):
            second = number(right, addresses)
            if isinstance(right, BoundArithmetic) and operator != "+":
                second = f"({second})"
            first = number(left, addresses)
            if operator in "*/" and isinstance(left, BoundArithmetic) and left.operator in "+-":
                first = f"({first})"
            if operator in "*/" and isinstance(right, BoundArithmetic) and not second.startswith("("):
                second = f"({second})"
            return f"{first}{operator}{second}"
        case BoundAbsolute(inner):
            return f"ABS({number(inner, addresses)})"
        case _:
            raise NotLive(f"no number: {node}")


def settled(node: Bound, addresses: Addresses) -> str | None:
    """The condition that a numeric formula can be computed; None where nothing can be missing."""
    cells = [
        cell for part in _leaves(node) if isinstance(part, Cells) and not part.prior for cell in part.cells
    ]
    conditions = [known(cells, addresses)] if cells else []
    for part in _leaves(node):
        if isinstance(part, Cells) and part.prior and any(c not in addresses.prior for c in part.cells):
            return "FALSE"
        if isinstance(part, Context):
            conditions.append(f"ISNUMBER({number(part, addresses)})")
    conditions.extend(f"{number(divisor, addresses)}<>0" for divisor in _divisors(node))
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else f"AND({','.join(conditions)})"


def holds(node: Bound, addresses: Addresses, wanted: bool = True) -> str:
    """The condition that a logical formula is certainly true (or certainly false). Raises NotLive."""
    match node:
        case BoundComparison(operator, left, right):
            difference = BoundArithmetic("-", left, right)
            sign = {"!=": "<>"}.get(operator, operator)
            test = f"ROUND({number(difference, addresses)},{DECIMALS}){sign}0"
            if not wanted:
                test = f"NOT({test})"
            ready = settled(difference, addresses)
            return test if ready is None else f"IF({ready},{test},FALSE)"
        case BoundJunction(operator, parts):
            word = "AND" if (operator == "and") is wanted else "OR"
            return f"{word}({','.join(holds(part, addresses, wanted) for part in parts)})"
        case BoundDenial(inner):
            return holds(inner, addresses, not wanted)
        case _:
            raise NotLive(f"no condition: {node}")


def verdict_formula(node: Bound, addresses: Addresses, words: tuple[str, str, str]) -> str:
    """A logical formula as one of three words: holds, fails, open."""
    true, false, unknown = words
    return f'IF({holds(node, addresses)},"{true}",IF({holds(node, addresses, False)},"{false}","{unknown}"))'


def _leaves(node: Bound) -> Iterator[Bound]:
    match node:
        case BoundArithmetic(_, left, right) | BoundComparison(_, left, right):
            yield from _leaves(left)
            yield from _leaves(right)
        case BoundAbsolute(inner) | BoundDenial(inner) | BoundMembership(inner, _):
            yield from _leaves(inner)
        case BoundJunction(_, parts):
            for part in parts:
                yield from _leaves(part)
        case _:
            yield node


def _divisors(node: Bound) -> Iterator[Bound]:
    match node:
        case BoundArithmetic(operator, left, right):
            if operator == "/":
                yield right
            yield from _divisors(left)
            yield from _divisors(right)
        case BoundAbsolute(inner):
            yield from _divisors(inner)
        case BoundJunction(_, parts):
            for part in parts:
                yield from _divisors(part)
        case _:
            return


def literal(text: str) -> str:
    """A text as formulas write it, in pieces that Excel accepts."""
    pieces = [text[start : start + MAX_LITERAL] for start in range(0, len(text), MAX_LITERAL)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def number_text(formula: str) -> str:
    """A number as a report prints it: whole without a point (TEXT with "0.######" would leave "5.")."""
    rounded = f"ROUND({formula},{DECIMALS})"
    return f'IF({rounded}=INT({rounded}),TEXT({rounded},"0"),TEXT({rounded},"0.######"))'


def piece_text(node: Bound, addresses: Addresses) -> str:
    """A figure inside a sentence: counts whole, quotients with two decimals, amounts as long as they are."""
    formula = number(node, addresses)
    if any(True for _ in _divisors(node)):
        return f'TEXT({formula},"0.00")'
    leaves = [cell for part in _leaves(node) if isinstance(part, Cells) for cell in part.cells]
    if any(addresses.kind(cell) is ValueKind.AMOUNT for cell in leaves if cell in addresses.layout.cells):
        return number_text(formula)
    return f'TEXT({formula},"0")'


def text_formula(variants: Sequence[Variant], addresses: Addresses) -> str:
    """One sentence: the first variant whose condition holds; （数据未填齐） where that cannot be told.

    Raises NotLive where the formula would be longer than Excel takes.
    """
    formula = _sentence(list(variants), addresses)
    if len(formula) + 1 > MAX_FORMULA:
        raise NotLive(f"{len(formula)} characters, Excel takes {MAX_FORMULA}")
    return formula


def _sentence(variants: list[Variant], addresses: Addresses) -> str:
    if not variants:
        return literal("")
    condition, pieces = variants[0]
    figures = [piece for piece in pieces if not isinstance(piece, str)]
    text = "&".join(
        literal(piece) if isinstance(piece, str) else piece_text(piece, addresses) for piece in pieces
    ) or literal("")
    ready = settled(BoundJunction("and", tuple(figures)), addresses) if figures else None
    if ready is not None:
        text = f"IF({ready},{text},{literal(NOT_FILLED)})"
    if condition is None:
        return text
    rest = _sentence(variants[1:], addresses)
    if isinstance(condition, BoundComparison):
        difference = BoundArithmetic("-", condition.left, condition.right)
        test = f"ROUND({number(difference, addresses)},{DECIMALS})"
        test += f"{'<>' if condition.operator == '!=' else condition.operator}0"
        chosen = f"IF({test},{text},{rest})"
        ready = settled(difference, addresses)
        return chosen if ready is None else f"IF({ready},{chosen},{literal(NOT_FILLED)})"
    return (
        f"IF({holds(condition, addresses)},{text},"
        f"IF({holds(condition, addresses, False)},{rest},{literal(NOT_FILLED)}))"
    )


def sentence_value(
    variants: Sequence[Variant],
    standings: Standings,
    prior: Mapping[CellId, Decimal],
    year: int | None,
) -> str:
    """What `text_formula` gives on the figures of the book as written."""

    def read(cell: CellId, is_prior: bool) -> Decimal | Unknown:
        if is_prior:
            return prior[cell] if cell in prior else Unknown("无上年年报")
        return standings.figure(cell)

    context: dict[str, Value] = {"year": Decimal(year)} if year is not None else {}
    for condition, pieces in variants:
        verdict = True if condition is None else evaluate(condition, read, context)
        if isinstance(verdict, Unknown):
            return NOT_FILLED
        if not verdict:
            continue
        words: list[str] = []
        for piece in pieces:
            value = piece if isinstance(piece, str) else evaluate(piece, read, context)
            if isinstance(value, Unknown):
                return NOT_FILLED
            words.append(value if isinstance(value, str) else _shown(piece, value))
        return "".join(words)
    return ""


def _shown(piece: str | Bound, value: Value) -> str:
    if not isinstance(value, Decimal):
        raise NotLive(f"no figure: {piece}")
    if not isinstance(piece, str) and any(True for _ in _divisors(piece)):
        return str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))
    return figure(round(value, DECIMALS))
