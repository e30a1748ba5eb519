"""What the officer decides on a unit's page; all of it goes through the campaign's ledger with her name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from workbook.campaign import decisions
from workbook.campaign.folder import CampaignFolder
from workbook.campaign.ledger import Hand
from workbook.desk.campaign import Campaign
from workbook.desk.session import officer_form, officers_only
from workbook.desk.uploads import Sent
from workbook.problems import UnusableInput

_LONGEST_REASON = 2_000

Decision = Callable[[CampaignFolder, str, Sent, Hand], object]


def _reason(form: Sent) -> str:
    return form.text("reason").strip()[:_LONGEST_REASON]


def _accept(folder: CampaignFolder, unit: str, form: Sent, hand: Hand) -> None:
    decisions.pass_over(folder, unit, _reason(form), hand=hand)


def _overrule(folder: CampaignFolder, unit: str, form: Sent, hand: Hand) -> None:
    cause = form.text("cause")
    if not (cause.isascii() and cause.isdigit()):
        raise HTTPException(400)
    decisions.pass_over(folder, unit, _reason(form), cause=int(cause[:9]), hand=hand)


def _give_back(folder: CampaignFolder, unit: str, form: Sent, hand: Hand) -> None:
    decisions.give_back(folder, unit, _reason(form), hand)


def _lock(folder: CampaignFolder, unit: str, form: Sent, hand: Hand) -> None:
    decisions.lock(folder, unit, _reason(form), hand)


def _correct(folder: CampaignFolder, unit: str, form: Sent, hand: Hand) -> None:
    decisions.correct(folder, unit, _reason(form), hand)


def _publish(folder: CampaignFolder, unit: str, form: Sent, hand: Hand) -> None:
    try:
        day = date.fromisoformat(form.text("day").strip())
    except ValueError as error:
        raise UnusableInput("公布日期请写成2026-01-30。") from error
    decisions.publish(folder, unit, form.text("url").strip(), day, hand)


def _set_aside(folder: CampaignFolder, _unit: str, form: Sent, hand: Hand) -> None:
    decisions.set_aside(folder, form.text("key"), _reason(form), hand)


_DECISIONS: dict[str, Decision] = {
    "accept": _accept,
    "overrule": _overrule,
    "return": _give_back,
    "lock": _lock,
    "correct": _correct,
    "publish": _publish,
    "set-aside": _set_aside,
}


async def decide(request: Request) -> Response:
    """One decision on one unit."""
    campaign: Campaign = request.app.state.campaign
    unit = request.path_params["unit"]
    async with officer_form(request) as form:
        step = _DECISIONS.get(form.text("step"))
        if step is None:
            raise HTTPException(400)
        hand = campaign.hand(request.state.session.officer)
        await asyncio.to_thread(campaign.write, lambda: step(campaign.folder, unit, form, hand))
    return RedirectResponse(f"/officer/unit/{unit}", status_code=303)


ROUTES = [Route("/officer/unit/{unit}/decide", officers_only(decide), methods=["POST"])]
