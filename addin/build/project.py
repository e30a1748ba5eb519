"""From `.bas` and `.cls` files in UTF-8 to vbaProject.bin."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from addin.build.cfb import Tree, compound_file
from addin.build.literals import lowered
from addin.build.ovba import (
    VERSION_STREAM,
    Kind,
    Module,
    Project,
    compress,
    dir_stream,
    names_stream,
    project_stream,
)
from workbook.problems import BrokenDefinition

PROJECT_NAME = "Gouji"
WORKBOOK_MODULE = "ThisWorkbook"

# The source is ASCII, so this page decides nothing; every Windows has it.
_CODE_PAGE = 1252
_CLASS = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
_WORKBOOK = "0{00020819-0000-0000-C000-000000000046}"
_SHEET = "0{00020820-0000-0000-C000-000000000046}"
# What the editor's export puts before a class's attributes; a module stream does not have it.
_EXPORTED = re.compile(r"VERSION 1\.0 CLASS\s*\nBEGIN\s*\n(?:.*\n)*?END\s*\n")
_ATTRIBUTE = re.compile(r"Attribute (VB_\w+) = (.*)\n")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_PACKAGE = Path(__file__).parents[1]


def macro_folder(package: Path = _PACKAGE) -> Path:
    """The folder `macros/`: inside the installed package (a wheel), else in the checkout around it.

    Raises BrokenDefinition where there is neither.
    """
    installed = package / "_macros"
    if installed.is_dir():
        return installed
    checkout = package.parent
    # Next to an installed package stands all of site-packages, where a `macros` would be somebody else's.
    if (checkout / "pyproject.toml").is_file() and (checkout / "macros").is_dir():
        return checkout / "macros"
    raise BrokenDefinition(f"{installed}: no macros here, nor in a checkout around it")


def read_sources(folder: Path) -> dict[str, str]:
    """The text of every module of a folder by file name, in the order of names."""
    # By name as text: paths themselves sort otherwise on Windows.
    names = sorted(path.name for path in folder.iterdir() if path.suffix in {".bas", ".cls"})
    return {name: (folder / name).read_text(encoding="utf-8-sig") for name in names}


def modules(sources: Mapping[str, str], sheets: Sequence[str]) -> list[Module]:
    """The modules of a workbook whose sheets have these code names: the documents' first, as Office does.

    A workbook or sheet without a source of its own has an empty module. BrokenDefinition names the file and
    line of what VBA would not take.
    """
    _names_differ([WORKBOOK_MODULE, *sheets])
    documents = {WORKBOOK_MODULE: _WORKBOOK} | dict.fromkeys(sheets, _SHEET)
    texts = {f"{name}.cls": "Option Explicit\n" for name in documents} | dict(sources)
    made = [
        _module(file, texts.pop(file), Kind.DOCUMENT, base)
        for file, base in ((f"{name}.cls", base) for name, base in documents.items())
    ]
    for file, text in texts.items():
        made.append(
            _module(file, text, *((Kind.CLASS, _CLASS) if file.endswith(".cls") else (Kind.MODULE, "")))
        )
    _names_differ([PROJECT_NAME, *(module.name for module in made)])
    return made


def _names_differ(names: Sequence[str]) -> None:
    taken: set[str] = set()
    for name in names:
        if not _NAME.fullmatch(name):
            raise BrokenDefinition(f"{name!r} is no name for a module: ASCII letters first, at most 31 signs")
        if name.lower() in taken:
            raise BrokenDefinition(f"two modules, or a module and the project, are named {name}")
        taken.add(name.lower())


def _module(file: str, source: str, kind: Kind, base: str) -> Module:
    """A module as its stream holds it: the attributes Office wants, then the code, in ASCII and CRLF."""
    name = file.rpartition(".")[0]
    text = lowered(source.replace("\r\n", "\n").replace("\r", "\n"), file)
    given, body = _split(text)
    if given.get("VB_Name", f'"{name}"') != f'"{name}"':
        raise BrokenDefinition(f"{file}: VB_Name says {given['VB_Name']}")
    attributes = _attributes(name, kind, base, given)
    lines = [f"Attribute {key} = {value}" for key, value in attributes.items()]
    return Module(name, kind, "\r\n".join([*lines, *body.strip("\n").split("\n"), ""]))


def _split(text: str) -> tuple[dict[str, str], str]:
    """The attributes at the head of a source, and the code after them."""
    exported = _EXPORTED.match(text)
    place = exported.end() if exported else 0
    given = {}
    while found := _ATTRIBUTE.match(text, place):
        given[found[1]] = found[2].rstrip()
        place = found.end()
    return given, text[place:]


def _attributes(name: str, kind: Kind, base: str, given: Mapping[str, str]) -> dict[str, str]:
    if kind is Kind.MODULE:
        return {"VB_Name": f'"{name}"'}
    document = str(kind is Kind.DOCUMENT)
    usual = {
        "VB_Name": f'"{name}"',
        "VB_Base": f'"{base}"',  # without it Office does not take a class for one
        "VB_GlobalNameSpace": "False",
        "VB_Creatable": "False",
        "VB_PredeclaredId": document,
        "VB_Exposed": document,
        "VB_TemplateDerived": "False",
        "VB_Customizable": document,
    }
    return usual | {key: given[key] for key in given if key in usual and key not in {"VB_Name", "VB_Base"}}


def vba_project(modules: Sequence[Module], code_page: int = _CODE_PAGE) -> bytes:
    """vbaProject.bin: the root storage of [MS-OVBA] 2.2.1 in a compound file."""
    # A fixed id instead of Office's random one, for the same bytes every time.
    id_ = "{" + str(uuid.uuid5(uuid.NAMESPACE_URL, f"vba:{PROJECT_NAME}")).upper() + "}"
    project = Project(PROJECT_NAME, id_, modules, code_page)
    storage: dict[str, bytes | Tree] = {"_VBA_PROJECT": VERSION_STREAM, "dir": compress(dir_stream(project))}
    for module in modules:
        storage[module.name] = compress(module.text.encode("ascii"))
    return compound_file(
        {"VBA": storage, "PROJECT": project_stream(project), "PROJECTwm": names_stream(modules)}
    )
