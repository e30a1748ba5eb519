"""From the names of a formula to the cells of an edition, and from figures to a verdict.

Three-valued throughout: a blank figure makes what stands on it unknown, unless the other side of an
`and`/`or` already decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias

from workbook.form.edition import CellId, Edition
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


class UnknownName(ValueError):
    """A name that the edition does not print and the context does not know."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One printed cell or the cells of a group, of this year's report or last year's."""

    cells: tuple[CellId, ...]
    prior: bool
    label: str  # the row or column named, for the list of addends in a message


@dataclass(frozen=True, slots=True)
class Context:
    """A word about the report: organ.level, organ.may_make_rules, year, left, right …"""

    path: str


@dataclass(frozen=True, slots=True)
class BoundArithmetic:
    """left ∘ right."""

    operator: str
    left: Bound
    right: Bound


@dataclass(frozen=True, slots=True)
class BoundComparison:
    """left ∘ right."""

    operator: str
    left: Bound
    right: Bound


@dataclass(frozen=True, slots=True)
class BoundMembership:
    """inner in words."""

    inner: Bound
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoundJunction:
    """and / or."""

    operator: str
    parts: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class BoundDenial:
    """not."""

    inner: Bound


@dataclass(frozen=True, slots=True)
class BoundAbsolute:
    """abs."""

    inner: Bound


Bound: TypeAlias = (
    Number
    | Text
    | Cells
    | Context
    | BoundArithmetic
    | BoundComparison
    | BoundMembership
    | BoundJunction
    | BoundDenial
    | BoundAbsolute
)

CONTEXT_WORDS = frozenset(
    {"organ.level", "organ.may_make_rules", "organ.temporary", "year", "scope", "left", "right"}
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a name in a test is read against."""

    edition: Edition
    prior: Edition
    table: str | None
    each: str
    index: str
    limits: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Application:
    """One formula bound to its cells: one rule on one row, column, cell or report.

    `conditions` and `placeholders` stand outcome by outcome; `reads` are this year's cells, `reads_prior`
    last year's.
    """

    test: int
    index: str
    formula: Bound
    mark: CellId
    reads: tuple[CellId, ...]
    reads_prior: tuple[CellId, ...]
    conditions: tuple[Bound | None, ...] = ()
    placeholders: tuple[tuple[tuple[str, Bound], ...], ...] = ()

    def with_outcomes(
        self,
        conditions: tuple[Bound | None, ...],
        placeholders: tuple[tuple[tuple[str, Bound], ...], ...],
    ) -> Application:
        """The same with the outcomes' conditions and the numbers their messages need."""
        return replace(self, conditions=conditions, placeholders=placeholders)

    @property
    def sides(self) -> tuple[Bound, Bound] | None:
        """Left and right of a comparison, None for any other formula."""
        return (self.formula.left, self.formula.right) if isinstance(self.formula, BoundComparison) else None

    @property
    def equality(self) -> dict[CellId, int] | None:
        """Coefficients of left − right for a plain equality of this year's sums, else None."""
        if not isinstance(self.formula, BoundComparison) or self.formula.operator != "=" or self.reads_prior:
            return None
        left, right = coefficients(self.formula.left), coefficients(self.formula.right)
        if left is None or right is None:
            return None
        total = dict(left)
        for cell, factor in right.items():
            total[cell] = total.get(cell, 0) - factor
        return {cell: factor for cell, factor in total.items() if factor}


def coefficients(node: Bound) -> dict[CellId, int] | None:
    """Cell → whole factor for a sum or difference of cells; None for anything else (constants included)."""
    match node:
        case Cells(cells, prior=False):
            return dict.fromkeys(cells, 1)
        case BoundArithmetic(operator, left, right) if operator in "+-":
            first, second = coefficients(left), coefficients(right)
            if first is None or second is None:
                return None
            total = dict(first)
            for cell, factor in second.items():
                total[cell] = total.get(cell, 0) + (factor if operator == "+" else -factor)
            return total
        case _:
            return None


def addends(node: Bound) -> Iterator[Bound]:
    """The terms of a sum, left to right (the node itself where it is no sum)."""
    if isinstance(node, BoundArithmetic) and node.operator == "+":
        yield from addends(node.left)
        yield from addends(node.right)
    else:
        yield node


def bind_application(test: int, formula: Node, mark: Name, scope: Scope) -> Application | None:
    """A formula on one row, column or cell; None where last year's form does not print what it compares."""
    bound = bind_node(formula, scope)
    target = _cells(mark, scope)
    if target is None or not target.cells:
        raise UnknownName(f"no cell {mark.path!r} to mark")
    reads: list[CellId] = []
    reads_prior: list[CellId] = []
    for cells in _every_cells(bound):
        if cells.prior and not cells.cells:
            return None
        (reads_prior if cells.prior else reads).extend(cells.cells)
    return Application(
        test=test,
        index=scope.index,
        formula=bound,
        mark=target.cells[-1],  # of a group its last line: 3.其他 for （六）其他处理
        reads=tuple(dict.fromkeys(reads)),
        reads_prior=tuple(dict.fromkeys(reads_prior)),
    )


def bind_node(node: Node, scope: Scope) -> Bound:
    """A parsed formula with every name resolved. Raises UnknownName."""
    match node:
        case Number() | Text():
            return node
        case Name():
            return _name(node, scope)
        case Arithmetic(operator, left, right):
            return BoundArithmetic(operator, bind_node(left, scope), bind_node(right, scope))
        case Comparison(operator, left, right):
            return BoundComparison(operator, bind_node(left, scope), bind_node(right, scope))
        case Membership(inner, words):
            return BoundMembership(bind_node(inner, scope), words)
        case Junction(operator, parts):
            return BoundJunction(operator, tuple(bind_node(part, scope) for part in parts))
        case Denial(inner):
            return BoundDenial(bind_node(inner, scope))
        case Absolute(inner):
            return BoundAbsolute(bind_node(inner, scope))


def _name(name: Name, scope: Scope) -> Bound:
    if name.column is None and not name.prior:
        if name.path in CONTEXT_WORDS:
            return Context(name.path)
        if name.path.startswith("limit."):
            limit = scope.limits.get(name.path.removeprefix("limit."))
            if limit is None:
                raise UnknownName(f"no limit {name.path!r}")
            return Number(limit)
    found = _cells(name, scope)
    if found is None:
        raise UnknownName(f"no cell {name.path}{f'[{name.column}]' if name.column else ''}")
    return found


def _cells(name: Name, scope: Scope) -> Cells | None:
    """The cells a name means: none where only last year's form lacks them, None if nobody prints them."""
    path, column = name.path, name.column
    if path == "this":
        if scope.each != "cell":
            return None
        head, _, rest = scope.index.partition("[")
        path, column = head, rest.rstrip("]")
    head, _, rest = path.partition(".")
    table_id, row = (head, rest) if head in scope.edition.by_id and rest else (scope.table or "", path)
    if column is None:
        if scope.each == "row":
            row, column = scope.index, row
        elif scope.each == "column":
            column = scope.index
        else:
            return None
    edition = scope.prior if name.prior else scope.edition
    table = edition.by_id.get(table_id)
    cells = table.resolve(row, column) if table else ()
    if not cells or table is None:
        return Cells((), True, "") if name.prior else None
    by_column = scope.each == "row" and name.column is None
    line = table.columns[column] if by_column else table.rows[row]
    return Cells(cells, name.prior, line.short)


def _every_cells(node: Bound) -> Iterator[Cells]:
    match node:
        case Cells():
            yield node
        case BoundArithmetic(_, left, right) | BoundComparison(_, left, right):
            yield from _every_cells(left)
            yield from _every_cells(right)
        case BoundMembership(inner, _) | BoundDenial(inner) | BoundAbsolute(inner):
            yield from _every_cells(inner)
        case BoundJunction(_, parts):
            for part in parts:
                yield from _every_cells(part)
        case Number() | Text() | Context():
            pass
