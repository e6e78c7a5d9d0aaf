"""Several feeds read side by side, a thread per host, so that nobody waits for the slowest and no host is crowded."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from urllib.parse import urlsplit

from worker.feeds.fetch import Answer, Ask, fetch
from worker.feeds.read import Entry, entries
from worker.outbound.call import Call
from worker.outbound.guard import Guard
from worker.outbound.trouble import Trouble

BUDGET = 15.0
"""Seconds for all of them together."""
LONGEST = 8.0
"""Seconds for one."""
PAUSE = 0.5
"""Seconds between two requests to one host."""
MOST_HOSTS = 8
"""Asked at the same time."""


@dataclass(frozen=True)
class Outcome:
    """What became of one feed: an answer with its news, or a trouble; a feed that had no turn has not `begun`."""

    ask: Ask
    answer: Answer | None = None
    news: tuple[Entry, ...] = ()
    trouble: Trouble | None = None
    begun: bool = True


class Reading:
    """Begins when it is made. What is not finished after `budget` seconds is broken off and comes as a trouble."""

    def __init__(self, asks: Sequence[Ask], guard: Guard, now: datetime, budget: float = BUDGET) -> None:
        self._guard, self._now = guard, now
        self._deadline = time.monotonic() + budget
        self._came: SimpleQueue[Outcome] = SimpleQueue()
        self._hosts: SimpleQueue[list[Ask]] = SimpleQueue()
        self._open = {ask.feed: ask for ask in asks}
        self._calls: dict[str, Call] = {}
        self._lock = Lock()
        self._ended = Event()
        by_host: dict[str, list[Ask]] = {}
        for ask in asks:
            by_host.setdefault(urlsplit(ask.url).hostname or "", []).append(ask)
        for own in by_host.values():
            self._hosts.put(own)
        for _ in range(min(MOST_HOSTS, len(by_host))):
            # Daemons, because a name that nobody resolves holds a thread longer than anybody should wait.
            Thread(target=self._ask_hosts, name="feeds", daemon=True).start()

    @property
    def over(self) -> bool:
        """Whether every outcome has been given out."""
        return not self._open

    def finished(self) -> list[Outcome]:
        """The outcomes since the last call; after the deadline, those of everything that is left as well."""
        found = []
        while True:
            try:
                outcome = self._came.get_nowait()
            except Empty:
                break
            if self._open.pop(outcome.ask.feed, None) is not None:
                found.append(outcome)
        if self._open and time.monotonic() >= self._deadline:
            found += self._late()
        return found

    def wait(self, stopping: Event) -> None:
        """Until there is something to give out, or until told to stop."""
        while self._open and self._came.empty() and time.monotonic() < self._deadline and not stopping.is_set():
            stopping.wait(0.02)

    def break_off(self) -> None:
        """Leave what is under way; nothing of it is given out any more."""
        with self._lock:
            self._ended.set()
            for call in self._calls.values():
                call.break_off()
        self._open.clear()

    def _late(self) -> list[Outcome]:
        left, begun = list(self._open.values()), set(self._calls)
        self.break_off()
        return [
            Outcome(ask, trouble=Trouble(message_key="feeds.too_slow"))
            if ask.feed in begun
            else Outcome(ask, trouble=Trouble(message_key="feeds.waited_its_turn"), begun=False)
            for ask in left
        ]

    def _ask_hosts(self) -> None:
        while True:
            try:
                own = self._hosts.get_nowait()
            except Empty:
                return
            for number, ask in enumerate(own):
                if self._ended.wait(PAUSE if number else 0):
                    return
                outcome = self._ask(ask)
                self._came.put(outcome)
                if outcome.trouble is not None and outcome.trouble.again_after is not None:
                    # A host that asks for a pause means all that it is asked.
                    for other in own[number + 1 :]:
                        self._came.put(Outcome(other, trouble=outcome.trouble))
                    break

    def _ask(self, ask: Ask) -> Outcome:
        call = Call(min(self._deadline, time.monotonic() + LONGEST))
        with self._lock:
            if self._ended.is_set():
                call.break_off()
            self._calls[ask.feed] = call
        try:
            answer = fetch(ask, self._guard, call)
            if answer.body is None:
                return Outcome(ask, answer)
            return Outcome(ask, answer, tuple(entries(answer.body, answer.content_type, answer.url, self._now)))
        except Trouble as trouble:
            return Outcome(ask, trouble=trouble)
        finally:
            with self._lock:
                call.close()
