"""What a bound formula gives on one filing: a number, a word, true or false, or why it cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from workbook.form.edition import CellId
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
from workbook.rules.expression import Number, Text


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be told, and why."""

    why: str


Value: TypeAlias = Decimal | str | bool | Unknown
Lookup: TypeAlias = Callable[[CellId, bool], "Decimal | Unknown"]


def evaluate(node: Bound, figure: Lookup, context: Mapping[str, Value]) -> Value:
    """What a bound formula gives on a filing's figures (`figure(cell, prior)`)."""
    match node:
        case Number(number):
            return number
        case Text(text):
            return text
        case Context(path):
            return context.get(path, Unknown(f"不知道{path}"))
        case Cells(cells, prior):
            return _sum(cells, prior, figure)
        case BoundArithmetic(operator, left, right):
            return _arithmetic(operator, evaluate(left, figure, context), evaluate(right, figure, context))
        case BoundAbsolute(inner):
            value = evaluate(inner, figure, context)
            return abs(value) if isinstance(value, Decimal) else value
        case BoundComparison(operator, left, right):
            return _compare(operator, evaluate(left, figure, context), evaluate(right, figure, context))
        case BoundMembership(inner, words):
            value = evaluate(inner, figure, context)
            return value if isinstance(value, Unknown) else value in words
        case BoundDenial(inner):
            value = evaluate(inner, figure, context)
            return value if isinstance(value, Unknown) else not value
        case BoundJunction(operator, parts):
            decisive = operator == "or"
            unknown: Unknown | None = None
            for part in parts:
                value = evaluate(part, figure, context)
                if isinstance(value, Unknown):
                    unknown = unknown or value
                elif bool(value) is decisive:
                    return decisive
            return unknown or (not decisive)


def _sum(cells: tuple[CellId, ...], prior: bool, figure: Lookup) -> Decimal | Unknown:
    total = Decimal(0)
    for cell in cells:
        value = figure(cell, prior)
        if isinstance(value, Unknown):
            return value
        total += value
    return total


def _arithmetic(operator: str, left: Value, right: Value) -> Value:
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown):
        return right
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        raise TypeError("arithmetic on words")
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right if right else Unknown("除数为0")


def _compare(operator: str, left: Value, right: Value) -> Value:
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown):
        return right
    if operator in ("=", "!="):
        return (left == right) is (operator == "=")
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        raise TypeError("order among words")
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left >= right
