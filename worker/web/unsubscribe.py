"""Leaving a list. A POST leaves at once (RFC 8058, without cookies or redirects); a GET shows a page with one button.

A wrong token changes nothing and looks the same, so that nobody can learn from it who is on a list.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from worker.audience.leaving import leave
from worker.drafting.letter import SPECIMEN_TOKEN, UNSUBSCRIBE_PATH
from worker.drafting.public_page import PUBLIC_TOKEN
from worker.messages import say
from worker.web.pages import desk, show

NOBODYS = {SPECIMEN_TOKEN: "letter.specimen_unsubscribe", PUBLIC_TOKEN: "archive.leave_by_mail"}
"""What stands for a token where there is no recipient, and what its page says."""


def routes() -> list[BaseRoute]:
    path = f"/{UNSUBSCRIBE_PATH}" + "/{token}"
    return [Route(path, _page, methods=["GET"]), Route(path, _leave, methods=["POST"])]


def _page(request: Request) -> Response:
    here, token = desk(request), request.path_params["token"]
    if token in NOBODYS:
        return show(request, "message.html", title=say("web.leave_title"), message=say(NOBODYS[token]))
    with here.office.database.read() as tx:
        leaving = leave.find(tx, here.office.settings.secret_keys, token)
        left = leaving is not None and leave.has_left(tx, leaving)
    request.state.led_nowhere = leaving is None
    names = _names(request, leaving) if leaving else []
    return show(request, "unsubscribe.html", 200, left=left, lists=names)


def _leave(request: Request) -> Response:
    here, token = desk(request), request.path_params["token"]
    with here.office.database.write() as tx:
        leaving = leave.find(tx, here.office.settings.secret_keys, token)
        if leaving is not None:
            leave.leave(tx, leaving, here.now())
    request.state.led_nowhere = leaving is None
    names = _names(request, leaving) if leaving else []
    return show(request, "unsubscribe.html", 200, left=True, lists=names)


def _names(request: Request, leaving: leave.Leaving) -> list[str]:
    known = desk(request).office.lists
    return [known[each].name if each in known else each for each in leaving.lists]
