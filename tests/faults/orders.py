"""What a test orders a worker to be: one JSON line on its way into the process that does it."""

from __future__ import annotations

import json
import mmap
import struct
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SEND_AT = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
"""When the prepared mailings are due; a stage's clock starts here."""
DONE, LOCKED = 0, 3
"""Exit statuses of a worker: all its mailings done; somebody else holds the lock."""

WRITE, SYNC, REMOVE, SEND, RECEIVE = 1, 2, 4, 8, 16
KILL, HALF, FAIL = 1, 2, 3
"""As in edge.c."""
FOR_EVER = 2**40


@dataclass(frozen=True)
class Edge:
    """Kill the worker before (or half through) its n-th crossing of the edge, or let calls fail from there on."""

    kinds: int
    at: int
    action: int = KILL
    error: int = 0
    until: int = FOR_EVER


@dataclass(frozen=True)
class Crash:
    """Stop the worker exactly at the n-th passing of a named point: `kill` for ever, `stop` until it is continued."""

    point: str
    passing: int = 1
    action: str = "kill"


@dataclass(frozen=True)
class Order:
    """`task`: `prepare` a frozen mailing, `approve` an occurrence that is still to be frozen, or `work`."""

    task: str
    database: str
    clock: str
    data: str
    relay: str = "smtp://127.0.0.1:1"
    kind: str = "newsletter"
    people: int = 0
    lists: tuple[str, ...] = ("media",)
    constants: Mapping[str, float] = field(default_factory=dict)
    """`module:NAME` → its value meanwhile; seconds where it is a timedelta. For waits too long for a test."""
    delivery: Mapping[str, Any] = field(default_factory=dict)
    """Other settings of delivery."""
    patience: float = 1.0
    """What every wait for the relay is multiplied with."""
    crash: Crash | None = None
    edge: Edge | None = None
    watch: bool = False
    """Report a dot that leaves before what it stands on has been synced."""
    stays: bool = False
    """Does not end when everything is done."""
    environ: Mapping[str, str] = field(default_factory=dict)

    def line(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, line: str) -> Order:
        found: dict[str, Any] = json.loads(line)
        crash, edge = found.pop("crash"), found.pop("edge")
        found["lists"] = tuple(found["lists"])
        return cls(**found, crash=Crash(**crash) if crash else None, edge=Edge(**edge) if edge else None)


class SharedClock:
    """A clock that all processes of a stage read and a test can set, to and fro: two numbers in a mapped file."""

    _FORM = struct.Struct("dd")

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(self._FORM.pack(time.monotonic(), 0.0))
        with file.open("r+b") as content:
            self._map = mmap.mmap(content.fileno(), self._FORM.size)

    def now(self) -> datetime:
        origin, ahead = self._FORM.unpack(self._map)
        return SEND_AT + timedelta(seconds=time.monotonic() - origin + ahead)

    def jump(self, by: timedelta) -> None:
        """From now on it shows a time so much later, or earlier."""
        origin, ahead = self._FORM.unpack(self._map)
        self._map[:] = self._FORM.pack(origin, ahead + by.total_seconds())
