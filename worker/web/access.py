"""The coordinator's page of her access: sessions to end, and the address by which a calendar program reads the plan."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.messages import say
from worker.notices import sign_ins
from worker.notices.sign_ins import Purpose
from worker.web.pages import desk, form_of, show
from worker.web.signed_in import NotSignedIn, coordinator, proven

PATH = "/koordinator/kalendar"
ENDS = {"end-sessions": Purpose.SESSION, "end-calendar": Purpose.CALENDAR}


def routes() -> list[BaseRoute]:
    return [Route(PATH, _page, methods=["GET"]), Route(PATH, _order, methods=["POST"])]


def _page(request: Request) -> Response:
    return _show(request, 200)


def _show(request: Request, status: int, *, address: str = "", problem: str = "") -> Response:
    visitor, here = coordinator(request), desk(request)
    with here.office.database.read() as tx:
        live = sign_ins.live(tx, visitor.person, here.now())
    return show(
        request, "calendar.html", status, visitor=visitor, address=address, problem=problem,
        sessions=live.get(Purpose.SESSION, []), calendar=live.get(Purpose.CALENDAR, []),
    )  # fmt: skip


async def _order(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_ordered, request, form)


def _ordered(request: Request, form: dict[str, str]) -> Response:
    """A new address is shown this once: only its hash is kept. Whoever signs out everywhere is out here, too."""
    visitor, here, order = coordinator(request), desk(request), form.get("order", "")
    if not proven(visitor, form):
        raise NotSignedIn
    base = here.office.settings.base_url
    if order in ENDS:
        with here.office.database.write() as tx:
            sign_ins.end_all(tx, ENDS[order], visitor.person, here.now(), by=visitor.person)
        return RedirectResponse(base + PATH, 303)
    if order != "calendar":
        return _show(request, 400, problem=say("web.form_incomplete"))
    with here.office.database.write() as tx:
        token = sign_ins.new_address(tx, Purpose.CALENDAR, visitor.person, here.now())
    return _show(request, 200, address=f"{base}/{sign_ins.PATHS[Purpose.CALENDAR]}/{token}")
