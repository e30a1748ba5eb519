"""The small language of the rule book: arithmetic and comparison over the form's own names.

Grammar (nothing else is accepted; there is no `eval`):

    either    = both { "or" both }
    both      = denial { "and" denial }
    denial    = [ "not" ] comparison
    comparison= sum [ ("=" | "!=" | "<" | "<=" | ">" | ">=") sum | "in" "(" texts ")" ]
    sum       = product { ("+" | "-") product }
    product   = factor { ("*" | "/") factor }
    factor    = number | 'text' | name [ "[" column "]" ] | abs "(" sum ")" | "(" either ")" | "-" factor

A name is a row or column of the form (`dispositions.total`, `applications.received[total]`), the same
with `prev.` for last year's report, `this` for the cell at hand, or a word of the context
(`organ.level`, `limit.share`). A group means the sum of its lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


class SyntaxProblem(ValueError):
    """A formula that is not of the grammar; says at which character."""


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted word, for comparison with words of the context."""

    value: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name not yet resolved: `prev.` split off, `column` from the brackets."""

    path: str
    column: str | None
    prior: bool


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """left ∘ right with one of + - * /."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Absolute:
    """abs(inner)."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Comparison:
    """left ∘ right with one of = != < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Membership:
    """A word of the context in a list of words."""

    inner: Node
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """`and` / `or` over two or more parts."""

    operator: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Denial:
    """`not` inner."""

    inner: Node


Node: TypeAlias = Number | Text | Name | Arithmetic | Absolute | Comparison | Membership | Junction | Denial

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^']*')|(?P<name>[a-z_]+(?:\.[a-z_]+)*)"
    r"|(?P<sign>!=|<=|>=|[=<>+\-*/()\[\],]))"
)
_KEYWORDS = frozenset({"and", "or", "not", "in", "abs"})


def parse(source: str) -> Node:
    """The tree of a formula. Raises SyntaxProblem naming the character."""
    parser = _Parser(source)
    node = parser.either()
    parser.expect_end()
    return node


def names(node: Node) -> Iterator[Name]:
    """Every name in a formula, left to right."""
    match node:
        case Name():
            yield node
        case Arithmetic(_, left, right) | Comparison(_, left, right):
            yield from names(left)
            yield from names(right)
        case Absolute(inner) | Denial(inner) | Membership(inner, _):
            yield from names(inner)
        case Junction(_, parts):
            for part in parts:
                yield from names(part)
        case Number() | Text():
            pass


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens: list[tuple[str, str, int]] = []
        position = 0
        end = len(source.rstrip())
        while position < end:
            match = _TOKEN.match(source, position)
            if not match or match.lastgroup is None:
                position = end - len(source[position:end].lstrip())
                raise SyntaxProblem(f"character {position + 1} of {source!r} cannot be read")
            kind, text = match.lastgroup, match[match.lastgroup]
            if kind == "name" and text in _KEYWORDS:
                kind = "sign"
            self.tokens.append((kind, text, match.start(match.lastgroup)))
            position = match.end()
        self.at = 0

    def peek(self) -> str:
        return (
            self.tokens[self.at][1]
            if self.at < len(self.tokens) and self.tokens[self.at][0] == "sign"
            else ""
        )

    def take(self, *signs: str) -> str:
        if self.peek() in signs and self.at < len(self.tokens):
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            self.fail(f"expected {sign!r}")

    def expect_end(self) -> None:
        if self.at < len(self.tokens):
            self.fail("expected the end")

    def fail(self, why: str) -> None:
        place = self.tokens[self.at][2] + 1 if self.at < len(self.tokens) else len(self.source) + 1
        raise SyntaxProblem(f"{why} at character {place} of {self.source!r}")

    def either(self) -> Node:
        return self._junction("or", self.both)

    def both(self) -> Node:
        return self._junction("and", self.denial)

    def _junction(self, word: str, inner: Callable[[], Node]) -> Node:
        parts = [inner()]
        while self.take(word):
            parts.append(inner())
        return parts[0] if len(parts) == 1 else Junction(word, tuple(parts))

    def denial(self) -> Node:
        return Denial(self.denial()) if self.take("not") else self.comparison()

    def comparison(self) -> Node:
        left = self.sum()
        if operator := self.take("=", "!=", "<=", ">=", "<", ">"):
            return Comparison(operator, left, self.sum())
        if self.take("in"):
            self.expect("(")
            words = [self._word()]
            while self.take(","):
                words.append(self._word())
            self.expect(")")
            return Membership(left, tuple(words))
        return left

    def _word(self) -> str:
        kind, text, _ = self.tokens[self.at] if self.at < len(self.tokens) else ("", "", 0)
        if kind != "text":
            self.fail("expected a quoted word")
        self.at += 1
        return text[1:-1]

    def sum(self) -> Node:
        node = self.product()
        while operator := self.take("+", "-"):
            node = Arithmetic(operator, node, self.product())
        return node

    def product(self) -> Node:
        node = self.factor()
        while operator := self.take("*", "/"):
            node = Arithmetic(operator, node, self.factor())
        return node

    def factor(self) -> Node:
        if self.take("("):
            node = self.either()
            self.expect(")")
            return node
        if self.take("abs"):
            self.expect("(")
            node = self.sum()
            self.expect(")")
            return Absolute(node)
        if self.take("-"):
            return Arithmetic("-", Number(Decimal(0)), self.factor())
        if self.at >= len(self.tokens) or self.tokens[self.at][0] == "sign":
            self.fail("expected a name or a number")
        kind, text, _ = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return Number(Decimal(text))
        if kind == "text":
            return Text(text[1:-1])
        return self._name(text)

    def _name(self, path: str) -> Name:
        column = None
        if self.take("["):
            kind, text, _ = self.tokens[self.at] if self.at < len(self.tokens) else ("", "", 0)
            if kind != "name":
                self.fail("expected a column")
            column = text
            self.at += 1
            self.expect("]")
        prior = path.startswith("prev.")
        return Name(path.removeprefix("prev."), column, prior)
