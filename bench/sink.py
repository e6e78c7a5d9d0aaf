"""The receiving end: Postfix's smtp-sink, and a relay that puts a distance between it and us."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bench.usage import cpu_of

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_BACKLOG = "256"


@dataclass(frozen=True)
class Server:
    """Something that listens on a port of loopback, in a process of its own."""

    port: int
    pid: int

    def cpu(self) -> float:
        """CPU seconds that it has used so far."""
        return cpu_of(self.pid)


def program(name: str) -> str:
    """Where a program of Postfix is; LookupError with the remedy when it is missing."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        raise LookupError(
            f"{name} is missing. Run tools/system-parts, or: apt-get install --no-install-recommends postfix"
        )
    return found


@contextmanager
def smtp_sink() -> Iterator[Server]:
    """A fresh smtp-sink, which throws away what it is sent."""
    port = free_port()
    as_whom = ["-u", "nobody"] if os.geteuid() == 0 else []
    with serving([program("smtp-sink"), *as_whom, f"127.0.0.1:{port}", _BACKLOG], port) as server:
        yield server


@contextmanager
def distant(sink: Server, milliseconds: int) -> Iterator[Server]:
    """A way to `sink` on which every answer takes `milliseconds`."""
    port = free_port()
    command = [sys.executable, "-m", "bench.distance", str(port), str(sink.port), str(milliseconds)]
    with serving(command, port) as server:
        yield server


@contextmanager
def serving(command: list[str], port: int, environ: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A process that listens on `port` of loopback, from when it does until the block ends."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environ)
    try:
        _wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.01)
        else:
            return
    raise RuntimeError(f"{process.args!r} does not listen on port {port}")


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
