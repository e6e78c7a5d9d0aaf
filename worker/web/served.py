"""How our pages are served, wherever: no addresses in a log, and none believed that a header forwards."""

from __future__ import annotations

from typing import Any

import uvicorn
from starlette.applications import Starlette

DRAIN_SECONDS = 10


def configured(app: Starlette, **place: Any) -> uvicorn.Config:
    """The server's settings; `place` is its `host` and `port`, unless it is given a socket.

    It sets up no log of its own: what it has to say goes the way of all our lines, past the same formatter.
    """
    return uvicorn.Config(
        app, access_log=False, log_level="warning", log_config=None, server_header=False, proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_SECONDS, **place,
    )  # fmt: skip
