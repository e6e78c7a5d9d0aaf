"""`python -m bench.distance PORT SINK MILLISECONDS`: passes bytes to a sink at once and its answers back late.

So a server looks that is 20 ms away or takes 20 ms to answer, without rights to shape the machine's own traffic.
One thread over `selectors`; its CPU share is printed with the result, because past a core it would be the limit.
"""

from __future__ import annotations

import heapq
import itertools
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field

_BLOCK = 256 * 1024


@dataclass
class Way:
    """One direction of one connection: what `source` says goes to `target`, `delay` seconds later."""

    source: socket.socket
    target: socket.socket
    delay: float
    waiting: bytearray = field(default_factory=bytearray)


class Distance:
    """Every connection that is accepted gets one of its own to the sink."""

    def __init__(self, port: int, sink: int, delay: float) -> None:
        self._sink, self._delay = sink, delay
        self._selector = selectors.DefaultSelector()
        self._late: list[tuple[float, int, Way, bytes]] = []
        self._turn = itertools.count()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, None)

    def run(self) -> None:
        """For ever."""
        while True:
            wait = self._late[0][0] - time.monotonic() if self._late else None
            for key, events in self._selector.select(None if wait is None else max(wait, 0)):
                if key.data is None:  # the listener is the one without a way
                    self._accept()
                else:
                    incoming, outgoing = key.data
                    self._pass_on(incoming, outgoing, events)
            while self._late and self._late[0][0] <= time.monotonic():
                _, _, way, data = heapq.heappop(self._late)
                if data:
                    self._send(way, data)
                else:
                    self._end(way)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        sink = socket.create_connection(("127.0.0.1", self._sink))
        there, back = Way(client, sink, 0), Way(sink, client, self._delay)
        for end, incoming, outgoing in ((client, there, back), (sink, back, there)):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(end, selectors.EVENT_READ, (incoming, outgoing))

    def _pass_on(self, incoming: Way, outgoing: Way, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._send(outgoing, b"")
        if not events & selectors.EVENT_READ or incoming.source.fileno() < 0:
            return
        try:
            data = incoming.source.recv(_BLOCK)
        except (BlockingIOError, InterruptedError):
            return
        except ConnectionError:
            data = b""
        if incoming.delay:
            heapq.heappush(self._late, (time.monotonic() + incoming.delay, next(self._turn), incoming, data))
        elif data:
            self._send(incoming, data)
        else:
            self._end(incoming)

    def _send(self, way: Way, data: bytes) -> None:
        """What the target does not take now waits until it does."""
        way.waiting += data
        if way.target.fileno() < 0:
            return
        try:
            sent = way.target.send(way.waiting)
        except BlockingIOError:
            sent = 0
        except ConnectionError:
            return self._end(way)
        del way.waiting[:sent]
        key = self._selector.get_key(way.target)
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if way.waiting else 0)
        if key.events != wanted:
            self._selector.modify(way.target, wanted, key.data)

    def _end(self, way: Way) -> None:
        for end in (way.source, way.target):
            if end.fileno() >= 0:
                self._selector.unregister(end)
                end.close()


if __name__ == "__main__":
    Distance(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1000).run()
