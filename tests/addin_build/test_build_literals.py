"""Source made ASCII: what every code page keeps."""

from __future__ import annotations

import re

import pytest

from addin.build.literals import lowered
from workbook.problems import BrokenDefinition

SIGNS = "〇㎡℡²•✓勾稽——（）“”龥Ωé😀"


def read_back(line: str) -> str:
    """What the lowered literal of a line means."""
    return bytes.fromhex(re.search(r'U\("([0-9A-F]*)"\)', line)[1]).decode("utf-16-be")


@pytest.mark.parametrize("text", [*SIGNS, SIGNS, "第1项 (a+b)", "他说“好”"])
def test_every_sign_survives(text: str) -> None:
    plain = lowered(f'    Tell "{text}"', "m.bas")
    assert plain.isascii()
    assert read_back(plain) == text


def test_doubled_quotation_marks_mean_one() -> None:
    assert read_back(lowered('x = "甲""乙"""', "m.bas")) == '甲"乙"'


@pytest.mark.parametrize(
    "line",
    ['x = "plain ""text"""', "x = 1 ' a 'comment' with \"marks\"", "If a Then Rem nothing", 'x = "it\'s"'],
)
def test_ascii_stays_as_it_is(line: str) -> None:
    assert lowered(line, "m.bas") == line


def test_only_the_literal_that_needs_it() -> None:
    assert lowered('x = "a" & "乙" & "c" \' 注 d', "m.bas") == 'x = "a" & U("4E59") & "c" \'  d'


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('Const A = "甲"', "wants a constant"),
        ('Private Const A As String = "甲"', "wants a constant"),
        ('Sub S(Optional ByVal a As String = "甲")', "wants a constant"),
        ('Attribute VB_Description = "甲"', "wants a constant"),
        ('Const A = _\n  "甲"', "wants a constant"),
        ("甲 = 1", "outside a literal"),
        ('x = "甲', "outside a literal"),
        (f'x = "{"甲" * 300}"', "a VBA line holds 1023"),
        ("x = " + "1" * 1020, "a VBA line holds 1023"),
        ("x = 1" + " + _\n1" * 25, "continued at most 24"),
    ],
)
def test_what_vba_would_not_take(line: str, fault: str) -> None:
    with pytest.raises(BrokenDefinition, match=fault) as refused:
        lowered(f"Option Explicit\n{line}", "modX.bas")
    assert re.match(r"modX\.bas:\d+: ", str(refused.value))


def test_as_many_continuations_as_vba_takes() -> None:
    lowered("x = 1" + " + _\n1" * 24, "m.bas")
