"""`/metrics` for whoever watches: to this machine and to configured networks, and never through a proxy."""

from __future__ import annotations

from ipaddress import ip_network

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from worker.messages import say
from worker.settings import Settings
from worker.watch.metrics import CONTENT_TYPE
from worker.web.pages import desk
from worker.web.whence import is_proxy, parsed, peer

PATH = "/metrics"
FORWARDING = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""What proxies add. Whoever reads numbers comes by no proxy, so one of them, from anybody, is enough to refuse."""


def routes() -> list[BaseRoute]:
    return [Route(PATH, _numbers)]


def _numbers(request: Request) -> Response:
    here = desk(request)
    if any(each in request.headers for each in FORWARDING) or not may_read(peer(request), here.office.settings):
        # As if it were not there: a stranger learns nothing, and is counted as one who guesses.
        return PlainTextResponse(say("web.not_found"), 404)
    return Response(request.app.state.metrics.text(here.office, here.now()), media_type=CONTENT_TYPE)


def may_read(address: str, settings: Settings) -> bool:
    """Whether the numbers are shown to whoever connects from `address`.

    A network that the settings name for this holds even where one of our proxies lives in it; loopback does not.
    """
    found = parsed(address)
    if found is None:
        return False
    if any(found in ip_network(each) for each in settings.metrics.networks):
        return True
    return found.is_loopback and not is_proxy(address, settings.web)
