"""The style sheet of the pages. Its name holds the digest of its bytes, so a browser asks for each version once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from worker.office import TEMPLATES

PLAIN = "hlasatel.css"
"""Its name where no digest helps: in a static copy, and in pages that somebody kept."""
_FOR_EVER, _AN_HOUR = "public, max-age=31536000, immutable", "public, max-age=3600"


@dataclass(frozen=True)
class Sheet:
    """The style sheet: `name` is what pages ask for."""

    content: bytes
    name: str


@cache
def sheet() -> Sheet:
    """What this process serves, read once: an upgrade starts another process."""
    content = (TEMPLATES / "web" / PLAIN).read_bytes()
    return Sheet(content, f"hlasatel-{hashlib.sha256(content).hexdigest()[:16]}.css")


def routes() -> list[BaseRoute]:
    return [Route(f"/{PLAIN}", _style), Route("/hlasatel-{digest}.css", _style)]


async def _style(request: Request) -> Response:
    """Under another version's name comes what there is now, and not for long: a page kept elsewhere still has style."""
    own = request.url.path.endswith(f"/{sheet().name}")
    return Response(sheet().content, media_type="text/css", headers={"Cache-Control": _FOR_EVER if own else _AN_HOUR})
