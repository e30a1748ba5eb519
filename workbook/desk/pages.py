"""Pages and refusals: templates filled, and every trouble as one Chinese sentence on a page or in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.templating import Jinja2Templates
from starlette.types import ExceptionHandler

from workbook.desk.visits import NoSuchVisit
from workbook.desk.workers import Busy, Refused
from workbook.problems import Problem, UnusableInput, UnwritableOutput

TEMPLATES = Jinja2Templates(directory=Path(__file__).parent / "html")
TEMPLATES.env.trim_blocks = TEMPLATES.env.lstrip_blocks = True

_WORDS = {
    400: "请求不完整，请返回上一页重试。",
    403: "没有权限，或页面已过期；请返回上一页刷新后再试。",
    404: "没有这个页面，或文件的暂存时间已过，请重新上传。",
    405: "不能这样访问这个页面。",
    413: "上传的文件太大。",
    429: "错的次数太多，请过15分钟再试。",
    500: "程序出错了，已记录；请稍后再试，仍不行请联系政务公开办公室。",
}


def page(request: Request, name: str, status: int = 200, **words: Any) -> Response:
    """One page from its template."""
    return TEMPLATES.TemplateResponse(request, name, words, status_code=status)


def download(path: Path, name: str) -> Response:
    """A file to be saved under a Chinese name, never shown by the browser."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return FileResponse(
        path, media_type="application/octet-stream", headers={"content-disposition": disposition}
    )


def same_origin(request: Request) -> None:
    """Raises 403 for a form that another site sent (browsers name where it came from)."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    foreign = origin not in (None, "null") and urlsplit(str(origin)).netloc != request.headers.get("host")
    if foreign or origin == "null" or site not in ("same-origin", "none"):
        raise HTTPException(403)


def status_of(problem: Problem) -> int:
    """The HTTP status that says whose turn it is."""
    match problem:
        case UnusableInput() | Refused():
            return 422
        case Busy():
            return 503
        case UnwritableOutput():
            return 507
        case _:
            return 500


def refused(kind: type[Problem]) -> Mapping[Any, ExceptionHandler]:
    """Exception handlers: what a visitor is told instead of a traceback."""

    def answer(request: Request, words: str, status: int, more: Mapping[str, str] | None = None) -> Response:
        headers = dict(more or {}) | ({"retry-after": "60"} if status == 503 else {})
        if wants_json(request):
            return JSONResponse({"problem": words}, status_code=status, headers=headers)
        found = page(request, "message.html", status, words=words)
        found.headers.update(headers)
        return found

    async def for_problem(request: Request, error: Exception) -> Response:
        status = status_of(error) if isinstance(error, Problem) else 500
        return answer(request, str(error) if status != 500 else _WORDS[500], status)

    async def for_status(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None  # Allow, of a 405
        return answer(request, _WORDS.get(status, _WORDS[400]), status, headers)

    async def for_lost(request: Request, _error: Exception) -> Response:
        return answer(request, _WORDS[404], 404)

    return {kind: for_problem, HTTPException: for_status, NoSuchVisit: for_lost, Exception: for_status}


def wants_json(request: Request) -> bool:
    """Programs and the page's own script; a browser's navigation asks for HTML."""
    return request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", "")
