"""The coordinator's way in and out: a link by e-mail, one button behind it, and a session until the evening."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from worker.messages import say
from worker.notices import links, sign_ins
from worker.notices.sign_ins import LASTS, Purpose
from worker.web.pages import desk, form_of, show, too_often
from worker.web.signed_in import COOKIE, NotSignedIn, coordinator, proven
from worker.web.whence import visitor

PATH = "/koordinator/prihlaseni"


def routes() -> list[BaseRoute]:
    link = f"/{links.PATHS[links.Purpose.SIGN_IN]}" + "/{token}"
    return [
        Route(PATH, _page, methods=["GET"]),
        Route(PATH, _ask, methods=["POST"]),
        Route(link, _entrance, methods=["GET"]),
        Route(link, _enter, methods=["POST"]),
        Route("/koordinator/odhlaseni", _leave, methods=["POST"]),
    ]


def _page(request: Request) -> Response:
    return show(request, "sign_in.html", asked=False, problem="")


async def _ask(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_asked, request, form.get("address", ""))


def _asked(request: Request, address: str) -> Response:
    """The answer is the same for every address, so that nobody learns whose is known here."""
    if request.app.state.sign_ins.too_many(visitor(request)):
        return too_often(request)
    here = desk(request)
    office, now = here.office, here.now()
    person = office.person(office.settings.coordinator)
    if address.strip().casefold() == person.email.casefold():
        with office.database.write() as tx:
            sign_ins.ask_for_link(tx, person.id, now)
    return show(request, "sign_in.html", asked=True, problem="")


def _entrance(request: Request) -> Response:
    """Looking uses nothing up: mail programs open links before their readers do."""
    here = desk(request)
    with here.office.database.read() as tx:
        person = sign_ins.find(tx, Purpose.LINK, request.path_params["token"], here.now())
    if person is None:
        return _gone(request)
    return show(request, "entrance.html", who=here.office.person_name(person))


def _enter(request: Request) -> Response:
    here = desk(request)
    with here.office.database.write() as tx:
        session = sign_ins.open_session(tx, request.path_params["token"], here.now())
    if session is None:
        return _gone(request)
    base = here.office.settings.base_url
    answer = RedirectResponse(f"{base}/koordinator", 303)
    answer.set_cookie(
        COOKIE, session, max_age=int(LASTS[Purpose.SESSION].total_seconds()), path=_cookie_path(base), httponly=True,
        secure=base.startswith("https:"), samesite="lax",
    )  # fmt: skip
    return answer


def _gone(request: Request) -> Response:
    request.state.led_nowhere = True
    return show(request, "sign_in.html", 410, asked=False, problem=say("coordinator.link_gone"))


async def _leave(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_left, request, form)


def _left(request: Request, form: dict[str, str]) -> Response:
    here = desk(request)
    if not proven(coordinator(request), form):
        raise NotSignedIn
    with here.office.database.write() as tx:
        sign_ins.end(tx, Purpose.SESSION, request.cookies.get(COOKIE, ""), here.now())
    base = here.office.settings.base_url
    answer = RedirectResponse(f"{base}{PATH}", 303)
    answer.delete_cookie(COOKIE, path=_cookie_path(base))
    return answer


def _cookie_path(base: str) -> str:
    return urlsplit(base).path.rstrip("/") + "/koordinator"
