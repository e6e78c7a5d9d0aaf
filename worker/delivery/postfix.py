"""What a Postfix log says became of messages whose Message-IDs are known.

`cleanup` names the Message-ID of a queue id when it reads the header, `qmgr` (`queue active`) says that the message was
taken, a delivery agent (`smtp`, `lmtp`, `local`, `virtual`, `pipe`, `error`) writes `status=` per recipient. Times are
not looked at: the order of the lines is enough, and a queue id that is used again gets a new `message-id=` first. So
traditional and ISO time stamps (`syslog`, `journalctl`, `postlogd`) and short and long queue ids are all the same.
"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO

LONGEST_LINE = 65_536
"""Characters; Postfix cuts its own lines far below."""
LONGEST_REPLY = 400
_LINE = re.compile(r"\[[0-9]+\]: (?P<queue>[0-9A-Za-z]{5,20}): (?P<said>.*)", re.DOTALL)
_QUEUED_AS = re.compile(r"\bqueued as ([0-9A-Za-z]{5,20})\b")


class Verdict(StrEnum):
    """How a message ended."""

    DELIVERED = "delivered"
    """Another server, or a mailbox here, took it over."""
    RETURNED = "returned"
    """It was refused or given up on, and nobody has it."""
    UNDER_WAY = "under_way"
    """The relay has it and goes on trying, as far as this log goes."""
    NOT_TAKEN = "not_taken"
    """Its header was read, but no line says that the relay took it."""


@dataclass(frozen=True)
class Found:
    """A message in the log; `reply` is what the last server said, which may name addresses."""

    verdict: Verdict
    reply: str = ""


@dataclass
class _Passage:
    """One queue file of a message; a content filter gives a message a second one."""

    queue: str
    taken: bool = False
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The newest status and reply of each recipient; `` is the whole message."""


def read(lines: Iterable[str], wanted: Set[str]) -> dict[str, Found]:
    """What `lines`, oldest first, say of the messages `wanted` (`<…@…>`); those they never name are left out.

    What is kept meanwhile grows with the messages found, never with the log.
    """
    passages: dict[str, list[_Passage]] = {}
    current: dict[str, _Passage] = {}
    for line in lines:
        if (matched := _LINE.search(line)) is None:
            continue
        queue, said = matched["queue"], matched["said"].rstrip()
        if said.startswith("message-id="):
            message_id = said.removeprefix("message-id=")
            current.pop(queue, None)  # whatever had this queue id before is over
            if message_id in wanted:
                current[queue] = _Passage(queue)
                passages.setdefault(message_id, []).append(current[queue])
        elif (passage := current.get(queue)) is not None:
            _note(passage, said)
            if said == "removed":
                del current[queue]
    return {message_id: _judge(each) for message_id, each in passages.items()}


def _note(passage: _Passage, said: str) -> None:
    if said.startswith("from=<") and said.endswith("(queue active)"):
        passage.taken = True
    at = said.find(", status=")
    if at < 0 or not said.startswith(("to=<", "from=<")):
        return
    status, _, reply = said[at + len(", status=") :].partition(" ")
    recipient = said[: said.find(">")] if said.startswith("to=<") else ""
    reply = reply.strip()
    if reply.startswith("(") and reply.endswith(")"):
        reply = reply[1:-1]
    passage.taken = True
    if not recipient:  # given up as a whole: with it whoever was still being tried
        passage.ends = {each: end for each, end in passage.ends.items() if end[0] != "deferred"}
    passage.ends[recipient] = status.rstrip(","), reply[:LONGEST_REPLY]


def _judge(passages: list[_Passage]) -> Found:
    """A message that any passage delivered is delivered; one that any still has is under way."""
    queues = {passage.queue for passage in passages}
    found: list[Found] = []
    for passage in passages:
        for status, reply in passage.ends.values():
            handed = _QUEUED_AS.search(reply)
            if status == "sent" and not (handed and handed[1] in queues - {passage.queue}):  # else: to our own filter
                found.append(Found(Verdict.DELIVERED, reply))
            elif status in ("bounced", "expired"):
                found.append(Found(Verdict.RETURNED, reply))
            elif status == "deferred":
                found.append(Found(Verdict.UNDER_WAY, reply))
        if passage.taken and not passage.ends:
            found.append(Found(Verdict.UNDER_WAY))
    order = (Verdict.DELIVERED, Verdict.UNDER_WAY, Verdict.RETURNED)
    return min(found, key=lambda each: order.index(each.verdict), default=Found(Verdict.NOT_TAKEN))


def open_log(path: Path) -> IO[bytes]:
    """A log file, unpacked as it is read when it is gzip by its name (`.gz`). OSError as `open` raises."""
    return io.BufferedReader(gzip.GzipFile(path)) if path.suffix == ".gz" else path.open("rb")


def lines_of(file: IO[bytes]) -> Iterator[str]:
    """The lines of a log, whatever its bytes; OSError or EOFError where a packed one is damaged."""
    while line := file.readline(LONGEST_LINE):
        yield line.decode("utf-8", "replace")
