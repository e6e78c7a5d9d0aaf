"""The style sheet of the pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from worker.office import TEMPLATES


def routes() -> list[BaseRoute]:
    return [Route("/hlasatel.css", _style)]


async def _style(request: Request) -> Response:
    headers = {"Cache-Control": "public, max-age=3600"}
    return FileResponse(TEMPLATES / "web" / "hlasatel.css", media_type="text/css", headers=headers)
