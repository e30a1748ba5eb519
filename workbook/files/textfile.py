"""Text files from outside, JSON above all: read whole, within limits, strictly.

The standard reader keeps the last of two equal keys without a word and answers in English; a list of
figures cannot be read that way.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from workbook.files.limits import DEFAULT, MEGABYTE
from workbook.problems import UnusableInput

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONGEST_NUMBER = 400  # digits; beyond, Python itself refuses or takes its time


class _Refused(ValueError):
    """Valid JSON perhaps, but nothing we take; the text is a Chinese phrase."""


def read_text_file(path: Path, limit: int | None = None) -> str:
    """A UTF-8 file as text. Raises UnusableInput, one Chinese line, for whatever is none or too large."""
    limit = DEFAULT.text_file if limit is None else limit
    try:
        if path.is_dir():
            raise UnusableInput(f"{path.name}：打不开（是文件夹）。")
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "文件名不能用"
        raise UnusableInput(f"{path.name}：打不开（{why}）。") from error
    if len(data) > limit:
        raise UnusableInput(f"{path.name}：文件过大（上限{limit // MEGABYTE}MB）。")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableInput(f"{path.name}：不是UTF-8编码的文本。") from error


def read_json(path: Path) -> Any:
    """The content of a JSON file; fractions come as Decimal.

    Raises UnusableInput for anything that is no JSON, for a key that stands twice, for NaN and Infinity.
    """
    text = read_text_file(path)
    try:
        found = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=_no_constant,
            object_pairs_hook=_unique,
        )
        if _SURROGATE.search(text):  # half a sign, which no file can hold: whole ones are fine
            json.dumps(found, ensure_ascii=False, default=str).encode("utf-8")
        return found
    except json.JSONDecodeError as error:
        raise UnusableInput(
            f"{path.name}：不是有效的JSON（第{error.lineno}行第{error.colno}字附近）。"
        ) from error
    except _Refused as error:
        raise UnusableInput(f"{path.name}：不是有效的JSON（{error}）。") from error
    except UnicodeEncodeError as error:
        raise UnusableInput(f"{path.name}：不是有效的JSON（含有不成字的编码）。") from error
    except RecursionError as error:
        raise UnusableInput(f"{path.name}：不是有效的JSON（嵌套过深）。") from error


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise _Refused("有一个数太长")
    return int(digits)


def _decimal(digits: str) -> Decimal:
    if len(digits) > _LONGEST_NUMBER:
        raise _Refused("有一个数太长")
    try:
        value = Decimal(digits)
    except ArithmeticError as error:
        raise _Refused("有一个数太大") from error
    if not value.is_finite():
        raise _Refused("有一个数太大")
    return value


def _no_constant(name: str) -> Decimal:
    raise _Refused(f"“{name}”不是数")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Refused(f"“{key[:40]}”出现两次")
            seen.add(key)
    return found
