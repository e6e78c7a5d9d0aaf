"""Each page in the language its reader's browser asks for; what is kept stays in the office's."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from worker.messages import office_language, speaking

_RANGE = re.compile(r"([a-z]{1,8}|\*)(?:-[a-z0-9]{1,8})*(?:\s*;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?))?", re.IGNORECASE)
_SPOKEN = {"cs": "cs", "sk": "cs", "en": "en"}
"""A Slovak reads Czech with less trouble than English."""
LONGEST = 1000
"""Characters of the header that are looked at; browsers send a few dozen."""


class Language:
    """ASGI middleware round the whole application: everything said while it answers is said to this reader."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def varying(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).add_vary_header("Accept-Language")
            await send(message)

        with speaking(wanted(Headers(scope=scope).getlist("accept-language"))):
            await self._app(scope, receive, varying)


def wanted(headers: list[str]) -> str:
    """`cs` or `en`, whichever the Accept-Language `headers` (RFC 9110 §12.5.4) like better.

    Of two liked alike the one named first; the office's language when they are missing or ask for neither.
    """
    best, chosen = 0.0, office_language()
    for part in ",".join(headers)[:LONGEST].split(","):
        found = _RANGE.fullmatch(part.strip())
        if found is None:
            continue
        language = office_language() if found[1] == "*" else _SPOKEN.get(found[1].lower())
        weight = float(found[2]) if found[2] else 1.0
        if language and best < weight <= 1.0:
            best, chosen = weight, language
    return chosen
