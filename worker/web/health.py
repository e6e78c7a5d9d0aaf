"""For whoever watches the machine: `/healthz` (this process runs) and `/readyz` (it can serve)."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from worker.store.database import SCHEMA
from worker.web.pages import desk

PATHS = ("/healthz", "/readyz")
"""Asked without the base address's path and under any name: whoever watches a machine knows it by its number."""


def routes() -> list[BaseRoute]:
    return [Route(path, page) for path, page in zip(PATHS, (_alive, _ready), strict=True)]


async def _alive(request: Request) -> Response:
    return PlainTextResponse("ok")


def _ready(request: Request) -> Response:
    try:
        schema = desk(request).office.database.schema()
    except SQLAlchemyError:
        return PlainTextResponse("the database cannot be reached", 503)
    if schema != SCHEMA:
        return PlainTextResponse("the database has another schema", 503)
    if not desk(request).works():
        return PlainTextResponse("the worker of this process does not hold its lock", 503)
    return PlainTextResponse("ready")
