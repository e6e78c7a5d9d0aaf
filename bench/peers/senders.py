"""How each of the others is run: the same sink, the same newsletter, the same readers."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.measured import Measured
from bench.newsletter import SENDER, newsletter, one_copy, readers
from bench.peers import install
from bench.sink import program, smtp_sink
from bench.stores import Store

SESSIONS = 8
"""Connections that smtp-source, and nodemailer's pool, may have."""


class SmtpSource:
    """Postfix's smtp-source: the same finished 20 KB for everybody, each to an address of its own.

    Its sessions stay open (`-d`) unless `keep` is false: its default of a connection for every message is half as fast.
    """

    def __init__(self, folder: Path, messages: int, *, keep: bool = True) -> None:
        self._messages, self._keep = messages, ["-d"] if keep else []
        self._file = folder / "newsletter.eml"
        self._file.write_bytes(one_copy(newsletter()).replace(b"\r\n", b"\n"))

    def run(self) -> Measured:
        """Start to end of the process: it starts in milliseconds."""
        command = [
            program("smtp-source"), *self._keep, "-N", "-s", str(SESSIONS), "-m", str(self._messages), "-f", SENDER,
            "-t", "ctenar@posta.example.org", "-F", str(self._file),
        ]  # fmt: skip
        with smtp_sink() as sink:
            began, idle = time.monotonic(), sink.cpu()
            process = subprocess.Popen([*command, f"127.0.0.1:{sink.port}"], stdin=subprocess.DEVNULL)
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.monotonic() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                raise RuntimeError(f"smtp-source ended with {process.returncode}")
            return Measured(self._messages, seconds, used.ru_utime + used.ru_stime, sink=sink.cpu() - idle)


class Nodemailer:
    """nodemailer's SMTP pool in one process, with as many connections as smtp-source has sessions."""

    def __init__(self, folder: Path, messages: int) -> None:
        self._script = install.nodemailer() / "send.js"
        self._material = material(folder, messages)

    def run(self) -> Measured:
        with smtp_sink() as sink:
            idle = sink.cpu()
            found = _result(["node", str(self._script), str(self._material), str(sink.port), str(SESSIONS)])
            return Measured(**found, sink=sink.cpu() - idle)


class PostOffice:
    """django-post_office with its defaults: queued beforehand, then `send_queued_mail`."""

    def __init__(self, folder: Path, messages: int, store: Store) -> None:
        self._python, self._store = install.post_office(), store
        self._material = material(folder, messages)

    def run(self) -> Measured:
        """The server's CPU is left out: it cannot be told apart from that of queueing."""
        url = self._store.new()
        place = url.removeprefix("sqlite:///").replace("postgresql+psycopg:", "postgresql:")
        script = Path(__file__).parent / "post_office_send.py"
        try:
            with smtp_sink() as sink:
                idle = sink.cpu()
                found = _result([str(self._python), str(script), str(self._material), place, str(sink.port)])
                return Measured(**found, sink=sink.cpu() - idle)
        finally:
            self._store.drop(url)


def material(folder: Path, messages: int) -> Path:
    """The newsletter and its readers as a file that every peer can read."""
    file = folder / f"material-{messages}.json"
    people = [asdict(reader) for reader in readers(messages)]
    file.write_text(json.dumps({"sender": SENDER, **asdict(newsletter()), "readers": people}), encoding="utf-8")
    return file


def _result(command: Sequence[str]) -> dict[str, Any]:
    """What a peer's script tells in its last line; RuntimeError unless it sent everything."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    found: dict[str, Any] = {}
    with suppress(json.JSONDecodeError, IndexError):
        found = json.loads(lines[-1])
    if done.returncode or found.pop("failed", 1):
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return found
