"""The HTTP API for other systems: the same JSON as the command line prints, and its own description."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workbook.desk.dropped import Dropped
from workbook.desk.pages import status_of
from workbook.desk.uploads import Upload, sent
from workbook.files.atomic import replace_file
from workbook.form.editionfile import all_editions
from workbook.problems import Problem

_FACTS = "application/json"


async def check(request: Request) -> Response:
    """Findings of one or several files, in their order; a file that cannot be read is told in its place."""
    files, previous = await _files(request)
    outcomes = await asyncio.gather(*(_run(request, "document", item, previous) for item in files))
    documents = [
        {"file": upload.name, "problem": str(outcome)} if isinstance(outcome, Problem) else outcome
        for upload, outcome in zip(files, outcomes, strict=True)
    ]
    return JSONResponse(documents, status_code=_status(outcomes))


async def facts(request: Request) -> Response:
    """Figures and words of one file."""
    files, _ = await _files(request)
    year, edition = request.query_params.get("year"), request.query_params.get("edition")
    if year is not None and not (year.isascii() and year.isdigit() and len(year) == 4):
        raise HTTPException(400)
    if edition is not None and edition not in {known.id for known in all_editions()}:
        raise HTTPException(400)
    return _one(await _run(request, "facts", files[0], None, int(year) if year else None, edition))


async def narrate(request: Request) -> Response:
    """The narrative of one file."""
    files, previous = await _files(request)
    return _one(await _run(request, "narrative", files[0], previous))


async def openapi(_request: Request) -> Response:
    """This API described (OpenAPI 3.1)."""
    return JSONResponse(_description())


async def _files(request: Request) -> tuple[Sequence[Upload], Upload | None]:
    """A form's files `file` and `previous`, or facts as a JSON body."""
    if request.headers.get("content-type", "").partition(";")[0].strip() == _FACTS:
        return (Upload("年报数据.json", await request.body()),), None
    async with sent(request) as form:
        files = form.files.get("file", ())
        previous = next(iter(form.files.get("previous", ())), None)
    if not files:
        raise HTTPException(400)
    return files, previous


async def _run(
    request: Request, task: str, upload: Upload, previous: Upload | None, *more: object
) -> dict[str, Any] | Problem:
    """One task on a file that is deleted as soon as it is done; `more` follow where it takes a bare file."""
    with tempfile.TemporaryDirectory(dir=request.app.state.settings.store, prefix="api-") as home:
        source = await _kept(home, "source", upload)
        before = await _kept(home, "previous", previous) if previous else None
        dropped = Dropped(source, upload.name, before)
        arguments = (source, upload.name, *more) if more else (dropped,)
        try:
            found: dict[str, Any] = await request.app.state.workers.run(task, *arguments)
        except Problem as problem:
            return problem
    return found


async def _kept(home: str, stem: str, upload: Upload) -> Path:
    path = Path(home) / (stem + Path(upload.name).suffix.lower())
    await asyncio.to_thread(replace_file, path, upload.data, sync=False)
    return path


def _one(outcome: dict[str, Any] | Problem) -> Response:
    if isinstance(outcome, Problem):
        return JSONResponse({"problem": str(outcome)}, status_code=status_of(outcome))
    return JSONResponse(outcome)


def _status(outcomes: Sequence[dict[str, Any] | Problem]) -> int:
    """200 where any file was checked, else what the first one's problem says."""
    problems = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    return status_of(problems[0]) if len(problems) == len(outcomes) else 200


@lru_cache(maxsize=1)
def _description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "openapi.json").read_text(encoding="utf-8"))
    return found


ROUTES = [
    Route("/api/check", check, methods=["POST"]),
    Route("/api/facts", facts, methods=["POST"]),
    Route("/api/narrate", narrate, methods=["POST"]),
    Route("/openapi.json", openapi),
]
