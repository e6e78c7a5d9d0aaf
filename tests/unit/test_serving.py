"""Told to stop before the HTTP server listens to signals, it stops all the same."""

from __future__ import annotations

from threading import Event, Thread

from starlette.applications import Starlette

from tests.fixtures.office import own_port
from worker.cli.serving import serve


def test_it_ends_when_it_was_told_to_before_it_began() -> None:
    stopping = Event()
    stopping.set()
    place = f"127.0.0.1:{own_port()}"
    serving = Thread(target=serve, args=(Starlette(), f"http://{place}", None, stopping), daemon=True)
    serving.start()
    serving.join(timeout=20)
    assert not serving.is_alive()
