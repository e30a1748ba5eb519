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

from workbook.desk import api, clerk
from workbook.desk.guard import Bounded, Headered, Unhurried
from workbook.desk.pages import refused
from workbook.desk.settings import DeskSettings
from workbook.desk.visits import Visits
from workbook.desk.workers import Workers
from workbook.problems import Problem

_SWEEP_SECONDS = 300.0


def create_app(settings: DeskSettings) -> Starlette:
    """The application; nothing is started before its lifespan begins."""

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
                yield
            finally:
                sweeping.cancel()

    app = Starlette(
        routes=[
            *clerk.ROUTES,
            *api.ROUTES,
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
    return app


async def _sweep(visits: Visits) -> None:
    while True:
        await asyncio.to_thread(visits.sweep)
        await asyncio.sleep(_SWEEP_SECONDS)
