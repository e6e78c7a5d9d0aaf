"""How our pages are served, wherever: no addresses in a log, and none believed that a header forwards."""

from __future__ import annotations

from typing import Any

import uvicorn
from starlette.applications import Starlette

from worker.web.patience import MOST_HEAD_BYTES, Patient

DRAIN_SECONDS = 10
MOST_AT_ONCE = 2000
"""Connections; a mail provider's servers may send a thousand one-clicks at once. Whoever comes beyond gets a 503."""


def configured(app: Starlette, **place: Any) -> uvicorn.Config:
    """The server's settings; `place` is its `host` and `port`, unless it is given a socket.

    It sets up no log of its own: what it has to say goes the way of all our lines, past the same formatter. What a
    stranger sends that is no HTTP is no line in it, or he could fill the disk.
    """
    return uvicorn.Config(
        app, http=Patient, ws="none", h11_max_incomplete_event_size=MOST_HEAD_BYTES, limit_concurrency=MOST_AT_ONCE,
        access_log=False, log_level="error", log_config=None, server_header=False, proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_SECONDS, **place,
    )  # fmt: skip
