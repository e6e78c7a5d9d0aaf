"""Sends beside everything else: a slow server of one medium holds up neither the others nor the mails."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Any

from sqlalchemy import Row

from worker.channels.base import AnyChannel, ChannelError, Message, Options, Outlook, Receipt

AT_ONCE, ASKED_AT_ONCE = 8, 2
_GLANCE = 0.2
"""Seconds between two looks at whether a command that waits is to stop."""


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
    """What came of an errand: a receipt, none (`looks` alone), or an error with its remedy.

    `defect` is what a channel may not raise: nobody knows what it did, and whoever wrote that down raises it again.
    """

    errand: Errand
    receipt: Receipt | None = None
    error: ChannelError | None = None
    defect: BaseException | None = None


def _came_of(errand: Errand, ended: Future[Receipt | None]) -> Outcome:
    error = ended.exception()
    if error is None:
        return Outcome(errand, ended.result())
    return Outcome(errand, error=error) if isinstance(error, ChannelError) else Outcome(errand, defect=error)


class Couriers:
    """One shift's. At most one errand of a medium is under way."""

    def __init__(self) -> None:
        # Apart, so that no text waits for a question: its try has begun, and must end before it is looked for.
        self._pool: ThreadPoolExecutor | None = None
        self._asking: ThreadPoolExecutor | None = None
        self._under_way: dict[Future[Receipt | None], Errand] = {}
        self._asked: dict[Future[Outlook], str] = {}

    def ask(self, medium: str, question: Callable[[], Outlook]) -> None:
        """Ask what will stop a medium soon, in a thread of its own."""
        if self._asking is None:
            self._asking = ThreadPoolExecutor(ASKED_AT_ONCE, "question")
        self._asked[self._asking.submit(question)] = medium

    def answer(self) -> tuple[str, Outlook] | None:
        """A medium that has answered, and what; None when none has. Raises what its channel may not raise."""
        over = next((each for each in self._asked if each.done()), None)
        return None if over is None else (self._asked.pop(over), over.result())

    @property
    def busy(self) -> list[str]:
        """The media that are being sent to."""
        return [errand.publication.medium for errand in self._under_way.values()]

    @property
    def free(self) -> bool:
        """Whether another errand can be begun."""
        return len(self._under_way) < AT_ONCE

    def begin(self, errand: Errand) -> None:
        """Run it in a thread of its own."""
        self._under_way[self._courier().submit(errand.run)] = errand

    def carry(self, errand: Errand) -> Outcome:
        """Run it and wait for its end; what came of it."""
        return _came_of(errand, self._courier().submit(errand.run))

    def come_back(self) -> Outcome | None:
        """What came of one that has ended; None while none has."""
        over = next((each for each in self._under_way if each.done()), None)
        return None if over is None else _came_of(self._under_way.pop(over), over)

    def wait(self, stopping: Event) -> bool:
        """Wait until one of them ends; whether any was under way and nobody asked to stop."""
        return _wait(self._under_way, stopping)

    def wait_for_answer(self, stopping: Event) -> bool:
        """The same of the questions."""
        return _wait(self._asked, stopping)

    def leave(self) -> list[Outcome]:
        """Wait for what is under way, which its channel bounds, and begin no more; what came of it.

        Answers that nobody waited for are let go.
        """
        for pool in (self._pool, self._asking):
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=pool is self._asking)
        self._pool = self._asking = None
        self._asked.clear()
        return [_came_of(self._under_way.pop(each), each) for each in list(self._under_way)]

    def _courier(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE, "courier")
        return self._pool


def _wait(futures: Collection[Future[Any]], stopping: Event) -> bool:
    while futures and not stopping.is_set():
        if wait(futures, _GLANCE, FIRST_COMPLETED).done:
            return True
    return False
