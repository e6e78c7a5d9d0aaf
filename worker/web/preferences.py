"""What we hold about a recipient, her choices, a change of address: by a link mailed afresh, never by a newsletter's.

The same address of a page confirms a new address, by the link that was mailed there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from worker.audience.joining.mails import public_name
from worker.audience.leaving import choices, leave
from worker.audience.leaving.standing import has_topics, lists_of, reached_by
from worker.audience.privacy import held
from worker.audience.privacy.export import of_address
from worker.audience.privacy.held import Link, Purpose
from worker.audience.suppression import suppression_of
from worker.errors import HlasatelError
from worker.messages import LANGUAGES, say
from worker.office import Office
from worker.store.tables import deliveries, departures, recipients, subscriptions
from worker.topics import TOPICS, topic_name
from worker.web.pages import desk, form_of, show

KEEP = "keep"
"""What the form says of a pause that is to stay as it is."""

Act = Callable[[Connection, Office, Link, dict[str, str], datetime], str]
"""Does what a form asks for and says so; HlasatelError tells why not."""


def routes() -> list[BaseRoute]:
    acts: dict[str, Act] = {
        "volby/": _choose, "odhlasit/": _leave, "vse/": _leave_all, "adresa/": _ask_to_change, "potvrdit/": _change,
    }  # fmt: skip
    posts = [Route(f"/{held.PATH}/{part}{{token}}", _doing(act), methods=["POST"]) for part, act in acts.items()]
    looks = [Route(f"/{held.PATH}/{part}{{token}}", _page, methods=["GET"]) for part in ("", *acts)]
    return [*looks, *posts, Route(f"/{held.PATH}/soubor/{{token}}", _file, methods=["GET"])]


@dataclass(frozen=True)
class Dated:
    """Something by its name, and since when."""

    id: str
    name: str
    at: datetime | None = None


def _page(request: Request) -> Response:
    here = desk(request)
    with here.office.database.read() as tx:
        link = held.find(tx, request.path_params["token"], here.now())
        shown = _shown(tx, here.office, link) if link is not None else {}
    return _answer(request, link, shown)


def _file(request: Request) -> Response:
    here = desk(request)
    with here.office.database.read() as tx:
        link = held.find(tx, request.path_params["token"], here.now())
        if link is None or link.purpose is not Purpose.HELD:
            return _answer(request, None, {})
        whole = json.dumps(of_address(tx, here.office, link.person.address), ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": 'attachment; filename="hlasatel.json"'}
    return Response(whole, media_type="application/json", headers=headers)


def _doing(act: Act) -> Callable[[Request], Any]:
    """The endpoint that does `act` for whose link it is, and shows the page as it is afterwards."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_done, request, act, await form_of(request))

    return endpoint


def _done(request: Request, act: Act, form: dict[str, str]) -> Response:
    here, token = desk(request), request.path_params["token"]
    said = problem = ""
    wanted = Purpose.ADDRESS if act is _change else Purpose.HELD
    with here.office.database.write() as tx:
        link = held.find(tx, token, here.now())
        if link is None or link.purpose is not wanted:
            return _answer(request, None, {})
        try:
            said = act(tx, here.office, link, form, here.now())
        except HlasatelError as error:
            problem = str(error)
        link = held.find(tx, token, here.now()) or link
        shown = _shown(tx, here.office, link)
    typed = form.get("address", "") if problem else ""
    return _answer(request, link, shown, 400 if problem else 200, said=said, problem=problem, typed=typed)


def _choose(tx: Connection, office: Office, link: Link, form: dict[str, str], now: datetime) -> str:
    own = link.person.id
    if form.get("language") in LANGUAGES:
        tx.execute(update(recipients).where(recipients.c.id == own).values(language=form["language"]))
    if has_topics(office, lists_of(tx, own)):
        choices.choose_topics(tx, own, [each for each in TOPICS if f"topic-{each}" in form], now)
    months = form.get("months", KEEP)
    if months in ("0", *map(str, choices.PAUSES)):
        choices.pause(tx, own, choices.pause_ends(int(months), now) if months != "0" else None, now)
    return say("preferences.saved")


def _leave(tx: Connection, office: Office, link: Link, form: dict[str, str], now: datetime) -> str:
    if (wanted := form.get("list", "")) in office.lists:
        leave.leave_lists(tx, office, link.person.id, [wanted], now)
    return say("preferences.saved")


def _leave_all(tx: Connection, office: Office, link: Link, form: dict[str, str], now: datetime) -> str:
    leave.leave_all(tx, office, link.person.id, now)
    return say("preferences.saved")


def _ask_to_change(tx: Connection, office: Office, link: Link, form: dict[str, str], now: datetime) -> str:
    return say("preferences.change_sent", address=held.ask_to_change(tx, link, form.get("address", ""), now))


def _change(tx: Connection, office: Office, link: Link, form: dict[str, str], now: datetime) -> str:
    held.change(tx, office, link, now)
    return ""


def _answer(
    request: Request, link: Link | None, shown: dict[str, Any], status: int = 200, said: str = "",
    problem: str = "", typed: str = "",
) -> Response:  # fmt: skip
    """The page of the link; one that stands for nothing any more gets a neutral page."""
    if link is None:
        return show(request, "message.html", 404, title=say("preferences.title"), message=say("preferences.gone"))
    template = "preferences.html" if link.purpose is Purpose.HELD else "new_address.html"
    token, now = request.path_params["token"], desk(request).now()
    pauses = [(months, choices.pause_ends(months, now)) for months in choices.PAUSES]
    paused = link.person.paused_until if link.person.paused_until and link.person.paused_until > now else None
    return show(
        request, template, status, link=link, token=token, said=said, problem=problem, typed=typed, pauses=pauses,
        paused=paused, languages=LANGUAGES, **shown,
    )  # fmt: skip


def _shown(tx: Connection, office: Office, link: Link) -> dict[str, Any]:
    if link.purpose is Purpose.ADDRESS:
        return {}
    own = link.person.id
    left = [Dated(row.list_id, public_name(office, row.list_id), row.left_at) for row in _left(tx, own)]
    gone = {each.id for each in left}
    mine = lists_of(tx, own)
    reaching = [] if link.person.suppressed else [each for each in reached_by(office, mine) if each not in gone]
    number = select(func.count()).where(deliveries.c.recipient_id == own)
    return {
        "lists": [Dated(each, public_name(office, each)) for each in reaching],
        "left": left,
        "stopped": suppression_of(tx, office, link.person.address) if link.person.suppressed else None,
        "consents": _consents(tx, office, own),
        "number": tx.execute(number).scalar_one(),
        "topics": [(each, topic_name(each)) for each in TOPICS] if has_topics(office, mine) else [],
        "chosen": choices.topics_of(tx, own),
    }


def _left(tx: Connection, recipient_id: int) -> Sequence[Any]:
    own = select(departures).where(departures.c.recipient_id == recipient_id)
    return tx.execute(own.order_by(departures.c.left_at.desc(), departures.c.list_id)).all()


def _consents(tx: Connection, office: Office, recipient_id: int) -> list[tuple[str, Any]]:
    own = select(subscriptions).where(subscriptions.c.recipient_id == recipient_id).order_by(subscriptions.c.id)
    return [(public_name(office, row.list_id), row) for row in tx.execute(own)]
