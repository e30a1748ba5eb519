"""A unit's pages: by its own link the form, where its report stands, handing in, and the receipt."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from workbook.campaign.links import typed_code
from workbook.campaign.records import State, Submission, Unit
from workbook.campaign.returned import location_of
from workbook.campaign.settle import BY_HAND
from workbook.desk.campaign import Campaign, Standing
from workbook.desk.clerk import check, outstanding, result_page, said_in, unit_of
from workbook.desk.dropped import Dropped
from workbook.desk.pages import download, page, same_origin
from workbook.desk.uploads import sent
from workbook.desk.visits import Visits
from workbook.form.labels import legible
from workbook.problems import UnusableInput

_LONGEST_PERSON = 40
_BOOKS = (".xlsx", ".xlsm")


async def enter(request: Request) -> Response:
    """A 报送码 typed by hand: to the unit's page."""
    same_origin(request)
    async with sent(request) as form:
        code = form.text("code")
    await unit_of(request, code)
    return RedirectResponse(f"/u/{typed_code(code)}", status_code=303)


async def unit_page(request: Request) -> Response:
    """How the unit stands, why its report came back, and where the next one is dropped."""
    campaign: Campaign = request.app.state.campaign
    unit = await unit_of(request, request.path_params["code"])
    standing = await asyncio.to_thread(campaign.standing, unit.code)
    return page(
        request,
        "unit.html",
        code=typed_code(request.path_params["code"]),
        unit=unit,
        standing=standing,
        year=campaign.year,
        reason=given_back_because(standing),
        leads=standing.leads,
        hours=request.app.state.settings.keep_hours,
        settings=campaign.settings,
        is_book=bool(standing.state.receipt) and _suffix(standing) in _BOOKS,
    )


def given_back_because(standing: Standing) -> str | None:
    """The officer's own words where she gave the report back by hand."""
    last = standing.state.history[-1] if standing.state.history else None
    if last is None or standing.state.state is not State.RETURNED or not last.reason.startswith(BY_HAND):
        return None
    return last.reason.removeprefix(BY_HAND)


def _suffix(standing: Standing) -> str:
    return Path(standing.state.receipt.path).suffix.lower() if standing.state.receipt else ""


async def form(request: Request) -> Response:
    """The unit's own form: its identity inside, last year's figures beside."""
    campaign: Campaign = request.app.state.campaign
    unit = await unit_of(request, request.path_params["code"])
    target = _passing(request, ".xlsx")
    at = await asyncio.to_thread(campaign.at)
    name = await request.app.state.workers.run("unit_form", at, unit.code, target)
    return download(target, name)


async def commented(request: Request) -> Response:
    """The report that counts, with notes on its bad cells."""
    campaign: Campaign = request.app.state.campaign
    unit = await unit_of(request, request.path_params["code"])
    return await commented_copy(request, await asyncio.to_thread(campaign.standing, unit.code))


async def commented_copy(request: Request, standing: Standing) -> Response:
    """The same for whoever may see that unit. Raises UnusableInput where there is no workbook."""
    campaign: Campaign = request.app.state.campaign
    receipt, suffix = standing.state.receipt, _suffix(standing)
    if receipt is None or suffix not in _BOOKS:
        raise UnusableInput("还没有收到Excel工作簿，没有带批注的副本。")
    name = Path(receipt.path.replace("!", "/"))
    case = await asyncio.to_thread(campaign.case, standing.state.unit.code)
    target = _passing(request, suffix)
    dropped = Dropped(location_of(campaign.folder, receipt), name.name, case=case)
    await request.app.state.workers.run("commented", dropped, target)
    return download(target, f"{name.stem}（退回修改）{suffix}")


def _passing(request: Request, suffix: str) -> Path:
    """A file that is deleted with the visits' files."""
    visits: Visits = request.app.state.visits
    return visits.passing(suffix)


async def claim(request: Request) -> Response:
    """A file that was only checked becomes a unit's, by its 报送码, and is checked as the campaign will."""
    same_origin(request)
    visits: Visits = request.app.state.visits
    visit = visits.find(request.path_params["token"])
    async with sent(request) as form:
        unit = await unit_of(request, form.text("code"))
    if visit.unit is None:
        visit = await asyncio.to_thread(visits.claim, visit, unit.code)
        await check(request, visit)
    elif visit.unit != unit.code:
        raise UnusableInput("这份文件已按另一个单位的报送码核对，请用本单位的网址重新上传。")
    return RedirectResponse(f"/visit/{visit.token}#submit", status_code=303)


async def submit(request: Request) -> Response:
    """Hand the checked file in as it came; its receipt follows."""
    same_origin(request)
    visits: Visits = request.app.state.visits
    campaign: Campaign | None = request.app.state.campaign
    visit = visits.find(request.path_params["token"])
    code = visit.unit
    if campaign is None or code is None:
        raise HTTPException(400)
    view = visits.view(visit)
    async with sent(request) as form:
        said = said_in(form, view)
        person = legible(form.text("person").strip(), _LONGEST_PERSON)
        anyway = form.text("anyway") == "1"
    visit = await asyncio.to_thread(visits.explain, visit, said)
    if view.get("refused"):
        return await result_page(request, visit, view, f"没有提交：{view['refused']}。")
    if not person:
        return await result_page(request, visit, view, "没有提交：请填写填报人姓名。")
    left = outstanding(view, said)
    if (left["errors"] or left["unexplained"]) and not anyway:
        words = "没有提交：还有问题没有改正或说明。请改正，或写明情况；确须按现状报送的，请勾选“按现状提交”。"
        return await result_page(request, visit, view, words)
    data = await asyncio.to_thread(visits.source(visit).read_bytes)
    submission = await asyncio.to_thread(campaign.hand_in, code, visit.name, data, said, person)
    request.app.state.intake.wake()
    return RedirectResponse(f"/receipt/{submission.code}", status_code=303)


async def ask_receipt(request: Request) -> Response:
    """A receipt's code typed by hand."""
    code = request.query_params.get("code")
    if not code:
        return page(request, "receipts.html")
    await _receipt(request, code)
    return RedirectResponse(f"/receipt/{typed_code(code)}", status_code=303)


async def receipt(request: Request) -> Response:
    """What was received when; with a file beside it, whether it is the very same."""
    submission, unit, proved = await _receipt(request, request.path_params["code"])
    same: bool | None = None
    if request.method == "POST":
        same_origin(request)
        async with sent(request) as form:
            upload = next(iter(form.files.get("file", ())), None)
        if upload is None:
            raise UnusableInput("没有选择文件。")
        digest = await asyncio.to_thread(lambda: hashlib.sha256(upload.data).hexdigest())
        same = secrets.compare_digest(digest, submission.sha256)
    campaign: Campaign = request.app.state.campaign
    standing = await asyncio.to_thread(campaign.standing, unit.code)
    counts = standing.state.receipt is not None and standing.state.receipt.sha256 == submission.sha256
    fate = await asyncio.to_thread(campaign.fate, submission)
    return page(
        request,
        "receipt.html",
        submission=submission,
        at=submission.at.astimezone(),
        unit=unit,
        year=campaign.year,
        proved=proved,
        same=same,
        state=standing.state.state if counts else None,
        fate=fate,
        counts=counts,
    )


async def _receipt(request: Request, code: str) -> tuple[Submission, Unit, bool]:
    campaign: Campaign | None = request.app.state.campaign
    if campaign is None:
        raise HTTPException(404)
    if not request.app.state.code_tries.begin(request.state.address):
        raise HTTPException(429)
    found = await asyncio.to_thread(campaign.submission, code)
    if found is None:
        raise UnusableInput("没有这个回执，请核对回执上的校验码。")
    request.app.state.code_tries.right(request.state.address)
    return found


ROUTES = [
    Route("/u", enter, methods=["POST"]),
    Route("/u/{code}", unit_page),
    Route("/u/{code}/form", form),
    Route("/u/{code}/commented", commented),
    Route("/visit/{token}/claim", claim, methods=["POST"]),
    Route("/visit/{token}/submit", submit, methods=["POST"]),
    Route("/receipt", ask_receipt),
    Route("/receipt/{code}", receipt, methods=["GET", "POST"]),
]
