"""The page of whoever reworks a package: its texts as fields with a preview, and one button to submit them."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval import rework
from worker.approval.ask import nobody_decides
from worker.approval.cases import LinkExpired, NoSuchLink, NotNow, Unfinished, case
from worker.errors import HlasatelError
from worker.messages import say
from worker.notices.links import PATHS, Purpose, address
from worker.record import comments, holds
from worker.web import texts
from worker.web.approval import refusal
from worker.web.pages import desk, form_of, page_version, show
from worker.web.whence import whence


def routes() -> list[BaseRoute]:
    path = f"/{PATHS[Purpose.EDIT]}"
    return [
        Route(path + "/nahled/{kind}/{token}", _preview, methods=["GET", "POST"]),
        Route(path + "/{token}", _page, methods=["GET"]),
        Route(path + "/{token}", _submit, methods=["POST"]),
    ]


async def _preview(request: Request) -> Response:
    return await texts.preview(request, Purpose.EDIT)


def _page(request: Request) -> Response:
    return _show(request, 200, "", {}, {})


def _show(request: Request, status: int, problem: str, typed: dict[str, str], missing: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    office, now = here.office, here.now()
    try:
        with office.database.read() as tx:
            current = case(tx, office, Purpose.EDIT, token, now)
            held = holds.told_of(tx, office, current.occurrence, now)
            said = comments.of_occurrence(tx, office, current.occurrence.id)
            nobody = ", ".join(map(office.person_name, nobody_decides(office, current.package, now)))
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    lost = texts.lost_of(current, typed) if held or not current.open else []
    return show(
        request, "rework.html", status, current=current, token=token, drafts=texts.fields_of(current, typed, missing),
        previews=f"{PATHS[Purpose.EDIT]}/nahled", state=say(f"states.{current.occurrence.state}"), held=held,
        problem=problem, lost=lost, comments=said, nobody=nobody,
    )  # fmt: skip


async def _submit(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_submitted, request, form)


def _submitted(request: Request, form: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    try:
        shown = page_version(form.get("version", ""))
        if shown is None:
            raise Unfinished(say("web.form_incomplete"))
        rework.resubmit(
            here.office, token, texts.texts_of(form), here.now(), version=shown, whence=whence(request)
        )  # fmt: skip
    except (NoSuchLink, LinkExpired) as error:
        return refusal(request, error)
    except HlasatelError as error:
        return _show(
            request, 409 if isinstance(error, NotNow) else 400, texts.problem_of(error), form, texts.missing_in(error)
        )
    return RedirectResponse(address(here.office.settings.base_url, Purpose.EDIT, token), 303)
