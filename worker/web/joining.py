"""Joining a list: a page for all open lists and one for each, and the page of the link that confirms.

The answer is the same for every address, so that nobody learns who is on a list. A robot that fills in the field nobody
sees gets it as well, and nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from limits import RateLimitItemPerHour
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from worker.audience.joining import asking, confirming, consent
from worker.audience.joining.asking import Wish
from worker.audience.joining.mails import PATH as LINK_PATH
from worker.errors import HlasatelError
from worker.messages import LANGUAGES, language, say
from worker.office import Office
from worker.settings import MailingList, parse_address
from worker.times import local_day
from worker.topics import TOPICS, topic_name
from worker.web.archive import FOUND_BY_ALL
from worker.web.forms import read_form
from worker.web.guesses import Guesses
from worker.web.pages import desk, show
from worker.web.whence import visitor

PATH = "/odber"
MOST_AN_HOUR = 30
"""What one visitor may ask for in an hour; an office or a school may be behind one address."""
HONEYPOT = "vzkaz"
LONGEST_ADDRESS = 254
"""RFC 5321 §4.5.3.1.3, without the brackets."""


def routes() -> list[BaseRoute]:
    entrance = _Entrance()
    link = f"/{LINK_PATH}" + "/{token}"
    return [
        Route(PATH, _page, methods=["GET"]),
        Route(PATH, entrance.ask, methods=["POST"]),
        Route(link, _look, methods=["GET"]),
        Route(link, _confirm, methods=["POST"]),
        Route(PATH + "/{list}", _page, methods=["GET"]),
        Route(PATH + "/{list}", entrance.ask, methods=["POST"]),
    ]


@dataclass(frozen=True)
class Typed:
    """What a form brought, to be shown again with its `faults` by field."""

    address: str = ""
    lists: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    language: str = ""
    consent: str = ""
    faults: dict[str, str] = field(default_factory=dict)


def open_lists(office: Office) -> list[MailingList]:
    """The lists that anybody may join, in the order of the configuration."""
    return [each for each in office.lists.values() if each.is_open]


class _Entrance:
    """Takes what is asked for; counts within this process how often each visitor does."""

    def __init__(self) -> None:
        self._asked = Guesses(MOST_AN_HOUR, RateLimitItemPerHour)

    async def ask(self, request: Request) -> Response:
        form = await read_form(request)
        return await run_in_threadpool(self._ask, request, form)

    def _ask(self, request: Request, form: FormData) -> Response:
        here, offered = desk(request), _offered(request)
        if not offered:
            return _nowhere(request)
        typed, agreed = _typed(form, offered), consent.in_force(here.office)
        if faults := _faults(typed, agreed.version):
            return _show(request, offered, replace(typed, faults=faults), 400)
        if form.get(HONEYPOT):
            return _sent(request, typed.address)
        if self._asked.too_many(visitor(request)):
            return _too_many(request)
        wish = Wish(_spelt(typed.address), typed.lists, typed.topics, typed.language)
        with here.office.database.write() as tx:
            if asking.too_many(tx, here.now()):
                return _too_many(request)
            asking.ask(tx, here.office, wish, agreed, here.now())
        return _sent(request, typed.address)


def _page(request: Request) -> Response:
    offered = _offered(request)
    return _show(request, offered, Typed(), 200) if offered else _nowhere(request)


def _offered(request: Request) -> list[MailingList]:
    """The lists that the page is about: all that are open, or the one its address names if it is."""
    found, wanted = open_lists(desk(request).office), request.path_params.get("list")
    return found if wanted is None else [each for each in found if each.id == wanted]


def _show(request: Request, offered: Sequence[MailingList], typed: Typed, status: int) -> Response:
    office = desk(request).office
    answer = show(
        request, "joining.html", status, offered=offered, typed=typed, also=_also(office),
        topics=[(each, topic_name(each)) for each in TOPICS] if any(each.topics for each in offered) else [],
        chosen=typed.language or language(), agreed=consent.in_force(office), honeypot=HONEYPOT,
        longest=LONGEST_ADDRESS,
    )  # fmt: skip
    answer.headers.update(FOUND_BY_ALL)
    return answer


def _also(office: Office) -> dict[str, list[str]]:
    """List → the public names of other lists whose mails come to its members as well, because they include it."""
    told = [each for each in office.lists.values() if each.public is not None]
    return {
        each.id: [
            other.public.name for other in told
            if other.public is not None and other.id != each.id and each.id in office.closure(other.id)
        ]
        for each in open_lists(office)
    }  # fmt: skip


def _typed(form: FormData, offered: Sequence[MailingList]) -> Typed:
    """What the form brought of what is offered; a page about one list needs no choice of it."""
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    ids, wanted = [each.id for each in offered], form.getlist("list")
    return Typed(
        address=texts.get("email", "").strip()[: LONGEST_ADDRESS + 1],
        lists=tuple(ids) if len(ids) == 1 else tuple(each for each in ids if each in wanted),
        topics=tuple(each for each in TOPICS if each in form.getlist("topic")),
        language=texts.get("language", "") if texts.get("language") in LANGUAGES else language(),
        consent=texts.get("consent", ""),
    )


def _faults(typed: Typed, version: str) -> dict[str, str]:
    """What is missing or wrong, by field, in the order of the page."""
    faults = {}
    if not typed.lists:
        faults["list"] = say("joining.no_list")
    try:
        _spelt(typed.address)
    except HlasatelError:
        faults["email"] = say("joining.bad_address")
    if typed.consent != version:  # what was read is not what would be kept as agreed to
        faults["consent"] = say("joining.other_words")
    return faults


def _spelt(address: str) -> str:
    """The address as recipients have it; HlasatelError for what is none."""
    return parse_address(address).lower()


def _sent(request: Request, address: str) -> Response:
    return show(request, "joining_sent.html", address=address, days=asking.LASTS.days)


def _too_many(request: Request) -> Response:
    answer = show(request, "message.html", 429, title=say("web.sorry"), message=say("joining.too_many"))
    answer.headers["Retry-After"] = "3600"
    return answer


def _nowhere(request: Request) -> Response:
    """No such list, or none that is open: the same for both."""
    some = bool(open_lists(desk(request).office))
    return show(
        request,
        "joining_nowhere.html",
        404,
        message=say("joining.not_open" if some else "joining.none_open"),
        some=some,
    )


def _look(request: Request) -> Response:
    """Looking confirms nothing: mail programs open links before their readers do."""
    here = desk(request)
    with here.office.database.read() as tx:
        asked = confirming.find(tx, here.office, request.path_params["token"], here.now())
        if asked is None:
            return _gone(request)
        agreed = consent.kept(tx, asked.text_version)
    return _asked(request, asked, agreed, done=asked.confirmed_at is not None)


def _confirm(request: Request) -> Response:
    here = desk(request)
    with here.office.database.write() as tx:
        asked = confirming.find(tx, here.office, request.path_params["token"], here.now())
        if asked is None:
            return _gone(request)
        confirming.confirm(tx, here.office, asked, here.now())
        agreed = consent.kept(tx, asked.text_version)
    return _asked(request, asked, agreed, done=bool(asked.lists) or asked.confirmed_at is not None)


def _asked(request: Request, asked: confirming.Asked, agreed: consent.ConsentText, *, done: bool) -> Response:
    office = desk(request).office
    values: dict[str, Any] = {
        "lists": [office.lists[each] for each in asked.lists],
        "topics": [topic_name(each) for each in asked.topics],
        "until": local_day(asked.ends_at),
        "offers_topics": any(office.lists[each].topics for each in asked.lists),
    }
    return show(request, "joining_confirm.html", asked=asked, agreed=agreed, done=done, **values)


def _gone(request: Request) -> Response:
    """A wrong token and one that has ended look the same."""
    request.state.led_nowhere = True
    some = bool(open_lists(desk(request).office))
    return show(request, "joining_nowhere.html", 410, message=say("joining.gone"), some=some)
