"""The account of the plan: read in the page, year by year, and taken along in every form."""

from __future__ import annotations

from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from worker.errors import HlasatelError, InvalidFiles
from worker.messages import office_language, say, speaking
from worker.plan.model import Window
from worker.planning.current import plan_in_force
from worker.reporting.content import gather
from worker.reporting.forms import FORMS, file_name
from worker.reporting.model import Outcome, Report
from worker.times import local_day
from worker.web.pages import Desk, desk, show
from worker.web.signed_in import coordinator

WHOLE = "vse"
"""What `rok` says for the whole of the plan."""


def routes() -> list[BaseRoute]:
    return [Route("/koordinator/vykaz", _page), Route("/koordinator/vykaz.{form}", _file)]


def _page(request: Request) -> Response:
    """Runs in a thread of its own, like every page: charts take a moment when they are drawn for the first time."""
    from worker.reporting.forms.page import body  # matplotlib, which no other page needs

    visitor, here = coordinator(request), desk(request)
    window = _window(here)
    asked = _asked(request, here, window)
    try:
        found = _gathered(here, _span(asked, window))
    except InvalidFiles as faulty:
        return _refused(request, faulty)
    return show(
        request,
        "report.html",
        visitor=visitor,
        report=body(found),
        unrecorded=any(each.outcome is Outcome.UNRECORDED for each in found.occurrences()),
        years=range(window.start.year, window.end.year + 1),
        whole=WHOLE,
        asked=asked,
        forms=FORMS.values(),
    )


def _file(request: Request) -> Response:
    """One form of it as a file to be kept, in the office's language whoever asks."""
    coordinator(request)
    here, form = desk(request), FORMS.get(request.path_params["form"])
    if form is None:
        raise HTTPException(404)
    window = _window(here)
    with speaking(office_language()):
        try:
            found = _gathered(here, _span(_asked(request, here, window), window))
            content = form.render(found, here.office)
        except HlasatelError as error:
            return _refused(request, error)
    name = file_name(found, form)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=form.media_type, headers=headers)


def _refused(request: Request, error: HlasatelError) -> Response:
    """What is missing or faulty, an indicator or a library, is no fault of the plan in force."""
    return show(request, "message.html", 409, title=say("web.sorry"), message=str(error))


def _window(here: Desk) -> Window:
    with here.office.database.read() as tx:
        return plan_in_force(tx, here.office).window


def _asked(request: Request, here: Desk, window: Window) -> str:
    """The year that the address asks for, or all of them; this year, or the plan's nearest, for any other word."""
    years = range(window.start.year, window.end.year + 1)
    asked = request.query_params.get("rok", "")
    if asked == WHOLE or asked in map(str, years):
        return asked
    return str(min(max(local_day(here.now()).year, years.start), years.stop - 1))


def _span(asked: str, window: Window) -> Window:
    return window if asked == WHOLE else Window(date(int(asked), 1, 1), date(int(asked), 12, 31))


def _gathered(here: Desk, span: Window) -> Report:
    with here.office.database.read() as tx:
        return gather(tx, here.office, here.now(), span)
