"""The approver's own edit: the texts as fields with a preview, and one button that keeps them as a new version."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval import codes
from worker.approval.cases import LinkExpired, NoSuchLink, Refused, Unfinished, case
from worker.approval.edit import edit
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices.links import PATHS, Purpose, address
from worker.record import holds
from worker.web import texts
from worker.web.approval import refusal
from worker.web.pages import desk, form_of, page_version, show
from worker.web.whence import whence


def routes() -> list[BaseRoute]:
    path = f"/{PATHS[Purpose.APPROVE]}"
    return [
        Route(path + "/nahled-upravy/{kind}/{token}", _preview, methods=["GET", "POST"]),
        Route(path + "/uprava/{token}", _page, methods=["GET"]),
        Route(path + "/uprava/{token}", _submit, methods=["POST"]),
    ]


async def _preview(request: Request) -> Response:
    return await texts.preview(request, Purpose.APPROVE)


def _page(request: Request) -> Response:
    return _show(request, 200, "", {}, {})


def _show(request: Request, status: int, problem: str, typed: dict[str, str], missing: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    office, now = here.office, here.now()
    try:
        with office.database.read() as tx:
            current = case(tx, office, Purpose.APPROVE, token, now)
            held = holds.told_of(tx, office, current.occurrence, now)
            asked = codes.asked_at(tx, current, now) if current.occurrence.code else None
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    lost = texts.lost_of(current, typed) if held or not current.open else []
    return show(
        request, "edit.html", status, current=current, token=token, drafts=texts.fields_of(current, typed, missing),
        previews=f"{PATHS[Purpose.APPROVE]}/nahled-upravy", state=say(f"states.{current.occurrence.state}"),
        held=held, problem=problem, lost=lost, code_asked=asked,
    )  # fmt: skip


async def _submit(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_code_wanted if "send_code" in form else _submitted, request, form)


def _submitted(request: Request, form: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    try:
        shown = page_version(form.get("version", ""))
        if shown is None:
            raise Unfinished(say("web.form_incomplete"))
        edit(
            here.office, token, texts.texts_of(form), here.now(),
            version=shown, code=form.get("code", ""), whence=whence(request),
        )  # fmt: skip
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    except HlasatelError as error:
        late = isinstance(error, Refused) and not isinstance(error, Unfinished)
        return _show(request, 409 if late else 400, texts.problem_of(error), form, texts.missing_in(error))
    return RedirectResponse(address(here.office.settings.base_url, Purpose.APPROVE, token), 303)


def _code_wanted(request: Request, form: dict[str, str]) -> Response:
    """Mail a one-time code and keep what was typed; the button of the approval page would lose it."""
    here, token = desk(request), request.path_params["token"]
    office, now = here.office, here.now()
    try:
        with office.database.write() as tx:
            mailed = codes.ask_for(tx, office, case(tx, office, Purpose.APPROVE, token, now, lock=True), now)
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    too_many = "" if mailed else say("codes.too_many", number=codes.MOST_AN_HOUR)
    return _show(request, 200 if mailed else 429, too_many, form, {})
