"""Sends beside everything else: a slow server of one medium holds up neither the others nor the mails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Any

from sqlalchemy import Row

from worker.channels.base import AnyChannel, ChannelError, Message, Options, OutcomeUnknown, Receipt
from worker.messages import say

AT_ONCE = 8
_GLANCE = 0.2
"""Seconds between two looks at whether a command that waits is to stop."""
log = logging.getLogger("hlasatel.publishing")


@dataclass(frozen=True)
class Errand:
    """One publication under way. `looks`: it is looked for, and not sent."""

    publication: Row[Any]
    channel: AnyChannel
    message: Message
    options: Options
    looks: bool

    def run(self) -> Receipt | None:
        """The receipt; None when it was looked for and is not there. Raises ChannelError."""
        if self.looks:
            return self.channel.find(self.message, self.options)
        self.channel.refuse(self.message, self.options)
        return self.channel.send(self.message, self.options)


@dataclass(frozen=True)
class Outcome:
    """What came of an errand: a receipt, none (`looks` alone), or an error with its remedy."""

    errand: Errand
    receipt: Receipt | None = None
    error: ChannelError | None = None


def carried(errand: Errand) -> Outcome:
    """Run it here and now. A defect of a channel leaves its outcome unknown, and is logged."""
    try:
        return Outcome(errand, errand.run())
    except ChannelError as error:
        return Outcome(errand, error=error)
    except Exception:
        log.exception("the channel %s broke", errand.publication.channel)
        return Outcome(errand, error=OutcomeUnknown(say("publishing.broke")))


class Couriers:
    """One shift's. At most one errand of a medium is under way."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: dict[Future[Outcome], str] = {}
        self._asked: dict[Future[tuple[str, ...]], str] = {}

    def ask(self, medium: str, question: Callable[[], tuple[str, ...]]) -> None:
        """Ask what will stop a medium soon, in a thread of its own."""
        self._asked[self._threads().submit(question)] = medium

    def answers(self) -> list[tuple[str, tuple[str, ...]]]:
        """The media that have answered since the last call, each with its doubts."""
        over = [each for each in self._asked if each.done()]
        return [(self._asked.pop(each), each.result()) for each in over]

    @property
    def busy(self) -> list[str]:
        """The media that are being sent to."""
        return list(self._under_way.values())

    @property
    def free(self) -> bool:
        """Whether another errand can be begun."""
        return len(self._under_way) < AT_ONCE

    def begin(self, errand: Errand) -> None:
        """Run it in a thread of its own."""
        self._under_way[self._threads().submit(carried, errand)] = errand.publication.medium

    def come_back(self) -> list[Outcome]:
        """What ended since the last call."""
        over = [each for each in self._under_way if each.done()]
        for each in over:
            del self._under_way[each]
        return [each.result() for each in over]

    def wait(self, stopping: Event) -> bool:
        """Wait until one of them ends; whether any was under way and nobody asked to stop."""
        while self._under_way and not stopping.is_set():
            if wait(self._under_way, _GLANCE, FIRST_COMPLETED).done:
                return True
        return False

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE, "courier")
        return self._pool

    def leave(self) -> list[Outcome]:
        """Wait for what is under way, which its channel bounds, and begin no more; what came of it."""
        if self._pool is not None:
            self._pool.shutdown(wait=True)
            self._pool = None
        return self.come_back()
