"""Builds gouji.oxt: XML parts, the component, our packages and three libraries with their licences.

The same sources give the same bytes on any system: stored instead of deflated, sorted, one time stamp, line
ends as in git.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from addin.extension.parts import COMPONENT_FILE, parts
from addin.tasks import OFFICE, TASKS
from workbook import __version__
from workbook.files.atomic import replace_file
from workbook.files.zipentry import STORED, assemble, pack
from workbook.problems import BrokenDefinition
from workbook.resources import template_folder

EXTENSION_FILE = "gouji.oxt"

# LibreOffice's own Python has no numpy or pandas, which campaigns need: those buttons are not shown dead.
SHOWN = tuple(task for task in TASKS if task.group != OFFICE)

_HERE = Path(__file__).parent
_PROGRAM = "program"
_TEXT = (".py", ".yaml", ".json", ".txt", ".md", ".css", ".html")
_AS_STORED = replace(pack("", b""), method=STORED)


@dataclass(frozen=True, slots=True)
class _Library:
    """A library the extension carries: what it is called by pip, its folder, and what of it stays away."""

    project: str
    folder: str
    without: tuple[str, ...] = ()


_LIBRARIES = (
    # PRO has another licence; the rest of what is left out serves Excel's own sheets and servers
    _Library("xlwings", "xlwings", ("pro", "addin", "html", "js", "rest", "ext", "LICENSE_PRO.txt")),
    _Library("PyYAML", "yaml"),
    _Library("XlsxWriter", "xlsxwriter"),
)


def build_extension(out: Path) -> list[Path]:
    """Write gouji.oxt into a folder, which is made if need be, and return what was written.

    Raises BrokenDefinition where a library it has to carry is not installed, UnwritableOutput if the file
    cannot be written.
    """
    data = extension()
    out.mkdir(parents=True, exist_ok=True)
    replace_file(out / EXTENSION_FILE, data)
    return [out / EXTENSION_FILE]


def extension() -> bytes:
    """The extension's bytes."""
    contents = {name: text.encode("utf-8") for name, text in parts(SHOWN, __version__).items()}
    contents[COMPONENT_FILE] = _bytes(_HERE / "component.py")
    for name, path in _files():
        contents[f"{_PROGRAM}/{name}"] = _bytes(path)
    # The manifest first, as in every package of this kind
    names = sorted(contents, key=lambda name: (not name.startswith("META-INF/"), name))
    return assemble(pack(name, contents[name], _AS_STORED) for name in names)


def _files() -> Iterator[tuple[str, Path]]:
    """What goes into the extension's program folder: its path there, and where it is now."""
    package_folder = _HERE.parents[1]
    for package in ("workbook", "addin"):
        for path in _tree(package_folder / package):
            yield f"{package}/{path.relative_to(package_folder / package).as_posix()}", path
    for path in template_folder().iterdir():
        if path.suffix in _TEXT:  # the built masters are not needed: 新建年报 builds its own
            yield f"workbook/_templates/{path.name}", path
    for library in _LIBRARIES:
        yield from _library(library)


def _tree(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        wanted = path.suffix in _TEXT and "__pycache__" not in inside and "_templates" not in inside
        if wanted and path.is_file():
            yield path


def _library(library: _Library) -> Iterator[tuple[str, Path]]:
    """Its Python files (no compiled ones: they would be for one system only) and its licence."""
    try:
        listed = importlib.metadata.distribution(library.project).files or []
    except importlib.metadata.PackageNotFoundError:
        raise BrokenDefinition(f"{library.project} is not installed: the extension has to carry it") from None
    licences = 0
    for file in listed:
        inside = PurePosixPath(file.as_posix())
        if inside.name in library.without or any(part in library.without for part in inside.parts[1:-1]):
            continue
        place = Path(str(file.locate()))
        if inside.parts[0] == library.folder and inside.suffix == ".py":
            yield inside.as_posix(), place
        elif "licen" in inside.name.lower():
            licences += 1
            yield f"licences/{library.project}.txt", place
    if licences != 1:
        raise BrokenDefinition(f"{library.project} has {licences} licence files: exactly one belongs in here")


def _bytes(path: Path) -> bytes:
    """A file as git has it: a checkout on Windows may have changed the ends of its lines."""
    data = path.read_bytes()
    return data.replace(b"\r\n", b"\n") if path.suffix in _TEXT else data
