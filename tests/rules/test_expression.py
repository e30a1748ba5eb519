"""The rule book's small language: what it accepts, how it binds, and what it says where it cannot read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import steady
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
    SyntaxProblem,
    Text,
    names,
    parse,
)

A, B, C = (Name(word, None, False) for word in "abc")


@pytest.mark.parametrize(
    ("source", "node"),
    [
        ("1", Number(Decimal(1))),
        ("0.25", Number(Decimal("0.25"))),
        ("'county'", Text("county")),
        ("dispositions.total", Name("dispositions.total", None, False)),
        ("received[total]", Name("received", "total", False)),
        ("prev.carried_forward[total]", Name("carried_forward", "total", True)),
        ("prev.this", Name("this", None, True)),
        ("previous_items", Name("previous_items", None, False)),
        ("limit.share", Name("limit.share", None, False)),
        ("-a", Arithmetic("-", Number(Decimal(0)), A)),
        ("abs(a - b)", Absolute(Arithmetic("-", A, B))),
        ("a in ('x', 'y')", Membership(A, ("x", "y"))),
        ("not a = b", Denial(Comparison("=", A, B))),
        ("not not a", Denial(Denial(A))),
        (" a\n =b ", Comparison("=", A, B)),
    ],
)
def test_reads(source: str, node: Node) -> None:
    assert parse(source) == node


@pytest.mark.parametrize(
    ("source", "same"),
    [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b * c", "(a / b) * c"),
        ("-a + b", "(-a) + b"),
        ("-a * b", "(-a) * b"),
        ("a + b <= c * 2", "(a + b) <= (c * 2)"),
        ("a = 1 or b = 1 and c = 1", "a = 1 or (b = 1 and c = 1)"),
        ("not a = 1 and b = 1", "(not (a = 1)) and (b = 1)"),
        ("a - b = c", "(a - b) = c"),
    ],
)
def test_binds_as_in_school(source: str, same: str) -> None:
    assert parse(source) == parse(same)


@pytest.mark.parametrize(
    ("source", "character"),
    [
        ("", 1),
        ("a +", 4),
        ("a + + b", 5),
        ("a = b = c", 7),
        ("a < b < c", 7),
        ("(a", 3),
        ("a)", 2),
        ("a b", 3),
        ("a[", 3),
        ("a[1]", 3),
        ("a[in]", 3),
        ("a[b", 4),
        ("abs a", 5),
        ("a in (b)", 7),
        ("a in 'x'", 6),
        ("a in ('x'", 10),
        ("a or", 5),
        ("in", 1),
        ("Received", 1),
        ("a   $ b", 5),
        ("a = 'open", 5),
        ("a == b", 4),
        ("3a", 2),
        ("a..b", 2),
        ("a; b", 2),
        ("__import__('os')", 11),
        ("受理", 1),
    ],
)
def test_says_at_which_character_it_cannot_read(source: str, character: int) -> None:
    with pytest.raises(SyntaxProblem, match=rf"character {character} of "):
        parse(source)


def test_names_come_left_to_right() -> None:
    found = names(parse("abs(a) + prev.b[c] = 1 or not d in ('x') and (e < f)"))
    assert [(name.path, name.prior) for name in found] == [
        ("a", False),
        ("b", True),
        ("d", False),
        ("e", False),
        ("f", False),
    ]


def printed(node: Node) -> str:
    """A formula that parses to this very tree: brackets round every part."""
    match node:
        case Number(value):
            return format(value, "f")
        case Text(value):
            return f"'{value}'"
        case Name(path, column, prior):
            return ("prev." if prior else "") + path + (f"[{column}]" if column else "")
        case Arithmetic(operator, left, right) | Comparison(operator, left, right):
            return f"({printed(left)}) {operator} ({printed(right)})"
        case Absolute(inner):
            return f"abs({printed(inner)})"
        case Membership(inner, words):
            listed = ", ".join(f"'{word}'" for word in words)
            return f"({printed(inner)}) in ({listed})"
        case Denial(inner):
            return f"not ({printed(inner)})"
        case Junction(operator, parts):
            return f" {operator} ".join(f"({printed(part)})" for part in parts)


_word = st.text("abcdefgh_", min_size=1, max_size=6).filter(lambda word: word not in ("abs", "prev"))
_atoms = st.one_of(
    st.decimals(0, 10**6, places=2).map(Number),
    st.text("abcdef_ ", max_size=5).map(Text),
    st.builds(
        Name,
        st.lists(_word, min_size=1, max_size=3).map(".".join),
        st.none() | _word,
        st.booleans(),
    ),
)


def _nodes(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    two = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner),
        st.builds(Comparison, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inner, inner),
        st.builds(Junction, st.sampled_from(["and", "or"]), two),
        st.builds(Denial, inner),
        st.builds(Membership, inner, st.lists(_word, min_size=1, max_size=3).map(tuple)),
        # abs( … ) takes a sum; anything looser stands in brackets of its own.
        st.builds(Absolute, _atoms | st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner)),
    )


@steady
@given(st.recursive(_atoms, _nodes, max_leaves=12))
def test_a_printed_formula_reads_back_as_the_same_tree(node: Node) -> None:
    assert parse(printed(node)) == node


@steady
@given(st.text("abc.[]()+-*/=<>!' 019,andorti", max_size=25))
def test_anything_else_is_a_syntax_problem_and_no_other_trouble(source: str) -> None:
    try:
        parse(source)
    except SyntaxProblem as problem:
        assert "character" in str(problem)
