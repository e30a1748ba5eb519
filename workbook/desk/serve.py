"""Starting the desk on a port of this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from workbook.desk.app import create_app, officers_of
from workbook.desk.settings import DeskSettings
from workbook.problems import UnusableInput


def serve(
    settings: DeskSettings, *, host: str, port: int, say: Callable[[str], None], new_officer: bool = False
) -> None:
    """Run until it is stopped. Raises UnusableInput where the port is taken or the folder is no campaign.

    Where nobody can sign in yet, or `new_officer` is asked for, a once-only code is said with which an
    officer sets a secret. Logs name the time, page and status of a request, never what was in it; a visit's
    key is a secret, so addresses of pages are not logged either.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise UnusableInput(f"端口{port}用不了（{error.strerror}），请用 --port 换一个。") from error
    officers = officers_of(settings)
    app = create_app(settings, officers)
    say(f"请用浏览器打开：http://{host}:{port}/　（按 Ctrl+C 结束）")
    if settings.campaign and (new_officer or not officers.names):
        page = f"http://{host}:{port}/officer/secret"
        say(f"设置经办人口令：打开 {page} ，设置码 {officers.invite()} （只能用一次）")
    uvicorn.run(
        app,
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        log_level="warning",
        proxy_headers=False,  # who is believed is decided in guard.py
        timeout_keep_alive=15,
        limit_concurrency=1000,
    )
