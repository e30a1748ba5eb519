"""What is built: the add-in, and the template with macros. Nothing is written before the ribbon is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from addin.build.package import addin, macro_enabled
from addin.build.project import macro_folder, read_sources
from addin.build.ribbonlint import callbacks, lint
from addin.tasks import TASKS, TITLE
from workbook.files.atomic import replace_file
from workbook.problems import BrokenDefinition

ADDIN_FILE = "gouji.xlam"
_RIBBON = ("customUI.xml", "customUI14.xml")
_DESCRIPTION = "核对政府信息公开工作年度报告，在有问题的单元格加批注，并生成综述。"


def build_addin(out: Path) -> list[Path]:
    """Write gouji.xlam into a folder, which is made if need be, and return what was written.

    The same sources give the same bytes on any system. Raises BrokenDefinition, naming file and line, for
    macros or a ribbon Office would not take, UnwritableOutput if the file cannot be written.
    """
    sources, ribbon = _checked()
    target = out / ADDIN_FILE
    data = addin(sources, ribbon, f"勾稽：{TITLE}", _DESCRIPTION)
    out.mkdir(parents=True, exist_ok=True)
    replace_file(target, data)
    return [target]


def build_macro_template(template_xlsx: bytes, kind: Literal["xlsm", "xltm"] = "xlsm") -> bytes:
    """Our plain template with the add-in's macros and ribbon in it, for PCs that allow no add-in.

    Raises BrokenDefinition as `build_addin` does, and UnusableInput for what is no workbook.
    """
    sources, ribbon = _checked()
    return macro_enabled(template_xlsx, sources, ribbon, kind)


def _checked() -> tuple[dict[str, str], dict[str, str]]:
    """The modules' sources and the ribbon's parts."""
    folder = macro_folder()
    sources = read_sources(folder)
    ribbon = {name: (folder / name).read_text(encoding="utf-8") for name in _RIBBON}
    subs = callbacks(sources)
    faults = [fault for name, xml in ribbon.items() for fault in lint(xml, name, subs, TASKS)]
    if faults:
        raise BrokenDefinition("\n".join(faults))
    return sources, ribbon
