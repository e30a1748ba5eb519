"""The officer's pages: how the campaign stands, each unit, what to send out, what to take away."""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from pathlib import Path
from typing import Any

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from workbook.campaign.ledger import Hand
from workbook.campaign.links import renew_link
from workbook.campaign.listbook import ListBook, ListColumn
from workbook.campaign.records import Fate, State, UnitState
from workbook.campaign.returned import location_of
from workbook.desk.campaign import Campaign
from workbook.desk.pages import download, page
from workbook.desk.running import LABELS, Running
from workbook.desk.session import officer_form, officers_only
from workbook.desk.unit import commented_copy
from workbook.desk.visits import Visits
from workbook.results.gathering import gather_open
from workbook.results.reminders import reminder

_A_PAGE = 100  # units
_QUIET = frozenset({Fate.CURRENT, Fate.SUPERSEDED, Fate.ARCHIVE, Fate.IGNORED, Fate.SET_ASIDE})


def _campaign(request: Request) -> Campaign:
    found: Campaign = request.app.state.campaign
    return found


def _today() -> Any:
    return Hand.mine().at.date()


async def progress(request: Request) -> Response:
    """How the campaign stands today."""
    campaign = _campaign(request)

    def read() -> dict[str, Any]:
        today = _today()
        with campaign.ledger() as ledger:
            states = ledger.states(campaign.settings)
            receipts = ledger.receipts()
            waiting = len(ledger.waiting(10_000))
        counts = Counter(item.state for item in states)
        return {
            "total": len(states),
            "counts": [(state, counts[state]) for state in State if counts[state] or state is State.MISSING],
            "in_hand": sum(counts[s] for s in State if s not in (State.MISSING, State.RETURNED)),
            "late": [item for item in states if item.days_late(today) and item.state is State.MISSING],
            "returned": [item for item in states if item.state is State.RETURNED],
            "troubles": [item for item in receipts if item.fate not in _QUIET],
            "waiting": waiting,
            "today": today,
        }

    running: Running = request.app.state.running
    return page(
        request,
        "progress.html",
        **await asyncio.to_thread(read),
        settings=campaign.settings,
        running=running,
        results=await asyncio.to_thread(_result_files, campaign),
    )


def _result_files(campaign: Campaign) -> list[str]:
    found = campaign.folder.results.glob("*") if campaign.folder.results.is_dir() else ()
    return sorted(path.name for path in found if path.is_file() and not path.name.startswith("."))


async def units(request: Request) -> Response:
    """Every unit, or those in one state or with some words in their name."""
    campaign = _campaign(request)
    wanted, words = request.query_params.get("state", ""), request.query_params.get("q", "").strip()[:40]
    number = request.query_params.get("page", "1")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1

    def read() -> list[UnitState]:
        with campaign.ledger() as ledger:
            return ledger.states(campaign.settings)

    found = [
        item
        for item in await asyncio.to_thread(read)
        if wanted in ("", item.state.value)
        and (not words or words in item.unit.name or item.unit.code.startswith(words))
    ]
    pages = max(1, -(-len(found) // _A_PAGE))
    at = min(max(at, 1), pages)
    return page(
        request,
        "units.html",
        found=found[(at - 1) * _A_PAGE : at * _A_PAGE],
        number=len(found),
        pages=pages,
        at=at,
        states=list(State),
        wanted=wanted,
        words=words,
        today=_today(),
    )


async def one_unit(request: Request) -> Response:
    """One unit: where it stands, what is wrong, what came, what was decided."""
    campaign = _campaign(request)
    standing = await asyncio.to_thread(campaign.standing, request.path_params["unit"])
    unit = standing.state.unit

    def read() -> Any:
        with campaign.ledger() as ledger:
            return ledger.receipts(unit.code), ledger.links().get(unit.code)

    receipts, code = await asyncio.to_thread(read)
    said = {item.key: item for item in standing.submissions}
    return page(
        request,
        "one.html",
        standing=standing,
        unit=unit,
        leads=standing.leads,
        blocked=any(item.blocks for item in standing.findings),
        receipts=sorted(receipts, key=lambda item: item.arrived, reverse=True),
        said=said,
        link=f"{_address(request)}/u/{code}" if code else None,
        code=code,
        today=_today(),
        State=State,
    )


async def file(request: Request) -> Response:
    """A received file exactly as it came."""
    campaign = _campaign(request)

    def find() -> tuple[Path, str] | None:
        with campaign.ledger() as ledger:
            found = [item for item in ledger.receipts() if item.key == request.path_params["key"]]
            names = {item.key: item.name for item in ledger.submissions()}
        if not found:
            return None
        last = Path(found[0].path.replace("!", "/")).name
        return location_of(campaign.folder, found[0]), names.get(found[0].key, last)

    found = await asyncio.to_thread(find)
    if found is None or not found[0].is_file():
        raise HTTPException(404)
    return download(*found)


async def commented(request: Request) -> Response:
    """A unit's report that counts, with notes on its bad cells."""
    campaign = _campaign(request)
    return await commented_copy(
        request, await asyncio.to_thread(campaign.standing, request.path_params["unit"])
    )


async def reminders(request: Request) -> Response:
    """催报: a text for every unit that still has something to do."""
    campaign = _campaign(request)
    address = _address(request)

    def read() -> list[tuple[UnitState, str]]:
        gathered = gather_open(campaign.folder, _today())
        return [(item, reminder(item, gathered, address)) for item in gathered.unsettled]

    return page(request, "reminders.html", texts=await asyncio.to_thread(read))


async def links(request: Request) -> Response:
    """Every unit's own link, to be sent out."""
    campaign = _campaign(request)

    def read() -> list[tuple[Any, str]]:
        with campaign.ledger() as ledger:
            codes = ledger.links()
            return [(unit, codes[unit.code]) for unit in ledger.roster().units if unit.code in codes]

    rows = await asyncio.to_thread(read)
    address = _address(request)
    if request.url.path.endswith(".xlsx"):
        visits: Visits = request.app.state.visits
        target = visits.passing(".xlsx")
        await asyncio.to_thread(
            target.write_bytes,
            links_book(
                [
                    (unit.code, unit.name, unit.contact, unit.telephone, f"{address}/u/{code}", code)
                    for unit, code in rows
                ]
            ),
        )
        return download(target, f"{campaign.year}年度报送网址.xlsx")
    return page(request, "links.html", rows=rows, address=address)


def links_book(rows: list[tuple[object, ...]]) -> bytes:
    """The list as a workbook, for mail merge or for sending one by one."""
    target = io.BytesIO()
    lists = ListBook(target)
    lists.add_list(
        "报送网址",
        "报送网址",
        "每个单位一个网址和报送码，只发给该单位；拿到网址的人就能以该单位名义报送。泄露的请在网页上更换。",
        [
            ListColumn("单位代码", 14),
            ListColumn("单位名称", 34),
            ListColumn("联系人", 12),
            ListColumn("联系电话", 16),
            ListColumn("网址", 60),
            ListColumn("报送码", 24),
        ],
        rows,
    )
    lists.close()
    return target.getvalue()


async def renew(request: Request) -> Response:
    """Another link for a unit; the old one no longer works."""
    campaign = _campaign(request)
    unit = request.path_params["unit"]
    async with officer_form(request):
        pass
    hand = campaign.hand(request.state.session.officer)

    def change() -> None:
        with campaign.ledger() as ledger:
            renew_link(ledger, ledger.unit(unit).code, hand)

    await asyncio.to_thread(change)
    return RedirectResponse(f"/officer/unit/{unit}", status_code=303)


async def chore(request: Request) -> Response:
    """Begin a long piece of work; the page it leads back to tells how it goes."""
    campaign = _campaign(request)
    running: Running = request.app.state.running
    async with officer_form(request) as form:
        task = form.text("task")
    if task not in LABELS:
        raise HTTPException(400)
    who = (request.state.session.officer,) if task == "recheck" else ()
    running.start(task, campaign.folder.path, *who)
    return RedirectResponse("/officer", status_code=303)


async def result_file(request: Request) -> Response:
    """One of the results, by its name in the folder's own listing."""
    campaign = _campaign(request)
    name = request.path_params["name"]
    if name not in await asyncio.to_thread(_result_files, campaign):
        raise HTTPException(404)
    return download(campaign.folder.results / name, name)


async def everything(request: Request) -> Response:
    """What came in, what was made of it, and the ledger, in one zip."""
    campaign = _campaign(request)
    visits: Visits = request.app.state.visits
    running: Running = request.app.state.running
    target = visits.passing(".zip")
    await running.zip_everything(campaign.folder.path, target)
    answer = download(target, f"{campaign.settings.name or '年报任务'}.zip")
    answer.background = BackgroundTask(target.unlink, missing_ok=True)
    return answer


def _address(request: Request) -> str:
    """The desk's address as the officer's browser sees it, or as the settings say for everybody."""
    configured = _campaign(request).settings.address.rstrip("/")
    if configured:
        return configured
    scheme = request.url.scheme
    if request.app.state.settings.behind_proxy:
        told = request.headers.get("x-forwarded-proto", scheme)
        scheme = told if told in ("http", "https") else scheme
    return f"{scheme}://{request.headers.get('host', '')}"


ROUTES = [
    Route("/officer", officers_only(progress)),
    Route("/officer/units", officers_only(units)),
    Route("/officer/unit/{unit}", officers_only(one_unit)),
    Route("/officer/unit/{unit}/commented", officers_only(commented)),
    Route("/officer/unit/{unit}/link", officers_only(renew), methods=["POST"]),
    Route("/officer/file/{key}", officers_only(file)),
    Route("/officer/reminders", officers_only(reminders)),
    Route("/officer/links", officers_only(links)),
    Route("/officer/links.xlsx", officers_only(links)),
    Route("/officer/chore", officers_only(chore), methods=["POST"]),
    Route("/officer/results/{name}", officers_only(result_file)),
    Route("/officer/everything", officers_only(everything)),
]
