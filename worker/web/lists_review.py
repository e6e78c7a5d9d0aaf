"""The page on which whoever keeps lists confirms them, by the link of a mail. It shows numbers and no recipient."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from worker.audience.upkeep import reviews
from worker.messages import say
from worker.notices import sign_ins
from worker.notices.links import PATHS, Purpose
from worker.web.pages import desk, form_of, show


def routes() -> list[BaseRoute]:
    path = f"/{PATHS[Purpose.LISTS]}" + "/{token}"
    return [Route(path, _page, methods=["GET"]), Route(path, _confirm, methods=["POST"])]


def _page(request: Request) -> Response:
    return _show(request, _person(request), 200)


def _person(request: Request) -> str:
    """Whose link it is, as long as she works here; 404 for everybody else."""
    here = desk(request)
    with here.office.database.read() as tx:
        person = sign_ins.find(tx, sign_ins.Purpose.LISTS, request.path_params["token"], here.now())
    if person is None or person not in here.office.people:
        raise HTTPException(404)
    return person


def _show(request: Request, person: str, status: int, *, done: str = "", problem: str = "") -> Response:
    here = desk(request)
    with here.office.database.read() as tx:
        shown = reviews.shown_to(tx, here.office, person, here.now())
    coordinator = here.office.settings.coordinator
    return show(
        request, "lists_review.html", status, reviews=shown, lists=here.office.lists, done=done, problem=problem,
        coordinator=None if person == coordinator else here.office.people.get(coordinator),
    )  # fmt: skip


async def _confirm(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_confirmed, request, form)


def _confirmed(request: Request, form: dict[str, str]) -> Response:
    here, person, list_id = desk(request), _person(request), form.get("list", "")
    with here.office.database.write() as tx:
        if list_id not in [each.list_id for each in reviews.shown_to(tx, here.office, person, here.now())]:
            raise HTTPException(404)
        confirmed = reviews.confirm(tx, list_id, person, here.now())
    name = here.office.list_name(list_id)
    if not confirmed:
        return _show(request, person, 409, problem=say("lists_review.done_before", list=name))
    return _show(request, person, 200, done=say("lists_review.done", list=name))
