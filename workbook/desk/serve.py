"""Starting the desk on a port of this machine."""

from __future__ import annotations

import socket

import uvicorn

from workbook.desk.app import create_app
from workbook.desk.settings import DeskSettings
from workbook.problems import UnusableInput


def serve(settings: DeskSettings, *, host: str, port: int) -> None:
    """Run until it is stopped. Raises UnusableInput where the port is taken.

    Logs name the time, page and status of a request, never what was in it; a visit's key is a secret, so
    addresses of pages are not logged either.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise UnusableInput(f"端口{port}用不了（{error.strerror}），请用 --port 换一个。") from error
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        log_level="warning",
        proxy_headers=False,  # who is believed is decided in guard.py
        timeout_keep_alive=15,
        limit_concurrency=1000,
    )
