"""Figures in running text: which words are one, which hold several, which are glued to a label."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from workbook.form.values import PLACEHOLDERS, Oddity, read_number, read_text

_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u00ad]")
_NUMBER = r"[+\-−–]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_FIGURE = re.compile(
    rf"(?:(?:增加?|减少?|负|约|增长|共)?\s*{_NUMBER}\s*(?:万元|亿元|元|万|[件个宗份起条项次人])?)", re.ASCII
)
_SEVERAL = re.compile(rf"{_NUMBER}(?:\s+{_NUMBER})+", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:\s\d{3})+(?:\.\d+)?", re.ASCII)
_GLUED = re.compile(rf"(?P<label>.*[^\d\s.,，+\-−–(（])(?P<figures>{_NUMBER})", re.ASCII | re.DOTALL)
_LEADING_ZERO = re.compile(r"[+-]?0\d+", re.ASCII)
_SIGNED_ZERO = frozenset({"+0", "-0", "−0", "–0"})
_LONGEST = 24


def bare(text: str) -> str:
    """A cell's text without what nobody sees: half width, no invisible signs, ends trimmed."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).replace("&nbsp;", " ")).strip()


def is_placeholder(text: str) -> bool:
    """Whether a word stands for no figure at all: / － 无 …"""
    return text in PLACEHOLDERS or bare(text) in PLACEHOLDERS


def is_figure(text: str) -> bool:
    """Whether a word or cell is one figure, a placeholder for one included."""
    if len(text) > _LONGEST:
        return False
    return is_placeholder(text) or _FIGURE.fullmatch(bare(text)) is not None


def figures_of(text: str) -> list[str] | None:
    """The figures of a cell that holds nothing else, one or several; None where other words stand there."""
    if is_figure(text):
        return [text.strip()]
    parts = _INVISIBLE.sub("", text).replace("&nbsp;", " ").split()
    if len(parts) > 1 and len(text) < 400 and all(is_figure(part) for part in parts):
        return parts
    return None


def peeled(text: str) -> tuple[str, list[str], bool]:
    """A label with the figures behind it: ("规章", ["0", "0"], False) of "规章 0 0"; the last: glued."""
    parts = text.split()
    figures: list[str] = []
    while parts and is_figure(parts[-1]):
        figures.insert(0, parts.pop())
    if parts and (figures or len(parts) <= 2) and len(parts[-1]) <= 60:
        match = _GLUED.fullmatch(parts[-1])
        if match and not match["label"].isascii():
            return " ".join([*parts[:-1], match["label"]]), [match["figures"], *figures], True
    return " ".join(parts), figures, False


def read_figure(text: str) -> tuple[Decimal | None, Decimal | str | None, Oddity, str]:
    """A figure as published: value, raw, oddity, and why it cannot be relied upon ("" where it can).

    In a text every figure is text; a plain number is no oddity there.
    """
    shown = _INVISIBLE.sub("", text).replace("&nbsp;", " ").strip()
    clean = bare(text)
    if not clean:
        return None, None, Oddity.BLANK, ""
    parts = clean.split()
    if len(parts) > 1 and any(is_placeholder(part) for part in parts) and all(map(is_figure, parts)):
        return None, shown, Oddity.NOT_A_NUMBER, f"格内有不止一个数（{' '.join(parts)[:20]}）"
    if _SEVERAL.fullmatch(clean):
        if not _GROUPED.fullmatch(clean) or "\n" in text.strip():
            return None, shown, Oddity.NOT_A_NUMBER, f"格内有不止一个数（{' '.join(clean.split())[:20]}）"
    elif _LEADING_ZERO.fullmatch(clean):
        return None, shown, Oddity.NOT_A_NUMBER, f"“{clean[:20]}”像是几格的数连在一起"
    signed = clean.replace("−", "-").replace("–", "-")
    value = read_number(signed)
    if value is not None and shown.isascii():
        return value, value, Oddity.NONE, ""
    value, oddity = read_text(shown)
    return value, shown, oddity, ""
