"""The desk: a page on the intranet."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from pathlib import Path

from workbook.commands.targets import Declare
from workbook.problems import UnusableInput


def declare(command: Declare) -> None:
    """serve."""
    sub = command("serve", serve, "在本机开一个网页，供没有安装按钮的人核对、报送")
    sub.add_argument(
        "folder", type=Path, nargs="?", metavar="任务文件夹", help="年报任务文件夹；不给则只核对，不收件"
    )
    sub.add_argument("--host", default="127.0.0.1", metavar="地址", help="监听地址（默认只限本机）")
    sub.add_argument("--port", type=int, default=8765, metavar="端口", help="端口（默认8765）")
    sub.add_argument("--behind-proxy", action="store_true", help="前面有一台反向代理（如nginx）")
    sub.add_argument("--new-officer", action="store_true", help="再显示一次设置码，增加经办人或重设口令")
    sub.add_argument("--keep-hours", type=float, default=2.0, metavar="小时", help="未提交的文件保留多久")


def serve(options: Namespace) -> int:
    """Serve until stopped with Ctrl+C."""
    try:
        from workbook.desk.serve import serve as run  # noqa: PLC0415 - an extra, and heavy
        from workbook.desk.settings import DeskSettings  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UnusableInput(f"网页部分没有装全，请安装 gouji[desk]。〔{error.name}〕") from error
    folder: Path | None = options.folder
    with tempfile.TemporaryDirectory(prefix="gouji-") as passing:
        store = folder / "desk" if folder else Path(passing)
        run(
            DeskSettings(
                store=store, campaign=folder, keep_hours=options.keep_hours, behind_proxy=options.behind_proxy
            ),
            host=options.host,
            port=options.port,
            say=lambda words: print(words, flush=True),
            new_officer=options.new_officer,
        )
    return 0
