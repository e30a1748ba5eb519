"""The add-in's commands of `gouji`: build, install, status, uninstall, attach; `workbook.cli` calls them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from addin.build import build_addin, build_macro_template
from addin.extension import build_extension
from addin.setup import Report, install, status, uninstall
from addin.setup.machine import this_machine
from workbook.files.atomic import replace_file
from workbook.form.editionfile import all_editions
from workbook.prose.phrasebook import live_sentences, load_sentences
from workbook.rules.rulebook import load_rulebook
from workbook.template.build import build_book, master_file_name

_STEPS = {"install": install, "status": status, "uninstall": uninstall}


def addin(options: argparse.Namespace) -> int:
    """`gouji addin build|install|status|uninstall`: 0 when the button is there (or gone), else 1."""
    if options.step == "build":
        for path in build(options.out):
            print(path)
        if _frozen():
            print("LibreOffice的扩展gouji.oxt由源码打包，这里没有生成。")
        return 0
    report: Report = _STEPS[options.step](this_machine())
    print("\n".join(report.lines))
    return 0 if report.complete else 1


def build(out: Path) -> list[Path]:
    """All that is handed out, into a folder: gouji.xlam, a macro form for each edition, gouji.oxt."""
    written = build_addin(out)
    rulebook = load_rulebook()
    for edition in all_editions():
        plain = build_book(edition, rulebook, sentences=live_sentences(edition, load_sentences()))
        path = (out / master_file_name(edition)).with_suffix(".xlsm")
        replace_file(path, build_macro_template(plain))
        written.append(path)
    return written if _frozen() else written + build_extension(out)


def _frozen() -> bool:
    """Whether this is the program made by PyInstaller, which holds no sources to make an extension of."""
    return bool(getattr(sys, "frozen", False))


def attach(_options: argparse.Namespace) -> int:
    """`gouji attach`: the buttons as a menu in the terminal, on the workbook that is open."""
    from addin.attach import serve  # noqa: PLC0415 - building needs neither Excel nor xlwings

    serve()
    return 0
