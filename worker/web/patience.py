"""How long one connection may keep us waiting, and what it is told when what it says is no HTTP.

uvicorn waits for ever for the rest of a request's head, for whoever does not read our answer, and for the end of a body
that was refused; a few hundred such connections would take the pages from everybody else.
"""

from __future__ import annotations

import asyncio
import sys
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from worker.messages import LANGUAGES, say, speaking

HEAD_SECONDS = 20.0
"""From the connection, or from the answer before, to the end of a request's head."""
READ_SECONDS = 60.0
"""In which a visitor takes at least `LEAST_READ` of what we wrote, as long as our buffers are full."""
LEAST_READ = 64 * 1024
MOST_HEAD_BYTES = 32 * 1024
"""Of a request's first line and headers."""


class Patient(H11Protocol):
    """uvicorn's protocol with an end to its patience."""

    head_seconds, read_seconds = HEAD_SECONDS, READ_SECONDS
    _waiting: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._waiting, self._writing):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._writing is not None:
            self._writing.cancel()

    def _watch_reader(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._writing = self.loop.call_later(self.read_seconds, self._go_on_if_read, left)

    def _go_on_if_read(self, before: int) -> None:
        if before - self.transport.get_write_buffer_size() < LEAST_READ:
            self.transport.abort()
        else:
            self._watch_reader()

    def send_400_response(self, msg: str) -> None:
        """In both languages, for nobody knows whose browser this is; 431 where the head was too long."""
        hint = getattr(sys.exc_info()[1], "error_status_hint", 400)
        self._refuse(HTTPStatus(hint), "guard.no_http")

    def _look(self) -> None:
        """We wait for the visitor unless a request is being answered; a byte now and then gains no time."""
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering and self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        elif not answering and self._waiting is None and not self.transport.is_closing():
            self._waiting = self.loop.call_later(self.head_seconds, self._give_up)

    def _give_up(self) -> None:
        if self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "guard.too_slow")
        self.transport.abort() if self.transport.get_write_buffer_size() else self.transport.close()

    def _refuse(self, status: HTTPStatus, key: str) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # what still answers writes to nobody
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        words = []
        for each in LANGUAGES:
            with speaking(each):
                words.append(say(key))
        body = "\n".join(words).encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"), ("Connection", "close"),
        ]  # fmt: skip
        for event in (
            h11.Response(status_code=status, headers=headers, reason=status.phrase.encode()),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
