"""Reads partners' feeds beside everything else; nothing waits for them."""

from __future__ import annotations

from datetime import datetime

from worker.jobs.base import Job, Shift


class FetchFeeds(Job):
    """Changes no occurrence: drafts take from the inbox what is there.

    Only by the real clock. A time that somebody made up asks no server what is new.
    """

    order = 45  # what is asked first may be there when drafts are made

    def do_one(self, shift: Shift, now: datetime) -> bool:
        return not shift.clock.simulated and shift.feeds.step(shift.office, now)

    def wait(self, shift: Shift) -> bool:
        return shift.feeds.wait(shift.stopping)
