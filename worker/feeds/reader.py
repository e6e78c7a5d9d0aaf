"""Reads the feeds that are due beside everything else a shift does."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from threading import Event

from worker.feeds import inbox
from worker.feeds.reading import Reading
from worker.office import Office
from worker.outbound.guard import Guard

LOOK = timedelta(seconds=30)
"""Between two looks at which feeds are due."""
log = logging.getLogger("hlasatel.feeds")


class Reader:
    """One shift's. No call waits for a server, save `wait`."""

    def __init__(self) -> None:
        self._reading: Reading | None = None
        self._looked: datetime | None = None

    def step(self, office: Office, now: datetime) -> bool:
        """Begin to read what is due, or keep what has come; whether anything was kept."""
        if self._reading is not None:
            return self._keep(office, now)
        if not office.feeds or (self._looked is not None and self._looked <= now < self._looked + LOOK):
            return False
        self._looked = now
        with office.database.read() as tx:
            asks = inbox.due(tx, office.feeds, now, _agent(office))
        if asks:
            self._reading = Reading(asks, Guard.letting(office.settings.feeds.internal), now)
        return False

    def wait(self, stopping: Event) -> bool:
        """Wait for what is under way, until something of it has come; whether anything was."""
        if self._reading is None:
            return False
        self._reading.wait(stopping)
        return not stopping.is_set()

    def leave(self) -> None:
        """Break off what is under way."""
        if self._reading is not None:
            self._reading.break_off()
            self._reading = None

    def _keep(self, office: Office, now: datetime) -> bool:
        assert self._reading is not None
        outcomes = self._reading.finished()
        if self._reading.over:
            self._reading = None
        for outcome in outcomes:
            with office.database.write() as tx:
                new = inbox.keep(tx, outcome, now)
            log.info("feed %s: %s", outcome.ask.feed, outcome.trouble.message_key if outcome.trouble else f"{new} new")
        return bool(outcomes)


def _agent(office: Office) -> str:
    """Who asks, for the other side's log: a header takes ASCII alone."""
    site = office.settings.organisation.website
    return f"Hlasatel (+{site})" if site.isascii() else "Hlasatel"
