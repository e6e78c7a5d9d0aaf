"""The coordinator's pages of contributions: who was asked, what came, and what of it is included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval.cases import Refused, Unfinished
from worker.contributions import calling, translating
from worker.contributions.choosing import LONGEST_NOTE, choose
from worker.messages import say
from worker.notices import queue
from worker.record import contributions as kept
from worker.record.contributions import Chosen, Sent
from worker.record.status import AHEAD
from worker.store.states import CLOSED_OCCURRENCES, OccurrenceState
from worker.store.tables import occurrences
from worker.web.pages import Desk, desk, form_of, page_version, show
from worker.web.signed_in import NotSignedIn, coordinator, proven

PATH = "/koordinator/prispevky"


def routes() -> list[BaseRoute]:
    return [
        Route(PATH, _list),
        Route(PATH + "/foto/{number}", _photo, methods=["GET"]),
        Route(PATH + "/{occurrence:path}", _page, methods=["GET"]),
        Route(PATH + "/{occurrence:path}", _choose, methods=["POST"]),
    ]


def _list(request: Request) -> Response:
    """Every occurrence that asks for contributions within the coming weeks, or got some and has not gone out."""
    visitor, here = coordinator(request), desk(request)
    wanted = select(occurrences).where(occurrences.c.state.not_in(CLOSED_OCCURRENCES))
    with here.office.database.read() as tx:
        got = kept.numbers(tx)
        rows = [
            {"occurrence": row, "deadline": calling.deadline(row), "number": got.get(row.id, (0, 0))}
            for row in tx.execute(wanted.order_by(occurrences.c.send_at, occurrences.c.id))
            if row.id in got or _is_asked_for(row, here)
        ]
    return show(request, "contributions.html", visitor=visitor, rows=rows)


def _is_asked_for(row: Row[Any], here: Desk) -> bool:
    deadline = calling.deadline(row)
    return bool(row.contributors) and deadline is not None and here.now() < deadline <= here.now() + AHEAD


def _page(request: Request) -> Response:
    return _show(request, 200, "", {})


def _show(request: Request, status: int, problem: str, typed: dict[str, str]) -> Response:
    visitor, here, occurrence_id = coordinator(request), desk(request), request.path_params["occurrence"]
    with here.office.database.read() as tx:
        row = tx.execute(select(occurrences).where(occurrences.c.id == occurrence_id)).first()
        if row is None:
            message = say("coordinator.no_such", id=occurrence_id)
            return show(request, "message.html", 404, title=say("web.sorry"), message=message)
        sent = kept.of_occurrence(tx, occurrence_id)
        asked = _asked(tx, here, row, sent)
    return show(
        request,
        "contributions_of.html",
        status,
        visitor=visitor,
        occurrence=row,
        asked=asked,
        sent=sent,
        deadline=calling.deadline(row),
        drafted=bool(row.kinds) and row.state not in (OccurrenceState.PLANNED, *CLOSED_OCCURRENCES),
        open=row.state not in (*CLOSED_OCCURRENCES, OccurrenceState.SENDING),
        longest=LONGEST_NOTE,
        saved="ulozeno" in request.query_params and status == 200,
        problem=problem,
        typed=typed,
    )


def _asked(tx: Connection, here: Desk, row: Row[Any], sent: Sequence[Sent]) -> list[tuple[str, str]]:
    """Whom the row names, and whoever else sent something → what came of the call."""
    found = []
    for person in dict.fromkeys([*row.contributors, *(each.person for each in sent)]):
        number = sum(each.person == person for each in sent)
        if number:
            answer = say("contributions.answer_sent", number=number)
        elif queue.told(tx, translating.key(row, person)):
            answer = say("translations.answer_called")
        elif queue.told(tx, calling.key(row, "call_reminder", person)):
            answer = say("contributions.answer_reminded")
        elif queue.told(tx, calling.key(row, "call", person)):
            answer = say("contributions.answer_called")
        else:
            answer = say("contributions.answer_not_called")
        found.append((here.office.person_name(person), answer))
    return found


def _photo(request: Request) -> Response:
    coordinator(request)
    number = page_version(request.path_params["number"])
    with desk(request).office.database.read() as tx:
        content = kept.photo(tx, number) if number is not None else None
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type="image/jpeg")


async def _choose(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_chosen, request, form)


def _chosen(request: Request, form: dict[str, str]) -> Response:
    visitor, here, occurrence_id = coordinator(request), desk(request), request.path_params["occurrence"]
    if not proven(visitor, form):
        raise NotSignedIn
    number, seen = page_version(form.get("number", "")), page_version(form.get("seen", ""))
    chosen = form.get("choice", "")
    if number is None or seen is None or chosen not in set(Chosen):
        return _show(request, 400, say("web.form_incomplete"), form)
    try:
        choose(here.office, number, Chosen(chosen), form.get("note", ""), here.now(), person=visitor.person, seen=seen)
    except Refused as error:
        return _show(request, 400 if isinstance(error, Unfinished) else 409, str(error), form)
    return RedirectResponse(f"{here.office.settings.base_url}{PATH}/{occurrence_id}?ulozeno#prispevek-{number}", 303)
