"""The commands. Exit status: 0 nothing of severity error, 1 at least one, 2 input that cannot be used."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from workbook import __version__
from workbook.commands import anybook, button, campaign, checking, desk, forms, publication, published
from workbook.files.limits import VARIABLE, configured
from workbook.form.labels import legible
from workbook.problems import BrokenDefinition, Problem

_USAGE_WORDS = (
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.*)", r"不认识的参数：\1"),
    (r"argument (.*): invalid choice: (.*) \(choose from (.*)\)", r"\1：没有\2，可选：\3"),
    (r"argument (.*): expected one argument", r"\1：后面缺一个值"),
    (r"argument (.*): expected at least one argument", r"\1：后面至少要一个值"),
    (r"argument (.*): not allowed with argument (.*)", r"\1不能与\2同时使用"),
    (r"argument ([^:]*): (“.*)", r"\1：\2"),  # our own words on a value
    (r"argument (.*): invalid int value: (.*)", r"\1：\2不是整数"),
)

_LONGEST_LINE = 1_000

# In the order of the help.
FAMILIES = (forms, checking, publication, published, anybook, campaign, desk, button)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self, usage: str | None, actions: object, groups: object, prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, prefix or "用法：")  # type: ignore[arg-type]


class _Parser(argparse.ArgumentParser):
    """argparse with Chinese words."""

    def __init__(self, *args: object, **options: object) -> None:
        options.setdefault("formatter_class", _Formatter)
        options["add_help"] = False
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> NoReturn:
        for english, chinese in _USAGE_WORDS:
            if re.fullmatch(english, message):
                message = re.sub(english, chinese, message)
                break
        self.exit(2, f"{self.prog}：{message}。用 {self.prog} --help 查看用法。\n")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(prog="gouji", description="勾稽：政府信息公开工作年度报告的填报、核对与综述。")
    top.add_argument("--version", action="version", version=f"gouji {__version__}", help="显示版本")
    subs = top.add_subparsers(metavar="命令", dest="command", required=True, parser_class=_Parser)

    def command(
        name: str, run: Callable[[argparse.Namespace], int], help_text: str
    ) -> argparse.ArgumentParser:
        sub = subs.add_parser(name, help=help_text, description=help_text)
        sub.set_defaults(run=run)
        return sub

    for family in FAMILIES:
        family.declare(command)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; every expected trouble is one Chinese line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = parser().parse_args(arguments)
    try:
        configured(os.environ.get(VARIABLE, ""))
        return int(options.run(options))
    except BrokenDefinition as problem:
        print(f"程序自带的定义有误，请联系维护人员：{problem}", file=sys.stderr)
    except Problem as problem:
        print(legible(str(problem), _LONGEST_LINE), file=sys.stderr)
    except MemoryError:
        print("内存不足，没有做完；请关闭其他程序，或删去文件中与年报无关的内容后重试。", file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
