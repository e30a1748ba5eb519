"""Modules from source files, and what the sources themselves keep to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from addin.build.ovba import Kind
from addin.build.project import macro_folder, modules
from tests.addin_build.outside import quiet_import
from workbook.problems import BrokenDefinition

analysis = quiet_import("pyvbaanalysis")


def one(sources: dict[str, str], name: str):
    return next(module for module in modules(sources, ["Sheet1"]) if module.name == name)


def test_documents_come_first_and_lack_nothing() -> None:
    made = modules({"modA.bas": "Option Explicit\n"}, ["Sheet1", "Sheet2"])
    assert [(m.name, m.kind) for m in made] == [
        ("ThisWorkbook", Kind.DOCUMENT),
        ("Sheet1", Kind.DOCUMENT),
        ("Sheet2", Kind.DOCUMENT),
        ("modA", Kind.MODULE),
    ]
    assert 'Attribute VB_Base = "0{00020819-0000-0000-C000-000000000046}"' in made[0].text
    assert 'Attribute VB_Base = "0{00020820-0000-0000-C000-000000000046}"' in made[1].text


def test_a_class_loses_its_version_block_and_gets_a_base() -> None:
    source = (
        "VERSION 1.0 CLASS\r\nBEGIN\r\n  MultiUse = -1  'True\r\nEND\r\n"
        'Attribute VB_Name = "CFinding"\r\nAttribute VB_Exposed = True\r\nOption Explicit\r\n'
    )
    text = one({"CFinding.cls": source}, "CFinding").text
    assert "VERSION" not in text and "MultiUse" not in text
    assert 'VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"' in text
    assert "VB_Exposed = True" in text
    assert text.endswith("\r\nOption Explicit\r\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_a_checkout_do_not_matter(end: str) -> None:
    source = 'Attribute VB_Name = "modA"\nOption Explicit\n\nSub S()\nEnd Sub\n'
    assert one({"modA.bas": source.replace("\n", end)}, "modA").text == source.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("sources", "fault"),
    [
        ({"模块.bas": ""}, "no name for a module"),
        ({"Gouji.bas": ""}, "are named Gouji"),
        ({"modA.bas": "", "MODA.cls": ""}, "are named"),
        ({"modA.bas": 'Attribute VB_Name = "modB"\n'}, 'VB_Name says "modB"'),
    ],
)
def test_names_vba_would_not_take(sources: dict[str, str], fault: str) -> None:
    with pytest.raises(BrokenDefinition, match=fault):
        modules(sources, ["Sheet1"])


def test_two_sheets_of_one_code_name() -> None:
    with pytest.raises(BrokenDefinition, match="are named sheet1"):
        modules({}, ["Sheet1", "sheet1"])


def test_the_macros_are_found_in_a_wheel_first(tmp_path: Path) -> None:
    with pytest.raises(BrokenDefinition, match="no macros here"):
        macro_folder(tmp_path / "addin")
    (tmp_path / "addin" / "_macros").mkdir(parents=True)
    assert macro_folder(tmp_path / "addin") == tmp_path / "addin" / "_macros"


# the sources


def test_nothing_is_read_from_the_users_workbook_and_nothing_declared(sources: dict[str, str]) -> None:
    """Only the book's name; no DLL either, which virus scanners and attack surface rules look for."""
    barred = re.compile(
        r"\b(Declare|Worksheets|Sheets|Range|Cells|Names|Evaluate|Execute\w*|ThisWorkbook|FullName|CustomDocument"
        r"Properties|Environ|ChDir|GetObject|Open|Kill|SendKeys)\b|\.Path\b",
        re.IGNORECASE,
    )
    for file, source in sources.items():
        for number, line in enumerate(source.splitlines(), 1):
            code = re.sub(r"\"[^\"]*\"", '""', line).partition("'")[0]
            assert not barred.search(code), f"{file}:{number}: {line}"


def test_callbacks_hold_at_most_five_lines(sources: dict[str, str]) -> None:
    for body in re.findall(r"^Public Sub .*?\n(.*?)^End Sub", sources["modRibbon.bas"], re.S | re.M):
        assert 1 <= len(body.strip().splitlines()) <= 5


def test_every_module_declares_its_variables(sources: dict[str, str]) -> None:
    assert all("\nOption Explicit\n" in f"\n{source}" for source in sources.values())


def test_only_the_callbacks_are_seen_from_outside(sources: dict[str, str]) -> None:
    """No macro dialog lists them and no other workbook's formula reaches them."""
    for file, source in sources.items():
        if file.endswith(".bas") and file != "modRibbon.bas":
            assert "\nOption Private Module\n" in source, file


def test_static_analysis_finds_nothing(xlam: Path) -> None:
    assert {name: found for name, found in analysis.analyze_workbook(xlam).items() if found} == {}


def test_static_analysis_would_find_something() -> None:
    module = analysis.ModuleInput
    source = "Option Explicit\nPublic Sub S()\n    misspelt = 1\nEnd Sub\n"
    found = analysis.analyze_project([module("modA", analysis.ModuleSymbolKind.STANDARD, source)])
    assert any("misspelt" in diagnostic.message for diagnostic in found["modA"])
