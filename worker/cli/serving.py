"""The HTTP server: where it listens, and that it keeps links out of its logs."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Event
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette

from worker.errors import HlasatelError
from worker.messages import say
from worker.web.served import configured

log = logging.getLogger("hlasatel.web")


class _Server(uvicorn.Server):
    """Ends when `stopping` is set as well: a signal may come before uvicorn listens to signals.

    `came_round` is called in a thread once a second, one at a time, as long as requests are served.
    """

    def __init__(self, app: Starlette, stopping: Event, came_round: Callable[[], None] | None) -> None:
        super().__init__(configured(app))
        self._stopping, self._came_round = stopping, came_round
        self._telling: asyncio.Future[None] | None = None

    async def on_tick(self, counter: int) -> bool:
        if self._came_round is not None and counter % 10 == 0 and (self._telling is None or self._telling.done()):
            self._telling = asyncio.get_running_loop().run_in_executor(None, self._came_round)
        return self._stopping.is_set() or await super().on_tick(counter)


def serve(
    app: Starlette,
    base_url: str,
    bind: str | None,
    stopping: Event,
    beside: AbstractContextManager[None] | None = None,
    came_round: Callable[[], None] | None = None,
) -> None:
    """Serve `app` on `bind`, or on the base address's own host and port, until SIGTERM or SIGINT, or `stopping` is set.

    `beside` is what works in the same process; it begins once the place to listen on is ours. `came_round` is called
    in a thread once a second while requests are served, and raises nothing.
    """
    host, port = _place(bind) if bind else _place_of(base_url)
    with _listening(host, port) as sock, beside or nullcontext():
        log.info("pages at %s", base_url)
        _Server(app, stopping, came_round).run(sockets=[sock])


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket bound to the place; HlasatelError when it is taken or is none of this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError as error:
            raise HlasatelError(say("cli.cannot_listen", place=f"{host}:{port}", why=error.strerror)) from None
        yield sock


def _place_of(base_url: str) -> tuple[str, int]:
    parts = urlsplit(base_url)
    return parts.hostname or "127.0.0.1", parts.port or (443 if parts.scheme == "https" else 80)


def _place(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not port.isdecimal() or not 0 <= int(port) < 65536:
        raise HlasatelError(say("cli.bad_bind", value=bind))
    return host.strip("[]") or "0.0.0.0", int(port)
