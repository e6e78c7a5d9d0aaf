"""The coordinator's page of the channels: the media beside the lists, what came out last, and what stands still."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval.cases import clean
from worker.errors import HlasatelError
from worker.messages import say
from worker.record.media import standings
from worker.web.pages import desk, form_of, show
from worker.web.places import let_go_on
from worker.web.signed_in import NotSignedIn, coordinator, proven

PATH = "/koordinator/kanaly"


def routes() -> list[BaseRoute]:
    return [Route(PATH, _page), Route("/koordinator/medium/{medium}", _resume, methods=["POST"])]


def _page(request: Request) -> Response:
    visitor, here = coordinator(request), desk(request)
    with here.office.database.read() as tx:
        found = standings(tx, here.office)
    return show(
        request, "media.html", visitor=visitor, media=sorted(found, key=lambda each: each.stopped is None),
        lists=len(here.office.lists), now=here.now(),
    )  # fmt: skip


async def _resume(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_go_on, request, form)


def _go_on(request: Request, form: dict[str, str]) -> Response:
    """A medium that stood still is sent to again; then the page as it stands."""
    visitor, here = coordinator(request), desk(request)
    if not proven(visitor, form):
        raise NotSignedIn
    try:
        reason = clean(form.get("reason", ""))
        let_go_on(here.office, request.path_params["medium"], here.now(), visitor.person, reason)
    except HlasatelError as error:
        return show(request, "message.html", 409, title=say("web.sorry"), message=str(error))
    return RedirectResponse(here.office.settings.base_url + PATH, 303)
