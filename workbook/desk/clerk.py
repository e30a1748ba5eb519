"""The clerk's pages: drop a file, read what is wrong, take the commented, repaired or printed copy."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from workbook.desk.pages import download, page, same_origin, status_of, wants_json
from workbook.desk.uploads import Upload, sent
from workbook.desk.visits import Visit, Visits
from workbook.desk.workers import Workers
from workbook.form.edition import all_editions
from workbook.problems import Problem, UnusableInput

_BOOKS = (".xlsx", ".xlsm")


async def home(request: Request) -> Response:
    """Where a file is dropped."""
    settings = request.app.state.settings
    return page(request, "home.html", editions=all_editions()[::-1], hours=settings.keep_hours)


async def drop(request: Request) -> Response:
    """One or several files, each checked and kept for a while."""
    same_origin(request)
    async with sent(request) as form:
        files = form.files.get("file", ())
        previous = next(iter(form.files.get("previous", ())), None)
    if not files:
        raise UnusableInput("没有选择文件，请先选择年报文件。")
    outcomes = await asyncio.gather(*(_visit(request, upload, previous) for upload in files))
    if wants_json(request):
        return JSONResponse(outcomes[0] if len(outcomes) == 1 else outcomes)
    if len(outcomes) == 1 and "token" in outcomes[0]:
        return RedirectResponse(f"/visit/{outcomes[0]['token']}", status_code=303)
    return page(request, "several.html", outcomes=outcomes)


async def _visit(request: Request, upload: Upload, previous: Upload | None) -> dict[str, Any]:
    """A new visit and the short of its result, or the problem with the file."""
    visits: Visits = request.app.state.visits
    before = (previous.name, previous.data) if previous else None
    visit = await asyncio.to_thread(visits.begin, upload.name, upload.data, None, before)
    try:
        view = await check(request, visit)
    except Problem as problem:
        await asyncio.to_thread(visits.forget, visit)
        return {"file": upload.name, "problem": str(problem), "status": status_of(problem)}
    return {"file": upload.name, "token": visit.token, "title": view["title"], "counts": view["counts"]}


async def check(request: Request, visit: Visit) -> dict[str, Any]:
    """Check a visit's file in a worker and keep what came of it."""
    workers: Workers = request.app.state.workers
    visits: Visits = request.app.state.visits
    view: dict[str, Any] = await workers.run(
        "check", visits.source(visit), visit.name, visits.previous(visit)
    )
    await asyncio.to_thread(visits.keep_view, visit, view)
    return view


async def result(request: Request) -> Response:
    """What was found in one file."""
    visits: Visits = request.app.state.visits
    visit = visits.find(request.path_params["token"])
    view = visits.view(visit)
    return page(
        request,
        "result.html",
        visit=visit,
        view=view,
        is_book=Path(visit.name).suffix.lower() in _BOOKS,
        elsewhere=[item for item in view["complaints"] if item["table"] is None],
    )


async def commented(request: Request) -> Response:
    """The workbook with notes on its bad cells."""
    visit, stem, suffix = _download(request)
    return await _made(request, visit, "commented", f"{stem}（已核查）{suffix}", suffix, dict(visit.said))


async def repaired(request: Request) -> Response:
    """A fresh form with the corrections chosen on the page."""
    visit, stem, _ = _download(request)
    chosen = [cause for cause in request.query_params.getlist("cause") if cause.isascii() and cause.isdigit()]
    causes = tuple(int(cause) for cause in chosen[:200])
    return await _made(request, visit, "repaired", f"{stem}（已修改）.xlsx", ".xlsx", causes)


async def blank(request: Request) -> Response:
    """An empty form of an edition."""
    edition = request.path_params["edition"]
    visits: Visits = request.app.state.visits
    target = visits.blank(edition)
    if not target.exists():
        await request.app.state.workers.run("blank", edition, target)
    return download(target, f"政府信息公开工作年度报告（{edition}年版）.xlsx")


def _download(request: Request) -> tuple[Visit, str, str]:
    visits: Visits = request.app.state.visits
    visit = visits.find(request.path_params["token"])
    name = Path(visit.name)
    if name.suffix.lower() not in _BOOKS:
        raise UnusableInput("这不是Excel工作簿，没有批注副本；请下载填好的年报表。")
    return visit, name.stem, name.suffix.lower()


async def _made(request: Request, visit: Visit, task: str, name: str, suffix: str, *more: object) -> Response:
    visits: Visits = request.app.state.visits
    target = visits.result(visit, suffix)
    await request.app.state.workers.run(
        task, visits.source(visit), visit.name, visits.previous(visit), *more, target
    )
    return download(target, name)


ROUTES = [
    Route("/", home),
    Route("/check", drop, methods=["POST"]),
    Route("/visit/{token}", result),
    Route("/visit/{token}/commented", commented),
    Route("/visit/{token}/repaired", repaired),
    Route("/blank/{edition}", blank),
]
