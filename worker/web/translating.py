"""The page of a translator: the Czech text of the draft, and one field for the same in her language."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.approval.cases import LinkExpired, NoSuchLink, Unfinished
from worker.contributions import translating
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices.links import Purpose, address
from worker.web.approval import refusal
from worker.web.pages import desk, page_version, show
from worker.web.whence import whence


def page(request: Request, status: int = 200, problem: str = "", typed: str | None = None) -> Response:
    """The page as it is now; `typed` stays in the field, which else holds what was sent before."""
    here, token = desk(request), request.path_params["token"]
    try:
        with here.office.database.read() as tx:
            task = translating.task(tx, here.office, token, here.now())
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    return show(
        request,
        "translate.html",
        status,
        task=task,
        token=token,
        coordinator=here.office.person(here.office.settings.coordinator),
        longest=translating.LONGEST,
        kept="ulozeno" in request.query_params and status == 200,
        problem=problem,
        text=task.before if typed is None else typed,
    )


def given(request: Request, form: Mapping[str, str]) -> Response:
    """What comes of the form that was sent."""
    here, token, text = desk(request), request.path_params["token"], form.get("text", "")
    version = page_version(form.get("version", ""))
    try:
        if version is None:
            raise Unfinished(say("web.form_incomplete"))
        translating.give(here.office, token, text, here.now(), version=version, whence=whence(request))
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    except Unfinished as error:
        return page(request, 400, str(error), text)
    except HlasatelError as error:  # it is too late, or what no mail can carry
        return page(request, 409, str(error), text)
    return RedirectResponse(address(here.office.settings.base_url, Purpose.CONTRIBUTE, token) + "?ulozeno", 303)
