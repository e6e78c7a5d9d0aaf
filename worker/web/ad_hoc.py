"""The coordinator's page that makes what nobody planned: one kind, with the people and lists of a row of the plan."""

from __future__ import annotations

from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval.cases import clean
from worker.errors import HlasatelError
from worker.messages import say
from worker.planning import ad_hoc
from worker.planning.current import plan_in_force
from worker.times import local_day, parse_instant
from worker.web.pages import desk, form_of, show
from worker.web.signed_in import NotSignedIn, coordinator, proven

PATH = "/koordinator/novy"


def routes() -> list[BaseRoute]:
    return [Route(PATH, _page, methods=["GET"]), Route(PATH, _make, methods=["POST"])]


def _page(request: Request) -> Response:
    return _show(request, 200, "", {})


def _show(request: Request, status: int, problem: str, typed: dict[str, str]) -> Response:
    visitor, here = coordinator(request), desk(request)
    with here.office.database.read() as tx:
        plan = plan_in_force(tx, here.office)
    kinds = ad_hoc.kinds_offered(plan)
    rows = {each.id: each for kind in kinds for each in ad_hoc.rows_for(plan, kind)}
    return show(
        request, "ad_hoc.html", status, visitor=visitor, kinds=kinds, problem=problem, typed=typed,
        rows=[each for each in plan.activities if each.id in rows], today=local_day(here.now()),
        longest=ad_hoc.LONGEST_TITLE,
    )  # fmt: skip


async def _make(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_made, request, form)


def _made(request: Request, form: dict[str, str]) -> Response:
    visitor, here = coordinator(request), desk(request)
    if not proven(visitor, form):
        raise NotSignedIn
    try:
        with here.office.database.write() as tx:
            made = ad_hoc.new(
                tx, plan_in_force(tx, here.office), form.get("kind", ""), here.now(),
                activity_id=form.get("activity", ""), send_at=_moment(form), called=clean(form.get("called", "")),
                reason=clean(form.get("reason", "")), person=visitor.person, whence=visitor.whence,
            )  # fmt: skip
    except HlasatelError as error:
        return _show(request, 400, str(error), form)
    return RedirectResponse(f"{here.office.settings.base_url}/koordinator/termin/{made}", 303)


def _moment(form: dict[str, str]) -> datetime | None:
    """None where neither day nor hour was typed. Both are needed: an hour alone would be anybody's guess."""
    day, hour = form.get("day", "").strip(), form.get("hour", "").strip()
    if not day and not hour:
        return None
    try:
        return parse_instant(f"{day}T{hour}")
    except HlasatelError:
        raise HlasatelError(say("ad_hoc.bad_time")) from None
