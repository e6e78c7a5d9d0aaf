"""The web application: one file of pages per kind of visitor, under the base address's path."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount

from worker.archive.search import Index
from worker.errors import InvalidFiles
from worker.messages import say, speaking
from worker.office_on_file import Offices
from worker.times import Clock
from worker.watch.metrics import Metrics
from worker.web import health, metrics
from worker.web.bodies import TOO_LARGE, refusal_of
from worker.web.guard import HEADERS, Guard, too_large
from worker.web.guesses import MOST_SEARCHES, MOST_SIGN_INS, Guesses
from worker.web.language import Language, wanted
from worker.web.numbers import known_to_routes
from worker.web.one_click import OneClicks
from worker.web.pages import Desk, show
from worker.web.signed_in import NotSignedIn
from worker.web.uploads import Uploads

log = logging.getLogger("hlasatel.web")

PAGE_MODULES = (
    "approval", "codes", "editing", "rework", "comments", "choices", "tasks", "contributing", "contributions",
    "handed", "joining", "unsubscribe", "preferences", "sign_in", "access", "overview", "coordinator", "story",
    "health", "static", "archive", "archive_lists", "accessibility", "ad_hoc", "agenda", "press_kit",
    "corrections", "recipients", "lists_review", "importing", "mailing_account", "plan", "lists", "sources",
    "media", "metrics", "report",
)  # fmt: skip

SMALL, COMPRESSION = 1000, 6
"""Bytes that are sent as they are; zlib's level. A page shows no secret beside what its address says (ADR 32)."""


def make_app(
    offices: Offices, clock: Clock, works: Callable[[], bool] = lambda: True, copy_at: str | None = None
) -> Starlette:
    """The application for the office that `offices` gives, with `clock` as the only reader of time.

    The address it is reached at is the first one's. `works` says whether what runs beside the pages in this process is
    at work; `/readyz` asks it. With `copy_at` its pages are those of a static copy that is read at that address.
    """
    known_to_routes()
    routes: list[BaseRoute] = []
    for name in PAGE_MODULES:
        routes += importlib.import_module(f"worker.web.{name}").routes()
    prefix = urlsplit(offices().settings.base_url).path.rstrip("/")
    app = Starlette(
        # Whoever watches the machine asks without the path that the proxy adds.
        routes=[*health.routes(), *metrics.routes(), Mount(prefix, routes=routes)] if prefix else routes,
        middleware=[
            Middleware(GZipMiddleware, minimum_size=SMALL, compresslevel=COMPRESSION),
            Middleware(Language),
            Middleware(Guard, offices=offices),
        ],
        exception_handlers={
            HTTPException: _refused,
            NotSignedIn: _show_the_way_in,
            InvalidFiles: _no_plan,
            ClientDisconnect: _cut_off,
            Exception: _broken,
        },
    )
    app.state.desk = Desk(offices, clock, works, copy_at)
    app.state.uploads = Uploads()
    app.state.one_clicks = OneClicks(app.state.desk)
    app.state.archive_index = Index()
    app.state.searches, app.state.sign_ins = Guesses(MOST_SEARCHES), Guesses(MOST_SIGN_INS)
    app.state.metrics = Metrics()
    return app


def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    key = {404: "web.not_found", 405: "web.wrong_method"}.get(status, "web.refused")
    return show(request, "message.html", status, title=say("web.sorry"), message=say(key))


def _show_the_way_in(request: Request, error: Exception) -> Response:
    """A page for the coordinator alone: whoever is not signed in gets the way in, and nothing of the page."""
    return show(request, "sign_in.html", 403, asked=False, problem="")


def _no_plan(request: Request, error: Exception) -> Response:
    """No plan is in force that could be read. Its faults are the coordinator's alone: the page of the plan has them."""
    return show(request, "message.html", 503, title=say("web.sorry"), message=say("plan_page.none_in_force"))


def _cut_off(request: Request, error: Exception) -> Response:
    """A body that grew too large or came too slowly; whoever went by herself reads no answer."""
    why = refusal_of(request.scope)
    if why == TOO_LARGE:
        return too_large(request.scope)
    return show(request, "message.html", 408, title=say("web.sorry"), message=say("web.too_slow"))


def _broken(request: Request, error: Exception) -> Response:
    """A defect: the visitor gets a sentence, the log the place. The address holds a token and is not logged."""
    log.error("a page failed", exc_info=error)
    # Starlette asks for this page outside the middleware, so what that does for the others is done here.
    with speaking(wanted(request.headers.getlist("accept-language"))):
        answer = show(request, "message.html", 500, title=say("web.sorry"), message=say("web.broken"))
    answer.headers.update(HEADERS | {"Vary": "Accept-Language"})
    return answer
