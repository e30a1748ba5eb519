"""What stands before every page: size and time of a request, rate of an address, headers of an answer."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MOST_ADDRESSES = 20_000

# Nothing is fetched from elsewhere, framed by others, or sniffed into another type; the address of a visit
# (its token is the key to it) is not told to anyone.
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class TooLarge(Exception):
    """A request of more bytes, or more slowly sent, than the desk takes."""


class Headered:
    """Adds the security headers to every answer; pages are not kept by caches."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, answer)


class Bounded:
    """Ends a request whose body is larger or slower than allowed, whatever its headers say."""

    def __init__(self, app: ASGIApp, *, body: int, seconds: float) -> None:
        self._app, self._body, self._seconds = app, body, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isascii() or not declared.isdigit() or int(declared[:15]) > self._body:
            await _refusal("上传的文件太大。", 413)(scope, receive, send)
            return
        got = 0
        until = asyncio.get_running_loop().time() + self._seconds
        arrived = begun = False

        async def bounded() -> Message:
            nonlocal got, arrived
            if arrived:
                return await receive()
            left = until - asyncio.get_running_loop().time()
            try:
                message = await asyncio.wait_for(receive(), timeout=max(left, 0.001))
            except TimeoutError as error:
                raise TooLarge from error
            got += len(message.get("body", b""))
            arrived = not message.get("more_body", False)
            if got > self._body:
                raise TooLarge
            return message

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, bounded, answer)
        except TooLarge:
            if not begun:
                await _refusal("上传的文件太大，或传得太慢，已停止。", 413)(scope, receive, send)


class Unhurried:
    """So many requests a minute of one address; files of the page itself are not counted."""

    def __init__(self, app: ASGIApp, *, a_minute: int, behind_proxy: bool) -> None:
        self._app, self._rate, self._proxy = app, a_minute, behind_proxy
        # address → requests left, and when that was counted
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        who = address(Request(scope), behind_proxy=self._proxy)
        scope.setdefault("state", {})["address"] = who
        if self._take(who):
            await self._app(scope, receive, send)
        else:
            refusal = _refusal("操作太频繁，请过一分钟再试。", 429)
            refusal.headers["retry-after"] = "60"
            await refusal(scope, receive, send)

    def _take(self, who: str) -> bool:
        now = time.monotonic()
        left, since = self._left.pop(who, (float(self._rate), now))
        left = min(float(self._rate), left + (now - since) * self._rate / 60)
        taken = left >= 1
        self._left[who] = (left - 1 if taken else left, now)
        while len(self._left) > _MOST_ADDRESSES:
            self._left.popitem(last=False)
        return taken


def address(request: Request, *, behind_proxy: bool) -> str:
    """Whose request it is; the last entry of X-Forwarded-For is what the one proxy in front has seen."""
    if behind_proxy:
        forwarded = request.headers.get("x-forwarded-for", "")
        if forwarded:
            return forwarded.rpartition(",")[2].strip()[:64]
    return request.client.host if request.client else "-"


def _refusal(words: str, status: int) -> PlainTextResponse:
    return PlainTextResponse(words, status_code=status, headers={"connection": "close"})
