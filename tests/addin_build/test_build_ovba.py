"""Compression and the project's streams, read back by oletools and pyOpenVBA."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from addin.build.ovba import Kind, Module, Project, compress, dir_stream, names_stream, project_stream
from addin.build.project import PROJECT_NAME, modules, vba_project
from tests.addin_build.outside import quiet_import

olevba = quiet_import("oletools.olevba")
pyopenvba = quiet_import("pyopenvba.vba")
CFB = quiet_import("pyopenvba.cfb").CFB

TWO = (Module("ThisWorkbook", Kind.DOCUMENT, ""), Module("modA", Kind.MODULE, ""))


def samples() -> list[bytes]:
    dice = random.Random(1)
    fixed = [b"a", b"abc" * 5000, b"\0" * 4096, b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"]
    drawn = [
        bytes(dice.choice(b"abcdefgh \r\n=()") for _ in range(size))
        for size in (10, 4095, 4096, 4097, 8192, 30_000)
    ]
    return fixed + drawn


@pytest.mark.parametrize("number", range(len(samples())))
def test_two_others_decompress_it(number: int) -> None:
    data = samples()[number]
    packed = compress(data)
    assert bytes(olevba.decompress_stream(bytearray(packed))) == data
    assert bytes(pyopenvba.decompress(packed)) == data


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        (b"abcdefghijklmnopqrstuv.", "0119B000616263646566676800696A6B6C6D6E6F70007172737475762E"),
        (
            b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa",
            "012FB00023616161626364658266007061676869 6A013808616B6C00306D6E6F70067102700410727374757610"
            "7778797A003C",
        ),
        (b"a" * 73, "0103B002614500"),
    ],
)
def test_the_specifications_own_examples(text: bytes, packed: str) -> None:
    """[MS-OVBA] 3.2.1 to 3.2.3."""
    assert compress(text) == bytes.fromhex(packed)


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(ValueError, match="incompressible"):
        compress(random.Random(3).randbytes(4096))


def test_protection_strings_say_unprotected_and_visible() -> None:
    """Decryption after 2.4.3.3; the first line checked is what xlwings' own quickstart.xlsm has."""

    def decoded(hexadecimal: str, project_id: str) -> bytes:
        coded = bytes.fromhex(hexadecimal)
        seed = coded[0]
        assert seed ^ coded[1] == 2
        assert seed ^ coded[2] == sum(project_id.encode()) & 0xFF
        plain_before, before, before_that = seed ^ coded[2], coded[2], coded[1]
        out = bytearray()
        for byte in coded[3:]:
            out.append(byte ^ ((before_that + plain_before) & 0xFF))
            plain_before, before, before_that = out[-1], byte, before
        body = bytes(out[(seed & 6) // 2 :])
        assert int.from_bytes(body[:4], "little") == len(body) - 4
        return body[4:]

    foreign = "{E2E0E410-BF04-4DC5-BDD2-D3FBBA8B7D37}"
    assert decoded("A7A58C2B7CDD73E173E173E173E1", foreign) == bytes(4)
    project = Project("P", "{0000A1B2-0000-0000-0000-00000000FFFF}", TWO, 1252)
    lines = dict(
        line.split("=", 1) for line in project_stream(project).decode("ascii").splitlines() if "=" in line
    )
    values = [decoded(lines[key].strip('"'), project.id) for key in ("CMG", "DPB", "GC")]
    assert values == [bytes(4), bytes(1), b"\xff"]


def test_streams_as_another_reads_them() -> None:
    project = Project(PROJECT_NAME, "{A}", TWO, 936)
    assert pyopenvba.parse_projectwm(names_stream(TWO)) == [
        ("ThisWorkbook", "ThisWorkbook"),
        ("modA", "modA"),
    ]
    said = pyopenvba.parse_project_stream(project_stream(project))
    assert (said.name, said.standard_modules) == (PROJECT_NAME, ["modA"])
    assert [name for name, _ in said.document_modules] == ["ThisWorkbook"]
    assert not said.protection.has_password
    facts, found = pyopenvba.parse_dir_stream(dir_stream(project))
    assert [module.name for module in found] == ["ThisWorkbook", "modA"]
    assert facts.code_page == 936


def test_whole_project_as_another_reads_it(sources: dict[str, str]) -> None:
    made = modules(sources, ["Sheet1"])
    read = pyopenvba.parse_vba_project(CFB.from_bytes(vba_project(made)))
    assert read.name == PROJECT_NAME
    assert {reference.name for reference in read.references} == {"stdole", "Office"}
    assert {module.name: module.source for module in read.modules} == {m.name: m.text for m in made}


@pytest.mark.parametrize("page", [936, 1252, 932, 1251])
def test_olevba_gives_back_exactly_the_source(sources: dict[str, str], page: int, tmp_path: Path) -> None:
    made = modules(sources, ["Sheet1"])
    path = tmp_path / "vbaProject.bin"
    path.write_bytes(vba_project(made, page))
    assert extracted(path) == {module.name: module.text for module in made}


def test_olevba_on_the_addin_itself(sources: dict[str, str], xlam: Path) -> None:
    assert extracted(xlam) == {module.name: module.text for module in modules(sources, ["Sheet1"])}


def extracted(path: Path) -> dict[str, str]:
    parser = olevba.VBA_Parser(str(path))
    try:
        assert parser.detect_vba_macros()
        return {file.rpartition(".")[0]: text for _, _, file, text in parser.extract_macros()}
    finally:
        parser.close()
