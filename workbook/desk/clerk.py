"""The clerk's pages: drop a file, read what is wrong, take the commented, repaired or printed copy."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from workbook.campaign.records import Unit
from workbook.desk.campaign import Campaign
from workbook.desk.pages import download, page, same_origin, status_of, wants_json
from workbook.desk.uploads import Sent, Upload, sent
from workbook.desk.visits import Visit, Visits
from workbook.desk.workers import Workers
from workbook.form.editionfile import all_editions
from workbook.problems import Problem, UnusableInput

_BOOKS = (".xlsx", ".xlsm")
_LONGEST_SAID = 2_000  # characters of one 情况说明


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
        code = form.text("unit")
    if not files:
        raise UnusableInput("没有选择文件，请先选择年报文件。")
    unit = await unit_of(request, code) if code else None
    outcomes = await asyncio.gather(*(_visit(request, upload, previous, unit) for upload in files))
    if wants_json(request):
        return JSONResponse(outcomes[0] if len(outcomes) == 1 else outcomes)
    if len(outcomes) == 1 and "token" in outcomes[0]:
        return RedirectResponse(f"/visit/{outcomes[0]['token']}", status_code=303)
    return page(request, "several.html", outcomes=outcomes)


async def unit_of(request: Request, code: str) -> Unit:
    """The unit whose 报送码 it is. Raises 404 for nobody's code, 429 after too many of them."""
    campaign: Campaign | None = request.app.state.campaign
    who = request.state.address
    if campaign is None:
        raise HTTPException(404)
    if not request.app.state.code_tries.begin(who):
        raise HTTPException(429)
    unit = await asyncio.to_thread(campaign.unit_of, code)
    if unit is None:
        raise UnusableInput("报送码不对，请核对政务公开办公室发给贵单位的网址或报送码。")
    request.app.state.code_tries.right(who)
    return unit


async def _visit(
    request: Request, upload: Upload, previous: Upload | None, unit: Unit | None
) -> dict[str, Any]:
    """A new visit and the short of its result, or the problem with the file."""
    visits: Visits = request.app.state.visits
    before = (previous.name, previous.data) if previous else None
    code = unit.code if unit else None
    visit = await asyncio.to_thread(visits.begin, upload.name, upload.data, code, before)
    try:
        view = await check(request, visit)
    except Problem as problem:
        await asyncio.to_thread(visits.forget, visit)
        return {"file": upload.name, "problem": str(problem), "status": status_of(problem)}
    return {"file": upload.name, "token": visit.token, "title": view["title"], "counts": view["counts"]}


async def check(request: Request, visit: Visit) -> dict[str, Any]:
    """Check a visit's file in a worker and keep what came of it."""
    visits: Visits = request.app.state.visits
    view: dict[str, Any] = await _run(request, "check", visit)
    await asyncio.to_thread(visits.keep_view, visit, view)
    return view


async def _run(request: Request, task: str, visit: Visit, *more: object) -> Any:
    """One task on a visit's file, judged as the campaign will where it came by a unit's link."""
    visits: Visits = request.app.state.visits
    workers: Workers = request.app.state.workers
    campaign: Campaign | None = request.app.state.campaign
    case = None
    if visit.unit is not None and campaign is not None:
        case = await asyncio.to_thread(campaign.case, visit.unit)
    return await workers.run(task, visits.dropped(visit, case), *more)


async def result(request: Request) -> Response:
    """What was found in one file."""
    visits: Visits = request.app.state.visits
    visit = visits.find(request.path_params["token"])
    return await result_page(request, visit, visits.view(visit))


async def result_page(
    request: Request, visit: Visit, view: Mapping[str, Any], problem: str | None = None
) -> Response:
    """The page of a checked file; `problem` is why it was not handed in."""
    campaign: Campaign | None = request.app.state.campaign
    standing = code = None
    if visit.unit is not None and campaign is not None:
        standing = await asyncio.to_thread(campaign.standing, visit.unit)
        code = await asyncio.to_thread(campaign.link_of, visit.unit)
    return page(
        request,
        "result.html",
        422 if problem else 200,
        visit=visit,
        view=view,
        problem=problem,
        is_book=Path(visit.name).suffix.lower() in _BOOKS,
        elsewhere=[item for item in view["complaints"] if item["table"] is None],
        open=outstanding(view, visit.said),
        standing=standing,
        code=code,
    )


def outstanding(view: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, int]:
    """How many complaints would hold the report back: errors, and questions that nobody has answered."""
    held = [item for item in view["complaints"] if not item["passed"]]
    return {
        "errors": sum(item["severity"] == "error" for item in held),
        "unexplained": sum(
            item["severity"] == "explain" and not (said.get(item["key"]) or item["explanation"])
            for item in held
        ),
    }


def said_in(form: Sent, view: Mapping[str, Any]) -> dict[str, str]:
    """The 情况说明 that were typed on the page, by the findings they belong to."""
    return {
        item["key"]: text
        for item in view["complaints"]
        if (text := form.text(f"said-{item['number']}").strip()[:_LONGEST_SAID])
    }


async def say(request: Request) -> Response:
    """Keep what the unit says of its findings; the commented copy then carries it."""
    same_origin(request)
    visits: Visits = request.app.state.visits
    visit = visits.find(request.path_params["token"])
    view = visits.view(visit)
    async with sent(request) as form:
        said = said_in(form, view)
    await asyncio.to_thread(visits.explain, visit, said)
    return RedirectResponse(f"/visit/{visit.token}#findings", status_code=303)


async def commented(request: Request) -> Response:
    """The workbook with notes on its bad cells."""
    visit, stem, suffix = _download(request)
    return await _made(request, visit, "commented", f"{stem}（已核查）{suffix}", suffix)


async def repaired(request: Request) -> Response:
    """A fresh form with the corrections chosen on the page."""
    visit, stem, _ = _download(request)
    chosen = [cause for cause in request.query_params.getlist("cause") if cause.isascii() and cause.isdigit()]
    causes = tuple(int(cause) for cause in chosen[:200])
    return await _made(request, visit, "repaired", f"{stem}（已修改）.xlsx", ".xlsx", causes)


async def printed(request: Request) -> Response:
    """The report as a Word document."""
    visits: Visits = request.app.state.visits
    visit = visits.find(request.path_params["token"])
    return await _made(request, visit, "printed", f"{Path(visit.name).stem}.docx", ".docx")


async def blank(request: Request) -> Response:
    """An empty form of an edition."""
    edition = request.path_params["edition"]
    visits: Visits = request.app.state.visits
    if edition not in {known.id for known in all_editions()}:
        raise HTTPException(404)
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
    await _run(request, task, visit, *more, target)
    return download(target, name)


ROUTES = [
    Route("/", home),
    Route("/check", drop, methods=["POST"]),
    Route("/visit/{token}", result),
    Route("/visit/{token}/say", say, methods=["POST"]),
    Route("/visit/{token}/commented", commented),
    Route("/visit/{token}/repaired", repaired),
    Route("/visit/{token}/word", printed),
    Route("/blank/{edition}", blank),
]
