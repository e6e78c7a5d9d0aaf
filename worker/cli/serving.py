"""The HTTP server: where it listens, and that it keeps links out of its logs."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette

from worker.errors import HlasatelError
from worker.messages import say

log = logging.getLogger("hlasatel.web")
DRAIN_SECONDS = 10


def server(app: Starlette, base_url: str, bind: str | None) -> uvicorn.Server:
    """A server for `app` on `bind`, or on the base address's own host and port. It stops on SIGTERM and SIGINT."""
    host, port = _place(bind) if bind else _place_of(base_url)
    config = uvicorn.Config(
        app, host=host, port=port, access_log=False, log_level="warning", server_header=False, date_header=True,
        proxy_headers=False, timeout_graceful_shutdown=DRAIN_SECONDS,
    )  # fmt: skip
    return uvicorn.Server(config)


def announce(base_url: str) -> None:
    log.info("pages at %s", base_url)


def _place_of(base_url: str) -> tuple[str, int]:
    parts = urlsplit(base_url)
    return parts.hostname or "127.0.0.1", parts.port or (443 if parts.scheme == "https" else 80)


def _place(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not port.isdecimal() or not 0 <= int(port) < 65536:
        raise HlasatelError(say("cli.bad_bind", value=bind))
    return host.strip("[]") or "0.0.0.0", int(port)
