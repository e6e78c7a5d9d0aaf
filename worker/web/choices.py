"""The coordinator's page about what nobody approved in time: ask anew, move it or drop it. Looking changes nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval.cases import LinkExpired, NoSuchLink, Refused, Unfinished, deadline
from worker.approval.choices import Option, choices, choose_by_link
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices.links import PATHS, Purpose, address
from worker.record.why import told
from worker.store.states import OccurrenceState
from worker.times import format_instant, local_day
from worker.web.approval import refusal
from worker.web.pages import desk, form_of, show
from worker.web.whence import whence


def routes() -> list[BaseRoute]:
    path = f"/{PATHS[Purpose.CHOOSE]}" + "/{token}"
    return [Route(path, _page, methods=["GET"]), Route(path, _choose, methods=["POST"])]


def _page(request: Request) -> Response:
    return _show(request, 200, "", {})


def _show(request: Request, status: int, problem: str, typed: dict[str, str]) -> Response:
    here, now = desk(request), desk(request).now()
    try:
        with here.office.database.read() as tx:
            current = choices(tx, here.office, request.path_params["token"], now)
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    occurrence = current.occurrence
    approvers = ", ".join(here.office.person_name(each) for each in occurrence.approvers)
    state = say(f"states.{occurrence.state}")
    chosen = current.last is not None and current.last.at >= current.link.created_at
    return show(
        request, "choices.html", status,
        current=current,
        state=state,
        now=now,
        approvers=approvers,
        still_until=deadline(occurrence) if occurrence.state == "asked" and now < deadline(occurrence) else None,
        asked_until=current.deadline_if_asked(now),
        chosen=told(here.office, current.last) if current.last is not None and chosen else "",
        next_step=_next_step(occurrence, approvers, state),
        today=local_day(now),
        usual_hour=f"{current.activity.send.at:%H:%M}" if current.activity is not None else "",
        problem=problem,
        typed=typed,
    )  # fmt: skip


def _next_step(occurrence: Row[Any], approvers: str, state: str) -> str:
    """What comes of the choice that was made."""
    if occurrence.state == OccurrenceState.ASKED:
        by = format_instant(deadline(occurrence), form="by")
        return say("choices.next_asked", approvers=approvers, deadline=by)
    if occurrence.state in (OccurrenceState.PLANNED, OccurrenceState.PREPARING):
        return say("choices.next_planned")
    if occurrence.state in (OccurrenceState.RETURNED, OccurrenceState.DROPPED):
        return say(f"choices.next_{occurrence.state}")
    return say("choices.next_other", state=state)


async def _choose(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_chosen, request, form)


def _chosen(request: Request, form: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    try:
        if form.get("choice") not in list(Option):
            raise Unfinished(say("choices.choose_one"))
        if not form.get("seen"):
            raise Unfinished(say("web.form_incomplete"))
        choose_by_link(
            here.office, token, Option(form["choice"]), here.now(), seen=form["seen"], reason=form.get("reason", ""),
            day=form.get("day", ""), hour=form.get("hour", ""), whence=whence(request),
        )  # fmt: skip
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    except HlasatelError as error:
        status = 409 if isinstance(error, Refused) and not isinstance(error, Unfinished) else 400
        return _show(request, status, str(error), form)
    return RedirectResponse(address(here.office.settings.base_url, Purpose.CHOOSE, token), 303)
