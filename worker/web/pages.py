"""What the page files share: the desk they work at, and how a template becomes an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from worker.drafting.shipped_pages import say_typeset, shipped_pages
from worker.drafting.typography import keep_together
from worker.kinds import kind_name
from worker.messages import language, office_language, say
from worker.office import Office
from worker.office_on_file import Offices
from worker.plan.reading.read_back import plain_day
from worker.record.signed import signature
from worker.times import NBSP, Clock, format_day, format_instant, local_day
from worker.web import navigation
from worker.web.forms import read_form, texts
from worker.web.static import PLAIN, sheet


@dataclass(frozen=True)
class Desk:
    """The office in force, the clock of this application, and whether its process is at work."""

    offices: Offices
    clock: Clock
    works: Callable[[], bool]
    copy_at: str | None = None
    """Where a static copy that is being made will be read; None for pages that are served."""

    @property
    def office(self) -> Office:
        return self.offices()

    def now(self) -> datetime:
        return self.clock.now()


def desk(request: Request) -> Desk:
    """The desk of the application that answers `request`."""
    found: Desk = request.app.state.desk
    return found


def show(request: Request, template: str, status: int = 200, /, **values: Any) -> Response:
    """The answer with `templates/web/<template>` filled in."""
    here = desk(request)
    office = here.office
    html = (
        _environment()
        .get_template(f"web/{template}")
        .render(
            organisation=office.settings.organisation,
            base=office.settings.base_url,
            person=office.person_name,
            signed=partial(signature, office),
            kind_name=kind_name,
            lang=language(),
            office_lang=office_language(),
            static=here.copy_at is not None,
            stylesheet=PLAIN if here.copy_at is not None else sheet().name,
            navigation=partial(navigation.links, _below(office, request.url.path)),
            **values,
        )
    )
    return HTMLResponse(html, status)


def _below(office: Office, path: str) -> str:
    """A path as it is below the base address."""
    return path.removeprefix(urlsplit(office.settings.base_url).path.rstrip("/"))


@cache
def _environment() -> Environment:
    environment = shipped_pages()
    environment.globals["say_of"] = _say_of
    environment.filters["instant"] = format_instant
    environment.filters["day"] = _day_of
    environment.filters["plain_day"] = plain_day
    environment.filters["date"] = _date_of
    environment.filters["kind"] = kind_name
    environment.filters["size"] = _in_words
    return environment


def _day_of(instant: datetime) -> str:
    return format_day(local_day(instant))


def _date_of(instant: datetime) -> str:
    """`8. prosince 2026`, the day on which an instant falls in Prague."""
    return plain_day(local_day(instant))


def _in_words(size: int) -> str:
    """A number of bytes as people read it: `84 kB`, `3,2 MB`."""
    if size < 1_000_000:
        return f"{max(size // 1000, 1)}{NBSP}kB"
    return f"{size / 1_000_000:.1f}{NBSP}MB".replace(".", "," if language() == "cs" else ".")


def _say_of(key: str, title: str) -> Markup:
    """Words about something with a Czech title, which is marked as Czech for those who have the page read out."""
    before, _, after = say_typeset(key, title="\0").partition("\0")
    return Markup('{}<span lang="cs">{}</span>{}').format(before, keep_together(title), after)


def too_often(request: Request) -> Response:
    """The answer to somebody who asks for the same more often within a minute than people do."""
    answer = show(request, "message.html", 429, title=say("web.sorry"), message=say("web.too_often"))
    answer.headers["Retry-After"] = "60"
    return answer


async def form_of(request: Request) -> dict[str, str]:
    """The form's text fields, of repeated ones the last; HTTPException 400 where a file is sent along."""
    return texts(await read_form(request))


def page_version(text: str) -> int | None:
    """The version, or the decision, a form was shown with, or the number in an address; None when the field is missing
    or it is no such number: no database takes one of thirty digits.
    """
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None
