"""For whoever watches the machine: `/healthz` (this process runs) and `/readyz` (it can serve)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from worker.office import Office
from worker.store.database import SCHEMA
from worker.watch.heartbeat import newest_work, processes
from worker.web.pages import desk

PATHS = ("/healthz", "/readyz")
"""Asked without the base address's path and under any name: whoever watches a machine knows it by its number."""


def routes() -> list[BaseRoute]:
    return [Route(path, page) for path, page in zip(PATHS, (_alive, _ready), strict=True)]


async def _alive(request: Request) -> Response:
    return PlainTextResponse("ok")


def _ready(request: Request) -> Response:
    """503 says in a line what keeps this process from its work; 200 also what somebody else does not do."""
    here = desk(request)
    try:
        schema = here.office.database.schema()
        if schema != SCHEMA:
            return PlainTextResponse("the database has another schema", 503)
        if not here.works():
            return PlainTextResponse("the worker of this process does not hold its lock, or hangs", 503)
        return PlainTextResponse(f"ready\n{_clocks_work(here.office, here.now())}\n")
    except SQLAlchemyError:
        return PlainTextResponse("the database cannot be reached", 503)


def _clocks_work(office: Office, now: datetime) -> str:
    """Whether somebody prepares, asks and sends; pages are served without that, so it is no reason to be unready."""
    with office.database.read() as tx:
        newest = newest_work(processes(tx, now))
    if newest is None:
        return "nobody does the clock's work"
    seconds = int(newest.age.total_seconds())
    return f"the clock's work {'is overdue: it ' if newest.is_lost else ''}last came round {seconds} s ago"
