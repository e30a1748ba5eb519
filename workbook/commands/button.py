"""The add-in's commands, looked up only when one is typed: the engine does not know the add-in."""

from __future__ import annotations

import importlib
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from workbook.commands.targets import Declare
from workbook.problems import UnusableInput


def declare(command: Declare) -> None:
    """addin, attach."""
    sub = command("addin", _guest("addin"), "按钮：生成、安装、查看、卸载（Excel加载项、LibreOffice扩展）")
    parser: type[ArgumentParser] = type(sub)
    steps = sub.add_subparsers(metavar="步骤", dest="step", required=True, parser_class=parser)
    step = steps.add_parser("build", help="生成gouji.xlam、带宏的母表和gouji.oxt")
    step.add_argument("-o", "--out", type=Path, required=True, metavar="文件夹", help="写到哪个文件夹")
    steps.add_parser("install", help="为当前用户安装")
    steps.add_parser("status", help="查看装了没有")
    steps.add_parser("uninstall", help="卸载，年报里的批注不动")

    command("attach", _guest("attach"), "连接正在运行的Excel或LibreOffice，用菜单操作（不需要宏）")


def _guest(name: str) -> Callable[[Namespace], int]:
    def run(options: Namespace) -> int:
        try:
            commands_of_addin = importlib.import_module("addin.commands")
        except ModuleNotFoundError as error:
            raise UnusableInput(f"按钮部分没有装全，请安装 gouji[addin]。〔{error.name}〕") from error
        return int(getattr(commands_of_addin, name)(options))

    return run
