"""The coordinator's pages of the timetable: with its picture, as files, and as a calendar to subscribe to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import groupby

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from worker.messages import office_language, say, speaking
from worker.notices import sign_ins
from worker.notices.sign_ins import Purpose
from worker.planning.timetable import Entry
from worker.planning.titles import spelt_out
from worker.times import local_day
from worker.timetables.content import Timetable, gather, state_in_words
from worker.timetables.ics import ics
from worker.timetables.svg import svg
from worker.timetables.xlsx import xlsx
from worker.web.pages import Desk, desk, show
from worker.web.signed_in import coordinator

FORMS: dict[str, tuple[Callable[[Timetable], bytes | str], str]] = {
    "svg": (svg, "image/svg+xml"),
    "xlsx": (xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ics": (ics, "text/calendar"),
}
"""The forms a timetable can be taken along in: how each is made and what it is (IANA media types)."""

PICTURE_POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
"""The picture carries its own rule for the printer's sheet; it holds no scripts and fetches nothing."""


def routes() -> list[BaseRoute]:
    return [
        Route("/koordinator/harmonogram", _timetable),
        Route("/koordinator/harmonogram.{form}", _form),
        Route("/kalendar/{token}", _calendar),
    ]


def _timetable(request: Request) -> Response:
    visitor, found = coordinator(request), _gathered(desk(request), with_record=False)
    window = found.plan.window
    years = range(window.start.year, window.end.year + 1)
    asked = request.query_params.get("rok", "")
    year = int(asked) if asked in map(str, years) else min(max(local_day(found.now).year, years.start), years.stop - 1)
    of_year = sorted(
        (entry for entry in found.entries if _day(entry).year == year),
        key=lambda entry: (_day(entry), entry.send_at is None, entry.id),
    )
    months = [(month, list(entries)) for month, entries in groupby(of_year, key=_month)]
    return show(
        request, "timetable.html", visitor=visitor, plan=found.plan, years=years, year=year, months=months,
        in_words=state_in_words, forms=[*FORMS, "json"],
    )  # fmt: skip


def _gathered(here: Desk, *, with_record: bool = True) -> Timetable:
    with here.office.database.read() as tx:
        return gather(tx, here.office, here.now(), with_record=with_record)


def _day(entry: Entry) -> date:
    return local_day(entry.send_at) if entry.send_at else entry.window.end


def _month(entry: Entry) -> str:
    return spelt_out(f"{_day(entry):%Y-%m}")


def _form(request: Request) -> Response:
    """The timetable as a file; the picture stands in the page as well."""
    coordinator(request)
    found, form = _gathered(desk(request)), request.path_params["form"]
    if form == "json":
        return JSONResponse([entry.as_json() for entry in found.entries])
    if form not in FORMS:
        raise HTTPException(404)
    make, media_type = FORMS[form]
    return Response(make(found), media_type=media_type, headers=PICTURE_POLICY if form == "svg" else None)


def _calendar(request: Request) -> Response:
    """The feed a calendar program fetches by itself: its address is the key."""
    here = desk(request)
    with here.office.database.read() as tx:
        person = sign_ins.find(tx, Purpose.CALENDAR, request.path_params["token"], here.now())
        if person != here.office.settings.coordinator:  # an earlier one may have handed the plan over
            return show(request, "message.html", 404, title=say("web.sorry"), message=say("coordinator.calendar_gone"))
    make, media_type = FORMS["ics"]
    with speaking(office_language()):  # a program asks, and its reader's calendar is to keep one language
        return Response(make(_gathered(here)), media_type=media_type)
