"""What holds for every page: headers that keep links private, no foreign posts, no oversized bodies.

A page with `Referrer-Policy: no-referrer` posts its own form with `Origin: null`, so null is accepted (the form's own
hidden field then proves the page); a foreign origin or a cross-site post is refused. One-click unsubscribing comes
from the mail provider's servers without either header (RFC 8058).
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from worker.messages import say

MAX_BODY = 1024 * 1024
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
}


class Guard:
    """ASGI middleware round the whole application; `base` is the address its pages are reached at."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        self._base = urlsplit(base)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "POST" and (refusal := _refusal(scope, self._base.netloc)):
            await refusal(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(_as_addressed(scope, self._base), _capped(receive), with_headers)


def _as_addressed(scope: Scope, base: SplitResult) -> Scope:
    """The request as if it had come to the base address itself, whatever host and scheme a proxy passed on.

    The redirect from `…/koordinator/` to `…/koordinator` is made of them: it would leave TLS, or the site.
    """
    headers = [each for each in scope["headers"] if each[0] != b"host"]
    return {**scope, "scheme": base.scheme, "headers": [(b"host", base.netloc.encode()), *headers]}


def _refusal(scope: Scope, own: str) -> PlainTextResponse | None:
    """Why a post is not taken; None when it is. `own` is the base address's host: a proxy may rewrite Host."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    foreign = origin not in (None, "null") and urlsplit(origin or "").netloc not in (own, headers.get("host"))
    if foreign or headers.get("sec-fetch-site") == "cross-site":
        return PlainTextResponse(say("web.cross_site"), 403)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        return PlainTextResponse(say("web.too_large"), 413)
    return None


def _capped(receive: Receive) -> Receive:
    """Cut a body off that grows past the cap without having said so."""
    seen = 0

    async def read() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if seen > MAX_BODY else message

    return read
