"""The desk as one ASGI application: routes, what stands before them, what begins and ends with it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from workbook.desk import api, clerk, decide, officer, session, unit
from workbook.desk.campaign import Campaign
from workbook.desk.guard import Bounded, Headered, Unhurried
from workbook.desk.intake import Intake
from workbook.desk.pages import refused
from workbook.desk.running import Running
from workbook.desk.settings import DeskSettings
from workbook.desk.signin import Officers
from workbook.desk.tries import Tries
from workbook.desk.visits import Visits
from workbook.desk.workers import Workers
from workbook.problems import Problem

_SWEEP_SECONDS = 300.0
_CAMPAIGN_ROUTES = (*unit.ROUTES, *session.ROUTES, *officer.ROUTES, *decide.ROUTES)


def create_app(settings: DeskSettings, officers: Officers | None = None) -> Starlette:
    """The application; nothing is started before its lifespan begins.

    With a campaign units hand in and officers decide. Raises UnusableInput where its folder is none.
    """
    campaign = Campaign(settings.campaign) if settings.campaign else None

    @contextlib.asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        app.state.visits = Visits(settings.store, keep_hours=settings.keep_hours, most=settings.stored)
        async with Workers(
            "workbook.desk.tasks",
            count=settings.workers,
            memory=settings.worker_memory,
            seconds=settings.task_seconds,
            waiting=settings.waiting,
        ) as app.state.workers:
            sweeping = asyncio.create_task(_sweep(app.state.visits))
            try:
                if campaign is None:
                    yield
                else:
                    async with _receiving(app, campaign):
                        yield
            finally:
                sweeping.cancel()

    app = Starlette(
        routes=[
            *clerk.ROUTES,
            *api.ROUTES,
            *(_CAMPAIGN_ROUTES if campaign else ()),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static"),
        ],
        middleware=[
            Middleware(Headered),
            Middleware(Unhurried, a_minute=settings.requests_a_minute, behind_proxy=settings.behind_proxy),
            Middleware(Bounded, body=settings.body, seconds=settings.body_seconds),
        ],
        exception_handlers=refused(Problem),
        lifespan=life,
    )
    app.state.settings = settings
    app.state.campaign = campaign
    app.state.officers = (officers or officers_of(settings)) if campaign else None
    app.state.code_tries = Tries(settings.code_tries, settings.lockout_minutes)
    return app


def officers_of(settings: DeskSettings) -> Officers:
    """Who may sign in. The desk without a campaign has nobody."""
    return Officers(
        settings.campaign or settings.store,
        tries=settings.sign_in_tries,
        lockout_minutes=settings.lockout_minutes,
        session_hours=settings.session_hours,
    )


@contextlib.asynccontextmanager
async def _receiving(app: Starlette, campaign: Campaign) -> AsyncIterator[None]:
    """What is handed in is taken in; the officer's long work is ended with the desk."""
    app.state.running = Running()
    app.state.intake = Intake(campaign, app.state.workers)
    taking_in = asyncio.create_task(app.state.intake.run())
    try:
        yield
    finally:
        taking_in.cancel()
        await app.state.running.stop()


async def _sweep(visits: Visits) -> None:
    while True:
        await asyncio.to_thread(visits.sweep)
        await asyncio.sleep(_SWEEP_SECONDS)
