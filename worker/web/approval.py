"""The approver's page: exactly what will go out, and two ways to decide. Looking changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval import decide, specimen
from worker.approval.cases import Case, LinkExpired, NoSuchLink, Refused, Unfinished, case
from worker.approval.decide import Choice
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices.links import PATHS, Purpose, address
from worker.web import files
from worker.web.pages import desk, form_of, page_version, show
from worker.web.shown import shown
from worker.web.whence import whence

PREVIEW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


def routes() -> list[BaseRoute]:
    path = f"/{PATHS[Purpose.APPROVE]}"
    return [
        Route(path + "/nahled/{kind}/{token}", _preview, methods=["GET"]),
        Route(path + "/soubor/{kind}/{name}/{token}", _file, methods=["GET"]),
        Route(path + "/zpet/{token}", _take_back, methods=["POST"]),
        Route(path + "/zkouska/{token}", _specimen, methods=["POST"]),
        Route(path + "/{token}", _page, methods=["GET"]),
        Route(path + "/{token}", _decide, methods=["POST"]),
    ]


def refusal(request: Request, error: HlasatelError) -> Response:
    """The neutral answer to a link that leads nowhere: the same for wrong, foreign and expired ones."""
    status = 410 if isinstance(error, LinkExpired) else 404
    return show(request, "message.html", status, title=say("web.sorry"), message=str(error))


def _page(request: Request) -> Response:
    return _show(request, 200, "", {})


def _show(request: Request, status: int, problem: str, typed: dict[str, str], field: str = "") -> Response:
    """The page as it is now, with a problem on top (and the field it is about), what was typed kept in its fields."""
    here = desk(request)
    try:
        with here.office.database.read() as tx:
            values = shown(tx, here, request.path_params["token"])
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    mailed = "zkouska" in request.query_params and status == 200
    return show(
        request, "approval.html", status, **values, problem=problem, problem_field=field, typed=typed, mailed=mailed
    )


async def _decide(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_decided, request, form)


def _decided(request: Request, form: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    version = form.get("version", "")

    def act() -> Case:
        if form.get("decision") not in list(Choice):
            raise Unfinished(say("approval.choose"))
        if request.headers.get("origin") == "null" and not version:
            raise Unfinished(say("web.form_incomplete"))
        return decide.decide(
            here.office,
            token,
            Choice(form["decision"]),
            form.get("comment", ""),
            here.now(),
            version=page_version(version),
            code=form.get("code", ""),
            whence=whence(request),
        )

    return _act(request, act, form)


async def _take_back(request: Request) -> Response:
    here, token = desk(request), request.path_params["token"]
    shown_decision = page_version((await form_of(request)).get("made", ""))

    def act() -> Case:
        return decide.take_back(here.office, token, here.now(), decision=shown_decision, whence=whence(request))

    return await run_in_threadpool(_act, request, act, {})


async def _specimen(request: Request) -> Response:
    """A test mail of what is shown, to the link's owner; it decides nothing."""
    here, token = desk(request), request.path_params["token"]

    def act() -> Case:
        return specimen.ask_for(here.office, token, here.now())

    return await run_in_threadpool(_act, request, act, {}, "?zkouska")


def _act(request: Request, action: Callable[[], Case], typed: dict[str, str], done: str = "") -> Response:
    """Do it and show the page anew, its address followed by `done`; a refusal shows it with the reason."""
    here, token = desk(request), request.path_params["token"]
    try:
        action()
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    except Refused as error:
        if isinstance(error, Unfinished):
            return _show(request, 400, str(error), typed, error.field)
        return _show(request, 409, str(error), typed)
    return RedirectResponse(address(here.office.settings.base_url, Purpose.APPROVE, token) + done, 303)


def _preview(request: Request) -> Response:
    return framed(request, Purpose.APPROVE)


def _file(request: Request) -> Response:
    return downloaded(request, Purpose.APPROVE)


def downloaded(request: Request, purpose: Purpose) -> Response:
    """The file that the address names, of the package behind the link; nothing changes by asking for it."""
    here = desk(request)
    try:
        with here.office.database.read() as tx:
            found = case(tx, here.office, purpose, request.path_params["token"], here.now())
            return files.answer(request, tx, found.drafts)
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)


def framed(request: Request, purpose: Purpose) -> Response:
    """The HTML of one draft, for the sandboxed frame: no scripts, no forms, nothing from outside."""
    here = desk(request)
    try:
        with here.office.database.read() as tx:
            found = case(tx, here.office, purpose, request.path_params["token"], here.now())
            draft = next((each for each in found.drafts if each.kind == request.path_params["kind"]), None)
            html = files.look(tx, draft) if draft is not None else ""
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    except HlasatelError as error:
        return show(request, "message.html", 409, title=say("web.sorry"), message=str(error))
    return HTMLResponse(html, headers={"Content-Security-Policy": PREVIEW_POLICY})
