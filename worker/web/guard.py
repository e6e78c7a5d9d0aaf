"""What holds for every page: known names alone, headers that keep links private, no foreign posts, no guessing.

A page with `Referrer-Policy: no-referrer` posts its own form with `Origin: null`, so null is accepted (the form's own
hidden field then proves the page); a foreign origin or a cross-site post is refused. One-click unsubscribing comes
from the mail provider's servers without either header (RFC 8058).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from worker.contributions.photo import MOST_BYTES
from worker.messages import say
from worker.notices.links import PATHS, Purpose
from worker.office_on_file import Offices
from worker.record import acting
from worker.web import health, importing, metrics, press_kit
from worker.web.bodies import capped
from worker.web.guesses import Guesses
from worker.web.hosts import asked_host, in_origin_form, known_hosts, own_numbers
from worker.web.pages import show
from worker.web.patience import MOST_HEAD_BYTES
from worker.web.whence import address_of

MAX_BODY = 1024 * 1024
MAX_PHOTO_BODY = MOST_BYTES + MAX_BODY
"""Where a contributor sends a photo beside her text."""
MAX_TABLE_BODY = importing.MOST_BYTES + MAX_BODY
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
    """ASGI middleware round the whole application, reached at the base address of the office in force."""

    def __init__(self, app: ASGIApp, offices: Offices) -> None:
        self._app, self._offices = app, offices
        self._base = urlsplit(offices().settings.base_url)
        self._guesses = Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked, answer = in_origin_form(scope), _with_headers(send)
        if refusal := self._refusal(asked):
            await refusal(scope, receive, answer)
            return
        addressed = self._as_addressed(asked)
        with acting.apart():
            acting.comes_from(f"page {self._visitor(scope)}".strip())
            await self._app(
                addressed,
                capped(addressed, receive, _most(addressed)),
                self._unless_guessed(addressed, receive, answer),
            )

    def _refusal(self, scope: Scope) -> Response | None:
        """Why the request is not taken; None when it is."""
        known = known_hosts(self._offices().settings) | own_numbers(scope)
        if asked_host(scope) not in known and scope["path"] not in health.PATHS:
            return PlainTextResponse(say("guard.unknown_host"), 421)
        head = (scope["path"].encode("utf-8", "replace"), scope["query_string"], *chain(*scope["headers"]))
        if sum(map(len, head)) > MOST_HEAD_BYTES:
            return _page(scope, 431, say("web.refused"))
        # PostgreSQL takes no text with one, so nothing has such an address.
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            return _page(scope, 404, say("web.not_found"))
        if scope["method"] != "POST":
            return None
        headers = Headers(scope=scope)
        # A proxy may rewrite Host, so the base address's own is as good.
        own = (self._base.netloc, headers.get("host", ""))
        if _is_foreign(headers.get("origin"), own) or headers.get("sec-fetch-site") == "cross-site":
            return _page(scope, 403, say("web.cross_site"))
        length = headers.get("content-length", "0")
        most = _most(scope)
        if not re.fullmatch(r"[0-9]{1,15}", length) or int(length) > most:
            return too_large(scope)
        return None

    def _as_addressed(self, scope: Scope) -> Scope:
        """The request as if it had come to the base address itself, whatever host, scheme and path a proxy passed on.

        The redirect from `…/koordinator/` to `…/koordinator` is made of them: it would leave TLS, or the site.
        """
        base, path = self._base, scope["path"]
        prefix = base.path.rstrip("/")
        # A proxy may cut the path that leads to us off, or leave it on.
        if prefix and path not in (*health.PATHS, metrics.PATH) and not f"{path}/".startswith(f"{prefix}/"):
            path = prefix + path
        headers = [each for each in scope["headers"] if each[0] != b"host"]
        return {
            **scope,
            "scheme": base.scheme,
            "path": path,
            "headers": [(b"host", base.netloc.encode()), *headers],
            "state": dict(scope.get("state", {})),
        }

    def _unless_guessed(self, scope: Scope, receive: Receive, send: Send) -> Send:
        """Answer 429 instead of what led nowhere once the visitor has asked for too much of it."""
        stopped = False

        async def answer(message: Message) -> None:
            nonlocal stopped
            if message["type"] == "http.response.start" and _led_nowhere(message, scope):
                stopped = self._guesses.too_many(self._visitor(scope))
                if stopped:
                    await _page(scope, 429, say("guard.too_many"), {"Retry-After": "60"})(scope, receive, send)
            if not stopped:
                await send(message)

        return answer

    def _visitor(self, scope: Scope) -> str:
        peer = scope["client"][0] if scope.get("client") else ""
        return address_of(peer, Headers(scope=scope).getlist("x-forwarded-for"), self._offices().settings.web)


def _led_nowhere(message: Message, scope: Scope) -> bool:
    """Whether an answer is to a token or an address that is not there; pages that hide it say so themselves."""
    return message["status"] == 404 or bool(scope["state"].get("led_nowhere"))


def _page(scope: Scope, status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    page = show(Request(scope), "message.html", status, title=say("web.sorry"), message=message)
    page.headers.update(headers or {})
    return page


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return with_headers


def _most(scope: Scope) -> int:
    """Bytes that a request's body may have; the page itself looks whose link it is before it reads them."""
    if scope["path"].endswith(importing.PATH):
        return MAX_TABLE_BODY
    with_photos = (f"/{PATHS[Purpose.CONTRIBUTE]}/", press_kit.PATH)
    return MAX_PHOTO_BODY if any(each in scope["path"] for each in with_photos) else MAX_BODY


def too_large(scope: Scope) -> Response:
    """The answer to a body that is too large for the page it was sent to."""
    most = _most(scope)
    if most == MAX_TABLE_BODY:
        said = say("import_page.too_large", limit=importing.MOST_MEGABYTES)
    elif most == MAX_PHOTO_BODY:
        said = say("contributions.photo_too_large", limit=MOST_BYTES // MAX_BODY)
    else:
        said = say("web.too_large")
    return _page(scope, 413, said)


def _is_foreign(origin: str | None, own: Iterable[str]) -> bool:
    """Whether a page of another site posts; what cannot be read is none of ours."""
    if origin in (None, "null"):
        return False
    try:
        return urlsplit(origin).netloc not in own
    except ValueError:
        return True
