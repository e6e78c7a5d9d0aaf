"""The button that mails a one-time code to whom the link belongs, where the activity asks for one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval import codes
from worker.approval.cases import LinkExpired, NoSuchLink, case
from worker.messages import say
from worker.notices.links import PATHS, Purpose, address
from worker.web.approval import refusal
from worker.web.pages import desk, show


def routes() -> list[BaseRoute]:
    return [Route(f"/{PATHS[Purpose.APPROVE]}/kod/{{token}}", _ask, methods=["POST"])]


def _ask(request: Request) -> Response:
    """Mail a code and show the form it is to be copied into."""
    here, token = desk(request), request.path_params["token"]
    office, now = here.office, here.now()
    try:
        with office.database.write() as tx:
            mailed = codes.ask_for(tx, office, case(tx, office, Purpose.APPROVE, token, now, lock=True), now)
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    if not mailed:
        message = say("codes.too_many", number=codes.MOST_AN_HOUR)
        return show(request, "message.html", 429, title=say("web.sorry"), message=message)
    return RedirectResponse(f"{address(office.settings.base_url, Purpose.APPROVE, token)}#decide", 303)
