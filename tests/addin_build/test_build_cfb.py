"""The compound file, read back by two others' readers."""

from __future__ import annotations

import io
import random

import olefile
import pytest

from addin.build.cfb import compound_file
from tests.addin_build.outside import quiet_import

CFB = quiet_import("pyopenvba.cfb").CFB
SIZES = (0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 60_000)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 40, 200])
def test_streams_come_back(count: int) -> None:
    dice = random.Random(count)
    storage = {f"m{i}": dice.randbytes(SIZES[i % len(SIZES)]) for i in range(count)}
    data = compound_file({"VBA": storage, "PROJECT": b"x" * 5000})
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_UNSURE) as read:
        listed = {"/".join(path) for path in read.listdir()}
        assert listed == {"PROJECT", *(f"VBA/{name}" for name in storage)}
        for name, content in storage.items():
            assert read.openstream(f"VBA/{name}").read() == content
        assert not read.parsing_issues


def test_more_sectors_than_one_allocation_sector_describes() -> None:
    content = random.Random(1).randbytes(3_000_000)
    with olefile.OleFileIO(io.BytesIO(compound_file({"a": content}))) as read:
        assert read.openstream("a").read() == content


def test_too_large_is_said() -> None:
    with pytest.raises(ValueError, match="too many"):
        compound_file({"a": bytes(8_000_000)})


def test_siblings_are_searched_by_length_then_upper_case() -> None:
    names = ["dir", "Zz", "b", "_VBA_PROJECT", "modText", "A", "modRibbon"]
    data = compound_file(dict.fromkeys(names, b"."))
    with olefile.OleFileIO(io.BytesIO(data)) as read:
        entries = read.direntries

        def walk(number: int) -> list[str]:
            if number == 0xFFFFFFFF:
                return []
            entry = entries[number]
            return [*walk(entry.sid_left), entry.name, *walk(entry.sid_right)]

        assert walk(read.root.sid_child) == ["A", "b", "Zz", "dir", "modText", "modRibbon", "_VBA_PROJECT"]


def test_another_reader_agrees() -> None:
    read = CFB.from_bytes(compound_file({"VBA": {"dir": b"d" * 700, "m": b"m" * 5000}, "PROJECT": b"p"}))
    assert read.get_stream_in_storage("VBA", "dir") == b"d" * 700
    assert read.get_stream_in_storage("VBA", "m") == b"m" * 5000
    assert read.get_stream("PROJECT") == b"p"


@pytest.mark.parametrize("name", ["", "a/b", "a:b", "x" * 32, "模块"])
def test_names_the_format_bars(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        compound_file({name: b""})


def test_two_of_one_name() -> None:
    with pytest.raises(ValueError, match="two entries"):
        compound_file({"A": b"", "a": b""})
