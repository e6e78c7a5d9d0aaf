"""The coordinator's page that begins a correction of what was mailed."""

from __future__ import annotations

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval.cases import clean
from worker.audience.members import Addressed, size
from worker.errors import HlasatelError
from worker.messages import say
from worker.planning import corrections
from worker.planning.current import plan_in_force
from worker.store.tables import occurrences
from worker.web.pages import desk, form_of, show
from worker.web.signed_in import NotSignedIn, coordinator, proven

PATH = "/koordinator/oprava/"


def routes() -> list[BaseRoute]:
    path = PATH + "{occurrence:path}"
    return [Route(path, _page, methods=["GET"]), Route(path, _begin, methods=["POST"])]


def _page(request: Request) -> Response:
    return _show(request, 200, "", "")


def _show(request: Request, status: int, problem: str, reason: str) -> Response:
    visitor, here, occurrence = coordinator(request), desk(request), request.path_params["occurrence"]
    with here.office.database.read() as tx:
        row = tx.execute(select(occurrences).where(occurrences.c.id == occurrence)).first()
        lists = corrections.mailed_to(tx, occurrence)
        people = size(tx, here.office, Addressed(tuple(lists), corrects=occurrence), here.now())
    if row is None or not lists:
        message = say("corrections.nothing_mailed", occurrence=occurrence)
        return show(request, "message.html", 404, title=say("web.sorry"), message=message)
    return show(
        request, "correction.html", status, visitor=visitor, occurrence=row, people=people, problem=problem,
        reason=reason,
    )  # fmt: skip


async def _begin(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_begun, request, form)


def _begun(request: Request, form: dict[str, str]) -> Response:
    visitor, here = coordinator(request), desk(request)
    if not proven(visitor, form):
        raise NotSignedIn
    try:
        reason = clean(form.get("reason", ""))
        with here.office.database.write() as tx:
            made, _ = corrections.correct(
                tx, plan_in_force(tx, here.office), request.path_params["occurrence"], here.now(), send_at=None,
                reason=reason, person=visitor.person, whence=visitor.whence,
            )  # fmt: skip
    except HlasatelError as error:
        return _show(request, 400, str(error), form.get("reason", ""))
    return RedirectResponse(f"{here.office.settings.base_url}/koordinator/termin/{made}", 303)
