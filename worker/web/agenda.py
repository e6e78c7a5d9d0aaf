"""Dates for the calendar of events: partners offer them by a link, the coordinator takes them or leaves them out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.agenda import dates, file, intake
from worker.agenda.dates import CameBy, Offered, Standing
from worker.agenda.intake import Unfit
from worker.contributions import dates as office_dates
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices import sign_ins
from worker.notices.sign_ins import Purpose
from worker.times import local_day
from worker.web.forms import form_with_file
from worker.web.pages import Desk, desk, form_of, show
from worker.web.signed_in import NotSignedIn, coordinator, proven

OWN_PATH = "/koordinator/akce"
ORDERS = {"take": Standing.TAKEN, "leave": Standing.LEFT_OUT}
LONGEST_NAME = 200


def routes() -> list[BaseRoute]:
    link = f"/{sign_ins.PATHS[Purpose.PARTNERS]}/" + "{token}"
    return [
        Route(link, _form, methods=["GET"]),
        Route(link, _offer, methods=["POST"]),
        Route(OWN_PATH, _list, methods=["GET"]),
        Route(OWN_PATH, _choose, methods=["POST"]),
    ]


def _form(request: Request) -> Response:
    _let_in(request)
    return _show(request, 200, {}, {})


def _let_in(request: Request) -> None:
    """Whoever has the link; 404 for everybody else."""
    here = desk(request)
    with here.office.database.read() as tx:
        person = sign_ins.find(tx, Purpose.PARTNERS, request.path_params["token"], here.now())
    if person != here.office.settings.coordinator:
        raise HTTPException(404)


def _show(
    request: Request, status: int, faults: Mapping[str, str], typed: Mapping[str, str], *, done: str = "",
    left_out: tuple[str, ...] = (),
) -> Response:  # fmt: skip
    here = desk(request)
    return show(
        request, "agenda_offer.html", status, faults=faults, typed=typed, done=done, left_out=left_out,
        parts=_parts(faults, typed), today=local_day(here.now()), kilobytes=file.LARGEST // 1000,
    )  # fmt: skip


def _parts(faults: Mapping[str, str], typed: Mapping[str, str]) -> list[dict[str, Any]]:
    types = {"day": "date", "last_day": "date", "at": "time", "address": "url"}
    wanted = ("title", "day", "place", "organiser")
    return [
        {"id": part, "type": types.get(part, "text"), "required": part in wanted, "fault": faults.get(part, ""),
         "value": typed.get(part, ""), "longest": intake.LONGEST.get(part, 0)}
        for part in intake.PARTS
    ]  # fmt: skip


async def _offer(request: Request) -> Response:
    """Whose link it is comes first: nobody else's file is even read."""
    await run_in_threadpool(_let_in, request)
    async with form_with_file(request, 20) as form:
        content = await _content(form)
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
        return await run_in_threadpool(_offered, request, typed, content)


async def _content(form: FormData) -> bytes | None:
    """The bytes of the file; None where none was chosen."""
    sent = form.get("file")
    return await sent.read(file.LARGEST + 1) if isinstance(sent, UploadFile) and sent.filename else None


def _offered(request: Request, typed: Mapping[str, str], content: bytes | None) -> Response:
    here = desk(request)
    today, name = local_day(here.now()), intake.line(typed.get("offered_by", ""), LONGEST_NAME)
    if not name:
        return _show(request, 400, {"offered_by": say("calendar.who_missing")}, typed)
    try:
        if typed.get("what") == "file":
            if content is None:
                raise HlasatelError(say("calendar.file_missing"))
            return _from_file(request, here, content, today, name, typed)
        given = intake.from_form(typed, today)
        with here.office.database.write() as tx:
            came = dates.offer(tx, given, here.now(), came_by=CameBy.FORM, offered_by=name)
    except Unfit as error:
        return _show(request, 400, error.parts, typed)
    except HlasatelError as error:
        return _show(request, 400, {"file": str(error)}, typed)
    kept = {"offered_by": name, "organiser": typed.get("organiser", "")}
    return _show(request, 200, {}, kept, done=_said({came: 1}))


def _from_file(
    request: Request, here: Desk, content: bytes, today: date, name: str, typed: Mapping[str, str]
) -> Response:  # fmt: skip
    found = file.read(content, today, name)
    came: dict[Offered, int] = {}
    with here.office.database.write() as tx:
        for each in found.found:
            result = dates.offer(tx, each.date, here.now(), came_by=CameBy.FILE, offered_by=name, uid=each.uid)
            came[result] = came.get(result, 0) + 1
    kept = {"offered_by": name, "organiser": typed.get("organiser", "")}
    return _show(request, 200, {}, kept, done=_said(came), left_out=found.left_out)


def _said(came: Mapping[Offered, int]) -> str:
    """What was kept, in words; of what was known before and what there was no room for as well."""
    new = came.get(Offered.NEW, 0) + came.get(Offered.CHANGED, 0)
    parts = [say("calendar.kept", count=new)] if new else [say("calendar.nothing_kept")]
    parts += [say(f"calendar.{each}", count=came[each]) for each in (Offered.KNOWN, Offered.FULL) if each in came]
    return " ".join(parts)


def _list(request: Request) -> Response:
    return _show_all(request, 200)


def _show_all(
    request: Request, status: int, problem: str = "", *, address: str = "", faults: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    visitor, here = coordinator(request), desk(request)
    today = local_day(here.now())
    with here.office.database.read() as tx:
        rows = dates.ahead(tx, today)
    return show(
        request, "agenda.html", status, visitor=visitor, problem=problem, address=address, today=today,
        groups=[(standing, [row for row in rows if row.standing == standing]) for standing in Standing],
        parts=_parts(faults or {}, typed or {}),
    )  # fmt: skip


async def _choose(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_chosen, request, form)


def _chosen(request: Request, form: dict[str, str]) -> Response:
    visitor, here = coordinator(request), desk(request)
    if not proven(visitor, form):
        raise NotSignedIn
    order, _, number = form.get("order", "").partition(" ")
    if order == "link":
        with here.office.database.write() as tx:
            token = sign_ins.new_address(tx, Purpose.PARTNERS, visitor.person, here.now())
        path = sign_ins.PATHS[Purpose.PARTNERS]
        return _show_all(request, 200, address=f"{here.office.settings.base_url}/{path}/{token}")
    if order == "add":
        return _added(request, visitor.person, form)
    if order not in ORDERS or not (number.isascii() and number.isdecimal()):
        return _show_all(request, 400, say("web.form_incomplete"))
    try:
        with here.office.database.write() as tx:
            office_dates.choose(tx, int(number[:18]), ORDERS[order], here.now(), person=visitor.person)
    except HlasatelError as error:
        return _show_all(request, 409, str(error))
    return _back(request)


def _added(request: Request, person: str, form: Mapping[str, str]) -> Response:
    """A date of the office's own, taken at once."""
    here = desk(request)
    try:
        given = intake.from_form(form, local_day(here.now()))
    except Unfit as error:
        return _show_all(request, 400, str(error), faults=error.parts, typed=form)
    with here.office.database.write() as tx:
        office_dates.add(tx, here.office, given, here.now(), person=person)
    return _back(request)


def _back(request: Request) -> Response:
    return RedirectResponse(desk(request).office.settings.base_url + OWN_PATH, 303)
