"""The officer's work: a campaign made, handed out, rechecked, decided on, handed up."""

from __future__ import annotations

import importlib
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path

from workbook.commands.targets import Declare
from workbook.problems import UnusableInput


def declare(command: Declare) -> None:
    """campaign, recheck."""
    sub = command(
        "campaign", _officer("campaign"), "年报任务：新建、下发、进度、放行、退回、发布、上报、汇入、办结"
    )
    parser: type[ArgumentParser] = type(sub)
    steps = sub.add_subparsers(metavar="步骤", dest="step", required=True, parser_class=parser)

    def step(name: str, help_text: str, unit: bool = False, reason: str = "") -> ArgumentParser:
        made: ArgumentParser = steps.add_parser(name, help=help_text, description=help_text)
        made.add_argument("dir", type=Path, metavar="任务文件夹", help="任务所在的文件夹")
        if unit:
            made.add_argument("unit", metavar="单位", help="单位代码或全称")
        if reason:
            made.add_argument(
                "--reason", required=reason == "must", default="", metavar="理由", help="写明理由"
            )
        return made

    made = step("init", "新建任务")
    made.add_argument("--year", type=int, required=True, metavar="年度", help="报告年度")
    made.add_argument("--roster", type=Path, required=True, metavar="名册", help="单位名册工作簿")
    made.add_argument("--previous", type=Path, metavar="上年", help="上年的任务，或上年报告所在的文件夹")
    blank = steps.add_parser("roster-template", help="生成空白的单位名册")
    blank.add_argument("-o", "--out", type=Path, required=True, metavar="工作簿", help="写到哪个文件")
    step("distribute", "下发：每个单位一张表，放在outbox")
    made = step("status", "进度")
    made.add_argument("--json", action="store_true", help="输出JSON")
    made = step("pass", "放行：写明理由，不再要求改正", unit=True, reason="must")
    made.add_argument("--rule", metavar="规则", help="只放行这一条规则的问题")
    made.add_argument("--finding", type=int, metavar="序号", help="只放行这一个问题（进度中的序号）")
    step("return", "退回：写明理由", unit=True, reason="must")
    step("lock", "锁定", unit=True, reason="may")
    made = step("publish", "登记公布的网址和日期", unit=True)
    made.add_argument("--url", required=True, metavar="网址", help="公布的网页")
    made.add_argument("--date", type=_day, required=True, metavar="日期", help="公布日期，如2026-01-30")
    step("correct", "发布或锁定后更正：重新打开", unit=True, reason="must")
    made = step("set-aside", "搁置一个收到的文件", reason="must")
    made.add_argument("path", metavar="文件", help="收件记录里的路径，如inbox/a.xlsx")
    made = step("package", "把本任务的数字、状态、说明打成一个上报包")
    made.add_argument("-o", "--out", type=Path, required=True, metavar="上报包", help="写到哪个文件（.zip）")
    made.add_argument("--unit", metavar="单位", help="只上报这个单位和它下面的")
    made = step("merge", "汇入下级的上报包")
    made.add_argument("package", type=Path, metavar="上报包", help="下级报来的上报包（.zip）")
    step("close", "办结：都通过了就全部锁定，否则列出还缺什么")

    sub = command("recheck", _officer("recheck_command"), "核查任务里收到的文件，或任何一个文件夹里的文件")
    sub.add_argument("dir", type=Path, metavar="文件夹", help="任务文件夹，或放着报告的文件夹")
    sub.add_argument("--workers", type=int, metavar="数", help="用几个进程（默认按处理器个数）")
    sub.add_argument("--scheduler", metavar="地址", help="Dask调度程序的地址，在多台机器上核查")
    sub.add_argument("--json", action="store_true", help="输出JSON")
    sub.add_argument("--no-results", action="store_true", help="只核查，不重写results里的汇总和网页")

    sub = command(
        "consolidate", _officer("consolidate_command"), "汇总：本级、各部门与下级政府，写成法定表式并附明细"
    )
    sub.add_argument("dir", type=Path, metavar="任务文件夹", help="任务所在的文件夹")
    sub.add_argument("--unit", metavar="单位", help="汇总到哪个单位（代码或全称）；不给则汇总到最上一级")
    sub.add_argument("--json", action="store_true", help="输出JSON")


def _officer(name: str) -> Callable[[Namespace], int]:
    """A command looked up when it is typed: checking one report must not load what thousands need."""

    def run(options: Namespace) -> int:
        try:
            steps = importlib.import_module("workbook.commands.officer")
        except ModuleNotFoundError as error:
            raise UnusableInput(f"年报任务部分没有装全，请安装 gouji[campaign]。〔{error.name}〕") from error
        return int(getattr(steps, name)(options))

    return run


def _day(text: str) -> date:
    return date.fromisoformat(text)
