"""Reads partners' feeds beside everything else; nothing waits for them."""

from __future__ import annotations

from datetime import datetime

from worker.jobs.base import Job, Shift
from worker.reporting import articles


class FetchFeeds(Job):
    """Changes no occurrence: drafts take from the inbox what is there, and the report counts the articles among it.

    Only by the real clock. A time that somebody made up asks no server what is new.
    """

    order = 45  # what is asked first may be there when drafts are made

    def do_one(self, shift: Shift, now: datetime) -> bool:
        if shift.clock.simulated or not shift.feeds.step(shift.office, now):
            return False
        if any(feed.articles is not None for feed in shift.office.feeds.values()):
            with shift.office.database.write() as tx:
                articles.take_from_feeds(tx, shift.office.feeds, now)
        return True

    def wait(self, shift: Shift) -> bool:
        return shift.feeds.wait(shift.stopping)
