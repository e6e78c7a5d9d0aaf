"""The page of a task: "done, here"."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.approval import tasks
from worker.approval.cases import AlreadyDecided, NoSuchLink, Unfinished
from worker.messages import say
from worker.notices.links import PATHS, Purpose, address
from worker.web.approval import refusal
from worker.web.pages import desk, form_of, show


def routes() -> list[BaseRoute]:
    path = f"/{PATHS[Purpose.TASK]}" + "/{token}"
    return [Route(path, _page, methods=["GET"]), Route(path, _report, methods=["POST"])]


def _page(request: Request) -> Response:
    return _show(request, 200, "", {})


def _show(request: Request, status: int, problem: str, typed: dict[str, str]) -> Response:
    here = desk(request)
    try:
        with here.office.database.read() as tx:
            task = tasks.task(tx, here.office, request.path_params["token"])
    except NoSuchLink as error:
        return refusal(request, error)
    state = say(f"states.{task.occurrence.state}")
    return show(request, "task.html", status, task=task, state=state, problem=problem, typed=typed)


async def _report(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_reported, request, form)


def _reported(request: Request, form: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    try:
        tasks.report_done(here.office, token, form.get("address", ""), form.get("note", ""), here.now())
    except NoSuchLink as error:
        return refusal(request, error)
    except AlreadyDecided as error:
        return _show(request, 409, str(error), form)
    except Unfinished as error:
        return _show(request, 400, str(error), form)
    return RedirectResponse(address(here.office.settings.base_url, Purpose.TASK, token), 303)
