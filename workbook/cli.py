"""The commands. Exit status: 0 nothing of severity error, 1 at least one, 2 input that cannot be used."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from workbook import __version__, commands
from workbook.files.limits import VARIABLE, configured
from workbook.form.edition import all_editions
from workbook.form.labels import legible
from workbook.problems import BrokenDefinition, Problem, UnusableInput

_USAGE_WORDS = (
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.*)", r"不认识的参数：\1"),
    (r"argument (.*): invalid choice: (.*) \(choose from (.*)\)", r"\1：没有\2，可选：\3"),
    (r"argument (.*): expected one argument", r"\1：后面缺一个值"),
    (r"argument (.*): expected at least one argument", r"\1：后面至少要一个值"),
    (r"argument (.*): not allowed with argument (.*)", r"\1不能与\2同时使用"),
    (r"argument (.*): invalid int value: (.*)", r"\1：\2不是整数"),
)

_LONGEST_LINE = 1_000


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


def _guest(name: str) -> Callable[[argparse.Namespace], int]:
    """A command of the add-in, looked up only when it is typed: the engine does not know the add-in."""

    def run(options: argparse.Namespace) -> int:
        try:
            commands_of_addin = importlib.import_module("addin.commands")
        except ModuleNotFoundError as error:
            raise UnusableInput(f"按钮部分没有装全，请安装 gouji[addin]。〔{error.name}〕") from error
        return int(getattr(commands_of_addin, name)(options))

    return run


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(prog="gouji", description="勾稽：政府信息公开工作年度报告的填报、核对与综述。")
    top.add_argument("--version", action="version", version=f"gouji {__version__}", help="显示版本")
    subs = top.add_subparsers(metavar="命令", dest="command", required=True, parser_class=_Parser)
    editions = [edition.id for edition in all_editions()]

    def command(
        name: str, run: Callable[[argparse.Namespace], int], help_text: str
    ) -> argparse.ArgumentParser:
        sub = subs.add_parser(name, help=help_text, description=help_text)
        sub.set_defaults(run=run)
        return sub

    sub = command("demo", commands.demo, "用宁波市科技局2019年度报告演示：填表、核对、批注、综述")
    sub.add_argument(
        "-o", "--out", type=Path, default=Path("demo"), metavar="文件夹", help="结果放在哪里（默认 demo）"
    )

    sub = command("template", commands.template, "生成空白母表")
    sub.add_argument("--edition", choices=editions, required=True, help="版式")
    sub.add_argument(
        "--totals", choices=["formula", "typed"], default="formula", help="合计用公式（默认）或手填"
    )
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help="写到哪个文件")

    sub = command("fill", commands.fill, "把数据文件（.json、.csv）填成一张表")
    sub.add_argument("facts", type=Path, metavar="数据", help="数据文件")
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help="写到哪个文件")
    sub.add_argument("--zero", action="store_true", help="没有给出的格填0（不覆盖已给出的内容）")

    sub = command("facts", commands.facts, "读出一份报告的数字和文字（JSON）")
    sub.add_argument("file", type=Path, metavar="文件", help="工作簿或数据文件")
    sub.add_argument("--year", type=int, metavar="年度", help="文件里没有写明年度时，以此为准")
    sub.add_argument("--edition", choices=editions, help="文件里看不出版式时，以此为准")

    sub = command("check", commands.check, "核对一份或多份报告")
    sub.add_argument("files", type=Path, nargs="+", metavar="文件", help="工作簿或数据文件")
    sub.add_argument("--previous", type=Path, metavar="上年", help="同一单位的上年报告")
    sub.add_argument("--json", action="store_true", help="输出JSON")
    target = sub.add_mutually_exclusive_group()
    target.add_argument(
        "--annotate", type=Path, metavar="输出", help="写出带批注的副本：一份时是文件，多份时是文件夹"
    )
    target.add_argument("--in-place", action="store_true", help="批注写进原文件，原件另存备份")

    sub = command("narrate", commands.narrate, "生成综述")
    sub.add_argument("book", type=Path, metavar="工作簿", help="已填好的表")
    sub.add_argument("--previous", type=Path, metavar="上年", help="同一单位的上年报告")
    sub.add_argument(
        "-o", "--out", type=Path, metavar="工作簿", help="写进“综述”页，另存为此文件；不给则只显示"
    )

    same = "写到哪个文件（扩展名与原件相同）"
    sub = command("annotate", commands.annotate_any, "把一份批注清单写进任意工作簿")
    sub.add_argument("book", type=Path, metavar="工作簿", help="任意xlsx、xlsm工作簿")
    sub.add_argument(
        "notes", type=Path, metavar="批注清单", help="JSON：[{sheet、cell、text、severity（可不写）}，…]"
    )
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help=same)
    sub.add_argument("--json", action="store_true", help="输出JSON")

    sub = command("clear", commands.clear_any, "清除本程序写入的批注、底色和校验结果，别人的内容不动")
    sub.add_argument("book", type=Path, metavar="工作簿", help="任意xlsx、xlsm工作簿")
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help=same)
    sub.add_argument("--json", action="store_true", help="输出JSON")

    sub = command("repair", commands.repair, "把能读出的内容搬进一张新表，并列出搬不了的")
    sub.add_argument("book", type=Path, metavar="工作簿", help="表式被改动或损坏的报告")
    sub.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help="新表写到哪个文件")
    sub.add_argument("--suggested", action="store_true", help="同时按唯一、有把握的建议改正数字，并逐条列出")
    sub.add_argument("--previous", type=Path, metavar="上年", help="同一单位的上年报告，供建议参考")
    sub.add_argument("--json", action="store_true", help="输出JSON")

    sub = command("rules", commands.rules, "规则手册")
    sub.add_argument("--edition", choices=editions, help="只列适用于该版式的规则")
    sub.add_argument("--json", action="store_true", help="输出JSON")
    sub.add_argument("--to", choices=["md", "xlsx", "docx"], help="写成文件（配合 -o）")
    sub.add_argument("-o", "--out", type=Path, metavar="文件", help="写到哪个文件")

    sub = command("addin", _guest("addin"), "按钮：生成、安装、查看、卸载（Excel加载项、LibreOffice扩展）")
    steps = sub.add_subparsers(metavar="步骤", dest="step", required=True, parser_class=_Parser)
    step = steps.add_parser("build", help="生成gouji.xlam、带宏的母表和gouji.oxt")
    step.add_argument("-o", "--out", type=Path, required=True, metavar="文件夹", help="写到哪个文件夹")
    steps.add_parser("install", help="为当前用户安装")
    steps.add_parser("status", help="查看装了没有")
    steps.add_parser("uninstall", help="卸载，年报里的批注不动")

    command("attach", _guest("attach"), "连接正在运行的Excel或LibreOffice，用菜单操作（不需要宏）")
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
