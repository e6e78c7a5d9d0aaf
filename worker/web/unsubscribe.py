"""Leaving a list. A POST leaves at once (RFC 8058, without cookies or redirects); a GET shows a page with one button.

What a POST to the link itself brings is not looked at: one-click comes urlencoded, as multipart, or broken, and leaves
all the same. A wrong token changes nothing and looks the same, so that nobody can learn from it who is on a list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from worker.audience.leaving import choices, leave
from worker.audience.leaving.leave import Leaving
from worker.audience.leaving.standing import Standing, of_nobody, standing
from worker.audience.privacy import held
from worker.drafting.letter import SPECIMEN_TOKEN, UNSUBSCRIBE_PATH
from worker.drafting.public_page import PUBLIC_TOKEN
from worker.messages import say
from worker.plan.reading.read_back import plain_day
from worker.times import local_day
from worker.topics import TOPICS, topic_name
from worker.web.pages import desk, form_of, show

NOBODYS = {SPECIMEN_TOKEN: "letter.specimen_unsubscribe", PUBLIC_TOKEN: "archive.leave_by_mail"}
"""What stands for a token where there is no recipient, and what its page says."""

Act = Callable[[Connection, Leaving], object]


def routes() -> list[BaseRoute]:
    """Whoever loads a page anew by its address gets the first one."""
    acts = {
        "": _leave, "vse/": _leave_all, "temata/": _choose_topics, "pauza/": _pause, "odkaz/": _mail_link,
    }  # fmt: skip
    return [
        route
        for part, act in acts.items()
        for path in [f"/{UNSUBSCRIBE_PATH}/{part}{{token}}"]
        for route in (Route(path, _page, methods=["GET"]), Route(path, act, methods=["POST"]))
    ]


def _page(request: Request) -> Response:
    return _answer(request)


async def _leave(request: Request) -> Response:
    token = request.path_params["token"]
    if token not in NOBODYS:
        request.state.led_nowhere = not await request.app.state.one_clicks.leave(token)
    if _is_of_a_server(await request.body()):
        return PlainTextResponse(say("leaving.left"))
    return await run_in_threadpool(_answer, request, None, say("leaving.left"), left=True)


def _is_of_a_server(body: bytes) -> bool:
    """Whether a mail provider's server leaves for somebody (RFC 8058 §3.2): nobody reads the answer that it gets."""
    return b"List-Unsubscribe" in body and b"One-Click" in body


def _leave_all(request: Request) -> Response:
    here = desk(request)

    def act(tx: Connection, leaving: Leaving) -> None:
        leave.leave_all(tx, here.office, leaving.recipient_id, here.now())

    return _answer(request, act, say("leaving.left_all"), left=True, gone=True)


async def _choose_topics(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_chosen, request, [each for each in TOPICS if f"topic-{each}" in form])


def _chosen(request: Request, topics: list[str]) -> Response:
    now = desk(request).now()
    kept = say("leaving.topics_kept" if topics else "leaving.topics_all", topics=", ".join(map(topic_name, topics)))
    return _answer(request, lambda tx, leaving: choices.choose_topics(tx, leaving.recipient_id, topics, now), kept)


async def _pause(request: Request) -> Response:
    form = await form_of(request)
    return await run_in_threadpool(_paused, request, form.get("months", ""))


def _paused(request: Request, months: str) -> Response:
    now = desk(request).now()
    if months not in ("0", *map(str, choices.PAUSES)):
        return _answer(request, status=400, problem=say("leaving.pause_unknown"))
    until = choices.pause_ends(int(months), now) if months != "0" else None
    kept = say("leaving.paused", day=plain_day(local_day(until))) if until else say("leaving.resumed")
    return _answer(
        request,
        lambda tx, leaving: choices.pause(tx, leaving.recipient_id, until, now),
        kept,
        paused=until is not None,
    )


def _mail_link(request: Request) -> Response:
    """What we hold is shown by a link mailed to the address on file alone."""
    now = desk(request).now()
    return _answer(request, lambda tx, leaving: held.ask(tx, leaving.recipient_id, now), say("leaving.held_sent"))


def _answer(request: Request, act: Act | None = None, said: str = "", status: int = 200, **shown: Any) -> Response:
    """The page after `act` was done for whom the token stands for; the same page where it stands for nobody."""
    here, token = desk(request), request.path_params["token"]
    if token in NOBODYS:
        return show(request, "message.html", title=say("leaving.title"), message=say(NOBODYS[token]))
    with here.office.database.write() if act else here.office.database.read() as tx:
        leaving = leave.find(tx, here.office.settings.secret_keys, token)
        if leaving is not None and act is not None:
            act(tx, leaving)
        found = standing(tx, here.office, leaving) if leaving else of_nobody(tx, here.office)
    request.state.led_nowhere = leaving is None
    said = said or (say("leaving.left") if found.left else "")
    return show(request, "unsubscribe.html", status, said=said, **_shown(request, found, **shown))


def _shown(request: Request, found: Standing, **shown: Any) -> dict[str, Any]:
    here = desk(request)
    gone = shown.get("gone", False)
    values = {
        "token": request.path_params["token"],
        "lists": [_public_name(request, each) for each in found.lists],
        "stay": [] if gone else [_public_name(request, each) for each in found.stay],
        "left": found.left,
        "gone": gone,
        "topics": [(each, topic_name(each)) for each in TOPICS] if found.topics else [],
        "pauses": [
            (months, say(f"leaving.pause_{months}", day=plain_day(local_day(choices.pause_ends(months, here.now())))))
            for months in choices.PAUSES
        ],
        "paused": False,
        "problem": "",
    }
    return values | shown


def _public_name(request: Request, list_id: str) -> str:
    """The name that a list bears in public; the id itself of one that has left the configuration."""
    found = desk(request).office.lists.get(list_id)
    return list_id if found is None else found.public.name if found.public else found.name
