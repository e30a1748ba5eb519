"""How much one file may ask of us, and the reading of a file's bytes within it.

Every limit stands here and may be set for a machine through the environment variable GOUJI_LIMITS.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, fields
from pathlib import Path

from workbook.problems import UnusableInput

MEGABYTE = 1024 * 1024
TOO_LARGE = "请删去与年报无关的内容后重交"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one workbook may ask of us; a statutory workbook needs about a thousandth of it."""

    file_size: int = 64 * MEGABYTE  # bytes on disk; the file is held in memory once
    entries: int = 4_000  # the largest real template has 147 parts
    unpacked: int = 256 * MEGABYTE  # all entries together as declared; more than declared is never read
    part_size: int = 128 * MEGABYTE  # one entry: it stands in memory twice while it is scanned
    ratio: int = 200  # unpacked : packed of one entry; sheets reach 1:40, deflate's worst is 1:1032
    ratio_from: int = MEGABYTE  # a small entry may be as repetitive as it likes
    cells: int = 600_000  # <c> elements of the whole book, blank styled ones included: 300 MB, 5 s
    text: int = 32_767  # characters kept of one cell: Excel's own maximum
    formulas: int = 1_000_000  # characters of shared formulas written out; one may stand for a million cells
    sheets: int = 1_000  # a book with more is no report
    names: int = 100_000  # defined names; junk names pile up by the ten thousand in old books
    styles: int = 100_000  # cell formats; Excel's own maximum is 65,490
    text_file: int = 16 * MEGABYTE  # a list of figures or notes (.json, .csv); one form makes 20 KB
    paragraphs: int = 5_000  # lines of one section that are written into a form; a report has a hundred
    notes: int = 20_000  # notes written into one workbook


VARIABLE = "GOUJI_LIMITS"  # "cells=5000000,file_size=200M": for an office with unusual workbooks
_UNITS = {"": 1, "k": 1024, "m": MEGABYTE, "g": 1024 * MEGABYTE}
_SETTING = re.compile(r"\s*([a-z_]+)\s*=\s*([0-9]{1,12})\s*([kKmMgG]?)\s*")


def configured(text: str) -> Limits:
    """The usual limits with those that a setting such as "cells=5000000,file_size=200M" names changed.

    Raises UnusableInput for a limit that does not exist or a value that is no number.
    """
    given: dict[str, int] = {}
    for item in filter(str.strip, text.split(",")):
        match = _SETTING.fullmatch(item)
        if match is None or match[1] not in {limit.name for limit in fields(Limits)}:
            known = "、".join(limit.name for limit in fields(Limits))
            raise UnusableInput(
                f"{VARIABLE}中的“{item.strip()}”不是一项限额，应写作“名称=数”，名称有：{known}。"
            )
        given[match[1]] = int(match[2]) * _UNITS[match[3].lower()]
    return Limits(**given)


def _from_environment() -> Limits:
    try:
        return configured(os.environ.get(VARIABLE, ""))
    except UnusableInput:
        return Limits()  # the command line says what is wrong with it before anything is read


DEFAULT = _from_environment()


def file_bytes(path: Path, name: str, limits: Limits) -> bytes:
    """The file's bytes; every way in which there are none is one Chinese line."""
    if name.startswith("~$"):
        raise UnusableInput(f"“{name}”是Excel打开文件时的临时锁文件，不是工作簿，请提交同名的正式文件。")
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise UnusableInput(f"“{name}”是文件夹，不是工作簿，请选择其中的xlsx文件。")
        if not stat.S_ISREG(facts.st_mode):
            raise UnusableInput(f"“{name}”不是普通文件，请选择xlsx文件。")
        if facts.st_size > limits.file_size:
            raise too_large(name, limits)
        with path.open("rb") as stream:
            data = stream.read(facts.st_size + 1)  # room for all the limit allows would be got for every file
            if len(data) > facts.st_size:  # it has grown meanwhile
                data += stream.read(limits.file_size + 1 - len(data))
    except FileNotFoundError as error:
        raise UnusableInput(f"找不到“{name}”，请核对文件名和所在文件夹。") from error
    except PermissionError as error:
        raise UnusableInput(f"“{name}”无权读取或正被其他程序占用，请关闭该文件或取得权限后再试。") from error
    except (OSError, ValueError) as error:
        raise UnusableInput(f"“{name}”读取时出错，请把文件复制到本机后再试。") from error
    if len(data) > limits.file_size:
        raise too_large(name, limits)
    return data


def too_large(name: str, limits: Limits) -> UnusableInput:
    """The error for a file of more bytes than the limits allow."""
    return UnusableInput(f"“{name}”超过{limits.file_size // MEGABYTE}MB，{TOO_LARGE}。")
