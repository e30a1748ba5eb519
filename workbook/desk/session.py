"""Who is signed in: a cookie's key, a form's token, and the pages to sign in, out, and set a secret."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from workbook.desk.pages import page, same_origin
from workbook.desk.settings import DeskSettings
from workbook.desk.signin import SHORTEST_SECRET, Officers, Session
from workbook.desk.uploads import Sent, sent
from workbook.problems import UnusableInput

COOKIE = "gouji-officer"
HOME, SIGN_IN = "/officer", "/officer/signin"

Handler = Callable[[Request], Awaitable[Response]]


def officers_only(handler: Handler) -> Handler:
    """A page for officers; anybody else is asked to sign in."""

    async def guarded(request: Request) -> Response:
        session = _session(request)
        if session is None:
            if request.method == "GET":
                return RedirectResponse(SIGN_IN, status_code=303)
            raise HTTPException(403)
        request.state.session = session
        return await handler(request)

    guarded.__name__ = getattr(handler, "__name__", "guarded")
    return guarded


@contextlib.asynccontextmanager
async def officer_form(request: Request) -> AsyncIterator[Sent]:
    """The form of an officer's page. Raises 403 unless it is ours, sent from our page in her session."""
    same_origin(request)
    async with sent(request) as form:
        session: Session = request.state.session
        if not secrets.compare_digest(form.text("token").encode(), session.form_token.encode()):
            raise HTTPException(403)
        yield form


def _officers(request: Request) -> Officers:
    officers: Officers | None = request.app.state.officers
    if officers is None:
        raise HTTPException(404)
    return officers


def _session(request: Request) -> Session | None:
    return _officers(request).session(request.cookies.get(COOKIE))


async def sign_in(request: Request) -> Response:
    """Name and secret; a new key for every session, whatever cookie the browser brought."""
    officers = _officers(request)
    if request.method == "GET":
        if _session(request) is not None:
            return RedirectResponse(HOME, status_code=303)
        return page(request, "signin.html", fresh=not officers.names)
    same_origin(request)
    async with sent(request) as form:
        name, secret = form.text("name"), form.text("secret")
    try:
        key = await asyncio.to_thread(officers.sign_in, name, secret, request.state.address)
    except UnusableInput as problem:
        return page(request, "signin.html", 403, problem=str(problem), named=name, fresh=not officers.names)
    officers.sign_out(request.cookies.get(COOKIE))
    settings: DeskSettings = request.app.state.settings
    answer = RedirectResponse(HOME, status_code=303)
    answer.set_cookie(
        COOKIE,
        key,
        max_age=int(settings.session_hours * 3600),
        path=HOME,
        secure=_is_encrypted(request, settings),
        httponly=True,
        samesite="strict",
    )
    return answer


def _is_encrypted(request: Request, settings: DeskSettings) -> bool:
    if settings.behind_proxy and (told := request.headers.get("x-forwarded-proto")):
        return told == "https"
    return request.url.scheme == "https"


async def set_secret(request: Request) -> Response:
    """With the once-only code from the window in which the desk runs."""
    officers = _officers(request)
    if request.method == "GET":
        return page(request, "secret.html", shortest=SHORTEST_SECRET, code="", named="")
    same_origin(request)
    async with sent(request) as form:
        code, name = form.text("code"), form.text("name")
        secret, again = form.text("secret"), form.text("again")
    try:
        if secret != again:
            raise UnusableInput("两次输入的口令不同。")
        await asyncio.to_thread(officers.accept, code, name, secret, request.state.address)
    except UnusableInput as problem:
        return page(
            request, "secret.html", 422, problem=str(problem), shortest=SHORTEST_SECRET, code=code, named=name
        )
    return RedirectResponse(SIGN_IN, status_code=303)


async def sign_out(request: Request) -> Response:
    """The session ends here, not only in the browser."""
    async with officer_form(request):
        pass
    _officers(request).sign_out(request.cookies.get(COOKIE))
    answer = RedirectResponse(SIGN_IN, status_code=303)
    answer.delete_cookie(COOKIE, path=HOME, httponly=True, samesite="strict")
    return answer


async def people(request: Request) -> Response:
    """Who can sign in; another officer is named, or one's own secret changed."""
    officers = _officers(request)
    problem = None
    if request.method == "POST":
        async with officer_form(request) as form:
            name, secret, again = form.text("name"), form.text("secret"), form.text("again")
        try:
            if secret != again:
                raise UnusableInput("两次输入的口令不同。")
            await asyncio.to_thread(officers.set_secret, name, secret)
            return RedirectResponse("/officer/people", status_code=303)
        except UnusableInput as refused:
            problem = str(refused)
    return page(
        request,
        "people.html",
        422 if problem else 200,
        names=officers.names,
        shortest=SHORTEST_SECRET,
        problem=problem,
    )


ROUTES = [
    Route(SIGN_IN, sign_in, methods=["GET", "POST"]),
    Route("/officer/secret", set_secret, methods=["GET", "POST"]),
    Route("/officer/signout", officers_only(sign_out), methods=["POST"]),
    Route("/officer/people", officers_only(people), methods=["GET", "POST"]),
]
