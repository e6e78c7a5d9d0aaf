"""The socket of a connection: pieces go out whole and in order, however few of them are taken at once."""

from __future__ import annotations

import socket
from threading import Thread

from worker.smtp.wire import Wire

MANY = [b"%d;" % number * (number % 7 * 40) for number in range(5000)]
"""More than the operating system takes at once, in pieces and in bytes; some of them empty."""


def test_pieces_leave_whole_and_in_order_whatever_is_taken_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 50_000)
        ours = socket.create_connection(server.getsockname())
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 50_000)
        theirs, _ = server.accept()
    heard: list[bytes] = []

    def listen() -> None:
        while data := theirs.recv(50_000):
            heard.append(data)

    with theirs:
        wire, listener = Wire(ours), Thread(target=listen)
        wire.write([b"", *MANY])
        assert wire.waits, "the buffer of a socket is smaller"
        wire.write([b"QUIT"])
        listener.start()
        while wire.waits:
            wire.flush()
        wire.close()
        listener.join()
    whole = b"".join([*MANY, b"QUIT"])
    assert b"".join(heard) == whole
    assert wire.gone == len(whole)
