"""The coordinator's page of the sources: each partner's feed, whether it is read, and what of it was of use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from worker.feeds.health import health
from worker.times import format_instant
from worker.web.pages import desk, show
from worker.web.signed_in import coordinator

PATH = "/koordinator/zdroje"
_TIMES = ("read_at", "newest_at", "next_at")


def routes() -> list[BaseRoute]:
    return [Route(PATH, _page)]


def _page(request: Request) -> Response:
    visitor, here = coordinator(request), desk(request)
    with here.office.database.read() as tx:
        found = [each | {name: _at(each[name]) for name in _TIMES} for each in health(tx, here.office.feeds)]
    read = [each for each in found if each["url"] is not None]
    return show(
        request, "sources.html", visitor=visitor, feeds=sorted(read, key=lambda each: not each["trouble"]),
        unread=[each for each in found if each["url"] is None],
    )  # fmt: skip


def _at(text: Any) -> str:
    return format_instant(datetime.fromisoformat(text)) if text else ""
