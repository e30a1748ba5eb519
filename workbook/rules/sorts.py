"""Whether a formula makes sense before any figure is known: numbers are added, truths joined, words compared.

Found when the rule book is loaded, so that no slip of an author's shows only on some clerk's report.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from workbook.rules.expression import (
    Absolute,
    Arithmetic,
    Comparison,
    Denial,
    Junction,
    Membership,
    Name,
    Node,
    Number,
    Text,
)

Sort: TypeAlias = Literal["number", "truth", "word"]

_WORDS = frozenset({"organ.level", "scope"})
_TRUTHS = frozenset({"organ.may_make_rules", "organ.temporary"})


class WrongSort(ValueError):
    """A part of a formula that is not of the sort its place asks for."""


def require(node: Node, wanted: Sort) -> None:
    """Raise WrongSort unless the formula gives what is wanted."""
    found = sort_of(node)
    if found != wanted:
        raise WrongSort(f"gives a {found} where a {wanted} is needed")


def sort_of(node: Node) -> Sort:
    """What a formula gives. Raises WrongSort where its parts do not fit together."""
    match node:
        case Number():
            return "number"
        case Text():
            return "word"
        case Name(path, column, _):
            if column is None and path in _WORDS:
                return "word"
            return "truth" if column is None and path in _TRUTHS else "number"
        case Arithmetic(_, left, right):
            require(left, "number")
            require(right, "number")
            return "number"
        case Absolute(inner):
            require(inner, "number")
            return "number"
        case Comparison(operator, left, right):
            if operator not in ("=", "!="):
                require(left, "number")
            elif sort_of(left) == "truth":
                raise WrongSort("compares a truth; say it, or deny it with not")
            require(right, sort_of(left))
            return "truth"
        case Membership(inner, _):
            require(inner, "word")
            return "truth"
        case Denial(inner):
            require(inner, "truth")
            return "truth"
        case Junction(_, parts):
            for part in parts:
                require(part, "truth")
            return "truth"
